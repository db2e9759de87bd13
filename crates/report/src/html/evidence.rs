//! What was read, what was not, and the signals behind the chains.

use assess::Piece;
use maud::{Markup, html};

use super::Context;
use crate::plain;
use crate::tables::level;
use crate::terminal::evidence_line;

/// Signals shown on paper; all of them are in `signals.csv`.
const SIGNALS: usize = 120;
const PIECES: usize = 100;

pub(super) fn evidence(cx: Context<'_>) -> Markup {
    let (assessment, words) = (cx.page.assessment, cx.page.words);
    let evidence = &assessment.evidence;
    let body = html! {
        p { (evidence_line(assessment, words)) }
        (pieces(cx, "section-unreadable", &evidence.unreadable))
        (pieces(cx, "section-skipped", &evidence.skipped))
        (pieces(cx, "section-assumed", &evidence.assumed))
        (pieces(cx, "section-refused", &assessment.rules.refused))
        @if !evidence.unknown_hosts.is_empty() {
            h3 { (words.say("section-unknown-hosts")) }
            p { (plain(&evidence.unknown_hosts.join(", "))) }
        }
        @if !evidence.ambiguous_hosts.is_empty() {
            h3 { (words.say("section-ambiguous-hosts")) }
            ul { @for it in &evidence.ambiguous_hosts { li { (plain(&it.host)) ": " (plain(&it.candidates.join(", "))) } } }
        }
        @if cx.page.appendix && !cx.chained.is_empty() { (signals(cx)) }
    };
    cx.section("evidence", "section-evidence", body)
}

fn signals(cx: Context<'_>) -> Markup {
    let words = cx.page.words;
    html! {
        h3 { (words.say("section-signals")) }
        table.signals {
            thead { tr { th { (words.say("column-when")) } th { (words.say("column-level")) } th { (words.say("column-signal")) } th { (words.say("column-host")) } th { (words.say("column-source")) } } }
            tbody {
                @for signal in cx.chained.values().take(SIGNALS) {
                    tr {
                        td { (signal.time.map_or_else(|| words.say("unknown"), |time| words.day_hour(time))) }
                        td { (words.say(&format!("level-{}", level(signal.level)))) }
                        td { (plain(&signal.title)) br; span.soft { (plain(&signal.techniques.join(" "))) } }
                        td { (plain(signal.host.as_deref().unwrap_or("–"))) }
                        td { (plain(&signal.source.path)) " #" (signal.source.record) }
                    }
                }
            }
        }
        @if cx.chained.len() > SIGNALS { p.soft { (words.say_with("more-in-csv", &[("count", (cx.chained.len() - SIGNALS).into())])) } }
    }
}

fn pieces(cx: Context<'_>, key: &str, pieces: &[Piece]) -> Markup {
    let words = cx.page.words;
    html! {
        @if !pieces.is_empty() {
            h3 { (words.say(key)) }
            ul { @for piece in pieces.iter().take(PIECES) { li { b { (plain(&piece.path)) } " – " (plain(&words.reason(&piece.reason))) } } }
            @if pieces.len() > PIECES { p.soft { (words.say_with("more", &[("count", (pieces.len() - PIECES).into())])) } }
        }
    }
}
