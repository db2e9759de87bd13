//! The second proof at log-in.
//!
//! Invariant: only a session that has given the password, and not yet this, is asked; what it gives is struck
//! out in the same change that lets it in.

use access::code;
use assess::Said;
use axum::http::{StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use maud::html;
use serde::Deserialize;
use serde_json::json;
use store::entity::{Account, Factor, FactorKind, Session};
use store::{Change, Instant};

use super::{factors, passkeys, seed};
use crate::ask::Ask;
use crate::body::Body;
use crate::frame;
use crate::guard::SESSION;
use crate::permit::Permission;
use crate::problem::{Problem, Result};
use crate::room::sign_in::{forgive, set_cookie, slow};
use crate::route::Route;

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get("/login/second", Permission::Nobody, page),
        Route::post("/login/second", Permission::Nobody, give),
    ]
}

/// Who still has to give a second proof.
pub(super) fn half(ask: &Ask) -> Option<(&Account, &Session)> {
    Some((ask.visitor.account()?, ask.visitor.session().filter(|session| !session.second)?))
}

async fn page(ask: Ask) -> Result<Response> {
    let Some((account, _)) = half(&ask) else { return Ok(Redirect::to("/").into_response()) };
    let held = factors(&ask, &account.id).await?;
    Ok(form(&ask, &held, None))
}

fn form(ask: &Ask, held: &[Factor], wrong: Option<String>) -> Response {
    let has = |kind| {
        held.iter().any(|it| {
            it.confirmed && it.kind == kind && (kind != FactorKind::Recovery || it.used_at.is_none())
        })
    };
    let body = html! {
        h1 { (ask.say("second-title")) }
        @if let Some(wrong) = wrong { p.warn role="alert" { (wrong) } }
        @if has(FactorKind::Passkey) { (passkeys::ask(ask)) }
        form.sheet.fields method="post" action="/login/second" {
            (ask.hidden())
            div { label for="code" {
                    (ask.say(if has(FactorKind::Code) { "second-code" } else { "second-printed" }))
                    span.soft { (ask.say("second-hint")) } }
                input #code name="code" autocomplete="one-time-code" autocapitalize="none" maxlength="40" required autofocus; }
            button.do.first { (ask.say("second-do")) }
        }
        form method="post" action="/logout" { p.row { button.do { (ask.say("me-out")) } } }
        p.soft { (ask.say("second-lost")) }
    };
    frame::plain(ask, &ask.say("second-title"), body)
}

#[derive(Deserialize)]
struct Give {
    #[serde(default)]
    code: String,
}

async fn give(Body(ask, given): Body<Give>) -> Result<Response> {
    let Some((account, session)) = half(&ask) else { return Ok(Redirect::to("/login").into_response()) };
    // A right password does not forgive wrong codes: they are counted apart.
    let counted = format!("second {}", account.name);
    slow(&ask, &counted).await;
    let mut change = ask.begin().await?;
    let held = factors(&ask, &account.id).await?;
    let taken = take(&ask, &mut change, &held, &given.code).await?;
    if !taken {
        change.tell("refused", "second-factor", &account.id, None, json!({})).await?;
        change.commit().await?;
        let mut response = form(&ask, &held, Some(ask.say("second-wrong")));
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
        return Ok(response);
    }
    let cookie = raise(&ask, &mut change, session).await?;
    change.commit().await?;
    forgive(&ask, &counted);
    Ok((AppendHeaders([(header::SET_COOKIE, cookie)]), Redirect::to("/")).into_response())
}

/// Strikes out what was given, when it is one of the account's; `held` was read inside the change.
async fn take(ask: &Ask, change: &mut Change, held: &[Factor], typed: &str) -> Result<bool> {
    let used = Some(Instant::from(ask.wall));
    for factor in held.iter().filter(|it| it.confirmed && it.kind == FactorKind::Code) {
        let last = factor.last_step.and_then(|it| u64::try_from(it).ok());
        if let Some(step) = seed(ask, factor)?.check(typed, ask.wall, last) {
            let step = i64::try_from(step).ok();
            change
                .edit::<Factor>(&factor.id, Some(factor.version), |it| {
                    it.last_step = step;
                    it.used_at = used;
                })
                .await?;
            return Ok(true);
        }
    }
    let printed: Vec<&Factor> =
        held.iter().filter(|it| it.kind == FactorKind::Recovery && it.used_at.is_none()).collect();
    let hashes: Vec<&str> = printed.iter().map(|it| it.secret.as_str()).collect();
    let Some(factor) = code::find_printed(typed, &hashes).and_then(|place| printed.get(place)) else {
        return Ok(false);
    };
    change.edit::<Factor>(&factor.id, Some(factor.version), |it| it.used_at = used).await?;
    Ok(true)
}

/// Lets the session in, under a new secret. Gives its cookie.
pub(super) async fn raise(ask: &Ask, change: &mut Change, session: &Session) -> Result<String> {
    let fresh = access::secret::session();
    let hash = fresh.hash;
    let session = change
        .edit::<Session>(&session.id, None, |it| {
            it.second = true;
            it.hash = hash;
        })
        .await?;
    let seconds = session.until.0.duration_since(ask.wall).as_secs();
    if seconds <= 0 {
        return Err(Problem::forbidden(Said::new("refusal-session-ended")));
    }
    Ok(set_cookie(&ask.app, SESSION, &fresh.text, seconds))
}
