//! Plans are held against the rules, against all other plans on small cases, and against known figures.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on must fail")]

mod cases;
mod exhaustive;
mod marks;
mod night;
mod psplib;
mod rules;

use hospital::{Effect, Loss, Map, MapFile, NodeId};
use jiff::{SignedDuration, Timestamp};
use recover::{Plan, Question};

/// The map written in `text`.
fn map(text: &str) -> Map {
    let checked = hospital::check(vec![MapFile { name: "map.toml".into(), bytes: text.as_bytes().to_vec() }]);
    checked.map.unwrap_or_else(|| panic!("{:#?}\n{text}", checked.errors))
}

/// Midnight in UTC, the instant from which the cases count.
fn now() -> Timestamp {
    "2026-11-23T00:00:00Z".parse().expect("a timestamp")
}

fn after(seconds: i64) -> Timestamp {
    now() + SignedDuration::from_secs(seconds)
}

fn node(map: &Map, id: &str) -> NodeId {
    map.find(id).unwrap_or_else(|| panic!("no node {id}"))
}

/// Every node of `ids`, stopped since `now`.
fn losses(map: &Map, ids: &[&str]) -> Vec<Loss> {
    ids.iter().map(|id| Loss { node: node(map, id), at: now(), how: Effect::Stops }).collect()
}

/// A question over 24 hours with a modest search.
fn question<'a>(map: &'a Map, losses: &'a [Loss]) -> Question<'a> {
    Question {
        map,
        now: now(),
        end: after(24 * 3_600),
        losses,
        compromise: None,
        running: &[],
        marks: &[],
        evaluations: 300,
        seed: 1,
    }
}

/// Plans, and holds the plan against the rules.
fn planned(question: &Question) -> Plan {
    let plan = recover::plan(question);
    let broken = rules::broken(question, &plan);
    assert!(broken.is_empty(), "{broken:#?}\n{plan:#?}");
    plan
}

/// Small random numbers for made-up maps (an xorshift; quality does not matter).
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % limit
    }
}
