//! Correlations: detections replayed in order of time.
//!
//! Invariant: the outcome depends on the detections alone, not on the order in which threads found them, and
//! the state held is bounded
//! ([`GROUPS_MAX`] groups, [`ENTRIES_MAX`] entries). A detection without a time, or without a field that the
//! correlation groups by, takes no part.

use std::collections::HashMap;

use jiff::Timestamp;

use crate::engine::{Engine, Step};
use crate::window::Window;

/// Most groups watched at once; beyond it the stalest half is forgotten.
pub const GROUPS_MAX: usize = 200_000;
/// Most times, values and numbers held in all groups together; beyond it the same.
const ENTRIES_MAX: usize = 4_000_000;

/// Correlations under way.
pub struct Replay<'e> {
    engine: &'e Engine,
    windows: HashMap<(u32, Vec<String>), Window>,
    entries: usize,
    forgotten: u64,
}

impl<'e> Replay<'e> {
    /// Nothing seen yet.
    pub fn new(engine: &'e Engine) -> Replay<'e> {
        Replay { engine, windows: HashMap::new(), entries: 0, forgotten: 0 }
    }

    /// Takes what one detection brings; gives the rules of the correlations that it completes. What rests on others
    /// is given only where those stand.
    pub fn take(&mut self, time: Timestamp, steps: Vec<Step>, stands: impl Fn(u32) -> bool) -> Vec<u32> {
        let mut fired = Vec::new();
        let mut waiting = steps;
        while let Some(step) = waiting.pop() {
            let correlation = &self.engine.correlations()[step.correlation as usize];
            self.make_room(time);
            let key = (step.correlation, step.group);
            let window =
                self.windows.entry(key.clone()).or_insert_with(|| Window::new(&correlation.compiled));
            let reference = step.reference as usize;
            self.entries -= window.entries();
            let fires =
                window.take(&correlation.compiled, time.as_microsecond(), reference, step.value.as_deref());
            self.entries += window.entries();
            if fires {
                fired.push(correlation.rule);
                if stands(correlation.rule) {
                    waiting.extend(self.above(step.correlation, &key.1));
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

    /// What a correlation that fired brings to those that rest on it: its group, by the names of its fields.
    fn above(&self, below: u32, group: &[String]) -> Vec<Step> {
        let all = self.engine.correlations();
        let below = &all[below as usize];
        let named = |field: &str| {
            let place = below.compiled.group_by.iter().position(|it| it.name() == field)?;
            Some(group[place].clone())
        };
        let rests = self.engine.rule(below.rule).used_by();
        let steps = rests.iter().filter_map(|(correlation, reference)| {
            let compiled = &all[*correlation as usize].compiled;
            let group: Option<Vec<String>> = compiled.group_by.iter().map(|it| named(it.name())).collect();
            let counted = compiled.condition.field.iter().flatten().map(|it| named(it));
            let value = counted.collect::<Option<Vec<String>>>().map(|it| it.join("\u{1f}"));
            Some(Step { correlation: *correlation, reference: *reference, group: group?, value })
        });
        steps.collect()
    }

    fn make_room(&mut self, now: Timestamp) {
        if self.windows.len() < GROUPS_MAX && self.entries < ENTRIES_MAX {
            return;
        }
        let now = now.as_microsecond();
        let correlations = self.engine.correlations();
        self.windows.retain(|(correlation, _), window| {
            let seconds = correlations[*correlation as usize].compiled.timespan_secs;
            now.saturating_sub(window.last)
                <= i64::try_from(seconds).unwrap_or(i64::MAX).saturating_mul(1_000_000)
        });
        self.entries = self.windows.values().map(Window::entries).sum();
        if self.windows.len() > GROUPS_MAX / 2 || self.entries > ENTRIES_MAX / 2 {
            let mut ages: Vec<i64> = self.windows.values().map(|it| it.last).collect();
            ages.sort_unstable();
            let oldest_kept = ages[ages.len() / 2];
            let before = self.windows.len();
            self.windows.retain(|_, window| window.last > oldest_kept);
            self.forgotten += (before - self.windows.len()) as u64;
            self.entries = self.windows.values().map(Window::entries).sum();
        }
    }
}
