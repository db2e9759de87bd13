//! Reading a bundle from end to end.
//!
//! Invariant: a whole walk that ends well has seen every byte and found it as written; what the visitor was
//! given before the end may stand only after it.

use std::collections::HashSet;
use std::io::Read;
use std::path::{Component, Path};

use super::envelope::{self, Digesting};
use super::{BundleError, FOLDERS, FORMAT, Key, MEMBER_MOST, Manifest, Member, SECRETS};
use crate::migration;

/// What a visitor is given.
pub(super) enum Piece<'a> {
    /// Lines of rows.
    Rows { table: &'a str, lines: &'a [u8] },
    /// Bytes of the kept file of that member; none at its beginning.
    File { member: &'a str, bytes: &'a [u8] },
}

/// Checks a whole bundle; gives what it holds.
///
/// # Errors
/// When it does not open, or is not as it was written, or is of another format.
pub fn check_bundle(reader: impl Read, key: &Key) -> Result<Manifest, BundleError> {
    walk(reader, key, &mut |_| Ok(()))
}

/// Walks through a whole bundle.
pub(super) fn walk(
    reader: impl Read,
    key: &Key,
    visit: &mut dyn FnMut(Piece) -> Result<(), BundleError>,
) -> Result<Manifest, BundleError> {
    let mut archive = tar::Archive::new(envelope::open(reader, key)?);
    let mut members: Vec<Member> = Vec::new();
    let mut rows: Vec<(String, u64)> = Vec::new();
    let mut manifest = None;
    let after = |members: &[Member]| {
        members.last().map_or("its beginning".to_owned(), |last| format!("after {}", last.name))
    };
    for entry in archive.entries().map_err(|error| damaged("its beginning", error))?.raw(true) {
        let entry = entry.map_err(|error| damaged(&after(&members), error))?;
        let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        if !entry.header().entry_type().is_file() || manifest.is_some() {
            return Err(damaged(&after(&members), "a member is there that no bundle has"));
        }
        let mut bytes = Digesting::new(entry);
        if let Some(table) = name.strip_prefix("tables/").and_then(|rest| rest.split('/').next()) {
            let lines = whole(&mut bytes, &name)?;
            count(&mut rows, table, &lines);
            visit(Piece::Rows { table, lines: &lines })?;
        } else if name.starts_with("files/") {
            visit(Piece::File { member: &name, bytes: &[] })?;
            let mut block = vec![0; 64 << 10];
            loop {
                let read = bytes.read(&mut block).map_err(|error| damaged(&name, error))?;
                let Some(read) = block.get(..read).filter(|read| !read.is_empty()) else { break };
                visit(Piece::File { member: &name, bytes: read })?;
            }
        } else if name == "manifest.json" {
            let text = whole(&mut bytes, &name)?;
            manifest = Some(serde_json::from_slice(&text).map_err(|error| damaged(&name, error))?);
            continue;
        } else {
            return Err(damaged(&after(&members), "a member is there that no bundle has"));
        }
        let size = bytes.bytes;
        members.push(Member { name, size, sha256: bytes.sha256(), path: None });
    }
    let manifest: Manifest =
        manifest.ok_or_else(|| damaged(&after(&members), "it is cut short: there is no manifest"))?;
    // Named first: a member says more than the whole.
    compare(&manifest, &members, &rows)?;
    std::io::copy(&mut archive.into_inner(), &mut std::io::sink())
        .map_err(|error| damaged("its end", error))?;
    Ok(manifest)
}

fn damaged(place: &str, reason: impl ToString) -> BundleError {
    BundleError::Damaged { place: place.to_owned(), reason: reason.to_string() }
}

/// A member that is held at once.
fn whole(bytes: &mut impl Read, name: &str) -> Result<Vec<u8>, BundleError> {
    let mut all = Vec::new();
    bytes.take(MEMBER_MOST + 1).read_to_end(&mut all).map_err(|error| damaged(name, error))?;
    if all.len() as u64 > MEMBER_MOST { Err(damaged(name, "it is longer than any is")) } else { Ok(all) }
}

fn count(rows: &mut Vec<(String, u64)>, table: &str, lines: &[u8]) {
    let lines = lines.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).count() as u64;
    match rows.last_mut() {
        Some((last, count)) if last == table => *count += lines,
        _ => rows.push((table.to_owned(), lines)),
    }
}

/// Compares what was announced with what is there.
fn compare(manifest: &Manifest, members: &[Member], rows: &[(String, u64)]) -> Result<(), BundleError> {
    if manifest.format != FORMAT {
        return Err(BundleError::Refused(format!(
            "the bundle is of format {}, written by Rempart {}: restore it with that version or a newer one",
            manifest.format, manifest.rempart
        )));
    }
    migration::pending(&manifest.migrations)?;
    let mut paths = HashSet::new();
    for (announced, there) in manifest.members.iter().zip(members) {
        if announced.name != there.name || announced.size != there.size {
            return Err(damaged(&there.name, "the manifest announces another member here"));
        }
        if announced.sha256 != there.sha256 {
            return Err(damaged(&there.name, "its bytes do not have the SHA-256 that the manifest names"));
        }
        let file = there.name.starts_with("files/");
        let sound = announced.path.as_deref().is_some_and(|path| sound(path) && paths.insert(path));
        if file != sound {
            return Err(damaged(&there.name, "its path is none of the data folder"));
        }
    }
    if manifest.members.len() != members.len() {
        return Err(damaged("manifest.json", "it announces members that are not there"));
    }
    let announced =
        manifest.tables.iter().filter(|table| table.rows > 0).map(|it| (it.name.clone(), it.rows));
    if !announced.eq(rows.iter().cloned()) {
        return Err(damaged("manifest.json", "it announces other rows than are there"));
    }
    Ok(())
}

/// Whether a path is one that a bundle may write in a data folder.
fn sound(path: &str) -> bool {
    let mut parts = Path::new(path).components();
    let plain = parts.clone().all(|part| matches!(part, Component::Normal(_)));
    let first = parts.next().and_then(|part| part.as_os_str().to_str()).unwrap_or_default();
    let inside = parts.next().is_some();
    plain && if inside { FOLDERS.contains(&first) } else { SECRETS.contains(&first) && first == path }
}
