//! The part of a map that losses can reach, as a small map of its own, so that pricing a schedule costs
//! no more in a large group than in a small one.
//!
//! Invariant: harm in the extract is harm in the whole map. The nodes of the web come first and keep
//! their places; what is left out is always up, and needs ask for so many fewer.

use hospital::{Map, Need, Node, NodeId};

use crate::returns::Web;

/// The extract of `map` around `web`; the node at a place in the web is the one at that place here.
pub(crate) fn extract(map: &Map, web: &Web) -> Map {
    let mut nodes: Vec<Node> = web.nodes.iter().map(|&node| bare(map.node(node))).collect();
    for (place, &node) in web.nodes.iter().enumerate() {
        for need in &map.node(node).needs {
            let mut on = Vec::with_capacity(need.on.len());
            let mut via = Vec::new();
            for &provider in &need.on {
                let flow = need.via.iter().find(|(through, _)| *through == provider).map(|(_, flow)| *flow);
                let here = web.place(provider).or_else(|| {
                    // Always up itself, yet out of reach where the flow on the way to it is closed.
                    let closed = flow.is_some_and(|flow| !map.flows[flow.index()].open);
                    closed.then(|| {
                        nodes.push(bare(map.node(provider)));
                        nodes.len() - 1
                    })
                });
                if let Some(here) = here {
                    on.push(NodeId(here as u32));
                    via.extend(flow.map(|flow| (NodeId(here as u32), flow)));
                }
            }
            let at_least = need.at_least.saturating_sub((need.on.len() - on.len()) as u32);
            if at_least > 0 {
                nodes[place].needs.push(Need { on, at_least, via, ..*need });
            }
        }
    }
    Map {
        name: String::new(),
        time_zone: map.time_zone.clone(),
        degraded: map.degraded,
        beyond: map.beyond,
        spread: map.spread,
        sites: Vec::new(),
        nodes,
        zones: Vec::new(),
        flows: map.flows.clone(),
        controls: Vec::new(),
        levers: Vec::new(),
        teams: Vec::new(),
        stores: Vec::new(),
        clean_rooms: Vec::new(),
        contacts: Vec::new(),
    }
}

/// A node with neither needs nor a way back.
fn bare(node: &Node) -> Node {
    Node {
        id: node.id.clone(),
        name: String::new(),
        kind: node.kind.clone(),
        needs: Vec::new(),
        restore: None,
        backups: Vec::new(),
    }
}
