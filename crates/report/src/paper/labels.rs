//! Labels for the equipment: one a lever, 70 × 37 mm, twenty-four to a sheet of A4.
//!
//! Invariant: a label keeps its size whatever it says; the id and the code are always whole.

use assess::Words;
use hospital::{Lever, Map};
use maud::{Markup, html};

use super::{cards::size, file, or_line, qr_svg};
use crate::plain;

const PER_SHEET: usize = 24;

/// The labels of every lever, as one file; the code holds the lever's id.
#[must_use]
pub fn labels(map: &Map, words: &Words) -> String {
    let sheets = html! {
        @for sheet in map.levers.chunks(PER_SHEET) {
            section.bare.labels { @for lever in sheet { (label(lever)) } }
        }
        @if map.levers.is_empty() { section.page { p { (words.say("paper-no-levers")) } } }
    };
    file(&words.say("paper-labels"), words, &sheets)
}

fn label(lever: &Lever) -> Markup {
    html! {
        article.sticker {
            (qr_svg(&lever.id))
            div {
                p class={ "id " (size(&lever.id)) } { (plain(&lever.id)) }
                p.what { (plain(&lever.label)) }
                p.where { (or_line(lever.place.as_deref())) }
            }
        }
    }
}
