//! The feeder: opens what it is given, looks through archives, cuts logs into pieces.
//!
//! Folders are walked in the order of names. No link is followed inside them, and nothing but regular
//! files is opened. Archives are known by their first bytes and are bounded by depth, members and
//! unpacked bytes, counted over everything that one top-level file unpacks to.
//!
//! Invariant: whatever is not cut into pieces is named, as skipped or as unreadable.

use std::cell::Cell;
use std::fs::{self, File};
use std::io::{self, Cursor, Read};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use crate::clock::Clock;
use crate::gate::{Gate, Stop};
use crate::options::{Input, Options};
use crate::piece::{Load, Piece};
use crate::report::{Skip, Tally, Trouble};
use crate::{archive, cut};

/// What the feeder and the caller's thread tell each other.
pub(crate) struct Meters {
    /// Bytes read from disk.
    pub(crate) bytes: AtomicU64,
    /// Bytes to read from disk.
    pub(crate) total: AtomicU64,
    /// Nobody listens any more.
    pub(crate) stop: AtomicBool,
}

/// What one top-level file has unpacked so far.
#[derive(Default)]
pub(crate) struct Spent {
    pub(crate) bytes: Cell<u64>,
    pub(crate) entries: Cell<u64>,
    pub(crate) over: Cell<bool>,
}

/// Opens, looks through and cuts.
pub(crate) struct Feeder<'a> {
    pub(crate) options: &'a Options<'a>,
    pub(crate) clock: &'a Clock,
    meters: &'a Meters,
    gate: &'a Gate,
    pub(crate) spent: Rc<Spent>,
}

/// Bytes on their way: a file where it can be sought in.
pub(crate) enum Source<'r> {
    File(File),
    Stream(&'r mut dyn Read),
}

/// Bytes looked at before deciding what a file is.
pub(crate) const PREFIX: usize = 1 << 16;

impl<'a> Feeder<'a> {
    pub(crate) fn new(
        options: &'a Options<'a>,
        clock: &'a Clock,
        meters: &'a Meters,
        gate: &'a Gate,
    ) -> Self {
        Feeder { options, clock, meters, gate, spent: Rc::default() }
    }

    pub(crate) fn feed(mut self, inputs: Vec<Input>) -> Result<(), Stop> {
        let fed = catch_unwind(AssertUnwindSafe(|| self.all(inputs)));
        self.gate.end();
        fed.unwrap_or_else(|panic| resume_unwind(panic))
    }

    fn all(&mut self, inputs: Vec<Input>) -> Result<(), Stop> {
        let sizes = inputs.iter().filter_map(|input| match input {
            Input::Path(path) if self.options.progress.is_some() => Some(size(path, 0)),
            _ => None,
        });
        self.meters.total.store(sizes.sum(), Ordering::Relaxed);
        for input in inputs {
            match input {
                Input::Path(path) => self.given(&path)?,
                Input::Stream { name, mut read } => {
                    self.spent = Rc::default();
                    self.guarded(Source::Stream(&mut *read), &Arc::from(name))?;
                }
            }
        }
        Ok(())
    }

    /// A path that was asked for: a link is followed here.
    fn given(&mut self, path: &Path) -> Result<(), Stop> {
        let name: Arc<str> =
            Arc::from(path.file_name().map_or(path.to_string_lossy(), |name| name.to_string_lossy()));
        match fs::metadata(path) {
            Ok(about) if about.is_dir() => self.folder(path, &name, "", 0),
            Ok(about) if about.is_file() => self.file(path, &name),
            Ok(_) => self.put(&name, Load::Skip(Skip::Special)),
            Err(error) => self.lose(&name, Trouble::Failed(error.to_string()), None),
        }
    }

    /// Walks a folder that is `named` so in results, its members standing `under` so many others.
    fn folder(&mut self, folder: &Path, named: &Arc<str>, under: &str, depth: u32) -> Result<(), Stop> {
        if depth > self.options.limits.folders {
            return self.lose(named, Trouble::TooManyFolders, None);
        }
        let entries = match fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(error) => return self.lose(named, Trouble::Failed(error.to_string()), None),
        };
        let mut found = Vec::new();
        for entry in entries {
            match entry {
                Ok(entry) => found.push(entry),
                Err(error) => self.lose(named, Trouble::Failed(error.to_string()), None)?,
            }
        }
        found.sort_by_key(fs::DirEntry::file_name);
        for entry in found {
            let name = entry.file_name();
            let name = name.to_string_lossy();
            let name = if under.is_empty() { name.into_owned() } else { format!("{under}/{name}") };
            let path: Arc<str> = Arc::from(name.as_str());
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => self.folder(&entry.path(), &path, &name, depth + 1)?,
                Ok(kind) if kind.is_file() => self.file(&entry.path(), &path)?,
                Ok(kind) if kind.is_symlink() => self.put(&path, Load::Skip(Skip::Link))?,
                Ok(_) => self.put(&path, Load::Skip(Skip::Special))?,
                Err(error) => self.lose(&path, Trouble::Failed(error.to_string()), None)?,
            }
        }
        Ok(())
    }

    fn file(&mut self, path: &Path, name: &Arc<str>) -> Result<(), Stop> {
        self.spent = Rc::default();
        match File::open(path) {
            Ok(file) => self.guarded(Source::File(file), name),
            Err(error) => self.lose(name, Trouble::Failed(error.to_string()), None),
        }
    }

    /// Reads a top-level file; should an unpacker panic, the file is named and the rest is read.
    fn guarded(&mut self, source: Source, path: &Arc<str>) -> Result<(), Stop> {
        let read = catch_unwind(AssertUnwindSafe(|| self.contents(source, path, 0)));
        read.unwrap_or_else(|_| self.lose(path, Trouble::ReaderFailed, None))
    }

    /// Looks at what some bytes are, and reads them accordingly.
    pub(crate) fn contents(&mut self, source: Source, path: &Arc<str>, depth: u32) -> Result<(), Stop> {
        let mut metered;
        let (mut file, stream): (Option<File>, &mut dyn Read) = match source {
            Source::File(file) => {
                metered = Metered { read: file.try_clone(), bytes: &self.meters.bytes };
                (Some(file), &mut metered)
            }
            Source::Stream(stream) => (None, stream),
        };
        let mut prefix = Vec::new();
        let failed = (&mut *stream).take(PREFIX as u64).read_to_end(&mut prefix).err();
        if let (Some(error), true) = (&failed, prefix.is_empty()) {
            return self.lose(path, archive::trouble(error, &self.spent), None);
        }
        if prefix.is_empty() {
            return self.put(path, Load::Skip(Skip::Empty));
        }
        let packed = archive::kind(&prefix);
        if packed.is_some() && depth >= self.options.limits.depth {
            return self.lose(path, Trouble::TooDeep, None);
        }
        let whole = prefix.len() < PREFIX && failed.is_none();
        let mut bytes = Cursor::new(prefix.clone()).chain(Failing(failed)).chain(stream);
        match packed {
            Some(kind) => archive::look(self, kind, file.take(), &mut bytes, path, depth),
            None => cut::log(self, &prefix, whole, &mut bytes, path),
        }
    }

    pub(crate) fn put(&mut self, path: &Arc<str>, load: Load) -> Result<(), Stop> {
        if self.options.stopped() || self.meters.stop.load(Ordering::Relaxed) {
            return Err(Stop);
        }
        self.gate.put(Piece { path: Arc::clone(path), load })
    }

    pub(crate) fn lose(&mut self, path: &Arc<str>, trouble: Trouble, first: Option<u64>) -> Result<(), Stop> {
        let mut tally = Tally::default();
        tally.lose(trouble, 1, first);
        self.put(path, Load::Tally(tally))
    }
}

/// Counts bytes as they are read from disk.
struct Metered<'m> {
    read: io::Result<File>,
    bytes: &'m AtomicU64,
}

impl Read for Metered<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let read = match &mut self.read {
            Ok(file) => file.read(out)?,
            Err(error) => return Err(io::Error::new(error.kind(), error.to_string())),
        };
        self.bytes.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

/// An error that comes after what was read before it.
struct Failing(Option<io::Error>);

impl Read for Failing {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}

/// Bytes of regular files under a path, for the progress bar.
fn size(path: &Path, depth: u32) -> u64 {
    let Ok(about) = (if depth == 0 { fs::metadata(path) } else { fs::symlink_metadata(path) }) else {
        return 0;
    };
    if about.is_file() {
        return about.len();
    }
    if !about.is_dir() || depth > 64 {
        return 0;
    }
    let entries = fs::read_dir(path).into_iter().flatten().flatten();
    entries.map(|entry| size(&entry.path(), depth + 1)).sum()
}
