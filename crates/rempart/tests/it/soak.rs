//! Events that keep arriving at a served console: none is lost, none counts twice, memory does not grow without bound.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::faults::caller::{Caller, Serving, program};
use crate::folder;

const SENDERS: u64 = 2;
/// Events of a request; every fifth request is sent twice.
const DOCUMENTS: u64 = 100;
/// Between two requests of a sender: a build for tests is to keep up on a busy machine.
const PAUSE: Duration = Duration::from_millis(100);
const FOR: Duration = Duration::from_secs(20);
/// A debug build with all rules takes some 300 MiB; this is what a leak of every event would pass.
const CEILING_MIB: u64 = 768;

fn body(sender: u64, turn: u64) -> String {
    let documents = (0..DOCUMENTS).map(|at| {
        let number = turn * DOCUMENTS + at;
        let document = json!({
            "@timestamp": "2026-11-28T02:00:00Z", "event": { "code": "4624" }, "message": "x".repeat(400),
            "winlog": { "computer_name": format!("host-{}-{}", sender, number % 40), "channel": "Security",
                "provider_name": "Microsoft-Windows-Security-Auditing", "event_id": "4624", "record_id": number,
                "event_data": { "TargetUserName": "nurse-17", "LogonType": "3" } },
        });
        format!("{{\"create\":{{}}}}\n{document}\n")
    });
    documents.collect()
}

#[test]
fn twenty_seconds_of_events_lose_nothing_and_stay_in_bounds() {
    let data = folder("soak").join("data");
    let admin = program(&data, &[]);
    let made = ["token", "create", "--user", "chief-1", "--scope", "intake", "--expires", "1d", "--data"];
    let made = crate::run(made.iter().chain(&[crate::text(&data)]));
    let token = String::from_utf8(made.stdout).unwrap().trim().to_owned();
    let (serving, intake) =
        Serving::start_with(&data, &["--intake-http", "127.0.0.1:0"], "intake-http: http://");
    let caller = serving.caller(&admin);
    let (status, told) = caller.post("/api/v1/incidents", None, &json!({ "title": "a night" })).unwrap();
    assert_eq!(status, 201, "{told}");
    let (sent, again) = (AtomicU64::new(0), AtomicU64::new(0));
    std::thread::scope(|scope| {
        for sender in 0..SENDERS {
            let (caller, sent, again) = (Caller::at(&intake, Some(&token)), &sent, &again);
            scope.spawn(move || {
                let began = Instant::now();
                for turn in 0.. {
                    if began.elapsed() > FOR {
                        return;
                    }
                    for time in 0..1 + u64::from(turn % 5 == 0) {
                        let (status, told) = caller.put("/_bulk", &body(sender, turn)).unwrap();
                        assert_eq!((status, &told["errors"]), (200, &Value::Bool(false)), "{told}");
                        sent.fetch_add(DOCUMENTS, Ordering::Relaxed);
                        again.fetch_add(time * DOCUMENTS, Ordering::Relaxed);
                    }
                    std::thread::sleep(PAUSE);
                }
            });
        }
    });
    let (status, told) = caller.get("/api/v1/intake").unwrap();
    assert_eq!(status, 200, "{told}");
    let count = |name: &str| told["sources"][0][name].as_u64().unwrap();
    let (sent, again) = (sent.into_inner(), again.into_inner());
    assert_eq!(
        (count("acknowledged"), count("stored"), count("duplicates"), count("shed")),
        (sent, sent - again, again, 0)
    );
    assert!(sent > 1_000, "hardly anything was sent: {sent}");
    // Everything is judged in the end, each event once.
    let path = format!("/api/v1/incidents/{}/assessment", {
        let (_, all) = caller.get("/api/v1/incidents").unwrap();
        all[0]["id"].as_str().unwrap().to_owned()
    });
    let began = Instant::now();
    loop {
        let judged = caller.get(&path).unwrap().1["evidence"]["events"].as_u64().unwrap_or(0);
        if judged == sent - again {
            break;
        }
        assert!(judged < sent - again, "{judged} of {} were judged", sent - again);
        assert!(began.elapsed().as_secs() < 120, "{judged} of {} were judged", sent - again);
        std::thread::sleep(Duration::from_millis(200));
    }
    let peak = serving.peak_mib();
    assert!(peak < CEILING_MIB, "{peak} MiB");
}
