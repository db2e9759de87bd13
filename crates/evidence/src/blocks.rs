//! Text cut into blocks of whole lines or rows.
//!
//! Invariant: memory is bounded by one block plus the longest line allowed; a longer line is counted
//! and passed over, however long it is.

use std::io::{self, Read};

use crate::piece::BLOCK;

/// Whole lines, from one line number on.
pub(crate) struct Block<T = Vec<u8>> {
    pub(crate) text: T,
    pub(crate) first_line: u64,
}

/// Where a block may be cut.
#[derive(Clone, Copy)]
pub(crate) enum Cut {
    /// After any newline.
    Line,
    /// After a newline outside quotes.
    Row { delimiter: u8 },
}

/// Blocks of a stream.
pub(crate) struct Blocks<R> {
    reader: R,
    cut: Cut,
    longest: usize,
    held: Vec<u8>,
    line: u64,
    ended: bool,
    failed: Option<io::Error>,
    /// Lines passed over, and the first one's number.
    pub(crate) too_long: u64,
    pub(crate) first_too_long: Option<u64>,
}

impl<R: Read> Blocks<R> {
    pub(crate) fn new(reader: R, cut: Cut, longest: usize) -> Self {
        let (held, failed) = (Vec::new(), None);
        Blocks {
            reader,
            cut,
            longest,
            held,
            line: 1,
            ended: false,
            failed,
            too_long: 0,
            first_too_long: None,
        }
    }

    /// The next block; an error only after all that came before it was given.
    pub(crate) fn next(&mut self) -> io::Result<Option<Block>> {
        loop {
            self.fill(self.held.len().max(BLOCK / 2) + BLOCK / 2);
            if self.ended {
                return self.last();
            }
            let end = match self.cut {
                Cut::Line => memchr::memrchr(b'\n', &self.held).map(|at| at + 1),
                Cut::Row { delimiter } => last_row(&self.held, delimiter),
            };
            if let Some(end) = end {
                let rest = self.held.split_off(end);
                let text = std::mem::replace(&mut self.held, rest);
                return Ok(Some(self.block(text)));
            }
            if self.held.len() > self.longest {
                self.pass_over();
            }
        }
    }

    /// What is left at the end; the line that an error cut is part of what the error lost.
    fn last(&mut self) -> io::Result<Option<Block>> {
        if self.failed.is_some() {
            self.held.truncate(memchr::memrchr(b'\n', &self.held).map_or(0, |at| at + 1));
        }
        if !self.held.is_empty() {
            let text = std::mem::take(&mut self.held);
            return Ok(Some(self.block(text)));
        }
        match self.failed.take() {
            Some(error) => Err(error),
            None => Ok(None),
        }
    }

    fn block(&mut self, text: Vec<u8>) -> Block {
        let first_line = self.line;
        self.line += memchr::memchr_iter(b'\n', &text).count() as u64;
        Block { text, first_line }
    }

    fn fill(&mut self, size: usize) {
        let wanted = size.saturating_sub(self.held.len()) as u64;
        if self.ended || wanted == 0 {
            return;
        }
        match (&mut self.reader).take(wanted).read_to_end(&mut self.held) {
            Ok(read) => self.ended = (read as u64) < wanted,
            Err(error) => {
                self.ended = true;
                self.failed = Some(error);
            }
        }
    }

    /// Drops the line at hand up to its newline.
    fn pass_over(&mut self) {
        self.too_long += 1;
        self.first_too_long.get_or_insert(self.line);
        loop {
            if let Some(at) = memchr::memchr(b'\n', &self.held) {
                self.line += 1;
                self.held.drain(..=at);
                return;
            }
            self.held.clear();
            if self.ended {
                return;
            }
            self.fill(BLOCK);
        }
    }
}

/// The end of the last whole row of CSV text that begins at a row's start.
fn last_row(text: &[u8], delimiter: u8) -> Option<usize> {
    let (mut last, mut quoted, mut cell_start) = (None, false, true);
    for (at, byte) in text.iter().enumerate() {
        if quoted {
            quoted = *byte != b'"';
            cell_start = false;
            continue;
        }
        quoted = *byte == b'"' && (cell_start || at > 0 && text[at - 1] == b'"');
        cell_start = *byte == delimiter || *byte == b'\n';
        if *byte == b'\n' {
            last = Some(at + 1);
        }
    }
    last
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: impl Read, longest: usize) -> (Vec<(u64, usize)>, u64, Option<u64>) {
        let mut blocks = Blocks::new(text, Cut::Line, longest);
        let mut seen = Vec::new();
        while let Some(block) = blocks.next().unwrap() {
            assert!(block.text.len() <= longest + 2 * BLOCK);
            seen.push((block.first_line, block.text.len()));
        }
        (seen, blocks.too_long, blocks.first_too_long)
    }

    #[test]
    fn a_line_beyond_four_gigabytes_is_counted_and_passed_over_in_bounded_memory() {
        let endless = io::repeat(b'a').take(4_500_000_000);
        let text = b"one\n".chain(endless).chain(&b"\nthree\n"[..]);
        let (seen, too_long, first) = lines(text, 1 << 20);
        assert_eq!((too_long, first), (1, Some(2)));
        assert_eq!(seen, vec![(1, 4), (3, 6)]);
    }

    #[test]
    fn blocks_end_with_lines_and_keep_count() {
        let text = "0123456789abcde\n".repeat(3 * BLOCK / 16);
        let (seen, ..) = lines(text.as_bytes(), 1 << 20);
        let total: usize = seen.iter().map(|(_, size)| size).sum();
        assert_eq!(total, text.len());
        assert!(seen.len() > 2 && seen.iter().all(|(line, size)| (line - 1) % 16 == 0 || size % 16 == 0));
    }

    #[test]
    fn rows_end_outside_quotes() {
        for (text, end) in [
            ("a,b\nc", Some(4)),
            ("a,\"b\nc", None),
            ("a,\"b\nc\"\nd", Some(8)),
            ("5\" disk,b\nc", Some(10)),
            ("\"say \"\"hi\"\" \n\",b\n", Some(17)),
        ] {
            assert_eq!(last_row(text.as_bytes(), b','), end, "{text}");
        }
    }
}
