//! Which asset a log speaks of, from the names and addresses that the log gives.
//!
//! Invariant: hardware address, then host name, then alias, then address; the first of them that
//! finds anything decides, and several candidates are listed, never guessed between.

use std::collections::HashMap;
use std::net::IpAddr;

use crate::map::{Map, NodeId};

/// The names and addresses of a map's assets.
#[derive(Clone, Debug, Default)]
pub struct Binder {
    macs: HashMap<[u8; 6], Vec<NodeId>>,
    /// By short name: the full name where the map has one, and whose it is.
    hosts: HashMap<String, Vec<(Option<String>, NodeId)>>,
    aliases: HashMap<String, Vec<NodeId>>,
    ips: HashMap<IpAddr, Vec<NodeId>>,
}

/// What a log's names and addresses stand for.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Bound {
    /// One asset.
    Asset(NodeId),
    /// Several candidates, by id.
    Ambiguous(Vec<NodeId>),
    /// Nothing of the map.
    Unknown,
}

impl Binder {
    /// Reads the names and addresses of a map's assets.
    #[must_use]
    pub fn new(map: &Map) -> Self {
        let mut binder = Self::default();
        for (node, _, asset) in map.assets() {
            for mac in &asset.macs {
                binder.macs.entry(*mac).or_default().push(node);
            }
            for host in &asset.hosts {
                let (short, full) = names(host);
                binder.hosts.entry(short).or_default().push((full, node));
            }
            for alias in &asset.aliases {
                binder.aliases.entry(plain(alias)).or_default().push(node);
            }
            for ip in &asset.ips {
                binder.ips.entry(ip.to_canonical()).or_default().push(node);
            }
        }
        binder
    }

    /// The asset that goes by these names and addresses. A host given as an address counts as one.
    #[must_use]
    pub fn bind<H: AsRef<str>>(&self, hosts: &[H], ips: &[IpAddr], macs: &[[u8; 6]]) -> Bound {
        let hosts = || hosts.iter().map(AsRef::as_ref);
        let by_mac = macs.iter().filter_map(|mac| self.macs.get(mac)).flatten().copied();
        let by_host = hosts().flat_map(|host| self.hosts_named(host));
        let by_alias = hosts().filter_map(|host| self.aliases.get(&plain(host))).flatten().copied();
        let addresses = ips.iter().copied().chain(hosts().filter_map(address));
        let by_ip = addresses.filter_map(|ip| self.ips.get(&ip.to_canonical())).flatten().copied();
        decide(by_mac)
            .or_else(|| decide(by_host))
            .or_else(|| decide(by_alias))
            .or_else(|| decide(by_ip))
            .unwrap_or(Bound::Unknown)
    }

    /// The same full name where the map has it; otherwise a short name stands for every full one that
    /// it begins, and two full names that differ stay two.
    fn hosts_named(&self, host: &str) -> Vec<NodeId> {
        let (short, full) = names(host);
        let alike = self.hosts.get(&short).map_or(&[][..], Vec::as_slice);
        let same = |wanted: &Option<String>| alike.iter().any(|(other, _)| other == wanted);
        let wanted = alike.iter().filter(|(other, _)| match full {
            None => true,
            Some(_) if same(&full) => *other == full,
            Some(_) => other.is_none(),
        });
        wanted.map(|(_, node)| *node).collect()
    }
}

fn decide(candidates: impl Iterator<Item = NodeId>) -> Option<Bound> {
    let mut candidates: Vec<NodeId> = candidates.collect();
    candidates.sort_unstable();
    candidates.dedup();
    match candidates[..] {
        [] => None,
        [asset] => Some(Bound::Asset(asset)),
        _ => Some(Bound::Ambiguous(candidates)),
    }
}

/// The short name of a host, and its full name where it has a domain.
fn names(host: &str) -> (String, Option<String>) {
    let host = plain(host);
    match host.split_once('.') {
        Some((short, _)) if address(&host).is_none() => (short.to_owned(), Some(host)),
        _ => (host, None),
    }
}

fn plain(name: &str) -> String {
    name.trim().trim_end_matches('.').to_lowercase()
}

fn address(host: &str) -> Option<IpAddr> {
    host.trim().trim_matches(['[', ']']).parse().ok()
}
