//! How a record lies in a segment.
//!
//! ```text
//! marker 8 | kind 1 | length of the source 2 | length of the body 4 | instant 8 | id 16
//!          | CRC of the source 4 | CRC of the body 4 | CRC of all from the kind up to here 4 | source | body
//! ```
//! Numbers are little-endian, instants milliseconds since 1970, checksums CRC32C. The marker is drawn at random for
//! each segment and stands in its file's name: what a stranger sends cannot hold something that passes for a record
//! when the place of the next one must be found again behind damage.
//!
//! Invariant: a length is believed only under a sound checksum.

use crc::{CRC_32_ISCSI, Crc, Table};

use crate::event::{NAME, Source};

const CRC32C: Crc<u32, Table<16>> = Crc::<u32, Table<16>>::new(&CRC_32_ISCSI);

/// Bytes of the head: what stands before the source.
pub(crate) const HEAD: usize = 51;
/// Longest source, in bytes.
const NAMES: usize = 2 * NAME + 1;
/// Longest body, in bytes.
pub(crate) const BODY: usize = 16 << 20;

/// A segment's marker.
pub(crate) type Marker = [u8; 8];

/// What a record is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Kind {
    /// An event of which each arrival counts.
    Distinct = 0,
    /// An event that is known again.
    Known = 1,
    /// Counts that came with no event.
    Tally = 2,
    /// Damage that a reader came upon.
    Damage = 3,
}

/// A record.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Frame {
    pub(crate) kind: Kind,
    /// When it was received, milliseconds since 1970.
    pub(crate) at: i64,
    pub(crate) id: u128,
    pub(crate) source: Source,
    pub(crate) body: Vec<u8>,
}

/// What stands at a place.
#[derive(Debug, Eq, PartialEq)]
pub(crate) enum Parsed {
    /// A record and how many bytes it takes.
    Whole(Frame, usize),
    /// A record of which more than the head is not what was written; its source where that is known, and how many
    /// bytes it takes.
    Changed(Option<Source>, usize),
    /// The start of a record that takes this many bytes.
    Short(usize),
    /// No record.
    Nothing,
}

/// Adds a record; its marker is left empty, because the segment is not chosen yet.
pub(crate) fn write(out: &mut Vec<u8>, frame: &Frame) {
    let source = format!("{}\0{}", frame.source.name, frame.source.authenticated_by);
    out.extend_from_slice(&Marker::default());
    let start = out.len();
    out.push(frame.kind as u8);
    out.extend_from_slice(&(source.len() as u16).to_le_bytes());
    out.extend_from_slice(&(frame.body.len() as u32).to_le_bytes());
    out.extend_from_slice(&frame.at.to_le_bytes());
    out.extend_from_slice(&frame.id.to_le_bytes());
    out.extend_from_slice(&CRC32C.checksum(source.as_bytes()).to_le_bytes());
    out.extend_from_slice(&CRC32C.checksum(&frame.body).to_le_bytes());
    let sum = CRC32C.checksum(&out[start..]);
    out.extend_from_slice(&sum.to_le_bytes());
    out.extend_from_slice(source.as_bytes());
    out.extend_from_slice(&frame.body);
}

/// Reads what stands at the start of `bytes`.
pub(crate) fn parse(bytes: &[u8], marker: Marker) -> Parsed {
    let Some((head, rest)) = bytes.split_at_checked(HEAD) else {
        let agrees = bytes.iter().zip(marker).all(|(byte, wanted)| *byte == wanted);
        return if agrees { Parsed::Short(HEAD) } else { Parsed::Nothing };
    };
    let sound = u32::from_le_bytes(array(&head[HEAD - 4..])) == CRC32C.checksum(&head[8..HEAD - 4]);
    let named = usize::from(u16::from_le_bytes(array(&head[9..])));
    let long = u32::from_le_bytes(array(&head[11..])) as usize;
    let Some(kind) = kind(head[8]) else { return Parsed::Nothing };
    if head[..8] != marker || !sound || named > NAMES || long > BODY {
        return Parsed::Nothing;
    }
    let whole = HEAD + named + long;
    let Some((names, body)) = rest.get(..named + long).map(|both| both.split_at(named)) else {
        return Parsed::Short(whole);
    };
    let agrees = |bytes: &[u8], sum: usize| u32::from_le_bytes(array(&head[sum..])) == CRC32C.checksum(bytes);
    let source = if agrees(names, 39) { source(names) } else { None };
    match source {
        Some(source) if agrees(body, 43) => {
            let at = i64::from_le_bytes(array(&head[15..]));
            let id = u128::from_le_bytes(array(&head[23..]));
            Parsed::Whole(Frame { kind, at, id, source, body: body.to_vec() }, whole)
        }
        source => Parsed::Changed(source, whole),
    }
}

/// CRC32C of some bytes.
pub(crate) fn checksum(bytes: &[u8]) -> u32 {
    CRC32C.checksum(bytes)
}

/// The first bytes, as many as the array holds; zeros where there are fewer.
pub(crate) fn array<const N: usize>(bytes: &[u8]) -> [u8; N] {
    let mut array = [0; N];
    for (to, from) in array.iter_mut().zip(bytes) {
        *to = *from;
    }
    array
}

fn kind(byte: u8) -> Option<Kind> {
    [Kind::Distinct, Kind::Known, Kind::Tally, Kind::Damage].into_iter().find(|kind| *kind as u8 == byte)
}

fn source(bytes: &[u8]) -> Option<Source> {
    let (name, by) = std::str::from_utf8(bytes).ok()?.split_once('\0')?;
    Some(Source { name: name.to_owned(), authenticated_by: by.to_owned() })
}
