//! Opening a spool: what its files say, after whatever end the last run had.
//!
//! Invariants: nothing that was acknowledged is passed over but what is damaged, and that is reported with its place;
//! a segment that a crash left is never written to again.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex};

use super::commit::{Group, Writer, parse_segment_name};
use super::disk::{self, Disk, Fault, Folder};
use super::frame::{Frame, Kind, array};
use super::ledger::{Counts, Ledger, Place, Seen};
use super::walk::{Gap, Step, Walk};
use super::{Clock, Options, Segment, Shared, Spool, SpoolError, State, reader, sealed};
use crate::event::Source;

/// What was found at the start.
#[derive(Debug, Default)]
pub struct Opened {
    /// Records that were read through, because the last run did not end in order.
    pub replayed: u64,
    /// Stretches that hold no record though they should.
    pub stretches: Vec<Stretch>,
}

/// A stretch without records.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Stretch {
    /// The file.
    pub file: String,
    /// Its first byte in the file.
    pub offset: u64,
    /// Its length in bytes.
    pub bytes: u64,
    /// It ends with what the last run wrote, as a write does that a crash cut off: nobody was told that it is kept.
    pub cut: bool,
}

impl Spool {
    /// Opens what a disk holds.
    pub fn open(
        disk: impl Disk + 'static,
        clock: impl Clock + 'static,
        options: Options,
    ) -> Result<(Spool, Opened), SpoolError> {
        let mut run = [0; 8];
        getrandom::fill(&mut run).map_err(|error| SpoolError::Failed(error.to_string()))?;
        let (state, opened, next) = load(&disk, &options).map_err(|fault| match fault {
            Fault::Write(error) | Fault::Broken(error) => SpoolError::Failed(error.to_string()),
        })?;
        let shared = Arc::new(Shared {
            disk: Box::new(disk),
            clock: Box::new(clock),
            options,
            run: u64::from_le_bytes(run),
            state: Mutex::new(state),
            wake: Condvar::new(),
            moved: Condvar::new(),
        });
        let writer = Writer { shared: shared.clone(), current: None, next };
        let thread = std::thread::Builder::new().name("spool".to_owned()).spawn(move || writer.run());
        let thread = thread.map_err(|error| SpoolError::Failed(error.to_string()))?;
        Ok((Spool { shared, writer: Mutex::new(Some(thread)) }, opened))
    }
}

/// Opens the spool of a folder, and tells in the log what is damaged in it.
pub fn open_folder(path: &Path, clock: impl Clock + 'static, options: Options) -> Result<Spool, SpoolError> {
    let disk = Folder::open(path).map_err(|error| SpoolError::Failed(error.to_string()))?;
    let (spool, opened) = Spool::open(disk, clock, options)?;
    for Stretch { file, offset, bytes, cut } in &opened.stretches {
        if *cut {
            tracing::warn!(file, offset, bytes, "the spool ends with a write that was cut off");
        } else {
            tracing::error!(file, offset, bytes, "the spool is damaged: what stood there is lost");
        }
    }
    Ok(spool)
}

fn load(disk: &dyn Disk, options: &Options) -> Result<(State, Opened, u64), Fault> {
    let mut opened = Opened::default();
    let mut segments = BTreeMap::new();
    let mut noted = BTreeSet::new();
    for (name, length) in disk.list().map_err(Fault::Write)? {
        if let Some((number, marker)) = parse_segment_name(&name) {
            segments.insert(number, Segment { name, marker, length });
        } else if let Some(number) = sealed::number(&name) {
            noted.insert(number);
        } else if name.ends_with(".new") {
            disk.remove(&name).map_err(Fault::Write)?;
        }
    }
    let cursors = cursors(disk, options).map_err(Fault::Write)?;
    let passed = cursors.values().map(|place| place.segment + u64::from(place.offset > 0)).max();
    let next = segments.keys().chain(&noted).max().map_or(1, |last| last + 1).max(passed.unwrap_or(1));
    let mut ledger = Ledger::new(options.remembered);
    let mut kept = BTreeMap::new();
    let numbers: BTreeSet<u64> = segments.keys().chain(&noted).copied().collect();
    for number in numbers {
        let sealed =
            if noted.contains(&number) { sealed::read(disk, number).map_err(Fault::Write)? } else { None };
        let segment = segments.get_mut(&number);
        if let Some((snapshot, seen)) = sealed {
            kept.insert(number, seen.len() as u64);
            let length = snapshot.length;
            ledger.load(snapshot, &seen);
            if let Some(segment) = segment {
                // Beyond its end nothing was made durable, nor counted.
                segment.length = segment.length.min(length);
                shorter(segment, number, length, &mut ledger, &mut opened);
            }
        } else if let Some(segment) = segment {
            let seen = scan(disk, number, segment, &mut ledger, &mut opened)?;
            let bytes = sealed::bytes(&ledger, segment.length, &seen)?;
            match disk::replace(disk, &sealed::name(number), &bytes) {
                Ok(()) => kept.insert(number, seen.len() as u64),
                // A full disk: it is read through again at the next start.
                Err(Fault::Write(_)) => None,
                Err(fault) => return Err(fault),
            };
        } else {
            let file = sealed::name(number);
            opened.stretches.push(Stretch { file, offset: 0, bytes: 0, cut: false });
        }
    }
    let state = State {
        ledger,
        waiting: Group::default(),
        segments,
        active: None,
        sealed: kept,
        cursors,
        free: disk.free().map_err(Fault::Write)?,
        distinct: 0,
        failed: None,
        closing: false,
    };
    Ok((state, opened, next))
}

fn cursors(disk: &dyn Disk, options: &Options) -> std::io::Result<HashMap<String, Place>> {
    let read = |name: &String| Ok((name.clone(), reader::cursor(disk, name)?.unwrap_or_default()));
    options.readers.iter().map(read).collect()
}

/// Notes the end of a segment that is shorter than it was.
fn shorter(segment: &Segment, number: u64, length: u64, ledger: &mut Ledger, opened: &mut Opened) {
    let place = Place { segment: number, offset: segment.length };
    if segment.length < length && !ledger.knows_gap(place) {
        let bytes = length - segment.length;
        note(
            number,
            segment,
            Gap { offset: segment.length, bytes, source: None, cut: false },
            ledger,
            opened,
        );
    }
}

/// Reads a segment through of which only its records tell; the events in it that can be known again.
fn scan(
    disk: &dyn Disk,
    number: u64,
    segment: &Segment,
    ledger: &mut Ledger,
    opened: &mut Opened,
) -> Result<Vec<Seen>, Fault> {
    let mut seen = Vec::new();
    let mut walk = Walk::new(disk, &segment.name, segment.marker, 0, segment.length);
    loop {
        match walk.next().map_err(Fault::Write)? {
            Step::End => break,
            Step::Record { frame, .. } => {
                opened.replayed += 1;
                apply(ledger, frame, &mut seen);
            }
            Step::Gap(gap) => note(number, segment, gap, ledger, opened),
        }
    }
    Ok(seen)
}

fn note(number: u64, segment: &Segment, gap: Gap, ledger: &mut Ledger, opened: &mut Opened) {
    let place = Place { segment: number, offset: gap.offset };
    let (file, offset, bytes, cut) = (segment.name.clone(), gap.offset, gap.bytes, gap.cut);
    opened.stretches.push(Stretch { file, offset, bytes, cut });
    if ledger.gap(place, gap.bytes) && !cut {
        let (source, _) = ledger.source(&Arc::new(gap.source.unwrap_or_else(unknown)));
        ledger.count(source, &Counts { damaged: 1, ..Counts::default() });
    }
}

/// Under whom damage is counted where nothing tells whose it was.
pub(super) fn unknown() -> Source {
    Source::new("(unknown)", "none")
}

fn apply(ledger: &mut Ledger, frame: Frame, seen: &mut Vec<Seen>) {
    let (source, _) = ledger.source(&Arc::new(frame.source));
    let last_at = Some(frame.at);
    let number = |at: usize| u64::from_le_bytes(array(frame.body.get(at * 8..).unwrap_or_default()));
    let delta = match frame.kind {
        Kind::Distinct | Kind::Known => {
            let event = (source, frame.id.to_le_bytes());
            if frame.kind == Kind::Known && ledger.note(event) {
                ledger.make_room();
                seen.push(event);
            }
            Counts { acknowledged: 1, stored: 1, last_at, ..Counts::default() }
        }
        Kind::Tally => {
            let (duplicates, shed) = (number(0), number(1));
            let last_at = last_at.filter(|_| duplicates > 0);
            Counts { acknowledged: duplicates, duplicates, shed, last_at, ..Counts::default() }
        }
        Kind::Damage => {
            ledger.gap(Place { segment: number(0), offset: number(1) }, number(2));
            Counts { damaged: 1, ..Counts::default() }
        }
    };
    ledger.count(source, &delta);
}
