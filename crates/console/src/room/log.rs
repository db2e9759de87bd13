//! Decision log: what did we decide, who, why?
//!
//! Invariant: append only. A decision that waits is taken or declined once; what was taken is never edited: a
//! correction is a new decision that names the one it corrects.

use assess::Said;
use axum::extract::{Path, Query};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use report::{cell, plain};
use serde::Deserialize;
use store::Instant;
use store::entity::{Decision, DecisionState};

use crate::ask::Ask;
use crate::body::Body;
use crate::frame;
use crate::permit::Permission;
use crate::problem::{Problem, Result};
use crate::room::cut;
use crate::route::Route;
use crate::scene::Scene;

/// Letters of a reason at most.
const WHY_MAX: usize = 4_000;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get("/incidents/{id}/log", Permission::Read, page),
        Route::get("/incidents/{id}/log.csv", Permission::Read, csv),
        Route::get("/incidents/{id}/log.ndjson", Permission::Read, ndjson),
        Route::post("/api/v1/incidents/{id}/decisions/{decision}/take", Permission::Lead, take)
            .about("Take a decision that waits; its levers and actions become tasks")
            .takes::<Reason>()
            .matched()
            .gives::<Decision>(),
        Route::post("/api/v1/incidents/{id}/decisions/{decision}/decline", Permission::Lead, decline)
            .about("Set a decision that waits aside, with the reason")
            .takes::<Reason>()
            .matched()
            .gives::<Decision>(),
    ]
}

#[derive(Deserialize)]
struct Asked {
    /// The decision that the new one corrects.
    corrects: Option<String>,
}

async fn page(ask: Ask, Path(id): Path<String>, Query(asked): Query<Asked>) -> Result<Response> {
    let scene = ask.scene(&id).await?;
    let all = ask.app.store.of::<Decision>(&id).await?;
    let lead = ask.visitor.may(Permission::Lead, scene.incident.site.as_deref());
    let mut waiting: Vec<&Decision> = all.iter().filter(|it| it.state == DecisionState::Waiting).collect();
    waiting.sort_by_key(|it| (it.due_at.is_none(), it.due_at));
    let mut settled: Vec<&Decision> = all.iter().filter(|it| it.state != DecisionState::Waiting).collect();
    settled.sort_by_key(|it| std::cmp::Reverse(it.taken_at.unwrap_or(it.at)));
    let taken = settled.iter().filter(|it| it.state == DecisionState::Taken).count();
    let corrected = all.iter().find(|it| asked.corrects.as_deref() == Some(&it.id));
    let body = html! {
        h1 #headline { (ask.say_with("log-title", &[("waiting", waiting.len().into()), ("taken", taken.into())])) }
        p.lede { (ask.say("log-lede")) }
        div.two {
            div.stack {
                @if !waiting.is_empty() {
                    section.sheet #waiting data-part {
                        header { h2 { (ask.say("log-waiting")) " " small { (waiting.len()) } } }
                        @for decision in &waiting { (waits(&ask, &scene, decision, lead)) }
                    }
                }
                section.sheet #settled data-part {
                    header { h2 { (ask.say("log-settled")) " " small { (settled.len()) } } }
                    @if settled.is_empty() { p.empty { (ask.say("log-none")) } }
                    ul.lines { @for decision in &settled { (stands(&ask, &scene, decision, lead)) } }
                }
            }
            @if lead { (new(&ask, &scene, corrected)) }
        }
        p.page-end { span { a href={ (scene.path("log")) ".csv" } { "CSV" } " · " a href={ (scene.path("log")) ".ndjson" } { "NDJSON" } }
            button.do.small type="button" data-print { (ask.say("print")) } }
    };
    Ok(frame::page(&ask, Some(&scene), "log", &ask.say("room-log"), body))
}

fn waits(ask: &Ask, scene: &Scene, decision: &Decision, lead: bool) -> Markup {
    let late = decision.due_at.is_some_and(|due| due.0 <= scene.now);
    let action = format!("{}/{}", scene.api("decisions"), decision.id);
    html! {
        div.choice id=(decision.id) {
            b { (plain(&decision.title)) }
            @if !decision.why.is_empty() { p { (plain(&decision.why)) } }
            p.soft { (ask.say("log-for")) " " b { (plain(&decision.person)) } " · " (ask.say("log-put-down")) " " (ask.time(decision.at.0, scene.now))
                @if let Some(due) = decision.due_at { " · " span.warn[late] { (ask.say("by")) " " (ask.time(due.0, scene.now)) } } }
            (figures(ask, scene, decision))
            @if lead {
                div.row {
                    form.inline method="post" action={ (action) "/take" } { (ask.hidden()) input type="hidden" name="version" value=(decision.version);
                        button.do.first { (ask.say("log-take")) } }
                    details id={ "decline-" (decision.id) } { summary { (ask.say("log-decline")) }
                        form.inline method="post" action={ (action) "/decline" } { (ask.hidden()) input type="hidden" name="version" value=(decision.version);
                            label for={ "why-" (decision.id) } { (ask.say("log-reason")) }
                            input id={ "why-" (decision.id) } name="why" required maxlength=(WHY_MAX);
                            button.do.small { (ask.say("log-decline-do")) } } }
                }
            }
        }
    }
}

/// What it costs and saves: as it was when taken, else as the assessment says now.
fn figures(ask: &Ask, scene: &Scene, decision: &Decision) -> Markup {
    let option = cut::option_of(scene, &decision.levers.0, &decision.actions.0);
    let waits = decision.state == DecisionState::Waiting;
    let now = option.filter(|_| waits).map(|it| (it.care_lost, it.care_saved));
    let then = decision.price.zip(decision.saved);
    html! {
        @if let Some((price, saved)) = now.or(then) {
            div.price { span { (ask.say("costs")) " " b { (ask.words.care_hours(price)) } } span { (ask.say("saves")) " " b { (ask.words.care_hours(saved)) } } }
        }
    }
}

fn stands(ask: &Ask, scene: &Scene, decision: &Decision, lead: bool) -> Markup {
    html! {
        li id=(decision.id) {
            div {
                a href={ "#" (decision.id) } { b { (plain(&decision.title)) } } " "
                span.tag { (ask.say(&format!("decision-{}", decision.state.word()))) }
                @if !decision.why.is_empty() { @for line in decision.why.lines() { p { (plain(line)) } } }
                @if !decision.levers.0.is_empty() { p.soft { (ask.say("log-levers")) " " (plain(&decision.levers.0.join(", "))) } }
                (figures(ask, scene, decision))
            }
            div.when { b { (plain(&decision.person)) } br; (ask.time(decision.taken_at.unwrap_or(decision.at).0, scene.now))
                @if lead { br; a.soft href={ "?corrects=" (decision.id) "#new" } { (ask.say("log-correct")) } } }
        }
    }
}

fn new(ask: &Ask, scene: &Scene, corrected: Option<&Decision>) -> Markup {
    let why = corrected.map(|it| {
        let when = ask.words.at(scene.now).day_hour(it.taken_at.unwrap_or(it.at).0);
        ask.say_with("log-corrects", &[("title", it.title.clone().into()), ("when", when.into())])
    });
    let mut back = ask.clone();
    back.here = scene.path("log");
    html! {
        form.sheet.fields #new method="post" action=(scene.api("decisions")) {
            (back.hidden())
            header { h2 { (ask.say("log-new")) } }
            div { label for="title" { (ask.say("log-what")) } input #title name="title" required maxlength="400"; }
            div { label for="why" { (ask.say("log-why")) span.soft { (ask.say("log-why-hint")) } } textarea #why name="why" maxlength=(WHY_MAX) { (why.unwrap_or_default()) } }
            div { label for="person" { (ask.say("log-who")) span.soft { (ask.say("log-who-hint")) } } input #person name="person" maxlength="120"; }
            button.do.first name="state" value="taken" { (ask.say("log-new-taken")) }
            details #later { summary { (ask.say("log-later")) }
                div.fields {
                    div { label for="due" { (ask.say("log-by")) } input #due name="due_at" placeholder="06:00" maxlength="40"; }
                    button.do name="state" value="waiting" { (ask.say("log-new-waiting")) }
                } }
            p.soft { (ask.say("log-append-only")) }
        }
    }
}

#[derive(Deserialize, utoipa::ToSchema)]
#[schema(as = DecisionReason)]
struct Reason {
    /// Why; what was known. Must be given to decline.
    #[serde(default)]
    why: String,
}

async fn take(
    Path((id, decision)): Path<(String, String)>,
    Body(ask, wanted): Body<Reason>,
) -> Result<Response> {
    settle(ask, id, decision, wanted.why, DecisionState::Taken).await
}

async fn decline(
    Path((id, decision)): Path<(String, String)>,
    Body(ask, wanted): Body<Reason>,
) -> Result<Response> {
    if wanted.why.trim().is_empty() {
        return Err(Problem::bad(Said::new("refusal-why")));
    }
    settle(ask, id, decision, wanted.why, DecisionState::Declined).await
}

async fn settle(
    ask: Ask,
    id: String,
    decision: String,
    why: String,
    state: DecisionState,
) -> Result<Response> {
    let scene = ask.scene(&id).await?;
    scene.need(&ask, Permission::Lead)?;
    if why.chars().count() > WHY_MAX {
        return Err(Problem::bad(Said::new("refusal-why-long")));
    }
    let mut change = ask.begin().await?;
    let before = change.read::<Decision>(&decision).await?;
    if before.incident != id {
        return Err(Problem::missing(Said::new("refusal-no-decision")));
    }
    if before.state != DecisionState::Waiting {
        return Err(Problem::conflict("decided", Said::new("refusal-decided")));
    }
    let option = cut::option_of(&scene, &before.levers.0, &before.actions.0);
    let figures = option.map(|it| (it.care_lost, it.care_saved));
    let (person, at) = (ask.visitor.name().to_owned(), Instant::from(scene.now));
    let edit = |it: &mut Decision| {
        (it.state, it.person, it.taken_at) = (state, person, Some(at));
        if let Some((price, saved)) = figures {
            (it.price, it.saved) = (Some(price), Some(saved));
        }
        it.why = [it.why.trim(), why.trim()]
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join("\n");
    };
    let decision = change.edit::<Decision>(&decision, ask.write.seen, edit).await?;
    if state == DecisionState::Taken {
        for task in cut::tasks(&ask, &scene, &decision)? {
            change.add(task).await?;
        }
    }
    ask.done(change, &decision, &scene.path("log")).await
}

async fn csv(ask: Ask, Path(id): Path<String>) -> Result<Response> {
    ask.scene(&id).await?;
    let text = table(&ask.app.store.of::<Decision>(&id).await?).map_err(|error| Problem::inside(&error))?;
    Ok(file(text, "text/csv; charset=utf-8", "attachment; filename=\"decisions.csv\""))
}

fn table(all: &[Decision]) -> std::result::Result<String, Box<dyn std::error::Error>> {
    let mut out = csv::Writer::from_writer(Vec::new());
    out.write_record([
        "id",
        "at",
        "settled_at",
        "state",
        "person",
        "title",
        "why",
        "levers",
        "actions",
        "price",
        "saved",
        "due_at",
    ])?;
    for it in all {
        let instant = |at: Option<Instant>| at.map_or_else(String::new, |at| at.0.to_string());
        let hours = |hours: Option<f64>| hours.map_or_else(String::new, |hours| hours.to_string());
        let (levers, actions) = (it.levers.0.join(" "), it.actions.0.join(" "));
        out.write_record([
            &*it.id,
            &it.at.0.to_string(),
            &instant(it.taken_at),
            it.state.word(),
            &cell(&it.person),
            &cell(&it.title),
            &cell(&it.why),
            &cell(&levers),
            &cell(&actions),
            &hours(it.price),
            &hours(it.saved),
            &instant(it.due_at),
        ])?;
    }
    Ok(String::from_utf8(out.into_inner()?)?)
}

async fn ndjson(ask: Ask, Path(id): Path<String>) -> Result<Response> {
    ask.scene(&id).await?;
    let mut text = String::new();
    for it in ask.app.store.of::<Decision>(&id).await? {
        text += &serde_json::to_string(&it).map_err(|error| Problem::inside(&error))?;
        text.push('\n');
    }
    Ok(file(text, "application/x-ndjson", "attachment; filename=\"decisions.ndjson\""))
}

fn file(text: String, kind: &'static str, name: &'static str) -> Response {
    ([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, name)], text).into_response()
}

#[cfg(test)]
mod tests {
    use store::List;

    use super::*;

    #[test]
    fn the_log_as_a_table_runs_no_formula() {
        let decision = Decision {
            id: "1".into(),
            version: 1,
            incident: "night".into(),
            title: "=HYPERLINK(\"x\")".into(),
            why: "two lines\nof reason, with a comma".into(),
            state: DecisionState::Taken,
            levers: List(vec!["cut-internet".into()]),
            actions: List(Vec::new()),
            price: Some(12.5),
            saved: None,
            person: "director-1".into(),
            due_at: None,
            at: Instant("2026-11-22T02:14:00Z".parse().unwrap()),
            taken_at: Some(Instant("2026-11-22T02:20:00Z".parse().unwrap())),
        };
        let text = table(&[decision]).unwrap();
        let mut rows = csv::Reader::from_reader(text.as_bytes());
        let row = rows.records().next().unwrap().unwrap();
        assert_eq!(&row[5], "'=HYPERLINK(\"x\")");
        assert_eq!(&row[6], "two lines\nof reason, with a comma");
        assert_eq!((&row[2], &row[9], &row[10]), ("2026-11-22T02:20:00Z", "12.5", ""));
    }
}
