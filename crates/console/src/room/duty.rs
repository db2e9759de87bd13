//! Call tree: who is awake, who took which role?
//!
//! Invariant: a role has one holder at a time; taking it writes who handed over and when.

use assess::Said;
use axum::extract::Path;
use axum::response::Response;
use maud::{Markup, html};
use serde::Deserialize;
use store::entity::{Call, CallState, Duty};
use store::{Instant, new_id};

use crate::ask::Ask;
use crate::body::Body;
use crate::frame;
use crate::permit::Permission;
use crate::problem::{Problem, Result};
use crate::route::Route;
use crate::scene::Scene;

/// Roles of a crisis, the deciding one first.
pub(crate) const ROLES: &[&str] = &["director", "lead", "technical", "care", "communication", "scribe"];
/// Those of them that decide, and hear first of what must be told.
pub(crate) const LEADING: &[&str] = &["director", "lead"];

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get("/incidents/{id}/duty", Permission::Read, page),
        Route::post("/api/v1/incidents/{id}/duties", Permission::Write, take)
            .about("Take a role of the crisis, or note who took it")
            .takes::<Take>()
            .makes::<Duty>(),
        Route::post("/api/v1/incidents/{id}/calls", Permission::Write, call)
            .about("Note a call and what came of it")
            .takes::<Called>()
            .makes::<Call>(),
    ]
}

async fn page(ask: Ask, Path(id): Path<String>) -> Result<Response> {
    let scene = ask.scene(&id).await?;
    let calls = ask.app.store.of::<Call>(&id).await?;
    let contacts = scene.map().map(|map| map.contacts.as_slice()).unwrap_or_default();
    let awake = contacts
        .iter()
        .filter(|it| latest(&calls, &it.id).is_some_and(|call| call.state != CallState::NoAnswer))
        .count();
    let free = ROLES.iter().filter(|role| scene.on_duty(role).is_none()).count();
    let write = ask.visitor.may(Permission::Write, scene.incident.site.as_deref());
    let body = html! {
        h1 { (ask.say_with("duty-title", &[("free", free.into()), ("awake", awake.into())])) }
        p.lede { (ask.say("duty-lede")) }
        div.two {
            section.sheet #calls data-part {
                header { h2 { (ask.say("duty-tree")) " " small { (ask.say_with("duty-count", &[("awake", awake.into()), ("all", contacts.len().into())])) } } }
                @if contacts.is_empty() { p.empty { (ask.say("duty-no-contacts")) } }
                ul.lines.calls { @for contact in contacts { (line(&ask, &scene, contact, latest(&calls, &contact.id), write)) } }
            }
            section.sheet #roles data-part {
                header { h2 { (ask.say("duty-roles")) } }
                ul.lines { @for role in ROLES { (seat(&ask, &scene, role, write)) } }
            }
        }
    };
    Ok(frame::page(&ask, Some(&scene), "duty", &ask.say("room-duty"), body))
}

fn latest<'a>(calls: &'a [Call], contact: &str) -> Option<&'a Call> {
    calls.iter().rev().find(|call| call.contact == contact)
}

fn line(ask: &Ask, scene: &Scene, contact: &hospital::Contact, call: Option<&Call>, write: bool) -> Markup {
    html! {
        li id={ "contact-" (contact.id) } {
            span {
                b { (contact.name) } @if let Some(role) = &contact.role { " " span.soft { (role) } }
                br;
                @for channel in &contact.channels {
                    @if contact.survives.contains(channel) { b { (reach(channel)) } " " span.tag { (ask.say("duty-survives")) } } @else { (reach(channel)) } " "
                }
                @if let Some(other) = &contact.stands_in_for { br; span.soft { (ask.say_with("duty-stands-in", &[("whom", named(scene, other).into())])) } }
            }
            span {
                @if let Some(call) = call {
                    b { (ask.say(&format!("call-{}", call.state.word()))) } " " (ask.time(call.at.0, scene.now)) br;
                    span.soft { (call.author) }
                }
                @if write {
                    form.inline method="post" action=(scene.api("calls")) {
                        (ask.hidden())
                        input type="hidden" name="contact" value=(contact.id);
                        @for state in CallState::ALL { button.do.small name="state" value=(state.word()) { (ask.say(&format!("call-{}", state.word()))) } }
                    }
                }
            }
        }
    }
}

/// Whom somebody stands in for: the contact's name, where the map has that one.
fn named(scene: &Scene, contact: &str) -> String {
    let contacts = scene.map().map(|map| map.contacts.as_slice()).unwrap_or_default();
    contacts.iter().find(|it| it.id == contact).map_or_else(|| contact.to_owned(), |it| it.name.clone())
}

/// A channel, as a link where it is a telephone number.
pub(crate) fn reach(channel: &str) -> Markup {
    let (kind, told) = channel.split_once(':').unwrap_or(("", channel));
    let digits: String = channel.chars().filter(|it| it.is_ascii_digit() || *it == '+').collect();
    html! { @match kind {
        "post" | "mail" | "mailto" if told.contains('@') => { a href={ "mailto:" (told) } { (told) } }
        "radio" => { "radio " (told) }
        _ if digits.len() >= 3 && !channel.contains('@') => { a.number href={ "tel:" (digits) } { (number(told)) } }
        _ => (channel),
    } }
}

/// A telephone number in pairs, where it is written without a space: `+33 1 99 00 01 11`.
fn number(told: &str) -> String {
    let Some(digits) =
        told.strip_prefix("+33").filter(|it| it.len() == 9 && it.bytes().all(|it| it.is_ascii_digit()))
    else {
        return told.to_owned();
    };
    let pairs: Vec<&str> =
        [&digits[..1]].into_iter().chain((1..9).step_by(2).map(|at| &digits[at..at + 2])).collect();
    format!("+33 {}", pairs.join(" "))
}

fn seat(ask: &Ask, scene: &Scene, role: &str, write: bool) -> Markup {
    let duty = scene.on_duty(role);
    html! {
        li.seat id={ "role-" (role) } {
            span { b { (ask.say(&format!("role-{role}"))) } br; span.soft { (ask.say(&format!("role-{role}-does"))) } }
            span {
                @if let Some(duty) = duty { b { (duty.person) } " " span.soft { (ask.time(duty.since.0, scene.now)) } } @else { span.soft { (ask.say("nobody-yet")) } }
                @if write {
                    form method="post" action=(scene.api("duties")) { (ask.hidden()) input type="hidden" name="role" value=(role); button.do.small { (ask.say("duty-take")) } }
                    details id={ "other-" (role) } { summary { (ask.say("duty-other")) }
                        form.inline method="post" action=(scene.api("duties")) { (ask.hidden()) input type="hidden" name="role" value=(role);
                            label for={ "person-" (role) } { (ask.say("duty-who")) } input id={ "person-" (role) } name="person" required; button.do.small { (ask.say("duty-note")) } } }
                }
            }
        }
    }
}

#[derive(Deserialize, utoipa::ToSchema)]
#[schema(as = TakeDuty)]
struct Take {
    /// `director`, `lead`, `technical`, `care`, `communication` or `scribe`.
    role: String,
    /// Who takes it; the caller, where absent.
    person: Option<String>,
}

async fn take(Path(id): Path<String>, Body(ask, wanted): Body<Take>) -> Result<Response> {
    let scene = ask.scene(&id).await?;
    scene.need(&ask, Permission::Write)?;
    if !ROLES.contains(&wanted.role.as_str()) {
        return Err(Problem::bad(Said::new("refusal-duty-role").with("roles", ROLES.join(", "))));
    }
    let now = Instant::from(scene.now);
    let mut change = ask.begin().await?;
    for held in scene.duties.iter().filter(|duty| duty.role == wanted.role) {
        change.edit::<Duty>(&held.id, None, |it| it.until = Some(now)).await?;
    }
    let own = wanted.person.is_none();
    let duty = Duty {
        id: new_id(),
        version: 0,
        incident: id,
        role: wanted.role,
        person: wanted.person.unwrap_or_else(|| ask.visitor.name().to_owned()),
        account: ask.visitor.account().filter(|_| own).map(|it| it.id.clone()),
        since: now,
        until: None,
    };
    let duty = change.add(duty).await?;
    ask.done(change, &duty, &scene.path("duty")).await
}

#[derive(Deserialize, utoipa::ToSchema)]
#[schema(as = NoteCall)]
struct Called {
    /// The map's contact.
    contact: String,
    /// What came of it.
    state: CallState,
    /// What was said.
    #[serde(default)]
    remark: String,
}

async fn call(Path(id): Path<String>, Body(ask, wanted): Body<Called>) -> Result<Response> {
    let scene = ask.scene(&id).await?;
    scene.need(&ask, Permission::Write)?;
    if !scene.need_map()?.contacts.iter().any(|it| it.id == wanted.contact) {
        return Err(Problem::bad(Said::new("refusal-no-contact")));
    }
    let call = Call {
        id: new_id(),
        version: 0,
        incident: id,
        contact: wanted.contact,
        state: wanted.state,
        author: ask.visitor.name().to_owned(),
        at: Instant::from(scene.now),
        remark: wanted.remark,
    };
    let mut change = ask.begin().await?;
    let call = change.add(call).await?;
    ask.done(change, &call, &scene.path("duty")).await
}
