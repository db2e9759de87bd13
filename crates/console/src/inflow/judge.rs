//! Judging what arrived, a batch at a time.
//!
//! Invariant: files hold, up to the lengths of the state, what the state was made from; what lies beyond is cut off
//! before anything is added.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::Path;

use ::intake::Source;
use ::intake::spool::{Batch, Place, Record};
use assess::{Piece, Reading};
use detect::Engine;
use evidence::{Input, Options};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use store::Json;
use store::entity::Attachment;

use crate::problem::{Problem, Result};
use crate::reading::{said, write};

/// How far it is.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub(super) struct State {
    /// Up to here the spool was judged.
    pub(super) end: Place,
    /// Bytes of the detections.
    found: u64,
    /// Bytes and lines of each file.
    files: BTreeMap<String, (u64, u64)>,
    #[serde(skip)]
    reading: Reading,
}

impl State {
    /// The state that an attachment of the intake keeps; none for others.
    pub(super) fn of(attachment: &Attachment) -> Option<State> {
        let kept = &attachment.reading.as_ref()?.0;
        let mut state: State = serde_json::from_value(kept.get("intake")?.clone()).ok()?;
        state.reading = serde_json::from_value(kept.clone()).ok()?;
        Some(state)
    }

    /// As an attachment keeps it.
    pub(super) fn said(&self, engine: &Engine) -> Result<Json> {
        let mut told = said(engine, &self.reading)?;
        told.0["live"] = true.into();
        told.0["intake"] = serde_json::to_value(self).map_err(|error| Problem::inside(&error))?;
        Ok(told)
    }

    pub(super) fn bytes(&self) -> u64 {
        self.files.values().map(|(bytes, _)| bytes).sum()
    }
}

/// Judges a batch: adds its lines to the files, what was found to the detections; the state after.
pub(super) fn batch(
    engine: &Engine,
    mut state: State,
    batch: &Batch,
    folder: &Path,
    found: &Path,
    options: &Options<'_>,
) -> io::Result<State> {
    std::fs::create_dir_all(folder)?;
    std::fs::create_dir_all(found.parent().unwrap_or(Path::new(".")))?;
    let judge = Judge { engine, options, clock: Timestamp::now() };
    let mut detections = Vec::new();
    for (name, Lines { unproven, lines }) in grouped(&batch.records) {
        let (bytes, count) = state.files.get(&name).copied().unwrap_or_default();
        add(&folder.join(&name), bytes, &lines)?;
        let after =
            (bytes + lines.len() as u64, count + lines.iter().filter(|byte| **byte == b'\n').count() as u64);
        judge.lines(&mut state.reading, &name, count, lines, unproven, &mut detections)?;
        state.files.insert(name, after);
    }
    add(found, state.found, &detections)?;
    state.found += detections.len() as u64;
    state.end = batch.end;
    state.reading.files = state.files.len() as u64;
    Ok(state)
}

/// Lines of one source and kind of line.
#[derive(Default)]
struct Lines {
    /// Whether anybody could have sent them.
    unproven: bool,
    lines: Vec<u8>,
}

/// Lines by file: one a source and kind of line.
fn grouped(records: &[Record]) -> BTreeMap<String, Lines> {
    let mut files: BTreeMap<String, Lines> = BTreeMap::new();
    for record in records {
        let kind = match record.bytes.first() {
            Some(b'{') => "ndjson",
            Some(b'<') if record.bytes.get(1).is_some_and(u8::is_ascii_digit) => "syslog",
            Some(b'<') => "xml",
            _ => "log",
        };
        let Lines { unproven, lines } =
            files.entry(format!("{}.{kind}", file_name(&record.source))).or_default();
        *unproven = record.source.is_unproven();
        // One event is one line.
        lines
            .extend(record.bytes.iter().map(|byte| if matches!(byte, b'\n' | b'\r') { b' ' } else { *byte }));
        lines.push(b'\n');
    }
    files
}

/// A name for a source's files that no other source has, as people would read it.
fn file_name(source: &Source) -> String {
    use sha2::{Digest, Sha256};
    let sum = Sha256::digest(format!("{}\0{}", source.name, source.authenticated_by));
    let plain = |it: char| if it.is_ascii_alphanumeric() || ".-".contains(it) { it } else { '_' };
    let name: String = source.name.chars().map(plain).collect();
    let start = name.len().saturating_sub(60);
    let name = name[start..].trim_start_matches(['.', '_']);
    format!("{name}-{:02x}{:02x}{:02x}{:02x}", sum[0], sum[1], sum[2], sum[3])
}

/// Adds to a file of which the first bytes count, and makes it durable.
fn add(path: &Path, length: u64, bytes: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().create(true).truncate(false).write(true).open(path)?;
    if file.metadata()?.len() < length {
        return Err(io::Error::other(format!("{} is shorter than it was", path.display())));
    }
    file.set_len(length)?;
    file.seek(SeekFrom::Start(length))?;
    file.write_all(bytes)?;
    file.sync_all()?;
    File::open(path.parent().unwrap_or(Path::new(".")))?.sync_all()
}

struct Judge<'a> {
    engine: &'a Engine,
    options: &'a Options<'a>,
    clock: Timestamp,
}

impl Judge<'_> {
    /// Judges lines of a file, of which so many came before.
    fn lines(
        &self,
        reading: &mut Reading,
        name: &str,
        before: u64,
        lines: Vec<u8>,
        unproven: bool,
        out: &mut Vec<u8>,
    ) -> io::Result<()> {
        let stream = Input::Stream { name: name.to_owned(), read: Box::new(io::Cursor::new(lines)) };
        let mut detected = Vec::new();
        let report = evidence::read(
            vec![stream],
            self.options,
            |event, kept| kept.push(event.clone()),
            |mut event: evidence::Event| {
                // Windows events are found by their own number, others by their line.
                if event.format != "windows" {
                    event.origin.record += before;
                }
                reading.take(&event, self.clock);
                self.engine.judge(&event, &mut detected);
            },
        );
        for mut one in detected {
            one.signal.unproven = unproven;
            write(out, self.engine, one)?;
        }
        let mut rest = Reading::default();
        rest.conclude(report);
        let new = |told: &[Piece], piece: &Piece| !told.iter().any(|it| it.path == piece.path);
        rest.unreadable.retain(|it| new(&reading.unreadable, it));
        rest.skipped.retain(|it| new(&reading.skipped, it));
        rest.assumed.retain(|it| new(&reading.assumed, it));
        reading.merge(rest);
        Ok(())
    }
}
