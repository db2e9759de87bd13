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
use crate::wiring::{NO_VIA, Wiring};

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
    /// How bad the failures handled so far have made each node.
    state: Vec<Option<Effect>>,
    /// The first known failure of each node, certain once it is handled.
    stops: Vec<Option<Failure>>,
    degrades: Vec<Option<Failure>>,
    /// Nodes with a known failure.
    touched: Vec<NodeId>,
    /// Ways that were closed.
    closed: Vec<u32>,
    tally: Tally,
    queue: BinaryHeap<Reverse<Turn>>,
}

/// How a node comes to stop, or to degrade. Of two, the lesser is handled first.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
struct Failure {
    at: i64,
    /// How many needs it came through.
    length: u32,
    origin: Origin,
}

#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
enum Origin {
    Loss,
    Need {
        place: u32,
        provider: NodeId,
        /// Which of the provider's failures it was; `None`: the way to it closed.
        by: Option<Effect>,
    },
}

/// A failure's turn to be handled; or that of a way to a node that closes, where `via` is one.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
struct Turn {
    at: i64,
    length: u32,
    effect: Effect,
    node: NodeId,
    via: u32,
}

impl Impact {
    /// Nothing failed yet, on that map.
    #[must_use]
    pub fn new(wiring: &Wiring) -> Self {
        let nodes = wiring.care.len();
        Self {
            state: vec![None; nodes],
            stops: vec![None; nodes],
            degrades: vec![None; nodes],
            touched: Vec::new(),
            closed: Vec::new(),
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
        self.forget(wiring);
        for loss in losses {
            let failure = Failure { at: loss.at.as_second(), length: 0, origin: Origin::Loss };
            self.expect(loss.node, loss.how, failure);
        }
        for (flow, at) in closures.iter() {
            for &via in wiring.through(flow) {
                let (at, node) = (at.as_second(), wiring.vias[via as usize].provider);
                self.queue.push(Reverse(Turn { at, length: 0, effect: Effect::Stops, node, via }));
            }
        }
        let until = until.unwrap_or(Timestamp::MAX).as_second();
        let mut tipped = Vec::new();
        while let Some(Reverse(turn)) = self.queue.pop().filter(|next| next.0.at < until) {
            self.handle(wiring, turn, &mut tipped);
            for side in tipped.drain(..) {
                self.tip(wiring, side, turn);
            }
        }
    }

    /// When a node first degrades; one that stops at once degrades at that instant.
    #[must_use]
    pub fn degrades_at(&self, node: NodeId) -> Option<Timestamp> {
        self.failure(node, Effect::Degrades).map(|failure| instant(failure.at))
    }

    /// When a node stops.
    #[must_use]
    pub fn stops_at(&self, node: NodeId) -> Option<Timestamp> {
        self.failure(node, Effect::Stops).map(|failure| instant(failure.at))
    }

    /// Every node that degrades or stops, by id.
    #[must_use]
    pub fn failed(&self) -> Vec<NodeId> {
        let failed = self.touched.iter().filter(|node| self.state[node.index()].is_some());
        let mut failed: Vec<NodeId> = failed.copied().collect();
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
            Origin::Loss => Cause::Loss,
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
        for &node in &self.touched {
            let Some(care) = wiring.care[node.index()] else { continue };
            let by_end = |effect| self.failure(node, effect).map_or(end, |failure| failure.at.min(end));
            let (degrades, stops) = (by_end(Effect::Degrades), by_end(Effect::Stops));
            total = total.saturating_add(wiring.tenths(care, stops - degrades, end - stops));
        }
        total
    }

    fn failure(&self, node: NodeId, effect: Effect) -> Option<Failure> {
        let handled = self.state[node.index()].is_some_and(|state| state <= effect);
        match effect {
            Effect::Stops => self.stops[node.index()].filter(|_| handled),
            Effect::Degrades => self.degrades[node.index()].filter(|_| handled),
        }
    }

    fn forget(&mut self, wiring: &Wiring) {
        self.queue.clear();
        self.closed.drain(..).for_each(|via| self.tally.reopen(wiring, via));
        for node in self.touched.drain(..) {
            self.stops[node.index()] = None;
            self.degrades[node.index()] = None;
            if self.state[node.index()].take().is_some() {
                self.tally.forget(wiring, node);
            }
        }
    }

    /// Keeps a failure to come, if it is the first of its kind for the node.
    fn expect(&mut self, node: NodeId, effect: Effect, failure: Failure) {
        let place = node.index();
        if self.stops[place].is_none() && self.degrades[place].is_none() {
            self.touched.push(node);
        }
        let known = match effect {
            Effect::Stops => &mut self.stops[place],
            Effect::Degrades => &mut self.degrades[place],
        };
        if known.is_none_or(|known| failure < known) {
            *known = Some(failure);
            let Failure { at, length, .. } = failure;
            self.queue.push(Reverse(Turn { at, length, effect, node, via: NO_VIA }));
        }
    }

    /// Makes a node as bad as its turn says, unless it is already; gives the sides that this tips.
    fn handle(&mut self, wiring: &Wiring, turn: Turn, tipped: &mut Vec<u32>) {
        let place = turn.node.index();
        let before = self.state[place];
        if turn.via != NO_VIA {
            self.closed.push(turn.via);
            self.tally.close(wiring, turn.via, before, tipped);
        } else if before.is_none_or(|before| turn.effect < before) {
            self.state[place] = Some(turn.effect);
            if before.is_none() && turn.effect == Effect::Stops {
                self.degrades[place] = self.stops[place];
            }
            self.tally.fall(wiring, turn.node, before, turn.effect, tipped);
        }
    }

    /// Expects what a side does that is unmet since that turn.
    fn tip(&mut self, wiring: &Wiring, side: u32, turn: Turn) {
        let need = wiring.need(side);
        let Some(effect) = wiring.effect(side) else { return };
        if self.state[need.node.index()].is_none_or(|state| effect < state) {
            let by = (turn.via == NO_VIA).then_some(turn.effect);
            let origin = Origin::Need { place: need.place, provider: turn.node, by };
            let at = turn.at.saturating_add(need.grace);
            self.expect(need.node, effect, Failure { at, length: turn.length + 1, origin });
        }
    }
}

/// The instant of a whole second; what comes after the end of the calendar stays at its end.
pub(crate) fn instant(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap_or(Timestamp::MAX)
}
