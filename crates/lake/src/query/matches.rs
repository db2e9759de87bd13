//! Whether an event is what a query looks for.

use evidence::{Event, Fields, Value};

use super::{Node, Query};
use crate::lake::Kept;

/// Deepest nesting looked into.
const DEPTH_MAX: usize = 16;

/// Fields that every event may have beside its own.
const COMMON: [&str; 10] =
    ["host", "user", "provider", "channel", "event_id", "format", "path", "address", "line", "rule"];

impl Query {
    /// Whether it holds of that event.
    #[must_use]
    pub fn holds(&self, kept: &Kept) -> bool {
        self.0.holds(kept)
    }
}

impl Node {
    fn holds(&self, kept: &Kept) -> bool {
        let mut found = false;
        match self {
            Node::And(parts) => return parts.iter().all(|it| it.holds(kept)),
            Node::Or(ways) => return ways.iter().any(|it| it.holds(kept)),
            Node::Not(inner) => return !inner.holds(kept),
            Node::Word(pattern) => {
                let mut see = |value: &str| found = found || pattern.is(value);
                COMMON.iter().for_each(|name| common(&kept.event, &kept.rules, name, &mut see));
                texts_of(&kept.event.fields, DEPTH_MAX, &mut see);
            }
            Node::Field(name, pattern) => {
                each_value(&kept.event, &kept.rules, name, &mut |value| found = found || pattern.is(value));
            }
        }
        found
    }
}

/// Shows every value of an event that goes by `name`: what every event may have, and the event's own field.
pub(crate) fn each_value(event: &Event, rules: &[String], name: &str, see: &mut dyn FnMut(&str)) {
    common(event, rules, name, see);
    if let Some(value) = event.fields.get(name) {
        texts(value, DEPTH_MAX, see);
    }
}

fn common(event: &Event, rules: &[String], name: &str, see: &mut dyn FnMut(&str)) {
    match name {
        "host" => event.host.iter().for_each(|it| see(it)),
        "user" => event.user.iter().for_each(|it| see(it)),
        "provider" => event.provider.iter().for_each(|it| see(it)),
        "channel" => event.channel.iter().for_each(|it| see(it)),
        "event_id" => event.event_id.iter().for_each(|it| see(&it.to_string())),
        "format" => see(event.format),
        "path" => see(&event.origin.path),
        "address" => event.addresses.iter().for_each(|it| see(&it.to_string())),
        "line" if !event.line.is_empty() => see(&event.line),
        "rule" => rules.iter().for_each(|it| see(it)),
        _ => {}
    }
}

fn texts_of(fields: &Fields, depth: usize, see: &mut dyn FnMut(&str)) {
    fields.0.iter().for_each(|(_, it)| texts(it, depth, see));
}

fn texts(value: &Value, depth: usize, see: &mut dyn FnMut(&str)) {
    match value {
        Value::List(list) if depth > 0 => list.iter().for_each(|it| texts(it, depth - 1, see)),
        Value::Map(fields) if depth > 0 => texts_of(fields, depth - 1, see),
        other => {
            if let Some(text) = other.text() {
                see(&text);
            }
        }
    }
}
