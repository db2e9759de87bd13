//! What the detection room promises, as data: rules and events in, signals and chains out.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on must fail")]

mod cache;
mod chains;
mod correlate;
mod growing;
mod house_rules;
mod judge;
mod kept;
mod public;
mod samples;

use detect::{Detected, Engine, Rules, Settings};
use evidence::{Event, Fields, Value};

/// The settings that the product is built with.
pub fn settings() -> Settings {
    let content = content::Content::embedded();
    Settings::read(|path| content.file(path)).unwrap()
}

/// An engine over rule texts.
pub fn engine(rules: &[&str]) -> Engine {
    let files = rules.iter().enumerate().map(|(at, text)| (format!("rule-{at}.yml"), text.as_bytes()));
    let rules = Rules::load(files);
    assert_eq!(rules.refused(), []);
    Engine::new(rules, settings())
}

/// Rule ids that fire on an event.
pub fn fired(engine: &Engine, event: &Event) -> Vec<String> {
    let mut out: Vec<Detected> = Vec::new();
    engine.judge(event, &mut out);
    out.into_iter().map(|it| it.signal.rule.to_string()).collect()
}

/// `format channel event-id host | field=value | …`; a line beginning with `>` is the whole text line.
pub fn event(text: &str) -> Event {
    let mut parts = text.split(" | ");
    let head: Vec<&str> = parts.next().unwrap().split_whitespace().collect();
    let mut event = Event {
        format: ["windows", "zeek", "suricata", "syslog", "webserver", "csv", "json"]
            .into_iter()
            .find(|it| *it == head[0])
            .unwrap(),
        channel: head.get(1).filter(|it| **it != "-").map(|it| it.replace('+', " ")),
        event_id: head.get(2).and_then(|it| it.parse().ok()),
        host: head.get(3).map(|it| (*it).to_owned()),
        time: head.get(4).map(|it| it.parse().unwrap()),
        ..Event::default()
    };
    for part in parts {
        if let Some(line) = part.strip_prefix('>') {
            event.line = line.to_owned();
        } else if let Some((name, value)) = part.split_once('=') {
            let value = value.parse().map_or_else(|_| Value::Text(value.to_owned()), Value::Integer);
            event.fields.0.push((name.into(), value));
        }
    }
    if let Some(id) = event.event_id {
        event.fields.0.push(("EventID".into(), Value::Integer(id.into())));
    }
    event.provider = event.fields.text("provider").map(std::borrow::Cow::into_owned);
    event.fields = Fields(event.fields.0);
    event
}
