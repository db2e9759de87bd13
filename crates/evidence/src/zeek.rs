//! Zeek logs, as JSON lines or as tab-separated text.
//!
//! The event's address is the originator's (`id.orig_h`): that is the host a connection speaks of.
//!
//! Invariant: dotted names (`id.orig_h`) stay reachable as written.

use std::sync::Arc;

use crate::event::{Event, Fields, Value};
use crate::piece::Desk;
use crate::shapes;

/// The event of one JSON object.
pub(crate) fn event(fields: Fields, line: u64, desk: &mut Desk) -> Event {
    let mut event = desk.event("zeek", line);
    shapes::set_time(&mut event, &fields, desk, &["ts", "_write_ts"]);
    event.provider = Some("zeek".to_owned());
    let path = fields.text("_path").filter(|it| !it.is_empty());
    event.channel = Some(path.map_or_else(|| log_name(&desk.path), std::borrow::Cow::into_owned));
    event.addresses.extend(fields.text("id.orig_h").and_then(|it| it.parse::<std::net::IpAddr>().ok()));
    event.user = ["user", "username", "client", "cookie"]
        .iter()
        .find_map(|name| fields.text(name))
        .filter(|it| !it.is_empty() && it != "-")
        .map(std::borrow::Cow::into_owned);
    event.fields = fields;
    event
}

/// `conn` of `zeek/conn.10:00:00-11:00:00.log.gz`.
fn log_name(path: &str) -> String {
    let file = path.rsplit('/').next().unwrap_or(path);
    file.split(['.', '_']).next().filter(|it| !it.is_empty()).unwrap_or(file).to_owned()
}

/// What the `#` lines of a tab-separated log say.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct Header {
    path: String,
    names: Vec<Arc<str>>,
    types: Vec<String>,
}

impl Header {
    /// Takes one `#` line into account.
    pub(crate) fn line(&mut self, line: &str) {
        let Some((word, rest)) = line.trim_end().split_once('\t') else { return };
        match word {
            "#path" => rest.clone_into(&mut self.path),
            "#fields" => self.names = rest.split('\t').map(Arc::from).collect(),
            "#types" => self.types = rest.split('\t').map(str::to_owned).collect(),
            _ => {}
        }
    }
}

/// The event of one row; nothing where it has another number of columns than the header.
pub(crate) fn row(header: &Header, line: &str, number: u64, desk: &mut Desk) -> Option<Event> {
    let cells: Vec<&str> = line.split('\t').take(header.names.len() + 1).collect();
    if cells.len() != header.names.len() || line.starts_with('#') {
        return None;
    }
    let mut fields = Vec::with_capacity(cells.len() + 1);
    for (at, (name, cell)) in header.names.iter().zip(cells).enumerate() {
        let kind = header.types.get(at).map_or("string", String::as_str);
        fields.push((desk.names.of(name), value(kind, cell)));
    }
    if !header.path.is_empty() {
        fields.push((desk.names.of("_path"), Value::Text(header.path.clone())));
    }
    Some(event(Fields(fields), number, desk))
}

fn value(kind: &str, cell: &str) -> Value {
    match (kind, cell) {
        (_, "-") => Value::Null,
        (_, "(empty)") => Value::Text(String::new()),
        ("bool", _) => Value::Boolean(cell == "T"),
        ("count" | "int" | "port", _) => cell.parse().map_or_else(|_| text(cell), Value::Integer),
        _ if kind.starts_with("vector[") || kind.starts_with("set[") => {
            Value::List(cell.split(',').map(text).collect())
        }
        _ => text(cell),
    }
}

fn text(cell: &str) -> Value {
    Value::Text(cell.to_owned())
}
