//! The XML that the EVTX reader renders, which is plainer than XML may be: elements, attributes in double quotes, text.
//!
//! Invariant: the fields are those that [`xml::fields`] gives; of text that has anything else (comments, CDATA,
//! processing instructions, entities beyond the five of XML) nothing is given, and that reader is asked.

use crate::event::Fields;
use crate::names::Names;
use crate::xml::{Attributes, Build};

/// The fields of one `<Event>` element.
pub(crate) fn fields(text: &str, names: &mut Names) -> Option<Fields> {
    let mut build = Build::new(names);
    let mut rest =
        text.strip_prefix("<?xml version=\"1.0\" encoding=\"utf-8\"?>").unwrap_or(text).trim_start();
    if !rest.starts_with("<Event ") && !rest.starts_with("<Event>") {
        return None;
    }
    let (mut unescaped, mut open) = (String::new(), 0_usize);
    while !rest.is_empty() {
        let before = memchr::memchr(b'<', rest.as_bytes()).unwrap_or(rest.len());
        if before > 0 {
            build.text(plain(&rest[..before], &mut unescaped)?);
            rest = &rest[before..];
            continue;
        }
        if let Some(closing) = rest.strip_prefix("</") {
            let end = memchr::memchr(b'>', closing.as_bytes())?;
            if !is_name(&closing[..end]) {
                return None;
            }
            open = open.checked_sub(1)?;
            build.end();
            rest = &closing[end + 1..];
            continue;
        }
        let end = tag_end(rest)?;
        let whole = &rest[1..end];
        rest = &rest[end + 1..];
        open += 1;
        if build.start_known(whole) {
            continue;
        }
        if memchr::memchr2(b'<', b'\'', whole.as_bytes()).is_some() {
            return None;
        }
        let (tag, closes) = whole.strip_suffix('/').map_or((whole, false), |tag| (tag, true));
        let name_end = tag.bytes().position(|it| it.is_ascii_whitespace()).unwrap_or(tag.len());
        let (name, attributes) = tag.split_at(name_end);
        if !is_name(name) {
            return None;
        }
        build.start(name, &Quoted(attributes))?;
        if closes {
            open -= 1;
            build.end();
        } else {
            build.learn(whole);
        }
    }
    build.fields()
}

/// Whether that may be the name of an element; one with a colon is left to the other reader.
fn is_name(text: &str) -> bool {
    let is = |it: u8| it.is_ascii_alphanumeric() || matches!(it, b'_' | b'-' | b'.') || !it.is_ascii();
    !text.is_empty() && text.bytes().all(is)
}

/// Where the tag that `text` begins with ends; a `>` in quotes does not end it.
fn tag_end(text: &str) -> Option<usize> {
    let mut quoted = false;
    for at in memchr::memchr2_iter(b'>', b'"', text.as_bytes()) {
        match text.as_bytes()[at] {
            b'"' => quoted = !quoted,
            _ if !quoted => return Some(at),
            _ => {}
        }
    }
    None
}

/// Attributes as they stand in the tag.
struct Quoted<'t>(&'t str);

impl Attributes for Quoted<'_> {
    fn any(&self) -> bool {
        !self.0.is_empty()
    }

    fn each(&self, take: &mut dyn FnMut(&str, &str) -> bool) -> Option<()> {
        let mut rest = self.0.trim_start();
        let mut unescaped = String::new();
        while !rest.is_empty() {
            let quote = memchr::memchr(b'"', rest.as_bytes())?;
            let name = rest[..quote].strip_suffix('=')?;
            let (value, after) = rest[quote + 1..].split_once('"')?;
            if name.is_empty() || name.bytes().any(|it| matches!(it, b' ' | b'\'' | b'=')) {
                return None;
            }
            if !take(name, plain(value, &mut unescaped)?) {
                break;
            }
            rest = after.trim_start();
            if rest.len() == after.len() && !rest.is_empty() {
                return None;
            }
        }
        Some(())
    }
}

/// Text with its entities replaced; nothing where one is not among those that the reader writes.
fn plain<'t>(text: &'t str, unescaped: &'t mut String) -> Option<&'t str> {
    let Some(first) = memchr::memchr(b'&', text.as_bytes()) else { return Some(text) };
    unescaped.clear();
    unescaped.push_str(&text[..first]);
    let mut rest = &text[first..];
    while let Some(after) = rest.strip_prefix('&') {
        let (name, after) = after.split_once(';')?;
        unescaped.push(match name {
            "lt" => '<',
            "gt" => '>',
            "amp" => '&',
            "quot" => '"',
            "apos" => '\'',
            number => character(number.strip_prefix('#')?)?,
        });
        let next = memchr::memchr(b'&', after.as_bytes()).unwrap_or(after.len());
        unescaped.push_str(&after[..next]);
        rest = &after[next..];
    }
    Some(unescaped)
}

/// The character that a number stands for, `13` or `xD`.
fn character(number: &str) -> Option<char> {
    let code = match number.strip_prefix('x') {
        Some(hexadecimal) => u32::from_str_radix(hexadecimal, 16).ok()?,
        None => number.parse().ok()?,
    };
    char::from_u32(code).filter(|it| *it != '\0' && !number.starts_with('+'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::xml;

    fn same(text: &str) -> bool {
        let mut names = Names::default();
        let (plain, wanted) = (fields(text, &mut names), xml::fields(text, &mut Names::default()));
        assert_eq!(fields(text, &mut names), plain, "{text}, its tags being known");
        assert!(plain.is_none() || plain == wanted, "{text}: {plain:?}, not {wanted:?}");
        plain.is_some()
    }

    #[test]
    fn what_the_reader_renders_gives_the_same_fields() {
        let inside = [
            "<System><Provider Name=\"a &amp; &quot;b&quot;\" Guid=\"{1}\"/><EventID Qualifiers=\"0\">4624</EventID></System>",
            "<System>\n<TimeCreated SystemTime=\"2026-11-21T02:10:00Z\"/>\n<Execution ProcessID=\"4\" ThreadID=\"x\"/></System>",
            "<System><Security UserID=\"S-1\"/><Correlation/><Level>x</Level><Computer></Computer></System>",
            "<EventData><Data Name=\"A\">a &lt;b&gt; &#13;&#xA;é</Data><Data Name=\"A\">2</Data><Data>u</Data><Data/></EventData>",
            "<EventData><Data Name=\"B>\">1</Data><Binary>00</Binary><Data Other=\"x\" Name=\"C\">3</Data></EventData>",
            "<UserData><X xmlns=\"y\" z=\"1\"><Y a=\"b\">t</Y><Y>u<Z/></Y></X></UserData>",
            "<RenderingInfo Culture=\"fr\"><Message>m</Message><Level>i</Level></RenderingInfo>",
        ];
        for first in inside {
            for second in inside {
                let text = format!("<Event xmlns=\"e\">{first}{second}</Event>");
                assert!(same(&text), "{text}");
                for cut in (0..text.len()).filter(|it| text.is_char_boundary(*it)) {
                    same(&text[..cut]);
                }
            }
        }
    }

    #[test]
    fn what_is_not_plain_is_left_to_the_other_reader() {
        for text in [
            "<Event><!-- > --><System/></Event>",
            "<Event><EventData><Data Name=\"A\"><![CDATA[<]]></Data></EventData></Event>",
            "<Event><?a b?></Event>",
            "<Event><System><Computer>&other;</Computer></System></Event>",
            "<Event><System><e:Computer>x</e:Computer></System></Event>",
            "<Event><EventData><Data Name='A'>x</Data></EventData></Event>",
            "<Events/>",
        ] {
            assert!(!same(text), "{text}");
        }
    }
}
