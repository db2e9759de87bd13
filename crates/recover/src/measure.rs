//! What a schedule costs in care.
//!
//! Invariant: harm is computed by `hospital` and nowhere else; this module only turns ends of steps into
//! absences.

use std::cell::RefCell;
use std::collections::HashMap;

use hospital::{Absence, Closures, Effect, Harm, Map, NodeId, Wiring};
use jiff::{SignedDuration, Timestamp};

use crate::hours::NEVER;
use crate::project::{Lost, Project};
use crate::returns::{ALWAYS, Returns, Web};
use crate::schedule::Schedule;

/// All that is needed to say what a schedule costs.
pub(crate) struct Measure<'a> {
    pub(crate) project: &'a Project,
    pub(crate) web: &'a Web,
    /// The wiring of the web's extract.
    pub(crate) wiring: &'a Wiring,
    pub(crate) closures: Closures,
    /// The horizon: spells without a planned end are counted up to here.
    pub(crate) end: Timestamp,
    /// Later than any planned end.
    far: Timestamp,
    /// For each place in the web, the places in [`Project::lost`].
    lost_at: Vec<Vec<usize>>,
    /// Care lost by returns seen before.
    known: RefCell<HashMap<Returns, i64>>,
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
        let mut lost_at = vec![Vec::new(); web.nodes.len()];
        for (entry, lost) in project.lost.iter().enumerate() {
            if let Some(place) = web.place(lost.node) {
                lost_at[place].push(entry);
            }
        }
        let known = RefCell::new(HashMap::new());
        Self {
            project,
            web,
            wiring,
            closures: Closures::of(map, now),
            end,
            far: end.max(far(now)),
            lost_at,
            known,
        }
    }

    /// The losses of the node at that place in the web.
    pub(crate) fn lost_at(&self, place: usize) -> impl Iterator<Item = &Lost> {
        self.lost_at[place].iter().map(|&entry| &self.project.lost[entry])
    }

    pub(crate) fn score(&self, schedule: &Schedule) -> Score {
        let returns = self.returns(&schedule.end);
        let lost = returns.stands.iter().zip(&self.lost_at).filter(|(_, lost)| !lost.is_empty());
        let standing = lost.map(|(at, _)| *at).filter(|at| (ALWAYS + 1..NEVER).contains(at));
        let standing = standing.map(i128::from).sum();
        let known = self.known.borrow().get(&returns).copied();
        let care_lost = known.unwrap_or_else(|| self.care_lost(&returns));
        if known.is_none() {
            self.known.borrow_mut().insert(returns, care_lost);
        }
        Score {
            care_lost,
            unplaced: schedule.unplaced(),
            finish: schedule.finish(self.project.start),
            standing,
        }
    }

    /// The returns of all nodes, given when each job ends.
    pub(crate) fn returns(&self, end: &[i64]) -> Returns {
        self.returns_of(|lost| lost.jobs.iter().map(|&job| end[job]).max().unwrap_or(lost.done))
    }

    /// The returns of all nodes, given when the own steps of each lost node that can return are done.
    pub(crate) fn returns_of(&self, done: impl Fn(&Lost) -> i64) -> Returns {
        let mut stood = vec![ALWAYS; self.web.nodes.len()];
        let mut wholly = stood.clone();
        for place in 0..stood.len() {
            for lost in self.lost_at(place) {
                let done = if lost.unknown.is_some() { NEVER } else { done(lost) };
                wholly[place] = done;
                if lost.how == Effect::Stops {
                    stood[place] = done;
                }
            }
        }
        self.web.returns(&stood, &wholly)
    }

    /// In tenths of weighted care-seconds, past harm included.
    pub(crate) fn care_lost(&self, returns: &Returns) -> i64 {
        self.harm(&self.absences(returns)).tenths
    }

    /// Harm of absences: spells with a planned end in full, those without one up to the horizon.
    pub(crate) fn harm(&self, absences: &[Absence]) -> Harm {
        let mut harm = self.wiring.harm(absences, &self.closures, self.far);
        for service in &mut harm.services {
            let mut end = self.far;
            let mut stops_after = true;
            for spell in service.spells.iter_mut().rev() {
                if spell.until != end || !stops_after {
                    break;
                }
                end = spell.from;
                stops_after = spell.state == Effect::Stops;
                spell.from = spell.from.min(self.end);
                spell.until = spell.until.min(self.end);
            }
            let seconds = |state| {
                let spells = service.spells.iter().filter(|spell| spell.state == state);
                spells.map(|spell| spell.until.as_second() - spell.from.as_second()).sum()
            };
            service.tenths =
                self.wiring.cost(service.node, seconds(Effect::Degrades), seconds(Effect::Stops));
        }
        harm.tenths = harm.services.iter().fold(0, |sum, service| sum.saturating_add(service.tenths));
        harm
    }

    /// The ways back of the lost nodes, which go by their places in the web.
    pub(crate) fn absences(&self, returns: &Returns) -> Vec<Absence> {
        let absence = |lost: &Lost| {
            let place = self.web.place(lost.node)?;
            let node = NodeId(place as u32);
            let stands = match lost.how {
                Effect::Stops => instant(returns.stands[place]),
                Effect::Degrades => Some(lost.at),
            };
            Some(Absence { node, from: lost.at, stands, whole: instant(returns.whole[place]) })
        };
        self.project.lost.iter().filter_map(absence).collect()
    }
}

/// A second as a timestamp; `None` for what never happens, or was never otherwise.
pub(crate) fn instant(second: i64) -> Option<Timestamp> {
    (second > ALWAYS && second < NEVER).then(|| Timestamp::from_second(second).ok()).flatten()
}

/// An instant past every plan: teams' hours are laid out for 400 days.
fn far(now: Timestamp) -> Timestamp {
    now.checked_add(SignedDuration::from_hours(500 * 24)).unwrap_or(Timestamp::MAX)
}
