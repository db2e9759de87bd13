//! What is known of every source: counts, and the events that were seen.
//!
//! Bounds: of the events that can be known again, of all sources together, the last `remembered` at least and twice as
//! many at most; and [`SOURCES`] sources: what comes from more is counted under one name for all of them.
//!
//! Invariant: counts hold what is durable, nothing else.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::event::Source;

/// Sources told apart.
pub const SOURCES: usize = 10_000;
/// Stretches of damage that are remembered by place.
const GAPS: usize = 10_000;

/// Counts of one source, in events.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Counts {
    /// Answered for: `stored` and `duplicates` together.
    pub acknowledged: u64,
    /// Distinct events kept.
    pub stored: u64,
    /// Sent again after they were kept.
    pub duplicates: u64,
    /// Refused for good, because the disk's budget or a rate was used up and the sender could not be asked to wait.
    pub shed: u64,
    /// Stretches that could not be read again.
    pub damaged: u64,
    /// When the last event came in, milliseconds since 1970; never earlier than before.
    pub last_at: Option<i64>,
}

impl Counts {
    pub(crate) fn add(&mut self, more: &Counts) {
        self.acknowledged += more.acknowledged;
        self.stored += more.stored;
        self.duplicates += more.duplicates;
        self.shed += more.shed;
        self.damaged += more.damaged;
        self.last_at = self.last_at.max(more.last_at);
    }
}

/// A place in the spool: a segment's number and a byte in it.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
pub struct Place {
    /// The segment.
    pub segment: u64,
    /// The byte, from 0.
    pub offset: u64,
}

/// An event that can be known again: its source's number and its own, the lowest byte first. 20 bytes; a pair of numbers
/// takes 32.
pub(crate) type Seen = (u32, [u8; 16]);

/// What a segment's end knew.
#[derive(Deserialize, Serialize)]
pub(crate) struct Snapshot {
    /// The segment's length in bytes.
    pub(crate) length: u64,
    pub(crate) sources: Vec<(String, String, Counts)>,
    pub(crate) gaps: Vec<(Place, u64)>,
}

#[derive(Default)]
pub(crate) struct Ledger {
    sources: Vec<Arc<Source>>,
    counts: Vec<Counts>,
    numbers: HashMap<Arc<Source>, u32>,
    /// The latest events; and, once these are enough, those before them, which then go all at once: a table from which
    /// each goes as another comes takes several times the room.
    seen: HashSet<Seen>,
    before: HashSet<Seen>,
    remembered: usize,
    /// Damage that was counted, by place, with its bytes.
    gaps: BTreeMap<Place, u64>,
}

impl Ledger {
    pub(crate) fn new(remembered: usize) -> Ledger {
        Ledger { remembered, ..Ledger::default() }
    }

    /// The source under which something is counted, and its number.
    pub(crate) fn source(&mut self, source: &Arc<Source>) -> (u32, Arc<Source>) {
        if let Some(number) = self.numbers.get(source) {
            return (*number, source.clone());
        }
        let source = if self.sources.len() < SOURCES {
            source.clone()
        } else {
            Arc::new(Source::new("(others)", &source.authenticated_by))
        };
        let number = *self.numbers.entry(source.clone()).or_insert_with(|| {
            self.sources.push(source.clone());
            self.counts.push(Counts::default());
            (self.sources.len() - 1) as u32
        });
        (number, source)
    }

    /// Notes an event that is about to be written; false where it was seen.
    pub(crate) fn note(&mut self, seen: Seen) -> bool {
        !self.before.contains(&seen) && self.seen.insert(seen)
    }

    /// Takes back what could not be written.
    pub(crate) fn forget(&mut self, seen: &[Seen]) {
        for it in seen {
            if !self.seen.remove(it) {
                self.before.remove(it);
            }
        }
    }

    /// What was noted is durable: from now on the oldest make room.
    pub(crate) fn make_room(&mut self) {
        if self.seen.len() >= self.remembered {
            self.before = std::mem::take(&mut self.seen);
        }
    }

    pub(crate) fn count(&mut self, source: u32, more: &Counts) {
        if let Some(counts) = self.counts.get_mut(source as usize) {
            counts.add(more);
        }
    }

    /// Notes damage; false where it was counted before.
    pub(crate) fn gap(&mut self, place: Place, bytes: u64) -> bool {
        let new = self.gaps.insert(place, bytes).is_none();
        while self.gaps.len() > GAPS {
            self.gaps.pop_first();
        }
        new
    }

    pub(crate) fn knows_gap(&self, place: Place) -> bool {
        self.gaps.contains_key(&place)
    }

    pub(crate) fn forget_gap(&mut self, place: Place) {
        self.gaps.remove(&place);
    }

    /// Forgets the damage of segments before this one: they are gone.
    pub(crate) fn forget_gaps(&mut self, before: u64) {
        self.gaps = self.gaps.split_off(&Place { segment: before, offset: 0 });
    }

    pub(crate) fn all(&self) -> Vec<(Arc<Source>, Counts)> {
        self.sources.iter().cloned().zip(self.counts.iter().cloned()).collect()
    }

    pub(crate) fn snapshot(&self, length: u64) -> Snapshot {
        let named = |(source, counts): (Arc<Source>, Counts)| {
            (source.name.clone(), source.authenticated_by.clone(), counts)
        };
        Snapshot {
            length,
            sources: self.all().into_iter().map(named).collect(),
            gaps: self.gaps.iter().map(|(place, bytes)| (*place, *bytes)).collect(),
        }
    }

    /// Takes over what a segment's end knew. Its sources keep their numbers, since they only ever grow in number.
    pub(crate) fn load(&mut self, snapshot: Snapshot, seen: &[Seen]) {
        let mut numbers = Vec::with_capacity(snapshot.sources.len());
        for (name, by, counts) in snapshot.sources {
            let (number, _) = self.source(&Arc::new(Source { name, authenticated_by: by }));
            self.counts[number as usize] = counts;
            numbers.push(number);
        }
        self.gaps.extend(snapshot.gaps);
        for (source, id) in seen {
            if let Some(number) = numbers.get(*source as usize) {
                self.note((*number, *id));
                self.make_room();
            }
        }
    }
}
