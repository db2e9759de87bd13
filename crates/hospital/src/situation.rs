//! What levers cost in care, and what they leave to an attacker: price and danger.
//!
//! Invariant: both count care lost from the first loss to the horizon, with the assets already lost
//! and the flows already closed on both sides; levers act at `now`. Figures are whole.

use std::cell::RefCell;
use std::collections::HashSet;

use jiff::{SignedDuration, Timestamp};

use crate::impact::{Closures, Impact, Loss};
use crate::map::{Effect, Map, NodeId};
use crate::reach::{Cut, Network};
use crate::wiring::Wiring;

/// What may be compromised, and how likely that is.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Scenario {
    /// Out of 100, over all scenarios.
    pub percent: u32,
    /// The assets that the attacker holds.
    pub compromised: Vec<NodeId>,
}

/// A night at one instant, against which sets of levers are weighed. Made once, asked often.
#[derive(Clone, Debug)]
pub struct Situation<'m> {
    map: &'m Map,
    now: Timestamp,
    spread_at: Timestamp,
    end: Timestamp,
    lost: Vec<Loss>,
    scenarios: Vec<Scenario>,
    /// Cuts that were made before, each with its instant.
    made: Vec<(Timestamp, Cut)>,
    wiring: Wiring,
    network: Network,
    without_levers: i64,
    /// Kept from one question to the next, for speed alone.
    impact: RefCell<Impact>,
}

impl<'m> Situation<'m> {
    /// A situation at `now`, looked at for `horizon` seconds, where an attacker takes `spread` seconds
    /// (the map's, unless asked otherwise) to ruin what it can reach. Without scenarios nothing is
    /// compromised beyond what is lost.
    #[must_use]
    pub fn new(
        map: &'m Map,
        now: Timestamp,
        horizon: u64,
        spread: u64,
        lost: Vec<Loss>,
        mut scenarios: Vec<Scenario>,
    ) -> Self {
        if scenarios.is_empty() {
            scenarios.push(Scenario { percent: 100, compromised: Vec::new() });
        }
        let wiring = Wiring::new(map);
        let mut situation = Self {
            map,
            now,
            spread_at: later(now, spread),
            end: later(now, horizon),
            lost,
            scenarios,
            made: Vec::new(),
            network: Network::new(map),
            without_levers: 0,
            impact: RefCell::new(Impact::new(&wiring)),
            wiring,
        };
        situation.without_levers = situation.care_lost(&Cut::default(), Vec::new());
        situation
    }

    /// The same night after cuts that were made, each at its instant: they count on both sides, as what is lost does.
    #[must_use]
    pub fn after(mut self, made: Vec<(Timestamp, Cut)>) -> Self {
        self.made = made;
        self.without_levers = self.care_lost(&Cut::default(), Vec::new());
        self
    }

    /// The map.
    #[must_use]
    pub fn map(&self) -> &'m Map {
        self.map
    }

    /// The assets already lost.
    #[must_use]
    pub fn lost(&self) -> &[Loss] {
        &self.lost
    }

    /// What may be compromised.
    #[must_use]
    pub fn scenarios(&self) -> &[Scenario] {
        &self.scenarios
    }

    /// The end of the horizon.
    #[must_use]
    pub fn end(&self) -> Timestamp {
        self.end
    }

    /// Care that the levers cost if nothing more is attacked, in tenths of weighted care-seconds.
    #[must_use]
    pub fn price(&self, cut: &Cut) -> i64 {
        self.care_lost(cut, Vec::new()).saturating_sub(self.without_levers)
    }

    /// Care lost if the attack goes as far as the levers let it: every compromised asset lost at `now`
    /// and every asset still reachable after the spread, in hundredths of tenths of weighted
    /// care-seconds (the sum over scenarios of percent × tenths).
    #[must_use]
    pub fn danger(&self, cut: &Cut) -> i64 {
        let weighed = self.scenarios.iter().map(|scenario| {
            self.care_lost(cut, self.attack(scenario, cut)).saturating_mul(i64::from(scenario.percent))
        });
        weighed.fold(0, i64::saturating_add)
    }

    /// What an attacker can still reach in one scenario or another, beyond what it holds there; by id.
    #[must_use]
    pub fn still_reachable(&self, cut: &Cut) -> Vec<NodeId> {
        let each = self.scenarios.iter().flat_map(|scenario| {
            let held: HashSet<NodeId> = self.held(scenario).collect();
            self.reach(scenario, cut).into_iter().filter(move |node| !held.contains(node))
        });
        let mut all: Vec<NodeId> = each.collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// What fails, and when, with the levers pulled and no further attack.
    #[must_use]
    pub fn care(&self, cut: &Cut) -> Impact {
        self.wiring.impact(&self.losses(cut, Vec::new()), &self.closures(cut), None)
    }

    /// What fails, and when, if the attack of a scenario goes as far as the levers let it.
    #[must_use]
    pub fn attacked(&self, scenario: &Scenario, cut: &Cut) -> Impact {
        self.wiring.impact(&self.losses(cut, self.attack(scenario, cut)), &self.closures(cut), None)
    }

    /// Every compromised asset lost at `now`, every asset still reachable after the spread.
    fn attack(&self, scenario: &Scenario, cut: &Cut) -> Vec<Loss> {
        let hit = |at| move |node| Loss { node, at, how: Effect::Stops };
        let mut attack: Vec<Loss> = scenario.compromised.iter().copied().map(hit(self.now)).collect();
        attack.extend(self.reach(scenario, cut).into_iter().map(hit(self.spread_at)));
        attack
    }

    fn reach(&self, scenario: &Scenario, cut: &Cut) -> Vec<NodeId> {
        let mut all = cut.clone();
        for (_, made) in &self.made {
            all.isolated.extend(&made.isolated);
            all.closed.extend(&made.closed);
            all.disabled.extend(&made.disabled);
        }
        self.network.reach(self.held(scenario), &all)
    }

    /// What the attacker has in its hands, or has ruined.
    fn held(&self, scenario: &Scenario) -> impl Iterator<Item = NodeId> {
        scenario.compromised.iter().copied().chain(self.lost.iter().map(|loss| loss.node))
    }

    fn care_lost(&self, cut: &Cut, attack: Vec<Loss>) -> i64 {
        let mut impact = self.impact.borrow_mut();
        impact.work_out(&self.wiring, &self.losses(cut, attack), &self.closures(cut), Some(self.end));
        impact.care_lost(&self.wiring, self.end)
    }

    fn losses(&self, cut: &Cut, mut attack: Vec<Loss>) -> Vec<Loss> {
        attack.extend(&self.lost);
        for (at, cut) in self.cuts(cut) {
            attack.extend(cut.isolated.iter().map(|&node| Loss { node, at, how: Effect::Stops }));
        }
        attack
    }

    fn closures(&self, cut: &Cut) -> Closures {
        let closed = self.cuts(cut).flat_map(|(at, cut)| cut.closed.iter().map(move |&flow| (flow, at)));
        closed.fold(Closures::of(self.map, self.now), |all, (flow, at)| all.and(flow, at))
    }

    /// A cut made now, and those made before.
    fn cuts<'c>(&'c self, cut: &'c Cut) -> impl Iterator<Item = (Timestamp, &'c Cut)> {
        self.made.iter().map(|(at, made)| (*at, made)).chain([(self.now, cut)])
    }
}

/// That many seconds later, at most the end of the calendar.
fn later(instant: Timestamp, seconds: u64) -> Timestamp {
    let seconds = SignedDuration::from_secs(i64::try_from(seconds).unwrap_or(i64::MAX));
    instant.checked_add(seconds).unwrap_or(Timestamp::MAX)
}
