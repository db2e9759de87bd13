//! A map brought as files, or as one tar as it was exported: looked at first, kept by a second word.
//!
//! Invariant: what `map check` refuses is not kept, unless it can be computed with and its author says that it is
//! unfinished; nothing is kept that its author did not see against the version that stands.

use std::sync::Arc;

use assess::Said;
use axum::extract::{Multipart, Path};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use hospital::{Checked, MapFile, sheet_text};
use maud::{Markup, html};
use report::plain;
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::entity::MapVersion;
use store::new_id;

use super::archive::{self, Files};
use super::diff::{Line, diff};
use super::drafts::{Draft, Others};
use super::files::{self, BYTES_MAX, Checks, bounded, checks, mistakes, own};
use super::history::{Version, changed, lines};
use crate::ask::{Ask, Face};
use crate::body::Body;
use crate::frame;
use crate::parts::{Parts, broken, bytes, text};
use crate::permit::Permission;
use crate::problem::{Problem, Result};
use crate::route::Route;

/// Bytes of a form at most: the files, and what stands around them.
const FORM_MAX: usize = BYTES_MAX + (1 << 20);

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get("/hospital/imports/{id}", Permission::Keep, page),
        Route::post("/api/v1/map/imports", Permission::Keep, bring)
            .about("Bring files of the map, `file` each, or one tar as exported; `others` says whether those not sent `stay` or `go`; keeps nothing yet. A form sends `_csrf` first")
            .brings("multipart/form-data", FORM_MAX)
            .makes::<Import>(),
        Route::get("/api/v1/map/imports/{id}", Permission::Keep, one)
            .about("What files that were brought would change, and what `map check` says of them; the ETag is the number of the version that they were held against")
            .gives::<Import>(),
        Route::post("/api/v1/map/imports/{id}", Permission::Keep, keep)
            .about("A new version of the map from files that were brought; If-Match takes the number that they were held against")
            .takes::<Keep>()
            .matched()
            .makes::<Version>(),
    ]
}

/// Files that were brought, held against the version that stands.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = MapImport)]
struct Import {
    /// Its id.
    id: String,
    /// Number of the version that stands; 0 where there is none.
    number: i64,
    /// What `map check` says of the map that would come of it.
    check: Checks,
    /// Files that would change.
    changes: Vec<Change>,
}

/// What becomes of a file.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = MapFileChange)]
struct Change {
    /// Which.
    file: String,
    /// `new`, `changed` or `removed`.
    what: &'static str,
    /// Lines put in.
    lines_in: usize,
    /// Lines taken out.
    lines_out: usize,
}

#[derive(Deserialize, utoipa::ToSchema)]
#[schema(as = KeepImport)]
struct Keep {
    /// What changed, in the author's words.
    #[serde(default)]
    remark: String,
    /// Keep it in spite of mistakes that leave it computable; they stay listed.
    #[serde(default)]
    unfinished: bool,
}

/// A draft beside the version that stands.
struct Beside {
    draft: Arc<Draft>,
    before: Option<MapVersion>,
    number: i64,
    files: Vec<MapFile>,
    checked: Checked,
}

async fn beside(ask: &Ask, draft: Arc<Draft>) -> Result<Beside> {
    let before = ask.app.store.latest_map().await?;
    let number = before.as_ref().map_or(0, |it| it.number);
    let mut raw = if draft.others == Others::Stay { own(before.as_ref()) } else { Files::new() };
    raw.extend(draft.files.iter().map(|(name, bytes)| (name.clone(), bytes.clone())));
    let raw = bounded(raw)?;
    let files = raw.iter().map(|file| MapFile { name: file.name.clone(), bytes: kept(file) }).collect();
    let check = move || hospital::check(raw);
    let checked = tokio::task::spawn_blocking(check).await.map_err(|error| Problem::inside(&error))?;
    Ok(Beside { draft, before, number, files, checked })
}

/// A file's bytes as a version keeps them: in UTF-8 and with plain line ends, however it was written. One that is in
/// none of the ways in which a map may be written is shown so, and never kept: the check refuses it.
fn kept(file: &MapFile) -> Vec<u8> {
    sheet_text(file.bytes.clone()).replace("\r\n", "\n").into_bytes()
}

impl Beside {
    /// Files that differ: name, text before, text after.
    fn changes<R>(&self, each: impl Fn(&str, Option<&str>, Option<&str>) -> R) -> Vec<R> {
        let text = |file: MapFile| (file.name, String::from_utf8_lossy(&file.bytes).into_owned());
        let old = bounded(own(self.before.as_ref())).unwrap_or_default();
        let old: Vec<_> = old.into_iter().map(text).collect();
        let new: Vec<_> = self.files.iter().cloned().map(text).collect();
        let there = |list: &[(String, String)], name: &str| list.iter().any(|it| it.0 == name);
        let differing = changed(&old, &new).into_iter();
        let each = |(name, before, after): (&str, &str, &str)| {
            each(name, there(&old, name).then_some(before), there(&new, name).then_some(after))
        };
        differing.map(each).collect()
    }

    fn told(&self, ask: &Ask) -> Import {
        let changes = self.changes(|name, before, after| {
            let lines = diff(before.unwrap_or_default(), after.unwrap_or_default());
            let count = |wanted: fn(&&Line<'_>) -> bool| lines.iter().filter(wanted).count();
            Change {
                file: name.to_owned(),
                what: what(before, after),
                lines_in: count(|it| matches!(it, Line::In(..))),
                lines_out: count(|it| matches!(it, Line::Out(..))),
            }
        });
        Import { id: self.draft.id.clone(), number: self.number, check: checks(ask, &self.checked), changes }
    }
}

fn what(before: Option<&str>, after: Option<&str>) -> &'static str {
    match (before, after) {
        (None, _) => "new",
        (_, None) => "removed",
        _ => "changed",
    }
}

/// The form that brings files.
pub(super) fn form(ask: &Ask) -> Markup {
    html! {
        form.fields method="post" enctype="multipart/form-data" action="/api/v1/map/imports" {
            (ask.hidden())
            div { label for="bring" { (ask.say("import-file")) span.soft { (ask.say("import-hint")) } }
                input #bring type="file" name="file" accept=".toml,.csv,.tar" multiple required; }
            div { label for="others" { (ask.say("import-others")) }
                select #others name="others" { option value="stay" { (ask.say("import-stay")) } option value="go" { (ask.say("import-go")) } } }
            p.row { button.do { (ask.say("import-look")) } span.soft { (ask.say("import-later")) } }
        }
    }
}

async fn bring(mut ask: Ask, mut form: Multipart) -> Result<Response> {
    if ask.visitor.session().is_some() {
        ask.face = Face::Page;
    }
    let large = || Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "large", Said::new("refusal-map-large"));
    let (mut parts, mut files, mut others) = (Parts::of(&ask), Files::new(), Others::Stay);
    while let Some(field) = form.next_field().await.map_err(broken)? {
        let Some(field) = parts.sift(&ask, field).await? else { continue };
        match field.name().unwrap_or_default() {
            "others" => {
                others = match text(field).await?.as_str() {
                    "stay" => Others::Stay,
                    "go" => Others::Go,
                    _ => return Err(Problem::bad(Said::new("refusal-others"))),
                }
            }
            "file" => {
                let name = field.file_name().unwrap_or_default().to_owned();
                let bytes = bytes(field, BYTES_MAX, large).await?;
                // A form without a choice sends one file that has no name.
                if name.is_empty() {
                    continue;
                }
                if name.ends_with(".tar") {
                    archive::unpack(&bytes, &mut files)?;
                } else {
                    archive::add(&mut files, &name, bytes)?;
                }
            }
            _ => {}
        }
    }
    if files.is_empty() {
        return Err(Problem::bad(Said::new("refusal-map-files")));
    }
    let draft = Draft { id: new_id(), author: ask.visitor.actor().name, files, others };
    let draft = ask.app.drafts.hold(draft);
    if ask.face == Face::Page {
        return Ok(Redirect::to(&format!("/hospital/imports/{}", draft.id)).into_response());
    }
    let told = beside(&ask, draft).await?.told(&ask);
    let body = serde_json::to_string(&told).map_err(|error| Problem::inside(&error))?;
    Ok(ask.answer(StatusCode::CREATED, body, Some(told.number), "/hospital"))
}

async fn find(ask: &Ask, id: &str) -> Result<Beside> {
    let draft = ask.app.drafts.find(id, &ask.visitor.actor().name);
    let gone = || Problem::missing(Said::new("refusal-draft-gone"));
    beside(ask, draft.ok_or_else(gone)?).await
}

async fn one(ask: Ask, Path(id): Path<String>) -> Result<Response> {
    let told = find(&ask, &id).await?.told(&ask);
    ask.versioned(&told, told.number)
}

async fn page(ask: Ask, Path(id): Path<String>) -> Result<Response> {
    let beside = find(&ask, &id).await?;
    Ok(shown(&ask, &beside, StatusCode::OK, ""))
}

/// What the files would change, and the word that keeps them; where they are wrong, what to put right.
fn shown(ask: &Ask, beside: &Beside, status: StatusCode, remark: &str) -> Response {
    let (errors, remarks) = (&beside.checked.errors, &beside.checked.remarks);
    let changes = beside.changes(|name, before, after| {
        let word = format!("import-{}", what(before, after));
        let lines = lines(ask, &diff(before.unwrap_or_default(), after.unwrap_or_default()));
        html! { details open[errors.is_empty()] { summary { (name) " · " (ask.say(&word)) } (lines) } }
    });
    let late = status == StatusCode::PRECONDITION_FAILED;
    let author = beside.before.as_ref().map(|it| plain(&it.author).into_owned()).unwrap_or_default();
    let body = html! {
        @if late { h1 { (ask.say_with("hospital-race", &[("author", author.into())])) } p.lede { (ask.say("import-race")) } }
        @else if !errors.is_empty() { h1 { (ask.say_with("import-wrong", &[("count", errors.len().into())])) } p.lede { (ask.say("import-wrong-lede")) } }
        @else if changes.is_empty() { h1 { (ask.say("import-same")) } p.lede { (ask.say("import-same-lede")) } }
        @else { h1 { (ask.say_with("import-title", &[("count", changes.len().into())])) } p.lede { (ask.say("import-lede")) } }
        @if !errors.is_empty() { (mistakes(ask, "hospital-errors", errors, false)) }
        @if beside.checked.map.is_some() && !changes.is_empty() {
            section.sheet { form.fields method="post" action={ "/api/v1/map/imports/" (beside.draft.id) } {
                (ask.hidden())
                @if !errors.is_empty() { p { (ask.say("import-unfinished")) } input type="hidden" name="unfinished" value="true"; }
                input type="hidden" name="version" value=(beside.number);
                div { label for="remark" { (ask.say("hospital-remark")) } input #remark name="remark" value=(remark) maxlength="500" required; }
                p.row { button class=(if errors.is_empty() { "do first" } else { "do" }) { (ask.say_with("import-keep", &[("number", (beside.number.max(0) as usize + 1).into())])) } a.do href="/hospital" { (ask.say("import-leave")) } }
            } }
        }
        @if !changes.is_empty() { section.sheet { header { h2 { (ask.say("import-changes")) } } @for change in &changes { (change) } } }
        @if !remarks.is_empty() { (mistakes(ask, "hospital-remarks", remarks, false)) }
        @if !errors.is_empty() { section.sheet { header { h2 { (ask.say("import-again")) } } (form(ask)) } }
    };
    let mut response = frame::page(ask, None, "hospital", &ask.say("import-do"), body);
    *response.status_mut() = status;
    response
}

async fn keep(Path(id): Path<String>, Body(ask, wanted): Body<Keep>) -> Result<Response> {
    let remark = files::remark(wanted.remark)?;
    // Nobody else writes from here on: what stands is what these files were held against.
    let change = ask.begin().await?;
    let beside = match find(&ask, &id).await {
        Ok(beside) => beside,
        Err(problem) => {
            change.abandon().await?;
            return Err(problem);
        }
    };
    let late = ask.write.seen.is_some_and(|seen| seen != beside.number);
    let checked = &beside.checked;
    let wrong = checked.map.is_none() || !checked.errors.is_empty() && !wanted.unfinished;
    if late || wrong {
        change.abandon().await?;
        let status = if late { StatusCode::PRECONDITION_FAILED } else { StatusCode::UNPROCESSABLE_ENTITY };
        return match ask.face {
            Face::Page => Ok(shown(&ask, &beside, status, &remark)),
            Face::Json if late => Err(files::stale(beside.number)),
            Face::Json => {
                let mut problem = Problem::bad(Said::new("refusal-map-mistakes"));
                problem.more.push(("errors", json!(checks(&ask, &beside.checked).errors)));
                Err(problem)
            }
        };
    }
    let answer = files::keep(&ask, change, beside.number + 1, &beside.files, remark).await?;
    ask.app.drafts.forget(&id);
    Ok(answer)
}
