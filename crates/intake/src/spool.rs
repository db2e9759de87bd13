//! The spool: events on the disk before they are answered for, read in order by those who judge and keep them.
//!
//! Writers add to one group while the group before it is being written; one thread writes a group and calls `fsync`
//! once for all of it, then tells its writers. Segments are files of about [`Options::segment`] bytes; a segment that
//! every reader has passed is taken away, and what it knew of events and counts stays in a small file beside.
//!
//! Bounds: [`Options`] holds them.
//!
//! Invariants: a writer is told that its events are kept only after `fsync` came back; once `fsync` failed, nobody is
//! told so again before a restart; counts and the events seen are what the files say, and are the same after any
//! crash.

mod commit;
mod disk;
mod frame;
mod ledger;
mod open;
mod reader;
mod sealed;
mod walk;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use jiff::Timestamp;

use self::commit::Group;
use self::frame::{BODY, Frame, Kind, Marker};
use self::ledger::Ledger;
use crate::event::{Event, Id, Source};

pub use self::disk::{Appender, Disk, Folder};
pub use self::ledger::{Counts, Place, SOURCES};
pub use self::open::{Opened, Stretch, open_folder};
pub use self::reader::{Batch, Reader, Record};

/// Where time comes from.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> Timestamp;
}

impl<F: Fn() -> Timestamp + Send + Sync> Clock for F {
    fn now(&self) -> Timestamp {
        self()
    }
}

/// How large things may become.
#[derive(Clone, Debug)]
pub struct Options {
    /// Bytes after which a new segment begins.
    pub segment: u64,
    /// Bytes that segments may take together. From three quarters on senders are slowed; from all of it on, nothing
    /// is taken.
    pub budget: u64,
    /// Bytes that are left free on the disk, as if they were beyond the budget; from twice that, senders are slowed.
    pub keep_free: u64,
    /// Bytes that may wait to be written.
    pub waiting: usize,
    /// Events, of all sources, that are known again when they are sent again, at least; at most twice as many are. Each
    /// takes some 25 bytes of memory.
    pub remembered: usize,
    /// Those who read: a segment is taken away when all of them have passed it.
    pub readers: Vec<String>,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            segment: 64 << 20,
            budget: 20 << 30,
            keep_free: 1 << 30,
            waiting: 32 << 20,
            remembered: 1_800_000,
            readers: vec!["desk".to_owned()],
        }
    }
}

/// How full the disk is.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Level {
    /// There is room.
    Ok,
    /// Senders should be asked to wait.
    Slow,
    /// Nothing is taken.
    Shed,
}

/// Why events were not kept.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum SpoolError {
    /// The budget or the disk is used up; later may do.
    #[error("no room is left for events")]
    Full,
    /// Too much waits to be written; a little later will do.
    #[error("too many events wait to be written")]
    Busy,
    /// An event is longer than 16 MiB.
    #[error("an event is too long")]
    TooLong,
    /// The disk failed; nothing is acknowledged until a restart.
    #[error("the disk of the spool failed, and nothing more is taken until a restart: {0}")]
    Failed(String),
    /// It was closed.
    #[error("the spool is closed")]
    Closed,
    /// A reader that [`Options::readers`] does not name.
    #[error("the spool has no reader {0}")]
    NoReader(String),
}

/// What became of the events of one call, in their order.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Receipt {
    /// True where the event is new, false where it was kept before.
    pub new: Vec<bool>,
}

/// The spool, open.
pub struct Spool {
    shared: Arc<Shared>,
    writer: Mutex<Option<JoinHandle<()>>>,
}

struct Shared {
    disk: Box<dyn Disk>,
    clock: Box<dyn Clock>,
    options: Options,
    /// Distinguishes events of this run from those of others.
    run: u64,
    state: Mutex<State>,
    /// Something waits to be written, or the end.
    wake: Condvar,
    /// Something became readable, or the end.
    moved: Condvar,
}

struct State {
    ledger: Ledger,
    waiting: Group,
    segments: BTreeMap<u64, Segment>,
    /// The segment that is being written.
    active: Option<u64>,
    /// Segments of which a `.ids` file exists, with how many events it names.
    sealed: BTreeMap<u64, u64>,
    cursors: HashMap<String, Place>,
    free: u64,
    /// Events so far in this run that are not known again.
    distinct: u64,
    failed: Option<String>,
    closing: bool,
}

#[derive(Clone)]
struct Segment {
    name: String,
    marker: Marker,
    /// Bytes that are durable.
    length: u64,
}

impl Shared {
    /// A thread that panicked holds nothing half done: each change is made whole under the lock.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn level(&self, state: &State) -> Level {
        let used: u64 = state.segments.values().map(|it| it.length).sum();
        let used = used + state.waiting.bytes.len() as u64;
        let (budget, kept) = (self.options.budget, self.options.keep_free);
        if used >= budget || state.free < kept {
            Level::Shed
        } else if used >= budget / 4 * 3 || state.free < kept.saturating_mul(2) {
            Level::Slow
        } else {
            Level::Ok
        }
    }
}

impl Spool {
    /// Adds events. `done` is called, on the thread that writes, once they are durable or it is clear that they will
    /// not be; it must not wait. Either all of them are kept or none.
    pub fn append(&self, events: &[Event], done: impl FnOnce(Result<Receipt, SpoolError>) + Send + 'static) {
        let mut state = self.shared.lock();
        match self.add(&mut state, events) {
            Ok(receipt) => {
                state.waiting.tell.push(Box::new(move |outcome| done(outcome.map(|()| receipt))));
                self.shared.wake.notify_one();
            }
            Err(error) => {
                drop(state);
                done(Err(error));
            }
        }
    }

    /// Adds events and waits until they are durable.
    pub fn append_and_wait(&self, events: &[Event]) -> Result<Receipt, SpoolError> {
        let (tell, told) = std::sync::mpsc::sync_channel(1);
        self.append(events, move |outcome| {
            // Whoever waits is there until it is told.
            let _ = tell.send(outcome);
        });
        told.recv().unwrap_or(Err(SpoolError::Closed))
    }

    fn add(&self, state: &mut State, events: &[Event]) -> Result<Receipt, SpoolError> {
        state.open()?;
        if events.iter().any(|event| event.bytes.len() > BODY) {
            return Err(SpoolError::TooLong);
        }
        if self.shared.level(state) == Level::Shed {
            state.free = self.shared.disk.free().unwrap_or(0);
            if self.shared.level(state) == Level::Shed {
                return Err(SpoolError::Full);
            }
        }
        let bytes: usize = events.iter().map(|event| event.bytes.len()).sum();
        let waiting = state.waiting.bytes.len();
        if waiting > 0 && waiting + bytes > self.shared.options.waiting {
            return Err(SpoolError::Busy);
        }
        let at = self.shared.clock.now().as_millisecond();
        let new = events.iter().map(|event| self.add_one(state, event, at)).collect();
        Ok(Receipt { new })
    }

    fn add_one(&self, state: &mut State, event: &Event, at: i64) -> bool {
        let (number, source) = state.ledger.source(&event.source);
        let mut delta = Counts { acknowledged: 1, last_at: Some(at), ..Counts::default() };
        let (kind, id) = match event.id {
            Id::Known(id) => (Kind::Known, id),
            Id::Distinct => {
                state.distinct += 1;
                (Kind::Distinct, u128::from(self.shared.run) << 64 | u128::from(state.distinct))
            }
        };
        let seen = (number, id.to_le_bytes());
        let new = kind == Kind::Distinct || state.ledger.note(seen);
        if new {
            delta.stored = 1;
            if kind == Kind::Known {
                state.waiting.seen.push(seen);
            }
            state.waiting.frame(&Frame {
                kind,
                at,
                id,
                source: (*source).clone(),
                body: event.bytes.clone(),
            });
        } else {
            delta.duplicates = 1;
            state.waiting.unwritten.entry(number).or_default().add(&delta);
        }
        state.waiting.counts.entry(number).or_default().add(&delta);
        new
    }

    /// Counts events that were refused for good. Written within about a second, sooner with others.
    pub fn shed(&self, source: &Arc<Source>, events: u64) {
        let mut state = self.shared.lock();
        let (number, _) = state.ledger.source(source);
        let delta = Counts { shed: events, ..Counts::default() };
        state.waiting.unwritten.entry(number).or_default().add(&delta);
        state.waiting.counts.entry(number).or_default().add(&delta);
        self.shared.wake.notify_one();
    }

    /// How full the disk is.
    #[must_use]
    pub fn level(&self) -> Level {
        self.shared.level(&self.shared.lock())
    }

    /// Why nothing is acknowledged any more, where that is so.
    #[must_use]
    pub fn failure(&self) -> Option<String> {
        self.shared.lock().failed.clone()
    }

    /// Counts by source, in the order in which sources were first seen.
    #[must_use]
    pub fn counts(&self) -> Vec<(Arc<Source>, Counts)> {
        self.shared.lock().ledger.all()
    }

    /// Bytes that segments take together.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.shared.lock().segments.values().map(|it| it.length).sum()
    }
}

impl State {
    fn open(&self) -> Result<(), SpoolError> {
        match &self.failed {
            Some(reason) => Err(SpoolError::Failed(reason.clone())),
            None if self.closing => Err(SpoolError::Closed),
            None => Ok(()),
        }
    }
}

impl Spool {
    /// Writes what waits and ends; later calls are refused.
    pub fn close(&self) {
        self.shared.lock().closing = true;
        self.shared.wake.notify_all();
        let writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(writer) = writer {
            // A panic of the writer was told to everyone who waited by their channels closing.
            let _ = writer.join();
        }
        self.shared.moved.notify_all();
    }
}

impl Drop for Spool {
    fn drop(&mut self) {
        self.close();
    }
}
