//! The files of a map on disk.
//!
//! Invariant: only files of the names below are opened in a folder, and only plain ones: no device, no pipe.

use std::io::{self, Read};
use std::path::Path;

use crate::check::check;
use crate::mistake::Checked;
use crate::source::MapFile;

/// Files that a map's folder may hold.
const FILES: [&str; 7] =
    ["map.toml", "hospital.toml", "assets.csv", "assets.toml", "network.toml", "teams.toml", "contacts.toml"];

/// Bytes read of one file: one more than [`check`] takes, so that it refuses the rest.
const READ_MAX: u64 = (256 << 20) + 1;

/// Reads and checks a map: a folder, or one file.
///
/// # Errors
/// The path is not there, or it or one of its files cannot be read.
pub fn load(path: &Path) -> io::Result<Checked> {
    Ok(check(read(path)?))
}

/// Reads the files of a map, unchecked, in a fixed order.
///
/// # Errors
/// The path is not there, or it or one of its files cannot be read.
pub fn read(path: &Path) -> io::Result<Vec<MapFile>> {
    if !path.is_dir() {
        let name = path
            .file_name()
            .map_or_else(|| path.display().to_string(), |it| it.to_string_lossy().into_owned());
        return Ok(vec![MapFile { name, bytes: bytes(path)? }]);
    }
    let mut files = Vec::new();
    for name in FILES {
        let file = path.join(name);
        match file.metadata() {
            Ok(kind) if kind.is_file() => files.push(MapFile { name: name.to_owned(), bytes: bytes(&file)? }),
            Ok(_) => return Err(io::Error::other(format!("{} is not a plain file", file.display()))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(named(&error, &file)),
        }
    }
    Ok(files)
}

fn bytes(path: &Path) -> io::Result<Vec<u8>> {
    let file = std::fs::File::open(path).map_err(|error| named(&error, path))?;
    let mut bytes = Vec::new();
    file.take(READ_MAX).read_to_end(&mut bytes).map_err(|error| named(&error, path))?;
    Ok(bytes)
}

fn named(error: &io::Error, path: &Path) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}
