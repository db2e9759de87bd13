//! What all Windows events have in common, whatever carried them.
//!
//! Invariant: original fields are only added to, never renamed or removed.

use std::borrow::Cow;

use jiff::Timestamp;

use crate::clock::{Clock, Instant};
use crate::event::{Certainty, Event, Fields, Value};

/// Fills in an event from its fields, which hold `EventID`, `Channel`, `Computer`… at top level.
pub(crate) fn event(fields: Fields, mut event: Event, clock: &Clock) -> Event {
    event.format = "windows";
    let known = |name| fields.text(name).filter(|it| !it.is_empty()).map(Cow::into_owned);
    if let Some((time, certainty)) = TIMES.iter().find_map(|name| time(name, &fields, clock)) {
        event.time = Some(time);
        event.certainty = certainty;
    }
    event.host = known("Computer");
    event.provider = known("Provider_Name");
    event.channel = known("Channel");
    event.event_id = match fields.get("EventID") {
        Some(Value::Integer(number)) => u32::try_from(*number).ok(),
        Some(other) => other.text().and_then(|text| text.trim().parse().ok()),
        None => None,
    };
    event.user = user(&fields);
    event.fields = fields;
    event
}

const TIMES: [&str; 9] = [
    "TimeCreated",
    "TimeCreated.SystemTime",
    "@timestamp",
    "SystemTime",
    "UtcTime",
    "EventTime",
    "TimeGenerated",
    "Timestamp",
    "timestamp",
];

fn time(name: &str, fields: &Fields, clock: &Clock) -> Option<Instant> {
    let text = fields.text(name)?;
    // Sysmon names the zone in the field's name instead of the value.
    if name == "UtcTime" { clock.read(&format!("{text}Z")) } else { clock.read(&text) }
}

/// The account concerned: the target of a logon, else who acted.
fn user(fields: &Fields) -> Option<String> {
    const NAMES: [&str; 8] = [
        "TargetUserName",
        "SubjectUserName",
        "User",
        "UserName",
        "AccountName",
        "SourceUser",
        "user.name",
        "winlog.user.name",
    ];
    NAMES
        .iter()
        .filter_map(|name| match fields.get(name) {
            Some(Value::Text(text)) => Some(text.as_str()),
            _ => None,
        })
        .find(|name| !name.is_empty() && *name != "-")
        .map(str::to_owned)
}

/// Time of the record's own header, where the event tells none.
pub(crate) fn fallback(event: &mut Event, written: Timestamp) {
    if event.time.is_none() {
        event.time = Some(written);
        event.certainty = Certainty::Exact;
    }
}
