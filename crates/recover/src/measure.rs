//! What a schedule costs in care.
//!
//! Invariant: harm is computed by `hospital` and nowhere else; this module only turns ends of steps into
//! absences.

use hospital::{Absence, Closures, Effect, Map, Wiring};
use jiff::Timestamp;

use crate::hours::NEVER;
use crate::project::{Lost, Project};
use crate::returns::{ALWAYS, Returns, Web};
use crate::schedule::Schedule;

/// All that is needed to say what a schedule costs.
pub(crate) struct Measure<'a> {
    pub(crate) project: &'a Project,
    pub(crate) web: &'a Web,
    pub(crate) wiring: &'a Wiring,
    pub(crate) closures: Closures,
    /// The horizon: harm is counted up to here.
    pub(crate) end: Timestamp,
}

/// How good a schedule is; less is better, the earlier field first.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) struct Score {
    /// In tenths of weighted care-seconds.
    pub(crate) care_lost: i64,
    /// Steps that do not fit before the teams leave.
    pub(crate) unplaced: usize,
    /// When the last step ends.
    pub(crate) finish: i64,
    /// The sum of the instants at which lost nodes stand, to tell equals apart.
    pub(crate) standing: i128,
}

impl<'a> Measure<'a> {
    pub(crate) fn new(
        map: &Map,
        now: Timestamp,
        end: Timestamp,
        project: &'a Project,
        web: &'a Web,
        wiring: &'a Wiring,
    ) -> Self {
        Self { project, web, wiring, closures: Closures::of(map, now), end }
    }

    pub(crate) fn score(&self, schedule: &Schedule) -> Score {
        let returns = self.returns(&schedule.end);
        let lost = self.project.lost.iter().filter_map(|lost| self.web.place(lost.node));
        let standing = lost.map(|place| returns.stands[place]).filter(|at| (ALWAYS + 1..NEVER).contains(at));
        Score {
            care_lost: self.care_lost(&returns),
            unplaced: schedule.unplaced(),
            finish: schedule.finish(self.project.start),
            standing: standing.map(i128::from).sum(),
        }
    }

    /// The returns of all nodes, given when each job ends.
    pub(crate) fn returns(&self, end: &[i64]) -> Returns {
        self.returns_of(|lost| lost.jobs.iter().map(|&job| end[job]).max().unwrap_or(self.project.start))
    }

    /// The returns of all nodes, given when the own steps of each lost node that can return are done.
    pub(crate) fn returns_of(&self, done: impl Fn(&Lost) -> i64) -> Returns {
        let mut stood = vec![ALWAYS; self.web.nodes.len()];
        let mut wholly = stood.clone();
        for lost in &self.project.lost {
            let Some(place) = self.web.place(lost.node) else { continue };
            let done = if lost.unknown.is_some() { NEVER } else { done(lost) };
            wholly[place] = done;
            if lost.how == Effect::Stops {
                stood[place] = done;
            }
        }
        self.web.returns(&stood, &wholly)
    }

    /// In tenths of weighted care-seconds, up to the horizon, past harm included.
    pub(crate) fn care_lost(&self, returns: &Returns) -> i64 {
        self.wiring.harm(&self.absences(returns), &self.closures, self.end).tenths
    }

    /// The ways back of the lost nodes.
    pub(crate) fn absences(&self, returns: &Returns) -> Vec<Absence> {
        let absence = |lost: &Lost| {
            let place = self.web.place(lost.node)?;
            let stands = match lost.how {
                Effect::Stops => instant(returns.stands[place]),
                Effect::Degrades => Some(lost.at),
            };
            Some(Absence { node: lost.node, from: lost.at, stands, whole: instant(returns.whole[place]) })
        };
        self.project.lost.iter().filter_map(absence).collect()
    }
}

/// A second as a timestamp; `None` for what never happens, or was never otherwise.
pub(crate) fn instant(second: i64) -> Option<Timestamp> {
    (second > ALWAYS && second < NEVER).then(|| Timestamp::from_second(second).ok()).flatten()
}
