//! Tasks written: put down, assigned, begun, blocked, done.
//!
//! Invariant: a code names one open task of an incident; a change that leaves a field out leaves it as it was,
//! unless it says that it is the whole task.

use assess::Said;
use axum::extract::Path;
use axum::response::Response;
use serde::Deserialize;
use store::entity::{Account, Task, TaskState};
use store::{Instant, new_id};

use crate::ask::Ask;
use crate::body::Body;
use crate::moment;
use crate::permit::Permission;
use crate::problem::{Problem, Result};
use crate::route::Route;
use crate::scene::Scene;

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::post("/api/v1/incidents/{id}/tasks", Permission::Write, add)
            .about("Put a task down")
            .takes::<Added>()
            .makes::<Task>(),
        Route::post("/api/v1/incidents/{id}/tasks/{task}", Permission::Write, change)
            .about("Change a task: who, by when, what it waits for, how far")
            .takes::<Changed>()
            .matched()
            .gives::<Task>(),
    ]
}

#[derive(Default, Deserialize, utoipa::ToSchema)]
#[schema(as = AddTask)]
struct Added {
    /// What.
    title: String,
    /// How, where.
    #[serde(default)]
    detail: String,
    /// Who: an account's name, or any text.
    person: Option<String>,
    /// The map's team.
    team: Option<String>,
    /// What it belongs to, such as a playbook.
    playbook: Option<String>,
    /// What it waits for.
    blocked_by: Option<String>,
    /// By when: RFC 3339, a local day with its hour, or `HH:MM`.
    due_at: Option<String>,
}

#[derive(Deserialize, utoipa::ToSchema)]
#[schema(as = ChangeTask)]
struct Changed {
    /// What.
    title: Option<String>,
    /// How, where.
    detail: Option<String>,
    /// Who: an account's name, or any text.
    person: Option<String>,
    /// The map's team.
    team: Option<String>,
    /// What it waits for.
    blocked_by: Option<String>,
    /// By when: RFC 3339, a local day with its hour, or `HH:MM`.
    due_at: Option<String>,
    /// How far.
    state: Option<TaskState>,
    /// Whether what is left out is emptied.
    #[serde(default)]
    whole: bool,
}

async fn add(Path(id): Path<String>, Body(ask, wanted): Body<Added>) -> Result<Response> {
    let scene = ask.scene(&id).await?;
    scene.need(&ask, Permission::Write)?;
    check(&scene, Some(&wanted.title), Some(&wanted.detail), wanted.team.as_deref())?;
    short(Said::new("field-playbook"), wanted.playbook.as_deref())?;
    short(Said::new("field-blocked-by"), wanted.blocked_by.as_deref())?;
    let due_at = due(&ask, &scene, wanted.due_at.as_deref())?;
    let (person, account) = person(&ask, wanted.person).await?;
    let mut task = fresh(&ask, &scene, &ask.app.store.of::<Task>(&id).await?, wanted.title);
    (task.detail, task.person, task.account, task.team) = (wanted.detail, person, account, wanted.team);
    (task.playbook, task.due_at) = (wanted.playbook, due_at);
    if wanted.blocked_by.is_some() {
        (task.state, task.blocked_by) = (TaskState::Blocked, wanted.blocked_by);
    }
    let mut change = ask.begin().await?;
    let task = change.add(task).await?;
    ask.done(change, &task, &scene.path("tasks")).await
}

async fn change(
    Path((id, task)): Path<(String, String)>,
    Body(ask, wanted): Body<Changed>,
) -> Result<Response> {
    let scene = ask.scene(&id).await?;
    scene.need(&ask, Permission::Write)?;
    check(&scene, wanted.title.as_deref(), wanted.detail.as_deref(), wanted.team.as_deref())?;
    short(Said::new("field-blocked-by"), wanted.blocked_by.as_deref())?;
    let due_at = due(&ask, &scene, wanted.due_at.as_deref())?;
    let (person, account) = person(&ask, wanted.person).await?;
    let (now, whole) = (Instant::from(scene.now), wanted.whole);
    let edit = |it: &mut Task| {
        it.title = wanted.title.unwrap_or(std::mem::take(&mut it.title));
        match wanted.detail {
            Some(detail) => it.detail = detail.replace("\r\n", "\n"),
            None if whole => it.detail.clear(),
            None => {}
        }
        if person.is_some() || whole {
            (it.person, it.account) = (person, account);
        }
        for (field, new) in [(&mut it.team, wanted.team), (&mut it.blocked_by, wanted.blocked_by)] {
            if new.is_some() || whole {
                *field = new;
            }
        }
        if due_at.is_some() || whole {
            it.due_at = due_at;
        }
        if let Some(state) = wanted.state {
            it.state = state;
            it.done_at = (state == TaskState::Done).then_some(it.done_at.unwrap_or(now));
        }
    };
    let mut change = ask.begin().await?;
    if change.read::<Task>(&task).await?.incident != id {
        return Err(Problem::missing(Said::new("refusal-no-task")));
    }
    let task = change.edit::<Task>(&task, ask.write.seen, edit).await?;
    ask.done(change, &task, &scene.path("tasks")).await
}

fn check(scene: &Scene, title: Option<&str>, detail: Option<&str>, team: Option<&str>) -> Result<()> {
    if title.is_some_and(|title| title.trim().is_empty() || title.chars().count() > 400) {
        return Err(Problem::bad(Said::new("refusal-task-title")));
    }
    if detail.is_some_and(|detail| detail.chars().count() > 4_000) {
        return Err(Problem::bad(Said::new("refusal-task-detail")));
    }
    let known = |team: &str| scene.map().is_some_and(|map| map.teams.iter().any(|it| it.id == team));
    if team.is_some_and(|team| !known(team)) {
        return Err(Problem::bad(Said::new("refusal-no-team")));
    }
    Ok(())
}

fn short(field: Said, text: Option<&str>) -> Result<()> {
    match text {
        Some(text) if text.chars().count() > 400 => {
            Err(Problem::bad(Said::new("refusal-long").with("field", field).with("most", 400_u64)))
        }
        _ => Ok(()),
    }
}

fn due(ask: &Ask, scene: &Scene, text: Option<&str>) -> Result<Option<Instant>> {
    moment::field(Said::new("field-due-at"), text, |text| moment::ahead(text, scene.now, ask.words.zone()))
}

/// Who is meant, with the account where the text is the name of one.
async fn person(ask: &Ask, text: Option<String>) -> Result<(Option<String>, Option<String>)> {
    let Some(text) = text.map(|it| it.trim().to_owned()).filter(|it| !it.is_empty()) else {
        return Ok((None, None));
    };
    if text.chars().count() > 120 {
        return Err(Problem::bad(Said::new("refusal-person-long")));
    }
    let accounts = ask.app.store.all::<Account>().await?;
    let same = |it: &&Account| it.active && (it.shown == text || it.name == text.to_lowercase());
    Ok(match accounts.iter().find(same) {
        Some(account) => (Some(account.shown.clone()), Some(account.id.clone())),
        None => (Some(text), None),
    })
}

/// A new open task, under a code that no other task of the incident has.
pub(super) fn fresh(ask: &Ask, scene: &Scene, all: &[Task], title: String) -> Task {
    let id = new_id();
    Task {
        code: code(&id, all),
        id,
        version: 0,
        incident: scene.incident.id.clone(),
        title,
        detail: String::new(),
        person: None,
        account: None,
        team: None,
        playbook: None,
        state: TaskState::Open,
        blocked_by: None,
        due_at: None,
        decision: None,
        lever: None,
        author: ask.visitor.name().to_owned(),
        at: Instant::from(scene.now),
        done_at: None,
    }
}

/// The end of an id, as short as still tells tasks apart: it is written by hand.
fn code(id: &str, all: &[Task]) -> String {
    let end: Vec<char> = id.chars().rev().filter(char::is_ascii_alphanumeric).collect();
    let cut = |length: usize| end.iter().take(length).collect::<String>().to_uppercase();
    let free = |code: &String| !all.iter().any(|it| it.code == *code);
    (4..=end.len()).map(cut).find(free).unwrap_or_else(|| cut(end.len()))
}

#[cfg(test)]
mod tests {
    use super::super::example;
    use super::*;

    #[test]
    fn a_code_is_short_until_it_is_taken() {
        let mut all = Vec::new();
        assert_eq!(code("0190-abcd-12ef", &all), "FE21");
        all.push(example("fe21", None, None, TaskState::Open));
        assert_eq!(code("0190-abcd-12ef", &all), "FE21D");
    }
}
