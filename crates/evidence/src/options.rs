//! What a caller decides before reading: zone, reference instant, limits, who watches.
//!
//! Invariant: nothing here is taken from the clock or the environment.

use std::io::Read;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::mapping::CsvMapping;

/// One thing to read.
pub enum Input {
    /// A file, or a folder that is walked.
    Path(PathBuf),
    /// A stream, such as standard input, under the name it is to have in results.
    Stream {
        /// Its name in results.
        name: String,
        /// Its bytes.
        read: Box<dyn Read + Send>,
    },
}

impl From<PathBuf> for Input {
    fn from(path: PathBuf) -> Self {
        Input::Path(path)
    }
}

/// How to read.
#[derive(Default)]
pub struct Options<'a> {
    /// Threads that parse and judge; 0 takes one a core.
    pub threads: usize,
    /// Zone of times that carry none; without it they are taken as UTC and marked uncertain.
    pub time_zone: Option<TimeZone>,
    /// The instant from which years are inferred where a log writes none: the latest year that does
    /// not lead more than a day past it. Without it such times stay unknown.
    pub reference: Option<Timestamp>,
    /// How to read CSV files.
    pub mapping: Option<CsvMapping>,
    /// Whether records are numbered by their line even where the event has a number of its own: lines of several logs
    /// in one file.
    pub by_line: bool,
    /// What is refused.
    pub limits: Limits,
    /// Told now and then how far the reading is.
    pub progress: Option<&'a (dyn Fn(Progress) + Sync)>,
    /// Set by another thread to stop; what was read so far is kept.
    pub interrupted: Option<&'a AtomicBool>,
}

impl Options<'_> {
    pub(crate) fn stopped(&self) -> bool {
        self.interrupted.is_some_and(|flag| flag.load(Ordering::Relaxed))
    }

    pub(crate) fn workers(&self) -> usize {
        match self.threads {
            0 => std::thread::available_parallelism().map_or(1, usize::from),
            threads => threads,
        }
    }
}

/// What is refused, so that hostile evidence costs a bounded amount.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Limits {
    /// Longest line or record of text, in bytes; longer ones are counted and skipped.
    pub line: usize,
    /// Archives within archives.
    pub depth: u32,
    /// Members unpacked from one top-level archive, nested ones included.
    pub entries: u64,
    /// Bytes unpacked from one top-level archive, nested ones included.
    pub unpacked: u64,
    /// Folders within folders.
    pub folders: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { line: 16 << 20, depth: 4, entries: 100_000, unpacked: 64 << 30, folders: 64 }
    }
}

/// How far the reading is.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Progress {
    /// Bytes read from disk (packed, where files are packed).
    pub bytes: u64,
    /// Bytes to read from disk, as far as known (streams are not).
    pub bytes_total: u64,
    /// Logs read to their end.
    pub files: u64,
    /// Records read.
    pub events: u64,
}
