//! The night as it unfolds: the evidence's events, in order of time, fed to the functions that read real evidence.
//!
//! Invariant: what is found, and what is told of the reading, is at the end what reading the files at once gives, however
//! often the server was started meanwhile; events that the incident's clock has not reached are never judged.

mod resume;

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant as Tick};

use assess::Reading;
use detect::Engine;
use evidence::{Event, Input, Options, Report};
use jiff::{SignedDuration, Timestamp};
use store::entity::{Attachment, Incident, IncidentState};
use store::{Actor, Instant, Json};

use crate::app::App;
use crate::clock;
use crate::desk::{evidence_folder, found_file};
use crate::problem::{Problem, Result};
use crate::reading::{Live, said, write};

pub(crate) use self::resume::resume;
pub use self::resume::unfinished;

/// Events held in memory at most.
const EVENTS_MAX: u64 = 2_000_000;
/// The night is looked at this often.
const BEAT: Duration = Duration::from_millis(500);
/// Found or not, the counters are told this often.
const TOLD: Duration = Duration::from_secs(5);
/// People become aware this long before the evidence ends.
pub(super) const AWARE_BEFORE: SignedDuration = SignedDuration::from_mins(45);

/// All events of some evidence, in order of time.
pub(super) struct Tape {
    events: Vec<Event>,
    report: Report,
    clock: Timestamp,
}

impl Tape {
    /// Reads a folder. `clock` is the machine's time: later events are not trusted.
    pub(super) fn load(folder: &Path, options: &Options<'_>, clock: Timestamp) -> io::Result<Tape> {
        let (count, full) = (AtomicU64::new(0), AtomicBool::new(false));
        let options = Options {
            time_zone: options.time_zone.clone(),
            reference: options.reference,
            interrupted: Some(&full),
            ..Options::default()
        };
        let copy = |event: &Event, kept: &mut Vec<Event>| {
            if count.fetch_add(1, Ordering::Relaxed) >= EVENTS_MAX {
                full.store(true, Ordering::Relaxed);
            } else {
                kept.push(event.clone());
            }
        };
        let mut events = Vec::new();
        let report = evidence::read(vec![Input::Path(folder.to_path_buf())], &options, copy, |event| {
            events.push(event);
        });
        if full.into_inner() {
            let told = format!("more than {EVENTS_MAX} events cannot be replayed; leave out --replay");
            return Err(io::Error::other(told));
        }
        events.sort_by(|a, b| (due_at(a, clock), &a.origin).cmp(&(due_at(b, clock), &b.origin)));
        Ok(Tape { events, report, clock })
    }

    /// The first and the last instant that can be trusted.
    pub(super) fn span(&self) -> Option<(Timestamp, Timestamp)> {
        let mut times = self.events.iter().filter_map(|event| due_at(event, self.clock));
        let first = times.next()?;
        Some((first, times.next_back().unwrap_or(first)))
    }

    /// Events after the first `fed` that are due by `until`.
    fn due(&self, fed: usize, until: Timestamp) -> &[Event] {
        let rest = self.events.get(fed..).unwrap_or_default();
        &rest[..rest.partition_point(|event| due_at(event, self.clock).is_none_or(|at| at <= until))]
    }
}

/// When an event is due; those without an instant that can be trusted come first.
fn due_at(event: &Event, clock: Timestamp) -> Option<Timestamp> {
    event.time.filter(|time| assess::trusts(clock, *time))
}

/// What came so far.
struct Night {
    tape: Tape,
    fed: usize,
    reading: Reading,
    found: File,
}

impl Night {
    /// Judges what is due by an instant, then takes the place of what was found before: who reads meanwhile sees the
    /// one or the other.
    fn begin(tape: Tape, found: &Path, engine: &Engine, until: Timestamp) -> io::Result<Night> {
        let beside = tempfile::NamedTempFile::new_in(found.parent().unwrap_or(Path::new(".")))?;
        let (file, beside) = beside.into_parts();
        let mut night = Night { tape, fed: 0, reading: Reading::default(), found: file };
        night.feed(engine, until)?;
        beside.persist(found).map_err(|error| error.error)?;
        Ok(night)
    }

    /// Judges what is due, and keeps what was found. Gives how much that was.
    fn feed(&mut self, engine: &Engine, until: Timestamp) -> io::Result<usize> {
        let due = self.tape.due(self.fed, until);
        let (mut detected, mut lines) = (Vec::new(), Vec::new());
        for event in due {
            self.reading.take(event, self.tape.clock);
            engine.judge(event, &mut detected);
        }
        let (came, found) = (due.len(), detected.len());
        for one in detected {
            write(&mut lines, engine, one)?;
        }
        if found > 0 {
            self.found.write_all(&lines)?;
            self.found.sync_data()?;
        }
        self.fed += came;
        Ok(found)
    }

    /// Whether nothing is left.
    fn is_over(&self) -> bool {
        self.fed >= self.tape.events.len()
    }

    /// What the reading says once nothing is left.
    fn conclude(&mut self) {
        self.reading.conclude(std::mem::take(&mut self.tape.report));
    }
}

/// Lets the night unfold, where asked.
pub(crate) async fn replay(app: App) {
    if let Err(problem) = unfold(&app).await {
        tracing::error!(detail = problem.english(), "the night could not be replayed");
    }
}

async fn unfold(app: &App) -> Result<()> {
    let Some(open) = resume::open(&app.store).await? else { return Ok(()) };
    let (incident, live, end) = (open.incident.id, open.attachment.id, open.live.end);
    let night = begin(app, &incident, &live, end).await?;
    let (night, mut told, mut pending) = (Arc::new(Mutex::new(night)), Tick::now(), true);
    loop {
        let incident = app.store.get::<Incident>(&incident).await?;
        if incident.state == IncidentState::Closed {
            return Ok(());
        }
        let now = clock::now(&incident, Timestamp::now());
        let (shared, engine) = (night.clone(), app.clone());
        let fed = tokio::task::spawn_blocking(move || {
            let mut night = shared.lock().unwrap_or_else(PoisonError::into_inner);
            let found = night.feed(&engine.rooms.engine, now)?;
            let over = night.is_over() && now >= end;
            if over {
                night.conclude();
            }
            io::Result::Ok((found, over, night.reading.clone()))
        });
        let (found, over, reading) =
            fed.await.map_err(|error| Problem::inside(&error))?.map_err(|error| Problem::inside(&error))?;
        pending |= found > 0;
        if over {
            tell(app, &live, &reading, None).await?;
            app.read.notify_one();
            return conclude(app, &incident, end).await;
        }
        if pending && told.elapsed() >= Duration::from_secs(1) || told.elapsed() >= TOLD {
            tell(app, &live, &reading, Some(Live { at: now, end })).await?;
            become_aware(app, &incident, now, end).await?;
            (told, pending) = (Tick::now(), false);
            app.desk.wake();
        }
        tokio::time::sleep(BEAT).await;
    }
}

async fn begin(app: &App, incident: &str, live: &str, end: Timestamp) -> Result<Night> {
    let zone = app.shelf.latest(&app.store).await?.map(|sheet| sheet.map.time_zone.clone());
    let folder = evidence_folder(app, incident).join("files").join(live);
    let found = found_file(app, incident, live);
    let incident = app.store.get::<Incident>(incident).await?;
    let shared = app.clone();
    let load = move || {
        let options = Options { time_zone: zone, reference: Some(end), ..Options::default() };
        let tape = Tape::load(&folder, &options, Timestamp::now())?;
        let until = clock::now(&incident, Timestamp::now());
        Night::begin(tape, &found, &shared.rooms.engine, until)
    };
    let loaded = tokio::task::spawn_blocking(load).await.map_err(|error| Problem::inside(&error))?;
    loaded.map_err(|error| Problem::inside(&error))
}

/// Writes what was read so far; `live` while more may come.
async fn tell(app: &App, id: &str, reading: &Reading, live: Option<Live>) -> Result<()> {
    let said = told(&app.rooms.engine, reading, live)?;
    let mut change = app.store.begin(&Actor::machine()).await?;
    change.edit::<Attachment>(id, None, |it| it.reading = Some(said)).await?;
    change.commit().await?;
    Ok(())
}

/// A reading as an attachment keeps it, marked while more may come.
pub(super) fn told(engine: &Engine, reading: &Reading, live: Option<Live>) -> Result<Json> {
    let mut said = said(engine, reading)?;
    if let Some(live) = live {
        said.0["live"] = serde_json::to_value(live).map_err(|error| Problem::inside(&error))?;
    }
    Ok(said)
}

async fn become_aware(app: &App, incident: &Incident, now: Timestamp, end: Timestamp) -> Result<()> {
    let aware = end.checked_sub(AWARE_BEFORE).unwrap_or(end);
    if now < aware || incident.aware_at.is_some() {
        return Ok(());
    }
    let mut change = app.store.begin(&Actor::machine()).await?;
    change.edit::<Incident>(&incident.id, None, |it| it.aware_at = Some(Instant::from(aware))).await?;
    change.commit().await?;
    Ok(())
}

/// The evidence is over: the clock goes on from its end, at life's pace.
async fn conclude(app: &App, incident: &Incident, end: Timestamp) -> Result<()> {
    become_aware(app, incident, end, end).await?;
    let mut change = app.store.begin(&Actor::machine()).await?;
    let at_pace = |it: &mut Incident| {
        (it.clock_wall, it.clock_own) = (Some(Timestamp::now().into()), Some(end.into()));
        it.clock_speed = 1.0;
    };
    change.edit::<Incident>(&incident.id, None, at_pace).await?;
    change.commit().await?;
    app.desk.wake();
    Ok(())
}

#[cfg(test)]
mod tests {
    use content::Content;
    use detect::{Rules, Settings};

    use super::*;

    #[test]
    fn a_night_that_unfolded_is_the_night_read_at_once() {
        let content = Content::embedded();
        let settings = Settings::read(|path| content.file(path)).unwrap();
        let engine = Engine::new(Rules::load(content.under("rules/")), settings);
        let folder = tempfile::tempdir().unwrap();
        let mut lines = String::new();
        for minute in 0..50 {
            lines += &format!(
                "Nov 22 01:{minute:02}:00 srv-web-01 sshd[7]: Failed password for root from 192.0.2.7 port 22 ssh2\n"
            );
        }
        lines +=
            "Nov 22 00:30:00 srv-web-02 sshd[7]: Accepted password for root from 192.0.2.7 port 22 ssh2\n";
        lines += "Nov 22 01:20:30 srv-web-01 sudo: www-data : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/usr/sbin/useradd evil\n";
        let files = folder.path().join("files");
        std::fs::create_dir(&files).unwrap();
        std::fs::write(files.join("auth.log"), lines).unwrap();
        std::fs::write(files.join("photo.bin"), [0; 64]).unwrap();
        let wall: Timestamp = "2026-11-25T10:00:00Z".parse().unwrap();
        let end: Timestamp = "2026-11-22T02:00:00Z".parse().unwrap();
        let options = Options { reference: Some(end), ..Options::default() };

        let mut at_once: Vec<String> = Vec::new();
        let whole = assess::read(vec![Input::Path(files.clone())], &options, &engine, wall, |detected| {
            at_once.push(serde_json::to_string(&engine.keep(detected)).unwrap());
        });
        assert!(!at_once.is_empty(), "the rules see nothing in this night");

        let found = folder.path().join("found.ndjson");
        let load = || Tape::load(&files, &options, wall).unwrap();
        let before = "2026-11-22T00:29:59Z".parse().unwrap();
        let mut night = Night::begin(load(), &found, &engine, before).unwrap();
        let (first, last) = night.tape.span().unwrap();
        assert_eq!(first, "2026-11-22T00:30:00Z".parse().unwrap());
        assert_eq!(night.fed, 0, "nothing is judged before its time");
        let (mut now, mut starts) = (first, 1);
        while !night.is_over() {
            night.feed(&engine, now).unwrap();
            assert!(night.reading.last.is_none_or(|last| last <= now));
            if night.fed > starts * 10 {
                // The server ends here, and is started again.
                let fed = night.fed;
                night = Night::begin(load(), &found, &engine, now).unwrap();
                assert_eq!(night.fed, fed, "it goes on where it stood");
                starts += 1;
            }
            now = now.checked_add(SignedDuration::from_secs(97)).unwrap();
        }
        assert!(now >= last && starts > 3, "started {starts} times");
        night.conclude();
        assert_eq!(night.reading, whole);
        let mut unfolded: Vec<String> =
            std::fs::read_to_string(&found).unwrap().lines().map(str::to_owned).collect();
        at_once.sort();
        unfolded.sort();
        assert_eq!(unfolded, at_once);
    }
}
