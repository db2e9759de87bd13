//! Page one: what a director reads in sixty seconds.

use maud::{Markup, html};

use super::{Context, care, cut, tell};
use crate::headline::{headline, lede, losing};
use crate::plain;
use crate::terminal::evidence_line;

/// How many lines each list of page one shows.
const LINES: usize = 6;

pub(super) fn summary(cx: Context<'_>) -> Markup {
    let (assessment, words) = (cx.page.assessment, cx.page.words);
    html! {
        header.bar {
            span.brand { "Rempart" }
            @if let Some(map) = cx.page.map { span { (plain(&map.name)) } }
            span.clock { (words.full(assessment.now)) }
            span.soft { (words.zone().iana_name().unwrap_or("UTC")) }
        }
        div.summary {
            h1 { (plain(&headline(assessment, cx.names, words))) }
            p.lede { (plain(&lede(assessment, words).join(" "))) }
            @if !assessment.care.is_empty() {
                section {
                    h2 { (words.say("section-care")) " " small { (words.say_with("care-count", &[("count", losing(assessment).len().into())])) } }
                    (care::clocks(cx, Some(LINES + 2)))
                }
            }
            div.two {
                @if !assessment.containment.is_empty() {
                    section { h2 { (words.say("section-cut")) } (cut::choices(cx, 3)) }
                }
                div {
                    section { h2 { (words.say("section-tell")) } (tell::short(cx, LINES)) }
                    @if let Some(plan) = &assessment.restoration {
                        section { h2 { (words.say("section-restore")) } (super::restore::short(cx, plan, LINES)) }
                    }
                }
            }
            p.soft { (evidence_line(assessment, words)) }
        }
    }
}
