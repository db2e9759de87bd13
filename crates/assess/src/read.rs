//! What was read: counters of the evidence, and the hosts that speak in it.
//!
//! Invariant: a [`Reading`] knows no rule and no map, so that what was read once can be assessed again with others;
//! it does not depend on the number of threads; readings of several uploads merge in any order into the same one.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{PoisonError, RwLock};

use detect::{Detected, Engine};
use evidence::{Event, Input};
use hospital::{Binder, Bound, Map, NodeId};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::assessment::{Ambiguous, Evidence, Piece};

/// Earliest instant that can be trusted: the year 2000.
const TRUSTED_FROM: i64 = 946_684_800;
/// Events are trusted up to this many seconds past the machine's time.
const TRUSTED_AHEAD: i64 = 86_400;
/// Hosts remembered at most, first in the order of their names; a flood of invented names ends here.
const HOSTS_MAX: usize = 10_000;
/// Different sets of addresses remembered of one host at most.
const ADDRESSES_MAX: usize = 64;

/// What was read, and what could not be.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Reading {
    /// Files read at least in part.
    pub files: u64,
    /// Bytes read.
    pub bytes: u64,
    /// Records read.
    pub events: u64,
    /// Earliest trusted instant.
    pub first: Option<Timestamp>,
    /// Latest trusted instant.
    pub last: Option<Timestamp>,
    /// Events whose instant cannot be trusted.
    pub distrusted: u64,
    /// Whether reading was interrupted.
    pub partial: bool,
    /// Damage and refused access, one entry a path.
    pub unreadable: Vec<Piece>,
    /// Files that are not logs.
    pub skipped: Vec<Piece>,
    /// What was assumed while reading, one entry a path.
    pub assumed: Vec<Piece>,
    hosts: Hosts,
}

/// Reads evidence, judges it, and gives every detection to `keep`, in no order. `clock` is the machine's time: events
/// more than a day past it are not trusted.
pub fn read(
    inputs: Vec<Input>,
    options: &evidence::Options<'_>,
    engine: &Engine,
    clock: Timestamp,
    keep: impl FnMut(Detected),
) -> Reading {
    let watch = Watch::new(clock);
    let judge = |event: &Event, found: &mut Vec<Detected>| {
        watch.see(event);
        engine.judge(event, found);
    };
    let report = evidence::read(inputs, options, judge, keep);
    watch.reading(report)
}

impl Reading {
    /// Takes one event that arrived by itself.
    pub fn take(&mut self, event: &Event, clock: Timestamp) {
        self.events += 1;
        match event.time {
            Some(time) if trusts(clock, time) => {
                self.first = self.first.into_iter().chain([time]).min();
                self.last = self.last.max(Some(time));
            }
            Some(_) => self.distrusted += 1,
            None => {}
        }
        if let Some(host) = speaker(event) {
            self.hosts.add(host, detect::own_addresses(event));
        }
    }

    /// Adds what was read elsewhere.
    pub fn merge(&mut self, other: Reading) {
        self.files += other.files;
        self.bytes += other.bytes;
        self.events += other.events;
        self.first = self.first.into_iter().chain(other.first).min();
        self.last = self.last.max(other.last);
        self.distrusted += other.distrusted;
        self.partial |= other.partial;
        for (own, more) in [
            (&mut self.unreadable, other.unreadable),
            (&mut self.skipped, other.skipped),
            (&mut self.assumed, other.assumed),
        ] {
            own.extend(more);
            own.sort();
        }
        for (host, sets) in other.hosts.0 {
            self.hosts.add(&host, &[]);
            for set in sets {
                self.hosts.add(&host, &set);
            }
        }
    }

    /// Files, bytes and pieces that were lost, left or assumed, as a report tells them; events are taken one by one.
    pub fn conclude(&mut self, report: evidence::Report) {
        let piece = |path: String, reason: String| Piece { path, reason };
        let assumed = report.remarks.into_iter();
        self.merge(Reading {
            files: report.files,
            bytes: report.bytes,
            partial: report.partial,
            unreadable: report.unreadable.into_iter().map(|it| piece(it.path, it.reason)).collect(),
            skipped: report.skipped.into_iter().map(|it| piece(it.path, it.reason.to_string())).collect(),
            assumed: assumed.map(|it| piece(it.path, format!("{}: {}", it.assumed, it.count))).collect(),
            ..Reading::default()
        });
    }

    /// Hosts that speak in it, by name.
    pub fn hosts(&self) -> impl Iterator<Item = &str> {
        self.hosts.0.keys().map(String::as_str)
    }

    /// What an assessment says of it: besides the counters, the hosts that the map does not tell.
    pub(crate) fn evidence(&self, map: Option<&Map>, binder: Option<&Binder>) -> Evidence {
        let bind = |host: &String, set: &[IpAddr]| {
            binder.map_or(Bound::Unknown, |binder| binder.bind(&[host], set, &[]))
        };
        let named =
            |nodes: &[NodeId]| nodes.iter().filter_map(|node| Some(map?.id(*node).to_owned())).collect();
        let (mut unknown_hosts, mut ambiguous_hosts) = (Vec::new(), Vec::new());
        for (host, sets) in &self.hosts.0 {
            let by_address = || sets.iter().any(|set| matches!(bind(host, set), Bound::Asset(_)));
            match bind(host, &[]) {
                Bound::Asset(_) => {}
                _ if by_address() => {}
                Bound::Ambiguous(nodes) => {
                    ambiguous_hosts.push(Ambiguous { host: host.clone(), candidates: named(&nodes) });
                }
                Bound::Unknown => unknown_hosts.push(host.clone()),
            }
        }
        Evidence {
            files: self.files,
            bytes: self.bytes,
            events: self.events,
            first: self.first,
            last: self.last,
            unreadable: self.unreadable.clone(),
            skipped: self.skipped.clone(),
            assumed: self.assumed.clone(),
            unknown_hosts,
            ambiguous_hosts,
        }
    }
}

/// Whether an instant can be trusted, from the year 2000 to a day past the machine's time.
#[must_use]
pub fn trusts(clock: Timestamp, time: Timestamp) -> bool {
    let ahead = SignedDuration::from_secs(TRUSTED_AHEAD);
    time.as_second() >= TRUSTED_FROM && time <= clock.checked_add(ahead).unwrap_or(Timestamp::MAX)
}

fn speaker(event: &Event) -> Option<&str> {
    event.host.as_deref().filter(|host| !host.is_empty())
}

/// Hosts by name, each with the sets of addresses that it was seen with. Where there are too many of either, the first
/// in order are kept: what is kept does not depend on which came first.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(transparent)]
struct Hosts(BTreeMap<String, BTreeSet<Vec<IpAddr>>>);

impl Hosts {
    /// Whether adding this would change nothing.
    fn has(&self, host: &str, addresses: &[IpAddr]) -> bool {
        match self.0.get(host) {
            None => {
                self.0.len() >= HOSTS_MAX && self.0.last_key_value().is_some_and(|(last, _)| **last < *host)
            }
            Some(_) if addresses.is_empty() => true,
            Some(sets) => {
                sets.contains(addresses)
                    || sets.len() >= ADDRESSES_MAX && sets.last().is_some_and(|last| **last < *addresses)
            }
        }
    }

    fn add(&mut self, host: &str, addresses: &[IpAddr]) {
        if self.has(host, addresses) {
            return;
        }
        let sets = self.0.entry(host.to_owned()).or_default();
        if !addresses.is_empty() {
            sets.insert(addresses.to_vec());
        }
        if sets.len() > ADDRESSES_MAX {
            sets.pop_last();
        }
        if self.0.len() > HOSTS_MAX {
            self.0.pop_last();
        }
    }
}

/// What is gathered of events as they are read, from every thread. Instants are microseconds.
pub struct Watch {
    clock: Timestamp,
    first: AtomicI64,
    last: AtomicI64,
    distrusted: AtomicU64,
    hosts: RwLock<Hosts>,
}

impl Watch {
    /// Nothing seen; `clock` is the machine's time.
    #[must_use]
    pub fn new(clock: Timestamp) -> Watch {
        Watch {
            clock,
            first: AtomicI64::new(i64::MAX),
            last: AtomicI64::new(i64::MIN),
            distrusted: AtomicU64::new(0),
            hosts: RwLock::default(),
        }
    }

    /// Sees an event.
    pub fn see(&self, event: &Event) {
        match event.time {
            Some(time) if trusts(self.clock, time) => {
                self.first.fetch_min(time.as_microsecond(), Ordering::Relaxed);
                self.last.fetch_max(time.as_microsecond(), Ordering::Relaxed);
            }
            Some(_) => {
                self.distrusted.fetch_add(1, Ordering::Relaxed);
            }
            None => {}
        }
        let Some(host) = speaker(event) else { return };
        let addresses = detect::own_addresses(event);
        let known = self.hosts.read().unwrap_or_else(PoisonError::into_inner).has(host, addresses);
        if !known {
            self.hosts.write().unwrap_or_else(PoisonError::into_inner).add(host, addresses);
        }
    }

    /// All that was seen, with what the report of the same reading tells.
    #[must_use]
    pub fn reading(self, report: evidence::Report) -> Reading {
        let events = report.events;
        let mut reading = Reading {
            events,
            first: seen(&self.first, i64::MAX),
            last: seen(&self.last, i64::MIN),
            distrusted: self.distrusted.into_inner(),
            hosts: self.hosts.into_inner().unwrap_or_else(PoisonError::into_inner),
            ..Reading::default()
        };
        reading.conclude(report);
        reading
    }
}

/// The instant kept in `bound`, unless it still is what it began as.
fn seen(bound: &AtomicI64, unset: i64) -> Option<Timestamp> {
    let microsecond = Some(bound.load(Ordering::Relaxed)).filter(|it| *it != unset)?;
    Timestamp::from_microsecond(microsecond).ok()
}
