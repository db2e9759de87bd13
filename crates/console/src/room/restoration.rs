//! Restoration: what comes back first, when, and why; what people say of its steps, and what that moved.
//!
//! Invariant: the plan is the assessment's, made by `recover` alone; a word about a step is kept, then planned with.

mod says;

use std::collections::BTreeMap;

use assess::{NodeReturn, Restoration, ServiceReturn, Way};
use axum::extract::{Path, Query};
use axum::response::Response;
use jiff::Timestamp;
use maud::{Markup, html};
use report::gantt::gantt;
use report::plain;
use serde::Deserialize;
use store::entity::Step;

use crate::ask::Ask;
use crate::frame;
use crate::permit::Permission;
use crate::problem::Result;
use crate::route::Route;
use crate::scene::Scene;

/// A return that moves by less than this many seconds stands where it stood: plans start at the current instant.
const MOVED: i64 = 120;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get("/incidents/{id}/restoration", Permission::Read, page),
        Route::post("/api/v1/incidents/{id}/steps", Permission::Act, says::say)
            .about("Say of a restoration step that it is begun, done, late or pinned; the plan is made again")
            .takes::<says::Says>()
            .makes::<Step>(),
        Route::post("/api/v1/incidents/{id}/steps/{word}/undo", Permission::Act, says::undo)
            .about("Take a word about a step back")
            .gives::<Step>(),
    ]
}

#[derive(Deserialize)]
struct Chosen {
    /// The step to say something of.
    step: Option<String>,
}

async fn page(ask: Ask, Path(id): Path<String>, Query(chosen): Query<Chosen>) -> Result<Response> {
    let scene = ask.scene(&id).await?;
    let said = ask.app.store.of::<Step>(&id).await?;
    let planning = scene.findings.as_ref().is_some_and(|it| it.steps != said);
    let plan = scene.assessment().and_then(|it| it.restoration.as_ref());
    let body = match plan {
        None => html! {
            h1 { (ask.say("restoration-none")) }
            p.lede { (ask.say(if scene.map().is_none() { "problem-no-map" } else { "restoration-none-lede" })) }
        },
        Some(plan) => {
            let look = Look { ask: &ask, scene: &scene, plan, said: &said };
            html! {
                h1 #first-back { (look.title()) }
                p.lede { (look.lede()) @if planning { " " b { (ask.say("restoration-planning")) } } }
                div.stack {
                @if let Some(step) = &chosen.step { (says::form(&look, step)) }
                (look.moved())
                section.sheet #gantt data-part {
                    header { h2 { (ask.say("section-restore")) } small.soft { (ask.say_with("restoration-compare", &[
                        ("plan", ask.words.care_hours(plan.care_lost).into()), ("plain", ask.words.care_hours(plan.heaviest_first).into()), ("bound", ask.words.care_hours(plan.bound).into()),
                    ])) } }
                    @if plan.steps.is_empty() { p.empty { (ask.say("restoration-no-steps")) } }
                    div.scroll tabindex="0" { (gantt(plan, scene.names(), &ask.words, scene.now)) }
                }
                (look.wards())
                (look.steps())
                (look.nodes())
                }
            }
        }
    };
    Ok(frame::page(&ask, Some(&scene), "restoration", &ask.say("room-restoration"), body))
}

/// All that a part of the page is written from.
struct Look<'a> {
    ask: &'a Ask,
    scene: &'a Scene,
    plan: &'a Restoration,
    said: &'a [Step],
}

impl Look<'_> {
    fn name(&self, id: &str) -> String {
        plain(self.scene.names().node(id)).into_owned()
    }

    /// Services by return, those without a known one last.
    fn by_return(&self) -> Vec<&ServiceReturn> {
        let mut all: Vec<&ServiceReturn> = self.plan.services.iter().collect();
        all.sort_by_key(|it| (it.back_at.is_none(), it.back_at, &it.id));
        all
    }

    fn title(&self) -> String {
        let (ask, words) = (self.ask, self.ask.words.at(self.scene.now));
        let all = self.by_return();
        let last = all.iter().filter_map(|it| it.back_at).max();
        match (all.first().and_then(|it| Some((it, it.back_at?))), last) {
            (Some((first, at)), Some(last)) => ask.say_with(
                "restoration-title",
                &[
                    ("ward", self.name(&first.id).into()),
                    ("at", words.day_hour(at).into()),
                    ("last", words.day_hour(last).into()),
                    ("all", all.len().into()),
                ],
            ),
            _ => ask.say_with("restoration-unknown", &[("all", all.len().into())]),
        }
    }

    fn lede(&self) -> String {
        let unknown = self.plan.services.iter().filter(|it| it.back_at.is_none()).count();
        let tainted = self.plan.nodes.iter().filter(|it| it.maybe_tainted).count();
        let running = self.plan.not_planned.len();
        let parts = [
            ("restoration-without", unknown),
            ("restoration-tainted", tainted),
            ("restoration-running", running),
        ];
        let mut lines = vec![self.ask.say("restoration-lede")];
        lines.extend(
            parts
                .iter()
                .filter(|it| it.1 > 0)
                .map(|(key, count)| self.ask.say_with(key, &[("count", (*count).into())])),
        );
        lines.join(" ")
    }

    /// What the last word about a step moved.
    fn moved(&self) -> Markup {
        let ask = self.ask;
        let before = self.scene.findings.as_ref().and_then(|it| it.before.clone());
        let last = self.scene.findings.as_ref().and_then(|it| it.steps.last());
        let Some(before) = before else { return html! {} };
        let moved = moved(&before, &self.plan.services);
        html! {
            section.sheet #moved data-part {
                header { h2 { (ask.say_with("restoration-moved", &[("count", moved.len().into())])) }
                    @if let Some(word) = last { small.soft { (plain(&word.step)) ": " (ask.say(&format!("step-{}", word.state.word()))) " · " (plain(&word.author)) @if !word.reason.is_empty() { " · " (plain(&word.reason)) } } } }
                @if moved.is_empty() { p.empty { (ask.say("restoration-still")) } } @else {
                    ul.lines { @for (id, was, is) in moved { li id={ "moved-" (id) } {
                        span { (self.name(id)) }
                        span { (self.at(was)) " → " b { (self.at(is)) } @if let (Some(was), Some(is)) = (was, is) { " " span.soft { (by(ask, was, is)) } } }
                    } } }
                }
            }
        }
    }

    fn at(&self, at: Option<Timestamp>) -> Markup {
        html! { @if let Some(at) = at { (self.ask.time(at, self.scene.now)) } @else { span.soft { (self.ask.say("unknown")) } } }
    }

    fn wards(&self) -> Markup {
        let ask = self.ask;
        let known = self.plan.services.iter().any(|it| it.soonest != it.latest);
        html! {
            section.sheet #wards-back data-part {
                header { h2 { (ask.say("restoration-wards")) } small.soft { (ask.say(if known { "restoration-range" } else { "restoration-no-range" })) } }
                div.scroll tabindex="0" { table {
                    thead { tr { th { (ask.say("ward")) } th { (ask.say("column-back")) } th { (ask.say("restoration-between")) } th { (ask.say("restoration-whole")) } } }
                    tbody { @for it in self.by_return() { tr id={ "back-" (it.id) } {
                        td { a href={ (self.scene.path("wards")) "/" (it.id) } { (self.name(&it.id)) } }
                        td { b { (self.at(it.back_at)) } }
                        td { @if it.soonest == it.latest { span.soft { "–" } } @else { (self.at(it.soonest)) " – " (self.at(it.latest)) } }
                        td { (self.at(it.whole_at)) }
                    } } }
                } }
            }
        }
    }

    fn steps(&self) -> Markup {
        let (ask, scene) = (self.ask, self.scene);
        let last: BTreeMap<&str, &Step> = self.said.iter().map(|word| (word.step.as_str(), word)).collect();
        let act = ask.visitor.may(Permission::Act, scene.incident.site.as_deref());
        html! {
            section.sheet #steps data-part {
                header { h2 { (ask.say("restoration-steps")) } small { (self.plan.steps.len()) } }
                div.scroll tabindex="0" { table {
                    thead { tr { th { (ask.say("column-step")) } th { (ask.say("column-start")) } th { (ask.say("column-end")) } th { (ask.say("column-team")) } th { (ask.say("column-why")) } th {} } }
                    tbody { @for step in &self.plan.steps { tr id={ "step-" (step.step) } {
                        td { b { (plain(&step.step)) } " " span.soft { (self.name(&step.node)) } @if let Some(word) = last.get(step.step.as_str()) { " " span.tag { (ask.say(&format!("step-{}", word.state.word()))) } } }
                        td { (ask.time(step.start, scene.now)) }
                        td { (ask.time(step.end, scene.now)) }
                        td { (plain(&step.teams.join(", "))) }
                        td { (plain(&step.why)) }
                        td { @if act { a href={ (scene.path("restoration")) "?step=" (step.step) "#say" } { (ask.say("restoration-say")) } } }
                    } } }
                } }
                @if !self.said.is_empty() {
                    h2 { (ask.say("restoration-said")) }
                    ul.lines { @for word in self.said.iter().rev() { li id={ "word-" (word.id) } {
                        span { b { (plain(&word.step)) } " " (ask.say(&format!("step-{}", word.state.word()))) " " (ask.time(word.at.0, scene.now)) @if !word.reason.is_empty() { br; span.soft { (plain(&word.reason)) } } }
                        span { (plain(&word.author)) @if act { " " form.inline method="post" action={ (scene.api("steps")) "/" (word.id) "/undo" } { (ask.hidden()) button.do.small.quiet { (ask.say("undo")) } } } }
                    } } }
                }
            }
        }
    }

    fn nodes(&self) -> Markup {
        let ask = self.ask;
        html! {
            section.sheet #nodes-back data-part {
                header { h2 { (ask.say("restoration-nodes")) } small { (self.plan.nodes.len()) } }
                div.scroll tabindex="0" { table {
                    thead { tr { th { (ask.say("column-node")) } th { (ask.say("column-back")) } th { (ask.say("column-way")) } th { (ask.say("column-copy")) } th { (ask.say("restoration-data")) } } }
                    tbody { @for node in &self.plan.nodes { tr {
                        td { (self.name(&node.id)) }
                        td { (self.at(node.back_at)) }
                        td { (ask.say(&format!("way-{}", node.way.word()))) @if node.maybe_tainted { " " span.tag.warn { (ask.say("restoration-maybe-tainted")) } } }
                        td { @if node.way == Way::Backup { (self.at(node.restore_point)) } }
                        td { (self.data(node)) }
                    } } }
                } }
                @if !self.plan.not_planned.is_empty() { p.soft { (ask.say_with("restoration-not-planned", &[("names", ask.words.list(&self.plan.not_planned.iter().map(|id| self.name(id)).collect::<Vec<_>>()).into())])) } }
            }
        }
    }

    fn data(&self, node: &NodeReturn) -> String {
        node.hours_lost
            .map_or_else(String::new, |hours| self.ask.words.span((hours * 3600.0).max(0.0) as u64))
    }
}

/// By how much a return moved: `+2 h`, `−30 min`.
fn by(ask: &Ask, was: Timestamp, is: Timestamp) -> String {
    let seconds = is.as_second() - was.as_second();
    format!("{}{}", if seconds < 0 { "−" } else { "+" }, ask.words.span(seconds.unsigned_abs()))
}

/// A service and its return before and after.
type Move<'a> = (&'a str, Option<Timestamp>, Option<Timestamp>);

/// Services whose return differs, the greatest move first.
fn moved<'a>(before: &[ServiceReturn], after: &'a [ServiceReturn]) -> Vec<Move<'a>> {
    let pairs = after.iter().filter_map(|it| {
        let was = before.iter().find(|old| old.id == it.id)?.back_at;
        Some((it.id.as_str(), was, it.back_at))
    });
    let far = |(_, was, is): &Move<'_>| match (was, is) {
        (Some(was), Some(is)) => (is.as_second() - was.as_second()).abs() >= MOVED,
        _ => was.is_some() != is.is_some(),
    };
    let mut moved: Vec<Move<'a>> = pairs.filter(far).collect();
    moved.sort_by_key(|(id, was, is)| {
        let seconds = was.zip(*is).map_or(i64::MAX, |(was, is)| (is.as_second() - was.as_second()).abs());
        (std::cmp::Reverse(seconds), *id)
    });
    moved
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_moved_is_told_and_what_time_alone_moves_is_not() {
        let at = |text: &str| Some(text.parse::<Timestamp>().unwrap());
        let back = |id: &str, back_at| ServiceReturn {
            id: id.into(),
            back_at,
            whole_at: None,
            soonest: None,
            latest: None,
        };
        let before = [
            back("er", at("2026-11-22T06:00:00Z")),
            back("lab", at("2026-11-22T07:00:00Z")),
            back("icu", None),
        ];
        let after = [
            back("er", at("2026-11-22T06:01:00Z")),
            back("lab", at("2026-11-22T05:00:00Z")),
            back("icu", at("2026-11-22T09:00:00Z")),
            back("new", None),
        ];
        assert_eq!(
            moved(&before, &after),
            [
                ("icu", None, at("2026-11-22T09:00:00Z")),
                ("lab", at("2026-11-22T07:00:00Z"), at("2026-11-22T05:00:00Z")),
            ]
        );
    }
}
