//! Marks: a signal, or every one of its kind on a machine, is not what it seems.
//!
//! Invariant: a marked signal stays in the list with the reason; nothing rests on it; a mark is taken back, not erased.

use assess::Said;
use axum::extract::Path;
use axum::response::Response;
use maud::{Markup, html};
use serde::Deserialize;
use store::entity::Mark;
use store::{Instant, KeptSignal, new_id};

use crate::ask::Ask;
use crate::body::{Body, Nothing};
use crate::permit::Permission;
use crate::problem::{Problem, Result};
use crate::scene::Scene;

/// Letters of a reason at most.
const REASON_MAX: usize = 500;

/// The form that marks a signal.
pub(super) fn form(ask: &Ask, scene: &Scene, signal: &KeptSignal) -> Markup {
    let every = [("asset", &signal.asset), ("host", &signal.host)];
    html! {
        form.fields method="post" action=(scene.api("marks")) {
            (ask.hidden())
            input type="hidden" name="signal" value=(signal.id);
            fieldset { legend { (ask.say("mark-which")) }
                label { input type="radio" name="scope" value="one" checked; " " (ask.say("mark-one")) }
                @for (scope, name) in every {
                    @if let Some(name) = name {
                        label { input type="radio" name="scope" value=(scope); " "
                            (ask.say_with(&format!("mark-{scope}"), &[("name", report::plain(name).into_owned().into())])) }
                    }
                }
            }
            div { label for="reason" { (ask.say("mark-reason")) } input #reason name="reason" required maxlength=(REASON_MAX); }
            button.do.first { (ask.say("mark-do")) }
            p.soft { (ask.say("mark-undone")) }
        }
    }
}

#[derive(Clone, Copy, Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Scope {
    /// That signal.
    #[default]
    One,
    /// Every signal of its rule on its asset, those to come too.
    Asset,
    /// Every signal of its rule on its host, those to come too.
    Host,
}

#[derive(Deserialize, utoipa::ToSchema)]
#[schema(as = MarkSignal)]
pub(super) struct Marked {
    /// A signal's id.
    signal: i64,
    /// `one` unless `asset` or `host`.
    #[serde(default)]
    scope: Scope,
    /// Why it is not what it seems.
    reason: String,
}

pub(super) async fn add(Path(id): Path<String>, Body(ask, wanted): Body<Marked>) -> Result<Response> {
    let scene = ask.scene(&id).await?;
    scene.need(&ask, Permission::Act)?;
    let reason = wanted.reason.trim();
    if reason.is_empty() || reason.chars().count() > REASON_MAX {
        return Err(Problem::bad(Said::new("refusal-mark-reason")));
    }
    let signal = ask.app.store.signal(&id, wanted.signal).await?;
    let signal = signal.ok_or_else(|| Problem::bad(Said::new("refusal-no-signal-here")))?;
    let mut mark = Mark {
        id: new_id(),
        version: 0,
        incident: id.clone(),
        rule: signal.rule,
        asset: None,
        host: None,
        path: None,
        record: None,
        reason: reason.to_owned(),
        author: ask.visitor.name().to_owned(),
        at: Instant::from(scene.now),
        undone_at: None,
    };
    match wanted.scope {
        Scope::One => (mark.path, mark.record) = (Some(signal.path), Some(signal.record)),
        Scope::Asset => {
            mark.asset = Some(signal.asset.ok_or_else(|| Problem::bad(Said::new("refusal-scope-asset")))?);
        }
        Scope::Host => {
            mark.host = Some(signal.host.ok_or_else(|| Problem::bad(Said::new("refusal-scope-host")))?);
        }
    }
    let mut change = ask.begin().await?;
    let mark = change.add(mark).await?;
    let answer = ask.done(change, &mark, &scene.path(&format!("signals/{}", wanted.signal))).await;
    ask.app.desk.wake();
    answer
}

pub(super) async fn undo(
    Path((id, mark)): Path<(String, String)>,
    Body(ask, Nothing {}): Body<Nothing>,
) -> Result<Response> {
    let scene = ask.scene(&id).await?;
    scene.need(&ask, Permission::Act)?;
    let at = Instant::from(scene.now);
    let mut change = ask.begin().await?;
    if change.read::<Mark>(&mark).await?.incident != id {
        return Err(Problem::missing(Said::new("refusal-no-mark")));
    }
    let mark =
        change.edit::<Mark>(&mark, ask.write.seen, |it| it.undone_at = it.undone_at.or(Some(at))).await?;
    let answer = ask.done(change, &mark, &scene.path("timeline")).await;
    ask.app.desk.wake();
    answer
}
