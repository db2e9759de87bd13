//! Serial schedule generation: one step after the other, in a given order, each as early as it fits.
//!
//! Invariant: a schedule keeps every rule: predecessors first, never interrupted, no more of a resource
//! taken than there is, no start before its floor; what runs already goes on before anything else begins. Every best schedule is reached by some order, since harm never falls when a
//! step ends later.

use crate::hours::NEVER;
use crate::project::Project;
use crate::resources::{Block, Bookings};

/// When each job runs, by its place in [`Project::jobs`].
#[derive(Clone, Debug, Default)]
pub(crate) struct Schedule {
    /// First second; [`NEVER`] where the job does not fit any more.
    pub(crate) start: Vec<i64>,
    /// The second after its last; [`NEVER`] likewise.
    pub(crate) end: Vec<i64>,
    /// What kept it from starting once its predecessors were done.
    pub(crate) block: Vec<Option<Block>>,
}

impl Schedule {
    /// When the last job ends; the plan's start where there is none.
    pub(crate) fn finish(&self, start: i64) -> i64 {
        self.end.iter().copied().filter(|end| *end < NEVER).max().unwrap_or(start)
    }

    /// How many jobs do not fit.
    pub(crate) fn unplaced(&self) -> usize {
        self.end.iter().filter(|end| **end == NEVER).count()
    }
}

/// Fills `schedule` with the jobs in `order`, in which predecessors come first.
pub(crate) fn generate(project: &Project, order: &[usize], bookings: &mut Bookings, schedule: &mut Schedule) {
    let jobs = &project.jobs;
    bookings.clear();
    schedule.start.clear();
    schedule.start.resize(jobs.len(), NEVER);
    schedule.end.clear();
    schedule.end.resize(jobs.len(), NEVER);
    schedule.block.clear();
    schedule.block.resize(jobs.len(), None);
    // What runs already waits for nothing, so that it may come before its place in the order.
    let running = (0..jobs.len()).filter(|&job| jobs[job].running);
    for job in running.chain(order.iter().copied().filter(|&job| !jobs[job].running)) {
        let ready = jobs[job].after.iter().map(|&earlier| schedule.end[earlier]).max();
        let ready = ready.unwrap_or(project.start).max(jobs[job].floor);
        if ready == NEVER {
            continue;
        }
        let duration = jobs[job].duration;
        let place = bookings.earliest(&project.resources, ready, duration, &jobs[job].uses);
        if let Some((start, block)) = place
            && let Some(end) = start.checked_add(duration).filter(|end| *end < LATEST)
        {
            bookings.take(start, duration, &jobs[job].uses);
            schedule.start[job] = start;
            schedule.end[job] = end;
            schedule.block[job] = block;
        }
    }
}

/// Seconds from which on nothing is planned: some 290 years after 1970 in nanoseconds, well inside what
/// a timestamp holds.
const LATEST: i64 = i64::MAX / 1_000_000_000;
