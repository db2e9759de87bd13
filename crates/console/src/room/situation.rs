//! Situation on one A4: what the director must know in 60 seconds, printed from the night.
//!
//! Invariant: one page, the same sentences and figures as the night, nothing that the night does not show.

use assess::State;
use axum::extract::Path;
use axum::response::Response;
use maud::html;
use report::headline::next;
use report::{figures, pick, plain};
use store::entity::{Cut, Decision, DecisionState, Notice};

use crate::ask::Ask;
use crate::frame;
use crate::permit::Permission;
use crate::problem::Result;
use crate::room::{night, wards};
use crate::route::Route;

/// Lines of each part: one page holds no more.
const LINES: usize = 8;

pub(crate) fn routes() -> Vec<Route> {
    vec![Route::get("/incidents/{id}/situation", Permission::Read, page)]
}

async fn page(ask: Ask, Path(id): Path<String>) -> Result<Response> {
    let scene = ask.scene(&id).await?;
    let store = &ask.app.store;
    let taken: Vec<Decision> =
        store.of::<Decision>(&id).await?.into_iter().filter(|it| it.state == DecisionState::Taken).collect();
    let cuts = store.of::<Cut>(&id).await?.into_iter().filter(|it| it.undone_at.is_none()).count();
    let notices = store.of::<Notice>(&id).await?;
    let services = wards::hit(&scene);
    let options = scene.assessment().map(|it| it.containment.as_slice()).unwrap_or_default();
    let words = ask.words.at(scene.now);
    let body = html! {
        p.row { b { (scene.title(&ask)) } span { (words.full(scene.now)) } button.do.small type="button" data-print { (ask.say("print")) } a href=(scene.path("")) { (ask.say("room-night")) } }
        h1 { (night::sentence(&ask, &scene)) }
        p.lede { (night::unknown(&ask, &scene)) }
        section { h2 { (ask.say("section-care")) } table { tbody {
            @for rows in services.iter().take(LINES) { @let state = wards::state(rows, &scene);
                tr { td { b { (plain(scene.names().node(&rows[0].service))) } " " span.soft { (plain(scene.names().site(&rows[0].site))) } } td { (wards::shown(&ask, state)) } td { (next(rows[0], scene.now, &words)) }
                    td { @if state != State::Up { (plain(scene.names().care(&rows[0].service).and_then(|it| it.divert_to.as_deref()).unwrap_or("–"))) } } } }
            } } @if services.len() > LINES { p.soft { (ask.say_with("more", &[("count", (services.len() - LINES).into())])) } } }
        section { h2 { (ask.say("situation-decide")) }
            ul.lines { @for option in pick(options, 3) { li { span { (plain(&option.phrase(3, &words))) } (figures(option, &words)) } } } }
        section { h2 { (ask.say("situation-decided")) } p { (ask.say_with("situation-cuts", &[("count", cuts.into())])) }
            ul.lines { @for decision in taken.iter().rev().take(4) { li { span { (plain(&decision.title)) } span { (decision.person) " " (ask.time(decision.at.0, scene.now)) } } } } }
        section { h2 { (ask.say("night-tell")) } ul.lines { @for it in night::to_tell(&scene, &notices).iter().take(4) { li { span { (plain(&it.title)) } b { (night::left(&ask, it, scene.now)) } } } } }
    };
    Ok(frame::sheet(&ask, &ask.say("room-situation"), "a4", body))
}
