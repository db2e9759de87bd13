//! A stream gives what the whole gives: in any order of arrival within the lateness allowed, and however often.

use std::io::Cursor;

use detect::{Bounds, Detected, Engine, Shed, Signal, Signals, Spill, Stream};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use crate::{engine, event};

const LATENESS: i64 = 120;

fn rules() -> Vec<String> {
    let base = |name: &str, id: u32| {
        format!(
            "title: {name}\nid: {name}\nname: {name}\nlogsource: {{product: windows, service: security}}\ndetection: {{s: {{EventID: {id}}}, condition: s}}\n"
        )
    };
    let over = |id: &str, kind: &str, rules: &str, rest: &str| {
        format!(
            "title: {id}\nid: {id}\nname: {id}\ncorrelation:\n  type: {kind}\n  rules: [{rules}]\n  group-by: [IpAddress]\n  timespan: 1m\n  {rest}\n"
        )
    };
    vec![
        base("failed", 4625),
        base("logon", 4624),
        over("many", "event_count", "failed", "condition: {gte: 3}"),
        over("users", "value_count", "failed", "condition: {field: TargetUserName, gte: 2}"),
        over("both", "temporal", "failed, logon", "generate: true"),
        over("then", "temporal_ordered", "failed, logon", ""),
        over("above", "temporal_ordered", "many, logon", ""),
    ]
}

/// Detections of events, each second and record one event.
fn detections(engine: &Engine, events: &[(i64, u8)]) -> Vec<Detected> {
    let mut all = Vec::new();
    for (record, (second, kind)) in events.iter().enumerate() {
        let (id, user, address) = (4624 + u32::from(kind % 4 > 0), kind / 4 % 3, kind / 12 % 2);
        let mut event = event(&format!(
            "windows Security {id} dc1 | TargetUserName=u{user} | IpAddress=192.0.2.{address}"
        ));
        event.time = Timestamp::from_second(*second).ok();
        event.origin.record = record as u64;
        engine.judge(&event, &mut all);
    }
    all
}

fn told(signals: impl IntoIterator<Item = Signal>) -> Vec<String> {
    let one = |it: Signal| format!("{:?} {} {} {:?}", it.time, it.source.record, it.rule, it.keys.users);
    signals.into_iter().map(one).collect()
}

fn whole(engine: &Engine, all: Vec<Detected>) -> Vec<String> {
    let spill = || Ok(Box::new(Cursor::new(Vec::<u8>::new())) as Box<dyn Spill>);
    let mut signals = Signals::new(engine, 100_000, spill);
    all.into_iter().for_each(|it| signals.push(it).unwrap());
    told(signals.finish().unwrap().iter().map(|it| it.unwrap()))
}

fn streamed(engine: &Engine, bounds: Bounds, all: &[Detected], now: Timestamp) -> (Vec<String>, Shed) {
    let mut stream = Stream::new(engine, bounds);
    let mut out = Vec::new();
    for it in all {
        stream.push(it.clone(), now, &mut out);
    }
    let shed = stream.finish(&mut out);
    (told(out), shed)
}

fn bounds() -> Bounds {
    Bounds { lateness: SignedDuration::from_secs(LATENESS), ..Bounds::default() }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_order_within_the_lateness_gives_what_the_whole_gives(
        events in prop::collection::vec((0..600_i64, any::<u8>()), 0..120),
        delays in prop::collection::vec((0..=LATENESS, 0..=LATENESS, any::<bool>()), 240),
    ) {
        let rules = rules();
        let engine = engine(&rules.iter().map(String::as_str).collect::<Vec<_>>());
        let all = detections(&engine, &events);
        // Each detection comes once, late by its own delay; some come again, by another.
        let mut arrivals: Vec<(i64, &Detected)> = Vec::new();
        for (it, (first, second, twice)) in all.iter().zip(&delays) {
            let second_of = it.signal.time.unwrap().as_second();
            arrivals.push((second_of + first, it));
            if *twice {
                arrivals.push((second_of + second, it));
            }
        }
        arrivals.sort_by_key(|it| it.0);
        let repeated = (arrivals.len() - all.len()) as u64;
        let arrived: Vec<Detected> = arrivals.into_iter().map(|it| it.1.clone()).collect();
        let (given, shed) = streamed(&engine, bounds(), &arrived, Timestamp::MAX);
        prop_assert_eq!(given, whole(&engine, all));
        prop_assert_eq!(shed, Shed { again: repeated, ..Shed::default() });
    }
}

#[test]
fn what_is_due_is_given_out_before_the_end() {
    let rules = rules();
    let engine = engine(&rules.iter().map(String::as_str).collect::<Vec<_>>());
    let all = detections(&engine, &[(0, 0), (60, 0), (60 + LATENESS, 0), (61 + LATENESS, 0)]);
    let mut stream = Stream::new(&engine, bounds());
    let mut given = Vec::new();
    let after: Vec<usize> = all
        .into_iter()
        .map(|it| {
            let mut out = Vec::new();
            stream.push(it, Timestamp::MAX, &mut out);
            given.extend(out);
            given.iter().filter(|it| &*it.rule == "logon").count()
        })
        .collect();
    assert_eq!(after, [0, 0, 1, 2]);
}

#[test]
fn what_is_too_late_is_given_out_alone_and_counted() {
    let rules = rules();
    let engine = engine(&rules.iter().map(String::as_str).collect::<Vec<_>>());
    let mut all = detections(&engine, &[(0, 0), (1_000, 0), (2_000, 0), (5, 0)]);
    let late = all.last().unwrap().clone();
    all.push(late);
    let (given, shed) = streamed(&engine, bounds(), &all, Timestamp::MAX);
    assert_eq!(given.iter().filter(|it| it.contains("logon")).count(), 4, "{given:?}");
    assert_eq!(shed, Shed { late: 1, again: 1, ..Shed::default() });
}

#[test]
fn a_clock_that_runs_ahead_makes_nothing_late() {
    let rules = rules();
    let engine = engine(&rules.iter().map(String::as_str).collect::<Vec<_>>());
    let all = detections(&engine, &[(9_000_000_000, 0), (100, 0), (90, 0)]);
    let (given, shed) = streamed(&engine, bounds(), &all, Timestamp::from_second(100).unwrap());
    assert_eq!(shed, Shed::default());
    let records: Vec<&str> = given.iter().filter_map(|it| it.split(' ').nth(1)).collect();
    assert_eq!(records, ["2", "1", "0"]);
}

#[test]
fn beyond_its_bounds_a_stream_lets_the_earliest_go_and_counts() {
    let rules = rules();
    let engine = engine(&rules.iter().map(String::as_str).collect::<Vec<_>>());
    let events: Vec<(i64, u8)> = (0..50).map(|second| (second, 0)).collect();
    let all = detections(&engine, &events);
    let (given, shed) = streamed(&engine, Bounds { waiting_max: 10, ..bounds() }, &all, Timestamp::MAX);
    assert_eq!(given.iter().filter(|it| it.contains("logon")).count(), 50);
    assert_eq!(shed, Shed { early: 40, ..Shed::default() });
}
