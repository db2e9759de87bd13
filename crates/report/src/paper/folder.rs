//! The red folder: what is left when every screen is dark.
//!
//! Invariant: it needs nothing but itself; each of its pages says when it was printed.

use assess::Words;
use hospital::Map;
use jiff::Timestamp;
use maud::{Markup, html};

use super::links::{phone, tel};
use super::{Links, cards, contacts, dated, file, fill_in, heads, or_line, qr_svg, running, sheet, wards};
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

const HOUR_COLUMNS: [(Option<&str>, &str); 4] = [
    (Some("minute"), "paper-minute"),
    (None, "paper-question"),
    (Some("answer"), "paper-answer"),
    (Some("hour"), "paper-hour"),
];
const GLANCE_COLUMNS: [(Option<&str>, &str); 4] = [
    (Some("who"), "column-service"),
    (Some("long"), "paper-holds"),
    (None, "column-divert"),
    (Some("by-hand"), "paper-state"),
];
const LOG_COLUMNS: [(Option<&str>, &str); 4] = [
    (Some("hour"), "paper-hour"),
    (None, "paper-decided"),
    (Some("answer"), "paper-reason"),
    (Some("by-hand"), "paper-who"),
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
            header {
                p.soft { (plain(&map.name)) }
                h1 { (words.say("paper-folder")) }
                p.lede { (words.say("paper-folder-about")) }
            }
            ol.do {
                @for key in ["paper-first-call", "paper-first-cut", "paper-first-keep"] {
                    li { (words.say(key)) }
                }
            }
            div.two {
                div {
                    h2 { (words.say("paper-inside")) }
                    ol.parts {
                        @for (key, count) in parts {
                            li { span { (words.say(key)) } @if count != 1 { span { (count) } } }
                        }
                    }
                }
                div {
                    h2 { (words.say("paper-numbers")) }
                    @for site in &map.sites { p.number { span { (plain(&site.name)) } b { (phone(site)) } } }
                    @match links.home() {
                        Some(home) => figure {
                            (qr_svg(&home))
                            figcaption { (words.say("paper-code-home")) br; (plain(&home)) }
                        },
                        None => div.calls {
                            @for site in &map.sites {
                                @if let Some(number) = &site.emergency_phone {
                                    figure { (qr_svg(&tel(number))) figcaption { (plain(&site.name)) } }
                                }
                            }
                        },
                    }
                }
            }
            footer {
                p { b { (dated(words, at)) } " " (words.say("paper-reprint")) }
                (fill_in(words, &[("paper-copy", true), ("paper-kept-at", false), ("paper-checked", false)]))
            }
        }
    }
}

/// One question a line, with room for the answer.
fn first_hours(words: &Words) -> Markup {
    html! {
        h1 { (words.say("paper-hours")) }
        table.log {
            thead { (heads(words, &HOUR_COLUMNS)) }
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
                    (running(&map.name, "paper-glance", None, words, at))
                    (heads(words, &GLANCE_COLUMNS))
                }
                tbody {
                    @for wards in wards.chunk_by(|a, b| a.2.site == b.2.site) {
                        @if let Some((_, _, first)) = wards.first() {
                            tr.site { td colspan="4" { (plain(&map.sites[first.site.index()].name)) } }
                        }
                        @for (_, row, care) in wards {
                            tr {
                                td { (plain(&row.name)) }
                                td { b { (or_line(care.holds.map(|holds| words.span(holds)).as_deref())) } }
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
            thead { (heads(words, &LOG_COLUMNS)) }
            tbody { @for _ in 0..22 { tr.empty { td {} td {} td {} td {} } } }
        }
    }
}
