//! JSON files that are replaced whole.
//!
//! Invariant: written beside, then renamed: a reader gets the one before or this one.

use std::fs::File;
use std::io::{self, BufWriter};
use std::path::Path;

use serde::Serialize;

/// Writes one that may be made again: after a stop of the machine it may be the one before.
pub(crate) fn publish(path: &Path, value: &impl Serialize) -> io::Result<()> {
    std::fs::create_dir_all(folder(path))?;
    rename(write(path, value)?, path)
}

/// Writes one that lasts from here on; its folder is there.
pub(crate) fn save(path: &Path, value: &impl Serialize) -> io::Result<()> {
    let file = write(path, value)?;
    file.as_file().sync_all()?;
    rename(file, path)?;
    File::open(folder(path))?.sync_all()
}

fn folder(path: &Path) -> &Path {
    path.parent().unwrap_or(Path::new("."))
}

fn write(path: &Path, value: &impl Serialize) -> io::Result<tempfile::NamedTempFile> {
    let mut out = BufWriter::new(tempfile::NamedTempFile::new_in(folder(path))?);
    serde_json::to_writer(&mut out, value)?;
    out.into_inner().map_err(io::IntoInnerError::into_error)
}

fn rename(file: tempfile::NamedTempFile, path: &Path) -> io::Result<()> {
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}
