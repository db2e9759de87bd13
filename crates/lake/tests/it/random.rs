//! Random events and queries, against looking at every event.

use evidence::{Certainty, Event, Fields, Origin, Value};
use jiff::Timestamp;
use lake::{Kept, Query, Span};
use proptest::prelude::*;

use crate::{folder, found, likeness, rows};

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        "[a-c*\"\\\\ é]{0,6}".prop_map(Value::Text),
        any::<i64>().prop_map(Value::Integer),
        any::<f64>().prop_filter("JSON has no such number", |it| it.is_finite()).prop_map(Value::Number),
        any::<bool>().prop_map(Value::Boolean),
        Just(Value::Null),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        let fields = prop::collection::vec(("[a-c]{1,2}", inner.clone()), 0..4);
        prop_oneof![
            prop::collection::vec(inner, 0..4).prop_map(Value::List),
            fields.prop_map(|it| Value::Map(named(it))),
        ]
    })
}

fn named(fields: Vec<(String, Value)>) -> Fields {
    Fields(fields.into_iter().map(|(name, value)| (name.into(), value)).collect())
}

fn time() -> impl Strategy<Value = Option<Timestamp>> {
    prop::option::weighted(0.9, (0_i64..100).prop_map(|it| Timestamp::new(1_790_000_000 + it, 100).unwrap()))
}

prop_compose! {
    fn kept()(
        time in time(),
        certainty in prop::sample::select(vec![
            Certainty::Exact, Certainty::ZoneAssumed, Certainty::YearInferred, Certainty::Uncertain,
        ]),
        host in prop::option::of("[ab]"),
        user in prop::option::of("[AB]"),
        addresses in prop::collection::vec(any::<std::net::IpAddr>(), 0..3),
        event_id in prop::option::of(any::<u32>()),
        format in prop::sample::select(vec!["windows", "json", "syslog"]),
        fields in prop::collection::vec((prop::sample::select(vec!["host", "user", "a", "b"]), value()), 0..4),
        line in "[a-c ]{0,5}",
        record in any::<u64>(),
        rules in prop::collection::vec("[rs]", 0..3),
    ) -> Kept {
        let fields = named(fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect());
        let origin = Origin { path: "p".into(), record };
        let event = Event {
            time, certainty, host, user, addresses, event_id, format, fields, line, origin, ..Event::default()
        };
        Kept { event, rules }
    }
}

fn query() -> impl Strategy<Value = String> {
    let names = prop::sample::select(vec!["host", "user", "rule", "address", "event_id", "a", "b.a", "line"]);
    let term = prop_oneof![
        (names, "[abrsAB]|[ab]\\*|\\*").prop_map(|(name, value)| format!("{name}:{value}")),
        "[abc]{1,2}",
    ];
    term.prop_recursive(3, 8, 3, |inner| {
        prop_oneof![
            inner.clone().prop_map(|it| format!("not ({it})")),
            prop::collection::vec(inner.clone(), 1..3).prop_map(|it| format!("({})", it.join(" "))),
            prop::collection::vec(inner, 1..3).prop_map(|it| format!("({})", it.join(" or "))),
        ]
    })
}

fn sorted(events: &[Kept]) -> Vec<String> {
    let mut all: Vec<String> = events.iter().map(likeness).collect();
    all.sort();
    all
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    /// Whatever is kept comes back as it was; whatever is left out by Bloom filters and times, a search finds what
    /// looking at every event finds; and merging changes nothing.
    #[test]
    fn a_search_finds_what_looking_at_every_event_finds(
        batches in prop::collection::vec(prop::collection::vec(kept(), 1..6), 1..5),
        query in query(),
        since in time(),
        until in time(),
    ) {
        let (_folder, lake) = folder();
        let day = "2026-11-21".parse().unwrap();
        for batch in &batches {
            let first = lake.last("s").map_or(0, |it| it + 1);
            lake.append(day, "s", first, rows(batch)).unwrap();
        }
        let all: Vec<Kept> = batches.concat();
        prop_assert_eq!(sorted(&found(&lake, "", Span::default())), sorted(&all));

        let within = |it: &Kept| {
            let Some(time) = it.event.time else { return true };
            since.is_none_or(|since| since <= time) && until.is_none_or(|until| time <= until)
        };
        let asked: Query = query.parse().unwrap();
        let expected: Vec<Kept> = all.into_iter().filter(|it| within(it) && asked.holds(it)).collect();
        let span = Span { since, until };
        prop_assert_eq!(sorted(&found(&lake, &query, span)), sorted(&expected));
        for _ in 0..2 {
            lake.merge(jiff::civil::Date::MIN).unwrap();
            prop_assert_eq!(sorted(&found(&lake, &query, span)), sorted(&expected));
        }
    }
}
