//! One signal: what the rule says, why it matters, what to check first, and the record that it rests on.
//!
//! Invariant: what a rule means comes from its hospital note, what happened from the kept record; neither is guessed.

use assess::{Lang, Said};
use axum::extract::{Path, Query};
use axum::response::Response;
use jiff::Timestamp;
use maud::{Markup, html};
use report::plain;
use serde::{Deserialize, Serialize};
use store::KeptSignal;
use store::entity::Mark;

use super::marks;
use super::record::{Found, Record, find};
use super::view::{Aside, mark};
use crate::ask::Ask;
use crate::frame;
use crate::permit::Permission;
use crate::problem::{Problem, Result};
use crate::room::search;
use crate::scene::Scene;

#[derive(Deserialize, utoipa::IntoParams)]
pub(super) struct Patience {
    /// Set by who waits for a long file to be looked through.
    #[serde(default)]
    record: String,
}

/// What its rule calls it, in the reader's language.
pub(super) fn title(ask: &Ask, signal: &KeptSignal) -> String {
    let title = assess::rule_title(&ask.app.rooms.engine, ask.words.lang(), &signal.rule, &signal.title);
    plain(title).into_owned()
}

pub(super) async fn page(
    ask: Ask,
    Path((id, signal)): Path<(String, i64)>,
    Query(patience): Query<Patience>,
) -> Result<Response> {
    let scene = ask.scene(&id).await?;
    let signal = signal_of(&ask, &id, signal).await?;
    let aside = Aside::read(&ask, &id).await?;
    let marked = mark(&aside.marks, &signal);
    let suppressed = aside.suppression(&signal);
    let found = find(&ask, &scene, &signal, !patience.record.is_empty()).await?;
    let note = ask.app.rooms.notes.get(&signal.rule);
    let title = title(&ask, &signal);
    let said =
        |text: &detect::Words| if ask.words.lang() == Lang::Fr { text.fr.clone() } else { text.en.clone() };
    let body = html! {
        p.soft { a href=(scene.path("timeline")) { (ask.say("room-timeline")) } }
        h1 { @if marked.is_some() || suppressed.is_some() { s { (title) } } @else { (title) } }
        p.lede { (ask.level(signal.level)) " · " (when(&ask, &scene, &signal))
            @if let Some(name) = signal.asset.as_deref().map(|id| scene.names().node(id)).or(signal.host.as_deref()) { " · " b { (plain(name)) } } }
        @if let Some(mark) = marked { (struck(&ask, &scene, mark)) }
        @if let Some(it) = suppressed { section.sheet #suppressed { p { b { (ask.say("signal-suppressed")) } " " (plain(&it.reason)) }
            p.soft { (plain(&it.author)) " · " (ask.time(it.at.0, scene.now)) " · " a href="/rules#quiet" { (ask.say("room-rules")) } } } }
        div.two {
            div.stack {
                section.sheet { header { h2 { (ask.say("signal-means")) } }
                    @match note {
                        Some(note) => { p { (said(&note.why)) } h2 { (ask.say("signal-check")) } p { (said(&note.check)) } }
                        None => p.empty { (ask.say("signal-no-note")) },
                    } }
                section.sheet #record { header { h2 { (ask.say("signal-record")) } span.soft { (plain(&signal.path)) " #" (signal.record) } } (record(&ask, &found)) }
            }
            div.stack {
                section.sheet { header { h2 { (ask.say("signal-facts")) } }
                    dl.facts {
                        dt.soft { (ask.say("column-host")) } dd { (link(&ask, &scene, "host", signal.host.as_deref(), signal.host.as_deref()))
                            @if let Some(host) = &signal.host { " " a href=(search::of_host(host)) { (ask.say("search-this-host")) } } }
                        dt.soft { (ask.say("column-asset")) } dd { (link(&ask, &scene, "asset", signal.asset.as_deref(), signal.asset.as_deref().map(|id| scene.names().node(id)))) }
                        dt.soft { (ask.say("signal-tactics")) } dd { @for tactic in &signal.tactics.0 { span.tag { (plain(&ask.say(&format!("tactic-{tactic}")))) } " " } }
                        dt.soft { (ask.say("signal-techniques")) } dd { @for it in &signal.techniques.0 { span.tag { (plain(it)) } " " } }
                        dt.soft { (ask.say("signal-rule")) } dd { (link(&ask, &scene, "rule", Some(&signal.rule), Some(&signal.rule))) }
                    } }
                @if marked.is_none() && ask.visitor.may(Permission::Act, scene.incident.site.as_deref()) {
                    section.sheet { header { h2 { (ask.say("mark-title")) } } (marks::form(&ask, &scene, &signal)) p { a href={ "/rules?" (quieten(&signal)) "#add-quiet" } { (ask.say("signal-quieten")) } } }
                }
            }
        }
    };
    Ok(frame::page(&ask, Some(&scene), "timeline", &title, body))
}

#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct OneSignal {
    /// The signal.
    signal: KeptSignal,
    /// The mark that says it is not what it seems.
    mark: Option<Mark>,
    /// `found`, `not-in-file`, `no-file`, `large` (ask with `?record=yes`), `too-long`.
    found: &'static str,
    /// Its record, where it was found.
    record: Option<Record>,
}

pub(super) async fn json(
    ask: Ask,
    Path((id, signal)): Path<(String, i64)>,
    Query(patience): Query<Patience>,
) -> Result<Response> {
    let scene = ask.scene(&id).await?;
    let signal = signal_of(&ask, &id, signal).await?;
    let marks = ask.app.store.of::<Mark>(&id).await?;
    let found = find(&ask, &scene, &signal, !patience.record.is_empty()).await?;
    let (mark, word) = (mark(&marks, &signal).cloned(), found.word());
    let record = if let Found::Record(record) = found { Some(*record) } else { None };
    ask.json(&OneSignal { signal, mark, found: word, record })
}

async fn signal_of(ask: &Ask, incident: &str, id: i64) -> Result<KeptSignal> {
    let signal = ask.app.store.signal(incident, id).await?;
    signal.ok_or_else(|| Problem::missing(Said::new("refusal-no-signal")))
}

/// When a signal happened; unknown times stand in 1970 on the list.
pub(super) fn when(ask: &Ask, scene: &Scene, signal: &KeptSignal) -> Markup {
    match signal.time {
        Some(time) => ask.time(time.0, scene.now),
        None => html! { (ask.say("unknown")) },
    }
}

/// What fills the form that sets such signals aside.
fn quieten(signal: &KeptSignal) -> String {
    let place = match (&signal.asset, &signal.host) {
        (Some(asset), _) => Some(("asset", asset)),
        (None, host) => host.as_ref().map(|host| ("host", host)),
    };
    let pairs: Vec<(&str, &String)> = [("rule", &signal.rule)].into_iter().chain(place).collect();
    serde_urlencoded::to_string(pairs).unwrap_or_default()
}

fn struck(ask: &Ask, scene: &Scene, mark: &Mark) -> Markup {
    html! {
        section.sheet #mark data-part {
            p { b { (ask.say("mark-false")) } " " (plain(&mark.reason)) }
            p.soft { (plain(&mark.author)) " · " (ask.time(mark.at.0, scene.now))
                @if mark.path.is_none() { " · " (ask.say("mark-every")) } }
            @if ask.visitor.may(Permission::Act, scene.incident.site.as_deref()) {
                form method="post" action={ (scene.api("marks")) "/" (mark.id) "/undo" } { (ask.hidden()) button.do.small { (ask.say("mark-undo")) } }
            }
        }
    }
}

fn link(ask: &Ask, scene: &Scene, field: &str, value: Option<&str>, shown: Option<&str>) -> Markup {
    let query = value.map(|value| serde_urlencoded::to_string([(field, value)]).unwrap_or_default());
    html! {
        @match (query, shown) {
            (Some(query), Some(shown)) => a href={ (scene.path("timeline")) "?" (query) } { (plain(shown)) },
            _ => (ask.say("unknown")),
        }
    }
}

fn record(ask: &Ask, found: &Found) -> Markup {
    let Found::Record(record) = found else {
        return html! {
            p.empty { (ask.say(&format!("record-{}", found.word()))) }
            @if matches!(found, Found::Large) { p { a.do href="?record=yes#record" { (ask.say("record-read")) } } }
        };
    };
    html! {
        @if !record.line.is_empty() { pre { (plain(&record.line)) } }
        @if !record.fields.is_empty() {
            div.scroll tabindex="0" { table.record { tbody {
                @if let Some(time) = record.time { tr { th scope="row" { (ask.say("column-when")) } td { (utc(time)) } } }
                @for (name, value) in &record.fields { tr { th scope="row" { (plain(name)) } td { (plain(value)) } } }
            } } }
        }
        @if record.cut { p.soft { (ask.say("record-cut")) } }
    }
}

fn utc(time: Timestamp) -> String {
    time.strftime("%Y-%m-%d %H:%M:%S%.f UTC").to_string()
}
