//! The bytes of one file of a map, as text, and where each thing stands in it.
//!
//! Invariant: any bytes give a text; what could not be read as text is told by [`Source::damage`].

/// One file of a map.
#[derive(Clone, Debug)]
pub struct MapFile {
    /// Its name, for messages; a name that ends in `.csv` is read as a sheet of assets.
    pub name: String,
    /// What it holds.
    pub bytes: Vec<u8>,
}

/// A place in a file of the map.
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) struct Place {
    /// Which file.
    pub(crate) file: u32,
    /// Byte offset in its text.
    pub(crate) offset: u32,
}

/// How the bytes differed from UTF-8.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Damage {
    /// Nothing to say.
    None,
    /// Read as Windows-1252, with the offset of the first such byte.
    Windows1252(usize),
    /// Offsets, in the text, of what was not UTF-8 and was replaced.
    Replaced(Vec<usize>),
}

/// Text of a file, with its lines.
pub(crate) struct Source {
    pub(crate) name: String,
    pub(crate) text: String,
    pub(crate) damage: Damage,
    lines: Vec<u32>,
    /// Characters before each whole [`STRIDE`] of bytes.
    characters: Vec<u32>,
}

const STRIDE: usize = 1024;
const REPLACED_MAX: usize = 1000;

impl Source {
    /// Reads a file; `sheet` says that a spreadsheet may have written it.
    pub(crate) fn new(file: MapFile, sheet: bool) -> Self {
        let (text, damage) = decode(file.bytes, sheet);
        let mut lines = vec![0];
        let mut characters = Vec::with_capacity(text.len() / STRIDE + 1);
        let mut count = 0;
        for (offset, &byte) in text.as_bytes().iter().enumerate() {
            if offset % STRIDE == 0 {
                characters.push(count);
            }
            if byte & 0xC0 != 0x80 {
                count += 1;
            }
            if byte == b'\n' {
                lines.push(offset as u32 + 1);
            }
        }
        Self { name: file.name, text, damage, lines, characters }
    }

    /// Line and column, in characters, both from 1.
    pub(crate) fn line_column(&self, offset: usize) -> (usize, usize) {
        let offset = offset.min(self.text.len());
        let line = self.lines.partition_point(|&start| start as usize <= offset).max(1) - 1;
        let start = self.lines[line] as usize;
        (line + 1, self.characters_before(offset).saturating_sub(self.characters_before(start)) + 1)
    }

    fn characters_before(&self, offset: usize) -> usize {
        let stride = offset / STRIDE;
        let Some(&before) = self.characters.get(stride) else {
            let last = self.characters.len().saturating_sub(1);
            let before = self.characters.get(last).copied().unwrap_or(0) as usize;
            return before + count(&self.text.as_bytes()[last * STRIDE..]);
        };
        before as usize + count(&self.text.as_bytes()[stride * STRIDE..offset])
    }
}

fn count(bytes: &[u8]) -> usize {
    bytes.iter().filter(|&&byte| byte & 0xC0 != 0x80).count()
}

/// The text of a sheet as a spreadsheet writes it: UTF-8, UTF-16 or Windows-1252.
#[must_use]
pub fn sheet_text(bytes: Vec<u8>) -> String {
    decode(bytes, true).0
}

fn decode(bytes: Vec<u8>, sheet: bool) -> (String, Damage) {
    if let Some(text) = utf_16(&bytes) {
        return (text, Damage::None);
    }
    let bytes = match bytes.strip_prefix(b"\xEF\xBB\xBF") {
        Some(rest) => rest.to_vec(),
        None => bytes,
    };
    match String::from_utf8(bytes) {
        Ok(text) => (text, Damage::None),
        Err(error) if sheet => {
            let first = error.utf8_error().valid_up_to();
            (error.as_bytes().iter().map(|&byte| windows_1252(byte)).collect(), Damage::Windows1252(first))
        }
        Err(error) => replace(error.as_bytes()),
    }
}

fn replace(bytes: &[u8]) -> (String, Damage) {
    let mut text = String::with_capacity(bytes.len());
    let mut places = Vec::new();
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        if !chunk.invalid().is_empty() {
            if places.len() < REPLACED_MAX {
                places.push(text.len());
            }
            text.push(char::REPLACEMENT_CHARACTER);
        }
    }
    (text, Damage::Replaced(places))
}

/// Text of a file that begins with a byte order mark of UTF-16, as spreadsheets write "Unicode text".
fn utf_16(bytes: &[u8]) -> Option<String> {
    let (rest, little) = match bytes {
        [0xFF, 0xFE, rest @ ..] => (rest, true),
        [0xFE, 0xFF, rest @ ..] => (rest, false),
        _ => return None,
    };
    let units = rest.chunks_exact(2).map(|pair| {
        let pair = [pair[0], pair[1]];
        if little { u16::from_le_bytes(pair) } else { u16::from_be_bytes(pair) }
    });
    Some(char::decode_utf16(units).map(|it| it.unwrap_or(char::REPLACEMENT_CHARACTER)).collect())
}

/// The character of a byte of Windows-1252; the five bytes without one are kept as C1 controls.
fn windows_1252(byte: u8) -> char {
    const HIGH: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}',
        '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
    ];
    match byte {
        0x80..=0x9F => HIGH[usize::from(byte - 0x80)],
        _ => char::from(byte),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(bytes: &[u8], sheet: bool) -> Source {
        Source::new(MapFile { name: "f".into(), bytes: bytes.to_vec() }, sheet)
    }

    #[test]
    fn columns_count_characters() {
        let long = format!("{}x", "é".repeat(3000));
        let cases: [(&str, usize, (usize, usize)); 6] = [
            ("abc", 2, (1, 3)),
            ("é=1", 2, (1, 2)),
            ("a\r\nbé\nc", 6, (2, 3)),
            ("a\n", 2, (2, 1)),
            ("", 0, (1, 1)),
            (&long, 6000, (1, 3001)),
        ];
        for (text, offset, expected) in cases {
            assert_eq!(
                source(text.as_bytes(), false).line_column(offset),
                expected,
                "{text:.10} at {offset}"
            );
        }
    }

    #[test]
    fn any_bytes_give_a_text() {
        let cases: [(&[u8], bool, &str, Damage); 6] = [
            (b"\xEF\xBB\xBFid", false, "id", Damage::None),
            (b"Int\xE9rieur \x80", true, "Intérieur €", Damage::Windows1252(3)),
            (b"a\xFFb\xC3", false, "a\u{FFFD}b\u{FFFD}", Damage::Replaced(vec![1, 5])),
            (b"\xFF\xFEi\0d\0", false, "id", Damage::None),
            (b"\xFE\xFF\0i\0d", true, "id", Damage::None),
            (b"", true, "", Damage::None),
        ];
        for (bytes, sheet, text, damage) in cases {
            let source = source(bytes, sheet);
            assert_eq!((source.text.as_str(), &source.damage), (text, &damage), "{bytes:?}");
        }
    }
}
