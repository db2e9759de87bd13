//! What no plan can beat: returns that are early beyond reach, and the harm that is left even then.
//!
//! Invariant: each instant here is at or before that instant in every feasible schedule, and harm never
//! falls when a return is later; so the harm of all these instants together is below every plan's.

use hospital::{Absence, Effect, Kind, Map, NodeId};

use crate::contest::{Rival, contest};
use crate::hours::NEVER;
use crate::measure::{Measure, instant};
use crate::project::{Job, Lost, Project};
use crate::resources::{Bookings, Resource};
use crate::returns::{ALWAYS, Returns};

/// Chains of steps with unlimited teams, which still keep their hours.
#[derive(Clone, Debug)]
pub(crate) struct Chains {
    /// The earliest end of each job.
    pub(crate) end: Vec<i64>,
    /// The seconds that at least pass from the start of each job to the end of the last that waits for it.
    pub(crate) tail: Vec<i64>,
}

/// The chains of a project.
pub(crate) fn chains(project: &Project) -> Chains {
    let alone = Bookings::new(project.resources.len());
    let jobs = &project.jobs;
    let mut end: Vec<i64> = Vec::with_capacity(jobs.len());
    for job in jobs {
        let ready =
            job.after.iter().map(|&earlier| end[earlier]).max().unwrap_or(project.start).max(job.floor);
        let place = alone.earliest(&project.resources, ready, job.duration, &job.uses);
        end.push(place.map_or(NEVER, |(start, _)| start.saturating_add(job.duration)));
    }
    let mut tail = vec![0; jobs.len()];
    for (place, job) in jobs.iter().enumerate().rev() {
        let after: i64 = job.before.iter().map(|&later| tail[later]).max().unwrap_or(0);
        tail[place] = after.saturating_add(job.duration);
    }
    Chains { end, tail }
}

/// A lower bound of care lost, in tenths of weighted care-seconds, from the earliest returns. `measure`
/// must hold a wiring whose harm never falls when a return is later ([`monotone`]).
///
/// A care service is away until its own earliest return once all graces behind it have run out, however
/// its providers take turns. What services that need the same people must wait for each other comes on
/// top ([`contest`]); `ranked` lists the
/// services' places in an order in which they might be served.
pub(crate) fn bound(
    map: &Map,
    measure: &Measure,
    chains: &Chains,
    soonest: &Returns,
    ranked: &[usize],
) -> i64 {
    let lost = |node: NodeId| {
        let place = measure.web.place(node)?;
        measure.lost_at(place).map(|lost| (lost.how, lost.at.as_second())).min_by_key(|loss| loss.0)
    };
    let grown = measure.web.grown(soonest, lost, measure.project.start);
    let mut absences = measure.absences(soonest);
    let mut rivals = Vec::new();
    for (place, &id) in measure.web.nodes.iter().enumerate() {
        let care = matches!(map.node(id).kind, Kind::CareService(_));
        let node = NodeId(place as u32);
        let (stands, whole) = (soonest.stands[place], soonest.whole[place]);
        let Some(from) = instant(grown[place]).filter(|_| care) else { continue };
        if whole > grown[place] {
            let stands = if stands <= grown[place] { Some(from) } else { instant(stands) };
            absences.push(Absence { node, from, stands, whole: instant(whole) });
        }
        if stands > ALWAYS && stands < NEVER {
            let required = required(measure, place, false);
            rivals.push(Rival { node, away_from: grown[place], least: 0, required });
        }
    }
    let harm = measure.harm(&absences);
    for rival in &mut rivals {
        let own = harm.services.iter().find(|service| service.node == rival.node);
        rival.least = own.map_or(0, |service| service.tenths);
    }
    rivals.sort_by_key(|rival| ranked.iter().position(|place| *place == rival.node.index()));
    harm.tenths.saturating_add(contest(measure, chains, &rivals))
}

/// The map with a harm of degraded hours that is never above that of stopped ones; `None` where it is so.
pub(crate) fn monotone(map: &Map) -> Option<Map> {
    let most = map.beyond.min(10);
    (map.degraded > most).then(|| Map { degraded: most, ..map.clone() })
}

/// The earliest returns: longest chains, and for each node the work that must be done before it stands,
/// set against all there is of each resource.
pub(crate) fn earliest(measure: &Measure, chains: &Chains) -> Returns {
    let project = measure.project;
    let own = |lost: &Lost| lost.jobs.iter().map(|&job| chains.end[job]).max().unwrap_or(lost.done);
    let mut returns = measure.returns_of(own);
    for place in 0..returns.stands.len() {
        if returns.whole[place] == ALWAYS || returns.whole[place] == NEVER {
            continue;
        }
        let stands = work_done(project, chains, &required(measure, place, false));
        let whole = work_done(project, chains, &required(measure, place, true));
        if returns.stands[place] > ALWAYS {
            returns.stands[place] = returns.stands[place].max(stands);
        }
        returns.whole[place] = returns.whole[place].max(whole).max(returns.stands[place]);
    }
    returns
}

/// The jobs without which a node cannot stand (or be whole): its own, those of providers that it cannot
/// spare, and all that must come before.
fn required(measure: &Measure, node: usize, whole: bool) -> Vec<bool> {
    let mut required = vec![false; measure.project.jobs.len()];
    let mut seen = vec![[false; 2]; measure.web.nodes.len()];
    let mut open = vec![(node, whole)];
    while let Some((node, whole)) = open.pop() {
        if std::mem::replace(&mut seen[node][usize::from(whole)], true) {
            continue;
        }
        for lost in measure.lost_at(node) {
            if whole || lost.how == Effect::Stops {
                lost.jobs.iter().for_each(|&job| required[job] = true);
            }
        }
        for (effect, on, k) in measure.web.demands(node) {
            if k == on.len() && (whole || effect == Effect::Stops) {
                open.extend(on.iter().map(|&provider| (provider, whole && effect == Effect::Stops)));
            }
        }
    }
    for job in (0..required.len()).rev() {
        if required[job] {
            measure.project.jobs[job].after.iter().for_each(|&earlier| required[earlier] = true);
        }
    }
    required
}

/// The earliest second at which all `required` jobs can be done, given what they take of each resource; no second in
/// particular where there are none.
fn work_done(project: &Project, chains: &Chains, required: &[bool]) -> i64 {
    if !required.contains(&true) {
        return ALWAYS;
    }
    let mut done = project.start;
    let chosen = |job: &usize| required[*job];
    // The shortest way from the end of a job to the end of what is required after it.
    let mut tail = vec![0_i64; required.len()];
    for job in (0..required.len()).rev().filter(chosen) {
        let later = project.jobs[job].before.iter().filter(|later| required[**later]);
        let after = later.map(|&later| tail[later].saturating_add(project.jobs[later].duration)).max();
        tail[job] = after.unwrap_or(0);
        done = done.max(chains.end[job]);
    }
    for (place, resource) in project.resources.iter().enumerate() {
        let mut takers: Vec<(i64, i64, u128)> = (0..required.len())
            .filter(chosen)
            .filter_map(|job| {
                let work = work(&project.jobs[job], place)?;
                Some((chains.end[job].saturating_sub(project.jobs[job].duration), tail[job], work))
            })
            .collect();
        takers.sort_unstable_by_key(|taker| std::cmp::Reverse(taker.0));
        let (mut total, mut least_tail) = (0_u128, i64::MAX);
        for (head, tail, work) in takers {
            total = total.saturating_add(work);
            least_tail = least_tail.min(tail);
            done = done.max(exhausted(resource, head, total).saturating_add(least_tail));
        }
    }
    done
}

/// What a job takes of a resource, times seconds.
pub(crate) fn work(job: &Job, resource: usize) -> Option<u128> {
    let part = job.uses.iter().find(|part| part.resource == resource)?;
    Some(u128::from(part.amount) * u128::from(job.duration.unsigned_abs()))
}

/// The first second by which a resource has given `work` since `from`.
pub(crate) fn exhausted(resource: &Resource, from: i64, work: u128) -> i64 {
    let mut left = work;
    let first = resource.capacity.partition_point(|entry| entry.0 <= from).saturating_sub(1);
    for (place, &(since, amount)) in resource.capacity.iter().enumerate().skip(first) {
        let since = since.max(from);
        let until = resource.capacity.get(place + 1).map_or(NEVER, |next| next.0);
        let seconds = u128::from(until.abs_diff(since));
        let amount = u128::from(amount);
        if amount > 0 && left <= seconds.saturating_mul(amount) {
            return since.saturating_add(i64::try_from(left.div_ceil(amount)).unwrap_or(NEVER));
        }
        left = left.saturating_sub(seconds.saturating_mul(amount));
    }
    if left == 0 { from } else { NEVER }
}
