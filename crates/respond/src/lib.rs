//! What to cut, what cutting costs in care, and what it saves.
//!
//! [`options`] weighs sets of levers in a [`hospital::Situation`] and keeps the Pareto front of
//! (price, danger): from the cheapest set to the least dangerous one, none dominated by another.
//!
//! - Levers that can change nothing in the situation are set aside first, and those that do the same
//!   count once. With at most [`EXHAUSTIVE_MAX`] left, every set is weighed: the front is exact.
//! - With more, the front is grown from doing nothing, from single levers, from all of them and from
//!   minimum cuts between the attacker and the care-heaviest assets in its reach, by one or two levers
//!   more or less at a time, within a budget of sets: good, not proved best, and [`Options::exact`]
//!   says so.
//! - Where the map has no lever that lessens the danger, levers are made: isolate what is compromised,
//!   disable its accounts, close the flows of those minimum cuts.
//!
//! Invariant: prices and dangers come from `hospital` alone; a minimum cut only proposes.

mod candidate;
mod choice;
mod front;
mod mincut;

pub use choice::{Action, Choice, Kind, Options, Target};
pub use front::EXHAUSTIVE_MAX;

use hospital::{Cut, LeverId, Situation};

/// The containment options of a situation, among these levers of its map.
#[must_use]
pub fn options(situation: &Situation<'_>, levers: &[LeverId]) -> Options {
    let idle = Cut::default();
    let nothing = front::Weight { price: situation.price(&idle), danger: situation.danger(&idle) };
    let touched = candidate::touched(situation);
    let named = candidate::of_levers(situation, &touched, levers);
    let seeds = if named.len() > EXHAUSTIVE_MAX {
        mincut::lever_sets(situation, &touched, &named)
    } else {
        Vec::new()
    };
    let mut found = front::search(situation, &named, &seeds);
    let mut candidates = named;
    if found.points.iter().all(|point| point.weight.danger >= nothing.danger) {
        let (made, seeds) = mincut::made(situation, &touched);
        let from_made = front::search(situation, &made, &seeds);
        if from_made.points.iter().any(|point| point.weight.danger < nothing.danger) {
            (found, candidates) = (from_made, made);
        }
    }
    choice::describe(situation, &candidates, found, nothing)
}
