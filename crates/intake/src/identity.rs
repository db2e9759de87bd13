//! By what an event is known again when it is sent again.
//!
//! Invariant: two events get the same id only where all that names them is the same; parts are hashed with their
//! lengths, and each way of naming has a word of its own, so that no two ways or parts can be mistaken for each other.

use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use crate::event::Id;

/// What Winlogbeat's documents hold of the event itself; the rest tells of the sending.
const WINLOGBEAT: [&str; 4] = ["winlog", "message", "@timestamp", "event.code"];

/// An id from a word for the way of naming, and parts.
fn hash(way: &str, parts: &[&[u8]]) -> Id {
    let mut hash = Sha256::new();
    for part in [&[way.as_bytes()], parts].concat() {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    let sum: [u8; 32] = hash.finalize().into();
    let mut first = [0; 16];
    first.copy_from_slice(&sum[..16]);
    Id::Known(u128::from_le_bytes(first))
}

/// A Windows event: who wrote it where, its record number, when, and its content. The number alone is not enough: a
/// log that is cleared begins again.
#[must_use]
pub fn windows(computer: &str, channel: &str, record: &str, time: &str, content: &[u8]) -> Id {
    let (computer, channel) = (computer.to_lowercase(), channel.to_lowercase());
    hash("windows", &[computer.as_bytes(), channel.as_bytes(), record.as_bytes(), time.as_bytes(), content])
}

/// A record of a file: which file, at what byte or record, and its content.
#[must_use]
pub fn in_file(file: &str, offset: u64, content: &[u8]) -> Id {
    hash("file", &[file.as_bytes(), &offset.to_le_bytes(), content])
}

/// A document of the `_bulk` protocol that its sender named.
#[must_use]
pub fn named(index: &str, id: &str) -> Id {
    hash("named", &[index.as_bytes(), id.as_bytes()])
}

/// The SHA-256 of a request, by which what it holds is known again.
#[must_use]
pub fn request(body: &[u8]) -> [u8; 32] {
    Sha256::digest(body).into()
}

/// What stands at a position of a request.
#[must_use]
pub fn in_request(request: &[u8; 32], position: u64) -> Id {
    hash("request", &[request, &position.to_le_bytes()])
}

/// The id of a document that tells of a Windows event, as Winlogbeat and the Elastic Agent write it, or with the
/// event's own names; none for others.
#[must_use]
pub fn of_document(document: &Map<String, Value>) -> Option<Id> {
    if let Some(Value::Object(winlog)) = document.get("winlog") {
        let record = text(winlog.get("record_id")?)?;
        let computer = text(winlog.get("computer_name")?)?;
        let channel = text(winlog.get("channel")?)?;
        let time = text(document.get("@timestamp")?)?;
        let content: Vec<&Value> = WINLOGBEAT.iter().filter_map(|name| document.get(*name)).collect();
        let content = serde_json::to_vec(&content).ok()?;
        return Some(windows(&computer, &channel, &record, &time, &content));
    }
    let field = |names: &[&str]| names.iter().find_map(|name| text(document.get(*name)?));
    let record = field(&["EventRecordID", "RecordNumber"])?;
    let computer = field(&["Computer", "Hostname"])?;
    let channel = field(&["Channel"])?;
    let time = field(&["TimeCreated", "SystemTime", "@timestamp", "EventTime"])?;
    let content = serde_json::to_vec(document).ok()?;
    Some(windows(&computer, &channel, &record, &time, &content))
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}
