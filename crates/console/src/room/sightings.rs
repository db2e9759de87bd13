//! Sightings: what people see of a machine themselves. In the first hour there are often no logs, only screens.
//!
//! Invariant: a sighting stands before any evidence, with its author and reason; it is taken back, not erased.

use assess::Said;
use axum::extract::Path;
use axum::response::Response;
use hospital::Kind;
use maud::{Markup, html};
use report::plain;
use serde::Deserialize;
use store::entity::{Seen, Sighting};
use store::{Instant, new_id};

use crate::ask::Ask;
use crate::body::{Body, Nothing};
use crate::moment;
use crate::permit::Permission;
use crate::problem::{Problem, Result};
use crate::route::Route;
use crate::scene::Scene;

/// Letters of a reason at most.
const REASON_MAX: usize = 500;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::post("/api/v1/incidents/{id}/sightings", Permission::Act, add)
            .about("Say how an asset stands, as seen with one's own eyes; it stands before any evidence")
            .takes::<Saw>()
            .makes::<Sighting>(),
        Route::post("/api/v1/incidents/{id}/sightings/{sighting}/undo", Permission::Act, undo)
            .about("Take a sighting back")
            .matched()
            .gives::<Sighting>(),
    ]
}

/// What was seen of an asset, and the form to say more.
pub(crate) fn panel(ask: &Ask, scene: &Scene, asset: &str, all: &[Sighting]) -> Markup {
    let own = all.iter().rev().filter(|it| it.asset == asset);
    let act = ask.visitor.may(Permission::Act, scene.incident.site.as_deref());
    html! {
        div #seen {
            ul.lines { @for it in own {
                li id={ "seen-" (it.id) } {
                    span class=[it.undone_at.map(|_| "gone")] { b { (ask.say(&format!("seen-{}", it.stance.word()))) } " " (ask.say("panel-since")) " " (ask.time(it.since.0, scene.now))
                        @if !it.reason.is_empty() { br; (plain(&it.reason)) } br; span.soft { (plain(&it.author)) " · " (ask.time(it.at.0, scene.now)) } }
                    @if act && it.undone_at.is_none() { form method="post" action={ (scene.api("sightings")) "/" (it.id) "/undo" } { (ask.hidden()) button.do.small.quiet { (ask.say("undo")) } } }
                }
            } }
            @if act { details #say-seen { summary { (ask.say("seen-say")) } (form(ask, scene, asset)) } }
        }
    }
}

fn form(ask: &Ask, scene: &Scene, asset: &str) -> Markup {
    html! {
        form.fields method="post" action=(scene.api("sightings")) {
            (ask.hidden())
            input type="hidden" name="asset" value=(asset);
            fieldset { legend { (ask.say("seen-how")) }
                @for (place, stance) in Seen::ALL.iter().enumerate() {
                    label { input type="radio" name="stance" value=(stance.word()) checked[place == 0]; " " (ask.say(&format!("seen-{}", stance.word()))) }
                }
            }
            div { label for="seen-since" { (ask.say("seen-since")) span.soft { (ask.say("seen-since-hint")) } } input #seen-since name="since" placeholder="02:14" maxlength="40"; }
            div { label for="seen-reason" { (ask.say("seen-reason")) } input #seen-reason name="reason" maxlength=(REASON_MAX); }
            button.do.first { (ask.say("seen-do")) }
            p.soft { (ask.say("seen-stands")) }
        }
    }
}

#[derive(Deserialize, utoipa::ToSchema)]
#[schema(as = ReportSighting)]
struct Saw {
    /// The asset.
    asset: String,
    /// How it stands.
    stance: Seen,
    /// Since when: RFC 3339, a local day with its hour, or `HH:MM`; now, where absent.
    since: Option<String>,
    /// What was seen.
    #[serde(default)]
    reason: String,
}

async fn add(Path(id): Path<String>, Body(ask, wanted): Body<Saw>) -> Result<Response> {
    let scene = ask.scene(&id).await?;
    scene.need(&ask, Permission::Act)?;
    let map = scene.need_map()?;
    let asset = map.find(&wanted.asset).filter(|node| matches!(map.node(*node).kind, Kind::Asset(_)));
    if asset.is_none() {
        return Err(Problem::bad(Said::new("refusal-no-asset").with("asset", wanted.asset)));
    }
    if wanted.reason.chars().count() > REASON_MAX {
        return Err(Problem::bad(Said::new("refusal-reason-long")));
    }
    let now = Instant::from(scene.now);
    let read = |text: &str| moment::past(text, scene.now, ask.words.zone());
    let since = moment::field(Said::new("field-since"), wanted.since.as_deref(), read)?.unwrap_or(now);
    let sighting = Sighting {
        id: new_id(),
        version: 0,
        incident: id,
        stance: wanted.stance,
        since,
        reason: wanted.reason.trim().to_owned(),
        author: ask.visitor.name().to_owned(),
        at: now,
        undone_at: None,
        asset: wanted.asset,
    };
    let page = format!("{}?node={}#panel", scene.path("map"), sighting.asset);
    let mut change = ask.begin().await?;
    let sighting = change.add(sighting).await?;
    let answer = ask.done(change, &sighting, &page).await;
    ask.app.desk.wake();
    answer
}

async fn undo(
    Path((id, sighting)): Path<(String, String)>,
    Body(ask, Nothing {}): Body<Nothing>,
) -> Result<Response> {
    let scene = ask.scene(&id).await?;
    scene.need(&ask, Permission::Act)?;
    let at = Instant::from(scene.now);
    let mut change = ask.begin().await?;
    if change.read::<Sighting>(&sighting).await?.incident != id {
        return Err(Problem::missing(Said::new("refusal-no-sighting")));
    }
    let taken = |it: &mut Sighting| it.undone_at = it.undone_at.or(Some(at));
    let sighting = change.edit::<Sighting>(&sighting, ask.write.seen, taken).await?;
    let page = format!("{}?node={}#panel", scene.path("map"), sighting.asset);
    let answer = ask.done(change, &sighting, &page).await;
    ask.app.desk.wake();
    answer
}
