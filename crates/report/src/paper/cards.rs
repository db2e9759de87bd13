//! Cut cards: one a lever, four to a sheet, A6 each, to be cut along the dashes.
//!
//! Invariant: a card is never broken across pages; one that says more than A6 holds grows instead.

use assess::Words;
use hospital::Map;
use jiff::Timestamp;
use maud::{Markup, html};

use super::{CardFacts, all_card_facts, dated, file, or_line};
use crate::plain;

/// Care services named on a card; the rest are counted.
const SHOWN: usize = 5;

/// The cut cards of every lever, as one file.
#[must_use]
pub fn cards(map: &Map, words: &Words, at: Timestamp) -> String {
    file(&words.say("paper-cards"), words, &sheets(map, words, at))
}

/// The same, as sheets of a larger file.
pub(super) fn sheets(map: &Map, words: &Words, at: Timestamp) -> Markup {
    let facts = all_card_facts(map, words);
    html! {
        @for four in facts.chunks(4) {
            section.bare.cards { @for facts in four { (card(facts, words, at)) } }
        }
        @if facts.is_empty() { section.page { p { (words.say("paper-no-levers")) } } }
    }
}

/// One card.
#[must_use]
pub fn card(facts: &CardFacts<'_>, words: &Words, at: Timestamp) -> Markup {
    let minutes = facts.minutes.map(|minutes| words.span(u64::from(minutes) * 60));
    html! {
        article.card {
            p class={ "label " (size(facts.label)) } { (plain(facts.label)) }
            h2 { (plain(facts.title)) }
            dl {
                dt { (words.say("column-place")) } dd.big { (or_line(facts.place)) }
                @if let Some(photo) = facts.photo { dt { (words.say("paper-photo")) } dd { (plain(photo)) } }
                dt { (words.say("column-who")) } dd { (or_line(facts.who)) }
                dt { (words.say("paper-takes")) } dd { (or_line(minutes.as_deref())) }
                dt { (words.say("paper-care")) } dd { b { (facts.care_sentence(words)) } }
                @if !facts.care.is_empty() { dd.wide { (care(facts, words)) } }
                dt { (words.say("paper-undo")) } dd { (or_line(facts.undo)) }
            }
            @if !facts.does.is_empty() {
                p.small.does { (words.say_with("paper-does", &[("what", facts.does.join("; ").into())])) }
            }
            footer {
                @for key in ["paper-cut-by", "paper-undone-by"] {
                    p.tick {
                        span.box {} b { (words.say(key)) } span.blank {}
                        (words.say("paper-at")) span.blank.short {}
                    }
                }
                p.small { (dated(words, at)) }
            }
        }
    }
}

fn care(facts: &CardFacts<'_>, words: &Words) -> Markup {
    let more = facts.care.len().saturating_sub(SHOWN);
    let twice = |name: &str| facts.care.iter().filter(|other| other.name == name).count() > 1;
    html! {
        table.care {
            thead {
                tr { th {} th { (words.say("paper-worse-in")) } th { (words.say("paper-stops-in")) } }
            }
            tbody {
                @for care in facts.care.iter().take(SHOWN) {
                    tr {
                        td {
                            (plain(care.name))
                            @if twice(care.name) { span.soft { " (" (plain(care.site)) ")" } }
                        }
                        td { (after(care.worse_after, words)) }
                        td { b { (after(care.stops_after, words)) } }
                    }
                }
                @if more > 0 {
                    tr { td.soft colspan="3" { (words.say_with("more", &[("count", more.into())])) } }
                }
            }
        }
    }
}

/// A span from the pull, or from the loss of a provider: "at once", "20 min", a dash for never.
pub(super) fn after(seconds: Option<u64>, words: &Words) -> String {
    match seconds {
        None => "–".to_owned(),
        Some(0) => words.say("paper-at-once"),
        Some(seconds) => words.span(seconds),
    }
}

/// The size at which a label fits its line.
pub(super) fn size(label: &str) -> &'static str {
    match label.chars().count() {
        0..=9 => "l1",
        10..=14 => "l2",
        15..=20 => "l3",
        _ => "l4",
    }
}
