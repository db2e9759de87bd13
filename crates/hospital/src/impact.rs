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
    worse: Vec<Option<Failure>>,
    /// Providers away, by side of need.
    away: Vec<u32>,
    closed: Vec<bool>,
    queue: BinaryHeap<Reverse<Failure>>,
    failed: Vec<NodeId>,
    touched_sides: Vec<u32>,
    touched_vias: Vec<u32>,
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
    /// Not a failure of the node, but of one way to it.
    Closing {
        via: u32,
    },
    Need {
        place: u32,
        provider: NodeId,
        by: By,
    },
}

#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
enum By {
    Stopping,
    Degrading,
    Closing,
}

impl Impact {
    /// Nothing failed yet, on that map.
    #[must_use]
    pub fn new(wiring: &Wiring) -> Self {
        Self {
            stopped: vec![None; wiring.care.len()],
            worse: vec![None; wiring.care.len()],
            away: vec![0; 2 * wiring.needs.len()],
            closed: vec![false; wiring.vias.len()],
            queue: BinaryHeap::new(),
            failed: Vec::new(),
            touched_sides: Vec::new(),
            touched_vias: Vec::new(),
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
        for loss in losses {
            let (at, effect, node) = (loss.at.as_second(), loss.how, loss.node);
            self.queue.push(Reverse(Failure { at, length: 0, effect, node, origin: Origin::Loss }));
        }
        for (flow, at) in closures.iter() {
            for &via in wiring.through(flow) {
                let (at, node) = (at.as_second(), wiring.vias[via as usize].provider);
                let origin = Origin::Closing { via };
                self.queue.push(Reverse(Failure { at, length: 0, effect: Effect::Stops, node, origin }));
            }
        }
        let until = until.unwrap_or(Timestamp::MAX).as_second();
        while let Some(Reverse(failure)) = self.queue.pop().filter(|next| next.0.at < until) {
            match failure.origin {
                Origin::Closing { via } => self.close(wiring, &failure, via),
                _ => self.fail(wiring, &failure),
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
                Cause::Need { need: place as usize, provider, closed: by == By::Closing }
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
            next = match by {
                By::Stopping => self.failure(provider, Effect::Stops),
                By::Degrading => self.failure(provider, Effect::Degrades),
                By::Closing => None,
            };
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
        for node in self.failed.drain(..) {
            self.stopped[node.index()] = None;
            self.worse[node.index()] = None;
        }
        self.touched_sides.drain(..).for_each(|side| self.away[side as usize] = 0);
        self.touched_vias.drain(..).for_each(|via| self.closed[via as usize] = false);
    }

    fn fail(&mut self, wiring: &Wiring, failure: &Failure) {
        let place = failure.node.index();
        let stops = failure.effect == Effect::Stops && self.stopped[place].is_none();
        let worsens = self.worse[place].is_none();
        if stops {
            self.stopped[place] = Some(*failure);
        }
        if worsens {
            self.worse[place] = Some(*failure);
            self.failed.push(failure.node);
        }
        if !stops && !worsens {
            return;
        }
        let by = if stops { By::Stopping } else { By::Degrading };
        for usage in wiring.uses(failure.node) {
            if self.closed.get(usage.via as usize).is_some_and(|closed| *closed) {
                continue;
            }
            if stops {
                self.lose_provider(wiring, failure, 2 * usage.need, by);
            }
            if worsens {
                self.lose_provider(wiring, failure, 2 * usage.need + 1, by);
            }
        }
    }

    fn close(&mut self, wiring: &Wiring, failure: &Failure, via: u32) {
        if std::mem::replace(&mut self.closed[via as usize], true) {
            return;
        }
        self.touched_vias.push(via);
        let need = wiring.vias[via as usize].need;
        if self.stopped[failure.node.index()].is_none() {
            self.lose_provider(wiring, failure, 2 * need, By::Closing);
        }
        if self.worse[failure.node.index()].is_none() {
            self.lose_provider(wiring, failure, 2 * need + 1, By::Closing);
        }
    }

    /// Counts one provider fewer on a side of a need, which may tip the node that has it.
    fn lose_provider(&mut self, wiring: &Wiring, failure: &Failure, side: u32, by: By) {
        let Some(effect) = wiring.effect(side) else { return };
        let need = wiring.needs[side as usize / 2];
        let away = &mut self.away[side as usize];
        *away += 1;
        if *away == 1 {
            self.touched_sides.push(side);
        }
        if *away != need.spare + 1 || self.failure(need.node, effect).is_some() {
            return;
        }
        self.queue.push(Reverse(Failure {
            at: failure.at.saturating_add(need.grace),
            length: failure.length + 1,
            effect,
            node: need.node,
            origin: Origin::Need { place: need.place, provider: failure.node, by },
        }));
    }
}

/// The instant of a whole second; what comes after the end of the calendar stays at its end.
pub(crate) fn instant(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap_or(Timestamp::MAX)
}
