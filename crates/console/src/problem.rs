//! What went wrong, said to a person or a program (RFC 9457).
//!
//! Invariant: a problem says what to do; it names no secret and no path of the server.

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// Why a request was not done.
#[derive(Clone, Debug)]
pub struct Problem {
    /// HTTP status.
    pub status: StatusCode,
    /// Its word: `urn:rempart:problem:WORD`, and `problem-WORD` among the words.
    pub word: &'static str,
    /// What is particular to this request; English, for programs and logs.
    pub detail: String,
    /// Further fields.
    pub more: Vec<(&'static str, serde_json::Value)>,
}

/// A result that a handler gives.
pub type Result<T> = std::result::Result<T, Problem>;

impl Problem {
    /// A problem of that status and word.
    #[must_use]
    pub fn new(status: StatusCode, word: &'static str, detail: impl Into<String>) -> Problem {
        Problem { status, word, detail: detail.into(), more: Vec::new() }
    }

    /// Something in the request is missing or wrong.
    #[must_use]
    pub fn bad(detail: impl Into<String>) -> Problem {
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "bad", detail)
    }

    /// No such thing.
    #[must_use]
    pub fn missing(detail: impl Into<String>) -> Problem {
        Problem::new(StatusCode::NOT_FOUND, "missing", detail)
    }

    /// Not allowed.
    #[must_use]
    pub fn forbidden(detail: impl Into<String>) -> Problem {
        Problem::new(StatusCode::FORBIDDEN, "forbidden", detail)
    }

    /// It stands in the way of what is.
    #[must_use]
    pub fn conflict(word: &'static str, detail: impl Into<String>) -> Problem {
        Problem::new(StatusCode::CONFLICT, word, detail)
    }

    /// The fault is ours; the reason goes to the log.
    #[must_use]
    pub fn inside(error: &dyn std::fmt::Display) -> Problem {
        tracing::error!(%error, "a request could not be done");
        Problem::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "inside",
            "this could not be done; the server's log says why",
        )
    }

    /// Its JSON form.
    #[must_use]
    pub fn json(&self) -> Response {
        let mut body = json!({
            "type": format!("urn:rempart:problem:{}", self.word),
            "title": self.status.canonical_reason().unwrap_or("Problem"),
            "status": self.status.as_u16(),
            "detail": self.detail,
        });
        for (name, value) in &self.more {
            body[*name] = value.clone();
        }
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        (self.status, headers, body.to_string()).into_response()
    }
}

/// Letters of a refusal in plain text that are passed on.
const TEXT_MAX: usize = 2_000;

/// What a library refused in plain text, as a problem.
pub(crate) async fn of_text(response: Response) -> Response {
    let status = response.status();
    let plain = match response.headers().get(header::CONTENT_TYPE) {
        Some(kind) => kind.as_bytes().starts_with(b"text/plain"),
        None => true,
    };
    if !plain || !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    let (parts, body) = response.into_parts();
    let bytes = axum::body::to_bytes(body, TEXT_MAX).await.unwrap_or_default();
    let said = String::from_utf8_lossy(&bytes);
    let (word, detail) = match status {
        StatusCode::NOT_FOUND => ("missing", "there is nothing at this address"),
        StatusCode::METHOD_NOT_ALLOWED => ("method", "this address takes other methods: see `Allow`"),
        StatusCode::REQUEST_TIMEOUT => ("slow", "the body took too long to arrive; send it again"),
        StatusCode::PAYLOAD_TOO_LARGE => ("large", "the body is larger than this address takes"),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => ("media", &*said),
        _ if status.is_server_error() => ("inside", "this could not be done; the server's log says why"),
        _ => ("bad", &*said),
    };
    let mut problem = Problem::new(status, word, detail).into_response();
    if let Some(allow) = parts.headers.get(header::ALLOW) {
        problem.headers_mut().insert(header::ALLOW, allow.clone());
    }
    problem
}

/// The guard turns it into a page where a page was asked for.
impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.json();
        response.extensions_mut().insert(self);
        response
    }
}

/// A file of the data folder cannot be written or read.
impl From<std::io::Error> for Problem {
    fn from(error: std::io::Error) -> Problem {
        use std::io::ErrorKind::{QuotaExceeded, StorageFull};
        match error.kind() {
            StorageFull | QuotaExceeded => Problem::new(
                StatusCode::INSUFFICIENT_STORAGE,
                "full",
                "the server's disk is full; make room and send it again",
            ),
            _ => Problem::inside(&error),
        }
    }
}

impl From<store::Error> for Problem {
    fn from(error: store::Error) -> Problem {
        match error {
            store::Error::Missing { .. } => Problem::missing(error.to_string()),
            store::Error::Stale { now, .. } => {
                let mut problem = Problem::new(StatusCode::PRECONDITION_FAILED, "stale", error.to_string());
                problem.more.push(("version", now.into()));
                problem
            }
            store::Error::Exists(_) => Problem::conflict("exists", error.to_string()),
            store::Error::Full => Problem::new(StatusCode::INSUFFICIENT_STORAGE, "full", error.to_string()),
            store::Error::Database(_) => {
                tracing::error!(%error, "the database does not answer");
                Problem::new(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "away",
                    "the database does not answer; nothing was changed that was not acknowledged: try again",
                )
            }
            other => Problem::inside(&other),
        }
    }
}
