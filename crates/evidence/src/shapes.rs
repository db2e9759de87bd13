//! The shapes in which JSON events come: Winlogbeat and ECS, flat Windows, `Event.System`, Zeek,
//! Suricata, journald, anything else with a time.
//!
//! Invariant: fields are only added; the shape decides which ones.

use std::sync::Arc;

use crate::event::{Event, Fields, Value};
use crate::names::Names;
use crate::piece::Desk;
use crate::{windows, zeek};

/// The event that a JSON object tells.
pub(crate) fn event(fields: Fields, line: u64, desk: &mut Desk) -> Event {
    let mut fields = unwrapped(fields);
    match shape(&fields) {
        _ if fields.0.len() > FIELDS_MAX => return other(fields, line, desk),
        Shape::Beats => raise_beats(&mut fields, desk.names),
        Shape::Nested => raise_nested(&mut fields, desk.names),
        Shape::Flat => raise_flat(&mut fields, desk.names),
        Shape::Zeek => return zeek::event(fields, line, desk),
        Shape::Suricata => return suricata(fields, line, desk),
        Shape::Journal => return journal(fields, line, desk),
        Shape::Other => return other(fields, line, desk),
    }
    let own = fields.text("EventRecordID").and_then(|it| it.parse().ok()).filter(|_| !desk.by_line);
    let event = desk.event("windows", own.unwrap_or(line));
    windows::event(fields, event, desk.clock)
}

/// Whether an object is an event at all: of a known shape, or with a time.
pub(crate) fn is_event(fields: Fields, desk: &mut Desk) -> bool {
    let fields = unwrapped(fields);
    !matches!(shape(&fields), Shape::Other) || other(fields, 1, desk).time.is_some()
}

/// Fields of an object beyond which nothing is raised, so that hostile objects cost linear time.
const FIELDS_MAX: usize = 4_096;

enum Shape {
    Beats,
    Nested,
    Flat,
    Zeek,
    Suricata,
    Journal,
    Other,
}

fn shape(fields: &Fields) -> Shape {
    let has = |name: &str| fields.get(name).is_some();
    if has("winlog.event_id") || has("winlog.channel") || has("winlog.event_data") {
        Shape::Beats
    } else if has("Event.System") || has("System.EventID") {
        Shape::Nested
    } else if has("_path") && has("ts") || has("ts") && (has("uid") || has("id.orig_h")) {
        Shape::Zeek
    } else if has("event_type") && has("timestamp") {
        Shape::Suricata
    } else if FLAT_IDS.iter().any(|it| has(it)) && FLAT_SOURCES.iter().any(|it| has(it)) {
        Shape::Flat
    } else if has("__REALTIME_TIMESTAMP") {
        Shape::Journal
    } else {
        Shape::Other
    }
}

const FLAT_IDS: [&str; 5] = ["EventID", "EventId", "event_id", "Id", "eventid"];
const FLAT_SOURCES: [&str; 9] = [
    "Channel",
    "LogName",
    "Provider_Name",
    "ProviderName",
    "SourceName",
    "Provider",
    "channel",
    "log_name",
    "provider_name",
];

/// The document of an Elasticsearch export.
fn unwrapped(mut fields: Fields) -> Fields {
    let source =
        fields.0.iter().position(|(name, value)| &**name == "_source" && matches!(value, Value::Map(_)));
    match source.map(|at| fields.0.swap_remove(at).1) {
        Some(Value::Map(inner)) => inner,
        _ => fields,
    }
}

/// Adds a field unless one of that name is there.
fn add(fields: &mut Fields, name: Arc<str>, value: Value) {
    if !fields.0.iter().any(|(taken, _)| *taken == name) {
        fields.0.push((name, value));
    }
}

/// Adds, under the names that Windows gives, the first that is there of other names.
fn alias(fields: &mut Fields, names: &mut Names, pairs: &[(&str, &[&str])]) {
    for (name, others) in pairs {
        let found = others.iter().find_map(|other| fields.get(other)).cloned();
        if let Some(value) = found.filter(|it| !matches!(it, Value::Map(_))) {
            add(fields, names.of(name), value);
        }
    }
}

fn raise_beats(fields: &mut Fields, names: &mut Names) {
    alias(
        fields,
        names,
        &[
            ("EventID", &["winlog.event_id", "event.code"]),
            ("Channel", &["winlog.channel"]),
            ("Computer", &["winlog.computer_name", "host.name", "host.hostname"]),
            ("Provider_Name", &["winlog.provider_name", "event.provider"]),
            ("Provider_Guid", &["winlog.provider_guid"]),
            ("EventRecordID", &["winlog.record_id"]),
            ("TimeCreated", &["winlog.time_created", "@timestamp", "event.created"]),
            ("Task", &["winlog.task"]),
            ("Opcode", &["winlog.opcode"]),
            ("Keywords", &["winlog.keywords"]),
            ("Version", &["winlog.version"]),
            ("Execution_ProcessID", &["winlog.process.pid"]),
            ("Execution_ThreadID", &["winlog.process.thread.id"]),
            ("Correlation_ActivityID", &["winlog.activity_id"]),
            ("UserID", &["winlog.user.identifier"]),
            ("Message", &["message"]),
        ],
    );
    number(fields, "EventID");
    raise(fields, names, "winlog.event_data");
    raise(fields, names, "winlog.user_data");
}

/// Adds the members of a nested object, or those whose dotted names begin with it, at top level.
fn raise(fields: &mut Fields, names: &mut Names, parent: &str) {
    let mut raised: Vec<(Arc<str>, Value)> = match fields.get(parent) {
        Some(Value::Map(inner)) => inner.0.clone(),
        _ => Vec::new(),
    };
    for (name, value) in &fields.0 {
        if let Some(member) = name.strip_prefix(parent).and_then(|it| it.strip_prefix('.')) {
            raised.push((names.of(member), value.clone()));
        }
    }
    raised.truncate(FIELDS_MAX);
    let plain = fields.0.len();
    for (name, value) in raised {
        if fields.0[..plain].iter().any(|(taken, _)| *taken == name) {
            add(fields, names.of(&format!("EventData.{name}")), value);
        } else {
            add(fields, name, value);
        }
    }
}

fn raise_nested(fields: &mut Fields, names: &mut Names) {
    let event = match fields.get("Event") {
        Some(Value::Map(inner)) => inner.clone(),
        _ => fields.clone(),
    };
    if let Some(Value::Map(system)) = event.get("System") {
        for (name, value) in &system.0 {
            system_member(fields, names, name, value);
        }
    }
    for part in ["EventData", "UserData", "ProcessingErrorData"] {
        if let Some(Value::Map(data)) = event.get(part) {
            flatten(fields, names, data, 0);
        }
    }
    if let Some(message) = event.get("RenderingInfo.Message") {
        add(fields, names.of("Message"), message.clone());
    }
    number(fields, "EventID");
}

/// One element of `System`, with its attributes in the ways that converters write them.
fn system_member(fields: &mut Fields, names: &mut Names, name: &str, value: &Value) {
    let base = name.strip_suffix("_attributes").or_else(|| name.strip_suffix("_Attributes")).unwrap_or(name);
    let Value::Map(inner) = value else {
        add(fields, names.of(name), value.clone());
        return;
    };
    for (key, value) in &inner.0 {
        let key = key.trim_start_matches(['@', '#', '_', '$']);
        match (base, key, value) {
            (_, "attributes", Value::Map(_)) => system_member(fields, names, base, value),
            (_, "text" | "Value" | "", _) => add(fields, names.of(base), value.clone()),
            ("TimeCreated", "SystemTime", _) => add(fields, names.of("TimeCreated"), value.clone()),
            ("Security", "UserID", _) => add(fields, names.of("UserID"), value.clone()),
            _ => add(fields, names.of(&format!("{base}_{key}")), value.clone()),
        }
    }
}

const DEPTH_MAX: usize = 16;

/// Adds members at top level, down to the innermost; a list of named values (`Data`) by their names.
fn flatten(fields: &mut Fields, names: &mut Names, data: &Fields, depth: usize) {
    for (name, value) in data.0.iter().take(FIELDS_MAX) {
        match value {
            Value::Map(inner) if depth < DEPTH_MAX => match inner.get("#text") {
                Some(text) => add(fields, Arc::clone(name), text.clone()),
                None if name.ends_with("attributes") => {}
                None => flatten(fields, names, inner, depth + 1),
            },
            Value::List(items) if &**name == "Data" => {
                let mut unnamed = Vec::new();
                for item in items.iter().take(FIELDS_MAX) {
                    match named(item) {
                        Some((name, value)) => add(fields, names.of(&name), value.clone()),
                        None => unnamed.push(item.clone()),
                    }
                }
                if !unnamed.is_empty() {
                    add(fields, Arc::clone(name), Value::List(unnamed));
                }
            }
            _ => {
                let taken = fields.0.iter().any(|(taken, _)| taken == name);
                let name = if taken { names.of(&format!("EventData.{name}")) } else { Arc::clone(name) };
                add(fields, name, value.clone());
            }
        }
    }
}

/// `{"@Name": "X", "#text": "v"}` and its relatives.
fn named(item: &Value) -> Option<(String, &Value)> {
    let Value::Map(inner) = item else { return None };
    let name = ["@Name", "Name", "_Name", "#attributes.Name"].iter().find_map(|it| inner.text(it))?;
    let value = ["#text", "Value", "text", "content", "_"].iter().find_map(|it| inner.get(it));
    Some((name.into_owned(), value.unwrap_or(&Value::Null)))
}

fn raise_flat(fields: &mut Fields, names: &mut Names) {
    alias(
        fields,
        names,
        &[
            ("EventID", &FLAT_IDS),
            ("Channel", &["LogName", "channel", "log_name"]),
            (
                "Computer",
                &[
                    "MachineName",
                    "Hostname",
                    "hostname",
                    "ComputerName",
                    "computer_name",
                    "host.name",
                    "host",
                ],
            ),
            (
                "Provider_Name",
                &["ProviderName", "SourceName", "Provider.Name", "Provider", "provider_name", "source_name"],
            ),
            ("EventRecordID", &["RecordId", "RecordNumber", "EventRecordId", "record_id", "record_number"]),
            (
                "TimeCreated",
                &[
                    "TimeCreated.SystemTime",
                    "SystemTime",
                    "@timestamp",
                    "UtcTime",
                    "TimeGenerated",
                    "EventTime",
                    "Timestamp",
                    "timestamp",
                    "time",
                    "TimeCreated_SystemTime",
                ],
            ),
            ("Message", &["message"]),
        ],
    );
    number(fields, "EventID");
    raise(fields, names, "EventData");
    raise(fields, names, "UserData");
    raise(fields, names, "event_data");
}

/// Makes a number of digits that stand as text, and drops a zero fraction.
fn number(fields: &mut Fields, name: &str) {
    if let Some((_, value)) = fields.0.iter_mut().find(|(key, _)| &**key == name) {
        let whole = value.text().and_then(|text| text.trim().parse().ok());
        if let Some(whole) = whole {
            *value = Value::Integer(whole);
        }
    }
}

fn suricata(fields: Fields, line: u64, desk: &mut Desk) -> Event {
    let mut event = desk.event("suricata", line);
    set_time(&mut event, &fields, desk, &["timestamp"]);
    event.provider = Some("suricata".to_owned());
    event.channel = owned(&fields, &["event_type"]);
    event.addresses.extend(fields.text("src_ip").and_then(|it| it.parse::<std::net::IpAddr>().ok()));
    event.fields = fields;
    event
}

fn journal(fields: Fields, line: u64, desk: &mut Desk) -> Event {
    let mut event = desk.event("syslog", line);
    set_time(&mut event, &fields, desk, &["_SOURCE_REALTIME_TIMESTAMP", "__REALTIME_TIMESTAMP"]);
    event.host = owned(&fields, &["_HOSTNAME"]);
    event.provider = owned(&fields, &["SYSLOG_IDENTIFIER", "_COMM"]);
    event.line = owned(&fields, &["MESSAGE"]).unwrap_or_default();
    event.fields = fields;
    let mut raised = Vec::new();
    let mut put = |name: &str, value: Value| raised.push((desk.names.of(name), value));
    if let Some(program) = event.provider.clone() {
        event.user = crate::logins::read(&program, &event.line, &mut put);
        put("program", Value::Text(program));
    }
    put("message", Value::Text(event.line.clone()));
    for (name, value) in raised {
        add(&mut event.fields, name, value);
    }
    event
}

fn other(fields: Fields, line: u64, desk: &mut Desk) -> Event {
    let mut event = desk.event("json", line);
    set_time(&mut event, &fields, desk, &TIMES);
    event.host = owned(&fields, &["host.name", "host.hostname", "hostname", "host", "Computer", "computer"]);
    event.addresses.extend(addresses(&fields));
    event.user = owned(&fields, &["user.name", "user", "username", "User", "UserId", "userPrincipalName"]);
    event.provider = owned(&fields, &["event.module", "event.provider", "provider", "Workload", "program"]);
    event.channel = owned(&fields, &["event.dataset", "channel", "category", "type"]);
    event.fields = fields;
    event
}

const TIMES: [&str; 16] = [
    "@timestamp",
    "timestamp",
    "time",
    "ts",
    "datetime",
    "TimeCreated",
    "TimeGenerated",
    "EventTime",
    "Timestamp",
    "CreationTime",
    "createdDateTime",
    "event_time",
    "eventTime",
    "date",
    "_time",
    "UtcTime",
];

fn addresses(fields: &Fields) -> Vec<std::net::IpAddr> {
    let texts: Vec<std::borrow::Cow<str>> = match fields.get("host.ip") {
        Some(Value::List(items)) => items.iter().take(64).filter_map(Value::text).collect(),
        Some(one) => one.text().into_iter().collect(),
        None => Vec::new(),
    };
    texts.iter().filter_map(|text| text.parse().ok()).collect()
}

/// Takes the first of some fields that reads as a time.
pub(crate) fn set_time(event: &mut Event, fields: &Fields, desk: &Desk, names: &[&str]) {
    let read = |name: &&str| desk.clock.read(&fields.text(name)?);
    if let Some((time, certainty)) = names.iter().find_map(read) {
        event.time = Some(time);
        event.certainty = certainty;
    }
}

fn owned(fields: &Fields, names: &[&str]) -> Option<String> {
    names
        .iter()
        .find_map(|name| fields.text(name))
        .filter(|it| !it.is_empty())
        .map(std::borrow::Cow::into_owned)
}
