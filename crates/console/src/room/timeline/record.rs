//! A signal's own record, read back from the kept evidence.
//!
//! Invariant: one file is read, never longer than [`LONGEST`], and what is shown is bounded; what cannot be found is
//! said to be missing, never made up.

use std::path::{Component, Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use evidence::{Event, Input, Value};
use jiff::Timestamp;
use serde::Serialize;
use store::KeptSignal;
use store::entity::{Attachment, AttachmentKind};

use crate::ask::Ask;
use crate::desk::evidence_folder;
use crate::problem::{Problem, Result};
use crate::reading::arrives;
use crate::scene::Scene;

/// A file up to this size is looked through at once; a longer one when somebody asks.
const AT_ONCE: u64 = 32 << 20;
/// A file is looked through for this long.
const LONGEST: Duration = Duration::from_secs(20);
/// Fields shown of a record.
const FIELDS_MAX: usize = 200;
/// Letters shown of a field or a line.
const TEXT_MAX: usize = 8_000;

/// A record as its log wrote it.
#[derive(Clone, Debug, Default, Serialize, utoipa::ToSchema)]
#[schema(as = SignalRecord)]
pub(super) struct Record {
    /// When, as the log says.
    #[schema(value_type = Option<String>)]
    pub time: Option<Timestamp>,
    /// Fields by their original names, in their order.
    pub fields: Vec<(String, String)>,
    /// The whole line, of logs that are text.
    pub line: String,
    /// Whether something was left out because it is long.
    pub cut: bool,
}

/// What looking for a record came to.
#[derive(Clone, Debug)]
pub(super) enum Found {
    /// It is this one.
    Record(Box<Record>),
    /// The file is kept, the record is not in it.
    NotInFile,
    /// No kept file has that path.
    NoFile,
    /// The file is long: whoever wants the record asks for it.
    Large,
    /// The file is so long that the search was given up.
    TooLong,
}

impl Found {
    /// Its word: `record-WORD`.
    pub fn word(&self) -> &'static str {
        match self {
            Found::Record(_) => "found",
            Found::NotInFile => "not-in-file",
            Found::NoFile => "no-file",
            Found::Large => "large",
            Found::TooLong => "too-long",
        }
    }
}

/// Looks for the record of a signal; in a long file only for somebody `patient`.
pub(super) async fn find(ask: &Ask, scene: &Scene, signal: &KeptSignal, patient: bool) -> Result<Found> {
    let id = &scene.incident.id;
    let files = evidence_folder(&ask.app, id).join("files");
    let attachments = ask.app.store.all::<Attachment>().await?.into_iter();
    let own =
        attachments.filter(|it| it.incident.as_deref() == Some(id) && it.kind == AttachmentKind::Evidence);
    let folders: Vec<(PathBuf, bool)> = own.map(|it| (files.join(&it.id), arrives(&it))).collect();
    let zone = scene.map().map(|map| map.time_zone.clone());
    let (path, record, reference) = (signal.path.clone(), signal.record, scene.now);
    let search = move || {
        let found = folders.iter().find_map(|(folder, by_line)| Some((place(folder, &path)?, *by_line)));
        let Some(((file, inner), by_line)) = found else { return Found::NoFile };
        if !patient && std::fs::metadata(&file).is_ok_and(|it| it.len() > AT_ONCE) {
            return Found::Large;
        }
        let options = evidence::Options {
            time_zone: zone,
            reference: Some(reference),
            by_line,
            ..evidence::Options::default()
        };
        read(file, &inner, u64::try_from(record).unwrap_or_default(), options)
    };
    tokio::task::spawn_blocking(search).await.map_err(|error| Problem::inside(&error))
}

/// The file of a path of the evidence within an attachment's folder, and the path by which reading that one file alone
/// names its records.
fn place(folder: &Path, path: &str) -> Option<(PathBuf, String)> {
    let outer = path.split("!/").next()?;
    let within = Path::new(outer);
    if !within.components().all(|it| matches!(it, Component::Normal(_))) {
        return None;
    }
    let file = folder.join(within);
    let inside = path.get(within.parent()?.as_os_str().len()..)?.trim_start_matches('/');
    std::fs::symlink_metadata(&file).ok()?.is_file().then(|| (file, inside.to_owned()))
}

fn read(file: PathBuf, path: &str, record: u64, options: evidence::Options<'_>) -> Found {
    let (begun, stop, late) = (Instant::now(), AtomicBool::new(false), AtomicBool::new(false));
    let options = evidence::Options { interrupted: Some(&stop), ..options };
    let look = |event: &Event, found: &mut Vec<Event>| {
        if event.origin.record == record && *event.origin.path == *path {
            found.push(event.clone());
            stop.store(true, Ordering::Relaxed);
        } else if begun.elapsed() > LONGEST {
            late.store(true, Ordering::Relaxed);
            stop.store(true, Ordering::Relaxed);
        }
    };
    let mut found = None;
    evidence::read(vec![Input::Path(file)], &options, look, |event| {
        found.get_or_insert(event);
    });
    match found {
        Some(event) => Found::Record(Box::new(record_of(&event))),
        None if late.into_inner() => Found::TooLong,
        None => Found::NotInFile,
    }
}

fn record_of(event: &Event) -> Record {
    let mut record = Record { time: event.time, ..Record::default() };
    record.line = shorten(&event.line, &mut record.cut);
    for (name, value) in &event.fields.0 {
        lay_out(name, value, &mut record);
    }
    record
}

/// Nested fields by their path, lists by their place.
fn lay_out(name: &str, value: &Value, record: &mut Record) {
    if record.fields.len() >= FIELDS_MAX {
        record.cut = true;
        return;
    }
    match value {
        Value::Map(fields) => {
            fields.0.iter().for_each(|(key, value)| lay_out(&format!("{name}.{key}"), value, record));
        }
        Value::List(values) => {
            values
                .iter()
                .enumerate()
                .for_each(|(at, value)| lay_out(&format!("{name}[{at}]"), value, record));
        }
        _ => {
            let text = value.text().unwrap_or_default();
            let text = shorten(&text, &mut record.cut);
            record.fields.push((name.chars().take(200).collect(), text));
        }
    }
}

fn shorten(text: &str, cut: &mut bool) -> String {
    let short: String = text.chars().take(TEXT_MAX).collect();
    *cut |= short.len() < text.len();
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_found_again_in_its_file() {
        let folder = tempfile::tempdir().unwrap();
        let within = folder.path().join("web");
        std::fs::create_dir(&within).unwrap();
        let line = |day| {
            format!(
                "Nov {day} 02:10:00 srv-web-01 sshd[7]: Failed password for root from 192.0.2.7 port 22 ssh2\n"
            )
        };
        std::fs::write(within.join("auth.log"), format!("{}{}", line(20), line(21))).unwrap();
        let reference: Timestamp = "2026-11-22T00:00:00Z".parse().unwrap();
        let look = |path: &str, record| {
            let Some((file, inner)) = place(folder.path(), path) else { return Found::NoFile };
            read(
                file,
                &inner,
                record,
                evidence::Options { reference: Some(reference), ..evidence::Options::default() },
            )
        };
        let Found::Record(record) = look("web/auth.log", 2) else { panic!("not found") };
        assert_eq!(record.time, Some("2026-11-21T02:10:00Z".parse().unwrap()));
        assert!(record.line.contains("Nov 21") && !record.cut);
        for (path, record, word) in [
            ("web/auth.log", 9, "not-in-file"),
            ("web/other.log", 1, "no-file"),
            ("../web/auth.log", 1, "no-file"),
            ("/etc/passwd", 1, "no-file"),
        ] {
            assert_eq!(look(path, record).word(), word, "{path}");
        }
    }
}
