//! The night as one picture: lanes for what the attacker did, lanes for what people did, one time axis.
//!
//! Invariant: what the picture shows stands in words in the list below it; a mark leads to its stretch of time.

use std::collections::BTreeMap;

use jiff::Timestamp;
use maud::{Markup, html};
use report::clock::Axis;
use store::SignalFilter;

use super::line::Line;
use super::view::{View, Window};
use crate::ask::Ask;
use crate::density::{Cell, Density, TACTICS, lanes};
use crate::problem::Result;
use crate::scene::Scene;

const LABEL: f64 = 150.0;
const WIDTH: f64 = 620.0;
const LANE: f64 = 20.0;
const TOP: f64 = 18.0;
/// Marks closer than this share one mark with a count.
const BINS: i64 = 124;
/// Signals read for a picture that is narrower than what the lanes know.
const ROWS_MAX: u64 = 2_000;
/// Seconds within which an hour is enough to name an instant.
const DAY: i64 = 20 * 3600;
/// Lanes of people: word, kinds of lines in it.
const PEOPLE: [(&str, &[&str]); 3] = [
    ("decisions", &["decision", "notice"]),
    ("cuts", &["cut", "task"]),
    ("words", &["ward", "message", "note"]),
];

/// Cells to draw, and whether more signals fell into the window than were looked at.
pub(super) async fn cells(
    ask: &Ask,
    scene: &Scene,
    view: &View,
    window: Window,
) -> Result<(Vec<Cell>, bool)> {
    if view.asked.show == "people" {
        return Ok((Vec::new(), false));
    }
    if !view.asked.narrowed() {
        let density = scene.findings.as_ref().map(|it| &it.density);
        let taken = |cell: &Cell| {
            view.filter.level.is_none_or(|level| cell.level >= level)
                && view.filter.tactic.as_ref().is_none_or(|tactic| TACTICS[cell.lane] == tactic)
        };
        let within = density.into_iter().flat_map(|it| it.within(window.from, window.to));
        return Ok((within.filter(taken).collect(), false));
    }
    let (from, to) = (Some(window.from.into()), Some(window.to.into()));
    let filter = SignalFilter { from, to, ..view.filter.clone() };
    let page = ask.app.store.signals(&scene.incident.id, &filter, None, ROWS_MAX).await?;
    let cell = |row: &store::KeptSignal| {
        let (at, level) = (row.at.0, row.level);
        lanes(&row.tactics.0).map(|lane| Cell { at, lane, level, count: 1 }).collect::<Vec<_>>()
    };
    Ok((page.rows.iter().flat_map(cell).collect(), page.next.is_some()))
}

/// The window to show where none is asked: the attack and what people did, to now.
pub(super) fn usual(scene: &Scene, said: &[Line], density: Option<&Density>) -> Window {
    let chains = scene.assessment().map(|it| it.chains.as_slice()).unwrap_or_default();
    let first = chains.iter().filter_map(|chain| chain.start).min();
    let first = first.or_else(|| Some(density?.span()?.0));
    let from =
        first.into_iter().chain(said.first().map(|line| line.at)).min().unwrap_or(scene.incident.opened_at.0);
    let last = chains.iter().filter_map(|chain| chain.end).max();
    let last = last.into_iter().chain(said.last().map(|line| line.at)).chain([scene.now]).max();
    let whole = Window::new(from, last.unwrap_or(scene.now));
    // A little air at both ends.
    let air = jiff::SignedDuration::from_secs(whole.length() / 30 + 30);
    Window::new(from.checked_sub(air).unwrap_or(from), whole.to.checked_add(air).unwrap_or(whole.to))
}

/// The picture.
pub(super) fn picture(
    ask: &Ask,
    scene: &Scene,
    view: &View,
    window: Window,
    cells: &[Cell],
    said: &[Line],
) -> Markup {
    let axis = Axis::between(window.from, window.to, scene.now);
    let mut marks: BTreeMap<(usize, i64), (u32, i32)> = BTreeMap::new();
    for cell in cells {
        let mark = marks.entry((cell.lane, bin(window, cell.at))).or_insert((0, cell.level));
        *mark = (mark.0 + cell.count, mark.1.max(cell.level));
    }
    let used: Vec<usize> = (0..TACTICS.len()).filter(|lane| marks.keys().any(|(it, _)| it == lane)).collect();
    let mut people: BTreeMap<(usize, i64), Vec<&Line>> = BTreeMap::new();
    let inside = |line: &&Line| line.at >= window.from && line.at < window.to && view.asked.show != "signals";
    for line in said.iter().filter(inside) {
        if let Some(lane) = PEOPLE.iter().position(|(_, kinds)| kinds.contains(&line.kind)) {
            people.entry((lane, bin(window, line.at))).or_default().push(line);
        }
    }
    let height = TOP + 4.0 + LANE * (used.len() + PEOPLE.len()) as f64;
    let middle = |lane: usize| TOP + LANE * (lane as f64 + 0.5);
    let x = |bin: i64| LABEL + (bin as f64 + 0.5) / BINS as f64 * WIDTH;
    html! {
        svg.timeline viewBox={ "0 0 780 " (height) } role="group" aria-label=(ask.say("timeline-picture")) {
            (hours(ask, axis, window, height))
            @for (place, lane) in used.iter().enumerate() {
                text x="0" y=(middle(place) + 3.5) { @if TACTICS[*lane].is_empty() { (ask.say("tactic-none")) } @else { (ask.say(&format!("tactic-{}", TACTICS[*lane]))) } }
                path.rest d={ "M" (LABEL) " " (middle(place)) "H" (LABEL + WIDTH) } {}
            }
            @for (place, (word, _)) in PEOPLE.iter().enumerate() {
                text x="0" y=(middle(used.len() + place) + 3.5) { (ask.say(&format!("lane-{word}"))) }
                path.rest d={ "M" (LABEL) " " (middle(used.len() + place)) "H" (LABEL + WIDTH) } {}
            }
            @for ((lane, bin), (count, level)) in &marks {
                @let y = middle(used.iter().position(|it| it == lane).unwrap_or_default());
                @let says = ask.say_with("timeline-mark", &[("count", u64::from(*count).into()), ("when", ask.words.day_hour(instant(window, *bin)).into())]);
                a href=(stretch(view, window, *bin)) tabindex="-1" aria-label=(says) {
                    circle class=(if *level >= 3 { "mark high" } else { "mark" }) cx=(x(*bin)) cy=(y) r=((2.0 + f64::from(*count).ln()).min(8.0)) { title { (says) } }
                }
            }
            @for ((lane, bin), lines) in &people {
                @let says = lines.iter().take(4).map(|line| format!("{} {}", ask.words.hour(line.at), report::plain(&line.text))).collect::<Vec<_>>().join(" · ");
                a href=(stretch(view, window, *bin)) tabindex="-1" aria-label=(says) {
                    rect.mark.people x=(x(*bin) - 4.0) y=(middle(used.len() + lane) - 4.0) width="8" height="8" { title { (says) } }
                }
            }
            @if let Some(now) = axis.now(WIDTH) { path.now d={ "M" (LABEL + now) " 12V" (height) } { title { (ask.say("timeline-now")) } } }
        }
    }
}

/// Upright lines at round hours; days are named where the window spans more than one.
fn hours(ask: &Ask, axis: Axis, window: Window, height: f64) -> Markup {
    let days = window.length() > DAY;
    html! {
        @for hour in axis.hours(if days { 4 } else { 6 }) {
            @let x = LABEL + axis.at(hour, WIDTH);
            path.rest d={ "M" (x) " 14V" (height) } {}
            text.tick x=(x) y="10" { @if days { (ask.words.day_hour(hour)) } @else { (ask.words.hour(hour)) } }
        }
    }
}

/// The links that zoom.
pub(super) fn zoom(ask: &Ask, view: &View, window: Window, whole: Window) -> Markup {
    let to = |window: Window| {
        let (from, to) = (window.from.to_string(), window.to.to_string());
        format!("?{}", view.asked.query(&[("from", &from), ("to", &to)]))
    };
    html! {
        nav.row aria-label=(ask.say("timeline-zoom")) {
            span.soft { (ask.words.day_hour(window.from)) " – " (ask.words.day_hour(window.to)) }
            a.do.small href=(to(window.moved(-1))) rel="prev" { (ask.say("zoom-left")) }
            a.do.small href=(to(window.inwards())) { (ask.say("zoom-in")) }
            a.do.small href=(to(window.outwards())) { (ask.say("zoom-out")) }
            a.do.small href=(to(window.moved(1))) rel="next" { (ask.say("zoom-right")) }
            a.do.small href={ "?" (view.asked.query(&[("from", ""), ("to", "")])) } { (ask.say("zoom-night")) }
            a.do.small href=(to(whole)) { (ask.say("zoom-all")) }
        }
    }
}

fn bin(window: Window, at: Timestamp) -> i64 {
    let passed = (at.as_second() - window.from.as_second()).clamp(0, window.length() - 1);
    passed * BINS / window.length()
}

/// The instant at which a bin begins.
fn instant(window: Window, bin: i64) -> Timestamp {
    Timestamp::from_second(window.from.as_second() + bin * window.length() / BINS).unwrap_or(window.from)
}

/// Where a mark leads: its own bin and one on each side.
fn stretch(view: &View, window: Window, bin: i64) -> String {
    let (from, to) = (instant(window, bin - 1).to_string(), instant(window, bin + 2).to_string());
    format!("?{}#list", view.asked.query(&[("from", &from), ("to", &to)]))
}
