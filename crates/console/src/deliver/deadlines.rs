//! Deadlines that come near: of tasks, to whom they were given; of what must be told, to who leads.
//!
//! Invariant: each deadline is told once, and once more where it was moved; what is done or sent is not told.

use jiff::{SignedDuration, Timestamp};
use store::Instant;
use store::entity::{Account, Delivery, Duty, Incident, IncidentState, Notice, Task, Webhook};

use super::{asks, deliver, letter, link_to};
use crate::app::App;
use crate::clock;
use crate::problem::Result;
use crate::room::duty::LEADING;
use crate::room::night::is_sent;
use crate::room::settings::DEADLINE;
use crate::scene::IsOpen as _;
use crate::settings::{self, Mail};

/// A task is told so long before it is due.
const TASK: SignedDuration = SignedDuration::from_mins(30);
/// What must be told to an authority, so long before.
const OBLIGATION: SignedDuration = SignedDuration::from_hours(2);
/// What is past due for longer is history: nothing is told of it on the first start.
const PAST: SignedDuration = SignedDuration::from_hours(24);
/// The mail that tells of a deadline.
const MAIL: super::Says = ("mail-deadline-subject", "mail-deadline-text");

/// A deadline: what it is of, when, and which accounts hear of it.
struct Near {
    kind: &'static str,
    record: String,
    at: Timestamp,
    accounts: Vec<String>,
}

/// Looks for what comes near, for ever.
pub(crate) async fn work(app: App) {
    loop {
        if let Err(problem) = note(&app, Timestamp::now()).await {
            tracing::error!(detail = problem.english(), "deadlines could not be looked through");
        }
        tokio::time::sleep(super::BEAT).await;
    }
}

/// Makes deliveries of what comes near in every open incident; remembers that it was told.
async fn note(app: &App, wall: Timestamp) -> Result<()> {
    let incidents = app.store.all::<Incident>().await?;
    let open: Vec<Incident> = incidents.into_iter().filter(|it| it.state == IncidentState::Open).collect();
    if open.is_empty() {
        return Ok(());
    }
    let webhooks: Vec<Webhook> = app.store.all::<Webhook>().await?;
    let mails = settings::read::<Mail>(&app.store).await?.is_some();
    if !mails && !webhooks.iter().any(|it| asks(it, DEADLINE)) {
        return Ok(());
    }
    for incident in &open {
        for near in near(app, incident, clock::now(incident, wall)).await? {
            let what = format!("{} {}", incident.id, near.record);
            let told = app.store.last_visit(DEADLINE, &what).await?.map(|(second, _)| second);
            if told == Some(near.at.as_second()) {
                continue;
            }
            let made = deliveries(app, incident, &near, &webhooks, mails, wall).await?;
            super::keep(app, made).await?;
            app.store.visited(DEADLINE, &what, near.at.as_second(), Instant::from(wall)).await?;
        }
    }
    Ok(())
}

async fn near(app: &App, incident: &Incident, now: Timestamp) -> Result<Vec<Near>> {
    let within = |at: Timestamp, ahead: SignedDuration| {
        let left = at.duration_since(now);
        left <= ahead && left >= -PAST
    };
    let mut found = Vec::new();
    for task in app.store.of::<Task>(&incident.id).await?.into_iter().filter(|it| it.is_open()) {
        let Some(at) = task.due_at.map(|at| at.0).filter(|at| within(*at, TASK)) else { continue };
        found.push(Near { kind: "task", record: task.id, at, accounts: task.account.into_iter().collect() });
    }
    let Some(findings) = app.desk.findings(&incident.id) else { return Ok(found) };
    let notices = app.store.of::<Notice>(&incident.id).await?;
    let duties = app.store.of::<Duty>(&incident.id).await?;
    let leading = duties.iter().filter(|it| it.until.is_none() && LEADING.contains(&it.role.as_str()));
    let accounts: Vec<String> = leading.filter_map(|it| it.account.clone()).collect();
    for it in &findings.of(assess::Lang::En).obligations {
        let due = it.status == assess::Status::Due && !is_sent(&notices, &it.id);
        let Some(at) = it.due_at.filter(|at| due && within(*at, OBLIGATION)) else { continue };
        found.push(Near { kind: "obligation", record: it.id.clone(), at, accounts: accounts.clone() });
    }
    Ok(found)
}

async fn deliveries(
    app: &App,
    incident: &Incident,
    near: &Near,
    webhooks: &[Webhook],
    mails: bool,
    wall: Timestamp,
) -> Result<Vec<Delivery>> {
    let (link, now) = (link_to(app, Some(&incident.id)), Instant::from(wall));
    let body = serde_json::json!({
        "kind": DEADLINE, "verb": "near", "of": near.kind, "record": near.record, "incident": incident.id,
        "at": now, "link": link,
    });
    let mut made: Vec<Delivery> =
        webhooks.iter().filter(|it| asks(it, DEADLINE)).map(|it| deliver(it, body.clone(), now)).collect();
    for account in near.accounts.iter().filter(|_| mails) {
        let account = app.store.find::<Account>(account).await?.filter(|it| it.active);
        made.extend(account.and_then(|account| letter(app, &account, MAIL, &link, now)));
    }
    Ok(made)
}
