//! What a text is, by its content.
//!
//! Invariant: a name or an extension decides nothing.

use std::sync::Arc;

use crate::clock::Clock;
use crate::csv::{self, Columns, Heading};
use crate::event::Fields;
use crate::names::Names;
use crate::options::Options;
use crate::piece::{Desk, Lines, Records};
use crate::records::Split;
use crate::report::{Skip, Tally};
use crate::{access, audit, json, plain, shapes, syslog, w3c, zeek};

/// How a text is to be cut and parsed.
pub(crate) enum Format {
    Lines(Lines),
    Records { kind: Records, enclosed: u32 },
    Rows(Arc<Columns>),
}

/// The format of a text that begins with `prefix` (UTF-8), which is `whole` or goes on.
pub(crate) fn format(prefix: &[u8], whole: bool, clock: &Clock, options: &Options) -> Result<Format, Skip> {
    let text = String::from_utf8_lossy(prefix);
    let text = text.trim_start();
    if text.is_empty() {
        return Err(Skip::Empty);
    }
    let mut names = Names::default();
    let mut desk = Desk {
        path: Arc::from(""),
        clock,
        names: &mut names,
        longest: usize::MAX,
        by_line: false,
        tally: Tally::default(),
    };
    match text.as_bytes() {
        [b'<', second, ..] if !second.is_ascii_digit() => xml(text),
        [b'{' | b'[', ..] if let Some(found) = json(text, whole, &mut desk) => found,
        [b'#', ..] if text.starts_with("#separator") => {
            Ok(Format::Lines(Lines::Zeek(Arc::new(zeek::Header::default()))))
        }
        [b'#', ..] if text.lines().take(8).any(|line| line.starts_with("#Fields:")) => {
            Ok(Format::Lines(Lines::W3c(Arc::new(w3c::Header::default()))))
        }
        _ => lines(text, whole, &mut desk, options),
    }
}

fn xml(text: &str) -> Result<Format, Skip> {
    let event = ["<Event ", "<Event>", "<Events>", "<Events "].iter().any(|it| text.contains(it));
    if event { Ok(Format::Records { kind: Records::Xml, enclosed: 0 }) } else { Err(Skip::Unknown) }
}

/// JSON lines, or records in arrays or wrappings; nothing where it only looks like it.
fn json(text: &str, whole: bool, desk: &mut Desk) -> Option<Result<Format, Skip>> {
    if let (true, None) = (text.starts_with('{'), wrapping(text)) {
        let complete = text.lines().count().saturating_sub(usize::from(!whole && !text.ends_with('\n')));
        let lines = text.lines().take(complete).filter(|line| !line.trim().is_empty()).take(20);
        let objects: Vec<_> = lines.filter_map(|line| json::object(line.as_bytes(), desk.names)).collect();
        if !objects.is_empty() {
            let known = objects.into_iter().any(|fields| shapes::is_event(fields, desk));
            return Some(if known { Ok(Format::Lines(Lines::Json)) } else { Err(Skip::NoTimes) });
        }
    }
    let enclosed = match wrapping(text) {
        Some(enclosed) => enclosed,
        None if text.starts_with('{') => 0,
        None if text[1..].trim_start().starts_with('{') => 1,
        None => return None,
    };
    let objects = first_objects(text, enclosed, desk);
    let format = Format::Records { kind: Records::Json, enclosed };
    let known = objects.is_empty() || objects.into_iter().any(|fields| shapes::is_event(fields, desk));
    Some(if known { Ok(format) } else { Err(Skip::NoTimes) })
}

/// How deep the records stand in `{"Events":[{…}]}` and its relatives.
fn wrapping(text: &str) -> Option<u32> {
    const WRAPPERS: [&str; 9] = [
        "\"Events\"",
        "\"events\"",
        "\"Records\"",
        "\"records\"",
        "\"value\"",
        "\"logs\"",
        "\"hits\"",
        "\"data\"",
        "\"results\"",
    ];
    let mut enclosed = 1;
    let mut rest = text.strip_prefix('{')?.trim_start();
    loop {
        let found = WRAPPERS.iter().find_map(|name| {
            let head = &rest[..rest.len().min(4_096).min(floor(rest, 4_096))];
            let after = head.find(name).filter(|at| !head[..*at].contains('[')).map(|at| at + name.len())?;
            rest[after..].trim_start().strip_prefix(':').map(str::trim_start)
        })?;
        enclosed += 1;
        if let Some(inner) = found.strip_prefix('[') {
            return inner.trim_start().starts_with('{').then_some(enclosed);
        }
        rest = found.strip_prefix('{')?;
        if enclosed > 3 {
            return None;
        }
    }
}

/// The last character boundary at or before a place.
fn floor(text: &str, mut at: usize) -> usize {
    at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// The objects that a text holds whole, the first few.
fn first_objects(text: &str, enclosed: u32, desk: &mut Desk) -> Vec<Fields> {
    let mut split = Split::new(text.as_bytes(), Records::Json, enclosed, text.len());
    let Ok(Some(batch)) = split.next() else { return Vec::new() };
    let places = batch.places.iter().take(20);
    places.filter_map(|place| json::object(&batch.text[place.start..place.end], desk.names)).collect()
}

fn lines(text: &str, whole: bool, desk: &mut Desk, options: &Options) -> Result<Format, Skip> {
    let mut sample: Vec<&str> = text.lines().take(101).collect();
    if sample.len() > 1 && (sample.len() == 101 || !whole && !text.ends_with('\n')) {
        sample.pop();
    }
    sample.retain(|line| !line.trim().is_empty());
    let mut counts: Vec<(usize, Lines)> =
        [Lines::Access, Lines::Syslog, Lines::Audit, Lines::Plain].map(|format| (0, format)).to_vec();
    for line in &sample {
        let recognized = counts.iter_mut().find(|(_, format)| match format {
            Lines::Access => access::event(line, 1, desk).is_some(),
            Lines::Syslog => syslog::is(line, desk.clock),
            Lines::Audit => audit::event(line, 1, desk).is_some(),
            _ => plain::is(line),
        });
        if let Some((count, _)) = recognized {
            *count += 1;
        }
    }
    let enough = |count: usize| count > 0 && count * 3 >= sample.len();
    // The first of equals: a table's rows may look like plain lines, its header does not.
    counts.reverse();
    let best = counts.into_iter().max_by_key(|(count, _)| *count).filter(|(count, _)| enough(*count));
    let header = sample.first().unwrap_or(&"");
    match best {
        Some((_, Lines::Plain)) | None => {}
        Some((_, format)) => return Ok(Format::Lines(format)),
    }
    match csv::heading(header, sample.get(1).copied(), options.mapping.as_ref()) {
        Heading::Known(columns) => Ok(Format::Rows(Arc::new(columns))),
        Heading::NeedsMapping | Heading::NoTable if best.is_some() && plain::is(header) => {
            Ok(Format::Lines(Lines::Plain))
        }
        Heading::NeedsMapping => Err(Skip::NeedsMapping),
        Heading::NoTable => Err(Skip::Unknown),
    }
}
