//! Break-glass: a sealed account for the night when the directory is dead.
//!
//! Invariant: its password is made here, shown once to be printed and sealed, and never chosen; every use of it
//! in the last thirty days is on the page People and on the audit, in the open.

use access::Fresh;
use assess::Said;
use axum::response::Response;
use jiff::SignedDuration;
use maud::{Markup, html};
use serde::Deserialize;
use store::AuditFilter;
use store::entity::{Account, Origin, Role};

use super::need_site;
use crate::ask::Ask;
use crate::bare::Once;
use crate::body::Body;
use crate::permit::Permission;
use crate::problem::{Problem, Result};
use crate::room::sign_in::refusal;
use crate::route::Route;
use crate::setup::{self, AccountError};

/// A use is shown for so many days.
const SHOWN_DAYS: i64 = 30;
/// Uses shown at most.
const SHOWN_MAX: u64 = 5;

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::post("/api/v1/break-glass", Permission::Keep, make)
            .about("Make a sealed account; the answer holds `password`, shown this once")
            .takes::<Make>()
            .once(&[("password", "string")])
            .makes::<Account>(),
    ]
}

pub(super) fn form(ask: &Ask, number: usize) -> Markup {
    html! {
        form.fields method="post" action="/api/v1/break-glass" {
            (ask.hidden())
            div { label for="sealed-name" { (ask.say("sealed-name")) } input #sealed-name name="name" required maxlength="64" value={ "glass-" (number) } autocapitalize="none" autocomplete="off"; }
            button.do { (ask.say("sealed-do")) }
        }
    }
}

#[derive(Deserialize, utoipa::ToSchema)]
#[schema(as = MakeSealed)]
struct Make {
    /// What is typed to come in.
    name: String,
}

async fn make(Body(ask, wanted): Body<Make>) -> Result<Response> {
    need_site(&ask, None)?;
    let wrong = |error: AccountError| Problem::bad(refusal(&error));
    let mut account = setup::blank(&wanted.name, Origin::BreakGlass).map_err(wrong)?;
    if ask.app.store.account_named(&account.name).await?.is_some() {
        return Err(Problem::conflict("exists", Said::new("refusal-sealed-exists")));
    }
    let password = password();
    let typed = password.clone();
    let hash = tokio::task::spawn_blocking(move || access::password::hash(&typed)).await;
    account.password = Some(hash.map_err(|error| Problem::inside(&error))?);
    let mut change = ask.begin().await?;
    let roles = [(Role::SiteAdministrator, None), (Role::IncidentCommander, None)];
    let account = match setup::put_account(&mut change, account, &roles).await {
        Ok(account) => account,
        Err(AccountError::Store(error)) => return Err(error.into()),
        Err(error) => return Err(wrong(error)),
    };
    let title = ask.say("sealed-paper");
    let body = html! {
        h1 { (title) }
        p.lede { (ask.say("sealed-paper-lede")) }
        section.sheet { dl {
            dt.soft { (ask.say("sealed-where")) } dd { pre { (ask.app.url) "/login" } }
            dt.soft { (ask.say("login-name")) } dd { pre { (account.name) } }
            dt.soft { (ask.say("login-password")) } dd { pre #secret { (password) } }
            dt.soft { (ask.say("sealed-made")) } dd { (ask.words.full(ask.wall)) " · " (ask.visitor.name()) }
        } }
        ol.steps { @for step in 1..=3 { li { span { (ask.say(&format!("sealed-step-{step}"))) } } } }
    };
    let once = Once { field: "password", secret: password.into(), title: &title, body, back: "/people" };
    ask.once(change, &account, once).await
}

/// A password that is read from paper: a printed code of eighty random bits, in groups of four.
fn password() -> String {
    access::code::printed().into_iter().next().map(|Fresh { text, .. }| text).unwrap_or_default()
}

/// The record of the latest uses of sealed accounts, which nobody can overlook.
///
/// # Errors
/// When the store does not answer.
pub(crate) async fn strip(ask: &Ask) -> Result<Markup> {
    let since = ask.wall.checked_sub(SignedDuration::from_hours(24 * SHOWN_DAYS)).unwrap_or_default();
    let filter = AuditFilter { verb: Some("break-glass".to_owned()), ..AuditFilter::default() };
    let uses = ask.app.store.audit_page(i64::MAX, &filter, SHOWN_MAX).await?;
    Ok(html! {
        @for line in uses.iter().filter(|line| line.at.0 >= since) {
            p.strip.warn role="alert" {
                (ask.say_with("sealed-used", &[("name", line.actor.clone().into()), ("from", line.address.clone().into())]))
                " " (ask.time(line.at.0, ask.wall))
            }
        }
    })
}
