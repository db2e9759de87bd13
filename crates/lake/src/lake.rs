//! The folder of events: appending, searching, merging, letting go.
//!
//! The day is that of arrival, not of the event: a log from outside cannot choose where it is kept nor how long, and
//! row groups say themselves which stretch of time they hold.
//!
//! Invariant: a file is written beside, synced, then renamed, so what is found is whole; an event of a source is kept
//! once, by its number, those that were let go included.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use evidence::Event;
use jiff::Timestamp;
use jiff::civil::Date;
use parquet::errors::ParquetError;

use crate::file::{self, Place};
use crate::query::Query;
use crate::row::Row;
use crate::write::Packed;
use crate::{read, write};

/// Each source's last number, for those whose files were let go.
const LET_GO: &str = "numbers.json";
/// Events of a merged file at most, so that merging holds no more in memory.
const MERGED_EVENTS_MAX: usize = 32_768;

/// An event, and the ids of the rules that it matched when it came.
#[derive(Clone, Debug, Default)]
pub struct Kept {
    /// The event.
    pub event: Event,
    /// Ids of rules.
    pub rules: Vec<String>,
}

/// A stretch of time, both ends within it. An event of unknown time lies in every one.
#[derive(Clone, Copy, Debug, Default)]
pub struct Span {
    /// Its beginning.
    pub since: Option<Timestamp>,
    /// Its end.
    pub until: Option<Timestamp>,
}

/// Which day of arrival a search begins with.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum First {
    /// The first.
    Oldest,
    /// The last.
    Latest,
}

/// What a search went through.
#[derive(Debug, Default)]
pub struct Searched {
    /// Files looked into.
    pub files: u64,
    /// Files that it did not come to.
    pub not_reached: u64,
    /// Row groups that could hold nothing of it, unread.
    pub left_out: u64,
    /// Events read.
    pub events: u64,
    /// Events found.
    pub found: u64,
    /// Files that could not be read.
    pub unread: Vec<Unread>,
}

/// A file that could not be read.
#[derive(Debug)]
pub struct Unread {
    /// Where it stands.
    pub path: PathBuf,
    /// Why, in English.
    pub reason: String,
}

/// What was let go.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Removed {
    /// Files.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
}

/// Why events could not be kept or found.
#[derive(Debug, thiserror::Error)]
pub enum LakeError {
    /// The folder or a file of it refused.
    #[error("{path}: {error}", path = path.display())]
    Disk {
        /// The folder or file.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// An event cannot be put into columns.
    #[error("an event cannot be kept: {0}")]
    Columns(String),
    /// The source has kept events of that number before.
    #[error("source {source_name} has kept events up to number {last}: go on after it")]
    Again {
        /// The source.
        source_name: String,
        /// The number of its last event.
        last: u64,
    },
}

/// A folder of events.
pub struct Lake {
    folder: PathBuf,
    /// The number of each source's last event.
    last: Mutex<BTreeMap<String, u64>>,
}

impl Lake {
    /// Opens a folder, made where it is absent.
    ///
    /// # Errors
    /// [`LakeError::Disk`].
    pub fn open(folder: &Path) -> Result<Lake, LakeError> {
        fs::create_dir_all(folder).map_err(at(folder))?;
        let (held, _) = file::list(folder).map_err(at(folder))?;
        let mut last = let_go(folder)?;
        for place in held {
            let known = last.entry(place.source).or_insert(place.last);
            *known = place.last.max(*known);
        }
        Ok(Lake { folder: folder.to_owned(), last: Mutex::new(last) })
    }

    /// The number of the last event kept of a source.
    #[must_use]
    pub fn last(&self, source: &str) -> Option<u64> {
        self.numbers().get(source).copied()
    }

    /// Keeps events of a source that arrived on `day`, numbered from `first` on, and gives back the bytes that they
    /// take.
    ///
    /// # Errors
    /// [`LakeError::Again`] where the source has kept such a number; [`LakeError::Disk`] and [`LakeError::Columns`],
    /// and then none of them is kept.
    pub fn append(&self, day: Date, source: &str, first: u64, events: Vec<Row>) -> Result<u64, LakeError> {
        let mut numbers = self.numbers();
        if let Some(last) = numbers.get(source).filter(|last| **last >= first) {
            return Err(LakeError::Again { source_name: source.to_owned(), last: *last });
        }
        let Some(more) = events.len().checked_sub(1) else { return Ok(0) };
        let last = first.saturating_add(more as u64);
        let place = Place { day, source: source.to_owned(), first, last };
        let bytes = self.write(&place, events, Packed::Quickly)?;
        numbers.insert(source.to_owned(), last);
        Ok(bytes)
    }

    /// The bytes that are kept.
    ///
    /// # Errors
    /// [`LakeError::Disk`].
    pub fn bytes(&self) -> Result<u64, LakeError> {
        let (held, superseded) = file::list(&self.folder).map_err(at(&self.folder))?;
        let size = |place: &Place| fs::metadata(place.path(&self.folder)).map_or(0, |it| it.len());
        Ok(held.iter().chain(&superseded).map(size).sum())
    }

    /// Shows every event of the span that the query holds of, by day of arrival, source and, within a file, time,
    /// until `each` says no or `stop` says yes, which is asked at every event.
    ///
    /// # Errors
    /// [`LakeError::Disk`] where the folder cannot be listed; a file that cannot be read is told in what is given back.
    pub fn search(
        &self,
        query: &Query,
        span: Span,
        first: First,
        stop: &dyn Fn() -> bool,
        mut each: impl FnMut(Kept) -> bool,
    ) -> Result<Searched, LakeError> {
        let (mut held, _) = file::list(&self.folder).map_err(at(&self.folder))?;
        if first == First::Latest {
            held.reverse();
        }
        let mut searched = Searched::default();
        let (mut goes_on, all) = (true, held.len() as u64);
        for (place, number) in held.into_iter().zip(1..) {
            if stop() {
                searched.not_reached = all - number + 1;
                break;
            }
            let path = place.path(&self.folder);
            let read = read::read(&path, query, &span, &mut |kept| {
                searched.events += 1;
                if span.holds(kept.event.time) && query.holds(&kept) {
                    searched.found += 1;
                    goes_on = each(kept);
                }
                goes_on &= !stop();
                goes_on
            });
            searched.files += 1;
            match read {
                Ok(left_out) => searched.left_out += left_out,
                // It was let go since it was listed.
                Err(_) if !path.exists() => searched.files -= 1,
                Err(error) => searched.unread.push(Unread { path, reason: words(&error) }),
            }
            if !goes_on {
                searched.not_reached = all - number;
                break;
            }
        }
        Ok(searched)
    }

    /// Joins small files of a day, from `since` on, and source, and removes those that an earlier call has joined: a
    /// search that began before goes on undisturbed.
    ///
    /// # Errors
    /// [`LakeError::Disk`]; nothing is lost then. Files that cannot be read stay as they are.
    pub fn merge(&self, since: Date) -> Result<(), LakeError> {
        let (held, superseded) = file::list(&self.folder).map_err(at(&self.folder))?;
        for place in superseded {
            let path = place.path(&self.folder);
            fs::remove_file(&path).map_err(at(&path))?;
        }
        let (mut joined, mut count) = (Vec::<Place>::new(), 0);
        for place in held.into_iter().filter(|it| it.day >= since) {
            // A file holds no more events than its numbers tell.
            let events =
                usize::try_from(place.last - place.first).map_or(usize::MAX, |it| it.saturating_add(1));
            let follows = joined.last().is_some_and(|it| (it.day, &it.source) == (place.day, &place.source));
            if events > MERGED_EVENTS_MAX / 2 || !follows || count + events > MERGED_EVENTS_MAX {
                self.join(&std::mem::take(&mut joined))?;
                count = 0;
            }
            if events <= MERGED_EVENTS_MAX / 2 {
                count += events;
                joined.push(place);
            }
        }
        self.join(&joined)
    }

    /// Lets whole days go: those before `oldest`, then the oldest until no more than `bytes` are kept. The last day
    /// stays.
    ///
    /// # Errors
    /// [`LakeError::Disk`].
    pub fn retain(&self, oldest: Option<Date>, bytes: Option<u64>) -> Result<Removed, LakeError> {
        let (mut places, superseded) = file::list(&self.folder).map_err(at(&self.folder))?;
        places.extend(superseded);
        let mut days: BTreeMap<Date, Vec<(PathBuf, u64)>> = BTreeMap::new();
        for place in places {
            let path = place.path(&self.folder);
            let size = fs::metadata(&path).map_err(at(&path))?.len();
            days.entry(place.day).or_default().push((path, size));
        }
        let mut kept: u64 = days.values().flatten().map(|it| it.1).sum();
        let mut removed = Removed::default();
        while days.len() > 1
            && let Some(day) = days.first_entry()
            && (oldest.is_some_and(|it| *day.key() < it) || bytes.is_some_and(|it| kept > it))
        {
            if removed.files == 0 {
                self.remember()?;
            }
            for (path, size) in day.remove() {
                fs::remove_file(&path).map_err(at(&path))?;
                kept -= size;
                removed.files += 1;
                removed.bytes += size;
            }
        }
        Ok(removed)
    }

    /// Writes down every source's last number, before files that tell it go.
    fn remember(&self) -> Result<(), LakeError> {
        let text = serde_json::to_vec(&*self.numbers()).map_err(|error| at(&self.folder)(error.into()))?;
        let mut beside = tempfile::NamedTempFile::new_in(&self.folder).map_err(at(&self.folder))?;
        beside.write_all(&text).and_then(|()| beside.as_file().sync_all()).map_err(at(&self.folder))?;
        let path = self.folder.join(LET_GO);
        beside.persist(&path).map_err(|error| at(&path)(error.error))?;
        File::open(&self.folder).and_then(|it| it.sync_all()).map_err(at(&self.folder))
    }

    /// Writes files that follow each other as one, up to one that cannot be read and from there on.
    fn join(&self, places: &[Place]) -> Result<(), LakeError> {
        let [first, _, ..] = places else { return Ok(()) };
        let (mut rows, mut whole) = (Vec::new(), 0);
        for place in places {
            let Ok(read) = read::rows(&place.path(&self.folder), MERGED_EVENTS_MAX) else { break };
            rows.extend(read);
            whole += 1;
        }
        if let Some(last) = places[..whole].last().filter(|it| it.last > first.last) {
            self.write(&Place { last: last.last, ..first.clone() }, rows, Packed::Well)?;
        }
        self.join(places.get(whole + 1..).unwrap_or_default())
    }

    fn write(&self, place: &Place, mut rows: Vec<Row>, packed: Packed) -> Result<u64, LakeError> {
        rows.sort_by(|a, b| (a.time, &a.path, a.record).cmp(&(b.time, &b.path, b.record)));
        let folder = place.folder(&self.folder);
        fs::create_dir_all(&folder).map_err(at(&folder))?;
        let beside = tempfile::NamedTempFile::new_in(&folder).map_err(at(&folder))?;
        let beside = write::write(beside, &rows, packed).map_err(|error| self.refused(&folder, error))?;
        let path = place.path(&self.folder);
        beside.as_file().sync_all().map_err(at(&path))?;
        let bytes = beside.as_file().metadata().map_err(at(&path))?.len();
        beside.persist(&path).map_err(|error| at(&path)(error.error))?;
        let folders = folder.ancestors().take_while(|it| it.starts_with(&self.folder));
        for folder in folders {
            File::open(folder).and_then(|it| it.sync_all()).map_err(at(folder))?;
        }
        Ok(bytes)
    }

    fn refused(&self, folder: &Path, error: ParquetError) -> LakeError {
        match error {
            ParquetError::External(inner) => match inner.downcast::<io::Error>() {
                Ok(error) => at(folder)(*error),
                Err(other) => LakeError::Columns(other.to_string()),
            },
            other => LakeError::Columns(words(&other)),
        }
    }

    fn numbers(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, u64>> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What [`Lake::remember`] wrote.
fn let_go(folder: &Path) -> Result<BTreeMap<String, u64>, LakeError> {
    let path = folder.join(LET_GO);
    match fs::read(&path) {
        Ok(text) => serde_json::from_slice(&text).map_err(|error| at(&path)(error.into())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(BTreeMap::new()),
        Err(error) => Err(at(&path)(error)),
    }
}

impl Span {
    fn holds(&self, time: Option<Timestamp>) -> bool {
        let Some(time) = time else { return true };
        self.since.is_none_or(|since| since <= time) && self.until.is_none_or(|until| time <= until)
    }
}

fn at(path: &Path) -> impl Fn(io::Error) -> LakeError {
    let path = path.to_owned();
    move |error| LakeError::Disk { path: path.clone(), error }
}

fn words(error: &ParquetError) -> String {
    match error {
        ParquetError::General(words) | ParquetError::EOF(words) => words.clone(),
        other => other.to_string(),
    }
}
