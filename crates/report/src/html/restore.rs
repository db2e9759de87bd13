//! What comes back first, and why.

use assess::Restoration;
use maud::{Markup, html};

use super::Context;
use crate::gantt::gantt;
use crate::plain;

/// One line a service, soonest first; what has no known return at the end.
pub(super) fn short(cx: Context<'_>, plan: &Restoration, most: usize) -> Markup {
    let words = cx.page.words;
    let mut services: Vec<_> = plan.services.iter().collect();
    services.sort_by_key(|service| (service.back_at.is_none(), service.back_at));
    html! {
        ul.lines {
            @for service in services.iter().take(most) {
                li { span { (plain(cx.names.node(&service.id))) } span { b { (service.back_at.map_or_else(|| words.say("unknown"), |time| words.day_hour(time))) } } }
            }
        }
        @if services.len() > most { p.soft { (words.say_with("more", &[("count", (services.len() - most).into())])) } }
    }
}

/// The whole section: figures, chart, services, what each machine comes back from, steps.
pub(super) fn restore(cx: Context<'_>) -> Markup {
    let words = cx.page.words;
    let Some(plan) = cx
        .page
        .assessment
        .restoration
        .as_ref()
        .filter(|plan| !plan.services.is_empty() || !plan.steps.is_empty())
    else {
        return html! {};
    };
    let hours = |value: f64| words.care_hours(value);
    let body = html! {
        p { (words.say_with("restore-figures", &[
            ("lost", hours(plan.care_lost).into()), ("bound", hours(plan.bound).into()),
            ("heaviest", hours(plan.heaviest_first).into()), ("horizon", words.span((plan.horizon * 3600.0) as u64).into()),
        ])) }
        (gantt(plan, cx.names, words, cx.page.assessment.now))
        (short(cx, plan, usize::MAX))
        h3 { (words.say("section-copies")) }
        table {
            thead { tr { th { (words.say("column-node")) } th { (words.say("column-back")) } th { (words.say("column-way")) } th { (words.say("column-copy")) } } }
            tbody {
                @for node in &plan.nodes {
                    tr {
                        td { b { (plain(cx.names.node(&node.id))) } }
                        td { (node.back_at.map_or_else(|| words.say("unknown"), |time| words.day_hour(time))) }
                        td { (words.say(&format!("way-{}", node.way.word()))) @if node.maybe_tainted { br; b { (words.say("maybe-tainted")) } } }
                        td {
                            @if let Some(point) = node.restore_point { (words.day_hour(point)) }
                            @if let Some(lost) = node.hours_lost { br; span.soft { (words.say_with("data-lost", &[("span", words.span((lost * 3600.0) as u64).into())])) } }
                        }
                    }
                }
            }
        }
        h3 { (words.say("section-steps")) }
        table {
            thead { tr { th { (words.say("column-start")) } th { (words.say("column-end")) } th { (words.say("column-step")) } th { (words.say("column-team")) } th { (words.say("column-why")) } } }
            tbody {
                @for step in &plan.steps {
                    tr {
                        td { (words.day_hour(step.start)) } td { (words.day_hour(step.end)) }
                        td { (plain(cx.names.node(&step.node))) br; span.soft { (plain(&step.step)) } }
                        td { (plain(&step.teams.join(", "))) } td { (plain(&step.why)) }
                    }
                }
            }
        }
        @if !plan.not_planned.is_empty() {
            p { (words.say("not-planned")) " " (plain(&plan.not_planned.iter().map(|id| cx.names.node(id)).collect::<Vec<_>>().join(", "))) }
        }
    };
    cx.section("restore", "section-restore", body)
}
