//! Search: was it here before? The events that are kept, by the grammar of `rempart hunt`.
//!
//! Invariant: a search is bounded in hits, bytes and time, and says what it went through and what it did not come to;
//! a mistake comes back beside what was typed, with where it is and what to do.

use std::time::{Duration, Instant};

use assess::Said;
use axum::extract::Query as Asks;
use axum::http::StatusCode;
use axum::response::Response;
use evidence::{Event, Value};
use jiff::Timestamp;
use lake::{First, Kept, Query, QueryError, Searched, Since, Span};
use maud::{Markup, html};
use report::plain;
use serde::{Deserialize, Serialize};
use tokio::time::timeout;

use crate::ask::Ask;
use crate::frame;
use crate::moment;
use crate::permit::Permission;
use crate::problem::{Problem, Result};
use crate::route::Route;

/// Events found at most.
const HITS: usize = 200;
/// Bytes of them at most, as JSON.
const BYTES: usize = 16 << 20;
/// It looks for so long.
const LONGEST: Duration = Duration::from_secs(10);
/// Searches at a time: each holds a part of a file in memory.
pub(crate) const AT_ONCE: usize = 2;
/// A search waits this long for others.
const PATIENCE: Duration = Duration::from_secs(5);
/// Letters of an event's line on the page, and of the whole event.
const LINE: usize = 200;
const WHOLE: usize = 64 << 10;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get("/search", Permission::Read, page),
        Route::get("/api/v1/search", Permission::Read, json)
            .about("Kept events that a query holds of, latest days first: the grammar of `rempart hunt`")
            .asks::<Asked>()
            .gives::<Answer>(),
    ]
}

/// Where to look for what a host said.
pub(crate) fn of_host(host: &str) -> String {
    let query = format!("host:\"{}\"", host.replace('"', "\"\""));
    format!("/search?{}", serde_urlencoded::to_string([("q", query)]).unwrap_or_default())
}

#[derive(Deserialize, utoipa::IntoParams)]
struct Asked {
    /// What to look for; everything, where empty.
    q: Option<String>,
    /// From then on: an instant, or a span back from now such as `90d`.
    #[serde(default)]
    since: String,
    /// Up to then: an instant.
    #[serde(default)]
    until: String,
    /// Events at most: 200 where absent, and at most.
    limit: Option<usize>,
}

/// What cannot be looked for.
enum Mistake {
    Query(QueryError),
    Since,
    Until,
}

impl Mistake {
    /// The field that it stands in.
    fn field(&self) -> &'static str {
        match self {
            Mistake::Query(_) => "q",
            Mistake::Since => "since",
            Mistake::Until => "until",
        }
    }

    /// In the reader's language.
    fn told(&self, ask: &Ask) -> String {
        let at = |key: &str, at: &usize| ask.say_with(key, &[("at", (*at).into())]);
        match self {
            Mistake::Query(QueryError::OpenQuote(place)) => at("search-open-quote", place),
            Mistake::Query(QueryError::OpenParenthesis(place)) => at("search-open-parenthesis", place),
            Mistake::Query(QueryError::Closes(place)) => at("search-closes", place),
            Mistake::Query(QueryError::Missing(place)) => at("search-missing", place),
            Mistake::Query(QueryError::TooLong) => ask.say("search-too-long"),
            Mistake::Since => ask.say("search-bad-since"),
            Mistake::Until => ask.say("search-bad-until"),
        }
    }
}

impl From<Mistake> for Problem {
    fn from(mistake: Mistake) -> Problem {
        Problem::bad(match mistake {
            Mistake::Query(error) => Said::new("refusal-query").with("why", error.to_string()),
            Mistake::Since => Said::new("refusal-since"),
            Mistake::Until => Said::new("refusal-until"),
        })
    }
}

fn read(ask: &Ask, asked: &Asked) -> std::result::Result<(Query, Span), Mistake> {
    let query = asked.q.as_deref().unwrap_or_default().parse().map_err(Mistake::Query)?;
    let instant = |text: &str| moment::past(text, ask.wall, ask.words.zone());
    let since = |text: &str| text.parse::<Since>().map(|it| it.at(ask.wall)).ok().or_else(|| instant(text));
    let field = |text: &str, read: &dyn Fn(&str) -> Option<Timestamp>, mistake: Mistake| match text.trim() {
        "" => Ok(None),
        text => read(text).map(Some).ok_or(mistake),
    };
    let since = field(&asked.since, &since, Mistake::Since)?;
    let until = field(&asked.until, &instant, Mistake::Until)?;
    Ok((query, Span { since, until }))
}

/// An event that was found, and the same as JSON.
struct Hit {
    kept: Kept,
    json: serde_json::Value,
}

struct Found {
    /// Latest first.
    hits: Vec<Hit>,
    searched: Searched,
    /// Whether it ended because it had enough.
    full: bool,
    /// Whether it ended because it took long.
    late: bool,
}

async fn search(ask: &Ask, query: Query, span: Span, limit: usize) -> Result<Found> {
    let busy = || {
        let wait = Said::new("refusal-searches");
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, "busy", wait)
    };
    let permit = timeout(PATIENCE, ask.app.searches.clone().acquire_owned()).await.map_err(|_| busy())?;
    let permit = permit.map_err(|error| Problem::inside(&error))?;
    let app = ask.app.clone();
    let found = tokio::task::spawn_blocking(move || {
        // Held until the search ends, even where nobody waits for it any more.
        let _permit = permit;
        let begun = Instant::now();
        let (mut hits, mut bytes, mut failed) = (Vec::new(), 0, None);
        let late = || begun.elapsed() >= LONGEST;
        let searched = app.lake.search(&query, span, First::Latest, &late, |kept| {
            match serde_json::to_value(&kept) {
                Ok(json) => {
                    bytes += kept.event.line.len() + json["fields"].to_string().len();
                    hits.push(Hit { kept, json });
                }
                Err(error) => failed = Some(error),
            }
            hits.len() < limit && bytes < BYTES && failed.is_none()
        });
        let searched = searched.map_err(|error| Problem::inside(&error))?;
        failed.map_or(Ok(()), |error| Err(Problem::inside(&error)))?;
        hits.sort_by_key(|hit| std::cmp::Reverse(hit.kept.event.time));
        let full = hits.len() >= limit || bytes >= BYTES;
        Ok(Found { hits, searched, full, late: late() && !full })
    });
    found.await.map_err(|error| Problem::inside(&error))?
}

/// What a search found, and what it went through.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = SearchAnswer)]
struct Answer {
    /// Events with the ids of the rules that they matched when they came, latest first.
    #[schema(value_type = Vec<Object>)]
    hits: Vec<serde_json::Value>,
    /// Whether everything that is kept was gone through.
    complete: bool,
    /// Files looked into.
    files: u64,
    /// Events read.
    events: u64,
    /// Parts of files that could hold nothing of it, unread.
    left_out: u64,
    /// Older files that it did not come to.
    not_reached: u64,
    /// Files that could not be read.
    unread: usize,
}

async fn json(ask: Ask, Asks(asked): Asks<Asked>) -> Result<Response> {
    let (query, span) = read(&ask, &asked)?;
    let found = search(&ask, query, span, asked.limit.unwrap_or(HITS).clamp(1, HITS)).await?;
    let searched = &found.searched;
    ask.json(&Answer {
        complete: !found.full && !found.late && searched.unread.is_empty(),
        files: searched.files,
        events: searched.events,
        left_out: searched.left_out,
        not_reached: searched.not_reached,
        unread: searched.unread.len(),
        hits: found.hits.into_iter().map(|hit| hit.json).collect(),
    })
}

async fn page(ask: Ask, Asks(asked): Asks<Asked>) -> Result<Response> {
    let (mut mistake, mut found) = (None, None);
    if asked.q.is_some() {
        match read(&ask, &asked) {
            Ok((query, span)) => found = Some(search(&ask, query, span, HITS).await?),
            Err(wrong) => mistake = Some(wrong),
        }
    }
    let wrong = |field: &str| {
        let told = mistake.as_ref().filter(|it| it.field() == field).map(|it| it.told(&ask));
        html! { @if let Some(told) = told { p.warn role="alert" { (told) } } }
    };
    let body = html! {
        h1 { (ask.say("search-title")) }
        form.sheet.fields method="get" action="/search" #search role="search" {
            div { label for="q" { (ask.say("search-what")) span.soft { (ask.say("search-hint")) } }
                input #q name="q" value=(asked.q.as_deref().unwrap_or_default()) autocomplete="off" spellcheck="false"; (wrong("q")) }
            div { label for="since" { (ask.say("search-since")) span.soft { (ask.say("search-since-hint")) } }
                input #since name="since" value=(asked.since) autocomplete="off"; (wrong("since")) }
            div { label for="until" { (ask.say("search-until")) span.soft { (ask.say("search-until-hint")) } }
                input #until name="until" value=(asked.until) autocomplete="off"; (wrong("until")) }
            button.do.first { (ask.say("search-do")) }
        }
        @if let Some(found) = &found { (results(&ask, found)) }
        @else { (grammar(&ask)) }
    };
    Ok(frame::page(&ask, None, "search", &ask.say("room-search"), body))
}

/// How a query is written, by examples.
fn grammar(ask: &Ask) -> Markup {
    let examples = [
        "192.0.2.7",
        "\"delete shadows\"",
        "host:srv-*",
        "host:dc-01 not user:svc-backup",
        "(whoami or nltest) user:*",
    ];
    html! {
        section.sheet { header { h2 { (ask.say("search-examples")) } }
            ul.lines { @for example in examples { li { a href={ "/search?" (serde_urlencoded::to_string([("q", example)]).unwrap_or_default()) } { code { (example) } } } } }
            p.soft { (ask.say("search-fields")) }
        }
    }
}

fn results(ask: &Ask, found: &Found) -> Markup {
    let searched = &found.searched;
    let number = |count: u64| ask.words.number(count);
    html! {
        section.sheet #hits {
            header { h2 { (ask.say_with("search-found", &[("count", found.hits.len().into())])) } }
            p.soft {
                (ask.say_with("search-went", &[("events", number(searched.events).into()), ("files", number(searched.files).into()), ("parts", number(searched.left_out).into())]))
                @if found.full { " " b { (ask.say_with("search-full", &[("count", found.hits.len().into())])) } }
                @if found.late { " " b { (ask.say_with("search-late", &[("seconds", LONGEST.as_secs().into())])) } }
                @if searched.not_reached > 0 { " " (ask.say_with("search-not-reached", &[("count", searched.not_reached.into())])) }
                @if !searched.unread.is_empty() { " " b.warn { (ask.say_with("search-unread", &[("count", searched.unread.len().into())])) } }
            }
            @if !found.hits.is_empty() {
                div.scroll tabindex="0" { table {
                    thead { tr { @for column in ["when", "host", "source", "line"] { th scope="col" { (ask.say(&format!("search-column-{column}"))) } } } }
                    tbody { @for hit in &found.hits { (row(ask, hit)) } }
                } }
            }
        }
    }
}

fn row(ask: &Ask, hit: &Hit) -> Markup {
    let event = &hit.kept.event;
    let source = event.channel.as_deref().unwrap_or(&event.origin.path);
    let title = |id| assess::rule_title(&ask.app.rooms.engine, ask.words.lang(), id, id).to_owned();
    let whole = serde_json::to_string_pretty(&hit.json).unwrap_or_default();
    let cut: String = whole.chars().take(WHOLE).collect();
    html! {
        tr {
            td { @match event.time { Some(time) => (ask.time(time, ask.wall)), None => (ask.say("unknown")) } }
            td { @if let Some(host) = &event.host { a href=(of_host(host)) { (plain(host)) } } }
            td { (plain(source)) }
            td {
                @for rule in &hit.kept.rules { span.tag { (plain(&title(rule))) } " " }
                details { summary { (plain(&line(event))) }
                    pre { (plain_lines(&cut)) }
                    @if cut.len() < whole.len() { p.soft { (ask.say("search-cut")) } } }
            }
        }
    }
}

/// Text of evidence over several lines, each as plain as one.
fn plain_lines(text: &str) -> String {
    text.lines().map(|line| plain(line).into_owned()).collect::<Vec<_>>().join("\n")
}

/// The event in one line: as its log wrote it, else its first fields.
fn line(event: &Event) -> String {
    if !event.line.is_empty() {
        return short(&event.line);
    }
    let mut told = String::new();
    for (name, value) in &event.fields.0 {
        let value = match value {
            Value::Text(text) if !text.is_empty() => short(text),
            Value::Integer(number) => number.to_string(),
            Value::Number(number) => number.to_string(),
            Value::Boolean(truth) => truth.to_string(),
            _ => continue,
        };
        told.push_str(&format!("{name}={value} "));
        if told.len() > LINE {
            break;
        }
    }
    short(&told)
}

fn short(text: &str) -> String {
    let mut cut: String = text.chars().take(LINE).collect();
    if cut.len() < text.len() {
        cut.push('…');
    }
    cut
}
