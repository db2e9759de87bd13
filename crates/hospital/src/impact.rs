//! What follows from a loss: which node degrades or stops, when, and because of what.
//!
//! Invariant: failures are handled in the one order of `ARCHITECTURE.md` (instant, length of the chain
//! of causes, stops before degrades, id, need, provider), each node once a side; a cause was handled
//! before what it causes, so chains of causes end at a loss or at a closed flow and never loop.
//! Nothing fails without a cause outside its cycle. Instants are whole seconds.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use jiff::Timestamp;

use crate::map::{Effect, FlowId, Map, NodeId};
use crate::tally::Tally;
use crate::wiring::Wiring;

/// A node hit from outside.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Loss {
    /// What is hit.
    pub node: NodeId,
    /// Since when; parts of a second are dropped.
    pub at: Timestamp,
    /// Whether it stops or only degrades.
    pub how: Effect,
}

/// Closed flows, and since when.
#[derive(Clone, Debug, Default)]
pub struct Closures(Vec<(FlowId, Timestamp)>);

impl Closures {
    /// The flows that the map says are closed, from `now`.
    #[must_use]
    pub fn of(map: &Map, now: Timestamp) -> Self {
        let places = map.flows.iter().enumerate().filter(|(_, flow)| !flow.open);
        Self(places.map(|(place, _)| (FlowId(place as u32), now)).collect())
    }

    /// These and one more.
    #[must_use]
    pub fn and(mut self, flow: FlowId, at: Timestamp) -> Self {
        self.0.push((flow, at));
        self
    }

    /// Every closed flow; one may come twice, and its earliest instant counts.
    pub fn iter(&self) -> impl Iterator<Item = (FlowId, Timestamp)> {
        self.0.iter().copied()
    }
}

/// What follows from losses and closed flows, without any return.
#[must_use]
pub fn impact(map: &Map, losses: &[Loss], closures: &Closures) -> Impact {
    Wiring::new(map).impact(losses, closures, None)
}

impl Wiring {
    /// What follows from losses and closed flows before `until`. Where all that was lost is back at
    /// `until`, this is the whole story: what failed through it is back then too, and a loss at or
    /// after it counts for nothing.
    #[must_use]
    pub fn impact(&self, losses: &[Loss], closures: &Closures, until: Option<Timestamp>) -> Impact {
        let mut impact = Impact::new(self);
        impact.work_out(self, losses, closures, until);
        impact
    }
}

/// What tipped a node.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Cause {
    /// Its own loss.
    Loss,
    /// One of its needs.
    Need {
        /// Place of the need in [`crate::Node::needs`].
        need: usize,
        /// The provider that made it one too many.
        provider: NodeId,
        /// Whether the provider itself is not to blame, but the closed flow on the way to it.
        closed: bool,
    },
}

/// When each node degrades and stops. Keep one to work out many what-ifs: only what failed is undone.
#[derive(Clone, Debug)]
pub struct Impact {
    stopped: Vec<Option<Failure>>,
    /// The first failure of each node, whichever it is.
    worse: Vec<Option<Failure>>,
    failed: Vec<NodeId>,
    tally: Tally,
    queue: BinaryHeap<Reverse<Failure>>,
}

/// A failure to handle; its order is the order of handling.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
struct Failure {
    at: i64,
    length: u32,
    effect: Effect,
    node: NodeId,
    origin: Origin,
}

#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
enum Origin {
    Loss,
    /// No failure of the node, but the end of one way to it.
    Closing {
        via: u32,
    },
    Need {
        place: u32,
        provider: NodeId,
        /// Which of the provider's failures it was; `None`: the way to it closed.
        by: Option<Effect>,
    },
}

impl Impact {
    /// Nothing failed yet, on that map.
    #[must_use]
    pub fn new(wiring: &Wiring) -> Self {
        Self {
            stopped: vec![None; wiring.care.len()],
            worse: vec![None; wiring.care.len()],
            failed: Vec::new(),
            tally: Tally::new(wiring),
            queue: BinaryHeap::new(),
        }
    }

    /// Forgets what was, and works out what follows from `losses` and `closures` before `until` (the
    /// end of the calendar, where absent). `wiring` must be the one that this value was made for.
    pub fn work_out(
        &mut self,
        wiring: &Wiring,
        losses: &[Loss],
        closures: &Closures,
        until: Option<Timestamp>,
    ) {
        self.forget();
        let mut expect = |node, at: Timestamp, effect, origin| {
            self.queue.push(Reverse(Failure { at: at.as_second(), length: 0, effect, node, origin }));
        };
        for loss in losses {
            expect(loss.node, loss.at, loss.how, Origin::Loss);
        }
        for (flow, at) in closures.iter() {
            for &via in wiring.through(flow) {
                let provider = wiring.vias[via as usize].provider;
                expect(provider, at, Effect::Stops, Origin::Closing { via });
            }
        }
        let until = until.unwrap_or(Timestamp::MAX).as_second();
        let mut tipped = Vec::new();
        while let Some(Reverse(failure)) = self.queue.pop().filter(|next| next.0.at < until) {
            self.handle(wiring, &failure, &mut tipped);
            for side in tipped.drain(..) {
                self.tip(wiring, side, &failure);
            }
        }
    }

    /// When a node first degrades; one that stops at once degrades at that instant.
    #[must_use]
    pub fn degrades_at(&self, node: NodeId) -> Option<Timestamp> {
        self.worse[node.index()].map(|failure| instant(failure.at))
    }

    /// When a node stops.
    #[must_use]
    pub fn stops_at(&self, node: NodeId) -> Option<Timestamp> {
        self.stopped[node.index()].map(|failure| instant(failure.at))
    }

    /// Every node that degrades or stops, by id.
    #[must_use]
    pub fn failed(&self) -> Vec<NodeId> {
        let mut failed = self.failed.clone();
        failed.sort_unstable();
        failed
    }

    /// What made a node stop, or degrade.
    #[must_use]
    pub fn cause(&self, node: NodeId, effect: Effect) -> Option<Cause> {
        Some(match self.failure(node, effect)?.origin {
            Origin::Need { place, provider, by } => {
                Cause::Need { need: place as usize, provider, closed: by.is_none() }
            }
            _ => Cause::Loss,
        })
    }

    /// From the node's provider to what was hit, or to the provider behind a closed flow: the causes
    /// of the stop, else of the degradation. Empty for a node that was hit itself, or is up.
    #[must_use]
    pub fn because(&self, node: NodeId) -> Vec<NodeId> {
        let mut path = Vec::new();
        let mut next = self.failure(node, Effect::Stops).or(self.failure(node, Effect::Degrades));
        while let Some(Failure { origin: Origin::Need { provider, by, .. }, .. }) = next {
            path.push(provider);
            next = by.and_then(|effect| self.failure(provider, effect));
        }
        path
    }

    /// Care lost up to `end`, in tenths of weighted care-seconds, where nothing returns before.
    #[must_use]
    pub fn care_lost(&self, wiring: &Wiring, end: Timestamp) -> i64 {
        let end = end.as_second();
        let mut total = 0_i64;
        for &node in &self.failed {
            let Some(care) = wiring.care[node.index()] else { continue };
            let worse = self.worse[node.index()].map_or(end, |failure| failure.at.min(end));
            let stopped = self.stopped[node.index()].map_or(end, |failure| failure.at.min(end));
            total = total.saturating_add(wiring.tenths(care, stopped - worse, end - stopped));
        }
        total
    }

    fn failure(&self, node: NodeId, effect: Effect) -> Option<Failure> {
        match effect {
            Effect::Stops => self.stopped[node.index()],
            Effect::Degrades => self.worse[node.index()],
        }
    }

    fn forget(&mut self) {
        self.queue.clear();
        self.tally.clear();
        for node in self.failed.drain(..) {
            self.stopped[node.index()] = None;
            self.worse[node.index()] = None;
        }
    }

    /// Writes a failure down, unless the node was as bad before; gives the sides of needs that it tips.
    fn handle(&mut self, wiring: &Wiring, failure: &Failure, tipped: &mut Vec<u32>) {
        let place = failure.node.index();
        let before = self.stopped[place].or(self.worse[place]).map(|worst| worst.effect);
        if let Origin::Closing { via } = failure.origin {
            self.tally.close(wiring, via, before, tipped);
        } else if before.is_none_or(|before| failure.effect < before) {
            if failure.effect == Effect::Stops {
                self.stopped[place] = Some(*failure);
            }
            if before.is_none() {
                self.worse[place] = Some(*failure);
                self.failed.push(failure.node);
            }
            self.tally.fall(wiring, failure.node, before, failure.effect, tipped);
        }
    }

    /// Expects what a side does that has too few providers since `failure`.
    fn tip(&mut self, wiring: &Wiring, side: u32, failure: &Failure) {
        let need = wiring.need(side);
        let Some(effect) = wiring.effect(side) else { return };
        if self.failure(need.node, effect).is_none() {
            let by = if let Origin::Closing { .. } = failure.origin { None } else { Some(failure.effect) };
            self.queue.push(Reverse(Failure {
                at: failure.at.saturating_add(need.grace),
                length: failure.length + 1,
                effect,
                node: need.node,
                origin: Origin::Need { place: need.place, provider: failure.node, by },
            }));
        }
    }
}

/// The instant of a whole second; what comes after the end of the calendar stays at its end.
pub(crate) fn instant(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap_or(Timestamp::MAX)
}
