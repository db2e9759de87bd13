//! Is it real, and how far has it gone: the chains on a time axis and the assets that they touch.

use maud::{Markup, html};

use super::Context;
use crate::plain;
use crate::terminal::stance_key;
use crate::timeline::timeline;

/// Chains shown in full; the rest is counted.
const CHAINS: usize = 20;

pub(super) fn chains(cx: Context<'_>) -> Markup {
    let (assessment, words) = (cx.page.assessment, cx.page.words);
    if assessment.chains.is_empty() {
        return html! {};
    }
    let body = html! {
        (timeline(assessment, words, cx.chained.values()))
        @for chain in assessment.chains.iter().take(CHAINS) {
            article {
                h3 { (plain(&chain.sentence)) }
                table {
                    thead { tr { th { (words.say("column-asset")) } th { (words.say("column-stance")) } th { (words.say("column-since")) } th { (words.say("column-why")) } } }
                    tbody {
                        @for asset in &chain.assets {
                            tr {
                                td { (plain(asset.id.as_deref().map_or(asset.host.as_str(), |id| cx.names.node(id)))) " "
                                     span.soft { @if asset.id.is_some() { (plain(&asset.host)) } @else { (words.say("not-on-map")) } } }
                                td { b { (words.say(&format!("stance-{}", stance_key(asset.stance)))) } }
                                td { (asset.since.map_or_else(|| words.say("unknown"), |time| words.day_hour(time))) }
                                td { (plain(&asset.why)) }
                            }
                        }
                    }
                }
                (notes(cx, &chain.signals))
            }
        }
        @if assessment.chains.len() > CHAINS { p.soft { (words.say_with("more", &[("count", (assessment.chains.len() - CHAINS).into())])) } }
    };
    cx.section("chains", "section-chains", body)
}

/// What the chain's rules say to a hospital: why it matters, what to check first; the worst six.
fn notes(cx: Context<'_>, signals: &[u64]) -> Markup {
    let mut rules: Vec<(detect::Level, &str, &str)> = signals
        .iter()
        .filter_map(|place| cx.chained.get(place))
        .map(|signal| (signal.level, signal.rule.as_str(), signal.title.as_str()))
        .collect();
    rules.sort_by(|a, b| b.cmp(a));
    rules.dedup();
    html! {
        dl.notes {
            @for (note, title) in rules.iter().filter_map(|(_, rule, title)| Some((cx.page.notes.get(*rule)?, title))).take(6) {
                dt { (plain(title)) }
                dd { (plain(&note.why)) " " b { (plain(&note.check)) } }
            }
        }
    }
}
