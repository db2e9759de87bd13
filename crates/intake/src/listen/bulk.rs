//! The `_bulk` protocol of Elasticsearch: pairs of lines, an action and its document.
//!
//! Invariant: each item gets its own answer, in order; one that is refused holds no other up.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::{Intake, Sender};
use crate::event::{Event, Id, Source};
use crate::identity;
use crate::spool::Receipt;

/// Fields that name the host a document speaks of.
const HOSTS: [&str; 9] = [
    "winlog.computer_name",
    "host.name",
    "host.hostname",
    "host",
    "hostname",
    "Hostname",
    "Computer",
    "computer_name",
    "HOST",
];

/// One action.
pub(super) struct Item {
    action: &'static str,
    index: String,
    id: Option<String>,
    pub(super) outcome: Result<Event, Refusal>,
}

/// Why an item is refused: a status, the kind that shippers know, and a sentence.
#[derive(Clone, Debug)]
pub(super) struct Refusal {
    status: u16,
    kind: &'static str,
    reason: String,
}

/// The items of a request; a sentence where it is no such request at all.
pub(super) fn parse(
    body: &[u8],
    index: Option<&str>,
    sender: &Sender,
    source: &Arc<Source>,
    longest: usize,
) -> Result<Vec<Item>, String> {
    let request = identity::request(body);
    let mut items = Vec::new();
    let mut lines = body.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii).filter(|it| !it.is_empty());
    while let Some(line) = lines.next() {
        let number = items.len();
        let (action, meta) = action(line).ok_or_else(|| {
            format!("Malformed action/metadata of item [{number}], expected index, create, update or delete")
        })?;
        let text = |name: &str| meta.get(name).and_then(Value::as_str).map(str::to_owned);
        let (id, named) = (text("_id"), text("_index").or_else(|| index.map(str::to_owned)));
        let index = named.unwrap_or_else(|| "logs".to_owned());
        let document = if action == "delete" { None } else { lines.next() };
        let outcome = match (action, document) {
            ("update" | "delete", _) => Err(Refusal {
                status: 400,
                kind: "illegal_argument_exception",
                reason: format!("{action} is not taken: evidence is only added to"),
            }),
            (_, None) => return Err(format!("The bulk request ends before the document of item [{number}]")),
            (_, Some(line)) => take(line, longest, sender).map(|document| Event {
                source: source.clone(),
                id: known(&document, &index, id.as_deref(), &request, number as u64),
                bytes: line.to_vec(),
            }),
        };
        items.push(Item { action, index, id, outcome });
    }
    Ok(items)
}

fn action(line: &[u8]) -> Option<(&'static str, Map<String, Value>)> {
    let line: Map<String, Value> = serde_json::from_slice(line).ok()?;
    let (name, meta) = line.into_iter().next()?;
    let action = ["index", "create", "update", "delete"].into_iter().find(|it| *it == name)?;
    match meta {
        Value::Object(meta) => Some((action, meta)),
        _ => None,
    }
}

fn known(
    document: &Map<String, Value>,
    index: &str,
    id: Option<&str>,
    request: &[u8; 32],
    position: u64,
) -> Id {
    match id {
        Some(id) => identity::named(index, id),
        None => identity::of_document(document).unwrap_or_else(|| identity::in_request(request, position)),
    }
}

fn take(line: &[u8], longest: usize, sender: &Sender) -> Result<Map<String, Value>, Refusal> {
    let refuse = |status, kind, reason: String| Refusal { status, kind, reason };
    if line.len() > longest {
        return Err(refuse(413, "document_parsing_exception", format!("longer than {longest} bytes")));
    }
    let document: Map<String, Value> = serde_json::from_slice(line)
        .map_err(|error| refuse(400, "document_parsing_exception", error.to_string()))?;
    match foreign(&document, line, sender) {
        Some(host) => {
            let reason = format!("this token does not speak for {host}");
            Err(refuse(403, "security_exception", reason))
        }
        None => Ok(document),
    }
}

/// A host that a document names and its sender does not speak for: under a name that shippers use, or where those who
/// judge it will read one.
pub(super) fn foreign(document: &Map<String, Value>, line: &[u8], sender: &Sender) -> Option<String> {
    if sender.hosts.is_empty() {
        return None;
    }
    let options = evidence::Options { threads: 1, ..evidence::Options::default() };
    let (events, _) = evidence::events_of(line, "document", &options);
    let named = HOSTS.iter().filter_map(|path| text_at(document, path));
    named.chain(events.into_iter().filter_map(|it| it.host)).find(|host| !sender.may_speak_for(host))
}

/// A text by its name, or by a path of names joined by dots.
fn text_at(document: &Map<String, Value>, path: &str) -> Option<String> {
    if let Some(Value::String(text)) = document.get(path) {
        return Some(text.clone());
    }
    let (first, rest) = path.split_once('.')?;
    document.get(first)?.as_object().and_then(|inner| text_at(inner, rest))
}

/// Takes the events out of the items, in order.
pub(super) fn events(items: &mut [Item]) -> Vec<Event> {
    items.iter_mut().filter_map(|item| item.outcome.as_mut().ok()).map(|event| event.clone()).collect()
}

/// What is answered once the events are durable.
pub(super) fn answer(items: &[Item], receipt: &Receipt, took: u128) -> Value {
    let mut new = receipt.new.iter();
    let answers: Vec<Value> = items
        .iter()
        .map(|item| match &item.outcome {
            Ok(event) => {
                let is_new = new.next().copied().unwrap_or(true);
                kept(item, event, is_new)
            }
            Err(refusal) => json!({item.action: {
                "_index": item.index, "_id": item.id, "status": refusal.status,
                "error": {"type": refusal.kind, "reason": refusal.reason},
            }}),
        })
        .collect();
    let errors = items.iter().any(|item| item.outcome.is_err());
    json!({"took": took as u64, "errors": errors, "items": answers})
}

fn kept(item: &Item, event: &Event, is_new: bool) -> Value {
    let own = match event.id {
        Id::Known(id) => format!("{id:032x}"),
        Id::Distinct => String::new(),
    };
    let (result, status) = if is_new { ("created", 201) } else { ("noop", 200) };
    json!({item.action: {
        "_index": item.index, "_id": item.id.clone().unwrap_or(own), "_version": 1, "result": result,
        "_shards": {"total": 1, "successful": 1, "failed": 0}, "_seq_no": 0, "_primary_term": 1, "status": status,
    }})
}

/// Parses on a thread of its own, since a request may be long.
pub(super) async fn parse_aside(
    intake: &Arc<Intake>,
    body: Vec<u8>,
    index: Option<String>,
    sender: Sender,
    source: Arc<Source>,
) -> Result<Vec<Item>, String> {
    let longest = intake.limits.event;
    let parsed =
        tokio::task::spawn_blocking(move || parse(&body, index.as_deref(), &sender, &source, longest));
    parsed.await.unwrap_or_else(|_| Err("the request cannot be read".to_owned()))
}
