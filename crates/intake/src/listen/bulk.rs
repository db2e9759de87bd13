//! The `_bulk` protocol of Elasticsearch: pairs of lines, an action and its document.
//!
//! A collector says beside an item's `_id` who sent it (`from`), and in what form the document is what it received
//! (`as`: a `text`, or bytes in `base64`; else an object). What it says of its senders counts as far as its own token: their names stand behind its own.
//!
//! Invariants: each item gets its own answer, in order; one that is refused holds no other up; what a collector took
//! from anybody stays unproven.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

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

/// How the senders of a collector may have proven who they are.
const PROOFS: [&str; 3] = ["token", "certificate", "folder"];

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
    let mut relayed = Relayed { by: source, known: HashMap::new() };
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
            (_, Some(line)) => {
                let from = relayed.from(&meta);
                let bytes = match (&from, meta.get("as")) {
                    (Some(_), Some(form)) => original(line, form),
                    _ => Ok(line.to_vec()),
                };
                bytes.and_then(|bytes| {
                    let document = take(&bytes, from.is_some(), longest, sender)?;
                    let id = known(&document, &index, id.as_deref(), &request, number as u64);
                    Ok(Event { source: from.unwrap_or_else(|| source.clone()), id, bytes })
                })
            }
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

/// The senders that a collector speaks of.
struct Relayed<'a> {
    by: &'a Source,
    known: HashMap<(String, String), Arc<Source>>,
}

impl Relayed<'_> {
    /// Who sent an item to the collector; none where the item is the sender's own.
    fn from(&mut self, meta: &Map<String, Value>) -> Option<Arc<Source>> {
        let from = meta.get("from")?;
        let text = |name: &str| from.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let key = (text("name"), text("authenticated_by"));
        let Relayed { by, known } = self;
        let source = known.entry(key).or_insert_with_key(|(name, proof)| {
            let proven = PROOFS.contains(&proof.as_str()) && !by.is_unproven();
            Arc::new(Source::new(&format!("{}/{name}", by.name), if proven { proof } else { "none" }))
        });
        Some(source.clone())
    }
}

/// What a collector received, from the line that it sends.
fn original(line: &[u8], form: &Value) -> Result<Vec<u8>, Refusal> {
    let bad = |error: String| Refusal { status: 400, kind: "document_parsing_exception", reason: error };
    let text = || serde_json::from_slice::<String>(line).map_err(|error| bad(error.to_string()));
    match form.as_str() {
        None => Ok(line.to_vec()),
        Some("text") => Ok(text()?.into_bytes()),
        Some("base64") => STANDARD.decode(text()?).map_err(|error| bad(error.to_string())),
        Some(other) => Err(bad(format!("{other} is no form of a document; send text or base64"))),
    }
}

fn take(
    line: &[u8],
    is_relayed: bool,
    longest: usize,
    sender: &Sender,
) -> Result<Map<String, Value>, Refusal> {
    let refuse = |status, kind, reason: String| Refusal { status, kind, reason };
    if line.len() > longest {
        return Err(refuse(413, "document_parsing_exception", format!("longer than {longest} bytes")));
    }
    let document: Map<String, Value> = match serde_json::from_slice(line) {
        Ok(document) => document,
        // What a collector took need be no object.
        Err(_) if is_relayed => Map::new(),
        Err(error) => return Err(refuse(400, "document_parsing_exception", error.to_string())),
    };
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
    let kept = items.iter_mut().filter_map(|item| item.outcome.as_mut().ok());
    kept.map(|it| Event { bytes: std::mem::take(&mut it.bytes), ..it.clone() }).collect()
}

/// What is answered once the events are durable.
#[derive(Serialize)]
pub(super) struct Answer<'a> {
    took: u64,
    errors: bool,
    items: Vec<Answered<'a>>,
}

/// `{"create": {…}}`.
struct Answered<'a>(&'static str, Outcome<'a>);

#[derive(Serialize)]
#[serde(untagged)]
enum Outcome<'a> {
    Kept {
        _index: &'a str,
        _id: Cow<'a, str>,
        _version: u8,
        result: &'static str,
        _shards: Shards,
        _seq_no: u8,
        _primary_term: u8,
        status: u16,
    },
    Refused {
        _index: &'a str,
        _id: Option<&'a str>,
        status: u16,
        error: Fault<'a>,
    },
}

#[derive(Serialize)]
struct Shards {
    total: u8,
    successful: u8,
    failed: u8,
}

#[derive(Serialize)]
struct Fault<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    reason: &'a str,
}

impl Serialize for Answered<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map([(self.0, &self.1)])
    }
}

/// What became of each item.
pub(super) fn answer<'a>(items: &'a [Item], receipt: &Receipt, took: u128) -> Answer<'a> {
    let mut new = receipt.new.iter();
    let answers = items.iter().map(|item| {
        let outcome = match &item.outcome {
            Ok(event) => kept(item, event, new.next().copied().unwrap_or(true)),
            Err(Refusal { status, kind, reason }) => Outcome::Refused {
                _index: &item.index,
                _id: item.id.as_deref(),
                status: *status,
                error: Fault { kind, reason },
            },
        };
        Answered(item.action, outcome)
    });
    let errors = items.iter().any(|item| item.outcome.is_err());
    Answer { took: took as u64, errors, items: answers.collect() }
}

fn kept<'a>(item: &'a Item, event: &Event, is_new: bool) -> Outcome<'a> {
    let own = || match event.id {
        Id::Known(id) => format!("{id:032x}"),
        Id::Distinct => String::new(),
    };
    let (result, status) = if is_new { ("created", 201) } else { ("noop", 200) };
    Outcome::Kept {
        _index: &item.index,
        _id: item.id.as_deref().map_or_else(|| own().into(), Cow::Borrowed),
        _version: 1,
        result,
        _shards: Shards { total: 1, successful: 1, failed: 0 },
        _seq_no: 0,
        _primary_term: 1,
        status,
    }
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
