//! Options as data for a sentence: what is cut, what it costs, what it saves, what stays in reach.
//!
//! Invariant: an action names one thing that a person does, with the lever it belongs to; figures are
//! those of `hospital`, unrounded.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use hospital::{Crossing, Cut, End, FlowId, Impact, LeverId, Map, NodeId, SiteId, Situation, crossing_needs};

use jiff::Timestamp;

use crate::candidate::Candidate;
use crate::front::{Found, Point, Weight};

/// What can be done about an attack.
#[derive(Clone, Debug)]
pub struct Options {
    /// The Pareto front of (price, danger), cheapest first; doing nothing is its first, without actions,
    /// unless something that costs nothing is less dangerous.
    pub front: Vec<Choice>,
    /// What can be done without a prepared lever, machine by machine, and is better in one of the two than
    /// every choice of the front; a Pareto front too, cheapest first. It trusts what is known to be
    /// compromised to the letter. Empty where the front itself is made so.
    pub by_hand: Vec<Choice>,
    /// What doing nothing weighs: the measure of what each choice saves.
    pub nothing: Choice,
    /// Whether every set of levers was weighed.
    pub exact: bool,
}

/// A set of levers and what it weighs.
#[derive(Clone, Debug)]
pub struct Choice {
    /// What is done, in the order of levers; empty: nothing.
    pub actions: Vec<Action>,
    /// All that it cuts.
    pub cut: Cut,
    /// Care that it costs, in tenths of weighted care-seconds.
    pub price: i64,
    /// Care that is lost if the attack goes as far as it still can, in hundredths of tenths of weighted
    /// care-seconds.
    pub danger: i64,
    /// Danger of doing nothing less this one, in the same unit.
    pub saved: i64,
    /// Assets that an attacker can still reach, by id.
    pub still_reachable: Vec<NodeId>,
    /// Minutes until all is done, people working side by side; `None` where no lever says.
    pub minutes: Option<u32>,
    /// Needs that cross a closed flow without naming it: with any, the price is "at least".
    pub crossings: Vec<Crossing>,
    /// Care services that its price comes from, heaviest first.
    pub pays: Vec<NodeId>,
    /// Care services that an attack would stop within the horizon if nothing was done, and cannot stop
    /// in any scenario once this is; heaviest first.
    pub spares: Vec<NodeId>,
}

impl Choice {
    /// Whether the price may be higher than it says.
    #[must_use]
    pub fn at_least(&self) -> bool {
        !self.crossings.is_empty()
    }
}

/// One thing that a person does.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Action {
    /// The lever it belongs to; `None` where it was made for the situation.
    pub lever: Option<LeverId>,
    /// What is done.
    pub kind: Kind,
    /// To what.
    pub target: Target,
}

/// What is done.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Kind {
    /// Close every flow between the Internet and a site.
    CutInternet,
    /// Take an asset off the network.
    Isolate,
    /// Switch a network device off.
    SwitchOff,
    /// Close a flow.
    Close,
    /// Disable an account, or the accounts of a server.
    Disable,
}

/// What an action is done to.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Target {
    /// A site.
    Site(SiteId),
    /// An asset or an account.
    Node(NodeId),
    /// A flow.
    Flow(FlowId),
}

impl Target {
    /// Its id in the map.
    #[must_use]
    pub fn id(self, map: &Map) -> &str {
        match self {
            Target::Site(site) => &map.sites[site.index()].id,
            Target::Node(node) => map.id(node),
            Target::Flow(flow) => &map.flows[flow.index()].id,
        }
    }
}

/// Kinds of asset that are isolated by switching them off.
const SWITCHED_OFF: [&str; 5] = ["switch", "router", "firewall", "access-point", "vpn"];

/// A front and the candidates that its sets are made of.
type Drawn<'a> = (&'a [Candidate], Found);

pub(crate) fn describe(
    situation: &Situation<'_>,
    nothing: Weight,
    (candidates, found): Drawn<'_>,
    (made, by_hand): Drawn<'_>,
) -> Options {
    let view = View {
        situation,
        nothing,
        internet: internet(situation.map()),
        crossings: crossing_needs(situation.map()),
        unchecked: situation.scenarios().iter().map(|it| situation.attacked(it, &Cut::default())).collect(),
    };
    let choices = |candidates: &[Candidate], points: Vec<Point>| {
        points.into_iter().map(|point| view.choice(candidates, point)).collect()
    };
    Options {
        nothing: view.choice(&[], Point { set: Vec::new(), weight: nothing }),
        exact: found.exact,
        front: choices(candidates, found.points),
        by_hand: choices(made, by_hand.points),
    }
}

struct View<'s, 'm> {
    situation: &'s Situation<'m>,
    nothing: Weight,
    /// Open flows between the Internet and each site.
    internet: BTreeMap<SiteId, BTreeSet<FlowId>>,
    crossings: Vec<Crossing>,
    /// What an attack does when nothing is cut, by scenario.
    unchecked: Vec<Impact>,
}

impl View<'_, '_> {
    fn choice(&self, candidates: &[Candidate], point: Point) -> Choice {
        let chosen: Vec<&Candidate> = point.set.iter().map(|place| &candidates[*place]).collect();
        let mut cut = Cut::default();
        for candidate in &chosen {
            cut.isolated.extend(&candidate.cut.isolated);
            cut.closed.extend(&candidate.cut.closed);
            cut.disabled.extend(&candidate.cut.disabled);
        }
        sort(&mut cut.isolated);
        sort(&mut cut.closed);
        sort(&mut cut.disabled);
        Choice {
            actions: chosen.iter().flat_map(|candidate| self.actions(candidate)).collect(),
            price: point.weight.price,
            danger: point.weight.danger,
            saved: self.nothing.danger.saturating_sub(point.weight.danger),
            still_reachable: self.situation.still_reachable(&cut),
            minutes: self.minutes(&chosen),
            crossings: self.crossings.iter().filter(|it| self.crosses(it, &cut)).copied().collect(),
            pays: self.pays(&cut),
            spares: self.spares(&cut),
            cut,
        }
    }

    fn actions(&self, candidate: &Candidate) -> Vec<Action> {
        let map = self.situation.map();
        let action = |kind, target| Action { lever: candidate.lever, kind, target };
        let mut actions = Vec::new();
        let sites = self.sites_cut_off(&candidate.cut);
        if sites.is_empty() {
            actions.extend(candidate.cut.closed.iter().map(|flow| action(Kind::Close, Target::Flow(*flow))));
        }
        actions.extend(sites.into_iter().map(|site| action(Kind::CutInternet, Target::Site(site))));
        for node in &candidate.cut.isolated {
            let off = map.assets().any(|(id, _, asset)| id == *node && SWITCHED_OFF.contains(&&*asset.kind));
            actions.push(action(if off { Kind::SwitchOff } else { Kind::Isolate }, Target::Node(*node)));
        }
        actions.extend(candidate.cut.disabled.iter().map(|node| action(Kind::Disable, Target::Node(*node))));
        actions.sort_unstable();
        actions
    }

    /// The sites whose flows with the Internet are exactly the open flows closed.
    fn sites_cut_off(&self, cut: &Cut) -> Vec<SiteId> {
        let open = |flow: &&FlowId| self.situation.map().flows[flow.index()].open;
        let closed: BTreeSet<FlowId> = cut.closed.iter().filter(open).copied().collect();
        let whole = self.internet.iter().filter(|(_, flows)| flows.is_subset(&closed));
        let sites: Vec<SiteId> = whole.map(|(site, _)| *site).collect();
        let covered: BTreeSet<FlowId> =
            sites.iter().filter_map(|site| self.internet.get(site)).flatten().copied().collect();
        if covered == closed { sites } else { Vec::new() }
    }

    fn minutes(&self, chosen: &[&Candidate]) -> Option<u32> {
        let mut by_person: BTreeMap<Option<&str>, u32> = BTreeMap::new();
        let levers = chosen.iter().filter_map(|it| it.lever);
        for lever in levers.map(|lever| &self.situation.map().levers[lever.index()]) {
            if let Some(minutes) = lever.minutes {
                let sum = by_person.entry(lever.who.as_deref()).or_default();
                *sum = sum.saturating_add(minutes);
            }
        }
        by_person.into_values().max()
    }

    /// Whether a need runs between the ends of a closed flow.
    fn crosses(&self, crossing: &Crossing, cut: &Cut) -> bool {
        let map = self.situation.map();
        let is = |end: End, node: NodeId| match end {
            End::Asset(asset) => asset == node,
            End::Zone(zone) => zone_of(map, node) == Some(zone),
        };
        cut.closed.iter().map(|flow| &map.flows[flow.index()]).any(|flow| {
            is(flow.from, crossing.node) && is(flow.to, crossing.provider)
                || is(flow.from, crossing.provider) && is(flow.to, crossing.node)
        })
    }

    /// Services that fail through the cut, or earlier than without it.
    fn pays(&self, cut: &Cut) -> Vec<NodeId> {
        if *cut == Cut::default() {
            return Vec::new();
        }
        let (with, without) = (self.situation.care(cut), self.situation.care(&Cut::default()));
        let sooner = |with: Option<Timestamp>, without: Option<Timestamp>| {
            with.is_some_and(|with| with < self.situation.end() && without.is_none_or(|it| with < it))
        };
        self.services(|node| {
            sooner(with.stops_at(node), without.stops_at(node))
                || sooner(with.degrades_at(node), without.degrades_at(node))
        })
    }

    fn spares(&self, cut: &Cut) -> Vec<NodeId> {
        let attacked = |cut: &Cut| {
            let scenarios = self.situation.scenarios().iter();
            scenarios.map(|scenario| self.situation.attacked(scenario, cut)).collect::<Vec<_>>()
        };
        let stops = |impacts: &[Impact], node| {
            impacts.iter().any(|it| it.stops_at(node).is_some_and(|at| at < self.situation.end()))
        };
        let (with, without) = (attacked(cut), &self.unchecked);
        self.services(|node| stops(without, node) && !stops(&with, node))
    }

    /// The care services of which something is true, heaviest first.
    fn services(&self, is: impl Fn(NodeId) -> bool) -> Vec<NodeId> {
        let care = self.situation.map().care().filter(|(node, ..)| is(*node));
        let mut care: Vec<(Reverse<u32>, NodeId)> =
            care.map(|(node, _, care)| (Reverse(care.weight), node)).collect();
        care.sort_unstable();
        care.into_iter().map(|(_, node)| node).collect()
    }
}

fn sort<T: Ord>(values: &mut Vec<T>) {
    values.sort_unstable();
    values.dedup();
}

fn zone_of(map: &Map, node: NodeId) -> Option<hospital::ZoneId> {
    match &map.node(node).kind {
        hospital::Kind::Asset(asset) => asset.zone,
        _ => None,
    }
}

/// The open flows between the zone `internet` and the zones of each site.
fn internet(map: &Map) -> BTreeMap<SiteId, BTreeSet<FlowId>> {
    let zone = |end| match end {
        End::Zone(zone) => Some(zone),
        End::Asset(node) => zone_of(map, node),
    };
    let mut flows: BTreeMap<SiteId, BTreeSet<FlowId>> = BTreeMap::new();
    for (place, flow) in map.flows.iter().enumerate().filter(|(_, flow)| flow.open) {
        let (Some(from), Some(to)) = (zone(flow.from), zone(flow.to)) else { continue };
        let outside = |zone: hospital::ZoneId| map.zones[zone.index()].id == "internet";
        let inside = match (outside(from), outside(to)) {
            (true, false) => to,
            (false, true) => from,
            _ => continue,
        };
        if let Some(site) = map.zones[inside.index()].site {
            flows.entry(site).or_default().insert(FlowId(place as u32));
        }
    }
    flows
}
