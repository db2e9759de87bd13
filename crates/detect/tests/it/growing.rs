//! Signals that grow are, after any part of them, what the whole so far gives: in any order, with repeats, far back too;
//! and in bounded memory, but for what came too late.

use std::io::Cursor;

use detect::{
    Aside, Chain, Detected, Engine, FalseSignal, Growing, Ordered, Shed, Signals, Spill, Surroundings, chains,
};
use hospital::NodeId;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use crate::{engine, event};

fn rules() -> Vec<String> {
    let base = |name: &str, id: u32, level: &str, tags: &str| {
        format!(
            "title: {name}\nid: {name}\nname: {name}\nlevel: {level}\ntags: [{tags}]\nlogsource: {{product: windows, service: security}}\ndetection: {{s: {{EventID: {id}}}, condition: s}}\n"
        )
    };
    let over = |id: &str, kind: &str, rules: &str, rest: &str| {
        format!(
            "title: {id}\nid: {id}\nname: {id}\nlevel: high\ntags: [attack.credential-access, attack.t1110]\ncorrelation:\n  type: {kind}\n  rules: [{rules}]\n  group-by: [IpAddress]\n  timespan: 10m\n  {rest}\n"
        )
    };
    vec![
        base("failed", 4625, "low", "attack.credential-access, attack.t1110"),
        base("logon", 4624, "medium", "attack.lateral-movement, attack.t1021"),
        base("service", 7045, "high", "attack.persistence, attack.t1543.003"),
        base("cleared", 1102, "medium", "attack.defense-evasion, attack.t1070"),
        base("encrypted", 9001, "critical", "attack.impact, attack.t1486"),
        over("many", "event_count", "failed", "condition: {gte: 3}"),
        over("then", "temporal_ordered", "failed, logon", "generate: true"),
        over("above", "temporal_ordered", "many, service", ""),
    ]
}

/// Second (of a night, none, or one that no clock had), kind, host, user, address.
type Drawn = (i64, u8, u8, u8, u8);

fn detections(engine: &Engine, events: &[Drawn]) -> Vec<Detected> {
    let mut all = Vec::new();
    for (record, (second, kind, host, user, address)) in events.iter().enumerate() {
        let id = [4625, 4624, 7045, 1102, 9001][usize::from(kind % 5)];
        let mut event = event(&format!(
            "windows Security {id} host-{host} | TargetUserName=user-{user} | IpAddress=192.0.2.{address}"
        ));
        event.time = match second {
            0..=600 => None,
            601..=900 => Timestamp::from_second(2_000_000_000 + second).ok(),
            _ => Timestamp::from_second(1_700_000_000 + second).ok(),
        };
        event.origin.record = record as u64;
        engine.judge(&event, &mut all);
    }
    all
}

fn told(signals: &Ordered<'_>, chains: &[Chain]) -> (Vec<String>, Vec<String>) {
    let one = |it: detect::Signal| {
        format!("{:?} {} {} {} {:?}", it.time, it.source.record, it.rule, it.dismissed, it.keys.users)
    };
    let signals = signals.iter().map(|it| one(it.unwrap())).collect();
    (signals, chains.iter().map(|it| format!("{it:?}")).collect())
}

/// Signals that are no correlation's.
fn alone(engine: &Engine, signals: &Ordered<'_>) -> Vec<String> {
    let is_alone = |it: &detect::Signal| engine.find(&it.rule).is_some_and(|it| it.log_source.is_some());
    let all = signals.iter().map(|it| it.unwrap()).filter(is_alone);
    all.map(|it| format!("{:?} {} {} {}", it.time, it.source.record, it.rule, it.dismissed)).collect()
}

fn around(trusted: &dyn Fn(Timestamp) -> bool) -> Surroundings<'_> {
    let asset = |host: &str| host.strip_prefix("host-")?.parse().ok().filter(|it| it % 3 == 0).map(NodeId);
    Surroundings { host: Box::leak(Box::new(asset)), trusted, ..Surroundings::unknown() }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 120, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn after_any_part_signals_that_grow_are_the_whole_so_far(
        events in prop::collection::vec((0..30_000_i64, any::<u8>(), 0..80_u8, 0..3_u8, 0..4_u8), 0..260),
        places in prop::collection::vec(any::<u32>(), 260),
        parts in prop::collection::vec(0..60_usize, 1..12),
        kept in prop::sample::select(vec![64_usize, 128, 16_384]),
        nearly_in_order in any::<bool>(),
        lets_go in any::<bool>(),
    ) {
        let rules = rules();
        let engine = engine(&rules.iter().map(String::as_str).collect::<Vec<_>>());
        let mut all = detections(&engine, &events);
        if nearly_in_order {
            let late = |it: &Detected| it.signal.time.map_or(0, Timestamp::as_second)
                + i64::from(places[it.signal.source.record as usize] % 900);
            all.sort_by_key(late);
        } else {
            all.sort_by_key(|it| places[it.signal.source.record as usize]);
        }
        // Some come twice.
        let again: Vec<Detected> = all.iter().step_by(17).cloned().collect();
        all.extend(again);
        let named = [FalseSignal { rule: "service".into(), path: String::new(), record: 7 }];
        let asides = [Aside { rule: Some("logon".into()), host: Some("host-5".into()), ..Aside::default() }];
        let mut growing = Growing::new(&engine, &named, &asides).reaching(kept);
        let (mut rest, mut so_far, mut turn) = (all.into_iter(), Vec::new(), 0);
        while turn < parts.len() || rest.len() > 0 {
            let part: Vec<Detected> = rest.by_ref().take(parts[turn % parts.len()].max(turn / 4)).collect();
            let half = part.len() / 2;
            part[..half].iter().for_each(|it| growing.push(it.clone()));
            // The clock comes to times that it did not trust before.
            let clock = Timestamp::from_second(2_000_000_600 + turn as i64 * 40).unwrap();
            let trusted = |time: Timestamp| time <= clock;
            let around = around(&trusted);
            // Another clock is behind, and is set back now and then.
            let now = clock - SignedDuration::from_secs(100 + turn as i64 % 3 * 90);
            if lets_go && turn % 2 == 0 {
                // Before they are told.
                growing.let_go(&engine, &around, now);
            }
            part[half..].iter().for_each(|it| growing.push(it.clone()));
            so_far.extend(part);
            let (signals, joined) = growing.settle(&engine, &around, now);
            let given = told(&signals, &joined);
            let alone = alone(&engine, &signals);
            let again = chains(engine.settings(), &around, || signals.iter()).unwrap();
            prop_assert_eq!(&given, &told(&signals, &again));

            let spill = || Ok(Box::new(Cursor::new(Vec::<u8>::new())) as Box<dyn Spill>);
            let mut whole = Signals::new(&engine, 100_000, spill);
            whole.dismiss(&named);
            whole.set_aside(&asides);
            so_far.iter().for_each(|it| whole.push(it.clone()).unwrap());
            let whole = whole.finish().unwrap();
            let joined = chains(engine.settings(), &around, || whole.iter()).unwrap();
            if growing.shed().late == 0 {
                prop_assert_eq!(given, told(&whole, &joined));
            } else {
                prop_assert!(lets_go);
                prop_assert_eq!(alone, self::alone(&engine, &whole));
            }
            if lets_go {
                growing.let_go(&engine, &around, now);
            }
            turn += 1;
        }
    }
}

/// What comes late by little is followed from near there, not from the beginning.
#[test]
fn what_comes_late_by_little_begins_nothing_anew() {
    let rules = rules();
    let engine = engine(&rules.iter().map(String::as_str).collect::<Vec<_>>());
    let second = |turn: i64| 1_000 + turn + if turn % 5 == 0 { -40 } else { 0 };
    let events: Vec<Drawn> =
        (0..5_000).map(|turn| (second(turn), (turn % 4) as u8, (turn % 9) as u8, 1, 2)).collect();
    let mut growing = Growing::new(&engine, &[], &[]);
    let around = Surroundings::unknown();
    for part in detections(&engine, &events).chunks(100) {
        part.iter().for_each(|it| growing.push(it.clone()));
        growing.settle(&engine, &around, Timestamp::MAX);
    }
    assert_eq!((growing.len(), growing.begun_anew()), (5_000, 0));
}

/// Events that are only counted, without end: what is held has a bound, and what came late by little is counted.
#[test]
fn a_stream_without_end_is_held_in_bounded_memory() {
    let rules = rules();
    let only_counted = rules.iter().filter(|it| !it.contains("title: then") && !it.contains("title: above"));
    let engine = engine(&only_counted.map(String::as_str).collect::<Vec<_>>());
    let mut growing = Growing::new(&engine, &[], &[]).reaching(1_024);
    let around = Surroundings::unknown();
    // Logons that failed, each address three times, now and then a minute apart; one machine's clock is a day ahead.
    let drawn = |turn: i64| match turn % 500 {
        0 => (90_000 + turn, 0, 1, 1, 200),
        _ => (1_000 + turn / 8 - turn % 3 * 20, 0, (turn % 9) as u8, 1, (turn / 3 % 190) as u8),
    };
    let mut signals = 0;
    for start in (0..40_000).step_by(200) {
        let events: Vec<Drawn> = (start..start + 200).map(drawn).collect();
        detections(&engine, &events).into_iter().for_each(|it| growing.push(it));
        let now = Timestamp::from_second(1_700_000_000 + 2_000 + start / 8).unwrap();
        signals = growing.settle(&engine, &around, now).0.len();
        growing.let_go(&engine, &around, now);
        assert!(growing.len() < 2_000 + signals as usize, "{} held, {signals} signals", growing.len());
    }
    assert!(signals > 500, "{signals}");
    assert_eq!(growing.shed(), Shed::default());
    let late = detections(&engine, &[(950, 0, 1, 1, 7), (950, 2, 1, 1, 7)]);
    late.into_iter().for_each(|it| growing.push(it));
    let after = growing.settle(&engine, &around, Timestamp::MAX).0.len();
    assert_eq!(growing.shed(), Shed { late: 1, groups: 0 });
    assert!(after > signals, "the service is told, late as it is");
}
