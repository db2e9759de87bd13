//! Chains: signals joined in time, and what they say of each asset.
//!
//! Invariant: a chain needs two different rules on two events, spread enough to be worth reading, or one
//! signal that says by itself that an asset is lost; what is ordinary everywhere joins nothing. The outcome
//! depends on the signals and the content alone.

mod content;
mod join;
mod story;

use std::io;
use std::net::IpAddr;

use hospital::NodeId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use content::{Joining, Observers, Stances};
pub(crate) use join::{Common, CommonAt, Joined, JoinedAt};
pub(crate) use story::Stories;

use crate::settings::Settings;
use crate::signal::{Level, Signal};

/// What a chain says of an asset.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Stance {
    /// Touched; counts in no figure.
    Suspected,
    /// An attacker acts on it; it may be lost any moment.
    Compromised,
    /// Encrypted, wiped, made unusable.
    Lost,
}

/// Signals that tell one story.
#[derive(Clone, Debug)]
pub struct Chain {
    /// Stable for the same evidence (`chain-1`, in order of score).
    pub id: String,
    /// Its earliest trusted instant.
    pub start: Option<Timestamp>,
    /// Its latest trusted instant.
    pub end: Option<Timestamp>,
    /// ATT&CK tactics in the order of the kill chain.
    pub tactics: Vec<String>,
    /// Places in the list of signals, ascending.
    pub signals: Vec<u64>,
    /// What it says of each asset, worst first.
    pub assets: Vec<ChainAsset>,
    /// Spread over tactics, severity, rarity, and the care in reach.
    pub score: u32,
    /// The host of its first signal worth a look.
    pub entry: Option<String>,
    /// Users named most often, without those that exist everywhere.
    pub users: Vec<String>,
    /// Addresses named most often that answer to no asset.
    pub addresses: Vec<IpAddr>,
    /// How many hosts its signals were seen on.
    pub hosts: u32,
    /// How many different rules fired.
    pub rules: u32,
    /// The worst level among them.
    pub worst: Level,
}

/// What a chain says of one asset, or of one host that the map does not know.
#[derive(Clone, Debug)]
pub struct ChainAsset {
    /// The asset; `None` where no single asset answers to the host.
    pub asset: Option<NodeId>,
    /// The host, as written in the evidence.
    pub host: String,
    /// What is said of it.
    pub stance: Stance,
    /// Since when.
    pub since: Option<Timestamp>,
    /// Place in the list of signals of the one that gave the stance.
    pub why: u64,
}

/// What chains need to know of the hospital and of time.
pub struct Surroundings<'a> {
    /// The asset that answers to a host name met as a peer, where exactly one does.
    pub host: &'a dyn Fn(&str) -> Option<NodeId>,
    /// The asset that answers to a peer's address, where exactly one does.
    pub address: &'a dyn Fn(IpAddr) -> Option<NodeId>,
    /// The care in reach of an asset, relative.
    pub weight: &'a dyn Fn(NodeId) -> u32,
    /// Whether an instant can be trusted.
    pub trusted: &'a dyn Fn(Timestamp) -> bool,
}

impl Surroundings<'_> {
    /// No map, every instant trusted.
    #[must_use]
    pub fn unknown() -> Surroundings<'static> {
        Surroundings { host: &|_| None, address: &|_| None, weight: &|_| 0, trusted: &|_| true }
    }

    /// The asset that answers to a peer named in an event, by name or by address.
    fn named(&self, host: &str) -> Option<NodeId> {
        (self.host)(host).or_else(|| (self.address)(crate::keys::address(host)?))
    }
}

/// The chains among signals, worst first. `signals` gives all of them in order, as often as it is asked (three
/// times), so that they need not be in memory.
///
/// # Errors
/// Those of the signals' own reading.
pub fn chains<I: Iterator<Item = io::Result<Signal>>>(
    settings: &Settings,
    around: &Surroundings<'_>,
    signals: impl Fn() -> I,
) -> io::Result<Vec<Chain>> {
    let common = Common::count(settings, around, signals())?;
    let joined = join::join(settings, around, &common, signals())?;
    let mut stories = Stories::worth_telling(settings, &common, &joined);
    for (place, signal) in signals().enumerate() {
        let signal = signal?;
        stories.take(settings, around, &joined, place, || signal);
    }
    Ok(stories.chains(settings, around, &common))
}
