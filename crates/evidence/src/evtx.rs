//! EVTX: chunks in, Windows events out, as far as damage lets.
//!
//! A chunk stands alone, so chunks are parsed on any thread. Where a chunk's header is damaged (its
//! own checksum fails) its bounds are opened and its name table dropped, so that every record in it
//! is looked for.
//!
//! Invariant: what a chunk's header announces and was not read is counted as lost.

use std::borrow::Cow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use evtx::{ChunkFlags, EvtxChunk, EvtxChunkHeader, EvtxRecord};

use crate::event::Event;
use crate::piece::Desk;
use crate::report::Trouble;
use crate::{rendered, windows, xml};

/// Bytes of a chunk.
pub(crate) const CHUNK: usize = 1 << 16;
/// Bytes of a file's header.
pub(crate) const HEADER: usize = 4_096;
const CHUNK_MAGIC: &[u8; 8] = b"ElfChnk\0";
static BLANK: [u8; CHUNK] = [0; CHUNK];
const FILE_MAGIC: &[u8; 8] = b"ElfFile\0";
const RECORD_MAGIC: &[u8; 4] = b"\x2a\x2a\x00\x00";

/// Some chunks of a file, in order. The last one may be short, where the file was cut.
pub(crate) struct Chunks {
    pub(crate) bytes: Vec<u8>,
    /// The first one's number in the file, from 1.
    pub(crate) first: u64,
    /// How many, from the first on, the file says that it uses.
    pub(crate) used: u64,
    /// The file says that it was in use: checksums may be behind.
    pub(crate) dirty: bool,
}

/// What a file's header says.
pub(crate) struct Header {
    /// Chunks that the file has.
    pub(crate) announced: u64,
    /// How many, from the first on, it uses (all, once it has begun to write over the oldest).
    pub(crate) used: u64,
    /// It was copied while in use.
    pub(crate) dirty: bool,
}

/// Whether bytes begin an EVTX file.
pub(crate) fn is(prefix: &[u8]) -> bool {
    prefix.starts_with(FILE_MAGIC) || prefix.get(HEADER..HEADER + 8).is_some_and(|it| it == CHUNK_MAGIC)
}

/// Reads a file's header; one that is damaged announces nothing.
pub(crate) fn header(bytes: &[u8]) -> Header {
    if bytes.len() < 128 || !bytes.starts_with(FILE_MAGIC) {
        return Header { announced: 0, used: 0, dirty: false };
    }
    let announced = u64::from(u16::from_le_bytes([bytes[42], bytes[43]]));
    let used = u64::from(word(bytes, 16)).saturating_add(1);
    Header { announced, used: used.min(announced), dirty: bytes[120] & 1 == 1 }
}

/// Parses some chunks and hands on their events, in order.
pub(crate) fn parse(chunks: &Chunks, desk: &mut Desk, each: &mut dyn FnMut(&mut Desk, Event)) {
    desk.tally.bytes += chunks.bytes.len() as u64;
    for (number, bytes) in (chunks.first..).zip(chunks.bytes.chunks(CHUNK)) {
        if bytes == &BLANK[..bytes.len()] {
            if number <= chunks.used {
                desk.tally.lose(Trouble::BlankChunks, 1, Some(number));
            }
            continue;
        }
        chunk(bytes, number, chunks.dirty, desk, each);
    }
}

fn chunk(bytes: &[u8], number: u64, dirty: bool, desk: &mut Desk, each: &mut dyn FnMut(&mut Desk, Event)) {
    let short = bytes.len() < CHUNK;
    let mut bytes = Cow::Borrowed(bytes);
    if short {
        bytes.to_mut().resize(CHUNK, 0);
    }
    let sound = bytes.starts_with(CHUNK_MAGIC) && header_sum(&bytes) == word(&bytes, 124);
    if !sound {
        desk.tally.lose(Trouble::ChunkHeader, 1, Some(number));
        mend(bytes.to_mut());
    }
    let Ok(header) = EvtxChunkHeader::from_bytes(&bytes) else { return };
    let (first, last) = (header.first_event_record_id, header.last_event_record_id);
    // An empty chunk says all ones.
    let announced = if last == u64::MAX { None } else { last.checked_sub(first).map(|it| it + 1) };
    let matches = header.flags.contains(ChunkFlags::NO_CRC32)
        || bytes
            .get(512..header.free_space_offset as usize)
            .is_some_and(|it| evtx::checksum_ieee(it) == header.events_checksum);
    let mut tables = true;
    let read = records(&bytes, desk, each).or_else(|| {
        bytes.to_mut()[128..512].fill(0);
        tables = false;
        records(&bytes, desk, each)
    });
    let Records { read, failed, gave_up } = read.unwrap_or_default();
    if gave_up {
        desk.tally.lose(Trouble::ReaderFailed, 1, Some(number));
    }
    let lost = match announced {
        Some(announced) if sound && announced < 100_000 => announced.saturating_sub(read).max(failed),
        _ => failed,
    };
    if lost > 0 {
        desk.tally.lose(Trouble::Record, lost, Some(number));
    }
    if short {
        desk.tally.lose(Trouble::CutShort, 1, Some(number));
    } else if sound && (!tables || (!matches && !dirty)) {
        desk.tally.lose(Trouble::Checksum, 1, Some(number));
    }
}

/// What became of a chunk's records.
#[derive(Default)]
struct Records {
    read: u64,
    failed: u64,
    /// The reader of EVTX panicked, and what followed was left.
    gave_up: bool,
}

/// Hands on the events of a chunk's records, each before the next is read; nothing where its tables are damaged.
fn records(bytes: &[u8], desk: &mut Desk, each: &mut dyn FnMut(&mut Desk, Event)) -> Option<Records> {
    let mut done = Records::default();
    let header = EvtxChunkHeader::from_bytes(bytes).ok()?;
    let chunk = catch_unwind(|| EvtxChunk::new(bytes, &header, settings()));
    let Ok(chunk) = chunk else { return Some(Records { gave_up: true, ..done }) };
    let mut chunk = chunk.ok()?;
    let mut records = chunk.iter();
    loop {
        match catch_unwind(AssertUnwindSafe(|| records.next().map(|record| event(record.ok()?, desk)))) {
            Ok(None) => return Some(done),
            Ok(Some(Some(event))) => {
                done.read += 1;
                each(desk, event);
            }
            Ok(Some(None)) => done.failed += 1,
            Err(_) => return Some(Records { gave_up: true, ..done }),
        }
    }
}

fn event(record: EvtxRecord, desk: &mut Desk) -> Option<Event> {
    let (id, written) = (record.event_record_id, record.timestamp);
    let text = record.into_xml().ok()?.data;
    let fields = rendered::fields(&text, desk.names).or_else(|| xml::fields(&text, desk.names))?;
    let id = xml::record_id(&fields).unwrap_or(id);
    let mut event = windows::event(fields, desk.event("windows", id), desk.clock);
    windows::fallback(&mut event, written);
    Some(event)
}

fn settings() -> Arc<evtx::ParserSettings> {
    Arc::new(evtx::ParserSettings::new().indent(false))
}

/// Gives a chunk whose header is damaged a new one, from the records that are found in it.
fn mend(bytes: &mut [u8]) {
    let (last, end, id) = bounds(bytes);
    bytes[..8].copy_from_slice(CHUNK_MAGIC);
    bytes[8..40].fill(0);
    bytes[16..24].copy_from_slice(&id.to_le_bytes());
    bytes[32..40].copy_from_slice(&id.to_le_bytes());
    bytes[40..44].copy_from_slice(&128_u32.to_le_bytes());
    bytes[44..48].copy_from_slice(&last.to_le_bytes());
    bytes[48..52].copy_from_slice(&end.to_le_bytes());
    bytes[128..512].fill(0);
}

/// Where the last record begins and ends, and its number. Numbers rise; where they fall, what
/// follows is left over from an earlier use of the chunk.
fn bounds(bytes: &[u8]) -> (u32, u32, u64) {
    let (mut last, mut end, mut id) = (512, 512, 0);
    let mut at = 512;
    while let Some(found) = memchr::memmem::find(&bytes[at..], RECORD_MAGIC) {
        at += found;
        let size = bytes.get(at + 4..at + 8).map_or(0, |_| word(bytes, at + 4) as usize);
        let number =
            bytes.get(at + 8..at + 16).and_then(|it| it.try_into().ok()).map_or(0, u64::from_le_bytes);
        let whole = size >= 28 && at + size <= bytes.len() && word(bytes, at + size - 4) as usize == size;
        if !whole {
            at += 4;
            continue;
        }
        if number < id {
            break;
        }
        (last, end, id) = (at, at + size, number);
        at += size;
    }
    let place = |at: usize| u32::try_from(at).unwrap_or(0);
    (place(last), place(end), id)
}

fn word(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}

/// CRC-32 of a chunk's header (its first 120 bytes and its tables).
fn header_sum(bytes: &[u8]) -> u32 {
    let mut sum = flate2::Crc::new();
    sum.update(&bytes[..120]);
    sum.update(&bytes[128..512]);
    sum.sum()
}
