//! What is done to accounts: added, given and taken roles, stopped, sent a link.
//!
//! Invariant: a change that would leave nobody to keep people is refused whole; who is stopped is out at once.

use assess::Said;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::Response;
use maud::{Markup, html};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::entity::{Account, Factor, Grant, LinkKind, Origin, Role};
use store::{Change, Instant, new_id};

use super::{People, kept_by, need_site, role_select, site_select, sites};
use crate::ask::Ask;
use crate::bare::{Once, bare};
use crate::body::{Body, Nothing};
use crate::paged::Paged;
use crate::permit::Permission;
use crate::problem::{Problem, Result};
use crate::room::sign_in::{refusal, sign_out};
use crate::route::Route;
use crate::setup::{self, AccountError, RESET_HOURS, add_link};

/// A one-time link, shown once.
const LINK: &[(&str, &str)] = &[("link", "string")];

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get("/api/v1/accounts", Permission::Keep, list).about("Accounts with their roles").asks::<Paged>().gives_list::<Shown>(),
        Route::post("/api/v1/accounts", Permission::Keep, add)
            .about("Add an account; without a password the answer holds `link`, shown this once")
            .takes::<Add>()
            .once(LINK)
            .makes::<Account>(),
        Route::post("/api/v1/accounts/{id}", Permission::Keep, edit)
            .about("Change an account; one made inactive is signed out at once")
            .takes::<Edit>()
            .matched()
            .gives::<Account>(),
        Route::post("/api/v1/accounts/{id}/grants", Permission::Keep, grant)
            .about("Give a role, on one site or on all")
            .takes::<Give>()
            .makes::<Grant>(),
        Route::post("/api/v1/accounts/{id}/grants/{grant}/remove", Permission::Keep, take)
            .about("Take a role back")
            .gives::<Grant>(),
        Route::post("/api/v1/accounts/{id}/end-sessions", Permission::Keep, end_sessions)
            .about("Sign an account out everywhere")
            .gives::<SignedOut>(),
        Route::post("/api/v1/accounts/{id}/reset-link", Permission::Keep, reset_link)
            .about("Make a link through which the person takes a new password; the answer holds `link`, shown this once")
            .once(LINK)
            .makes::<Account>(),
        Route::post("/api/v1/accounts/{id}/forget-factors", Permission::Keep, forget_factors)
            .about("Remove an account's second factors: the telephone is lost")
            .gives::<Forgotten>(),
    ]
}

/// An account with its roles.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = AccountWithRoles)]
struct Shown {
    /// Without its password.
    account: Account,
    /// Its roles.
    grants: Vec<Grant>,
}

async fn list(ask: Ask, Query(paged): Query<Paged>) -> Result<Response> {
    let people = People::read(&ask).await?;
    let (accounts, more) = ask.records::<Account>(None, &paged).await?;
    let mut shown = Vec::with_capacity(accounts.len());
    for account in &accounts {
        let grants: Vec<&Grant> = people.roles(&account.id).collect();
        shown.push(json!({ "account": bare(account)?, "grants": grants }));
    }
    ask.linked(&shown, accounts.last().filter(|_| more).map(|last| ("after", last.id.as_str())), paged.limit)
}

pub(super) fn form(ask: &Ask, sites: &[(String, String)]) -> Markup {
    html! {
        form.sheet.fields method="post" action="/api/v1/accounts" {
            (ask.hidden())
            h2 { (ask.say("people-add")) }
            div { label for="name" { (ask.say("setup-name")) span.soft { (ask.say("setup-name-hint")) } } input #name name="name" required maxlength="64" autocapitalize="none" autocomplete="off"; }
            div { label for="shown" { (ask.say("people-shown")) span.soft { (ask.say("people-shown-hint")) } } input #shown name="shown" maxlength="80" autocomplete="off"; }
            div { (role_select(ask, "role")) }
            div { (site_select(ask, "site", sites)) }
            div { label for="password" { (ask.say("people-password")) span.soft { (ask.say("people-password-hint")) } } input #password name="password" type="password" minlength="12" autocomplete="new-password"; }
            button.do.first { (ask.say("people-add-do")) }
        }
    }
}

#[derive(Deserialize, utoipa::ToSchema)]
#[schema(as = AddAccount)]
struct Add {
    /// What the person types to come in.
    name: String,
    /// How the person is shown; the name, where absent.
    shown: Option<String>,
    /// The first role.
    role: Role,
    /// On which site; on all, where absent.
    site: Option<String>,
    /// The first password; a link is made where absent.
    password: Option<String>,
}

async fn add(Body(ask, wanted): Body<Add>) -> Result<Response> {
    need_site(&ask, wanted.site.as_deref())?;
    known_site(&ask, wanted.site.as_deref()).await?;
    let wrong = |error: AccountError| Problem::bad(refusal(&error));
    let mut account = setup::blank(&wanted.name, Origin::Local).map_err(wrong)?;
    if ask.app.store.account_named(&account.name).await?.is_some() {
        return Err(Problem::conflict("exists", Said::new("refusal-account-exists")));
    }
    if let Some(shown) = &wanted.shown {
        account.shown = shown_name(shown)?;
    }
    if let Some(password) = wanted.password {
        access::password::check(&password, &account.name).map_err(|it| wrong(it.into()))?;
        let hash = tokio::task::spawn_blocking(move || access::password::hash(&password)).await;
        account.password = Some(hash.map_err(|error| Problem::inside(&error))?);
    }
    let mut change = ask.begin().await?;
    let account = match setup::put_account(&mut change, account, &[(wanted.role, wanted.site)]).await {
        Ok(account) => account,
        Err(AccountError::Store(error)) => return Err(error.into()),
        Err(error) => return Err(wrong(error)),
    };
    if account.password.is_some() {
        return ask.done(change, &account, "/people").await;
    }
    let link = link(&ask, &mut change, &account).await?;
    ask.once(change, &account, link_once(&ask, &account, &link, &ask.say("people-link-title"))).await
}

/// A name to show: a role or a badge, one line.
fn shown_name(text: &str) -> Result<String> {
    let text = text.trim();
    let fits = (1..=80).contains(&text.chars().count()) && !text.chars().any(char::is_control);
    if fits { Ok(text.to_owned()) } else { Err(Problem::bad(Said::new("refusal-shown"))) }
}

async fn known_site(ask: &Ask, site: Option<&str>) -> Result<()> {
    let Some(site) = site else { return Ok(()) };
    let known = sites(ask).await?.iter().any(|(id, _)| id == site);
    if known { Ok(()) } else { Err(Problem::bad(Said::new("refusal-no-site"))) }
}

/// Makes a one-time link for a new password. Gives its address.
async fn link(ask: &Ask, change: &mut Change, account: &Account) -> Result<String> {
    let fresh = access::secret::link();
    add_link(change, &fresh, LinkKind::Reset, Some(account.id.clone()), RESET_HOURS).await?;
    Ok(format!("{}/setup/{}", ask.app.url, fresh.text))
}

fn link_once<'a>(ask: &Ask, account: &Account, link: &str, title: &'a str) -> Once<'a> {
    let body = html! {
        h1 { (title) }
        p.lede { (ask.say_with("people-link-lede", &[("name", account.shown.clone().into()), ("hours", (RESET_HOURS.unsigned_abs() as usize).into())])) }
        section.sheet { pre #secret { (link) } }
    };
    Once { field: "link", secret: link.into(), title, body, back: "/people" }
}

#[derive(Deserialize, utoipa::ToSchema)]
#[schema(as = EditAccount)]
struct Edit {
    /// How the person is shown.
    shown: Option<String>,
    /// Where assignments and deadlines are sent.
    mail: Option<String>,
    /// Whether it may come in.
    active: Option<bool>,
}

async fn edit(Path(id): Path<String>, Body(ask, wanted): Body<Edit>) -> Result<Response> {
    kept_by(&ask, &id).await?;
    let shown = wanted.shown.as_deref().map(shown_name).transpose()?;
    if let Some(mail) = &wanted.mail
        && (mail.len() > 254 || mail.parse::<lettre::Address>().is_err())
    {
        return Err(Problem::bad(Said::new("refusal-mail")));
    }
    let mut change = ask.begin().await?;
    if wanted.active == Some(false) {
        let mut people = People::read(&ask).await?;
        people.accounts.iter_mut().filter(|it| it.id == id).for_each(|it| it.active = false);
        still_kept(&people)?;
        sign_out(&ask, &mut change, &id).await?;
    }
    let account = change
        .edit::<Account>(&id, ask.write.seen, |it| {
            if let Some(shown) = shown {
                it.shown = shown;
            }
            if let Some(mail) = wanted.mail {
                it.mail = Some(mail);
            }
            it.active = wanted.active.unwrap_or(it.active);
        })
        .await?;
    ask.done(change, &account, "/people").await
}

/// Refuses what would leave nobody to keep people.
fn still_kept(people: &People) -> Result<()> {
    if people.kept() {
        return Ok(());
    }
    Err(Problem::conflict("last-administrator", Said::new("refusal-last-administrator")))
}

#[derive(Deserialize, utoipa::ToSchema)]
#[schema(as = GiveRole)]
struct Give {
    /// Which.
    role: Role,
    /// On which site; on all, where absent.
    site: Option<String>,
}

async fn grant(Path(id): Path<String>, Body(ask, wanted): Body<Give>) -> Result<Response> {
    kept_by(&ask, &id).await?;
    need_site(&ask, wanted.site.as_deref())?;
    known_site(&ask, wanted.site.as_deref()).await?;
    let mut change = ask.begin().await?;
    let held = ask.app.store.grants_of(&id).await?;
    if held.iter().any(|it| it.role == wanted.role && it.site == wanted.site) {
        return Err(Problem::conflict("exists", Said::new("refusal-role-held")));
    }
    let grant = Grant { id: new_id(), version: 0, account: id, role: wanted.role, site: wanted.site };
    let grant = change.add(grant).await?;
    ask.done(change, &grant, "/people").await
}

async fn take(
    Path((id, grant)): Path<(String, String)>,
    Body(ask, Nothing {}): Body<Nothing>,
) -> Result<Response> {
    kept_by(&ask, &id).await?;
    let mut change = ask.begin().await?;
    let mut people = People::read(&ask).await?;
    if !people.grants.iter().any(|it| it.id == grant && it.account == id) {
        return Err(Problem::missing(Said::new("refusal-no-role")));
    }
    people.grants.retain(|it| it.id != grant);
    still_kept(&people)?;
    let grant = change.remove::<Grant>(&grant).await?;
    ask.finish(change, StatusCode::OK, &grant, None, "/people").await
}

/// Sessions that were ended.
#[derive(Serialize, utoipa::ToSchema)]
struct SignedOut {
    /// How many.
    sessions_ended: usize,
}

async fn end_sessions(Path(id): Path<String>, Body(ask, Nothing {}): Body<Nothing>) -> Result<Response> {
    kept_by(&ask, &id).await?;
    let mut change = ask.begin().await?;
    let ended = sign_out(&ask, &mut change, &id).await?;
    ask.finish(change, StatusCode::OK, &SignedOut { sessions_ended: ended }, None, "/people").await
}

async fn reset_link(Path(id): Path<String>, Body(ask, Nothing {}): Body<Nothing>) -> Result<Response> {
    let account = kept_by(&ask, &id).await?;
    if account.origin == Origin::Directory || !account.active {
        return Err(Problem::conflict("no-password", Said::new("refusal-no-password")));
    }
    let mut change = ask.begin().await?;
    let link = link(&ask, &mut change, &account).await?;
    ask.once(change, &account, link_once(&ask, &account, &link, &ask.say("people-link-title"))).await
}

/// Second factors that were removed.
#[derive(Serialize, utoipa::ToSchema)]
struct Forgotten {
    /// How many.
    factors_removed: usize,
    /// When.
    at: Instant,
}

async fn forget_factors(Path(id): Path<String>, Body(ask, Nothing {}): Body<Nothing>) -> Result<Response> {
    kept_by(&ask, &id).await?;
    let mut change = ask.begin().await?;
    let mut removed = 0;
    for factor in ask.app.store.all::<Factor>().await?.into_iter().filter(|it| it.account == id) {
        change.remove::<Factor>(&factor.id).await?;
        removed += 1;
    }
    let what = Forgotten { factors_removed: removed, at: Instant::from(ask.wall) };
    ask.finish(change, StatusCode::OK, &what, None, "/people").await
}
