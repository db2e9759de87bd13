//! Care: a clock each, and the path from the ward to the machine that was hit.

use assess::{Care, Outlook, State};
use maud::{Markup, html};

use super::Context;
use crate::clock::{Axis, line, scale};
use crate::headline::{next, order};
use crate::{plain, shape};

/// One line a service: name, state, clock, what comes next.
pub(super) fn clocks(cx: Context<'_>, most: Option<usize>) -> Markup {
    let (assessment, words) = (cx.page.assessment, cx.page.words);
    let axis = Axis::of_care(assessment, assessment.now);
    let services = services(cx);
    let shown = most.unwrap_or(services.len());
    html! {
        ol.wards {
            li { span {} span {} span.line { (scale(axis, words)) } span {} }
            @for rows in services.iter().take(shown) {
                @let state = state(rows, cx);
                @let first = rows[0];
                @let next = next(first, assessment.now, words);
                li {
                    span { b { (plain(cx.names.node(&first.service))) } " " span.soft { (plain(cx.names.site(&first.site))) } }
                    span class={ "state " (shape::key(state)) } { (shape::picture(state)) (words.say(&format!("state-{}", shape::key(state)))) }
                    span.line { (line(axis, rows, assessment.now, &format!("{}: {next}", cx.names.node(&first.service)))) }
                    span.when { b { (next) } }
                }
            }
        }
        p.soft {
            @if services.len() > shown { (words.say_with("more", &[("count", (services.len() - shown).into())])) " · " }
            (words.say("clock-legend"))
        }
    }
}

/// The whole section: clocks of all, then a table with path, paper procedure and diversion.
pub(super) fn care(cx: Context<'_>) -> Markup {
    let words = cx.page.words;
    if cx.page.assessment.care.is_empty() {
        return html! {};
    }
    let body = html! {
        (clocks(cx, None))
        table {
            thead { tr { th { (words.say("column-service")) } th { (words.say("column-because")) } th { (words.say("column-procedure")) } th { (words.say("column-divert")) } } }
            tbody {
                @for rows in services(cx) {
                    @let row = rows[0];
                    @let care = cx.names.care(&row.service);
                    tr {
                        td { b { (plain(cx.names.node(&row.service))) } br; span.soft { (plain(cx.names.site(&row.site))) } }
                        td { (plain(&row.because.iter().map(|id| cx.names.node(id)).collect::<Vec<_>>().join(" ← "))) }
                        td {
                            @if let Some(care) = care {
                                (plain(care.procedure.as_deref().unwrap_or("–")))
                                @if let Some(holds) = care.holds { br; span.soft { (words.say_with("holds", &[("span", words.span(holds).into())])) } }
                                @if let Some(downtime) = &care.downtime { br; span.soft { (plain(downtime)) } }
                            }
                        }
                        td { (plain(care.and_then(|care| care.divert_to.as_deref()).unwrap_or("–"))) }
                    }
                }
            }
        }
    };
    cx.section("care", "section-care", body)
}

/// Rows by service, in the order of [`order`].
fn services<'a>(cx: Context<'a>) -> Vec<Vec<&'a Care>> {
    let mut services: Vec<Vec<&Care>> = Vec::new();
    for row in &cx.page.assessment.care {
        match services.iter_mut().find(|rows| rows[0].service == row.service) {
            Some(rows) => rows.push(row),
            None => services.push(vec![row]),
        }
    }
    for rows in &mut services {
        rows.sort_by_key(|row| row.outlook);
    }
    services.sort_by_key(|rows| order(rows[0], cx.names, cx.page.assessment.now));
    services
}

fn state(rows: &[&Care], cx: Context<'_>) -> State {
    let losing = rows.iter().find(|row| row.outlook == Outlook::Losing);
    losing.unwrap_or(&rows[0]).state(cx.page.assessment.now)
}
