//! What a write brings: JSON from a program, a form from a page.
//!
//! Invariant: a form is taken only with its session's mark; a key used before gets the answer given then, at once or
//! after a race; a body is whole in good time or refused.

use std::time::Duration;

use assess::Said;
use axum::Json as AxumJson;
use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use tokio_stream::StreamExt as _;

use crate::app::App;
use crate::ask::{Ask, Face, Write};
use crate::frame;
use crate::problem::Problem;
use crate::route::BODY_MAX;

/// A body of ordinary size is whole within this time.
const WHOLE: Duration = Duration::from_secs(20);
/// Bytes of one that is too large that are taken in before it is refused.
const LINGER: usize = 16 << 20;
/// Bytes of an idempotency key at most; a form's own holds a hash besides.
const KEY_MAX: usize = 300;

/// A write: the request, and what it brings.
pub struct Body<T>(pub Ask, pub T);

/// What was typed into a form, so that a refused write gives it back.
#[derive(Clone, Debug, Default)]
pub struct Typed(pub Vec<(String, String)>);

/// What a write brings that needs no more than its address.
#[derive(Deserialize)]
pub struct Nothing {}

impl<T: DeserializeOwned + Send> FromRequest<App> for Body<T> {
    type Rejection = Response;

    async fn from_request(request: Request, app: &App) -> Result<Body<T>, Response> {
        let (mut parts, body) = request.into_parts();
        let mut ask = <Ask as axum::extract::FromRequestParts<App>>::from_request_parts(&mut parts, app)
            .await
            .map_err(IntoResponse::into_response)?;
        let kind =
            parts.headers.get(header::CONTENT_TYPE).and_then(|it| it.to_str().ok()).unwrap_or_default();
        let form = kind.starts_with("application/x-www-form-urlencoded");
        let what = format!("{} {}", parts.method, parts.uri.path());
        let header = |name: &str| parts.headers.get(name).and_then(|it| it.to_str().ok()).map(str::to_owned);
        let mut write = Write {
            back: None,
            key: header("idempotency-key").map(|key| (key, String::new())),
            // A tag that is no version of ours is none that stands.
            seen: header("if-match")
                .filter(|tag| tag != "*")
                .map(|tag| tag.trim_start_matches("W/").trim_matches('"').parse().unwrap_or(-1)),
        };
        let json = kind.starts_with("application/json") || kind.is_empty();
        let request = Request::from_parts(parts, body);
        let bytes = Bytes::from_request(request, &()).await.map_err(IntoResponse::into_response)?;
        let mark;
        let value = if form {
            ask.face = Face::Page;
            let typed: Vec<(String, String)> = serde_urlencoded::from_bytes(&bytes)
                .map_err(|error| Problem::unreadable(error).into_response())?;
            let field =
                |name: &str| typed.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
            let session = ask.visitor.session().map_or("", |session| session.id.as_str()).to_owned();
            if !access::csrf::check(&app.key, &session, field("_csrf").unwrap_or_default()) {
                return Err(Problem::new(
                    StatusCode::FORBIDDEN,
                    "stale-form",
                    Said::new("refusal-foreign-form"),
                )
                .into_response());
            }
            write.back = field("_back").filter(|back| is_local(back)).map(str::to_owned);
            write.seen = field("version").and_then(|it| it.parse().ok());
            // An empty field is a field left out.
            let told: Vec<&(String, String)> =
                typed.iter().filter(|(key, value)| !key.starts_with('_') && !value.is_empty()).collect();
            let text = serde_urlencoded::to_string(&told)
                .map_err(|error| Problem::unreadable(error).into_response())?;
            mark = hash(text.as_bytes());
            // What was changed before it was sent again is another request: nothing that was typed is lost.
            write.key = field("_key").map(|key| (format!("{key} {mark}"), String::new()));
            serde_urlencoded::from_str(&text).map_err(|error| {
                let mut response = unfit(&ask, &error.to_string()).into_response();
                response.extensions_mut().insert(Typed(typed.clone()));
                response
            })?
        } else if json {
            let bytes: &[u8] = if bytes.is_empty() { b"{}" } else { &bytes };
            mark = hash(bytes);
            let AxumJson(value) = AxumJson::from_bytes(bytes)
                .map_err(|error| Problem::unreadable(error.body_text()).into_response())?;
            value
        } else {
            return Err(Problem::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "media",
                Said::new("refusal-media"),
            )
            .into_response());
        };
        if let Some((key, request)) = &mut write.key {
            if key.is_empty() || key.len() > KEY_MAX {
                return Err(Problem::bad(Said::new("refusal-key-length")).into_response());
            }
            *key = format!("{} {key}", ask.visitor.actor().name);
            *request = format!("{what} {mark}");
        }
        ask.write = write;
        match ask.given_before().await {
            Ok(None) => Ok(Body(ask, value)),
            Ok(Some(answer)) => Err(answer),
            Err(problem) => Err(problem.into_response()),
        }
    }
}

/// Takes a body of ordinary size whole, before anything is done with it. Of one that is too large the rest is taken
/// in and thrown away, up to a bound: who is still sending would not hear the answer.
pub(crate) async fn whole(request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let mut stream = body.into_data_stream();
    let mut bytes = Vec::new();
    let mut over = 0;
    let take = async {
        while let Some(chunk) = stream.next().await {
            let chunk = chunk?;
            if over > 0 || bytes.len() + chunk.len() > BODY_MAX {
                over += chunk.len();
            } else {
                bytes.extend_from_slice(&chunk);
            }
            if over > LINGER {
                break;
            }
        }
        Ok::<(), axum::Error>(())
    };
    match tokio::time::timeout(WHOLE, take).await {
        Err(_) => StatusCode::REQUEST_TIMEOUT.into_response(),
        Ok(Err(error)) => {
            Problem::bad(Said::new("refusal-body-broke").with("why", error.to_string())).into_response()
        }
        Ok(Ok(())) if over > 0 => StatusCode::PAYLOAD_TOO_LARGE.into_response(),
        Ok(Ok(())) => next.run(Request::from_parts(parts, bytes.into())).await,
    }
}

impl Ask {
    /// The answer given before under this request's idempotency key, where there is one.
    ///
    /// # Errors
    /// `key-used` where the key stood for another request; else when the store does not answer.
    pub(crate) async fn given_before(&self) -> crate::problem::Result<Option<Response>> {
        let Some((key, request)) = &self.write.key else { return Ok(None) };
        let Some(answer) = self.app.store.remembered(key).await? else { return Ok(None) };
        if answer.request != *request {
            return Err(Problem::conflict("key-used", Said::new("refusal-key-used")));
        }
        Ok(Some(match self.face {
            Face::Page => Redirect::to(self.write.back.as_deref().unwrap_or("/")).into_response(),
            Face::Json => {
                let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK);
                let headers =
                    [(header::CONTENT_TYPE.as_str(), "application/json"), ("idempotency-replayed", "true")];
                (status, headers, answer.body).into_response()
            }
        }))
    }
}

/// A form that cannot be taken: what it lacks, by the name that its page gives the field, or what the library says.
fn unfit(ask: &Ask, error: &str) -> Problem {
    match error.strip_prefix("missing field `").and_then(|rest| rest.strip_suffix('`')) {
        Some(name) => Problem::bad(Said::new("refusal-empty").with("field", frame::field(ask, name))),
        None => Problem::unreadable(error),
    }
}

/// A path of ours, not another site's.
pub(crate) fn is_local(back: &str) -> bool {
    back.starts_with('/') && !back.starts_with("//") && !back.contains(['\\', '\n', '\r'])
}

/// SHA-256 in hexadecimal.
fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"))
}

/// Several words of a form field or a JSON array: `a b`, `["a", "b"]`.
///
/// # Errors
/// When it is neither.
pub fn several<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    #[derive(serde::Deserialize)]
    #[serde(untagged)]
    enum Either {
        One(String),
        Several(Vec<String>),
    }
    use serde::Deserialize as _;
    Ok(match Either::deserialize(from)? {
        Either::Several(all) => all,
        Either::One(text) => text.split_whitespace().map(str::to_owned).collect(),
    })
}
