//! Messages written, approved, sent.
//!
//! Invariant: an edit takes the approval back: what goes out is what was approved.

use assess::Said;
use axum::extract::Path;
use axum::response::Response;
use serde::Deserialize;
use store::entity::{Audience, Message, MessageState};
use store::{Change, Instant, new_id};

use super::template::blanks;
use crate::body::{Body, Nothing};
use crate::both::{self, Late};
use crate::moment;
use crate::permit::Permission;
use crate::problem::{Problem, Result};
use crate::route::Route;

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::post("/api/v1/incidents/{id}/messages", Permission::Write, add)
            .about("Write a text for staff, patients, press or partners")
            .takes::<Written>()
            .makes::<Message>(),
        Route::post("/api/v1/incidents/{id}/messages/{message}", Permission::Write, edit)
            .about("Change a text; takes its approval back")
            .takes::<Edited>()
            .matched()
            .gives::<Message>(),
        Route::post("/api/v1/incidents/{id}/messages/{message}/approve", Permission::Tell, approve)
            .about("Approve a text as it stands")
            .matched()
            .gives::<Message>(),
        Route::post("/api/v1/incidents/{id}/messages/{message}/sent", Permission::Tell, sent)
            .about("Note that an approved text went out")
            .takes::<Gone>()
            .matched()
            .gives::<Message>(),
    ]
}

#[derive(Deserialize, utoipa::ToSchema)]
#[schema(as = WriteMessage)]
struct Written {
    /// For whom.
    audience: Audience,
    /// `fr` or `en`; the writer's, where absent.
    lang: Option<String>,
    /// Heading.
    title: String,
    /// What it says.
    text: String,
}

#[derive(Deserialize, utoipa::ToSchema)]
#[schema(as = EditMessage)]
struct Edited {
    /// Heading; as before, where absent.
    title: Option<String>,
    /// What it says; as before, where absent.
    text: Option<String>,
}

#[derive(Deserialize, utoipa::ToSchema)]
#[schema(as = MessageGone)]
struct Gone {
    /// When: RFC 3339, a local day with its hour, or `HH:MM`; now, where absent.
    sent_at: Option<String>,
}

fn check(title: Option<&str>, text: Option<&str>) -> Result<()> {
    if title.is_some_and(|it| it.trim().is_empty() || it.chars().count() > 300) {
        return Err(Problem::bad(Said::new("refusal-message-title")));
    }
    if text.is_some_and(|it| it.trim().is_empty() || it.chars().count() > 20_000) {
        return Err(Problem::bad(Said::new("refusal-message-text")));
    }
    Ok(())
}

async fn add(Path(id): Path<String>, Body(ask, wanted): Body<Written>) -> Result<Response> {
    let scene = ask.scene(&id).await?;
    scene.need(&ask, Permission::Write)?;
    check(Some(&wanted.title), Some(&wanted.text))?;
    let lang = wanted.lang.unwrap_or_else(|| ask.words.lang().code().to_owned());
    if !["fr", "en"].contains(&lang.as_str()) {
        return Err(Problem::bad(Said::new("refusal-message-lang")));
    }
    let message = Message {
        id: new_id(),
        version: 0,
        incident: id,
        audience: wanted.audience,
        lang,
        title: wanted.title.trim().to_owned(),
        text: wanted.text.replace("\r\n", "\n"),
        state: MessageState::Draft,
        author: ask.visitor.name().to_owned(),
        at: Instant::from(scene.now),
        approved_by: None,
        sent_at: None,
    };
    let mut change = ask.begin().await?;
    let message = change.add(message).await?;
    let page = format!("{}/{}", scene.path("messages"), message.id);
    let mut ask = ask;
    ask.write.back = None;
    ask.done(change, &message, &page).await
}

/// The message inside a change; refuses one of another incident and one that went out.
async fn open(change: &Change, incident: &str, message: &str) -> Result<Message> {
    let found = change.read::<Message>(message).await?;
    if found.incident != incident {
        return Err(Problem::missing(Said::new("refusal-no-message")));
    }
    if found.state == MessageState::Sent {
        return Err(Problem::conflict("sent", Said::new("refusal-message-sent")));
    }
    Ok(found)
}

async fn edit(
    Path((id, message)): Path<(String, String)>,
    Body(ask, wanted): Body<Edited>,
) -> Result<Response> {
    let scene = ask.scene(&id).await?;
    scene.need(&ask, Permission::Write)?;
    check(wanted.title.as_deref(), wanted.text.as_deref())?;
    let mut change = ask.begin().await?;
    let before = open(&change, &id, &message).await?;
    let page = format!("{}/{}", scene.path("messages"), before.id);
    if let Some(mine) = wanted.text.as_deref().filter(|_| both::is_late(&ask, before.version)) {
        let action = format!("{}/{}", scene.api("messages"), before.id);
        let (theirs, author, version) = (before.text.as_str(), before.author.as_str(), before.version);
        let late = Late { room: "messages", action, back: page, theirs, author, version, mine };
        return Ok(both::page(&ask, &scene, &late));
    }
    let (author, at) = (ask.visitor.name().to_owned(), Instant::from(scene.now));
    let edit = |it: &mut Message| {
        if let Some(title) = wanted.title {
            it.title = title.trim().to_owned();
        }
        if let Some(text) = wanted.text {
            it.text = text.replace("\r\n", "\n");
        }
        (it.author, it.at, it.state, it.approved_by) = (author, at, MessageState::Draft, None);
    };
    let message = change.edit::<Message>(&message, ask.write.seen, edit).await?;
    ask.done(change, &message, &page).await
}

async fn approve(
    Path((id, message)): Path<(String, String)>,
    Body(ask, Nothing {}): Body<Nothing>,
) -> Result<Response> {
    let scene = ask.scene(&id).await?;
    scene.need(&ask, Permission::Tell)?;
    let mut change = ask.begin().await?;
    let before = open(&change, &id, &message).await?;
    if blanks(&before.text) + blanks(&before.title) > 0 {
        return Err(Problem::conflict("blanks", Said::new("refusal-blanks")));
    }
    let by = ask.visitor.name().to_owned();
    let edit = |it: &mut Message| (it.state, it.approved_by) = (MessageState::Approved, Some(by));
    let message = change.edit::<Message>(&message, ask.write.seen, edit).await?;
    let page = format!("{}/{}", scene.path("messages"), message.id);
    ask.done(change, &message, &page).await
}

async fn sent(
    Path((id, message)): Path<(String, String)>,
    Body(ask, wanted): Body<Gone>,
) -> Result<Response> {
    let scene = ask.scene(&id).await?;
    scene.need(&ask, Permission::Tell)?;
    let read = |text: &str| moment::past(text, scene.now, ask.words.zone());
    let at = moment::field(Said::new("field-sent-at"), wanted.sent_at.as_deref(), read)?
        .unwrap_or(Instant::from(scene.now));
    let mut change = ask.begin().await?;
    if open(&change, &id, &message).await?.state != MessageState::Approved {
        return Err(Problem::conflict("unapproved", Said::new("refusal-unapproved")));
    }
    let edit = |it: &mut Message| (it.state, it.sent_at) = (MessageState::Sent, Some(at));
    let message = change.edit::<Message>(&message, ask.write.seen, edit).await?;
    let page = format!("{}/{}", scene.path("messages"), message.id);
    ask.done(change, &message, &page).await
}
