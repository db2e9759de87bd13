//! How Rempart itself is: for programs that watch it, for people on the page Health, and on every page where its
//! clock is wrong.
//!
//! Invariant: says what it knows, and where it does not know, that; without log-in only that it answers.

use std::sync::Arc;
use std::time::Instant;

use ::intake::{Counts, Source};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use maud::{Markup, html};
use report::plain;
use store::entity::{Backup, DeliveryState};

use crate::app::App;
use crate::ask::Ask;
use crate::frame;
use crate::inflow;
use crate::keeping::Retention;
use crate::life::free;
use crate::permit::Permission;
use crate::problem::Result;
use crate::room::audit::{Chain, chain, chain_words};
use crate::route::Route;
use crate::silence;

/// What watchers ask: whether it lives, whether it should be given work.
pub(crate) const WATCHED: [&str; 2] = ["/healthz", "/readyz"];
/// Below so many bytes free the disk is nearly full.
const LITTLE: u64 = 2 << 30;
/// Stuck deliveries that are counted at most.
const STUCK: u64 = 1_000;
/// Copies shown.
const COPIES: usize = 10;
/// Sources shown, those with something wrong first.
const SOURCES: usize = 200;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get(WATCHED[0], Permission::Nobody, alive),
        Route::get(WATCHED[1], Permission::Nobody, ready),
        Route::get("/health", Permission::Read, page),
    ]
}

async fn alive() -> &'static str {
    "ok\n"
}

async fn ready(State(app): State<App>) -> Response {
    let readiness = app.life.readiness(&app.store, &app.config.data).await;
    let status = if readiness.ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, axum::Json(readiness)).into_response()
}

/// What is wrong with the machine's clock, where something is: deadlines and one-time codes depend on it.
#[must_use]
pub(crate) fn clock_warning(ask: &Ask) -> Option<String> {
    let went_back = ask.wall < ask.app.started;
    let built: Timestamp = env!("REMPART_BUILT").parse().unwrap_or_default();
    if went_back || ask.wall < built {
        return Some(ask.say("clock-wrong"));
    }
    None
}

async fn page(ask: Ask) -> Result<Response> {
    let store = &ask.app.store;
    let began = Instant::now();
    let answers = store.ping().await.is_ok();
    let took = began.elapsed().as_millis();
    let free = free(&ask.app.config.data);
    let shared = ask.app.clone();
    let kept = tokio::task::spawn_blocking(move || shared.lake.bytes()).await;
    let kept = kept.ok().and_then(std::result::Result::ok);
    let backups = store.all::<Backup>().await?;
    let chain = chain(store, false).await?;
    let stuck = store.deliveries_stuck(STUCK).await?;
    let lost = stuck.iter().filter(|it| it.state == DeliveryState::Failed).count();
    let retried = stuck.len() - lost;
    let speakers = speakers(&ask);
    let copied = backups.iter().rev().find(|it| it.error.is_none());
    let late = ask.app.desk.late();
    let wrong = [
        !answers,
        clock_warning(&ask).is_some(),
        free.is_some_and(|it| it < LITTLE),
        copied.is_none() || backups.last().is_some_and(|it| it.error.is_some()),
        matches!(chain, Chain::Broken(_)),
        lost > 0,
        speakers.iter().any(Speaker::is_wrong),
        late > 0,
    ];
    let wrong = wrong.iter().filter(|it| **it).count();
    let up = u64::try_from(ask.wall.as_second() - ask.app.started.as_second()).unwrap_or_default();
    let kind = if store.is_sqlite() { "SQLite" } else { "PostgreSQL" };
    let body = html! {
        h1 { (ask.say_with("health-title", &[("count", wrong.into())])) }
        p.lede { (ask.say("health-lede")) }
        div.two {
            section.sheet #health data-part { table { tbody {
                (row(&ask, "health-version", html! { (env!("CARGO_PKG_VERSION")) }))
                (row(&ask, "health-up", html! { (ask.words.span(up)) }))
                (row(&ask, "health-store", html! {
                    @if answers { span.up { (kind) " · " (ask.say_with("health-answers", &[("count", usize::try_from(took).unwrap_or_default().into())])) } } @else { b.warn { (kind) " · " (ask.say("health-silent")) } } }))
                (row(&ask, "health-disk", disk(&ask, free)))
                (row(&ask, "health-events", html! { (events(&ask, kept)) }))
                (row(&ask, "health-clock", html! { @if let Some(warning) = clock_warning(&ask) { b.warn { (warning) } } @else { span.up { (ask.say("health-clock-right")) } " " (ask.words.full(ask.wall)) } }))
                (row(&ask, "health-audit", chain_words(&ask, &chain)))
                (row(&ask, "health-out", html! { @if lost == 0 { (ask.say("health-out-none")) } @else { b.warn { (ask.say_with("health-out-lost", &[("count", lost.into())])) } }
                    @if retried > 0 { br; b.warn { (ask.say_with("health-out-stuck", &[("count", retried.into())])) } } }))
                @if let Some(fingerprint) = &ask.app.fingerprint { (row(&ask, "health-certificate", html! { pre { (fingerprint) } })) }
                (row(&ask, "health-sources", html! { (told(&ask, &speakers))
                    @if late > 0 { br; b.warn { (ask.say_with("health-late", &[("count", late.into()), ("number", ask.words.number(late).into())])) } } }))
            } } }
            section.sheet #copies data-part {
                header { h2 { (ask.say("copies-title")) } }
                @match copied {
                    Some(copy) => { p { (ask.say("health-copied")) " " (ask.time(copy.at.0, ask.wall)) } }
                    None => { p { b.warn { (ask.say("health-no-copy")) } } }
                }
                ul.lines { @for copy in backups.iter().rev().take(COPIES) { li id={ "copy-" (copy.id) } {
                    span { (ask.time(copy.at.0, ask.wall)) br; @if let Some(error) = &copy.error { b.warn lang="en" { (error) } } @else { span.soft { (file(&copy.file)) " · " (ask.size(u64::try_from(copy.size).unwrap_or_default())) } } }
                    span { @match copy.tested_at { Some(tested) => { (ask.say("health-tested")) " " (ask.time(tested.0, ask.wall)) } None => { span.soft { (ask.say("health-untested")) } } } }
                } } }
            }
        }
        @if !speakers.is_empty() { (sources(&ask, &speakers)) }
    };
    Ok(frame::page(&ask, None, "health", &ask.say("room-health"), body))
}

fn row(ask: &Ask, word: &str, value: Markup) -> Markup {
    html! { tr { th scope="row" { (ask.say(word)) } td { (value) } } }
}

fn disk(ask: &Ask, free: Option<u64>) -> Markup {
    html! {
        @match free {
            None => { (ask.say("health-disk-unknown")) }
            Some(bytes) if bytes < LITTLE => { b.warn { (ask.say_with("health-disk-little", &[("size", ask.size(bytes).into())])) } }
            Some(bytes) => { span.up { (ask.say_with("health-disk-free", &[("size", ask.size(bytes).into())])) } }
        }
    }
}

/// What the kept events take, and how long they stay.
fn events(ask: &Ask, kept: Option<u64>) -> String {
    let Retention { days, bytes } = ask.app.config.retention;
    let mut said = vec![match kept {
        Some(kept) => ask.say_with("health-events-take", &[("size", ask.size(kept).into())]),
        None => ask.say("health-events-unknown"),
    }];
    said.push(ask.say_with("health-events-days", &[("count", u64::from(days).into())]));
    if bytes > 0 {
        said.push(ask.say_with("health-events-bytes", &[("size", ask.size(bytes).into())]));
    }
    said.join(" ")
}

/// A source of what arrives by itself.
struct Speaker {
    source: Arc<Source>,
    counts: Counts,
    silence: silence::Told,
}

impl Speaker {
    fn is_wrong(&self) -> bool {
        self.is_silent() || self.counts.shed > 0 || self.counts.damaged > 0
    }

    fn is_silent(&self) -> bool {
        self.silence.since.is_some() || !self.silence.hosts.is_empty()
    }
}

/// All of them, those with something wrong first.
fn speakers(ask: &Ask) -> Vec<Speaker> {
    let all = inflow::sources(&ask.app, ask.wall).into_iter();
    let mut all: Vec<Speaker> =
        all.map(|(source, counts, silence)| Speaker { source, counts, silence }).collect();
    all.sort_by_key(|it| !it.is_wrong());
    all
}

fn told(ask: &Ask, speakers: &[Speaker]) -> String {
    if ask.app.spool.is_none() {
        return ask.say("health-no-sources");
    }
    let silent = speakers.iter().filter(|it| it.is_silent()).count();
    ask.say_with("health-speak", &[("count", speakers.len().into()), ("silent", silent.into())])
}

fn sources(ask: &Ask, speakers: &[Speaker]) -> Markup {
    let last = |it: &Speaker| it.counts.last_at.and_then(|at| Timestamp::from_millisecond(at).ok());
    let span = |seconds: i64| ask.words.span(seconds.unsigned_abs());
    html! {
        section.sheet #sources data-part {
            header { h2 { (ask.say("sources-title")) " " small { (speakers.len()) } } }
            ul.lines { @for it in speakers.iter().take(SOURCES) { li {
                span { b { (plain(&it.source.name)) } " " span.tag { (ask.say(&format!("sources-by-{}", it.source.authenticated_by))) } br;
                    @if let Some(since) = it.silence.since { b.warn { (ask.say("sources-silent")) " " (ask.time(since, ask.wall)) } " " }
                    @if !it.silence.hosts.is_empty() { b.warn { (ask.say("sources-silent-hosts")) " " (plain(&ask.words.list(&it.silence.hosts))) } " " }
                    @if let Some(every) = it.silence.every { span.soft { (ask.say_with("sources-every", &[("span", span(every).into())])) } } }
                span { (ask.say_with("sources-kept", &[("count", it.counts.stored.into()), ("number", ask.words.number(it.counts.stored).into())]))
                    @if let Some(at) = last(it) { br; span.soft { (ask.say("sources-last")) " " (ask.time(at, ask.wall)) } }
                    @if it.counts.shed > 0 { br; b.warn { (ask.say_with("sources-shed", &[("count", it.counts.shed.into())])) } }
                    @if it.counts.damaged > 0 { br; b.warn { (ask.say_with("sources-damaged", &[("count", it.counts.damaged.into())])) } } }
            } } }
        }
    }
}

/// The name alone: readers need not know the server's folders.
fn file(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_is_named_without_its_folder() {
        assert_eq!(file("/srv/copies/a.age"), "a.age");
        assert_eq!(file("a.age"), "a.age");
    }
}
