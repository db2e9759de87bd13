//! UTF-16 text turned into UTF-8 as it is read, and byte order marks dropped.
//!
//! Invariant: nothing is dropped but the mark; an unpaired surrogate becomes U+FFFD.

use std::io::{self, Read};

/// How a text is encoded.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Encoding {
    /// UTF-8, with this many bytes of mark.
    Utf8(usize),
    /// UTF-16, little end first, with this many bytes of mark.
    Little(usize),
    /// UTF-16, big end first.
    Big,
}

/// The encoding that a text begins with.
pub(crate) fn encoding(prefix: &[u8]) -> Encoding {
    match prefix {
        [0xef, 0xbb, 0xbf, ..] => Encoding::Utf8(3),
        [0xff, 0xfe, ..] => Encoding::Little(2),
        [0xfe, 0xff, ..] => Encoding::Big,
        [b'<' | b'{' | b'[' | b'#', 0, second, 0, ..] if second.is_ascii() => Encoding::Little(0),
        _ => Encoding::Utf8(0),
    }
}

/// A text as UTF-8, whatever it was.
pub(crate) struct Utf8<R> {
    reader: R,
    encoding: Encoding,
    begun: bool,
    raw: Vec<u8>,
    ready: Vec<u8>,
    given: usize,
    high: Option<u16>,
}

impl<R: Read> Utf8<R> {
    pub(crate) fn new(reader: R, encoding: Encoding) -> Self {
        let (raw, ready) = (Vec::new(), Vec::new());
        Utf8 { reader, encoding, begun: false, raw, ready, given: 0, high: None }
    }

    fn skip_mark(&mut self) -> io::Result<()> {
        if !std::mem::replace(&mut self.begun, true) {
            let mark = match self.encoding {
                Encoding::Utf8(mark) | Encoding::Little(mark) => mark,
                Encoding::Big => 2,
            };
            io::copy(&mut (&mut self.reader).take(mark as u64), &mut io::sink())?;
        }
        Ok(())
    }

    /// Reads and turns some more; nothing is ready afterwards where the stream has ended.
    fn more(&mut self) -> io::Result<()> {
        self.ready.clear();
        self.given = 0;
        while self.ready.is_empty() {
            let read = (&mut self.reader).take(1 << 16).read_to_end(&mut self.raw)?;
            let whole = self.raw.len() & !1;
            let raw = std::mem::take(&mut self.raw);
            for pair in raw[..whole].chunks_exact(2) {
                self.turn(match self.encoding {
                    Encoding::Big => u16::from_be_bytes([pair[0], pair[1]]),
                    _ => u16::from_le_bytes([pair[0], pair[1]]),
                });
            }
            self.raw = raw[whole..].to_vec();
            if read == 0 {
                let left = self.high.take().is_some() || !std::mem::take(&mut self.raw).is_empty();
                if left {
                    self.push(char::REPLACEMENT_CHARACTER);
                }
                break;
            }
        }
        Ok(())
    }

    fn turn(&mut self, unit: u16) {
        match (self.high.take(), unit) {
            (Some(high), 0xdc00..=0xdfff) => {
                let code = 0x1_0000 + ((u32::from(high) - 0xd800) << 10) + (u32::from(unit) - 0xdc00);
                self.push(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
            }
            (Some(_), _) => {
                self.push(char::REPLACEMENT_CHARACTER);
                self.turn(unit);
            }
            (None, 0xd800..=0xdbff) => self.high = Some(unit),
            (None, _) => self.push(char::from_u32(u32::from(unit)).unwrap_or(char::REPLACEMENT_CHARACTER)),
        }
    }

    fn push(&mut self, character: char) {
        self.ready.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
    }
}

impl<R: Read> Read for Utf8<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        self.skip_mark()?;
        if let Encoding::Utf8(_) = self.encoding {
            return self.reader.read(out);
        }
        if self.given == self.ready.len() {
            self.more()?;
        }
        let size = out.len().min(self.ready.len() - self.given);
        out[..size].copy_from_slice(&self.ready[self.given..self.given + size]);
        self.given += size;
        Ok(size)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utf_16_becomes_utf_8() {
        let units = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
        let mut marked = vec![0xff, 0xfe];
        marked.extend(units("<é😀>"));
        let mut big = vec![0xfe, 0xff];
        big.extend("<é😀>".encode_utf16().flat_map(u16::to_be_bytes));
        let long = "é😀".repeat(50_000);
        for (bytes, expected) in [
            (marked, "<é😀>"),
            (big, "<é😀>"),
            (units("<Ev>"), "<Ev>"),
            (b"\xef\xbb\xbfplain".to_vec(), "plain"),
            (vec![0xff, 0xfe, 0x00, 0xd8, b'a', 0], "\u{fffd}a"),
            (vec![0xff, 0xfe, b'a', 0, b'b'], "a\u{fffd}"),
            ([vec![0xff, 0xfe], units(&long)].concat(), &long),
        ] {
            let mut text = String::new();
            Utf8::new(&bytes[..], encoding(&bytes)).read_to_string(&mut text).unwrap();
            assert_eq!(text, expected);
        }
    }
}
