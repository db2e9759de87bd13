//! The one thread that writes: a group of records, one `fsync`, then the good news.
//!
//! Invariant: whatever goes wrong, what a group noted is either durable or forgotten before its writers are told.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::disk::{self, Appender, Fault};
use super::frame::{self, Frame, Kind, Marker};
use super::ledger::{Counts, Seen};
use super::sealed;
use super::{Segment, Shared, SpoolError, State};

/// Counts for which nobody waits are written this often.
const IDLE: Duration = Duration::from_secs(1);

type Tell = Box<dyn FnOnce(Result<(), SpoolError>) + Send>;

/// What becomes durable together.
#[derive(Default)]
pub(super) struct Group {
    pub(super) bytes: Vec<u8>,
    /// Where each record starts.
    starts: Vec<usize>,
    /// What it adds to the counts, by source.
    pub(super) counts: BTreeMap<u32, Counts>,
    /// That part of it which no event's record says.
    pub(super) unwritten: BTreeMap<u32, Counts>,
    pub(super) seen: Vec<Seen>,
    pub(super) tell: Vec<Tell>,
}

impl Group {
    pub(super) fn frame(&mut self, frame: &Frame) {
        self.starts.push(self.bytes.len());
        frame::write(&mut self.bytes, frame);
    }

    fn is_empty(&self) -> bool {
        self.counts.is_empty() && self.tell.is_empty()
    }

    fn is_urgent(&self) -> bool {
        !self.tell.is_empty() || !self.bytes.is_empty()
    }

    fn mark(&mut self, marker: Marker) {
        for start in &self.starts {
            self.bytes[*start..*start + marker.len()].copy_from_slice(&marker);
        }
    }
}

/// The segment at hand.
pub(super) struct Current {
    number: u64,
    marker: Marker,
    file: Box<dyn Appender>,
    length: u64,
    seen: Vec<Seen>,
}

pub(super) struct Writer {
    pub(super) shared: Arc<Shared>,
    pub(super) current: Option<Current>,
    pub(super) next: u64,
}

impl Writer {
    pub(super) fn run(mut self) {
        while let Some(mut group) = self.take() {
            let outcome = self.write(&mut group);
            self.settle(group, outcome);
        }
        if self.shared.lock().failed.is_none() {
            // What could not be sealed is read through at the next start.
            let _ = self.seal();
        }
    }

    /// The next group; none at the end.
    fn take(&self) -> Option<Group> {
        let mut state = self.shared.lock();
        let since = Instant::now();
        loop {
            let idle = since.elapsed() >= IDLE && !state.waiting.is_empty();
            if state.waiting.is_urgent() || idle || (state.closing && !state.waiting.is_empty()) {
                if let Some(reason) = &state.failed {
                    let reason = reason.clone();
                    self.fail(state, Group::default(), SpoolError::Failed(reason));
                    state = self.shared.lock();
                    continue;
                }
                self.tallies(&mut state);
                return Some(std::mem::take(&mut state.waiting));
            }
            if state.closing {
                return None;
            }
            let waited = self.shared.wake.wait_timeout(state, IDLE);
            state = waited.unwrap_or_else(std::sync::PoisonError::into_inner).0;
        }
    }

    fn tallies(&self, state: &mut State) {
        let at = self.shared.clock.now().as_millisecond();
        let sources = state.ledger.all();
        for (number, counts) in std::mem::take(&mut state.waiting.unwritten) {
            if let Some((source, _)) = sources.get(number as usize) {
                let body = [counts.duplicates, counts.shed].map(u64::to_le_bytes).concat();
                let at = counts.last_at.unwrap_or(at);
                state.waiting.frame(&Frame {
                    kind: Kind::Tally,
                    at,
                    id: 0,
                    source: (**source).clone(),
                    body,
                });
            }
        }
    }

    fn write(&mut self, group: &mut Group) -> Result<(), Fault> {
        if self.current.as_ref().is_some_and(|it| it.length >= self.shared.options.segment) {
            match self.seal() {
                // The segment becomes longer than it should.
                Ok(()) | Err(Fault::Write(_)) => {}
                Err(fault) => return Err(fault),
            }
        }
        if self.current.is_none() {
            self.current = Some(self.begin()?);
        }
        let Some(current) = &mut self.current else { return Ok(()) };
        group.mark(current.marker);
        if let Err(error) = current.file.append(&group.bytes) {
            let full = matches!(error.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded);
            let whole = current.file.cut(current.length).is_ok();
            return Err(if full && whole { Fault::Write(error) } else { Fault::Broken(error) });
        }
        current.file.sync().map_err(Fault::Broken)?;
        current.length += group.bytes.len() as u64;
        current.seen.extend_from_slice(&group.seen);
        Ok(())
    }

    fn begin(&mut self) -> Result<Current, Fault> {
        let shared = &self.shared;
        let mut marker = Marker::default();
        getrandom::fill(&mut marker).map_err(|error| Fault::Write(std::io::Error::other(error)))?;
        let number = self.next;
        self.next += 1;
        let name = segment_name(number, marker);
        let file = shared.disk.create(&name).map_err(Fault::Write)?;
        shared.disk.sync_folder().map_err(Fault::Broken)?;
        let mut state = shared.lock();
        state.segments.insert(number, Segment { name, marker, length: 0 });
        state.active = Some(number);
        Ok(Current { number, marker, file, length: 0, seen: Vec::new() })
    }

    /// Ends the segment at hand.
    fn seal(&mut self) -> Result<(), Fault> {
        let Some(current) = &self.current else { return Ok(()) };
        let bytes = sealed::bytes(&self.shared.lock().ledger, current.length, &current.seen)?;
        disk::replace(&*self.shared.disk, &sealed::name(current.number), &bytes)?;
        let mut state = self.shared.lock();
        state.sealed.insert(current.number, current.seen.len() as u64);
        state.active = None;
        drop(state);
        self.current = None;
        self.shared.moved.notify_all();
        Ok(())
    }

    fn settle(&self, group: Group, outcome: Result<(), Fault>) {
        let free = self.shared.disk.free().unwrap_or(u64::MAX);
        let mut state = self.shared.lock();
        state.free = free;
        match outcome {
            Ok(()) => {
                for (source, counts) in &group.counts {
                    state.ledger.count(*source, counts);
                }
                state.ledger.make_room();
                if let (Some(current), Some(active)) = (&self.current, state.active)
                    && let Some(segment) = state.segments.get_mut(&active)
                {
                    segment.length = current.length;
                }
                drop(state);
                self.shared.moved.notify_all();
                group.tell.into_iter().for_each(|tell| tell(Ok(())));
            }
            Err(Fault::Write(_)) => self.fail(state, group, SpoolError::Full),
            Err(Fault::Broken(error)) => {
                state.failed = Some(error.to_string());
                self.fail(state, group, SpoolError::Failed(error.to_string()));
            }
        }
    }

    /// Fails a group and the one that waits behind it, since that may count on what was not written.
    fn fail(&self, mut state: std::sync::MutexGuard<'_, State>, group: Group, error: SpoolError) {
        let mut behind = std::mem::take(&mut state.waiting);
        let mut shed: BTreeMap<u32, Counts> = BTreeMap::new();
        for (source, counts) in group.counts.iter().chain(&behind.counts).filter(|(_, it)| it.shed > 0) {
            shed.entry(*source).or_default().shed += counts.shed;
        }
        state.ledger.forget(&group.seen);
        state.ledger.forget(&behind.seen);
        if state.failed.is_none() {
            // What was shed is told with the next group that can be written.
            state.waiting.counts.clone_from(&shed);
            state.waiting.unwritten = shed;
        }
        drop(state);
        let both = group.tell.into_iter().chain(behind.tell.drain(..));
        both.for_each(|tell| tell(Err(error.clone())));
    }
}

/// The name of a segment's file: its number and its marker.
pub(super) fn segment_name(number: u64, marker: Marker) -> String {
    format!("{number:016x}-{:016x}.seg", u64::from_be_bytes(marker))
}

/// A segment's number and marker, from its file's name.
pub(super) fn parse_segment_name(name: &str) -> Option<(u64, Marker)> {
    let (number, marker) = name.strip_suffix(".seg")?.split_once('-')?;
    let hex = |text: &str| u64::from_str_radix(text, 16).ok().filter(|_| text.len() == 16);
    Some((hex(number)?, hex(marker)?.to_be_bytes()))
}
