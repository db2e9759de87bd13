//! Clocks: whom do I notify, by when, with what text?
//!
//! Invariant: what is due comes first by its deadline, then what a question would settle, then what waits for
//! a request; an unknown fact keeps its question beside it until somebody answers.

mod notice;

use assess::{Asked, Lang, Obligation, Status};
use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use govern::{Condition, Language, Obligations, Start};
use jiff::Timestamp;
use maud::{Markup, html};
use report::plain;
use serde_json::Value as Json;
use store::entity::{Notice, NoticeState};

use crate::ask::Ask;
use crate::calendar::{Event, calendar};
use crate::frame;
use crate::permit::Permission;
use crate::problem::Result;
use crate::room::night::{left, to_tell};
use crate::route::Route;
use crate::scene::Scene;

pub(crate) fn routes() -> Vec<Route> {
    let own = [
        Route::get("/incidents/{id}/clocks", Permission::Read, page),
        Route::get("/incidents/{id}/clocks.ics", Permission::Read, export),
    ];
    own.into_iter().chain(notice::routes()).collect()
}

async fn page(ask: Ask, Path(id): Path<String>) -> Result<Response> {
    let scene = ask.scene(&id).await?;
    let notices = ask.app.store.of::<Notice>(&id).await?;
    let open = to_tell(&scene, &notices);
    let sent: Vec<&Notice> = notices.iter().filter(|it| it.state == NoticeState::Sent).collect();
    let with =
        |status: Status| open.iter().copied().filter(move |it| it.status == status).collect::<Vec<_>>();
    let (due, possible, requested) = (with(Status::Due), with(Status::Possible), with(Status::OnRequest));
    let body = html! {
        h1 #headline { (title(&ask, &scene, &due)) }
        div.lede { (awareness(&ask, &scene)) }
        @if !scene.knows() { p.empty { (ask.say("clocks-none")) " " a href=(scene.path("evidence")) { (ask.say("room-evidence")) } } }
        (part(&ask, &scene, "due", &due, &notices))
        (part(&ask, &scene, "possible", &possible, &notices))
        (part(&ask, &scene, "on-request", &requested, &notices))
        (answered(&ask, &scene))
        section.sheet #sent data-part {
            header { h2 { (ask.say("clocks-sent")) " " small { (sent.len()) } } }
            @if sent.is_empty() { p.empty { (ask.say("clocks-none-sent")) } }
            ul.lines { @for it in &sent { (gone(&ask, &scene, it)) } }
        }
        p.page-end { a href=(scene.path("clocks.ics")) { (ask.say("clocks-calendar")) } span.soft { (ask.say("not-legal-advice")) }
            button.do.small type="button" data-print { (ask.say("print")) } }
    };
    Ok(frame::page(&ask, Some(&scene), "clocks", &ask.say("room-clocks"), body))
}

/// How many wait, and how long is left for the first.
fn title(ask: &Ask, scene: &Scene, due: &[&Obligation]) -> String {
    let late = due.iter().filter(|it| it.due_at.is_some_and(|at| at <= scene.now)).count();
    let first = due.iter().filter(|it| it.due_at.is_some_and(|at| at > scene.now)).min_by_key(|it| it.due_at);
    let at_once = due.iter().filter(|it| it.due_at.is_none()).count();
    let count = due.len().into();
    match (due, first) {
        ([], _) => ask.say("clocks-title-none"),
        _ if late > 0 => ask.say_with("clocks-title-late", &[("late", late.into()), ("count", count)]),
        (_, Some(first)) => {
            let key = if at_once > 0 { "clocks-title-mixed" } else { "clocks-title" };
            let span = left(ask, first, scene.now).into();
            ask.say_with(key, &[("count", count), ("now", at_once.into()), ("span", span)])
        }
        (_, None) => ask.say_with("clocks-title-at-once", &[("count", count)]),
    }
}

/// From when clocks count; whoever leads may set it.
fn awareness(ask: &Ask, scene: &Scene) -> Markup {
    html! {
        p { (ask.say("clocks-aware")) " " @match scene.incident.aware_at {
            Some(at) => { b { (ask.time(at.0, scene.now)) } }
            None => { b { (ask.say("unknown")) } }
        } ". " (ask.say("clocks-lede")) }
        @if lead(ask, scene) {
            details #aware { summary { (ask.say("clocks-set-aware")) } (aware_form(ask, scene, "aware-at")) }
        }
    }
}

fn aware_form(ask: &Ask, scene: &Scene, id: &str) -> Markup {
    html! {
        form.inline method="post" action={ "/api/v1/incidents/" (scene.incident.id) } {
            (ask.hidden())
            label for=(id) { (ask.say("clocks-aware-at")) }
            input id=(id) name="aware_at" placeholder="02:14" required maxlength="40" size="18";
            button.do.small { (ask.say("clocks-aware-do")) }
        }
    }
}

fn lead(ask: &Ask, scene: &Scene) -> bool {
    ask.visitor.may(Permission::Lead, scene.incident.site.as_deref())
}

fn part(ask: &Ask, scene: &Scene, word: &str, rows: &[&Obligation], notices: &[Notice]) -> Markup {
    html! {
        @if !rows.is_empty() {
            section.sheet id=(word) data-part {
                header { h2 { (ask.say(&format!("clocks-{word}"))) " " small { (rows.len()) } } small.soft { (ask.say(&format!("clocks-{word}-means"))) } }
                ul.lines { @for it in rows { (row(ask, scene, it, notices)) } }
            }
        }
    }
}

fn row(ask: &Ask, scene: &Scene, it: &Obligation, notices: &[Notice]) -> Markup {
    let drafted = notices.iter().any(|notice| notice.obligation == it.id);
    let late = it.due_at.is_some_and(|due| due <= scene.now);
    html! {
        li id={ "clock-" (it.id) } {
            div {
                a href={ (scene.path("clocks")) "/" (it.id) } { b { (plain(&it.title)) } } @if drafted { " " span.tag { (ask.say("clocks-drafted")) } }
                p { (plain(&it.recipient)) }
                p.soft { (plain(&it.why)) }
                p.soft { (plain(&it.legal_reference)) @if it.to_be_checked { " (" (ask.say("to-be-checked")) ")" }
                    @if !it.assumed.is_empty() { " " (plain(&ask.say_with("assumed", &[("facts", ask.words.list(&it.assumed).into())]))) } }
                (questions(ask, scene, it))
            }
            div.when {
                b class=[late.then_some("late")] { (left(ask, it, scene.now)) }
                @if let Some(due) = it.due_at { br; span.soft { (ask.say("by")) " " (ask.time(due, scene.now)) } }
            }
        }
    }
}

/// The questions that would settle it, the first in the open.
fn questions(ask: &Ask, scene: &Scene, it: &Obligation) -> Markup {
    let Some((first, others)) = it.asks.split_first() else { return html! {} };
    html! {
        (question(ask, scene, &it.id, first))
        @if !others.is_empty() {
            details id={ "more-" (it.id) } { summary { (ask.say_with("clocks-more", &[("count", others.len().into())])) }
                @for asked in others { (question(ask, scene, &it.id, asked)) } }
        }
    }
}

fn question(ask: &Ask, scene: &Scene, obligation: &str, asked: &Asked) -> Markup {
    let id = format!("{obligation}-{}", asked.fact);
    html! {
        p.question { (plain(asked.question.trim_end_matches(" (--aware)"))) }
        @if lead(ask, scene) {
            @match answer(ask, &asked.fact) {
                Answer::Instant => { (aware_form(ask, scene, &id)) }
                Answer::Event => { form.inline method="post" action={ "/api/v1/incidents/" (scene.incident.id) } {
                    (ask.hidden()) input type="hidden" name="fact" value=(asked.fact);
                    label for=(id) { (ask.say("clocks-event-at")) } input id=(id) name="value" placeholder="02:14" required maxlength="40" size="18";
                    button.do.small { (ask.say("clocks-answer")) }
                } }
                Answer::Number => { form.inline method="post" action={ "/api/v1/incidents/" (scene.incident.id) } {
                    (ask.hidden()) input type="hidden" name="fact" value=(asked.fact);
                    label for=(id) { (ask.say("clocks-how-many")) } input id=(id) name="value" type="number" min="0" required inputmode="numeric";
                    button.do.small { (ask.say("clocks-answer")) }
                } }
                Answer::YesNo => { form.inline method="post" action={ "/api/v1/incidents/" (scene.incident.id) } {
                    (ask.hidden()) input type="hidden" name="fact" value=(asked.fact);
                    button.do.small name="value" value="yes" { (ask.say("answer-yes")) }
                    button.do.small name="value" value="no" { (ask.say("answer-no")) }
                } }
            }
        }
    }
}

/// How a fact is stated.
#[derive(Debug, Eq, PartialEq)]
enum Answer {
    YesNo,
    Number,
    /// The awareness.
    Instant,
    /// The instant of an event.
    Event,
}

/// Whether a name is that of an event from which some obligation counts.
pub(crate) fn is_event(obligations: &Obligations, name: &str) -> bool {
    obligations.all().iter().any(|it| matches!(&it.start, Start::Event(event) if event == name))
}

fn answer(ask: &Ask, fact: &str) -> Answer {
    let all = ask.app.rooms.obligations.all();
    if fact == "aware" {
        return Answer::Instant;
    }
    if is_event(&ask.app.rooms.obligations, fact) {
        return Answer::Event;
    }
    let conditions = || {
        all.iter().flat_map(|it| it.deadlines.iter().filter_map(|it| it.when.as_ref()).chain([&it.trigger]))
    };
    if conditions().any(|condition| counts(condition, fact)) { Answer::Number } else { Answer::YesNo }
}

/// Whether a condition compares the fact with a number.
fn counts(condition: &Condition, name: &str) -> bool {
    match condition {
        Condition::Fact(_) => false,
        Condition::AtLeast { fact, .. } => fact == name,
        Condition::All(parts) | Condition::Any(parts) => parts.iter().any(|part| counts(part, name)),
        Condition::Not(part) => counts(part, name),
    }
}

/// What people stated, to be taken back where it was wrong.
fn answered(ask: &Ask, scene: &Scene) -> Markup {
    let Some(facts) = scene.incident.facts.0.as_object().filter(|facts| !facts.is_empty()) else {
        return html! {};
    };
    html! {
        section.sheet #answered data-part {
            header { h2 { (ask.say("clocks-answered")) } small.soft { (ask.say("clocks-answered-means")) } }
            ul.lines { @for (name, value) in facts {
                li id={ "fact-" (name) } {
                    span { (ask.app.rooms.obligations.question(name).map_or(name.as_str(), |text| text.in_language(language(ask)))) }
                    span.row { b { (said(ask, value, scene.now)) }
                        @if lead(ask, scene) {
                            form.inline method="post" action={ "/api/v1/incidents/" (scene.incident.id) } {
                                (ask.hidden()) input type="hidden" name="fact" value=(name); button.do.small.quiet { (ask.say("undo")) } }
                        } }
                }
            } }
        }
    }
}

fn said(ask: &Ask, value: &Json, now: Timestamp) -> Markup {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    html! {
        @match (text.as_str(), text.parse::<Timestamp>()) {
            ("yes", _) => (ask.say("answer-yes")),
            ("no", _) => (ask.say("answer-no")),
            (_, Ok(at)) => (ask.time(at, now)),
            (text, _) => (plain(text)),
        }
    }
}

fn language(ask: &Ask) -> Language {
    if ask.words.lang() == Lang::Fr { Language::Fr } else { Language::En }
}

/// The title of an obligation, also where the assessment no longer names it.
fn named(ask: &Ask, id: &str) -> String {
    let found = ask.app.rooms.obligations.find(id);
    found.map_or_else(|| plain(id).into_owned(), |it| it.title.in_language(language(ask)).to_owned())
}

fn gone(ask: &Ask, scene: &Scene, notice: &Notice) -> Markup {
    html! {
        li id={ "notice-" (notice.id) } {
            span { a href={ (scene.path("clocks")) "/" (notice.obligation) } { (named(ask, &notice.obligation)) }
                @if let Some(reference) = &notice.reference { br; span.soft { (ask.say("notice-reference")) " " (plain(reference)) } } }
            span { (plain(&notice.author)) " · " (ask.time(notice.sent_at.unwrap_or(notice.at).0, scene.now))
                @if notice.proof.is_some() { " " span.tag { (ask.say("notice-proof")) } } }
        }
    }
}

/// The deadlines that are still open, for a calendar.
async fn export(ask: Ask, Path(id): Path<String>) -> Result<Response> {
    let scene = ask.scene(&id).await?;
    let notices = ask.app.store.of::<Notice>(&id).await?;
    let dated = to_tell(&scene, &notices).into_iter().filter_map(|it| Some((it, it.due_at?)));
    let events: Vec<Event> = dated
        .map(|(it, at)| Event {
            uid: format!("{}.{id}@rempart", it.id),
            at,
            title: plain(&it.title).into_owned(),
            text: format!("{}\n{}\n{}", plain(&it.recipient), plain(&it.why), plain(&it.legal_reference)),
            url: format!("{}{}/{}", ask.app.url, scene.path("clocks"), it.id),
            certain: it.status == Status::Due,
        })
        .collect();
    let text = calendar(&scene.incident.title, &events, ask.wall);
    let headers = [
        (header::CONTENT_TYPE, "text/calendar; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"clocks.ics\""),
    ];
    Ok((headers, text).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fact_that_is_compared_is_a_number() {
        let fact = |name: &str| Condition::Fact(name.to_owned());
        let least = Condition::AtLeast { fact: "persons".into(), number: 500 };
        let all = Condition::All(vec![fact("controller"), Condition::Not(Box::new(least))]);
        assert!(counts(&all, "persons"));
        assert!(!counts(&all, "controller"));
        assert!(!counts(&fact("persons"), "persons"));
    }
}
