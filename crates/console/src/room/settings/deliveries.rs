//! What goes out by mail and webhook: what is stuck, why, when it is tried again; and the button that tries at once.
//!
//! Invariant: what was taken by the other side is not sent again.

use assess::Said;
use axum::extract::{Path, Query};
use axum::response::Response;
use maud::{Markup, html};
use store::Instant;
use store::entity::{Delivery, DeliveryState};

use super::need;
use crate::ask::Ask;
use crate::body::{Body, Nothing};
use crate::paged::Paged;
use crate::permit::Permission;
use crate::problem::{Problem, Result};
use crate::route::Route;

/// Stuck ones shown.
pub(super) const SHOWN: u64 = 50;

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get("/api/v1/deliveries", Permission::Keep, list)
            .about("Mails and calls of webhooks: waiting, taken, given up; oldest first")
            .asks::<Paged>()
            .gives_list::<Delivery>(),
        Route::post("/api/v1/deliveries/{id}/again", Permission::Keep, again)
            .about("Try one again at once")
            .matched()
            .gives::<Delivery>(),
    ]
}

async fn list(ask: Ask, Query(paged): Query<Paged>) -> Result<Response> {
    need(&ask)?;
    ask.listed::<Delivery>(None, &paged).await
}

/// Those that the other side did not take.
pub(super) fn section(ask: &Ask, stuck: &[Delivery]) -> Markup {
    html! {
        @if !stuck.is_empty() { section.sheet #deliveries { header { h2 { (ask.say("deliveries-lost")) } }
            ul.lines { @for it in stuck { li id={ "delivery-" (it.id) } {
                span { (ask.say(&format!("carrier-{}", it.carrier.word()))) " " span.soft { (it.target) } br;
                    @if let Some(error) = &it.error { span lang="en" { (error) } } br;
                    @if it.state == DeliveryState::Failed { b.warn { (ask.say("deliveries-given-up")) } }
                    @else { span.soft { (ask.say("deliveries-again")) " " (ask.time(it.next_at.0, ask.wall)) } } }
                form method="post" action={ "/api/v1/deliveries/" (it.id) "/again" } { (ask.hidden()) button.do.small { (ask.say("deliveries-now")) } }
            } } } } }
    }
}

async fn again(Path(id): Path<String>, Body(ask, Nothing {}): Body<Nothing>) -> Result<Response> {
    need(&ask)?;
    let mut change = ask.begin().await?;
    if change.read::<Delivery>(&id).await?.state == DeliveryState::Done {
        return Err(Problem::conflict("taken", Said::new("refusal-delivery-taken")));
    }
    let at = Instant::from(ask.wall);
    let edit = |it: &mut Delivery| (it.state, it.next_at) = (DeliveryState::Waiting, at);
    let delivery = change.edit::<Delivery>(&id, ask.write.seen, edit).await?;
    ask.done(change, &delivery, "/settings").await
}
