//! Cuts one log into pieces.
//!
//! Invariant: pieces hold whole records, in the order of the log.

use std::io::{self, Read};
use std::sync::Arc;

use crate::archive;
use crate::blocks::{Block, Blocks, Cut};
use crate::evtx::{self, CHUNK};
use crate::feed::{Feeder, PREFIX};
use crate::gate::Stop;
use crate::piece::{Lines, Load, Records};
use crate::records::Split;
use crate::report::{Assumed, Tally, Trouble};
use crate::sniff::{self, Format};
use crate::unicode::{self, Utf8};

/// EVTX chunks in a piece.
const CHUNKS: usize = 4;

/// Cuts a log that begins with `prefix`, which is `whole` or goes on; `bytes` gives all of it.
pub(crate) fn log(
    feeder: &mut Feeder,
    prefix: &[u8],
    whole: bool,
    bytes: &mut dyn Read,
    path: &Arc<str>,
) -> Result<(), Stop> {
    if evtx::is(prefix) {
        return chunks(feeder, bytes, path);
    }
    if archive::is_packed_otherwise(prefix) {
        return feeder.put(path, Load::Skip(crate::report::Skip::Packed));
    }
    let encoding = unicode::encoding(prefix);
    let mut sample = Vec::with_capacity(PREFIX);
    let _ = Utf8::new(prefix, encoding).read_to_end(&mut sample);
    if sample.iter().filter(|byte| **byte == 0).count() * 16 > sample.len() {
        return feeder.put(path, Load::Skip(crate::report::Skip::Unknown));
    }
    let text = Utf8::new(bytes, encoding);
    match sniff::format(&sample, whole, feeder.clock, feeder.options) {
        Ok(Format::Lines(format)) => lines(feeder, format, text, path),
        Ok(Format::Records { kind, enclosed }) => records(feeder, kind, enclosed, text, path),
        Ok(Format::Rows(columns)) => {
            let cut = Cut::Row { delimiter: columns.delimiter };
            let load = |block: Block| Load::Rows {
                columns: Arc::clone(&columns),
                text: block.text,
                first_line: block.first_line,
            };
            blocks(feeder, text, cut, path, |feeder, block| feeder.put(path, load(block)))
        }
        Err(reason) => feeder.put(path, Load::Skip(reason)),
    }
}

fn lines(feeder: &mut Feeder, format: Lines, text: impl Read, path: &Arc<str>) -> Result<(), Stop> {
    let mut format = format;
    blocks(feeder, text, Cut::Line, path, |feeder, block| {
        for Block { text, first_line } in segments(&mut format, block) {
            feeder.put(path, Load::Lines { format: text.0, text: text.1, first_line })?;
        }
        Ok(())
    })
}

/// A block, cut further wherever a `#` line changes what the columns are.
fn segments(format: &mut Lines, block: Block) -> Vec<Block<(Lines, Vec<u8>)>> {
    let headed = matches!(format, Lines::W3c(_) | Lines::Zeek(_));
    if !headed || !(block.text.starts_with(b"#") || memchr::memmem::find(&block.text, b"\n#").is_some()) {
        return vec![Block { text: (format.clone(), block.text), first_line: block.first_line }];
    }
    let mut segments = Vec::new();
    let mut segment = Vec::new();
    let mut first_line = block.first_line;
    for (number, line) in (block.first_line..).zip(block.text.split_inclusive(|byte| *byte == b'\n')) {
        if line.starts_with(b"#") {
            if !segment.is_empty() {
                segments.push(Block { text: (format.clone(), std::mem::take(&mut segment)), first_line });
            }
            first_line = number + 1;
            let line = String::from_utf8_lossy(line);
            match format {
                Lines::W3c(header) => Arc::make_mut(header).line(&line),
                Lines::Zeek(header) => Arc::make_mut(header).line(&line),
                _ => {}
            }
        } else {
            segment.extend_from_slice(line);
        }
    }
    segments.push(Block { text: (format.clone(), segment), first_line });
    segments
}

fn blocks<'f>(
    feeder: &mut Feeder<'f>,
    text: impl Read,
    cut: Cut,
    path: &Arc<str>,
    mut each: impl FnMut(&mut Feeder<'f>, Block) -> Result<(), Stop>,
) -> Result<(), Stop> {
    let mut blocks = Blocks::new(text, cut, feeder.options.limits.line);
    let mut tally = Tally::default();
    loop {
        match blocks.next() {
            Ok(Some(block)) => each(feeder, block)?,
            Ok(None) => break,
            Err(error) => {
                tally.lose(archive::trouble(&error, &feeder.spent), 1, None);
                break;
            }
        }
    }
    if blocks.too_long > 0 {
        tally.lose(Trouble::TooLong, blocks.too_long, blocks.first_too_long);
    }
    end(feeder, path, tally)
}

fn records(
    feeder: &mut Feeder,
    kind: Records,
    enclosed: u32,
    text: impl Read,
    path: &Arc<str>,
) -> Result<(), Stop> {
    let mut split = Split::new(text, kind, enclosed, feeder.options.limits.line);
    let mut tally = Tally::default();
    loop {
        match split.next() {
            Ok(Some(batch)) => {
                feeder.put(path, Load::Records { format: kind, text: batch.text, places: batch.places })?;
            }
            Ok(None) => break,
            Err(error) => {
                tally.lose(archive::trouble(&error, &feeder.spent), 1, None);
                break;
            }
        }
    }
    if split.too_long > 0 {
        tally.lose(Trouble::TooLong, split.too_long, None);
    }
    if split.stray > 0 {
        tally.lose(Trouble::Malformed("JSON"), split.stray, split.first_stray);
    }
    if split.cut_short.is_some() {
        tally.lose(Trouble::CutShort, 1, split.cut_short);
    }
    end(feeder, path, tally)
}

fn chunks(feeder: &mut Feeder, bytes: &mut dyn Read, path: &Arc<str>) -> Result<(), Stop> {
    let mut tally = Tally::default();
    let mut header = Vec::new();
    let mut failed = bytes.take(evtx::HEADER as u64).read_to_end(&mut header).err();
    let evtx::Header { announced, used, dirty } = evtx::header(&header);
    if dirty {
        tally.assume(Assumed::Dirty);
    }
    let mut first = 1;
    while failed.is_none() {
        let mut some = Vec::with_capacity(CHUNKS * CHUNK);
        failed = bytes.take((CHUNKS * CHUNK) as u64).read_to_end(&mut some).err();
        if some.is_empty() {
            break;
        }
        let count = some.len().div_ceil(CHUNK) as u64;
        feeder.put(path, Load::Chunks(evtx::Chunks { bytes: some, first, used, dirty }))?;
        first += count;
    }
    let found = first - 1;
    if announced > found {
        tally.lose(Trouble::MissingChunks, announced - found, Some(first));
    }
    if let Some(error) = failed {
        tally.lose(archive::trouble(&error, &feeder.spent), 1, None);
    }
    end(feeder, path, tally)
}

fn end(feeder: &mut Feeder, path: &Arc<str>, tally: Tally) -> Result<(), Stop> {
    if !tally.losses.is_empty() || !tally.assumed.is_empty() {
        feeder.put(path, Load::Tally(tally))?;
    }
    feeder.put(path, Load::End)
}

/// An error of the system, or of an unpacker, in its own words.
pub(crate) fn words(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => "the packed data end early".to_owned(),
        _ => error.to_string(),
    }
}
