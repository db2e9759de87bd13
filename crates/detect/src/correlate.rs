//! Correlations: detections replayed in order of time.
//!
//! Invariant: the outcome depends on the detections alone, not on the order in which threads found them, and
//! the state held is bounded
//! ([`GROUPS_MAX`] groups, [`ENTRIES_MAX`] entries). A detection without a time, or without a field that the
//! correlation groups by, takes no part.

use std::sync::Arc;

use jiff::Timestamp;

use crate::engine::{Engine, Step};
use crate::undo::Undo;
use crate::window::Window;

/// Most groups watched at once; beyond it the stalest half is forgotten.
pub const GROUPS_MAX: usize = 200_000;
/// Most times, values and numbers held in all groups together; beyond it the same.
const ENTRIES_MAX: usize = 4_000_000;

/// A correlation, and what it groups by.
type Group = Arc<(u32, Vec<String>)>;

/// Correlations under way.
#[derive(Default)]
pub struct Replay {
    windows: Undo<Group, Arc<Window>>,
    entries: usize,
    forgotten: u64,
}

/// Where a replay was.
#[derive(Clone, Copy, Default)]
pub struct ReplayAt {
    windows: u64,
    entries: usize,
    forgotten: u64,
}

impl Replay {
    /// Nothing seen yet; it can go back.
    pub fn following() -> Replay {
        Replay { windows: Undo::following(), ..Replay::default() }
    }

    pub fn at(&self) -> ReplayAt {
        ReplayAt { windows: self.windows.position(), entries: self.entries, forgotten: self.forgotten }
    }

    pub fn back(&mut self, at: ReplayAt) {
        self.windows.back(at.windows);
        (self.entries, self.forgotten) = (at.entries, at.forgotten);
    }

    pub fn forget(&mut self, at: ReplayAt) {
        self.windows.forget(at.windows);
    }

    /// Takes what one detection brings; gives the rules of the correlations that it completes. What rests on others
    /// is given only where those stand.
    pub fn take(
        &mut self,
        engine: &Engine,
        time: Timestamp,
        steps: Vec<Step>,
        stands: impl Fn(u32) -> bool,
    ) -> Vec<u32> {
        let mut fired = Vec::new();
        let mut waiting = steps;
        while let Some(step) = waiting.pop() {
            let correlation = &engine.correlations()[step.correlation as usize];
            self.make_room(engine, time);
            let group = Arc::new((step.correlation, step.group));
            let known = self.windows.take(&group);
            let mut known = known.unwrap_or_else(|| Arc::new(Window::new(&correlation.compiled)));
            let window = Arc::make_mut(&mut known);
            let reference = step.reference as usize;
            self.entries -= window.entries();
            let fires =
                window.take(&correlation.compiled, time.as_microsecond(), reference, step.value.as_deref());
            self.entries += window.entries();
            self.windows.insert(group.clone(), known);
            if fires {
                fired.push(correlation.rule);
                if stands(correlation.rule) {
                    waiting.extend(above(engine, step.correlation, &group.1));
                }
            }
        }
        fired.sort_unstable();
        fired
    }

    /// How many groups were forgotten while they might still have counted.
    pub fn forgotten(&self) -> u64 {
        self.forgotten
    }

    fn make_room(&mut self, engine: &Engine, now: Timestamp) {
        if self.windows.len() < GROUPS_MAX && self.entries < ENTRIES_MAX {
            return;
        }
        let now = now.as_microsecond();
        let correlations = engine.correlations();
        self.windows.retain(|group, window| {
            let seconds = correlations[group.0 as usize].compiled.timespan_secs;
            now.saturating_sub(window.last)
                <= i64::try_from(seconds).unwrap_or(i64::MAX).saturating_mul(1_000_000)
        });
        self.entries = self.windows.values().map(|it| it.entries()).sum();
        if self.windows.len() > GROUPS_MAX / 2 || self.entries > ENTRIES_MAX / 2 {
            let mut ages: Vec<i64> = self.windows.values().map(|it| it.last).collect();
            ages.sort_unstable();
            let oldest_kept = ages[ages.len() / 2];
            let before = self.windows.len();
            self.windows.retain(|_, window| window.last > oldest_kept);
            self.forgotten += (before - self.windows.len()) as u64;
            self.entries = self.windows.values().map(|it| it.entries()).sum();
        }
    }
}

/// What a correlation that fired brings to those that rest on it: its group, by the names of its fields.
fn above(engine: &Engine, below: u32, group: &[String]) -> Vec<Step> {
    let all = engine.correlations();
    let below = &all[below as usize];
    let named = |field: &str| {
        let place = below.compiled.group_by.iter().position(|it| it.name() == field)?;
        Some(group[place].clone())
    };
    let rests = engine.rule(below.rule).used_by();
    let steps = rests.iter().filter_map(|(correlation, reference)| {
        let compiled = &all[*correlation as usize].compiled;
        let group: Option<Vec<String>> = compiled.group_by.iter().map(|it| named(it.name())).collect();
        let counted = compiled.condition.field.iter().flatten().map(|it| named(it));
        let value = counted.collect::<Option<Vec<String>>>().map(|it| it.join("\u{1f}"));
        Some(Step { correlation: *correlation, reference: *reference, group: group?, value })
    });
    steps.collect()
}
