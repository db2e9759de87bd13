//! `key=value` bodies, as firewalls and VPN gateways write them, and RFC 5424 structured data.
//!
//! Invariant: the number of pairs taken from one line, and the length searched, are bounded.

use crate::event::Value;

const PAIRS_MAX: usize = 512;
const SEARCHED_MAX: usize = 1 << 16;

/// The pairs of a body: `key=word`, `key="quoted words"`.
pub(crate) fn pairs(text: &str, put: &mut impl FnMut(&str, Value)) {
    let mut rest = searched(text);
    for _ in 0..PAIRS_MAX {
        let Some(equals) = rest.find('=') else { return };
        let start = rest[..equals]
            .rfind(|it: char| !name_character(it))
            .map_or(0, |at| at + rest[at..].chars().next().map_or(1, char::len_utf8));
        let name = &rest[start..equals];
        let after = &rest[equals + 1..];
        if name.is_empty() {
            rest = after;
            continue;
        }
        let (value, left) = value(after);
        put(name, Value::Text(value));
        rest = left;
    }
}

/// The header and extension of ArcSight's common event format, where a body holds them: values may
/// hold spaces, and end where the next name begins.
pub(crate) fn common_event_format(text: &str, put: &mut impl FnMut(&str, Value)) {
    let Some((_, rest)) = searched(text).split_once("CEF:") else { return };
    const NAMES: [&str; 6] =
        ["device_vendor", "device_product", "device_version", "signature_id", "name", "severity"];
    let mut parts = rest.splitn(8, '|').skip(1);
    for name in NAMES {
        let Some(part) = parts.next() else { return };
        put(name, Value::Text(part.to_owned()));
    }
    let mut rest = parts.next().unwrap_or("");
    for _ in 0..PAIRS_MAX {
        let Some((name, after)) = rest.split_once('=') else { return };
        let (value, left) =
            next_name(after).map_or((after, ""), |start| (&after[..start], &after[start + 1..]));
        put(name.trim(), Value::Text(value.to_owned()));
        rest = left;
    }
}

/// The space before the next `name=`.
fn next_name(text: &str) -> Option<usize> {
    let mut space = None;
    text.bytes().enumerate().find_map(|(at, byte)| {
        match byte {
            b' ' => space = Some(at),
            b'=' => {
                let start = space?;
                let name = &text[start + 1..at];
                return (!name.is_empty() && name.chars().all(name_character)).then_some(start);
            }
            _ => {}
        }
        None
    })
}

/// The part of a body that is searched for pairs.
fn searched(text: &str) -> &str {
    let mut end = text.len().min(SEARCHED_MAX);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// How long the structured data at the start of a text is.
pub(crate) fn structured_length(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut at = 0;
    while bytes.get(at) == Some(&b'[') {
        let (mut quoted, mut spared) = (false, false);
        let end = bytes[at..].iter().position(|byte| {
            match byte {
                _ if spared => spared = false,
                b'\\' => spared = true,
                b'"' => quoted = !quoted,
                b']' => return !quoted,
                _ => {}
            }
            false
        });
        match end {
            Some(end) => at += end + 1,
            None => return text.len(),
        }
    }
    at
}

fn value(text: &str) -> (String, &str) {
    let Some(inner) = text.strip_prefix('"') else {
        let end = text.find([' ', ',', ';', '\t', ']', ')']).unwrap_or(text.len());
        return (text[..end].to_owned(), &text[end..]);
    };
    let mut value = String::new();
    let mut characters = inner.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return (value, &inner[at + 1..]),
            '\\' => match characters.next() {
                Some((_, next @ ('"' | '\\' | ']'))) => value.push(next),
                Some((_, next)) => value.extend(['\\', next]),
                None => value.push('\\'),
            },
            _ => value.push(character),
        }
    }
    (value, "")
}

fn name_character(it: char) -> bool {
    it.is_ascii_alphanumeric() || matches!(it, '_' | '-' | '.')
}
