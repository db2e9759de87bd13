//! OTLP logs over gRPC: one call, `Export`, spoken by hand over HTTP/2, since a whole gRPC library would be the
//! larger part of this room.
//!
//! Invariant: what is answered is a gRPC status, whatever was asked.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::response::Response;
use http_body_util::{BodyExt, Full};
use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use prost::Message;

use super::http::{self, Refusal};
use super::{Intake, otlp};

const EXPORT: &str = "/opentelemetry.proto.collector.logs.v1.LogsService/Export";
const STATUS: HeaderName = HeaderName::from_static("grpc-status");
const MESSAGE: HeaderName = HeaderName::from_static("grpc-message");
/// Bytes before a message: whether it is packed, and its length.
const PREFIX: usize = 5;

/// Answers calls on a socket until told to stop; over TLS where a configuration is given.
pub async fn serve(
    intake: Arc<Intake>,
    socket: TcpListener,
    tls: Option<Arc<rustls::ServerConfig>>,
) -> std::io::Result<()> {
    http::run(intake.clone(), Router::new().fallback(answer).with_state(intake), socket, tls).await
}

async fn answer(
    State(intake): State<Arc<Intake>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    if parts.uri.path() != EXPORT {
        return refused(12, "this is the intake of Rempart: it takes logs alone");
    }
    let outcome = export(&intake, peer, &parts, body).await;
    match outcome {
        Ok(message) => told(&message),
        Err(refusal) => refused(code(&refusal), refusal.reason()),
    }
}

async fn export(
    intake: &Arc<Intake>,
    peer: SocketAddr,
    parts: &Parts,
    body: Body,
) -> Result<Vec<u8>, Refusal> {
    let asker = http::asker(intake, peer, &parts.headers, &parts.extensions).await?;
    let most = intake.limits.request;
    let _place = intake.requests.acquire().await.map_err(|_| Refusal::Away("closed".to_owned()))?;
    let read = tokio::time::timeout(intake.limits.patience, to_bytes(body, most + PREFIX)).await;
    let bytes = read.map_err(|_| Refusal::Slow)?.map_err(|_| Refusal::TooLarge)?;
    let short = || Refusal::Bad("the message is cut short".to_owned());
    let (prefix, message) = bytes.split_at_checked(PREFIX).ok_or_else(short)?;
    let length = u32::from_be_bytes([prefix[1], prefix[2], prefix[3], prefix[4]]) as usize;
    let message = message.get(..length).ok_or_else(short)?;
    let message = match (prefix[0], parts.headers.get("grpc-encoding").map(|it| it.as_bytes())) {
        (0, _) => message.to_vec(),
        (_, Some(b"gzip")) => http::gunzip(message, most)?,
        _ => return Err(Refusal::Bad("send gzip or nothing packed".to_owned())),
    };
    let request = ExportLogsServiceRequest::decode(message.as_slice())
        .map_err(|error| Refusal::Bad(error.to_string()))?;
    Ok(otlp::take(intake, &asker, request, &message).await?.encode_to_vec())
}

/// gRPC's number for a refusal.
fn code(refusal: &Refusal) -> u8 {
    match refusal {
        Refusal::Unknown => 16,
        Refusal::Bad(_) | Refusal::TooLarge => 3,
        // The exporters of OpenTelemetry try again after these two.
        Refusal::Slow | Refusal::Later(_) | Refusal::Away(_) => 14,
    }
}

fn told(message: &[u8]) -> Response {
    let mut framed = vec![0];
    framed.extend_from_slice(&(message.len() as u32).to_be_bytes());
    framed.extend_from_slice(message);
    let mut trailers = HeaderMap::new();
    trailers.insert(STATUS, HeaderValue::from_static("0"));
    let body = Full::new(Bytes::from(framed)).with_trailers(async move { Some(Ok(trailers)) });
    typed(Response::new(Body::new(body)))
}

fn refused(status: u8, reason: &str) -> Response {
    let mut response = Response::new(Body::empty());
    response.headers_mut().insert(STATUS, HeaderValue::from(u16::from(status)));
    let plain = reason.chars().map(|it| if it.is_ascii_graphic() && it != '%' { it } else { ' ' });
    if let Ok(reason) = HeaderValue::from_str(plain.collect::<String>().trim()) {
        response.headers_mut().insert(MESSAGE, reason);
    }
    typed(response)
}

fn typed(mut response: Response) -> Response {
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/grpc"));
    response
}
