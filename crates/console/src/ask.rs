//! One request: who asks, in which language and zone, for a page or for JSON; and how it is answered.
//!
//! Invariant: a page and the API come to the same handler; what differs is the face of the answer alone.

use assess::{Arg, Lang, Said, Words};
use axum::extract::FromRequestParts;
use axum::http::header::{self, HeaderName};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use maud::{Markup, html};
use serde::Serialize;
use store::entity::Record;
use store::{Answer, Change, Instant};

use crate::app::App;
use crate::permit::Permission;
use crate::problem::{Problem, Result};
use crate::settings::{self, Language};
use crate::visitor::Visitor;

/// Levels of rules, from the lowest.
pub const LEVELS: [&str; 5] = ["informational", "low", "medium", "high", "critical"];

/// In what form the answer is wanted.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Face {
    /// A page, or a way back to one.
    Page,
    /// JSON.
    Json,
}

/// One request.
#[derive(Clone)]
pub struct Ask {
    /// What every request has at hand.
    pub app: App,
    /// Who asks.
    pub visitor: Visitor,
    /// In what form.
    pub face: Face,
    /// Words in the reader's language, zone and time.
    pub words: Words,
    /// The wall clock when the request came.
    pub wall: Timestamp,
    /// Path and query.
    pub here: String,
    /// Host and port that were asked for.
    pub host: String,
    /// Headers.
    pub headers: HeaderMap,
    /// What a write is to do besides: set by [`crate::body::Body`].
    pub write: Write,
}

/// What a write brings besides its body.
#[derive(Clone, Debug, Default)]
pub struct Write {
    /// The page to go back to.
    pub back: Option<String>,
    /// Idempotency key, with the actor's name, and the request that it stands for.
    pub key: Option<(String, String)>,
    /// The version that the writer saw.
    pub seen: Option<i64>,
}

impl FromRequestParts<App> for Ask {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Ask> {
        let visitor = parts.extensions.get::<Visitor>().cloned();
        let visitor = visitor.ok_or_else(|| Problem::forbidden(Said::new("refusal-no-permission")))?;
        let face = if parts.uri.path().starts_with("/api/") { Face::Json } else { Face::Page };
        let wall = Timestamp::now();
        let here = parts.uri.path_and_query().map_or("/", |it| it.as_str()).to_owned();
        let said = language(&parts.headers, visitor.account().and_then(|it| it.lang.as_deref()));
        let lang = match said {
            Some(lang) => lang,
            None => {
                settings::read::<Language>(&app.store).await?.and_then(|it| spoken(&it.0)).unwrap_or(Lang::En)
            }
        };
        let mut words = app.words(lang).at(wall);
        if let Some(sheet) = app.shelf.latest(&app.store).await? {
            words = words.with_zone(sheet.map.time_zone.clone());
        }
        if let Some(zone) = cookie(&parts.headers, "zone").and_then(|name| TimeZone::get(&name).ok()) {
            words = words.with_zone(zone);
        }
        let headers = parts.headers.clone();
        let host = headers.get(header::HOST).and_then(|it| it.to_str().ok());
        let host = host
            .or_else(|| parts.uri.authority().map(|it| it.as_str()))
            .unwrap_or_default()
            .to_ascii_lowercase();
        Ok(Ask { app: app.clone(), visitor, face, words, wall, here, host, headers, write: Write::default() })
    }
}

/// A cookie of the request.
#[must_use]
pub fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(';')).find_map(|pair| {
        let (key, value) = pair.trim().split_once('=')?;
        (key == name).then(|| value.replace("%2F", "/"))
    })
}

/// A language that we speak.
#[must_use]
pub fn spoken(code: &str) -> Option<Lang> {
    match code {
        "fr" => Some(Lang::Fr),
        "en" => Some(Lang::En),
        _ => None,
    }
}

/// The reader's language: the cookie's, the account's, the browser's first one that we speak.
#[must_use]
pub fn language(headers: &HeaderMap, account: Option<&str>) -> Option<Lang> {
    let browser = || {
        let accepted = headers.get(header::ACCEPT_LANGUAGE)?.to_str().ok()?;
        accepted.split(',').find_map(|it| spoken(it.trim().get(..2)?))
    };
    cookie(headers, "lang").and_then(|code| spoken(&code)).or_else(|| spoken(account?)).or_else(browser)
}

impl Ask {
    /// The words of a key.
    #[must_use]
    pub fn say(&self, key: &str) -> String {
        self.words.say(key)
    }

    /// The words of a key with its arguments.
    #[must_use]
    pub fn say_with(&self, key: &str, args: &[(&str, Arg)]) -> String {
        self.words.say_with(key, args)
    }

    /// Bytes as people say them, rounded up.
    #[must_use]
    pub fn size(&self, bytes: u64) -> String {
        let (unit, shift) = match bytes {
            0..1024 => ("size-bytes", 0),
            1024..1_048_576 => ("size-kib", 10),
            1_048_576..1_073_741_824 => ("size-mib", 20),
            _ => ("size-gib", 30),
        };
        self.say_with(unit, &[("count", self.words.number(bytes.div_ceil(1 << shift)).into())])
    }

    /// A level's word, 0 informational to 4 critical.
    #[must_use]
    pub fn level(&self, level: i32) -> Markup {
        let word = usize::try_from(level).ok().and_then(|at| LEVELS.get(at)).copied().unwrap_or(LEVELS[0]);
        html! { span class={ "tag level-" (word) } { (self.say(&format!("level-{word}"))) } }
    }

    /// The hour of an instant, its UTC form on hover; with its day where it is more than 20 hours from `now`.
    #[must_use]
    pub fn time(&self, time: Timestamp, now: Timestamp) -> Markup {
        let far = (time.as_second() - now.as_second()).abs() >= 20 * 3600;
        let words = self.words.at(now);
        let text = if far { words.day_hour(time) } else { words.hour(time) };
        let utc = time.strftime("%Y-%m-%d %H:%M:%S UTC").to_string();
        html! { time datetime=(time) title=(utc) { (text) } }
    }

    /// Refuses unless the permission is held on a site (on any, without one).
    ///
    /// # Errors
    /// `forbidden`.
    pub fn need(&self, permission: Permission, site: Option<&str>) -> Result<()> {
        if self.visitor.may(permission, site) {
            return Ok(());
        }
        let site = site.map_or_else(|| Said::new("refusal-a-site").into(), Arg::from);
        let refused = Said::new("refusal-permission").with("permission", format!("{permission:?}"));
        Err(Problem::forbidden(refused.with("site", site)))
    }

    /// Begins a change in the visitor's name.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn begin(&self) -> Result<Change> {
        Ok(self.app.store.begin(&self.visitor.actor()).await?)
    }

    /// Makes a change stand and answers with the record: JSON with its ETag, or the way back.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn done<R: Record>(&self, change: Change, record: &R, page: &str) -> Result<Response> {
        let status = if record.version() == 1 { StatusCode::CREATED } else { StatusCode::OK };
        let mut body = serde_json::to_value(record).map_err(|error| Problem::inside(&error))?;
        if let Some(fields) = body.as_object_mut() {
            fields.retain(|name, _| !R::SECRET.contains(&name.as_str()));
        }
        self.finish(change, status, &body, Some(record.version()), page).await
    }

    /// Makes a change stand and answers with a value.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn finish(
        &self,
        mut change: Change,
        status: StatusCode,
        body: &impl Serialize,
        version: Option<i64>,
        page: &str,
    ) -> Result<Response> {
        let body = serde_json::to_string(body).map_err(|error| Problem::inside(&error))?;
        if let Some(given) = self.remember(&mut change, status, &body).await? {
            return Ok(given);
        }
        change.commit().await?;
        Ok(self.answer(status, body, version, page))
    }

    /// Remembers an answer under the request's idempotency key. Gives the answer of another request of that key that
    /// was faster; then the change is not to stand.
    ///
    /// # Errors
    /// When the store does not answer.
    pub(crate) async fn remember(
        &self,
        change: &mut Change,
        status: StatusCode,
        body: &str,
    ) -> Result<Option<Response>> {
        let Some((key, request)) = &self.write.key else { return Ok(None) };
        let answer = Answer { request: request.clone(), status: status.as_u16(), body: body.to_owned() };
        match change.remember(key, &answer, Instant::from(self.wall)).await {
            Ok(()) => Ok(None),
            Err(error @ store::Error::Exists(_)) => match self.given_before().await? {
                Some(given) => Ok(Some(given)),
                None => Err(error.into()),
            },
            Err(error) => Err(error.into()),
        }
    }

    /// An answer to a write.
    #[must_use]
    pub fn answer(&self, status: StatusCode, body: String, version: Option<i64>, page: &str) -> Response {
        match self.face {
            Face::Page => Redirect::to(self.write.back.as_deref().unwrap_or(page)).into_response(),
            Face::Json => {
                let mut response =
                    (status, [(header::CONTENT_TYPE, "application/json")], body).into_response();
                if let Some(tag) = version.and_then(|it| HeaderValue::from_str(&format!("\"{it}\"")).ok()) {
                    response.headers_mut().insert(header::ETAG, tag);
                }
                response
            }
        }
    }

    /// An answer to a read of the API: JSON with an ETag, or `304` where the reader has it.
    ///
    /// # Errors
    /// When the value has no JSON form.
    pub fn json(&self, value: &impl Serialize) -> Result<Response> {
        let body = serde_json::to_vec(value).map_err(|error| Problem::inside(&error))?;
        Ok(self.tagged(body, "application/json"))
    }

    /// An answer to a read of one record: its ETag is its version, which `If-Match` of an edit takes.
    ///
    /// # Errors
    /// When the value has no JSON form.
    pub fn versioned(&self, value: &impl Serialize, version: i64) -> Result<Response> {
        let body = serde_json::to_vec(value).map_err(|error| Problem::inside(&error))?;
        Ok(self.fresh(format!("\"{version}\""), body, "application/json"))
    }

    /// Bytes with an ETag of their own.
    #[must_use]
    pub fn tagged(&self, body: Vec<u8>, kind: &'static str) -> Response {
        use sha2::{Digest, Sha256};
        let hash = Sha256::digest(&body);
        let tag =
            hash.iter().take(12).fold(String::from("\""), |tag, byte| tag + &format!("{byte:02x}")) + "\"";
        self.fresh(tag, body, kind)
    }

    fn fresh(&self, tag: String, body: Vec<u8>, kind: &'static str) -> Response {
        if self.has(&tag) {
            return (StatusCode::NOT_MODIFIED, [(header::ETAG, tag)]).into_response();
        }
        (StatusCode::OK, [(header::CONTENT_TYPE, kind.to_owned()), (header::ETAG, tag)], body).into_response()
    }

    /// Whether the reader has what an ETag stands for.
    #[must_use]
    pub fn has(&self, tag: &str) -> bool {
        let known = self.header(header::IF_NONE_MATCH);
        known.is_some_and(|known| {
            known.split(',').map(str::trim).any(|it| it == "*" || it.trim_start_matches("W/") == tag)
        })
    }

    /// A header's text.
    #[must_use]
    pub fn header(&self, name: HeaderName) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Hidden fields that every form carries: the session's mark, a fresh idempotency key, the way back.
    #[must_use]
    pub fn hidden(&self) -> Markup {
        let session = self.visitor.session().map_or("", |session| session.id.as_str());
        html! {
            input type="hidden" name="_csrf" value=(access::csrf::token(&self.app.key, session));
            input type="hidden" name="_key" value=(store::new_id());
            input type="hidden" name="_back" value=(self.here);
        }
    }
}
