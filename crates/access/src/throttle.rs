//! Log-in slows down and never locks out.
//!
//! The failures of an account and of an address are counted for a quarter of an hour after the first of them.
//! Some are free, then each doubles the wait, up to half a minute. Whoever logs in waits and is then let
//! try: nobody can keep another out by failing in their name.
//!
//! Invariants: memory is bounded, whatever names and addresses come; and no wait is longer than half a
//! minute, whatever the clock does. To make guesses sent at once count as well, call [`Throttle::failed`]
//! before the password is looked at and [`Throttle::succeeded`] after it was right.

use std::collections::HashMap;
use std::net::IpAddr;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};

/// How long failures count after the first of them.
const MEMORY: SignedDuration = SignedDuration::from_mins(15);
/// The longest wait.
const LONGEST: Duration = Duration::from_secs(30);
/// Failures of an account without a wait.
const FREE_ACCOUNT: u32 = 2;
/// Failures of an address without a wait: a ward or a whole site may share it.
const FREE_ADDRESS: u32 = 20;
/// Accounts, and addresses, that are remembered.
const MOST: usize = 10_000;

/// What failures are counted for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Who<'a> {
    /// An account's name as typed, known or not.
    Account(&'a str),
    /// The address that the request came from.
    Address(IpAddr),
}

/// The failures of the last quarter of an hour.
#[derive(Clone, Debug)]
pub struct Throttle {
    accounts: HashMap<Id, Failures>,
    addresses: HashMap<Id, Failures>,
    most: usize,
}

/// Of one length for every name.
type Id = [u8; 16];

#[derive(Clone, Copy, Debug)]
struct Failures {
    count: u32,
    first: Timestamp,
    last: Timestamp,
}

impl Default for Throttle {
    fn default() -> Self {
        Self::new(MOST)
    }
}

impl Throttle {
    /// One that remembers at most so many accounts, and as many addresses.
    #[must_use]
    pub fn new(most: usize) -> Self {
        Self { accounts: HashMap::new(), addresses: HashMap::new(), most: most.max(1) }
    }

    /// How long this account or address must wait, from now on, before its next try.
    #[must_use]
    pub fn delay(&self, who: Who<'_>, now: Timestamp) -> Duration {
        let Some(failures) = self.table(who).get(&id(who)).filter(|failures| failures.count_at(now)) else {
            return Duration::ZERO;
        };
        let whole = wait(failures.count, free(who));
        let past = now.duration_since(failures.last);
        whole.saturating_sub(past.try_into().unwrap_or_default())
    }

    /// Counts a failure.
    pub fn failed(&mut self, who: Who<'_>, now: Timestamp) {
        let most = self.most;
        let table = match who {
            Who::Account(_) => &mut self.accounts,
            Who::Address(_) => &mut self.addresses,
        };
        let id = id(who);
        if let Some(failures) = table.get_mut(&id).filter(|failures| failures.count_at(now)) {
            failures.count = failures.count.saturating_add(1);
            failures.last = failures.last.max(now);
            return;
        }
        table.insert(id, Failures { count: 1, first: now, last: now });
        if table.len() > most {
            table.retain(|_, failures| failures.count_at(now));
        }
        if table.len() > most
            && let Some(oldest) = table.iter().min_by_key(|(_, failures)| failures.last).map(|(id, _)| *id)
        {
            table.remove(&oldest);
        }
    }

    /// Forgets an account's failures, and one of an address's: whoever has an account of their own cannot use
    /// it to clear the address from which they try others.
    pub fn succeeded(&mut self, who: Who<'_>) {
        match who {
            Who::Account(_) => {
                self.accounts.remove(&id(who));
            }
            Who::Address(_) => {
                if let Some(failures) = self.addresses.get_mut(&id(who)) {
                    failures.count = failures.count.saturating_sub(1);
                }
            }
        }
    }

    fn table(&self, who: Who<'_>) -> &HashMap<Id, Failures> {
        match who {
            Who::Account(_) => &self.accounts,
            Who::Address(_) => &self.addresses,
        }
    }
}

impl Failures {
    fn count_at(&self, now: Timestamp) -> bool {
        now.duration_since(self.first) < MEMORY
    }
}

fn free(who: Who<'_>) -> u32 {
    match who {
        Who::Account(_) => FREE_ACCOUNT,
        Who::Address(_) => FREE_ADDRESS,
    }
}

/// 1, 2, 4, 8, 16 seconds, then the longest.
fn wait(count: u32, free: u32) -> Duration {
    match count.checked_sub(free) {
        None | Some(0) => Duration::ZERO,
        Some(over) => Duration::from_secs(1 << (over - 1).min(5)).min(LONGEST),
    }
}

/// A name in any case is one account; a host of IPv6 holds a whole /64.
fn id(who: Who<'_>) -> Id {
    let digest = match who {
        Who::Account(name) => Sha256::digest(name.trim().to_lowercase()),
        Who::Address(address) => match address.to_canonical() {
            IpAddr::V4(address) => Sha256::digest(address.octets()),
            IpAddr::V6(address) => Sha256::digest(&address.octets()[..8]),
        },
    };
    let mut id = Id::default();
    id.iter_mut().zip(digest).for_each(|(into, byte)| *into = byte);
    id
}
