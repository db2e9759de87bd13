//! Whom to tell, by when, with drafts to complete.

use assess::{Obligation, Status};
use maud::{Markup, html};

use super::Context;
use crate::terminal::when_due;
use crate::{plain, plain_lines};

/// One line an obligation.
pub(super) fn short(cx: Context<'_>, most: usize) -> Markup {
    let (assessment, words) = (cx.page.assessment, cx.page.words);
    if assessment.chains.is_empty() {
        return html! { p { (words.say("tell-calm")) } };
    }
    html! {
        ul.lines {
            @for it in assessment.obligations.iter().take(most) {
                li {
                    span { (plain(&it.title)) @if it.status == Status::Possible { " " span.soft { (words.say("status-possible")) } } }
                    span { b { (when_due(it, words)) } }
                }
            }
        }
        @if assessment.obligations.len() > most {
            p.soft { (words.say_with("more", &[("count", (assessment.obligations.len() - most).into())])) }
        }
    }
}

/// The whole section: table, then drafts.
pub(super) fn tell(cx: Context<'_>) -> Markup {
    let (assessment, words) = (cx.page.assessment, cx.page.words);
    if assessment.obligations.is_empty() {
        return html! {};
    }
    let body = html! {
        p.soft { (words.say("not-legal-advice")) }
        table {
            thead { tr { th { (words.say("column-due")) } th { (words.say("column-recipient")) } th { (words.say("column-why")) } th { (words.say("column-law")) } } }
            tbody {
                @for it in &assessment.obligations {
                    tr {
                        td { b { (when_due(it, words)) } br; span.soft { (words.say(&format!("status-{}", it.status.word()))) }
                             @if let Some(latest) = it.latest_at { br; span.soft { (words.say_with("latest", &[("when", words.day_hour(latest).into())])) } } }
                        td { b { (plain(&it.title)) } br; (plain(&it.recipient)) }
                        td { (plain(&it.why))
                             @for question in &it.ask { br; em { (plain(question)) } }
                             @if !it.assumed.is_empty() { br; span.soft { (words.say_with("assumed", &[("facts", words.list(&it.assumed).into())])) } } }
                        td { (plain(&it.legal_reference)) @if it.to_be_checked { br; span.soft { (words.say("to-be-checked")) } } }
                    }
                }
            }
        }
        p.soft { (words.say("drafts-elsewhere")) }
        @for it in assessment.obligations.iter().filter(|it| near(it)) {
            @if let Some(draft) = &it.draft {
                article.draft { h3 { (words.say("draft")) " · " (plain(&it.title)) } pre { (plain_lines(draft)) } }
            }
        }
    };
    cx.section("tell", "section-tell", body)
}

/// Whether a draft is likely to be sent: due, or one question away.
fn near(obligation: &Obligation) -> bool {
    obligation.status == Status::Due || (obligation.status == Status::Possible && obligation.ask.len() <= 1)
}
