//! Assessments of open incidents, made again whenever something that they rest on changes.
//!
//! Invariant: an assessment is made by `assess` alone, from kept evidence, the latest map, the incident's facts
//! and its clock; one is made at a time, off the threads that answer requests, and the latest stands.

mod told;

use std::collections::{BTreeMap, HashSet};
use std::fs::File;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use assess::{Assessment, Kept, Lang, People, Reading, Request, ServiceReturn};
use detect::{Detected, Spill};
use hospital::Map;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::entity::{Attachment, AttachmentState, Incident, IncidentState, KeptAssessment, Step};
use store::{Actor, Instant, Json, KeptSignal, List, new_id};
use tokio::sync::Notify;

use told::Told;
pub(crate) use told::cuts;

use crate::app::App;
use crate::clock;
use crate::density::Density;
use crate::noise::Noise;
use crate::problem::{Problem, Result};
use crate::reading;

/// Open incidents are assessed again this often, in seconds: time alone stops wards.
const AGAIN: u64 = 60;
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

    fn keep_rows(&self, incident: &str, rows: HashSet<u64>) -> Option<HashSet<u64>> {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner).insert(incident.to_owned(), rows)
    }

    fn forget_rows(&self, incident: &str) {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner).remove(incident);
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

/// Writes it beside, then renames: a reader gets the one before or this one, whole.
fn publish(path: &Path, assessment: &impl Serialize) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)?;
    let mut out = BufWriter::new(tempfile::NamedTempFile::new_in(folder)?);
    serde_json::to_writer(&mut out, assessment)?;
    let file = out.into_inner().map_err(io::IntoInnerError::into_error)?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

/// Reads what is new and assesses open incidents, again and again, until the process ends.
pub async fn work(app: App) {
    loop {
        if let Err(problem) = round(&app).await {
            tracing::error!(
                detail = problem.detail,
                "the assessment could not be made; tried again in a minute"
            );
        }
        tokio::select! {
            () = app.desk.wake.notified() => {}
            () = tokio::time::sleep(Duration::from_secs(AGAIN)) => {}
        }
    }
}

/// Reads what is new and assesses every open incident once.
///
/// # Errors
/// When the store or a file does not answer.
pub async fn round(app: &App) -> Result<()> {
    for incident in app.store.all::<Incident>().await? {
        if incident.state == IncidentState::Open {
            reading::read_new(app, &incident).await?;
            assess(app, incident).await?;
        }
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
    let mut lines: Vec<Box<dyn Iterator<Item = io::Result<Detected>>>> = Vec::new();
    for attachment in read {
        if let Some(reading) =
            attachment.reading.as_ref().and_then(|it| serde_json::from_value(it.0.clone()).ok())
        {
            whole.merge(reading);
        }
        let file = File::open(found_file(app, &incident.id, &attachment.id))?;
        lines.push(Box::new(reading::recall(&app.rooms.engine, file)));
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
    let spill = || Ok(Box::new(tempfile::tempfile()?) as Box<dyn Spill>);
    let found = assess::assess(lines.into_iter().flatten(), &whole, request, spill)?;
    let speak = |lang| {
        let words = app.words(lang).at(now);
        map.map_or(words.clone(), |map| words.with_zone(map.time_zone.clone()))
    };
    let (fr, en) = (found.tell(&speak(Lang::Fr)), found.tell(&speak(Lang::En)));
    let (_, signals) = found.told(&speak(Lang::En)).split();
    for (lang, assessment) in [(Lang::En, &en), (Lang::Fr, &fr)] {
        publish(&published_file(app, &incident.id, lang), &assessment.clone().with(&signals))?;
    }
    let mut noise = Noise::new(en.chains.iter().flat_map(|chain| chain.signals.iter().copied()));
    let (mut rows, mut density) = (Vec::new(), Density::default());
    for signal in signals.iter() {
        let signal = signal?;
        density.add(signal.time, &signal.tactics, signal.level as i32);
        if noise.takes(&signal) {
            rows.push(row(signal));
        }
    }
    Ok((
        Findings {
            map: number,
            signals: signals.len(),
            density,
            noise,
            steps: people.steps,
            before: None,
            en,
            fr,
        },
        rows,
    ))
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
        Some(known) => {
            let whole = bound_anew || known.iter().any(|it| !now.contains(it));
            (
                whole,
                if whole {
                    rows
                } else {
                    rows.into_iter().filter(|row| !known.contains(&one(row))).collect()
                },
            )
        }
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
