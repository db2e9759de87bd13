//! Webhooks: where events of Rempart are told to other systems.
//!
//! Invariant: the secret is made here and shown once; an address is https unless it may be a private one.

use assess::Said;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::Response;
use maud::{Markup, html};
use serde::Deserialize;
use store::entity::Webhook;
use store::{List, new_id};

use super::need;
use crate::ask::Ask;
use crate::bare::{Once, bare};
use crate::body::{Body, Nothing, several};
use crate::paged::Paged;
use crate::permit::Permission;
use crate::problem::{Problem, Result};
use crate::route::Route;

/// Webhooks at most.
const MOST: usize = 50;
/// Kinds of record that can be told.
pub(crate) const KINDS: &[&str] = &["incident", "decision", "task", "notice", "ward_report", DEADLINE];
/// What a deadline that comes near is told as.
pub(crate) const DEADLINE: &str = "deadline";

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get("/api/v1/webhooks", Permission::Keep, list)
            .about("Webhooks, without their secrets")
            .asks::<Paged>()
            .gives_list::<Webhook>(),
        Route::post("/api/v1/webhooks", Permission::Keep, add)
            .about("Add a webhook; the answer holds `signing_secret`, shown this once")
            .takes::<Add>()
            .once(&[("signing_secret", "string")])
            .makes::<Webhook>(),
        Route::post("/api/v1/webhooks/{id}/remove", Permission::Keep, remove)
            .about("Remove a webhook")
            .gives::<Webhook>(),
    ]
}

async fn list(ask: Ask, Query(paged): Query<Paged>) -> Result<Response> {
    ask.listed::<Webhook>(None, &paged).await
}

pub(super) fn section(ask: &Ask, webhooks: &[Webhook]) -> Markup {
    html! {
        section.sheet #webhooks {
            header { h2 { (ask.say("webhooks-title")) " " small { (webhooks.len()) } } }
            p.soft { (ask.say("webhooks-explained")) }
            ul.lines { @for it in webhooks { li id={ "webhook-" (it.id) } {
                span { (it.url) br; @for kind in &it.kinds.0 { span.tag { (kind) } " " } @if it.private { span.tag { (ask.say("webhooks-private-tag")) } } }
                form method="post" action={ "/api/v1/webhooks/" (it.id) "/remove" } { (ask.hidden()) button.do.small { (ask.say("factors-remove")) } }
            } } }
            form.fields method="post" action="/api/v1/webhooks" {
                (ask.hidden())
                div { label for="url" { (ask.say("webhooks-url")) } input #url name="url" type="url" maxlength="1000" required; }
                div { label for="kinds" { (ask.say("webhooks-kinds")) span.soft { (KINDS.join(" ")) } } input #kinds name="kinds" maxlength="200"; }
                label { input type="checkbox" name="private" value="true"; " " (ask.say("webhooks-private")) }
                button.do { (ask.say("webhooks-do")) }
            }
        }
    }
}

#[derive(Deserialize, utoipa::ToSchema)]
#[schema(as = AddWebhook)]
struct Add {
    /// Address.
    url: String,
    /// Kinds of record told; all that can be, where empty.
    #[serde(default, deserialize_with = "several")]
    kinds: Vec<String>,
    /// Whether the address may be a private one, or this machine's.
    #[serde(default)]
    private: bool,
}

async fn add(Body(ask, wanted): Body<Add>) -> Result<Response> {
    need(&ask)?;
    let url: reqwest::Url = wanted.url.trim().parse().map_err(|_| Problem::bad(Said::new("refusal-url")))?;
    let fits = url.scheme() == "https" || (url.scheme() == "http" && wanted.private);
    if !fits || url.host_str().is_none() || !url.username().is_empty() || wanted.url.len() > 1_000 {
        return Err(Problem::bad(Said::new("refusal-url-https")));
    }
    if let Some(wrong) = wanted.kinds.iter().find(|it| !KINDS.contains(&it.as_str())) {
        return Err(Problem::bad(
            Said::new("refusal-webhook-kind").with("kind", wrong.as_str()).with("kinds", KINDS.join(", ")),
        ));
    }
    if ask.app.store.all::<Webhook>().await?.len() >= MOST {
        return Err(Problem::conflict("many", Said::new("refusal-webhook-many")));
    }
    let id = new_id();
    let secret = access::webhook::secret(&ask.app.key, &id);
    let webhook = Webhook {
        secret: ask.app.key.seal(&format!("webhook:{id}"), secret.as_bytes()),
        id,
        version: 0,
        url: url.into(),
        kinds: List(wanted.kinds),
        private: wanted.private,
        detail: false,
        active: true,
    };
    let mut change = ask.begin().await?;
    let webhook = change.add(webhook).await?;
    let title = ask.say("webhooks-made");
    let body = html! {
        h1 { (title) }
        p.lede { (ask.say("webhooks-made-lede")) }
        section.sheet { pre #secret { (secret) } }
    };
    let once =
        Once { field: "signing_secret", secret: secret.into(), title: &title, body, back: "/settings" };
    ask.once(change, &webhook, once).await
}

async fn remove(Path(id): Path<String>, Body(ask, Nothing {}): Body<Nothing>) -> Result<Response> {
    need(&ask)?;
    let mut change = ask.begin().await?;
    let webhook = change.remove::<Webhook>(&id).await?;
    ask.finish(change, StatusCode::OK, &bare(&webhook)?, None, "/settings").await
}
