//! Which file is which, and how far it was read.
//!
//! Invariant: a file that was renamed, or copied by a rotation, keeps its identity and its place; one that was cut, or
//! replaced, begins anew.

use std::collections::HashSet;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Bytes by which a file is known again.
const HEAD: usize = 1024;

/// One file. Several paths may have the same identity: copies.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(super) struct Place {
    path: PathBuf,
    device: u64,
    number: u64,
    pub(super) identity: String,
    /// The path under which it was first seen: its source's name.
    pub(super) source: String,
    /// The first bytes, as many as were there and at most [`HEAD`].
    head: Vec<u8>,
    /// Up to here it was read.
    pub(super) offset: u64,
    /// The last bytes before that, at most [`HEAD`].
    tail: Vec<u8>,
    /// What comes next is the rest of a line that is too long.
    pub(super) passing: bool,
}

impl Place {
    /// So many bytes more were read, which end so.
    pub(super) fn advance(&mut self, bytes: &[u8]) {
        self.offset += bytes.len() as u64;
        self.tail.extend_from_slice(&bytes[bytes.len().saturating_sub(HEAD)..]);
        self.tail.drain(..self.tail.len().saturating_sub(HEAD));
    }
}

#[derive(Debug, Default, Deserialize, Serialize)]
pub(super) struct Places(Vec<Place>);

impl Places {
    /// What was kept; nothing where nothing was.
    pub(super) fn load(state: &Path) -> io::Result<Places> {
        match std::fs::read(state) {
            // A file that is damaged: all is read again, and known again.
            Ok(bytes) => Ok(serde_json::from_slice(&bytes).unwrap_or_default()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Places::default()),
            Err(error) => Err(error),
        }
    }

    pub(super) fn save(&self, state: &Path) -> io::Result<()> {
        let beside = state.with_extension("new");
        let mut file = File::create(&beside)?;
        file.write_all(&serde_json::to_vec(self)?)?;
        file.sync_all()?;
        std::fs::rename(&beside, state)
    }

    pub(super) fn of(&mut self, path: &Path) -> Option<&mut Place> {
        self.0.iter_mut().find(|place| place.path == path)
    }

    /// Looks which file is which now.
    pub(super) fn look(&mut self, files: &[PathBuf]) {
        let mut found = Vec::new();
        for path in files {
            if let Some((device, number, length)) = numbers(path)
                && let Some(place) = self.known(path, device, number, length)
            {
                found.push(place);
            }
        }
        self.0 = found;
    }

    fn known(&self, path: &Path, device: u64, number: u64, length: u64) -> Option<Place> {
        let head = head(path)?;
        let same = self.0.iter().find(|it| it.device == device && it.number == number);
        if let Some(place) = same
            && length >= place.offset
            && head.starts_with(&place.head)
        {
            return Some(Place { path: path.to_path_buf(), head, ..place.clone() });
        }
        if let Some(place) = self.0.iter().find(|it| is_copy(path, length, &head, it)) {
            return Some(Place { path: path.to_path_buf(), device, number, head, ..place.clone() });
        }
        let first = head.split(|byte| *byte == b'\n').next().unwrap_or_default();
        let sum = Sha256::digest(first);
        let sum: String = sum.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        let taken: HashSet<&str> = self.0.iter().map(|it| it.identity.as_str()).collect();
        let named = |turn: u32| format!("{device:x}:{number:x}:{sum}:{turn}");
        let identity = (0..).map(named).find(|name| !taken.contains(name.as_str()))?;
        let (path, source) = (path.to_path_buf(), path.display().to_string());
        Some(Place {
            path,
            device,
            number,
            identity,
            source,
            head,
            offset: 0,
            tail: Vec::new(),
            passing: false,
        })
    }
}

/// Whether a file is what a rotation copied from one that is known: `access.log.1` from `access.log`.
fn is_copy(path: &Path, length: u64, head: &[u8], of: &Place) -> bool {
    let stem = of.path.file_stem().unwrap_or_default().as_encoded_bytes();
    let name = path.file_name().unwrap_or_default().as_encoded_bytes();
    let added = name.strip_prefix(stem).and_then(|rest| rest.first());
    let related = path.parent() == of.path.parent()
        && path != of.path
        && added.is_some_and(|byte| b".-_".contains(byte));
    related && of.offset > 0 && length >= of.offset && head.starts_with(&of.head) && ends_as(path, of)
}

/// Whether the bytes before the place are those that were read.
fn ends_as(path: &Path, of: &Place) -> bool {
    let read = || -> io::Result<Vec<u8>> {
        let mut file = File::open(path)?;
        file.seek(SeekFrom::Start(of.offset.saturating_sub(of.tail.len() as u64)))?;
        let mut bytes = vec![0; of.tail.len()];
        file.read_exact(&mut bytes)?;
        Ok(bytes)
    };
    read().is_ok_and(|bytes| bytes == of.tail)
}

/// The first bytes, once a first line is whole.
fn head(path: &Path) -> Option<Vec<u8>> {
    let mut head = Vec::new();
    File::open(path).ok()?.take(HEAD as u64).read_to_end(&mut head).ok()?;
    (head.len() == HEAD || head.contains(&b'\n')).then_some(head)
}

#[cfg(unix)]
fn numbers(path: &Path) -> Option<(u64, u64, u64)> {
    use std::os::unix::fs::MetadataExt;
    let data = std::fs::metadata(path).ok()?;
    Some((data.dev(), data.ino(), data.len()))
}

#[cfg(not(unix))]
fn numbers(path: &Path) -> Option<(u64, u64, u64)> {
    Some((0, 0, std::fs::metadata(path).ok()?.len()))
}
