//! The restoration as a scheduling problem: which nodes are lost, which steps can be done, what they
//! take.
//!
//! Invariant: `jobs` are in an order in which predecessors come first, each job fits into its resources
//! if it has them for itself, and each one leads to a node that can return.

use std::collections::BTreeMap;

use hospital::{Effect, Map, NodeId, Step, StepId, StoreId, Work};
use jiff::Timestamp;

use crate::backups::{RestorePoint, lost_stores, restore_point};
use crate::hours::ceil_second;
use crate::marks::Marks;
use crate::resources::{Bookings, Kind, Resource, Use, resources};

/// Why the return of a lost node is not known.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Unknown {
    /// The map names no step that restores it.
    NoSteps,
    /// A step reads a copy that is gone, or that was never made.
    NoCopy,
    /// Neither the copy of this step nor its store has a rate.
    NoRate(StepId),
    /// There are never so many people of this skill for as long as this step takes.
    NoPeople(StepId, String),
    /// The clean rooms do not have so many places.
    NoPlaces(StepId),
    /// A step that must come before this one cannot be done, or each waits for the other.
    Blocked(StepId),
    /// The teams leave before this step can be done.
    NoTime(StepId),
    /// Its own steps can be done, but what it needs never returns.
    Provider,
}

/// A node that was lost, or that lost assets stop for good.
#[derive(Clone, Debug)]
pub(crate) struct Lost {
    pub(crate) node: NodeId,
    pub(crate) at: Timestamp,
    pub(crate) how: Effect,
    /// Its steps, as places in [`Project::jobs`]; empty where it cannot return.
    pub(crate) jobs: Vec<usize>,
    /// When its own steps are done, where none is left to do.
    pub(crate) done: i64,
    pub(crate) point: RestorePoint,
    pub(crate) unknown: Option<Unknown>,
}

/// A step that can be done.
#[derive(Clone, Debug)]
pub(crate) struct Job {
    pub(crate) id: StepId,
    /// Seconds, as planned.
    pub(crate) duration: i64,
    /// Seconds at best, and at worst.
    pub(crate) spread: [i64; 2],
    /// No start before this second.
    pub(crate) floor: i64,
    /// Whether it runs already: it goes on before anything else begins.
    pub(crate) running: bool,
    /// Jobs that must be done before.
    pub(crate) after: Vec<usize>,
    /// Jobs that wait for this one.
    pub(crate) before: Vec<usize>,
    pub(crate) uses: Vec<Use>,
}

/// How long a step takes: as planned, at best, at worst.
#[derive(Clone, Copy)]
struct Span {
    likely: i64,
    spread: [i64; 2],
}

/// All of it.
#[derive(Clone, Debug)]
pub(crate) struct Project {
    /// The first whole second at which a step may start.
    pub(crate) start: i64,
    /// By node; a node that was lost twice (degraded, then stopped) stands twice, in that order.
    pub(crate) lost: Vec<Lost>,
    pub(crate) jobs: Vec<Job>,
    pub(crate) resources: Vec<Resource>,
}

impl Project {
    /// The same with each job as long as `duration` says.
    pub(crate) fn lasting(&self, duration: impl Fn(&Job) -> i64) -> Project {
        let mut other = self.clone();
        other.jobs.iter_mut().for_each(|job| job.duration = duration(job));
        other
    }
}

/// Lays out the restoration of `lost` nodes (sorted by node; at most one entry a node and effect).
pub(crate) fn project(
    map: &Map,
    now: Timestamp,
    lost: &[(NodeId, Timestamp, Effect)],
    compromise: Timestamp,
    marks: &Marks,
) -> Project {
    let start = ceil_second(now);
    let resources = resources(map, start);
    let gone =
        lost_stores(map, |asset| lost.iter().any(|&(node, _, how)| node == asset && how == Effect::Stops));
    let mut lost: Vec<Lost> = lost
        .iter()
        .map(|&(node, at, how)| {
            let (point, readable) = restore_point(map.node(node), at, compromise, &gone);
            let unknown = match &map.node(node).restore {
                None => Some(Unknown::NoSteps),
                Some(steps) => (!readable && marks.leaves_a_copy(node, steps)).then_some(Unknown::NoCopy),
            };
            let done = marks.last_done(node).map_or(start, |done| done.max(at.as_second()));
            let point = if unknown == Some(Unknown::NoSteps) { RestorePoint::Unknown } else { point };
            Lost { node, at, how, jobs: Vec::new(), done, point, unknown }
        })
        .collect();
    let jobs = jobs(map, &mut lost, &resources, start, marks);
    Project { start, lost, jobs, resources }
}

/// What is known of a step before its predecessors are looked at.
enum Candidate {
    Fits(Span, Vec<Use>),
    Not(Unknown),
}

/// The steps that can be done and are worth doing, predecessors first; fills `lost`.
fn jobs(map: &Map, lost: &mut [Lost], resources: &[Resource], start: i64, marks: &Marks) -> Vec<Job> {
    let mut candidates: BTreeMap<StepId, (&Step, Candidate)> = BTreeMap::new();
    for entry in lost.iter() {
        for (place, step) in map.node(entry.node).restore.iter().flatten().enumerate() {
            let id = StepId { node: entry.node, step: place as u32 };
            if marks.is_done(id) {
                continue;
            }
            let candidate = match &entry.unknown {
                Some(reason) => Candidate::Not(reason.clone()),
                None => candidate(map, id, step, resources, (start, marks)),
            };
            candidates.insert(id, (step, candidate));
        }
    }
    let order = feasible_order(&candidates);
    let done: BTreeMap<StepId, usize> = order.iter().enumerate().map(|(place, &id)| (id, place)).collect();
    for entry in lost.iter_mut().filter(|entry| entry.unknown.is_none()) {
        entry.unknown = candidates.range(steps_of(entry.node)).find(|(id, _)| !done.contains_key(id)).map(
            |(&id, (_, candidate))| match candidate {
                Candidate::Not(reason) => reason.clone(),
                Candidate::Fits(..) => Unknown::Blocked(id),
            },
        );
    }
    let useful = useful(&candidates, &order, &done, lost);
    let mut places: BTreeMap<StepId, usize> = BTreeMap::new();
    let mut jobs: Vec<Job> = Vec::new();
    for (&id, _) in order.iter().zip(&useful).filter(|(_, useful)| **useful) {
        let Some((step, Candidate::Fits(span, uses))) = candidates.remove(&id) else { continue };
        let mut after: Vec<usize> = step.after.iter().filter_map(|id| places.get(id).copied()).collect();
        after.sort_unstable();
        after.dedup();
        let place = jobs.len();
        after.iter().for_each(|&earlier| jobs[earlier].before.push(place));
        places.insert(id, place);
        jobs.push(Job {
            id,
            duration: span.likely,
            spread: span.spread,
            floor: marks.floor(id).map_or(start, |floor| floor.max(start)),
            running: marks.is_running(id),
            after,
            before: Vec::new(),
            uses,
        });
    }
    for entry in lost.iter_mut().filter(|entry| entry.unknown.is_none()) {
        entry.jobs = places.range(steps_of(entry.node)).map(|(_, &job)| job).collect();
    }
    jobs
}

fn steps_of(node: NodeId) -> std::ops::RangeInclusive<StepId> {
    StepId { node, step: 0 }..=StepId { node, step: u32::MAX }
}

/// The steps that can be done at all, predecessors first, else by id. Steps of nodes that were not lost
/// count as done.
fn feasible_order(candidates: &BTreeMap<StepId, (&Step, Candidate)>) -> Vec<StepId> {
    let mut waits: BTreeMap<StepId, usize> = BTreeMap::new();
    let mut next: BTreeMap<StepId, Vec<StepId>> = BTreeMap::new();
    for (&id, (step, candidate)) in candidates {
        let mut before: Vec<StepId> =
            step.after.iter().copied().filter(|id| candidates.contains_key(id)).collect();
        before.sort_unstable();
        before.dedup();
        if matches!(candidate, Candidate::Fits(..)) {
            waits.insert(id, before.len());
            for earlier in before {
                next.entry(earlier).or_default().push(id);
            }
        }
    }
    let mut order: Vec<StepId> = waits.iter().filter(|(_, n)| **n == 0).map(|(&id, _)| id).collect();
    let mut done = 0;
    while done < order.len() {
        for &id in next.get(&order[done]).into_iter().flatten() {
            if let Some(left) = waits.get_mut(&id) {
                *left -= 1;
                if *left == 0 {
                    order.push(id);
                }
            }
        }
        done += 1;
    }
    order
}

/// Which of the steps in `order` lead to a node that can return.
fn useful(
    candidates: &BTreeMap<StepId, (&Step, Candidate)>,
    order: &[StepId],
    done: &BTreeMap<StepId, usize>,
    lost: &[Lost],
) -> Vec<bool> {
    let mut useful = vec![false; order.len()];
    for entry in lost.iter().filter(|entry| entry.unknown.is_none()) {
        for (_, &place) in done.range(steps_of(entry.node)) {
            useful[place] = true;
        }
    }
    for place in (0..order.len()).rev().collect::<Vec<_>>() {
        if useful[place]
            && let Some((step, _)) = candidates.get(&order[place])
        {
            for earlier in step.after.iter().filter_map(|id| done.get(id)) {
                useful[*earlier] = true;
            }
        }
    }
    useful
}

/// How long a step takes and what of, or why it can never be done.
fn candidate(
    map: &Map,
    id: StepId,
    step: &Step,
    resources: &[Resource],
    (start, marks): (i64, &Marks),
) -> Candidate {
    let mut uses: Vec<Use> = Vec::new();
    let seconds = match step.work {
        Work::Labour { likely, optimistic, pessimistic } => [likely, optimistic, pessimistic],
        Work::Copy { store, size, rate } => match copy(map, store, size, rate) {
            Some((seconds, rate)) => {
                take(&mut uses, resources, &Kind::Store(store), rate);
                [seconds; 3]
            }
            None => return Candidate::Not(Unknown::NoRate(id)),
        },
    };
    for (skill, number) in step.people.iter().filter(|(_, number)| *number > 0) {
        if !take(&mut uses, resources, &Kind::Skill(skill.clone()), u64::from(*number)) {
            return Candidate::Not(Unknown::NoPeople(id, skill.clone()));
        }
    }
    if step.clean > 0 {
        take(&mut uses, resources, &Kind::Clean, u64::from(step.clean));
    }
    let [Ok(likely), Ok(best), Ok(worst)] = seconds.map(i64::try_from) else {
        return Candidate::Not(Unknown::NoTime(id));
    };
    let [duration, best, worst] = [likely, best, worst].map(|whole| marks.left(id, whole, start));
    let alone = Bookings::new(resources.len());
    let missing = uses.iter().find(|part| alone.earliest(resources, start, duration, &[**part]).is_none());
    match missing.map(|part| &resources[part.resource].kind) {
        Some(Kind::Skill(skill)) => Candidate::Not(Unknown::NoPeople(id, skill.clone())),
        Some(Kind::Clean) => Candidate::Not(Unknown::NoPlaces(id)),
        Some(Kind::Store(_)) => Candidate::Not(Unknown::NoRate(id)),
        None if alone.earliest(resources, start, duration, &uses).is_none() => {
            Candidate::Not(Unknown::NoTime(id))
        }
        None => Candidate::Fits(Span { likely: duration, spread: [best, worst] }, uses),
    }
}

/// Seconds and bytes a second of a copy: its own rate, at most the store's.
fn copy(map: &Map, store: StoreId, size: u64, rate: Option<u64>) -> Option<(u64, u64)> {
    let of_store = map.stores[store.index()].rate;
    let rate = match (rate, of_store) {
        (Some(own), Some(whole)) => own.min(whole),
        (own, whole) => own.or(whole)?,
    };
    (rate > 0).then(|| (size.div_ceil(rate), rate))
}

/// Adds to what a step takes; whether there is such a resource.
fn take(uses: &mut Vec<Use>, resources: &[Resource], kind: &Kind, amount: u64) -> bool {
    let Some(resource) = resources.iter().position(|resource| resource.kind == *kind) else { return false };
    match uses.iter_mut().find(|part| part.resource == resource) {
        Some(part) => part.amount = part.amount.saturating_add(amount),
        None => uses.push(Use { resource, amount }),
    }
    true
}
