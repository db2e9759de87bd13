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
//! - Levers are also made for the situation: isolate what is compromised, disable its accounts, close the
//!   flows of those minimum cuts. Where the map has no lever that lessens the danger they give the front;
//!   else what they add to it stands apart, in [`Options::by_hand`].
//!
//! Invariant: prices and dangers come from `hospital` alone; a minimum cut only proposes.
//!
//! ```
//! use hospital::{LeverId, MapFile, Scenario, Situation};
//!
//! let text = r#"
//!     hospital = { name = "Group", time_zone = "Europe/Paris" }
//!     site = [{ id = "north", name = "North" }]
//!     zone = [{ id = "lan", name = "Network", site = "north" }]
//!     flow = [{ id = "f-lan", from = "lan", to = "lan" }]
//!     asset = [
//!         { id = "ws-1", name = "Workstation", kind = "workstation", site = "north", zone = "lan" },
//!         { id = "ehr", name = "Record", kind = "server", site = "north", zone = "lan" },
//!     ]
//!     care_service = [
//!         { id = "er", name = "Emergency", site = "north", weight = 9, needs = [
//!             { on = ["ehr"], effect = "stops", grace = "1h" },
//!             { on = ["ehr"], effect = "degrades", via = { ehr = "f-lan" } },
//!         ] },
//!     ]
//!     lever = [{ id = "split", label = "Split the network", closes = ["f-lan"] }]
//! "#;
//! let map = hospital::check(vec![MapFile { name: "map.toml".into(), bytes: text.into() }]).map.unwrap();
//! let compromised = vec![map.find("ws-1").unwrap()];
//! let now = "2026-11-22T02:10:00Z".parse().unwrap();
//! let night = Situation::new(&map, now, 86_400, 3_600, Vec::new(), vec![Scenario { percent: 100, compromised }]);
//!
//! let options = respond::options(&night, &[LeverId(0)]);
//! assert!(options.exact);
//! let [nothing, split] = &options.front[..] else { panic!("two options") };
//! assert!(nothing.actions.is_empty() && split.price > 0 && split.danger < nothing.danger);
//! assert_eq!(split.spares, [map.find("er").unwrap()]);
//! ```

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
    let found = front::search(situation, &named, &seeds);
    let (made, seeds) = mincut::made(situation, &touched);
    let mut by_hand = front::search(situation, &made, &seeds);
    let helps = |found: &front::Found| found.points.iter().any(|it| it.weight.danger < nothing.danger);
    if !helps(&found) && helps(&by_hand) {
        let none = front::Found { points: Vec::new(), exact: true };
        return choice::describe(situation, nothing, (&made, by_hand), (&named, none));
    }
    by_hand.points.retain(|point| !found.points.iter().any(|other| other.weight.covers(point.weight)));
    choice::describe(situation, nothing, (&named, found), (&made, by_hand))
}
