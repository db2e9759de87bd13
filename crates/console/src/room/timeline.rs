//! Timeline: when it began, how far it went, what people did; signals, decisions, cuts, notes and words of wards in
//! one order of time.
//!
//! Invariant: filters and window live in the URL; a list is read by keyset pages, never whole; a marked signal is
//! struck, not hidden.

mod export;
mod line;
mod marks;
mod one;
mod picture;
mod quick;
mod record;
mod view;

use axum::extract::{Path, Query};
use axum::response::Response;
use maud::{Markup, html};
use report::plain;
use store::entity::{Mark, Note};

use self::line::{Line, Row, Slice, said, slice};
use self::view::{Aside, Asked, View, Window};
use crate::ask::{Ask, LEVELS};
use crate::density::TACTICS;
use crate::frame;
use crate::permit::Permission;
use crate::problem::Result;
use crate::route::Route;
use crate::scene::Scene;

/// Signals on a page.
const ROWS: u64 = 100;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get("/incidents/{id}/timeline", Permission::Read, page),
        Route::get("/incidents/{id}/signals/{signal}", Permission::Read, one::page),
        Route::get("/api/v1/incidents/{id}/timeline", Permission::Read, export::give)
            .about("Signals and what people did, latest first, all of the view")
            .asks::<Asked>()
            .gives_list::<export::TimelineRow>()
            .streamed()
            .also("text/csv"),
        Route::get("/api/v1/incidents/{id}/signals/{signal}", Permission::Read, one::json)
            .about("A signal with its record, read back from the kept evidence")
            .asks::<one::Patience>()
            .gives::<one::OneSignal>(),
        Route::post("/api/v1/incidents/{id}/notes", Permission::Write, quick::note)
            .about("Write a line on the timeline")
            .takes::<quick::Noted>()
            .makes::<Note>(),
        Route::post("/api/v1/incidents/{id}/marks", Permission::Act, marks::add)
            .about("Mark a signal, or every one of its rule on a machine, as false")
            .takes::<marks::Marked>()
            .makes::<Mark>(),
        Route::post("/api/v1/incidents/{id}/marks/{mark}/undo", Permission::Act, marks::undo)
            .about("Take a mark back")
            .matched()
            .gives::<Mark>(),
    ]
}

async fn page(ask: Ask, Path(id): Path<String>, Query(asked): Query<Asked>) -> Result<Response> {
    let scene = ask.scene(&id).await?;
    let view = View::of(asked, &scene)?;
    let lines = said(&ask, &scene).await?;
    let aside = Aside::read(&ask, &id).await?;
    let density = scene.findings.as_ref().map(|it| &it.density);
    let usual = picture::usual(&scene, &lines, density);
    let window = match (view.from, view.to) {
        (None, None) => usual,
        (from, to) => Window::new(from.unwrap_or(usual.from), to.unwrap_or(usual.to)),
    };
    let whole = density
        .and_then(|it| it.span())
        .map_or(usual, |(from, to)| Window::new(from.min(usual.from), to.max(usual.to)));
    let (cells, capped) = picture::cells(&ask, &scene, &view, window).await?;
    let slice = slice(&ask, &id, &view, &lines, &aside, ROWS).await?;
    let export =
        |format: &str| format!("{}?{}", scene.api("timeline"), view.asked.query(&[("format", format)]));
    let body = html! {
        (first_line(&ask, &scene, lines.len()))
        section.sheet #picture data-part {
            header { h2 { (ask.say("timeline-picture")) } (picture::zoom(&ask, &view, window, whole)) }
            div.scroll tabindex="0" { (picture::picture(&ask, &scene, &view, window, &cells, &lines)) }
            p.soft { (ask.say("timeline-legend")) @if capped { " " (ask.say("timeline-capped")) } }
        }
        @if ask.visitor.may(Permission::Write, scene.incident.site.as_deref()) {
            section.sheet { header { h2 { (ask.say("quick-title")) } } (quick::form(&ask, &scene)) }
        }
        (filters(&ask, &scene, &view.asked))
        section.sheet #list data-part {
            header { h2 { (ask.say("timeline-list")) }
                span.row { a href=(export("csv")) { "CSV" } a href=(export("json")) { "JSON" } } }
            (list(&ask, &scene, &slice))
            nav.page-end aria-label=(ask.say("timeline-pages")) {
                @if !view.asked.after.is_empty() { a href={ "?" (view.asked.query(&[])) "#list" } { (ask.say("timeline-latest")) } } @else { span {} }
                @if let Some(next) = &slice.next { a.do rel="next" href={ "?" (view.asked.query(&[("after", next)])) "#list" } { (ask.say("timeline-older")) } }
            }
        }
    };
    Ok(frame::page(&ask, Some(&scene), "timeline", &ask.say("room-timeline"), body))
}

/// When it began, how many signals, the last sign.
fn first_line(ask: &Ask, scene: &Scene, lines: usize) -> Markup {
    let chains = scene.assessment().map(|it| it.chains.as_slice()).unwrap_or_default();
    let (start, end) =
        (chains.iter().filter_map(|it| it.start).min(), chains.iter().filter_map(|it| it.end).max());
    let signals = scene.findings.as_ref().map_or(0, |it| it.signals);
    let words = ask.words.at(scene.now);
    html! {
        h1 {
            @match (start, end) {
                (Some(start), Some(end)) => (ask.say_with("timeline-title", &[("start", words.day_hour(start).into()), ("end", words.day_hour(end).into())])),
                _ if signals > 0 => (ask.say("timeline-title-none")),
                _ => (ask.say("timeline-title-empty")),
            }
        }
        p.lede { (ask.say_with("timeline-lede", &[("count", signals.into()), ("signals", words.number(signals).into()), ("lines", lines.into())]))
            @if signals == 0 { " " a href=(scene.path("evidence")) { (ask.say("timeline-bring")) } } }
    }
}

fn list(ask: &Ask, scene: &Scene, slice: &Slice) -> Markup {
    html! {
        @if slice.rows.is_empty() { p.empty { (ask.say("timeline-none")) } }
        @else {
            div.scroll tabindex="0" {
                table {
                    thead { tr { @for column in ["when", "level", "what", "where"] { th scope="col" { (ask.say(&format!("line-column-{column}"))) } } } }
                    tbody { @for row in &slice.rows { (row_of(ask, scene, row)) } }
                }
            }
        }
    }
}

fn row_of(ask: &Ask, scene: &Scene, row: &Row) -> Markup {
    match row {
        Row::Signal(signal, reason) => {
            let place = signal.asset.as_deref().map(|id| scene.names().node(id)).or(signal.host.as_deref());
            let (noise, record) = (scene.findings.as_ref().map(|it| &it.noise), signal.record.unsigned_abs());
            let more = noise.map_or(0, |it| it.folded(&signal.rule, &signal.path, record));
            html! {
                tr id={ "signal-" (signal.id) } {
                    td { (one::when(ask, scene, signal)) }
                    td { (ask.level(signal.level)) }
                    td { a href={ (scene.path("signals")) "/" (signal.id) } { @let title = one::title(ask, signal); @if reason.is_some() { s { (title) } } @else { (title) } }
                        @if noise.is_some_and(|it| it.is_first(&signal.rule, signal.host.as_deref(), &signal.path, record)) { " " span.tag { (ask.say("line-first")) } }
                        @if more > 0 { br; span.soft { (ask.say_with("line-more", &[("count", more.into()), ("number", ask.words.number(more).into())])) } }
                        @if let Some(reason) = reason { br; span.soft { (ask.say("mark-false")) " " (plain(reason)) } } }
                    td { (place.map(plain).unwrap_or_default()) }
                }
            }
        }
        Row::Said(line) => html! {
            tr.said id={ (line.kind) "-" (line.what) "-" (line.id) } {
                td { (ask.time(line.at, scene.now)) }
                td { span.tag { (ask.say(&format!("line-{}", line.what))) } }
                td { b { (plain(&line.text)) } br; span.soft { (plain(&line.who)) } }
                td { @if let Some(about) = line.about.as_deref() { (plain(scene.names().node(about))) } }
            }
        },
    }
}

fn filters(ask: &Ask, scene: &Scene, asked: &Asked) -> Markup {
    let map = scene.map();
    let field = |name: &str| ask.say(&format!("filter-{name}"));
    html! {
        form.filters method="get" #filters {
            input type="hidden" name="from" value=(asked.from);
            input type="hidden" name="to" value=(asked.to);
            div { label for="f-show" { (field("show")) } select #f-show name="show" {
                @for show in ["", "people", "signals"] { option value=(show) selected[asked.show == show] { (ask.say(&format!("filter-show-{}", if show.is_empty() { "both" } else { show }))) } } } }
            div { label for="f-ward" { (field("ward")) } select #f-ward name="ward" { option value="" { (ask.say("filter-all")) }
                @for (_, node, _) in map.into_iter().flat_map(|map| map.care()) { option value=(node.id) selected[asked.ward == node.id] { (plain(&node.name)) } } } }
            div { label for="f-asset" { (field("asset")) } input #f-asset name="asset" value=(asked.asset) list="nodes" autocomplete="off"; }
            div { label for="f-host" { (field("host")) } input #f-host name="host" value=(asked.host) autocomplete="off"; }
            div { label for="f-tactic" { (field("tactic")) } select #f-tactic name="tactic" { option value="" { (ask.say("filter-all")) }
                @for tactic in TACTICS.into_iter().filter(|it| !it.is_empty()) { option value=(tactic) selected[asked.tactic == tactic] { (ask.say(&format!("tactic-{tactic}"))) } } } }
            div { label for="f-level" { (field("level")) } select #f-level name="level" { option value="" { (ask.say("filter-all")) }
                @for level in LEVELS { option value=(level) selected[asked.level == level] { (ask.say(&format!("level-{level}"))) } } } }
            @if !asked.rule.is_empty() { div { label for="f-rule" { (field("rule")) } input #f-rule name="rule" value=(asked.rule); } }
            button.do { (ask.say("filter-do")) }
            @if asked.filtered() { a.do.quiet href="?" { (ask.say("filter-clear")) } }
            datalist #nodes { @for (_, node) in map.into_iter().flat_map(|map| map.all()) { option value=(node.id) { (plain(&node.name)) } } }
        }
    }
}

/// All of the view's lines, one page after another.
async fn pages(ask: &Ask, incident: &str, view: &mut View, lines: &[Line], aside: &Aside) -> Result<Slice> {
    let slice = slice(ask, incident, view, lines, aside, 1_000).await?;
    view.asked.after = slice.next.clone().unwrap_or_default();
    Ok(slice)
}
