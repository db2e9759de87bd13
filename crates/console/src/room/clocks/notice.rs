//! A notice: its text completed, then sent with its reference and proof.
//!
//! Invariant: what was sent is not rewritten; what came too late is shown beside what stands.

use assess::{Obligation, Said};
use axum::extract::Path;
use axum::response::Response;
use maud::{Markup, html};
use report::plain;
use serde::Deserialize;
use store::entity::{Attachment, AttachmentKind, Notice, NoticeState};
use store::{Instant, new_id};

use super::{gone, named};
use crate::ask::Ask;
use crate::body::Body;
use crate::both::{self, Late};
use crate::permit::Permission;
use crate::problem::{Problem, Result};
use crate::room::night::left;
use crate::route::Route;
use crate::scene::Scene;
use crate::{frame, moment};

/// Letters of a notice at most.
const TEXT_MAX: usize = 50_000;
/// Letters of a reference at most.
const REFERENCE_MAX: usize = 200;
/// How a draft marks what is still to be filled in, in both languages.
const MARKS: [&str; 2] = ["[to be filled in: ", "[à compléter : "];

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get("/incidents/{id}/clocks/{obligation}", Permission::Read, page),
        Route::get("/incidents/{id}/clocks/{obligation}/paper", Permission::Read, paper),
        Route::post("/api/v1/incidents/{id}/notices", Permission::Write, begin)
            .about("Draft a legal notice, or note that one was sent")
            .takes::<Begun>()
            .makes::<Notice>(),
        Route::post("/api/v1/incidents/{id}/notices/{notice}", Permission::Write, complete)
            .about("Complete a notice; with `sent`, note that it was sent")
            .takes::<Completed>()
            .matched()
            .gives::<Notice>(),
    ]
}

/// The draft that is being completed, and those that were sent.
async fn kept(ask: &Ask, incident: &str, obligation: &str) -> Result<(Option<Notice>, Vec<Notice>)> {
    let all = ask.app.store.of::<Notice>(incident).await?;
    let own: Vec<Notice> = all.into_iter().filter(|it| it.obligation == obligation).collect();
    let (drafts, sent): (Vec<Notice>, Vec<Notice>) =
        own.into_iter().partition(|it| it.state == NoticeState::Draft);
    Ok((drafts.into_iter().last(), sent))
}

fn found<'a>(scene: &'a Scene, obligation: &str) -> Option<&'a Obligation> {
    scene.assessment()?.obligations.iter().find(|it| it.id == obligation)
}

fn known(ask: &Ask, obligation: &str) -> Result<()> {
    let known = ask.app.rooms.obligations.find(obligation).is_some();
    if known { Ok(()) } else { Err(Problem::missing(Said::new("refusal-no-obligation"))) }
}

async fn page(ask: Ask, Path((id, obligation)): Path<(String, String)>) -> Result<Response> {
    let scene = ask.scene(&id).await?;
    known(&ask, &obligation)?;
    let (draft, sent) = kept(&ask, &id, &obligation).await?;
    let it = found(&scene, &obligation);
    let text = draft
        .as_ref()
        .map(|it| it.text.clone())
        .or_else(|| it.and_then(|it| it.draft.clone()))
        .unwrap_or_default();
    let write = ask.visitor.may(Permission::Write, scene.incident.site.as_deref());
    let blanks = blanks(&text);
    let name = named(&ask, &obligation);
    let body = html! {
        p.soft { a href=(scene.path("clocks")) { (ask.say("room-clocks")) } }
        h1 { (name) }
        p.lede {
            @if let Some(it) = it {
                b { (left(&ask, it, scene.now)) } @if let Some(due) = it.due_at { " (" (ask.say("by")) " " (ask.time(due, scene.now)) ")" }
                ". " (plain(&it.recipient)) ". " (plain(&it.legal_reference)) ". " (plain(&it.why))
            } @else { (ask.say("notice-not-now")) }
        }
        @if write { (form(&ask, &scene, &obligation, draft.as_ref(), &text, blanks).await?) } @else { section.sheet { pre { (text) } } }
        @if !sent.is_empty() { section.sheet #sent data-part {
            header { h2 { (ask.say("clocks-sent")) } }
            ul.lines { @for notice in &sent { (gone(&ask, &scene, notice)) } }
            @for notice in &sent { details id={ "text-" (notice.id) } { summary { (ask.say("notice-text-sent")) } pre { (notice.text) } } }
        } }
        p.page-end { a href={ (scene.path("clocks")) "/" (obligation) "/paper" } { (ask.say("notice-print")) } span.soft { (ask.say("not-legal-advice")) } }
    };
    Ok(frame::page(&ask, Some(&scene), "clocks", &name, body))
}

async fn form(
    ask: &Ask,
    scene: &Scene,
    obligation: &str,
    draft: Option<&Notice>,
    text: &str,
    blanks: usize,
) -> Result<Markup> {
    let tell = ask.visitor.may(Permission::Tell, scene.incident.site.as_deref());
    let action = match draft {
        Some(draft) => format!("{}/{}", scene.api("notices"), draft.id),
        None => scene.api("notices"),
    };
    let proofs = proofs(ask, &scene.incident.id).await?;
    Ok(html! {
        form.two method="post" action=(action) {
            (ask.hidden())
            @match draft {
                Some(draft) => { input type="hidden" name="version" value=(draft.version); }
                None => { input type="hidden" name="obligation" value=(obligation); }
            }
            section.sheet.fields {
                label for="text" { (ask.say("notice-text")) span.soft { (ask.say_with("notice-blanks", &[("count", blanks.into())])) } }
                textarea #text name="text" rows="26" required maxlength=(TEXT_MAX) { (text) }
                div.row { button.do.first { (ask.say("notice-save")) }
                    @if let Some(draft) = draft { span.soft { (ask.say("notice-saved")) " " (plain(&draft.author)) " · " (ask.time(draft.at.0, scene.now)) } } }
            }
            section.sheet.fields {
                header { h2 { (ask.say("notice-sent-title")) } }
                @if tell {
                    p.soft { (ask.say("notice-sent-how")) }
                    div { label for="reference" { (ask.say("notice-reference")) span.soft { (ask.say("notice-reference-hint")) } } input #reference name="reference" maxlength=(REFERENCE_MAX); }
                    div { label for="sent-at" { (ask.say("notice-sent-at")) span.soft { (ask.say("notice-sent-at-hint")) } } input #sent-at name="sent_at" placeholder="02:14" maxlength="40"; }
                    @if proofs.is_empty() { p.soft { (ask.say("notice-no-proof")) } } @else {
                        div { label for="proof" { (ask.say("notice-proof")) } select #proof name="proof" { option value="" { "–" } @for proof in &proofs { option value=(proof.id) { (plain(&proof.name)) } } } }
                    }
                    button.do name="sent" value="true" { (ask.say("notice-sent-do")) }
                } @else { p.soft { (ask.say("notice-who-sends")) } }
            }
        }
    })
}

async fn proofs(ask: &Ask, incident: &str) -> Result<Vec<Attachment>> {
    let all = ask.app.store.all::<Attachment>().await?;
    Ok(all
        .into_iter()
        .filter(|it| it.incident.as_deref() == Some(incident) && it.kind == AttachmentKind::Proof)
        .collect())
}

/// How many places are still marked as to be filled in.
fn blanks(text: &str) -> usize {
    MARKS.iter().map(|mark| text.matches(mark).count()).sum()
}

async fn paper(ask: Ask, Path((id, obligation)): Path<(String, String)>) -> Result<Response> {
    let scene = ask.scene(&id).await?;
    known(&ask, &obligation)?;
    let (draft, sent) = kept(&ask, &id, &obligation).await?;
    let it = found(&scene, &obligation);
    let kept = draft.as_ref().or(sent.last());
    let text =
        kept.map(|it| it.text.clone()).or_else(|| it.and_then(|it| it.draft.clone())).unwrap_or_default();
    let words = ask.words.at(scene.now);
    let body = html! {
        p.row { b { (scene.incident.title) } span { (words.full(scene.now)) } button.do.small type="button" data-print { (ask.say("print")) }
            a href={ (scene.path("clocks")) "/" (obligation) } { (ask.say("go-back")) } }
        h1 { (named(&ask, &obligation)) }
        @if let Some(it) = it { p.lede { (plain(&it.recipient)) } }
        section { pre.letter { (text) } }
    };
    Ok(frame::sheet(&ask, &named(&ask, &obligation), "a4", body))
}

#[derive(Deserialize, utoipa::ToSchema)]
#[schema(as = BeginNotice)]
struct Begun {
    /// The obligation's id.
    obligation: String,
    /// What it says.
    text: String,
    /// Whether it was sent.
    #[serde(default)]
    sent: bool,
    /// The recipient's reference.
    reference: Option<String>,
    /// When it was sent: RFC 3339, a local day with its hour, or `HH:MM`; now, where absent.
    sent_at: Option<String>,
    /// The attachment that proves it.
    proof: Option<String>,
}

#[derive(Deserialize, utoipa::ToSchema)]
#[schema(as = CompleteNotice)]
struct Completed {
    /// What it says; as before, where absent.
    text: Option<String>,
    /// Whether it was sent.
    #[serde(default)]
    sent: bool,
    /// The recipient's reference.
    reference: Option<String>,
    /// When it was sent: RFC 3339, a local day with its hour, or `HH:MM`; now, where absent.
    sent_at: Option<String>,
    /// The attachment that proves it.
    proof: Option<String>,
}

async fn begin(Path(id): Path<String>, Body(ask, wanted): Body<Begun>) -> Result<Response> {
    let scene = ask.scene(&id).await?;
    scene.need(&ask, Permission::Write)?;
    known(&ask, &wanted.obligation)?;
    check(Some(&wanted.text), wanted.reference.as_deref())?;
    let mut notice = Notice {
        id: new_id(),
        version: 0,
        incident: id.clone(),
        obligation: wanted.obligation,
        state: NoticeState::Draft,
        text: lines(&wanted.text),
        reference: None,
        proof: None,
        author: ask.visitor.name().to_owned(),
        at: Instant::from(scene.now),
        sent_at: None,
    };
    if wanted.sent {
        let sending =
            sending(&ask, &scene, wanted.reference, wanted.sent_at.as_deref(), wanted.proof).await?;
        sending.put(&mut notice);
    }
    let page = format!("{}/{}", scene.path("clocks"), notice.obligation);
    let mut change = ask.begin().await?;
    let notice = change.add(notice).await?;
    ask.done(change, &notice, &page).await
}

async fn complete(
    Path((id, notice)): Path<(String, String)>,
    Body(ask, wanted): Body<Completed>,
) -> Result<Response> {
    let scene = ask.scene(&id).await?;
    scene.need(&ask, Permission::Write)?;
    check(wanted.text.as_deref(), wanted.reference.as_deref())?;
    let sending = match wanted.sent {
        true => Some(sending(&ask, &scene, wanted.reference, wanted.sent_at.as_deref(), wanted.proof).await?),
        false => None,
    };
    let mut change = ask.begin().await?;
    let before = change.read::<Notice>(&notice).await?;
    if before.incident != id {
        return Err(Problem::missing(Said::new("refusal-no-notice")));
    }
    if before.state == NoticeState::Sent {
        return Err(Problem::conflict("sent", Said::new("refusal-notice-sent")));
    }
    let page = format!("{}/{}", scene.path("clocks"), before.obligation);
    if let Some(mine) = wanted.text.as_deref().filter(|_| both::is_late(&ask, before.version)) {
        let action = format!("{}/{}", scene.api("notices"), before.id);
        let (theirs, author, version) = (before.text.as_str(), before.author.as_str(), before.version);
        let late = Late { room: "clocks", action, back: page, theirs, author, version, mine };
        return Ok(both::page(&ask, &scene, &late));
    }
    let (author, at) = (ask.visitor.name().to_owned(), Instant::from(scene.now));
    let edit = |it: &mut Notice| {
        if let Some(text) = wanted.text {
            it.text = lines(&text);
        }
        (it.author, it.at) = (author, at);
        if let Some(sending) = sending {
            sending.put(it);
        }
    };
    let notice = change.edit::<Notice>(&notice, ask.write.seen, edit).await?;
    ask.done(change, &notice, &page).await
}

fn check(text: Option<&str>, reference: Option<&str>) -> Result<()> {
    if text.is_some_and(|text| text.trim().is_empty() || text.chars().count() > TEXT_MAX) {
        return Err(Problem::bad(Said::new("refusal-notice-text")));
    }
    if reference.is_some_and(|it| it.chars().count() > REFERENCE_MAX) {
        return Err(Problem::bad(Said::new("refusal-reference-long")));
    }
    Ok(())
}

/// A browser sends lines with CR and LF.
fn lines(text: &str) -> String {
    text.replace("\r\n", "\n")
}

struct Sending {
    reference: Option<String>,
    at: Instant,
    proof: Option<String>,
}

impl Sending {
    fn put(self, notice: &mut Notice) {
        notice.state = NoticeState::Sent;
        (notice.reference, notice.proof, notice.sent_at) = (self.reference, self.proof, Some(self.at));
    }
}

async fn sending(
    ask: &Ask,
    scene: &Scene,
    reference: Option<String>,
    sent_at: Option<&str>,
    proof: Option<String>,
) -> Result<Sending> {
    scene.need(ask, Permission::Tell)?;
    let read = |text: &str| moment::past(text, scene.now, ask.words.zone());
    let at = moment::field(Said::new("field-sent-at"), sent_at, read)?.unwrap_or(Instant::from(scene.now));
    if let Some(proof) = &proof {
        let found = ask.app.store.find::<Attachment>(proof).await?;
        if found.is_none_or(|it| it.incident.as_deref() != Some(&scene.incident.id)) {
            return Err(Problem::bad(Said::new("refusal-no-proof")));
        }
    }
    Ok(Sending { reference, at, proof })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_are_counted_in_both_languages() {
        assert_eq!(blanks("What: [to be filled in: what]\nWho: [to be filled in: who]"), 2);
        assert_eq!(blanks("Quoi : [à compléter : quoi]"), 1);
        assert_eq!(blanks("[nothing]"), 0);
    }
}
