//! Live updates: what changes, as server-sent events that resume where they stopped.
//!
//! Invariant: an event's id is its line in the audit, so a reader that names the last one it saw
//! (`Last-Event-ID`) misses none; an event says that something changed, never what is secret in it; who may no
//! longer listen, or listens too slowly, is let go at once.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use assess::Said;
use axum::extract::Query;
use axum::http::StatusCode;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use store::Heard;
use tokio_stream::wrappers::ReceiverStream;

use crate::ask::Ask;
use crate::guard;
use crate::permit::Permission;
use crate::problem::{Problem, Result};
use crate::route::Route;
use crate::visitor::Visitor;

/// Lines read at once.
const AT_ONCE: u64 = 100;
/// Lines that an account may have open.
const LINES_MAX: usize = 100;
/// Events that wait for a listener at most.
const WAITING: usize = 64;
/// A listener that takes nothing for this long is let go.
const PATIENCE: Duration = Duration::from_secs(30);
/// Whether a listener may still listen is asked at least this often: a session ends by rest, too.
const BEAT: Duration = Duration::from_secs(30);
/// Kinds whose change may end what somebody may hear.
const DOORS: &[&str] = &["account", "grant", "session", "token", "setting"];
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
            .about("What changes, as server-sent events; resumes by Last-Event-ID; ends with the session or a role")
            .asks::<From>()
            .also("text/event-stream")
            .resumes(),
    ]
}

#[derive(Deserialize, utoipa::IntoParams)]
struct From {
    /// The last event seen, where no `Last-Event-ID` says it.
    after: Option<i64>,
}

/// How many lines each account has open.
#[derive(Clone, Debug, Default)]
pub(crate) struct Listeners(Arc<Mutex<BTreeMap<String, usize>>>);

/// One open line; its end makes room for another.
struct Place {
    listeners: Listeners,
    name: String,
}

impl Listeners {
    /// Lines that are open, of all accounts.
    pub(crate) fn open(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).values().sum()
    }

    /// A place for one more, unless the account has too many.
    fn take(self, name: &str) -> Option<Place> {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = open.entry(name.to_owned()).or_default();
        if *count >= LINES_MAX {
            return None;
        }
        *count += 1;
        drop(open);
        Some(Place { listeners: self, name: name.to_owned() })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.listeners.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = open.get_mut(&self.name) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.name);
            }
        }
    }
}

type Out = tokio::sync::mpsc::Sender<std::result::Result<Event, Infallible>>;

async fn events(ask: Ask, Query(from): Query<From>) -> Result<Response> {
    let last =
        ask.headers.get("last-event-id").and_then(|it| it.to_str().ok()).and_then(|it| it.parse().ok());
    let follow = ask.app.store.follow();
    let seq = match last.or(from.after) {
        Some(seq) => seq,
        None => ask.app.store.audit_head().await?,
    };
    let often = || Problem::new(StatusCode::TOO_MANY_REQUESTS, "often", Said::new("refusal-often"));
    let place = ask.app.listeners.clone().take(&ask.visitor.actor().name).ok_or_else(often)?;
    let (send, receive) = tokio::sync::mpsc::channel(WAITING);
    tokio::spawn(async move {
        tell(ask, seq, follow, send).await;
        drop(place);
    });
    let stream =
        Sse::new(ReceiverStream::new(receive)).keep_alive(KeepAlive::new().interval(Duration::from_secs(15)));
    Ok(stream.into_response())
}

/// Tells a listener what changes, until it leaves, falls behind, or may no longer listen.
async fn tell(ask: Ask, mut seq: i64, mut follow: tokio::sync::watch::Receiver<i64>, send: Out) {
    let hello = Event::default().retry(Duration::from_secs(2)).comment("here");
    if send.send(Ok(hello)).await.is_err() {
        return;
    }
    loop {
        follow.borrow_and_update();
        let Ok(lines) = ask.app.store.heard_after(seq, AT_ONCE).await else { return };
        if lines.iter().any(|line| DOORS.contains(&line.kind.as_str())) && !may_still(&ask).await {
            return;
        }
        let more = lines.len() as u64 == AT_ONCE;
        for line in lines {
            seq = line.seq;
            if !hears(&ask.visitor, &line) {
                continue;
            }
            // Who reads too slowly comes back and goes on from the last event that arrived.
            match send.send_timeout(Ok(event(&line)), PATIENCE).await {
                Ok(()) => {}
                Err(_) => return,
            }
        }
        if more {
            continue;
        }
        tokio::select! {
            changed = follow.changed() => if changed.is_err() { return },
            () = send.closed() => return,
            () = ask.app.life.stopping() => return,
            () = tokio::time::sleep(BEAT) => if !may_still(&ask).await { return },
        }
    }
}

/// Whether who listens is still the same, with the same roles: a session may have ended, a role been taken back.
async fn may_still(ask: &Ask) -> bool {
    match guard::known(&ask.app, &ask.headers, ask.visitor.address.clone()).await {
        Ok(now) => now.may(Permission::Read, None) && now.grants == ask.visitor.grants,
        Err(_) => false,
    }
}

fn hears(visitor: &Visitor, line: &Heard) -> bool {
    !INNER.contains(&line.kind.as_str())
        || visitor.may(Permission::Keep, None)
        || visitor.may(Permission::Inspect, None)
}

fn event(line: &Heard) -> Event {
    let what = serde_json::json!({
        "seq": line.seq, "at": line.at, "verb": line.verb, "kind": line.kind, "record": line.record,
        "incident": line.incident, "actor": line.actor,
    });
    Event::default().id(line.seq.to_string()).event("change").data(what.to_string())
}
