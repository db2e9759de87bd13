//! Passkeys: added on one's own page, asked for at log-in. The browser's part is in the script; without it, or
//! under an address made of numbers, the page says why and codes remain.
//!
//! Invariant: what was asked of a browser is kept here, for its session alone, and used up by the first answer.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use access::passkey::{PasskeyError, Site};
use assess::Said;
use axum::http::{StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse, Response};
use maud::{Markup, html};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use store::entity::{Factor, FactorKind};
use store::{Instant, new_id};

use super::second::{half, raise};
use super::{MOST, factors, label, own, purpose};
use crate::ask::{Ask, Face};
use crate::bare::bare;
use crate::body::{Body, Nothing};
use crate::permit::Permission;
use crate::problem::{Problem, Result};
use crate::room::sign_in::{forgive, slow};
use crate::route::Route;

/// Sessions that wait for a browser's answer at most; beyond, those that wait are asked again.
const WAITING_MAX: usize = 1_000;

/// What was asked of browsers, by session.
#[derive(Debug, Default)]
pub(crate) struct Asked(Mutex<HashMap<String, String>>);

impl Asked {
    fn put(&self, session: &str, state: String) {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.len() >= WAITING_MAX {
            waiting.clear();
        }
        waiting.insert(session.to_owned(), state);
    }

    fn take(&self, session: &str) -> Result<String> {
        let state = self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(session);
        state.ok_or_else(|| wrong(&PasskeyError::Stale))
    }
}

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::post("/api/v1/me/passkeys/begin", Permission::Own, begin)
            .about("Begin to add a passkey; the answer is what the browser is to be asked")
            .gives::<PasskeyOptions>(),
        Route::post("/api/v1/me/passkeys", Permission::Own, add)
            .about("Add the passkey that the browser made; with the first proof the answer holds ten printed codes")
            .takes::<Made>()
            .once(super::CODES)
            .makes::<Factor>(),
        Route::post("/api/v1/second/passkey/begin", Permission::Nobody, ask_for)
            .about("At log-in, after the password: what the browser is to be asked")
            .gives::<PasskeyOptions>(),
        Route::post("/api/v1/second/passkey", Permission::Nobody, given)
            .about("At log-in: the passkey's answer; the session is then open")
            .takes::<Made>()
            .gives::<Factor>(),
    ]
}

/// The site that passkeys belong to: the host that this browser asked for.
fn site(ask: &Ask) -> std::result::Result<Site, PasskeyError> {
    let scheme = if ask.app.secure() { "https" } else { "http" };
    let origin = format!("{scheme}://{}", ask.host);
    let name = ask.host.rsplit_once(':').map_or(ask.host.as_str(), |(name, _)| name);
    Site::new(name, &origin, "Rempart")
}

fn wrong(error: &PasskeyError) -> Problem {
    Problem::bad(match error {
        PasskeyError::Site { origin, why } => {
            Said::new("refusal-passkey-site").with("origin", origin.as_str()).with("why", *why)
        }
        PasskeyError::NoPasskey => Said::new("refusal-passkey-none"),
        PasskeyError::Damaged => Said::new("refusal-passkey-damaged"),
        PasskeyError::Malformed => Said::new("refusal-passkey-malformed"),
        PasskeyError::Stale => Said::new("refusal-passkey-stale"),
        PasskeyError::Copied => Said::new("refusal-passkey-copied"),
        PasskeyError::NotProven { why } => Said::new("refusal-passkey-unproven").with("why", why.as_str()),
    })
}

/// The form that adds one, or why there can be none here.
pub(super) fn form(ask: &Ask) -> Markup {
    html! {
        @if site(ask).is_ok() {
            form.inline method="post" action="/api/v1/me/passkeys" data-passkey="create" data-old=(ask.say("passkey-old")) {
                label for="passkey-label" { (ask.say("factors-label")) } input #passkey-label name="label" maxlength="60" value=(ask.say("passkey-name"));
                button.do type="submit" disabled { (ask.say("passkey-add")) } span.soft { (ask.say("passkey-script")) }
            }
        } @else { p.soft { (ask.say("passkey-numbers")) } }
    }
}

/// The button that asks for one, or why it cannot.
pub(super) fn ask(ask: &Ask) -> Markup {
    html! {
        @if site(ask).is_ok() {
            form.sheet method="post" action="/api/v1/second/passkey" data-passkey="get" data-old=(ask.say("passkey-old")) {
                button.do.first type="submit" disabled { (ask.say("passkey-give")) } " " span.soft { (ask.say("passkey-script")) }
            }
        } @else { p.soft { (ask.say("passkey-numbers")) } }
    }
}

fn texts(ask: &Ask, held: &[Factor]) -> Result<Vec<(String, String)>> {
    let passkeys = held.iter().filter(|it| it.confirmed && it.kind == FactorKind::Passkey);
    passkeys
        .map(|it| {
            let bytes =
                ask.app.key.open(&purpose(&it.id), &it.secret).map_err(|error| Problem::inside(&error))?;
            Ok((it.id.clone(), String::from_utf8_lossy(&bytes).into_owned()))
        })
        .collect()
}

/// What `navigator.credentials` of a browser is asked (WebAuthn, level 3).
#[derive(Serialize, utoipa::ToSchema)]
#[schema(value_type = Object)]
struct PasskeyOptions(Value);

/// Options as the browser takes them.
fn options(text: &str) -> Result<Response> {
    let options: Value = serde_json::from_str(text).map_err(|error| Problem::inside(&error))?;
    Ok(axum::Json(PasskeyOptions(options)).into_response())
}

/// The account's id for authenticators: the same for ever, telling nothing.
fn handle(account: &str) -> [u8; 16] {
    let mut handle = [0; 16];
    handle.iter_mut().zip(Sha256::digest(account)).for_each(|(into, byte)| *into = byte);
    handle
}

fn no_half() -> Problem {
    Problem::new(StatusCode::UNAUTHORIZED, "log-in", Said::new("refusal-password-first"))
}

async fn begin(Body(ask, Nothing {}): Body<Nothing>) -> Result<Response> {
    let (account, session) = own(&ask)?;
    let held = texts(&ask, &factors(&ask, &account.id).await?)?;
    if held.len() >= MOST {
        return Err(Problem::conflict("many", Said::new("refusal-proof-many")));
    }
    let kept: Vec<&str> = held.iter().map(|(_, text)| text.as_str()).collect();
    let site = site(&ask).map_err(|it| wrong(&it))?;
    let asked = site
        .start_registration(handle(&account.id), &account.name, &kept, ask.wall)
        .map_err(|it| wrong(&it))?;
    ask.app.passkeys.put(&session.id, asked.state);
    options(&asked.options)
}

#[derive(Deserialize, utoipa::ToSchema)]
#[schema(as = PasskeyAnswer)]
struct Made {
    /// What the person calls it.
    label: Option<String>,
    /// The browser's answer, as JSON text.
    answer: String,
}

async fn add(Body(mut ask, made): Body<Made>) -> Result<Response> {
    let (account, session) = own(&ask)?;
    let state = ask.app.passkeys.take(&session.id)?;
    let label = label(made.label, "passkey")?;
    let site = site(&ask).map_err(|it| wrong(&it))?;
    let kept = site.finish_registration(&state, &made.answer, ask.wall).map_err(|it| wrong(&it))?;
    let id = new_id();
    let factor = Factor {
        secret: ask.app.key.seal(&purpose(&id), kept.text.as_bytes()),
        id,
        version: 0,
        account: account.id.clone(),
        kind: FactorKind::Passkey,
        label,
        confirmed: true,
        last_step: None,
        used_at: None,
        created_at: Instant::from(ask.wall),
    };
    let account = account.clone();
    // The script asks for the page that shows the printed codes.
    if ask.header(header::ACCEPT).is_some_and(|it| it.starts_with("text/html")) {
        ask.face = Face::Page;
    }
    let mut change = ask.begin().await?;
    let factor = change.add(factor).await?;
    super::proved(&ask, change, &account, factor).await
}

async fn ask_for(Body(ask, Nothing {}): Body<Nothing>) -> Result<Response> {
    let Some((account, session)) = half(&ask) else { return Err(no_half()) };
    let held = texts(&ask, &factors(&ask, &account.id).await?)?;
    let kept: Vec<&str> = held.iter().map(|(_, text)| text.as_str()).collect();
    let site = site(&ask).map_err(|it| wrong(&it))?;
    let asked = site.start_authentication(&kept, ask.wall).map_err(|it| wrong(&it))?;
    ask.app.passkeys.put(&session.id, asked.state);
    options(&asked.options)
}

async fn given(Body(ask, made): Body<Made>) -> Result<Response> {
    let Some((account, session)) = half(&ask) else { return Err(no_half()) };
    let counted = format!("second {}", account.name);
    slow(&ask, &counted).await;
    let state = ask.app.passkeys.take(&session.id)?;
    let site = site(&ask).map_err(|it| wrong(&it))?;
    let mut change = ask.begin().await?;
    let held = texts(&ask, &factors(&ask, &account.id).await?)?;
    // Each is tried alone: whichever proves it is the one to keep anew.
    let mut proof = Err(PasskeyError::NoPasskey);
    for (factor, text) in &held {
        proof =
            site.finish_authentication(&state, &made.answer, &[text], ask.wall).map(|used| (factor, used));
        if proof.is_ok() {
            break;
        }
    }
    let (factor, used) = match proof {
        Ok(proof) => proof,
        Err(error) => {
            change
                .tell("refused", "second-factor", &account.id, None, json!({ "passkey": error.to_string() }))
                .await?;
            change.commit().await?;
            return Err(wrong(&error));
        }
    };
    let secret = ask.app.key.seal(&purpose(factor), used.text.as_bytes());
    let at = Some(Instant::from(ask.wall));
    let factor = change
        .edit::<Factor>(factor, None, |it| {
            it.secret = secret;
            it.used_at = at;
        })
        .await?;
    let cookie = raise(&ask, &mut change, session).await?;
    change.commit().await?;
    forgive(&ask, &counted);
    Ok((StatusCode::OK, AppendHeaders([(header::SET_COOKIE, cookie)]), axum::Json(bare(&factor)?))
        .into_response())
}
