//! What an engine judges by, in a few characters.
//!
//! Invariant: it changes with any byte of a rule's file or of the content that detection runs on, and with nothing
//! else: not with the order in which files are read.

use std::collections::BTreeSet;

use sha2::{Digest, Sha256};

use crate::rules::Rules;
use crate::settings::Settings;

/// SHA-256 of a file, or of several.
pub type Fingerprint = [u8; 32];

/// Of one file.
pub fn of_file(bytes: &[u8]) -> Fingerprint {
    Sha256::digest(bytes).into()
}

/// Of rules and settings, in hexadecimal.
pub fn of(rules: &Rules, settings: &Settings) -> String {
    let known = rules.rules.iter().map(|rule| (&*rule.facts.id, rule.file));
    let filters = rules.filters.iter().map(|filter| ("", filter.file));
    let parts: BTreeSet<(&str, Fingerprint)> = known.chain(filters).collect();
    let mut whole = Sha256::new_with_prefix(settings.files);
    for (id, file) in parts {
        whole.update((id.len() as u64).to_le_bytes());
        whole.update(id);
        whole.update(file);
    }
    whole.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}
