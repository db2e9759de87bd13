//! What stays of a segment beside it, and after it is gone: the events it holds by number, and the counts at its end.
//!
//! A file `NUMBER.ids`: the length of the snapshot (4 bytes), the snapshot (JSON), 20 bytes an event (source,
//! id), and a CRC32C of it all.
//!
//! Invariant: it is put in place whole, after its segment was made durable.

use super::disk::{Disk, Fault};
use super::frame::{array, checksum};
use super::ledger::{Ledger, Seen, Snapshot};

const ENTRY: usize = 20;

pub(crate) fn name(segment: u64) -> String {
    format!("{segment:016x}.ids")
}

/// The segment's number, from the file's name.
pub(crate) fn number(name: &str) -> Option<u64> {
    u64::from_str_radix(name.strip_suffix(".ids")?, 16).ok()
}

/// The file's bytes for a segment of this length.
pub(crate) fn bytes(ledger: &Ledger, length: u64, seen: &[Seen]) -> Result<Vec<u8>, Fault> {
    let snapshot = ledger.snapshot(length);
    let snapshot = serde_json::to_vec(&snapshot).map_err(|error| Fault::Write(error.into()))?;
    let mut bytes = Vec::with_capacity(snapshot.len() + seen.len() * ENTRY + 8);
    bytes.extend_from_slice(&(snapshot.len() as u32).to_le_bytes());
    bytes.extend_from_slice(&snapshot);
    for (source, id) in seen {
        bytes.extend_from_slice(&source.to_le_bytes());
        bytes.extend_from_slice(id);
    }
    let sum = checksum(&bytes);
    bytes.extend_from_slice(&sum.to_le_bytes());
    Ok(bytes)
}

/// None where the file is not what was written.
pub(crate) fn read(disk: &dyn Disk, segment: u64) -> std::io::Result<Option<(Snapshot, Vec<Seen>)>> {
    Ok(parse(&disk.read(&name(segment), 0, usize::MAX)?))
}

fn parse(bytes: &[u8]) -> Option<(Snapshot, Vec<Seen>)> {
    let (content, sum) = bytes.split_at_checked(bytes.len().checked_sub(4)?)?;
    if u32::from_le_bytes(array(sum)) != checksum(content) {
        return None;
    }
    let (length, rest) = content.split_at_checked(4)?;
    let (snapshot, entries) = rest.split_at_checked(u32::from_le_bytes(array(length)) as usize)?;
    let snapshot = serde_json::from_slice(snapshot).ok()?;
    let entry = |it: &[u8]| (u32::from_le_bytes(array(it)), array(&it[4..]));
    Some((snapshot, entries.chunks_exact(ENTRY).map(entry).collect()))
}
