//! Orders to start from: which care service to serve first, and the steps that serve it.
//!
//! Invariant: in every order each job comes once, after its predecessors; no order depends on anything
//! but the map and the losses.

use std::cmp::Reverse;

use hospital::{Kind, Map, NodeId};

use crate::bound::Chains;
use crate::measure::Measure;
use crate::project::Project;
use crate::returns::Returns;

/// A care service that lost nodes take away, and the jobs that bring it back soonest.
#[derive(Clone, Debug)]
pub(crate) struct Aim {
    pub(crate) service: NodeId,
    pub(crate) weight: u32,
    /// When its `mtpd` runs out; the end of time where it has none or never stops.
    pub(crate) due: i64,
    /// For each job, whether it is among them; closed under predecessors.
    pub(crate) jobs: Vec<bool>,
}

/// The aims of a project, by id of the service.
pub(crate) fn aims(
    map: &Map,
    measure: &Measure,
    soonest: &Returns,
    stops: impl Fn(NodeId) -> Option<i64>,
) -> Vec<Aim> {
    let aim = |place: usize| {
        let service = measure.web.nodes[place];
        let Kind::CareService(care) = &map.node(service).kind else { return None };
        let mtpd = care.mtpd.and_then(|mtpd| i64::try_from(mtpd).ok());
        let due = stops(service).zip(mtpd).map_or(i64::MAX, |(stop, mtpd)| stop.saturating_add(mtpd));
        Some(Aim { service, weight: care.weight, due, jobs: serving(measure, Some(soonest), place) })
    };
    (0..measure.web.nodes.len()).filter_map(aim).collect()
}

/// The jobs that serve a node: of each need the providers that are soonest back, or all of them.
pub(crate) fn serving(measure: &Measure, soonest: Option<&Returns>, node: usize) -> Vec<bool> {
    let mut jobs = vec![false; measure.project.jobs.len()];
    let mut seen = vec![false; measure.web.nodes.len()];
    let mut open = vec![node];
    while let Some(node) = open.pop() {
        if std::mem::replace(&mut seen[node], true) {
            continue;
        }
        for lost in measure.lost_at(node) {
            lost.jobs.iter().for_each(|&job| jobs[job] = true);
        }
        for (_, on, k) in measure.web.demands(node) {
            let mut on = on.to_vec();
            if let Some(soonest) = soonest {
                on.sort_by_key(|&provider| (soonest.whole[provider], provider));
                on.truncate(k);
            }
            open.extend(on);
        }
    }
    close(measure.project, &mut jobs);
    jobs
}

/// Adds all predecessors.
pub(crate) fn close(project: &Project, jobs: &mut [bool]) {
    for job in (0..jobs.len()).rev() {
        if jobs[job] {
            project.jobs[job].after.iter().for_each(|&earlier| jobs[earlier] = true);
        }
    }
}

/// The plain rule: the service of the greatest weight first.
pub(crate) fn heaviest_first(project: &Project, chains: &Chains, aims: &[Aim]) -> Vec<usize> {
    by_key(project, chains, aims, |aim| Reverse(aim.weight))
}

/// All rules, the plain one first.
pub(crate) fn rules(project: &Project, chains: &Chains, aims: &[Aim]) -> Vec<Vec<usize>> {
    vec![
        heaviest_first(project, chains, aims),
        by_work(project, chains, aims, |aim| aim.weight),
        by_work(project, chains, aims, |_| 1),
        by_key(project, chains, aims, |aim| (aim.due, Reverse(aim.weight))),
        line_up(project, chains, &[]),
    ]
}

fn by_key<K: Ord>(project: &Project, chains: &Chains, aims: &[Aim], key: impl Fn(&Aim) -> K) -> Vec<usize> {
    let mut sorted: Vec<&Aim> = aims.iter().collect();
    sorted.sort_by_key(|aim| (key(aim), aim.service));
    line_up(project, chains, &sorted)
}

/// The aim with the most `worth` for the work that is left to do for it, again and again.
fn by_work(project: &Project, chains: &Chains, aims: &[Aim], worth: impl Fn(&Aim) -> u32) -> Vec<usize> {
    let mut left: Vec<&Aim> = aims.iter().collect();
    let mut done = vec![false; project.jobs.len()];
    let mut sorted = Vec::with_capacity(left.len());
    let work = |aim: &Aim, done: &[bool]| -> u128 {
        let open = (0..done.len()).filter(|&job| aim.jobs[job] && !done[job]);
        open.map(|job| u128::from(project.jobs[job].duration.unsigned_abs())).sum()
    };
    while !left.is_empty() {
        let works: Vec<u128> = left.iter().map(|aim| work(aim, &done)).collect();
        let best = (0..left.len()).reduce(|a, b| {
            let (worth_a, worth_b) = (u128::from(worth(left[a])), u128::from(worth(left[b])));
            if worth_b.saturating_mul(works[a]) > worth_a.saturating_mul(works[b]) { b } else { a }
        });
        let aim = left.remove(best.unwrap_or(0));
        (0..done.len()).for_each(|job| done[job] |= aim.jobs[job]);
        sorted.push(aim);
    }
    line_up(project, chains, &sorted)
}

/// The jobs of each aim in turn, then the others; within an aim those with the longest chain first.
fn line_up(project: &Project, chains: &Chains, aims: &[&Aim]) -> Vec<usize> {
    let mut rank: Vec<usize> = (0..project.jobs.len()).collect();
    rank.sort_by_key(|&job| (Reverse(chains.tail[job]), job));
    let mut order = Vec::with_capacity(rank.len());
    let mut placed = vec![false; rank.len()];
    let everything = vec![true; rank.len()];
    for jobs in aims.iter().map(|aim| &aim.jobs).chain([&everything]) {
        for &job in rank.iter().filter(|job| jobs[**job]) {
            if !std::mem::replace(&mut placed[job], true) {
                order.push(job);
            }
        }
    }
    order
}
