//! Events kept for later searches: those of evidence that was read, the merging of small files, the letting go of old
//! ones.
//!
//! Invariant: an event is kept once, by its place in its evidence, and a stop in between loses nothing; keeping
//! evidence is done behind the assessment's back, on one thread, and never delays it. One that cannot be kept stands in
//! no other's way.

use std::collections::HashSet;
use std::time::Duration;

use detect::Detected;
use evidence::{Event, Input};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use lake::{Lake, LakeError, Row};
use store::entity::{Attachment, AttachmentKind, AttachmentState, Incident};

use crate::app::App;
use crate::clock;
use crate::desk::evidence_folder;
use crate::problem::{Problem, Result};
use crate::reading::{arrives, is_live};

/// Events kept at once.
const BATCH: usize = 8_192;
/// Small files are merged and old ones let go this often; what could not be kept is tried again.
const HOURLY: Duration = Duration::from_secs(3_600);
/// Files of the last days are merged; those before were.
const MERGED_DAYS: i64 = 7;

/// How long events are kept.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Retention {
    /// Whole days of arrival; for ever, where 0.
    pub days: u32,
    /// Bytes in all; as many as there are, where 0.
    pub bytes: u64,
}

impl Default for Retention {
    /// A year and a month, whatever they take.
    fn default() -> Retention {
        Retention { days: 400, bytes: 0 }
    }
}

/// The day on which something arrives.
pub(crate) fn day(at: Timestamp) -> Date {
    at.to_zoned(TimeZone::UTC).date()
}

/// Keeps what was read, whenever something was, until the process ends.
pub(crate) async fn work(app: App) {
    let mut failing = HashSet::new();
    loop {
        if let Err(problem) = round(&app, &mut failing).await {
            tracing::error!(detail = problem.english(), "events could not be kept for searches; tried again");
        }
        tokio::select! {
            () = app.read.notified() => {}
            () = tokio::time::sleep(HOURLY) => {}
        }
    }
}

/// Merges small files and lets old ones go, each hour, until the process ends.
pub(crate) async fn tidy(app: App) {
    loop {
        let shared = app.clone();
        let done = tokio::task::spawn_blocking(move || {
            let today = day(Timestamp::now());
            let Retention { days, bytes } = shared.config.retention;
            let oldest = (days > 0).then(|| today.saturating_sub(i64::from(days).days()));
            let removed = shared.lake.retain(oldest, (bytes > 0).then_some(bytes))?;
            if removed.files > 0 {
                tracing::info!(files = removed.files, bytes = removed.bytes, "old events were let go");
            }
            shared.lake.merge(today.saturating_sub(MERGED_DAYS.days()))
        });
        match done.await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::error!(%error, "kept events could not be merged or let go"),
            Err(error) => tracing::error!(%error, "merging of kept events gave up"),
        }
        tokio::time::sleep(HOURLY).await;
    }
}

async fn round(app: &App, failing: &mut HashSet<String>) -> Result<()> {
    let incidents = app.store.all::<Incident>().await?;
    for attachment in app.store.all::<Attachment>().await? {
        let incident = incidents.iter().find(|it| attachment.incident.as_ref() == Some(&it.id));
        let Some(incident) = incident.filter(|_| is_due(app, &attachment)) else { continue };
        let sheet = app.shelf.latest(&app.store).await?;
        let zone = sheet.map(|sheet| sheet.map.time_zone.clone());
        let (shared, reference) = (app.clone(), clock::now(incident, Timestamp::now()));
        let id = attachment.id.clone();
        let kept = tokio::task::spawn_blocking(move || keep(&shared, &attachment, zone, reference)).await;
        match kept.map_err(|error| Problem::inside(&error))? {
            Ok(()) => drop(failing.remove(&id)),
            Err(error) if failing.insert(id.clone()) => {
                tracing::error!(%error, attachment = id, "its events cannot be kept for searches; tried again each hour");
            }
            Err(_) => {}
        }
    }
    Ok(())
}

/// Whether some of its events are not kept.
fn is_due(app: &App, attachment: &Attachment) -> bool {
    let whole = attachment.kind == AttachmentKind::Evidence && attachment.state == AttachmentState::Read;
    let events = attachment.reading.as_ref().and_then(|it| it.0["events"].as_u64()).unwrap_or(0);
    whole && !is_live(attachment) && !arrives(attachment) && next(&app.lake, &attachment.id) < events
}

/// The number of the first event of a source that is not kept.
fn next(lake: &Lake, source: &str) -> u64 {
    lake.last(source).map_or(0, |last| last + 1)
}

/// An event that is the `record`th of its path, with the rules that it matched and that are shown by themselves.
pub(crate) fn row(event: &Event, record: u64, found: &[Detected]) -> std::result::Result<Row, LakeError> {
    let shown = found.iter().filter(|it| it.shown).map(|it| it.signal.rule.to_string());
    Row::of(event, record, shown.collect())
}

/// Events of a source on their way into the lake, in order. Those that it has already are passed.
pub(crate) struct Keeper<'l> {
    lake: &'l Lake,
    day: Date,
    source: &'l str,
    from: u64,
    number: u64,
    waiting: Vec<Row>,
}

impl<'l> Keeper<'l> {
    /// From the event of that number on.
    pub(crate) fn new(lake: &'l Lake, day: Date, source: &'l str, number: u64) -> Keeper<'l> {
        Keeper { lake, day, source, from: next(lake, source), number, waiting: Vec::new() }
    }

    /// The next event.
    pub(crate) fn put(&mut self, row: Row) -> std::result::Result<(), LakeError> {
        self.number += 1;
        if self.number > self.from {
            self.waiting.push(row);
        }
        if self.waiting.len() == BATCH { self.end() } else { Ok(()) }
    }

    /// Keeps what waits.
    pub(crate) fn end(&mut self) -> std::result::Result<(), LakeError> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        let first = self.number - self.waiting.len() as u64;
        self.lake.append(self.day, self.source, first, std::mem::take(&mut self.waiting)).map(drop)
    }
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
    let mut keeper = Keeper::new(&app.lake, day(Timestamp::now()), &attachment.id, 0);
    let mut done = Ok(());
    let judge = |event: &Event, out: &mut Vec<_>| {
        let mut found = Vec::new();
        app.rooms.engine.judge(event, &mut found);
        out.push(row(event, event.origin.record, &found));
    };
    evidence::read(vec![Input::Path(folder)], &options, judge, |row| {
        if done.is_ok() {
            done = row.and_then(|row| keeper.put(row));
        }
    });
    done.and_then(|()| keeper.end())
}
