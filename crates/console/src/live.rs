//! Live updates: what changes, as server-sent events that resume where they stopped.
//!
//! Invariant: an event's id is its line in the audit, so a reader that names the last one it saw
//! (`Last-Event-ID`) misses none; an event says that something changed, never what is secret in it.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::Query;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use store::Audited;
use tokio_stream::wrappers::ReceiverStream;

use crate::ask::Ask;
use crate::permit::Permission;
use crate::problem::Result;
use crate::route::Route;
use crate::visitor::Visitor;

/// Lines read at once.
const AT_ONCE: u64 = 500;
/// Kinds that those who keep people or inspect the audit alone hear of.
const INNER: &[&str] = &[
    "account",
    "grant",
    "factor",
    "session",
    "link",
    "token",
    "webhook",
    "delivery",
    "setting",
    "ward_code",
    "backup",
    "log-in",
    "second-factor",
];

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get("/api/v1/events", Permission::Read, events)
            .about("What changes, as server-sent events; resumes by Last-Event-ID"),
    ]
}

#[derive(Deserialize)]
struct From {
    after: Option<i64>,
}

async fn events(ask: Ask, Query(from): Query<From>) -> Result<Response> {
    let last =
        ask.headers.get("last-event-id").and_then(|it| it.to_str().ok()).and_then(|it| it.parse().ok());
    let mut follow = ask.app.store.follow();
    let mut seq = match last.or(from.after) {
        Some(seq) => seq,
        None => ask.app.store.audit_head().await?,
    };
    let (send, receive) = tokio::sync::mpsc::channel::<std::result::Result<Event, Infallible>>(64);
    let app = ask.app.clone();
    let visitor = ask.visitor.clone();
    tokio::spawn(async move {
        let _here = app.counted.listener();
        let hello = Event::default().retry(Duration::from_secs(2)).comment("here");
        if send.send(Ok(hello)).await.is_err() {
            return;
        }
        loop {
            follow.borrow_and_update();
            let Ok(lines) = app.store.audit_after(seq, AT_ONCE).await else { return };
            let more = lines.len() as u64 == AT_ONCE;
            for line in lines {
                seq = line.seq;
                if hears(&visitor, &line) && send.send(Ok(event(&line))).await.is_err() {
                    return;
                }
            }
            if more {
                continue;
            }
            tokio::select! {
                changed = follow.changed() => if changed.is_err() { return },
                () = send.closed() => return,
                () = app.life.stopping() => return,
            }
        }
    });
    let stream =
        Sse::new(ReceiverStream::new(receive)).keep_alive(KeepAlive::new().interval(Duration::from_secs(15)));
    Ok(stream.into_response())
}

fn hears(visitor: &Visitor, line: &Audited) -> bool {
    !INNER.contains(&line.kind.as_str())
        || visitor.may(Permission::Keep, None)
        || visitor.may(Permission::Inspect, None)
}

fn event(line: &Audited) -> Event {
    let what = serde_json::json!({
        "seq": line.seq, "at": line.at, "verb": line.verb, "kind": line.kind, "record": line.record,
        "incident": line.incident, "actor": line.actor,
    });
    Event::default().id(line.seq.to_string()).event("change").data(what.to_string())
}
