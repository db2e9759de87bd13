//! What the tests share: options of a small spool, events, everything that a spool holds.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use intake::listen::{Authenticator, Intake, Limits, Sender};
use intake::spool::{Disk, Opened, Reader, Record};
use intake::{Counts, Event, Id, Options, Source, Spool};
use jiff::Timestamp;
use tokio_util::sync::CancellationToken;

pub(crate) fn now() -> Timestamp {
    "2026-11-28T03:00:00Z".parse().expect("an instant")
}

/// Segments of a few records.
pub(crate) fn options() -> Options {
    Options { segment: 300, keep_free: 0, readers: vec!["desk".to_owned()], ..Options::default() }
}

pub(crate) fn open(disk: impl Disk + 'static) -> (Spool, Opened) {
    Spool::open(disk, now, options()).expect("opens")
}

pub(crate) fn source() -> Arc<Source> {
    Arc::new(Source::new("shipper", "token"))
}

pub(crate) fn event(id: u128) -> Event {
    Event { source: source(), id: Id::Known(id), bytes: format!("event {id}").into_bytes() }
}

pub(crate) fn events(ids: impl IntoIterator<Item = u128>) -> Vec<Event> {
    ids.into_iter().map(event).collect()
}

/// The ids of all that is left to read, each read twice counted twice.
pub(crate) fn rest(reader: &mut Reader) -> Vec<u128> {
    records(reader).iter().map(|record| record.id).collect()
}

pub(crate) fn records(reader: &mut Reader) -> Vec<Record> {
    let mut all = Vec::new();
    loop {
        let batch = reader.next(200).expect("reads");
        if batch.records.is_empty() {
            return all;
        }
        all.extend(batch.records);
    }
}

/// The counts of the tests' source.
pub(crate) fn counts(spool: &Spool) -> Counts {
    let all = spool.counts();
    all.into_iter().find(|(name, _)| **name == *source()).map(|(_, counts)| counts).unwrap_or_default()
}

/// Takes one token, whose sender speaks for any host, and one whose sender speaks for one.
pub(crate) struct Tokens;

impl Authenticator for Tokens {
    fn sender<'a>(&'a self, token: &'a str) -> Pin<Box<dyn Future<Output = Option<Sender>> + Send + 'a>> {
        let hosts = match token {
            "s3cret" => Some(vec![]),
            "narrow" => Some(vec!["dc-*".to_owned()]),
            _ => None,
        };
        Box::pin(async move { Some(Sender { name: "shipper".to_owned(), hosts: hosts? }) })
    }
}

/// A spool with listeners, and what ends them.
pub(crate) struct Running {
    pub(crate) spool: Arc<Spool>,
    pub(crate) intake: Arc<Intake>,
    pub(crate) stop: CancellationToken,
}

pub(crate) fn running(disk: impl Disk + 'static, options: Options, limits: Limits) -> Running {
    let spool = Arc::new(Spool::open(disk, now, options).expect("opens").0);
    let stop = CancellationToken::new();
    let intake = Intake::new(spool.clone(), Tokens, limits, stop.clone());
    Running { spool, intake, stop }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

impl Running {
    /// The texts of all that is kept.
    pub(crate) fn texts(&self) -> Vec<String> {
        let mut reader = self.spool.reader("desk").expect("a reader");
        records(&mut reader).into_iter().map(|it| String::from_utf8(it.bytes).expect("text")).collect()
    }

    /// Waits until so many events are kept.
    pub(crate) async fn until(&self, events: u64) {
        for _ in 0..500 {
            let all = self.spool.counts();
            if all.iter().map(|(_, counts)| counts.stored).sum::<u64>() >= events {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("{events} events did not come in: {:?}", self.spool.counts());
    }
}
