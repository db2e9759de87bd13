//! Chains: signals joined in time, and what they say of each asset.

use hospital::NodeId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

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
