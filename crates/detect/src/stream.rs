//! Detections that never end: put in order as they come, correlated, given out once nothing earlier may come.
//!
//! A detection waits until the latest time seen is past its own by the lateness allowed; until then it takes its place
//! among the others, and one that comes again changes nothing. A clock that runs ahead moves nothing: no time counts
//! for more than the present.
//!
//! Invariant: what comes within the lateness allowed gives, in any order and however often, the signals that
//! [`crate::Signals`] gives, in their order. Memory is bounded by [`Bounds`]; beyond them the oldest goes first, and
//! what that cost is counted in [`Shed`].

use std::collections::{BTreeMap, HashSet, VecDeque};
use std::hash::BuildHasher;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use crate::correlate::Replay;
use crate::engine::{Detected, Engine};
use crate::signal::Signal;

/// How long and how much is waited for.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// How late a detection may come and still take its place.
    pub lateness: SignedDuration,
    /// Most detections that wait; beyond it the earliest is given out at once.
    pub waiting_max: usize,
    /// Most detections given out that are known again.
    pub known_max: usize,
}

impl Default for Bounds {
    fn default() -> Bounds {
        Bounds { lateness: SignedDuration::from_mins(10), waiting_max: 50_000, known_max: 200_000 }
    }
}

/// What a stream could not do as it should.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Shed {
    /// Came too late: given out at once, counted by no correlation.
    pub late: u64,
    /// Given out before their time, to make room.
    pub early: u64,
    /// Came again, and were left.
    pub again: u64,
    /// Groups of correlations forgotten before their time, to make room.
    pub groups: u64,
}

/// A stream of detections.
pub struct Stream<'e> {
    engine: &'e Engine,
    bounds: Bounds,
    replay: Replay,
    waiting: BTreeMap<Place, Detected>,
    /// The latest time seen, as far as it is not ahead of the present.
    latest: Option<Timestamp>,
    /// Nothing earlier takes its place any more.
    closed: Timestamp,
    known: Known,
    shed: Shed,
}

/// Where a detection stands among others: time, path, record, rule.
type Place = (Timestamp, Arc<str>, u64, u32);

impl<'e> Stream<'e> {
    /// Nothing seen yet.
    #[must_use]
    pub fn new(engine: &'e Engine, bounds: Bounds) -> Stream<'e> {
        Stream {
            engine,
            bounds,
            replay: Replay::default(),
            waiting: BTreeMap::new(),
            latest: None,
            closed: Timestamp::MIN,
            known: Known::default(),
            shed: Shed::default(),
        }
    }

    /// Takes a detection that came at `now`; adds to `out` the signals whose time has come. One without a time, and one
    /// that is too late, are given out at once.
    pub fn push(&mut self, detected: Detected, now: Timestamp, out: &mut Vec<Signal>) {
        let source = &detected.signal.source;
        let Some(time) = detected.signal.time else {
            if self.is_new(&(Timestamp::MIN, source.path.clone(), source.record, detected.rule)) {
                self.alone(detected, out);
            }
            return;
        };
        let place = (time, source.path.clone(), source.record, detected.rule);
        if time < self.closed {
            if self.is_new(&place) {
                self.shed.late += 1;
                self.alone(detected, out);
            }
            return;
        }
        if self.waiting.insert(place, detected).is_some() {
            self.shed.again += 1;
        }
        self.latest = self.latest.max(Some(time.min(now)));
        let due = self.latest.and_then(|it| it.checked_sub(self.bounds.lateness).ok());
        self.closed = self.closed.max(due.unwrap_or(Timestamp::MIN));
        while let Some(first) = self.waiting.first_key_value().map(|(place, _)| place.0) {
            if first >= self.closed && self.waiting.len() <= self.bounds.waiting_max {
                break;
            }
            if first >= self.closed {
                self.shed.early += 1;
                self.closed = first;
            }
            self.give(out);
        }
    }

    /// Gives out all that waits: nothing more comes.
    pub fn finish(mut self, out: &mut Vec<Signal>) -> Shed {
        while !self.waiting.is_empty() {
            self.give(out);
        }
        self.shed()
    }

    /// What was shed so far.
    #[must_use]
    pub fn shed(&self) -> Shed {
        Shed { groups: self.replay.forgotten(), ..self.shed }
    }

    /// Gives out the first that waits, and the correlations that it completes.
    fn give(&mut self, out: &mut Vec<Signal>) {
        let Some((place, mut detected)) = self.waiting.pop_first() else { return };
        self.known.learn(&place, self.bounds.known_max);
        let steps = std::mem::take(&mut detected.steps);
        let fired = if steps.is_empty() {
            Vec::new()
        } else {
            self.replay.take(self.engine, place.0, steps, |_| true)
        };
        let shown = fired.into_iter().map(|rule| self.engine.rule(rule)).filter(|it| it.is_shown());
        let completed: Vec<Signal> = shown
            .map(|known| Signal {
                rule: known.facts.id.clone(),
                title: known.facts.title.clone(),
                level: known.facts.level,
                techniques: known.facts.techniques.clone(),
                tactics: known.facts.tactics.clone(),
                observed: known.observes,
                ..detected.signal.clone()
            })
            .collect();
        self.alone(detected, out);
        out.extend(completed);
    }

    fn alone(&self, detected: Detected, out: &mut Vec<Signal>) {
        if detected.shown {
            out.push(detected.signal);
        }
    }

    /// Whether a detection that no longer waits was not given out before.
    fn is_new(&mut self, place: &Place) -> bool {
        let new = self.known.learn(place, self.bounds.known_max);
        self.shed.again += u64::from(!new);
        new
    }
}

/// Fingerprints of what was given out, the oldest forgotten first.
#[derive(Default)]
struct Known {
    hash: foldhash::fast::RandomState,
    all: HashSet<u64>,
    order: VecDeque<u64>,
}

impl Known {
    /// Whether it was not known.
    fn learn(&mut self, place: &Place, most: usize) -> bool {
        let hash = self.hash.hash_one(place);
        if !self.all.insert(hash) {
            return false;
        }
        self.order.push_back(hash);
        while self.order.len() > most {
            if let Some(oldest) = self.order.pop_front() {
                self.all.remove(&oldest);
            }
        }
        true
    }
}
