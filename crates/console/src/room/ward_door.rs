//! A ward's own door: a printed code opens its board and nothing else, with the directory dead too.
//!
//! Invariant: a code is rate-limited like a password, may be taken back, and its use is recorded under the
//! name that the person gives.

use assess::Said;
use axum::extract::{Form, Path, Query};
use axum::http::{StatusCode, header};
use axum::response::{AppendHeaders, Html, IntoResponse, Redirect, Response};
use maud::html;
use report::paper::{self, WardLink};
use serde::{Deserialize, Serialize};
use store::entity::WardCode;
use store::{Instant, new_id};

use crate::ask::Ask;
use crate::body::{Body, Nothing};
use crate::frame;
use crate::guard::{WARD, ward_code};
use crate::permit::Permission;
use crate::problem::{Problem, Result};
use crate::room::sign_in::{forgive, set_cookie, slow};
use crate::route::Route;
use crate::visitor::Who;

/// A ward's cookie lasts this long, in seconds.
const LASTS: i64 = 24 * 3600;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get("/w", Permission::Nobody, page),
        Route::post("/w", Permission::Nobody, enter),
        Route::get("/wards/{service}", Permission::Nobody, printed),
        Route::get("/hospital/ward-codes", Permission::Keep, codes),
        Route::get("/hospital/ward-codes/posters", Permission::Keep, posters),
        Route::post("/api/v1/ward-codes", Permission::Keep, make)
            .about("Make a ward's code, or one for every ward that has none")
            .takes::<Make>()
            .gives_list::<MadeCode>()
            .status(201),
        Route::post("/api/v1/ward-codes/{id}/revoke", Permission::Keep, revoke)
            .about("Take a ward's code back")
            .matched()
            .gives::<WardCode>(),
    ]
}

/// The name in the cookie: hexadecimal of its UTF-8.
pub(crate) fn read_name(hex: &str) -> String {
    let bytes: Option<Vec<u8>> =
        (0..hex.len() / 2).map(|at| u8::from_str_radix(hex.get(2 * at..2 * at + 2)?, 16).ok()).collect();
    bytes.and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default()
}

fn write_name(name: &str) -> String {
    name.chars()
        .take(60)
        .collect::<String>()
        .bytes()
        .fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"))
}

#[derive(Deserialize)]
struct Typed {
    #[serde(default)]
    code: String,
    #[serde(default)]
    name: String,
}

async fn page(ask: Ask, Query(typed): Query<Typed>) -> Result<Response> {
    if typed.code.is_empty()
        && let Who::Ward { service, .. } = &ask.visitor.who
    {
        return to_board(&ask, service).await;
    }
    Ok(form(&ask, &typed, None))
}

/// Where a printed ward sheet leads: to the ward's board for those who are in, to the door for the others.
async fn printed(ask: Ask, Path(service): Path<String>) -> Result<Response> {
    let own = matches!(&ask.visitor.who, Who::Ward { service: of, .. } if *of == service);
    if !own && !ask.visitor.may(Permission::Read, None) {
        return Ok(Redirect::to("/w").into_response());
    }
    let sheet = ask.app.shelf.latest(&ask.app.store).await?;
    if sheet.is_none_or(|sheet| sheet.map.find(&service).is_none()) {
        return Err(Problem::missing(Said::new("refusal-old-sheet")));
    }
    to_board(&ask, &service).await
}

/// The ward's board in the open incident, else a quiet page.
async fn to_board(ask: &Ask, service: &str) -> Result<Response> {
    match ask.open_incident().await? {
        Some(incident) => {
            Ok(Redirect::to(&format!("/incidents/{}/wards/{service}", incident.id)).into_response())
        }
        None => {
            let body =
                html! { h1 { (ask.say("ward-door-calm")) } p.lede { (ask.say("ward-door-calm-text")) } };
            Ok(frame::plain(ask, &ask.say("ward-door-title"), body))
        }
    }
}

fn form(ask: &Ask, typed: &Typed, wrong: Option<String>) -> Response {
    let body = html! {
        h1 { (ask.say("ward-door-title")) }
        p.lede { (ask.say("ward-door-lede")) }
        @if let Some(wrong) = wrong { p.warn role="alert" { (wrong) } }
        form.sheet.fields method="post" action="/w" {
            div { label for="code" { (ask.say("ward-door-code")) } input #code name="code" value=(typed.code) autocomplete="off" autocapitalize="characters" required; }
            div { label for="name" { (ask.say("ward-door-name")) span.soft { (ask.say("ward-door-name-hint")) } } input #name name="name" value=(typed.name) autocomplete="name" required; }
            button.do.first { (ask.say("ward-door-do")) }
        }
    };
    frame::plain(ask, &ask.say("ward-door-title"), body)
}

async fn enter(ask: Ask, Form(typed): Form<Typed>) -> Result<Response> {
    let name = typed.name.trim().to_owned();
    slow(&ask, "a ward's code").await;
    let code = ward_code(&ask.app, &typed.code).await?;
    let wrong = match &code {
        None => Some(ask.say("ward-door-wrong")),
        Some(_) if name.is_empty() => Some(ask.say("ward-door-nameless")),
        Some(_) => None,
    };
    if let Some(wrong) = wrong {
        let mut response = form(&ask, &typed, Some(wrong));
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
        return Ok(response);
    }
    let Some(code) = code else { return Err(Problem::missing(Said::new("refusal-no-code"))) };
    forgive(&ask, "a ward's code");
    let actor = store::Actor {
        name: name.clone(),
        kind: store::ActorKind::Ward,
        address: ask.visitor.address.clone(),
    };
    let mut change = ask.app.store.begin(&actor).await?;
    change.edit::<WardCode>(&code.id, None, |it| it.used_at = Some(Instant::from(ask.wall))).await?;
    change.commit().await?;
    let plain: String = typed.code.chars().filter(char::is_ascii_alphanumeric).collect();
    let cookie = set_cookie(&ask.app, WARD, &format!("{plain}.{}", write_name(&name)), LASTS);
    let response = to_board(&ask, &code.service).await?;
    Ok((AppendHeaders([(header::SET_COOKIE, cookie)]), response).into_response())
}

async fn codes(ask: Ask) -> Result<Response> {
    let sheet = ask.app.shelf.latest(&ask.app.store).await?;
    let map = sheet
        .as_ref()
        .map(|it| &*it.map)
        .ok_or_else(|| Problem::conflict("no-map", Said::new("refusal-no-map-yet")))?;
    let kept = ask.app.store.all::<WardCode>().await?;
    let valid = |service: &str| kept.iter().rev().find(|it| it.service == service && it.revoked_at.is_none());
    let without = map.care().filter(|(_, node, _)| valid(&node.id).is_none()).count();
    let body = html! {
        h1 { (ask.say_with("codes-title", &[("without", without.into())])) }
        p.lede { (ask.say("codes-lede")) }
        div.row {
            form method="post" action="/api/v1/ward-codes" { (ask.hidden()) button.do.first { (ask.say("codes-make")) } }
            a.do href="/hospital/ward-codes/posters" { (ask.say("codes-print")) }
        }
        section.sheet { table {
            thead { tr { th { (ask.say("ward")) } th { (ask.say("codes-code")) } th { (ask.say("codes-made")) } th { (ask.say("codes-used")) } th {} } }
            tbody { @for (_, node, _) in map.care() { @let code = valid(&node.id);
                tr id={ "code-" (node.id) } {
                    td { (node.name) }
                    td { @if code.is_some() { (ask.say("codes-on-poster")) } @else { span.soft { "–" } } }
                    td { @if let Some(code) = code { (ask.time(code.created_at.0, ask.wall)) } }
                    td { @if let Some(at) = code.and_then(|it| it.used_at) { (ask.time(at.0, ask.wall)) } }
                    td { @if let Some(code) = code { form method="post" action={ "/api/v1/ward-codes/" (code.id) "/revoke" } { (ask.hidden()) button.do.small { (ask.say("codes-revoke")) } } } }
                } } }
        } }
    };
    Ok(frame::page(&ask, None, "hospital", &ask.say("wards-codes"), body))
}

async fn posters(ask: Ask) -> Result<Response> {
    let sheet = ask.app.shelf.latest(&ask.app.store).await?;
    let map = sheet
        .as_ref()
        .map(|it| &*it.map)
        .ok_or_else(|| Problem::conflict("no-map", Said::new("refusal-no-map-yet")))?;
    let mut links = Vec::new();
    for code in ask.app.store.all::<WardCode>().await?.into_iter().filter(|it| it.revoked_at.is_none()) {
        let opened = ask.app.key.open(&format!("ward-code:{}", code.id), &code.sealed);
        let Some(text) = opened.ok().and_then(|bytes| String::from_utf8(bytes).ok()) else { continue };
        links.push(WardLink {
            service: code.service,
            url: format!("{}/w?code={text}", ask.app.url),
            code: text,
        });
    }
    let file = paper::ward_posters(map, &ask.words, &links);
    Ok(print(file))
}

/// A self-contained page for printing, under the policy that it states itself.
pub(crate) fn print(file: String) -> Response {
    let policy = file
        .split("content=\"default-src")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .map(|rest| format!("default-src{rest}"));
    let policy = policy.unwrap_or_default().replace("&#39;", "'").replace("&#x27;", "'");
    let mut response = Html(file).into_response();
    if let Ok(policy) = policy.parse() {
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}

#[derive(Deserialize, utoipa::ToSchema)]
#[schema(as = MakeWardCode)]
struct Make {
    /// The care service; every one without a code, where absent.
    service: Option<String>,
}

/// A ward's new code.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = MadeWardCode)]
struct MadeCode {
    /// The care service.
    service: String,
    /// The code; afterwards it is on the posters alone. Absent where an idempotency key came back.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<String>,
}

async fn make(Body(ask, wanted): Body<Make>) -> Result<Response> {
    let sheet = ask.app.shelf.latest(&ask.app.store).await?;
    let map = sheet
        .as_ref()
        .map(|it| &*it.map)
        .ok_or_else(|| Problem::conflict("no-map", Said::new("refusal-no-map-yet")))?;
    let kept = ask.app.store.all::<WardCode>().await?;
    let has = |service: &str| kept.iter().any(|it| it.service == service && it.revoked_at.is_none());
    if let Some(service) = &wanted.service
        && !map.care().any(|(_, node, _)| node.id == *service)
    {
        return Err(Problem::bad(Said::new("refusal-no-service")));
    }
    let mut change = ask.begin().await?;
    let mut made = Vec::new();
    for (_, node, _) in map.care() {
        let asked = wanted.service.as_deref().map_or_else(|| !has(&node.id), |service| service == node.id);
        if !asked {
            continue;
        }
        let fresh = access::secret::ward_code(&ask.app.key);
        let id = new_id();
        let sealed = ask.app.key.seal(&format!("ward-code:{id}"), fresh.text.as_bytes());
        let code = WardCode {
            id,
            version: 0,
            service: node.id.clone(),
            hash: fresh.hash,
            sealed,
            created_at: Instant::from(ask.wall),
            revoked_at: None,
            used_at: None,
        };
        change.add(code).await?;
        made.push(MadeCode { service: node.id.clone(), code: Some(fresh.text) });
    }
    // What is kept for an idempotency key that comes back holds no code.
    let kept: Vec<MadeCode> =
        made.iter().map(|it| MadeCode { service: it.service.clone(), code: None }).collect();
    let kept = serde_json::to_string(&kept).map_err(|error| Problem::inside(&error))?;
    if let Some(given) = ask.remember(&mut change, StatusCode::CREATED, &kept).await? {
        return Ok(given);
    }
    change.commit().await?;
    let body = serde_json::to_string(&made).map_err(|error| Problem::inside(&error))?;
    Ok(ask.answer(StatusCode::CREATED, body, None, "/hospital/ward-codes"))
}

async fn revoke(Path(id): Path<String>, Body(ask, Nothing {}): Body<Nothing>) -> Result<Response> {
    let mut change = ask.begin().await?;
    let at = Instant::from(ask.wall);
    let code = change.edit::<WardCode>(&id, ask.write.seen, |it| it.revoked_at = Some(at)).await?;
    ask.done(change, &code, "/hospital/ward-codes").await
}
