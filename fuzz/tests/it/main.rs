//! Every reader of the house under damaged bytes: no panic, no hang, no more out than came in.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on must fail")]

mod samples;

use evidence::{CsvMapping, Limits, Options, Trouble, events_of};
use fuzz::run;
use hospital::MapFile;

/// Reads evidence; an archive may unpack to a stated size, everything else yields at most one event a byte.
fn evidence(target: &str, name: &str, samples: &[Vec<u8>]) {
    let limits = Limits { unpacked: 4 << 20, entries: 1_000, line: 1 << 20, ..Limits::default() };
    let mapping = CsvMapping::parse("time = \"time\"\nhost = \"host\"\nuser = \"user\"\n").unwrap();
    let options = Options {
        threads: 1,
        reference: Some("2026-11-22T00:00:00Z".parse().unwrap()),
        mapping: Some(mapping),
        limits,
        ..Options::default()
    };
    for sample in samples {
        let (events, report) = events_of(sample, name, &options);
        assert!(!events.is_empty(), "{target}: a sound sample gives no event: {report:?}");
    }
    run(target, samples, |bytes| {
        let (events, report) = events_of(bytes, name, &options);
        let failed =
            report.unreadable.iter().flat_map(|it| &it.losses).find(|it| it.trouble == Trouble::ReaderFailed);
        assert_eq!(failed, None, "a reader panicked and was caught");
        assert!(events.len() <= bytes.len().max(4 << 20), "{} events of {} bytes", events.len(), bytes.len());
    });
}

fn map(target: &str, name: &str, samples: &[Vec<u8>]) {
    run(target, samples, |bytes| {
        let checked = hospital::check(vec![
            MapFile { name: name.to_owned(), bytes: bytes.to_vec() },
            MapFile { name: "teams.toml".to_owned(), bytes: samples::TEAMS.into() },
        ]);
        assert_eq!(checked.map.is_some(), checked.errors.is_empty());
        assert!(checked.errors.len() + checked.remarks.len() <= 2 * hospital::KEPT_MAX + 2);
    });
}

#[test]
fn evtx() {
    evidence("evtx", "Security.evtx", &[samples::evtx(3), samples::evtx(40)]);
}

#[test]
fn syslog() {
    evidence("syslog", "auth.log", &samples::texts(samples::SYSLOG));
}

#[test]
fn access_log() {
    evidence("access-log", "access.log", &samples::texts(samples::ACCESS));
}

#[test]
fn csv() {
    evidence("csv", "export.csv", &samples::texts(samples::CSV));
}

#[test]
fn json() {
    evidence("json", "events.ndjson", &samples::texts(samples::JSON));
}

#[test]
fn xml() {
    evidence("xml", "events.xml", &samples::texts(samples::XML));
}

#[test]
fn archives() {
    evidence("archives", "evidence.zip", &samples::archives());
}

#[test]
fn map_toml() {
    map("map-toml", "map.toml", &samples::texts(&[samples::MAP]));
}

#[test]
fn map_csv() {
    map("map-csv", "assets.csv", &samples::texts(&[samples::ASSETS]));
}

#[test]
fn rules() {
    run("rules", &samples::rules(), |bytes| {
        let rules = detect::Rules::load([("rule.yml", bytes)]);
        assert!(rules.loaded() + rules.refused().len() <= bytes.len().max(1));
    });
}

#[test]
fn obligations() {
    let content = content::Content::embedded();
    let shared: Vec<(&str, &[u8])> = content.under("obligations/shared/").collect();
    let samples: Vec<Vec<u8>> = content
        .under("obligations/")
        .filter(|(path, _)| path.ends_with(".yml"))
        .map(|(_, bytes)| bytes.to_vec())
        .collect();
    run("obligations", &samples, |bytes| {
        for path in ["obligations/fr-health-incident.yml", "obligations/shared/holidays.yml"] {
            let _ = govern::Obligations::load(shared.iter().copied().chain([(path, bytes)]));
        }
    });
}
