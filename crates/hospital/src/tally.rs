//! How many providers each side of each need lacks at one moment.
//!
//! Invariant: a provider counts once on a side, whether it fell, or the way to it closed, or both.

use crate::map::{Effect, NodeId};
use crate::wiring::Wiring;

/// The count, and what to undo to begin again.
#[derive(Clone, Debug)]
pub(crate) struct Tally {
    /// Providers away, by side.
    away: Vec<u32>,
    /// Sides whose count is not zero.
    counted: Vec<u32>,
    closed: Vec<bool>,
    closed_vias: Vec<u32>,
}

impl Tally {
    pub fn new(wiring: &Wiring) -> Self {
        Self {
            away: vec![0; 2 * wiring.needs.len()],
            counted: Vec::new(),
            closed: vec![false; wiring.vias.len()],
            closed_vias: Vec::new(),
        }
    }

    /// Begins again, at the cost of what was counted; gives the ways that were closed.
    pub fn clear(&mut self) -> Vec<u32> {
        self.counted.drain(..).for_each(|side| self.away[side as usize] = 0);
        self.closed_vias.iter().for_each(|via| self.closed[*via as usize] = false);
        std::mem::take(&mut self.closed_vias)
    }

    /// A provider falls from one state to a worse one; adds the sides that it tips to `tipped`.
    pub fn fall(
        &mut self,
        wiring: &Wiring,
        provider: NodeId,
        from: Option<Effect>,
        to: Effect,
        tipped: &mut Vec<u32>,
    ) {
        for usage in wiring.uses(provider) {
            if self.closed.get(usage.via as usize).is_some_and(|closed| *closed) {
                continue;
            }
            if to == Effect::Stops {
                self.count(wiring, 2 * usage.need, tipped);
            }
            if from.is_none() {
                self.count(wiring, 2 * usage.need + 1, tipped);
            }
        }
    }

    /// The way to a provider, now in `state`, closes; adds the sides that this tips to `tipped`.
    pub fn close(&mut self, wiring: &Wiring, via: u32, state: Option<Effect>, tipped: &mut Vec<u32>) {
        if std::mem::replace(&mut self.closed[via as usize], true) {
            return;
        }
        self.closed_vias.push(via);
        let need = wiring.vias[via as usize].need;
        if state != Some(Effect::Stops) {
            self.count(wiring, 2 * need, tipped);
        }
        if state.is_none() {
            self.count(wiring, 2 * need + 1, tipped);
        }
    }

    /// Whether a side lacks more providers than its need can spare.
    pub fn is_unmet(&self, wiring: &Wiring, side: u32) -> bool {
        self.away[side as usize] > wiring.need(side).spare
    }

    fn count(&mut self, wiring: &Wiring, side: u32, tipped: &mut Vec<u32>) {
        let away = &mut self.away[side as usize];
        *away += 1;
        if *away == 1 {
            self.counted.push(side);
        }
        if *away == wiring.need(side).spare + 1 && wiring.effect(side).is_some() {
            tipped.push(side);
        }
    }
}
