//! From record to record through one segment, past what is damaged.
//!
//! Invariant: no more is passed over than what is damaged: behind a changed body the next record stands where it
//! should; behind a changed head it is found by its marker.

use std::io;

use super::disk::Disk;
use super::frame::{self, Frame, Marker, Parsed};
use crate::event::Source;

/// Bytes read at a time.
const WINDOW: usize = 1 << 20;

/// What comes next.
#[derive(Debug)]
pub(crate) enum Step {
    /// A record, where it stands and where it ends.
    Record { frame: Frame, end: u64 },
    /// A stretch that holds no record.
    Gap(Gap),
    /// Nothing more up to the limit.
    End,
}

/// A stretch that should hold records and does not.
#[derive(Debug)]
pub(crate) struct Gap {
    pub(crate) offset: u64,
    pub(crate) bytes: u64,
    /// Whose record it was, where that is known.
    pub(crate) source: Option<Source>,
    /// It ends with the file, as a write does that a crash cut off.
    pub(crate) cut: bool,
}

/// A way through a segment.
pub(crate) struct Walk<'a> {
    disk: &'a dyn Disk,
    name: &'a str,
    marker: Marker,
    /// Bytes beyond are not looked at.
    limit: u64,
    window: Vec<u8>,
    /// Where the window stands in the file, and how much of it is done.
    base: u64,
    done: usize,
}

impl<'a> Walk<'a> {
    pub(crate) fn new(disk: &'a dyn Disk, name: &'a str, marker: Marker, from: u64, limit: u64) -> Walk<'a> {
        Walk { disk, name, marker, limit, window: Vec::new(), base: from, done: 0 }
    }

    pub(crate) fn next(&mut self) -> io::Result<Step> {
        let mut wanted = 1;
        loop {
            let whole = self.fill(wanted)?;
            let rest = &self.window[self.done..];
            if rest.is_empty() {
                return Ok(Step::End);
            }
            match frame::parse(rest, self.marker) {
                Parsed::Whole(frame, taken) => {
                    self.done += taken;
                    return Ok(Step::Record { frame, end: self.at() });
                }
                Parsed::Changed(source, taken) => return Ok(Step::Gap(self.gap(taken, source, false))),
                Parsed::Short(needed) if whole => wanted = needed,
                Parsed::Short(_) => return Ok(Step::Gap(self.gap(rest.len(), None, true))),
                Parsed::Nothing => return self.lost().map(Step::Gap),
            }
        }
    }

    fn at(&self) -> u64 {
        self.base + self.done as u64
    }

    /// Reads until `wanted` bytes are at hand; whether they are.
    fn fill(&mut self, wanted: usize) -> io::Result<bool> {
        if self.window.len() - self.done >= wanted {
            return Ok(true);
        }
        self.window.drain(..self.done);
        self.base += self.done as u64;
        self.done = 0;
        while self.window.len() < wanted {
            let from = self.base + self.window.len() as u64;
            let left = usize::try_from(self.limit.saturating_sub(from)).unwrap_or(usize::MAX);
            let read = self.disk.read(self.name, from, left.min(wanted.max(WINDOW)))?;
            if read.is_empty() {
                return Ok(false);
            }
            self.window.extend_from_slice(&read);
        }
        Ok(true)
    }

    fn gap(&mut self, bytes: usize, source: Option<Source>, cut: bool) -> Gap {
        let offset = self.at();
        self.done += bytes;
        Gap { offset, bytes: bytes as u64, source, cut }
    }

    /// From a place that is no record to the next that is, or to the end.
    fn lost(&mut self) -> io::Result<Gap> {
        let offset = self.at();
        let mut zeros = true;
        loop {
            let rest = &self.window[self.done..];
            // A marker may straddle what was read so far.
            let next = memchr::memmem::find(&rest[1.min(rest.len())..], &self.marker).map(|place| place + 1);
            let passed = next.unwrap_or_else(|| rest.len().saturating_sub(self.marker.len() - 1).max(1));
            let passed = passed.min(rest.len());
            zeros &= rest[..passed].iter().all(|byte| *byte == 0);
            self.done += passed;
            if next.is_some() && self.sound()? {
                break;
            }
            if !self.fill(self.marker.len())? {
                let rest = &self.window[self.done..];
                zeros &= rest.iter().all(|byte| *byte == 0);
                self.done = self.window.len();
                return Ok(Gap { offset, bytes: self.at() - offset, source: None, cut: zeros });
            }
        }
        Ok(Gap { offset, bytes: self.at() - offset, source: None, cut: false })
    }

    /// Whether a record's head stands here.
    fn sound(&mut self) -> io::Result<bool> {
        Ok(self.fill(frame::HEAD)? && frame::parse(&self.window[self.done..], self.marker) != Parsed::Nothing)
    }
}
