//! Text from evidence, made safe to show.
//!
//! Invariant: what leaves [`plain`] holds no control character and no mark that reorders text.

use std::borrow::Cow;
use std::fmt::Write;

/// `text` with control characters and marks that turn the direction of reading written as `\u{1b}`.
#[must_use]
pub fn plain(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_hostile) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        if is_hostile(character) {
            let _ = write!(out, "\\u{{{:x}}}", character as u32);
        } else {
            out.push(character);
        }
    }
    Cow::Owned(out)
}

/// A text that keeps its lines, such as a draft; the rest of it is made [`plain`].
#[must_use]
pub fn plain_lines(text: &str) -> String {
    text.lines().map(plain).collect::<Vec<_>>().join("\n")
}

/// `text` cut to so many characters, the last of them `…` where something is left out.
pub(crate) fn cut(text: &str, columns: usize) -> String {
    if text.chars().count() <= columns {
        return text.to_owned();
    }
    text.chars().take(columns.saturating_sub(1)).chain(['…']).collect()
}

fn is_hostile(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn hostile_text_is_shown_escaped() {
        for (text, shown) in [
            ("srv-01", "srv-01"),
            ("\u{1b}[2Jgone", "\\u{1b}[2Jgone"),
            ("a\r\nb", "a\\u{d}\\u{a}b"),
            ("invoice\u{202e}fdp.exe", "invoice\\u{202e}fdp.exe"),
            ("été\u{202f}!", "été\u{202f}!"),
        ] {
            assert_eq!(plain(text), shown);
        }
    }
}
