//! What people say of steps on the night: done, begun, late, not before an instant.
//!
//! Invariant: a mark never breaks a rule. A step that is done takes nothing any more; one that runs goes on, if all
//! that must come before it is done; one that is to wait starts no earlier than said.

use std::collections::BTreeMap;

use hospital::{Map, NodeId, Step, StepId, Work};
use jiff::Timestamp;

use crate::hours::ceil_second;

/// What a person says of a step.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Mark {
    /// Which.
    pub step: StepId,
    /// What.
    pub said: Said,
}

/// What is said of a step.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Said {
    /// It was done at that instant: it leaves the plan.
    Done(Timestamp),
    /// It was begun at that instant: what is left of its time goes on at once. Nothing changes where a step that must
    /// come before it is not done.
    Begun(Timestamp),
    /// It runs and ends at that instant, whatever time it was thought to take. As for one begun.
    Until(Timestamp),
    /// It starts no earlier than that instant.
    NotBefore(Timestamp),
}

/// Marks by step, in seconds, as the plan uses them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Marks {
    done: BTreeMap<StepId, i64>,
    running: BTreeMap<StepId, Running>,
    floor: BTreeMap<StepId, i64>,
}

#[derive(Clone, Copy, Debug)]
enum Running {
    Since(i64),
    Until(i64),
}

impl Marks {
    /// The marks that count for a plan from `start` on; `lost` is by id.
    pub(crate) fn of(map: &Map, lost: &[NodeId], said: &[Mark], start: i64) -> Marks {
        let mut marks = Marks::default();
        let last: BTreeMap<StepId, Said> = said.iter().map(|mark| (mark.step, mark.said)).collect();
        for (step, said) in last {
            match said {
                Said::Done(at) => {
                    marks.done.insert(step, ceil_second(at).min(start));
                }
                Said::Begun(at) => {
                    marks.running.insert(step, Running::Since(ceil_second(at).min(start)));
                }
                Said::Until(at) => {
                    marks.running.insert(step, Running::Until(ceil_second(at)));
                }
                Said::NotBefore(at) => {
                    marks.floor.insert(step, ceil_second(at));
                }
            }
        }
        let done = &marks.done;
        marks.running.retain(|id, _| {
            let step =
                map.nodes.get(id.node.index()).and_then(|node| node.restore.as_ref()?.get(id.step as usize));
            let open =
                |earlier: &StepId| lost.binary_search(&earlier.node).is_ok() && !done.contains_key(earlier);
            step.is_some_and(|step| !step.after.iter().any(open))
        });
        marks
    }

    pub(crate) fn is_done(&self, step: StepId) -> bool {
        self.done.contains_key(&step)
    }

    /// When the last of a node's steps that are done was done.
    pub(crate) fn last_done(&self, node: NodeId) -> Option<i64> {
        let steps = StepId { node, step: 0 }..=StepId { node, step: u32::MAX };
        self.done.range(steps).map(|(_, at)| *at).max()
    }

    /// Whether a copy is still to be read back among the steps of a node.
    pub(crate) fn leaves_a_copy(&self, node: NodeId, steps: &[Step]) -> bool {
        let copies = steps.iter().zip(0..).filter(|(step, _)| matches!(step.work, Work::Copy { .. }));
        copies.map(|(_, step)| StepId { node, step }).any(|step| !self.is_done(step))
    }

    pub(crate) fn is_running(&self, step: StepId) -> bool {
        self.running.contains_key(&step)
    }

    pub(crate) fn floor(&self, step: StepId) -> Option<i64> {
        self.floor.get(&step).copied()
    }

    /// Seconds that are left of a step that takes `whole` of them.
    pub(crate) fn left(&self, step: StepId, whole: i64, start: i64) -> i64 {
        match self.running.get(&step) {
            None => whole,
            Some(Running::Since(begun)) => whole.saturating_sub(start.saturating_sub(*begun)).max(0),
            Some(Running::Until(end)) => end.saturating_sub(start).max(0),
        }
    }
}
