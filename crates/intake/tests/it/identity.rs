//! Sent again, an event is the same; alike elsewhere, it is another.

use std::collections::HashSet;

use intake::identity::{in_file, in_request, named, of_document, request, windows};
use intake::{Event, Id};
use serde_json::{Value, json};

use crate::fake::Fake;
use crate::support::{counts, open, source};

fn id(document: &Value) -> Option<Id> {
    of_document(document.as_object().expect("an object"))
}

fn winlogbeat(record: u64, user: &str, time: &str, sent: &str) -> Value {
    json!({
        "@timestamp": time, "message": "An account was logged on.",
        "event": {"created": sent, "code": "4624"}, "agent": {"ephemeral_id": sent},
        "winlog": {"computer_name": "DC-1.chu.example", "channel": "Security", "record_id": record,
                   "event_data": {"TargetUserName": user}},
    })
}

#[test]
fn a_windows_event_read_twice_by_its_shipper_is_one() {
    let time = "2026-11-28T02:00:00.000Z";
    let first = id(&winlogbeat(7, "nurse-17", time, "2026-11-28T02:00:01Z"));
    assert_eq!(
        first,
        id(&winlogbeat(7, "nurse-17", time, "2026-11-28T05:00:00Z")),
        "only the sending differs"
    );
    assert!(first.is_some());
}

#[test]
fn a_cleared_log_that_uses_its_numbers_again_writes_new_events() {
    let (before, after) = ("2026-11-28T02:00:00.000Z", "2026-11-28T04:00:00.000Z");
    let all = [
        winlogbeat(7, "nurse-17", before, ""),
        winlogbeat(7, "nurse-17", after, ""),
        winlogbeat(7, "nurse-18", before, ""),
        winlogbeat(8, "nurse-17", before, ""),
    ];
    let distinct: HashSet<Id> = all.iter().map(|it| id(it).expect("an event of Windows")).collect();
    assert_eq!(distinct.len(), all.len());
}

#[test]
fn documents_that_tell_of_no_windows_event_have_no_such_id() {
    assert_eq!(id(&json!({"message": "hello", "@timestamp": "2026-11-28T02:00:00Z"})), None);
    assert_eq!(id(&json!({"winlog": {"channel": "Security"}})), None);
    let plain = json!({"EventRecordID": 7, "Computer": "DC-1", "Channel": "Security",
                       "TimeCreated": "2026-11-28T02:00:00Z", "TargetUserName": "nurse-17"});
    assert!(id(&plain).is_some());
}

#[test]
fn each_way_of_naming_is_apart_from_the_others() {
    let one = request(b"{}");
    let all = [
        windows("a", "b", "1", "t", b"x"),
        windows("a", "b1", "", "t", b"x"),
        in_file("a", 0, b"x"),
        in_file("a", 2, b"x"),
        in_file("b", 0, b"x"),
        named("a", "x"),
        named("ax", ""),
        in_request(&one, 0),
        in_request(&one, 1),
        in_request(&request(b"{ }"), 0),
    ];
    assert_eq!(all.iter().collect::<HashSet<_>>().len(), all.len());
    assert_eq!(windows("DC-1", "Security", "1", "t", b"x"), windows("dc-1", "security", "1", "t", b"x"));
}

#[test]
fn identical_lines_count_by_where_they_stand_and_syslog_by_each_arrival() {
    let disk = Fake::default();
    let line = b"GET /login 200".to_vec();
    let flood: Vec<Event> = (0..5_u64)
        .map(|turn| Event {
            source: source(),
            id: in_file("access.log", turn * 15, &line),
            bytes: line.clone(),
        })
        .collect();
    let syslog = Event { source: source(), id: Id::Distinct, bytes: line };
    for round in 0..3 {
        let (spool, _) = open(disk.clone());
        assert_eq!(spool.append_and_wait(&flood).expect("kept").new, [round == 0; 5]);
        let twice = spool.append_and_wait(&[syslog.clone(), syslog.clone()]).expect("kept");
        assert_eq!(twice.new, [true, true]);
        let told = counts(&spool);
        assert_eq!((told.stored, told.duplicates), (5 + 2 * (round + 1), 5 * round));
        assert_eq!(told.acknowledged, told.stored + told.duplicates);
    }
}
