//! W3C extended logs (IIS, HTTP.sys): a `#Fields:` line names the columns.
//!
//! Beside the columns' own names, `cs(User-Agent)` is also `cs-user-agent`, and so on, as Sigma says.
//! IIS writes these times in UTC.
//!
//! Invariant: a row is read by the last `#Fields:` line above it.

use std::sync::Arc;

use jiff::tz::TimeZone;

use crate::event::{Certainty, Event, Fields, Value};
use crate::piece::Desk;

/// The columns of a log.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct Header {
    names: Vec<Arc<str>>,
    date: Option<String>,
}

impl Header {
    /// Takes one `#` line into account.
    pub(crate) fn line(&mut self, line: &str) {
        if let Some(names) = line.strip_prefix("#Fields:") {
            self.names = names.split_whitespace().map(Arc::from).collect();
        } else if let Some(date) = line.strip_prefix("#Date:") {
            self.date = date.split_whitespace().next().map(str::to_owned);
        }
    }
}

/// The event of one row; nothing where it has another number of columns than the header.
pub(crate) fn event(header: &Header, line: &str, number: u64, desk: &mut Desk) -> Option<Event> {
    let cells: Vec<&str> = line.split_whitespace().take(header.names.len() + 1).collect();
    if cells.len() != header.names.len() || line.starts_with('#') {
        return None;
    }
    let mut fields = Vec::with_capacity(cells.len() + 4);
    for (name, cell) in header.names.iter().zip(cells) {
        fields.push((desk.names.of(name), value(name, cell)));
        if let Some(plain) = plain(name) {
            fields.push((desk.names.of(&plain), value(name, cell)));
        }
    }
    let fields = Fields(fields);
    let mut event = desk.event("webserver", number);
    let known = |name: &str| fields.text(name).map(std::borrow::Cow::into_owned);
    let date = known("date").or_else(|| header.date.clone());
    if let (Some(date), Some(time)) = (date, known("time"))
        && let Ok(civil) = format!("{date}T{time}").parse()
    {
        event.time = TimeZone::UTC.to_timestamp(civil).ok();
        event.certainty = Certainty::Exact;
    }
    event.host = known("s-computername").or_else(|| known("cs-host"));
    event.addresses.extend(known("s-ip").and_then(|it| it.parse::<std::net::IpAddr>().ok()));
    event.user = known("cs-username");
    event.provider = Some("iis".to_owned());
    event.fields = uri(fields, desk);
    line.clone_into(&mut event.line);
    Some(event)
}

/// Adds `cs-uri` from its two halves.
fn uri(mut fields: Fields, desk: &mut Desk) -> Fields {
    if fields.get("cs-uri").is_none()
        && let Some(stem) = fields.text("cs-uri-stem")
    {
        let whole = match fields.text("cs-uri-query") {
            Some(query) => format!("{stem}?{query}"),
            None => stem.into_owned(),
        };
        fields.0.push((desk.names.of("cs-uri"), Value::Text(whole)));
    }
    fields
}

/// `cs-user-agent` of `cs(User-Agent)`.
fn plain(name: &str) -> Option<String> {
    let (side, inner) = name.strip_suffix(')')?.split_once('(')?;
    Some(format!("{side}-{}", inner.to_ascii_lowercase()))
}

fn value(name: &str, cell: &str) -> Value {
    match cell {
        "-" => Value::Null,
        _ if name.starts_with("sc-") || name == "time-taken" || name == "cs-bytes" => {
            cell.parse().map_or_else(|_| Value::Text(cell.to_owned()), Value::Integer)
        }
        _ => Value::Text(cell.to_owned()),
    }
}
