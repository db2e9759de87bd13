//! Events of the evidence that was read, kept for later searches.
//!
//! Invariant: an event is kept once, by its place in its evidence, and a stop in between loses nothing; keeping is
//! done behind the assessment's back, on one thread, and never delays it.

use std::time::Duration;

use evidence::{Event, Input};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use lake::{Kept, LakeError};
use store::entity::{Attachment, AttachmentKind, AttachmentState, Incident};

use crate::app::App;
use crate::clock;
use crate::desk::evidence_folder;
use crate::problem::{Problem, Result};
use crate::reading::is_live;

/// Between two looks for evidence whose events are not kept.
const BEAT: Duration = Duration::from_secs(5);
/// Events kept at once.
const BATCH: usize = 8_192;

/// Keeps what was read, again and again, until the process ends.
pub(crate) async fn work(app: App) {
    loop {
        tokio::time::sleep(BEAT).await;
        if let Err(problem) = round(&app).await {
            tracing::error!(
                detail = problem.detail,
                "events could not be kept for searches; tried again soon"
            );
        }
    }
}

async fn round(app: &App) -> Result<()> {
    let incidents = app.store.all::<Incident>().await?;
    for attachment in app.store.all::<Attachment>().await? {
        let incident = incidents.iter().find(|it| attachment.incident.as_ref() == Some(&it.id));
        let Some(incident) = incident.filter(|_| is_due(app, &attachment)) else { continue };
        let sheet = app.shelf.latest(&app.store).await?;
        let zone = sheet.map(|sheet| sheet.map.time_zone.clone());
        let (shared, reference) = (app.clone(), clock::now(incident, Timestamp::now()));
        let kept = tokio::task::spawn_blocking(move || keep(&shared, &attachment, zone, reference));
        kept.await.map_err(|error| Problem::inside(&error))?.map_err(|error| Problem::inside(&error))?;
    }
    Ok(())
}

/// Whether some of its events are not kept.
fn is_due(app: &App, attachment: &Attachment) -> bool {
    let whole = attachment.kind == AttachmentKind::Evidence && attachment.state == AttachmentState::Read;
    let events = attachment.reading.as_ref().and_then(|it| it.0["events"].as_u64()).unwrap_or(0);
    whole && !is_live(attachment) && next(app, attachment) < events
}

/// The number of the first event that is not kept.
fn next(app: &App, attachment: &Attachment) -> u64 {
    app.lake.last(&attachment.id).map_or(0, |last| last + 1)
}

fn keep(
    app: &App,
    attachment: &Attachment,
    zone: Option<TimeZone>,
    reference: Timestamp,
) -> std::result::Result<(), LakeError> {
    let incident = attachment.incident.as_deref().unwrap_or_default();
    let folder = evidence_folder(app, incident).join("files").join(&attachment.id);
    let options = evidence::Options {
        threads: 1,
        time_zone: zone,
        reference: Some(reference),
        ..evidence::Options::default()
    };
    let day = Timestamp::now().to_zoned(TimeZone::UTC).date();
    let from = next(app, attachment);
    let (mut first, mut number) = (from, 0);
    let (mut batch, mut done) = (Vec::new(), Ok(()));
    let mut put = |batch: &mut Vec<Kept>| {
        if !batch.is_empty() {
            app.lake.append(day, &attachment.id, first, batch)?;
            first += batch.len() as u64;
            batch.clear();
        }
        Ok(())
    };
    let judge = |event: &Event, out: &mut Vec<Kept>| {
        let mut found = Vec::new();
        app.rooms.engine.judge(event, &mut found);
        let shown = found.iter().filter(|it| it.shown).map(|it| it.signal.rule.to_string());
        out.push(Kept { event: event.clone(), rules: shown.collect() });
    };
    evidence::read(vec![Input::Path(folder)], &options, judge, |kept| {
        if number >= from && done.is_ok() {
            batch.push(kept);
            if batch.len() == BATCH {
                done = put(&mut batch);
            }
        }
        number += 1;
    });
    done.and_then(|()| put(&mut batch))
}
