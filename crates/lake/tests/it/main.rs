//! What the lake promises: what was kept is found, by any query, merged or not, and other tools read it too.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on must fail")]

mod damage;
mod duckdb;
mod keeping;
mod query;
mod random;

use evidence::{Event, Fields, Value};
use lake::{First, Kept, Lake, Query, Row, Span};

/// A folder that a test keeps events in.
pub fn folder() -> (tempfile::TempDir, Lake) {
    let folder = tempfile::tempdir().unwrap();
    let lake = Lake::open(folder.path()).unwrap();
    (folder, lake)
}

/// A process that began on a Windows host.
pub fn process(host: &str, command: &str, rules: &[&str]) -> Kept {
    let fields = [("CommandLine", command), ("Image", r"C:\Windows\System32\vssadmin.exe")];
    let fields = fields.map(|(name, value)| (name.into(), Value::Text(value.to_owned())));
    let event = Event {
        time: "2026-11-21T02:10:00.123456700Z".parse().ok(),
        host: Some(host.to_owned()),
        user: Some("nurse-17".to_owned()),
        channel: Some("Security".to_owned()),
        event_id: Some(4688),
        format: "windows",
        fields: Fields(fields.to_vec()),
        ..Event::default()
    };
    Kept { event, rules: rules.iter().map(|it| (*it).to_owned()).collect() }
}

/// Events as they are kept.
pub fn rows(kept: &[Kept]) -> Vec<Row> {
    kept.iter().map(|it| Row::of(&it.event, it.event.origin.record, it.rules.clone()).unwrap()).collect()
}

/// All that a query finds.
pub fn found(lake: &Lake, query: &str, span: Span) -> Vec<Kept> {
    let mut found = Vec::new();
    let searched = lake
        .search(&query.parse::<Query>().unwrap(), span, First::Oldest, &|| false, |kept| {
            found.push(kept);
            true
        })
        .unwrap();
    assert!(searched.unread.is_empty(), "{searched:?}");
    assert_eq!(searched.found, found.len() as u64);
    found
}

/// What makes two events the same.
pub fn likeness(kept: &Kept) -> String {
    format!("{kept:?}")
}
