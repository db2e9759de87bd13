//! The data folder: who may use it, and how its contents are exchanged for others.
//!
//! Invariant: an exchange that was begun is ended, by whoever locks the folder next, so that a power cut
//! leaves the old contents or the new ones, never a mixture. What was there is kept under `before-TIME`.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::bundle::{FOLDERS, SECRETS};
use crate::error::{Error, Result};

const DATABASE: &str = "rempart.sqlite";
/// What SQLite keeps beside its file.
const BESIDE: [&str; 3] = ["rempart.sqlite-wal", "rempart.sqlite-shm", "rempart.sqlite-journal"];
/// New contents being gathered; worth nothing until renamed.
const GATHERED: &str = "restoring";
/// New contents, whole; the old ones are to be put aside. The time follows.
const READY: &str = "restored-";
/// New contents, whole; the old ones are aside.
const CLEARED: &str = "placing-";
/// Old contents. The time follows.
const BEFORE: &str = "before-";

/// A data folder that nobody else uses; let go when dropped.
#[derive(Debug)]
pub struct FolderLock {
    path: PathBuf,
    _file: File,
}

impl FolderLock {
    /// The folder.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// Takes a data folder for oneself, making it where it is not there, and ends a restoration that was
/// interrupted there.
///
/// # Errors
/// When another process has it, or it cannot be written.
pub fn lock_folder(path: &Path) -> Result<FolderLock> {
    let failed = |error: io::Error| file(path, error);
    DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(failed)?;
    let name = path.join("lock");
    let lock = OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(&name);
    let lock = lock.map_err(|error| file(&name, error))?;
    match lock.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            return Err(failed(io::Error::new(
                io::ErrorKind::ResourceBusy,
                "another Rempart uses this data folder; stop it first, or name another folder",
            )));
        }
        Err(TryLockError::Error(error)) => return Err(file(&name, error)),
    }
    end_exchange(path).map_err(failed)?;
    Ok(FolderLock { path: path.to_owned(), _file: lock })
}

/// The address of a data folder's SQLite store.
#[must_use]
pub fn sqlite_url(data: &Path) -> String {
    let path = data.join(DATABASE).display().to_string();
    let escaped = path.replace('%', "%25").replace('?', "%3F").replace('#', "%23");
    format!("sqlite://{escaped}")
}

/// Whether a data folder holds a store.
pub(crate) fn holds(data: &Path) -> bool {
    old_contents().any(|name| data.join(name).exists())
}

fn old_contents() -> impl Iterator<Item = &'static str> {
    [DATABASE].into_iter().chain(BESIDE).chain(FOLDERS.iter().copied()).chain(SECRETS.iter().copied())
}

/// A time as part of a file's name, in UTC.
pub(crate) fn stamp(at: Timestamp) -> String {
    at.strftime("%Y%m%d-%H%M%S").to_string()
}

/// Syncs a folder: the names in it.
pub(crate) fn sync(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

fn file(path: &Path, error: io::Error) -> Error {
    Error::File { path: path.display().to_string(), error }
}

/// Where new contents are gathered; removed when dropped.
pub(crate) struct Stage<'a> {
    lock: &'a FolderLock,
    path: PathBuf,
}

impl Stage<'_> {
    /// Begins, on the same disk.
    pub(crate) fn new(lock: &FolderLock) -> Result<Stage<'_>> {
        let path = lock.path.join(GATHERED);
        let made = remove(&path).and_then(|()| DirBuilder::new().mode(0o700).create(&path));
        made.map_err(|error| file(&path, error))?;
        Ok(Stage { lock, path })
    }

    /// The folder.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Puts the new contents in the place of the old ones; says where those are now.
    pub(crate) fn exchange(self, at: &str) -> Result<Option<PathBuf>> {
        let data = &self.lock.path;
        let done = sync_all(&self.path)
            .and_then(|()| fs::rename(&self.path, data.join(format!("{READY}{at}"))))
            .and_then(|()| sync(data))
            .and_then(|()| end_exchange(data));
        done.map_err(|error| file(data, error))?;
        Ok(Some(data.join(format!("{BEFORE}{at}"))).filter(|before| before.exists()))
    }
}

impl Drop for Stage<'_> {
    fn drop(&mut self) {
        if let Err(error) = remove(&self.path) {
            tracing::warn!(path = %self.path.display(), %error, "could not be removed");
        }
    }
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Syncs a folder and the folders in it; the files are synced already.
fn sync_all(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            sync_all(&entry.path())?;
        }
    }
    sync(folder)
}

/// Goes on from wherever an exchange stands, to its end.
fn end_exchange(data: &Path) -> io::Result<()> {
    for name in begun(data, READY)? {
        let at = name.trim_start_matches(READY);
        let new = data.join(&name);
        put_aside(data, &new, &data.join(format!("{BEFORE}{at}")))?;
        fs::rename(&new, data.join(format!("{CLEARED}{at}")))?;
        sync(data)?;
    }
    for name in begun(data, CLEARED)? {
        let new = data.join(&name);
        for entry in fs::read_dir(&new)? {
            let entry = entry?;
            fs::rename(entry.path(), data.join(entry.file_name()))?;
        }
        sync(data)?;
        fs::remove_dir(&new)?;
    }
    Ok(())
}

fn begun(data: &Path, prefix: &str) -> io::Result<Vec<String>> {
    let names =
        fs::read_dir(data)?.map(|entry| entry.map(|it| it.file_name().to_string_lossy().into_owned()));
    let mut begun = names
        .filter(|name| name.as_ref().map_or(true, |it| it.starts_with(prefix)))
        .collect::<io::Result<Vec<_>>>()?;
    begun.sort();
    Ok(begun)
}

/// Moves all old contents aside. A server's key for which the new contents bring no other stays, for it may
/// be theirs; the old ones get a copy.
fn put_aside(data: &Path, new: &Path, before: &Path) -> io::Result<()> {
    for name in old_contents() {
        let (old, aside) = (data.join(name), before.join(name));
        if !old.exists() {
            continue;
        }
        DirBuilder::new().recursive(true).mode(0o700).create(before)?;
        if SECRETS.contains(&name) && !new.join(name).exists() {
            fs::copy(&old, &aside)?;
            File::open(&aside)?.sync_all()?;
        } else {
            fs::rename(&old, &aside)?;
        }
    }
    if before.exists() { sync(before) } else { Ok(()) }
}
