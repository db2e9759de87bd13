//! What the chains, and the people who went to look, say of the map's assets.
//!
//! Invariant: over several chains an asset takes its worst stance, at that stance's earliest instant; what a person
//! saw of it stands before any chain.

use std::collections::BTreeMap;

use detect::{Chain, Stance};
use hospital::{Effect, Loss, NodeId};
use jiff::Timestamp;

use crate::triage::Sighting;

/// Assets by stance.
#[derive(Debug, Default)]
pub(crate) struct Stances {
    /// Lost assets of the map.
    pub(crate) lost: Vec<Loss>,
    /// Compromised assets of the map, by id.
    pub(crate) compromised: Vec<NodeId>,
    /// Since when something is compromised or lost.
    pub(crate) first: Option<Timestamp>,
    /// Lost machines, those that the map does not know included.
    pub(crate) lost_count: usize,
    /// Compromised machines, those that the map does not know included.
    pub(crate) compromised_count: usize,
    pub(crate) any_lost: bool,
    pub(crate) any_compromised: bool,
}

pub(crate) fn stances(chains: &[Chain], sightings: &[Sighting], now: Timestamp) -> Stances {
    let mut worst = BTreeMap::new();
    for asset in chains.iter().flat_map(|chain| &chain.assets) {
        let host = if asset.asset.is_some() { "" } else { asset.host.as_str() };
        let kept = worst.entry((asset.asset, host)).or_insert((asset.stance, asset.since));
        if asset.stance > kept.0 {
            *kept = (asset.stance, asset.since);
        } else if asset.stance == kept.0 {
            kept.1 = [kept.1, asset.since].into_iter().flatten().min();
        }
    }
    for sighting in sightings {
        let place = (Some(sighting.asset), "");
        match sighting.stance {
            Some(stance) => worst.insert(place, (stance, Some(sighting.since))),
            None => worst.remove(&place),
        };
    }
    let mut out = Stances::default();
    for ((node, _), (stance, since)) in worst {
        match stance {
            Stance::Suspected => continue,
            Stance::Compromised => {
                out.compromised.extend(node);
                out.compromised_count += 1;
            }
            Stance::Lost => {
                out.lost.extend(node.map(|node| Loss {
                    node,
                    at: since.unwrap_or(now).min(now),
                    how: Effect::Stops,
                }));
                out.lost_count += 1;
            }
        }
        out.first = [out.first, since].into_iter().flatten().min();
    }
    out.any_lost = out.lost_count > 0;
    out.any_compromised = out.compromised_count > 0;
    out
}
