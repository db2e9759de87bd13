//! Which part of a map is drawn: all of it, the hot path, or what is near a node.
//!
//! Invariant: at most [`DRAWN`] nodes are drawn unless all of them are asked for; a chosen node is among them.

use std::collections::{BTreeSet, VecDeque};

use hospital::{Kind, Map, NodeId};

use super::whatif::Foreseen;

/// Nodes above which a picture helps nobody.
const DRAWN: usize = 150;

/// A part of a map.
pub(super) struct Part {
    /// Its word: `all`, `hot`, `near`, `care`.
    pub(super) word: &'static str,
    /// Its nodes.
    pub(super) shown: BTreeSet<NodeId>,
}

impl Part {
    pub(super) fn of(map: &Map, seen: &Foreseen) -> Part {
        let small = map.nodes.len() <= DRAWN;
        match (seen.asked.show.as_deref(), seen.asked.node) {
            (Some("all"), _) => all(map),
            (Some("hot"), _) => hot(map, seen),
            (Some("near"), Some(node)) => near(map, node),
            _ if small => all(map),
            (_, Some(node)) => near(map, node),
            _ => hot(map, seen),
        }
    }

    /// The other parts that could be drawn.
    pub(super) fn others(map: &Map, seen: &Foreseen, drawn: &Part) -> Vec<(&'static str, &'static str)> {
        let mut others = vec![("all", "all"), ("hot", "hot")];
        if seen.asked.node.is_some() {
            others.push(("near", "near"));
        }
        let nothing_hot = seen.care.is_empty() && seen.at_risk.is_empty();
        others.retain(|(word, _)| {
            *word != drawn.word && !(*word == "hot" && nothing_hot && map.nodes.len() <= DRAWN)
        });
        others
    }
}

fn all(map: &Map) -> Part {
    Part { word: "all", shown: map.all().map(|(node, _)| node).collect() }
}

/// What is hit and why: paths from care to causes, the soonest first, then what the evidence names. Where nothing is
/// hit: care, and what it needs first.
fn hot(map: &Map, seen: &Foreseen) -> Part {
    let mut shown = BTreeSet::new();
    for row in seen.care.iter().chain(&seen.at_risk) {
        let path = std::iter::once(&row.service).chain(&row.because).filter_map(|id| map.find(id));
        let path: Vec<NodeId> = path.filter(|node| !shown.contains(node)).collect();
        if shown.len() + path.len() <= DRAWN {
            shown.extend(path);
        }
    }
    let named = seen
        .asked
        .lost
        .iter()
        .chain(&seen.asked.isolate)
        .copied()
        .chain(seen.asked.node)
        .chain(seen.stanced());
    for node in named {
        if shown.len() < DRAWN {
            shown.insert(node);
        }
    }
    if shown.is_empty() {
        let care = map.all().filter(|(_, node)| !matches!(node.kind, Kind::Asset(_)));
        return Part { word: "care", shown: care.map(|(node, _)| node).take(DRAWN).collect() };
    }
    Part { word: "hot", shown }
}

/// What a node needs, and what needs it, the nearest first.
fn near(map: &Map, node: NodeId) -> Part {
    let mut shown = BTreeSet::from([node]);
    let users = users(map);
    let needs = |node: NodeId| {
        map.node(node).needs.iter().flat_map(|need| need.on.iter().copied()).collect::<Vec<_>>()
    };
    let (mut down, mut up) = (VecDeque::from([node]), VecDeque::from([node]));
    while !(down.is_empty() && up.is_empty()) {
        let below = down.pop_front().map(needs).unwrap_or_default();
        let above = up.pop_front().map(|node| users[node.index()].clone()).unwrap_or_default();
        for (more, queue) in [(below, &mut down), (above, &mut up)] {
            for other in more {
                if shown.len() < DRAWN && shown.insert(other) {
                    queue.push_back(other);
                }
            }
        }
    }
    Part { word: "near", shown }
}

/// Who needs each node.
pub(super) fn users(map: &Map) -> Vec<Vec<NodeId>> {
    let mut users = vec![Vec::new(); map.nodes.len()];
    for (id, node) in map.all() {
        for provider in node.needs.iter().flat_map(|need| &need.on) {
            users[provider.index()].push(id);
        }
    }
    for list in &mut users {
        list.dedup();
    }
    users
}
