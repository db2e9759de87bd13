//! What care services lose because they need the same people, bandwidth or places.
//!
//! Invariant: the figure is never above what they lose in the best plan beyond what each loses alone.
//! For one resource at a time, each step is put down to one service that cannot do without it; the
//! services' work then shares the resource freely, cut as finely as it likes. A piece of work that is
//! done while so much of the same service is still to do puts off the service's return by at least
//! that; and the cheapest way to put pieces to moments is an assignment.

use hospital::NodeId;

use crate::assignment::cheapest;
use crate::bound::{Chains, exhausted, work};
use crate::measure::Measure;

/// Into how many pieces all work is cut: more is closer and slower.
const PIECES: u64 = 120;

/// More than this is not counted for one piece, so that sums stay within bounds.
const MOST: i64 = i64::MAX / 4_096;

/// A care service that waits for work.
#[derive(Clone, Debug)]
pub(crate) struct Rival {
    /// Its place in the web.
    pub(crate) node: NodeId,
    /// The second from which on it is stopped for as long as it does not stand.
    pub(crate) away_from: i64,
    /// The harm that it suffers in any case, in tenths of weighted care-seconds.
    pub(crate) least: i64,
    /// The jobs that it cannot do without.
    pub(crate) required: Vec<bool>,
}

/// What the rivals lose on top of what each loses in any case, in tenths of weighted care-seconds. A step
/// that several require is put down to the first of them.
pub(crate) fn contest(measure: &Measure, chains: &Chains, rivals: &[Rival]) -> i64 {
    let owner: Vec<Option<usize>> = (0..measure.project.jobs.len())
        .map(|job| rivals.iter().position(|rival| rival.required[job]))
        .collect();
    let resources = 0..measure.project.resources.len();
    resources.map(|resource| on_resource(measure, chains, rivals, &owner, resource)).max().unwrap_or(0)
}

fn on_resource(
    measure: &Measure,
    chains: &Chains,
    rivals: &[Rival],
    owner: &[Option<usize>],
    resource: usize,
) -> i64 {
    let project = measure.project;
    let mut works = vec![0_u128; rivals.len()];
    let mut from = i64::MAX;
    for (job, row) in project.jobs.iter().enumerate() {
        if let (Some(owner), Some(work)) = (owner[job], work(row, resource)) {
            works[owner] += work;
            from = from.min(chains.end[job].saturating_sub(row.duration));
        }
    }
    let piece = works.iter().sum::<u128>().div_ceil(u128::from(PIECES));
    if piece == 0 {
        return 0;
    }
    let pieces: Vec<usize> = works.iter().map(|work| usize::try_from(work / piece).unwrap_or(0)).collect();
    let all: usize = pieces.iter().sum();
    let given: Vec<i64> = (0..2 * all as u128)
        .map(|number| exhausted(&project.resources[resource], from, piece.saturating_mul(number)))
        .collect();
    let mut rows = Vec::with_capacity(all);
    for (rival, &count) in rivals.iter().zip(&pieces) {
        let more: Vec<i64> = given.iter().map(|&until| beyond_least(measure, rival, until)).collect();
        let moment = |left: usize| (0..all).map(|slot| more[slot + left] / count as i64).collect();
        rows.extend((0..count).rev().map(moment));
    }
    cheapest(&rows)
}

/// What a rival loses, beyond its least, when it stands at `until` or later.
fn beyond_least(measure: &Measure, rival: &Rival, until: i64) -> i64 {
    let away = until.min(measure.end.as_second()).saturating_sub(rival.away_from).max(0);
    measure.wiring.cost(rival.node, 0, away).saturating_sub(rival.least).clamp(0, MOST)
}
