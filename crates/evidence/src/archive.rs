//! Archives and packed files: gzip, Zstandard, zip, tar, in one another.
//!
//! Invariant: depth, members and unpacked bytes of one top-level file are bounded; beyond a bound the
//! rest is refused and named.

use std::cell::Cell;
use std::fs::File;
use std::io::{self, Read, Seek};
use std::rc::Rc;
use std::sync::Arc;

use crate::cut;
use crate::feed::{Feeder, Source, Spent};
use crate::gate::Stop;
use crate::piece::Load;
use crate::report::{Skip, Trouble};

/// How bytes are packed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Kind {
    Gzip,
    Zstandard,
    Zip,
    Tar,
}

/// Bytes of a zip inside another archive that are kept in memory; above, a temporary file takes them.
const SPOOL: usize = 64 << 20;

/// How bytes are packed, by how they begin.
pub(crate) fn kind(prefix: &[u8]) -> Option<Kind> {
    match prefix {
        [0x1f, 0x8b, ..] => Some(Kind::Gzip),
        [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Some(Kind::Zstandard),
        [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] | [b'P', b'K', 7, 8, ..] => Some(Kind::Zip),
        _ if prefix.get(257..262) == Some(b"ustar") => Some(Kind::Tar),
        _ => None,
    }
}

/// Whether bytes are packed in a way that is not read: 7z, xz, bzip2, rar, cab.
pub(crate) fn is_packed_otherwise(prefix: &[u8]) -> bool {
    const MAGICS: [&[u8]; 5] = [b"7z\xbc\xaf\x27\x1c", b"\xfd7zXZ\0", b"BZh", b"Rar!\x1a\x07", b"MSCF\0"];
    MAGICS.iter().any(|magic| prefix.starts_with(magic))
}

/// What an error met while unpacking means.
pub(crate) fn trouble(error: &io::Error, spent: &Spent) -> Trouble {
    if spent.over.get() { Trouble::TooManyBytes } else { Trouble::Failed(cut::words(error)) }
}

/// Looks through packed bytes.
pub(crate) fn look(
    feeder: &mut Feeder,
    kind: Kind,
    file: Option<File>,
    bytes: &mut dyn Read,
    path: &Arc<str>,
    depth: u32,
) -> Result<(), Stop> {
    match kind {
        Kind::Gzip => {
            let mut unpacked = bound(feeder, flate2::read::MultiGzDecoder::new(bytes));
            feeder.contents(Source::Stream(&mut unpacked), path, depth + 1)
        }
        Kind::Zstandard => match zstd::stream::read::Decoder::new(bytes) {
            Ok(unpacked) => {
                let mut unpacked = bound(feeder, unpacked);
                feeder.contents(Source::Stream(&mut unpacked), path, depth + 1)
            }
            Err(error) => feeder.lose(path, Trouble::Failed(error.to_string()), None),
        },
        Kind::Zip => zip(feeder, file, bytes, path, depth),
        Kind::Tar => tar(feeder, bytes, path, depth),
    }
}

fn zip(
    feeder: &mut Feeder,
    file: Option<File>,
    bytes: &mut dyn Read,
    path: &Arc<str>,
    depth: u32,
) -> Result<(), Stop> {
    if let Some(mut file) = file {
        return match file.rewind() {
            Ok(()) => members(feeder, io::BufReader::new(file), path, depth),
            Err(error) => feeder.lose(path, Trouble::Failed(error.to_string()), None),
        };
    }
    let mut spool = tempfile::spooled_tempfile(SPOOL);
    let mut bounded = bound(feeder, bytes);
    let copied = io::copy(&mut bounded, &mut spool).and_then(|_| spool.rewind());
    match copied {
        Ok(()) => members(feeder, spool, path, depth),
        Err(error) => feeder.lose(path, trouble(&error, &feeder.spent.clone()), None),
    }
}

fn members(feeder: &mut Feeder, mut read: impl Read + Seek, path: &Arc<str>, depth: u32) -> Result<(), Stop> {
    match announced(&mut read) {
        Ok(members) if members > feeder.options.limits.entries => {
            return feeder.lose(path, Trouble::TooManyEntries, None);
        }
        Ok(_) => {}
        Err(error) => return feeder.lose(path, Trouble::Failed(error.to_string()), None),
    }
    let mut archive = match zip::ZipArchive::new(read) {
        Ok(archive) => archive,
        Err(error) => return feeder.lose(path, Trouble::Failed(error.to_string()), None),
    };
    let named = |at| match archive.name_for_index(at) {
        Some(Ok(name)) => name.into_owned(),
        _ => format!("member {at}"),
    };
    let mut order: Vec<(String, usize)> = (0..archive.len()).map(|at| (named(at), at)).collect();
    order.sort();
    for (name, at) in order {
        if !enter(feeder) {
            return feeder.lose(path, Trouble::TooManyEntries, None);
        }
        let inside = member(path, &name);
        match archive.by_index(at) {
            Ok(entry) if entry.is_dir() => {}
            Ok(entry) if entry.is_symlink() => feeder.put(&inside, Load::Skip(Skip::Link))?,
            Ok(entry) => {
                let mut unpacked = bound(feeder, entry);
                feeder.contents(Source::Stream(&mut unpacked), &inside, depth + 1)?;
            }
            Err(zip::result::ZipError::UnsupportedArchive(zip::result::ZipError::PASSWORD_REQUIRED)) => {
                feeder.lose(&inside, Trouble::Encrypted, None)?;
            }
            Err(error) => feeder.lose(&inside, Trouble::Failed(error.to_string()), None)?,
        }
        if feeder.spent.over.get() {
            return feeder.lose(path, Trouble::TooManyBytes, None);
        }
    }
    Ok(())
}

/// The most members that any end-of-directory record near the end of a zip announces: a directory is
/// kept in memory, so one beyond the limit is not even opened.
fn announced(read: &mut (impl Read + Seek)) -> io::Result<u64> {
    const TAIL: u64 = 1 << 17;
    let end = read.seek(io::SeekFrom::End(0))?;
    read.seek(io::SeekFrom::Start(end.saturating_sub(TAIL)))?;
    let mut tail = Vec::new();
    read.take(TAIL).read_to_end(&mut tail)?;
    read.rewind()?;
    let records = memchr::memmem::find_iter(&tail, b"PK\x06\x06");
    let counts = records.filter_map(|at| tail.get(at + 32..at + 40)?.try_into().ok().map(u64::from_le_bytes));
    Ok(counts.max().unwrap_or(0))
}

fn tar(feeder: &mut Feeder, bytes: &mut dyn Read, path: &Arc<str>, depth: u32) -> Result<(), Stop> {
    let allowance = Rc::new(Cell::new(None));
    let bytes = Allowed { read: bound(feeder, bytes), allowance: Rc::clone(&allowance) };
    let mut archive = tar::Archive::new(bytes);
    let mut entries = match archive.entries() {
        Ok(entries) => entries,
        Err(error) => return feeder.lose(path, Trouble::Failed(error.to_string()), None),
    };
    loop {
        allowance.set(Some(HEADERS));
        let entry = entries.next();
        allowance.set(None);
        let mut entry = match entry {
            None => return Ok(()),
            Some(Ok(entry)) => entry,
            Some(Err(error)) => return feeder.lose(path, trouble(&error, &feeder.spent.clone()), None),
        };
        if !enter(feeder) {
            return feeder.lose(path, Trouble::TooManyEntries, None);
        }
        let inside = member(path, &String::from_utf8_lossy(&entry.path_bytes()));
        match entry.header().entry_type() {
            kind if kind.is_file() || kind.is_contiguous() || kind.is_gnu_sparse() => {
                feeder.contents(Source::Stream(&mut entry), &inside, depth + 1)?;
            }
            kind if kind.is_dir() || kind.is_pax_global_extensions() => {}
            kind if kind.is_symlink() || kind.is_hard_link() => {
                feeder.put(&inside, Load::Skip(Skip::Link))?;
            }
            _ => feeder.put(&inside, Load::Skip(Skip::Special))?,
        }
        let rest = io::copy(&mut entry, &mut io::sink());
        if feeder.spent.over.get() {
            return feeder.lose(path, Trouble::TooManyBytes, None);
        }
        if let Err(error) = rest {
            return feeder.lose(path, trouble(&error, &feeder.spent.clone()), None);
        }
    }
}

/// Bytes of headers before a member (long names are kept in memory).
const HEADERS: u64 = 4 << 20;

/// Bytes of a tar, of which only so many may be read between members.
struct Allowed<R> {
    read: R,
    allowance: Rc<Cell<Option<u64>>>,
}

impl<R: Read> Read for Allowed<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let read = self.read.read(out)?;
        if let Some(left) = self.allowance.get() {
            let left = left.checked_sub(read as u64);
            self.allowance
                .set(Some(left.ok_or_else(|| io::Error::other("a member's headers are too long"))?));
        }
        Ok(read)
    }
}

/// Counts a member in; false beyond the limit.
fn enter(feeder: &Feeder) -> bool {
    let entries = feeder.spent.entries.get() + 1;
    feeder.spent.entries.set(entries);
    entries <= feeder.options.limits.entries
}

fn member(path: &str, name: &str) -> Arc<str> {
    Arc::from(format!("{path}!/{}", name.trim_start_matches("./")))
}

fn bound<R>(feeder: &Feeder, read: R) -> Bounded<R> {
    Bounded { read, spent: Rc::clone(&feeder.spent), most: feeder.options.limits.unpacked }
}

/// Unpacked bytes, refused beyond the limit.
struct Bounded<R> {
    read: R,
    spent: Rc<Spent>,
    most: u64,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let read = self.read.read(out)?;
        let bytes = self.spent.bytes.get().saturating_add(read as u64);
        self.spent.bytes.set(bytes);
        if bytes > self.most {
            self.spent.over.set(true);
            return Err(io::Error::other("unpacks to more bytes than the limit"));
        }
        Ok(read)
    }
}
