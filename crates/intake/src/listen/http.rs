//! Requests: `_bulk`, OTLP logs, uploads, and what shippers ask before they send.
//!
//! Invariants: an answer of success is given after `fsync` alone; every answer carries `X-Elastic-Product`; no
//! request takes more memory than [`super::Limits::request`] unpacked, a few times over, and only so many are read at
//! the same time.

use std::io::Read;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::header::{
    ACCEPT, AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE,
};
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use axum_server::Handle;
use axum_server::tls_rustls::{RustlsAcceptor, RustlsConfig};
use serde_json::{Value, json};

use super::certificate::{Proven, Proving};
use super::{Intake, Sender, bulk, otlp, probes, token, upload};
use crate::event::{Event, Source};
use crate::spool::{Receipt, SpoolError};

/// What is under way gets this long to end when the listener is told to stop.
const ENDING: Duration = Duration::from_secs(5);
/// A connection gets this long to begin its first request, and its next.
const FIRST_REQUEST: Duration = Duration::from_secs(20);
const NEXT_REQUEST: Duration = Duration::from_secs(120);
const PRODUCT: HeaderName = HeaderName::from_static("x-elastic-product");

/// Answers requests on a socket until told to stop; over TLS where a configuration is given. A client's certificate,
/// where the configuration asks for one, proves a sender as a token does.
pub async fn serve(
    intake: Arc<Intake>,
    socket: TcpListener,
    tls: Option<Arc<rustls::ServerConfig>>,
) -> std::io::Result<()> {
    run(intake.clone(), Router::new().fallback(answer).with_state(intake), socket, tls).await
}

pub(super) async fn run(
    intake: Arc<Intake>,
    router: Router,
    socket: TcpListener,
    tls: Option<Arc<rustls::ServerConfig>>,
) -> std::io::Result<()> {
    socket.set_nonblocking(true)?;
    let handle = Handle::new();
    let ended = handle.clone();
    tokio::spawn(async move {
        intake.stop.cancelled().await;
        ended.graceful_shutdown(Some(ENDING));
    });
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    match tls {
        Some(tls) => {
            let acceptor = Proving(RustlsAcceptor::new(RustlsConfig::from_config(tls)));
            let server = axum_server::from_tcp(socket)?.acceptor(acceptor);
            patient(server, FIRST_REQUEST, NEXT_REQUEST).handle(handle).serve(service).await
        }
        None => {
            let server = patient(axum_server::from_tcp(socket)?, FIRST_REQUEST, NEXT_REQUEST);
            server.handle(handle).serve(service).await
        }
    }
}

/// Bounds how long a caller may take to say what it wants, at first and from then on; bodies have bounds of their own.
#[must_use]
pub fn patient<A>(
    server: axum_server::Server<SocketAddr, A>,
    first: Duration,
    next: Duration,
) -> axum_server::Server<SocketAddr, A> {
    let mut server = server.first_request_timeout(first);
    let builder = server.http_builder();
    builder.http1().header_read_timeout(next);
    builder.http2().keep_alive_interval(next).keep_alive_timeout(first);
    server
}

/// Who asks.
pub(super) struct Asker {
    pub(super) sender: Sender,
    pub(super) source: Arc<Source>,
}

async fn answer(
    State(intake): State<Arc<Intake>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let media = media(&parts.headers);
    let mut response = match route(&intake, peer, &parts, body).await {
        Ok(response) => response,
        Err(refusal) => refusal.into_response(),
    };
    let headers = response.headers_mut();
    headers.insert(PRODUCT, HeaderValue::from_static("Elasticsearch"));
    let is_json = headers.get(CONTENT_TYPE).is_some_and(|it| it == "application/json");
    if let Some(media) = media.filter(|_| is_json) {
        headers.insert(CONTENT_TYPE, media);
    }
    response
}

/// The versioned media type that a client of Elasticsearch asks for.
fn media(headers: &HeaderMap) -> Option<HeaderValue> {
    let major = compatible(headers)?;
    format!("application/vnd.elasticsearch+json;compatible-with={major}").parse().ok()
}

fn compatible(headers: &HeaderMap) -> Option<&'static str> {
    let accept = headers.get(ACCEPT).or_else(|| headers.get(CONTENT_TYPE))?.to_str().ok()?;
    let (_, rest) = accept.split_once("compatible-with=")?;
    ["8", "9"].into_iter().find(|major| rest.starts_with(major))
}

async fn route(
    intake: &Arc<Intake>,
    peer: SocketAddr,
    parts: &Parts,
    body: Body,
) -> Result<Response, Refusal> {
    let asker = asker(intake, peer, &parts.headers, &parts.extensions).await?;
    let _place = intake.requests.acquire().await.map_err(|_| Refusal::Away("closed".to_owned()))?;
    let path: Vec<&str> = parts.uri.path().split('/').filter(|part| !part.is_empty()).collect();
    let sends = parts.method == Method::POST || parts.method == Method::PUT;
    match path.as_slice() {
        ["_bulk"] | [] if sends => bulk(intake, asker, parts, body, None).await,
        [index, "_bulk"] if sends => bulk(intake, asker, parts, body, Some((*index).to_owned())).await,
        ["v1", "logs"] if sends => {
            let body = read(intake, &parts.headers, body).await?;
            otlp::answer(intake, asker, &parts.headers, body).await
        }
        ["upload", name] if sends => {
            let body = read(intake, &parts.headers, body).await?;
            upload::answer(intake, asker, name, body).await
        }
        _ => {
            let (status, value) = probes::answer(&parts.method, &path, compatible(&parts.headers));
            Ok((status, axum::Json(value)).into_response())
        }
    }
}

/// Whose the request is: its token's, its connection's certificate's, or, where that is allowed, nobody's in particular.
pub(super) async fn asker(
    intake: &Intake,
    peer: SocketAddr,
    headers: &HeaderMap,
    extensions: &Extensions,
) -> Result<Asker, Refusal> {
    for token in token::of(headers).into_iter().flatten() {
        if let Some(sender) = intake.authenticator.sender(&token).await {
            let source = Arc::new(Source::new(&sender.name, "token"));
            return Ok(Asker { sender, source });
        }
    }
    if headers.contains_key(AUTHORIZATION) {
        return Err(Refusal::Unknown);
    }
    if let Some(Proven(Some(source))) = extensions.get() {
        return Ok(Asker { sender: Sender::default(), source: source.clone() });
    }
    if intake.limits.without_token {
        let source = Arc::new(Source::new(&peer.ip().to_canonical().to_string(), "none"));
        return Ok(Asker { sender: Sender::default(), source });
    }
    Err(Refusal::Unknown)
}

/// The body, unpacked.
pub(super) async fn read(intake: &Intake, headers: &HeaderMap, body: Body) -> Result<Vec<u8>, Refusal> {
    let most = intake.limits.request;
    let body = tokio::time::timeout(intake.limits.patience, to_bytes(body, most)).await;
    let body = body.map_err(|_| Refusal::Slow)?.map_err(|error| {
        let over =
            std::error::Error::source(&error).is_some_and(|it| it.to_string().contains("length limit"));
        if over { Refusal::TooLarge } else { Refusal::Bad(error.to_string()) }
    })?;
    match headers.get(CONTENT_ENCODING).map(|it| it.to_str().unwrap_or("?")) {
        None | Some("identity") => Ok(body.into()),
        Some("gzip") => {
            let unpacked = tokio::task::spawn_blocking(move || gunzip(&body, most)).await;
            unpacked.unwrap_or_else(|_| Err(Refusal::Bad("the body cannot be unpacked".to_owned())))
        }
        Some(other) => Err(Refusal::Bad(format!("content-encoding {other} is not taken; use gzip"))),
    }
}

pub(super) fn gunzip(body: &[u8], most: usize) -> Result<Vec<u8>, Refusal> {
    let mut unpacked = Vec::new();
    let mut decoder = flate2::read::MultiGzDecoder::new(body).take(most as u64 + 1);
    decoder.read_to_end(&mut unpacked).map_err(|error| Refusal::Bad(format!("gzip: {error}")))?;
    if unpacked.len() > most { Err(Refusal::TooLarge) } else { Ok(unpacked) }
}

async fn bulk(
    intake: &Arc<Intake>,
    asker: Asker,
    parts: &Parts,
    body: Body,
    index: Option<String>,
) -> Result<Response, Refusal> {
    let start = Instant::now();
    let body = read(intake, &parts.headers, body).await?;
    let Asker { sender, source } = asker;
    let parsed = bulk::parse_aside(intake, body, index, sender, source.clone()).await;
    let mut items = parsed.map_err(Refusal::Bad)?;
    let events = bulk::events(&mut items);
    let receipt = keep(intake, &source, &events).await?;
    let answer = bulk::answer(&items, &receipt, start.elapsed().as_millis());
    Ok(axum::Json(answer).into_response())
}

/// Keeps what a request brought.
pub(super) async fn keep(
    intake: &Intake,
    source: &Arc<Source>,
    events: &[Event],
) -> Result<Receipt, Refusal> {
    if !intake.rates.take(source, events.len() as u64) {
        return Err(Refusal::Later("this source sends more than its rate".to_owned()));
    }
    intake.keep(events).await.map_err(Refusal::from)
}

/// Why a request is refused as a whole.
#[derive(Debug)]
pub(super) enum Refusal {
    /// No good token.
    Unknown,
    Bad(String),
    TooLarge,
    /// It took too long to arrive.
    Slow,
    /// It may come again.
    Later(String),
    /// Nothing is taken before a restart.
    Away(String),
}

impl From<SpoolError> for Refusal {
    fn from(error: SpoolError) -> Refusal {
        match error {
            SpoolError::Full | SpoolError::Busy => Refusal::Later(error.to_string()),
            SpoolError::TooLong => Refusal::TooLarge,
            SpoolError::Failed(_) | SpoolError::Closed | SpoolError::NoReader(_) => {
                Refusal::Away(error.to_string())
            }
        }
    }
}

impl Refusal {
    pub(super) fn status(&self) -> StatusCode {
        match self {
            Refusal::Unknown => StatusCode::UNAUTHORIZED,
            Refusal::Bad(_) => StatusCode::BAD_REQUEST,
            Refusal::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Refusal::Slow => StatusCode::REQUEST_TIMEOUT,
            Refusal::Later(_) => StatusCode::TOO_MANY_REQUESTS,
            Refusal::Away(_) => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    pub(super) fn reason(&self) -> &str {
        match self {
            Refusal::Unknown => {
                "a token with the scope intake is needed, as Bearer, ApiKey or Basic password"
            }
            Refusal::Bad(reason) | Refusal::Later(reason) | Refusal::Away(reason) => reason,
            Refusal::TooLarge => "the request is too large",
            Refusal::Slow => "the request did not arrive in time",
        }
    }

    /// The names that shippers know these by.
    fn kind(&self) -> &'static str {
        match self {
            Refusal::Unknown => "security_exception",
            Refusal::Bad(_) => "illegal_argument_exception",
            Refusal::TooLarge => "content_too_long_exception",
            Refusal::Slow => "timeout_exception",
            Refusal::Later(_) => "es_rejected_execution_exception",
            Refusal::Away(_) => "unavailable_exception",
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = self.status();
        let cause = json!({"type": self.kind(), "reason": self.reason()});
        let value: Value = json!({
            "error": {"root_cause": [cause], "type": self.kind(), "reason": self.reason()},
            "status": status.as_u16(),
        });
        let mut response = (status, axum::Json(value)).into_response();
        match self {
            Refusal::Unknown => {
                let ways =
                    HeaderValue::from_static("Basic realm=\"intake\", ApiKey, Bearer realm=\"intake\"");
                response.headers_mut().insert(WWW_AUTHENTICATE, ways);
            }
            Refusal::Later(_) | Refusal::Away(_) => {
                response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("2"));
            }
            _ => {}
        }
        response
    }
}
