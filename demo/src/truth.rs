//! What the generator did: for tests and for people, never read by the product.

use std::net::IpAddr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The truth of one night.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Truth {
    /// Its name.
    pub night: String,
    /// What it was made from.
    pub seed: u64,
    /// Start of the evidence.
    pub start: Timestamp,
    /// End of the evidence.
    pub end: Timestamp,
    /// Records written.
    pub events: u64,
    /// Account that the attacker came in with.
    pub entry_account: Option<String>,
    /// Addresses that the attacker came from.
    pub addresses: Vec<IpAddr>,
    /// Map id of the first asset that the attacker acted on.
    pub patient_zero: Option<String>,
    /// Accounts that the attacker used or made, in that order.
    pub accounts: Vec<Account>,
    /// Assets that the attacker acted on and did not encrypt.
    pub compromised: Vec<Touched>,
    /// Assets encrypted.
    pub lost: Vec<Touched>,
    /// Web sites flooded.
    pub targets: Vec<Touched>,
    /// Account of the insider.
    pub insider: Option<String>,
    /// Patients whose records the insider read without a reason.
    pub patients: Vec<String>,
}

/// An asset and the instant at which it was first acted on, encrypted or flooded.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Touched {
    /// Id on the map.
    pub asset: String,
    /// Its host name in the logs.
    pub host: String,
    /// When.
    pub at: Timestamp,
}

/// An account.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Account {
    /// Its name in the logs.
    pub name: String,
    /// Id on the map, where it is on it.
    pub asset: Option<String>,
}
