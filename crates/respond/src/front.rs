//! The Pareto front of (price, danger) over sets of levers.
//!
//! Invariant: no point of a [`Found`] is dominated by another; of sets with the same price and the same
//! danger, the smallest stands, and of these the first in the order of ids. A set is weighed once,
//! whatever levers it comes from: what it cuts decides.

use std::collections::{BTreeSet, HashMap, HashSet};

use hospital::{Map, Situation};

use crate::candidate::{Candidate, Part, cut};

/// With at most so many levers that matter, every set is weighed (4,096 of them).
pub const EXHAUSTIVE_MAX: usize = 12;

/// Sets weighed at most when there are more levers.
const SETS_MAX: usize = 4_096;
/// Sets weighed whatever the map's size.
const SETS_MIN: usize = 64;
/// Nodes and providers gone through at most, over all sets.
const WORK_MAX: usize = 20_000_000;

/// What a set of levers weighs.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) struct Weight {
    pub(crate) price: i64,
    pub(crate) danger: i64,
}

impl Weight {
    /// Whether it is as good in both.
    pub(crate) fn covers(self, other: Weight) -> bool {
        self.price <= other.price && self.danger <= other.danger
    }
}

/// A set of candidates, by place, ascending, and what it weighs.
#[derive(Clone, Debug)]
pub(crate) struct Point {
    pub(crate) set: Vec<usize>,
    pub(crate) weight: Weight,
}

/// A front, cheapest first.
pub(crate) struct Found {
    pub(crate) points: Vec<Point>,
    pub(crate) exact: bool,
}

pub(crate) fn search(situation: &Situation<'_>, candidates: &[Candidate], seeds: &[Vec<usize>]) -> Found {
    let mut scales = Scales { situation, candidates, weighed: HashMap::new() };
    if candidates.len() <= EXHAUSTIVE_MAX {
        let every = (0..1_u32 << candidates.len())
            .map(|mask| (0..candidates.len()).filter(|place| mask & (1 << place) != 0).collect::<Vec<_>>());
        let points = every.map(|set| scales.point(set)).collect();
        Found { points: front(points), exact: true }
    } else {
        Found { points: grow(&mut scales, seeds), exact: false }
    }
}

/// Starts from seeds and changes one lever at a time in every point of the front, then two at a time,
/// until nothing is gained or the budget is spent.
fn grow(scales: &mut Scales<'_, '_>, seeds: &[Vec<usize>]) -> Vec<Point> {
    let (number, budget) = (scales.candidates.len(), budget(scales.situation.map()));
    let singles: Vec<Vec<usize>> = (0..number).map(|place| vec![place]).collect();
    let pairs = (0..number).flat_map(|one| (one + 1..number).map(move |other| vec![one, other])).take(budget);
    let changes: Vec<Vec<usize>> = singles.iter().cloned().chain(pairs).collect();
    let starts = [Vec::new(), (0..number).collect()].into_iter().chain(seeds.iter().cloned()).chain(singles);
    let mut points = front(starts.take(budget).map(|set| scales.point(set)).collect());
    for number in [number, changes.len()] {
        let mut tried: HashSet<Vec<usize>> = HashSet::new();
        while let Some(next) = points.iter().map(|it| &it.set).find(|set| !tried.contains(*set)).cloned() {
            for change in &changes[..number] {
                if scales.weighed.len() >= budget {
                    return front(points);
                }
                let changed = change.iter().fold(next.clone(), |set, place| toggled(set, *place));
                points.push(scales.point(changed));
            }
            points = front(points);
            tried.insert(next);
        }
    }
    points
}

/// How many sets to weigh: fewer on a large map, where each takes longer.
fn budget(map: &Map) -> usize {
    let providers: usize = map.nodes.iter().flat_map(|node| &node.needs).map(|need| need.on.len()).sum();
    (WORK_MAX / (map.nodes.len() + providers).max(1)).clamp(SETS_MIN, SETS_MAX)
}

fn toggled(mut set: Vec<usize>, place: usize) -> Vec<usize> {
    match set.binary_search(&place) {
        Ok(at) => drop(set.remove(at)),
        Err(at) => set.insert(at, place),
    }
    set
}

/// Of some points those that stand, cheapest first.
fn front(mut points: Vec<Point>) -> Vec<Point> {
    points.sort_by(|a, b| (a.weight, a.set.len(), &a.set).cmp(&(b.weight, b.set.len(), &b.set)));
    let mut least = i64::MAX;
    points.retain(|point| {
        let stands = point.weight.danger < least;
        least = least.min(point.weight.danger);
        stands
    });
    points
}

struct Scales<'s, 'm> {
    situation: &'s Situation<'m>,
    candidates: &'s [Candidate],
    weighed: HashMap<Vec<Part>, Weight>,
}

impl Scales<'_, '_> {
    fn point(&mut self, set: Vec<usize>) -> Point {
        let parts: BTreeSet<Part> =
            set.iter().flat_map(|place| self.candidates[*place].parts.iter().copied()).collect();
        let parts: Vec<Part> = parts.into_iter().collect();
        let weight = *self.weighed.entry(parts).or_insert_with_key(|parts| {
            let cut = cut(parts.iter().copied());
            Weight { price: self.situation.price(&cut), danger: self.situation.danger(&cut) }
        });
        Point { set, weight }
    }
}
