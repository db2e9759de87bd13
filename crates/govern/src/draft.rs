//! Drafts of notices.
//!
//! Invariant: what is known is put in as it is and never read again for placeholders; what is unknown
//! is marked, so that no draft looks complete when it is not.

use std::collections::BTreeMap;

use crate::obligation::Obligation;
use crate::text::Language;

/// What is known of the incident, in words, by placeholder. Whoever fills it names no patient and no
/// staff account.
#[derive(Clone, Debug, Default)]
pub struct Known(BTreeMap<String, String>);

impl Known {
    /// Adds what is known under a placeholder; blank text stays unknown.
    pub fn tell(&mut self, item: &str, text: &str) {
        let text: String =
            text.chars().filter(|it| !it.is_control() || *it == '\n').take(KNOWN_CHARS_MAX).collect();
        if !text.trim().is_empty() {
            self.0.insert(item.to_owned(), text.trim().to_owned());
        }
    }

    /// What is known under a placeholder.
    #[must_use]
    pub fn of(&self, item: &str) -> Option<&str> {
        self.0.get(item).map(String::as_str)
    }
}

/// The notice of an obligation as plain text, what is unknown marked as to be filled in.
#[must_use]
pub fn draft(obligation: &Obligation, known: &Known, language: Language) -> String {
    let mut text = String::new();
    for piece in pieces(obligation.draft.in_language(language)) {
        match piece {
            Piece::Words(words) => text.push_str(words),
            Piece::Placeholder(item) => match known.of(item) {
                Some(words) => text.push_str(words),
                None => {
                    let label = obligation.labels.get(item).map_or(item, |it| it.in_language(language));
                    text.push_str(match language {
                        Language::En => "[to be filled in: ",
                        Language::Fr => "[à compléter : ",
                    });
                    text.push_str(label);
                    text.push(']');
                }
            },
        }
    }
    text.push('\n');
    text
}

/// The placeholders of a text, in order, each as often as it stands there.
pub(crate) fn placeholders(text: &str) -> impl Iterator<Item = &str> {
    pieces(text).into_iter().filter_map(|piece| match piece {
        Piece::Placeholder(item) => Some(item),
        Piece::Words(_) => None,
    })
}

enum Piece<'a> {
    Words(&'a str),
    Placeholder(&'a str),
}

fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((item, behind)) = after.split_once('}') else { break };
        pieces.push(Piece::Words(before));
        pieces.push(Piece::Placeholder(item));
        rest = behind;
    }
    pieces.push(Piece::Words(rest));
    pieces
}

const KNOWN_CHARS_MAX: usize = 20_000;
