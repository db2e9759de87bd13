//! Who needs whom, laid flat: built once for a map, then walked by every what-if.
//!
//! Invariant: rows keep the map's order (nodes by id, needs in file order), so comparing two places
//! compares what `ARCHITECTURE.md` says must be compared. A need has two *sides*: side 0 counts its
//! stopped providers and does what the need says; side 1, of a `stops` need only, counts those that
//! are stopped or degraded and degrades.

use std::collections::HashMap;
use std::ops::Range;

use crate::map::{Effect, FlowId, Kind, Map, NodeId};

/// No flow on the way to a provider.
pub(crate) const NO_VIA: u32 = u32::MAX;

/// The needs of a map in flat tables.
#[derive(Clone, Debug)]
pub struct Wiring {
    pub(crate) needs: Vec<NeedRow>,
    first_need: Vec<u32>,
    uses: Vec<Use>,
    first_use: Vec<u32>,
    pub(crate) vias: Vec<Via>,
    vias_by_flow: Vec<Vec<u32>>,
    pub(crate) care: Vec<Option<CareRow>>,
    degraded: i128,
    beyond: i128,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct NeedRow {
    pub node: NodeId,
    /// Its place among the needs of its node.
    pub place: u32,
    /// How many providers it bears to be away: m − k.
    pub spare: u32,
    pub effect: Effect,
    pub grace: i64,
}

/// A provider's place in a need, seen from the provider.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Use {
    pub need: u32,
    pub via: u32,
}

/// A provider that a need reaches through a flow.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Via {
    pub need: u32,
    pub provider: NodeId,
}

/// What harm needs to know of a care service.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CareRow {
    weight: u32,
    mtpd: Option<u64>,
}

impl Wiring {
    /// Lays a map flat, in a time and a memory that grow with its needs.
    #[must_use]
    pub fn new(map: &Map) -> Self {
        let mut wiring = Self {
            needs: Vec::new(),
            first_need: vec![0],
            uses: Vec::new(),
            first_use: vec![0; map.nodes.len() + 1],
            vias: Vec::new(),
            vias_by_flow: vec![Vec::new(); map.flows.len()],
            care: Vec::with_capacity(map.nodes.len()),
            degraded: i128::from(map.degraded),
            beyond: i128::from(map.beyond),
        };
        for (node, row) in map.all() {
            for (place, need) in row.needs.iter().enumerate() {
                let place = place as u32;
                let spare = (need.on.len() as u32).saturating_sub(need.at_least);
                let grace = i64::try_from(need.grace).unwrap_or(i64::MAX);
                wiring.needs.push(NeedRow { node, place, spare, effect: need.effect, grace });
                need.on.iter().for_each(|provider| wiring.first_use[provider.index() + 1] += 1);
            }
            wiring.first_need.push(wiring.needs.len() as u32);
            wiring.care.push(match &row.kind {
                Kind::CareService(care) => Some(CareRow { weight: care.weight, mtpd: care.mtpd }),
                _ => None,
            });
        }
        wiring.lay_uses(map);
        wiring
    }

    fn lay_uses(&mut self, map: &Map) {
        for place in 1..self.first_use.len() {
            self.first_use[place] += self.first_use[place - 1];
        }
        let total = self.first_use[map.nodes.len()] as usize;
        self.uses = vec![Use { need: 0, via: NO_VIA }; total];
        let mut next = self.first_use.clone();
        for (place, need) in map.nodes.iter().flat_map(|node| &node.needs).enumerate() {
            let through: HashMap<NodeId, FlowId> = need.via.iter().copied().collect();
            for &provider in &need.on {
                let mut via = NO_VIA;
                if let Some(flow) = through.get(&provider) {
                    via = self.vias.len() as u32;
                    self.vias.push(Via { need: place as u32, provider });
                    self.vias_by_flow[flow.index()].push(via);
                }
                self.uses[next[provider.index()] as usize] = Use { need: place as u32, via };
                next[provider.index()] += 1;
            }
        }
    }

    /// The needs that a provider serves.
    pub(crate) fn uses(&self, provider: NodeId) -> &[Use] {
        let place = provider.index();
        &self.uses[self.first_use[place] as usize..self.first_use[place + 1] as usize]
    }

    /// The uses that go through a flow.
    pub(crate) fn through(&self, flow: FlowId) -> &[u32] {
        &self.vias_by_flow[flow.index()]
    }

    /// The sides of a node's needs.
    pub(crate) fn sides(&self, node: NodeId) -> Range<u32> {
        2 * self.first_need[node.index()]..2 * self.first_need[node.index() + 1]
    }

    /// How many providers a side loses before it is unmet; a side that has no effect never is.
    pub(crate) fn bears(&self, side: u32) -> i32 {
        let bears = i32::try_from(self.need(side).spare).unwrap_or(i32::MAX);
        self.effect(side).map_or(i32::MAX, |_| bears.saturating_add(1))
    }

    /// The need of a side.
    pub(crate) fn need(&self, side: u32) -> &NeedRow {
        &self.needs[side as usize / 2]
    }

    /// What a side does once it breaks; a `degrades` need has no second side.
    pub(crate) fn effect(&self, side: u32) -> Option<Effect> {
        let effect = self.need(side).effect;
        match (side % 2, effect) {
            (0, _) => Some(effect),
            (_, Effect::Stops) => Some(Effect::Degrades),
            (_, Effect::Degrades) => None,
        }
    }

    /// What it costs that a node is degraded and stopped for so many seconds in all, in tenths of weighted
    /// care-seconds; nothing where it is no care service.
    #[must_use]
    pub fn cost(&self, node: NodeId, degraded: i64, stopped: i64) -> i64 {
        self.care[node.index()].map_or(0, |care| self.tenths(care, degraded, stopped))
    }

    /// The harm of one care service, in tenths of weighted care-seconds.
    pub(crate) fn tenths(&self, care: CareRow, degraded: i64, stopped: i64) -> i64 {
        let tolerated = care.mtpd.map_or(i128::MAX, i128::from);
        let excess = (i128::from(stopped) - tolerated).max(0);
        let tenths =
            self.degraded * i128::from(degraded) + 10 * i128::from(stopped) + (self.beyond - 10) * excess;
        let tenths = i128::from(care.weight) * tenths;
        i64::try_from(tenths).unwrap_or(i64::MAX)
    }
}
