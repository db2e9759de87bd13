//! A disk that fails where it is told to, and forgets what was not synced.
//!
//! Invariant: after [`Fake::reboot`] holds what was synced, whole; of anything else, whatever part a dice roll leaves.

use std::collections::{BTreeMap, HashMap};
use std::io;
use std::sync::{Arc, Mutex, MutexGuard};

use intake::spool::{Appender, Disk};

/// Bytes that reach the disk or do not, together.
const SECTOR: usize = 16;

/// How an operation fails.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Fail {
    /// The machine stops there.
    Crash,
    /// Only this one fails so; the next succeed.
    Error(io::ErrorKind),
}

#[derive(Clone, Default)]
pub(crate) struct Fake(Arc<Mutex<Inner>>);

#[derive(Clone, Default)]
struct Inner {
    files: HashMap<u64, Content>,
    names: BTreeMap<String, u64>,
    durable_names: BTreeMap<String, u64>,
    /// Changes to names since the folder was synced: each puts a name to a file, or takes it away.
    changes: Vec<Vec<(String, Option<u64>)>>,
    next: u64,
    operations: u64,
    fail: Option<(u64, Fail)>,
    /// Syncs fail from then on.
    syncs_fail: bool,
    off: bool,
    capacity: Option<u64>,
}

#[derive(Clone, Default)]
struct Content {
    durable: Vec<u8>,
    now: Vec<u8>,
}

/// A plain generator of numbers, so that a run can be repeated.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides.max(1)
    }
}

impl Fake {
    pub(crate) fn failing(at: u64, fail: Fail) -> Fake {
        let fake = Fake::default();
        fake.lock().fail = Some((at, fail));
        fake
    }

    pub(crate) fn with_capacity(bytes: u64) -> Fake {
        let fake = Fake::default();
        fake.lock().capacity = Some(bytes);
        fake
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().expect("no test panics while it holds the disk")
    }

    pub(crate) fn operations(&self) -> u64 {
        self.lock().operations
    }

    pub(crate) fn fail_syncs(&self) {
        self.lock().syncs_fail = true;
    }

    /// Whether the operation that was to fail was reached.
    pub(crate) fn has_failed(&self) -> bool {
        let inner = self.lock();
        inner.fail.is_some_and(|(at, _)| inner.operations >= at)
    }

    /// The same disk as it is, working again.
    pub(crate) fn repaired(&self) -> Fake {
        let mut inner = self.lock().clone();
        (inner.fail, inner.off, inner.syncs_fail) = (None, false, false);
        Fake(Arc::new(Mutex::new(inner)))
    }

    /// The disk after the power came back.
    pub(crate) fn reboot(&self, dice: &mut Dice) -> Fake {
        let inner = self.lock().clone();
        let mut names = inner.durable_names.clone();
        for change in &inner.changes {
            if dice.roll(2) == 0 {
                for (name, file) in change {
                    match file {
                        Some(file) => names.insert(name.clone(), *file),
                        None => names.remove(name),
                    };
                }
            }
        }
        let files = inner.files.iter().map(|(number, content)| {
            let left = content.left(dice);
            (*number, Content { durable: left.clone(), now: left })
        });
        let files = files.collect();
        let after = Inner {
            files,
            names: names.clone(),
            durable_names: names,
            next: inner.next,
            capacity: inner.capacity,
            ..Inner::default()
        };
        Fake(Arc::new(Mutex::new(after)))
    }

    pub(crate) fn file(&self, name: &str) -> Vec<u8> {
        let inner = self.lock();
        inner.files[&inner.names[name]].now.clone()
    }

    pub(crate) fn put(&self, name: &str, bytes: &[u8]) {
        let mut inner = self.lock();
        let number = inner.names[name];
        let content = Content { durable: bytes.to_vec(), now: bytes.to_vec() };
        inner.files.insert(number, content);
    }

    /// The names that end so, in order.
    pub(crate) fn names(&self, end: &str) -> Vec<String> {
        self.lock().names.keys().filter(|name| name.ends_with(end)).cloned().collect()
    }
}

impl Content {
    /// What a crash leaves: sector by sector, the new or the old.
    fn left(&self, dice: &mut Dice) -> Vec<u8> {
        let (short, long) = (self.durable.len().min(self.now.len()), self.durable.len().max(self.now.len()));
        let length = match dice.roll(3) {
            0 => self.durable.len(),
            1 => self.now.len(),
            _ => short + dice.roll((long - short + 1) as u64) as usize,
        };
        let mut left = Vec::with_capacity(length);
        while left.len() < length {
            let from = if dice.roll(2) == 0 { &self.now } else { &self.durable };
            for _ in 0..SECTOR.min(length - left.len()) {
                left.push(from.get(left.len()).copied().unwrap_or(0));
            }
        }
        left
    }
}

impl Inner {
    /// Counts an operation; an error where it is to fail, with whether some of it may be done.
    fn step(&mut self) -> io::Result<()> {
        self.operations += 1;
        match self.fail {
            _ if self.off => Err(io::Error::other("the machine is off")),
            Some((at, Fail::Crash)) if self.operations == at => {
                self.off = true;
                Err(io::Error::other("the machine stops"))
            }
            Some((at, Fail::Error(kind))) if self.operations == at => Err(kind.into()),
            _ => Ok(()),
        }
    }

    fn used(&self) -> u64 {
        self.names.values().map(|file| self.files[file].now.len() as u64).sum()
    }

    fn find(&self, name: &str) -> io::Result<u64> {
        self.names.get(name).copied().ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn change(&mut self, change: Vec<(String, Option<u64>)>) {
        for (name, file) in &change {
            match file {
                Some(file) => self.names.insert(name.clone(), *file),
                None => self.names.remove(name),
            };
        }
        self.changes.push(change);
    }
}

impl Disk for Fake {
    fn list(&self) -> io::Result<Vec<(String, u64)>> {
        let mut inner = self.lock();
        inner.step()?;
        let length = |file: &u64| inner.files[file].now.len() as u64;
        Ok(inner.names.iter().map(|(name, file)| (name.clone(), length(file))).collect())
    }

    fn read(&self, name: &str, offset: u64, most: usize) -> io::Result<Vec<u8>> {
        let mut inner = self.lock();
        inner.step()?;
        let file = inner.find(name)?;
        let bytes = inner.files[&file].now.iter().skip(offset as usize).take(most);
        Ok(bytes.copied().collect())
    }

    fn create(&self, name: &str) -> io::Result<Box<dyn Appender>> {
        let mut inner = self.lock();
        inner.step()?;
        inner.next += 1;
        let file = inner.next;
        inner.files.insert(file, Content::default());
        inner.change(vec![(name.to_owned(), Some(file))]);
        Ok(Box::new(FakeFile { disk: self.clone(), file }))
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        let mut inner = self.lock();
        inner.step()?;
        let file = inner.find(from)?;
        inner.change(vec![(from.to_owned(), None), (to.to_owned(), Some(file))]);
        Ok(())
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        let mut inner = self.lock();
        inner.step()?;
        inner.find(name)?;
        inner.change(vec![(name.to_owned(), None)]);
        Ok(())
    }

    fn sync_folder(&self) -> io::Result<()> {
        let mut inner = self.lock();
        inner.step()?;
        if inner.syncs_fail {
            return Err(io::Error::other("sync fails"));
        }
        inner.durable_names = inner.names.clone();
        inner.changes.clear();
        Ok(())
    }

    fn free(&self) -> io::Result<u64> {
        let inner = self.lock();
        Ok(inner.capacity.map_or(u64::MAX, |capacity| capacity.saturating_sub(inner.used())))
    }
}

struct FakeFile {
    disk: Fake,
    file: u64,
}

impl Appender for FakeFile {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        let mut inner = self.disk.lock();
        let room = inner.capacity.map_or(u64::MAX, |capacity| capacity.saturating_sub(inner.used()));
        let was_off = inner.off;
        let mut outcome = inner.step();
        let mut written = if outcome.is_ok() { bytes.len() } else { bytes.len() / 2 };
        if written as u64 > room {
            written = room as usize;
            outcome = Err(io::ErrorKind::StorageFull.into());
        }
        if !was_off {
            let file = self.file;
            inner.files.entry(file).or_default().now.extend_from_slice(&bytes[..written]);
        }
        outcome
    }

    fn cut(&mut self, length: u64) -> io::Result<()> {
        let mut inner = self.disk.lock();
        inner.step()?;
        let file = self.file;
        inner.files.entry(file).or_default().now.truncate(length as usize);
        Ok(())
    }

    fn sync(&mut self) -> io::Result<()> {
        let mut inner = self.disk.lock();
        inner.step()?;
        if inner.syncs_fail {
            return Err(io::Error::other("sync fails"));
        }
        let file = self.file;
        let content = inner.files.entry(file).or_default();
        content.durable.clone_from(&content.now);
        Ok(())
    }
}
