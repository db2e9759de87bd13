//! Handover: what must my relief know, made from what changed since my shift began.
//!
//! Invariant: everything here is read from the records of the night; what a person adds is a note of its own.

use assess::Said;
use axum::extract::{Path, Query};
use axum::response::Response;
use jiff::{SignedDuration, Timestamp};
use maud::{Markup, html};
use report::plain;
use serde::Deserialize;
use store::Instant;
use store::entity::{
    Cut, Decision, DecisionState, Message, MessageState, Note, Notice, NoticeState, Task, WardReport,
};

use crate::ask::Ask;
use crate::permit::Permission;
use crate::problem::Result;
use crate::room::{duty, night};
use crate::route::Route;
use crate::scene::{IsOpen, Scene};
use crate::{frame, moment};

/// A handover note this young, in minutes, belongs to the handover that is being made.
const SAME: i64 = 60;
/// Words of wards shown.
const WORDS: usize = 20;

pub(crate) fn routes() -> Vec<Route> {
    vec![Route::get("/incidents/{id}/handover", Permission::Read, page)]
}

#[derive(Deserialize)]
struct Asked {
    /// From when: `HH:MM`, a local day with its hour, or RFC 3339.
    since: Option<String>,
}

/// What the night left since the shift began.
struct Shift {
    since: Timestamp,
    last: Option<Instant>,
    taken: Vec<Decision>,
    waiting: Vec<Decision>,
    cuts: Vec<Cut>,
    undone: Vec<Cut>,
    open: Vec<Task>,
    late: usize,
    done: usize,
    words: Vec<WardReport>,
    notices: Vec<Notice>,
    sent: Vec<Notice>,
    messages: Vec<Message>,
    notes: Vec<Note>,
}

async fn page(ask: Ask, Path(id): Path<String>, Query(asked): Query<Asked>) -> Result<Response> {
    let scene = ask.scene(&id).await?;
    let read = |text: &str| moment::past(text, scene.now, ask.words.zone());
    let since = moment::field(Said::new("field-since"), asked.since.as_deref(), read)?;
    let shift = shift(&ask, &scene, since).await?;
    let due = night::to_tell(&scene, &shift.notices);
    let soon: Vec<_> = due.iter().filter(|it| it.due_at.is_some()).take(6).collect();
    let when = ask.words.at(scene.now).day_hour(shift.since);
    let counts = [
        ("when", when.into()),
        ("decisions", shift.taken.len().into()),
        ("open", shift.open.len().into()),
        ("late", shift.late.into()),
    ];
    let write = ask.visitor.may(Permission::Write, scene.incident.site.as_deref());
    let body = html! {
        h1 #headline { (ask.say_with("handover-title", &counts)) }
        p.lede { (night::sentence(&ask, &scene)) }
        (start(&ask, &scene, &shift))
        div.two {
            div.stack {
                (said(&ask, &scene, &shift))
                section.sheet #decisions data-part { header { h2 { (ask.say("handover-decisions")) " " small { (shift.taken.len()) } } a href=(scene.path("log")) { (ask.say("room-log")) } }
                    @if shift.taken.is_empty() { p.empty { (ask.say("handover-no-decisions")) } }
                    ul.lines { @for it in &shift.taken { (decision(&ask, &scene, it)) } }
                    @if !shift.waiting.is_empty() { p { b { (ask.say("handover-waiting")) } } ul.lines { @for it in &shift.waiting { (decision(&ask, &scene, it)) } } } }
                section.sheet #tasks data-part { header { h2 { (ask.say("handover-tasks")) " " small { (shift.open.len()) } } a href=(scene.path("tasks")) { (ask.say("room-tasks")) } }
                    @if shift.open.is_empty() { p.empty { (ask.say("handover-no-tasks")) } }
                    ul.lines { @for it in &shift.open { (task(&ask, &scene, it)) } }
                    @if shift.done > 0 { p.soft { (ask.say_with("handover-done", &[("count", shift.done.into())])) } } }
                section.sheet #wards data-part { header { h2 { (ask.say("handover-wards")) " " small { (shift.words.len()) } } a href=(scene.path("wards")) { (ask.say("room-wards")) } }
                    @if shift.words.is_empty() { p.empty { (ask.say("handover-no-words")) } }
                    ul.lines { @for it in shift.words.iter().take(WORDS) { (ward(&ask, &scene, it)) } } }
            }
            div.stack {
                @if write { (write_note(&ask, &scene)) (relieve(&ask, &scene)) }
                section.sheet #cuts data-part { header { h2 { (ask.say("handover-cuts")) " " small { (shift.cuts.len()) } } a href=(scene.path("cut")) { (ask.say("room-cut")) } }
                    @if shift.cuts.is_empty() { p.empty { (ask.say("handover-no-cuts")) } }
                    ul.lines { @for it in &shift.cuts { (cut(&ask, &scene, it, false)) } @for it in &shift.undone { (cut(&ask, &scene, it, true)) } } }
                section.sheet #tell data-part { header { h2 { (ask.say("handover-tell")) } a href=(scene.path("clocks")) { (ask.say("room-clocks")) } }
                    @if soon.is_empty() && shift.sent.is_empty() { p.empty { (ask.say("handover-none-to-tell")) } }
                    ul.lines {
                        @for it in &soon { li { span { (plain(&it.title)) } b.late[it.due_at.is_some_and(|due| due <= scene.now)] { (night::left(&ask, it, scene.now)) } } }
                        @for it in &shift.sent { li { span { (title_of(&scene, it)) } span { (ask.say("handover-sent")) " " (ask.time(it.sent_at.unwrap_or(it.at).0, scene.now)) } } }
                        @for it in &shift.messages { li { span { (plain(&it.title)) } span { (ask.say("handover-sent")) " " @if let Some(at) = it.sent_at { (ask.time(at.0, scene.now)) } } } }
                    } }
                section.sheet #on data-part { header { h2 { (ask.say("night-on")) } a href=(scene.path("duty")) { (ask.say("room-duty")) } }
                    ul.lines { @for role in duty::ROLES { @if let Some(held) = scene.on_duty(role) { li { span { (ask.say(&format!("role-{role}"))) } span { b { (held.person) } " " (ask.time(held.since.0, scene.now)) } } } } }
                    @if scene.duties.is_empty() { p.empty { (ask.say("night-nobody-on")) } } }
            }
        }
        p.page-end { span.soft { (ask.say("handover-paper")) } button.do.small type="button" data-print { (ask.say("print")) } }
    };
    Ok(frame::page(&ask, Some(&scene), "handover", &ask.say("room-handover"), body))
}

async fn shift(ask: &Ask, scene: &Scene, since: Option<Instant>) -> Result<Shift> {
    let (store, id) = (&ask.app.store, scene.incident.id.as_str());
    let mut notes: Vec<Note> = store.of::<Note>(id).await?.into_iter().filter(|it| it.handover).collect();
    let last = last_handover(&notes, scene.now);
    let since = since.or(last).unwrap_or(scene.incident.opened_at).0;
    let after = |at: Option<Instant>| at.is_some_and(|at| at.0 >= since);
    notes.retain(|it| after(Some(it.written_at)));
    notes.reverse();
    let decisions = store.of::<Decision>(id).await?;
    let (waiting, settled): (Vec<_>, Vec<_>) =
        decisions.into_iter().partition(|it| it.state == DecisionState::Waiting);
    let mut taken: Vec<Decision> = settled.into_iter().filter(|it| after(it.taken_at)).collect();
    taken.sort_by_key(|it| std::cmp::Reverse(it.taken_at));
    let cuts = store.of::<Cut>(id).await?;
    let (standing, undone): (Vec<Cut>, Vec<Cut>) = cuts.into_iter().partition(|it| it.undone_at.is_none());
    let (mut open, done): (Vec<Task>, Vec<Task>) =
        store.of::<Task>(id).await?.into_iter().partition(IsOpen::is_open);
    open.sort_by_key(|it| (it.due_at.is_none(), it.due_at));
    let late = open.iter().filter(|it| it.due_at.is_some_and(|due| due.0 <= scene.now)).count();
    let mut words = store.of::<WardReport>(id).await?;
    words.retain(|it| it.undone_at.is_none() && after(Some(it.at)));
    words.reverse();
    let notices = store.of::<Notice>(id).await?;
    let sent =
        notices.iter().filter(|it| it.state == NoticeState::Sent && after(it.sent_at)).cloned().collect();
    let mut messages = store.of::<Message>(id).await?;
    messages.retain(|it| it.state == MessageState::Sent && after(it.sent_at));
    Ok(Shift {
        since,
        last,
        taken,
        waiting,
        cuts: standing,
        undone: undone.into_iter().filter(|it| after(it.undone_at)).collect(),
        open,
        late,
        done: done.iter().filter(|it| after(it.done_at)).count(),
        words,
        notices,
        sent,
        messages,
        notes,
    })
}

/// When the shift before was handed over: the last note that does not belong to this very handover.
fn last_handover(notes: &[Note], now: Timestamp) -> Option<Instant> {
    let same = now.checked_sub(SignedDuration::from_mins(SAME)).unwrap_or(now);
    notes.iter().map(|it| it.written_at).filter(|at| at.0 < same).max()
}

/// From when it tells, and how to choose.
fn start(ask: &Ask, scene: &Scene, shift: &Shift) -> Markup {
    let hour = |at: Instant| at.0.to_string();
    html! {
        form.filters method="get" action=(scene.path("handover")) {
            div { label for="since" { (ask.say("handover-since")) } input #since name="since" placeholder="20:00" maxlength="40" value=(ask.words.hour(shift.since)); }
            button.do { (ask.say("handover-show")) }
            p { @if let Some(last) = shift.last { a href={ "?since=" (hour(last)) } { (ask.say("handover-last")) } " (" (ask.time(last.0, scene.now)) ") · " }
                a href={ "?since=" (hour(scene.incident.opened_at)) } { (ask.say("handover-start")) } " (" (ask.time(scene.incident.opened_at.0, scene.now)) ")" }
        }
    }
}

/// What people wrote for their relief.
fn said(ask: &Ask, scene: &Scene, shift: &Shift) -> Markup {
    html! {
        section.sheet #notes data-part {
            header { h2 { (ask.say("handover-notes")) " " small { (shift.notes.len()) } } }
            @if shift.notes.is_empty() { p.empty { (ask.say("handover-no-notes")) } }
            ul.lines { @for note in &shift.notes {
                li id={ "note-" (note.id) } { div { @for line in note.text.lines() { p { (plain(line)) } } } span { (plain(&note.author)) " · " (ask.time(note.at.0, scene.now)) } }
            } }
        }
    }
}

fn decision(ask: &Ask, scene: &Scene, it: &Decision) -> Markup {
    html! {
        li { span { a href={ (scene.path("log")) "#" (it.id) } { (plain(&it.title)) } @if it.state == DecisionState::Declined { " " span.tag { (ask.say("decision-declined")) } }
                @if !it.why.is_empty() { br; span.soft { (plain(it.why.lines().next().unwrap_or_default())) } } }
            span { (plain(&it.person)) " " @match (it.taken_at, it.due_at) {
                (Some(at), _) => { (ask.time(at.0, scene.now)) }
                (None, Some(due)) => { (ask.say("by")) " " (ask.time(due.0, scene.now)) }
                (None, None) => {}
            } } }
    }
}

fn task(ask: &Ask, scene: &Scene, it: &Task) -> Markup {
    html! {
        li { span { a href={ (scene.path("tasks")) "#" (it.id) } { (plain(&it.title)) } " " span.soft { (ask.say(&format!("task-{}", it.state.word()))) }
                @if let Some(blocked) = &it.blocked_by { br; span.soft { (ask.say("tasks-waits-for")) " " (plain(blocked)) } } }
            span { (it.person.as_deref().or(it.team.as_deref()).map_or_else(|| ask.say("tasks-nobody"), |who| plain(who).into_owned()))
                @if let Some(due) = it.due_at { " · " b.late[due.0 <= scene.now] { (ask.say("by")) " " (ask.time(due.0, scene.now)) } } } }
    }
}

fn ward(ask: &Ask, scene: &Scene, it: &WardReport) -> Markup {
    html! {
        li { span { b { (plain(scene.names().node(&it.service))) } ": " (ask.say(&format!("says-{}", it.says.word()))) @if !it.text.is_empty() { br; (plain(&it.text)) } }
            span { (plain(&it.person)) " · " (ask.time(it.at.0, scene.now)) } }
    }
}

fn cut(ask: &Ask, scene: &Scene, it: &Cut, undone: bool) -> Markup {
    let lever = scene.map().and_then(|map| map.levers.iter().find(|lever| lever.id == it.lever));
    html! {
        li { span { b { (plain(&it.lever)) } " " (plain(lever.map_or("", |lever| &lever.label))) }
            @if undone { span { (ask.say("cut-undo")) " " @if let Some(at) = it.undone_at { (ask.time(at.0, scene.now)) } } }
            @else { span { (plain(&it.person)) " · " (ask.time(it.at.0, scene.now)) } } }
    }
}

fn title_of(scene: &Scene, notice: &Notice) -> String {
    let all = scene.assessment().map(|it| it.obligations.as_slice()).unwrap_or_default();
    let title = all.iter().find(|it| it.id == notice.obligation).map_or(&notice.obligation, |it| &it.title);
    plain(title).into_owned()
}

fn write_note(ask: &Ask, scene: &Scene) -> Markup {
    html! {
        form.sheet.fields #write method="post" action=(scene.api("notes")) {
            (ask.hidden())
            input type="hidden" name="handover" value="true";
            header { h2 { (ask.say("handover-write")) } }
            div { label for="text" { (ask.say("handover-text")) span.soft { (ask.say("handover-text-hint")) } } textarea #text name="text" rows="6" required maxlength="2000" {} }
            button.do.first { (ask.say("handover-write-do")) }
        }
    }
}

/// "I hand over my role to …".
fn relieve(ask: &Ask, scene: &Scene) -> Markup {
    let mine = |role: &str| scene.on_duty(role).is_some_and(|held| held.person == ask.visitor.name());
    html! {
        form.sheet.fields #relieve method="post" action=(scene.api("duties")) {
            (ask.hidden())
            header { h2 { (ask.say("handover-relieve")) } }
            div { label for="role" { (ask.say("handover-role")) }
                select #role name="role" { @for role in duty::ROLES { option value=(role) selected[mine(role)] {
                    (ask.say(&format!("role-{role}"))) @if let Some(held) = scene.on_duty(role) { " (" (held.person) ")" } } } } }
            div { label for="person" { (ask.say("handover-to")) } input #person name="person" required maxlength="120"; }
            button.do { (ask.say("handover-relieve-do")) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shift_begins_with_the_handover_before_this_one() {
        let note = |at: &str| Note {
            id: at.to_owned(),
            version: 1,
            incident: "night".into(),
            at: Instant(at.parse().unwrap()),
            text: "all calm".into(),
            about: None,
            author: "lead-1".into(),
            written_at: Instant(at.parse().unwrap()),
            handover: true,
        };
        let notes =
            [note("2026-11-22T02:00:00Z"), note("2026-11-22T09:40:00Z"), note("2026-11-22T10:00:00Z")];
        let now = "2026-11-22T10:05:00Z".parse().unwrap();
        assert_eq!(
            last_handover(&notes, now),
            Some(notes[0].at),
            "notes of this very hour are this handover's own"
        );
        assert_eq!(last_handover(&notes[1..], now), None);
    }
}
