//! What a hospital prints: cut cards, labels, the red folder, ward posters, return sheets.
//!
//! Each is one self-contained HTML file made for A4 and for a telephone, from the map alone.
//! Invariant: a page runs no script and asks the network nothing (its policy says so), escapes
//! everything, reads in black and white, and never invents: what the map does not say is a line to
//! fill in by hand.

mod cards;
mod contacts;
mod facts;
mod folder;
mod labels;
mod links;
mod posters;
mod qr;
mod returns;
#[cfg(test)]
mod tests;
mod wards;

use assess::Words;
use base64::Engine as _;
use jiff::Timestamp;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest, Sha256};

pub use cards::{card, cards};
pub use facts::{CardFacts, CareFact, all_card_facts, card_facts};
pub use folder::folder;
pub use labels::labels;
pub use links::Links;
pub use posters::{WardLink, ward_posters};
pub use qr::qr_svg;
pub use returns::{ReturnRow, return_sheet};
pub use wards::{ward, wards};

use crate::plain;

/// The look of every printed page; whoever shows a fragment of one serves this with it.
pub const STYLE: &str = include_str!("paper.css");

/// A whole file around its sheets.
fn file(title: &str, words: &Words, sheets: &Markup) -> String {
    let hash = base64::engine::general_purpose::STANDARD.encode(Sha256::digest(STYLE));
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{hash}'; img-src data:; base-uri 'none'; form-action 'none'"
    );
    let file = html! {
        (DOCTYPE)
        html lang=(words.lang().code()) {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(policy);
                meta name="viewport" content="width=device-width,initial-scale=1";
                meta name="referrer" content="no-referrer";
                title { (plain(title)) }
                style { (PreEscaped(STYLE)) }
            }
            body { (sheets) }
        }
    };
    file.into_string()
}

/// A page of its own, with whose it is at the top, and since when.
fn sheet(class: &str, group: &str, words: &Words, at: Timestamp, body: &Markup) -> Markup {
    html! {
        section class={ "page " (class) } {
            header.top { span { (plain(group)) } span { (dated(words, at)) } }
            (body)
        }
    }
}

/// The top of a page that a long table repeats on each sheet.
fn running(group: &str, title: &str, lede: Option<&str>, words: &Words, at: Timestamp) -> Markup {
    html! {
        tr.running {
            th colspan="4" {
                div.top { span { (plain(group)) } span { (dated(words, at)) } }
                h2 { (words.say(title)) }
                @if let Some(lede) = lede { p.lede { (words.say(lede)) } }
            }
        }
    }
}

/// The headings of a table: the class of a column, where it has one, and its key.
fn heads(words: &Words, columns: &[(Option<&str>, &str)]) -> Markup {
    html! { tr { @for (class, key) in columns { th class=[class] { (words.say(key)) } } } }
}

/// A line to fill in by hand: what stands before each space, and whether that space is short.
fn fill_in(words: &Words, spaces: &[(&str, bool)]) -> Markup {
    html! {
        p.tick {
            @for (key, short) in spaces { (words.say(key)) span.blank.short[*short] {} }
        }
    }
}

/// "Printed 22 Nov 2026 03:10. Check that this is the latest."
fn dated(words: &Words, at: Timestamp) -> String {
    words.say_with("paper-dated", &[("when", words.full(at).into())])
}

/// What the map says, or a line to fill in by hand.
fn or_line(text: Option<&str>) -> Markup {
    match text.map(str::trim).filter(|text| !text.is_empty()) {
        Some(text) => html! { (plain(text)) },
        None => html! { span.blank {} },
    }
}

/// Some of many, joined, and how many are left out.
fn some_of<'a>(names: impl ExactSizeIterator<Item = &'a str>, most: usize, words: &Words) -> String {
    let more = names.len().saturating_sub(most);
    let shown: Vec<String> = names.take(most).map(|name| plain(name).into_owned()).collect();
    if more == 0 {
        return words.list(&shown);
    }
    format!("{} {}", shown.join(", "), words.say_with("more", &[("count", more.into())]))
}
