//! Judges one event by a matcher.
//!
//! Invariant: what is left in the scratch of an earlier event changes nothing.

use std::time::Instant;

use rsigma_eval::Event as _;

use super::build::{Matcher, Node};
use super::field::Buffers;
use super::reading::{self, Reading, Sought};
use crate::costs::{Costs, EVERY};
use crate::view::{View, outermost};

/// What one thread needs at hand to judge events.
#[derive(Default)]
pub struct Scratch {
    buffers: Buffers,
    /// Tests that passed.
    passed: Vec<u64>,
    /// Tests that were asked by themselves.
    answered: Vec<u64>,
    /// Rules to look at, in the order found.
    rules: Vec<u32>,
    chosen: Vec<u64>,
    /// For each field, where its value stands.
    slots: Vec<u32>,
    ranks: Vec<u8>,
    /// How often it was used, so that one time of so many is measured.
    judged: u64,
}

impl Matcher {
    /// Calls `holds` with the number of every rule that holds of the event, in no order.
    pub(crate) fn judge(
        &self,
        reading: &Reading,
        view: &View,
        scratch: &mut Scratch,
        costs: &Costs,
        mut holds: impl FnMut(u32),
    ) {
        scratch.judged = scratch.judged.wrapping_add(1);
        let mut clock = scratch.judged.is_multiple_of(EVERY).then(Instant::now);
        let sought = reading.find(view.event, view.names, &mut scratch.slots, &mut scratch.ranks);
        clear(&mut scratch.passed, self.asked.len());
        clear(&mut scratch.answered, self.asked.len());
        clear(&mut scratch.chosen, self.rules.len());
        scratch.rules.clear();
        let Scratch { buffers, passed, answered, rules, chosen, slots, .. } = scratch;
        for rule in &self.always {
            if set(chosen, *rule) {
                rules.push(*rule);
            }
        }
        let mut hit = |test: u32| {
            if set(passed, test) {
                let (from, to) = self.triggers[test as usize];
                for rule in &self.triggered[from as usize..to as usize] {
                    if set(chosen, *rule) {
                        rules.push(*rule);
                    }
                }
            }
        };
        for (tests, slot) in self.tests.iter().zip(slots.iter()) {
            if let Some(value) = reading::at(*slot, view.event, &sought) {
                tests.read(value, buffers, &mut hit);
            }
        }
        if let Some(words) = &self.words {
            view.visit_string_values(&mut |text| words.text(text, buffers, &mut hit));
        }
        if let Some(begun) = &mut clock {
            costs.share(begun.elapsed());
            *begun = Instant::now();
        }
        let mut answers = Answers { matcher: self, view, slots, sought: &sought, passed, answered };
        for rule in rules.iter() {
            let (number, node) = &self.rules[*rule as usize];
            if answers.hold(node) {
                holds(*number);
            }
            if let Some(begun) = &mut clock {
                let now = Instant::now();
                costs.add(*number, now.duration_since(std::mem::replace(begun, now)));
            }
        }
    }
}

/// Answers found so far.
struct Answers<'a> {
    matcher: &'a Matcher,
    view: &'a View<'a>,
    slots: &'a [u32],
    sought: &'a Sought<'a>,
    passed: &'a mut [u64],
    answered: &'a mut [u64],
}

impl Answers<'_> {
    fn hold(&mut self, node: &Node) -> bool {
        match node {
            Node::Test(test) => self.passes(*test),
            Node::And(parts) => parts.iter().all(|it| self.hold(it)),
            Node::Or(parts) => parts.iter().any(|it| self.hold(it)),
            Node::Not(part) => !self.hold(part),
            Node::AtLeast(number, parts) => {
                let mut left = *number;
                left == 0
                    || parts.iter().any(|it| {
                        left -= u64::from(self.hold(it));
                        left == 0
                    })
            }
        }
    }

    fn passes(&mut self, test: u32) -> bool {
        let asked = &self.matcher.asked[test as usize];
        if let Some(asked) = asked
            && set(self.answered, test)
        {
            let passes = asked.matcher().is_some_and(|matcher| match asked.field {
                None => matcher.matches_keyword(self.view),
                Some(field) => reading::at(self.slots[field as usize], self.view.event, self.sought)
                    .is_some_and(|it| matcher.matches(&outermost(it), self.view)),
            });
            if passes {
                set(self.passed, test);
            }
            return passes;
        }
        self.passed[test as usize / 64] >> (test % 64) & 1 == 1
    }
}

fn clear(bits: &mut Vec<u64>, count: usize) {
    bits.clear();
    bits.resize(count.div_ceil(64), 0);
}

/// Sets a bit; whether it was not set before.
fn set(bits: &mut [u64], bit: u32) -> bool {
    let (word, mask) = (&mut bits[bit as usize / 64], 1 << (bit % 64));
    let new = *word & mask == 0;
    *word |= mask;
    new
}
