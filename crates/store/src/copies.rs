//! Copies of the store as files: written whole, named by their time, the oldest removed.
//!
//! Invariant: a file of that name is a whole bundle; removing touches nothing that is not named like one.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use crate::audit::Actor;
use crate::bundle::{BundleError, Lock, Manifest, hex};
use crate::entity::Backup;
use crate::error::Result;
use crate::folder::{stamp, sync};
use crate::open::{Store, new_id};
use crate::value::Instant;

/// Beginning of the name of a copy being written.
const UNFINISHED: &str = ".rempart-copy-";
/// How long after its last byte a copy is not being written any more.
const DEAD: Duration = Duration::from_secs(86_400);

/// A copy that was made.
#[derive(Debug)]
pub struct Copied {
    /// Bytes.
    pub size: u64,
    /// Their SHA-256, in hexadecimal.
    pub sha256: String,
    /// What it holds.
    pub manifest: Manifest,
    /// Kept files that went away meanwhile, and so are not in it.
    pub left_out: Vec<String>,
}

/// Hashes and counts what is written.
struct Counted {
    file: tempfile::NamedTempFile,
    digest: Sha256,
    size: u64,
}

impl Write for Counted {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.digest.update(bytes.get(..written).unwrap_or_default());
        self.size += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.file.flush()
    }
}

impl Store {
    /// Writes a bundle to `file`, which is there whole or not at all, for its owner alone to read. `data` is
    /// the data folder, whose kept files go along.
    ///
    /// # Errors
    /// When the lock is none, or something cannot be read or written.
    pub async fn copy_to(&self, file: &Path, lock: &Lock, data: &Path) -> Result<Copied, BundleError> {
        let failed = |error: std::io::Error| BundleError::File { path: file.display().to_string(), error };
        let folder = file.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let beside = tempfile::Builder::new().prefix(UNFINISHED).tempfile_in(folder).map_err(failed)?;
        let out = std::io::BufWriter::new(Counted { file: beside, digest: Sha256::new(), size: 0 });
        let written = self.write_bundle(out, lock, data).await?;
        let counted = written.out.into_inner().map_err(|error| failed(error.into_error()))?;
        counted.file.as_file().sync_all().map_err(failed)?;
        counted.file.persist(file).map_err(|error| failed(error.error))?;
        sync(folder).map_err(failed)?;
        let sha256 = hex(&counted.digest.finalize());
        Ok(Copied { size: counted.size, sha256, manifest: written.manifest, left_out: written.left_out })
    }
}

impl Store {
    /// Notes that a copy was made to `file`, or why it was not.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn note_copy(
        &self,
        actor: &Actor,
        file: &Path,
        made: std::result::Result<&Copied, &BundleError>,
        at: Timestamp,
    ) -> Result<()> {
        let copied = made.ok();
        let record = Backup {
            id: new_id(),
            version: 0,
            at: Instant::from(at),
            file: file.display().to_string(),
            size: copied.map_or(0, |it| i64::try_from(it.size).unwrap_or(i64::MAX)),
            sha256: copied.map(|it| it.sha256.clone()).unwrap_or_default(),
            error: made.err().map(ToString::to_string),
            tested_at: None,
        };
        let mut change = self.begin(actor).await?;
        change.add(record).await?;
        change.commit().await?;
        Ok(())
    }
}

/// The name of a copy made at that time: `rempart-YYYYMMDD-HHMMSS.bundle`, in UTC.
#[must_use]
pub fn copy_name(at: Timestamp) -> String {
    format!("rempart-{}.bundle", stamp(at))
}

/// Tries whether copies can be written to a folder, by a file that is gone at once.
///
/// # Errors
/// When it is no folder, or nothing can be written there.
pub fn try_folder(folder: &Path) -> std::io::Result<()> {
    let mut file = tempfile::Builder::new().prefix(UNFINISHED).tempfile_in(folder)?;
    file.write_all(b"a trial")?;
    file.as_file().sync_all()
}

/// Removes the oldest copies of a folder but for the last `keep`, one at least, and what a copy that was cut
/// short a day ago left; gives what was removed.
///
/// # Errors
/// When the folder cannot be read, or a copy not removed.
pub fn prune(folder: &Path, keep: usize) -> std::io::Result<Vec<PathBuf>> {
    let (mut copies, mut removed) = (Vec::new(), Vec::new());
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().into_string().unwrap_or_default();
        if !entry.file_type()?.is_file() {
            continue;
        }
        if is_copy(&name) {
            copies.push(entry.path());
        } else if name.starts_with(UNFINISHED)
            && entry.metadata()?.modified()?.elapsed().is_ok_and(|it| it > DEAD)
        {
            removed.push(entry.path());
        }
    }
    copies.sort();
    copies.truncate(copies.len().saturating_sub(keep.max(1)));
    removed.extend(copies);
    for copy in &removed {
        std::fs::remove_file(copy)?;
    }
    sync(folder)?;
    Ok(removed)
}

fn is_copy(name: &str) -> bool {
    let time = name.strip_prefix("rempart-").and_then(|rest| rest.strip_suffix(".bundle"));
    time.is_some_and(|time| {
        let digits =
            |part: &str, long: usize| part.len() == long && part.bytes().all(|it| it.is_ascii_digit());
        time.split_once('-').is_some_and(|(day, hour)| digits(day, 8) && digits(hour, 6))
    })
}
