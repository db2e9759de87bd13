//! What a hospital rule adds to Sigma: a note for the people at night, and examples.
//!
//! Invariant: a note is whole or absent: why and check, in French and in English.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use yaml_serde::Value;

/// Why a rule matters to care, and what to check first.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Note {
    /// The rule's title in French; Sigma's own is English.
    pub title_fr: Option<String>,
    /// Why this matters to care.
    pub why: Words,
    /// What to check first.
    pub check: Words,
}

/// One text in both languages.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Words {
    /// English.
    pub en: String,
    /// French.
    pub fr: String,
}

/// Events that a rule must match, and close ones that it must not.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
pub struct Examples {
    /// Each must make the rule fire.
    #[serde(default, rename = "match")]
    pub matching: Vec<Value>,
    /// None may make the rule fire.
    #[serde(default, rename = "no_match")]
    pub other: Vec<Value>,
}

impl Note {
    /// The note under the key `hospital`.
    pub(crate) fn of(attributes: &HashMap<String, Value>) -> Option<Note> {
        let note = Note::deserialize(attributes.get("hospital")?.clone()).ok()?;
        let whole =
            [&note.why, &note.check].iter().all(|it| !it.en.trim().is_empty() && !it.fr.trim().is_empty());
        whole.then_some(note)
    }
}

impl Examples {
    /// The examples under the key `examples`.
    pub(crate) fn of(attributes: &HashMap<String, Value>) -> Option<Examples> {
        Examples::deserialize(attributes.get("examples")?.clone()).ok()
    }
}
