//! Calm: what the standing watch sees while no incident is open, and the way from it to an incident.
//!
//! Invariant: the first sentence is enough to know whether to look; a chain is shown with the care that it would put at
//! risk, and declaring moves nothing: the watch becomes the incident.

use std::cmp::Reverse;

use assess::Chain;
use axum::response::Response;
use detect::Stance;
use hospital::{Closures, Effect, Kind, Loss, Map, NodeId};
use maud::{Markup, html};
use report::plain;

use crate::ask::Ask;
use crate::frame;
use crate::permit::Permission;
use crate::problem::Result;
use crate::room::night::unproven;
use crate::route::Route;
use crate::scene::{Scene, title};

/// Chains shown; all of them stand on the watch's own pages.
const CHAINS: usize = 10;
/// Care services named of a chain.
const NAMED: usize = 4;
/// Letters of an incident's title at most.
const TITLE: usize = 120;

pub(crate) fn routes() -> Vec<Route> {
    vec![Route::get("/calm", Permission::Read, page)]
}

async fn page(ask: Ask) -> Result<Response> {
    let open = ask.open_incident().await?;
    let scene = match ask.watch().await? {
        Some(watch) => Some(ask.scene(&watch.id).await?),
        None => None,
    };
    let chains = scene.as_ref().map(worst_first).unwrap_or_default();
    let body = html! {
        h1 #headline { (sentence(&ask, scene.as_ref(), chains.len())) }
        p.lede { @if let Some(scene) = &scene { (read(&ask, scene)) } @else { (ask.say("calm-no-watch-why")) } }
        @if let Some(open) = open {
            p.sheet { b { (ask.say_with("declare-already", &[("title", title(&ask, &open).into())])) } " "
                a href={ "/incidents/" (open.id) } { (ask.say("declare-join")) } }
        }
        @if let Some(scene) = &scene {
            section.sheet #chains data-part {
                header { h2 { (ask.say("calm-chains")) } a href=(scene.path("timeline")) { (ask.say("room-timeline")) } }
                @if chains.is_empty() { p.empty { (ask.say("calm-no-chain")) } }
                @for chain in chains.iter().take(CHAINS) { (shown(&ask, scene, chain)) }
                @if chains.len() > CHAINS { p.soft { (ask.say_with("more", &[("count", (chains.len() - CHAINS).into())])) } }
            }
        }
    };
    Ok(frame::page(&ask, None, "calm", &ask.say("room-calm"), body))
}

/// What the watch sees, in one sentence.
fn sentence(ask: &Ask, scene: Option<&Scene>, chains: usize) -> String {
    match scene {
        None => ask.say("calm-no-watch"),
        Some(scene) if !scene.knows() => ask.say("calm-begins"),
        Some(_) => ask.say_with("calm-title", &[("count", chains.into())]),
    }
}

/// What it rests on.
fn read(ask: &Ask, scene: &Scene) -> String {
    let Some(assessment) = scene.assessment() else { return String::new() };
    let evidence = &assessment.evidence;
    let when = |at: Option<jiff::Timestamp>| {
        at.map_or_else(|| ask.say("unknown"), |at| ask.words.at(scene.now).day_hour(at))
    };
    ask.say_with(
        "calm-read",
        &[
            ("events", ask.words.number(evidence.events).into()),
            ("signals", ask.words.number(assessment.signals).into()),
            ("first", when(evidence.first).into()),
            ("last", when(evidence.last).into()),
        ],
    )
}

/// The worst first: by what happened to machines, then by score.
fn worst_first(scene: &Scene) -> Vec<&Chain> {
    let mut chains: Vec<&Chain> = scene.assessment().map(|it| it.chains.iter().collect()).unwrap_or_default();
    let stance = |chain: &Chain| chain.assets.iter().map(|it| it.stance).max().unwrap_or(Stance::Suspected);
    chains.sort_by_key(|chain| Reverse((stance(chain), chain.score)));
    chains
}

fn shown(ask: &Ask, scene: &Scene, chain: &Chain) -> Markup {
    let care = scene.map().map(|map| at_risk(map, chain, scene));
    let mut names: Vec<String> = care.iter().flatten().map(|name| plain(name).into_owned()).collect();
    let rest = names.len().saturating_sub(NAMED);
    names.truncate(NAMED);
    let window = [
        ("from", chain.start),
        ("to", chain.end.and_then(|end| end.checked_add(jiff::SignedDuration::from_secs(1)).ok())),
    ];
    let window: Vec<(&str, String)> =
        window.into_iter().filter_map(|(name, at)| Some((name, at?.to_string()))).collect();
    let window = serde_urlencoded::to_string(&window).unwrap_or_default();
    html! {
        article.choice id=(chain.id) {
            b { (plain(&chain.sentence)) }
            (unproven(ask, chain))
            span.soft {
                @if care.is_none() { (ask.say("calm-care-no-map")) }
                @else if names.is_empty() { (ask.say("calm-care-none")) }
                @else { (ask.say_with("calm-care", &[("names", ask.words.list(&names).into())])) @if rest > 0 { " " (ask.say_with("more", &[("count", rest.into())])) } }
            }
            div.row {
                a href={ (scene.path("timeline")) "?" (window) } { (ask.say("calm-signals")) }
                @if ask.visitor.may(Permission::Write, None) {
                    form.inline method="post" action="/api/v1/incidents" {
                        (ask.hidden())
                        input type="hidden" name="title" value=(name(ask, scene, chain));
                        input type="hidden" name="lead" value="true";
                        button.do.small { (ask.say("calm-declare")) }
                    }
                }
            }
        }
    }
}

/// What the incident of a chain is called: after the machine that it hit worst.
fn name(ask: &Ask, scene: &Scene, chain: &Chain) -> String {
    let first = chain.assets.first();
    let host = first.map(|it| it.id.as_deref().map_or(it.host.as_str(), |id| scene.names().node(id)));
    let host = host.map_or_else(|| ask.say("unknown"), |host| plain(host).into_owned());
    ask.say_with("calm-incident", &[("host", host.into())]).chars().take(TITLE).collect()
}

/// Care services that stop or get worse if every machine of the chain is lost now, the heaviest first.
fn at_risk<'m>(map: &'m Map, chain: &Chain, scene: &Scene) -> Vec<&'m str> {
    let nodes = chain.assets.iter().filter_map(|it| map.find(it.id.as_deref()?));
    let losses: Vec<Loss> = nodes.map(|node| Loss { node, at: scene.now, how: Effect::Stops }).collect();
    let weight = |node: &NodeId| match &map.node(*node).kind {
        Kind::CareService(care) => Some(care.weight),
        _ => None,
    };
    let failed = hospital::impact(map, &losses, &Closures::of(map, scene.now)).failed();
    let mut care: Vec<(Reverse<u32>, NodeId)> =
        failed.into_iter().filter_map(|node| Some((Reverse(weight(&node)?), node))).collect();
    care.sort();
    care.into_iter().map(|(_, node)| map.node(node).name.as_str()).collect()
}
