//! Results on disk.
//!
//! Invariant: a file is there whole or not at all; the earlier one survives a full disk or a power
//! cut, because the new one is written beside it, synced, then renamed.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// A result that could not be written.
#[derive(Debug, thiserror::Error)]
#[error("could not write {}: {cause}; free some space or name another place with --out", path.display())]
pub(crate) struct CannotWrite {
    path: PathBuf,
    cause: io::Error,
}

/// Writes `path` whole or not at all.
pub(crate) fn write(
    path: &Path,
    fill: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), CannotWrite> {
    replace(path, fill).map_err(|cause| CannotWrite { path: path.to_owned(), cause })
}

/// Makes a folder and those above it.
pub(crate) fn folder(path: &Path) -> Result<(), CannotWrite> {
    std::fs::create_dir_all(path).map_err(|cause| CannotWrite { path: path.to_owned(), cause })
}

fn replace(path: &Path, fill: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file =
        tempfile::Builder::new().prefix(".rempart-").permissions(permissions()).tempfile_in(folder)?;
    let mut out = BufWriter::new(&mut file);
    fill(&mut out)?;
    out.flush()?;
    drop(out);
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    File::open(folder)?.sync_all()
}

fn permissions() -> std::fs::Permissions {
    use std::os::unix::fs::PermissionsExt;
    std::fs::Permissions::from_mode(0o600)
}
