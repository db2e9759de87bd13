//! What people say of restoration steps: begun, done, late, not before an instant.
//!
//! Invariant: a step is begun or done only after those that must come before it; an instant that goes with a word is
//! on its side of the incident's clock.

use std::collections::BTreeMap;

use assess::Said;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use hospital::Map;
use jiff::{SignedDuration, Timestamp};
use maud::{Markup, html};
use report::plain;
use serde::Deserialize;
use store::entity::{Step, StepState};
use store::{Instant, new_id};

use super::Look;
use crate::ask::Ask;
use crate::body::{Body, Nothing};
use crate::permit::Permission;
use crate::problem::{Problem, Result};
use crate::scene::Scene;

/// Minutes that a form may name at most: sixty days.
const MINUTES_MAX: i64 = 86_400;

/// A word about a step.
#[derive(Deserialize, utoipa::ToSchema)]
#[schema(as = SayStep)]
pub(super) struct Says {
    /// The step's id on the map.
    step: String,
    /// What.
    state: StepState,
    /// The instant that goes with it: since when begun or done (now, where absent), when it will end, or not before when.
    at: Option<Instant>,
    /// The same as minutes from now (for begun and done: minutes ago).
    minutes: Option<i64>,
    /// Why.
    #[serde(default)]
    reason: String,
}

pub(super) async fn say(Path(id): Path<String>, Body(ask, wanted): Body<Says>) -> Result<Response> {
    let scene = ask.scene(&id).await?;
    scene.need(&ask, Permission::Act)?;
    let said = ask.app.store.of::<Step>(&id).await?;
    let at = instant(&wanted, scene.now)?;
    let before = open_before(scene.need_map()?, &lost(&scene), &said, &wanted.step)?;
    if let Some(before) = before.filter(|_| wanted.state != StepState::Pinned) {
        return Err(Problem::bad(
            Said::new("refusal-step-before").with("before", before).with("step", wanted.step),
        ));
    }
    if wanted.reason.chars().count() > 500 {
        return Err(Problem::bad(Said::new("refusal-reason-long")));
    }
    let word = Step {
        id: new_id(),
        version: 0,
        incident: id,
        step: wanted.step,
        state: wanted.state,
        at: Instant::from(at),
        reason: wanted.reason,
        author: ask.visitor.name().to_owned(),
    };
    let mut change = ask.begin().await?;
    let word = change.add(word).await?;
    let page = scene.path("restoration");
    // The form's page still asks about the step: the way on is the plan.
    let write = crate::ask::Write { back: None, ..ask.write.clone() };
    let answer = Ask { write, ..ask.clone() }.done(change, &word, &page).await;
    ask.app.desk.wake();
    answer
}

pub(super) async fn undo(
    Path((id, word)): Path<(String, String)>,
    Body(ask, Nothing {}): Body<Nothing>,
) -> Result<Response> {
    let scene = ask.scene(&id).await?;
    scene.need(&ask, Permission::Act)?;
    let mut change = ask.begin().await?;
    if change.read::<Step>(&word).await?.incident != id {
        return Err(Problem::missing(Said::new("refusal-no-word")));
    }
    let word = change.remove::<Step>(&word).await?;
    let answer = ask.finish(change, StatusCode::OK, &word, None, &scene.path("restoration")).await;
    ask.app.desk.wake();
    answer
}

/// The instant that goes with a word: in the past for what was, ahead for what will be.
fn instant(wanted: &Says, now: Timestamp) -> Result<Timestamp> {
    let ahead = matches!(wanted.state, StepState::Late | StepState::Pinned);
    let minutes = wanted.minutes.map(|minutes| {
        if !(0..=MINUTES_MAX).contains(&minutes) {
            return Err(Problem::bad(Said::new("refusal-minutes").with("most", MINUTES_MAX.to_string())));
        }
        let span = SignedDuration::from_mins(if ahead { minutes } else { -minutes });
        now.checked_add(span).map_err(|_| Problem::bad(Said::new("refusal-minutes-many")))
    });
    match (wanted.at, minutes.transpose()?) {
        (Some(at), _) if ahead && at.0 < now => Err(Problem::bad(Said::new("refusal-at-ahead"))),
        (Some(at), _) if !ahead && at.0 > now => Err(Problem::bad(Said::new("refusal-at-past"))),
        (Some(at), _) => Ok(at.0),
        (None, Some(at)) => Ok(at),
        (None, None) if ahead => Err(Problem::bad(Said::new("refusal-at-none"))),
        (None, None) => Ok(now),
    }
}

/// Ids of nodes that the plan brings back.
fn lost(scene: &Scene) -> Vec<&str> {
    let plan = scene.assessment().and_then(|it| it.restoration.as_ref());
    plan.into_iter().flat_map(|plan| &plan.nodes).map(|node| node.id.as_str()).collect()
}

/// The first step that must be done before this one and is not.
fn open_before<'m>(map: &'m Map, lost: &[&str], said: &[Step], id: &str) -> Result<Option<&'m str>> {
    let all = || map.nodes.iter().flat_map(|node| node.restore.iter().flatten());
    let step = all().find(|step| step.id == id);
    let step = step.ok_or_else(|| Problem::bad(Said::new("refusal-no-step").with("step", id)))?;
    let last: BTreeMap<&str, StepState> = said.iter().map(|word| (word.step.as_str(), word.state)).collect();
    let open =
        step.after.iter().filter(|earlier| lost.contains(&map.id(earlier.node))).filter_map(|earlier| {
            let row = map.node(earlier.node).restore.as_ref()?.get(earlier.step as usize)?;
            (last.get(row.id.as_str()) != Some(&StepState::Done)).then_some(row.id.as_str())
        });
    Ok(open.into_iter().next())
}

/// What may be said of a step.
pub(super) fn form(look: &Look<'_>, step: &str) -> Markup {
    let (ask, scene) = (look.ask, look.scene);
    let Some(planned) = look.plan.steps.iter().find(|it| it.step == step) else { return html! {} };
    if !ask.visitor.may(Permission::Act, scene.incident.site.as_deref()) {
        return html! {};
    }
    let hidden = html! { (ask.hidden()) input type="hidden" name="step" value=(step); };
    html! {
        section.sheet #say data-part {
            header { h2 { (plain(step)) " " small { (look.name(&planned.node)) } } a href=(scene.path("restoration")) { (ask.say("panel-close")) } }
            p { (ask.time(planned.start, scene.now)) " – " (ask.time(planned.end, scene.now)) " · " (plain(&planned.why)) }
            div.fields.across {
                form.fields method="post" action=(scene.api("steps")) {
                    (hidden)
                    div { label for="ago" { (ask.say("step-ago")) } input #ago name="minutes" type="number" min="0" max=(MINUTES_MAX) value="0" inputmode="numeric"; }
                    p.row { button.do.first name="state" value="begun" { (ask.say("step-begun")) } button.do name="state" value="done" { (ask.say("step-done")) } }
                }
                form.fields method="post" action=(scene.api("steps")) {
                    (hidden)
                    div { label for="ahead" { (ask.say("step-ahead")) } input #ahead name="minutes" type="number" min="0" max=(MINUTES_MAX) required inputmode="numeric"; }
                    div { label for="reason" { (ask.say("step-reason")) } input #reason name="reason" maxlength="500"; }
                    p.row { button.do name="state" value="late" { (ask.say("step-late-do")) } button.do name="state" value="pinned" { (ask.say("step-pinned-do")) } }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn says(state: StepState, at: Option<&str>, minutes: Option<i64>) -> Says {
        let at = at.map(|at| Instant::from(at.parse::<Timestamp>().unwrap()));
        Says { step: "a.os".into(), state, at, minutes, reason: String::new() }
    }

    #[test]
    fn instants_stand_on_their_side_of_the_clock() {
        let now: Timestamp = "2026-11-22T03:00:00Z".parse().unwrap();
        let told = |state, at, minutes| {
            instant(&says(state, at, minutes), now).map(|at| at.to_string()).map_err(|it| it.word)
        };
        let (early, late) = (Some("2026-11-22T02:00:00Z"), Some("2026-11-22T04:00:00Z"));
        assert_eq!(told(StepState::Done, None, None).unwrap(), "2026-11-22T03:00:00Z");
        assert_eq!(told(StepState::Begun, None, Some(30)).unwrap(), "2026-11-22T02:30:00Z");
        assert_eq!(told(StepState::Late, None, Some(30)).unwrap(), "2026-11-22T03:30:00Z");
        assert_eq!(told(StepState::Pinned, late, None).unwrap(), "2026-11-22T04:00:00Z");
        for refused in [
            told(StepState::Done, late, None),
            told(StepState::Pinned, early, None),
            told(StepState::Late, None, None),
            told(StepState::Begun, None, Some(-1)),
        ] {
            assert_eq!(refused, Err("bad"));
        }
    }

    #[test]
    fn what_must_come_before_is_named() {
        let text = r#"
            site = [{ id = "north", name = "North" }]
            zone = [{ id = "lan", name = "LAN", site = "north" }]
            team = [{ id = "t", skill = "windows", number = 1 }]
            [[asset]]
            id = "a"
            name = "a"
            kind = "server"
            site = "north"
            zone = "lan"
            restore = [
                { id = "a.os", duration = "2h", skill = "windows" },
                { id = "a.data", duration = "1h", skill = "windows", after = ["a.os"] },
            ]
        "#;
        let checked =
            hospital::check(vec![hospital::MapFile { name: "map.toml".into(), bytes: text.into() }]);
        let map = checked.map.unwrap();
        let done = Step {
            id: String::new(),
            version: 1,
            incident: String::new(),
            step: "a.os".into(),
            state: StepState::Done,
            at: Instant::default(),
            reason: String::new(),
            author: String::new(),
        };
        assert_eq!(open_before(&map, &["a"], &[], "a.data").unwrap(), Some("a.os"));
        assert_eq!(open_before(&map, &["a"], &[done], "a.data").unwrap(), None);
        assert_eq!(
            open_before(&map, &[], &[], "a.data").unwrap(),
            None,
            "what was not lost need not be done"
        );
        assert!(open_before(&map, &["a"], &[], "b").is_err());
    }
}
