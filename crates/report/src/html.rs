//! `report.html`: one self-contained file for the director first, for the engineers after.
//!
//! Invariant: it runs no script and asks the network nothing (its policy says so), it escapes
//! everything, and its summary and drafts name no patient and no staff account.

mod care;
mod chains;
mod cut;
mod evidence;
mod restore;
mod summary;
mod tell;

pub use cut::{choice, figures, pick};

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use assess::{Assessment, Signal, SignalList, Words};
use base64::Engine as _;
use hospital::Map;
use maud::{DOCTYPE, Markup, PreEscaped, html as markup};
use sha2::{Digest, Sha256};

use crate::names::Names;

const STYLE: &str = include_str!("report.css");

/// What a page is made of.
#[derive(Clone, Copy)]
pub struct Page<'a> {
    /// The value shown.
    pub assessment: &'a Assessment,
    /// Its signals.
    pub signals: &'a SignalList<'a>,
    /// The map it speaks of, for names and procedures.
    pub map: Option<&'a Map>,
    /// Words.
    pub words: &'a Words,
    /// Whether raw evidence is shown at the end.
    pub appendix: bool,
    /// Hospital notes of rules (why it matters to care, what to check first), by rule id.
    pub notes: &'a BTreeMap<String, Note>,
}

/// What a rule says to a hospital, in the language of the page.
#[derive(Clone, Debug, Default)]
pub struct Note {
    /// Why this matters to care.
    pub why: String,
    /// What to check first.
    pub check: String,
}

/// The whole file.
///
/// # Errors
/// When the signals cannot be read back.
pub fn html(page: Page<'_>) -> io::Result<String> {
    let chained = chained(page)?;
    let words = &page.words.at(page.assessment.now);
    let page = Page { words, ..page };
    let cx = Context { page, names: Names(page.map), chained: &chained };
    let title = words.say("report-title");
    let hash = base64::engine::general_purpose::STANDARD.encode(Sha256::digest(STYLE));
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{hash}'; img-src data:; base-uri 'none'; form-action 'none'"
    );
    let body = markup! {
        (DOCTYPE)
        html lang=(words.lang().code()) {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(policy);
                meta name="viewport" content="width=device-width,initial-scale=1";
                meta name="referrer" content="no-referrer";
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                (summary::summary(cx))
                main {
                    (care::care(cx))
                    (chains::chains(cx))
                    (cut::cut(cx))
                    (tell::tell(cx))
                    (restore::restore(cx))
                    (evidence::evidence(cx))
                }
                footer { p.soft { (words.say("report-footer")) } }
            }
        }
    };
    Ok(body.into_string())
}

#[derive(Clone, Copy)]
struct Context<'a> {
    page: Page<'a>,
    names: Names<'a>,
    chained: &'a BTreeMap<u64, Signal>,
}

impl Context<'_> {
    fn section(&self, id: &str, key: &str, body: Markup) -> Markup {
        markup! { section id=(id) { h2 { (self.page.words.say(key)) } (body) } }
    }
}

/// The signals that belong to a chain, by place.
fn chained(page: Page<'_>) -> io::Result<BTreeMap<u64, Signal>> {
    let chains = page.assessment.chains.iter();
    let places: BTreeSet<u64> = chains.flat_map(|chain| chain.signals.iter().copied()).collect();
    let kept = (0..).zip(page.signals.iter()).filter(|(place, _)| places.contains(place));
    kept.map(|(place, signal)| Ok((place, signal?))).collect()
}
