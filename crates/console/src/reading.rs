//! Evidence read: files in, detections kept, one file of them an attachment.
//!
//! Invariant: what was found is written beside, synced and renamed before the attachment counts as read; an
//! attachment is read once, and again only where its rules changed or somebody asks. What arrived by itself is never
//! read here: it was judged as it came.

use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::path::Path;

use assess::Reading;
use detect::{Detected, Engine};
use evidence::Input;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use store::entity::{Attachment, AttachmentKind, AttachmentState, Incident};
use store::{Actor, Json};

use crate::app::App;
use crate::desk::{evidence_folder, found_file};
use crate::inflow::State;
use crate::problem::{Problem, Result};

/// Reads every attachment of an incident that is whole and was not read yet.
///
/// # Errors
/// When the store does not answer.
pub async fn read_new(app: &App, incident: &Incident) -> Result<()> {
    for attachment in app.store.all::<Attachment>().await? {
        let own = attachment.incident.as_deref() == Some(&incident.id)
            && attachment.kind == AttachmentKind::Evidence;
        // One found half read was interrupted by the end of the process.
        if own && matches!(attachment.state, AttachmentState::Kept | AttachmentState::Reading) {
            read_one(app, incident, &attachment).await?;
        }
    }
    Ok(())
}

async fn read_one(app: &App, incident: &Incident, attachment: &Attachment) -> Result<()> {
    set(app, &attachment.id, AttachmentState::Reading, None).await?;
    let map = app.shelf.latest(&app.store).await?;
    let (shared, incident_id, id) = (app.clone(), incident.id.clone(), attachment.id.clone());
    let zone = map.map(|sheet| sheet.map.time_zone.clone());
    let reference = crate::clock::now(incident, Timestamp::now());
    let done = tokio::task::spawn_blocking(move || {
        let folder = evidence_folder(&shared, &incident_id).join("files").join(&id);
        let options =
            evidence::Options { time_zone: zone, reference: Some(reference), ..evidence::Options::default() };
        find(&shared.rooms.engine, &folder, &found_file(&shared, &incident_id, &id), &options)
    });
    match done.await.map_err(|error| Problem::inside(&error))? {
        Ok(reading) => {
            let reading = said(&app.rooms.engine, &reading)?;
            set(app, &attachment.id, AttachmentState::Read, Some(reading)).await?;
            app.read.notify_one();
            Ok(())
        }
        Err(error) => {
            tracing::error!(%error, attachment = attachment.id, "evidence could not be read");
            let why = Json(serde_json::json!({ "error": error.to_string() }));
            set(app, &attachment.id, AttachmentState::Failed, Some(why)).await
        }
    }
}

/// What was read, as an attachment keeps it: with the fingerprint of the rules that judged it.
pub(crate) fn said(engine: &Engine, reading: &Reading) -> Result<Json> {
    let mut value = serde_json::to_value(reading).map_err(|error| Problem::inside(&error))?;
    value["rules"] = engine.fingerprint().into();
    Ok(Json(value))
}

/// What arrived, as an attachment keeps it: counts without the hosts, which are many and stand in its state.
pub(crate) fn arrived(engine: &Engine, reading: &Reading) -> Result<Json> {
    let mut told = said(engine, reading)?;
    told.0["hosts"] = serde_json::json!({});
    told.0["arrives"] = true.into();
    Ok(told)
}

/// Whether an attachment holds what arrived by itself.
#[must_use]
pub(crate) fn arrives(attachment: &Attachment) -> bool {
    attachment.reading.as_ref().is_some_and(|it| it.0["arrives"] == true)
}

/// What was read of an attachment.
#[must_use]
pub(crate) fn reading(app: &App, attachment: &Attachment) -> Option<Reading> {
    if arrives(attachment) {
        let incident = attachment.incident.as_deref()?;
        let state = State::load(&found_file(app, incident, &attachment.id));
        // Without its state, the store knows the counts of the last time that it was told.
        if let Some(state) = state.ok().filter(|it| it.reading.events > 0) {
            return Some(state.reading);
        }
    }
    serde_json::from_value(attachment.reading.as_ref()?.0.clone()).ok()
}

/// Where evidence stands whose events still come in by themselves.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) struct Live {
    /// The incident's clock when this was written.
    pub(crate) at: Timestamp,
    /// The evidence's last instant.
    pub(crate) end: Timestamp,
}

/// Where an attachment stands whose events still come in.
#[must_use]
pub(crate) fn live(attachment: &Attachment) -> Option<Live> {
    serde_json::from_value(attachment.reading.as_ref()?.0.get("live")?.clone()).ok()
}

/// Whether events of an attachment still come in by themselves.
#[must_use]
pub(crate) fn is_live(attachment: &Attachment) -> bool {
    live(attachment).is_some()
}

async fn set(app: &App, id: &str, state: AttachmentState, reading: Option<Json>) -> Result<()> {
    let mut change = app.store.begin(&Actor::machine()).await?;
    let edit = |it: &mut Attachment| {
        it.state = state;
        it.reading = reading.or(it.reading.take());
    };
    change.edit::<Attachment>(id, None, edit).await?;
    change.commit().await?;
    Ok(())
}

/// Judges a folder; writes what was found, one detection a line.
fn find(
    engine: &Engine,
    folder: &Path,
    found: &Path,
    options: &evidence::Options<'_>,
) -> io::Result<Reading> {
    let parent = found.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(parent)?;
    let mut out = BufWriter::new(tempfile::NamedTempFile::new_in(parent)?);
    let mut failed = None;
    let clock = Timestamp::now();
    let reading = assess::read(vec![Input::Path(folder.to_path_buf())], options, engine, clock, |detected| {
        if failed.is_none() {
            failed = write(&mut out, engine, detected).err();
        }
    });
    if let Some(error) = failed {
        return Err(error);
    }
    let file = out.into_inner().map_err(io::IntoInnerError::into_error)?;
    file.as_file().sync_all()?;
    file.persist(found).map_err(|error| error.error)?;
    Ok(reading)
}

/// Writes a detection as a line.
pub(crate) fn write(out: &mut impl Write, engine: &Engine, detected: Detected) -> io::Result<()> {
    serde_json::to_writer(&mut *out, &engine.keep(detected))?;
    out.write_all(b"\n")
}

/// Detections of a file, without those whose rule is gone. A last line without its end is still being written.
pub(crate) fn recall<R: Read>(
    engine: &Engine,
    file: R,
) -> impl Iterator<Item = io::Result<Detected>> + use<'_, R> {
    let mut file = BufReader::new(file);
    let lines = std::iter::from_fn(move || {
        let mut line = Vec::new();
        match file.read_until(b'\n', &mut line) {
            Ok(_) if line.last() != Some(&b'\n') => None,
            read => Some(read.map(|_| line)),
        }
    });
    lines.filter_map(move |line| {
        let kept = line.and_then(|line| serde_json::from_slice(&line).map_err(io::Error::other));
        kept.map(|kept| engine.recall(kept)).transpose()
    })
}
