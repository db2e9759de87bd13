//! The way on from a collector: all that its spool holds, in order, to the `_bulk` of a `rempart serve`.
//!
//! Each event goes with an `_id` made from its number in the spool, so that what is sent again, after a crash or an
//! answer that never came, changes no count; and with its sender's name and proof, for which the collector vouches.
//!
//! Bounds: requests of about [`PIECE`] bytes, one at a time.
//!
//! Invariant: an event leaves the spool only after the intake itself answered for it, or refused it for good, which is
//! counted and told; whatever else answers, a proxy or nobody, it stays and is sent again.

use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::GzEncoder;
use reqwest::header::{AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use reqwest::{Client, Response, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::event::Source;
use crate::spool::{Reader, Record, Spool, SpoolError};

/// Bytes read from the spool at a time.
const BATCH: usize = 4 << 20;
/// Bytes of a request before it is packed; an event that is larger goes alone.
const PIECE: usize = 8 << 20;
/// The spool is looked at this often where nothing wakes us.
const BEAT: Duration = Duration::from_secs(1);
/// After a failure it is tried again this late, then twice as late each time, up to [`LATEST`].
const SOONEST: Duration = Duration::from_millis(500);
const LATEST: Duration = Duration::from_secs(60);
/// A server that names a time to come back is not believed beyond this.
const PATIENCE: Duration = Duration::from_secs(300);

/// Where everything goes.
pub struct Target {
    /// The address of `_bulk`.
    url: String,
    token: HeaderValue,
    client: Client,
}

impl Target {
    /// An intake by its address and a token of its own; none where the token can be no token.
    #[must_use]
    pub fn new(address: &str, token: &str, client: Client) -> Option<Target> {
        let mut token = HeaderValue::from_str(&format!("Bearer {token}")).ok()?;
        token.set_sensitive(true);
        Some(Target { url: format!("{}/_bulk", address.trim_end_matches('/')), token, client })
    }
}

/// Sends what the spool's reader of that name was not answered for, until told to stop.
pub async fn forward(
    spool: Arc<Spool>,
    reader: &str,
    target: Target,
    stop: CancellationToken,
) -> Result<(), SpoolError> {
    let mut reader = spool.reader(reader)?;
    let mut forwarder = Forwarder { spool, target, stop, pause: SOONEST, is_away: false };
    while !forwarder.stop.is_cancelled() {
        let read = tokio::task::spawn_blocking(move || {
            reader.wait(BEAT);
            let batch = reader.next(BATCH);
            (reader, batch)
        });
        let (back, batch) = read.await.map_err(|error| SpoolError::Failed(error.to_string()))?;
        reader = back;
        let done = match batch {
            Ok(batch) if !forwarder.all(&batch.records).await => return Ok(()),
            Ok(batch) => commit(&mut reader, batch.end),
            Err(error) => Err(error),
        };
        if let Err(error) = done {
            tracing::error!(%error, "the spool cannot be read; tried again");
            forwarder.rest(LATEST).await;
        }
    }
    Ok(())
}

fn commit(reader: &mut Reader, end: crate::spool::Place) -> Result<(), SpoolError> {
    tokio::task::block_in_place(|| reader.commit(end))
}

struct Forwarder {
    spool: Arc<Spool>,
    target: Target,
    stop: CancellationToken,
    /// How long the next failure makes us wait.
    pause: Duration,
    /// Whether it was told that the server does not take anything.
    is_away: bool,
}

/// What came of a request.
enum Answer {
    /// Everything was answered for, but these were refused for good: which and why.
    Taken(Vec<(usize, String)>),
    /// It is too large.
    TooLarge,
    /// To be sent again: why, and when where that was said.
    Again(String, Option<Duration>),
}

impl Forwarder {
    /// Sends some events, however long that takes; false where it was told to stop before all were answered for.
    async fn all(&mut self, records: &[Record]) -> bool {
        let mut left: Vec<&[Record]> = vec![records];
        while let Some(some) = left.pop().filter(|some| !some.is_empty()) {
            let fit = fitting(some);
            let (now, later) = some.split_at(fit);
            if !later.is_empty() {
                left.push(later);
            }
            match self.post(now).await {
                Answer::Taken(refused) => {
                    self.settled();
                    refused.iter().for_each(|(item, reason)| self.refused(now.get(*item), reason));
                }
                Answer::TooLarge if now.len() > 1 => {
                    let (first, second) = now.split_at(now.len() / 2);
                    left.extend([second, first]);
                }
                Answer::TooLarge => self.refused(now.first(), "it is too large for the server"),
                Answer::Again(reason, after) => {
                    left.push(now);
                    if !self.is_away {
                        tracing::warn!(reason, "nothing can be forwarded; all is kept and tried again");
                    }
                    self.is_away = true;
                    let pause = after.unwrap_or_default().min(PATIENCE).max(self.pause);
                    self.pause = (self.pause * 2).min(LATEST);
                    self.rest(pause).await;
                }
            }
            if self.stop.is_cancelled() && !left.is_empty() {
                return false;
            }
        }
        true
    }

    fn settled(&mut self) {
        if std::mem::take(&mut self.is_away) {
            tracing::info!("events are forwarded again");
        }
        self.pause = SOONEST;
    }

    /// Counts an event that the server will never take.
    fn refused(&self, record: Option<&Record>, reason: &str) {
        let Some(Record { id, source, .. }) = record else { return };
        tracing::error!(
            id = format!("{id:032x}"),
            source = source.name,
            reason,
            "the server refused an event"
        );
        self.spool.shed(&Arc::new(source.clone()), 1);
    }

    async fn rest(&self, pause: Duration) {
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = self.stop.cancelled() => {}
        }
    }

    async fn post(&self, records: &[Record]) -> Answer {
        let body = match tokio::task::block_in_place(|| packed(records)) {
            Ok(body) => body,
            Err(error) => return Answer::Again(error.to_string(), None),
        };
        let request = self.target.client.post(&self.target.url).body(body);
        let request = request
            .header(AUTHORIZATION, self.target.token.clone())
            .header(CONTENT_TYPE, "application/x-ndjson")
            .header(CONTENT_ENCODING, "gzip");
        let sent = tokio::select! {
            sent = request.send() => sent,
            () = self.stop.cancelled() => return Answer::Again("told to stop".to_owned(), None),
        };
        match sent {
            Ok(response) => answer(response, records.len()).await,
            Err(error) => Answer::Again(reasons(&error), None),
        }
    }
}

/// Reads an answer. Nothing that does not come from an intake settles anything.
async fn answer(response: Response, sent: usize) -> Answer {
    let status = response.status();
    let is_intake = response.headers().get("x-elastic-product").is_some_and(|it| it == "Elasticsearch");
    let seconds = response.headers().get(RETRY_AFTER).and_then(|it| it.to_str().ok()?.parse().ok());
    let after = seconds.map(Duration::from_secs);
    match status {
        StatusCode::OK if is_intake => {}
        // A proxy with a smaller bound than ours says this too; smaller requests pass it.
        StatusCode::PAYLOAD_TOO_LARGE if is_intake || sent > 1 => return Answer::TooLarge,
        StatusCode::UNAUTHORIZED => {
            return Answer::Again("the server does not take our token: make another".to_owned(), after);
        }
        _ => return Answer::Again(format!("the answer was {status}"), after),
    }
    let told = response.bytes().await.map_err(|error| reasons(&error));
    let told = told.and_then(|it| serde_json::from_slice::<Told>(&it).map_err(|error| error.to_string()));
    match told {
        Ok(told) if told.items.len() == sent => items(told.items),
        Ok(told) => Answer::Again(format!("{sent} events were sent, {} answered", told.items.len()), None),
        Err(reason) => Answer::Again(format!("the answer cannot be read: {reason}"), None),
    }
}

#[derive(Deserialize)]
struct Told {
    items: Vec<Create>,
}

#[derive(Deserialize)]
struct Create {
    create: Item,
}

#[derive(Deserialize)]
struct Item {
    status: u16,
    #[serde(default)]
    error: Value,
}

fn items(items: Vec<Create>) -> Answer {
    let mut refused = Vec::new();
    for (place, Create { create: Item { status, error } }) in items.into_iter().enumerate() {
        match status {
            200..300 => {}
            429 | 500.. => return Answer::Again(format!("an event was answered {status}"), None),
            _ => refused.push((place, error["reason"].as_str().unwrap_or("for no reason").to_owned())),
        }
    }
    Answer::Taken(refused)
}

/// How many events make a request.
fn fitting(records: &[Record]) -> usize {
    let mut bytes = 0;
    let fit = records.iter().take_while(|it| {
        bytes += it.bytes.len() + it.source.name.len() + 150;
        bytes <= PIECE
    });
    fit.count().max(1).min(records.len())
}

fn packed(records: &[Record]) -> std::io::Result<Vec<u8>> {
    let mut body = GzEncoder::new(Vec::new(), Compression::fast());
    for record in records {
        let Source { name, authenticated_by } = &record.source;
        let from = json!({ "name": name, "authenticated_by": authenticated_by });
        let mut meta = json!({ "_index": "collected", "_id": format!("{:032x}", record.id), "from": from });
        let line = match (is_document(&record.bytes), std::str::from_utf8(&record.bytes)) {
            (true, _) => record.bytes.clone(),
            (false, Ok(text)) => {
                meta["as"] = "text".into();
                serde_json::to_vec(text)?
            }
            (false, Err(_)) => {
                meta["as"] = "base64".into();
                serde_json::to_vec(&STANDARD.encode(&record.bytes))?
            }
        };
        serde_json::to_writer(&mut body, &json!({ "create": meta }))?;
        body.write_all(b"\n")?;
        body.write_all(&line)?;
        body.write_all(b"\n")?;
    }
    body.finish()
}

/// Whether the bytes are an object on one line, which travels as it is.
fn is_document(bytes: &[u8]) -> bool {
    bytes.starts_with(b"{")
        && bytes.ends_with(b"}")
        && !bytes.contains(&b'\n')
        && serde_json::from_slice::<serde::de::IgnoredAny>(bytes).is_ok()
}

/// An error and what led to it.
fn reasons(error: &reqwest::Error) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        text = format!("{text}: {inner}");
        cause = inner.source();
    }
    text
}
