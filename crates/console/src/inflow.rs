//! What arrives by itself: the listeners, the spool, and the way of its events to the open incident.
//!
//! Events are judged by the functions that read files, in the order in which they arrived, and lie as lines beside
//! the rest of the incident's evidence: one attachment that stays live, one file a source and kind of line. Without
//! an open incident they wait in the spool.
//!
//! Invariant: what was judged, the lines, and the place in the spool are told by one change of the store; what was
//! written beyond it before a crash is cut off and made again, so that no event is judged twice or never.

mod judge;
mod listeners;

use std::sync::Arc;
use std::time::Duration;

use ::intake::spool::{Place, Reader, open_folder};
use ::intake::{Options, Spool};
use jiff::Timestamp;
use store::entity::{Attachment, AttachmentKind, AttachmentState, Incident, IncidentState};
use store::{Actor, Instant, new_id};

pub(crate) use self::listeners::serve;
pub use ::intake::listen::sockets::Wanted as Intake;

use self::judge::State;
use crate::app::{App, Config};
use crate::desk::{evidence_folder, found_file};
use crate::problem::{Problem, Result};
use crate::serve::ServeError;
use crate::silence;

/// The reader of the spool.
const READER: &str = "desk";
/// The attachment's name.
const NAME: &str = "intake";
/// Bytes that are judged at a time, about.
const BATCH: usize = 16 << 20;
/// The spool is looked at this often; the store is told no more often, unless more than a batch waits.
const BEAT: Duration = Duration::from_secs(1);
/// After a failure it is tried again this late.
const AGAIN: Duration = Duration::from_secs(5);

/// Opens the spool, where listeners are wanted; all that the last run left is read through before this returns.
pub(crate) async fn open(config: &Config) -> std::result::Result<Option<Arc<Spool>>, ServeError> {
    if !config.intake.is_any() {
        return Ok(None);
    }
    let folder = config.data.join("spool");
    let failed = |reason: String| ServeError::Data { path: folder.display().to_string(), reason };
    let at = folder.clone();
    let options =
        Options { readers: vec![READER.to_owned(), silence::READER.to_owned()], ..Options::default() };
    let opened = tokio::task::spawn_blocking(move || open_folder(&at, Timestamp::now, options));
    let opened = opened.await.map_err(|error| failed(error.to_string()))?;
    let spool = opened.map_err(|error| failed(error.to_string()))?;
    Ok(Some(Arc::new(spool)))
}

/// Brings what arrives to the open incident, until the process ends.
pub(crate) async fn work(app: App) {
    let Some(spool) = app.spool.clone() else { return };
    let mut reader = match spool.reader(READER) {
        Ok(reader) => reader,
        Err(error) => return tracing::error!(%error, "what arrives cannot be read"),
    };
    loop {
        let pause = match round(&app, &mut reader).await {
            Ok(true) => Duration::ZERO,
            Ok(false) => BEAT,
            Err(problem) => {
                tracing::error!(detail = problem.detail, "what arrived could not be judged; tried again");
                // What was read and not kept is read again.
                if let Ok(again) = spool.reader(READER) {
                    reader = again;
                }
                AGAIN
            }
        };
        tokio::time::sleep(pause).await;
    }
}

/// Judges one batch; whether more may be there at once.
async fn round(app: &App, reader: &mut Reader) -> Result<bool> {
    let incidents = app.store.all::<Incident>().await?;
    let Some(incident) = incidents.into_iter().rev().find(|it| it.state == IncidentState::Open) else {
        return Ok(false);
    };
    let all = app.store.all::<Attachment>().await?;
    let taken: Vec<(&Attachment, State)> = all.iter().filter_map(|it| Some((it, State::of(it)?))).collect();
    if let Some(end) = taken.iter().map(|(_, state)| state.end).max() {
        reader.resume(end);
    }
    let batch = reader.next(BATCH).map_err(|error| Problem::inside(&error))?;
    if batch.records.is_empty() {
        // Counts without events are passed, so that their segments go.
        keep(reader, batch.end)?;
        return Ok(false);
    }
    let is_full = batch.records.iter().map(|it| it.bytes.len()).sum::<usize>() >= BATCH;
    let own = taken.into_iter().find(|(it, _)| it.incident.as_deref() == Some(&incident.id));
    // One that was begun and not told of yet.
    let begun = |it: &&Attachment| {
        it.incident.as_deref() == Some(&incident.id)
            && it.name == NAME
            && it.author == Actor::machine().name
            && it.state == AttachmentState::Arriving
    };
    let (id, state) = match (own, all.iter().find(begun)) {
        (Some((attachment, state)), _) => (attachment.id.clone(), state),
        (None, Some(attachment)) => (attachment.id.clone(), State::default()),
        (None, None) => (begin(app, &incident).await?, State::default()),
    };
    let zone = app.shelf.latest(&app.store).await?.map(|sheet| sheet.map.time_zone.clone());
    let reference = crate::clock::now(&incident, Timestamp::now());
    let (shared, incident_id, attachment) = (app.clone(), incident.id.clone(), id.clone());
    let end = batch.end;
    let judged = tokio::task::spawn_blocking(move || {
        let folder = evidence_folder(&shared, &incident_id).join("files").join(&attachment);
        let found = found_file(&shared, &incident_id, &attachment);
        let options =
            evidence::Options { time_zone: zone, reference: Some(reference), ..evidence::Options::default() };
        judge::batch(&shared.rooms.engine, state, &batch, &folder, &found, &options)
    });
    let judged = judged.await.map_err(|error| Problem::inside(&error))?;
    let state = judged.map_err(|error| Problem::inside(&error))?;
    tell(app, &id, &state).await?;
    keep(reader, end)?;
    app.desk.wake();
    Ok(is_full)
}

fn keep(reader: &mut Reader, end: Place) -> Result<()> {
    reader.commit(end).map_err(|error| Problem::inside(&error))
}

async fn begin(app: &App, incident: &Incident) -> Result<String> {
    let id = new_id();
    let attachment = Attachment {
        id: id.clone(),
        version: 0,
        incident: Some(incident.id.clone()),
        kind: AttachmentKind::Evidence,
        about: None,
        name: NAME.to_owned(),
        size: 0,
        arrived: 0,
        sha256: None,
        // Not to be read as a whole: what arrives is judged as it comes.
        state: AttachmentState::Arriving,
        reading: None,
        author: Actor::machine().name,
        at: Instant::from(crate::clock::now(incident, Timestamp::now())),
    };
    let mut change = app.store.begin(&Actor::machine()).await?;
    change.add(attachment).await?;
    change.commit().await?;
    Ok(id)
}

async fn tell(app: &App, id: &str, state: &State) -> Result<()> {
    let reading = state.said(&app.rooms.engine)?;
    let bytes = i64::try_from(state.bytes()).unwrap_or(i64::MAX);
    let mut change = app.store.begin(&Actor::machine()).await?;
    let edit = |it: &mut Attachment| {
        (it.size, it.arrived, it.state) = (bytes, bytes, AttachmentState::Read);
        it.reading = Some(reading);
    };
    change.edit::<Attachment>(id, None, edit).await?;
    change.commit().await?;
    Ok(())
}
