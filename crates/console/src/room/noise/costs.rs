//! What each rule costs, beside what it brings.
//!
//! Invariant: figures are of this server since it started, over all that it judged, whichever incident it was for.

use std::time::Duration;

use axum::response::Response;
use detect::RuleFacts;
use maud::{Markup, html};
use report::plain;
use serde::Serialize;

use super::Spoke;
use crate::ask::Ask;
use crate::problem::Result;

/// Rules shown.
const ROWS: usize = 20;

/// A rule, and what it cost.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct Costly {
    /// Its id.
    rule: String,
    /// Its title, in the language asked for; of one that is only counted, what counts it.
    title: String,
    /// Events on which more than its rarest tests was looked at; measured on a part of them.
    looked: u64,
    /// Microseconds spent on it alone, by all threads together; measured on a part of the events.
    micros: u64,
}

/// Rules that cost anything, the costliest first.
fn costly(ask: &Ask) -> Vec<Costly> {
    let engine = &ask.app.rooms.engine;
    let mut all: Vec<Costly> = engine
        .costs()
        .filter(|(_, cost)| cost.looked > 0)
        .map(|(facts, cost)| Costly {
            title: title(ask, facts),
            rule: facts.id.to_string(),
            looked: cost.looked,
            micros: micros(cost.time),
        })
        .collect();
    all.sort_by(|one, other| other.micros.cmp(&one.micros).then_with(|| one.rule.cmp(&other.rule)));
    all
}

/// What a rule that is only counted goes by is the correlation that counts it.
fn title(ask: &Ask, facts: &RuleFacts) -> String {
    let engine = &ask.app.rooms.engine;
    let title = |of: &RuleFacts| assess::rule_title(engine, ask.words.lang(), &of.id, &of.title).to_owned();
    match engine.counted_by(&facts.id) {
        Some(correlation) => ask.say_with("costs-counted", &[("title", title(correlation).into())]),
        None => title(facts),
    }
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

pub(super) async fn list(ask: Ask) -> Result<Response> {
    ask.json(&costly(&ask))
}

pub(super) fn section(ask: &Ask, spoke: &[Spoke]) -> Markup {
    let all = costly(ask);
    let shared = micros(ask.app.rooms.engine.shared_cost());
    let whole = all.iter().map(|it| it.micros).sum::<u64>() + shared;
    let brings = |rule: &str| spoke.iter().find(|it| it.rule == rule).map_or(0, |it| it.matches);
    html! {
        section.sheet #costs {
            header { h2 { (ask.say("costs-title")) " " small { (all.len()) } } }
            @if all.is_empty() { p.empty { (ask.say("costs-none")) } }
            @else {
                p.soft { (ask.say_with("costs-explained", &[("shared", percent(ask, shared, whole).into()), ("every", detect::COSTS_EVERY.into())])) }
                div.scroll tabindex="0" { table {
                    thead { tr { @for column in ["rule", "looked", "time", "share", "matches"] { th.number[column != "rule"] scope="col" { (ask.say(&format!("rules-column-{column}"))) } } } }
                    tbody { @for it in all.iter().take(ROWS) { tr {
                        td { (plain(&it.title)) }
                        td.number { (ask.words.number(it.looked)) }
                        td.number { (ask.say_with("costs-ms", &[("ms", ask.words.number(it.micros.div_ceil(1_000)).into())])) }
                        td.number { (percent(ask, it.micros, whole)) }
                        td.number { (ask.words.number(brings(&it.rule))) }
                    } } }
                } }
            }
        }
    }
}

/// A part of the whole, in words: whole percents, or that it is less than one.
fn percent(ask: &Ask, part: u64, whole: u64) -> String {
    match part.saturating_mul(100).checked_div(whole) {
        Some(percent) if percent > 0 => ask.say_with("costs-percent", &[("percent", percent.into())]),
        _ => ask.say("costs-below"),
    }
}
