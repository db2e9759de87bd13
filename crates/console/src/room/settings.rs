//! Settings of the whole installation: language, the way out by mail and webhook, copies, the directory.
//!
//! Invariant: only who keeps every site changes them; a secret given here is sealed and never shown again.

mod copies;
mod deliveries;
mod webhooks;

use assess::Said;
use axum::response::Response;
use maud::{Markup, html};
use serde::Deserialize;
use store::entity::{DeliveryState, Role, Setting, Webhook};

use crate::ask::Ask;
use crate::body::Body;
use crate::frame;
use crate::permit::Permission;
use crate::problem::{Problem, Result};
use crate::room::directory;
use crate::route::Route;
use crate::settings::{self, Directory, Language, Mail};

pub(crate) use webhooks::{DEADLINE, KINDS};

/// What the mail password is sealed for.
pub(crate) const MAIL: &str = "mail";

pub(crate) fn routes() -> Vec<Route> {
    let mut routes = vec![
        Route::get("/settings", Permission::Keep, page),
        Route::post("/api/v1/settings/language", Permission::Keep, language)
            .about("The language for who says none")
            .takes::<Spoken>()
            .or_made()
            .gives::<Setting>(),
        Route::post("/api/v1/settings/mail", Permission::Keep, mail)
            .about("How mail is sent; an absent password stays as it was")
            .takes::<SetMail>()
            .or_made()
            .gives::<Setting>(),
        Route::post("/api/v1/settings/directory", Permission::Keep, set_directory)
            .about("The identity provider; an absent secret stays as it was")
            .takes::<SetDirectory>()
            .or_made()
            .gives::<Setting>(),
    ];
    routes.extend(copies::routes());
    routes.extend(webhooks::routes());
    routes.extend(deliveries::routes());
    routes
}

/// Settings hold for all sites.
fn need(ask: &Ask) -> Result<()> {
    if ask.visitor.may_everywhere(Permission::Keep) {
        return Ok(());
    }
    Err(Problem::forbidden(Said::new("refusal-settings-keeper")))
}

async fn page(ask: Ask) -> Result<Response> {
    let store = &ask.app.store;
    let language = settings::read::<Language>(store).await?;
    let mail = settings::read::<Mail>(store).await?;
    let copies = copies::section(&ask).await?;
    let provider = settings::read::<Directory>(store).await?;
    let trusted = settings::trusted(store).await?;
    let webhooks = store.all::<Webhook>().await?;
    let stuck = store.deliveries_stuck(deliveries::SHOWN).await?;
    let lost = stuck.iter().filter(|it| it.state == DeliveryState::Failed).count();
    let body = html! {
        h1 { (ask.say_with("settings-title", &[("failed", lost.into())])) }
        p.lede { (ask.say("settings-lede")) }
        div.two {
            div.stack {
                (directory_form(&ask, provider.as_ref(), trusted))
                (mail_form(&ask, mail.as_ref()))
                (webhooks::section(&ask, &webhooks))
            }
            div.stack {
                section.sheet { form.fields method="post" action="/api/v1/settings/language" {
                    (ask.hidden())
                    @let now = language.map_or_else(|| "en".to_owned(), |it| it.0);
                    div { label for="language" { (ask.say("settings-language")) }
                        select #language name="language" { option value="en" selected[now == "en"] { "English" } option value="fr" selected[now == "fr"] { "français" } } }
                    button.do { (ask.say("settings-keep")) }
                } }
                (copies)
                (deliveries::section(&ask, &stuck))
            }
        }
    };
    Ok(frame::page(&ask, None, "settings", &ask.say("room-settings"), body))
}

fn directory_form(ask: &Ask, provider: Option<&Directory>, trusted: bool) -> Markup {
    let of = |field: fn(&Directory) -> &str| provider.map(field).unwrap_or_default();
    html! {
        section.sheet #directory {
            header { h2 { (ask.say("directory-title")) } }
            @if !trusted {
                p.warn { (ask.say("directory-distrusted")) }
                form method="post" action="/api/v1/directory/trust" { (ask.hidden()) button.do { (ask.say("directory-trust")) } }
            }
            p.soft { (ask.say("directory-explained")) " " code { (directory::redirect(ask)) } }
            form.fields method="post" action="/api/v1/settings/directory" {
                (ask.hidden())
                div { label for="issuer" { (ask.say("directory-issuer")) } input #issuer name="issuer" type="url" maxlength="500" value=(of(|it| &it.issuer)) required; }
                div { label for="client" { (ask.say("directory-client")) } input #client name="client_id" maxlength="200" value=(of(|it| &it.client_id)) required autocomplete="off"; }
                div { label for="client-secret" { (ask.say("directory-secret")) @if provider.is_some_and(|it| it.secret.is_some()) { span.soft { (ask.say("settings-sealed")) } } }
                    input #client-secret name="client_secret" type="password" maxlength="500" autocomplete="off"; }
                div { label for="label" { (ask.say("directory-label")) } input #label name="label" maxlength="60" value=(of(|it| &it.label)) required; }
                div { label for="newcomers" { (ask.say("directory-role")) }
                    select #newcomers name="role" {
                        option value="" { (ask.say("directory-refuse")) }
                        @for role in Role::ALL { option value=(role.word()) selected[provider.and_then(|it| it.role) == Some(*role)] { (ask.say(&format!("account-role-{}", role.word()))) } }
                    } }
                button.do { (ask.say("settings-keep")) }
            }
        }
    }
}

fn mail_form(ask: &Ask, mail: Option<&Mail>) -> Markup {
    let of = |field: fn(&Mail) -> &str| mail.map(field).unwrap_or_default();
    let now = mail.map_or("starttls", |it| &it.security);
    html! {
        section.sheet #mail { form.fields method="post" action="/api/v1/settings/mail" {
            (ask.hidden())
            h2 { (ask.say("mail-title")) }
            p.soft { (ask.say("mail-explained")) }
            div { label for="host" { (ask.say("mail-host")) } input #host name="host" maxlength="253" value=(of(|it| &it.host)) required; }
            div { label for="port" { (ask.say("mail-port")) } input #port name="port" type="number" min="1" max="65535" value=(mail.map_or(587, |it| it.port)) inputmode="numeric"; }
            div { label for="security" { (ask.say("mail-security")) }
                select #security name="security" { @for way in SECURITY { option value=(way) selected[now == *way] { (ask.say(&format!("mail-{way}"))) } } } }
            div { label for="user" { (ask.say("mail-user")) } input #user name="user" maxlength="200" value=[mail.and_then(|it| it.user.as_ref())] autocomplete="off"; }
            div { label for="mail-password" { (ask.say("login-password")) @if mail.is_some_and(|it| it.password.is_some()) { span.soft { (ask.say("settings-sealed")) } } }
                input #mail-password name="password" type="password" maxlength="500" autocomplete="off"; }
            div { label for="from" { (ask.say("mail-from")) } input #from name="from" type="email" maxlength="254" value=(of(|it| &it.from)) required; }
            button.do { (ask.say("settings-keep")) }
        } }
    }
}

#[derive(Deserialize, utoipa::ToSchema)]
#[schema(as = SetLanguage)]
struct Spoken {
    /// `en` or `fr`.
    language: String,
}

async fn language(Body(ask, wanted): Body<Spoken>) -> Result<Response> {
    need(&ask)?;
    if !["en", "fr"].contains(&wanted.language.as_str()) {
        return Err(Problem::bad(Said::new("refusal-language")));
    }
    keep(&ask, &Language(wanted.language)).await
}

async fn keep<T: settings::Kept>(ask: &Ask, value: &T) -> Result<Response> {
    let mut change = ask.begin().await?;
    let setting = settings::write(&mut change, &ask.app.store, value).await?;
    ask.done(change, &setting, "/settings").await
}

/// Ways to keep mail from listeners.
const SECURITY: &[&str] = &["starttls", "tls", "none"];

#[derive(Deserialize, utoipa::ToSchema)]
struct SetMail {
    /// The server.
    host: String,
    /// Its port; 587, where absent.
    port: Option<u16>,
    /// `starttls`, `tls`, or `none` for a server on this machine.
    security: String,
    /// Our name there.
    user: Option<String>,
    /// Our password there.
    password: Option<String>,
    /// Whom mails come from.
    from: String,
}

async fn mail(Body(ask, wanted): Body<SetMail>) -> Result<Response> {
    need(&ask)?;
    let host = wanted.host.trim();
    let named = (1..=253).contains(&host.len())
        && host.chars().all(|it| it.is_ascii_alphanumeric() || ".-:".contains(it));
    if !named {
        return Err(Problem::bad(Said::new("refusal-mail-host")));
    }
    if !SECURITY.contains(&wanted.security.as_str()) {
        return Err(Problem::bad(Said::new("refusal-mail-security")));
    }
    let here = host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|it| it.is_loopback());
    if wanted.security == "none" && !here {
        return Err(Problem::bad(Said::new("refusal-mail-bare")));
    }
    if wanted.from.parse::<lettre::Address>().is_err() {
        return Err(Problem::bad(Said::new("refusal-mail-from")));
    }
    let before = settings::read::<Mail>(&ask.app.store).await?;
    let password = match wanted.password {
        Some(password) => Some(ask.app.key.seal(MAIL, password.as_bytes())),
        None => before.filter(|it| it.host == host).and_then(|it| it.password),
    };
    let port = wanted.port.unwrap_or(587);
    let (security, user, from) = (wanted.security, wanted.user, wanted.from);
    keep(&ask, &Mail { host: host.to_owned(), port, security, user, password, from }).await
}

#[derive(Deserialize, utoipa::ToSchema)]
struct SetDirectory {
    /// Its issuer, letter for letter as it writes it.
    issuer: String,
    /// Our name there.
    client_id: String,
    /// Our secret there.
    client_secret: Option<String>,
    /// What the log-in page calls it.
    label: String,
    /// Role of whoever comes for the first time; such a person is refused where absent.
    role: Option<Role>,
}

async fn set_directory(Body(ask, wanted): Body<SetDirectory>) -> Result<Response> {
    need(&ask)?;
    let issuer = wanted.issuer.trim();
    let address = issuer.parse::<reqwest::Url>().ok().filter(|it| it.username().is_empty());
    let fits = address.is_some_and(|it| match it.host_str() {
        Some("localhost" | "127.0.0.1" | "[::1]") => matches!(it.scheme(), "http" | "https"),
        Some(_) => it.scheme() == "https",
        None => false,
    });
    if issuer.len() > 500 || !fits {
        return Err(Problem::bad(Said::new("refusal-issuer")));
    }
    if wanted.client_id.trim().is_empty() || wanted.client_id.len() > 200 {
        return Err(Problem::bad(Said::new("refusal-client")));
    }
    let label = wanted.label.trim();
    if !(1..=60).contains(&label.chars().count()) || label.chars().any(char::is_control) {
        return Err(Problem::bad(Said::new("refusal-directory-label")));
    }
    let before = settings::read::<Directory>(&ask.app.store).await?;
    let secret = match wanted.client_secret {
        Some(secret) => Some(directory::seal(&ask, &secret)),
        // A secret never follows to another provider.
        None => before.filter(|it| it.issuer == issuer).and_then(|it| it.secret),
    };
    let (issuer, client_id, label) =
        (issuer.to_owned(), wanted.client_id.trim().to_owned(), label.to_owned());
    keep(&ask, &Directory { issuer, client_id, secret, label, role: wanted.role }).await
}
