//! The door: which host was asked for, who comes, whether that one may.
//!
//! Invariant: an address without a row in the table is refused; a request under a name that is not ours gets
//! 421 before anything else is looked at; every answer carries the policy that forbids foreign content.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use assess::{Lang, Said};
use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use jiff::{SignedDuration, Timestamp};
use store::Instant;
use store::entity::{Account, Origin, WardCode};

use crate::app::App;
use crate::ask::{Ask, cookie};
use crate::body::Typed;
use crate::permit::Permission;
use crate::problem::{Problem, Result};
use crate::route::Route;
use crate::visitor::{Visitor, Who};
use crate::{frame, problem, room, settings};

/// A session ends after this much rest, in hours.
const IDLE: i64 = 12;
/// Its use is noted at most this often, in seconds.
const TOUCH: i64 = 60;

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Name of the session's cookie.
pub const SESSION: &str = "rempart";
/// Name of a ward's cookie: its code and the name given.
pub const WARD: &str = "ward";

/// The table of permissions by method and path.
#[derive(Clone)]
pub struct Doors(Arc<HashMap<(Method, &'static str), Permission>>);

impl Doors {
    /// From the table of routes.
    #[must_use]
    pub fn new(routes: &[Route]) -> Doors {
        Doors(Arc::new(routes.iter().map(|it| ((it.method.clone(), it.path), it.permission)).collect()))
    }

    /// Methods that an address takes, for `Allow`.
    fn methods(&self, path: &str) -> String {
        let mut all: Vec<&str> =
            self.0.keys().filter(|(_, at)| *at == path).map(|(method, _)| method.as_str()).collect();
        all.sort_unstable();
        all.join(", ")
    }

    fn permission(&self, method: &Method, path: &str) -> Option<Permission> {
        let method = if *method == Method::HEAD { Method::GET } else { method.clone() };
        self.0
            .iter()
            .find(|((known, at), _)| *known == method && *at == path)
            .map(|(_, permission)| *permission)
    }
}

/// Refuses names that are not ours, adds the headers that every answer carries.
pub async fn outer(State(app): State<App>, request: Request, next: Next) -> Response {
    let host = request.headers().get(header::HOST).and_then(|it| it.to_str().ok()).map(str::to_owned);
    let host = host.or_else(|| request.uri().authority().map(|it| it.as_str().to_owned()));
    let mut response = if host.as_deref().is_some_and(|host| is_ours(host, &app.names)) {
        next.run(request).await
    } else {
        Problem::new(StatusCode::MISDIRECTED_REQUEST, "host", Said::new("refusal-host")).json()
    };
    let headers = response.headers_mut();
    // A download brings a stricter one.
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(HeaderValue::from_static(POLICY));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert("cross-origin-opener-policy", HeaderValue::from_static("same-origin"));
    headers.insert("cross-origin-resource-policy", HeaderValue::from_static("same-origin"));
    headers
        .insert("permissions-policy", HeaderValue::from_static("camera=(), microphone=(), geolocation=()"));
    if app.secure() {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

fn is_ours(host: &str, names: &[String]) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.chars().all(|it| it.is_ascii_digit()) => name,
        _ => host,
    };
    let name = name.trim_start_matches('[').trim_end_matches(']').trim_end_matches('.').to_ascii_lowercase();
    names.contains(&name)
}

/// Finds who comes and whether that one may; turns a problem into a page where a page was asked for.
pub async fn inner(State((app, doors)): State<(App, Doors)>, mut request: Request, next: Next) -> Response {
    let api = request.uri().path().starts_with("/api/");
    let path = request.extensions().get::<MatchedPath>().map(|it| it.as_str().to_owned());
    // A watcher gets its answer where the store gives none, too: nothing is looked up about who asks.
    if path.as_deref().is_some_and(|path| room::health::WATCHED.contains(&path)) {
        return next.run(request).await;
    }
    let form = request.headers().get(header::CONTENT_TYPE).is_some_and(|it| {
        it.as_bytes().starts_with(b"application/x-www-form-urlencoded")
            || it.as_bytes().starts_with(b"multipart/form-data")
    });
    let method = request.method().clone();
    let permission = path.as_deref().and_then(|path| doors.permission(&method, path));
    let from = address(&app, &request);
    let headers = request.headers().clone();
    let visitor = match visitor(&app, &headers, from).await {
        Ok(visitor) => visitor,
        Err(problem) => return problem.json(),
    };
    let is_known = !matches!(visitor.who, Who::Stranger);
    let bearer = matches!(visitor.who, Who::Token { .. });
    request.extensions_mut().insert(visitor.clone());
    let (mut parts, body) = request.into_parts();
    let ask = <Ask as axum::extract::FromRequestParts<App>>::from_request_parts(&mut parts, &app).await;
    let ask = match ask {
        Ok(ask) => ask,
        Err(problem) => return problem.json(),
    };
    let request = Request::from_parts(parts, body);
    let mut response = match permission {
        None => other_methods(&doors.methods(path.as_deref().unwrap_or_default())),
        Some(permission) if visitor.may(permission, None) => {
            if is_write(&method) && !bearer && !same_site(&method, request.headers(), &app) {
                Problem::new(StatusCode::FORBIDDEN, "stale-form", Said::new("refusal-foreign-site"))
                    .into_response()
            } else {
                problem::of_text(next.run(request).await).await
            }
        }
        Some(_) if is_known && needs_second(&visitor) && !api => {
            return Redirect::to("/login/second").into_response();
        }
        Some(_) if is_known => Problem::forbidden(Said::new("refusal-roles")).into_response(),
        Some(_) if api && !form => {
            Problem::new(StatusCode::UNAUTHORIZED, "log-in", Said::new("refusal-stranger")).into_response()
        }
        Some(_) => {
            let back = if is_write(&method) { "/".to_owned() } else { ask.here.clone() };
            let query = serde_urlencoded::to_string([("next", back)]).unwrap_or_default();
            return Redirect::to(&format!("/login?{query}")).into_response();
        }
    };
    // A program gets no page, whatever it sends.
    let page = !api || form && !bearer;
    match response.extensions().get::<Problem>().cloned() {
        Some(problem) if page => {
            let typed = response.extensions().get::<Typed>().cloned().unwrap_or_default();
            frame::problem(&ask, &problem, &typed)
        }
        Some(problem) if ask.words.lang() != Lang::En => {
            *response.body_mut() = problem.told(&ask.words);
            response
        }
        _ => response,
    }
}

/// There is nothing at an address: a page for whoever looks at pages.
pub async fn nothing(State(app): State<App>, request: Request) -> Response {
    let problem = Problem::missing(Said::new("refusal-nothing-here"));
    let accept = request.headers().get(header::ACCEPT).and_then(|it| it.to_str().ok()).unwrap_or_default();
    if request.uri().path().starts_with("/api/") || !accept.contains("text/html") {
        return problem.json();
    }
    let from = address(&app, &request);
    let (mut parts, _) = request.into_parts();
    let ask = async {
        let visitor = visitor(&app, &parts.headers, from).await?;
        parts.extensions.insert(visitor);
        <Ask as axum::extract::FromRequestParts<App>>::from_request_parts(&mut parts, &app).await
    };
    match ask.await {
        Ok(ask) => frame::problem(&ask, &problem, &Typed::default()),
        Err(problem) => problem.json(),
    }
}

/// The address is known, but not with this method.
fn other_methods(methods: &str) -> Response {
    let problem = Problem::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "method",
        Said::new("refusal-takes").with("methods", methods),
    );
    let mut response = problem.into_response();
    if let Ok(methods) = HeaderValue::from_str(methods) {
        response.headers_mut().insert(header::ALLOW, methods);
    }
    response
}

fn is_write(method: &Method) -> bool {
    !matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

fn needs_second(visitor: &Visitor) -> bool {
    visitor.session().is_some_and(|session| !session.second)
}

/// Whether the browser says that the request comes from a page of ours. Silence is left to the form's mark, and to
/// what no page of another site can send without asking first: JSON, and other methods than POST.
fn same_site(method: &Method, headers: &HeaderMap, app: &App) -> bool {
    let text = |name: &str| headers.get(name).and_then(|it| it.to_str().ok());
    if let Some(site) = text("sec-fetch-site") {
        return site == "same-origin" || site == "none";
    }
    match text("origin") {
        Some(origin) => origin.split_once("://").is_some_and(|(_, host)| is_ours(host, &app.names)),
        None => {
            let kind = text("content-type").unwrap_or_default();
            let marked = ["application/json", "application/x-www-form-urlencoded", "multipart/form-data"];
            *method != Method::POST || marked.iter().any(|it| kind.starts_with(it))
        }
    }
}

/// Address that the request came from; a proxy named in the configuration speaks for its callers.
fn address(app: &App, request: &Request) -> String {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|it| it.0.ip());
    let forwarded = request.headers().get("x-forwarded-for").and_then(|it| it.to_str().ok());
    let trusted = peer.is_some_and(|peer| app.config.proxies.contains(&peer));
    let said = forwarded
        .filter(|_| trusted)
        .and_then(|list| list.rsplit(',').next())
        .and_then(|it| it.trim().parse::<IpAddr>().ok());
    said.or(peer).map(|it| it.to_string()).unwrap_or_default()
}

/// Who comes with these headers, from this address; notes that the session was used.
async fn visitor(app: &App, headers: &HeaderMap, address: String) -> Result<Visitor> {
    let visitor = known(app, headers, address).await?;
    if let Some(session) = visitor.session() {
        let now = Timestamp::now();
        if now.duration_since(session.seen_at.0).as_secs() > TOUCH {
            // On a full disk reading goes on, noted or not.
            if let Err(error) = app.store.touch_session(&session.id, Instant::from(now)).await {
                tracing::warn!(%error, "the use of a session could not be noted");
            }
        }
    }
    Ok(visitor)
}

/// Who comes with these headers, from this address.
///
/// # Errors
/// `token` where the token that was sent is not good; else when the store does not answer.
pub(crate) async fn known(app: &App, headers: &HeaderMap, address: String) -> Result<Visitor> {
    let now = Timestamp::now();
    if let Some(bearer) = headers.get(header::AUTHORIZATION).and_then(|it| it.to_str().ok()) {
        return token(app, bearer, address, now).await;
    }
    if let Some(hash) = cookie(headers, SESSION).and_then(|secret| access::secret::hash(&secret))
        && let Some(visitor) = session(app, &hash, &address, now).await?
    {
        return Ok(visitor);
    }
    if let Some(kept) = cookie(headers, WARD)
        && let Some(visitor) = ward(app, &kept, &address).await?
    {
        return Ok(visitor);
    }
    Ok(Visitor::stranger(address))
}

async fn token(app: &App, bearer: &str, address: String, now: Timestamp) -> Result<Visitor> {
    let refused = || Problem::new(StatusCode::UNAUTHORIZED, "token", Said::new("refusal-token"));
    let sent = bearer.strip_prefix("Bearer ").map(str::trim).ok_or_else(refused)?;
    let hash = access::secret::token_hash(sent).ok_or_else(refused)?;
    let token = app.store.token_hashed(&hash).await?.ok_or_else(refused)?;
    if token.until.0 <= now {
        return Err(refused());
    }
    let account =
        app.store.find::<Account>(&token.account).await?.filter(|it| it.active).ok_or_else(refused)?;
    let grants = grants(app, &account.id).await?;
    let who = Who::Token { account: Box::new(account), scopes: token.scopes.0 };
    Ok(Visitor { who, address, grants })
}

async fn session(app: &App, hash: &str, address: &str, now: Timestamp) -> Result<Option<Visitor>> {
    let Some(session) = app.store.session_hashed(hash).await? else { return Ok(None) };
    let rest = now.duration_since(session.seen_at.0);
    if session.until.0 <= now || rest > SignedDuration::from_hours(IDLE) {
        return Ok(None);
    }
    let Some(account) = app.store.find::<Account>(&session.account).await?.filter(|it| it.active) else {
        return Ok(None);
    };
    if session.origin == Origin::Directory && !settings::trusted(&app.store).await? {
        return Ok(None);
    }
    let mut grants = grants(app, &account.id).await?;
    if let Some(role) = session.seen_as.filter(|_| app.config.demonstration.is_some()) {
        grants = vec![(role, None)];
    }
    let who = Who::Person { account: Box::new(account), session: Box::new(session) };
    Ok(Some(Visitor { who, address: address.to_owned(), grants }))
}

async fn grants(app: &App, account: &str) -> Result<Vec<(store::entity::Role, Option<String>)>> {
    Ok(app.store.grants_of(account).await?.into_iter().map(|it| (it.role, it.site)).collect())
}

/// The cookie holds `CODE.NAME`, the name in hexadecimal.
async fn ward(app: &App, kept: &str, address: &str) -> Result<Option<Visitor>> {
    let (code, name) = kept.split_once('.').unwrap_or((kept, ""));
    let Some(code) = ward_code(app, code).await? else { return Ok(None) };
    let name = room::ward_door::read_name(name);
    let who = Who::Ward { service: code.service, name };
    Ok(Some(Visitor { who, address: address.to_owned(), grants: Vec::new() }))
}

/// The ward's code that somebody typed, unless it was taken back.
///
/// # Errors
/// When the store does not answer.
pub async fn ward_code(app: &App, typed: &str) -> Result<Option<WardCode>> {
    let Some(hash) = access::secret::ward_hash(&app.key, typed) else { return Ok(None) };
    Ok(app.store.ward_code_hashed(&hash).await?.filter(|code| code.revoked_at.is_none()))
}
