//! How many more providers each side of each need can lose, at one moment.
//!
//! Invariant: a provider counts once on a side, whether it fell, or the way to it closed, or both.

use crate::map::{Effect, NodeId};
use crate::wiring::{Use, Wiring};

#[derive(Clone, Debug)]
pub(crate) struct Tally {
    /// By side; unmet at zero and below.
    left: Vec<i32>,
    closed: Vec<bool>,
}

impl Tally {
    pub fn new(wiring: &Wiring) -> Self {
        let left = (0..2 * wiring.needs.len()).map(|side| wiring.bears(side as u32)).collect();
        Self { left, closed: vec![false; wiring.vias.len()] }
    }

    pub fn is_unmet(&self, side: u32) -> bool {
        self.left[side as usize] <= 0
    }

    /// A provider falls from one state to a worse one; `tipped` receives the sides that become unmet.
    pub fn fall(
        &mut self,
        wiring: &Wiring,
        provider: NodeId,
        from: Option<Effect>,
        to: Effect,
        tipped: &mut Vec<u32>,
    ) {
        for &usage in wiring.uses(provider) {
            if !self.is_closed(usage) {
                self.count(usage.need, to == Effect::Stops, from.is_none(), tipped);
            }
        }
    }

    /// The way to a provider, now in `state`, closes for good.
    pub fn close(&mut self, wiring: &Wiring, via: u32, state: Option<Effect>, tipped: &mut Vec<u32>) {
        if !std::mem::replace(&mut self.closed[via as usize], true) {
            let need = wiring.vias[via as usize].need;
            self.count(need, state != Some(Effect::Stops), state.is_none(), tipped);
        }
    }

    /// A provider is up again; `lifted` receives the sides that are unmet no more.
    pub fn rise(&mut self, wiring: &Wiring, provider: NodeId, from: Effect, lifted: &mut Vec<u32>) {
        for &usage in wiring.uses(provider) {
            if self.is_closed(usage) {
                continue;
            }
            for side in [2 * usage.need, 2 * usage.need + 1] {
                if side % 2 == 1 || from == Effect::Stops {
                    self.left[side as usize] += 1;
                    if self.left[side as usize] == 1 {
                        lifted.push(side);
                    }
                }
            }
        }
    }

    /// Forgets what a provider's fall did.
    pub fn forget(&mut self, wiring: &Wiring, provider: NodeId) {
        wiring.uses(provider).iter().for_each(|usage| self.renew(wiring, usage.need));
    }

    /// Forgets that a way was closed.
    pub fn reopen(&mut self, wiring: &Wiring, via: u32) {
        self.closed[via as usize] = false;
        self.renew(wiring, wiring.vias[via as usize].need);
    }

    fn renew(&mut self, wiring: &Wiring, need: u32) {
        for side in [2 * need, 2 * need + 1] {
            self.left[side as usize] = wiring.bears(side);
        }
    }

    fn is_closed(&self, usage: Use) -> bool {
        self.closed.get(usage.via as usize).is_some_and(|closed| *closed)
    }

    /// Counts one provider fewer on the first side of a need, on its second, or on both.
    fn count(&mut self, need: u32, first: bool, second: bool, tipped: &mut Vec<u32>) {
        for (side, counts) in [(2 * need, first), (2 * need + 1, second)] {
            if counts {
                self.left[side as usize] -= 1;
                if self.left[side as usize] == 0 {
                    tipped.push(side);
                }
            }
        }
    }
}
