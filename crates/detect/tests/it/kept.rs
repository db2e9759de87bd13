//! Detections kept and recalled, signals found false, and what stands for an engine.

use std::io::Cursor;

use detect::{Aside, Detected, Engine, FalseSignal, Kept, Rules, Settings, Signals, Spill};

use crate::{engine, event, settings};

const FAILED: &str = "
title: Failed logon
id: failed
logsource: {product: windows, service: security}
detection: {selection: {EventID: 4625}, condition: selection}
";
const MANY: &str = "
title: Many failed logons
id: many
correlation: {type: value_count, rules: [failed], group-by: [IpAddress], timespan: 1m, condition: {field: TargetUserName, gte: 2}, generate: true}
";
const TOP: &str = "
title: Twice many
id: top
correlation: {type: event_count, rules: [many], group-by: [IpAddress], timespan: 5m, condition: {gte: 1}}
";

/// Two failed logons of different users from one address, half a minute apart.
fn detections(engine: &Engine) -> Vec<Detected> {
    let mut out = Vec::new();
    for (record, user) in [(1, "nurse-17"), (2, "tech-04")] {
        let text = format!("windows Security 4625 dc1 | TargetUserName={user} | IpAddress=10.0.0.9");
        let mut event = event(&text);
        event.time = jiff::Timestamp::from_second(30 * record).ok();
        event.origin.record = record as u64;
        event.addresses.push("10.0.0.1".parse().unwrap());
        engine.judge(&event, &mut out);
    }
    out
}

/// `rule@record` in order, `!` before those found false, then how many stand.
fn list(engine: &Engine, detections: Vec<Detected>, held: usize, dismissed: &[(&str, u64)]) -> Vec<String> {
    listed(engine, detections, held, dismissed, &[])
}

fn listed(
    engine: &Engine,
    detections: Vec<Detected>,
    held: usize,
    dismissed: &[(&str, u64)],
    asides: &[Aside],
) -> Vec<String> {
    let spill = || Ok(Box::new(Cursor::new(Vec::<u8>::new())) as Box<dyn Spill>);
    let mut signals = Signals::new(engine, held, spill);
    let found_false: Vec<FalseSignal> = dismissed
        .iter()
        .map(|(rule, record)| FalseSignal { rule: (*rule).to_owned(), path: String::new(), record: *record })
        .collect();
    signals.dismiss(&found_false);
    signals.set_aside(asides);
    for detected in detections {
        signals.push(detected).unwrap();
    }
    let ordered = signals.finish().unwrap();
    let mut all: Vec<String> = ordered
        .iter()
        .map(|it| it.unwrap())
        .map(|it| format!("{}{}@{}", if it.dismissed { "!" } else { "" }, it.rule, it.source.record))
        .collect();
    let standing = all.iter().filter(|it| !it.starts_with('!')).count() as u64;
    assert_eq!((ordered.len(), ordered.standing()), (all.len() as u64, standing));
    all.push(format!("{standing} stand"));
    all
}

/// Kept, written as a line, read and recalled by an engine.
fn through(from: &Engine, to: &Engine, detections: Vec<Detected>) -> Vec<Detected> {
    let lines = detections.into_iter().map(|it| serde_json::to_string(&from.keep(it)).unwrap());
    lines.filter_map(|line| to.recall(serde_json::from_str::<Kept>(&line).unwrap())).collect()
}

#[test]
fn what_is_kept_is_recalled_whole() {
    let engine = engine(&[FAILED, MANY, TOP]);
    let again = through(&engine, &engine, detections(&engine));
    assert_eq!(format!("{again:?}"), format!("{:?}", detections(&engine)));
    assert_eq!(list(&engine, again, 9, &[]), ["failed@1", "failed@2", "top@2", "3 stand"]);
}

#[test]
fn another_engine_recalls_what_fits_it() {
    let whole = engine(&[FAILED, MANY, TOP]);
    let shuffled = engine(&[TOP, MANY, FAILED]);
    assert_eq!(
        list(&shuffled, through(&whole, &shuffled, detections(&whole)), 9, &[]),
        list(&whole, detections(&whole), 9, &[])
    );
    let bare = engine(&[FAILED]);
    assert_eq!(
        list(&bare, through(&whole, &bare, detections(&whole)), 9, &[]),
        ["failed@1", "failed@2", "2 stand"]
    );
    let regrouped = MANY.replace("[IpAddress]", "[IpAddress, Computer]");
    let recounted = MANY.replace("value_count", "event_count").replace("field: TargetUserName, ", "");
    for many in [regrouped, recounted] {
        let changed = engine(&[FAILED, &many, TOP]);
        assert_eq!(
            list(&changed, through(&whole, &changed, detections(&whole)), 9, &[]),
            ["failed@1", "failed@2", "2 stand"],
            "{many}"
        );
    }
    let none = engine(&[]);
    assert!(through(&whole, &none, detections(&whole)).is_empty());
}

#[test]
fn a_signal_found_false_stays_in_the_list_and_takes_part_in_no_correlation() {
    let engine = engine(&[FAILED, MANY, TOP]);
    #[allow(clippy::type_complexity, reason = "a table: what is false, what is listed")]
    let cases: &[(&[(&str, u64)], &[&str])] = &[
        (&[], &["failed@1", "failed@2", "top@2", "3 stand"]),
        (&[("failed", 1)], &["!failed@1", "failed@2", "1 stand"]),
        (&[("top", 2)], &["failed@1", "failed@2", "!top@2", "2 stand"]),
        (&[("many", 2)], &["failed@1", "failed@2", "2 stand"]),
        (&[("failed", 7), ("nowhere", 1)], &["failed@1", "failed@2", "top@2", "3 stand"]),
    ];
    for (dismissed, expected) in cases {
        for held in [1, 9] {
            assert_eq!(
                list(&engine, detections(&engine), held, dismissed),
                *expected,
                "{dismissed:?}, {held} held"
            );
        }
    }
}

#[test]
fn what_is_set_aside_stays_in_the_list_and_takes_part_in_no_correlation() {
    let engine = engine(&[FAILED, MANY, TOP]);
    let text = |text: &str| Some(text.to_owned());
    let of = |rule: &str| Aside { rule: text(rule), ..Aside::default() };
    let until = |second: i64| jiff::Timestamp::from_second(second).ok();
    let none = ["failed@1", "failed@2", "top@2", "3 stand"];
    let all = ["!failed@1", "!failed@2", "0 stand"];
    let cases: &[(Aside, &[&str])] = &[
        (Aside::default(), &none),
        (of("nowhere"), &none),
        (of("failed"), &all),
        (of("top"), &["failed@1", "failed@2", "!top@2", "2 stand"]),
        (Aside { host: text("dc1"), ..Aside::default() }, &["!failed@1", "!failed@2", "0 stand"]),
        (Aside { host: text("dc2"), ..of("failed") }, &none),
        (Aside { until: until(30), ..of("failed") }, &["!failed@1", "failed@2", "1 stand"]),
        (Aside { until: until(29), ..of("failed") }, &none),
        (Aside { tactic: text("impact"), host: text("dc1"), ..Aside::default() }, &none),
        (Aside { asset: Some(hospital::NodeId(3)), ..of("failed") }, &none),
    ];
    for (aside, expected) in cases {
        for held in [1, 9] {
            let asides = std::slice::from_ref(aside);
            let found = listed(&engine, detections(&engine), held, &[], asides);
            assert_eq!(found, *expected, "{aside:?}, {held} held");
        }
    }
}

#[test]
fn a_fingerprint_stands_for_rules_and_content() {
    let of = |rules: &[&str]| engine(rules).fingerprint().to_owned();
    let one = of(&[FAILED, MANY]);
    assert_eq!(one.len(), 64);
    assert_eq!(one, of(&[MANY, FAILED]));
    assert_ne!(one, of(&[FAILED]));
    assert_ne!(one, of(&[FAILED, &MANY.replace("gte: 2", "gte: 3")]));
    let content = content::Content::embedded();
    let louder = String::from_utf8(content.file("stances.yml").unwrap().to_vec()).unwrap() + "# as edited\n";
    let edited = Settings::read(|path| match path {
        "stances.yml" => Some(louder.as_bytes()),
        _ => content.file(path),
    });
    let rules = || Rules::load([("a.yml", FAILED.as_bytes()), ("b.yml", MANY.as_bytes())]);
    assert_eq!(Engine::new(rules(), settings()).fingerprint(), one);
    assert_ne!(Engine::new(rules(), edited.unwrap()).fingerprint(), one);
}
