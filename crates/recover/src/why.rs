//! Why each step stands where it stands.
//!
//! Invariant: a reason names what kept the step from starting earlier in this very plan, not in general.

use std::cmp::Reverse;

use hospital::{NodeId, StepId, StoreId};

use crate::measure::Measure;
use crate::order::{Aim, serving};
use crate::resources::Kind;
use crate::returns::{ALWAYS, Returns};
use crate::schedule::Schedule;

/// Why a step starts when it does, and whom it helps.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Why {
    /// What it waited for.
    pub waits: Wait,
    /// The care service that is the first to be back thanks to it; `None` where none needs it.
    pub serves: Option<NodeId>,
}

/// What a step waited for. Where another step had to end first so that something was free, it is named.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Wait {
    /// Nothing: it starts at once.
    Nothing,
    /// A step that must be done before.
    Step(StepId),
    /// People of this skill, who were on another step.
    People(String, Option<StepId>),
    /// The hours of people of this skill: not enough of them are there earlier for so long.
    Hours(String),
    /// The bandwidth of a store.
    Bandwidth(StoreId, Option<StepId>),
    /// A place in a clean room.
    CleanRoom(Option<StepId>),
    /// The instant that a person chose.
    Chosen,
}

/// The reasons of all jobs.
pub(crate) fn reasons(measure: &Measure, aims: &[Aim], schedule: &Schedule, returns: &Returns) -> Vec<Why> {
    let mut served: Vec<(i64, Reverse<u32>, NodeId, Vec<bool>)> = aims
        .iter()
        .filter_map(|aim| {
            let place = measure.web.place(aim.service)?;
            let back = back(returns, place);
            Some((back, Reverse(aim.weight), aim.service, serving(measure, None, place)))
        })
        .collect();
    served.sort_unstable();
    (0..measure.project.jobs.len())
        .map(|job| Why {
            waits: wait(measure, schedule, job),
            serves: served
                .iter()
                .find(|(back, _, _, jobs)| jobs[job] && *back >= schedule.end[job])
                .map(|served| served.2),
        })
        .collect()
}

/// When a node is back: when it stands; for one that always stood, when it is whole.
pub(crate) fn back(returns: &Returns, place: usize) -> i64 {
    match returns.stands[place] {
        ALWAYS => returns.whole[place],
        stands => stands,
    }
}

fn wait(measure: &Measure, schedule: &Schedule, job: usize) -> Wait {
    let project = measure.project;
    let Some(block) = schedule.block[job] else {
        let last =
            project.jobs[job].after.iter().max_by_key(|&&earlier| (schedule.end[earlier], Reverse(earlier)));
        let floor = project.jobs[job].floor;
        if floor > last.map_or(project.start, |&earlier| schedule.end[earlier]) {
            return Wait::Chosen;
        }
        return last.map_or(Wait::Nothing, |&earlier| Wait::Step(project.jobs[earlier].id));
    };
    let takes =
        |other: &&usize| project.jobs[**other].uses.iter().any(|part| part.resource == block.resource);
    let behind = (0..project.jobs.len())
        .filter(|&other| {
            schedule.end[other] == schedule.start[job] && schedule.start[other] < schedule.end[other]
        })
        .find(|other| takes(&other))
        .map(|other| project.jobs[other].id);
    match &project.resources[block.resource].kind {
        Kind::Skill(skill) if block.absent => Wait::Hours(skill.clone()),
        Kind::Skill(skill) => Wait::People(skill.clone(), behind),
        Kind::Store(store) => Wait::Bandwidth(*store, behind),
        Kind::Clean => Wait::CleanRoom(behind),
    }
}
