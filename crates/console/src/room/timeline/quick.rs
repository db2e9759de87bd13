//! Quick entry: what happened, when, about what; typed where it is read.
//!
//! Invariant: an hour without a day is the latest such hour that is not yet to come on the incident's clock.

use assess::Said;
use axum::extract::Path;
use axum::response::Response;
use jiff::civil::Time;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use maud::{Markup, html};
use serde::Deserialize;
use store::entity::Note;
use store::{Instant, new_id};

use super::view::check_about;
use crate::ask::Ask;
use crate::body::Body;
use crate::permit::Permission;
use crate::problem::{Problem, Result};
use crate::scene::Scene;

/// Letters of a note at most.
const TEXT_MAX: usize = 2_000;

/// The form.
pub(super) fn form(ask: &Ask, scene: &Scene) -> Markup {
    html! {
        form.fields.across method="post" action=(scene.api("notes")) #quick {
            (ask.hidden())
            div { label for="time" { (ask.say("quick-time")) } input #time name="time" inputmode="numeric" pattern="[0-9]{1,2}[:hH][0-9]{2}" placeholder=(ask.words.hour(scene.now)) maxlength="5" autocomplete="off"; }
            div.wide { label for="text" { (ask.say("quick-text")) } input #text name="text" required maxlength=(TEXT_MAX) autocomplete="off"; }
            div { label for="about" { (ask.say("quick-about")) } input #about name="about" list="nodes" autocomplete="off"; }
            label { input type="checkbox" name="handover" value="true"; " " (ask.say("quick-handover")) }
            button.do.first { (ask.say("quick-do")) }
        }
    }
}

#[derive(Deserialize, utoipa::ToSchema)]
#[schema(as = WriteNote)]
pub(super) struct Noted {
    /// What happened.
    text: String,
    /// When, as `HH:MM` in the reader's zone: the latest such hour.
    time: Option<String>,
    /// When, as an instant; now, where neither is given.
    at: Option<Instant>,
    /// The machine or ward that it speaks of.
    about: Option<String>,
    /// For the relief at the change of shift.
    #[serde(default)]
    handover: bool,
}

pub(super) async fn note(Path(id): Path<String>, Body(ask, wanted): Body<Noted>) -> Result<Response> {
    let scene = ask.scene(&id).await?;
    scene.need(&ask, Permission::Write)?;
    let text = wanted.text.trim();
    if text.is_empty() || text.chars().count() > TEXT_MAX {
        return Err(Problem::bad(Said::new("refusal-note-text")));
    }
    let at = match (wanted.at, wanted.time.as_deref().map(str::trim)) {
        (Some(at), _) => at.0,
        (None, None | Some("")) => scene.now,
        (None, Some(hour)) => latest(hour, scene.now, ask.words.zone())
            .ok_or_else(|| Problem::bad(Said::new("refusal-note-time")))?,
    };
    let mut note = Note {
        id: new_id(),
        version: 0,
        incident: id.clone(),
        at: Instant::from(at),
        text: text.to_owned(),
        about: wanted.about,
        author: ask.visitor.name().to_owned(),
        written_at: Instant::from(scene.now),
        handover: wanted.handover,
    };
    check_about(scene.map(), &mut note)?;
    let mut change = ask.begin().await?;
    let note = change.add(note).await?;
    ask.done(change, &note, &scene.path("timeline")).await
}

/// The latest instant at that hour which is not after now.
fn latest(hour: &str, now: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
    let (hours, minutes) = hour.split_once([':', 'h', 'H'])?;
    let time = Time::new(hours.parse().ok()?, minutes.parse().ok()?, 0, 0).ok()?;
    let today = now.to_zoned(zone.clone()).date();
    let at =
        |date: jiff::civil::Date| date.to_datetime(time).to_zoned(zone.clone()).ok().map(|it| it.timestamp());
    at(today).filter(|at| *at <= now).or_else(|| at(today.checked_sub(1.day()).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_hour_is_the_latest_that_passed() {
        let paris = TimeZone::get("Europe/Paris").unwrap();
        let now: Timestamp = "2026-11-22T01:30:00Z".parse().unwrap();
        for (hour, wanted) in [
            ("02:14", Some("2026-11-22T01:14:00Z")),
            ("2h14", Some("2026-11-22T01:14:00Z")),
            ("23:50", Some("2026-11-21T22:50:00Z")),
            ("02:31", Some("2026-11-21T01:31:00Z")),
            ("25:00", None),
            ("noon", None),
        ] {
            let wanted = wanted.map(|it| it.parse::<Timestamp>().unwrap());
            assert_eq!(latest(hour, now, &paris), wanted, "{hour}");
        }
    }
}
