//! Events one at a time, as they arrive: the same detections and the same reading as from files.

use assess::{Growing, Reading};
use detect::Detected;
use evidence::Event;

use crate::night::{Desk, clock, files, options, spill};

#[test]
fn events_fed_one_by_one_are_kept_as_those_of_a_file() {
    let desk = Desk::new();
    let (servers, other) = files();
    for bytes in [servers, other] {
        let (from_file, lines) = desk.read(&[("a.ndjson", &bytes)]);
        let (events, report) = evidence::events_of(&bytes, "a.ndjson", &options());
        let mut reading = Reading::default();
        (reading.files, reading.bytes) = (1, report.bytes);
        let mut kept = Vec::new();
        for event in &events {
            reading.take(event, clock());
            let mut found = Vec::new();
            desk.engine.judge(event, &mut found);
            kept.extend(found.into_iter().map(|it| serde_json::to_string(&desk.engine.keep(it)).unwrap()));
        }
        kept.sort();
        assert!(!kept.is_empty());
        assert_eq!(kept, lines);
        assert_eq!(reading, from_file);
    }
}

fn event(host: &str, addresses: &[&str]) -> Event {
    let addresses = addresses.iter().map(|it| it.parse().unwrap()).collect();
    Event { host: Some(host.to_owned()), addresses, ..Event::default() }
}

fn reading(events: &[Event]) -> Reading {
    let mut reading = Reading::default();
    for event in events {
        reading.take(event, clock());
    }
    reading
}

#[test]
fn a_host_that_any_of_its_addresses_tells_is_not_unknown() {
    let desk = Desk::new();
    let known = desk.map.assets().find_map(|(_, _, asset)| asset.ips.first()).unwrap().to_string();
    let events = [
        event("odd-name", &["203.0.113.7"]),
        event("odd-name", &[&known]),
        event("stranger", &["203.0.113.8"]),
        event("", &["203.0.113.9"]),
    ];
    let findings = assess::assess([], &reading(&events), desk.request(&[]), spill).unwrap();
    assert_eq!(findings.tell(&desk.words).evidence.unknown_hosts, ["stranger"]);
}

#[test]
fn a_flood_of_names_ends_somewhere_and_always_in_the_same_place() {
    let mut events: Vec<Event> = (0..10_050).map(|it| event(&format!("host-{it:05}"), &[])).collect();
    events.extend((0..90).map(|it| event("host-00000", &[&format!("203.0.113.{it}")])));
    let one = reading(&events);
    events.reverse();
    assert_eq!(reading(&events), one);
    let text = serde_json::to_string(&one).unwrap();
    assert!(text.contains("host-09999") && !text.contains("host-10000"));
    assert_eq!(text.matches("203.0.113.").count(), 64);
}

/// What grows, assessed after any part of it, in whatever order it came, says what an assessment of that part says.
#[test]
fn findings_that_grow_are_those_of_the_whole_so_far() {
    let desk = Desk::new();
    let (servers, other) = files();
    let (reading, lines) = desk.read(&[("servers.ndjson", &servers), ("other.ndjson", &other)]);
    let mut detections: Vec<Detected> =
        lines.iter().filter_map(|line| desk.engine.recall(serde_json::from_str(line).unwrap())).collect();
    // Out of order, as several senders make it.
    let count = detections.len();
    for at in 0..count {
        detections.swap(at, at * 7_919 % count);
    }
    let request = || desk.request(&[]);
    let mut growing = Growing::new(request().map, request().engine, &request().people);
    let mut so_far = Vec::new();
    for part in detections.chunks(count / 6 + 1) {
        part.iter().for_each(|it| growing.take(it.clone()));
        so_far.extend_from_slice(part);
        let grown = growing.assess(&reading, request()).unwrap().told(&desk.words);
        let whole = assess::assess(so_far.iter().cloned().map(Ok), &reading, request(), spill).unwrap();
        let whole = serde_json::to_string(&whole.told(&desk.words)).unwrap();
        assert!(serde_json::to_string(&grown).unwrap() == whole, "after {} detections", so_far.len());
    }
    assert!(so_far.len() > 100);
}
