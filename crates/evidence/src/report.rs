//! What a reading says of itself.
//!
//! Invariant: every piece that was not read is counted here, under its path.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use crate::event::Certainty;

/// What was read and what was not.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Report {
    /// Logs read at least in part.
    pub files: u64,
    /// Bytes of logs read, unpacked.
    pub bytes: u64,
    /// Records read.
    pub events: u64,
    /// Damage and refused access, one entry a path, sorted by path.
    pub unreadable: Vec<Unreadable>,
    /// Files that are no logs, sorted by path.
    pub skipped: Vec<Skipped>,
    /// What was assumed, sorted by path.
    pub remarks: Vec<Remark>,
    /// The reading was interrupted: there is more to read.
    pub partial: bool,
}

/// What could not be read of one path.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Unreadable {
    /// As in [`crate::Origin`].
    pub path: String,
    /// All losses in one English sentence.
    pub reason: String,
    /// The same, for programs.
    pub losses: Vec<Loss>,
}

/// One kind of loss in one path, totalled.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Loss {
    /// What kind.
    pub trouble: Trouble,
    /// How many lines, records, chunks or members.
    pub count: u64,
    /// The first one's line, chunk or record.
    pub first: Option<u64>,
}

/// Why something could not be read.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Trouble {
    /// Lines or records that are not in the format of their file (`JSON`, `XML`, `access log`, `CSV`…).
    Malformed(&'static str),
    /// Lines or records longer than the limit.
    TooLong,
    /// The file ends within a record.
    CutShort,
    /// EVTX chunks whose header is damaged; their records are read as far as possible.
    ChunkHeader,
    /// EVTX chunks whose records do not match their checksum, or ended early.
    Checksum,
    /// EVTX chunks that are in use and hold nothing but zeros.
    BlankChunks,
    /// EVTX records that could not be read.
    Record,
    /// EVTX chunks announced by the file's header and absent.
    MissingChunks,
    /// Members of archives that are encrypted.
    Encrypted,
    /// Archives within archives beyond the limit.
    TooDeep,
    /// Members beyond the limit.
    TooManyEntries,
    /// Unpacked bytes beyond the limit.
    TooManyBytes,
    /// Folders within folders beyond the limit.
    TooManyFolders,
    /// The system or the unpacker refused, with its words.
    Failed(String),
    /// A reader gave up on bytes that it should have survived.
    ReaderFailed,
}

impl fmt::Display for Loss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.count;
        match &self.trouble {
            Trouble::Malformed(format) => write!(f, "records not readable as {format}: {count}")?,
            Trouble::TooLong => write!(f, "lines over the limit: {count}")?,
            Trouble::CutShort => write!(f, "the file ends within a record")?,
            Trouble::ChunkHeader => write!(f, "chunks with a damaged header: {count}")?,
            Trouble::Checksum => write!(f, "chunks that do not match their checksum: {count}")?,
            Trouble::BlankChunks => write!(f, "chunks wiped: {count}")?,
            Trouble::Record => write!(f, "records lost: {count}")?,
            Trouble::MissingChunks => write!(f, "chunks announced and missing: {count}")?,
            Trouble::Encrypted => write!(f, "encrypted members: {count}")?,
            Trouble::TooDeep => write!(f, "archives nested too deeply")?,
            Trouble::TooManyEntries => write!(f, "more archive members than the limit")?,
            Trouble::TooManyBytes => write!(f, "unpacks to more bytes than the limit")?,
            Trouble::TooManyFolders => write!(f, "folders nested too deeply")?,
            Trouble::Failed(words) => write!(f, "{words}")?,
            Trouble::ReaderFailed => write!(f, "pieces on which the reader gave up: {count}")?,
        }
        match self.first {
            Some(first) => write!(f, " (first: {first})"),
            None => Ok(()),
        }
    }
}

/// A file that is no log.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Skipped {
    /// As in [`crate::Origin`].
    pub path: String,
    /// Why it was left.
    pub reason: Skip,
}

/// Why a file was left.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Skip {
    /// Nothing in it.
    Empty,
    /// In no format that is known.
    Unknown,
    /// A CSV file whose columns are unknown: a mapping file is needed.
    NeedsMapping,
    /// JSON without times.
    NoTimes,
    /// A link, within a walked folder.
    Link,
    /// A device, pipe or socket.
    Special,
    /// Packed in a way that is not read (7z, xz, bzip2, rar): to be unpacked first.
    Packed,
}

impl fmt::Display for Skip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Skip::Empty => "empty",
            Skip::Unknown => "not a log in a known format",
            Skip::NeedsMapping => "CSV with unknown columns: give --mapping",
            Skip::NoTimes => "JSON, but its records carry no time",
            Skip::Link => "a link: not followed",
            Skip::Special => "a device, pipe or socket: not opened",
            Skip::Packed => "packed in a way that is not read: unpack it first",
        })
    }
}

/// Something assumed while reading one path.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Remark {
    /// As in [`crate::Origin`].
    pub path: String,
    /// What was assumed.
    pub assumed: Assumed,
    /// For how many records.
    pub count: u64,
}

/// What was assumed.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Assumed {
    /// The zone was taken from the options.
    Zone,
    /// The year was inferred.
    Year,
    /// The zone is unknown, UTC was taken.
    Utc,
    /// No time could be read.
    NoTime,
    /// Bytes that are not UTF-8 were replaced.
    Replaced,
    /// A line had no syslog header and was kept whole.
    NoHeader,
    /// The EVTX file was copied while in use.
    Dirty,
}

impl fmt::Display for Assumed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Assumed::Zone => "zone assumed",
            Assumed::Year => "year inferred",
            Assumed::Utc => "zone unknown, UTC taken",
            Assumed::NoTime => "no time",
            Assumed::Replaced => "bytes that are not UTF-8 replaced",
            Assumed::NoHeader => "no syslog header, line kept whole",
            Assumed::Dirty => "copied while in use",
        })
    }
}

/// What one piece of one path adds to the report.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally {
    pub(crate) events: u64,
    pub(crate) bytes: u64,
    pub(crate) losses: Vec<Loss>,
    pub(crate) assumed: BTreeMap<Assumed, u64>,
}

impl Tally {
    pub(crate) fn lose(&mut self, trouble: Trouble, count: u64, first: Option<u64>) {
        match self.losses.iter_mut().find(|it| it.trouble == trouble) {
            Some(loss) => {
                loss.count += count;
                loss.first = loss.first.or(first);
            }
            None => self.losses.push(Loss { trouble, count, first }),
        }
    }

    pub(crate) fn assume(&mut self, assumed: Assumed) {
        *self.assumed.entry(assumed).or_default() += 1;
    }

    /// Counts what was assumed of a time; who infers a year counts that.
    pub(crate) fn timed(&mut self, known: bool, certainty: Certainty) {
        match certainty {
            _ if !known => self.assume(Assumed::NoTime),
            Certainty::Exact => {}
            Certainty::ZoneAssumed | Certainty::YearInferred => self.assume(Assumed::Zone),
            Certainty::Uncertain => self.assume(Assumed::Utc),
        }
    }

    fn add(&mut self, other: Tally) {
        self.events += other.events;
        self.bytes += other.bytes;
        for loss in other.losses {
            self.lose(loss.trouble, loss.count, loss.first);
        }
        for (assumed, count) in other.assumed {
            *self.assumed.entry(assumed).or_default() += count;
        }
    }
}

/// Tallies by path, until the report is made.
#[derive(Default)]
pub(crate) struct Ledger {
    paths: BTreeMap<Arc<str>, Tally>,
    skipped: BTreeMap<Arc<str>, Skip>,
    pub(crate) files: u64,
    pub(crate) events: u64,
    /// Of the log at hand.
    current: u64,
    bytes: u64,
}

impl Ledger {
    pub(crate) fn add(&mut self, path: &Arc<str>, tally: Tally) {
        self.events += tally.events;
        self.current += tally.events;
        self.bytes += tally.bytes;
        if !tally.losses.is_empty() || !tally.assumed.is_empty() {
            self.paths.entry(Arc::clone(path)).or_default().add(tally);
        }
    }

    pub(crate) fn skip(&mut self, path: &Arc<str>, reason: Skip) {
        self.skipped.insert(Arc::clone(path), reason);
    }

    /// A log was read to its end: it counts as read unless it gave nothing but damage.
    pub(crate) fn end(&mut self, path: &Arc<str>) {
        let damaged = self.paths.get(path).is_some_and(|it| !it.losses.is_empty());
        let read = std::mem::take(&mut self.current) > 0;
        self.files += u64::from(read || !damaged);
    }

    pub(crate) fn report(self, partial: bool) -> Report {
        let mut report = Report {
            files: self.files,
            bytes: self.bytes,
            events: self.events,
            partial,
            ..Report::default()
        };
        for (path, tally) in self.paths {
            report.remarks.extend(tally.assumed.into_iter().map(|(assumed, count)| Remark {
                path: path.to_string(),
                assumed,
                count,
            }));
            if !tally.losses.is_empty() {
                let words: Vec<String> = tally.losses.iter().map(Loss::to_string).collect();
                report.unreadable.push(Unreadable {
                    path: path.to_string(),
                    reason: words.join("; "),
                    losses: tally.losses,
                });
            }
        }
        report.skipped.extend(
            self.skipped.into_iter().map(|(path, reason)| Skipped { path: path.to_string(), reason }),
        );
        report
    }
}
