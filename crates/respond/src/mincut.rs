//! Minimum cuts between the attacker and the assets that care leans on most.
//!
//! The network of `hospital::reach` as a flow network: an asset's way through it costs its isolation,
//! a flow its closing, the controls that leave an asset their disabling; what cannot be cut costs more
//! than all that can. The cut nearest to the attacker is read off. Costs are single prices, which do
//! not add up: a cut only proposes, `hospital` weighs.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use hospital::{Cut, End, FlowId, Kind, Map, NodeId, Situation, ZoneId};
use petgraph::algo::dinics;
use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::visit::EdgeRef;

use crate::candidate::{Candidate, Part, Touched, cut, made as made_of};

/// Targets weighed at most: those with most direct users first.
const TARGETS_MAX: usize = 512;
/// More than any price counted here, and few enough that a graph's sum stays in a `u64`.
const PRICE_MAX: u64 = 1 << 36;
const UNCUTTABLE: u64 = 1 << 44;

/// Sets of these levers that hold minimum cuts, as places.
pub(crate) fn lever_sets(
    situation: &Situation<'_>,
    touched: &Touched,
    levers: &[Candidate],
) -> Vec<Vec<usize>> {
    let mut best: HashMap<Part, (u64, usize)> = HashMap::new();
    for (place, lever) in levers.iter().enumerate() {
        let cost = cost(situation, &lever.cut);
        for part in &lever.parts {
            let known = best.entry(*part).or_insert((cost, place));
            *known = (*known).min((cost, place));
        }
    }
    let costs = |part: Part| best.get(&part).map(|(cost, _)| *cost);
    let sets = cuts(situation, touched, &costs).into_iter().map(|parts| {
        let levers = parts.iter().filter_map(|part| best.get(part)).map(|(_, place)| *place);
        levers.collect::<BTreeSet<usize>>().into_iter().collect()
    });
    sets.collect::<BTreeSet<Vec<usize>>>().into_iter().collect()
}

/// Levers made for a situation, one a part, and sets of them to start from: all that is compromised
/// isolated or disabled, and each minimum cut.
pub(crate) fn made(situation: &Situation<'_>, touched: &Touched) -> (Vec<Candidate>, Vec<Vec<usize>>) {
    let map = situation.map();
    let controls: BTreeSet<NodeId> = map.controls.iter().map(|control| control.from).collect();
    let account = |node: NodeId| matches!(&map.node(node).kind, Kind::Asset(it) if it.is_account());
    let asset = |node: &NodeId| matches!(&map.node(*node).kind, Kind::Asset(_));
    let held = touched.held.iter().copied().filter(asset);
    let at_hand: Vec<Part> =
        held.map(|node| if account(node) { Part::Disable(node) } else { Part::Isolate(node) }).collect();
    let costs = |part: Part| match part {
        Part::Isolate(node) if account(node) => None,
        Part::Disable(node) if !controls.contains(&node) => None,
        part => Some(cost(situation, &cut([part]))),
    };
    let mut sets = cuts(situation, touched, &costs);
    sets.push(at_hand);
    let every: BTreeSet<Part> = sets.iter().flatten().copied().collect();
    let places: BTreeMap<Part, usize> =
        every.iter().enumerate().map(|(place, part)| (*part, place)).collect();
    let seeds = sets.iter().map(|parts| {
        let places = parts.iter().filter_map(|part| places.get(part).copied());
        places.collect::<BTreeSet<usize>>().into_iter().collect()
    });
    let seeds = seeds.collect::<BTreeSet<Vec<usize>>>().into_iter().collect();
    (every.into_iter().map(|part| made_of(vec![part])).collect(), seeds)
}

fn cost(situation: &Situation<'_>, cut: &Cut) -> u64 {
    u64::try_from(situation.price(cut)).unwrap_or(0).saturating_add(1).min(PRICE_MAX)
}

/// For the one, two, four… heaviest assets in reach: what parts a cheapest cut is made of.
fn cuts(situation: &Situation<'_>, touched: &Touched, costs: &dyn Fn(Part) -> Option<u64>) -> Vec<Vec<Part>> {
    let targets = heaviest(situation, touched);
    let mut found = Vec::new();
    let mut number = 1;
    while number / 2 < targets.len() {
        let some = &targets[..number.min(targets.len())];
        found.extend(cut_off(situation.map(), touched, costs, some));
        number *= 2;
    }
    found
}

/// Assets in reach whose loss costs care, costliest first.
fn heaviest(situation: &Situation<'_>, touched: &Touched) -> Vec<NodeId> {
    let mut users = vec![0_usize; situation.map().nodes.len()];
    for provider in situation.map().nodes.iter().flat_map(|node| &node.needs).flat_map(|need| &need.on) {
        users[provider.index()] += 1;
    }
    let mut targets: Vec<NodeId> =
        touched.reachable.iter().filter(|node| !touched.held.contains(node)).copied().collect();
    targets.sort_by_key(|node| (std::cmp::Reverse(users[node.index()]), *node));
    targets.truncate(TARGETS_MAX);
    let priced = targets.into_iter().map(|node| (situation.price(&cut([Part::Isolate(node)])), node));
    let mut priced: Vec<(i64, NodeId)> = priced.filter(|(price, _)| *price > 0).collect();
    priced.sort_by_key(|(price, node)| (std::cmp::Reverse(*price), *node));
    priced.into_iter().map(|(_, node)| node).collect()
}

type Net = DiGraph<(), u64>;

/// Places in the flow network.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
enum Place {
    Source,
    Sink,
    Into(NodeId),
    OutOf(NodeId),
    Controls(NodeId),
    Enters(ZoneId),
    Leaves(ZoneId),
}

#[derive(Default)]
struct Network {
    net: Net,
    places: HashMap<Place, NodeIndex>,
    parts: HashMap<(NodeIndex, NodeIndex), Vec<Part>>,
}

impl Network {
    fn place(&mut self, place: Place) -> NodeIndex {
        let net = &mut self.net;
        *self.places.entry(place).or_insert_with(|| net.add_node(()))
    }

    fn way(&mut self, from: Place, to: Place, cost: Option<u64>, part: Option<Part>) {
        let (from, to) = (self.place(from), self.place(to));
        self.net.add_edge(from, to, cost.unwrap_or(UNCUTTABLE));
        if let Some(part) = part.filter(|_| cost.is_some()) {
            self.parts.entry((from, to)).or_default().push(part);
        }
    }
}

/// The cheapest parts that keep the attacker from the targets; `None` where something on the way
/// cannot be cut.
fn cut_off(
    map: &Map,
    touched: &Touched,
    costs: &dyn Fn(Part) -> Option<u64>,
    targets: &[NodeId],
) -> Option<Vec<Part>> {
    let mut network = Network::default();
    let (source, sink) = (network.place(Place::Source), network.place(Place::Sink));
    lay(map, touched, costs, &mut network);
    for held in &touched.held {
        network.way(Place::Source, Place::Into(*held), None, None);
    }
    for target in targets {
        network.way(Place::OutOf(*target), Place::Sink, None, None);
    }
    let (total, flows) = dinics(&network.net, source, sink);
    if total == 0 || total >= UNCUTTABLE {
        return None;
    }
    let near = near_source(&network.net, &flows, source);
    let crossing = network
        .net
        .edge_references()
        .filter(|edge| near[edge.source().index()] && !near[edge.target().index()]);
    let parts = crossing.filter_map(|edge| network.parts.get(&(edge.source(), edge.target()))).flatten();
    let parts: BTreeSet<Part> = parts.copied().collect();
    Some(parts.into_iter().collect())
}

/// The touched part of the map as a flow network.
fn lay(map: &Map, touched: &Touched, costs: &dyn Fn(Part) -> Option<u64>, network: &mut Network) {
    let in_play = |node: NodeId| touched.nodes[node.index()];
    for (node, _, asset) in map.assets().filter(|(node, ..)| in_play(*node)) {
        let isolate = Part::Isolate(node);
        network.way(Place::Into(node), Place::OutOf(node), costs(isolate), Some(isolate));
        if let Some(zone) = asset.zone {
            network.way(Place::OutOf(node), Place::Leaves(zone), None, None);
            network.way(Place::Enters(zone), Place::Into(node), None, None);
        }
    }
    for (place, flow) in map.flows.iter().enumerate().filter(|(_, flow)| flow.open) {
        let from = match flow.from {
            End::Asset(node) => Place::OutOf(node),
            End::Zone(zone) => Place::Leaves(zone),
        };
        let to = match flow.to {
            End::Asset(node) => Place::Into(node),
            End::Zone(zone) => Place::Enters(zone),
        };
        let close = Part::Close(FlowId(place as u32));
        network.way(from, to, costs(close), Some(close));
    }
    for control in map.controls.iter().filter(|control| in_play(control.from)) {
        let disable = Part::Disable(control.from);
        let hub = Place::Controls(control.from);
        if !network.places.contains_key(&hub) {
            network.way(Place::OutOf(control.from), hub, costs(disable), Some(disable));
        }
        for over in control.over.iter().copied().filter(|over| in_play(*over)) {
            network.way(hub, Place::Into(over), None, None);
        }
    }
}

/// By place: whether the source reaches it in what the flow leaves free.
fn near_source(net: &Net, flows: &[u64], source: NodeIndex) -> Vec<bool> {
    let mut near = vec![false; net.node_count()];
    let mut ahead = vec![source];
    near[source.index()] = true;
    while let Some(place) = ahead.pop() {
        let forth = net.edges_directed(place, petgraph::Direction::Outgoing);
        let forth = forth.filter(|edge| flows[edge.id().index()] < *edge.weight()).map(|edge| edge.target());
        let back = net.edges_directed(place, petgraph::Direction::Incoming);
        let back = back.filter(|edge| flows[edge.id().index()] > 0).map(|edge| edge.source());
        for next in forth.chain(back) {
            if !std::mem::replace(&mut near[next.index()], true) {
                ahead.push(next);
            }
        }
    }
    near
}

#[cfg(test)]
mod tests {
    use hospital::{LeverId, MapFile, Scenario};

    use super::*;
    use crate::candidate::{of_levers, touched};

    /// Three ways lead from `ws` to the heavy `ehr`, one of them through `proxy`; one leads to the light
    /// `wiki`. Each way has its lever, and `ehr` one that costs its service.
    const MAP: &str = r#"
        hospital = { name = "Group", time_zone = "Europe/Paris" }
        site = [{ id = "n", name = "North" }]
        zone = [{ id = "lan", name = "L", site = "n" }, { id = "dc", name = "D", site = "n" }]
        flow = [
            { id = "f1", from = "lan", to = "ehr" }, { id = "f2", from = "ws", to = "ehr" },
            { id = "f3", from = "lan", to = "proxy" }, { id = "f4", from = "proxy", to = "ehr" },
            { id = "f5", from = "lan", to = "wiki" },
        ]
        control = [{ from = "admin", over = ["ehr"] }]
        asset = [
            { id = "ws", name = "W", kind = "workstation", site = "n", zone = "lan" },
            { id = "ehr", name = "E", kind = "server", site = "n", zone = "dc" },
            { id = "proxy", name = "P", kind = "server", site = "n", zone = "dc" },
            { id = "wiki", name = "K", kind = "server", site = "n", zone = "dc" },
            { id = "admin", name = "A", kind = "account" },
        ]
        care_service = [
            { id = "er", name = "E", site = "n", weight = 9, needs = [{ on = ["ehr"], effect = "stops" }] },
            { id = "library", name = "L", site = "n", weight = 1, needs = [{ on = ["wiki"], effect = "stops" }] },
            { id = "web", name = "W", site = "n", weight = 2, needs = [
                { on = ["proxy"], effect = "degrades", via = { proxy = "f3" } },
            ] },
        ]
        lever = [
            { id = "a1", label = "1", closes = ["f1"] }, { id = "a2", label = "2", closes = ["f2"] },
            { id = "a3", label = "3", closes = ["f3"] }, { id = "a4", label = "4", closes = ["f4"] },
            { id = "a5", label = "5", closes = ["f5"] }, { id = "a6", label = "6", isolates = ["ehr"] },
            { id = "a7", label = "7", disables = ["admin"] },
        ]
    "#;

    #[test]
    fn cuts_between_the_attacker_and_the_heaviest() {
        let file = MapFile { name: "map.toml".into(), bytes: MAP.into() };
        let checked = hospital::check(vec![file]);
        let map = checked.map.unwrap_or_else(|| panic!("{:?}", checked.errors));
        let node = |id: &str| map.find(id).expect("it is on the map");
        let cases: &[(&[&str], &[&[&str]])] = &[
            (&["ws"], &[&["a1", "a2", "a4"], &["a1", "a2", "a4", "a5"], &["a1", "a2", "a3", "a5"]]),
            (&["admin"], &[&["a7"]]),
            (&["proxy"], &[&["a4"]]),
        ];
        for (held, expected) in cases {
            let compromised = held.iter().map(|id| node(id)).collect();
            let now = "2026-11-22T02:10:00Z".parse().expect("a time");
            let scenario = Scenario { percent: 100, compromised };
            let situation = Situation::new(&map, now, 86_400, 3_600, Vec::new(), vec![scenario]);
            let touched = touched(&situation);
            let all: Vec<LeverId> = (0..map.levers.len() as u32).map(LeverId).collect();
            let levers = of_levers(&situation, &touched, &all);
            let id = |place: &usize| levers[*place].lever.map_or("", |it| map.levers[it.index()].id.as_str());
            let sets = lever_sets(&situation, &touched, &levers);
            let sets: BTreeSet<Vec<&str>> = sets.iter().map(|set| set.iter().map(id).collect()).collect();
            let expected: BTreeSet<Vec<&str>> = expected.iter().map(|set| set.to_vec()).collect();
            assert_eq!(sets, expected, "{held:?}");
        }
    }
}
