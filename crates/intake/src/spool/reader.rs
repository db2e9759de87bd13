//! Reading in order, with a place that is kept.
//!
//! A batch that was not committed is read again after a crash; whoever needs each event once keeps a batch's end
//! beside what it makes of it, or looks at the events' ids.
//!
//! Invariant: nothing is shown before it is durable, and no segment is taken away before every reader has passed it
//! and what it knew is kept beside.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use super::disk::{self, Disk, Fault};
use super::frame::{Frame, Kind, checksum};
use super::ledger::{Counts, Place};
use super::walk::{Gap, Step, Walk};
use super::{Segment, Shared, Spool, SpoolError, State, open, sealed};
use crate::event::Source;

/// An event that was kept.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Record {
    /// Its number: never that of another event.
    pub id: u128,
    /// When it was received, by the clock of that moment.
    pub received: Timestamp,
    /// Who sent it.
    pub source: Source,
    /// What was sent.
    pub bytes: Vec<u8>,
}

/// Some events in a row.
#[derive(Debug)]
pub struct Batch {
    /// The events.
    pub records: Vec<Record>,
    /// Where the next batch begins.
    pub end: Place,
    /// Whether it ended for its size: more may be there.
    pub is_full: bool,
}

/// One reader.
pub struct Reader {
    shared: Arc<Shared>,
    name: String,
    at: Place,
    /// What was committed last.
    kept: Place,
}

impl Spool {
    /// A reader, where it last committed. The same name is to be read by one reader at a time.
    pub fn reader(&self, name: &str) -> Result<Reader, SpoolError> {
        let state = self.shared.lock();
        let at = state.cursors.get(name).ok_or_else(|| SpoolError::NoReader(name.to_owned()))?;
        Ok(Reader { shared: self.shared.clone(), name: name.to_owned(), at: *at, kept: *at })
    }
}

impl Reader {
    /// The next events, of about `most` bytes together; none where all was read. After an error the same are next.
    pub fn next(&mut self, most: usize) -> Result<Batch, SpoolError> {
        let start = self.at;
        let batch = self.read(most);
        if batch.is_err() {
            self.at = start;
        }
        batch
    }

    /// Goes on at the end of a batch that was taken before but whose place was not kept; never back.
    pub fn resume(&mut self, end: Place) {
        self.at = self.at.max(end);
    }

    fn read(&mut self, most: usize) -> Result<Batch, SpoolError> {
        let mut records = Vec::new();
        let mut bytes = 0;
        while let Some((number, segment, is_last)) = self.segment() {
            if number > self.at.segment {
                self.at = Place { segment: number, offset: 0 };
            }
            let shared = self.shared.clone();
            let mut walk =
                Walk::new(&*shared.disk, &segment.name, segment.marker, self.at.offset, segment.length);
            while bytes < most {
                match walk.next().map_err(|error| SpoolError::Failed(error.to_string()))? {
                    Step::End => break,
                    Step::Record { frame, end } => {
                        self.at.offset = end;
                        if matches!(frame.kind, Kind::Known | Kind::Distinct) {
                            bytes += frame.body.len() + 1;
                            records.push(record(frame));
                        }
                    }
                    Step::Gap(gap) => {
                        self.at.offset = gap.offset + gap.bytes;
                        self.damaged(number, &gap)?;
                    }
                }
            }
            if bytes >= most || is_last {
                break;
            }
            self.at = Place { segment: number + 1, offset: 0 };
        }
        Ok(Batch { records, end: self.at, is_full: bytes >= most })
    }

    /// Waits until something may be read, at most so long.
    pub fn wait(&self, most: Duration) {
        let state = self.shared.lock();
        let beyond = |state: &State| {
            let last = state.segments.last_key_value();
            last.map(|(number, segment)| Place { segment: *number, offset: segment.length })
        };
        if beyond(&state).is_none_or(|end| end <= self.at) && !state.closing {
            // Whether it was woken or not, the caller looks again.
            drop(self.shared.moved.wait_timeout(state, most));
        }
    }

    /// Keeps the end of a batch: what was read up to there is not read again, and may be taken away.
    pub fn commit(&mut self, end: Place) -> Result<(), SpoolError> {
        if end == self.kept {
            return Ok(());
        }
        let text = format!("{:016x} {:016x}", end.segment, end.offset);
        let line = format!("{text} {:08x}\n", checksum(text.as_bytes()));
        disk::replace(&*self.shared.disk, &cursor_name(&self.name), line.as_bytes()).map_err(|fault| {
            match fault {
                Fault::Write(error) | Fault::Broken(error) => SpoolError::Failed(error.to_string()),
            }
        })?;
        self.kept = end;
        let mut state = self.shared.lock();
        state.cursors.insert(self.name.clone(), end);
        sweep(&*self.shared.disk, &mut state, self.shared.options.remembered as u64);
        Ok(())
    }

    /// The segment at hand, and whether more may still be added to it.
    fn segment(&self) -> Option<(u64, Segment, bool)> {
        let state = self.shared.lock();
        let (number, segment) = state.segments.range(self.at.segment..).next()?;
        let is_last = state.active == Some(*number);
        Some((*number, segment.clone(), is_last))
    }

    /// Counts damage, where it is new.
    fn damaged(&self, segment: u64, gap: &Gap) -> Result<(), SpoolError> {
        let place = Place { segment, offset: gap.offset };
        let (tell, told) = std::sync::mpsc::sync_channel(1);
        let mut state = self.shared.lock();
        if state.ledger.knows_gap(place) {
            return Ok(());
        }
        state.open()?;
        state.ledger.gap(place, gap.bytes);
        let source = Arc::new(gap.source.clone().unwrap_or_else(open::unknown));
        let (number, source) = state.ledger.source(&source);
        let body = [segment, gap.offset, gap.bytes].map(u64::to_le_bytes).concat();
        let at = self.shared.clock.now().as_millisecond();
        state.waiting.frame(&Frame { kind: Kind::Damage, at, id: 0, source: (*source).clone(), body });
        state.waiting.counts.entry(number).or_default().add(&Counts { damaged: 1, ..Counts::default() });
        state.waiting.tell.push(Box::new(move |outcome| {
            // The reader waits for it.
            let _ = tell.send(outcome);
        }));
        drop(state);
        self.shared.wake.notify_one();
        let outcome = told.recv().unwrap_or(Err(SpoolError::Closed));
        if outcome.is_err() {
            self.shared.lock().ledger.forget_gap(place);
        }
        outcome
    }
}

fn record(frame: Frame) -> Record {
    Record {
        id: frame.id,
        received: Timestamp::from_millisecond(frame.at).unwrap_or_default(),
        source: frame.source,
        bytes: frame.body,
    }
}

/// Takes away what every reader has passed, and what is known of events beyond the bound.
fn sweep(disk: &dyn Disk, state: &mut State, remembered: u64) {
    let Some(passed) = state.cursors.values().map(|place| place.segment).min() else { return };
    let gone = state.segments.range(..passed).filter(|(number, _)| state.sealed.contains_key(number));
    let gone: Vec<(u64, String)> = gone.map(|(number, segment)| (*number, segment.name.clone())).collect();
    for (number, name) in gone {
        // What cannot be taken away now is taken away later.
        if disk.remove(&name).is_ok() {
            state.segments.remove(&number);
        }
    }
    let first = state.segments.keys().next().copied().unwrap_or(passed);
    state.ledger.forget_gaps(first);
    let mut events = 0;
    let mut old = Vec::new();
    for (number, seen) in state.sealed.iter().rev() {
        if events >= remembered && events > 0 && !state.segments.contains_key(number) {
            old.push(*number);
        }
        events += seen;
    }
    for number in old {
        if disk.remove(&sealed::name(number)).is_ok() {
            state.sealed.remove(&number);
        }
    }
}

fn cursor_name(reader: &str) -> String {
    format!("{reader}.cursor")
}

/// Where a reader last committed; none where it never did, or where its file is damaged: it then reads all again.
pub(super) fn cursor(disk: &dyn Disk, reader: &str) -> std::io::Result<Option<Place>> {
    let name = cursor_name(reader);
    if !disk.list()?.iter().any(|(file, _)| *file == name) {
        return Ok(None);
    }
    let bytes = disk.read(&name, 0, 64)?;
    Ok(std::str::from_utf8(&bytes).ok().and_then(parse_cursor))
}

fn parse_cursor(line: &str) -> Option<Place> {
    let (text, sum) = line.trim_end().rsplit_once(' ')?;
    if u32::from_str_radix(sum, 16).ok()? != checksum(text.as_bytes()) {
        return None;
    }
    let (segment, offset) = text.split_once(' ')?;
    Some(Place {
        segment: u64::from_str_radix(segment, 16).ok()?,
        offset: u64::from_str_radix(offset, 16).ok()?,
    })
}
