//! `key=value` bodies, as firewalls and VPN gateways write them, and RFC 5424 structured data.
//!
//! Invariant: the number of pairs taken from one line is bounded.

use crate::event::Value;

const PAIRS_MAX: usize = 512;

/// The pairs of a body: `key=word`, `key="quoted words"`.
pub(crate) fn pairs(text: &str, put: &mut impl FnMut(&str, Value)) {
    let mut rest = text;
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

/// Structured data: `[id name="value" …][…]`, each value by its own name.
pub(crate) fn structured(text: &str, put: &mut impl FnMut(&str, Value)) {
    if !text.is_empty() {
        pairs(text, put);
    }
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
        let end = text.find([' ', ',', ';', '\t', ']']).unwrap_or(text.len());
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
