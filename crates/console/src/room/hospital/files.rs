//! The map's files: read, checked, edited, kept as a new version, taken away.
//!
//! Invariant: a version is kept only where it can be computed with, and only on top of the one that its author saw.

use std::collections::BTreeMap;

use assess::{Lang, Said};
use axum::extract::{Path, Query};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use hospital::{Checked, MapFile, Mistake};
use maud::{Markup, html};
use report::plain;
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::entity::MapVersion;
use store::{Instant, new_id};

use super::archive::{self, Files};
use super::diff::diff;
use super::history::{Version, lines};
use crate::ask::{Ask, Face, Write};
use crate::body::Body;
use crate::permit::Permission;
use crate::problem::{Problem, Result};
use crate::{frame, shelf};

/// Files of a map at most.
pub(super) const FILES_MAX: usize = 40;
/// Bytes of all files together at most.
pub(super) const BYTES_MAX: usize = 64 << 20;
/// Mistakes shown on a page.
const SHOWN: usize = 60;
/// Lines shown around one that a link leads to.
const AROUND: usize = 3;

/// Files to put in place of the map's own; the others stay.
#[derive(Deserialize, utoipa::ToSchema)]
#[schema(as = SaveMap)]
pub(super) struct Save {
    /// Text by file name; `null` takes the file out.
    #[serde(default)]
    files: BTreeMap<String, Option<String>>,
    /// One file, as a form sends it.
    name: Option<String>,
    /// Its text; without it, the file is taken out.
    text: Option<String>,
    /// What changed, in the author's words.
    #[serde(default)]
    remark: String,
}

/// What `map check` says.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = MapCheck)]
pub(super) struct Checks {
    /// Whether it can be computed with.
    usable: bool,
    /// What must be put right.
    pub(super) errors: Vec<Remark>,
    /// What is worth a look.
    remarks: Vec<Remark>,
}

/// A mistake and its place.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = MapRemark)]
pub(super) struct Remark {
    /// Which file.
    file: String,
    /// Line, from 1.
    line: usize,
    /// Column in characters, from 1.
    column: usize,
    /// Its kind.
    code: String,
    /// What is wrong.
    message: String,
    /// What to do about it.
    help: String,
}

/// Mistakes as a program reads them: in English, whatever the reader's language.
fn remarks(ask: &Ask, list: &[Mistake]) -> Vec<Remark> {
    let english = ask.app.words(Lang::En);
    let one = |it: &Mistake| Remark {
        file: it.file.clone(),
        line: it.line,
        column: it.column,
        code: it.code.to_owned(),
        message: english.tell(&it.message),
        help: english.tell(&it.help),
    };
    list.iter().map(one).collect()
}

pub(super) fn checks(ask: &Ask, checked: &Checked) -> Checks {
    Checks {
        usable: checked.map.is_some(),
        errors: remarks(ask, &checked.errors),
        remarks: remarks(ask, &checked.remarks),
    }
}

/// The files of a version, by name.
pub(super) fn own(version: Option<&MapVersion>) -> Files {
    let files = version.map(|it| shelf::unpack(&it.files)).unwrap_or_default();
    files.into_iter().map(|file| (file.name, file.bytes)).collect()
}

/// The files of the latest version with these in place of their namesakes, by name.
fn merged(before: Option<&MapVersion>, wanted: &Save) -> Result<Vec<MapFile>> {
    let mut files = own(before);
    let one = wanted.name.iter().map(|name| (name, &wanted.text));
    for (name, text) in wanted.files.iter().chain(one) {
        file_name(name)?;
        match text {
            Some(text) => files.insert(name.clone(), text.replace("\r\n", "\n").into_bytes()),
            None => files.remove(name),
        };
    }
    bounded(files)
}

/// Files as a map has them: one at least, and no more than a map may hold.
pub(super) fn bounded(files: Files) -> Result<Vec<MapFile>> {
    if files.is_empty() {
        return Err(Problem::bad(Said::new("refusal-file-names-none")));
    }
    if files.len() > FILES_MAX || files.values().map(Vec::len).sum::<usize>() > BYTES_MAX {
        return Err(Problem::bad(Said::new("refusal-files-most").with("most", FILES_MAX)));
    }
    Ok(files.into_iter().map(|(name, bytes)| MapFile { name, bytes }).collect())
}

/// Refuses names that are no plain file of a map.
pub(super) fn file_name(name: &str) -> Result<()> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_.".contains(c);
    let ends = [".toml", ".csv"].iter().any(|end| name.len() > end.len() && name.ends_with(end));
    if ends && name.len() <= 60 && name.chars().all(plain) && !name.starts_with('.') {
        return Ok(());
    }
    let said: String = name.chars().take(60).collect();
    Err(Problem::bad(Said::new("refusal-file-name").with("name", format!("{said:?}"))))
}

pub(super) async fn latest(ask: Ask) -> Result<Response> {
    let version = ask
        .app
        .store
        .latest_map()
        .await?
        .ok_or_else(|| Problem::missing(Said::new("refusal-no-map-kept")))?;
    ask.versioned(&version, version.number)
}

pub(super) async fn check(Body(ask, wanted): Body<Save>) -> Result<Response> {
    let before = ask.app.store.latest_map().await?;
    let checked = hospital::check(merged(before.as_ref(), &wanted)?);
    if ask.face == Face::Json {
        return ask.json(&checks(&ask, &checked));
    }
    let sound = checked.errors.is_empty();
    let body = html! {
        h1 { (ask.say(if sound { "hospital-sound" } else { "hospital-wrong" })) }
        p.lede { (ask.say(if sound { "hospital-sound-lede" } else { "hospital-wrong-lede" })) }
        (again(&ask, &wanted, ask.write.seen, &checked))
    };
    Ok(frame::page(&ask, None, "hospital", &ask.say("hospital-check"), body))
}

pub(super) async fn save(Body(ask, wanted): Body<Save>) -> Result<Response> {
    let remark = remark(wanted.remark.clone())?;
    let change = ask.begin().await?;
    let before = ask.app.store.latest_map().await?;
    let number = before.as_ref().map_or(0, |it| it.number);
    if ask.write.seen.is_some_and(|seen| seen != number) {
        change.abandon().await?;
        return lost_race(&ask, &wanted, before.as_ref(), number);
    }
    let files = merged(before.as_ref(), &wanted)?;
    let checked = hospital::check(files.clone());
    if checked.map.is_none() {
        change.abandon().await?;
        return refused(&ask, &wanted, &checked);
    }
    keep(&ask, change, number + 1, &files, remark).await
}

/// What an author says of a version.
pub(super) fn remark(said: String) -> Result<String> {
    if said.trim().is_empty() || said.chars().count() > 500 {
        return Err(Problem::bad(Said::new("refusal-remark")));
    }
    Ok(said)
}

/// The version that was seen stands no more.
pub(super) fn stale(number: i64) -> Problem {
    let detail = Said::new("refusal-map-stale").with("number", number.to_string());
    let mut problem = Problem::new(StatusCode::PRECONDITION_FAILED, "stale", detail);
    problem.more.push(("version", number.into()));
    problem
}

/// Keeps files as the version of that number.
pub(super) async fn keep(
    ask: &Ask,
    mut change: store::Change,
    number: i64,
    files: &[MapFile],
    remark: String,
) -> Result<Response> {
    let version = MapVersion {
        id: new_id(),
        version: 0,
        number,
        files: shelf::pack(files),
        remark,
        author: ask.visitor.name().to_owned(),
        at: Instant::from(ask.wall),
    };
    let version = Version::of(&change.add(version).await?);
    // The form's page is a check or an editor: what was saved is seen on the room's own page.
    let ask = Ask { write: Write { back: None, ..ask.write.clone() }, ..ask.clone() };
    let answer = ask.finish(change, StatusCode::CREATED, &version, Some(number), "/hospital").await;
    ask.app.desk.wake();
    answer
}

/// A map that cannot be computed with: what is wrong, and what was typed.
fn refused(ask: &Ask, wanted: &Save, checked: &Checked) -> Result<Response> {
    if ask.face == Face::Json {
        let mut problem = Problem::bad(Said::new("refusal-map-stops"));
        problem.more.push(("errors", json!(remarks(ask, &checked.errors))));
        return Err(problem);
    }
    let body = html! {
        h1 { (ask.say("hospital-refused")) }
        p.lede { (ask.say("hospital-refused-lede")) }
        (again(ask, wanted, ask.write.seen, checked))
    };
    let mut response = frame::page(ask, None, "hospital", &ask.say("hospital-check"), body);
    *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    Ok(response)
}

/// Somebody saved meanwhile: both texts, what differs, and the way to save again on top.
fn lost_race(ask: &Ask, wanted: &Save, now: Option<&MapVersion>, number: i64) -> Result<Response> {
    let (Face::Page, Some(now), Some(name)) = (ask.face, now, &wanted.name) else {
        return Err(stale(number));
    };
    let theirs = text_of(now, name).unwrap_or_default();
    let yours = wanted.text.clone().unwrap_or_default().replace("\r\n", "\n");
    let body = html! {
        h1 { (ask.say_with("hospital-race", &[("author", plain(&now.author).into_owned().into())])) }
        p.lede { (ask.say_with("hospital-race-lede", &[("remark", plain(&now.remark).into_owned().into())])) }
        section.sheet { header { h2 { (ask.say("hospital-race-diff")) } } (lines(ask, &diff(&theirs, &yours))) }
        section.sheet { header { h2 { (ask.say("hospital-race-yours")) } } (form(ask, name, &yours, Some((number, &wanted.remark)))) }
        section.sheet { header { h2 { (ask.say("hospital-race-theirs")) } } label for="theirs" { (name) } textarea.file #theirs readonly { "\n" (theirs) } }
    };
    let mut response = frame::page(ask, None, "hospital", &ask.say("room-hospital"), body);
    *response.status_mut() = StatusCode::PRECONDITION_FAILED;
    Ok(response)
}

/// What was found wrong, above the form with what was typed.
fn again(ask: &Ask, wanted: &Save, seen: Option<i64>, checked: &Checked) -> Markup {
    html! {
        @if !checked.errors.is_empty() { (mistakes(ask, "hospital-errors", &checked.errors, true)) }
        @if let Some(name) = &wanted.name {
            section.sheet { (form(ask, name, wanted.text.as_deref().unwrap_or_default(), seen.map(|seen| (seen, wanted.remark.as_str())))) }
        }
        @if !checked.remarks.is_empty() { (mistakes(ask, "hospital-remarks", &checked.remarks, true)) }
    }
}

fn text_of(version: &MapVersion, name: &str) -> Option<String> {
    let file = shelf::unpack(&version.files).into_iter().find(|file| file.name == name)?;
    Some(String::from_utf8_lossy(&file.bytes).into_owned())
}

#[derive(Deserialize)]
pub(super) struct At {
    line: Option<usize>,
}

pub(super) async fn editor(ask: Ask, Path(name): Path<String>, Query(at): Query<At>) -> Result<Response> {
    file_name(&name)?;
    let version = ask.app.store.latest_map().await?;
    let text = version.as_ref().and_then(|version| text_of(version, &name));
    let number = version.as_ref().map_or(0, |version| version.number);
    let body = html! {
        h1 { (ask.say_with(if text.is_some() { "hospital-edit" } else { "hospital-new" }, &[("name", name.clone().into())])) }
        p.lede { (ask.say("hospital-edit-lede")) " " a href="/hospital" { (ask.say("room-hospital")) } }
        @if let (Some(line), Some(text)) = (at.line, &text) { (excerpt(&ask, text, line)) }
        @if ask.visitor.may(Permission::Keep, None) {
            section.sheet { (form(&ask, &name, text.as_deref().unwrap_or_default(), Some((number, "")))) }
        } @else {
            section.sheet { pre { (text.as_deref().unwrap_or_default()) } p.soft { (ask.say("hospital-keeper")) } }
        }
    };
    Ok(frame::page(&ask, None, "hospital", &name, body))
}

/// The lines around the one that a link leads to.
fn excerpt(ask: &Ask, text: &str, line: usize) -> Markup {
    let from = line.saturating_sub(AROUND + 1);
    html! {
        section.sheet {
            header { h2 { (ask.say_with("hospital-line", &[("line", line.into())])) } }
            pre { @for (place, shown) in text.lines().enumerate().skip(from).take(2 * AROUND + 1) {
                @if place + 1 == line { b { (place + 1) "  " (shown) } } @else { (place + 1) "  " (shown) } "\n"
            } }
        }
    }
}

/// The form of one file: check it, or save it with a remark.
pub(super) fn form(ask: &Ask, name: &str, text: &str, seen: Option<(i64, &str)>) -> Markup {
    let (number, remark) = seen.unwrap_or((0, ""));
    html! {
        form.fields method="post" action="/api/v1/map" {
            (ask.hidden())
            input type="hidden" name="name" value=(name);
            input type="hidden" name="version" value=(number);
            // The parser takes the first line break away.
            div { label for="text" { (name) } textarea.file #text name="text" rows="28" spellcheck="false" wrap="off" { "\n" (text) } }
            div { label for="remark" { (ask.say("hospital-remark")) } input #remark name="remark" value=(remark) maxlength="500" required; }
            p.row { button.do.first { (ask.say("hospital-save")) } button.do formaction="/api/v1/map/check" formnovalidate { (ask.say("hospital-check")) } span.soft { (ask.say("hospital-empty")) } }
        }
    }
}

/// What is wrong or odd, with its place and its remedy; the place is a way to the line where the files are `kept`.
pub(super) fn mistakes(ask: &Ask, title: &str, list: &[Mistake], kept: bool) -> Markup {
    html! {
        section.sheet id=(title) {
            header { h2 { (ask.say_with(title, &[("count", list.len().into())])) } }
            ul.lines { @for it in list.iter().take(SHOWN) { li {
                span { (plain(&ask.words.tell(&it.message))) br; span.soft { (plain(&ask.words.tell(&it.help))) } }
                @let place = format!("{}:{}:{}", plain(&it.file), it.line, it.column);
                @if kept { a href={ "/hospital/files/" (it.file) "?line=" (it.line) } { (place) } } @else { code { (place) } }
            } } }
            @if list.len() > SHOWN { p.soft { (ask.say_with("more", &[("count", (list.len() - SHOWN).into())])) } }
        }
    }
}

pub(super) async fn download(ask: Ask, Path(name): Path<String>) -> Result<Response> {
    let version = ask.app.store.latest_map().await?;
    let text = version.as_ref().and_then(|version| text_of(version, &name));
    let text = text.ok_or_else(|| Problem::missing(Said::new("refusal-no-map-file")))?;
    Ok(attached(&name, "text/plain; charset=utf-8", text.into_bytes()))
}

pub(super) async fn export(ask: Ask) -> Result<Response> {
    let version = ask
        .app
        .store
        .latest_map()
        .await?
        .ok_or_else(|| Problem::missing(Said::new("refusal-no-map-kept")))?;
    let time = u64::try_from(version.at.0.as_second()).unwrap_or(0);
    let bytes =
        archive::pack(&shelf::unpack(&version.files), time).map_err(|error| Problem::inside(&error))?;
    Ok(attached(&format!("map-{}.tar", version.number), "application/x-tar", bytes))
}

fn attached(name: &str, kind: &'static str, bytes: Vec<u8>) -> Response {
    let disposition = format!("attachment; filename=\"{}\"", name.replace(['"', '\\', '\r', '\n'], "_"));
    ([(header::CONTENT_TYPE, kind.to_owned()), (header::CONTENT_DISPOSITION, disposition)], bytes)
        .into_response()
}

#[cfg(test)]
mod tests {
    use store::Json;

    use super::*;

    fn save(name: &str, text: Option<&str>) -> Save {
        let (name, text) = (Some(name.to_owned()), text.map(str::to_owned));
        Save { files: BTreeMap::new(), name, text, remark: String::new() }
    }

    #[test]
    fn a_save_replaces_its_file_and_leaves_the_others() {
        let before = MapVersion {
            id: new_id(),
            version: 1,
            number: 4,
            files: Json(json!({ "a.toml": "a", "b.csv": "b" })),
            remark: String::new(),
            author: String::new(),
            at: Instant::default(),
        };
        let names = |files: Vec<MapFile>| {
            let pairs = files.into_iter().map(|it| (it.name, String::from_utf8(it.bytes).unwrap()));
            pairs.map(|(name, text)| format!("{name}={text}")).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(
            names(merged(Some(&before), &save("a.toml", Some("x\r\ny"))).unwrap()),
            "a.toml=x\ny b.csv=b"
        );
        assert_eq!(names(merged(Some(&before), &save("a.toml", None)).unwrap()), "b.csv=b");
        assert_eq!(names(merged(None, &save("c.toml", Some("c"))).unwrap()), "c.toml=c");
        assert!(merged(None, &save("a.toml", None)).is_err(), "no file is left");
        for name in ["../a.toml", "A.toml", ".toml", "a/b.toml", "a.txt", "..toml"] {
            assert!(merged(None, &save(name, Some("x"))).is_err(), "{name}");
        }
    }
}
