//! Judging what arrived, a batch at a time.
//!
//! Invariant: files hold, up to the lengths of the state, what the state was made from; what lies beyond is cut off
//! before anything is added. A batch that was begun is done again as it was, up to the same place in the spool, so
//! that its events get the same numbers in the lake.

use std::collections::{BTreeMap, HashMap};
use std::fs::{File, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use ::intake::Source;
use ::intake::spool::{Batch, Place, Record};
use assess::{Piece, Reading, Watch};
use detect::Engine;
use evidence::{Input, Options};
use jiff::Timestamp;
use jiff::civil::Date;
use lake::Lake;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::beside::save;
use crate::keeping::{Keeper, day, row};
use crate::reading::write;

/// How far an attachment is.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub(crate) struct State {
    /// Up to here the spool was judged.
    pub(super) end: Place,
    /// Bytes of the detections.
    pub(crate) found: u64,
    /// Bytes and lines of each file.
    files: BTreeMap<String, (u64, u64)>,
    /// What was read.
    pub(crate) reading: Reading,
}

/// Where an attachment's state lies, beside its detections.
pub(crate) fn state_file(found: &Path) -> PathBuf {
    found.with_extension("state.json")
}

/// Where the end of the batch that is in hand lies.
fn begun_file(found: &Path) -> PathBuf {
    found.with_extension("batch.json")
}

impl State {
    /// The state beside these detections; that of the beginning where there is none.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(crate) fn load(found: &Path) -> io::Result<State> {
        Ok(load(&state_file(found))?.unwrap_or_default())
    }

    pub(super) fn bytes(&self) -> u64 {
        self.files.values().map(|(bytes, _)| bytes).sum()
    }
}

/// The end of the batch that was begun and not done.
pub(super) fn begun(found: &Path, state: &State) -> io::Result<Option<Place>> {
    Ok(load(&begun_file(found))?.filter(|end| *end > state.end))
}

fn load<T: DeserializeOwned>(path: &Path) -> io::Result<Option<T>> {
    match std::fs::read(path) {
        Ok(bytes) => serde_json::from_slice(&bytes).map(Some).map_err(io::Error::other),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Where a batch goes.
pub(super) struct Goes<'a> {
    /// The attachment's id: its events' source in the lake.
    pub(super) attachment: &'a str,
    /// The folder of its files.
    pub(super) files: &'a Path,
    /// Its detections.
    pub(super) found: &'a Path,
    /// Its day.
    pub(super) day: Date,
    pub(super) lake: &'a Lake,
}

/// Judges a batch: adds its lines to the files, its events to the lake, what was found to the detections; the state
/// after.
pub(super) fn batch(
    engine: &Engine,
    mut state: State,
    batch: &Batch,
    goes: &Goes<'_>,
    options: &Options<'_>,
) -> io::Result<State> {
    std::fs::create_dir_all(goes.files)?;
    std::fs::create_dir_all(goes.found.parent().unwrap_or(Path::new(".")))?;
    save(&begun_file(goes.found), &batch.end)?;
    let judge = Judge { engine, options, clock: Timestamp::now() };
    let mut detections = Vec::new();
    let mut keeper = Keeper::new(goes.lake, day(judge.clock), goes.attachment, state.reading.events);
    for (name, Lines { unproven, lines }) in grouped(&batch.records, goes.day) {
        let (bytes, count) = state.files.get(&name).copied().unwrap_or_default();
        add(&goes.files.join(&name), bytes, &lines)?;
        let after =
            (bytes + lines.len() as u64, count + lines.iter().filter(|byte| **byte == b'\n').count() as u64);
        let lines = Numbered { name: &name, before: count, unproven, lines };
        judge.lines(&mut state.reading, lines, &mut keeper, &mut detections)?;
        state.files.insert(name, after);
    }
    keeper.end().map_err(io::Error::other)?;
    add(goes.found, state.found, &detections)?;
    state.found += detections.len() as u64;
    state.end = batch.end;
    state.reading.files = state.files.len() as u64;
    save(&state_file(goes.found), &state)?;
    Ok(state)
}

/// Lines of one source and kind of line.
#[derive(Default)]
struct Lines {
    /// Whether anybody could have sent them.
    unproven: bool,
    lines: Vec<u8>,
}

/// Lines by file: one a source, day and kind of line.
fn grouped(records: &[Record], day: Date) -> BTreeMap<String, Lines> {
    let mut files: BTreeMap<String, Lines> = BTreeMap::new();
    let mut names = HashMap::new();
    for record in records {
        let name = names.entry(&record.source).or_insert_with(|| file_name(&record.source));
        let kind = match record.bytes.first() {
            Some(b'{') => "ndjson",
            Some(b'<') if record.bytes.get(1).is_some_and(u8::is_ascii_digit) => "syslog",
            Some(b'<') => "xml",
            _ => "log",
        };
        let Lines { unproven, lines } = files.entry(format!("{name}.{day}.{kind}")).or_default();
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

/// Lines of a file, of which so many came before.
struct Numbered<'a> {
    name: &'a str,
    before: u64,
    unproven: bool,
    lines: Vec<u8>,
}

impl Judge<'_> {
    fn lines(
        &self,
        reading: &mut Reading,
        lines: Numbered<'_>,
        keeper: &mut Keeper<'_>,
        out: &mut Vec<u8>,
    ) -> io::Result<()> {
        let Numbered { name, before, unproven, lines } = lines;
        let stream = Input::Stream { name: name.to_owned(), read: Box::new(io::Cursor::new(lines)) };
        let watch = Watch::new(self.clock);
        let mut done = Ok(());
        let report = evidence::read(
            vec![stream],
            self.options,
            |event, judged| {
                watch.see(event);
                let (mut found, record) = (Vec::new(), event.origin.record + before);
                self.engine.judge(event, &mut found);
                for one in &mut found {
                    (one.signal.source.record, one.signal.unproven) = (record, unproven);
                }
                judged.push((row(event, record, &found), found));
            },
            |(row, found)| {
                if done.is_ok() {
                    let kept = row.and_then(|row| keeper.put(row)).map_err(io::Error::other);
                    done = kept
                        .and_then(|()| found.into_iter().try_for_each(|one| write(out, self.engine, one)));
                }
            },
        );
        done?;
        let mut rest = watch.reading(report);
        let new = |told: &[Piece], piece: &Piece| !told.iter().any(|it| it.path == piece.path);
        rest.unreadable.retain(|it| new(&reading.unreadable, it));
        rest.skipped.retain(|it| new(&reading.skipped, it));
        rest.assumed.retain(|it| new(&reading.assumed, it));
        reading.merge(rest);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use detect::{Rules, Settings};
    use lake::{First, Span};

    use super::*;

    const RULE: &str = "title: Identity asked\nid: 6f9d2e1a-0000-4000-8000-000000000001\nlevel: low\n\
                        logsource: {product: linux}\ndetection:\n  words: ['id']\n  condition: words\n";

    fn records(count: u128) -> Vec<Record> {
        let record = |id: u128| Record {
            id,
            received: Timestamp::UNIX_EPOCH,
            source: Source { name: format!("10.0.0.{}", id % 2), authenticated_by: "none".to_owned() },
            bytes: format!("<86>Nov 28 02:20:30 srv-{} sudo: user-{id} : COMMAND=/usr/bin/id", id % 2)
                .into_bytes(),
        };
        (0..count).map(record).collect()
    }

    /// A batch that was judged, but for its state, is judged again: nothing is there twice, nothing is lost.
    #[test]
    fn a_batch_done_again_leaves_what_the_first_time_left() {
        let folder = tempfile::tempdir().unwrap();
        let content = content::Content::embedded();
        let settings = Settings::read(|path| content.file(path)).unwrap();
        let engine = Engine::new(Rules::load([("rule.yml", RULE)]), settings);
        let lake = Lake::open(&folder.path().join("lake")).unwrap();
        let (files, found) = (folder.path().join("files"), folder.path().join("found").join("a.ndjson"));
        let day: Date = "2026-11-28".parse().unwrap();
        let goes = Goes { attachment: "a", files: &files, found: &found, day, lake: &lake };
        let at = |offset| Place { segment: 1, offset };
        let options = Options::default();
        let first = Batch { records: records(5), end: at(50), is_full: false };
        let state = batch(&engine, State::default(), &first, &goes, &options).unwrap();
        assert_eq!((state.reading.events, begun(&found, &state).unwrap()), (5, None));

        let second = Batch { records: records(9), end: at(90), is_full: false };
        let once = batch(&engine, state.clone(), &second, &goes, &options).unwrap();
        // The stop came before the state was renamed.
        save(&state_file(&found), &state).unwrap();
        let lines = std::fs::read(&found).unwrap();
        let again = State::load(&found).unwrap();
        assert_eq!(begun(&found, &again).unwrap(), Some(at(90)));
        let again = batch(&engine, again, &second, &goes, &options).unwrap();
        assert_eq!((again.reading.events, again.bytes()), (once.reading.events, once.bytes()));
        assert_eq!(std::fs::read(&found).unwrap(), lines);
        let (kept, all) = (Cell::new(0), "".parse().unwrap());
        lake.search(&all, Span::default(), First::Oldest, &|| false, |_| {
            kept.set(kept.get() + 1);
            true
        })
        .unwrap();
        assert_eq!(kept.get(), 14);
    }
}
