//! Coming in through the hospital's identity provider (OpenID Connect), and the switch that shuts that way.
//!
//! Invariant: while the directory is not trusted nobody comes in through it, and no session that it opened
//! holds; a person is known by issuer and subject alone, never by a name that the provider may give again.

use access::oidc::{OidcError, Pending, Person, Provider, Settings};
use assess::Said;
use axum::extract::Query;
use axum::http::{StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use maud::{Markup, html};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::entity::{Account, Origin, Setting};
use store::{Actor, ActorKind};

use crate::ask::{Ask, cookie};
use crate::body::{Body, Nothing};
use crate::frame;
use crate::permit::Permission;
use crate::problem::{Problem, Result};
use crate::room::sign_in::{needs_second, open_session, refusal, set_cookie};
use crate::route::Route;
use crate::settings::{self, Directory};
use crate::setup;
use crate::trust::is_distrusted;

/// Cookie of a log-in under way, sealed.
const COOKIE: &str = "oidc";
/// What it is sealed for.
const PURPOSE: &str = "oidc";
/// It is good for so many seconds.
const PATIENCE: i64 = 600;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get("/login/oidc", Permission::Nobody, begin),
        Route::get("/login/oidc/back", Permission::Nobody, back),
        Route::post("/api/v1/directory/trust", Permission::Keep, trust)
            .about("Trust the identity provider again")
            .or_made()
            .gives::<Setting>(),
    ]
}

/// The way in on the log-in page, where there is a provider.
///
/// # Errors
/// When the store does not answer.
pub(crate) async fn button(ask: &Ask, next: &str) -> Result<Markup> {
    let Some(directory) = settings::read::<Directory>(&ask.app.store).await? else { return Ok(html! {}) };
    if !settings::trusted(&ask.app.store).await? {
        return Ok(html! { p.warn { (ask.say("directory-distrusted")) } });
    }
    let query = serde_urlencoded::to_string([("next", next)]).unwrap_or_default();
    Ok(
        html! { p.row { a.do href={ "/login/oidc?" (query) } { (ask.say_with("directory-do", &[("label", directory.label.into())])) } } },
    )
}

/// The address that the provider sends browsers back to.
pub(crate) fn redirect(ask: &Ask) -> String {
    format!("{}/login/oidc/back", ask.app.url)
}

#[derive(Deserialize, Serialize)]
struct UnderWay {
    pending: Pending,
    next: String,
}

async fn provider(ask: &Ask) -> Result<(Directory, Provider)> {
    let shut = || Problem::new(StatusCode::FORBIDDEN, "distrusted", Said::new("refusal-directory-shut"));
    if !settings::trusted(&ask.app.store).await? {
        return Err(shut());
    }
    let directory = settings::read::<Directory>(&ask.app.store).await?;
    let directory = directory.ok_or_else(|| Problem::missing(Said::new("refusal-directory-none")))?;
    let client_secret = match &directory.secret {
        Some(sealed) => {
            let bytes = ask.app.key.open(PURPOSE, sealed).map_err(|error| Problem::inside(&error))?;
            Some(String::from_utf8_lossy(&bytes).into_owned())
        }
        None => None,
    };
    let settings = Settings {
        issuer: directory.issuer.clone(),
        client_id: directory.client_id.clone(),
        client_secret,
        redirect: redirect(ask),
        scopes: Vec::new(),
        groups_claim: "groups".to_owned(),
        authorities: ask.app.trust.file.clone(),
        proxy: None,
    };
    let provider = Provider::discover(settings).await.map_err(|error| refused(&error))?;
    Ok((directory, provider))
}

fn refused(error: &OidcError) -> Problem {
    let said = match error {
        OidcError::Setting { setting, why } => {
            Said::new("refusal-directory-setting").with("setting", *setting).with("why", why.as_str())
        }
        OidcError::Unreachable { why } => {
            Said::new("refusal-directory-unreachable").with("why", why.as_str())
        }
        OidcError::Answer { why } => Said::new("refusal-directory-answer").with("why", why.as_str()),
        OidcError::Stale => Said::new("refusal-directory-stale"),
        OidcError::Refused { why } => Said::new("refusal-directory-refused").with("why", why.as_str()),
        OidcError::Token { why } => Said::new("refusal-directory-token").with("why", why.as_str()),
    };
    let said = if is_distrusted(&error.to_string()) {
        Said::new("refusal-authority").with("what", said)
    } else {
        said
    };
    Problem::new(StatusCode::BAD_GATEWAY, "directory", said)
}

/// Seals our secret at the provider.
#[must_use]
pub(crate) fn seal(ask: &Ask, secret: &str) -> String {
    ask.app.key.seal(PURPOSE, secret.as_bytes())
}

#[derive(Deserialize)]
struct Next {
    next: Option<String>,
}

async fn begin(ask: Ask, Query(next): Query<Next>) -> Result<Response> {
    let (_, provider) = provider(&ask).await?;
    let (address, pending) = provider.begin(ask.wall);
    let next =
        next.next.filter(|it| it.starts_with('/') && !it.starts_with("//")).unwrap_or_else(|| "/".to_owned());
    let text = serde_json::to_vec(&UnderWay { pending, next }).map_err(|error| Problem::inside(&error))?;
    let cookie = set_cookie(&ask.app, COOKIE, &ask.app.key.seal(PURPOSE, &text), PATIENCE);
    Ok((AppendHeaders([(header::SET_COOKIE, cookie)]), Redirect::to(&address)).into_response())
}

#[derive(Deserialize)]
struct Came {
    #[serde(default)]
    state: String,
    #[serde(default)]
    code: String,
    error: Option<String>,
}

async fn back(ask: Ask, Query(came): Query<Came>) -> Result<Response> {
    if let Some(error) = came.error {
        let said: String = error.chars().take(80).collect();
        return Err(Problem::new(
            StatusCode::FORBIDDEN,
            "directory",
            Said::new("refusal-directory-said").with("why", said),
        ));
    }
    let stale = || refused(&OidcError::Stale);
    let sealed = cookie(&ask.headers, COOKIE).ok_or_else(stale)?;
    let text = ask.app.key.open(PURPOSE, &sealed).map_err(|_| stale())?;
    let under_way: UnderWay = serde_json::from_slice(&text).map_err(|_| stale())?;
    let (directory, provider) = provider(&ask).await?;
    let person = provider.finish(under_way.pending, &came.state, &came.code, ask.wall).await;
    let person = person.map_err(|error| refused(&error))?;
    let subject = format!("{} {}", person.issuer, person.subject);
    let actor =
        Actor { name: "directory".to_owned(), kind: ActorKind::Person, address: ask.visitor.address.clone() };
    let mut change = ask.app.store.begin(&actor).await?;
    // Asked again inside the change: the switch may have been turned while the provider answered.
    if !settings::trusted(&ask.app.store).await? {
        return Err(Problem::new(
            StatusCode::FORBIDDEN,
            "distrusted",
            Said::new("refusal-directory-distrusted"),
        ));
    }
    let all = ask.app.store.all::<Account>().await?;
    let known =
        all.iter().find(|it| it.origin == Origin::Directory && it.subject.as_deref() == Some(&subject));
    let account = match known {
        Some(account) if account.active => account.clone(),
        Some(_) => return Err(Problem::forbidden(Said::new("refusal-account-stopped"))),
        None => {
            let Some(role) = directory.role else {
                change.tell("refused", "log-in", "directory", None, json!({ "subject": subject })).await?;
                change.commit().await?;
                return Ok(unknown(&ask));
            };
            let account = Account { subject: Some(subject), ..newcomer(&person, &all)? };
            setup::put_account(&mut change, account, &[(role, None)])
                .await
                .map_err(|error| Problem::bad(refusal(&error)))?
        }
    };
    let second = !needs_second(&ask.app, &account).await?;
    let session = open_session(&ask, &mut change, &account, second, None).await?;
    change.commit().await?;
    let cookies = [(header::SET_COOKIE, session), (header::SET_COOKIE, set_cookie(&ask.app, COOKIE, "", 0))];
    let next = if second { under_way.next.as_str() } else { "/login/second" };
    Ok((AppendHeaders(cookies), Redirect::to(next)).into_response())
}

fn unknown(ask: &Ask) -> Response {
    let body = html! {
        h1 { (ask.say("directory-unknown")) }
        p.lede { (ask.say("directory-unknown-lede")) }
        p.row { a.do href="/login" { (ask.say("login-title")) } }
    };
    let mut response = frame::plain(ask, &ask.say("directory-unknown"), body);
    *response.status_mut() = StatusCode::FORBIDDEN;
    response
}

/// An account for who comes for the first time: the provider's name for log-in made one of ours, numbered where
/// it is taken.
fn newcomer(person: &Person, all: &[Account]) -> Result<Account> {
    let said = person.login.as_deref().or(person.email.as_deref()).unwrap_or(&person.subject);
    let name = fitting(said, |name| all.iter().any(|it| it.name == name));
    let account = setup::blank(&name, Origin::Directory).map_err(|error| Problem::bad(refusal(&error)))?;
    let shown: String =
        person.name.as_deref().unwrap_or(&name).chars().filter(|it| !it.is_control()).take(80).collect();
    let mail = person.email.clone().filter(|it| person.email_verified && it.len() <= 254);
    Ok(Account { shown: if shown.trim().is_empty() { name } else { shown }, mail, ..account })
}

fn fitting(said: &str, taken: impl Fn(&str) -> bool) -> String {
    let said = said.to_lowercase();
    let fits = |it: &char| it.is_ascii_lowercase() || it.is_ascii_digit() || ".-_@".contains(*it);
    let mut name: String = said.chars().filter(fits).take(56).collect();
    if name.len() < 2 {
        name = "person".to_owned();
    }
    if !taken(&name) {
        return name;
    }
    let numbered = (2..).map(|number: u32| format!("{name}-{number}"));
    numbered.into_iter().find(|it| !taken(it)).unwrap_or(name)
}

async fn trust(Body(ask, Nothing {}): Body<Nothing>) -> Result<Response> {
    if !ask.visitor.may_everywhere(Permission::Keep) {
        return Err(Problem::forbidden(Said::new("refusal-directory-trust")));
    }
    let mut change = ask.begin().await?;
    let setting = settings::trust(&mut change, &ask.app.store, true).await?;
    let incident = ask.open_incident().await?.map(|it| it.id);
    change.tell("trust", "directory", "directory", incident.as_deref(), json!({})).await?;
    ask.done(change, &setting, "/settings").await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_of_the_directory_becomes_one_of_ours_and_never_another_s() {
        let taken = ["glass-1", "nurse-17"];
        let fit = |said: &str| fitting(said, |name| taken.contains(&name));
        assert_eq!(fit("Nurse 18"), "nurse18");
        assert_eq!(fit("nurse-17"), "nurse-17-2");
        assert_eq!(fit("GLASS-1"), "glass-1-2");
        assert_eq!(fit("<é>"), "person");
        assert!(setup::is_name(&fit(&"x".repeat(300))));
    }
}
