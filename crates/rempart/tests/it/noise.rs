//! How often each rule fires where nothing happens: the table of `docs/rules-noise.md`.
//!
//! `UPDATE_EXPECT=1` writes the table anew; its column of samples is for people and not compared.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::PathBuf;

use serde_json::Value;

use crate::nights::quiet;
use crate::{json, root, run, text};

#[test]
fn rules_are_quiet_where_nothing_happens_as_the_table_says() {
    let assessment = &quiet().assessment;
    let events = assessment["evidence"]["events"].as_u64().unwrap();
    let background = matches(assessment);
    let rules = json(0, &["rules", "list", "--format", "json"]);
    let rules = rules.as_array().unwrap();
    for rule in rules {
        let fired = background.get(rule["id"].as_str().unwrap()).copied().unwrap_or_default();
        if matches!(rule["level"].as_str(), Some("high" | "critical")) {
            assert!(fired <= events / 10_000, "{} fires {fired} times in {events} events", rule["title"]);
        }
    }
    let path = root().join("docs/rules-noise.md");
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(&path, table(rules, events, &background, &sampled())).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    let none = BTreeMap::new();
    assert!(
        asserted(&written) == asserted(&table(rules, events, &background, &none)),
        "docs/rules-noise.md is not what the quiet night says; run this test with UPDATE_EXPECT=1"
    );
}

fn matches(assessment: &Value) -> BTreeMap<String, u64> {
    let mut matches = BTreeMap::new();
    for signal in assessment["signals"].as_array().unwrap() {
        *matches.entry(signal["rule"].as_str().unwrap().to_owned()).or_default() += 1;
    }
    matches
}

/// Matches on sample logs, where they are at hand: `REMPART_SAMPLES`, else `shared/samples` beside the repository.
fn sampled() -> BTreeMap<String, u64> {
    let beside = root().join("../shared/samples");
    let folder = std::env::var_os("REMPART_SAMPLES").map_or(beside, PathBuf::from).join("evtx");
    if !folder.is_dir() {
        println!("no sample logs beside the repository: their column stays empty");
        return BTreeMap::new();
    }
    let output = run(["triage", text(&folder), "--format", "json"]);
    matches(&serde_json::from_slice(&output.stdout).unwrap())
}

fn table(
    rules: &[Value],
    events: u64,
    background: &BTreeMap<String, u64>,
    samples: &BTreeMap<String, u64>,
) -> String {
    let mut text = format!(
        "# Matches of our rules where nothing happens\n\n\
         Background: the demonstration's quiet night of seed 1, {events} events. Samples: public EVTX recordings of attacks. \
         A test writes this table and holds its background column: `UPDATE_EXPECT=1 cargo test -p rempart noise`.\n\n\
         | Rule | Level | Background | Samples |\n|---|---|---:|---:|\n"
    );
    let mut rows: Vec<_> = rules
        .iter()
        .map(|rule| {
            let id = rule["id"].as_str().unwrap();
            let count = |counts: &BTreeMap<String, u64>| counts.get(id).copied().unwrap_or_default();
            (std::cmp::Reverse(count(background)), rule["title"].as_str().unwrap(), rule, count(samples))
        })
        .collect();
    rows.sort_by_key(|(background, title, ..)| (*background, *title));
    for (background, title, rule, samples) in rows {
        let level = rule["level"].as_str().unwrap();
        writeln!(text, "| {title} | {level} | {} | {samples} |", background.0).unwrap();
    }
    text
}

/// The table without its last column.
fn asserted(table: &str) -> Vec<&str> {
    let rows = table.lines().filter(|line| line.starts_with('|'));
    rows.filter_map(|row| row.trim_end_matches('|').rsplit_once('|')).map(|(kept, _)| kept).collect()
}
