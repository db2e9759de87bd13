//! Second proofs: codes from a telephone, passkeys, ten printed codes; asked for at `/login/second`.
//!
//! Invariant: a code is taken once, whatever races; a wrong one slows the next but locks nobody out; a proof
//! counts from when it was confirmed, and the session gets a new secret when it was given.

mod passkeys;
mod second;

use access::code::{self, Seed};
use assess::Said;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use report::paper::qr_svg;
use serde::Deserialize;
use serde_json::json;
use store::entity::{Account, Factor, FactorKind, Session};
use store::{Change, Instant, new_id};

use crate::ask::{Ask, Face};
use crate::bare::{Once, bare};
use crate::body::{Body, Nothing};
use crate::frame;
use crate::permit::Permission;
use crate::problem::{Problem, Result};
use crate::route::Route;

pub(crate) use passkeys::Asked;

/// Second factors of an account at most.
const MOST: usize = 10;

/// Printed codes, shown once.
const CODES: &[(&str, &str)] = &[("recovery_codes", "array")];

pub(crate) fn routes() -> Vec<Route> {
    let mut routes = vec![
        Route::post("/api/v1/me/factors/code", Permission::Own, begin)
            .about("Begin to add one-time codes; the answer holds `secret` and `uri`, shown this once")
            .takes::<Begin>()
            .once(&[("secret", "string"), ("uri", "string")])
            .makes::<Factor>(),
        Route::post("/api/v1/me/factors/{id}/confirm", Permission::Own, confirm)
            .about("Confirm one-time codes by one of them; with the first proof the answer holds ten printed codes")
            .takes::<Confirm>()
            .once(CODES)
            .makes::<Factor>(),
        Route::post("/api/v1/me/factors/{id}/remove", Permission::Own, remove)
            .about("Remove a second factor")
            .gives::<Factor>(),
        Route::post("/api/v1/me/recovery-codes", Permission::Own, again)
            .about("Make ten new printed codes; the old ones end")
            .once(CODES)
            .makes::<Factor>(),
    ];
    routes.extend(second::routes());
    routes.extend(passkeys::routes());
    routes
}

/// The person who manages their own proofs: by a session, never by a token.
fn own(ask: &Ask) -> Result<(&Account, &Session)> {
    let session = ask.visitor.session().filter(|session| session.second);
    match (ask.visitor.account(), session) {
        (Some(account), Some(session)) => Ok((account, session)),
        _ => Err(Problem::forbidden(Said::new("refusal-own-proofs"))),
    }
}

/// An account's factors.
async fn factors(ask: &Ask, account: &str) -> Result<Vec<Factor>> {
    let all = ask.app.store.all::<Factor>().await?;
    Ok(all.into_iter().filter(|it| it.account == account).collect())
}

/// What a factor's secret is sealed for.
fn purpose(id: &str) -> String {
    format!("factor:{id}")
}

fn seed(ask: &Ask, factor: &Factor) -> Result<Seed> {
    let bytes =
        ask.app.key.open(&purpose(&factor.id), &factor.secret).map_err(|error| Problem::inside(&error))?;
    Seed::from_bytes(&bytes).ok_or_else(|| Problem::inside(&"a kept seed has not its length"))
}

/// The part of one's own page.
///
/// # Errors
/// When the store does not answer.
pub(crate) async fn section(ask: &Ask, account: &Account) -> Result<Markup> {
    let factors = factors(ask, &account.id).await?;
    let proofs: Vec<&Factor> =
        factors.iter().filter(|it| it.confirmed && it.kind != FactorKind::Recovery).collect();
    let left = factors.iter().filter(|it| it.kind == FactorKind::Recovery && it.used_at.is_none()).count();
    Ok(html! {
        section.sheet #factors {
            header { h2 { (ask.say("factors-title")) } }
            @if proofs.is_empty() { p.empty { (ask.say("factors-none")) } }
            ul.lines { @for factor in &proofs {
                li id={ "factor-" (factor.id) } {
                    span { b { (factor.label) } " " span.tag { (ask.say(&format!("factor-{}", factor.kind.word()))) }
                        @if let Some(used) = factor.used_at { br; span.soft { (ask.say("me-used")) " " (ask.time(used.0, ask.wall)) } } }
                    form method="post" action={ "/api/v1/me/factors/" (factor.id) "/remove" } { (ask.hidden()) button.do.small { (ask.say("factors-remove")) } }
                }
            } }
            div.row {
                form.inline method="post" action="/api/v1/me/factors/code" { (ask.hidden())
                    label for="code-label" { (ask.say("factors-label")) } input #code-label name="label" maxlength="60" value=(ask.say("factors-telephone"));
                    button.do { (ask.say("factors-add-code")) } }
            }
            (passkeys::form(ask))
            @if !proofs.is_empty() {
                p { (ask.say_with("factors-left", &[("count", left.into())])) }
                form method="post" action="/api/v1/me/recovery-codes" { (ask.hidden()) button.do.small { (ask.say("factors-again")) } }
            }
        }
    })
}

#[derive(Deserialize, utoipa::ToSchema)]
#[schema(as = BeginCodes)]
struct Begin {
    /// What the person calls it.
    label: Option<String>,
}

/// What the person calls a proof.
fn label(given: Option<String>, otherwise: &str) -> Result<String> {
    let label = given.unwrap_or_else(|| otherwise.to_owned()).trim().to_owned();
    let fits = (1..=60).contains(&label.chars().count()) && !label.chars().any(char::is_control);
    if fits { Ok(label) } else { Err(Problem::bad(Said::new("refusal-proof-label"))) }
}

async fn begin(Body(ask, wanted): Body<Begin>) -> Result<Response> {
    let (account, _) = own(&ask)?;
    let label = label(wanted.label, "telephone")?;
    let held = factors(&ask, &account.id).await?;
    if held.iter().filter(|it| it.confirmed && it.kind != FactorKind::Recovery).count() >= MOST {
        return Err(Problem::conflict("many", Said::new("refusal-proof-many")));
    }
    let (id, seed) = (new_id(), Seed::new());
    let factor = Factor {
        secret: ask.app.key.seal(&purpose(&id), seed.as_bytes()),
        id,
        version: 0,
        account: account.id.clone(),
        kind: FactorKind::Code,
        label,
        confirmed: false,
        last_step: None,
        used_at: None,
        created_at: Instant::from(ask.wall),
    };
    let mut change = ask.begin().await?;
    for old in held.iter().filter(|it| !it.confirmed) {
        change.remove::<Factor>(&old.id).await?;
    }
    let factor = change.add(factor).await?;
    // The body of a remembered answer would hold the seed: an idempotency key begins anew here.
    change.commit().await?;
    Ok(match ask.face {
        Face::Page => enrol(&ask, account, &factor, &seed, None),
        Face::Json => {
            let mut body = bare(&factor)?;
            body["secret"] = seed.text().into();
            body["uri"] = seed.uri("Rempart", &account.name).into();
            (StatusCode::CREATED, axum::Json(body)).into_response()
        }
    })
}

/// The page that shows the seed until it is confirmed.
fn enrol(ask: &Ask, account: &Account, factor: &Factor, seed: &Seed, wrong: Option<String>) -> Response {
    let body = html! {
        h1 { (ask.say("enrol-title")) }
        @if let Some(wrong) = wrong { p.warn role="alert" { (wrong) } }
        ol.steps {
            li { div { (ask.say("enrol-step-1")) } }
            li { div { (ask.say("enrol-step-2"))
                div.enrol { (qr_svg(&seed.uri("Rempart", &account.name))) }
                p.soft { (ask.say("enrol-typed")) } pre #seed { (seed.text()) } } }
            li { form.fields method="post" action={ "/api/v1/me/factors/" (factor.id) "/confirm" } {
                (ask.hidden())
                div { label for="code" { (ask.say("enrol-step-3")) } input #code name="code" inputmode="numeric" autocomplete="one-time-code" maxlength="12" required; }
                button.do.first { (ask.say("enrol-do")) }
            } }
        }
        p { a href="/me" { (ask.say("enrol-not")) } }
    };
    frame::plain(ask, &ask.say("enrol-title"), body)
}

#[derive(Deserialize, utoipa::ToSchema)]
#[schema(as = ConfirmCode)]
struct Confirm {
    /// The code that the telephone shows.
    #[serde(default)]
    code: String,
}

async fn confirm(Path(id): Path<String>, Body(ask, wanted): Body<Confirm>) -> Result<Response> {
    let (account, _) = own(&ask)?;
    let mut change = ask.begin().await?;
    let factor = change.read::<Factor>(&id).await?;
    if factor.account != account.id || factor.kind != FactorKind::Code || factor.confirmed {
        return Err(Problem::missing(Said::new("refusal-proof-begun")));
    }
    let seed = seed(&ask, &factor)?;
    let Some(step) = seed.check(&wanted.code, ask.wall, None) else {
        return Ok(match ask.face {
            Face::Page => {
                let mut response = enrol(&ask, account, &factor, &seed, Some(ask.say("second-wrong")));
                *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
                response
            }
            Face::Json => Problem::bad(Said::new("refusal-proof-code")).into_response(),
        });
    };
    let step = i64::try_from(step).ok();
    let factor = change
        .edit::<Factor>(&id, None, |it| {
            it.confirmed = true;
            it.last_step = step;
        })
        .await?;
    proved(&ask, change, account, factor).await
}

/// A proof was added: with the first one come ten printed codes.
async fn proved(ask: &Ask, mut change: Change, account: &Account, factor: Factor) -> Result<Response> {
    let held = factors(ask, &account.id).await?;
    if held.iter().any(|it| it.kind == FactorKind::Recovery && it.used_at.is_none()) {
        return ask.finish(change, StatusCode::CREATED, &bare(&factor)?, Some(factor.version), "/me").await;
    }
    let texts = print(ask, &mut change, account).await?;
    printed(ask, change, &factor, &texts).await
}

/// Makes ten codes in place of those before. Gives their texts.
async fn print(ask: &Ask, change: &mut Change, account: &Account) -> Result<Vec<String>> {
    for old in factors(ask, &account.id).await?.iter().filter(|it| it.kind == FactorKind::Recovery) {
        change.remove::<Factor>(&old.id).await?;
    }
    let mut texts = Vec::new();
    for fresh in code::printed() {
        let factor = Factor {
            id: new_id(),
            version: 0,
            account: account.id.clone(),
            kind: FactorKind::Recovery,
            label: String::new(),
            secret: fresh.hash,
            confirmed: true,
            last_step: None,
            used_at: None,
            created_at: Instant::from(ask.wall),
        };
        change.add(factor).await?;
        texts.push(fresh.text);
    }
    Ok(texts)
}

async fn printed(ask: &Ask, change: Change, factor: &Factor, texts: &[String]) -> Result<Response> {
    let title = ask.say("printed-title");
    let body = html! {
        h1 { (title) }
        p.lede { (ask.say("printed-lede")) }
        section.sheet { pre #secret { @for text in texts { (text) "\n" } } }
        p.soft { (ask.app.url) "/login" }
    };
    ask.once(
        change,
        factor,
        Once { field: "recovery_codes", secret: json!(texts), title: &title, body, back: "/me" },
    )
    .await
}

async fn again(Body(ask, Nothing {}): Body<Nothing>) -> Result<Response> {
    let (account, _) = own(&ask)?;
    let held = factors(&ask, &account.id).await?;
    let Some(proof) = held.iter().find(|it| it.confirmed && it.kind != FactorKind::Recovery) else {
        return Err(Problem::conflict("no-factor", Said::new("refusal-no-factor")));
    };
    let mut change = ask.begin().await?;
    let texts = print(&ask, &mut change, account).await?;
    printed(&ask, change, proof, &texts).await
}

async fn remove(Path(id): Path<String>, Body(ask, Nothing {}): Body<Nothing>) -> Result<Response> {
    let (account, _) = own(&ask)?;
    let mut change = ask.begin().await?;
    let held = factors(&ask, &account.id).await?;
    let factor = held.iter().find(|it| it.id == id && it.kind != FactorKind::Recovery);
    let factor = factor.ok_or_else(|| Problem::missing(Said::new("refusal-no-own-proof")))?;
    change.remove::<Factor>(&factor.id).await?;
    let more = held.iter().any(|it| it.id != id && it.confirmed && it.kind != FactorKind::Recovery);
    if !more {
        for code in held.iter().filter(|it| it.kind == FactorKind::Recovery) {
            change.remove::<Factor>(&code.id).await?;
        }
    }
    ask.finish(change, StatusCode::OK, &bare(factor)?, None, "/me").await
}
