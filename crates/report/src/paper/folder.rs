//! The red folder: what is left when every screen is dark.
//!
//! Invariant: it needs nothing but itself; each of its pages says when it was printed.

use assess::Words;
use hospital::Map;
use jiff::Timestamp;
use maud::{Markup, html};

use super::links::{phone, tel};
use super::{Links, cards, contacts, dated, file, or_line, qr_svg, sheet, wards};
use crate::plain;

/// The questions of the first hours: minute, key, and the part of the folder that answers.
const HOURS: [(&str, &str, Option<&str>); 12] = [
    ("0", "real", None),
    ("5", "cut", Some("paper-cards")),
    ("10", "awake", Some("paper-contacts")),
    ("15", "hit", Some("paper-glance")),
    ("20", "wards", Some("paper-wards")),
    ("30", "tell", Some("paper-contacts")),
    ("35", "decide", Some("paper-log")),
    ("40", "keep", None),
    ("45", "say", None),
    ("55", "director", Some("paper-glance")),
    ("+2 h", "back", None),
    ("+8 h", "relief", Some("paper-log")),
];

/// The whole folder, as one file.
#[must_use]
pub fn folder(map: &Map, words: &Words, at: Timestamp, links: &Links) -> String {
    let sheets = html! {
        (cover(map, words, at, links))
        (sheet("hours", &map.name, words, at, &first_hours(words)))
        (contacts::contacts(map, words, at))
        (cards::sheets(map, words, at))
        (glance(map, words, at))
        (wards::sheets(map, words, at, links))
        (sheet("journal", &map.name, words, at, &log(words)))
    };
    file(&words.say("paper-folder"), words, &sheets)
}

fn cover(map: &Map, words: &Words, at: Timestamp, links: &Links) -> Markup {
    let parts = [
        ("paper-hours", 1),
        ("paper-contacts", map.contacts.len()),
        ("paper-cards", map.levers.len()),
        ("paper-glance", 1),
        ("paper-wards", map.care().count()),
        ("paper-log", 1),
    ];
    html! {
        section.page.cover {
            header { p.soft { (plain(&map.name)) } h1 { (words.say("paper-folder")) } p.lede { (words.say("paper-folder-about")) } }
            ol.do { @for key in ["paper-first-call", "paper-first-cut", "paper-first-keep"] { li { (words.say(key)) } } }
            div.two {
                div {
                    h2 { (words.say("paper-inside")) }
                    ol.parts { @for (key, count) in parts { li { span { (words.say(key)) } @if count != 1 { span { (count) } } } } }
                }
                div {
                    h2 { (words.say("paper-numbers")) }
                    @for site in &map.sites { p.number { span { (plain(&site.name)) } b { (phone(site)) } } }
                    @match links.home() {
                        Some(home) => figure { (qr_svg(&home)) figcaption { (words.say("paper-code-home")) br; (plain(&home)) } },
                        None => div.calls { @for site in &map.sites { @if let Some(number) = &site.emergency_phone {
                            figure { (qr_svg(&tel(number))) figcaption { (plain(&site.name)) } }
                        } } },
                    }
                }
            }
            footer {
                p { b { (dated(words, at)) } " " (words.say("paper-reprint")) }
                p.tick { (words.say("paper-copy")) span.blank.short {} (words.say("paper-kept-at")) span.blank {} (words.say("paper-checked")) span.blank {} }
            }
        }
    }
}

/// One question a line, with room for the answer.
fn first_hours(words: &Words) -> Markup {
    html! {
        h1 { (words.say("paper-hours")) }
        table.log {
            thead { tr { th.minute { (words.say("paper-minute")) } th { (words.say("paper-question")) } th.answer { (words.say("paper-answer")) } th.hour { (words.say("paper-hour")) } } }
            tbody {
                @for (minute, key, part) in HOURS {
                    tr {
                        td.minute { b { (minute) } }
                        td {
                            b { (words.say(&format!("paper-ask-{key}"))) } br;
                            span.soft { (words.say(&format!("paper-hint-{key}"))) }
                            @if let Some(part) = part { " " span.soft.see { "→ " (words.say(part)) } }
                        }
                        td {} td {}
                    }
                }
            }
        }
    }
}

/// Every ward on a line: how long each holds, and where its patients go.
fn glance(map: &Map, words: &Words, at: Timestamp) -> Markup {
    let wards = wards::in_order(map);
    html! {
        section.page.glance {
            table {
                thead {
                    tr.running { th colspan="4" { div.top { span { (plain(&map.name)) } span { (dated(words, at)) } } h2 { (words.say("paper-glance")) } } }
                    tr { th.who { (words.say("column-service")) } th.long { (words.say("paper-holds")) } th { (words.say("column-divert")) } th.by-hand { (words.say("paper-state")) } }
                }
                tbody {
                    @for wards in wards.chunk_by(|a, b| a.2.site == b.2.site) {
                        @if let Some((_, _, first)) = wards.first() { tr.site { td colspan="4" { (plain(&map.sites[first.site.index()].name)) } } }
                        @for (_, row, care) in wards {
                            tr {
                                td { (plain(&row.name)) }
                                td { b { (care.holds.map_or_else(|| "–".to_owned(), |holds| words.span(holds))) } }
                                td { (or_line(care.divert_to.as_deref())) }
                                td.by-hand {}
                            }
                        }
                    }
                }
            }
        }
    }
}

fn log(words: &Words) -> Markup {
    html! {
        h1 { (words.say("paper-log")) }
        p.lede { (words.say("paper-log-about")) }
        table.log {
            thead { tr { th.hour { (words.say("paper-hour")) } th { (words.say("paper-decided")) } th.answer { (words.say("paper-reason")) } th.by-hand { (words.say("paper-who")) } } }
            tbody { @for _ in 0..20 { tr.empty { td {} td {} td {} td {} } } }
        }
    }
}
