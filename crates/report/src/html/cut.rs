//! What may be cut: what a choice costs and saves stands beside it.

use assess::{Action, Containment, Words};
use maud::{Markup, html};

use super::Context;
use crate::plain;

/// The first options, as sentences with their figures.
pub(super) fn choices(cx: Context<'_>, most: usize) -> Markup {
    html! {
        @for option in pick(&cx.page.assessment.containment, most) { (choice(option, cx.page.words)) }
    }
}

/// The whole section: every option, its actions with place, person and way back, and what stays reachable.
pub(super) fn cut(cx: Context<'_>) -> Markup {
    let words = cx.page.words;
    if cx.page.assessment.containment.is_empty() {
        return html! {};
    }
    let body = html! {
        p.soft { (words.say("cut-explained")) }
        @for option in &cx.page.assessment.containment {
            (choice(option, cx.page.words))
            @if !option.levers.is_empty() { (cards(cx, option)) }
            @if !option.still_reachable.is_empty() {
                p.soft { (words.say_with("still-reachable", &[("count", option.still_reachable.len().into())])) " " (plain(&reachable(cx, option))) }
            }
        }
    };
    cx.section("cut", "section-cut", body)
}

/// An option in one sentence, beside what it costs and what it saves.
#[must_use]
pub fn choice(option: &Containment, words: &Words) -> Markup {
    html! {
        div.choice {
            b { (plain(&option.sentence)) }
            (figures(option, words))
        }
    }
}

/// What an option costs, saves and leaves at stake, in weighted care-hours, and how long it takes.
#[must_use]
pub fn figures(option: &Containment, words: &Words) -> Markup {
    let costs = words.say(if option.at_least { "costs-at-least" } else { "costs" });
    let hours = [
        (costs, option.care_lost),
        (words.say("saves"), option.care_saved),
        (words.say("danger"), option.danger),
    ];
    html! {
        div.price {
            @for (what, hours) in hours { span { (what) " " b { (words.care_hours(hours)) } " " (words.say("care-hours")) } }
            @if let Some(minutes) = option.minutes { span { (words.say("takes")) " " b { (words.span(u64::from(minutes) * 60)) } } }
        }
    }
}

fn cards(cx: Context<'_>, option: &Containment) -> Markup {
    let words = cx.page.words;
    let mut seen = Vec::new();
    html! {
        table {
            thead { tr { th { (words.say("column-lever")) } th { (words.say("column-place")) } th { (words.say("column-who")) } th { (words.say("column-undo")) } } }
            tbody {
                @for action in &option.levers {
                    @if first_of(&mut seen, action) {
                        @let lever = action.lever.as_deref().and_then(|id| cx.names.lever(id));
                        tr {
                            td { b { (plain(lever.map_or(cx.names.node(&action.target), |lever| lever.label.as_str()))) } br;
                                 span.soft { (words.say(&format!("action-{}", action.kind.word()))) } }
                            td { (plain(lever.and_then(|it| it.place.as_deref()).unwrap_or("–"))) }
                            td { (plain(lever.and_then(|it| it.who.as_deref()).unwrap_or("–"))) }
                            td { (plain(lever.and_then(|it| it.undo.as_deref()).unwrap_or("–"))) }
                        }
                    }
                }
            }
        }
    }
}

/// A lever with several actions is one line.
fn first_of(seen: &mut Vec<String>, action: &Action) -> bool {
    let key = action.lever.clone().unwrap_or_else(|| action.target.clone());
    let new = !seen.contains(&key);
    if new {
        seen.push(key);
    }
    new
}

/// Doing nothing, the least danger, and what stands between: the most saved for its cost first.
#[must_use]
pub fn pick(options: &[Containment], most: usize) -> Vec<&Containment> {
    let mut places: Vec<usize> = (0..options.len()).collect();
    places.sort_by(|a, b| {
        let worth = |place: usize| options[place].care_saved - options[place].care_lost;
        worth(*b).total_cmp(&worth(*a)).then(a.cmp(b))
    });
    let mut kept: Vec<usize> =
        places.into_iter().filter(|place| *place != 0).take(most.saturating_sub(1)).collect();
    kept.insert(0, 0);
    kept.sort_unstable();
    kept.into_iter().filter_map(|place| options.get(place)).collect()
}

fn reachable(cx: Context<'_>, option: &Containment) -> String {
    let names: Vec<&str> = option.still_reachable.iter().take(30).map(|id| cx.names.node(id)).collect();
    let more = option.still_reachable.len().saturating_sub(30);
    if more == 0 { names.join(", ") } else { format!("{}, … +{more}", names.join(", ")) }
}
