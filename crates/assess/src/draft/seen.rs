//! What all events together show, counted.
//!
//! Invariant: memory is bounded by the limits below, and what they cut is counted; the same glimpses
//! in the same order give the same sum.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use super::observe::{End, Glimpse, Role};
use super::service::Service;

/// Machines kept, by name or by address.
const ENDS_MAX: usize = 60_000;
/// Pairs of talkers kept, each with its service.
const TALKS_MAX: usize = 300_000;
/// Addresses kept for one name, names kept for one address.
const VOTES_MAX: usize = 64;

/// What was seen of one machine.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sight {
    /// How often it spoke or was spoken of.
    pub(crate) times: u64,
    pub(crate) roles: BTreeSet<Role>,
    /// Addresses that went with the name, and how often.
    pub(crate) addresses: BTreeMap<IpAddr, u64>,
    pub(crate) cards: BTreeSet<[u8; 6]>,
    pub(crate) system: Option<String>,
    /// A directory gave a ticket for it.
    pub(crate) member: bool,
}

/// What was seen in evidence.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    pub(crate) ends: BTreeMap<End, Sight>,
    pub(crate) answers: BTreeMap<IpAddr, BTreeMap<String, u64>>,
    pub(crate) talks: BTreeMap<(End, End, Service), u64>,
    /// Glimpses of machines beyond the limit.
    pub(crate) ends_cut: u64,
    /// Glimpses of talkers beyond the limit.
    pub(crate) talks_cut: u64,
}

impl Seen {
    /// Takes one glimpse into account.
    pub fn add(&mut self, glimpse: Glimpse) {
        match glimpse {
            Glimpse::Is(end, role) => {
                self.sight(end, |sight| {
                    sight.roles.insert(role);
                });
            }
            Glimpse::Named(name, ip) => self.sight(End::Host(name), |sight| vote(&mut sight.addresses, ip)),
            Glimpse::Card(name, mac) => self.sight(End::Host(name), |sight| {
                if sight.cards.len() < VOTES_MAX {
                    sight.cards.insert(mac);
                }
            }),
            Glimpse::System(end, os) => self.sight(end, |sight| {
                sight.system.get_or_insert(os);
            }),
            Glimpse::Member(name) => self.sight(End::Host(name), |sight| sight.member = true),
            Glimpse::Answered(name, ip) => {
                if self.answers.len() < ENDS_MAX || self.answers.contains_key(&ip) {
                    vote(self.answers.entry(ip).or_default(), name);
                } else {
                    self.ends_cut += 1;
                }
            }
            Glimpse::Talk(from, to, service) => {
                for end in [&from, &to] {
                    if !matches!(end, End::Address(ip) if !super::names::inside(*ip)) {
                        self.sight(end.clone(), |_| {});
                    }
                }
                let key = (from, to, service);
                if let Some(times) = self.talks.get_mut(&key) {
                    *times += 1;
                } else if self.talks.len() < TALKS_MAX {
                    self.talks.insert(key, 1);
                } else {
                    self.talks_cut += 1;
                }
            }
        }
    }

    fn sight(&mut self, end: End, change: impl FnOnce(&mut Sight)) {
        if self.ends.len() >= ENDS_MAX && !self.ends.contains_key(&end) {
            self.ends_cut += 1;
            return;
        }
        let sight = self.ends.entry(end).or_default();
        sight.times += 1;
        change(sight);
    }
}

fn vote<K: Ord>(votes: &mut BTreeMap<K, u64>, key: K) {
    if votes.len() < VOTES_MAX || votes.contains_key(&key) {
        *votes.entry(key).or_default() += 1;
    }
}
