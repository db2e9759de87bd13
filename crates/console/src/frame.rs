//! What every page shares: the bar with the incident's clock, the rooms, the language, the way to the keys.
//!
//! Invariant: no inline script, no inline style; every control is a link or a form that works without script.

use assess::Lang;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use maud::{DOCTYPE, Markup, html};
use store::entity::{IncidentKind, IncidentState, Role};

use crate::ask::Ask;
use crate::body::Typed;
use crate::look;
use crate::permit::Permission;
use crate::problem::Problem;
use crate::room::duty;
use crate::scene::Scene;

/// Rooms of an incident: word of the link, path under the incident.
const ROOMS: &[(&str, &str)] = &[
    ("night", ""),
    ("cut", "cut"),
    ("wards", "wards"),
    ("map", "map"),
    ("timeline", "timeline"),
    ("clocks", "clocks"),
    ("tasks", "tasks"),
    ("messages", "messages"),
    ("restoration", "restoration"),
    ("evidence", "evidence"),
    ("log", "log"),
    ("handover", "handover"),
    ("duty", "duty"),
];
/// Rooms that the standing watch has: what is read, and nothing that runs.
const WATCH: &[&str] = &["cut", "wards", "map", "timeline", "evidence"];
/// Rooms of the calm: word, path, what they take.
const CALM: &[(&str, &str, Permission)] = &[
    ("calm", "/calm", Permission::Read),
    ("search", "/search", Permission::Read),
    ("hospital", "/hospital", Permission::Read),
    ("rules", "/rules", Permission::Read),
    ("folder", "/folder", Permission::Read),
    ("people", "/people", Permission::Keep),
    ("settings", "/settings", Permission::Keep),
    ("audit", "/audit", Permission::Inspect),
    ("health", "/health", Permission::Read),
];

/// A page inside the frame. `room` is its word among the rooms.
#[must_use]
pub fn page(ask: &Ask, scene: Option<&Scene>, room: &str, title: &str, body: Markup) -> Response {
    Html(document(ask, title, inside(ask, scene, room, body)).into_string()).into_response()
}

/// A page without rooms: log-in, a ward's door.
#[must_use]
pub fn plain(ask: &Ask, title: &str, body: Markup) -> Response {
    let body = html! {
        (bar(ask, None))
        main.narrow #main { (body) }
    };
    Html(document(ask, title, body).into_string()).into_response()
}

/// A sheet for printing and for the wall: no bar, no rooms.
#[must_use]
pub fn sheet(ask: &Ask, title: &str, class: &str, body: Markup) -> Response {
    let body = html! { main class=(class) #main data-live { (body) } };
    Html(document(ask, title, body).into_string()).into_response()
}

fn document(ask: &Ask, title: &str, body: Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang=(ask.words.lang().code()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width,initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) " · Rempart" }
                link rel="stylesheet" href=(look::STYLE.path());
                link rel="icon" href=(look::ICON.path()) type="image/svg+xml";
                script type="module" src=(look::SCRIPT.path()) {}
            }
            body data-lost=(ask.say("live-lost")) data-back=(ask.say("live-back")) data-out=(ask.say("live-out")) {
                a.skip href="#main" { (ask.say("skip-to-content")) }
                (body)
                p #says role="status" aria-live="polite" {}
            }
        }
    }
}

fn inside(ask: &Ask, scene: Option<&Scene>, room: &str, body: Markup) -> Markup {
    html! {
        (bar(ask, scene))
        @if ask.app.config.demonstration.is_some() { (demonstration(ask)) }
        @if let Some(warning) = crate::room::health::clock_warning(ask) { p.strip.warn role="alert" { (warning) } }
        div.frame {
            nav.rooms aria-label=(ask.say("rooms")) #rooms data-live {
                @if let Some(scene) = scene {
                    @for (word, path) in rooms(scene) { (link(ask, word, &scene.path(path), room, count(scene, word))) }
                }
                @if scene.is_none_or(|scene| scene.incident.state == IncidentState::Watch) {
                    (link(ask, "declare", "/declare", room, 0))
                }
                hr;
                @for (word, path, permission) in CALM {
                    @if ask.visitor.may(*permission, None) { (link(ask, word, path, room, 0)) }
                }
            }
            main #main data-live { (body) }
        }
        (palette(ask, scene))
    }
}

fn rooms(scene: &Scene) -> impl Iterator<Item = (&'static str, &'static str)> {
    let watches = scene.incident.state == IncidentState::Watch;
    ROOMS.iter().copied().filter(move |(word, _)| !watches || WATCH.contains(word))
}

fn link(ask: &Ask, word: &str, path: &str, room: &str, count: usize) -> Markup {
    let current = (word == room).then_some("page");
    html! {
        a href=(path) aria-current=[current] data-key=[key(word)] {
            (ask.say(&format!("room-{word}")))
            @if count > 0 { span.count { (count) } }
        }
    }
}

/// The letter that goes to a room after `g`.
fn key(word: &str) -> Option<&'static str> {
    Some(match word {
        "night" => "n",
        "cut" => "c",
        "wards" => "w",
        "map" => "m",
        "timeline" => "t",
        "clocks" => "k",
        "tasks" => "a",
        "restoration" => "r",
        "evidence" => "e",
        "log" => "l",
        "handover" => "h",
        "search" => "s",
        _ => return None,
    })
}

fn count(scene: &Scene, word: &str) -> usize {
    match word {
        "cut" => scene.counts.cuts,
        "tasks" => scene.counts.tasks,
        "night" => scene.counts.waiting,
        _ => 0,
    }
}

fn bar(ask: &Ask, scene: Option<&Scene>) -> Markup {
    let other =
        if ask.words.lang() == Lang::Fr { ("en", "EN", "English") } else { ("fr", "FR", "français") };
    html! {
        header.bar #bar data-live {
            a.brand href="/" { "Rempart" }
            @if let Some(scene) = scene {
                b { (scene.title(ask)) }
                span.clock { (ask.time(scene.now, scene.now)) }
                @if let Some(zone) = other_zone(ask, scene) { span.tag { (zone) } }
                span.soft { (since(ask, scene)) }
                @if scene.incident.state != IncidentState::Watch { (leading(ask, scene)) }
            }
            span.push {}
            @if ask.visitor.session().is_some() {
                span.soft #live { (ask.say("live")) }
                button.key type="button" #keys { "Ctrl K" }
                a href="/me" { (ask.visitor.name()) }
            }
            a href={ "/lang/" (other.0) "?back=" (ask.here) } lang=(other.0) title=(other.2) { (other.1) }
        }
    }
}

/// Who leads; what nobody leads yet is said once.
fn leading(ask: &Ask, scene: &Scene) -> Markup {
    let name = |role: &&str| ask.say(&format!("role-{role}"));
    let free: Vec<String> = duty::LEADING.iter().filter(|it| scene.on_duty(it).is_none()).map(name).collect();
    html! {
        @for role in duty::LEADING {
            @if let Some(duty) = scene.on_duty(role) { span.soft.who { (name(role)) " " b { (duty.person) } } }
        }
        @if !free.is_empty() { span.soft.who { (ask.say_with("bar-free", &[("roles", ask.words.list(&free).into())])) } }
    }
}

/// The reader's zone, where its hours differ from the hospital's: sentences made before anybody read them keep
/// the hospital's.
fn other_zone(ask: &Ask, scene: &Scene) -> Option<String> {
    let hospital = scene.map()?.time_zone.to_offset(scene.now);
    let reader = ask.words.zone();
    let differs = reader.to_offset(scene.now) != hospital;
    differs.then(|| reader.iana_name().unwrap_or("UTC").to_owned())
}

fn since(ask: &Ask, scene: &Scene) -> String {
    let incident = &scene.incident;
    let word = match (incident.state, incident.kind) {
        (IncidentState::Closed, _) => "bar-closed",
        (IncidentState::Watch, _) => "bar-watch",
        (_, IncidentKind::Exercise) => "bar-exercise",
        _ => "bar-since",
    };
    let seconds = (scene.now.as_second() - incident.opened_at.0.as_second()).max(0) as u64;
    let when = ask.words.at(scene.now).hour(incident.opened_at.0);
    ask.say_with(word, &[("when", when.into()), ("span", ask.words.span(seconds).into())])
}

/// The strip that says that nothing here is real, with the eyes to look through.
fn demonstration(ask: &Ask) -> Markup {
    let seen = ask.visitor.session().and_then(|session| session.seen_as);
    html! {
        div.strip #demonstration {
            span { (ask.say("demonstration-strip")) }
            @if ask.visitor.session().is_some() {
                form method="post" action="/api/v1/me/seen-as" {
                    (ask.hidden())
                    label for="seen-as" { (ask.say("seen-as")) }
                    select #seen-as name="role" data-submit {
                        @for role in Role::ALL {
                            option value=(role.word()) selected[seen == Some(*role)] { (ask.say(&format!("account-role-{}", role.word()))) }
                        }
                    }
                    button.do { (ask.say("look")) }
                }
            }
        }
    }
}

/// The command palette: every room, and what the page offers; the script filters it.
fn palette(ask: &Ask, scene: Option<&Scene>) -> Markup {
    html! {
        dialog #palette aria-label=(ask.say("palette")) {
            form method="dialog" {
                label for="go" { (ask.say("palette-ask")) }
                input #go autocomplete="off" role="combobox" aria-controls="places" aria-expanded="true";
                ul #places {
                    @if let Some(scene) = scene {
                        @for (word, path) in rooms(scene) { li { a href=(scene.path(path)) { (ask.say(&format!("room-{word}"))) } } }
                        li { a href=(scene.path("situation")) { (ask.say("room-situation")) } }
                        li { a href=(scene.path("wall")) { (ask.say("room-wall")) } }
                        @if let Some(map) = scene.map() {
                            @for (_, node, _) in map.care() { li { a href={ (scene.path("wards")) "/" (node.id) } { (node.name) } } }
                        }
                    }
                    li { a href="/declare" { (ask.say("room-declare")) } }
                    @for (word, path, permission) in CALM {
                        @if ask.visitor.may(*permission, None) { li { a href=(path) { (ask.say(&format!("room-{word}"))) } } }
                    }
                    li { a href="/api/docs" { (ask.say("room-api")) } }
                }
                p.soft { (ask.say("palette-keys")) }
            }
        }
    }
}

/// What a field of a form is called.
#[must_use]
pub fn field(ask: &Ask, name: &str) -> String {
    let key = format!("field-{}", name.replace('_', "-"));
    if ask.words.has(&key) { ask.say(&key) } else { name.to_owned() }
}

/// A refused request as a page: what happened, what to do, and what was typed, so that nothing is lost.
#[must_use]
pub fn problem(ask: &Ask, problem: &Problem, typed: &Typed) -> Response {
    let key = format!("problem-{}", problem.word);
    let title = ask.say(if ask.words.has(&key) { &key } else { "problem-inside" });
    let detail = ask.words.tell(&problem.detail);
    let fields: Vec<&(String, String)> = typed
        .0
        .iter()
        .filter(|(name, value)| {
            !name.starts_with('_')
                && !name.contains("password")
                && !name.contains("secret")
                && !value.is_empty()
        })
        .collect();
    let body = html! {
        h1 { (title) }
        @if detail != title { p.lede { (detail) } }
        @if !fields.is_empty() {
            section.sheet {
                h2 { (ask.say("problem-typed")) }
                @for (name, value) in fields { p.soft { (field(ask, name)) } pre { (value) } }
            }
        }
        p.row { a.do href="/" { (ask.say("problem-home")) } }
    };
    let mut response = plain(ask, problem.status.as_str(), body);
    *response.status_mut() =
        if problem.status == StatusCode::UNAUTHORIZED { StatusCode::FORBIDDEN } else { problem.status };
    response
}
