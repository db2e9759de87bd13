//! One record of each kind: what goes in comes out, on both databases.

use serde_json::{Value, json};
use store::entity::*;
use store::{Actor, Record, Store};

use crate::common::{Place, on_both};
use crate::signals::signal;

on_both!(what_goes_in_comes_out);

const AT: &str = "2026-11-22T02:14:05.123456Z";
pub const INCIDENT: &str = "019ab000-0000-7000-8000-000000000013";

fn id(number: u32) -> String {
    format!("019ab000-0000-7000-8000-0000000000{number:02}")
}

/// Calls `$each!(Kind, fields)` for every kind, parents first.
macro_rules! kinds {
    ($each:ident) => {
        $each!(Account, 1, {"name": "nurse-17", "shown": "Nurse 17", "origin": "local", "subject": null,
            "password": "$argon2id$v=19$x", "mail": null, "lang": "fr", "active": true, "created_at": AT});
        $each!(Grant, 2, {"account": id(1), "role": "incident-commander", "site": "south"});
        $each!(Factor, 3, {"account": id(1), "kind": "code", "label": "telephone", "secret": "sealed",
            "confirmed": true, "last_step": 58_000_000, "used_at": AT, "created_at": AT});
        $each!(Session, 4, {"hash": "h4", "account": id(1), "origin": "local", "second": true, "created_at": AT,
            "seen_at": AT, "until": AT, "address": "192.0.2.4", "agent": "a browser", "seen_as": "director"});
        $each!(Link, 5, {"hash": "h5", "kind": "setup", "account": null, "until": AT, "used_at": null});
        $each!(Token, 6, {"hash": "h6", "account": id(1), "label": "collector", "scopes": ["intake"],
            "hosts": ["dc-*"], "until": AT, "created_at": AT});
        $each!(Webhook, 7, {"url": "https://chat.example/hook", "secret": "sealed", "kinds": ["task"],
            "private": false, "detail": true, "active": true});
        $each!(Delivery, 8, {"carrier": "mail", "target": "on-call@hospital.example", "body": {"link": "/i/1"},
            "state": "waiting", "tries": 2, "next_at": AT, "error": "no route", "created_at": AT});
        $each!(MapVersion, 9, {"number": 1, "files": {"hospital.toml": "[hospital]\nname = \"Été\""},
            "remark": "first", "author": "admin-1", "at": AT});
        $each!(Setting, 10, {"value": {"keep": 14, "folder": "/mnt/copies"}});
        $each!(WardCode, 11, {"service": "icu", "hash": "h11", "sealed": "sealed", "created_at": AT,
            "revoked_at": null, "used_at": AT});
        $each!(Backup, 12, {"at": AT, "file": "rempart-20261122-021405.bundle", "size": 1_234_567,
            "sha256": "00ff", "error": null, "tested_at": AT});
        $each!(Incident, 13, {"title": "La nuit", "kind": "real", "state": "open", "site": null,
            "opened_at": AT, "closed_at": null, "aware_at": AT, "facts": {"persons": 1200, "rate": 0.1},
            "clock_wall": null, "clock_own": null, "clock_speed": 1.0, "horizon": 86_400});
        $each!(Attachment, 14, {"incident": INCIDENT, "kind": "evidence", "about": null, "name": "dc.evtx",
            "size": 70_000_000_000_i64, "arrived": 3, "sha256": null, "state": "arriving",
            "reading": {"events": 3}, "author": "engineer-2", "at": AT});
        $each!(Duty, 15, {"incident": INCIDENT, "role": "lead", "person": "director-1", "account": id(1),
            "since": AT, "until": null});
        $each!(Call, 16, {"incident": INCIDENT, "contact": "c-lead", "state": "awake", "author": "nurse-17",
            "at": AT, "remark": "comes at once"});
        $each!(Decision, 17, {"incident": INCIDENT, "title": "Cut the Internet", "why": "it spreads",
            "state": "taken", "levers": ["l-internet"], "actions": ["isolate:dc-1"], "price": 0.30000000000000004,
            "saved": 41.5, "person": "director-1", "due_at": null, "at": AT, "taken_at": AT});
        $each!(Task, 18, {"incident": INCIDENT, "title": "Pull the cable", "detail": "room B2",
            "person": "engineer-2", "account": null, "team": "network", "playbook": null, "state": "doing",
            "blocked_by": null, "due_at": AT, "decision": id(17), "lever": "l-internet", "code": "K7",
            "author": "nurse-17", "at": AT, "done_at": null});
        $each!(Message, 19, {"incident": INCIDENT, "audience": "staff", "lang": "fr", "title": "Papier",
            "text": "Passez au papier.", "state": "approved", "author": "nurse-17", "at": AT,
            "approved_by": "director-1", "sent_at": null});
        $each!(Notice, 20, {"incident": INCIDENT, "obligation": "gdpr-33", "state": "draft", "text": "…",
            "reference": null, "proof": null, "author": "director-1", "at": AT, "sent_at": null});
        $each!(Cut, 21, {"incident": INCIDENT, "lever": "l-internet", "person": "engineer-2", "at": AT,
            "undone_by": null, "undone_at": null, "through": "paper"});
        $each!(WardReport, 22, {"incident": INCIDENT, "service": "icu", "says": "paper_well", "text": "",
            "patients": 12, "person": "nurse-17", "at": AT, "through": "ward_code", "undone_at": null});
        $each!(Note, 23, {"incident": INCIDENT, "at": AT, "text": "The vendor calls back.", "about": null,
            "author": "scribe-1", "written_at": AT, "handover": true});
        $each!(Mark, 24, {"incident": INCIDENT, "rule": "r-1", "asset": null, "host": "dc-1", "path": null,
            "record": 7, "reason": "our own scan", "author": "engineer-2", "at": AT, "undone_at": null});
        $each!(Step, 25, {"incident": INCIDENT, "step": "dc-1.os", "state": "late", "at": AT,
            "reason": "disk", "author": "engineer-2"});
        $each!(KeptAssessment, 26, {"incident": INCIDENT, "at": AT, "findings": {"fr": {"care": []}},
            "signals": 3, "map": 1, "rules": "r"});
    };
}

/// The same for kinds that the first schema lacked.
macro_rules! later_kinds {
    ($each:ident) => {
        $each!(Sighting, 27, {"incident": INCIDENT, "asset": "dc-1", "stance": "lost", "since": AT,
            "reason": "a ransom note on its screen", "author": "engineer-2", "at": AT, "undone_at": null});
        $each!(Suppression, 28, {"rule": null, "tactic": "discovery", "asset": "scan-1", "host": null,
            "reason": "our weekly scan", "author": "engineer-2", "at": AT, "until": null, "lifted_by": null,
            "lifted_at": null});
    };
}

fn record<R: Record>(number: u32, mut fields: Value) -> R {
    fields["id"] = id(number).into();
    fields["version"] = 1.into();
    serde_json::from_value(fields).unwrap()
}

/// Adds one of each, and some signals.
pub async fn fill(store: &Store) {
    let mut change = store.begin(&Actor::command()).await.unwrap();
    macro_rules! add {
        ($kind:ident, $number:literal, $fields:tt) => {
            let given = record::<$kind>($number, json!($fields));
            assert_eq!(change.add(given.clone()).await.unwrap(), given);
        };
    }
    kinds!(add);
    later_kinds!(add);
    change.add_signals(INCIDENT, (0..20).map(signal).collect()).await.unwrap();
    change.commit().await.unwrap();
}

/// Whether one of each is there as it was put; `travelled` where it came by a bundle.
pub async fn check(store: &Store, travelled: bool) {
    macro_rules! same {
        ($kind:ident, $number:literal, $fields:tt) => {
            assert_eq!(
                store.find::<$kind>(&id($number)).await.unwrap(),
                Some(record::<$kind>($number, json!($fields)))
            );
        };
    }
    later_kinds!(same);
    check_first(store, travelled, 29).await;
}

/// Whether one of each kind of the first schema is there, and how long the audit is.
pub async fn check_first(store: &Store, travelled: bool, lines: i64) {
    macro_rules! same {
        ($kind:ident, $number:literal, $fields:tt) => {
            let found = store.find::<$kind>(&id($number)).await.unwrap();
            if travelled && [Session::KIND, Link::KIND].contains(&$kind::KIND) {
                assert_eq!(found, None);
            } else {
                assert_eq!(found, Some(record::<$kind>($number, json!($fields))));
            }
        };
    }
    kinds!(same);
    assert_eq!(store.signal_count(INCIDENT).await.unwrap(), 20);
    assert_eq!(store.audit_head().await.unwrap(), lines);
    assert_eq!(store.audit_check().await.unwrap(), None);
}

async fn what_goes_in_comes_out(place: &Place) {
    let store = place.open().await;
    fill(&store).await;
    check(&store, false).await;
    assert_eq!(store.of::<Task>(INCIDENT).await.unwrap().len(), 1);
    assert_eq!(store.of::<Task>("another").await.unwrap().len(), 0);
    let mut change = store.begin(&Actor::command()).await.unwrap();
    let task = change.edit::<Task>(&id(18), Some(1), |task| task.state = TaskState::Done).await.unwrap();
    change.remove::<Note>(&id(23)).await.unwrap();
    change.commit().await.unwrap();
    assert_eq!(store.get::<Task>(&id(18)).await.unwrap(), task);
    assert_eq!((task.version, store.find::<Note>(&id(23)).await.unwrap()), (2, None));
    let last = store.audit_before(i64::MAX, Some(INCIDENT), 1).await.unwrap().remove(0);
    assert_eq!((last.verb.as_str(), last.after.is_none()), ("remove", true));
    assert_eq!(last.before.unwrap().0["text"], "The vendor calls back.");
}
