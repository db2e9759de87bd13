//! The sources of the intake, for programs.
//!
//! Invariant: counts are those of the spool, durable as they are told.

use axum::response::Response;
use jiff::Timestamp;
use serde::Serialize;

use crate::ask::Ask;
use crate::inflow::sources;
use crate::permit::Permission;
use crate::problem::Result;
use crate::route::Route;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get("/api/v1/intake", Permission::Read, list)
            .about("Sources of what arrives by itself, with counts of events")
            .gives::<Sources>(),
    ]
}

#[derive(Serialize, utoipa::ToSchema)]
struct Sources {
    sources: Vec<Told>,
}

/// A source of events.
#[derive(Serialize, utoipa::ToSchema)]
struct Told {
    /// A token's owner and label, an address, a file.
    name: String,
    /// `token`, `certificate`, `folder`, `itself` (what Rempart says of the others), or `none`.
    authenticated_by: String,
    /// Events answered for.
    acknowledged: u64,
    /// Distinct events kept.
    stored: u64,
    /// Events that were kept already.
    duplicates: u64,
    /// Events refused for good.
    shed: u64,
    /// Stretches of the spool that could not be read again.
    damaged: u64,
    /// When the last event arrived.
    last_event_at: Option<String>,
    /// Since when nothing arrives, where that is longer than usual.
    silent_since: Option<String>,
    /// Seconds between two events, usually, at this time of the week; unknown before something was learned.
    expected_every: Option<i64>,
    /// Hosts of which it says nothing for longer than usual.
    silent_hosts: Vec<String>,
}

async fn list(ask: Ask) -> Result<Response> {
    let told = sources(&ask.app, ask.wall).into_iter().map(|(source, counts, silence)| Told {
        name: source.name.clone(),
        authenticated_by: source.authenticated_by.clone(),
        acknowledged: counts.acknowledged,
        stored: counts.stored,
        duplicates: counts.duplicates,
        shed: counts.shed,
        damaged: counts.damaged,
        last_event_at: counts
            .last_at
            .and_then(|at| Timestamp::from_millisecond(at).ok())
            .map(|at| at.to_string()),
        silent_since: silence.since.map(|at| at.to_string()),
        expected_every: silence.every,
        silent_hosts: silence.hosts,
    });
    ask.json(&Sources { sources: told.collect() })
}
