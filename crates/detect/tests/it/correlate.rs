//! Correlations: what a row of events gives, in any order of arrival, in memory and on disk.

use std::io::Cursor;

use detect::{GROUPS_MAX, Ordered, Signals, Spill};

use crate::{engine, event};

/// `seconds|event` lines judged, gathered in an order that `seed` shuffles, and read back as `rule@seconds`.
fn replay(rules: &[&str], events: &[String], held_max: usize, seed: usize) -> Vec<String> {
    ordered(rules, events, held_max, seed, |ordered| {
        let read: Vec<String> = ordered
            .iter()
            .map(|it| it.unwrap())
            .map(|it| format!("{}@{}", it.rule, it.time.map_or(-1, jiff::Timestamp::as_second)))
            .collect();
        assert_eq!(read.len() as u64, ordered.len());
        read
    })
}

fn ordered<T>(
    rules: &[&str],
    events: &[String],
    held_max: usize,
    seed: usize,
    then: impl FnOnce(Ordered<'_>) -> T,
) -> T {
    let engine = engine(rules);
    let mut detected = Vec::new();
    for (record, line) in events.iter().enumerate() {
        let (seconds, text) = line.split_once('|').unwrap();
        let mut event = event(text);
        event.time = seconds.parse().ok().and_then(|it: i64| jiff::Timestamp::from_second(it).ok());
        event.origin.record = record as u64;
        engine.judge(&event, &mut detected);
    }
    let count = detected.len().max(1);
    let mut signals =
        Signals::new(&engine, held_max, || Ok(Box::new(Cursor::new(Vec::<u8>::new())) as Box<dyn Spill>));
    let mut places: Vec<usize> = (0..detected.len()).collect();
    places.sort_by_key(|it| (it * (seed * 2 + 1) + seed * 7) % count);
    for place in places {
        signals.push(detected[place].clone()).unwrap();
    }
    then(signals.finish().unwrap())
}

const FAILED: &str = "
title: Failed logon
id: failed
name: failed_logon
logsource: {product: windows, service: security}
detection: {selection: {EventID: 4625}, condition: selection}
";
const SUCCESS: &str = "
title: Logon
id: logon
logsource: {product: windows, service: security}
detection: {selection: {EventID: 4624}, condition: selection}
";

fn correlation(kind: &str, rest: &str) -> String {
    format!(
        "title: c\nid: c\nlevel: high\ncorrelation:\n  type: {kind}\n  group-by: [IpAddress]\n  timespan: 1m\n  {rest}\n"
    )
}

fn failed(second: i64, user: &str, ip: &str) -> String {
    format!("{second}|windows Security 4625 dc1 | TargetUserName={user} | IpAddress={ip}")
}

fn logon(second: i64, ip: &str) -> String {
    format!("{second}|windows Security 4624 dc1 | IpAddress={ip}")
}

#[test]
fn correlations_fire_where_they_should() {
    let count = correlation("event_count", "rules: [failed_logon]\n  condition: {gte: 3}");
    let loud = format!("{count}generate: true\n");
    let values = correlation("value_count", "rules: [failed]\n  condition: {field: TargetUserName, gte: 3}");
    let temporal = correlation("temporal", "rules: [failed, logon]");
    let ordered = correlation("temporal_ordered", "rules: [failed, logon]");
    let chained = format!(
        "{count}---\ntitle: top\nid: top\ncorrelation: {{type: temporal_ordered, rules: [c, logon], group-by: [IpAddress], timespan: 2m}}\n"
    );
    let row = |seconds: &[i64], ip: &str| seconds.iter().map(|it| failed(*it, "u", ip)).collect::<Vec<_>>();
    #[allow(clippy::type_complexity, reason = "a table: name, rules, events, signals")]
    let cases: Vec<(&str, Vec<&str>, Vec<String>, Vec<&str>)> = vec![
        ("three in a minute", vec![FAILED, &count], row(&[0, 30, 60], "a"), vec!["c@60"]),
        ("too slow", vec![FAILED, &count], row(&[0, 30, 61], "a"), vec![]),
        ("other groups", vec![FAILED, &count], [row(&[0, 1], "a"), row(&[2, 3], "b")].concat(), vec![]),
        (
            "a flood is one signal a timespan",
            vec![FAILED, &count],
            row(&(0..90).collect::<Vec<_>>(), "a"),
            vec!["c@2", "c@62"],
        ),
        (
            "generate shows the base",
            vec![FAILED, &loud],
            row(&[0, 1, 2], "a"),
            vec!["failed@0", "failed@1", "failed@2", "c@2"],
        ),
        (
            "no time, no part",
            vec![FAILED, &count],
            [row(&[0, 1], "a"), vec![failed(0, "u", "a").replacen('0', "never", 1)]].concat(),
            vec![],
        ),
        (
            "no field, no part",
            vec![FAILED, &count],
            (0..5).map(|it| format!("{it}|windows Security 4625 dc1")).collect(),
            vec![],
        ),
        (
            "distinct values",
            vec![FAILED, &values],
            vec![failed(0, "a", "x"), failed(1, "b", "x"), failed(2, "c", "x")],
            vec!["c@2"],
        ),
        (
            "same value",
            vec![FAILED, &values],
            vec![failed(0, "a", "x"), failed(1, "a", "x"), failed(2, "b", "x")],
            vec![],
        ),
        (
            "both rules",
            vec![FAILED, SUCCESS, &temporal],
            vec![logon(0, "x"), failed(9, "u", "x")],
            vec!["c@9"],
        ),
        (
            "one rule twice",
            vec![FAILED, SUCCESS, &temporal],
            vec![failed(0, "u", "x"), failed(9, "u", "x")],
            vec![],
        ),
        ("in order", vec![FAILED, SUCCESS, &ordered], vec![failed(0, "u", "x"), logon(9, "x")], vec!["c@9"]),
        ("out of order", vec![FAILED, SUCCESS, &ordered], vec![logon(0, "x"), failed(9, "u", "x")], vec![]),
        (
            "in order, too late",
            vec![FAILED, SUCCESS, &ordered],
            vec![failed(0, "u", "x"), logon(90, "x")],
            vec![],
        ),
        (
            "correlations of correlations",
            vec![FAILED, SUCCESS, &chained],
            [row(&[0, 1, 2], "x"), vec![logon(80, "x"), logon(81, "y")]].concat(),
            vec!["top@80"],
        ),
    ];
    for (name, rules, events, expected) in cases {
        for (held_max, seed) in [(1_000, 0), (1_000, 3), (2, 1), (7, 2)] {
            assert_eq!(
                replay(&rules, &events, held_max, seed),
                expected,
                "{name}, {held_max} held, seed {seed}"
            );
        }
    }
}

#[test]
fn a_million_events_in_one_group_cost_little() {
    let values = correlation("value_count", "rules: [failed]\n  condition: {field: TargetUserName, gte: 50}");
    let events: Vec<String> =
        (0..20_000).map(|it| failed(it / 1_000, &format!("u{}", it % 40), "x")).collect();
    let start = std::time::Instant::now();
    assert_eq!(replay(&[FAILED, &values], &events, 1_000_000, 0), Vec::<String>::new());
    assert!(start.elapsed().as_secs() < 20, "{:?}", start.elapsed());
}

#[test]
fn groups_that_are_let_go_to_make_room_are_counted() {
    let count = correlation("event_count", "rules: [failed]\n  condition: {gte: 2}");
    let mut events: Vec<String> = (0..GROUPS_MAX)
        .map(|it| failed(it as i64 * 50 / GROUPS_MAX as i64, "u", &format!("x{it}")))
        .collect();
    let forgotten = |events: &[String], held_max| {
        ordered(&[FAILED, &count], events, held_max, 0, |it| (it.len(), it.forgotten()))
    };
    assert_eq!(forgotten(&events, usize::MAX), (0, 0));
    // One more than there is room for, then again the first and the last: only the last is still known.
    events.extend([("y", 51), ("x0", 52), ("y", 53)].map(|(ip, second)| failed(second, "u", ip)));
    let (shown, gone) = forgotten(&events, usize::MAX);
    assert_eq!(shown, 1);
    assert!(gone >= GROUPS_MAX as u64 / 2, "{gone}");
    assert_eq!(forgotten(&events, 50_000), (shown, gone), "from the disk");
}

#[test]
fn a_rule_that_is_only_counted_goes_by_what_counts_it() {
    let count = correlation("event_count", "rules: [failed_logon]\n  condition: {gte: 3}");
    let loud = format!("{count}generate: true\n");
    let counted_by = |rules: &[&str]| engine(rules).counted_by("failed").map(|it| it.id.to_string());
    assert_eq!(counted_by(&[FAILED, &count]).as_deref(), Some("c"));
    assert_eq!(counted_by(&[FAILED, &loud]), None);
    assert_eq!(counted_by(&[FAILED]), None);
}
