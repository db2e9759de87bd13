//! Traces of requests, sent to a collector as OpenTelemetry's protocol has it (OTLP 1.x, JSON over HTTP).
//!
//! Invariant: a span holds an address of the table, a method and a status, never a name, an id or anything of an
//! incident; a collector that does not answer holds nobody up: spans wait in a bounded queue, then are dropped, and
//! the log says so once.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use opentelemetry::trace::TracerProvider;
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{SdkTracer, SdkTracerProvider};
use reqwest::redirect::Policy;
use tokio::runtime::Handle;
use tracing_opentelemetry::OpenTelemetryLayer;

use crate::exit::Failure;

/// A collector gets this long to take what is sent.
const PATIENCE: Duration = Duration::from_secs(5);
/// Largest answer of a collector that is read, in bytes.
const ANSWER_MAX: usize = 64 << 10;

/// Spans on their way to a collector.
pub(crate) struct Traces(SdkTracerProvider);

/// Sends from the server's own threads: the exporter's has no runtime.
#[derive(Debug)]
struct Out {
    runtime: Handle,
    client: reqwest::Client,
    /// Whether the last try failed.
    away: AtomicBool,
}

#[async_trait]
impl HttpClient for Out {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let request = reqwest::Request::try_from(request)?;
        let client = self.client.clone();
        let sent = self.runtime.spawn(async move {
            let mut answer = client.execute(request).await?.error_for_status()?;
            let (status, mut body) = (answer.status(), Vec::new());
            while let Some(piece) = answer.chunk().await? {
                if body.len() + piece.len() > ANSWER_MAX {
                    return Err(HttpError::from("the collector's answer does not end"));
                }
                body.extend_from_slice(&piece);
            }
            let mut whole = Response::new(Bytes::from(body));
            *whole.status_mut() = status;
            Ok(whole)
        });
        let sent = sent.await?;
        match (&sent, self.away.swap(sent.is_err(), Ordering::Relaxed)) {
            (Err(error), false) => {
                tracing::warn!(%error, "the collector does not take traces; they are dropped until it does");
            }
            (Ok(_), true) => tracing::info!("the collector takes traces again"),
            _ => {}
        }
        sent
    }
}

impl Traces {
    /// Begins to send to a collector; `runtime` does the sending.
    pub(crate) fn begin(url: &str, runtime: &Handle) -> Result<Traces, Failure> {
        let failed = |error: &dyn std::fmt::Display| {
            Failure::bad(format!(
                "traces cannot be sent to {url}: {error}. Give the collector's address with --traces."
            ))
        };
        // A second call finds the provider installed already: no harm.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder()
            .timeout(PATIENCE)
            .redirect(Policy::none())
            .no_proxy()
            .build()
            .map_err(|error| failed(&error))?;
        let exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(Out { runtime: runtime.clone(), client, away: AtomicBool::new(false) })
            .with_protocol(Protocol::HttpJson)
            .with_endpoint(endpoint(url))
            .with_timeout(PATIENCE)
            .build()
            .map_err(|error| failed(&error))?;
        let resource = Resource::builder_empty()
            .with_service_name("rempart")
            .with_attribute(opentelemetry::KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
            .build();
        Ok(Traces(SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource).build()))
    }

    /// What makes spans of the program's own.
    pub(crate) fn layer<S>(&self) -> OpenTelemetryLayer<S, SdkTracer>
    where
        S: tracing::Subscriber + for<'a> tracing_subscriber::registry::LookupSpan<'a>,
    {
        tracing_opentelemetry::layer()
            .with_location(false)
            .with_threads(false)
            .with_tracked_inactivity(false)
            .with_tracer(self.0.tracer("rempart"))
    }

    /// Sends what waits, and ends. The runtime must still run.
    pub(crate) fn end(self) {
        if let Err(error) = self.0.shutdown_with_timeout(PATIENCE) {
            tracing::warn!(%error, "the last traces were not sent");
        }
    }
}

/// Where spans go: the path of the protocol is added where the address has none.
fn endpoint(url: &str) -> String {
    let host = url.split_once("://").map_or(url, |(_, rest)| rest);
    match host.trim_end_matches('/').contains('/') {
        true => url.to_owned(),
        false => format!("{}/v1/traces", url.trim_end_matches('/')),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_is_added_where_there_is_none() {
        for (given, expected) in [
            ("http://127.0.0.1:4318", "http://127.0.0.1:4318/v1/traces"),
            ("http://127.0.0.1:4318/", "http://127.0.0.1:4318/v1/traces"),
            ("https://collector.example/otel/v1/traces", "https://collector.example/otel/v1/traces"),
        ] {
            assert_eq!(endpoint(given), expected);
        }
    }
}
