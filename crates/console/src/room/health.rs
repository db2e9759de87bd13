//! How Rempart itself is: for programs that watch it, and on every page where its clock is wrong.
//!
//! Invariant: says what it knows, without log-in only that it answers.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;

use crate::ask::Ask;
use crate::permit::Permission;
use crate::route::Route;

pub(crate) fn routes() -> Vec<Route> {
    vec![Route::get("/healthz", Permission::Nobody, alive), Route::get("/readyz", Permission::Nobody, ready)]
}

async fn alive() -> &'static str {
    "ok\n"
}

async fn ready(ask: Ask) -> Response {
    match ask.app.store.ping().await {
        Ok(()) => "ready\n".into_response(),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "the store does not answer\n").into_response(),
    }
}

/// What is wrong with the machine's clock, where something is: deadlines and one-time codes depend on it.
#[must_use]
pub(crate) fn clock_warning(ask: &Ask) -> Option<String> {
    let went_back = ask.wall < ask.app.started;
    let built: Timestamp = env!("REMPART_BUILT").parse().unwrap_or_default();
    if went_back || ask.wall < built {
        return Some(ask.say("clock-wrong"));
    }
    None
}
