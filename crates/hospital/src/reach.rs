//! How far an attack can spread: from asset to asset, over open flows and controls.
//!
//! Invariant: a zone is only a shorthand for its assets; it passes on what one of them does, and
//! nothing by itself. Each zone is entered once and left once, so the work grows with the flows, the
//! controls and the assets, not with their pairs.

use std::collections::HashSet;

use crate::map::{Asset, End, FlowId, Kind, LeverId, Map, NodeId, ZoneId};

/// What a set of levers cuts.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
pub struct Cut {
    /// Assets isolated or switched off: unreachable, and stopped for all who need them.
    pub isolated: Vec<NodeId>,
    /// Flows closed.
    pub closed: Vec<FlowId>,
    /// Accounts disabled, or servers whose accounts are: every control from them ends.
    pub disabled: Vec<NodeId>,
}

impl Cut {
    /// What these levers cut together.
    #[must_use]
    pub fn of(map: &Map, levers: &[LeverId]) -> Self {
        let mut cut = Self::default();
        for lever in levers.iter().map(|lever| &map.levers[lever.index()]) {
            cut.isolated.extend(&lever.isolates);
            cut.closed.extend(&lever.closes);
            cut.disabled.extend(&lever.disables);
        }
        cut.isolated.sort_unstable();
        cut.isolated.dedup();
        cut.closed.sort_unstable();
        cut.closed.dedup();
        cut.disabled.sort_unstable();
        cut.disabled.dedup();
        cut
    }
}

/// A need that goes from one zone to another and names no flow: to close one may cost more than
/// its price says.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Crossing {
    /// Who needs.
    pub node: NodeId,
    /// Place of the need in [`crate::Node::needs`].
    pub need: usize,
    /// The provider in another zone.
    pub provider: NodeId,
}

/// Every need of an asset on an asset of another zone that no `via` accounts for.
#[must_use]
pub fn crossing_needs(map: &Map) -> Vec<Crossing> {
    let mut crossings = Vec::new();
    for (node, row, asset) in map.assets() {
        let Some(zone) = asset.zone else { continue };
        for (place, need) in row.needs.iter().enumerate() {
            let elsewhere = |provider: &NodeId| {
                asset_of(map, *provider).and_then(|asset| asset.zone).is_some_and(|other| other != zone)
            };
            let named: HashSet<NodeId> = need.via.iter().map(|(through, _)| *through).collect();
            let crossing = need.on.iter().filter(|it| elsewhere(it) && !named.contains(it));
            crossings.extend(crossing.map(|&provider| Crossing { node, need: place, provider }));
        }
    }
    crossings
}

fn asset_of(map: &Map, node: NodeId) -> Option<&Asset> {
    match &map.node(node).kind {
        Kind::Asset(asset) => Some(asset),
        _ => None,
    }
}

/// Ways out of assets and zones.
#[derive(Clone, Debug)]
pub(crate) struct Network {
    zone: Vec<Option<ZoneId>>,
    members: Vec<Vec<NodeId>>,
    /// Flows, open in the map, that leave an asset.
    from_asset: Vec<Vec<FlowId>>,
    /// Flows, open in the map, that leave a zone.
    from_zone: Vec<Vec<FlowId>>,
    to: Vec<End>,
    controls: Vec<Vec<NodeId>>,
}

impl Network {
    pub(crate) fn new(map: &Map) -> Self {
        let (nodes, zones) = (map.nodes.len(), map.zones.len());
        let mut network = Self {
            zone: vec![None; nodes],
            members: vec![Vec::new(); zones],
            from_asset: vec![Vec::new(); nodes],
            from_zone: vec![Vec::new(); zones],
            to: map.flows.iter().map(|flow| flow.to).collect(),
            controls: vec![Vec::new(); nodes],
        };
        for (node, _, asset) in map.assets() {
            network.zone[node.index()] = asset.zone;
            if let Some(zone) = asset.zone {
                network.members[zone.index()].push(node);
            }
        }
        for (place, flow) in map.flows.iter().enumerate().filter(|(_, flow)| flow.open) {
            let exits = match flow.from {
                End::Asset(node) => &mut network.from_asset[node.index()],
                End::Zone(zone) => &mut network.from_zone[zone.index()],
            };
            exits.push(FlowId(place as u32));
        }
        for control in &map.controls {
            network.controls[control.from.index()].extend(&control.over);
        }
        network
    }

    /// What can be reached, in one step or more, from those of `sources` that are not isolated; by id.
    /// A source that another one reaches is among them.
    pub(crate) fn reach(&self, sources: impl Iterator<Item = NodeId>, cut: &Cut) -> Vec<NodeId> {
        let mut walk = Walk {
            isolated: marks(self.zone.len(), cut.isolated.iter().map(|node| node.index())),
            disabled: marks(self.zone.len(), cut.disabled.iter().map(|node| node.index())),
            closed: marks(self.to.len(), cut.closed.iter().map(|flow| flow.index())),
            reached: vec![false; self.zone.len()],
            entered: vec![false; self.members.len()],
            left: vec![false; self.members.len()],
            ahead: Vec::new(),
        };
        walk.ahead.extend(sources.filter(|node| !walk.isolated[node.index()]));
        let mut walked = vec![false; self.zone.len()];
        while let Some(node) = walk.ahead.pop() {
            if !std::mem::replace(&mut walked[node.index()], true) {
                walk.leave(self, node);
            }
        }
        let reached = walk.reached.iter().enumerate().filter(|(_, reached)| **reached);
        reached.map(|(place, _)| NodeId(place as u32)).collect()
    }
}

/// One walk over a network.
struct Walk {
    isolated: Vec<bool>,
    disabled: Vec<bool>,
    closed: Vec<bool>,
    reached: Vec<bool>,
    /// Zones whose assets are all reached.
    entered: Vec<bool>,
    /// Zones whose ways out are all taken.
    left: Vec<bool>,
    ahead: Vec<NodeId>,
}

impl Walk {
    fn leave(&mut self, network: &Network, node: NodeId) {
        if !self.disabled[node.index()] {
            self.arrive(&network.controls[node.index()]);
        }
        self.follow(network, &network.from_asset[node.index()]);
        if let Some(zone) = network.zone[node.index()]
            && !std::mem::replace(&mut self.left[zone.index()], true)
        {
            self.follow(network, &network.from_zone[zone.index()]);
        }
    }

    fn follow(&mut self, network: &Network, flows: &[FlowId]) {
        for flow in flows {
            if self.closed[flow.index()] {
                continue;
            }
            match network.to[flow.index()] {
                End::Asset(node) => self.arrive(&[node]),
                End::Zone(zone) if std::mem::replace(&mut self.entered[zone.index()], true) => {}
                End::Zone(zone) => self.arrive(&network.members[zone.index()]),
            }
        }
    }

    fn arrive(&mut self, nodes: &[NodeId]) {
        for &node in nodes {
            if !self.isolated[node.index()] && !std::mem::replace(&mut self.reached[node.index()], true) {
                self.ahead.push(node);
            }
        }
    }
}

fn marks(length: usize, places: impl Iterator<Item = usize>) -> Vec<bool> {
    let mut marks = vec![false; length];
    places.for_each(|place| marks[place] = true);
    marks
}
