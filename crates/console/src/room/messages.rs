//! Messages: what do staff, patients and press hear?
//!
//! Invariant: a text goes out only once somebody who may speak for the hospital approved these very words; a
//! text with a blank left in it cannot be approved; what was sent is not rewritten.

mod template;
mod write;

use assess::Said;
use axum::extract::{Path, Query};
use axum::response::Response;
use maud::{Markup, html};
use report::plain;
use serde::Deserialize;
use store::entity::{Audience, Message, MessageState};

use crate::ask::Ask;
use crate::frame;
use crate::permit::Permission;
use crate::problem::{Problem, Result};
use crate::route::Route;
use crate::scene::Scene;

use template::{Template, blanks, template, templates};

pub(crate) fn routes() -> Vec<Route> {
    let own = [
        Route::get("/incidents/{id}/messages", Permission::Read, page),
        Route::get("/incidents/{id}/messages/{message}", Permission::Read, one),
        Route::get("/incidents/{id}/messages/{message}/paper", Permission::Read, paper),
    ];
    own.into_iter().chain(write::routes()).collect()
}

#[derive(Deserialize)]
struct Asked {
    /// The template to begin from.
    from: Option<String>,
}

async fn page(ask: Ask, Path(id): Path<String>, Query(asked): Query<Asked>) -> Result<Response> {
    let scene = ask.scene(&id).await?;
    let all = ask.app.store.of::<Message>(&id).await?;
    let count = |state: MessageState| all.iter().filter(|it| it.state == state).count();
    let write = ask.visitor.may(Permission::Write, scene.incident.site.as_deref());
    let from = asked.from.and_then(|name| template(&ask.app.rooms.content, ask.words.lang().code(), &name));
    let counts = [
        ("drafts", count(MessageState::Draft).into()),
        ("approved", count(MessageState::Approved).into()),
        ("sent", count(MessageState::Sent).into()),
    ];
    let body = html! {
        h1 #headline { (ask.say_with("messages-title", &counts)) }
        p.lede { (ask.say("messages-lede")) }
        @if let Some(from) = from.filter(|_| write) { (begin(&ask, &scene, &from)) }
        div.pair { @for audience in Audience::ALL { (part(&ask, &scene, *audience, &all, write)) } }
    };
    Ok(frame::page(&ask, Some(&scene), "messages", &ask.say("room-messages"), body))
}

fn part(ask: &Ask, scene: &Scene, audience: Audience, all: &[Message], write: bool) -> Markup {
    let own: Vec<&Message> = all.iter().rev().filter(|it| it.audience == audience).collect();
    let offered = templates(&ask.app.rooms.content, ask.words.lang().code());
    html! {
        section.sheet id=(audience.word()) data-part {
            header { h2 { (ask.say(&format!("audience-{}", audience.word()))) " " @if !own.is_empty() { small { (own.len()) } } } }
            @if own.is_empty() { p.empty { (ask.say(&format!("audience-none-{}", audience.word()))) } }
            ul.lines { @for it in own { (line(ask, scene, it)) } }
            @if write {
                details id={ "begin-" (audience.word()) } open[all.is_empty()] { summary { (ask.say("messages-begin")) }
                    ul { @for it in offered.iter().filter(|it| it.audience == audience) {
                        li { a href={ "?from=" (it.name) "#new" } { (it.title) } }
                    }
                    li { a href={ "?from=" (audience.word()) "#new" } { (ask.say("messages-blank")) } } } }
            }
        }
    }
}

fn line(ask: &Ask, scene: &Scene, it: &Message) -> Markup {
    html! {
        li id={ "message-" (it.id) } {
            span { a href={ (scene.path("messages")) "/" (it.id) } { b { (plain(&it.title)) } } " " span.tag { (it.lang) } br; span.soft { (plain(&it.author)) " · " (ask.time(it.at.0, scene.now)) } }
            span { (state(ask, scene, it)) }
        }
    }
}

fn state(ask: &Ask, scene: &Scene, it: &Message) -> Markup {
    html! {
        b { (ask.say(&format!("message-{}", it.state.word()))) }
        @match (it.state, it.sent_at, &it.approved_by) {
            (MessageState::Sent, Some(at), _) => { " " (ask.time(at.0, scene.now)) }
            (MessageState::Approved, _, Some(by)) => { br; span.soft { (plain(by)) } }
            _ => {}
        }
    }
}

fn begin(ask: &Ask, scene: &Scene, from: &Template) -> Markup {
    let mut back = ask.clone();
    back.here = scene.path("messages");
    html! {
        form.sheet.fields #new method="post" action=(scene.api("messages")) {
            (back.hidden())
            header { h2 { (ask.say("messages-new")) " " small { (ask.say(&format!("audience-{}", from.audience.word()))) } } }
            input type="hidden" name="audience" value=(from.audience.word());
            input type="hidden" name="lang" value=(ask.words.lang().code());
            div { label for="title" { (ask.say("messages-heading")) } input #title name="title" value=(from.title) required maxlength="300"; }
            div { label for="text" { (ask.say("messages-text")) span.soft { (ask.say("messages-blanks-hint")) } } textarea #text name="text" rows="16" required maxlength="20000" { (from.text) } }
            button.do.first { (ask.say("messages-save")) }
        }
    }
}

/// The message of an incident.
async fn find(ask: &Ask, incident: &str, message: &str) -> Result<Message> {
    let found = ask.app.store.find::<Message>(message).await?.filter(|it| it.incident == incident);
    found.ok_or_else(|| Problem::missing(Said::new("refusal-no-message")))
}

async fn one(ask: Ask, Path((id, message)): Path<(String, String)>) -> Result<Response> {
    let scene = ask.scene(&id).await?;
    let it = find(&ask, &id, &message).await?;
    let site = scene.incident.site.as_deref();
    let write = ask.visitor.may(Permission::Write, site) && it.state != MessageState::Sent;
    let blanks = blanks(&it.text) + blanks(&it.title);
    let action = format!("{}/{}", scene.api("messages"), it.id);
    let body = html! {
        p.soft { a href=(scene.path("messages")) { (ask.say("room-messages")) } " · " (ask.say(&format!("audience-{}", it.audience.word()))) }
        h1 { (plain(&it.title)) }
        p.lede #state data-part { (state(&ask, &scene, &it)) " · " (plain(&it.author)) " " (ask.time(it.at.0, scene.now))
            @if blanks > 0 { " · " b { (ask.say_with("messages-blanks", &[("count", blanks.into())])) } } }
        div.two {
            @if write {
                form.sheet.fields method="post" action=(action) {
                    (ask.hidden()) input type="hidden" name="version" value=(it.version);
                    div { label for="title" { (ask.say("messages-heading")) } input #title name="title" value=(it.title) required maxlength="300"; }
                    div { label for="text" { (ask.say("messages-text")) } textarea #text name="text" rows="20" required maxlength="20000" { (it.text) } }
                    div.row { button.do { (ask.say("messages-save")) } @if it.state == MessageState::Approved { span.soft { (ask.say("messages-edit-undoes")) } } }
                }
            } @else { section.sheet { pre.letter { (it.text) } } }
            (next(&ask, &scene, &it, blanks))
        }
    };
    Ok(frame::page(&ask, Some(&scene), "messages", &it.title, body))
}

/// What comes next for a message: approve it, note that it went out.
fn next(ask: &Ask, scene: &Scene, it: &Message, blanks: usize) -> Markup {
    let tell = ask.visitor.may(Permission::Tell, scene.incident.site.as_deref());
    let action = format!("{}/{}", scene.api("messages"), it.id);
    html! {
        section.sheet.fields #next data-part {
            header { h2 { (ask.say("messages-next")) } }
            @match (it.state, tell) {
                (MessageState::Sent, _) => { p { (ask.say("messages-gone")) } }
                (_, false) => { p.soft { (ask.say("messages-who")) } }
                (MessageState::Draft, true) if blanks > 0 => { p { (ask.say("messages-fill")) } }
                (MessageState::Draft, true) => {
                    p.soft { (ask.say("messages-approve-means")) }
                    form method="post" action={ (action) "/approve" } { (ask.hidden()) input type="hidden" name="version" value=(it.version); button.do.first { (ask.say("messages-approve")) } }
                }
                (MessageState::Approved, true) => {
                    p { (ask.say("messages-approved-by")) " " b { (plain(it.approved_by.as_deref().unwrap_or_default())) } }
                    form.fields method="post" action={ (action) "/sent" } { (ask.hidden()) input type="hidden" name="version" value=(it.version);
                        div { label for="sent-at" { (ask.say("messages-sent-at")) span.soft { (ask.say("messages-sent-at-hint")) } } input #sent-at name="sent_at" placeholder="02:14" maxlength="40"; }
                        button.do.first { (ask.say("messages-sent-do")) } }
                }
            }
            p { a.do href={ (scene.path("messages")) "/" (it.id) "/paper" } { (ask.say("messages-print")) } }
        }
    }
}

async fn paper(ask: Ask, Path((id, message)): Path<(String, String)>) -> Result<Response> {
    let scene = ask.scene(&id).await?;
    let it = find(&ask, &id, &message).await?;
    let body = html! {
        p.row.no-print { button.do.small type="button" data-print { (ask.say("print")) } a href={ (scene.path("messages")) "/" (it.id) } { (ask.say("go-back")) }
            @if it.state == MessageState::Draft { span.warn { (ask.say("messages-draft-printed")) } } }
        @if it.state == MessageState::Draft { p.tag { (ask.say("message-draft")) } }
        h1 lang=(it.lang) { (plain(&it.title)) }
        section { pre.letter lang=(it.lang) { (it.text) } }
    };
    Ok(frame::sheet(&ask, &it.title, "a4", body))
}
