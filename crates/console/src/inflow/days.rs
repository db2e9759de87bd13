//! Where what arrives belongs: the open incident, else the standing watch; one attachment a day in it.
//!
//! Invariant: there is one watch at most, made by the first arrival; nothing is taken off but from a watch, and
//! there only whole days that are older than [`WATCHED`]: their events stay in the lake.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use serde_json::json;
use store::entity::{Attachment, AttachmentKind, AttachmentState, Incident, IncidentKind, IncidentState};
use store::{Actor, Instant, Json, new_id};

use super::judge::{State, state_file};
use crate::app::App;
use crate::desk::{evidence_folder, found_file};
use crate::problem::{Problem, Result};
use crate::reading;
use crate::room::declare::HORIZON;

/// Days of arrivals that a watch rests on, the current one not counted.
const WATCHED: i64 = 7;
/// What the attachments of arrivals are called, before their day.
const NAME: &str = "intake ";

/// Where arrivals go now: the open incident declared last, else the watch, which begins here where there is none.
pub(super) async fn target(app: &App) -> Result<Incident> {
    let all = app.store.all::<Incident>().await?;
    let of = |state| all.iter().rev().find(|it| it.state == state).cloned();
    match of(IncidentState::Open).or_else(|| of(IncidentState::Watch)) {
        Some(incident) => Ok(incident),
        None => begin_watch(app).await,
    }
}

async fn begin_watch(app: &App) -> Result<Incident> {
    let now = Instant::from(Timestamp::now());
    let watch = Incident {
        id: new_id(),
        version: 0,
        title: app.rooms.en.say("watch-title"),
        kind: IncidentKind::Real,
        state: IncidentState::Watch,
        site: None,
        opened_at: now,
        closed_at: None,
        aware_at: None,
        facts: Json(json!({})),
        clock_wall: None,
        clock_own: None,
        clock_speed: 1.0,
        horizon: HORIZON,
    };
    let mut change = app.store.begin(&Actor::machine()).await?;
    let watch = change.add(watch).await?;
    change.commit().await?;
    Ok(watch)
}

/// The day's attachment of an incident: the one that was begun, else a new one.
pub(super) async fn attachment(app: &App, incident: &Incident, day: Date) -> Result<Attachment> {
    let name = format!("{NAME}{day}");
    let all = app.store.all::<Attachment>().await?;
    let own = |it: &&Attachment| it.incident.as_deref() == Some(&incident.id) && day_of(it) == Some(day);
    if let Some(begun) = all.iter().find(own) {
        return Ok(begun.clone());
    }
    if incident.state == IncidentState::Watch {
        take_off(app, incident, &all, day).await?;
    }
    let attachment = Attachment {
        id: new_id(),
        version: 0,
        incident: Some(incident.id.clone()),
        kind: AttachmentKind::Evidence,
        about: None,
        name,
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
    let attachment = change.add(attachment).await?;
    change.commit().await?;
    Ok(attachment)
}

/// The day whose arrivals an attachment holds; none where it holds something else.
pub(super) fn day_of(attachment: &Attachment) -> Option<Date> {
    let own = attachment.author == Actor::machine().name;
    attachment.name.strip_prefix(NAME).filter(|_| own)?.parse().ok()
}

/// Tells the store how far an attachment is.
pub(super) async fn tell(app: &App, id: &str, state: &State) -> Result<Attachment> {
    let told = reading::arrived(&app.rooms.engine, &state.reading)?;
    let bytes = i64::try_from(state.bytes()).unwrap_or(i64::MAX);
    let mut change = app.store.begin(&Actor::machine()).await?;
    let edit = |it: &mut Attachment| {
        (it.size, it.arrived, it.state) = (bytes, bytes, AttachmentState::Read);
        it.reading = Some(told);
    };
    let told = change.edit::<Attachment>(id, None, edit).await?;
    change.commit().await?;
    Ok(told)
}

/// Takes off the watch what is older than it looks back.
async fn take_off(app: &App, watch: &Incident, all: &[Attachment], today: Date) -> Result<()> {
    let oldest = today.checked_sub(WATCHED.days()).map_err(|error| Problem::inside(&error))?;
    let is_old = |it: &&Attachment| {
        it.incident.as_deref() == Some(&watch.id) && day_of(it).is_some_and(|day| day < oldest)
    };
    for old in all.iter().filter(is_old) {
        let mut change = app.store.begin(&Actor::machine()).await?;
        // Declared meanwhile, it keeps everything.
        if change.read::<Incident>(&watch.id).await?.state != IncidentState::Watch {
            return Ok(());
        }
        change.remove::<Attachment>(&old.id).await?;
        change.commit().await?;
        let found = found_file(app, &watch.id, &old.id);
        let _ = tokio::fs::remove_file(state_file(&found)).await;
        let _ = tokio::fs::remove_file(&found).await;
        let files = evidence_folder(app, &watch.id).join("files").join(&old.id);
        if let Err(error) = tokio::fs::remove_dir_all(&files).await {
            tracing::warn!(folder = %files.display(), %error, "a day that was taken off the watch lies there still");
        }
    }
    Ok(())
}
