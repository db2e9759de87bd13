//! Pieces of logs: what the feeder cuts and the workers parse.
//!
//! Invariant: a piece holds whole records and all it takes to parse them; its size is bounded by
//! [`BLOCK`] plus one record.

use std::sync::Arc;

use crate::clock::Clock;
use crate::event::{Event, Origin};
use crate::names::Names;
use crate::report::{Assumed, Skip, Tally, Trouble};
use crate::{access, audit, csv, evtx, json, plain, syslog, w3c, xml, zeek};

/// Bytes of text in a piece, before its last record is completed.
pub(crate) const BLOCK: usize = 1 << 20;

/// Part of one path.
pub(crate) struct Piece {
    pub(crate) path: Arc<str>,
    pub(crate) load: Load,
}

/// Weight of the lightest piece.
const LIGHTEST: usize = BLOCK / 4;
/// Weight of a byte of EVTX: what is found in it takes more memory than in a byte of text.
const EVTX_BYTE: usize = 4;

impl Piece {
    /// By how much it counts of all that may be under way; a byte of text weighs one.
    pub(crate) fn weight(&self) -> usize {
        let weight = match &self.load {
            Load::Chunks(chunks) => chunks.bytes.len() * EVTX_BYTE,
            Load::Lines { text, .. } | Load::Records { text, .. } | Load::Rows { text, .. } => text.len(),
            Load::Tally(_) | Load::Skip(_) | Load::End => 0,
        };
        weight.max(LIGHTEST)
    }
}

/// What a piece holds.
pub(crate) enum Load {
    /// Whole EVTX chunks.
    Chunks(evtx::Chunks),
    /// Whole lines.
    Lines { format: Lines, text: Vec<u8>, first_line: u64 },
    /// Records that may span lines.
    Records { format: Records, text: Vec<u8>, places: Vec<Place> },
    /// Whole CSV rows.
    Rows { columns: Arc<csv::Columns>, text: Vec<u8>, first_line: u64 },
    /// What the feeder lost or assumed.
    Tally(Tally),
    /// The path is no log.
    Skip(Skip),
    /// The log was read to its end.
    End,
}

/// Logs of one record a line.
#[derive(Clone, Debug)]
pub(crate) enum Lines {
    Json,
    Syslog,
    Access,
    Audit,
    Plain,
    W3c(Arc<w3c::Header>),
    Zeek(Arc<zeek::Header>),
}

/// Logs of records that may span lines.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Records {
    Json,
    Xml,
}

/// Where a record stands in its piece, and its line in its file.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Place {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) line: u64,
}

/// What one worker needs at hand to parse one piece.
pub(crate) struct Desk<'a> {
    pub(crate) path: Arc<str>,
    pub(crate) clock: &'a Clock,
    pub(crate) names: &'a mut Names,
    /// Longest line or record allowed.
    pub(crate) longest: usize,
    /// Whether records are numbered by their line alone.
    pub(crate) by_line: bool,
    pub(crate) tally: Tally,
}

impl Desk<'_> {
    /// An event of this piece.
    pub(crate) fn event(&self, format: &'static str, record: u64) -> Event {
        let origin = Origin { path: Arc::clone(&self.path), record };
        Event { format, origin, ..Event::default() }
    }

    /// A line or record as text; what is not UTF-8 is replaced and counted.
    pub(crate) fn text<'t>(&mut self, bytes: &'t [u8]) -> std::borrow::Cow<'t, str> {
        let text = String::from_utf8_lossy(bytes);
        if matches!(text, std::borrow::Cow::Owned(_)) {
            self.tally.assume(Assumed::Replaced);
        }
        text
    }

    fn give(&mut self, event: Event, each: &mut dyn FnMut(Event)) {
        self.tally.events += 1;
        self.tally.timed(event.time.is_some(), event.certainty);
        each(event);
    }
}

/// Parses a piece and hands on its events, in order.
pub(crate) fn parse(load: &Load, desk: &mut Desk, each: &mut dyn FnMut(Event)) {
    match load {
        Load::Chunks(chunks) => evtx::parse(chunks, desk, &mut |desk, event| desk.give(event, each)),
        Load::Lines { format, text, first_line } => lines(format, text, *first_line, desk, each),
        Load::Records { format, text, places } => records(*format, text, places, desk, each),
        Load::Rows { columns, text, first_line } => {
            csv::parse(columns, text, *first_line, desk, &mut |desk, event| desk.give(event, each));
        }
        Load::Tally(tally) => desk.tally = tally.clone(),
        Load::Skip(_) | Load::End => {}
    }
}

fn lines(format: &Lines, text: &[u8], first_line: u64, desk: &mut Desk, each: &mut dyn FnMut(Event)) {
    desk.tally.bytes += text.len() as u64;
    let mut start = 0;
    let mut number = first_line;
    while start < text.len() {
        let end = memchr::memchr(b'\n', &text[start..]).map_or(text.len(), |at| start + at);
        let line = text[start..end].strip_suffix(b"\r").unwrap_or(&text[start..end]);
        if line.len() > desk.longest {
            desk.tally.lose(Trouble::TooLong, 1, Some(number));
        } else if line.iter().any(|byte| !byte.is_ascii_whitespace()) {
            match line_event(format, line, number, desk) {
                Some(event) => desk.give(event, each),
                None if header(format, line) => {}
                None => desk.tally.lose(Trouble::Malformed(words(format)), 1, Some(number)),
            }
        }
        start = end + 1;
        number += 1;
    }
}

fn line_event(format: &Lines, line: &[u8], number: u64, desk: &mut Desk) -> Option<Event> {
    if let Lines::Json = format {
        return json::event(line, number, desk);
    }
    let line = desk.text(line);
    match format {
        Lines::Json => None,
        Lines::Syslog => Some(syslog::event(&line, number, desk)),
        Lines::Access => access::event(&line, number, desk),
        Lines::Audit => audit::event(&line, number, desk),
        Lines::Plain => Some(plain::event(&line, number, desk)),
        Lines::W3c(header) => w3c::event(header, &line, number, desk),
        Lines::Zeek(header) => zeek::row(header, &line, number, desk),
    }
}

fn header(format: &Lines, line: &[u8]) -> bool {
    matches!(format, Lines::W3c(_) | Lines::Zeek(_)) && line.starts_with(b"#")
}

fn words(format: &Lines) -> &'static str {
    match format {
        Lines::Json => "JSON",
        Lines::Syslog => "syslog",
        Lines::Access => "access log",
        Lines::Audit => "audit log",
        Lines::Plain => "plain log",
        Lines::W3c(_) => "W3C log",
        Lines::Zeek(_) => "Zeek log",
    }
}

fn records(format: Records, text: &[u8], places: &[Place], desk: &mut Desk, each: &mut dyn FnMut(Event)) {
    desk.tally.bytes += text.len() as u64;
    for place in places {
        let record = &text[place.start..place.end];
        let (event, words) = match format {
            Records::Json => (json::event(record, place.line, desk), "JSON"),
            Records::Xml => (xml::event(record, place.line, desk), "XML"),
        };
        match event {
            Some(event) => desk.give(event, each),
            None => desk.tally.lose(Trouble::Malformed(words), 1, Some(place.line)),
        }
    }
}
