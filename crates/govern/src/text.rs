//! Words in both languages.
//!
//! Invariant: a [`Text`] has both its languages, neither empty.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A language that Rempart speaks.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// English.
    #[default]
    En,
    /// French.
    Fr,
}

/// The same words in French and in English.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(try_from = "Both")]
pub struct Text {
    fr: String,
    en: String,
}

impl Text {
    /// The words in a language.
    #[must_use]
    pub fn in_language(&self, language: Language) -> &str {
        match language {
            Language::En => &self.en,
            Language::Fr => &self.fr,
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Both {
    fr: String,
    en: String,
}

struct Missing(&'static str);

impl fmt::Display for Missing {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "a text is empty in {}", self.0)
    }
}

impl TryFrom<Both> for Text {
    type Error = Missing;

    fn try_from(both: Both) -> Result<Text, Missing> {
        let Both { fr, en } = both;
        match (fr.trim().is_empty(), en.trim().is_empty()) {
            (true, _) => Err(Missing("French")),
            (_, true) => Err(Missing("English")),
            _ => Ok(Text { fr: fr.trim_end().to_owned(), en: en.trim_end().to_owned() }),
        }
    }
}
