//! What one node of the map is: its needs with their grace, who needs it, why it fails and when.
//!
//! Invariant: it says what the map and the impact say, and offers what may be asked about it as links.

use assess::Care;
use detect::Stance;
use hospital::{Effect, Kind, NodeId};
use maud::{Markup, html};
use report::plain;

use super::Look;
use super::choose::users;
use super::whatif::Asked;
use crate::room::sightings;

/// Users listed before the rest is counted.
const USERS: usize = 24;

pub(super) fn panel(look: &Look<'_>, node: NodeId) -> Markup {
    let (ask, map, seen, now) = (look.ask, &*look.ground.map, look.seen, look.ground.now);
    let row = map.node(node);
    let path: Vec<String> =
        seen.losing.because(node).into_iter().map(|it| plain(&map.node(it).name).into_owned()).collect();
    let clocks = (seen.losing.degrades_at(node), seen.losing.stops_at(node));
    let risk = seen.at_risk.iter().find(|it| it.service == row.id);
    html! {
        section.sheet #panel data-part {
            header {
                h2 { (plain(&row.name)) " " small { (what(look, node)) } }
                a href={ (Asked { node: None, ..seen.asked.clone() }.address(map, &look.ground.base)) "#picture" } { (ask.say("panel-close")) }
            }
            p.row { (look.signed(node))
                @if let Some((stance, since)) = seen.stance(node) { span.soft { (ask.say(&format!("stance-{}", stance_word(stance)))) " " (ask.say("panel-since")) " " (ask.time(since, now)) } }
                @if clocks.0.or(clocks.1).is_some() { span { (look.clocks(clocks.0, clocks.1)) } }
            }
            @if !path.is_empty() { p { b { (ask.say("column-why")) } " " (path.join(" ← ")) } }
            @if let Some(risk) = risk { p.soft { (at_risk(look, risk)) } }
            div.fields.across {
                div { h2 { (ask.say("panel-needs")) }
                    @if row.needs.is_empty() { p.empty { (ask.say("panel-needs-nothing")) } }
                    ul.lines { @for need in &row.needs { li {
                        span {
                            @for (place, provider) in need.on.iter().enumerate() {
                                @if place > 0 { ", " }
                                a href=(seen.asked.with_node(map, map.id(*provider), &look.ground.base)) { (plain(&map.node(*provider).name)) }
                                @if look.sign(*provider).is_some() { " " (look.signed(*provider)) }
                            }
                            @if (need.at_least as usize) < need.on.len() || need.on.len() > 1 { br; span.soft { (ask.say_with("panel-at-least", &[("least", (need.at_least as usize).into()), ("all", need.on.len().into())])) } }
                        }
                        span.soft { (ask.say(if need.effect == Effect::Stops { "panel-stops" } else { "panel-worse" })) " "
                            @if need.grace == 0 { (ask.say("panel-at-once")) } @else { (ask.say_with("panel-after", &[("span", ask.words.span(need.grace).into())])) } }
                    } } }
                }
                div { h2 { (ask.say("panel-needed-by")) } (needed_by(look, node)) }
            }
            (asks(look, node))
            @if let (Kind::Asset(_), Some(scene)) = (&row.kind, &look.ground.scene) { (sightings::panel(ask, scene, &row.id, &look.ground.sightings)) }
        }
    }
}

fn stance_word(stance: Stance) -> &'static str {
    match stance {
        Stance::Suspected => "suspected",
        Stance::Compromised => "compromised",
        Stance::Lost => "lost",
    }
}

/// What it is, in words: a care service of a site, an application, a machine of a zone.
fn what(look: &Look<'_>, node: NodeId) -> String {
    let (ask, map) = (look.ask, &*look.ground.map);
    match &map.node(node).kind {
        Kind::CareService(care) => ask.say_with(
            "panel-care",
            &[("site", plain(&map.sites[care.site.index()].name).into_owned().into())],
        ),
        Kind::Application(_) => ask.say("panel-application"),
        Kind::Asset(asset) => {
            let site = asset.site.map(|site| plain(&map.sites[site.index()].name).into_owned());
            let zone = asset.zone.map(|zone| plain(&map.zones[zone.index()].name).into_owned());
            [Some(plain(&asset.kind).into_owned()), site, zone]
                .into_iter()
                .flatten()
                .collect::<Vec<_>>()
                .join(" · ")
        }
    }
}

fn at_risk(look: &Look<'_>, risk: &Care) -> Markup {
    html! { (look.ask.say("panel-at-risk")) " " (look.clocks(risk.degrades_at, risk.stops_at)) " (" (look.because(risk)) ")" }
}

fn needed_by(look: &Look<'_>, node: NodeId) -> Markup {
    let (ask, map, seen) = (look.ask, &*look.ground.map, look.seen);
    let users = users(map).swap_remove(node.index());
    html! {
        @if users.is_empty() { p.empty { (ask.say("panel-needed-by-nobody")) } }
        ul.lines { @for user in users.iter().take(USERS) {
            li { a href=(seen.asked.with_node(map, map.id(*user), &look.ground.base)) { (plain(&map.node(*user).name)) } @if look.sign(*user).is_some() { (look.signed(*user)) } }
        } }
        @if users.len() > USERS { p.soft { (ask.say_with("more", &[("count", (users.len() - USERS).into())])) } }
    }
}

/// What may be asked about it.
fn asks(look: &Look<'_>, node: NodeId) -> Markup {
    let (ask, map, asked) = (look.ask, &*look.ground.map, &look.seen.asked);
    let link = |asked: Asked| asked.address(map, &look.ground.base);
    let toggled = |list: &[NodeId]| -> Vec<NodeId> {
        if list.contains(&node) {
            list.iter().copied().filter(|it| *it != node).collect()
        } else {
            list.iter().copied().chain([node]).collect()
        }
    };
    let id = map.id(node);
    let levers: Vec<(usize, &hospital::Lever)> = map
        .levers
        .iter()
        .enumerate()
        .filter(|(_, lever)| lever.isolates.contains(&node) || lever.disables.contains(&node))
        .collect();
    html! {
        p.row {
            @match &map.node(node).kind {
                Kind::Asset(_) => {
                    a.do href=(link(Asked { lost: toggled(&asked.lost), ..asked.clone() })) { (ask.say(if asked.lost.contains(&node) { "whatif-lose-not" } else { "whatif-lose-it" })) }
                    a.do href=(link(Asked { isolate: toggled(&asked.isolate), ..asked.clone() })) { (ask.say(if asked.isolate.contains(&node) { "whatif-isolate-not" } else { "whatif-isolate-it" })) }
                }
                Kind::CareService(_) => { @if let Some(scene) = &look.ground.scene { a.do href={ (scene.path("wards")) "/" (id) } { (ask.say("panel-ward")) } } }
                Kind::Application(_) => {}
            }
            @for (place, lever) in levers.into_iter().take(4) {
                @let pull: Vec<_> = asked.pull.iter().copied().chain([hospital::LeverId(place as u32)]).collect();
                a.do.quiet href=(link(Asked { pull, ..asked.clone() })) { (ask.say_with("whatif-pull-it", &[("lever", plain(&lever.label).into_owned().into())])) }
            }
        }
    }
}
