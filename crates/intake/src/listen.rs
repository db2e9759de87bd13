//! The ways in: sockets and folders, each a function that runs until it is told to stop.
//!
//! | From | Acknowledged | When there is no room |
//! |---|---|---|
//! | `_bulk`, OTLP, upload ([`http::serve`], [`grpc::serve`]) | by the answer, after `fsync` | 429, the sender keeps it |
//! | syslog over TCP and TLS ([`syslog::tcp`]) | never; nothing more is read before `fsync` | the window closes |
//! | syslog over UDP ([`syslog::udp`]) | never | dropped and counted as shed |
//! | files ([`watch::follow`]) | by the place that is kept, after `fsync` | it waits |
//!
//! Bounds: [`Limits`] holds them.
//!
//! Invariant: nothing is answered for before the spool said that it is durable.

mod bulk;
mod certificate;
pub mod grpc;
pub mod http;
mod otlp;
mod probes;
mod rate;
pub mod roll;
pub mod sockets;
pub mod syslog;
mod token;
mod upload;
pub mod watch;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Semaphore, oneshot};
use tokio_util::sync::CancellationToken;

use self::rate::Rates;
use crate::event::{Event, Source};
use crate::spool::{Level, Receipt, Spool, SpoolError};

/// How long a sender is kept waiting for each answer while the disk fills.
const SLOWED: Duration = Duration::from_millis(250);
/// How long one that cannot be told to come back is kept waiting before another try.
const PAUSE: Duration = Duration::from_millis(500);

/// Who sends, by a token.
#[derive(Clone, Debug, Default)]
pub struct Sender {
    /// The source's name.
    pub name: String,
    /// Hosts that it speaks for, `*` standing for any letters; any host where there is none.
    pub hosts: Vec<String>,
}

impl Sender {
    /// Whether it may speak for a host.
    #[must_use]
    pub fn may_speak_for(&self, host: &str) -> bool {
        let host = host.to_lowercase();
        self.hosts.is_empty() || self.hosts.iter().any(|pattern| matches(&pattern.to_lowercase(), &host))
    }
}

fn matches(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| text.strip_prefix(first)) else { return false };
    let mut parts = parts.peekable();
    if parts.peek().is_none() {
        return rest.is_empty();
    }
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.ends_with(part);
        }
        let Some(place) = rest.find(part) else { return false };
        rest = &rest[place + part.len()..];
    }
    true
}

/// Whose a token is.
pub trait Authenticator: Send + Sync {
    /// The sender that a token belongs to; none where it is not good.
    fn sender<'a>(&'a self, token: &'a str) -> Pin<Box<dyn Future<Output = Option<Sender>> + Send + 'a>>;
}

/// What is refused.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Bytes of a request, unpacked.
    pub request: usize,
    /// Bytes of one event.
    pub event: usize,
    /// Requests that are in hand at the same time, on all listeners; more wait.
    pub requests: usize,
    /// Connections of syslog at the same time, on each listener; more are closed at once.
    pub connections: usize,
    /// Events a second of one source, over ten seconds; no bound where it is 0.
    pub rate: u64,
    /// Whether requests without a token are taken. What they bring is marked as sent by nobody in particular.
    pub without_token: bool,
    /// A connection or a request gets this long to bring something.
    pub patience: Duration,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            request: 32 << 20,
            event: 1 << 20,
            requests: 16,
            connections: 1_000,
            rate: 50_000,
            without_token: false,
            patience: Duration::from_secs(60),
        }
    }
}

/// What all listeners share.
pub struct Intake {
    spool: Arc<Spool>,
    authenticator: Box<dyn Authenticator>,
    limits: Limits,
    rates: Rates,
    requests: Semaphore,
    stop: CancellationToken,
}

impl Intake {
    /// Listeners into a spool, until `stop` is cancelled.
    #[must_use]
    pub fn new(
        spool: Arc<Spool>,
        authenticator: impl Authenticator + 'static,
        limits: Limits,
        stop: CancellationToken,
    ) -> Arc<Intake> {
        let requests = Semaphore::new(limits.requests);
        let rates = Rates::new(limits.rate);
        let authenticator = Box::new(authenticator);
        Arc::new(Intake { spool, authenticator, limits, rates, requests, stop })
    }

    /// Keeps events, and comes back when they are durable.
    async fn keep(&self, events: &[Event]) -> Result<Receipt, SpoolError> {
        if self.spool.level() == Level::Slow {
            tokio::time::sleep(SLOWED).await;
        }
        let (tell, told) = oneshot::channel();
        self.spool.append(events, move |outcome| {
            // Whoever asked may have gone: the events are kept all the same.
            let _ = tell.send(outcome);
        });
        told.await.unwrap_or(Err(SpoolError::Closed))
    }

    /// Keeps events of one source that cannot be told to come back, however long that takes; false where it will
    /// never be.
    async fn keep_at_last(&self, source: &Arc<Source>, events: &[Event]) -> bool {
        loop {
            if self.rates.take(source, events.len() as u64) {
                match self.keep(events).await {
                    Ok(_) => return true,
                    Err(SpoolError::Full | SpoolError::Busy) => {}
                    Err(_) => return false,
                }
            }
            tokio::select! {
                () = tokio::time::sleep(PAUSE) => {}
                () = self.stop.cancelled() => return false,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Sender;

    #[test]
    fn a_sender_speaks_for_the_hosts_of_its_token() {
        let sender = |hosts: &[&str]| Sender {
            name: "w".to_owned(),
            hosts: hosts.iter().map(|it| (*it).to_owned()).collect(),
        };
        assert!(sender(&[]).may_speak_for("anything"));
        let one = sender(&["dc-*.chu.example", "PACS-1"]);
        for host in ["dc-1.chu.example", "DC-22.chu.example", "pacs-1"] {
            assert!(one.may_speak_for(host), "{host}");
        }
        for host in ["dc-1.chu.example.evil", "xdc-1.chu.example", "pacs-11", ""] {
            assert!(!one.may_speak_for(host), "{host}");
        }
        assert!(sender(&["*"]).may_speak_for("x"));
        assert!(sender(&["a*b*c"]).may_speak_for("a-b-b-c"));
        assert!(!sender(&["a*b*c"]).may_speak_for("a-c"));
    }
}
