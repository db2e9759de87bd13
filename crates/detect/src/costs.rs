//! What judging costs, rule by rule: one reading of [`EVERY`] is measured, and told for all.
//!
//! Most of the work is shared: the values of an event are read once for all rules of its log source. What a rule costs
//! by itself is what is done where one of its rarest tests passed: the rest of its condition, and the detection that it
//! makes.
//!
//! Invariant: measuring changes no result.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// One reading of an event, by the rules of one log source, of so many is measured. A prime: events that are each read by
/// the same few log sources are not measured for one of these alone.
pub const EVERY: u64 = 61;

/// What was measured so far, by all threads.
#[derive(Default)]
pub(crate) struct Costs {
    rules: Vec<Measured>,
    shared: AtomicU64,
}

#[derive(Default)]
struct Measured {
    looked: AtomicU64,
    nanos: AtomicU64,
}

/// What a rule cost, about.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Cost {
    /// Events on which it was looked at.
    pub looked: u64,
    /// Time spent on it alone, by all threads together.
    pub time: Duration,
}

impl Costs {
    pub(crate) fn new(rules: usize) -> Costs {
        Costs { rules: std::iter::repeat_with(Measured::default).take(rules).collect(), ..Costs::default() }
    }

    /// A rule was looked at for so long.
    pub(crate) fn add(&self, rule: u32, took: Duration) {
        let Some(measured) = self.rules.get(rule as usize) else { return };
        measured.looked.fetch_add(1, Ordering::Relaxed);
        measured.nanos.fetch_add(nanos(took), Ordering::Relaxed);
    }

    /// So much was done for all rules together.
    pub(crate) fn share(&self, took: Duration) {
        self.shared.fetch_add(nanos(took), Ordering::Relaxed);
    }

    pub(crate) fn of(&self, rule: usize) -> Cost {
        let Some(measured) = self.rules.get(rule) else { return Cost::default() };
        Cost { looked: whole(&measured.looked), time: Duration::from_nanos(whole(&measured.nanos)) }
    }

    pub(crate) fn shared(&self) -> Duration {
        Duration::from_nanos(whole(&self.shared))
    }
}

fn nanos(took: Duration) -> u64 {
    u64::try_from(took.as_nanos()).unwrap_or(u64::MAX)
}

fn whole(sampled: &AtomicU64) -> u64 {
    sampled.load(Ordering::Relaxed).saturating_mul(EVERY)
}
