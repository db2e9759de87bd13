//! Assessments of open incidents and of the watch, made again whenever something that they rest on changes.
//!
//! Invariant: an assessment is made by `assess` alone, from kept evidence, the latest map, the incident's facts
//! and its clock; one is made at a time, off the threads that answer requests, and the latest stands. None is made more
//! often than it takes, and the published one follows as soon as that costs little.

mod grown;
mod told;

use std::collections::{BTreeMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant as Tick};

use assess::{Assessment, Kept, Lang, People, Reading, Request, ServiceReturn};
use detect::Spill;
use hospital::Map;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::entity::{Attachment, AttachmentState, Incident, IncidentState, KeptAssessment, Step};
use store::{Actor, Instant, Json, KeptSignal, List, new_id};
use tokio::sync::Notify;

use grown::{Found, Grown, Key, lines};
use told::Told;
pub(crate) use told::cuts;

use crate::app::App;
use crate::beside::publish;
use crate::clock;
use crate::density::Density;
use crate::inflow::State;
use crate::noise::{Listener, Noise};
use crate::problem::{Problem, Result};
use crate::reading;

/// Open incidents are assessed again this often: time alone stops wards.
const AGAIN: Duration = Duration::from_secs(60);
/// A watch rests this many times as long as its assessment took.
const REST_CALM: u32 = 4;
/// Publishing rests this many times as long as it took, where it took long: the whole list of signals is written in both
/// languages.
const REST_PUBLISHED: u32 = 20;
/// What is published sooner than this is published each time.
const PROMPT: Duration = Duration::from_millis(250);
/// Signals written by one change.
const SIGNALS_AT_ONCE: usize = 20_000;

/// An incident's latest assessment, in both languages.
#[derive(Clone)]
pub struct Findings {
    /// The map's version.
    pub map: i64,
    /// How many signals it rests on.
    pub signals: u64,
    /// When they fell.
    pub density: Density,
    /// Which rules spoke, how often and where.
    pub noise: Noise,
    /// Matches that no correlation counted, since they came too late.
    pub late: u64,
    /// What people said of restoration steps, as the plan rests on it.
    pub steps: Vec<Step>,
    /// Returns of the plan before the last of these words.
    pub before: Option<Arc<Vec<ServiceReturn>>>,
    en: Assessment,
    fr: Assessment,
}

impl Findings {
    /// In a language.
    #[must_use]
    pub fn of(&self, lang: Lang) -> &Assessment {
        match lang {
            Lang::En => &self.en,
            Lang::Fr => &self.fr,
        }
    }
}

/// The latest assessments.
#[derive(Default)]
pub struct Desk {
    known: RwLock<BTreeMap<String, Arc<Findings>>>,
    /// Which signals of an incident the store has.
    rows: Mutex<BTreeMap<String, HashSet<u64>>>,
    wake: Notify,
    /// How many batches arrived by themselves: no line of the audit tells of them.
    arrived: AtomicU64,
    /// What each incident's assessment grows from.
    grown: Mutex<BTreeMap<String, Grown>>,
    /// When each incident's assessment was last published.
    published: Mutex<BTreeMap<String, Published>>,
}

/// A publication: when it ended, how long it took, and whether what was found since waits for the next.
#[derive(Clone, Copy)]
struct Published {
    at: Tick,
    took: Duration,
    waits: bool,
}

impl Published {
    /// How long until the next.
    fn left(self) -> Duration {
        if self.took < PROMPT {
            return Duration::ZERO;
        }
        (self.took * REST_PUBLISHED).saturating_sub(self.at.elapsed())
    }
}

impl Desk {
    /// The latest assessment of an incident.
    #[must_use]
    pub fn findings(&self, incident: &str) -> Option<Arc<Findings>> {
        self.known.read().unwrap_or_else(PoisonError::into_inner).get(incident).cloned()
    }

    /// Says that something changed that assessments rest on.
    pub fn wake(&self) {
        self.wake.notify_one();
    }

    /// Matches that no correlation counted, in all incidents.
    pub(crate) fn late(&self) -> u64 {
        self.known.read().unwrap_or_else(PoisonError::into_inner).values().map(|it| it.late).sum()
    }

    fn keep_rows(&self, incident: &str, rows: HashSet<u64>) -> Option<HashSet<u64>> {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner).insert(incident.to_owned(), rows)
    }

    fn forget_rows(&self, incident: &str) {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner).remove(incident);
    }

    /// Says that something arrived by itself.
    pub(crate) fn arrived(&self) {
        self.arrived.fetch_add(1, Ordering::Relaxed);
        self.wake();
    }

    fn grown(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Grown>> {
        self.grown.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn published(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Published>> {
        self.published.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn keep(&self, incident: &str, findings: Arc<Findings>) {
        self.known.write().unwrap_or_else(PoisonError::into_inner).insert(incident.to_owned(), findings);
    }
}

/// Where an incident's evidence lies: `files/ATTACHMENT/NAME`, and what was found in it, `found/ATTACHMENT.ndjson`.
#[must_use]
pub fn evidence_folder(app: &App, incident: &str) -> PathBuf {
    app.config.data.join("evidence").join(incident)
}

/// Where the detections found in an attachment lie, one a line.
#[must_use]
pub fn found_file(app: &App, incident: &str, attachment: &str) -> PathBuf {
    evidence_folder(app, incident).join("found").join(format!("{attachment}.ndjson"))
}

/// Where the latest assessment lies whole, with its signals: the JSON of triage.
#[must_use]
pub fn published_file(app: &App, incident: &str, lang: Lang) -> PathBuf {
    evidence_folder(app, incident).join(format!("assessment-{}.json", lang.code()))
}

/// When an incident was last assessed, and what was known then.
struct Pace {
    at: Tick,
    took: Duration,
    /// The audit's last line and how much had arrived.
    seen: (i64, u64),
}

impl Pace {
    /// How long until the next assessment is due; zero where it is.
    fn left(&self, incident: &Incident, seen: (i64, u64)) -> Duration {
        let is_new = seen != self.seen;
        let rest = match (incident.state, is_new) {
            (IncidentState::Watch, true) => self.took * REST_CALM,
            // Nothing of a watch moves with time alone.
            (IncidentState::Watch, false) => return AGAIN,
            (_, true) => self.took,
            (_, false) => AGAIN.saturating_sub(self.took),
        };
        rest.saturating_sub(self.at.elapsed())
    }
}

/// Reads what is new and assesses open incidents and the watch, again and again, until the process ends.
pub async fn work(app: App) {
    let mut paces = BTreeMap::new();
    loop {
        let left = assess_due(&app, &mut paces).await.unwrap_or_else(|problem| {
            tracing::error!(
                detail = problem.english(),
                "the assessment could not be made; tried again in a minute"
            );
            AGAIN
        });
        tokio::select! {
            () = app.desk.wake.notified() => {}
            () = tokio::time::sleep(left) => {}
        }
    }
}

/// Assesses what is due; gives how long until the next is.
async fn assess_due(app: &App, paces: &mut BTreeMap<String, Pace>) -> Result<Duration> {
    let mut next = AGAIN;
    let mut incidents = app.store.all::<Incident>().await?;
    incidents.retain(is_assessed);
    app.desk.grown().retain(|id, _| incidents.iter().any(|it| it.id == *id));
    for incident in incidents {
        let seen = (app.store.audit_head().await?, app.desk.arrived.load(Ordering::Relaxed));
        let mut left = paces.get(&incident.id).map_or(Duration::ZERO, |pace| pace.left(&incident, seen));
        if let Some(published) = app.desk.published().get(&incident.id).filter(|it| it.waits) {
            left = left.min(published.left());
        }
        if left.is_zero() {
            reading::read_new(app, &incident).await?;
            let (id, begun) = (incident.id.clone(), Tick::now());
            assess(app, incident).await?;
            paces.insert(id, Pace { at: Tick::now(), took: begun.elapsed(), seen });
        }
        next = next.min(if left.is_zero() { AGAIN } else { left });
    }
    Ok(next)
}

fn is_assessed(incident: &Incident) -> bool {
    matches!(incident.state, IncidentState::Open | IncidentState::Watch)
}

/// Reads what is new and assesses every open incident once.
///
/// # Errors
/// When the store or a file does not answer.
pub async fn round(app: &App) -> Result<()> {
    for incident in app.store.all::<Incident>().await?.into_iter().filter(is_assessed) {
        reading::read_new(app, &incident).await?;
        assess(app, incident).await?;
    }
    Ok(())
}

async fn assess(app: &App, incident: Incident) -> Result<()> {
    let of = app
        .store
        .all::<Attachment>()
        .await?
        .into_iter()
        .filter(|it| it.incident.as_deref() == Some(&incident.id));
    let read: Vec<Attachment> = of.filter(|it| it.state == AttachmentState::Read).collect();
    let sheet = app.shelf.latest(&app.store).await?;
    let people = Told::read(app, &incident.id, sheet.as_ref().map(|sheet| &*sheet.map)).await?;
    let number = sheet.as_ref().map_or(0, |sheet| sheet.number);
    let (shared, id) = (app.clone(), incident.id.clone());
    let made = tokio::task::spawn_blocking(move || {
        let map = sheet.as_ref().map(|sheet| &*sheet.map);
        make(&shared, &incident, number, map, &read, people)
    });
    let made = made.await.map_err(|error| Problem::inside(&error))?;
    let (findings, rows) = made.map_err(|error| Problem::inside(&error))?;
    keep(app, &id, findings, rows).await
}

/// Assesses what was found in all attachments; tells it in both languages.
fn make(
    app: &App,
    incident: &Incident,
    number: i64,
    map: Option<&Map>,
    read: &[Attachment],
    people: Told,
) -> io::Result<(Findings, Vec<KeptSignal>)> {
    let wall = Timestamp::now();
    let now = clock::now(incident, wall);
    let mut whole = Reading::default();
    let engine = &app.rooms.engine;
    let mut found = Vec::new();
    for attachment in read {
        let file = found_file(app, &incident.id, &attachment.id);
        let (length, version) = if reading::arrives(attachment) {
            let state = State::load(&file)?;
            whole.merge(state.reading);
            (state.found, None)
        } else {
            whole.merge(reading::reading(app, attachment).unwrap_or_default());
            (std::fs::metadata(&file)?.len(), Some(attachment.version))
        };
        if length > 0 {
            found.push(Found { attachment: attachment.id.clone(), file, length, version });
        }
    }
    let steps = map.map(|map| told::steps(map, &people.steps)).unwrap_or_default();
    let sightings = map.map(|map| told::sightings(map, &people.sightings)).unwrap_or_default();
    let cuts = map.map(|map| cuts(map, &people.cuts)).unwrap_or_default();
    let sent = told::sent(&people.notices, &incident.facts);
    let request = Request {
        map,
        engine: &app.rooms.engine,
        refused: app.rooms.refused.clone(),
        obligations: &app.rooms.obligations,
        now: Some(now),
        clock: wall,
        aware: incident.aware_at.map(|at| at.0),
        facts: told::facts(&incident.facts),
        horizon: u64::try_from(incident.horizon).unwrap_or(86_400),
        people: People {
            false_signals: &people.false_signals,
            asides: &people.asides,
            sightings: &sightings,
            cuts: &cuts,
            steps: &steps,
            sent: Some(&sent),
        },
    };
    let key = Key {
        map: number,
        rules: engine.fingerprint().to_owned(),
        false_signals: people.false_signals.clone(),
        asides: people.asides.clone(),
    };
    let mut all = app.desk.grown();
    let before = all.remove(&incident.id);
    let mut grown = Grown::going_on(before, key, &found, &request);
    let mut late = 0;
    let found = match grown.learn(&request, &found)? {
        Some(growing) => {
            late = growing.shed().late;
            growing.assess(&whole, request)?
        }
        None => {
            let mut rows = Vec::new();
            for it in &found {
                rows.push(lines(engine, it, 0)?);
            }
            let spill = || Ok(Box::new(tempfile::tempfile()?) as Box<dyn Spill>);
            assess::assess(rows.into_iter().flatten(), &whole, request, spill)?
        }
    };
    let speak = |lang| {
        let words = app.words(lang).at(now);
        map.map_or(words.clone(), |map| words.with_zone(map.time_zone.clone()))
    };
    let (fr, en) = (found.tell(&speak(Lang::Fr)), found.tell(&speak(Lang::En)));
    let (_, signals) = found.told(&speak(Lang::En)).split();
    let last = app.desk.published().get(&incident.id).copied();
    let begun = Tick::now();
    let published = match last.filter(|it| !it.left().is_zero()) {
        Some(last) => Published { waits: true, ..last },
        None => {
            for (lang, assessment) in [(Lang::En, &en), (Lang::Fr, &fr)] {
                publish(&published_file(app, &incident.id, lang), &assessment.clone().with(&signals))?;
            }
            Published { at: Tick::now(), took: begun.elapsed(), waits: false }
        }
    };
    app.desk.published().insert(incident.id.clone(), published);
    let mut listener = Listener::new(en.chains.iter().flat_map(|chain| chain.signals.iter().copied()));
    let (mut rows, mut density) = (Vec::new(), Density::default());
    for signal in signals.iter() {
        let signal = signal?;
        density.add(signal.time, &signal.tactics, signal.level as i32);
        if listener.takes(&signal) {
            rows.push(row(signal));
        }
    }
    let noise = listener.noise();
    let signals = signals.len();
    all.insert(incident.id.clone(), grown);
    let findings =
        Findings { map: number, signals, density, noise, late, steps: people.steps, before: None, en, fr };
    Ok((findings, rows))
}

fn row(signal: assess::Signal) -> KeptSignal {
    KeptSignal {
        id: 0,
        incident: String::new(),
        rule: signal.rule,
        title: signal.title,
        level: signal.level as i32,
        at: Instant::from(signal.time.unwrap_or(Timestamp::UNIX_EPOCH)),
        time: signal.time.map(Instant::from),
        host: signal.host,
        asset: signal.asset,
        techniques: List(signal.techniques),
        tactics: List(signal.tactics),
        path: signal.source.path,
        record: i64::try_from(signal.source.record).unwrap_or(i64::MAX),
        kept_at: Instant::default(),
    }
}

/// Keeps the assessment; writes only where it says something else than the one before.
async fn keep(app: &App, incident: &str, mut findings: Findings, rows: Vec<KeptSignal>) -> Result<()> {
    let before = app.store.of::<KeptAssessment>(incident).await?.into_iter().next();
    let previous = match app.desk.findings(incident) {
        Some(it) => Some(Planned::of(&it)),
        None => {
            before.as_ref().and_then(|kept| serde_json::from_value(kept.findings.0["planned"].clone()).ok())
        }
    };
    let replanned = previous.as_ref().is_some_and(|it| it.steps != findings.steps);
    findings.before = previous.and_then(|it| if replanned { it.services } else { it.before }).map(Arc::new);
    let rules = app.rooms.engine.fingerprint().to_string();
    let bound_anew = before.as_ref().is_some_and(|it| (it.map, &it.rules) != (findings.map, &rules));
    keep_signals(app, incident, rows, bound_anew).await?;
    let planned = Planned::of(&findings);
    let text = json!({
        "en": Kept::from(findings.en.clone()), "fr": Kept::from(findings.fr.clone()), "planned": planned,
    });
    let said = |kept: &KeptAssessment| timeless(&kept.findings.0) == timeless(&text);
    let same = !replanned && !bound_anew && before.as_ref().is_some_and(said);
    let (at, signals, map) = (Instant::from(findings.en.now), findings.signals as i64, findings.map);
    app.desk.keep(incident, Arc::new(findings));
    if same {
        return Ok(());
    }
    let mut change = app.store.begin(&Actor::machine()).await?;
    match before {
        Some(before) => {
            let edit = |kept: &mut KeptAssessment| {
                (kept.at, kept.signals, kept.map, kept.rules) = (at, signals, map, rules);
                kept.findings = Json(text);
            };
            change.edit::<KeptAssessment>(&before.id, None, edit).await?;
        }
        None => {
            let kept = KeptAssessment {
                id: new_id(),
                version: 0,
                incident: incident.to_owned(),
                at,
                findings: Json(text),
                signals,
                map,
                rules,
            };
            change.add(kept).await?;
        }
    }
    change.commit().await?;
    Ok(())
}

/// What a plan rested on, and the returns of the one before: kept, so that what moved is still told after a restart.
#[derive(Deserialize, Serialize)]
struct Planned {
    steps: Vec<Step>,
    services: Option<Vec<ServiceReturn>>,
    before: Option<Vec<ServiceReturn>>,
}

impl Planned {
    fn of(findings: &Findings) -> Planned {
        Planned {
            steps: findings.steps.clone(),
            services: findings.en.restoration.as_ref().map(|plan| plan.services.clone()),
            before: findings.before.as_deref().cloned(),
        }
    }
}

/// Keeps signals that are new. Where they were bound anew (another map, other rules) or some are gone (evidence taken
/// back, a storm that began earlier), all are written again.
async fn keep_signals(app: &App, incident: &str, rows: Vec<KeptSignal>, bound_anew: bool) -> Result<()> {
    let now: HashSet<u64> = rows.iter().map(one).collect();
    let known = app.desk.keep_rows(incident, now.clone());
    let (whole, new) = match known {
        // After a start nobody knows which they are, but how many.
        None => {
            let (kept, found) = (app.store.signal_count(incident).await?, now.len() as u64);
            if kept == found && !bound_anew {
                return Ok(());
            }
            (bound_anew || found < kept, rows)
        }
        Some(known) if bound_anew || !known.is_subset(&now) => (true, rows),
        Some(known) => (false, rows.into_iter().filter(|row| !known.contains(&one(row))).collect()),
    };
    let written = write_signals(app, incident, &new, whole).await;
    if written.is_err() {
        app.desk.forget_rows(incident);
    }
    written
}

async fn write_signals(app: &App, incident: &str, rows: &[KeptSignal], whole: bool) -> Result<()> {
    let begun = Instant::from(Timestamp::now());
    for some in rows.chunks(SIGNALS_AT_ONCE) {
        let mut change = app.store.begin(&Actor::machine()).await?;
        match whole {
            true => change.write_signals(incident, some.to_vec()).await?,
            false => change.add_signals(incident, some.to_vec()).await?,
        };
        change.commit().await?;
    }
    if whole {
        let mut change = app.store.begin(&Actor::machine()).await?;
        change.drop_signals(incident, begun).await?;
        change.commit().await?;
    }
    Ok(())
}

/// Stands for a row among an incident's.
fn one(row: &KeptSignal) -> u64 {
    let mut hasher = DefaultHasher::new();
    (&row.rule, &row.path, row.record).hash(&mut hasher);
    hasher.finish()
}

/// What an assessment says of care, without what the passing of time alone moves.
fn timeless(findings: &serde_json::Value) -> Vec<serde_json::Value> {
    let part = |lang: &str| {
        let of = &findings[lang];
        ["chains", "care", "obligations"].map(|part| of[part].clone())
    };
    ["en", "fr"].into_iter().flat_map(part).collect()
}
