//! Care losing and care at risk, with the path that explains each.

use hospital::{Cause, Effect, Impact, Map, NodeId};
use jiff::{SignedDuration, Timestamp};

use crate::assessment::{Care, Outlook};

/// The care services that fail in an impact, as losing care, soonest first.
#[must_use]
pub fn care_of(map: &Map, impact: &Impact) -> Vec<Care> {
    care(map, impact, None)
}

/// Care losing, then, where the attack would bring an instant forward, care at risk; soonest first.
pub(crate) fn care(map: &Map, losing: &Impact, at_risk: Option<&Impact>) -> Vec<Care> {
    let mut rows = Vec::new();
    for (node, _, service) in map.care() {
        let site = &map.sites[service.site.index()].id;
        if losing.degrades_at(node).is_some() {
            rows.push(row(map, node, site, losing, Outlook::Losing));
        }
        if let Some(risk) = at_risk.filter(|risk| sooner(risk, losing, node)) {
            rows.push(row(map, node, site, risk, Outlook::AtRisk));
        }
    }
    rows.sort_by(|a, b| {
        (a.degrades_at, a.stops_at, a.outlook, &a.service).cmp(&(
            b.degrades_at,
            b.stops_at,
            b.outlook,
            &b.service,
        ))
    });
    rows
}

fn sooner(risk: &Impact, losing: &Impact, node: NodeId) -> bool {
    let earlier = |risk: Option<Timestamp>, losing: Option<Timestamp>| {
        risk.is_some_and(|at| losing.is_none_or(|known| at < known))
    };
    earlier(risk.degrades_at(node), losing.degrades_at(node))
        || earlier(risk.stops_at(node), losing.stops_at(node))
}

fn row(map: &Map, node: NodeId, site: &str, impact: &Impact, outlook: Outlook) -> Care {
    Care {
        service: map.id(node).to_owned(),
        site: site.to_owned(),
        outlook,
        fallback_at: fallback(map, node, impact),
        degrades_at: impact.degrades_at(node),
        stops_at: impact.stops_at(node),
        because: impact.because(node).into_iter().map(|it| map.id(it).to_owned()).collect(),
    }
}

/// When the first of its broken needs began to be lived on grace.
fn fallback(map: &Map, node: NodeId, impact: &Impact) -> Option<Timestamp> {
    let began = |effect, at: Option<Timestamp>| match impact.cause(node, effect)? {
        Cause::Loss => at,
        Cause::Need { need, .. } => {
            let grace = i64::try_from(map.node(node).needs[need].grace).unwrap_or(i64::MAX);
            at?.checked_sub(SignedDuration::from_secs(grace)).ok()
        }
    };
    [began(Effect::Degrades, impact.degrades_at(node)), began(Effect::Stops, impact.stops_at(node))]
        .into_iter()
        .flatten()
        .min()
}
