//! Events one at a time, as they arrive: the same detections and the same reading as from files.

use assess::Reading;

use crate::night::{Desk, clock, files, options};

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
