//! Evidence: what must nobody wipe; what was brought, read, and not read.
//!
//! Invariant: kept bytes are given back as downloads alone, and each time is written down; what was read says what was
//! not; nothing here erases evidence.

mod arrival;
mod give;
mod shown;
mod take;
pub(crate) mod watch;

use std::collections::BTreeSet;
use std::path::PathBuf;

use assess::{ChainAsset, Reading, Said};
use axum::extract::{Path, Query};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use detect::{Stance, short_host};
use hospital::Kind;
use maud::{Markup, html};
use report::plain;
use serde::Deserialize;
use store::entity::{Attachment, AttachmentKind, AttachmentState};

use self::arrival::SIZE_MAX;

use crate::app::App;
use crate::ask::Ask;
use crate::body::{Body, Nothing};
use crate::desk::evidence_folder;
use crate::frame;
use crate::paged::Paged;
use crate::permit::Permission;
use crate::problem::{Problem, Result};
use crate::reading::{arrives, is_live, reading};
use crate::route::Route;
use crate::scene::Scene;
use crate::sheet::csv_line;

/// Address of the plain form, whose body may be as long as a file.
const UPLOAD: &str = "/api/v1/incidents/{id}/evidence/upload";
/// Bytes of one piece at most.
const PIECE_MAX: usize = 64 << 20;
/// Machines named in the first line.
const NAMED: usize = 6;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get("/incidents/{id}/evidence", Permission::Read, page),
        Route::get("/api/v1/incidents/{id}/evidence", Permission::Read, list)
            .about("Evidence brought; `format=csv` for a table of all")
            .asks::<Form>()
            .asks::<Paged>()
            .also("text/csv")
            .gives_list::<Attachment>(),
        Route::post("/api/v1/incidents/{id}/evidence", Permission::Act, take::announce)
            .about("Announce a file; its bytes come by PUT")
            .takes::<take::Announced>()
            .makes::<Attachment>(),
        Route::post(UPLOAD, Permission::Act, take::form)
            .about("Bring files whole, as a browser's form does: `_csrf`, `about`, then `file` once or more")
            .brings("multipart/form-data", SIZE_MAX as usize)
            .leads(),
        Route::put("/api/v1/incidents/{id}/evidence/{attachment}", Permission::Act, take::piece)
            .about("Add bytes at `offset`; a wrong offset gets 409 with the right one as `arrived`")
            .asks::<take::At>()
            .brings("application/octet-stream", PIECE_MAX)
            .gives::<take::Arrived>(),
        Route::post("/api/v1/incidents/{id}/evidence/{attachment}/finish", Permission::Act, take::finish)
            .about("Say that a file is whole; with `sha256` it is compared")
            .takes::<take::Finished>()
            .gives::<Attachment>(),
        Route::post("/api/v1/incidents/{id}/evidence/{attachment}/again", Permission::Act, again)
            .about("Read a kept file again, with the rules of now")
            .matched()
            .gives::<Attachment>(),
        Route::post(
            "/api/v1/incidents/{id}/evidence/{attachment}/drop",
            Permission::Act,
            take::drop_unfinished,
        )
        .about("Take back a file that never arrived whole; what is whole stays")
        .gives::<Attachment>(),
        Route::get("/api/v1/incidents/{id}/evidence/{attachment}/file", Permission::Act, give::file)
            .about("A kept file, as a download. Written down in the audit")
            .asks::<give::Which>()
            .also("application/octet-stream"),
    ]
}

async fn page(ask: Ask, Path(id): Path<String>) -> Result<Response> {
    let scene = ask.scene(&id).await?;
    let brought = brought(&ask, &id).await?;
    let hit = hit(&scene);
    let readings: Vec<Reading> = brought.iter().filter_map(|it| reading(&ask.app, it)).collect();
    let open = unkept(&scene, &hit, &brought, &readings);
    let (bytes, events) = readings.iter().fold((0, 0), |sum, it| (sum.0 + it.bytes, sum.1 + it.events));
    let may = ask.visitor.may(Permission::Act, scene.incident.site.as_deref());
    let named: Vec<String> = open.iter().take(NAMED).map(|it| plain(name(&scene, it)).into_owned()).collect();
    let body = html! {
        h1 { @if hit.is_empty() { (ask.say("evidence-title-none")) }
            @else { (ask.say_with("evidence-title", &[("count", open.len().into()), ("hit", hit.len().into())])) } }
        p.lede {
            @if !named.is_empty() { b { (ask.words.list(&named)) @if open.len() > NAMED { " " (ask.say_with("more", &[("count", (open.len() - NAMED).into())])) } } ". " }
            (ask.say_with("evidence-lede", &[("files", brought.len().into()), ("events", ask.words.number(events).into()), ("size", ask.size(bytes).into())]))
        }
        div.two {
            section.sheet #hit data-part {
                header { h2 { (ask.say("evidence-hit")) } }
                p.soft { (ask.say("evidence-hit-why")) }
                ul.lines.machines { @for it in &hit { (machine(&ask, &scene, it, open.iter().any(|other| std::ptr::eq(*other, *it)))) } }
                @if hit.is_empty() { p.empty { (ask.say("evidence-none-hit")) } }
            }
            div.stack {
                @if may { (shown::bring(&ask, &scene, &open)) }
                section.sheet #brought data-part {
                    header { h2 { (ask.say("evidence-brought")) }
                        span.row { a href={ (scene.api("evidence")) "?format=csv" } { "CSV" } a href=(scene.api("evidence")) { "JSON" } } }
                    @if brought.is_empty() { p.empty { (ask.say("evidence-none")) } }
                    @for it in brought.iter().rev() { (shown::attachment(&ask, &scene, it, may)) }
                }
            }
        }
    };
    Ok(frame::page(&ask, Some(&scene), "evidence", &ask.say("room-evidence"), body))
}

fn machine(ask: &Ask, scene: &Scene, it: &ChainAsset, open: bool) -> Markup {
    let word = if it.stance == Stance::Lost { "lost" } else { "compromised" };
    html! {
        li { span { b { (plain(name(scene, it))) } br; span.soft { (ask.say(&format!("stance-{word}"))) @if let Some(since) = it.since { " · " (ask.time(since, scene.now)) } } }
            @if open { span.late { (ask.say("evidence-do-not-wipe")) } } @else { span.done { (ask.say("evidence-logs-kept")) } } }
    }
}

fn name<'a>(scene: &'a Scene, it: &'a ChainAsset) -> &'a str {
    it.id.as_deref().map_or(it.host.as_str(), |id| scene.names().node(id))
}

/// Machines that an attacker holds or broke, the worst first; accounts and web sites have nothing to wipe.
fn hit(scene: &Scene) -> Vec<&ChainAsset> {
    let machine = |it: &&ChainAsset| match (it.id.as_deref(), scene.map()) {
        (Some(id), Some(map)) => map.find(id).is_some_and(|node| match &map.node(node).kind {
            Kind::Asset(asset) => asset.kind != "account",
            _ => false,
        }),
        _ => true,
    };
    let worst = |stance| scene.assessment().into_iter().flat_map(move |it| it.with_stance(stance));
    worst(Stance::Lost).chain(worst(Stance::Compromised)).filter(machine).collect()
}

/// Those whose own logs are not among what was read, and about which nothing was brought.
fn unkept<'a>(
    scene: &Scene,
    hit: &[&'a ChainAsset],
    brought: &[Attachment],
    readings: &[Reading],
) -> Vec<&'a ChainAsset> {
    let speaking: BTreeSet<String> = readings.iter().flat_map(Reading::hosts).map(short_host).collect();
    let about = |id: &str| {
        brought.iter().any(|it| it.about.as_deref() == Some(id) && it.state != AttachmentState::Arriving)
    };
    let kept = |it: &ChainAsset| {
        let asset =
            it.id.as_deref().zip(scene.map()).and_then(|(id, map)| match &map.node(map.find(id)?).kind {
                Kind::Asset(asset) => Some(asset),
                _ => None,
            });
        let mut names = asset.into_iter().flat_map(|it| it.hosts.iter().chain(&it.aliases));
        speaking.contains(&short_host(&it.host))
            || names.any(|name| speaking.contains(&short_host(name)))
            || about(it.id.as_deref().unwrap_or(&it.host))
    };
    hit.iter().copied().filter(|it| !kept(it)).collect()
}

/// Evidence of an incident, oldest first.
async fn brought(ask: &Ask, incident: &str) -> Result<Vec<Attachment>> {
    let all = ask.app.store.all::<Attachment>().await?.into_iter();
    Ok(all
        .filter(|it| it.incident.as_deref() == Some(incident) && it.kind == AttachmentKind::Evidence)
        .collect())
}

/// One of them.
async fn one(ask: &Ask, incident: &str, id: &str) -> Result<Attachment> {
    let found = brought(ask, incident).await?.into_iter().find(|it| it.id == id);
    found.ok_or_else(|| Problem::missing(Said::new("refusal-no-evidence")))
}

/// Where an attachment's files lie.
fn folder(app: &App, incident: &str, attachment: &str) -> PathBuf {
    evidence_folder(app, incident).join("files").join(attachment)
}

#[derive(Deserialize, utoipa::IntoParams)]
struct Form {
    /// `csv` for a table.
    #[serde(default)]
    format: String,
}

async fn list(
    ask: Ask,
    Path(id): Path<String>,
    Query(form): Query<Form>,
    Query(paged): Query<Paged>,
) -> Result<Response> {
    ask.scene(&id).await?;
    let brought = brought(&ask, &id).await?;
    if form.format != "csv" {
        return ask.listed_of(brought, &paged);
    }
    let mut text = csv_line(&[
        "id",
        "name",
        "about",
        "state",
        "size",
        "sha256",
        "author",
        "at",
        "files",
        "events",
        "unreadable",
        "skipped",
    ]);
    for it in &brought {
        let reading = reading(&ask.app, it).unwrap_or_default();
        let pieces = |pieces: &[assess::Piece]| {
            pieces
                .iter()
                .map(|it| format!("{}: {}", it.path, ask.words.reason(&it.reason)))
                .collect::<Vec<_>>()
                .join("; ")
        };
        text += &csv_line(&[
            &it.id,
            &it.name,
            it.about.as_deref().unwrap_or_default(),
            it.state.word(),
            &it.size.to_string(),
            it.sha256.as_deref().unwrap_or_default(),
            &it.author,
            &it.at.0.to_string(),
            &reading.files.to_string(),
            &reading.events.to_string(),
            &pieces(&reading.unreadable),
            &pieces(&reading.skipped),
        ]);
    }
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"evidence.csv\""),
    ];
    Ok((headers, text).into_response())
}

async fn again(
    Path((id, attachment)): Path<(String, String)>,
    Body(ask, Nothing {}): Body<Nothing>,
) -> Result<Response> {
    let scene = ask.scene(&id).await?;
    scene.need(&ask, Permission::Act)?;
    let attachment = one(&ask, &id, &attachment).await?;
    if !matches!(attachment.state, AttachmentState::Read | AttachmentState::Failed) {
        return Err(Problem::conflict("not-read", Said::new("refusal-not-read")));
    }
    if arrives(&attachment) {
        return Err(Problem::conflict("arrived", Said::new("refusal-arrived")));
    }
    if is_live(&attachment) {
        return Err(Problem::conflict("replayed", Said::new("refusal-replayed")));
    }
    let mut change = ask.begin().await?;
    let edit = |it: &mut Attachment| it.state = AttachmentState::Kept;
    let attachment = change.edit::<Attachment>(&attachment.id, ask.write.seen, edit).await?;
    let answer = ask.done(change, &attachment, &scene.path("evidence")).await;
    ask.app.desk.wake();
    answer
}
