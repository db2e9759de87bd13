//! Harm to care over time, when what was lost comes back: spells of care services, priced.
//!
//! Invariant: at every instant the state is the greatest (most up) that absences, closed flows and
//! run-out graces allow, so a cycle comes back jointly; between two returns failures only add up.
//! A side of a need is *unmet* from the instant that more providers are away than it can spare until
//! enough are back; it breaks once it has been unmet for its grace. Spells are half open, in whole
//! seconds; figures are whole tenths of weighted care-seconds.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use jiff::Timestamp;

use crate::impact::{Closures, instant};
use crate::map::{Effect, Map, NodeId};
use crate::wiring::Wiring;

/// A lost node's way back: stopped from `from`, degraded once it stands, up once it is whole.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Absence {
    /// What was lost.
    pub node: NodeId,
    /// Since when; equal to `stands` for a node that was only degraded.
    pub from: Timestamp,
    /// When it runs again, degraded; `None`: not before the horizon.
    pub stands: Option<Timestamp>,
    /// When it is whole again; `None`: not before the horizon.
    pub whole: Option<Timestamp>,
}

/// Harm, by care service and in all.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Harm {
    /// The services harmed, by id.
    pub services: Vec<ServiceHarm>,
    /// Their sum, in tenths of weighted care-seconds.
    pub tenths: i64,
}

/// Harm to one care service.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ServiceHarm {
    /// Which.
    pub node: NodeId,
    /// Its spells up to the horizon, in time order, without overlap.
    pub spells: Vec<Spell>,
    /// In tenths of weighted care-seconds.
    pub tenths: i64,
}

/// A stretch of time in one state, from `from` up to but not including `until`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Spell {
    /// Its start.
    pub from: Timestamp,
    /// Its end.
    pub until: Timestamp,
    /// Stopped or degraded.
    pub state: Effect,
}

/// Harm of absences and closed flows up to `end`.
#[must_use]
pub fn harm(map: &Map, absences: &[Absence], closures: &Closures, end: Timestamp) -> Harm {
    Wiring::new(map).harm(absences, closures, end)
}

impl Wiring {
    /// [`harm`], for many plans on one map.
    #[must_use]
    pub fn harm(&self, absences: &[Absence], closures: &Closures, end: Timestamp) -> Harm {
        let mut course = Course::new(self, end.as_second());
        absences.iter().for_each(|absence| course.expect_absence(absence));
        for (flow, at) in closures.iter() {
            for &via in self.through(flow) {
                course.expect(at.as_second(), Event::Close { via });
            }
        }
        course.run();
        course.into_harm()
    }
}

/// A known change to come.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
enum Event {
    Begin { node: NodeId, effect: Effect },
    End { node: NodeId, effect: Effect },
    Close { via: u32 },
    Mature { side: u32 },
}

/// The state of the map at one instant, and what is to come.
struct Course<'w> {
    wiring: &'w Wiring,
    end: i64,
    events: BinaryHeap<Reverse<(i64, Event)>>,
    nodes: Vec<Condition>,
    /// Nodes that an absence names.
    named: Vec<NodeId>,
    /// Nodes stopped or degraded now.
    failed: Vec<NodeId>,
    /// Failures of this instant whose consequences are not drawn yet.
    pending: Vec<(NodeId, Effect)>,
    /// Providers away, by side of need.
    away: Vec<u32>,
    unmet_since: Vec<Option<i64>>,
    /// Sides whose count is not zero.
    counted: Vec<u32>,
    /// Sides that are unmet.
    unmet: Vec<u32>,
    /// Nodes whose state may have changed at this instant.
    changed: Vec<NodeId>,
    closed: Vec<bool>,
    closed_vias: Vec<u32>,
    spells: BTreeMap<NodeId, Vec<Spell>>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Condition {
    /// How many absences stop it, and how many degrade it.
    hits: [u32; 2],
    state: Option<Effect>,
    /// State and start of the spell that is open.
    open: Option<(Effect, i64)>,
}

impl<'w> Course<'w> {
    fn new(wiring: &'w Wiring, end: i64) -> Self {
        Self {
            wiring,
            end,
            events: BinaryHeap::new(),
            nodes: vec![Condition::default(); wiring.care.len()],
            named: Vec::new(),
            failed: Vec::new(),
            pending: Vec::new(),
            away: vec![0; 2 * wiring.needs.len()],
            unmet_since: vec![None; 2 * wiring.needs.len()],
            counted: Vec::new(),
            unmet: Vec::new(),
            changed: Vec::new(),
            closed: vec![false; wiring.vias.len()],
            closed_vias: Vec::new(),
            spells: BTreeMap::new(),
        }
    }

    fn expect(&mut self, at: i64, event: Event) {
        if at < self.end {
            self.events.push(Reverse((at, event)));
        }
    }

    fn expect_absence(&mut self, absence: &Absence) {
        let node = absence.node;
        let from = absence.from.as_second();
        let stands = absence.stands.map_or(i64::MAX, Timestamp::as_second).max(from);
        let whole = absence.whole.map_or(i64::MAX, Timestamp::as_second).max(stands);
        for (effect, from, until) in [(Effect::Stops, from, stands), (Effect::Degrades, stands, whole)] {
            if from < until {
                self.expect(from, Event::Begin { node, effect });
                self.expect(until, Event::End { node, effect });
            }
        }
        self.named.push(node);
    }

    fn run(&mut self) {
        while let Some(&Reverse((now, _))) = self.events.peek() {
            let returned = self.take_events(now);
            if returned {
                self.raise_all(now);
            }
            self.settle(now);
            if returned {
                self.forget_mended();
            }
            for node in std::mem::take(&mut self.changed) {
                self.note(node, self.nodes[node.index()].state, now);
            }
        }
        for node in std::mem::take(&mut self.failed) {
            self.note(node, None, self.end);
        }
    }

    /// Takes what happens now, and tells whether anything returns.
    fn take_events(&mut self, now: i64) -> bool {
        let mut returned = false;
        while let Some(Reverse((_, event))) = self.events.peek().copied().filter(|next| next.0.0 == now) {
            self.events.pop();
            match event {
                Event::Begin { node, effect } => {
                    self.nodes[node.index()].hits[effect as usize] += 1;
                    self.pending.push((node, effect));
                }
                Event::End { node, effect } => {
                    self.nodes[node.index()].hits[effect as usize] -= 1;
                    returned = true;
                }
                Event::Close { via } => self.close(via, now),
                Event::Mature { side } => self.break_if_due(side, now),
            }
        }
        returned
    }

    /// Supposes everything up but what is hit, so that only what must fail will.
    fn raise_all(&mut self, now: i64) {
        self.pending.clear();
        for node in self.failed.drain(..) {
            self.nodes[node.index()].state = None;
            self.changed.push(node);
        }
        self.counted.drain(..).for_each(|side| self.away[side as usize] = 0);
        for via in self.closed_vias.clone() {
            let need = self.wiring.vias[via as usize].need;
            self.lose_provider(2 * need, now);
            self.lose_provider(2 * need + 1, now);
        }
        for &node in &self.named {
            for effect in [Effect::Stops, Effect::Degrades] {
                if self.nodes[node.index()].hits[effect as usize] > 0 {
                    self.pending.push((node, effect));
                }
            }
        }
    }

    /// Draws every consequence of the pending failures.
    fn settle(&mut self, now: i64) {
        while let Some((node, effect)) = self.pending.pop() {
            let before = self.nodes[node.index()].state;
            let stops = effect == Effect::Stops && before != Some(Effect::Stops);
            let worsens = before.is_none();
            if !stops && !worsens {
                continue;
            }
            self.nodes[node.index()].state = Some(effect);
            self.changed.push(node);
            if worsens {
                self.failed.push(node);
            }
            for usage in self.wiring.uses(node) {
                if self.closed.get(usage.via as usize).is_some_and(|closed| *closed) {
                    continue;
                }
                if stops {
                    self.lose_provider(2 * usage.need, now);
                }
                if worsens {
                    self.lose_provider(2 * usage.need + 1, now);
                }
            }
        }
    }

    fn close(&mut self, via: u32, now: i64) {
        if std::mem::replace(&mut self.closed[via as usize], true) {
            return;
        }
        self.closed_vias.push(via);
        let row = self.wiring.vias[via as usize];
        let state = self.nodes[row.provider.index()].state;
        if state != Some(Effect::Stops) {
            self.lose_provider(2 * row.need, now);
        }
        if state.is_none() {
            self.lose_provider(2 * row.need + 1, now);
        }
    }

    /// Counts one provider fewer on a side of a need, which may start its grace or break it.
    fn lose_provider(&mut self, side: u32, now: i64) {
        if self.wiring.effect(side).is_none() {
            return;
        }
        let need = self.wiring.needs[side as usize / 2];
        let away = &mut self.away[side as usize];
        *away += 1;
        if *away == 1 {
            self.counted.push(side);
        }
        if *away != need.spare + 1 {
            return;
        }
        if self.unmet_since[side as usize].is_none() {
            self.unmet_since[side as usize] = Some(now);
            self.unmet.push(side);
            if need.grace > 0 {
                self.expect(now.saturating_add(need.grace), Event::Mature { side });
            }
        }
        self.break_if_due(side, now);
    }

    fn break_if_due(&mut self, side: u32, now: i64) {
        let need = self.wiring.needs[side as usize / 2];
        let (Some(since), Some(effect)) = (self.unmet_since[side as usize], self.wiring.effect(side)) else {
            return;
        };
        if now >= since.saturating_add(need.grace) {
            self.pending.push((need.node, effect));
        }
    }

    fn forget_mended(&mut self) {
        let (needs, away, since) = (&self.wiring.needs, &self.away, &mut self.unmet_since);
        self.unmet.retain(|&side| {
            let unmet = away[side as usize] > needs[side as usize / 2].spare;
            if !unmet {
                since[side as usize] = None;
            }
            unmet
        });
    }

    /// Writes a care service's change of state into its spells.
    fn note(&mut self, node: NodeId, state: Option<Effect>, now: i64) {
        let open = &mut self.nodes[node.index()].open;
        if self.wiring.care[node.index()].is_none() || open.map(|(state, _)| state) == state {
            return;
        }
        if let Some((state, from)) = *open {
            let spell = Spell { from: instant(from), until: instant(now), state };
            self.spells.entry(node).or_default().push(spell);
        }
        *open = state.map(|state| (state, now));
    }

    fn into_harm(self) -> Harm {
        let mut harm = Harm::default();
        for (node, spells) in self.spells {
            let Some(care) = self.wiring.care[node.index()] else { continue };
            let lasting = |state| -> i64 {
                let alike = spells.iter().filter(|spell| spell.state == state);
                alike.map(|spell| spell.until.as_second() - spell.from.as_second()).sum()
            };
            let tenths = self.wiring.tenths(care, lasting(Effect::Degrades), lasting(Effect::Stops));
            harm.tenths = harm.tenths.saturating_add(tenths);
            harm.services.push(ServiceHarm { node, spells, tenths });
        }
        harm
    }
}
