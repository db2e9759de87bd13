//! Coming in and going out: log-in, the one-time links, the language.
//!
//! Invariant: a failed log-in says the same whether the account exists or not, and slows the next; nobody is
//! ever locked out.

use std::net::IpAddr;
use std::sync::PoisonError;
use std::time::Duration;

use access::throttle::Who as Slowed;
use assess::Said;
use axum::extract::{Form, Path, Query};
use axum::http::{StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use jiff::{SignedDuration, Timestamp};
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::json;
use store::entity::{Account, Factor, Link, LinkKind, Origin, Role, Session};
use store::{Actor, ActorKind, Change, Instant, new_id};

use crate::app::App;
use crate::ask::Ask;
use crate::frame;
use crate::guard::SESSION;
use crate::permit::Permission;
use crate::problem::{Problem, Result};
use crate::room::directory;
use crate::route::Route;
use crate::setup::{AccountError, add_account, setup_file};

/// A session ends after this long in any case, in hours.
const SESSION_HOURS: i64 = 7 * 24;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get("/login", Permission::Nobody, page),
        Route::post("/login", Permission::Nobody, log_in),
        Route::post("/logout", Permission::Nobody, log_out),
        Route::get("/setup/{token}", Permission::Nobody, set_up_page),
        Route::post("/setup/{token}", Permission::Nobody, set_up),
        Route::get("/demonstration/{token}", Permission::Nobody, demonstration),
        Route::get("/lang/{code}", Permission::Nobody, language),
    ]
}

#[derive(Deserialize)]
struct Next {
    next: Option<String>,
}

async fn page(ask: Ask, Query(next): Query<Next>) -> Result<Response> {
    form(&ask, next.next.as_deref(), "", None).await
}

async fn form(ask: &Ask, next: Option<&str>, name: &str, wrong: Option<String>) -> Result<Response> {
    let body = html! {
        h1 { (ask.say("login-title")) }
        @if let Some(wrong) = wrong { p.warn role="alert" { (wrong) } }
        form.sheet.fields method="post" action="/login" {
            input type="hidden" name="next" value=(next.unwrap_or("/"));
            div { label for="name" { (ask.say("login-name")) } input #name name="name" value=(name) autocomplete="username" autocapitalize="none" required; }
            div { label for="password" { (ask.say("login-password")) } input #password name="password" type="password" autocomplete="current-password" required; }
            button.do.first { (ask.say("login-do")) }
        }
        (directory::button(ask, next.unwrap_or("/")).await?)
        p.soft { (ask.say("login-ward")) " " a href="/w" { (ask.say("login-ward-link")) } }
    };
    Ok(frame::plain(ask, &ask.say("login-title"), body))
}

#[derive(Deserialize)]
struct LogIn {
    name: String,
    password: String,
    next: Option<String>,
}

async fn log_in(ask: Ask, Form(typed): Form<LogIn>) -> Result<Response> {
    let name = typed.name.trim().to_lowercase();
    slow(&ask, &name).await;
    let account =
        ask.app.store.account_named(&name).await?.filter(|it| it.active && it.origin != Origin::Directory);
    let hash = account.as_ref().and_then(|it| it.password.clone());
    let password = typed.password;
    // argon2id takes tens of milliseconds: not on a thread that answers others.
    let right = tokio::task::spawn_blocking(move || match hash {
        Some(hash) => access::password::verify(&password, &hash),
        None => {
            access::password::dummy_verify(&password);
            false
        }
    });
    let right = right.await.map_err(|error| Problem::inside(&error))?;
    let Some(account) = account.filter(|_| right) else {
        let mut change = ask.app.store.begin(&actor(&ask, &name)).await?;
        change.tell("refused", "log-in", &name, None, json!({})).await?;
        change.commit().await?;
        let mut response = form(&ask, typed.next.as_deref(), &name, Some(ask.say("login-wrong"))).await?;
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
        return Ok(response);
    };
    forgive(&ask, &name);
    let next = typed
        .next
        .filter(|it| it.starts_with('/') && !it.starts_with("//"))
        .unwrap_or_else(|| "/".to_owned());
    let second = !needs_second(&ask.app, &account).await?;
    let mut change = ask.app.store.begin(&actor(&ask, &account.name)).await?;
    if account.origin == Origin::BreakGlass {
        let incident = ask.open_incident().await?.map(|it| it.id);
        let what = json!({ "name": account.name });
        change.tell("break-glass", "account", &account.id, incident.as_deref(), what).await?;
    }
    let cookie = open_session(&ask, &mut change, &account, second, None).await?;
    change.commit().await?;
    let next = if second { next } else { "/login/second".to_owned() };
    Ok((AppendHeaders([(header::SET_COOKIE, cookie)]), Redirect::to(&next)).into_response())
}

/// Whether the account has a second factor to give.
///
/// # Errors
/// When the store does not answer.
pub(crate) async fn needs_second(app: &App, account: &Account) -> Result<bool> {
    let factors = app.store.all::<Factor>().await?;
    Ok(factors
        .iter()
        .any(|it| it.account == account.id && it.confirmed && it.kind != store::entity::FactorKind::Recovery))
}

/// Opens a session; gives its cookie.
pub(crate) async fn open_session(
    ask: &Ask,
    change: &mut Change,
    account: &Account,
    second: bool,
    seen_as: Option<Role>,
) -> Result<String> {
    // Who comes in anew leaves nothing open behind.
    if let Some(before) = ask.visitor.session() {
        match change.remove::<Session>(&before.id).await {
            Ok(_) | Err(store::Error::Missing { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    let fresh = access::secret::session();
    let now = ask.wall;
    let until = now.checked_add(SignedDuration::from_hours(SESSION_HOURS)).unwrap_or(Timestamp::MAX);
    let agent = ask.headers.get(header::USER_AGENT).and_then(|it| it.to_str().ok()).unwrap_or_default();
    let session = Session {
        id: new_id(),
        version: 0,
        hash: fresh.hash,
        account: account.id.clone(),
        origin: account.origin,
        second,
        created_at: Instant::from(now),
        seen_at: Instant::from(now),
        until: Instant::from(until),
        address: ask.visitor.address.clone(),
        agent: agent.chars().take(200).collect(),
        seen_as,
    };
    change.add(session).await?;
    Ok(set_cookie(&ask.app, SESSION, &fresh.text, SESSION_HOURS * 3600))
}

/// A cookie that no script reads and no other site sends.
#[must_use]
pub(crate) fn set_cookie(app: &App, name: &str, value: &str, seconds: i64) -> String {
    let secure = if app.secure() { "; Secure" } else { "" };
    format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}")
}

fn actor(ask: &Ask, name: &str) -> Actor {
    let name: String = name.chars().take(64).collect();
    Actor { name, kind: ActorKind::Person, address: ask.visitor.address.clone() }
}

/// Waits as long as earlier failures ask, and counts this try as one until it is right.
pub(crate) async fn slow(ask: &Ask, name: &str) {
    let wait = {
        let mut throttle = ask.app.throttle.lock().unwrap_or_else(PoisonError::into_inner);
        let address = ask.visitor.address.parse::<IpAddr>().ok();
        let by_address = address.map_or(Duration::ZERO, |it| throttle.delay(Slowed::Address(it), ask.wall));
        let wait = throttle.delay(Slowed::Account(name), ask.wall).max(by_address);
        throttle.failed(Slowed::Account(name), ask.wall);
        if let Some(address) = address {
            throttle.failed(Slowed::Address(address), ask.wall);
        }
        wait
    };
    tokio::time::sleep(wait).await;
}

/// Forgets the try that [`slow`] counted.
pub(crate) fn forgive(ask: &Ask, name: &str) {
    let mut throttle = ask.app.throttle.lock().unwrap_or_else(PoisonError::into_inner);
    throttle.succeeded(Slowed::Account(name));
    if let Ok(address) = ask.visitor.address.parse::<IpAddr>() {
        throttle.succeeded(Slowed::Address(address));
    }
}

/// Ends every session of an account. Gives how many there were.
///
/// # Errors
/// When the store does not answer.
pub(crate) async fn sign_out(ask: &Ask, change: &mut Change, account: &str) -> Result<usize> {
    let mut ended = 0;
    for session in ask.app.store.all::<Session>().await?.into_iter().filter(|it| it.account == account) {
        change.remove::<Session>(&session.id).await?;
        ended += 1;
    }
    Ok(ended)
}

async fn log_out(ask: Ask) -> Result<Response> {
    if let Some(session) = ask.visitor.session() {
        let mut change = ask.begin().await?;
        change.remove::<Session>(&session.id).await?;
        change.commit().await?;
    }
    let cookie = set_cookie(&ask.app, SESSION, "", 0);
    Ok((AppendHeaders([(header::SET_COOKIE, cookie)]), Redirect::to("/login")).into_response())
}

async fn link(ask: &Ask, token: &str, kinds: &[LinkKind]) -> Result<Link> {
    let gone = || Problem::new(StatusCode::GONE, "link", Said::new("refusal-link"));
    let hash = access::secret::hash(token).ok_or_else(gone)?;
    let link = ask.app.store.link_hashed(&hash).await?.ok_or_else(gone)?;
    let fits = kinds.contains(&link.kind) && link.used_at.is_none() && link.until.0 > ask.wall;
    if fits { Ok(link) } else { Err(gone()) }
}

async fn set_up_page(ask: Ask, Path(token): Path<String>) -> Result<Response> {
    let link = link(&ask, &token, &[LinkKind::Setup, LinkKind::Reset]).await?;
    Ok(set_up_form(&ask, &link, "", None))
}

fn set_up_form(ask: &Ask, link: &Link, name: &str, wrong: Option<String>) -> Response {
    let first = link.kind == LinkKind::Setup;
    let body: Markup = html! {
        h1 { (ask.say(if first { "setup-title" } else { "reset-title" })) }
        @if first { p.lede { (ask.say("setup-lede")) } }
        @if let Some(wrong) = wrong { p.warn role="alert" { (wrong) } }
        form.sheet.fields method="post" {
            @if first { div { label for="name" { (ask.say("setup-name")) span.soft { (ask.say("setup-name-hint")) } } input #name name="name" value=(name) autocomplete="username" autocapitalize="none" required; } }
            div { label for="password" { (ask.say("setup-password")) span.soft { (ask.say("setup-password-hint")) } } input #password name="password" type="password" autocomplete="new-password" minlength="12" required; }
            div { label for="again" { (ask.say("setup-again")) } input #again name="again" type="password" autocomplete="new-password" minlength="12" required; }
            button.do.first { (ask.say("setup-do")) }
        }
    };
    frame::plain(ask, &ask.say("setup-title"), body)
}

#[derive(Deserialize)]
struct SetUp {
    #[serde(default)]
    name: String,
    password: String,
    again: String,
}

async fn set_up(ask: Ask, Path(token): Path<String>, Form(typed): Form<SetUp>) -> Result<Response> {
    let link = link(&ask, &token, &[LinkKind::Setup, LinkKind::Reset]).await?;
    let again = |wrong: String| {
        let mut response = set_up_form(&ask, &link, &typed.name, Some(wrong));
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
        Ok(response)
    };
    if typed.password != typed.again {
        return again(ask.say("setup-differs"));
    }
    let mut change = ask.app.store.begin(&actor(&ask, &typed.name)).await?;
    let account = match &link.account {
        None => match add_account(
            &mut change,
            &typed.name,
            &typed.password,
            &[(Role::SiteAdministrator, None), (Role::IncidentCommander, None)],
        )
        .await
        {
            Ok(account) => account,
            Err(AccountError::Store(error)) => return Err(error.into()),
            Err(error) => return again(ask.words.tell(&refusal(&error))),
        },
        Some(id) => {
            let account = change.read::<Account>(id).await?;
            if let Err(refused) = access::password::check(&typed.password, &account.name) {
                return again(ask.words.tell(&refusal(&AccountError::Password(refused))));
            }
            let hash = access::password::hash(&typed.password);
            let account = change.edit::<Account>(id, None, |it| it.password = Some(hash)).await?;
            // Whoever came in with the old password is out.
            sign_out(&ask, &mut change, &account.id).await?;
            account
        }
    };
    change
        .edit::<Link>(&link.id, Some(link.version), |it| it.used_at = Some(Instant::from(ask.wall)))
        .await?;
    let second = !needs_second(&ask.app, &account).await?;
    let cookie = open_session(&ask, &mut change, &account, second, None).await?;
    change.commit().await?;
    if link.kind == LinkKind::Setup {
        // Gone already is as good.
        let _ = std::fs::remove_file(setup_file(&ask.app.config.data));
    }
    Ok((AppendHeaders([(header::SET_COOKIE, cookie)]), Redirect::to("/")).into_response())
}

/// Why a name or a password was refused.
pub(crate) fn refusal(error: &AccountError) -> Said {
    use access::password::Refused;
    match error {
        AccountError::Name(_) => Said::new("refused-name"),
        AccountError::Password(Refused::TooShort) => Said::new("refused-short"),
        AccountError::Password(_) => Said::new("refused-common"),
        other => Said::new("refusal-account").with("why", other.to_string()),
    }
}

/// The demonstration's link signs in as often as it is opened.
async fn demonstration(ask: Ask, Path(token): Path<String>) -> Result<Response> {
    let link = link(&ask, &token, &[LinkKind::Demonstration]).await?;
    let account = link.account.as_deref().unwrap_or_default();
    let account = ask.app.store.get::<Account>(account).await?;
    let mut change = ask.app.store.begin(&actor(&ask, &account.name)).await?;
    let cookie = open_session(&ask, &mut change, &account, true, Some(Role::IncidentCommander)).await?;
    change.commit().await?;
    Ok((AppendHeaders([(header::SET_COOKIE, cookie)]), Redirect::to("/")).into_response())
}

#[derive(Deserialize)]
struct Back {
    back: Option<String>,
}

async fn language(Path(code): Path<String>, Query(back): Query<Back>) -> Result<Response> {
    if code != "fr" && code != "en" {
        return Err(Problem::missing(Said::new("refusal-languages")));
    }

    let back =
        back.back.filter(|it| it.starts_with('/') && !it.starts_with("//")).unwrap_or_else(|| "/".to_owned());
    let cookie = format!("lang={code}; Path=/; SameSite=Lax; Max-Age=31536000");
    Ok((AppendHeaders([(header::SET_COOKIE, cookie)]), Redirect::to(&back)).into_response())
}
