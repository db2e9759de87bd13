//! What an incident holds, as lists of the API.
//!
//! Invariant: a record's secret fields are never in them.

use assess::Said;
use axum::body::Body;
use axum::extract::{Path, Query};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use store::entity::{
    Call, Cut, Decision, Duty, Incident, IncidentState, Mark, Message, Note, Notice, Record, Sighting, Step,
    Task, WardReport,
};
use store::{KeptSignal, SignalFilter};
use tokio_util::io::ReaderStream;

use crate::ask::Ask;
use crate::desk::published_file;
use crate::paged::Paged;
use crate::permit::Permission;
use crate::problem::{Problem, Result};
use crate::route::Route;

/// Signals on a page, unless fewer are asked for.
const SIGNALS: u64 = 200;

/// The list of an incident's records of one kind.
macro_rules! of {
    ($kind:ty, $path:literal, $about:literal) => {
        Route::get($path, Permission::Read, list::<$kind>).about($about).asks::<Paged>().gives_list::<$kind>()
    };
}

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get("/api/v1/incidents", Permission::Read, incidents)
            .about("Every incident, oldest first; the standing watch is none")
            .asks::<Paged>()
            .gives_list::<Incident>(),
        Route::get("/api/v1/incidents/{id}", Permission::Read, incident)
            .about("An incident")
            .gives::<Incident>(),
        of!(Duty, "/api/v1/incidents/{id}/duties", "Who held which role, from when to when"),
        of!(Call, "/api/v1/incidents/{id}/calls", "Calls made"),
        of!(Decision, "/api/v1/incidents/{id}/decisions", "Decisions, waiting, taken and declined"),
        of!(Task, "/api/v1/incidents/{id}/tasks", "Tasks"),
        of!(Message, "/api/v1/incidents/{id}/messages", "Texts for staff, patients, press and partners"),
        of!(Notice, "/api/v1/incidents/{id}/notices", "Legal notices, drafted and sent"),
        of!(Cut, "/api/v1/incidents/{id}/cuts", "Cuts made and undone"),
        of!(WardReport, "/api/v1/incidents/{id}/ward-reports", "What wards say of themselves"),
        of!(Note, "/api/v1/incidents/{id}/notes", "Lines that people wrote on the timeline"),
        of!(Mark, "/api/v1/incidents/{id}/marks", "Signals that are not what they seem"),
        of!(Sighting, "/api/v1/incidents/{id}/sightings", "What people see of assets"),
        of!(Step, "/api/v1/incidents/{id}/steps", "What people say of restoration steps"),
        Route::get("/api/v1/incidents/{id}/signals", Permission::Read, signals)
            .about("A page of signals, latest first; `next` is the key of the following one")
            .asks::<SignalFilter>()
            .asks::<Asked>()
            .gives::<SignalPage>(),
        Route::get("/api/v1/incidents/{id}/assessment", Permission::Read, assessment)
            .about("The latest assessment: the JSON of triage")
            .gives_named("Assessment"),
    ]
}

async fn list<R: Record>(ask: Ask, Path(id): Path<String>, Query(paged): Query<Paged>) -> Result<Response> {
    ask.app.store.get::<Incident>(&id).await?;
    ask.listed::<R>(Some(&id), &paged).await
}

async fn incidents(ask: Ask, Query(paged): Query<Paged>) -> Result<Response> {
    let mut all = ask.app.store.all::<Incident>().await?;
    all.retain(|it| it.state != IncidentState::Watch);
    ask.listed_of(all, &paged)
}

async fn incident(ask: Ask, Path(id): Path<String>) -> Result<Response> {
    let incident = ask.app.store.get::<Incident>(&id).await?;
    ask.versioned(&incident, incident.version)
}

/// A page of signals.
#[derive(Serialize, utoipa::ToSchema)]
struct SignalPage {
    /// Latest first.
    rows: Vec<KeptSignal>,
    /// Key of the next page: `after` takes it. None on the last.
    next: Option<String>,
}

#[derive(Deserialize, utoipa::IntoParams)]
struct Asked {
    /// The key that the page before gave as `next`.
    after: Option<String>,
    /// Signals at most: 200 where absent, at most 1,000.
    limit: Option<u64>,
}

async fn signals(
    ask: Ask,
    Path(id): Path<String>,
    Query(filter): Query<SignalFilter>,
    Query(asked): Query<Asked>,
) -> Result<Response> {
    ask.app.store.get::<Incident>(&id).await?;
    let limit = asked.limit.unwrap_or(SIGNALS).clamp(1, 1_000);
    let page = ask.app.store.signals(&id, &filter, asked.after.as_deref(), limit).await?;
    ask.json(&SignalPage { rows: page.rows, next: page.next })
}

async fn assessment(ask: Ask, Path(id): Path<String>) -> Result<Response> {
    ask.app.store.get::<Incident>(&id).await?;
    let path = published_file(&ask.app, &id, ask.words.lang());
    let missing = || Problem::missing(Said::new("refusal-not-assessed"));
    let file = tokio::fs::File::open(path).await.map_err(|_| missing())?;
    let kept = file.metadata().await.map_err(|error| Problem::inside(&error))?;
    let written = kept.modified().ok().and_then(|at| at.duration_since(std::time::UNIX_EPOCH).ok());
    let tag = format!("\"{:x}-{:x}\"", kept.len(), written.unwrap_or_default().as_nanos());
    if ask.has(&tag) {
        return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, tag)]).into_response());
    }
    let body = Body::from_stream(ReaderStream::new(file));
    let kind = "application/json".to_owned();
    Ok(([(header::CONTENT_TYPE, kind), (header::ETAG, tag)], body).into_response())
}
