//! What may be pulled: levers of the map that can matter here.
//!
//! Invariant: a lever left out stands in no point of the exhaustive front. It cuts nothing that an
//! attacker could use, and as more losses never mean less harm, a set without it costs no more and is
//! no more dangerous; where the map's coefficients break that rule, only levers that change no figure
//! at all are left out. Of levers that do the same the one with the first id stays.

use std::collections::HashSet;

use hospital::{Cut, End, FlowId, Kind, LeverId, Map, NodeId, Situation};

/// Something that can be pulled: a lever of the map, or one made for the situation.
#[derive(Clone, Debug)]
pub(crate) struct Candidate {
    pub(crate) lever: Option<LeverId>,
    /// All that it cuts.
    pub(crate) cut: Cut,
    /// What of it can matter here, sorted.
    pub(crate) parts: Vec<Part>,
}

/// One thing cut.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub(crate) enum Part {
    Isolate(NodeId),
    Close(FlowId),
    Disable(NodeId),
}

/// What the attacker holds or can reach when nothing is cut.
pub(crate) struct Touched {
    /// By node: held or in reach, in one scenario at least.
    pub(crate) nodes: Vec<bool>,
    /// Assets held (compromised in a scenario, or lost), by id.
    pub(crate) held: Vec<NodeId>,
    /// Assets in reach but not held in every scenario, by id.
    pub(crate) reachable: Vec<NodeId>,
}

pub(crate) fn touched(situation: &Situation<'_>) -> Touched {
    let lost = situation.lost().iter().map(|loss| loss.node);
    let compromised = situation.scenarios().iter().flat_map(|it| it.compromised.iter().copied());
    let mut held: Vec<NodeId> = lost.chain(compromised).collect();
    held.sort_unstable();
    held.dedup();
    let reachable = situation.still_reachable(&Cut::default());
    let mut nodes = vec![false; situation.map().nodes.len()];
    held.iter().chain(&reachable).for_each(|node| nodes[node.index()] = true);
    Touched { nodes, held, reachable }
}

/// Of these levers, those that can matter, in the order of ids.
pub(crate) fn of_levers(situation: &Situation<'_>, touched: &Touched, levers: &[LeverId]) -> Vec<Candidate> {
    let matter = Matter::new(situation.map(), touched);
    let mut levers = levers.to_vec();
    levers.sort_unstable();
    levers.dedup();
    let mut seen = HashSet::new();
    let mut candidates = Vec::new();
    for lever in levers {
        let cut = Cut::of(situation.map(), &[lever]);
        let parts: Vec<Part> = parts(&cut).filter(|part| matter.of(*part)).collect();
        let helps = parts.iter().any(|part| !matter.monotone || matter.hinders(*part));
        if helps && seen.insert(parts.clone()) {
            candidates.push(Candidate { lever: Some(lever), cut, parts });
        }
    }
    candidates
}

/// A lever made of some parts.
pub(crate) fn made(parts: Vec<Part>) -> Candidate {
    Candidate { lever: None, cut: cut(parts.iter().copied()), parts }
}

/// The cut that consists of some parts.
pub(crate) fn cut(parts: impl IntoIterator<Item = Part>) -> Cut {
    let mut parts: Vec<Part> = parts.into_iter().collect();
    parts.sort_unstable();
    parts.dedup();
    let mut cut = Cut::default();
    for part in parts {
        match part {
            Part::Isolate(node) => cut.isolated.push(node),
            Part::Close(flow) => cut.closed.push(flow),
            Part::Disable(node) => cut.disabled.push(node),
        }
    }
    cut
}

/// Sorted, as [`Cut::of`] sorts each of the three.
fn parts(cut: &Cut) -> impl Iterator<Item = Part> {
    let isolated = cut.isolated.iter().copied().map(Part::Isolate);
    let closed = cut.closed.iter().copied().map(Part::Close);
    isolated.chain(closed).chain(cut.disabled.iter().copied().map(Part::Disable))
}

/// What can matter in a situation.
struct Matter<'m> {
    map: &'m Map,
    touched: &'m Touched,
    /// By node: care of some weight depends on it.
    serves: Vec<bool>,
    /// By zone: one of its assets is touched.
    zones: Vec<bool>,
    /// By flow: a need goes through it.
    needed: Vec<bool>,
    /// By node: it controls something.
    controls: Vec<bool>,
    /// Whether a service that fails more is never harmed less.
    monotone: bool,
}

impl<'m> Matter<'m> {
    fn new(map: &'m Map, touched: &'m Touched) -> Self {
        let mut matter = Self {
            map,
            touched,
            serves: serves(map),
            zones: vec![false; map.zones.len()],
            needed: vec![false; map.flows.len()],
            controls: vec![false; map.nodes.len()],
            monotone: map.degraded <= 10 && map.degraded <= map.beyond,
        };
        for (node, _, asset) in map.assets() {
            if let Some(zone) = asset.zone.filter(|_| touched.nodes[node.index()]) {
                matter.zones[zone.index()] = true;
            }
        }
        for (_, flow) in map.nodes.iter().flat_map(|node| &node.needs).flat_map(|need| &need.via) {
            matter.needed[flow.index()] = true;
        }
        for control in &map.controls {
            matter.controls[control.from.index()] = true;
        }
        matter
    }

    /// Whether a part can change a price or a danger.
    fn of(&self, part: Part) -> bool {
        self.hinders(part)
            || match part {
                Part::Isolate(node) => self.serves[node.index()],
                Part::Close(flow) => self.map.flows[flow.index()].open && self.needed[flow.index()],
                Part::Disable(_) => false,
            }
    }

    /// Whether a part stands in an attacker's way.
    fn hinders(&self, part: Part) -> bool {
        match part {
            Part::Isolate(node) => self.touched.nodes[node.index()],
            Part::Close(flow) => {
                let row = &self.map.flows[flow.index()];
                let usable = match row.from {
                    End::Asset(node) => self.touched.nodes[node.index()],
                    End::Zone(zone) => self.zones[zone.index()],
                };
                row.open && usable
            }
            Part::Disable(node) => self.controls[node.index()] && self.touched.nodes[node.index()],
        }
    }
}

/// By node: whether care of some weight needs it, directly or not.
fn serves(map: &Map) -> Vec<bool> {
    let mut serves = vec![false; map.nodes.len()];
    let weighty = |kind: &Kind| matches!(kind, Kind::CareService(care) if care.weight > 0);
    let mut ahead: Vec<NodeId> =
        map.all().filter(|(_, node)| weighty(&node.kind)).map(|(id, _)| id).collect();
    while let Some(node) = ahead.pop() {
        if !std::mem::replace(&mut serves[node.index()], true) {
            ahead.extend(map.node(node).needs.iter().flat_map(|need| &need.on));
        }
    }
    serves
}
