//! Night: the home of an open incident. What happens, what waits for a decision, what comes next.
//!
//! Invariant: the first sentence is enough to decide; what is not known is said beside it.

use assess::{Care, Chain, Obligation, Outlook, State, Status};
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use detect::Stance;
use jiff::Timestamp;
use maud::{Markup, html};
use report::headline::{headline, lede, next};
use report::{pick, plain, when_due};
use store::entity::{Decision, DecisionState, IncidentState, Notice, NoticeState};

use crate::ask::Ask;
use crate::frame;
use crate::permit::Permission;
use crate::problem::Result;
use crate::room::{cut, duty, wards};
use crate::route::Route;
use crate::scene::Scene;

/// Wards shown here; all of them stand on their own page.
const WARDS: usize = 10;
/// Decisions, deadlines and returns shown here.
const FEW: usize = 3;
/// A look that follows an earlier one within this many seconds is the same look.
const SAME_LOOK: i64 = 120;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get("/incidents/{id}", Permission::Read, page),
        Route::get("/incidents/{id}/wall", Permission::Read, wall),
    ]
}

async fn page(ask: Ask, Path(id): Path<String>) -> Result<Response> {
    let scene = ask.scene(&id).await?;
    if scene.incident.state == IncidentState::Watch {
        return Ok(Redirect::to("/calm").into_response());
    }
    let parts = parts(&ask, &scene).await?;
    let body = html! {
        h1 #headline { (sentence(&ask, &scene)) }
        p.lede #lede { (unknown(&ask, &scene)) (parts.changed) }
        div.two.night {
            section.sheet #care data-part {
                header { h2 { (ask.say("section-care")) } a href=(scene.path("wards")) { (ask.say("night-all-wards")) } }
                @if !scene.knows() { p.empty { (ask.say("night-no-evidence")) " " a href=(scene.path("evidence")) { (ask.say("room-evidence")) }
                    @if scene.map().is_some() { " · " (ask.say("night-say-seen")) " " a href=(scene.path("map")) { (ask.say("room-map")) } } } }
                (wards::clocks(&ask, &scene, WARDS))
            }
            div.stack {
                section.sheet #decide data-part { header { h2 { (ask.say("night-decide")) " " @if parts.waiting > 0 { small { (ask.say_with("night-waiting", &[("count", parts.waiting.into())])) } } } } (parts.decide) }
                section.sheet #tell data-part { header { h2 { (ask.say("night-tell")) } a href=(scene.path("clocks")) { (ask.say("room-clocks")) } } (parts.tell) }
                section.sheet #back data-part { header { h2 { (ask.say("night-back")) } a href=(scene.path("restoration")) { (ask.say("room-restoration")) } } (back(&ask, &scene)) }
            }
            div.stack.more {
                section.sheet #chain data-part { header { h2 { (ask.say("night-chain")) } a href=(scene.path("timeline")) { (ask.say("room-timeline")) } } (chain(&ask, &scene)) }
                section.sheet #on data-part { header { h2 { (ask.say("night-on")) } a href=(scene.path("duty")) { (ask.say("room-duty")) } } (on(&ask, &scene)) }
            }
        }
        p.row.soft { a href=(scene.path("situation")) { (ask.say("room-situation")) } " · " a href=(scene.path("wall")) { (ask.say("room-wall")) } }
    };
    Ok(frame::page(&ask, Some(&scene), "night", &ask.say("room-night"), body))
}

/// Readable from across a room.
async fn wall(ask: Ask, Path(id): Path<String>) -> Result<Response> {
    let scene = ask.scene(&id).await?;
    let body = html! {
        p.row { b { (scene.title(&ask)) } span.clock { (ask.time(scene.now, scene.now)) } span #live.soft { (ask.say("live")) } a href=(scene.path("")) { (ask.say("room-night")) } }
        h1 { (sentence(&ask, &scene)) }
        p.lede { (unknown(&ask, &scene)) }
        (wards::clocks(&ask, &scene, WARDS))
    };
    Ok(frame::sheet(&ask, &ask.say("room-wall"), "wall", body))
}

/// What happens, in one sentence: care first, where any is hit.
pub(crate) fn sentence(ask: &Ask, scene: &Scene) -> String {
    match scene.assessment().filter(|_| scene.knows()) {
        Some(assessment) => {
            care(ask, scene).unwrap_or_else(|| headline(assessment, scene.names(), &ask.words))
        }
        None => ask.say_with("night-declared", &[("title", scene.title(ask).into())]),
    }
}

/// How many wards stopped or work worse, and which stops next.
fn care(ask: &Ask, scene: &Scene) -> Option<String> {
    let services = wards::hit(scene);
    let count =
        |wanted: &[State]| services.iter().filter(|rows| wanted.contains(&wards::state(rows, scene))).count();
    let (stopped, worse) = (count(&[State::Stopped]), count(&[State::Degraded, State::Fallback]));
    if stopped + worse == 0 {
        return None;
    }
    let stops = |row: &Care| row.next(scene.now).filter(|it| it.1 == State::Stopped).map(|it| it.0);
    let losing = services.iter().map(|rows| rows[0]).filter(|row| row.outlook == Outlook::Losing);
    let coming = losing.filter_map(|row| Some((stops(row)?, row))).min_by_key(|it| it.0).map(|(_, row)| {
        let ward = plain(scene.names().node(&row.service)).into_owned();
        let what = next(row, scene.now, &ask.words);
        ask.say_with("night-care-next", &[("ward", ward.into()), ("what", what.into())])
    });
    let now = ask.say_with("night-care", &[("stopped", stopped.into()), ("worse", worse.into())]);
    Some(format!("{now}{}.", coming.unwrap_or_default()))
}

/// Machines that are lost or in an attacker's hands, and what is not known.
pub(crate) fn unknown(ask: &Ask, scene: &Scene) -> Markup {
    let machines = |stance, key: &str| {
        let count = scene.assessment().map_or(0, |it| it.with_stance(stance).len());
        (count > 0).then(|| ask.say_with(key, &[("count", count.into())]))
    };
    let hit = [machines(Stance::Lost, "night-lost"), machines(Stance::Compromised, "night-held")];
    let mut lines = scene.assessment().map(|it| lede(it, &ask.words)).unwrap_or_default();
    let free: Vec<String> = duty::LEADING
        .iter()
        .filter(|role| scene.on_duty(role).is_none())
        .map(|role| ask.say(&format!("role-{role}")))
        .collect();
    if !free.is_empty() {
        lines.push(ask.say_with("night-free", &[("roles", ask.words.list(&free).into())]));
    }
    html! { @for line in hit.iter().flatten() { b { (line) } " " } @for line in lines.iter().take(6) { (plain(line)) " " } }
}

struct Parts {
    changed: Markup,
    waiting: usize,
    decide: Markup,
    tell: Markup,
}

async fn parts(ask: &Ask, scene: &Scene) -> Result<Parts> {
    let store = &ask.app.store;
    let decisions = store.of::<Decision>(&scene.incident.id).await?;
    let notices = store.of::<Notice>(&scene.incident.id).await?;
    let waiting: Vec<&Decision> = decisions.iter().filter(|it| it.state == DecisionState::Waiting).collect();
    Ok(Parts {
        changed: changed(ask, scene).await?,
        waiting: waiting.len(),
        decide: decide(ask, scene, &decisions, &waiting),
        tell: tell(ask, scene, &notices),
    })
}

fn decide(ask: &Ask, scene: &Scene, decisions: &[Decision], waiting: &[&Decision]) -> Markup {
    let taken = |levers: &[String]| {
        decisions.iter().any(|it| it.state == DecisionState::Taken && it.levers.0 == levers)
    };
    let options = scene.assessment().map(|it| it.containment.as_slice()).unwrap_or_default();
    let open: Vec<_> = pick(options, FEW + 1)
        .into_iter()
        .filter(|option| !option.levers.is_empty())
        .filter(|option| !taken(&option.levers.iter().filter_map(|it| it.lever.clone()).collect::<Vec<_>>()))
        .collect();
    let nothing = options.first().filter(|it| it.danger > 0.0);
    html! {
        @for decision in waiting.iter().take(FEW) {
            div.choice id={ "waits-" (decision.id) } { b { (plain(&decision.title)) } span.soft { (plain(&decision.why)) }
                @if let Some(due) = decision.due_at { span { (ask.say("by")) " " (ask.time(due.0, scene.now)) } }
                a href={ (scene.path("log")) "#" (decision.id) } { (ask.say("decide-do")) } }
        }
        @for option in open.iter().take(FEW.saturating_sub(waiting.len())) { (cut::choice(ask, scene, option, false)) }
        @if waiting.is_empty() && open.is_empty() { p.empty { (ask.say("night-nothing-waits")) } }
        @if !open.is_empty() { p { a href=(scene.path("cut")) { (ask.say_with("night-other-options", &[("count", options.len().into())])) } } }
        @if let Some(nothing) = nothing { p.soft { (ask.say_with("night-if-nobody", &[("hours", ask.words.care_hours(nothing.danger).into()), ("span", ask.words.span((nothing.horizon * 3600.0) as u64).into())])) } }
        p.soft { (ask.say("night-no-contact")) }
    }
}

/// Obligations still to be told, in the assessment's order: at once, then soonest first; possible ones and those on
/// request last.
pub(crate) fn to_tell<'a>(scene: &'a Scene, notices: &[Notice]) -> Vec<&'a Obligation> {
    let all = scene.assessment().map(|it| it.obligations.as_slice()).unwrap_or_default();
    all.iter().filter(|it| !is_sent(notices, &it.id)).collect()
}

/// Whether an obligation was told already.
pub(crate) fn is_sent(notices: &[Notice], obligation: &str) -> bool {
    notices.iter().any(|it| it.obligation == obligation && it.state == NoticeState::Sent)
}

fn tell(ask: &Ask, scene: &Scene, notices: &[Notice]) -> Markup {
    let open = to_tell(scene, notices);
    html! {
        @if open.is_empty() { p.empty { (ask.say("night-none-to-tell")) } }
        ul.lines { @for it in open.iter().take(FEW + 1) {
            li id={ "tell-" (it.id) } {
                span { (plain(&it.title)) @if it.status == Status::Possible { " " span.soft { (ask.say("status-possible")) } } }
                span class=[it.due_at.is_some_and(|due| due <= scene.now).then_some("late")] { (left(ask, it, scene.now)) }
            }
        } }
        @if open.len() > FEW + 1 { p.soft { (ask.say_with("more", &[("count", (open.len() - FEW - 1).into())])) } }
    }
}

/// How long is left, else when it is due.
pub(crate) fn left(ask: &Ask, it: &Obligation, now: Timestamp) -> String {
    match it.due_at {
        Some(due) if due > now => ask.words.span((due.as_second() - now.as_second()) as u64),
        Some(_) => ask.say("overdue"),
        None => when_due(it, &ask.words),
    }
}

fn back(ask: &Ask, scene: &Scene) -> Markup {
    let plan = scene.assessment().and_then(|it| it.restoration.as_ref());
    let mut services: Vec<_> = plan.map(|plan| plan.services.iter().collect()).unwrap_or_default();
    services.sort_by_key(|service| (service.back_at.is_none(), service.back_at));
    html! {
        @if services.is_empty() { p.empty { (ask.say("night-nothing-back")) } }
        ul.lines { @for service in services.iter().take(FEW) {
            li id={ "back-" (service.id) } { span { (plain(scene.names().node(&service.id))) }
                b { @match service.back_at { Some(at) => (ask.time(at, scene.now)), None => (ask.say("unknown")) } } }
        } }
    }
}

fn chain(ask: &Ask, scene: &Scene) -> Markup {
    let chains = scene.assessment().map(|it| it.chains.as_slice()).unwrap_or_default();
    let fresh = chains.iter().max_by_key(|chain| chain.end);
    html! {
        @match fresh {
            Some(chain) => { p { (plain(&chain.sentence)) } (unproven(ask, chain)) p.soft { @if let Some(end) = chain.end { (ask.say("night-last-sign")) " " (ask.time(end, scene.now)) } } }
            None => p.empty { (ask.say("night-no-chain")) },
        }
    }
}

/// That part of what a chain says could have been sent by anybody.
pub(crate) fn unproven(ask: &Ask, chain: &Chain) -> Markup {
    html! { @if chain.assets.iter().any(|it| it.unproven) { p.warn { (ask.say("unproven-chain")) } } }
}

fn on(ask: &Ask, scene: &Scene) -> Markup {
    html! {
        ul.lines { @for role in duty::ROLES { @if let Some(duty) = scene.on_duty(role) {
            li { span { (ask.say(&format!("role-{role}"))) } b { (duty.person) } }
        } } }
        @if scene.duties.is_empty() { p.empty { (ask.say("night-nobody-on")) } }
    }
}

/// What changed since the reader last looked; notes that the reader looked.
async fn changed(ask: &Ask, scene: &Scene) -> Result<Markup> {
    let (store, incident) = (&ask.app.store, scene.incident.id.as_str());
    let who = ask.visitor.actor().name;
    let last = store.last_visit(&who, incident).await?;
    let lines = match last {
        Some((seq, _)) => store
            .audit_before(i64::MAX, Some(incident), 400)
            .await?
            .into_iter()
            .filter(|it| it.seq > seq)
            .collect(),
        None => Vec::new(),
    };
    let live = ask.headers.contains_key("x-live");
    let same = last.is_some_and(|(_, at)| ask.wall.as_second() - at.0.as_second() < SAME_LOOK);
    if !live && !same {
        // On a full disk the night is still shown.
        if let Err(error) = store.visited(&who, incident, store.audit_head().await?, ask.wall.into()).await {
            tracing::warn!(%error, "a look at the night could not be noted");
        }
    }
    let Some((_, at)) = last else { return Ok(html! {}) };
    let count = |kind: &str| lines.iter().filter(|line| line.kind == kind && line.actor != who).count();
    let mut said = Vec::new();
    for kind in ["decision", "cut", "task", "ward_report", "message", "notice", "sighting", "note", "signals"]
    {
        let count = count(kind);
        if count > 0 {
            said.push(ask.say_with(&format!("changed-{kind}"), &[("count", count.into())]));
        }
    }
    if said.is_empty() {
        return Ok(html! {});
    }
    Ok(
        html! { b { (ask.say("since-you-looked")) } " (" (ask.time(at.0, ask.wall)) "): " (ask.words.list(&said)) "." },
    )
}
