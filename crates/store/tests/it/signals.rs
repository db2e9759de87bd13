//! Signals: pages put together are the whole list; the same match twice is one row; many are quick.

use std::time::{Duration, Instant as Clock};

use proptest::prelude::*;
use store::entity::{Incident, IncidentKind, IncidentState};
use store::{Actor, Instant, Json, KeptSignal, List, SignalFilter, Store, new_id};

use crate::audit::sample;
use crate::common::{Place, on_both};

on_both!(
    pages_are_the_whole_list_in_order,
    the_same_match_is_kept_once,
    signals_bound_anew_keep_their_ids,
    hostile_signals_are_kept,
    a_hundred_thousand_are_kept_and_paged_quickly,
);

async fn signals_bound_anew_keep_their_ids(place: &Place) {
    let store = place.open().await;
    let night = incident("night");
    let mut change = store.begin(&Actor::machine()).await.unwrap();
    change.add(night.clone()).await.unwrap();
    change.add_signals(&night.id, (0..9).map(signal).collect()).await.unwrap();
    change.commit().await.unwrap();
    let all = || async { store.signals(&night.id, &SignalFilter::default(), None, 100).await.unwrap().rows };
    let before = all().await;
    let begun = Instant::from(jiff::Timestamp::now());
    let rebound = |record| KeptSignal { asset: Some("found-since".to_owned()), ..signal(record) };
    let mut change = store.begin(&Actor::machine()).await.unwrap();
    // One comes twice, one is new, two are gone.
    change.write_signals(&night.id, (2..10).chain([5]).map(rebound).collect()).await.unwrap();
    assert_eq!(change.drop_signals(&night.id, begun).await.unwrap(), 2);
    change.commit().await.unwrap();
    let after = all().await;
    assert_eq!(after.len(), 8);
    assert!(after.iter().all(|row| row.asset.as_deref() == Some("found-since")));
    for row in after.iter().filter(|row| row.record < 9) {
        assert_eq!(before.iter().find(|it| it.record == row.record).unwrap().id, row.id);
    }
}

pub fn incident(title: &str) -> Incident {
    Incident {
        id: new_id(),
        version: 0,
        title: title.to_owned(),
        kind: IncidentKind::Real,
        state: IncidentState::Open,
        site: None,
        opened_at: at(0),
        closed_at: None,
        aware_at: None,
        facts: Json(serde_json::json!({ "persons": 1.5e-7 })),
        clock_wall: None,
        clock_own: None,
        clock_speed: 1.0,
        horizon: 86_400,
    }
}

fn at(second: i64) -> Instant {
    Instant(jiff::Timestamp::from_second(second).unwrap())
}

pub fn signal(record: i64) -> KeptSignal {
    KeptSignal {
        id: 0,
        incident: String::new(),
        rule: format!("rule-{}", record % 7),
        title: "A title".to_owned(),
        level: i32::try_from(record % 5).unwrap(),
        at: at(record / 3),
        time: (record % 4 != 0).then(|| at(record / 3)),
        host: Some(format!("host-{}", record % 11)),
        asset: (record % 3 != 0).then(|| format!("asset-{}", record % 5)),
        techniques: List(vec!["T1486".to_owned()]),
        tactics: List(vec![TACTICS[usize::try_from(record).unwrap() % 3].to_owned()]),
        path: "a.zip!/b.evtx".to_owned(),
        record,
        kept_at: at(0),
    }
}

const TACTICS: [&str; 3] = ["impact", "lateral-movement", "initial-access"];

/// Keeps signals under a new incident; gives its id and how many were new.
pub async fn keep(store: &Store, signals: Vec<KeptSignal>) -> (String, u64) {
    let mut change = store.begin(&Actor::machine()).await.unwrap();
    let incident = change.add(incident("A night")).await.unwrap();
    let new = change.add_signals(&incident.id, signals).await.unwrap();
    change.commit().await.unwrap();
    (incident.id, new)
}

fn filters() -> impl Strategy<Value = (SignalFilter, u64)> {
    let some = |prefix: &'static str, below: i64| {
        proptest::option::weighted(0.3, (0..below).prop_map(move |number| format!("{prefix}-{number}")))
    };
    let tactic =
        proptest::option::weighted(0.3, proptest::sample::select(vec!["impact", "lateral-movement", "im%"]));
    let bounds = proptest::option::weighted(0.3, 0_i64..80);
    let assets = proptest::option::weighted(0.2, proptest::collection::vec("asset-[0-5]", 1..3));
    let level = proptest::option::weighted(0.3, 0_i32..5);
    (
        some("asset", 5),
        some("host", 11),
        some("rule", 7),
        tactic,
        bounds.clone(),
        bounds,
        assets,
        level,
        1_u64..40,
    )
        .prop_map(|(asset, host, rule, tactic, from, to, assets, level, limit)| {
            let tactic = tactic.map(str::to_owned);
            let (from, to, assets) = (from.map(at), to.map(at), assets.unwrap_or_default());
            (SignalFilter { asset, assets, host, rule, tactic, level, from, to }, limit)
        })
}

/// What a filter means, one row at a time.
fn wanted(filter: &SignalFilter, row: &KeptSignal) -> bool {
    let same = |asked: &Option<String>, is: Option<&String>| asked.as_ref().is_none_or(|it| Some(it) == is);
    same(&filter.asset, row.asset.as_ref())
        && (filter.assets.is_empty() || row.asset.as_ref().is_some_and(|it| filter.assets.contains(it)))
        && same(&filter.host, row.host.as_ref())
        && same(&filter.rule, Some(&row.rule))
        && filter.tactic.as_ref().is_none_or(|it| row.tactics.0.contains(&it.replace('%', "")))
        && filter.level.is_none_or(|it| row.level >= it)
        && filter.from.is_none_or(|it| row.at >= it)
        && filter.to.is_none_or(|it| row.at < it)
}

async fn pages_are_the_whole_list_in_order(place: &Place) {
    let store = place.open().await;
    let (other, _) = keep(&store, (0..50).map(signal).collect()).await;
    let (night, _) = keep(&store, (0..230).map(signal).collect()).await;
    let all = store.signals(&night, &SignalFilter::default(), None, 1_000).await.unwrap().rows;
    assert_eq!((all.len(), store.signal_count(&night).await.unwrap()), (230, 230));
    assert!(all.is_sorted_by_key(|row| std::cmp::Reverse((row.at, row.id))));
    assert!(store.signal(&other, all[0].id).await.unwrap().is_none(), "another incident's signal");
    for (filter, limit) in sample(proptest::collection::vec(filters(), 150)) {
        let expected: Vec<&KeptSignal> = all.iter().filter(|row| wanted(&filter, row)).collect();
        let (mut rows, mut after) = (Vec::new(), None);
        loop {
            let page = store.signals(&night, &filter, after.as_deref(), limit).await.unwrap();
            assert!(page.rows.len() as u64 <= limit);
            assert!(page.next.is_none() || page.rows.len() as u64 == limit, "a page is short: {filter:?}");
            rows.extend(page.rows);
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(rows.iter().collect::<Vec<_>>(), expected, "{filter:?} by {limit}");
    }
}

async fn the_same_match_is_kept_once(place: &Place) {
    let store = place.open().await;
    let (night, new) = keep(&store, (0..10).map(signal).collect()).await;
    assert_eq!(new, 10);
    let head = store.audit_head().await.unwrap();
    let mut change = store.begin(&Actor::machine()).await.unwrap();
    assert_eq!(change.add_signals(&night, (0..10).chain(3..5).map(signal).collect()).await.unwrap(), 0);
    change.commit().await.unwrap();
    assert_eq!(store.audit_head().await.unwrap(), head, "nothing new, no audit line");
    let mut change = store.begin(&Actor::machine()).await.unwrap();
    assert_eq!(change.add_signals(&night, (5..15).map(signal).collect()).await.unwrap(), 5);
    change.commit().await.unwrap();
    assert_eq!(store.signal_count(&night).await.unwrap(), 15);
    let (_, elsewhere) = keep(&store, (0..10).map(signal).collect()).await;
    assert_eq!(elsewhere, 10, "the same evidence in another incident");
}

async fn hostile_signals_are_kept(place: &Place) {
    let store = place.open().await;
    // Noise that no compression makes small.
    let long: String = sample(proptest::collection::vec(any::<char>(), 60_000)).into_iter().collect();
    let hostile = |record, end: &str| KeptSignal {
        rule: format!("{long}{end}"),
        title: long.clone(),
        host: Some(format!("{long}{end}")),
        asset: Some("\0".to_owned()),
        path: format!("{long}{end}"),
        tactics: List(vec!["\0".to_owned()]),
        ..signal(record)
    };
    let (night, new) = keep(&store, vec![hostile(1, "a"), hostile(1, "b"), hostile(1, "a")]).await;
    assert_eq!(new, 2);
    let filter = SignalFilter { host: Some(format!("{long}a")), ..SignalFilter::default() };
    assert_eq!(store.signals(&night, &filter, None, 10).await.unwrap().rows.len(), 1);
    for filter in ["\0", "'", "\\", "%", "\"]"].map(|text| SignalFilter {
        asset: Some(text.to_owned()),
        tactic: Some(text.to_owned()),
        ..SignalFilter::default()
    }) {
        store.signals(&night, &filter, Some("x.y"), u64::MAX).await.unwrap();
    }
}

async fn a_hundred_thousand_are_kept_and_paged_quickly(place: &Place) {
    let store = place.open().await;
    let start = Clock::now();
    let (night, new) = keep(&store, (0..100_000).map(signal).collect()).await;
    assert_eq!(new, 100_000);
    let kept = start.elapsed();
    let start = Clock::now();
    let page = store.signals(&night, &SignalFilter::default(), Some("10000000000.0"), 200).await.unwrap();
    let read = start.elapsed();
    assert_eq!(page.rows.len(), 200);
    println!("100,000 signals kept in {kept:?}, a page read in {read:?}");
    assert!(kept < Duration::from_secs(60) && read < Duration::from_secs(1), "{kept:?}, {read:?}");
}
