//! One event, whatever it was read from.
//!
//! Invariant: every original field is reachable by its original name, because rules name them.

use std::borrow::Cow;
use std::net::IpAddr;
use std::sync::Arc;

use jiff::Timestamp;

/// Something that happened, as a log tells it.
#[derive(Clone, Debug, Default)]
pub struct Event {
    /// When, in UTC.
    pub time: Option<Timestamp>,
    /// How sure the time is.
    pub certainty: Certainty,
    /// The host that speaks (Windows `Computer`, syslog host, sensor), as written.
    pub host: Option<String>,
    /// Addresses of that host, where the log gives them (never the peer's).
    pub addresses: Vec<IpAddr>,
    /// The user concerned.
    pub user: Option<String>,
    /// Windows provider, syslog program, `zeek`, `suricata`, `nginx`…
    pub provider: Option<String>,
    /// Windows channel, Zeek log (`conn`, `dce_rpc`), Suricata event type, syslog facility.
    pub channel: Option<String>,
    /// Windows event id.
    pub event_id: Option<u32>,
    /// What kind of reader made it: `windows`, `zeek`, `suricata`, `syslog`, `webserver`, `csv`, `json`.
    pub format: &'static str,
    /// Original fields.
    pub fields: Fields,
    /// The whole line, for text logs; empty otherwise.
    pub line: String,
    /// Where it was read.
    pub origin: Origin,
}

/// How sure an event's time is.
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub enum Certainty {
    /// The log says the instant, with its zone.
    #[default]
    Exact,
    /// The zone was assumed from `--time-zone` or from the source.
    ZoneAssumed,
    /// The year was inferred (RFC 3164).
    YearInferred,
    /// The zone is unknown and UTC was taken: the instant may be some hours off.
    Uncertain,
}

/// Where an event was read.
#[derive(Clone, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Origin {
    /// Path relative to what was asked for; inside archives `a.zip!/b.evtx`.
    pub path: Arc<str>,
    /// `EventRecordID`, else the line, from 1.
    pub record: u64,
}

/// A field's value.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Text.
    Text(String),
    /// Whole number.
    Integer(i64),
    /// Other number.
    Number(f64),
    /// True or false.
    Boolean(bool),
    /// JSON null, and where a log has a sign for what is not there.
    Null,
    /// Several values.
    List(Vec<Value>),
    /// Nested fields.
    Map(Fields),
}

/// Fields by original name, in original order. Windows EventData stand at the top level, beside
/// `EventID`, `Channel`, `Computer`, `Provider_Name`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Fields(pub Vec<(Arc<str>, Value)>);

impl Fields {
    /// The value of a field: its exact name first, else a path whose parts are joined by dots.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        if let Some((_, value)) = self.0.iter().find(|(key, _)| &**key == name) {
            return Some(value);
        }
        name.match_indices('.').find_map(|(dot, _)| {
            match self.0.iter().find(|(key, _)| **key == name[..dot]) {
                Some((_, Value::Map(inner))) => inner.get(&name[dot + 1..]),
                _ => None,
            }
        })
    }

    /// The value of a field as text, where it has one.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<Cow<'_, str>> {
        self.get(name)?.text()
    }
}

impl Value {
    /// As text: strings as they are, numbers and booleans as written; none for null, lists, maps.
    #[must_use]
    pub fn text(&self) -> Option<Cow<'_, str>> {
        match self {
            Value::Text(text) => Some(Cow::Borrowed(text)),
            Value::Integer(number) => Some(Cow::Owned(number.to_string())),
            Value::Number(number) => Some(Cow::Owned(number.to_string())),
            Value::Boolean(truth) => Some(Cow::Borrowed(if *truth { "true" } else { "false" })),
            Value::Null | Value::List(_) | Value::Map(_) => None,
        }
    }
}

/// What [`Event::format`] may say.
const FORMATS: [&str; 9] =
    ["auditd", "csv", "json", "suricata", "syslog", "text", "webserver", "windows", "zeek"];

/// The format of that name, as [`Event::format`] says it; none where no reader makes such events.
#[must_use]
pub fn format(name: &str) -> Option<&'static str> {
    FORMATS.into_iter().find(|it| *it == name)
}
