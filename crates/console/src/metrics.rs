//! Figures for a watcher (Prometheus), on a listener of their own; and a span a request, for whoever follows traces.
//!
//! Invariant: labels and spans hold addresses of the table, methods and states, never a name, an id or anything of an incident;
//! what costs the database is counted at most once a second, however often it is asked.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use jiff::Timestamp;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Registry;
use tokio::sync::Mutex;
use tracing::Instrument;

use crate::app::App;
use crate::life::{self, Answer};

/// Upper ends of the latency's classes, in seconds; 0.05 is what p99 should stay below.
const CLASSES: [f64; 10] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0];
/// What was counted is given again for so long.
const FRESH: Duration = Duration::from_secs(1);
const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// What is counted while it serves.
pub struct Counted {
    requests: Family<Answered, Counter>,
    latency: Family<Place, Histogram>,
}

#[derive(Clone, Debug, EncodeLabelSet, Eq, Hash, PartialEq)]
struct Answered {
    method: &'static str,
    route: String,
    status: u16,
}

#[derive(Clone, Debug, EncodeLabelSet, Eq, Hash, PartialEq)]
struct Place {
    route: String,
}

impl Default for Counted {
    fn default() -> Counted {
        let latency = Family::new_with_constructor((|| Histogram::new(CLASSES)) as fn() -> Histogram);
        Counted { requests: Family::default(), latency }
    }
}

impl Counted {
    fn answered(&self, method: &'static str, route: String, status: StatusCode, took: Duration) {
        self.latency.get_or_create(&Place { route: route.clone() }).observe(took.as_secs_f64());
        self.requests.get_or_create(&Answered { method, route, status: status.as_u16() }).inc();
    }
}

/// Counts a request, until its answer begins.
pub(crate) async fn count(State(app): State<App>, request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().map_or("none", MatchedPath::as_str).to_owned();
    let (method, began) = (known(request.method()), Instant::now());
    let span = tracing::info_span!(
        "request",
        otel.name = format!("{method} {route}"),
        otel.kind = "server",
        http.request.method = method,
        http.route = route,
        http.response.status_code = tracing::field::Empty,
    );
    let response = next.run(request).instrument(span.clone()).await;
    span.record("http.response.status_code", response.status().as_u16());
    app.counted.answered(method, route, response.status(), began.elapsed());
    response
}

/// A method by its name; what is none of ours has none.
fn known(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::DELETE => "DELETE",
        _ => "other",
    }
}

/// What the watcher's listener answers: `/metrics` and nothing else.
pub(crate) fn router(app: &App) -> Router {
    let kept: Kept = Arc::default();
    Router::new().route("/metrics", get(page)).with_state((app.clone(), kept))
}

/// The last page and when it was made.
type Kept = Arc<Mutex<Option<(Instant, String)>>>;

async fn page(State((app, kept)): State<(App, Kept)>) -> Response {
    let mut kept = kept.lock().await;
    let text = match &*kept {
        Some((made, text)) if made.elapsed() < FRESH => text.clone(),
        _ => {
            let text = match write(&app).await {
                Ok(text) => text,
                Err(error) => {
                    tracing::error!(%error, "the figures cannot be written");
                    return StatusCode::INTERNAL_SERVER_ERROR.into_response();
                }
            };
            *kept = Some((Instant::now(), text.clone()));
            text
        }
    };
    ([(header::CONTENT_TYPE, OPEN_METRICS)], text).into_response()
}

async fn write(app: &App) -> Result<String, std::fmt::Error> {
    let mut registry = Registry::with_prefix("rempart");
    let counted = &app.counted;
    let version = [("version", env!("CARGO_PKG_VERSION"))];
    registry.register("build", "Which Rempart this is", Info::new(version));
    registry.register("http_requests", "Requests answered", counted.requests.clone());
    let help = "Time until the answer begins, in seconds";
    registry.register("http_request_duration_seconds", help, counted.latency.clone());
    let listeners = i64::try_from(app.listeners.open()).unwrap_or(i64::MAX);
    registry.register("live_listeners", "Browsers that follow live events", ConstGauge::new(listeners));
    let mut gauge = |name: &str, help: &str, value: Option<f64>| {
        if let Some(value) = value {
            registry.register(name, help, ConstGauge::new(value));
        }
    };
    let ready = app.life.readiness(&app.store, &app.config.data).await;
    gauge(
        "ready",
        "Whether it should be given work, as /readyz says",
        Some(f64::from(u8::from(ready.ready))),
    );
    gauge("start_time_seconds", "When it started, since 1970", Some(app.started.as_second() as f64));
    gauge(
        "disk_free_bytes",
        "Room on the data folder's disk",
        life::free(&app.config.data).map(|it| it as f64),
    );
    gauge("memory_resident_bytes", "Memory that the process holds", resident().map(|it| it as f64));
    let counts = match ready.store {
        Answer::Answers => app.store.counts().await,
        _ => Err(store::Error::Database("it was not asked".to_owned())),
    };
    if let Err(error) = &counts {
        tracing::warn!(%error, "what is kept cannot be counted");
    }
    let counts = counts.ok();
    let whole = |value: Option<u64>| value.map(|it| it as f64);
    gauge("incidents_open", "Incidents that are open", whole(counts.map(|it| it.incidents_open)));
    gauge("signals", "Signals kept", whole(counts.map(|it| it.signals)));
    gauge("audit_lines", "Lines of the audit", counts.map(|it| it.audit_lines as f64));
    gauge("deliveries_waiting", "Mails and calls to be tried", whole(counts.map(|it| it.deliveries_waiting)));
    gauge("deliveries_failed", "Mails and calls given up", whole(counts.map(|it| it.deliveries_failed)));
    let copied = counts.and_then(|it| it.copied_at);
    let age = copied.map(|at| Timestamp::now().duration_since(at.0).as_secs_f64());
    gauge("last_backup_age_seconds", "Since the last copy of the store that succeeded", age);
    let mut text = String::new();
    encode(&mut text, &registry)?;
    Ok(text)
}

/// Memory that the process holds, in bytes; unknown but on Linux.
fn resident() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: u64 = line.split_whitespace().next()?.parse().ok()?;
    kilobytes.checked_mul(1_024)
}
