//! A file that is sent whole: EVTX, an archive, any log that `rempart triage` reads.
//!
//! Invariant: the same file sent again under the same name changes no count but `duplicates`; what cannot be read in
//! it is named in the answer.

use std::sync::Arc;

use axum::response::{IntoResponse, Response};
use evidence::{Input, Value as Field};
use serde_json::{Map, Number, Value, json};

use super::http::{Asker, Refusal, keep};
use super::{Intake, Sender};
use crate::event::{Event, Source};
use crate::identity;

/// Events that are kept at a time.
const BATCH: usize = 10_000;

struct Read {
    events: Vec<Event>,
    /// Events of hosts that the sender does not speak for, and longer ones than are taken.
    refused: u64,
    unreadable: Vec<Value>,
}

pub(super) async fn answer(
    intake: &Arc<Intake>,
    asker: Asker,
    name: &str,
    body: Vec<u8>,
) -> Result<Response, Refusal> {
    let name = name.to_owned();
    let Asker { sender, source } = asker;
    let source = Arc::new(Source::new(&format!("{}/{name}", source.name), &source.authenticated_by));
    let of = source.clone();
    let longest = intake.limits.event;
    let read = tokio::task::spawn_blocking(move || read(&name, body, &sender, &of, longest)).await;
    let read = read.map_err(|_| Refusal::Bad("the file cannot be read".to_owned()))?;
    let mut new = 0;
    for events in read.events.chunks(BATCH) {
        let receipt = keep(intake, &source, events).await?;
        new += receipt.new.iter().filter(|new| **new).count();
    }
    Ok(axum::Json(json!({
        "acknowledged": read.events.len(), "stored": new, "duplicates": read.events.len() - new,
        "refused": read.refused, "unreadable": read.unreadable,
    }))
    .into_response())
}

fn read(name: &str, body: Vec<u8>, sender: &Sender, source: &Arc<Source>, longest: usize) -> Read {
    let options = evidence::Options { threads: 1, ..evidence::Options::default() };
    let stream = Input::Stream { name: name.to_owned(), read: Box::new(std::io::Cursor::new(body)) };
    let (mut events, mut refused) = (Vec::new(), 0);
    let report = evidence::read(
        vec![stream],
        &options,
        |event, kept| kept.push(event.clone()),
        |event: evidence::Event| {
            let foreign = event.host.as_deref().is_some_and(|host| !sender.may_speak_for(host));
            let kept = kept(&event, source);
            if foreign || kept.bytes.len() > longest {
                refused += 1;
            } else {
                events.push(kept);
            }
        },
    );
    let unreadable =
        report.unreadable.iter().map(|it| json!({"path": &*it.path, "reason": it.reason.to_string()}));
    Read { events, refused, unreadable: unreadable.collect() }
}

fn kept(event: &evidence::Event, source: &Arc<Source>) -> Event {
    let fields = || object(&event.fields);
    let bytes = if event.line.is_empty() {
        Value::Object(fields()).to_string().into_bytes()
    } else {
        event.line.clone().into_bytes()
    };
    let windows = if event.format == "windows" { identity::of_document(&fields()) } else { None };
    let id = windows.unwrap_or_else(|| identity::in_file(&event.origin.path, event.origin.record, &bytes));
    Event { source: source.clone(), id, bytes }
}

fn object(fields: &evidence::Fields) -> Map<String, Value> {
    fields.0.iter().map(|(name, field)| (name.to_string(), value(field))).collect()
}

fn value(field: &Field) -> Value {
    match field {
        Field::Text(text) => text.clone().into(),
        Field::Integer(number) => (*number).into(),
        Field::Number(number) => Number::from_f64(*number).map_or(Value::Null, Value::Number),
        Field::Boolean(truth) => (*truth).into(),
        Field::Null => Value::Null,
        Field::List(list) => list.iter().map(value).collect(),
        Field::Map(fields) => Value::Object(object(fields)),
    }
}
