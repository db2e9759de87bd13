//! Bytes in, events out.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on must fail")]

#[cfg(test)]
mod archives;
#[cfg(test)]
mod damage;
#[cfg(test)]
mod formats;
#[cfg(test)]
mod order;
#[cfg(test)]
mod samples;

use evidence::{Event, Options, Report, Value};

/// An event on one line: origin, time and certainty, who and what, then its fields.
fn line(event: &Event) -> String {
    let time = event.time.map_or("-".to_owned(), |time| time.to_string());
    let word = |it: &Option<String>| it.clone().unwrap_or("-".to_owned());
    let mut text = format!(
        "{}:{} {time} {:?} {} {}/{}",
        event.origin.path,
        event.origin.record,
        event.certainty,
        event.format,
        word(&event.provider),
        word(&event.channel),
    );
    for (name, value) in [("host", word(&event.host)), ("user", word(&event.user))] {
        if value != "-" {
            text += &format!(" {name}={value}");
        }
    }
    if let Some(id) = event.event_id {
        text += &format!(" id={id}");
    }
    for address in &event.addresses {
        text += &format!(" address={address}");
    }
    let fields: Vec<String> =
        event.fields.0.iter().map(|(name, value)| format!("{name}={}", show(value))).collect();
    format!("{text} | {}", fields.join(" "))
}

fn show(value: &Value) -> String {
    match value {
        Value::Null => "∅".to_owned(),
        Value::Text(text) => format!("{text:?}"),
        Value::List(items) => format!("[{}]", items.iter().map(show).collect::<Vec<_>>().join(",")),
        Value::Map(inner) => {
            let inner: Vec<String> =
                inner.0.iter().map(|(name, it)| format!("{name}={}", show(it))).collect();
            format!("{{{}}}", inner.join(" "))
        }
        other => other.text().unwrap_or_default().into_owned(),
    }
}

/// What a report says beyond counts, one thing a line.
fn rest(report: &Report) -> String {
    let mut lines = Vec::new();
    lines.extend(report.unreadable.iter().map(|it| format!("unreadable {}: {}", it.path, it.reason)));
    lines.extend(report.skipped.iter().map(|it| format!("skipped {}: {}", it.path, it.reason)));
    lines.extend(report.remarks.iter().map(|it| format!("remark {}: {} {}", it.path, it.count, it.assumed)));
    lines.join("\n")
}

/// Events and report of some bytes, as text.
fn told(name: &str, bytes: &[u8], options: &Options) -> String {
    let (events, report) = evidence::events_of(bytes, name, options);
    assert_eq!(report.events, events.len() as u64);
    let mut lines: Vec<String> = events.iter().map(line).collect();
    lines.push(rest(&report));
    lines.join("\n").trim_end().to_owned()
}
