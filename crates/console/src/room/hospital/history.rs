//! Versions of the map: who changed what, readable line by line, and any of them again as a new one.
//!
//! Invariant: a version never changes; to go back is to go on.

use assess::Said;
use axum::extract::{Path, Query};
use axum::response::Response;
use hospital::MapFile;
use maud::{Markup, html};
use report::plain;
use serde::{Deserialize, Serialize};
use store::Instant;
use store::entity::MapVersion;

use super::diff::{Line, diff};
use super::files;
use crate::ask::Ask;
use crate::body::Body;
use crate::permit::Permission;
use crate::problem::{Problem, Result};
use crate::{frame, shelf};

/// Lines of a difference that are shown.
const LINES: usize = 1_000;
/// Versions on a page.
const PAGE: i64 = 20;

/// A version without its files.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = MapVersionNote)]
pub(super) struct Version {
    /// From 1.
    number: i64,
    /// What changed, in the author's words.
    remark: String,
    /// Who.
    author: String,
    /// When.
    at: Instant,
    /// Names of its files.
    files: Vec<String>,
}

impl Version {
    pub(super) fn of(version: &MapVersion) -> Version {
        Version {
            number: version.number,
            remark: version.remark.clone(),
            author: version.author.clone(),
            at: version.at,
            files: shelf::unpack(&version.files).into_iter().map(|file| file.name).collect(),
        }
    }
}

#[derive(Deserialize, utoipa::IntoParams)]
pub(super) struct Before {
    /// Versions before this number.
    before: Option<i64>,
}

/// A page of versions, latest first; whether there are older ones.
async fn versions(ask: &Ask, before: Option<i64>) -> Result<(Vec<Version>, bool)> {
    let latest = ask.app.store.latest_map().await?.map_or(0, |version| version.number);
    let from = before.map_or(latest, |before| (before - 1).min(latest));
    let to = (from - PAGE).max(0);
    let mut versions = Vec::new();
    for number in (to + 1..=from).rev() {
        versions.extend(ask.app.store.map_numbered(number).await?.as_ref().map(Version::of));
    }
    Ok((versions, to > 0))
}

pub(super) async fn list(ask: Ask, Query(asked): Query<Before>) -> Result<Response> {
    let (versions, older) = versions(&ask, asked.before).await?;
    let last = versions.last().filter(|_| older).map(|it| it.number.to_string());
    ask.linked(&versions, last.as_deref().map(|last| ("before", last)), None)
}

pub(super) async fn page(ask: Ask, Query(asked): Query<Before>) -> Result<Response> {
    let (versions, older) = versions(&ask, asked.before).await?;
    let body = html! {
        h1 { (ask.say_with("history-title", &[("count", versions.first().map_or(0, |it| it.number.max(0) as usize).into())])) }
        p.lede { (ask.say("history-lede")) " " a href="/hospital" { (ask.say("room-hospital")) } }
        section.sheet {
            @if versions.is_empty() { p.empty { (ask.say("history-none")) } }
            ul.lines { @for it in &versions { li {
                span { b { (it.number) } " · " (plain(&it.remark)) br; span.soft { (plain(&it.author)) " · " (ask.time(it.at.0, ask.wall)) } }
                a href={ "/hospital/history/" (it.number) } { (ask.say("history-see")) }
            } } }
            @if older { @if let Some(last) = versions.last() { p.page-end { a href={ "/hospital/history?before=" (last.number) } { (ask.say("history-older")) } } } }
        }
    };
    Ok(frame::page(&ask, None, "hospital", &ask.say("hospital-history"), body))
}

pub(super) async fn version(ask: Ask, Path(number): Path<i64>) -> Result<Response> {
    let version = numbered(&ask, number).await?;
    let before = ask.app.store.map_numbered(number - 1).await?;
    let latest = ask.app.store.latest_map().await?.map_or(0, |it| it.number);
    let (old, new) = (before.map(|it| texts(&it)).unwrap_or_default(), texts(&version));
    let changed = changed(&old, &new);
    let body = html! {
        h1 { (ask.say_with("history-version", &[("number", (number.max(0) as usize).into()), ("remark", plain(&version.remark).into_owned().into())])) }
        p.lede { (plain(&version.author)) " · " (ask.time(version.at.0, ask.wall)) " · " a href="/hospital/history" { (ask.say("hospital-history")) } }
        @if changed.is_empty() { p.empty { (ask.say("history-same")) } }
        @for (name, before, after) in changed {
            section.sheet { header { h2 { (name) } } (lines(&ask, &diff(before, after))) }
        }
        @if number != latest && ask.visitor.may(Permission::Keep, None) {
            form method="post" action="/api/v1/map/restore" { (ask.hidden())
                input type="hidden" name="number" value=(number);
                input type="hidden" name="version" value=(latest);
                button.do { (ask.say("history-restore")) } " " span.soft { (ask.say("history-restore-does")) }
            }
        }
    };
    Ok(frame::page(&ask, None, "hospital", &ask.say("hospital-history"), body))
}

async fn numbered(ask: &Ask, number: i64) -> Result<MapVersion> {
    let version = ask.app.store.map_numbered(number).await?;
    version.ok_or_else(|| Problem::missing(Said::new("refusal-no-map-version")))
}

fn texts(version: &MapVersion) -> Vec<(String, String)> {
    let text = |file: MapFile| (file.name, String::from_utf8_lossy(&file.bytes).into_owned());
    shelf::unpack(&version.files).into_iter().map(text).collect()
}

/// Files that differ: name, text before, text after.
pub(super) fn changed<'t>(
    old: &'t [(String, String)],
    new: &'t [(String, String)],
) -> Vec<(&'t str, &'t str, &'t str)> {
    let mut names: Vec<&str> = old.iter().chain(new).map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    let text = |list: &'t [(String, String)], name: &str| {
        list.iter().find(|it| it.0 == name).map_or("", |it| it.1.as_str())
    };
    let all = names.into_iter().map(|name| (name, text(old, name), text(new, name)));
    all.filter(|(_, before, after)| before != after).collect()
}

/// A difference as lines: taken out with a minus, put in with a plus, each in its colour.
pub(super) fn lines(ask: &Ask, lines: &[Line<'_>]) -> Markup {
    html! {
        @if lines.is_empty() { p.empty { (ask.say("history-same")) } }
        pre.diff { @for line in lines.iter().take(LINES) {
            @match line {
                Line::Same(number, text) => { span { (number) "   " (plain(text)) } },
                Line::Out(number, text) => { del { (number) " − " (plain(text)) } },
                Line::In(number, text) => { ins { (number) " + " (plain(text)) } },
                Line::Gap(count) => { span.soft { (ask.say_with("history-gap", &[("count", (*count).into())])) } },
            }
            "\n"
        } }
        @if lines.len() > LINES { p.soft { (ask.say_with("more", &[("count", (lines.len() - LINES).into())])) } }
    }
}

#[derive(Deserialize, utoipa::ToSchema)]
#[schema(as = RestoreMap)]
pub(super) struct Restore {
    /// Which version.
    number: i64,
}

pub(super) async fn restore(Body(ask, wanted): Body<Restore>) -> Result<Response> {
    let old = numbered(&ask, wanted.number).await?;
    let files = shelf::unpack(&old.files);
    if hospital::check(files.clone()).map.is_none() {
        return Err(Problem::conflict("bad", Said::new("refusal-old-version")));
    }
    let change = ask.begin().await?;
    let number = ask.app.store.latest_map().await?.map_or(0, |it| it.number);
    if let Some(seen) = ask.write.seen.filter(|seen| *seen != number) {
        return Err(store::Error::Stale { kind: "map_version", id: seen.to_string(), now: number }.into());
    }
    let remark = ask.say_with(
        "history-remark",
        &[("number", (wanted.number.max(0) as usize).into()), ("remark", old.remark.into())],
    );
    files::keep(&ask, change, number + 1, &files, remark).await
}
