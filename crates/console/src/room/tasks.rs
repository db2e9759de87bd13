//! Tasks: who does what now?
//!
//! Invariant: each task stands under one name: its person, else its team, else nobody's; the filter is in the
//! address, so that a list can be sent, printed and come back to.

mod returns;
mod write;

use axum::extract::{Path, Query};
use axum::response::Response;
use maud::{Markup, html};
use report::paper::{ReturnRow, return_sheet};
use report::plain;
use serde::Deserialize;
use store::entity::{Account, Task, TaskState};

use crate::ask::Ask;
use crate::frame;
use crate::permit::Permission;
use crate::problem::Result;
use crate::room::ward_door::print;
use crate::route::Route;
use crate::scene::{IsOpen, Scene};

pub(crate) fn routes() -> Vec<Route> {
    let own = [
        Route::get("/incidents/{id}/tasks", Permission::Read, page),
        Route::get("/incidents/{id}/tasks/paper", Permission::Read, paper),
    ];
    own.into_iter().chain(write::routes()).chain(returns::routes()).collect()
}

/// Which tasks are shown.
#[derive(Clone, Debug, Default, Deserialize)]
struct Filter {
    /// A person or a team; `-` for nobody's.
    #[serde(default)]
    who: String,
    /// `late`, `blocked`, `done` or `all`; those not done, where absent.
    #[serde(default)]
    show: String,
}

/// What `show` may be, the first unless another is asked for.
const SHOWN: [&str; 5] = ["open", "late", "blocked", "done", "all"];
/// `who` of the tasks that nobody has.
const NOBODY: &str = "-";

impl Filter {
    fn takes(&self, task: &Task, now: jiff::Timestamp) -> bool {
        let shown = match self.show.as_str() {
            "late" => is_late(task, now),
            "blocked" => task.state == TaskState::Blocked,
            "done" => !task.is_open(),
            "all" => true,
            _ => task.is_open(),
        };
        shown && (self.who.is_empty() || self.who == owner(task))
    }

    fn address(&self, path: &str) -> String {
        let fields = [("who", &self.who), ("show", &self.show)];
        let told: Vec<_> = fields.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        let query = serde_urlencoded::to_string(told).unwrap_or_default();
        if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
    }
}

/// Under whose name it stands.
fn owner(task: &Task) -> &str {
    task.person.as_deref().or(task.team.as_deref()).unwrap_or(NOBODY)
}

fn is_late(task: &Task, now: jiff::Timestamp) -> bool {
    task.is_open() && task.due_at.is_some_and(|due| due.0 <= now)
}

/// Tasks under their owners' names, nobody's first: they wait for one.
fn grouped<'a>(tasks: impl Iterator<Item = &'a Task>) -> Vec<(&'a str, Vec<&'a Task>)> {
    let mut groups: std::collections::BTreeMap<&str, Vec<&Task>> = std::collections::BTreeMap::new();
    for task in tasks {
        groups.entry(owner(task)).or_default().push(task);
    }
    for tasks in groups.values_mut() {
        tasks.sort_by_key(|it| (!it.is_open(), it.due_at.is_none(), it.due_at));
    }
    let mut groups: Vec<_> = groups.into_iter().collect();
    groups.sort_by_key(|(owner, _)| *owner != NOBODY);
    groups
}

async fn page(ask: Ask, Path(id): Path<String>, Query(filter): Query<Filter>) -> Result<Response> {
    let scene = ask.scene(&id).await?;
    let all = ask.app.store.of::<Task>(&id).await?;
    let open: Vec<&Task> = all.iter().filter(|it| it.is_open()).collect();
    let late = open.iter().filter(|it| is_late(it, scene.now)).count();
    let free = open.iter().filter(|it| owner(it) == NOBODY).count();
    let people = people(&ask, &scene, &all).await?;
    let shown = grouped(all.iter().filter(|it| filter.takes(it, scene.now)));
    let write = ask.visitor.may(Permission::Write, scene.incident.site.as_deref());
    let body = html! {
        h1 #headline { @if all.is_empty() { (ask.say("tasks-title-none")) } @else { (ask.say_with("tasks-title", &[("open", open.len().into()), ("free", free.into()), ("late", late.into())])) } }
        p.lede { (ask.say("tasks-lede")) " " a href=(filter.address(&scene.path("tasks/paper"))) { (ask.say("tasks-print")) } }
        (filters(&ask, &scene, &filter, &all))
        @if write {
            datalist #people { @for name in &people { option value=(plain(name)) {} } }
            (add(&ask, &scene))
        }
        @if shown.is_empty() { p.empty { (ask.say(if all.is_empty() { "tasks-none-yet" } else { "tasks-none" })) } }
        @for (owner, tasks) in &shown { (group(&ask, &scene, owner, tasks, write)) }
        @if write { (returns::form(&ask, &scene, &open)) }
    };
    Ok(frame::page(&ask, Some(&scene), "tasks", &ask.say("room-tasks"), body))
}

/// Names that may be picked: those on duty, who has tasks already, who has an account.
async fn people(ask: &Ask, scene: &Scene, tasks: &[Task]) -> Result<Vec<String>> {
    let mut names: Vec<String> = scene.duties.iter().map(|it| it.person.clone()).collect();
    names.extend(tasks.iter().filter_map(|it| it.person.clone()));
    names.extend(ask.app.store.all::<Account>().await?.into_iter().filter(|it| it.active).map(|it| it.shown));
    names.sort();
    names.dedup();
    Ok(names)
}

fn filters(ask: &Ask, scene: &Scene, filter: &Filter, all: &[Task]) -> Markup {
    let mut owners: Vec<&str> = all.iter().map(owner).collect();
    owners.sort_unstable();
    owners.dedup();
    html! {
        form.filters method="get" action=(scene.path("tasks")) {
            div { label for="who" { (ask.say("tasks-filter-who")) }
                select #who name="who" data-submit { option value="" { (ask.say("tasks-everybody")) }
                    @for owner in &owners { option value=(owner) selected[filter.who == *owner] { (shown_owner(ask, owner)) } } } }
            div { label for="show" { (ask.say("tasks-filter-show")) }
                select #show name="show" data-submit {
                    @for show in SHOWN { option value=(show) selected[filter.show == show] { (ask.say(&format!("tasks-show-{show}"))) } } } }
            button.do { (ask.say("tasks-filter")) }
        }
    }
}

fn shown_owner(ask: &Ask, owner: &str) -> String {
    if owner == NOBODY { ask.say("tasks-nobody") } else { plain(owner).into_owned() }
}

fn add(ask: &Ask, scene: &Scene) -> Markup {
    html! {
        form.sheet.fields.across #add method="post" action=(scene.api("tasks")) {
            (ask.hidden())
            div { label for="title" { (ask.say("tasks-what")) } input #title name="title" required maxlength="400"; }
            div { label for="person" { (ask.say("tasks-who")) } input #person name="person" list="people" maxlength="120"; }
            (teams(ask, scene, "team", None))
            div { label for="due" { (ask.say("tasks-by")) } input #due name="due_at" placeholder="06:00" maxlength="40"; }
            button.do.first { (ask.say("tasks-add")) }
        }
    }
}

fn teams(ask: &Ask, scene: &Scene, id: &str, team: Option<&str>) -> Markup {
    let teams = scene.map().map(|map| map.teams.as_slice()).unwrap_or_default();
    html! {
        @if !teams.is_empty() {
            div { label for=(id) { (ask.say("column-team")) }
                select id=(id) name="team" { option value="" { "–" } @for it in teams { option value=(it.id) selected[team == Some(&*it.id)] { (plain(&it.id)) } } } }
        }
    }
}

fn group(ask: &Ask, scene: &Scene, owner: &str, tasks: &[&Task], write: bool) -> Markup {
    html! {
        section.sheet id={ "of-" (owner.replace(char::is_whitespace, "-")) } data-part {
            header { h2 { (shown_owner(ask, owner)) " " small { (tasks.len()) } } }
            ul.lines { @for task in tasks { (line(ask, scene, task, write)) } }
        }
    }
}

fn line(ask: &Ask, scene: &Scene, task: &Task, write: bool) -> Markup {
    let late = is_late(task, scene.now);
    html! {
        li id=(task.id) {
            div {
                b { (plain(&task.title)) } " " span.tag { (task.code) } " " span class=(if task.state == TaskState::Done { "done" } else { "soft" }) { (ask.say(&format!("task-{}", task.state.word()))) }
                @if !task.detail.is_empty() { @for text in task.detail.lines() { p.soft { (plain(text)) } } }
                @if let Some(blocked) = &task.blocked_by { p { (ask.say("tasks-waits-for")) " " (plain(blocked)) } }
                p.soft {
                    @if let Some(team) = task.team.as_deref().filter(|_| task.person.is_some()) { (ask.say("column-team")) " " (plain(team)) " · " }
                    @if let Some(playbook) = &task.playbook { (plain(playbook)) " · " }
                    @if let Some(decision) = &task.decision { a href={ (scene.path("log")) "#" (decision) } { (ask.say("tasks-decision")) } " · " }
                    @if task.lever.is_some() { a href=(scene.path("cut")) { (ask.say("room-cut")) } " · " }
                    (plain(&task.author)) " " (ask.time(task.at.0, scene.now))
                }
                @if write { (edit(ask, scene, task)) }
            }
            div.when {
                @if let Some(done) = task.done_at { (ask.say("tasks-done-at")) " " (ask.time(done.0, scene.now)) }
                @else if let Some(due) = task.due_at { b.late[late] { (ask.say("by")) " " (ask.time(due.0, scene.now)) } }
                @if write { (states(ask, scene, task)) }
            }
        }
    }
}

/// What one may do next with a task.
fn next(state: TaskState) -> &'static [TaskState] {
    match state {
        TaskState::Open => &[TaskState::Doing, TaskState::Done],
        TaskState::Doing => &[TaskState::Done, TaskState::Blocked],
        TaskState::Blocked => &[TaskState::Doing, TaskState::Done],
        TaskState::Done | TaskState::Dropped => &[TaskState::Open],
    }
}

fn states(ask: &Ask, scene: &Scene, task: &Task) -> Markup {
    html! {
        form.inline method="post" action={ (scene.api("tasks")) "/" (task.id) } {
            (ask.hidden())
            @for state in next(task.state) { button.do.small name="state" value=(state.word()) { (ask.say(&format!("task-do-{}", state.word()))) } }
        }
    }
}

fn edit(ask: &Ask, scene: &Scene, task: &Task) -> Markup {
    let id = |field: &str| format!("{field}-{}", task.id);
    let due = task
        .due_at
        .map(|due| due.0.to_zoned(ask.words.zone().clone()).strftime("%Y-%m-%dT%H:%M").to_string());
    html! {
        details id=(id("edit")) { summary { (ask.say("tasks-edit")) }
            form.fields.across method="post" action={ (scene.api("tasks")) "/" (task.id) } {
                (ask.hidden())
                input type="hidden" name="version" value=(task.version);
                input type="hidden" name="whole" value="true";
                div { label for=(id("title")) { (ask.say("tasks-what")) } input id=(id("title")) name="title" value=(task.title) required maxlength="400"; }
                div { label for=(id("detail")) { (ask.say("tasks-how")) } textarea id=(id("detail")) name="detail" maxlength="4000" { (task.detail) } }
                div { label for=(id("person")) { (ask.say("tasks-who")) } input id=(id("person")) name="person" list="people" value=(task.person.as_deref().unwrap_or_default()) maxlength="120"; }
                (teams(ask, scene, &id("team"), task.team.as_deref()))
                div { label for=(id("due")) { (ask.say("tasks-by")) } input id=(id("due")) name="due_at" value=(due.unwrap_or_default()) placeholder="06:00" maxlength="40"; }
                div { label for=(id("blocked")) { (ask.say("tasks-waits-for")) } input id=(id("blocked")) name="blocked_by" value=(task.blocked_by.as_deref().unwrap_or_default()) maxlength="400"; }
                button.do { (ask.say("tasks-save")) }
                @if task.is_open() { button.do.quiet name="state" value="dropped" { (ask.say("task-do-dropped")) } }
            }
        }
    }
}

/// The tasks shown, on paper with columns to fill in, for those without a screen.
async fn paper(ask: Ask, Path(id): Path<String>, Query(filter): Query<Filter>) -> Result<Response> {
    let scene = ask.scene(&id).await?;
    let all = ask.app.store.of::<Task>(&id).await?;
    let open = all.iter().filter(|it| it.is_open() && filter.takes(it, scene.now));
    let row = |task: &&Task| ReturnRow {
        reference: task.code.clone(),
        who: task.person.clone().or_else(|| task.team.clone()),
        what: [task.title.trim(), task.detail.trim()]
            .into_iter()
            .filter(|it| !it.is_empty())
            .collect::<Vec<_>>()
            .join(" – "),
        due: task.due_at.map(|due| due.0),
    };
    let rows: Vec<ReturnRow> = grouped(open).iter().flat_map(|(_, tasks)| tasks.iter().map(row)).collect();
    Ok(print(return_sheet(&rows, &ask.words, scene.now)))
}

/// A task for tests.
#[cfg(test)]
fn example(id: &str, person: Option<&str>, team: Option<&str>, state: TaskState) -> Task {
    Task {
        id: id.to_owned(),
        version: 1,
        incident: "night".into(),
        title: format!("do {id}"),
        detail: String::new(),
        person: person.map(str::to_owned),
        account: None,
        team: team.map(str::to_owned),
        playbook: None,
        state,
        blocked_by: None,
        due_at: None,
        decision: None,
        lever: None,
        code: id.to_uppercase(),
        author: "lead-1".into(),
        at: store::Instant::default(),
        done_at: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobodys_tasks_come_first_and_each_stands_under_one_name() {
        let tasks = [
            example("a1", Some("nurse-17"), Some("network"), TaskState::Open),
            example("b2", None, Some("network"), TaskState::Doing),
            example("c3", None, None, TaskState::Open),
        ];
        let groups = grouped(tasks.iter());
        let names: Vec<(&str, usize)> = groups.iter().map(|(owner, tasks)| (*owner, tasks.len())).collect();
        assert_eq!(names, [("-", 1), ("network", 1), ("nurse-17", 1)]);
    }

    #[test]
    fn the_filter_shows_what_its_address_says() {
        let now = "2026-11-22T03:00:00Z".parse().unwrap();
        let mut late = example("a1", Some("nurse-17"), None, TaskState::Doing);
        late.due_at = Some(store::Instant("2026-11-22T02:00:00Z".parse().unwrap()));
        let done = example("b2", Some("nurse-17"), None, TaskState::Done);
        let free = example("c3", None, None, TaskState::Blocked);
        for (who, show, taken) in [
            ("", "", [true, false, true]),
            ("nurse-17", "", [true, false, false]),
            ("-", "", [false, false, true]),
            ("", "late", [true, false, false]),
            ("", "blocked", [false, false, true]),
            ("", "done", [false, true, false]),
            ("nurse-17", "all", [true, true, false]),
        ] {
            let filter = Filter { who: who.into(), show: show.into() };
            assert_eq!([&late, &done, &free].map(|it| filter.takes(it, now)), taken, "{filter:?}");
        }
        let filter = Filter { who: "nurse 17&x".into(), show: String::new() };
        assert_eq!(filter.address("/tasks"), "/tasks?who=nurse+17%26x");
    }
}
