//! Assessments of open incidents, made again whenever something that they rest on changes.
//!
//! Invariant: an assessment is made by `assess` alone, from kept evidence, the latest map, the incident's facts
//! and its clock; one is made at a time, off the threads that answer requests, and the latest stands.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use assess::{Assessment, Kept, Lang, Reading, Request, ServiceReturn};
use detect::{Detected, FalseSignal, Spill};
use govern::{Facts, Value};
use hospital::{Map, StepId};
use jiff::Timestamp;
use recover::Said;
use serde::Serialize;
use serde_json::json;
use store::entity::{
    Attachment, AttachmentState, Incident, IncidentState, KeptAssessment, Mark, Step, StepState,
};
use store::{Actor, Instant, Json, KeptSignal, List, SignalFilter, new_id};
use tokio::sync::Notify;

use crate::app::App;
use crate::clock;
use crate::density::Density;
use crate::problem::{Problem, Result};
use crate::reading;

/// Open incidents are assessed again this often, in seconds: time alone stops wards.
const AGAIN: u64 = 60;
/// Signals written by one change.
const SIGNALS_AT_ONCE: usize = 20_000;
/// Signals read at once, and how often at most, for a mark that names every signal of a rule on a machine.
const MARKED_PAGE: u64 = 1_000;
const MARKED_PAGES: usize = 200;

/// An incident's latest assessment, in both languages.
#[derive(Clone)]
pub struct Findings {
    /// The map's version.
    pub map: i64,
    /// How many signals it rests on.
    pub signals: u64,
    /// When they fell.
    pub density: Density,
    /// What people said of restoration steps, as the plan rests on it.
    pub steps: Vec<Step>,
    /// Returns of the plan before the last of these words; none since the server started.
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
    if read.is_empty() {
        return Ok(());
    }
    let marks = app.store.of::<Mark>(&incident.id).await?;
    let (false_signals, open_ended) = found_false(app, &incident.id, &marks).await?;
    let steps = app.store.of::<Step>(&incident.id).await?;
    let sheet = app.shelf.latest(&app.store).await?;
    let number = sheet.as_ref().map_or(0, |sheet| sheet.number);
    let (shared, id) = (app.clone(), incident.id.clone());
    let made = tokio::task::spawn_blocking(move || {
        let map = sheet.as_ref().map(|sheet| &*sheet.map);
        make(&shared, &incident, number, map, &read, (&false_signals, steps))
    });
    let made = made.await.map_err(|error| Problem::inside(&error))?;
    let (findings, rows) = made.map_err(|error| Problem::inside(&error))?;
    // Signals that came just now may be of a kind that was marked: those are laid out in the next round.
    if keep(app, &id, findings, rows).await? > 0 && open_ended {
        app.desk.wake();
    }
    Ok(())
}

/// Assesses what was found in all attachments; tells it in both languages.
fn make(
    app: &App,
    incident: &Incident,
    number: i64,
    map: Option<&Map>,
    read: &[Attachment],
    (false_signals, steps): (&[FalseSignal], Vec<Step>),
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
    let said = map.map(|map| said(map, &steps)).unwrap_or_default();
    let request = Request {
        map,
        engine: &app.rooms.engine,
        refused: app.rooms.refused.clone(),
        obligations: &app.rooms.obligations,
        now: Some(now),
        clock: wall,
        aware: incident.aware_at.map(|at| at.0),
        facts: facts(&incident.facts),
        horizon: u64::try_from(incident.horizon).unwrap_or(86_400),
        false_signals,
        steps: &said,
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
    let rows = signals.iter().map(|signal| Ok(row(signal?))).collect::<io::Result<Vec<KeptSignal>>>()?;
    let density = Density::of(rows.iter().filter_map(|row| Some((row.time?.0, &*row.tactics.0, row.level))));
    Ok((Findings { map: number, signals: rows.len() as u64, density, steps, before: None, en, fr }, rows))
}

/// Signals that marks name: one, or every kept one of a rule on an asset or a host; and whether any mark is of that
/// second kind.
async fn found_false(app: &App, incident: &str, marks: &[Mark]) -> Result<(Vec<FalseSignal>, bool)> {
    let (mut named, mut open_ended) = (Vec::new(), false);
    for mark in marks.iter().filter(|mark| mark.undone_at.is_none()) {
        if let (Some(path), Some(record)) = (&mark.path, mark.record) {
            let record = u64::try_from(record).unwrap_or_default();
            named.push(FalseSignal { rule: mark.rule.clone(), path: path.clone(), record });
        } else if mark.asset.is_some() || mark.host.is_some() {
            open_ended = true;
            named.extend(every(app, incident, mark).await?);
        }
    }
    Ok((named, open_ended))
}

async fn every(app: &App, incident: &str, mark: &Mark) -> Result<Vec<FalseSignal>> {
    let (rule, asset, host) = (Some(mark.rule.clone()), mark.asset.clone(), mark.host.clone());
    let filter = SignalFilter { rule, asset, host, ..SignalFilter::default() };
    let (mut found, mut after) = (Vec::new(), None);
    for _ in 0..MARKED_PAGES {
        let page = app.store.signals(incident, &filter, after.as_deref(), MARKED_PAGE).await?;
        found.extend(page.rows.into_iter().map(|row| FalseSignal {
            record: u64::try_from(row.record).unwrap_or_default(),
            rule: row.rule,
            path: row.path,
        }));
        match page.next {
            Some(next) => after = Some(next),
            None => return Ok(found),
        }
    }
    tracing::warn!(
        rule = mark.rule,
        "a mark names more signals than are looked at; the latest of them count"
    );
    Ok(found)
}

/// What people said of the map's restoration steps, in order.
fn said(map: &Map, steps: &[Step]) -> Vec<recover::Mark> {
    let place = |id: &str| {
        map.all().find_map(|(node, row)| {
            let step = row.restore.iter().flatten().position(|step| step.id == id)?;
            Some(StepId { node, step: step as u32 })
        })
    };
    let one = |it: &Step| {
        let said = match it.state {
            StepState::Done => Said::Done(it.at.0),
            StepState::Begun => Said::Begun(it.at.0),
            StepState::Late => Said::Until(it.at.0),
            StepState::Pinned => Said::NotBefore(it.at.0),
        };
        Some(recover::Mark { step: place(&it.step)?, said })
    };
    steps.iter().filter_map(one).collect()
}

fn facts(kept: &Json) -> Facts {
    let stated = kept.0.as_object().into_iter().flatten().filter_map(|(name, value)| {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        Some((name.clone(), Value::parse(&text)?))
    });
    Facts::stated(stated)
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

/// Keeps the assessment; writes only where it says something else than the one before. Gives how many signals are new.
async fn keep(app: &App, incident: &str, mut findings: Findings, rows: Vec<KeptSignal>) -> Result<u64> {
    let mut new = 0;
    let previous = app.desk.findings(incident);
    let replanned = previous.as_ref().is_some_and(|it| it.steps != findings.steps);
    findings.before = match previous {
        Some(it) if replanned => it.en.restoration.as_ref().map(|plan| Arc::new(plan.services.clone())),
        Some(it) => it.before.clone(),
        None => None,
    };
    if rows.len() as u64 != app.store.signal_count(incident).await? {
        for some in rows.chunks(SIGNALS_AT_ONCE) {
            let mut change = app.store.begin(&Actor::machine()).await?;
            new += change.add_signals(incident, some.to_vec()).await?;
            change.commit().await?;
        }
    }
    let text = json!({ "en": Kept::from(findings.en.clone()), "fr": Kept::from(findings.fr.clone()) });
    let before = app.store.of::<KeptAssessment>(incident).await?.into_iter().next();
    let same =
        !replanned && before.as_ref().is_some_and(|before| timeless(&before.findings.0) == timeless(&text));
    let (at, signals, map) = (Instant::from(findings.en.now), findings.signals as i64, findings.map);
    app.desk.keep(incident, Arc::new(findings));
    if same {
        return Ok(new);
    }
    let mut change = app.store.begin(&Actor::machine()).await?;
    match before {
        Some(before) => {
            let edit = |kept: &mut KeptAssessment| {
                (kept.at, kept.signals, kept.map) = (at, signals, map);
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
                rules: String::new(),
            };
            change.add(kept).await?;
        }
    }
    change.commit().await?;
    Ok(new)
}

/// What an assessment says of care, without what the passing of time alone moves.
fn timeless(findings: &serde_json::Value) -> Vec<serde_json::Value> {
    let part = |lang: &str| {
        let of = &findings[lang];
        ["chains", "care", "obligations"].map(|part| of[part].clone())
    };
    ["en", "fr"].into_iter().flat_map(part).collect()
}
