//! What went wrong, said to a person or a program (RFC 9457).
//!
//! Invariant: a problem says what to do; it names no secret and no path of the server. Pages say it in the reader's
//! language, programs and logs read it in English.

use std::sync::LazyLock;

use assess::{Lang, Said, Words};
use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use content::Content;
use jiff::tz::TimeZone;
use serde_json::json;

/// English for programs and logs: as built, whatever `--content` says instead.
static ENGLISH: LazyLock<Words> = LazyLock::new(|| {
    Words::load(&Content::embedded(), Lang::En, TimeZone::UTC)
        .expect("tests read the words that are built in")
});

/// Why a request was not done.
#[derive(Clone, Debug)]
pub struct Problem {
    /// HTTP status.
    pub status: StatusCode,
    /// Its word: `urn:rempart:problem:WORD`, and `problem-WORD` among the words.
    pub word: &'static str,
    /// What is particular to this request.
    pub detail: Said,
    /// Further fields.
    pub more: Vec<(&'static str, serde_json::Value)>,
}

/// A result that a handler gives.
pub type Result<T> = std::result::Result<T, Problem>;

impl Problem {
    /// A problem of that status and word.
    #[must_use]
    pub fn new(status: StatusCode, word: &'static str, detail: Said) -> Problem {
        Problem { status, word, detail, more: Vec::new() }
    }

    /// Something in the request is missing or wrong.
    #[must_use]
    pub fn bad(detail: Said) -> Problem {
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "bad", detail)
    }

    /// A library cannot read what was sent.
    #[must_use]
    pub fn unreadable(error: impl std::fmt::Display) -> Problem {
        Problem::bad(Said::new("refusal-unreadable").with("why", error.to_string()))
    }

    /// No such thing.
    #[must_use]
    pub fn missing(detail: Said) -> Problem {
        Problem::new(StatusCode::NOT_FOUND, "missing", detail)
    }

    /// Not allowed.
    #[must_use]
    pub fn forbidden(detail: Said) -> Problem {
        Problem::new(StatusCode::FORBIDDEN, "forbidden", detail)
    }

    /// It stands in the way of what is.
    #[must_use]
    pub fn conflict(word: &'static str, detail: Said) -> Problem {
        Problem::new(StatusCode::CONFLICT, word, detail)
    }

    /// The fault is ours; the reason goes to the log.
    #[must_use]
    pub fn inside(error: &dyn std::fmt::Display) -> Problem {
        tracing::error!(%error, "a request could not be done");
        Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "inside", Said::new("refusal-inside"))
    }

    /// What is particular to this request, for programs and logs.
    #[must_use]
    pub fn english(&self) -> String {
        ENGLISH.tell(&self.detail)
    }

    /// Its JSON form.
    #[must_use]
    pub fn json(&self) -> Response {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        (self.status, headers, self.body().to_string()).into_response()
    }

    /// The same, with what a page's script tells its reader: `said`, in other words than English.
    pub(crate) fn told(&self, words: &Words) -> Body {
        let mut body = self.body();
        body["said"] = words.tell(&self.detail).into();
        body.to_string().into()
    }

    fn body(&self) -> serde_json::Value {
        let mut body = json!({
            "type": format!("urn:rempart:problem:{}", self.word),
            "title": self.status.canonical_reason().unwrap_or("Problem"),
            "status": self.status.as_u16(),
            "detail": self.english(),
        });
        for (name, value) in &self.more {
            body[*name] = value.clone();
        }
        body
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
    let unreadable =
        || Said::new("refusal-unreadable").with("why", String::from_utf8_lossy(&bytes).into_owned());
    let (word, detail) = match status {
        StatusCode::NOT_FOUND => ("missing", Said::new("refusal-nothing-here")),
        StatusCode::METHOD_NOT_ALLOWED => ("method", Said::new("refusal-methods")),
        StatusCode::REQUEST_TIMEOUT => ("slow", Said::new("refusal-slow")),
        StatusCode::PAYLOAD_TOO_LARGE => ("large", Said::new("refusal-large")),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => ("media", unreadable()),
        _ if status.is_server_error() => ("inside", Said::new("refusal-inside")),
        _ => ("bad", unreadable()),
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
            StorageFull | QuotaExceeded => {
                Problem::new(StatusCode::INSUFFICIENT_STORAGE, "full", Said::new("refusal-disk-full"))
            }
            _ => Problem::inside(&error),
        }
    }
}

impl From<store::Error> for Problem {
    fn from(error: store::Error) -> Problem {
        match error {
            store::Error::Missing { kind, id } => {
                Problem::missing(Said::new("refusal-no-record").with("kind", kind).with("id", id))
            }
            store::Error::Stale { kind, id, now } => {
                let detail = Said::new("refusal-stale").with("kind", kind).with("id", id);
                let mut problem = Problem::new(StatusCode::PRECONDITION_FAILED, "stale", detail);
                problem.more.push(("version", now.into()));
                problem
            }
            store::Error::Exists(what) => {
                let what = what.trim_start_matches("this ");
                Problem::conflict("exists", Said::new("refusal-exists").with("what", what))
            }
            store::Error::Full => {
                Problem::new(StatusCode::INSUFFICIENT_STORAGE, "full", Said::new("refusal-data-full"))
            }
            store::Error::Database(_) => {
                tracing::error!(%error, "the database does not answer");
                Problem::new(StatusCode::SERVICE_UNAVAILABLE, "away", Said::new("refusal-away"))
            }
            other => Problem::inside(&other),
        }
    }
}
