//! An edit that came too late: what stands now and what was typed, side by side.
//!
//! Invariant: no text that somebody typed is lost, and none is overwritten without being seen.

use axum::http::StatusCode;
use axum::response::Response;
use maud::html;

use crate::ask::{Ask, Face};
use crate::frame;
use crate::scene::Scene;

/// A text that somebody else changed meanwhile.
pub struct Late<'a> {
    /// The room's word.
    pub room: &'static str,
    /// Where the form goes.
    pub action: String,
    /// The page to go back to.
    pub back: String,
    /// What stands now.
    pub theirs: &'a str,
    /// Who wrote it.
    pub author: &'a str,
    /// Its version.
    pub version: i64,
    /// What was typed.
    pub mine: &'a str,
}

/// Whether a form's text comes too late; a program gets a problem instead.
#[must_use]
pub fn is_late(ask: &Ask, version: i64) -> bool {
    ask.face == Face::Page && ask.write.seen.is_some_and(|seen| seen != version)
}

/// Both texts, and a form that keeps the one that was typed.
#[must_use]
pub fn page(ask: &Ask, scene: &Scene, late: &Late<'_>) -> Response {
    let mut ask = ask.clone();
    ask.here.clone_from(&late.back);
    let body = html! {
        h1 { (ask.say("both-title")) }
        p.lede { (ask.say_with("both-lede", &[("who", late.author.to_owned().into())])) }
        div.two {
            form.sheet.fields method="post" action=(late.action) {
                (ask.hidden())
                input type="hidden" name="version" value=(late.version);
                label for="text" { (ask.say("both-mine")) }
                textarea #text name="text" rows="20" { (late.mine) }
                button.do.first { (ask.say("both-keep")) }
            }
            section.sheet {
                header { h2 { (ask.say("both-theirs")) } }
                pre { (late.theirs) }
                p { a.do href=(late.back) { (ask.say("both-leave")) } }
            }
        }
    };
    let mut response = frame::page(&ask, Some(scene), late.room, &ask.say("both-title"), body);
    *response.status_mut() = StatusCode::PRECONDITION_FAILED;
    response
}
