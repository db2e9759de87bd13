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
                        td { (session.address) br; span.soft { (session.agent.chars().take(60).collect::<String>()) } }
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
