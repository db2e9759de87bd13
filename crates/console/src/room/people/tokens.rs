//! Tokens of programs.
//!
//! Invariant: a token is shown once; it may do what its scopes and its owner's roles allow together, until its
//! day.

use assess::Said;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::Response;
use jiff::SignedDuration;
use maud::{Markup, html};
use serde::Deserialize;
use store::entity::Token;
use store::{Instant, List, new_id};

use super::{People, kept_by};
use crate::ask::Ask;
use crate::bare::{Once, bare};
use crate::body::{Body, Nothing, several};
use crate::paged::Paged;
use crate::permit::Permission;
use crate::problem::{Problem, Result};
use crate::route::Route;

/// What a token may be for.
pub(crate) const SCOPES: &[&str] = &["read", "write", "intake", "admin"];

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get("/api/v1/tokens", Permission::Keep, list)
            .about("Tokens, without their secrets")
            .asks::<Paged>()
            .gives_list::<Token>(),
        Route::post("/api/v1/tokens", Permission::Keep, make)
            .about("Make a token; the answer holds `token`, shown this once")
            .takes::<Make>()
            .once(&[("token", "string")])
            .makes::<Token>(),
        Route::post("/api/v1/tokens/{id}/revoke", Permission::Keep, revoke)
            .about("Take a token back")
            .gives::<Token>(),
    ]
}

async fn list(ask: Ask, Query(paged): Query<Paged>) -> Result<Response> {
    ask.listed::<Token>(None, &paged).await
}

pub(super) fn section(ask: &Ask, people: &People) -> Markup {
    let name = |id: &str| people.accounts.iter().find(|it| it.id == id).map_or("", |it| &it.name);
    html! {
        section.sheet #tokens data-part {
            header { h2 { (ask.say("tokens-title")) " " small { (people.tokens.len()) } } }
            @if people.tokens.is_empty() { p.empty { (ask.say("tokens-none")) } }
            ul.lines { @for token in &people.tokens {
                li id={ "token-" (token.id) } {
                    span { b { (token.label) } " " span.soft { (name(&token.account)) } br;
                        @for scope in &token.scopes.0 { span.tag { (scope) } " " }
                        @if token.until.0 <= ask.wall { span.warn { (ask.say("tokens-ended")) } } @else { span.soft { (ask.say("tokens-until")) " " (ask.time(token.until.0, ask.wall)) } } }
                    form method="post" action={ "/api/v1/tokens/" (token.id) "/revoke" } { (ask.hidden()) button.do.small { (ask.say("tokens-revoke")) } }
                }
            } }
            details #new-token { summary { (ask.say("tokens-new")) }
                form.fields method="post" action="/api/v1/tokens" {
                    (ask.hidden())
                    div { label for="token-label" { (ask.say("tokens-label")) } input #token-label name="label" required maxlength="80"; }
                    div { label for="token-account" { (ask.say("tokens-account")) }
                        select #token-account name="account" { @for it in people.accounts.iter().filter(|it| it.active) { option value=(it.id) { (it.name) } } } }
                    div { label for="token-scopes" { (ask.say("tokens-scopes")) }
                        select #token-scopes name="scopes" { @for scope in SCOPES { option value=(scope) { (ask.say(&format!("scope-{scope}"))) } } } }
                    div { label for="token-hosts" { (ask.say("tokens-hosts")) span.soft { (ask.say("tokens-hosts-hint")) } } input #token-hosts name="hosts" maxlength="400" autocapitalize="none"; }
                    div { label for="token-days" { (ask.say("tokens-days")) } input #token-days name="days" type="number" min="1" max="3650" value="90" inputmode="numeric"; }
                    button.do { (ask.say("tokens-do")) }
                }
            }
        }
    }
}

#[derive(Deserialize, utoipa::ToSchema)]
#[schema(as = MakeToken)]
struct Make {
    /// Whose roles bound it.
    account: String,
    /// What it is for.
    label: String,
    /// `read`, `write`, `intake`, `admin`.
    #[serde(deserialize_with = "several")]
    scopes: Vec<String>,
    /// Hosts that it may speak for, `*` for any letters; any host, where empty.
    #[serde(default, deserialize_with = "several")]
    hosts: Vec<String>,
    /// How long it is good; 90, where absent.
    days: Option<i64>,
}

async fn make(Body(ask, wanted): Body<Make>) -> Result<Response> {
    let account = kept_by(&ask, &wanted.account).await?;
    let label = wanted.label.trim().to_owned();
    if label.is_empty() || label.chars().count() > 80 {
        return Err(Problem::bad(Said::new("refusal-token-label")));
    }
    if wanted.scopes.is_empty() || wanted.scopes.iter().any(|it| !SCOPES.contains(&it.as_str())) {
        return Err(Problem::bad(Said::new("refusal-token-scopes").with("scopes", SCOPES.join(", "))));
    }
    if wanted.hosts.len() > 50 || wanted.hosts.iter().any(|it| it.len() > 253) {
        return Err(Problem::bad(Said::new("refusal-token-hosts")));
    }
    let days = wanted.days.unwrap_or(90);
    if !(1..=3_650).contains(&days) {
        return Err(Problem::bad(Said::new("refusal-token-days")));
    }
    let until = ask.wall.checked_add(SignedDuration::from_hours(24 * days)).map_err(Problem::unreadable)?;
    let fresh = access::secret::token();
    let token = Token {
        id: new_id(),
        version: 0,
        hash: fresh.hash,
        account: account.id.clone(),
        label,
        scopes: List(wanted.scopes),
        hosts: List(wanted.hosts),
        until: Instant::from(until),
        created_at: Instant::from(ask.wall),
    };
    let mut change = ask.begin().await?;
    let token = change.add(token).await?;
    let title = ask.say("tokens-made");
    let body = html! {
        h1 { (title) }
        p.lede { (ask.say("tokens-made-lede")) }
        section.sheet { pre #secret { (fresh.text) } }
        p.soft { "Authorization: Bearer …" }
    };
    ask.once(
        change,
        &token,
        Once { field: "token", secret: fresh.text.into(), title: &title, body, back: "/people" },
    )
    .await
}

async fn revoke(Path(id): Path<String>, Body(ask, Nothing {}): Body<Nothing>) -> Result<Response> {
    let token = ask.app.store.get::<Token>(&id).await?;
    kept_by(&ask, &token.account).await?;
    let mut change = ask.begin().await?;
    let token = change.remove::<Token>(&id).await?;
    ask.finish(change, StatusCode::OK, &bare(&token)?, None, "/people").await
}
