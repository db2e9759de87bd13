//! Care map: what is hit, and whom it hurts; and what would be, if more were lost or cut.
//!
//! Invariant: every figure comes from `hospital::Situation` and its impact; the picture and the list below it say
//! the same.

mod choose;
mod panel;
mod whatif;

use std::sync::Arc;

use assess::{Care, Said, State};
use axum::extract::{Path, Query};
use axum::response::Response;
use hospital::{Impact, Map, NodeId};
use jiff::Timestamp;
use maud::{Markup, html};
use report::draw::{self, Sign};
use report::headline::next;
use report::{Names, plain, shape};
use store::entity::{Cut, Sighting};

use crate::ask::Ask;
use crate::frame;
use crate::permit::Permission;
use crate::problem::{Problem, Result};
use crate::room::wards::shown;
use crate::route::Route;
use crate::scene::Scene;
use choose::Part;
use whatif::{Asked, Foreseen, Stances, WhatIf};

/// Assets offered in the form besides those chosen.
const OFFERED: usize = 40;
/// Names of a chain of causes shown in a row.
const CAUSES: usize = 5;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get("/incidents/{id}/map", Permission::Read, night),
        Route::get("/hospital/map", Permission::Read, calm),
        Route::get("/api/v1/whatif", Permission::Read, foresee_calm)
            .about("What follows if these are lost or cut while all is well: lost, isolate, pull, each a list of ids with commas")
            .asks::<Asked>()
            .gives::<WhatIf>(),
        Route::get("/api/v1/incidents/{id}/whatif", Permission::Read, foresee_night)
            .about("What follows if these are lost or cut besides what an incident has lost already")
            .asks::<Asked>()
            .gives::<WhatIf>(),
    ]
}

/// What a map is looked at for: a night, or none.
struct Ground {
    map: Arc<Map>,
    now: Timestamp,
    horizon: u64,
    stances: Stances,
    scene: Option<Scene>,
    /// What people see of machines.
    sightings: Vec<Sighting>,
    /// Levers that are pulled.
    pulled: usize,
    base: String,
}

impl Ground {
    async fn night(ask: &Ask, id: &str) -> Result<Ground> {
        let scene = ask.scene(id).await?;
        scene.need_map()?;
        let map = scene.sheet.as_ref().map(|sheet| sheet.map.clone());
        let map = map.ok_or_else(|| Problem::conflict("no-map", Said::new("refusal-no-map")))?;
        let pulled = crate::desk::cuts(&map, &ask.app.store.of::<Cut>(id).await?);
        let sightings = ask.app.store.of::<Sighting>(id).await?;
        let stances = Stances::of(scene.assessment(), &pulled, &map, scene.now);
        let horizon = u64::try_from(scene.incident.horizon).unwrap_or(whatif::HORIZON);
        let (now, base, pulled) = (scene.now, scene.path("map"), pulled.len());
        Ok(Ground { now, base, scene: Some(scene), map, stances, horizon, sightings, pulled })
    }

    async fn calm(ask: &Ask) -> Result<Ground> {
        let sheet = ask.app.shelf.latest(&ask.app.store).await?;
        let map = sheet.ok_or_else(|| Problem::conflict("no-map", Said::new("refusal-no-map")))?.map;
        let (stances, base) = (Stances::default(), "/hospital/map".to_owned());
        let (sightings, pulled) = (Vec::new(), 0);
        Ok(Ground {
            map,
            now: ask.wall,
            horizon: whatif::HORIZON,
            stances,
            scene: None,
            sightings,
            pulled,
            base,
        })
    }

    fn foresee(&self, asked: Asked) -> Foreseen {
        Foreseen::of(&self.map, self.now, self.horizon, &self.stances, asked)
    }
}

/// What of the map fails and when, as evidence, people and cuts tell it.
///
/// # Errors
/// When the store does not answer, or there is no map.
pub(crate) async fn failing(ask: &Ask, scene: &Scene) -> Result<Impact> {
    let ground = Ground::night(ask, &scene.incident.id).await?;
    Ok(ground.foresee(Asked::default()).losing)
}

type Pairs = Query<Vec<(String, String)>>;

async fn foresee_calm(ask: Ask, Query(pairs): Pairs) -> Result<Response> {
    let ground = Ground::calm(&ask).await?;
    let asked = Asked::of(&ground.map, &pairs)?;
    ask.json(&ground.foresee(asked).json(&ground.map))
}

async fn foresee_night(ask: Ask, Path(id): Path<String>, Query(pairs): Pairs) -> Result<Response> {
    let ground = Ground::night(&ask, &id).await?;
    let asked = Asked::of(&ground.map, &pairs)?;
    ask.json(&ground.foresee(asked).json(&ground.map))
}

async fn night(ask: Ask, Path(id): Path<String>, Query(pairs): Pairs) -> Result<Response> {
    let ground = Ground::night(&ask, &id).await?;
    page(&ask, &ground, &pairs)
}

async fn calm(ask: Ask, Query(pairs): Pairs) -> Result<Response> {
    let ground = Ground::calm(&ask).await?;
    page(&ask, &ground, &pairs)
}

fn page(ask: &Ask, ground: &Ground, pairs: &[(String, String)]) -> Result<Response> {
    let asked = Asked::of(&ground.map, pairs)?;
    let (map, seen) = (&*ground.map, ground.foresee(asked));
    let part = Part::of(map, &seen);
    let look = Look { ask, ground, seen: &seen };
    let body = html! {
        h1 #map-says { (look.title()) }
        p.lede #map-lede { (look.lede()) @if ground.pulled > 0 { " " (ask.say_with("map-pulled", &[("count", ground.pulled.into())])) } }
        div.stack {
        @if let Some(node) = seen.asked.node { (panel::panel(&look, node)) }
        @if !seen.asked.is_empty() { (look.foreseen()) }
        section.sheet #picture data-part {
            header { h2 { (ask.say("map-picture")) } small.soft { (look.parts(&part)) } }
            div.scroll { (draw::night(map, &ask.words, &draw::Night {
                shown: &part.shown,
                sign: &|node| look.sign(node),
                link: &|id| seen.asked.with_node(map, id, &ground.base),
                chosen: seen.asked.node,
            })) }
            p.soft { (ask.say("map-legend")) }
        }
        // Shown by the script while something is dragged.
        div.drops #drops hidden { p #held {} div data-drop="lost" { (ask.say("whatif-lose")) } div data-drop="isolate" { (ask.say("whatif-drop-cut")) } }
        (look.form())
        section.sheet #twin data-part { header { h2 { (ask.say("map-twin")) } } (look.twin()) }
        }
    };
    let room = if ground.scene.is_some() { "map" } else { "hospital" };
    Ok(frame::page(ask, ground.scene.as_ref(), room, &ask.say("room-map"), body))
}

/// All that a part of the page is written from.
struct Look<'a> {
    ask: &'a Ask,
    ground: &'a Ground,
    seen: &'a Foreseen,
}

impl Look<'_> {
    fn names(&self) -> Names<'_> {
        Names(Some(&self.ground.map))
    }

    fn title(&self) -> String {
        let (map, now, seen) = (&*self.ground.map, self.ground.now, self.seen);
        let count = |state: &[State]| seen.care.iter().filter(|row| state.contains(&row.state(now))).count();
        if seen.care.is_empty() && self.ground.stances.is_empty() {
            return self.ask.say_with(
                "map-title-calm",
                &[("care", map.care().count().into()), ("assets", map.assets().count().into())],
            );
        }
        let args = [
            ("lost", seen.hit_assets().into()),
            ("hit", seen.care.len().into()),
            ("stopped", count(&[State::Stopped]).into()),
            ("worse", count(&[State::Degraded, State::Fallback]).into()),
        ];
        self.ask.say_with(if seen.asked.is_empty() { "map-title" } else { "map-title-if" }, &args)
    }

    fn lede(&self) -> String {
        let (ask, seen, now) = (self.ask, self.seen, self.ground.now);
        let coming =
            seen.care.iter().filter_map(|row| Some((row.next(now)?, row))).min_by_key(|(next, _)| next.0);
        match coming {
            Some((_, row)) => ask.say_with(
                "map-next",
                &[
                    ("ward", plain(self.names().node(&row.service)).into_owned().into()),
                    ("what", next(row, now, &ask.words).into()),
                ],
            ),
            None => ask.say("map-lede"),
        }
    }

    /// What follows from the what-if, beside what is.
    fn foreseen(&self) -> Markup {
        let (ask, seen, map) = (self.ask, self.seen, &*self.ground.map);
        let changed = seen.changed(map);
        let names = |key: &str, nodes: Vec<&str>| {
            let list: Vec<String> = nodes.into_iter().map(|name| plain(name).into_owned()).collect();
            (!list.is_empty()).then(|| ask.say_with(key, &[("names", ask.words.list(&list).into())]))
        };
        let of =
            |nodes: &[NodeId]| nodes.iter().map(|node| map.node(*node).name.as_str()).collect::<Vec<_>>();
        let levers = seen.asked.pull.iter().map(|lever| map.levers[lever.index()].label.as_str()).collect();
        html! {
            section.sheet #foreseen data-part {
                header { h2 { (ask.say("whatif-title")) } a href=(self.ground.base) { (ask.say("whatif-clear")) } }
                p { @for line in [names("whatif-lost", of(&seen.asked.lost)), names("whatif-isolated", of(&seen.asked.isolate)), names("whatif-pulled", levers)].into_iter().flatten() { (line) " " } }
                div.price {
                    span { (ask.say("whatif-wards")) " " b { (changed.len()) } }
                    span { (ask.say("costs")) " " b { (ask.words.care_hours(seen.price_hours())) } }
                    span { (ask.say("whatif-danger")) " " b { (ask.words.care_hours(seen.danger_hours())) } " " (ask.say_with("whatif-before", &[("was", ask.words.care_hours(seen.danger_before_hours()).into())])) }
                    span { (ask.say_with("whatif-reach", &[("count", seen.reach.len().into())])) }
                }
                p.soft { (ask.say_with("whatif-horizon", &[("span", ask.words.span(self.ground.horizon).into())])) }
                @if changed.is_empty() { p.empty { (ask.say("whatif-nothing")) } } @else {
                    div.scroll { table {
                        thead { tr { th { (ask.say("ward")) } th { (ask.say("whatif-then")) } th { (ask.say("whatif-now")) } th { (ask.say("column-why")) } } }
                        tbody { @for (row, before) in changed {
                            tr id={ "if-" (row.service) } {
                                td { a href=(seen.asked.with_node(map, &row.service, &self.ground.base)) { (plain(self.names().node(&row.service))) } }
                                td { (self.clocks(row.degrades_at, row.stops_at)) }
                                td { (self.clocks(before.0, before.1)) }
                                td { (self.because(row)) }
                            }
                        } }
                    } }
                }
            }
        }
    }

    fn clocks(&self, degrades: Option<Timestamp>, stops: Option<Timestamp>) -> Markup {
        let (ask, now) = (self.ask, self.ground.now);
        html! {
            @if let Some(at) = degrades.filter(|at| stops.is_none_or(|stop| *at < stop)) { (ask.say("clock-worse")) " " (ask.time(at, now)) @if stops.is_some() { ", " } }
            @if let Some(at) = stops { (ask.say("clock-stops")) " " b { (ask.time(at, now)) } }
            @if degrades.or(stops).is_none() { span.soft { (ask.say("clock-holds")) } }
        }
    }

    fn because(&self, row: &Care) -> String {
        let causes: Vec<_> = row.because.iter().take(CAUSES).map(|id| plain(self.names().node(id))).collect();
        let more = if row.because.len() > CAUSES { " ← …" } else { "" };
        causes.join(" ← ") + more
    }

    /// Which part of the map is drawn, and the ways to the others.
    fn parts(&self, part: &Part) -> Markup {
        let (ask, map) = (self.ask, &*self.ground.map);
        html! {
            (ask.say_with(&format!("map-shows-{}", part.word), &[("shown", part.shown.len().into()), ("all", map.nodes.len().into())]))
            @for (word, link) in Part::others(map, self.seen, part) { " · " a href={ (self.seen.asked.address(map, &self.ground.base)) (if self.seen.asked.has_query() { "&" } else { "?" }) "show=" (link) } { (ask.say(&format!("map-show-{word}"))) } }
        }
    }

    fn sign(&self, node: NodeId) -> Option<Sign> {
        let (shape, key) = self.seen.sign(&self.ground.map, node, self.ground.now)?;
        Some(Sign { shape, word: self.ask.say(&key) })
    }

    /// A node's state as shape, word and colour.
    fn signed(&self, node: NodeId) -> Markup {
        match self.sign(node) {
            None => shown(self.ask, State::Up),
            Some(sign) => {
                html! { span class={ "state " (shape::key(sign.shape)) } { (shape::picture(sign.shape)) (sign.word) } }
            }
        }
    }

    fn twin(&self) -> Markup {
        let (ask, seen, map, now) = (self.ask, self.seen, &*self.ground.map, self.ground.now);
        let rows = seen.by_urgency(map, now);
        let hit: Vec<&str> = rows.iter().map(|row| row.service.as_str()).collect();
        let rest: Vec<_> = map.care().filter(|(_, node, _)| !hit.contains(&node.id.as_str())).collect();
        html! {
            @if rows.is_empty() { p.empty { (ask.say("map-none-hit")) } } @else {
                div.scroll { table {
                    thead { tr { th { (ask.say("ward")) } th { (ask.say("ward-now")) } th { (ask.say("column-when")) } th { (ask.say("column-why")) } } }
                    tbody { @for row in &rows {
                        tr id={ "twin-" (row.service) } {
                            td { a href=(seen.asked.with_node(map, &row.service, &self.ground.base)) { (plain(self.names().node(&row.service))) } br; span.soft { (plain(self.names().site(&row.site))) } }
                            td { (shown(ask, row.state(now))) }
                            td { (self.clocks(row.degrades_at, row.stops_at)) }
                            td { (self.because(row)) }
                        }
                    } }
                } }
            }
            details #twin-rest { summary { (ask.say_with("map-rest", &[("count", rest.len().into())])) }
                ul.lines { @for (_, node, care) in rest { li { a href=(seen.asked.with_node(map, &node.id, &self.ground.base)) { (plain(&node.name)) } span.soft { (plain(&map.sites[care.site.index()].name)) } } } }
            }
        }
    }

    /// What might be lost or cut, as a form that needs no script; the script adds dragging.
    fn form(&self) -> Markup {
        let (ask, asked, map) = (self.ask, &self.seen.asked, &*self.ground.map);
        let chosen: Vec<NodeId> = asked.lost.iter().chain(&asked.isolate).copied().collect();
        let offered = asked.offered(map, &self.ground.stances, OFFERED);
        html! {
            section.sheet #whatif data-part {
                header { h2 { (ask.say("whatif-ask")) } small.soft { (ask.say("whatif-how")) } }
                form.fields method="get" action=(self.ground.base) {
                    @if let Some(node) = asked.node { input type="hidden" name="node" value=(map.id(node)); }
                    @if let Some(show) = &asked.show { input type="hidden" name="show" value=(show); }
                    div.filters { div { label for="q" { (ask.say("whatif-find")) } input #q name="q" value=(asked.find) autocomplete="off"; } button.do { (ask.say("whatif-search")) } }
                    @if !offered.is_empty() {
                        div.scroll { table {
                            thead { tr { th { (ask.say("whatif-machine")) } th { (ask.say("whatif-lose")) } th { (ask.say("whatif-isolate")) } } }
                            tbody { @for node in offered {
                                @let row = map.node(node);
                                tr data-lose=(row.id) {
                                    td { (plain(&row.name)) " " span.soft { (row.id) } " " @if chosen.contains(&node) || self.sign(node).is_some() { (self.signed(node)) } }
                                    td { input type="checkbox" name="lost" value=(row.id) checked[asked.lost.contains(&node)] aria-label={ (ask.say("whatif-lose")) " " (plain(&row.name)) }; }
                                    td { input type="checkbox" name="isolate" value=(row.id) checked[asked.isolate.contains(&node)] aria-label={ (ask.say("whatif-isolate")) " " (plain(&row.name)) }; }
                                }
                            } }
                        } }
                    }
                    @if !map.levers.is_empty() {
                        details #levers open[!asked.pull.is_empty()] { summary { (ask.say_with("whatif-levers", &[("count", map.levers.len().into())])) }
                            div.fields.across { @for (place, lever) in map.levers.iter().enumerate() {
                                label data-lever=(lever.id) { input type="checkbox" name="pull" value=(lever.id) checked[asked.pull.iter().any(|it| it.index() == place)]; " " (plain(&lever.label)) }
                            } }
                        }
                    }
                    p.row { button.do.first { (ask.say("whatif-do")) } a href=(self.ground.base) { (ask.say("whatif-clear")) } }
                }
            }
        }
    }
}
