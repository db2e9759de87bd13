//! People: who may come in, with which roles, on which site; and the programs that may.
//!
//! Invariant: whoever keeps one site's people touches only accounts whose roles all lie on it; an account that
//! can keep people stays, whatever is asked.

mod accounts;
mod sealed;
mod tokens;

use assess::Said;
use axum::response::Response;
use maud::{Markup, html};
use store::entity::{Account, Factor, FactorKind, Grant, Origin, Role, Session, Token};

use crate::ask::Ask;
use crate::frame;
use crate::permit::Permission;
use crate::problem::{Problem, Result};
use crate::route::Route;

pub(crate) use sealed::strip;

pub(crate) fn routes() -> Vec<Route> {
    let mut routes = vec![Route::get("/people", Permission::Keep, page)];
    routes.extend(accounts::routes());
    routes.extend(sealed::routes());
    routes.extend(tokens::routes());
    routes
}

/// Everything about people, read at once.
pub(crate) struct People {
    pub(crate) accounts: Vec<Account>,
    pub(crate) grants: Vec<Grant>,
    pub(crate) factors: Vec<Factor>,
    pub(crate) sessions: Vec<Session>,
    pub(crate) tokens: Vec<Token>,
}

impl People {
    /// As they stand.
    ///
    /// # Errors
    /// When the store does not answer.
    pub(crate) async fn read(ask: &Ask) -> Result<People> {
        let store = &ask.app.store;
        Ok(People {
            accounts: store.all().await?,
            grants: store.all().await?,
            factors: store.all().await?,
            sessions: store.all().await?,
            tokens: store.all().await?,
        })
    }

    /// Roles of an account.
    pub(crate) fn roles<'a>(&'a self, account: &'a str) -> impl Iterator<Item = &'a Grant> {
        self.grants.iter().filter(move |it| it.account == account)
    }

    /// Whether the account has given a second factor to come in with.
    fn second(&self, account: &str) -> bool {
        let mut own = self.factors.iter().filter(|it| it.account == account);
        own.any(|it| it.confirmed && it.kind != FactorKind::Recovery)
    }

    /// Whether somebody could still keep people: an account of our own that is active and keeps every site. One
    /// of the directory does not count: it is no way in on the night when the directory is not trusted.
    fn kept(&self) -> bool {
        self.accounts.iter().any(|account| {
            account.active
                && account.origin != Origin::Directory
                && self.roles(&account.id).any(|it| it.role == Role::SiteAdministrator && it.site.is_none())
        })
    }
}

/// The account, when the visitor keeps every site on which it has a role.
async fn kept_by(ask: &Ask, id: &str) -> Result<Account> {
    let account = ask.app.store.get::<Account>(id).await?;
    for grant in ask.app.store.grants_of(id).await? {
        need_site(ask, grant.site.as_deref())?;
    }
    Ok(account)
}

/// Refuses who does not keep that site; without a site, who does not keep them all.
fn need_site(ask: &Ask, site: Option<&str>) -> Result<()> {
    let may = match site {
        Some(_) => ask.visitor.may(Permission::Keep, site),
        None => ask.visitor.may_everywhere(Permission::Keep),
    };
    if may { Ok(()) } else { Err(Problem::forbidden(Said::new("refusal-other-sites"))) }
}

/// Sites of the map: id and name.
async fn sites(ask: &Ask) -> Result<Vec<(String, String)>> {
    let sheet = ask.app.shelf.latest(&ask.app.store).await?;
    let sites = sheet.as_ref().map(|sheet| sheet.map.sites.as_slice()).unwrap_or_default();
    Ok(sites.iter().map(|site| (site.id.clone(), site.name.clone())).collect())
}

async fn page(ask: Ask) -> Result<Response> {
    let people = People::read(&ask).await?;
    let sites = sites(&ask).await?;
    let active = people.accounts.iter().filter(|it| it.active).count();
    let alone = people
        .accounts
        .iter()
        .filter(|it| it.active && it.origin == Origin::Local && !people.second(&it.id))
        .count();
    let (sealed, open): (Vec<&Account>, Vec<&Account>) =
        people.accounts.iter().partition(|it| it.origin == Origin::BreakGlass);
    let body = html! {
        (strip(&ask).await?)
        h1 { (ask.say_with("people-title", &[("count", active.into()), ("alone", alone.into())])) }
        p.lede { (ask.say("people-lede")) }
        div.two {
            section.sheet #people data-part {
                header { h2 { (ask.say("people-accounts")) " " small { (open.len()) } } }
                ul.lines { @for account in &open { (line(&ask, &people, account, &sites)) } }
            }
            div.stack {
                (accounts::form(&ask, &sites))
                section.sheet #sealed data-part {
                    header { h2 { (ask.say("sealed-title")) " " small { (sealed.len()) } } }
                    p.soft { (ask.say("sealed-explained")) }
                    ul.lines { @for account in &sealed { (line(&ask, &people, account, &sites)) } }
                    (sealed::form(&ask, sealed.len() + 1))
                }
                (tokens::section(&ask, &people))
            }
        }
    };
    Ok(frame::page(&ask, None, "people", &ask.say("room-people"), body))
}

fn line(ask: &Ask, people: &People, account: &Account, sites: &[(String, String)]) -> Markup {
    let id = &account.id;
    let api = format!("/api/v1/accounts/{id}");
    let sessions: Vec<&Session> =
        people.sessions.iter().filter(|it| it.account == *id && it.until.0 > ask.wall).collect();
    let seen = sessions.iter().map(|it| it.seen_at.0).max();
    html! {
        li id={ "account-" (id) } {
            div {
                b { (account.shown) } @if account.shown != account.name { " " span.soft { (account.name) } }
                @if !account.active { " " span.tag { (ask.say("people-inactive")) } }
                @if account.origin == Origin::Directory { " " span.tag { (ask.say("people-directory")) } }
                @if people.second(id) { " " span.tag { (ask.say("people-second")) } }
                br;
                @if people.roles(id).next().is_none() { span.soft { (ask.say("people-no-role")) } }
                @for grant in people.roles(id) {
                    span.tag { (ask.say(&format!("account-role-{}", grant.role.word()))) " · " (site_name(ask, sites, grant.site.as_deref())) } " "
                }
                @if let Some(seen) = seen { br; span.soft { (ask.say("people-seen")) " " (ask.time(seen, ask.wall)) } }
                details id={ "change-" (id) } {
                    summary { (ask.say("people-change")) }
                    div.stack {
                        @for grant in people.roles(id) {
                            form.inline method="post" action={ (api) "/grants/" (grant.id) "/remove" } { (ask.hidden())
                                button.do.small { (ask.say_with("people-take", &[("role", ask.say(&format!("account-role-{}", grant.role.word())).into()), ("site", site_name(ask, sites, grant.site.as_deref()).into())])) } }
                        }
                        form.inline method="post" action={ (api) "/grants" } { (ask.hidden())
                            (role_select(ask, &format!("role-{id}"))) (site_select(ask, &format!("site-{id}"), sites))
                            button.do.small { (ask.say("people-give")) } }
                        div.row {
                            @if account.active && account.origin != Origin::Directory { (act(ask, &format!("{api}/reset-link"), "people-reset")) }
                            @if people.second(id) { (act(ask, &format!("{api}/forget-factors"), "people-forget")) }
                            @if !sessions.is_empty() { (act(ask, &format!("{api}/end-sessions"), "people-end")) }
                            form method="post" action=(api) { (ask.hidden())
                                input type="hidden" name="active" value=(!account.active);
                                button.do.small { (ask.say(if account.active { "people-stop" } else { "people-start" })) } }
                        }
                    }
                }
            }
        }
    }
}

fn act(ask: &Ask, action: &str, word: &str) -> Markup {
    html! { form method="post" action=(action) { (ask.hidden()) button.do.small { (ask.say(word)) } } }
}

fn site_name(ask: &Ask, sites: &[(String, String)], site: Option<&str>) -> String {
    match site {
        None => ask.say("people-everywhere"),
        Some(site) => sites.iter().find(|(id, _)| id == site).map_or(site, |(_, name)| name).to_owned(),
    }
}

fn role_select(ask: &Ask, id: &str) -> Markup {
    html! {
        label for=(id) { (ask.say("people-role")) }
        select id=(id) name="role" { @for role in Role::ALL { option value=(role.word()) { (ask.say(&format!("account-role-{}", role.word()))) } } }
    }
}

fn site_select(ask: &Ask, id: &str, sites: &[(String, String)]) -> Markup {
    html! {
        label for=(id) { (ask.say("people-site")) }
        select id=(id) name="site" {
            option value="" { (ask.say("people-everywhere")) }
            @for (site, name) in sites { option value=(site) { (name) } }
        }
    }
}
