//! Codes that a person reads from paper and types: their letters, their groups, and what typing does to them.
//!
//! Invariant: a code as printed, typed in small letters, without its hyphens or with an O for a 0, reads as
//! the same code; anything else does not read at all.

/// Thirty-two signs without I, L, O and U: each is worth five bits.
const SIGNS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Signs in a group.
const GROUP: usize = 4;
/// The longest text looked at: more than any code with its spaces.
const LONGEST: usize = 64;

/// A code of as many signs as there are bytes, in groups: `7K2M-Q0XD`.
pub(crate) fn spell(random: &[u8]) -> String {
    let mut text = String::with_capacity(random.len() * 5 / 4);
    for (place, byte) in random.iter().enumerate() {
        if place > 0 && place % GROUP == 0 {
            text.push('-');
        }
        text.push(char::from(SIGNS[usize::from(byte % 32)]));
    }
    text
}

/// The bare signs of a code as a person typed it, or nothing when it cannot be a code of `signs` signs.
pub(crate) fn read(typed: &str, signs: usize) -> Option<String> {
    if typed.len() > LONGEST {
        return None;
    }
    let mut text = String::with_capacity(signs);
    for letter in typed.chars() {
        let sign = match letter.to_ascii_uppercase() {
            '-' | '\u{2010}'..='\u{2015}' => continue,
            space if space.is_whitespace() => continue,
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        };
        if !sign.is_ascii() || !SIGNS.contains(&(sign as u8)) {
            return None;
        }
        text.push(sign);
    }
    (text.len() == signs).then_some(text)
}
