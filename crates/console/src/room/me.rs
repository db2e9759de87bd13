//! One's own account: sessions, and in the demonstration the eyes to look through.
//!
//! Invariant: nobody reaches another's sessions here.

use assess::Said;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use maud::html;
use serde::Deserialize;
use store::entity::{Role, Session};

use crate::ask::Ask;
use crate::bare::bare;
use crate::body::{Body, Nothing};
use crate::frame;
use crate::permit::Permission;
use crate::problem::{Problem, Result};
use crate::route::Route;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get("/me", Permission::Own, page),
        Route::post("/api/v1/me/seen-as", Permission::Own, seen_as)
            .about("In the demonstration: look through the eyes of a role")
            .takes::<SeenAs>()
            .gives::<Session>(),
        Route::post("/api/v1/me/sessions/{id}/end", Permission::Own, end)
            .about("End one of one's sessions")
            .gives::<Session>(),
    ]
}

async fn page(ask: Ask) -> Result<Response> {
    let Some(account) = ask.visitor.account() else {
        return Err(Problem::missing(Said::new("refusal-ward-account")));
    };
    let all = ask.app.store.all::<Session>().await?;
    let mine: Vec<&Session> =
        all.iter().filter(|it| it.account == account.id && it.until.0 > ask.wall).collect();
    let here = ask.visitor.session().map(|it| it.id.as_str());
    let body = html! {
        h1 { (account.shown) }
        p.lede { @for (role, site) in &ask.visitor.grants {
            span.tag { (ask.say(&format!("account-role-{}", role.word()))) @if let Some(site) = site { " · " (site) } } " "
        } }
        section.sheet {
            header { h2 { (ask.say("me-sessions")) } }
            table {
                thead { tr { th { (ask.say("me-since")) } th { (ask.say("me-used")) } th { (ask.say("me-from")) } th {} } }
                tbody { @for session in mine {
                    tr id={ "session-" (session.id) } {
                        td { (ask.time(session.created_at.0, ask.wall)) }
                        td { (ask.time(session.seen_at.0, ask.wall)) }
                        td { (session.address) br; span.soft { (browser(&session.agent)) } }
                        td { @if here == Some(session.id.as_str()) { span.soft { (ask.say("me-this")) } } @else {
                            form method="post" action={ "/api/v1/me/sessions/" (session.id) "/end" } { (ask.hidden()) button.do.small { (ask.say("me-end")) } }
                        } }
                    }
                } }
            }
        }
        (super::factors::section(&ask, account).await?)
        form method="post" action="/logout" { p.row { button.do { (ask.say("me-out")) } } }
    };
    Ok(frame::page(&ask, None, "me", &account.shown, body))
}

/// Programs and systems by what they write of themselves; several write the names of those below them too.
const BROWSERS: [(&str, &str); 4] =
    [("Edg/", "Edge"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari")];
const SYSTEMS: [(&str, &str); 6] = [
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
];

/// What somebody would call the browser of a session; as it writes of itself, where it is not known.
fn browser(agent: &str) -> String {
    let of = |known: &[(&str, &'static str)]| {
        known.iter().find(|(written, _)| agent.contains(written)).map(|(_, name)| *name)
    };
    match (of(&BROWSERS), of(&SYSTEMS)) {
        (Some(browser), Some(system)) => format!("{browser} · {system}"),
        _ => agent.chars().take(60).collect(),
    }
}

#[derive(Deserialize, utoipa::ToSchema)]
#[schema(as = SeeAs)]
struct SeenAs {
    role: Role,
}

async fn seen_as(Body(ask, wanted): Body<SeenAs>) -> Result<Response> {
    let session = ask.visitor.session().filter(|_| ask.app.config.demonstration.is_some());
    let session = session.ok_or_else(|| Problem::forbidden(Said::new("refusal-demonstration-only")))?;
    let mut change = ask.begin().await?;
    let session = change.edit::<Session>(&session.id, None, |it| it.seen_as = Some(wanted.role)).await?;
    ask.done(change, &session, "/").await
}

async fn end(Path(id): Path<String>, Body(ask, Nothing {}): Body<Nothing>) -> Result<Response> {
    let account = ask.visitor.account().map(|it| it.id.clone()).unwrap_or_default();
    let mut change = ask.begin().await?;
    let session = change.read::<Session>(&id).await?;
    if session.account != account {
        return Err(Problem::missing(Said::new("refusal-no-session")));
    }
    let session = change.remove::<Session>(&id).await?;
    ask.finish(change, StatusCode::OK, &bare(&session)?, None, "/me").await
}

#[cfg(test)]
mod tests {
    use super::browser;

    #[test]
    fn a_browser_is_called_what_people_call_it() {
        let chrome = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36";
        for (agent, called) in [
            (chrome.to_owned(), "Chrome · Linux"),
            (
                chrome.replace("X11; Linux x86_64", "Windows NT 10.0; Win64; x64") + " Edg/140.0",
                "Edge · Windows",
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0".to_owned(),
                "Firefox · Windows",
            ),
            ("curl/8.1".to_owned(), "curl/8.1"),
        ] {
            assert_eq!(browser(&agent), called);
        }
    }
}
