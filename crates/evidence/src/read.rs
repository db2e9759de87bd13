//! Reading on all cores, in order, in bounded memory.
//!
//! One feeder opens files and cuts them into pieces (about 1 MiB of whole lines, or four EVTX
//! chunks); workers parse and judge them, one event at a time; the caller's thread hands results to
//! the sink in the order of the pieces. Under way are at most `2 × workers + 2` of them, or four times
//! as many small ones, so that a large one holds up nobody; memory is bounded by that many MiB, lines
//! of at most 16 MiB, and what the judge keeps of each piece, whatever the size of the evidence. Names
//! of damaged and skipped files are kept for the report.
//!
//! Invariant: what the sink receives does not depend on the number of workers.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc;

use crate::clock::Clock;
use crate::event::Event;
use crate::feed::{Feeder, Meters};
use crate::gate::{Gate, Order};
use crate::names::Names;
use crate::options::{Input, Options, Progress};
use crate::piece::{self, Desk, Load, Piece};
use crate::report::{Ledger, Report, Skip, Tally};

/// Reads evidence. Each event is shown to `judge`, on any thread; what `judge` keeps of it is given
/// to `sink`, on this thread, in the order of paths and records, whatever the number of threads.
pub fn read<T: Send>(
    inputs: Vec<Input>,
    options: &Options,
    judge: impl Fn(&Event, &mut Vec<T>) + Sync,
    mut sink: impl FnMut(T),
) -> Report {
    let workers = options.workers();
    let clock = Clock { zone: options.time_zone.clone(), reference: options.reference };
    let meters = Meters { bytes: AtomicU64::new(0), total: AtomicU64::new(0), stop: AtomicBool::new(false) };
    let gate = Gate::new((2 * workers + 2) * piece::BLOCK);
    let (results, done) = mpsc::channel();
    let mut ledger = Ledger::default();
    let mut stopped = false;
    std::thread::scope(|scope| {
        let feeder = scope.spawn(|| Feeder::new(options, &clock, &meters, &gate).feed(inputs).is_err());
        for _ in 0..workers {
            let results = results.clone();
            let (gate, clock, judge) = (&gate, &clock, &judge);
            scope.spawn(move || work(gate, clock, (options.limits.line, options.by_line), judge, &results));
        }
        drop(results);
        let mut order = Order::new();
        for (number, result) in done {
            order.put(number, result);
            while let Some(result) = order.take() {
                let done: Done<T> = match result {
                    Ok(done) => done,
                    Err(panic) => {
                        meters.stop.store(true, Ordering::Relaxed);
                        gate.end();
                        resume_unwind(panic);
                    }
                };
                let weight = done.weight;
                settle(&mut ledger, done, &mut sink);
                tell(options, &meters, &ledger);
                gate.give_back(weight);
            }
        }
        stopped = feeder.join().unwrap_or_else(|panic| resume_unwind(panic));
    });
    ledger.report(stopped)
}

/// Every event of one log held in memory, in order, with the report: for tests, for the examples of
/// rules, and for fuzzing.
#[must_use]
pub fn events_of(bytes: &[u8], name: &str, options: &Options) -> (Vec<Event>, Report) {
    let read = Box::new(std::io::Cursor::new(bytes.to_vec()));
    let inputs = vec![Input::Stream { name: name.to_owned(), read }];
    let mut events = Vec::new();
    let report = read_all(inputs, options, &mut events);
    (events, report)
}

fn read_all(inputs: Vec<Input>, options: &Options, events: &mut Vec<Event>) -> Report {
    read(inputs, options, |event, kept| kept.push(event.clone()), |event| events.push(event))
}

struct Done<T> {
    path: Arc<str>,
    /// Of the piece.
    weight: usize,
    kept: Vec<T>,
    tally: Tally,
    state: State,
}

enum State {
    Going,
    Ended,
    Skipped(Skip),
}

type Judged<T> = Result<Done<T>, Box<dyn std::any::Any + Send>>;

fn work<T>(
    gate: &Gate,
    clock: &Clock,
    (longest, by_line): (usize, bool),
    judge: &impl Fn(&Event, &mut Vec<T>),
    results: &mpsc::Sender<(u64, Judged<T>)>,
) {
    let mut names = Names::default();
    while let Some((number, piece)) = gate.take() {
        let judged =
            catch_unwind(AssertUnwindSafe(|| one(piece, clock, (longest, by_line), &mut names, judge)));
        if results.send((number, judged)).is_err() {
            return;
        }
    }
}

fn one<T>(
    piece: Piece,
    clock: &Clock,
    (longest, by_line): (usize, bool),
    names: &mut Names,
    judge: &impl Fn(&Event, &mut Vec<T>),
) -> Done<T> {
    let mut kept = Vec::new();
    // A path of its own for each piece, so that threads do not contend for one count.
    let path: Arc<str> = Arc::from(&*piece.path);
    let mut desk = Desk { path, clock, names, longest, by_line, tally: Tally::default() };
    piece::parse(&piece.load, &mut desk, &mut |event| judge(&event, &mut kept));
    let weight = piece.weight();
    let state = match piece.load {
        Load::End => State::Ended,
        Load::Skip(reason) => State::Skipped(reason),
        _ => State::Going,
    };
    Done { path: piece.path, weight, kept, tally: desk.tally, state }
}

fn settle<T>(ledger: &mut Ledger, done: Done<T>, sink: &mut impl FnMut(T)) {
    done.kept.into_iter().for_each(&mut *sink);
    ledger.add(&done.path, done.tally);
    match done.state {
        State::Going => {}
        State::Ended => ledger.end(&done.path),
        State::Skipped(reason) => ledger.skip(&done.path, reason),
    }
}

fn tell(options: &Options, meters: &Meters, ledger: &Ledger) {
    if let Some(progress) = options.progress {
        progress(Progress {
            bytes: meters.bytes.load(Ordering::Relaxed),
            bytes_total: meters.total.load(Ordering::Relaxed),
            files: ledger.files,
            events: ledger.events,
        });
    }
}
