//! A page a care service: how long it holds, on what paper, where, whom to call.
//!
//! Invariant: each care service has one page, in the order of sites, then of names.

use std::collections::BTreeMap;

use assess::Words;
use hospital::{CareService, Effect, Map, Node, NodeId, Site};
use jiff::Timestamp;
use maud::{Markup, html};

use super::cards::after;
use super::links::{phone, tel};
use super::{Links, file, fill_in, heads, or_line, qr_svg, sheet, some_of};
use crate::plain;

/// Providers named in a need; the rest are counted.
const NAMED: usize = 3;

/// The pages of every care service, as one file to share out.
#[must_use]
pub fn wards(map: &Map, words: &Words, at: Timestamp, links: &Links) -> String {
    file(&words.say("paper-wards"), words, &sheets(map, words, at, links))
}

/// The same, as sheets of a larger file.
pub(super) fn sheets(map: &Map, words: &Words, at: Timestamp, links: &Links) -> Markup {
    html! {
        @for (node, _, _) in in_order(map) { (ward(map, words, node, at, links)) }
        @if map.care().next().is_none() { section.page { p { (words.say("paper-no-care")) } } }
    }
}

/// Care services by site, then by name.
pub(super) fn in_order(map: &Map) -> Vec<(NodeId, &Node, &CareService)> {
    let mut all: Vec<_> = map.care().collect();
    all.sort_by_cached_key(|(node, row, care)| (care.site, dictionary(&row.name), *node));
    all
}

/// A name as a dictionary files it: without accents or capitals.
fn dictionary(name: &str) -> String {
    let bare = |letter: char| match letter {
        'à' | 'â' | 'ä' | 'á' => 'a',
        'ç' => 'c',
        'é' | 'è' | 'ê' | 'ë' => 'e',
        'î' | 'ï' | 'í' => 'i',
        'ô' | 'ö' | 'ó' => 'o',
        'ù' | 'û' | 'ü' | 'ú' => 'u',
        other => other,
    };
    name.to_lowercase().chars().map(bare).collect()
}

/// The page of one care service; empty for a node that is none.
#[must_use]
pub fn ward(map: &Map, words: &Words, node: NodeId, at: Timestamp, links: &Links) -> Markup {
    let row = map.node(node);
    let hospital::Kind::CareService(care) = &row.kind else { return html! {} };
    let site = &map.sites[care.site.index()];
    let body = html! {
        div.head {
            div { h1 { (plain(&row.name)) } p.soft { (plain(&site.name)) } }
            (call(links.ward(&row.id), site, words))
        }
        p.holds {
            @let holds = care.holds.map(|holds| words.span(holds));
            span { (words.say("paper-holds")) " " b { (or_line(holds.as_deref())) } }
            @if let Some(mtpd) = care.mtpd {
                span.soft { (words.say_with("paper-mtpd", &[("span", words.span(mtpd).into())])) }
            }
        }
        dl {
            dt { (words.say("paper-procedure")) } dd.big { (or_line(care.procedure.as_deref())) }
            dt { (words.say("paper-downtime")) } dd { (or_line(care.downtime.as_deref())) }
            dt { (words.say("paper-divert")) } dd { (or_line(care.divert_to.as_deref())) }
            dt { (words.say("paper-call")) } dd.big { b { (phone(site)) } }
        }
        (needs(map, row, words))
        (night(words))
    };
    sheet("ward", &map.name, words, at, &body)
}

/// The code of a ward: its page on the console, else the number to call.
fn call(link: Option<String>, site: &Site, words: &Words) -> Markup {
    let (code, about) = match (link, site.emergency_phone.as_deref()) {
        (Some(link), _) => (link, "paper-code-ward"),
        (None, Some(number)) => (tel(number), "paper-code-call"),
        (None, None) => return html! {},
    };
    html! { figure { (qr_svg(&code)) figcaption { (words.say(about)) br; (plain(&code)) } } }
}

/// What it needs: a line for the same providers, soonest first.
fn needs(map: &Map, row: &Node, words: &Words) -> Markup {
    let mut lines: BTreeMap<(&[NodeId], u32), [Option<u64>; 2]> = BTreeMap::new();
    for need in &row.needs {
        let graces = lines.entry((&need.on, need.at_least)).or_default();
        let grace = &mut graces[usize::from(need.effect == Effect::Stops)];
        *grace = Some(grace.map_or(need.grace, |before| before.min(need.grace)));
    }
    let mut lines: Vec<_> = lines.into_iter().collect();
    lines.sort_by_key(|(_, [worse, stops])| {
        (worse.unwrap_or(u64::MAX).min(stops.unwrap_or(u64::MAX)), *stops)
    });
    html! {
        @if !lines.is_empty() {
            table.needs {
                thead { (heads(words, &NEED_COLUMNS)) }
                tbody {
                    @for ((on, at_least), [worse, stops]) in lines {
                        tr {
                            td { (providers(map, on, at_least, words)) }
                            td { (after(worse, words)) }
                            td { b { (after(stops, words)) } }
                        }
                    }
                }
            }
        }
    }
}

fn providers(map: &Map, on: &[NodeId], at_least: u32, words: &Words) -> String {
    let names = some_of(on.iter().map(|node| map.node(*node).name.as_str()), NAMED, words);
    match on.len() {
        1 => names,
        all => words.say_with(
            "paper-some-of",
            &[("least", u64::from(at_least).into()), ("all", all.into()), ("names", names.into())],
        ),
    }
}

const NEED_COLUMNS: [(Option<&str>, &str); 3] =
    [(None, "paper-needs"), (None, "paper-worse-in"), (None, "paper-stops-in")];
const NIGHT_SPACES: [(&str, bool); 3] =
    [("paper-on-paper-since", true), ("paper-patients", true), ("paper-in-charge", false)];
const NIGHT_COLUMNS: [(Option<&str>, &str); 3] =
    [(Some("hour"), "paper-hour"), (None, "paper-what"), (Some("by-hand"), "paper-who")];

/// Lines to fill in during the night.
fn night(words: &Words) -> Markup {
    html! {
        section.night {
            h2 { (words.say("paper-night")) }
            (fill_in(words, &NIGHT_SPACES))
            table.log {
                thead { (heads(words, &NIGHT_COLUMNS)) }
                tbody { @for _ in 0..7 { tr.empty { td {} td {} td {} } } }
            }
        }
    }
}
