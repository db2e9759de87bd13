//! Rules over events give [`Signal`]s; signals joined give [`Chain`]s with a stance for each asset.
//!
//! Invariant: one noisy rule on one host never makes a chain by itself, and rules and stances are
//! content, not code.

mod cache;
mod chain;
mod correlate;
mod costs;
mod engine;
mod examples;
mod explain;
mod fields;
mod fingerprint;
mod growing;
mod kept;
mod keys;
mod level;
mod logsource;
mod matcher;
mod mend;
mod note;
mod rules;
mod settings;
mod signal;
mod signals;
mod spill;
mod stored;
mod undo;
mod view;
mod window;

pub use cache::Cache;
pub use chain::{Chain, ChainAsset, Stance, Surroundings, chains};
pub use correlate::GROUPS_MAX;
pub use costs::{Cost, EVERY as COSTS_EVERY};
pub use engine::{Detected, Engine, own_addresses};
pub use examples::{BASE, Explained, Failure, Fault, Tested, explain_examples, test_examples};
pub use explain::{Asks, Compared, Reason};
pub use growing::{Growing, Shed};
pub use kept::{Kept, KeptStep};
pub use keys::short_host;
pub use note::{Examples, Note, Words};
pub use rules::{RULE_FILE_BYTES_MAX, RULES_MAX, Refused, RuleFacts, Rules};
pub use settings::{Settings, SettingsError};
pub use signal::{Aside, FalseSignal, Keys, Level, Signal};
pub use signals::{Ordered, SIGNALS_HELD_MAX, Signals};
pub use spill::Spill;
