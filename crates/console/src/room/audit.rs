//! Audit: who changed what, when, from where, before and after; and whether the chain of it holds.
//!
//! Invariant: lines come by pages whatever their number; an export is itself written down; nothing here changes
//! a line.

use axum::body::{Body as Bytes, Bytes as Chunk};
use axum::extract::Query;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::{AuditFault, AuditFilter, Audited, Store};
use tokio_stream::wrappers::ReceiverStream;

use crate::ask::Ask;
use crate::frame;
use crate::permit::Permission;
use crate::problem::Result;
use crate::room::people;
use crate::route::Route;

/// Lines on a page.
const LINES: u64 = 100;
/// Letters of a field on the page; the export holds it whole.
const SHOWN: usize = 400;
/// Lines read at a time for an export.
const PIECE: u64 = 1_000;
/// A chain up to this long is checked without being asked to.
const SHORT: i64 = 5_000;
/// Kinds and actors offered as filters at most.
const OFFERED: usize = 40;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get("/audit", Permission::Inspect, page),
        Route::get("/api/v1/audit", Permission::Inspect, list)
            .about("Lines of the audit, newest first; `before` is the number to go on from")
            .asks::<Asked>()
            .gives_list::<Audited>(),
        Route::get("/api/v1/audit/check", Permission::Inspect, check)
            .about("Check the whole chain")
            .gives::<Checked>(),
        Route::get("/api/v1/audit.ndjson", Permission::Inspect, export)
            .about("The whole audit, oldest first, one line each")
            .also("application/x-ndjson"),
    ]
}

#[derive(Clone, Default, Deserialize, Serialize, utoipa::IntoParams)]
struct Asked {
    /// Kind of record.
    kind: Option<String>,
    /// Who.
    actor: Option<String>,
    /// What was done.
    verb: Option<String>,
    /// The incident that it belongs to.
    incident: Option<String>,
    /// Lines before this number.
    before: Option<i64>,
    /// Of the page: whether to check a long chain.
    check: Option<String>,
}

impl Asked {
    fn filter(&self) -> AuditFilter {
        let said = |text: &Option<String>| text.clone().filter(|it| !it.is_empty());
        AuditFilter {
            kind: said(&self.kind),
            actor: said(&self.actor),
            verb: said(&self.verb),
            incident: said(&self.incident),
        }
    }

    async fn lines(&self, ask: &Ask) -> Result<Vec<Audited>> {
        Ok(ask.app.store.audit_page(self.before.unwrap_or(i64::MAX), &self.filter(), LINES).await?)
    }
}

async fn list(ask: Ask, Query(asked): Query<Asked>) -> Result<Response> {
    let lines = asked.lines(&ask).await?;
    let full = lines.len() as u64 == LINES;
    let last = lines.last().filter(|_| full).map(|line| line.seq.to_string());
    ask.linked(&lines, last.as_deref().map(|last| ("before", last)), None)
}

/// What a check of the chain found.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = AuditCheck)]
struct Checked {
    /// Lines there are.
    lines: i64,
    /// The first line that is wrong.
    wrong: Option<i64>,
    /// What is wrong with it.
    reason: Option<&'static str>,
}

async fn check(ask: Ask) -> Result<Response> {
    let fault = ask.app.store.audit_check().await?;
    let lines = ask.app.store.audit_head().await?;
    ask.json(&Checked { lines, wrong: fault.as_ref().map(|it| it.seq), reason: fault.map(|it| it.reason) })
}

/// Whether the chain holds; a long one is checked when asked.
pub(crate) enum Chain {
    /// It holds, over so many lines.
    Holds(i64),
    /// It is so long that it is checked when asked.
    Long(i64),
    /// It does not hold.
    Broken(AuditFault),
}

/// Checks the chain.
///
/// # Errors
/// When the store does not answer.
pub(crate) async fn chain(store: &Store, asked: bool) -> Result<Chain> {
    let lines = store.audit_head().await?;
    if lines > SHORT && !asked {
        return Ok(Chain::Long(lines));
    }
    Ok(store.audit_check().await?.map_or(Chain::Holds(lines), Chain::Broken))
}

/// What the check found, in words.
pub(crate) fn chain_words(ask: &Ask, chain: &Chain) -> Markup {
    let count = |lines: i64| usize::try_from(lines).unwrap_or_default();
    html! {
        @match chain {
            Chain::Holds(lines) => { span.up { (ask.say_with("audit-holds", &[("count", count(*lines).into())])) } }
            Chain::Long(lines) => { (ask.say_with("audit-long", &[("count", count(*lines).into())])) " " a href="/audit?check=yes" { (ask.say("audit-check")) } }
            Chain::Broken(fault) => { b.warn role="alert" { (ask.say_with("audit-broken", &[("line", count(fault.seq).into())])) } " " (ask.say(&format!("audit-fault-{}", fault.word))) }
        }
    }
}

async fn page(ask: Ask, Query(asked): Query<Asked>) -> Result<Response> {
    let lines = asked.lines(&ask).await?;
    let head = ask.app.store.audit_head().await?;
    let chain = chain(&ask.app.store, asked.check.is_some()).await?;
    let known = ask.app.store.audit_before(i64::MAX, None, PIECE).await?;
    let full = lines.len() as u64 == LINES;
    let next = lines.last().filter(|_| full).map(|line| {
        let next = Asked { before: Some(line.seq), check: None, ..asked.clone() };
        format!("/audit?{}", serde_urlencoded::to_string(&next).unwrap_or_default())
    });
    let body = html! {
        (people::strip(&ask).await?)
        h1 { (ask.say_with("audit-title", &[("count", usize::try_from(head).unwrap_or_default().into())])) }
        p.lede { (ask.say("audit-lede")) br; (chain_words(&ask, &chain)) }
        form.filters method="get" action="/audit" {
            (choose(&ask, "kind", asked.kind.as_deref(), known.iter().map(|line| line.kind.as_str()), to))
            (choose(&ask, "actor", asked.actor.as_deref(), known.iter().map(|line| line.actor.as_str()), |_, name| name.to_owned()))
            (choose(&ask, "verb", asked.verb.as_deref(), known.iter().map(|line| line.verb.as_str()), did))
            button.do { (ask.say("audit-filter")) }
        }
        section.sheet { div.scroll { table {
            thead { tr { th.number { "#" } th { (ask.say("audit-when")) } th { (ask.say("audit-actor")) } th { (ask.say("audit-what")) } th { (ask.say("audit-change")) } } }
            tbody { @for line in &lines { (row(&ask, line)) } }
        } }
        @if lines.is_empty() { p.empty { (ask.say("audit-none")) } } }
        p.page-end {
            @if let Some(next) = next { a href=(next) { (ask.say("audit-older")) } }
            a href="/api/v1/audit.ndjson" download="audit.ndjson" { (ask.say("audit-export")) }
        }
    };
    Ok(frame::page(&ask, None, "audit", &ask.say("room-audit"), body))
}

/// The word of a verb.
fn did(ask: &Ask, verb: &str) -> String {
    known(ask, format!("audit-did-{verb}"), verb)
}

/// The word of a kind.
fn to(ask: &Ask, kind: &str) -> String {
    known(ask, format!("audit-to-{kind}"), kind)
}

/// What a record writes, in the reader's words; as it is, where there are none.
fn known(ask: &Ask, key: String, written: &str) -> String {
    if ask.words.has(&key) { ask.say(&key) } else { written.to_owned() }
}

fn choose<'a>(
    ask: &Ask,
    name: &str,
    chosen: Option<&'a str>,
    known: impl Iterator<Item = &'a str>,
    words: fn(&Ask, &str) -> String,
) -> Markup {
    let mut offered: Vec<&str> = known.chain(chosen.filter(|it| !it.is_empty())).collect();
    offered.sort_unstable();
    offered.dedup();
    offered.truncate(OFFERED);
    html! {
        div { label for=(name) { (ask.say(&format!("audit-{name}"))) }
            select id=(name) name=(name) {
                option value="" { (ask.say("audit-any")) }
                @for one in offered { option value=(one) selected[chosen == Some(one)] { (words(ask, one)) } }
            } }
    }
}

fn row(ask: &Ask, line: &Audited) -> Markup {
    let changes = diff(line.before.as_ref().map(|it| &it.0), line.after.as_ref().map(|it| &it.0));
    html! {
        tr id={ "line-" (line.seq) } {
            td.number { (line.seq) }
            td { (ask.time(line.at.0, ask.wall)) }
            td { (line.actor) br; span.soft { (known(ask, format!("audit-by-{}", line.actor_kind), &line.actor_kind)) @if !line.address.is_empty() { " · " (line.address) } } }
            td { b { (to(ask, &line.kind)) } " · " (did(ask, &line.verb)) br; span.soft { (line.record) } }
            td { @if changes.is_empty() { "–" } @else {
                details id={ "diff-" (line.seq) } { summary { (ask.say_with("audit-fields", &[("count", changes.len().into())])) }
                    @for change in &changes { p { b { (change.field) } br;
                        @if let Some(before) = &change.before { del { (before) } " " } @if let Some(after) = &change.after { ins { (after) } } } } }
            } }
        }
    }
}

/// A field that differs.
#[derive(Debug, Eq, PartialEq)]
struct Differs {
    field: String,
    before: Option<String>,
    after: Option<String>,
}

/// What differs between a record before and after, field by field.
fn diff(before: Option<&Value>, after: Option<&Value>) -> Vec<Differs> {
    let fields = |value: Option<&Value>| value.and_then(Value::as_object).cloned().unwrap_or_default();
    let (before, after) = (fields(before), fields(after));
    let mut names: Vec<&String> = before.keys().collect();
    names.extend(after.keys().filter(|name| !before.contains_key(*name)));
    let text = |value: Option<&Value>| match value {
        None | Some(Value::Null) => None,
        Some(Value::String(text)) => Some(text.clone()),
        Some(other) => Some(other.to_string()),
    };
    let shown = |text: String| match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{} …", &text[..end]),
        None => text,
    };
    let of = |name: &String| {
        let (before, after) = (text(before.get(name)), text(after.get(name)));
        (before != after && name != "version").then(|| Differs {
            field: name.clone(),
            before: before.map(shown),
            after: after.map(shown),
        })
    };
    names.into_iter().filter_map(of).collect()
}

async fn export(ask: Ask) -> Result<Response> {
    let mut change = ask.begin().await?;
    change.tell("export", "audit", "audit", None, json!({})).await?;
    let last = change.commit().await?;
    let (sender, receiver) = tokio::sync::mpsc::channel::<std::io::Result<Chunk>>(4);
    let store = ask.app.store.clone();
    tokio::spawn(async move {
        let mut seq = 0;
        while seq < last {
            let piece = match store.audit_after(seq, PIECE).await {
                Ok(lines) if lines.is_empty() => return,
                Ok(lines) => {
                    seq = lines.last().map_or(last, |line| line.seq);
                    ndjson(&lines)
                }
                Err(error) => Err(std::io::Error::other(error.to_string())),
            };
            let failed = piece.is_err();
            // A reader who left needs no more.
            if sender.send(piece).await.is_err() || failed {
                return;
            }
        }
    });
    let headers = [
        (header::CONTENT_TYPE, "application/x-ndjson"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"audit.ndjson\""),
    ];
    Ok((headers, Bytes::from_stream(ReceiverStream::new(receiver))).into_response())
}

fn ndjson(lines: &[Audited]) -> std::io::Result<Chunk> {
    let mut bytes = Vec::new();
    for line in lines {
        serde_json::to_writer(&mut bytes, line)?;
        bytes.push(b'\n');
    }
    Ok(bytes.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_diff_names_what_changed_and_nothing_else() {
        let before = json!({ "version": 1, "name": "nurse-17", "active": true, "mail": null });
        let after = json!({ "version": 2, "name": "nurse-17", "active": false, "mail": "a@b.example" });
        let found = diff(Some(&before), Some(&after));
        let differs = |field: &str, before: Option<&str>, after: Option<&str>| Differs {
            field: field.to_owned(),
            before: before.map(str::to_owned),
            after: after.map(str::to_owned),
        };
        let wanted =
            [differs("active", Some("true"), Some("false")), differs("mail", None, Some("a@b.example"))];
        assert_eq!(found, wanted);
        assert_eq!(diff(None, Some(&json!({ "name": "x" }))), [differs("name", None, Some("x"))]);
        assert!(diff(Some(&before), Some(&before)).is_empty());
    }

    #[test]
    fn whatever_may_be_written_has_a_word() {
        use store::ActorKind::{Command, Machine, Person, Token as Program, Ward};
        use store::entity::{
            Account, Attachment, Backup, Call, Cut, Decision, Delivery, Duty, Factor, Grant, Incident,
            KeptAssessment, Link, MapVersion, Mark, Message, Note, Notice, Record, Session, Setting,
            Sighting, Step, Suppression, Task, Token, WardCode, WardReport, Webhook,
        };
        let content = content::Content::embedded();
        let words = assess::Words::load(&content, assess::Lang::Fr, jiff::tz::TimeZone::UTC).unwrap();
        let kinds = [
            Account::KIND,
            Attachment::KIND,
            Backup::KIND,
            Call::KIND,
            Cut::KIND,
            Decision::KIND,
            Delivery::KIND,
            Duty::KIND,
            Factor::KIND,
            Grant::KIND,
            Incident::KIND,
            KeptAssessment::KIND,
            Link::KIND,
            MapVersion::KIND,
            Mark::KIND,
            Message::KIND,
            Note::KIND,
            Notice::KIND,
            Session::KIND,
            Setting::KIND,
            Sighting::KIND,
            Step::KIND,
            Suppression::KIND,
            Task::KIND,
            Token::KIND,
            WardCode::KIND,
            WardReport::KIND,
            Webhook::KIND,
        ];
        let actors = [Person, Ward, Program, Command, Machine];
        let to = kinds.map(|it| format!("audit-to-{it}"));
        let by = actors.map(|it| format!("audit-by-{}", it.word()));
        let lacking: Vec<&String> = to.iter().chain(&by).filter(|key| !words.has(key)).collect();
        assert!(lacking.is_empty(), "{lacking:?}");
    }
}
