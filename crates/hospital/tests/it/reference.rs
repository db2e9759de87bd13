//! Slow and obviously right: the formulas of the map's meaning, iterated. Shares only types with the
//! code under test, and can be made wrong on purpose.

use hospital::{Closures, Effect, FlowId, Kind, Loss, Map, Need, NodeId};

use crate::maps::START;

pub const NEVER: i64 = i64::MAX;

/// What the reference gets wrong.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Wrong {
    Nothing,
    GraceForgotten,
    OneProviderTooMany,
    OneProviderTooFew,
    DegradedProvidersForgotten,
    DegradesCountDegraded,
    ClosuresForgotten,
    ClosuresForEveryNeed,
    StopDoesNotDegrade,
    InitialDegradationStops,
    LastLossCounts,
}

impl Wrong {
    pub const ALL: [Self; 10] = [
        Self::GraceForgotten,
        Self::OneProviderTooMany,
        Self::OneProviderTooFew,
        Self::DegradedProvidersForgotten,
        Self::DegradesCountDegraded,
        Self::ClosuresForgotten,
        Self::ClosuresForEveryNeed,
        Self::StopDoesNotDegrade,
        Self::InitialDegradationStops,
        Self::LastLossCounts,
    ];
}

/// Seconds from `START` at which each node stops and degrades; `NEVER` where it does not.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Instants {
    pub stop: Vec<i64>,
    pub degrade: Vec<i64>,
}

pub fn closed_at(closures: &Closures, flow: FlowId) -> i64 {
    let at = closures.iter().filter(|(closed, _)| *closed == flow).map(|(_, at)| at.as_second() - START);
    at.min().unwrap_or(NEVER)
}

/// The latest solution of the two formulas: everything up, then downwards until nothing moves.
pub fn instants(map: &Map, losses: &[Loss], closures: &Closures, wrong: Wrong) -> Instants {
    let count = map.nodes.len();
    let mut now = Instants { stop: vec![NEVER; count], degrade: vec![NEVER; count] };
    loop {
        let mut next = now.clone();
        for (node, row) in map.all() {
            let own = |how: Effect| {
                let at = losses.iter().filter(|loss| loss.node == node && loss.how == how);
                let at = at.map(|loss| loss.at.as_second() - START);
                if wrong == Wrong::LastLossCounts { at.max() } else { at.min() }.unwrap_or(NEVER)
            };
            let mut stop = own(Effect::Stops);
            let mut degrade = own(Effect::Degrades);
            if wrong == Wrong::InitialDegradationStops {
                stop = stop.min(degrade);
            }
            for need in &row.needs {
                let stopped = breaks_at(map, need, closures, wrong, |p| now.stop[p.index()]);
                let worse = breaks_at(map, need, closures, wrong, |p| {
                    now.stop[p.index()].min(now.degrade[p.index()])
                });
                match need.effect {
                    Effect::Stops => {
                        stop = stop.min(stopped);
                        if wrong != Wrong::DegradedProvidersForgotten {
                            degrade = degrade.min(worse);
                        }
                    }
                    Effect::Degrades if wrong == Wrong::DegradesCountDegraded => degrade = degrade.min(worse),
                    Effect::Degrades => degrade = degrade.min(stopped),
                }
            }
            if wrong != Wrong::StopDoesNotDegrade {
                degrade = degrade.min(stop);
            }
            next.stop[node.index()] = stop;
            next.degrade[node.index()] = degrade;
        }
        if next == now {
            return now;
        }
        now = next;
    }
}

/// The (m − k + 1)-th smallest instant of a need's providers, and its grace.
fn breaks_at(map: &Map, need: &Need, closures: &Closures, wrong: Wrong, away: impl Fn(NodeId) -> i64) -> i64 {
    let mut instants: Vec<i64> =
        need.on.iter().map(|&p| away(p).min(via_closed_at(map, need, p, closures, wrong))).collect();
    instants.sort_unstable();
    let mut rank = instants.len() - need.at_least as usize;
    match wrong {
        Wrong::OneProviderTooMany => rank = (rank + 1).min(instants.len() - 1),
        Wrong::OneProviderTooFew => rank = rank.saturating_sub(1),
        _ => {}
    }
    match instants[rank] {
        NEVER => NEVER,
        at if wrong == Wrong::GraceForgotten => at,
        at => at + need.grace as i64,
    }
}

fn via_closed_at(map: &Map, need: &Need, provider: NodeId, closures: &Closures, wrong: Wrong) -> i64 {
    let mine = need.via.iter().filter(|(through, _)| *through == provider);
    let mine = mine.map(|(_, flow)| closed_at(closures, *flow)).min().unwrap_or(NEVER);
    match wrong {
        Wrong::ClosuresForgotten => NEVER,
        Wrong::ClosuresForEveryNeed => {
            let needs = map.nodes.iter().flat_map(|node| &node.needs);
            let every = needs.flat_map(|need| &need.via).filter(|(through, _)| *through == provider);
            every.map(|(_, flow)| closed_at(closures, *flow)).min().unwrap_or(NEVER)
        }
        _ => mine,
    }
}

/// A failure, in the order of handling.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
struct Handled {
    at: i64,
    length: usize,
    effect: Effect,
    node: NodeId,
    need: Option<usize>,
    provider: Option<NodeId>,
    /// Place, among those handled before, of what tipped it; `None` for a loss or a closed flow.
    parent: Option<usize>,
}

/// `because` of every node, by choosing the first of all possible failures again and again.
pub fn causes(map: &Map, losses: &[Loss], closures: &Closures) -> Vec<Vec<NodeId>> {
    let mut handled: Vec<Handled> = Vec::new();
    while let Some(first) = candidates(map, losses, closures, &handled).into_iter().min() {
        handled.push(first);
    }
    let because = |node: NodeId| {
        let find = |effect| handled.iter().position(|it| it.node == node && it.effect == effect);
        let mut path = Vec::new();
        let mut next = find(Effect::Stops).or_else(|| find(Effect::Degrades)).map(|place| handled[place]);
        while let Some(failure) = next {
            path.extend(failure.provider);
            next = failure.parent.map(|place| handled[place]);
        }
        path
    };
    map.all().map(|(node, _)| because(node)).collect()
}

fn candidates(map: &Map, losses: &[Loss], closures: &Closures, handled: &[Handled]) -> Vec<Handled> {
    let mut candidates = Vec::new();
    for loss in losses {
        candidates.push(Handled {
            at: loss.at.as_second() - START,
            length: 0,
            effect: loss.how,
            node: loss.node,
            need: None,
            provider: None,
            parent: None,
        });
    }
    for (node, row) in map.all() {
        for (place, need) in row.needs.iter().enumerate() {
            for degraded_too in [false, true] {
                let effect = if degraded_too { Effect::Degrades } else { need.effect };
                if degraded_too && need.effect == Effect::Degrades {
                    continue;
                }
                // When each provider was lost to this need: at, length, stops or degrades, id, parent.
                let mut lost: Vec<(i64, usize, Effect, NodeId, Option<usize>)> = Vec::new();
                for &provider in &need.on {
                    let failed = handled
                        .iter()
                        .position(|it| it.node == provider && (it.effect == Effect::Stops || degraded_too));
                    let failed = failed.map(|place| {
                        let it = handled[place];
                        (it.at, it.length, it.effect, provider, Some(place))
                    });
                    let closed = via_closed_at(map, need, provider, closures, Wrong::Nothing);
                    let closed = (closed != NEVER).then_some((closed, 0, Effect::Stops, provider, None));
                    lost.extend(failed.into_iter().chain(closed).min_by_key(|it| (it.0, it.1, it.2)));
                }
                lost.sort_unstable();
                let rank = need.on.len() - need.at_least as usize;
                if let Some(&(at, length, _, provider, parent)) = lost.get(rank) {
                    candidates.push(Handled {
                        at: at + need.grace as i64,
                        length: length + 1,
                        effect,
                        node,
                        need: Some(place),
                        provider: Some(provider),
                        parent,
                    });
                }
            }
        }
    }
    candidates.retain(|it| {
        !handled
            .iter()
            .any(|done| done.node == it.node && (done.effect == it.effect || done.effect == Effect::Stops))
    });
    candidates
}

/// Care lost to `end` when nothing returns, in tenths of weighted care-seconds, written out.
pub fn care_lost(map: &Map, instants: &Instants, end: i64) -> i64 {
    let mut total = 0;
    for (node, row) in map.all() {
        let Kind::CareService(care) = &row.kind else { continue };
        let stop = instants.stop[node.index()].min(end);
        let degrade = instants.degrade[node.index()].min(end);
        total += tenths(map, care.weight, care.mtpd, stop - degrade, end - stop);
    }
    total
}

pub fn tenths(map: &Map, weight: u32, mtpd: Option<u64>, degraded: i64, stopped: i64) -> i64 {
    let beyond = mtpd.map_or(0, |mtpd| (stopped - mtpd as i64).max(0));
    i64::from(weight)
        * (i64::from(map.degraded) * degraded + 10 * stopped + (i64::from(map.beyond) - 10) * beyond)
}
