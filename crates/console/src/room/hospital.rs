//! Hospital: how ready it is while all is calm, and its map as files that people edit here.
//!
//! Invariant: a map that stops computing is never kept; a save that lost the race loses no text and says so.

mod archive;
mod diff;
mod drafts;
mod files;
mod history;
mod import;
mod readiness;

use axum::response::Response;
use maud::{Markup, html};
use report::plain;
use store::entity::MapVersion;

use crate::ask::Ask;
use crate::permit::Permission;
use crate::problem::Result;
use crate::route::Route;
use crate::{frame, shelf};
use files::{Checks, Save};
use history::{Restore, Version};
use readiness::{Gap, gaps};

pub(crate) use drafts::Drafts;

/// Names given of what a gap counts, before the rest is counted.
const NAMED: usize = 12;
/// Files that a map is usually made of.
const FILES: [&str; 6] =
    ["hospital.toml", "assets.csv", "assets.toml", "network.toml", "teams.toml", "contacts.toml"];
/// The smallest map that says something.
const SMALLEST: &str = include_str!("hospital/smallest.toml");

pub(crate) fn routes() -> Vec<Route> {
    let mut routes = vec![
        Route::get("/hospital", Permission::Read, page),
        Route::get("/hospital/files/{name}", Permission::Read, files::editor),
        Route::get("/hospital/download/{name}", Permission::Read, files::download),
        Route::get("/hospital/export.tar", Permission::Read, files::export),
        Route::get("/hospital/history", Permission::Read, history::page),
        Route::get("/hospital/history/{number}", Permission::Read, history::version),
        Route::get("/api/v1/map", Permission::Read, files::latest)
            .about("The latest map: its files; the ETag is its number")
            .gives::<MapVersion>(),
        Route::get("/api/v1/map/versions", Permission::Read, history::list)
            .about("The map's versions, latest first, without their files")
            .asks::<history::Before>()
            .gives_list::<Version>(),
        Route::post("/api/v1/map/check", Permission::Keep, files::check)
            .about("What `map check` says of the map with these files in place of its own; keeps nothing")
            .takes::<Save>()
            .gives::<Checks>(),
        Route::post("/api/v1/map", Permission::Keep, files::save)
            .about("A new version of the map with these files in place of its own; If-Match takes the number that was seen")
            .takes::<Save>()
            .matched()
            .makes::<Version>(),
        Route::post("/api/v1/map/restore", Permission::Keep, history::restore)
            .about("An older version of the map again, as a new one")
            .takes::<Restore>()
            .makes::<Version>(),
    ];
    routes.extend(import::routes());
    routes
}

async fn page(ask: Ask) -> Result<Response> {
    let body = match ask.app.store.latest_map().await? {
        None => first(&ask),
        Some(version) => ready(&ask, &version),
    };
    Ok(frame::page(&ask, None, "hospital", &ask.say("room-hospital"), body))
}

/// No map yet: the smallest one that says something, to start from.
fn first(ask: &Ask) -> Markup {
    html! {
        h1 { (ask.say("hospital-first-title")) }
        p.lede { (ask.say("hospital-first-lede")) }
        @if ask.visitor.may(Permission::Keep, None) {
            section.sheet #import { header { h2 { (ask.say("import-do")) } } (import::form(ask)) }
            section.sheet { (files::form(ask, "map.toml", SMALLEST, None)) }
            p.soft { (ask.say("hospital-first-files")) @for name in FILES { " " a href={ "/hospital/files/" (name) } { (name) } } }
        } @else {
            p.empty { (ask.say("hospital-keeper")) }
        }
    }
}

fn ready(ask: &Ask, version: &MapVersion) -> Markup {
    let files = shelf::unpack(&version.files);
    let checked = hospital::check(files.clone());
    let Some(map) = &checked.map else {
        return html! { h1 { (ask.say("hospital-broken")) } (files::mistakes(ask, "hospital-errors", &checked.errors, true)) };
    };
    let gaps = gaps(map);
    let open: usize = gaps.iter().map(|gap| gap.open.len()).sum();
    let absent: Vec<&str> =
        FILES.into_iter().filter(|name| !files.iter().any(|file| file.name == *name)).collect();
    html! {
        h1 { (ask.say_with("hospital-title", &[
            ("care", map.care().count().into()), ("assets", map.assets().count().into()), ("levers", map.levers.len().into()),
            ("open", (open + checked.errors.len()).into()),
        ])) }
        p.lede { (ask.say("hospital-lede")) " " a href="/hospital/map" { (ask.say("hospital-see-map")) } }
        div.two {
            div.stack {
                section.sheet #ready data-part {
                    header { h2 { (ask.say("hospital-ready")) } }
                    @for gap in &gaps { (line(ask, gap, &files)) }
                }
                @if !checked.errors.is_empty() { (files::mistakes(ask, "hospital-errors", &checked.errors, true)) }
                @if !checked.remarks.is_empty() { (files::mistakes(ask, "hospital-remarks", &checked.remarks, true)) }
            }
            div.stack {
                section.sheet #files data-part {
                    header { h2 { (ask.say("hospital-files")) } a href="/hospital/export.tar" { (ask.say("hospital-export")) } }
                    ul.lines { @for file in &files { li {
                        a href={ "/hospital/files/" (file.name) } { (plain(&file.name)) }
                        span.soft { (ask.say_with("hospital-lines", &[("count", file.bytes.split(|byte| *byte == b'\n').count().into())])) " · " a href={ "/hospital/download/" (file.name) } { (ask.say("hospital-download")) } }
                    } } }
                    @if ask.visitor.may(Permission::Keep, None) && !absent.is_empty() { p.soft { (ask.say("hospital-add")) @for name in absent { " " a href={ "/hospital/files/" (name) } { (name) } } } }
                }
                @if ask.visitor.may(Permission::Keep, None) { section.sheet #import { header { h2 { (ask.say("import-do")) } } (import::form(ask)) } }
                section.sheet #latest data-part {
                    header { h2 { (ask.say("hospital-latest")) } a href="/hospital/history" { (ask.say("hospital-history")) } }
                    p { b { (version.number) } " · " (plain(&version.remark)) br; span.soft { (plain(&version.author)) " · " (ask.time(version.at.0, ask.wall)) } }
                }
            }
        }
    }
}

/// One point of readiness: what is there, and what is missing, each with the way to its line.
fn line(ask: &Ask, gap: &Gap, files: &[hospital::MapFile]) -> Markup {
    let args = [("open", gap.open.len().into()), ("all", gap.all.into())];
    html! {
        @if gap.open.is_empty() {
            p.row { span.done { "✓" } " " (ask.say_with(&format!("gap-well-{}", gap.word), &args)) }
        } @else {
            details id={ "gap-" (gap.word) } { summary { (ask.say_with(&format!("gap-{}", gap.word), &args)) }
                ul.lines { @for (id, name) in gap.open.iter().take(NAMED) { li {
                    (plain(name))
                    @if let Some((file, line)) = readiness::place(files, id) { a href={ "/hospital/files/" (file) "?line=" (line) } { (ask.say("hospital-fix")) } }
                } } }
                @if gap.open.len() > NAMED { p.soft { (ask.say_with("more", &[("count", (gap.open.len() - NAMED).into())])) } }
            }
        }
    }
}
