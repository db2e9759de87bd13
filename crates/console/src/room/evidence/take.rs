//! Taking evidence in: whole by a form that needs no script, or in pieces that resume where the line was lost.
//!
//! Invariant: a form is taken only with its session's mark before the first file; an attachment counts as kept once
//! all announced bytes are synced and hashed.

use std::collections::BTreeSet;

use assess::Said;
use axum::body::Body as Bytes;
use axum::extract::multipart::Field;
use axum::extract::{Multipart, Path, Query};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::{Deserialize, Serialize};
use store::entity::{Attachment, AttachmentKind, AttachmentState};
use store::{Instant, new_id};

use super::arrival::{self, Hold, SIZE_MAX, hash, make, safe_name};
use super::{folder, one};
use crate::ask::Ask;
use crate::body::{Body, Nothing};
use crate::desk::evidence_folder;
use crate::parts::{Parts, broken, text};
use crate::permit::Permission;
use crate::problem::{Problem, Result};
use crate::scene::Scene;

/// Files of one form at most.
const FILES_MAX: usize = 100;
/// The record of a file that arrives in pieces is written anew after this many bytes.
const TOLD_EVERY: u64 = 64 << 20;

#[derive(Deserialize, utoipa::ToSchema)]
#[schema(as = AnnounceFile)]
pub(super) struct Announced {
    /// The file's name; it is kept under a safe one made from it.
    name: String,
    /// Its bytes.
    size: u64,
    /// The machine that it comes from.
    about: Option<String>,
}

/// Names taken, so that a path of the evidence stands for one file.
fn taken(ask: &Ask, incident: &str) -> Result<BTreeSet<String>> {
    arrival::names(&evidence_folder(&ask.app, incident).join("files"))
        .map_err(|error| Problem::inside(&error))
}

fn attachment(ask: &Ask, scene: &Scene, name: String, about: Option<String>) -> Attachment {
    Attachment {
        id: new_id(),
        version: 0,
        incident: Some(scene.incident.id.clone()),
        kind: AttachmentKind::Evidence,
        about,
        name,
        size: 0,
        arrived: 0,
        sha256: None,
        state: AttachmentState::Arriving,
        reading: None,
        author: ask.visitor.name().to_owned(),
        at: Instant::from(scene.now),
    }
}

/// The machine that evidence comes from: one of the map, or a name of the logs.
fn about(said: Option<String>) -> Result<Option<String>> {
    let said = said.filter(|it| !it.trim().is_empty());
    match &said {
        Some(text) if text.chars().count() > 200 => Err(Problem::bad(Said::new("refusal-about-long"))),
        _ => Ok(said),
    }
}

pub(super) async fn announce(Path(id): Path<String>, Body(ask, wanted): Body<Announced>) -> Result<Response> {
    let scene = ask.scene(&id).await?;
    scene.need(&ask, Permission::Act)?;
    if wanted.size == 0 || wanted.size > SIZE_MAX {
        return Err(Problem::bad(Said::new("refusal-size").with("most", SIZE_MAX)));
    }
    let name = safe_name(&wanted.name, &taken(&ask, &id)?);
    let mut it = attachment(&ask, &scene, name, about(wanted.about)?);
    it.size = i64::try_from(wanted.size).unwrap_or(i64::MAX);
    let own = folder(&ask.app, &id, &it.id);
    make(&own, &it.name).await?;
    let answer = async {
        let mut change = ask.begin().await?;
        let it = change.add(it).await?;
        ask.done(change, &it, &scene.path("evidence")).await
    };
    let answer = answer.await;
    if answer.is_err() {
        // The name is free again.
        if let Err(error) = tokio::fs::remove_dir_all(&own).await {
            tracing::warn!(%error, "the place of a file that was not announced could not be taken away");
        }
    }
    answer
}

#[derive(Deserialize, utoipa::IntoParams)]
pub(super) struct At {
    /// Bytes that arrived before.
    offset: u64,
}

/// How far a file arrived.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct Arrived {
    /// The attachment.
    id: String,
    /// Bytes that arrived.
    arrived: u64,
    /// Bytes announced.
    size: u64,
}

pub(super) async fn piece(
    ask: Ask,
    Path((id, attachment)): Path<(String, String)>,
    Query(at): Query<At>,
    bytes: Bytes,
) -> Result<Response> {
    let scene = ask.scene(&id).await?;
    scene.need(&ask, Permission::Act)?;
    let it = arriving(&ask, &id, &attachment).await?;
    let busy = || Problem::conflict("busy", Said::new("refusal-busy-file"));
    let _hold = Hold::take(&it.id).ok_or_else(busy)?;
    let path = folder(&ask.app, &id, &it.id).join(&it.name);
    let arrived = tokio::fs::metadata(&path).await?.len();
    if at.offset != arrived {
        let mut problem = Problem::conflict("offset", Said::new("refusal-offset").with("arrived", arrived));
        problem.more.push(("arrived", arrived.into()));
        return Err(problem);
    }
    let announced = u64::try_from(it.size).unwrap_or_default();
    let arrived = arrival::add(&path, arrived, announced, bytes.into_data_stream()).await?;
    if arrived.saturating_sub(u64::try_from(it.arrived).unwrap_or_default()) >= TOLD_EVERY {
        let mut change = ask.begin().await?;
        let told = |it: &mut Attachment| it.arrived = i64::try_from(arrived).unwrap_or(i64::MAX);
        change.edit::<Attachment>(&it.id, None, told).await?;
        change.commit().await?;
    }
    ask.json(&Arrived { id: it.id.clone(), arrived, size: announced })
}

async fn arriving(ask: &Ask, incident: &str, attachment: &str) -> Result<Attachment> {
    let it = one(ask, incident, attachment).await?;
    if it.state != AttachmentState::Arriving {
        return Err(Problem::conflict("whole", Said::new("refusal-whole")));
    }
    Ok(it)
}

#[derive(Deserialize, utoipa::ToSchema)]
#[schema(as = FinishFile)]
pub(super) struct Finished {
    /// SHA-256 of all bytes, in hexadecimal.
    sha256: Option<String>,
}

pub(super) async fn finish(
    Path((id, attachment)): Path<(String, String)>,
    Body(ask, wanted): Body<Finished>,
) -> Result<Response> {
    let scene = ask.scene(&id).await?;
    scene.need(&ask, Permission::Act)?;
    let it = arriving(&ask, &id, &attachment).await?;
    let busy = || Problem::conflict("busy", Said::new("refusal-busy-file"));
    let _hold = Hold::take(&it.id).ok_or_else(busy)?;
    let path = folder(&ask.app, &id, &it.id).join(&it.name);
    let arrived = tokio::fs::metadata(&path).await?.len();
    if i64::try_from(arrived).ok() != Some(it.size) {
        let rest = Said::new("refusal-rest").with("arrived", arrived).with("all", it.size.to_string());
        let mut problem = Problem::conflict("offset", rest);
        problem.more.push(("arrived", arrived.into()));
        return Err(problem);
    }
    let hashed =
        tokio::task::spawn_blocking(move || hash(&path)).await.map_err(|error| Problem::inside(&error))?;
    let sha256 = hashed?;
    if wanted.sha256.is_some_and(|said| !said.trim().eq_ignore_ascii_case(&sha256)) {
        return Err(Problem::conflict("sha256", Said::new("refusal-sha256").with("sha256", sha256)));
    }
    let mut change = ask.begin().await?;
    let whole = |it: &mut Attachment| {
        (it.arrived, it.sha256, it.state) = (it.size, Some(sha256), AttachmentState::Kept);
    };
    let it = change.edit::<Attachment>(&it.id, None, whole).await?;
    let answer = ask.done(change, &it, &scene.path("evidence")).await;
    ask.app.desk.wake();
    answer
}

/// Forgets a file of which bytes are missing: only a half was ever there, and nothing rests on it.
pub(super) async fn drop_unfinished(
    Path((id, attachment)): Path<(String, String)>,
    Body(ask, Nothing {}): Body<Nothing>,
) -> Result<Response> {
    let scene = ask.scene(&id).await?;
    scene.need(&ask, Permission::Act)?;
    let it = arriving(&ask, &id, &attachment).await?;
    let busy = || Problem::conflict("busy", Said::new("refusal-busy-file"));
    let _hold = Hold::take(&it.id).ok_or_else(busy)?;
    let mut change = ask.begin().await?;
    change.remove::<Attachment>(&it.id).await?;
    let answer = ask.finish(change, StatusCode::OK, &it, None, &scene.path("evidence")).await?;
    tokio::fs::remove_dir_all(folder(&ask.app, &id, &it.id)).await?;
    Ok(answer)
}

pub(super) async fn form(ask: Ask, Path(id): Path<String>, mut form: Multipart) -> Result<Response> {
    let scene = ask.scene(&id).await?;
    scene.need(&ask, Permission::Act)?;
    let mut kept: Vec<Attachment> = Vec::new();
    let done = bring(&ask, &scene, &mut form, &mut kept).await;
    if done.is_err() {
        // All of a form or nothing of it: files that no record names would lie there for ever.
        for it in &kept {
            if let Err(error) = tokio::fs::remove_dir_all(folder(&ask.app, &id, &it.id)).await {
                tracing::warn!(%error, "files of a form that broke off could not be thrown away");
            }
        }
    }
    let back = done?;
    ask.app.desk.wake();
    Ok(Redirect::to(back.as_deref().unwrap_or(&scene.path("evidence"))).into_response())
}

/// Takes the fields and files of a form, one by one. Gives the page to go back to.
async fn bring(
    ask: &Ask,
    scene: &Scene,
    form: &mut Multipart,
    kept: &mut Vec<Attachment>,
) -> Result<Option<String>> {
    let (mut parts, mut from) = (Parts::of(ask), None);
    while let Some(field) = form.next_field().await.map_err(broken)? {
        let Some(field) = parts.sift(ask, field).await? else { continue };
        match field.name().unwrap_or_default() {
            "about" => from = about(Some(text(field).await?))?,
            "file" if field.file_name().is_some_and(|name| !name.is_empty()) => {
                if kept.len() >= FILES_MAX {
                    return Err(Problem::bad(Said::new("refusal-files-many").with("most", FILES_MAX)));
                }
                kept.push(file(ask, scene, field, from.clone()).await?);
            }
            _ => {}
        }
    }
    if kept.is_empty() {
        return Err(Problem::bad(Said::new("refusal-file-none")));
    }
    let mut change = ask.begin().await?;
    for it in kept.iter() {
        change.add(it.clone()).await?;
    }
    change.commit().await?;
    Ok(parts.back)
}

/// One file of a form; what came of one that broke off is thrown away.
async fn file(ask: &Ask, scene: &Scene, field: Field<'_>, about: Option<String>) -> Result<Attachment> {
    let name = safe_name(field.file_name().unwrap_or_default(), &taken(ask, &scene.incident.id)?);
    let mut it = attachment(ask, scene, name, about);
    let folder = folder(&ask.app, &scene.incident.id, &it.id);
    let path = make(&folder, &it.name).await?;
    match arrival::whole(&path, field).await {
        Ok((size, sha256)) => {
            it.size = i64::try_from(size).unwrap_or(i64::MAX);
            (it.arrived, it.sha256, it.state) = (it.size, Some(sha256), AttachmentState::Kept);
            Ok(it)
        }
        Err(problem) => {
            if let Err(error) = tokio::fs::remove_dir_all(&folder).await {
                tracing::warn!(%error, "half a file could not be thrown away");
            }
            Err(problem)
        }
    }
}
