//! Copies of the store by the clock: where they go, how often, how many are kept; what came of the last.
//!
//! Invariant: who may open a copy is the server's configuration alone; a folder that cannot be written is refused at
//! once, not in the night.

use std::path::PathBuf;

use assess::Said;
use axum::response::Response;
use maud::{Markup, html};
use report::plain;
use serde::Deserialize;
use store::Lock;
use store::entity::{Backup, Setting};

use super::{keep, need};
use crate::ask::Ask;
use crate::body::Body;
use crate::copies::{Plan, plan, try_folder};
use crate::permit::Permission;
use crate::problem::{Problem, Result};
use crate::route::Route;
use crate::settings::{Copies, day};

/// How many are kept, unless somebody says otherwise.
const KEEP: usize = 14;

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::post("/api/v1/settings/copies", Permission::Keep, set)
            .about("Where copies of the store go, how often, and how many are kept; refused where the server was started with `--copies`, or cannot write there")
            .takes::<SetCopies>()
            .or_made()
            .gives::<Setting>(),
    ]
}

/// The form, what is missing, what came of the last copy.
pub(super) async fn section(ask: &Ask) -> Result<Markup> {
    let plan = plan(&ask.app).await?;
    let made = ask.app.store.all::<Backup>().await?;
    let good = made.iter().rev().find(|it| it.error.is_none());
    let failed = made.iter().rev().find(|it| it.error.is_some());
    let lately = made.last().is_some_and(|it| it.error.is_some());
    Ok(html! {
        section.sheet #copies {
            header { h2 { (ask.say("copies-title")) } a href="/health" { (ask.say("room-health")) } }
            p class=[ask.app.config.copies.lock.is_none().then_some("warn")] { (opened_by(ask)) }
            p { @match good { Some(copy) => { (ask.say("health-copied")) " " b { (ask.time(copy.at.0, ask.wall)) } " " code { (plain(&copy.file)) } } None => { (ask.say("copies-none")) } } }
            @if let Some(copy) = failed {
                p class=(if lately { "warn" } else { "soft" }) { (ask.say("copies-failed")) " " (ask.time(copy.at.0, ask.wall)) ": " span lang="en" { (plain(copy.error.as_deref().unwrap_or_default())) } }
            }
            @match (&ask.app.config.copies.plan, plan) {
                (Some(plan), _) => { (told(ask, plan)) }
                (None, plan) => { (form(ask, plan.as_ref())) }
            }
        }
    })
}

/// Who may open them, or what is missing.
fn opened_by(ask: &Ask) -> String {
    match &ask.app.config.copies.lock {
        None | Some(Lock::Plain) => ask.say("copies-no-lock"),
        Some(Lock::Passphrase(_)) => ask.say("copies-passphrase"),
        Some(Lock::Recipients(all)) => ask.say_with("copies-recipients", &[("count", all.len().into())]),
    }
}

/// What the configuration says: shown, not asked.
fn told(ask: &Ask, plan: &Plan) -> Markup {
    html! {
        p { (ask.say("copies-by-flag")) }
        dl.facts {
            dt { (ask.say("copies-folder")) } dd { code { (plain(&plan.folder.display().to_string())) } }
            dt { (ask.say("copies-hours")) } dd { (ask.words.span(u64::try_from(plan.every.as_secs()).unwrap_or_default())) }
            dt { (ask.say("copies-keep")) } dd { (plan.keep) }
        }
    }
}

fn form(ask: &Ask, plan: Option<&Plan>) -> Markup {
    html! {
        form.fields method="post" action="/api/v1/settings/copies" {
            (ask.hidden())
            div { label for="folder" { (ask.say("copies-folder")) span.soft { (ask.say("copies-hint")) } } input #folder name="folder" maxlength="1000" value=[plan.map(|it| it.folder.display().to_string())] required; }
            div { label for="hours" { (ask.say("copies-hours")) span.soft { (ask.say("copies-hours-hint")) } } input #hours name="hours" type="number" min="1" max="720" value=(plan.map_or(i64::from(day()), |it| it.every.as_hours())) inputmode="numeric"; }
            div { label for="keep" { (ask.say("copies-keep")) } input #keep name="keep" type="number" min="1" max="1000" value=(plan.map_or(KEEP, |it| it.keep)) inputmode="numeric"; }
            button.do { (ask.say("settings-keep")) }
        }
    }
}

#[derive(Deserialize, utoipa::ToSchema)]
struct SetCopies {
    /// A folder of the server.
    folder: String,
    /// How many are kept.
    keep: u32,
    /// Hours between two; 24, where absent.
    #[serde(default = "day")]
    hours: u32,
}

async fn set(Body(ask, wanted): Body<SetCopies>) -> Result<Response> {
    need(&ask)?;
    if ask.app.config.copies.plan.is_some() {
        return Err(Problem::conflict("configured", Said::new("refusal-copies-by-flag")));
    }
    let folder = wanted.folder.trim();
    if folder.len() > 1_000 || !std::path::Path::new(folder).is_absolute() || folder.contains('\0') {
        return Err(Problem::bad(Said::new("refusal-copies-path")));
    }
    if !(1..=1_000).contains(&wanted.keep) {
        return Err(Problem::bad(Said::new("refusal-copies-keep")));
    }
    if !(1..=720).contains(&wanted.hours) {
        return Err(Problem::bad(Said::new("refusal-copies-hours")));
    }
    try_folder(PathBuf::from(folder)).await?;
    let set = Copies { folder: folder.to_owned(), keep: wanted.keep, hours: wanted.hours };
    let answer = keep(&ask, &set).await;
    ask.app.copying.notify_one();
    answer
}
