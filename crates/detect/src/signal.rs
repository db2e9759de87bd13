//! A signal: a rule's match on an event.

use std::net::IpAddr;
use std::sync::Arc;

use evidence::{Certainty, Origin};
use hospital::NodeId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// How much a rule's author worries (Sigma's five levels).
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Context only.
    #[default]
    Informational,
    /// Rarely malicious.
    Low,
    /// Worth a look.
    Medium,
    /// Look now.
    High,
    /// Act now.
    Critical,
}

/// A rule's match on one event (or on several, for a correlation: then the one that completed it).
#[derive(Clone, Debug)]
pub struct Signal {
    /// The rule's `id`; its path where it has none.
    pub rule: Arc<str>,
    /// The rule's title.
    pub title: Arc<str>,
    /// The rule's level.
    pub level: Level,
    /// When the event happened.
    pub time: Option<Timestamp>,
    /// How sure that is.
    pub certainty: Certainty,
    /// The host that spoke, as written; where a sensor tells of others, the inside address that it is about.
    pub host: Option<String>,
    /// The asset it is bound to, where exactly one answers.
    pub asset: Option<NodeId>,
    /// ATT&CK techniques, `T1486` or `T1021.002`.
    pub techniques: Arc<[String]>,
    /// ATT&CK tactics, as Sigma's tags name them (`lateral-movement`).
    pub tactics: Arc<[String]>,
    /// Whether the host only watched others (a firewall): what it saw concerns the addresses
    /// in the event.
    pub observed: bool,
    /// Where the event was read.
    pub source: Origin,
    /// What joins it to others.
    pub keys: Keys,
    /// Whether anybody on the network could have sent its event, since nobody proved who they were: it raises no
    /// stance above suspected.
    pub unproven: bool,
    /// Whether a person found it false: it stays in the list and takes part in nothing.
    pub dismissed: bool,
}

/// A signal that a person found false: every match of the rule on that record.
#[derive(Clone, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
pub struct FalseSignal {
    /// The rule's id.
    pub rule: String,
    /// The path of its source.
    pub path: String,
    /// The record of its source.
    pub record: u64,
}

/// Signals that people set aside for a reason of theirs, those to come among them: what is said of all that is given.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Aside {
    /// Of this rule.
    pub rule: Option<String>,
    /// With this ATT&CK tactic, as Sigma's tags name it.
    pub tactic: Option<String>,
    /// On this asset.
    pub asset: Option<NodeId>,
    /// On this host.
    pub host: Option<String>,
    /// Of events no later than this; without it, of whatever time.
    pub until: Option<Timestamp>,
}

/// What a signal shares with others of its chain.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default)]
pub struct Keys {
    /// Users, lower case, without domain.
    pub users: Vec<String>,
    /// Peer addresses (never the host's own).
    pub addresses: Vec<IpAddr>,
    /// Peer hosts named in the event (a workstation that logs in, a target server), as written.
    pub hosts: Vec<String>,
    /// Hosts acted upon, where the host that speaks is the one that acts, as written.
    pub targets: Vec<String>,
    /// Process GUIDs or `host/pid` of the process and of its parent.
    pub processes: Vec<String>,
    /// Paths of the programs that acted, lower case.
    pub programs: Vec<String>,
    /// Logon ids, with their host.
    pub logons: Vec<String>,
}
