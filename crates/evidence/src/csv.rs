//! CSV with a header, read by a mapping or by well-known column names.
//!
//! Invariant: every column is a field under its header's name, whatever the mapping names.

use std::sync::Arc;

use jiff::fmt::strtime;
use jiff::tz::TimeZone;

use crate::clock::{Clock, Instant};
use crate::event::{Certainty, Event, Fields, Value};
use crate::mapping::CsvMapping;
use crate::piece::Desk;
use crate::report::Trouble;
use crate::windows;

/// What the columns of a file mean.
#[derive(Clone, Debug, Default)]
pub(crate) struct Columns {
    names: Vec<Arc<str>>,
    pub(crate) delimiter: u8,
    time: usize,
    time_format: Option<String>,
    zone: Option<TimeZone>,
    host: Option<usize>,
    address: Option<usize>,
    user: Option<usize>,
    provider: Option<usize>,
    channel: Option<usize>,
    event_id: Option<usize>,
    more: Vec<(Arc<str>, usize)>,
}

/// What a header line announces.
pub(crate) enum Heading {
    /// Columns whose meaning is known.
    Known(Columns),
    /// A table whose columns mean nothing yet.
    NeedsMapping,
    /// No table.
    NoTable,
}

/// Reads the header of a file that begins with `first` and goes on with `second`.
pub(crate) fn heading(first: &str, second: Option<&str>, mapping: Option<&CsvMapping>) -> Heading {
    let delimiter = mapping.and_then(|it| it.delimiter).or_else(|| delimiter(first));
    let Some(delimiter) = delimiter else { return Heading::NoTable };
    let names = cells(first, delimiter);
    let columns = mapping.and_then(|it| mapped(&names, it)).or_else(|| guessed(&names));
    if let Some(columns) = columns {
        return Heading::Known(Columns { delimiter, ..columns });
    }
    let table = names.len() >= 3 && second.is_none_or(|row| cells(row, delimiter).len() == names.len());
    if table { Heading::NeedsMapping } else { Heading::NoTable }
}

/// Parses whole rows and hands on their events; the header's own line is passed over.
pub(crate) fn parse(
    columns: &Columns,
    text: &[u8],
    first_line: u64,
    desk: &mut Desk,
    each: &mut dyn FnMut(&mut Desk, Event),
) {
    desk.tally.bytes += text.len() as u64;
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(columns.delimiter)
        .from_reader(text);
    let mut row = csv::ByteRecord::new();
    while let Ok(true) = reader.read_byte_record(&mut row) {
        let line = row.position().map_or(0, csv::Position::line) - 1 + first_line;
        if line == 1 || row.iter().all(<[u8]>::is_empty) {
            continue;
        }
        if row.len() > columns.names.len() || row.len() <= columns.time {
            desk.tally.lose(Trouble::Malformed("CSV"), 1, Some(line));
            continue;
        }
        let cells: Vec<String> = row.iter().map(|cell| desk.text(cell).into_owned()).collect();
        let event = event(columns, cells, line, desk);
        each(desk, event);
    }
}

fn event(columns: &Columns, cells: Vec<String>, line: u64, desk: &mut Desk) -> Event {
    let cell = |at: Option<usize>| at.and_then(|at| cells.get(at)).filter(|it| !it.is_empty()).cloned();
    let time = columns.instant(&cells[columns.time], desk.clock);
    let event_id = cell(columns.event_id).and_then(|it| it.trim().parse::<u32>().ok());
    let mut event = desk.event("csv", line);
    event.host = cell(columns.host);
    event.addresses.extend(cell(columns.address).and_then(|it| it.trim().parse::<std::net::IpAddr>().ok()));
    event.user = cell(columns.user);
    event.provider = cell(columns.provider);
    event.channel = cell(columns.channel);
    event.event_id = event_id;
    let mut fields = Fields(Vec::with_capacity(cells.len() + columns.more.len()));
    for (name, at) in &columns.more {
        if let Some(cell) = cells.get(*at) {
            fields.0.push((Arc::clone(name), value(cell.clone())));
        }
    }
    let named = columns.names.iter().zip(cells);
    fields.0.extend(named.map(|(name, cell)| (Arc::clone(name), value(cell))));
    if event.event_id.is_some() && event.channel.is_some() {
        event = windows_event(event, fields, desk);
    } else {
        event.fields = fields;
    }
    if let Some((time, certainty)) = time {
        event.time = Some(time);
        event.certainty = certainty;
    }
    event
}

/// A Windows event exported as a table: the usual names stand beside the header's.
fn windows_event(event: Event, mut fields: Fields, desk: &mut Desk) -> Event {
    let known = [
        ("EventID", event.event_id.map(|id| Value::Integer(i64::from(id)))),
        ("Channel", event.channel.clone().map(Value::Text)),
        ("Computer", event.host.clone().map(Value::Text)),
        ("Provider_Name", event.provider.clone().map(Value::Text)),
    ];
    for (name, value) in known {
        let taken = fields.0.iter().any(|(taken, _)| &**taken == name);
        if let Some(value) = value.filter(|_| !taken) {
            fields.0.push((desk.names.of(name), value));
        }
    }
    let user = event.user.clone();
    let mut event = windows::event(fields, event, desk.clock);
    event.user = user.or(event.user);
    event
}

impl Columns {
    fn instant(&self, text: &str, clock: &Clock) -> Option<Instant> {
        let own;
        let clock = match &self.zone {
            Some(zone) => {
                own = Clock { zone: Some(zone.clone()), reference: None };
                &own
            }
            None => clock,
        };
        match &self.time_format {
            None => clock.read(text).or_else(|| american(text, clock)),
            Some(format) => {
                let parts = strtime::parse(format, text.trim()).ok()?;
                match parts.to_timestamp() {
                    Ok(instant) => Some((instant, Certainty::Exact)),
                    Err(_) => clock.civil(parts.to_datetime().ok()?),
                }
            }
        }
    }
}

/// `11/21/2026 2:10:00 AM`, as Windows writes it in American English; nothing where the day and the
/// month could be taken for each other in a table that does not say AM or PM.
fn american(text: &str, clock: &Clock) -> Option<Instant> {
    let parts = strtime::parse("%m/%d/%Y %I:%M:%S %p", text.trim()).ok()?;
    clock.civil(parts.to_datetime().ok()?)
}

fn mapped(names: &[String], mapping: &CsvMapping) -> Option<Columns> {
    let at = |column: &Option<String>| {
        let column = column.as_deref()?;
        names.iter().position(|name| name == column)
    };
    let more = mapping.fields.iter().filter_map(|(name, column)| {
        Some((Arc::from(name.as_str()), names.iter().position(|it| it == column)?))
    });
    Some(Columns {
        time: at(&Some(mapping.time.clone()))?,
        time_format: mapping.time_format.clone(),
        zone: mapping.time_zone.clone(),
        host: at(&mapping.host),
        address: at(&mapping.address),
        user: at(&mapping.user),
        provider: at(&mapping.provider),
        channel: at(&mapping.channel),
        event_id: at(&mapping.event_id),
        more: more.collect(),
        names: names.iter().map(|it| Arc::from(it.as_str())).collect(),
        delimiter: b',',
    })
}

/// Columns known by the names that common exports give them; a time and one more are asked for.
fn guessed(names: &[String]) -> Option<Columns> {
    let plain: Vec<String> = names
        .iter()
        .map(|name| name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase())
        .collect();
    let at = |known: &[&str]| known.iter().find_map(|it| plain.iter().position(|name| name == it));
    let time = at(&[
        "timecreated",
        "timestamp",
        "datetime",
        "dateandtime",
        "timegenerated",
        "eventtime",
        "creationtime",
        "systemtime",
        "time",
        "date",
    ])?;
    let host = at(&["computer", "computername", "machinename", "hostname", "host"]);
    let event_id = at(&["eventid", "id", "eventcode"]);
    let channel = at(&["channel", "logname"]);
    let message = at(&["message", "details", "timestampdesc"]);
    (host.is_some() || event_id.is_some() && channel.is_some() || message.is_some()).then(|| Columns {
        time,
        host,
        event_id,
        channel,
        user: at(&["user", "username", "accountname", "userid"]),
        provider: at(&["provider", "providername", "source", "sourcename"]),
        names: names.iter().map(|it| Arc::from(it.as_str())).collect(),
        ..Columns::default()
    })
}

/// The separator that a header uses most.
fn delimiter(header: &str) -> Option<u8> {
    let count = |delimiter: &u8| header.bytes().filter(|byte| byte == delimiter).count();
    [b',', b';', b'\t', b'|'].into_iter().max_by_key(count).filter(|it| count(it) > 0)
}

fn cells(line: &str, delimiter: u8) -> Vec<String> {
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).delimiter(delimiter).from_reader(line.as_bytes());
    let row = reader.records().next().and_then(Result::ok);
    row.map_or_else(Vec::new, |row| row.iter().map(|cell| cell.trim().to_owned()).collect())
}

fn value(cell: String) -> Value {
    if cell.is_empty() { Value::Null } else { Value::Text(cell) }
}
