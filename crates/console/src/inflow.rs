//! What arrives by itself: the listeners, the spool, and the way of its events to the open incident, or, while there
//! is none, to the standing watch.
//!
//! Events are judged by the functions that read files, in the order in which they arrived, and lie as lines beside
//! the rest of the incident's evidence: one attachment a day, in it one file a source and kind of line. They go to the
//! lake with the rules that they matched, judged once.
//!
//! Invariant: what was judged, the lines, and the place in the spool are told by one file, renamed into place; what was
//! written beyond it before a crash is cut off and made again, so that no event is judged twice or never. The store is
//! not asked while nothing arrives, and told seldom.

mod days;
mod judge;
mod listeners;

use std::sync::Arc;
use std::time::{Duration, Instant};

use ::intake::spool::{Batch, Place, Reader, open_folder};
use ::intake::{Counts, Options, Source, Spool};
use jiff::Timestamp;
use jiff::civil::Date;
use store::entity::{Attachment, AttachmentState, Incident, IncidentState};

pub(crate) use self::judge::State;
pub(crate) use self::listeners::serve;
pub use ::intake::listen::sockets::Wanted as Intake;

use self::judge::Goes;
use crate::app::{App, Config};
use crate::desk::{evidence_folder, found_file};
use crate::keeping::day;
use crate::problem::{Problem, Result};
use crate::serve::ServeError;
use crate::silence;

/// The reader of the spool.
const READER: &str = "desk";
/// Bytes that are judged at a time, about: what is found is seen after each.
const BATCH: usize = 4 << 20;
/// Batches that are not full begin this far apart: each costs a file and some syncs.
const GATHER: Duration = Duration::from_millis(500);
/// While nothing arrives, the store is told this often what it was not told yet.
const IDLE: Duration = Duration::from_secs(30);
/// The store is told how far an incident's arrivals are this often, and how far a watch's.
const TOLD: Duration = Duration::from_secs(60);
const TOLD_CALM: Duration = Duration::from_secs(3_600);
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

/// Every source, with its counts and its silence.
pub(crate) fn sources(app: &App, now: Timestamp) -> Vec<(Arc<Source>, Counts, silence::Told)> {
    let counts = app.spool.as_ref().map(|spool| spool.counts()).unwrap_or_default();
    let with = |(source, counts): (Arc<Source>, Counts)| {
        let silence = app.silence.of(&source, now);
        (source, counts, silence)
    };
    counts.into_iter().map(with).collect()
}

/// Brings what arrives to where it belongs, until the process ends.
pub(crate) async fn work(app: App) {
    let Some(spool) = app.spool.clone() else { return };
    let mut inflow = None;
    loop {
        let begun = Instant::now();
        match round(&app, &spool, &mut inflow).await {
            Ok(true) => {}
            Ok(false) => {
                if let Some(inflow) = &mut inflow {
                    // One that panicked begins anew.
                    let _ = inflow.aside(|reader| reader.wait(IDLE)).await;
                }
                tokio::time::sleep(GATHER.saturating_sub(begun.elapsed())).await;
            }
            Err(problem) => {
                tracing::error!(detail = problem.english(), "what arrived could not be judged; tried again");
                // What was read and not kept is read again.
                inflow = None;
                tokio::time::sleep(AGAIN).await;
            }
        }
    }
}

/// How far the reading of the spool is.
struct Inflow {
    /// None where work with it gave up.
    reader: Option<Reader>,
    /// The attachment that events were last added to; at first one whose batch was begun and not done.
    live: Option<Live>,
}

impl Inflow {
    /// Does something with the reader that waits for the disk.
    async fn aside<T: Send + 'static>(
        &mut self,
        work: impl FnOnce(&mut Reader) -> T + Send + 'static,
    ) -> Result<T> {
        let mut reader =
            self.reader.take().ok_or_else(|| Problem::inside(&"the reader of the spool gave up"))?;
        let done = tokio::task::spawn_blocking(move || {
            let done = work(&mut reader);
            (reader, done)
        });
        let (reader, done) = done.await.map_err(|error| Problem::inside(&error))?;
        self.reader = Some(reader);
        Ok(done)
    }

    /// Keeps the place up to which all was judged.
    async fn keep(&mut self, end: Place) -> Result<()> {
        self.aside(move |reader| reader.commit(end)).await?.map_err(|error| Problem::inside(&error))
    }
}

/// An attachment that events are added to.
struct Live {
    incident: Incident,
    attachment: Attachment,
    day: Date,
    state: State,
    /// When the store was last told.
    told: Option<Instant>,
}

impl Live {
    fn of(app: &App, incident: Incident, attachment: Attachment, day: Date) -> Result<Live> {
        let state = State::load(&found_file(app, &incident.id, &attachment.id))?;
        Ok(Live { incident, attachment, day, state, told: None })
    }

    fn begun(&self, app: &App) -> Result<Option<Place>> {
        Ok(judge::begun(&found_file(app, &self.incident.id, &self.attachment.id), &self.state)?)
    }
}

/// Goes on where the last run ended.
async fn resume(app: &App, spool: &Spool) -> Result<Inflow> {
    let mut reader = spool.reader(READER).map_err(|error| Problem::inside(&error))?;
    let incidents = app.store.all::<Incident>().await?;
    let mut unfinished = None;
    for attachment in app.store.all::<Attachment>().await? {
        let incident = incidents.iter().find(|it| attachment.incident.as_ref() == Some(&it.id));
        let (Some(incident), Some(day)) = (incident, days::day_of(&attachment)) else { continue };
        let live = Live::of(app, incident.clone(), attachment, day)?;
        reader.resume(live.state.end);
        if live.begun(app)?.is_some() {
            unfinished = Some(live);
        }
    }
    Ok(Inflow { reader: Some(reader), live: unfinished })
}

/// Judges one batch; whether more may be there at once.
async fn round(app: &App, spool: &Arc<Spool>, inflow: &mut Option<Inflow>) -> Result<bool> {
    let inflow = match inflow {
        Some(inflow) => inflow,
        None => inflow.insert(resume(app, spool).await?),
    };
    let unfinished = match inflow.live.as_ref() {
        Some(live) => live.begun(app)?,
        None => None,
    };
    let of = spool.clone();
    let batch = inflow.aside(move |reader| match unfinished {
        Some(end) => again(&of, reader, end),
        None => reader.next(BATCH).map_err(|error| Problem::inside(&error)),
    });
    let batch = batch.await??;
    if batch.records.is_empty() {
        // Counts without events are passed, so that their segments go.
        inflow.keep(batch.end).await?;
        if let Some(live) = &mut inflow.live {
            tell(app, live).await?;
        }
        return Ok(false);
    }
    let mut known = match inflow.live.take() {
        Some(live) if unfinished.is_some() => live,
        known => place(app, known).await?,
    };
    let is_full = batch.is_full;
    let zone = app.shelf.latest(&app.store).await?.map(|sheet| sheet.map.time_zone.clone());
    let reference = crate::clock::now(&known.incident, Timestamp::now());
    let (shared, incident, attachment) =
        (app.clone(), known.incident.id.clone(), known.attachment.id.clone());
    let (end, state, day) = (batch.end, std::mem::take(&mut known.state), known.day);
    let judged = tokio::task::spawn_blocking(move || {
        let goes = Goes {
            attachment: &attachment,
            files: &evidence_folder(&shared, &incident).join("files").join(&attachment),
            found: &found_file(&shared, &incident, &attachment),
            day,
            lake: &shared.lake,
        };
        let options = evidence::Options {
            time_zone: zone,
            reference: Some(reference),
            // A shipper's file holds lines of many machines, whose own numbers may be the same.
            by_line: true,
            ..evidence::Options::default()
        };
        judge::batch(&shared.rooms.engine, state, &batch, &goes, &options)
    });
    known.state = judged.await.map_err(|error| Problem::inside(&error))??;
    tell(app, &mut known).await?;
    inflow.live = Some(known);
    app.desk.arrived();
    inflow.keep(end).await?;
    Ok(is_full)
}

/// The batch that was begun and not done, as it was: up to `end`.
fn again(spool: &Spool, reader: &mut Reader, end: Place) -> Result<Batch> {
    let failed = |error| Problem::inside(&error);
    let mut batch = Batch { records: Vec::new(), end, is_full: true };
    loop {
        let one = reader.next(1).map_err(failed)?;
        if one.records.is_empty() && one.end < end {
            // What stood there was lost since.
            return Ok(Batch { end: one.end, ..batch });
        }
        if one.end <= end {
            batch.records.extend(one.records);
        }
        if one.end >= end {
            *reader = spool.reader(READER).map_err(failed)?;
            reader.resume(end);
            return Ok(batch);
        }
    }
}

/// Where events go now: where they went before, unless the day or the incident is another.
async fn place(app: &App, known: Option<Live>) -> Result<Live> {
    let (incident, today) = (days::target(app).await?, day(Timestamp::now()));
    match known {
        Some(live) if (&live.incident.id, live.day) == (&incident.id, today) => Ok(Live { incident, ..live }),
        known => {
            if let Some(before) = known {
                days::tell(app, &before.attachment.id, &before.state).await?;
            }
            let attachment = days::attachment(app, &incident, today).await?;
            Live::of(app, incident, attachment, today)
        }
    }
}

/// Tells the store how far the attachment is, where that is new and was not told just now.
async fn tell(app: &App, live: &mut Live) -> Result<()> {
    let every = if live.incident.state == IncidentState::Watch { TOLD_CALM } else { TOLD };
    let is_new = live.attachment.state == AttachmentState::Arriving
        || i64::try_from(live.state.bytes()).is_ok_and(|it| it > live.attachment.size);
    if is_new && live.told.is_none_or(|at| at.elapsed() >= every) {
        live.attachment = days::tell(app, &live.attachment.id, &live.state).await?;
        live.told = Some(Instant::now());
    }
    Ok(())
}
