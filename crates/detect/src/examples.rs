//! Examples: events that a rule must match and close ones that it must not, run as data.
//!
//! An example is one entry or a list of them. An entry is a mapping (a JSON event, in any shape that
//! `evidence` reads), a text (a raw line), or `{repeat: N, every: SECONDS, event: …}`, where `{n}` stands for
//! the ordinal from 0 and `{time}`, `{clf}`, `{epoch}` for [`BASE`] + n × every, as RFC 3339, as in access
//! logs, and in seconds.
//!
//! Invariant: examples go through the same readers, engine and correlations as evidence does.

use std::io;

use evidence::{Event, Options};
use jiff::Timestamp;
use yaml_serde::Value;

use crate::engine::{Detected, Engine};
use crate::explain::Reason;
use crate::rules::RuleFacts;
use crate::signals::Signals;
use crate::spill::Spill;

/// The instant that examples begin at, in seconds: 2026-11-25T02:14:00Z.
pub const BASE: i64 = 1_795_572_840;
/// Most repeats of one entry.
const REPEATS_MAX: u64 = 100_000;

/// What running examples showed.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Tested {
    /// Rules that have examples.
    pub rules: usize,
    /// Examples run.
    pub examples: usize,
    /// Those that did not do what they must.
    pub failures: Vec<Failure>,
}

/// An example that did not do what it must.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Failure {
    /// The rule's id.
    pub rule: String,
    /// The rule's file.
    pub path: String,
    /// Its place among the rule's examples of that kind, from 1.
    pub example: usize,
    /// What went wrong.
    pub fault: Fault,
}

/// What went wrong with an example.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Fault {
    /// It must match and did not.
    Missed,
    /// It must not match and did.
    Fired,
    /// No event could be read from it.
    Unreadable,
}

/// An example, with why the rule holds of its events or does not.
#[derive(Clone, Debug, PartialEq)]
pub struct Explained {
    /// The rule's id.
    pub rule: String,
    /// The rule's file.
    pub path: String,
    /// Whether it must match.
    pub matching: bool,
    /// Its place among the rule's examples of that kind, from 1.
    pub example: usize,
    /// For each of its first events, as [`Engine::explain`] gives it.
    pub events: Vec<Option<Reason>>,
}

/// Events explained of one example.
const EXPLAINED_MAX: usize = 3;

/// Explains every example of the engine's rules.
pub fn explain_examples(engine: &Engine) -> impl Iterator<Item = Explained> {
    engine.facts().filter_map(|facts| Some((facts, facts.examples.as_ref()?))).flat_map(
        move |(facts, all)| {
            let kinds = [(true, &all.matching), (false, &all.other)];
            kinds.into_iter().flat_map(move |(matching, list)| {
                list.iter().enumerate().map(move |(place, example)| Explained {
                    rule: facts.id.to_string(),
                    path: facts.path.to_string(),
                    matching,
                    example: place + 1,
                    events: {
                        let events = events(example);
                        events.iter().take(EXPLAINED_MAX).map(|it| engine.explain(&facts.id, it)).collect()
                    },
                })
            })
        },
    )
}

/// Runs every example of the engine's rules.
#[must_use]
pub fn test_examples(engine: &Engine) -> Tested {
    let mut tested = Tested::default();
    for facts in engine.facts() {
        let Some(examples) = &facts.examples else { continue };
        tested.rules += 1;
        for (wanted, list) in [(true, &examples.matching), (false, &examples.other)] {
            for (place, example) in list.iter().enumerate() {
                tested.examples += 1;
                let fault = match fires(engine, facts, example) {
                    None => Fault::Unreadable,
                    Some(fired) if fired == wanted => continue,
                    Some(true) => Fault::Fired,
                    Some(false) => Fault::Missed,
                };
                tested.failures.push(Failure {
                    rule: facts.id.to_string(),
                    path: facts.path.to_string(),
                    example: place + 1,
                    fault,
                });
            }
        }
    }
    tested
}

/// Whether an example makes the rule fire; nothing where no event can be read from it.
fn fires(engine: &Engine, facts: &RuleFacts, example: &Value) -> Option<bool> {
    let events = events(example);
    if events.is_empty() {
        return None;
    }
    let mut detected: Vec<Detected> = Vec::new();
    for event in &events {
        engine.judge(event, &mut detected);
    }
    if detected.iter().any(|it| it.signal.rule == facts.id) {
        return Some(true);
    }
    let mut signals = Signals::new(engine, usize::MAX, nowhere);
    for it in detected {
        signals.push(it).ok()?;
    }
    let ordered = signals.finish().ok()?;
    Some(ordered.iter().flatten().any(|it| it.rule == facts.id))
}

fn nowhere() -> io::Result<Box<dyn Spill>> {
    Err(io::Error::other("examples are few enough for memory"))
}

/// The events of an example, in the order written.
pub(crate) fn events(example: &Value) -> Vec<Event> {
    let single = std::slice::from_ref(example);
    let entries = example.as_sequence().map_or(single, Vec::as_slice);
    // Entries of one kind that follow each other are one log.
    let mut logs: Vec<(bool, String)> = Vec::new();
    for entry in entries {
        for (is_json, line) in lines(entry) {
            match logs.last_mut() {
                Some((kind, log)) if *kind == is_json => {
                    log.push_str(&line);
                    log.push('\n');
                }
                _ => logs.push((is_json, format!("{line}\n"))),
            }
        }
    }
    let options =
        Options { threads: 1, reference: Timestamp::from_second(BASE + 86_400).ok(), ..Options::default() };
    let mut all = Vec::new();
    for (place, (is_json, log)) in logs.iter().enumerate() {
        let name = format!("example-{place}.{}", if *is_json { "ndjson" } else { "log" });
        all.extend(evidence::events_of(log.as_bytes(), &name, &options).0);
    }
    all
}

/// The lines of an entry, each with whether it is JSON.
fn lines(entry: &Value) -> Vec<(bool, String)> {
    let repeat = entry.get("repeat").and_then(Value::as_u64);
    let (Some(times), Some(event)) = (repeat, entry.get("event")) else {
        return line(entry, 0, 0).into_iter().collect();
    };
    let every = entry.get("every").and_then(Value::as_i64).unwrap_or(1);
    (0..times.min(REPEATS_MAX)).filter_map(|n| line(event, n, every.saturating_mul(n as i64))).collect()
}

fn line(event: &Value, n: u64, seconds: i64) -> Option<(bool, String)> {
    let time = Timestamp::from_second(BASE.saturating_add(seconds)).ok()?;
    let stamps = [
        ("{n}", n.to_string()),
        ("{time}", time.to_string()),
        ("{clf}", time.strftime("%d/%b/%Y:%H:%M:%S +0000").to_string()),
        ("{epoch}", time.as_second().to_string()),
    ];
    let mut event = event.clone();
    stamp(&mut event, &stamps);
    match event {
        Value::String(text) => Some((false, text)),
        Value::Mapping(_) => Some((true, serde_json::to_string(&event).ok()?)),
        _ => None,
    }
}

fn stamp(value: &mut Value, stamps: &[(&str, String)]) {
    match value {
        Value::String(text) if text.contains('{') => {
            for (name, by) in stamps {
                *text = text.replace(name, by);
            }
        }
        Value::Sequence(list) => list.iter_mut().for_each(|it| stamp(it, stamps)),
        Value::Mapping(fields) => fields.iter_mut().for_each(|(_, it)| stamp(it, stamps)),
        _ => {}
    }
}
