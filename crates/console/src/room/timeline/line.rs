//! Signals and what people did, as lines in order of time.
//!
//! Invariant: a page holds each line of its stretch of time once: signals go by key, and what people did between the
//! page's two ends goes with them.

use jiff::Timestamp;
use serde::Serialize;
use store::KeptSignal;
use store::entity::{
    Cut, Decision, DecisionState, Message, MessageState, Note, Notice, NoticeState, Sighting, Task,
    TaskState, WardReport,
};

use super::view::{Aside, View};
use crate::ask::Ask;
use crate::problem::Result;
use crate::scene::Scene;

/// Something that a person did or said.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
#[schema(as = TimelineLine)]
pub(crate) struct Line {
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// `decision`, `task`, `cut`, `ward`, `message`, `notice`, `sighting`, `note`.
    pub kind: &'static str,
    /// Word of what became of it, among the words: `line-WORD`.
    pub what: &'static str,
    /// The record.
    pub id: String,
    /// In people's words.
    pub text: String,
    /// Who.
    pub who: String,
    /// The machine or ward concerned.
    pub about: Option<String>,
}

/// A line of the list.
#[derive(Clone, Debug)]
pub(super) enum Row {
    /// What the evidence says; why it is not what it seems, where somebody said so.
    Signal(Box<KeptSignal>, Option<String>),
    /// What people did.
    Said(Line),
}

/// A page of the list, latest first.
#[derive(Clone, Debug, Default)]
pub(super) struct Slice {
    pub rows: Vec<Row>,
    /// Key of the page after.
    pub next: Option<String>,
}

/// All that people did, oldest first.
pub(super) async fn said(ask: &Ask, scene: &Scene) -> Result<Vec<Line>> {
    let (store, id) = (&ask.app.store, scene.incident.id.as_str());
    let mut lines = Vec::new();
    let mut add =
        |at: Option<store::Instant>, kind, what, id: &str, text: &str, who: &str, about: Option<&str>| {
            if let Some(at) = at {
                let (id, text, who, about) =
                    (id.to_owned(), text.to_owned(), who.to_owned(), about.map(str::to_owned));
                lines.push(Line { at: at.0, kind, what, id, text, who, about });
            }
        };
    for it in store.of::<Decision>(id).await? {
        let what = match it.state {
            DecisionState::Waiting => "waits",
            DecisionState::Taken => "decided",
            DecisionState::Declined => "declined",
        };
        add(it.taken_at.or(Some(it.at)), "decision", what, &it.id, &it.title, &it.person, None);
    }
    for it in store.of::<Task>(id).await? {
        let who = it.person.as_deref().unwrap_or(&it.author);
        add(Some(it.at), "task", "to-do", &it.id, &it.title, &it.author, None);
        let what = if it.state == TaskState::Dropped { "dropped" } else { "done" };
        add(it.done_at, "task", what, &it.id, &it.title, who, None);
    }
    for it in store.of::<Cut>(id).await? {
        let label = scene.names().lever(&it.lever).map_or(it.lever.as_str(), |lever| lever.label.as_str());
        add(Some(it.at), "cut", "cut", &it.id, label, &it.person, None);
        add(it.undone_at, "cut", "undone", &it.id, label, it.undone_by.as_deref().unwrap_or_default(), None);
    }
    for it in store.of::<WardReport>(id).await?.into_iter().filter(|it| it.undone_at.is_none()) {
        let name = scene.names().node(&it.service);
        let says = ask.say(&format!("says-{}", it.says.word()));
        let text = if it.text.is_empty() {
            format!("{name}: {says}")
        } else {
            format!("{name}: {says}. {}", it.text)
        };
        add(Some(it.at), "ward", "says", &it.id, &text, &it.person, Some(&it.service));
    }
    for it in store.of::<Message>(id).await? {
        let (at, what) = match it.state {
            MessageState::Sent => (it.sent_at.or(Some(it.at)), "sent"),
            MessageState::Approved => (Some(it.at), "approved"),
            MessageState::Draft => (Some(it.at), "drafted"),
        };
        add(at, "message", what, &it.id, &it.title, it.approved_by.as_deref().unwrap_or(&it.author), None);
    }
    for it in store.of::<Notice>(id).await?.into_iter().filter(|it| it.state == NoticeState::Sent) {
        add(it.sent_at, "notice", "sent", &it.id, &it.obligation, &it.author, None);
    }
    for it in store.of::<Sighting>(id).await? {
        let name = scene.names().node(&it.asset);
        let stance = ask.say(&format!("seen-{}", it.stance.word()));
        let text = [format!("{name}: {stance}"), it.reason.clone()];
        let text = text.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(". ");
        add(Some(it.since), "sighting", "seen", &it.id, &text, &it.author, Some(&it.asset));
        add(it.undone_at, "sighting", "undone", &it.id, &text, &it.author, Some(&it.asset));
    }
    for it in store.of::<Note>(id).await? {
        add(Some(it.at), "note", "noted", &it.id, &it.text, &it.author, it.about.as_deref());
    }
    lines.sort_by(|a, b| a.at.cmp(&b.at).then_with(|| a.id.cmp(&b.id)));
    Ok(lines)
}

/// One page of the view.
pub(super) async fn slice(
    ask: &Ask,
    incident: &str,
    view: &View,
    said: &[Line],
    aside: &Aside,
    limit: u64,
) -> Result<Slice> {
    let after = Some(view.asked.after.as_str()).filter(|it| !it.is_empty());
    let page = match view.asked.show.as_str() {
        "people" => store::Page { rows: Vec::new(), next: None },
        _ => ask.app.store.signals(incident, &view.filter, after, limit).await?,
    };
    let begins = after.and_then(key_time);
    let ends = page.rows.last().filter(|_| page.next.is_some()).map(|row| row.at.0);
    let people = said.iter().rev().filter(|_| view.asked.show != "signals").filter(|line| view.takes(line));
    let mut people = people.filter(|line| between(line.at, begins, ends)).peekable();
    let mut rows = Vec::with_capacity(page.rows.len());
    for signal in page.rows {
        while let Some(line) = people.next_if(|line| line.at > signal.at.0) {
            rows.push(Row::Said(line.clone()));
        }
        let reason = aside.reason(&signal).map(str::to_owned);
        rows.push(Row::Signal(Box::new(signal), reason));
    }
    rows.extend(people.cloned().map(Row::Said));
    Ok(Slice { rows, next: page.next })
}

/// Whether an instant belongs to a page that begins after `begins` and whose last signal is at `ends`.
fn between(at: Timestamp, begins: Option<Timestamp>, ends: Option<Timestamp>) -> bool {
    begins.is_none_or(|begins| at < begins) && ends.is_none_or(|ends| at >= ends)
}

/// The instant of a page's key.
fn key_time(key: &str) -> Option<Timestamp> {
    Timestamp::from_microsecond(key.split_once('.')?.0.parse().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_instant_belongs_to_one_page() {
        let at = |second: i64| Timestamp::from_second(second).unwrap();
        let ends = [Some(at(300)), Some(at(200)), None];
        for second in [0, 199, 200, 201, 299, 300, 301] {
            let mut begins = None;
            let pages = ends.iter().filter(|end| {
                let inside = between(at(second), begins, **end);
                begins = **end;
                inside
            });
            assert_eq!(pages.count(), 1, "{second}");
        }
        assert_eq!(key_time("300000000.7"), Some(at(300)));
        assert_eq!(key_time("x"), None);
    }
}
