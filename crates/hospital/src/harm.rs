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
use crate::tally::Tally;
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
    tally: Tally,
    /// By side of need.
    unmet_since: Vec<Option<i64>>,
    /// Failures of this instant whose consequences are not drawn yet.
    pending: Vec<(NodeId, Effect)>,
    /// Sides that may be unmet at this instant, or due, and are not looked at yet.
    tipped: Vec<u32>,
    /// Sides that may be met again.
    lifted: Vec<u32>,
    /// Nodes whose state may have changed at this instant.
    changed: Vec<NodeId>,
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
            tally: Tally::new(wiring),
            unmet_since: vec![None; 2 * wiring.needs.len()],
            pending: Vec::new(),
            tipped: Vec::new(),
            lifted: Vec::new(),
            changed: Vec::new(),
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
    }

    fn run(&mut self) {
        while let Some(&Reverse((now, _))) = self.events.peek() {
            let returned = self.take_events(now);
            self.raise(returned);
            self.settle(now);
            for side in self.lifted.drain(..).filter(|side| !self.tally.is_unmet(*side)) {
                self.unmet_since[side as usize] = None;
            }
            for node in std::mem::take(&mut self.changed) {
                self.note(node, self.nodes[node.index()].state, now);
            }
        }
        for place in 0..self.nodes.len() {
            self.note(NodeId(place as u32), None, self.end);
        }
    }

    /// Takes what happens now, and gives the nodes of which an absence ends or changes.
    fn take_events(&mut self, now: i64) -> Vec<NodeId> {
        let mut returned = Vec::new();
        while let Some(&Reverse((_, event))) = self.events.peek().filter(|next| next.0.0 == now) {
            self.events.pop();
            match event {
                Event::Begin { node, effect } => {
                    self.nodes[node.index()].hits[effect as usize] += 1;
                    self.pending.push((node, effect));
                }
                Event::End { node, effect } => {
                    self.nodes[node.index()].hits[effect as usize] -= 1;
                    returned.push(node);
                }
                Event::Close { via } => {
                    let state = self.nodes[self.wiring.vias[via as usize].provider.index()].state;
                    self.tally.close(self.wiring, via, state, &mut self.tipped);
                }
                Event::Mature { side } => self.tipped.push(side),
            }
        }
        returned
    }

    /// Supposes these nodes up, and every failed node that may owe its failure to them; then asks of
    /// each whether it must fail all the same. What else has failed has causes of its own.
    fn raise(&mut self, mut returned: Vec<NodeId>) {
        while let Some(node) = returned.pop() {
            let Some(state) = self.nodes[node.index()].state.take() else { continue };
            self.changed.push(node);
            self.tally.rise(self.wiring, node, state, &mut self.lifted);
            let users =
                self.wiring.uses(node).iter().map(|usage| self.wiring.needs[usage.need as usize].node);
            returned.extend(users.filter(|user| self.nodes[user.index()].state.is_some()));
        }
        for &node in &self.changed {
            let hits = self.nodes[node.index()].hits;
            let hit = [Effect::Stops, Effect::Degrades].into_iter().find(|it| hits[*it as usize] > 0);
            self.pending.extend(hit.map(|effect| (node, effect)));
            self.tipped.extend(self.wiring.sides(node));
        }
    }

    /// Draws every consequence of what is pending.
    fn settle(&mut self, now: i64) {
        loop {
            while let Some(side) = self.tipped.pop() {
                self.tip(side, now);
            }
            let Some((node, effect)) = self.pending.pop() else { return };
            let before = self.nodes[node.index()].state;
            if before.is_none_or(|before| effect < before) {
                self.nodes[node.index()].state = Some(effect);
                self.changed.push(node);
                self.tally.fall(self.wiring, node, before, effect, &mut self.tipped);
            }
        }
    }

    /// Starts the grace of a side that is unmet, or breaks it where the grace has run out.
    fn tip(&mut self, side: u32, now: i64) {
        if !self.tally.is_unmet(side) {
            return;
        }
        let need = self.wiring.need(side);
        let since = self.unmet_since[side as usize];
        let due = since.unwrap_or(now).saturating_add(need.grace);
        if due <= now {
            self.pending.extend(self.wiring.effect(side).map(|effect| (need.node, effect)));
        } else if since.is_none() {
            self.expect(due, Event::Mature { side });
        }
        self.unmet_since[side as usize] = since.or(Some(now));
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
