//! A first local search: late acceptance over orders of jobs.
//!
//! Invariant: the best schedule found is never worse than that of any rule it started from; the same
//! seed and number of evaluations give the same plan on every machine (no clock, no floating point).

use crate::bound::Chains;
use crate::measure::{Measure, Score};
use crate::order::{Aim, close, rules};
use crate::resources::Bookings;
use crate::schedule::{Schedule, generate};

/// Jobs up to which the whole number of evaluations is spent; for more, fewer in proportion.
const JOBS: u64 = 400;

/// What the search found.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    pub(crate) schedule: Schedule,
    pub(crate) score: Score,
    /// Care lost by the plain rule, heaviest service first.
    pub(crate) heaviest_first: i64,
}

/// Looks at `evaluations` schedules at most (fewer for many jobs), and at those of the rules at least.
pub(crate) fn search(measure: &Measure, chains: &Chains, aims: &[Aim], evaluations: u32, seed: u64) -> Found {
    let project = measure.project;
    let mut bookings = Bookings::new(project.resources.len());
    let mut schedule = Schedule::default();
    let mut starts: Vec<(Score, Vec<usize>)> = Vec::new();
    for order in rules(project, chains, aims) {
        generate(project, &order, &mut bookings, &mut schedule);
        starts.push((measure.score(&schedule), order));
    }
    let heaviest_first = starts[0].0.care_lost;
    let spent = starts.len() as u64;
    let (mut score, mut order) = starts.swap_remove(best(&starts));
    let mut neighbours = Neighbours::new(measure, aims, seed);
    let (mut best_score, mut best_order) = (score, order.clone());
    let jobs = project.jobs.len() as u64;
    let rounds = (u64::from(evaluations) * JOBS / jobs.max(JOBS)).saturating_sub(spent) as usize;
    // How many scores back a new one is compared with: the longer the search, the more patient.
    let mut history = vec![score; (rounds / 256).clamp(4, 200)];
    let memory_length = history.len();
    let mut candidate = order.clone();
    let idle = project.jobs.len() < 2 || neighbours.blocks.is_empty();
    for round in 0..rounds {
        if idle {
            break;
        }
        candidate.clone_from(&order);
        neighbours.change(&mut candidate);
        generate(project, &candidate, &mut bookings, &mut schedule);
        let new = measure.score(&schedule);
        let memory = &mut history[round % memory_length];
        if new <= score || new <= *memory {
            score = new;
            std::mem::swap(&mut order, &mut candidate);
            order.sort_by_key(|&job| (schedule.start[job], job));
        }
        *memory = (*memory).min(score);
        if score < best_score {
            best_score = score;
            best_order.clone_from(&order);
        }
    }
    generate(project, &best_order, &mut bookings, &mut schedule);
    Found { score: measure.score(&schedule), schedule, heaviest_first }
}

fn best(starts: &[(Score, Vec<usize>)]) -> usize {
    (0..starts.len()).min_by_key(|&start| starts[start].0).unwrap_or(0)
}

/// Ways to change an order into a close one.
struct Neighbours<'a> {
    measure: &'a Measure<'a>,
    /// Sets of jobs worth pulling forward together: what serves a service, or restores a node.
    blocks: Vec<Vec<bool>>,
    random: u64,
    position: Vec<usize>,
    aside: Vec<usize>,
}

impl<'a> Neighbours<'a> {
    fn new(measure: &'a Measure<'a>, aims: &[Aim], seed: u64) -> Self {
        let mut blocks: Vec<Vec<bool>> = aims.iter().map(|aim| aim.jobs.clone()).collect();
        for lost in measure.project.lost.iter().filter(|lost| !lost.jobs.is_empty()) {
            let mut block = vec![false; measure.project.jobs.len()];
            lost.jobs.iter().for_each(|&job| block[job] = true);
            close(measure.project, &mut block);
            blocks.push(block);
        }
        blocks.retain(|block| block.contains(&true));
        blocks.sort_unstable();
        blocks.dedup();
        let position = vec![0; measure.project.jobs.len()];
        Self { measure, blocks, random: seed, position, aside: Vec::new() }
    }

    fn change(&mut self, order: &mut [usize]) {
        if self.below(2) == 0 {
            self.pull(order);
        } else {
            self.shift(order);
        }
    }

    /// Moves one job anywhere between its last predecessor and its first successor.
    fn shift(&mut self, order: &mut [usize]) {
        for (place, &job) in order.iter().enumerate() {
            self.position[job] = place;
        }
        let from = self.below(order.len());
        let job = &self.measure.project.jobs[order[from]];
        let low = job.after.iter().map(|&earlier| self.position[earlier] + 1).max().unwrap_or(0);
        let high = job.before.iter().map(|&later| self.position[later]).min().unwrap_or(order.len());
        let to = low + self.below(high - low);
        if to < from {
            order[to..=from].rotate_right(1);
        } else {
            order[from..=to].rotate_left(1);
        }
    }

    /// Pulls a block forward to some place, keeping all else in its order.
    fn pull(&mut self, order: &mut [usize]) {
        let block = self.below(self.blocks.len());
        let to = self.below(order.len());
        let block = &self.blocks[block];
        self.aside.clear();
        self.aside.extend(order[to..].iter().filter(|job| block[**job]));
        self.aside.extend(order[to..].iter().filter(|job| !block[**job]));
        order[to..].copy_from_slice(&self.aside);
    }

    /// A number below `limit` (at least 1): SplitMix64, reduced by multiplication.
    fn below(&mut self, limit: usize) -> usize {
        self.random = self.random.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut word = self.random;
        word = (word ^ (word >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        word ^= word >> 31;
        ((u128::from(word) * limit.max(1) as u128) >> 64) as usize
    }
}
