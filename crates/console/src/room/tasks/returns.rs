//! What came back on paper, typed in: one row a printed code, and rows for what was done and not asked.
//!
//! Invariant: a row that names no open task refuses the whole sheet and says which: nothing is half typed in.

use std::collections::BTreeMap;

use assess::Said;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use maud::{Markup, html};
use report::plain;
use serde::Deserialize;
use store::Instant;
use store::entity::{Task, TaskState};

use super::write::fresh;
use crate::ask::Ask;
use crate::body::Body;
use crate::moment;
use crate::permit::Permission;
use crate::problem::{Problem, Result};
use crate::route::Route;
use crate::scene::{IsOpen, Scene};

/// Rows for what was done and not asked.
const EXTRA: usize = 3;
/// Rows of a sheet at most.
const ROWS_MAX: usize = 500;

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::post("/api/v1/incidents/{id}/tasks/returns", Permission::Write, take)
            .about("What came back on paper, by the tasks' codes")
            .takes::<Returns>()
            .gives_list::<Task>(),
    ]
}

pub(super) fn form(ask: &Ask, scene: &Scene, open: &[&Task]) -> Markup {
    html! {
        details.sheet #returns { summary { (ask.say("returns-title")) }
            p.soft { (ask.say("returns-lede")) }
            form method="post" action=(scene.api("tasks/returns")) {
                (ask.hidden())
                div.scroll { table {
                    thead { tr { th { (ask.say("returns-code")) } th { (ask.say("tasks-what")) } th { (ask.say("returns-at")) } th { (ask.say("returns-by")) } th { (ask.say("returns-remark")) } } }
                    tbody {
                        @for task in open { tr {
                            td { b { (task.code) } } td { (plain(&task.title)) @if let Some(person) = &task.person { br; span.soft { (plain(person)) } } }
                            (cells(ask, &task.code))
                        } }
                        @for extra in 1..=EXTRA { @let code = format!("+{extra}");
                            tr { td { "+" } td { input name={ "what " (code) } aria-label=(ask.say("returns-not-asked")) placeholder=(ask.say("returns-not-asked")) maxlength="400"; } (cells(ask, &code)) } }
                    }
                } }
                p.row { button.do.first { (ask.say("returns-do")) } }
            }
        }
    }
}

fn cells(ask: &Ask, code: &str) -> Markup {
    html! {
        td { input name={ "at " (code) } aria-label={ (ask.say("returns-at")) " " (code) } placeholder="02:14" maxlength="40" size="6"; }
        td { input name={ "by " (code) } aria-label={ (ask.say("returns-by")) " " (code) } list="people" maxlength="120"; }
        td { input name={ "remark " (code) } aria-label={ (ask.say("returns-remark")) " " (code) } maxlength="1000"; }
    }
}

/// Rows of a JSON body; a form has fields `at CODE`, `by CODE`, `remark CODE`, `what +1` instead.
#[derive(Debug, Default, Deserialize, utoipa::ToSchema)]
struct Returns {
    /// One a line of the sheet.
    #[serde(default)]
    rows: Vec<Row>,
    #[serde(flatten)]
    #[schema(ignore)]
    fields: BTreeMap<String, String>,
}

/// A line of the sheet.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, utoipa::ToSchema)]
struct Row {
    /// The code printed on it; none for what was done and not asked.
    #[serde(default)]
    code: String,
    /// What was done, where it was not asked.
    #[serde(default)]
    what: String,
    /// Done when: `HH:MM`, a local day with its hour, or RFC 3339; not done, where absent.
    at: Option<String>,
    /// By whom.
    by: Option<String>,
    /// Remark.
    remark: Option<String>,
}

impl Returns {
    /// The rows, those of a form by their code.
    fn rows(self) -> Vec<Row> {
        let mut typed: BTreeMap<String, Row> = BTreeMap::new();
        for (field, value) in self.fields {
            let Some((what, code)) = field.split_once(' ') else { continue };
            let row = typed.entry(code.to_owned()).or_default();
            if !code.starts_with('+') {
                code.clone_into(&mut row.code);
            }
            match what {
                "at" => row.at = Some(value),
                "by" => row.by = Some(value),
                "remark" => row.remark = Some(value),
                "what" => row.what = value,
                _ => {}
            }
        }
        self.rows.into_iter().chain(typed.into_values()).collect()
    }
}

async fn take(Path(id): Path<String>, Body(ask, wanted): Body<Returns>) -> Result<Response> {
    let scene = ask.scene(&id).await?;
    scene.need(&ask, Permission::Write)?;
    let rows = wanted.rows();
    if rows.is_empty() || rows.len() > ROWS_MAX {
        return Err(Problem::bad(Said::new("refusal-rows")));
    }
    let mut all = ask.app.store.of::<Task>(&id).await?;
    let mut change = ask.begin().await?;
    let mut done = Vec::new();
    for row in rows {
        let place = if row.code.is_empty() { &row.what } else { &row.code };
        let place = Said::new("refusal-row").with("row", place.as_str());
        let at = moment::field(place.clone(), row.at.as_deref(), |text| {
            moment::past(text, scene.now, ask.words.zone())
        })?;
        check(&place, &row)?;
        if row.code.is_empty() {
            let mut task = fresh(&ask, &scene, &all, row.what.trim().to_owned());
            note(&mut task, &row, Some(at.unwrap_or(Instant::from(scene.now))));
            let task = change.add(task).await?;
            all.push(task.clone());
            done.push(task);
        } else {
            let task = find(&all, &row.code)
                .ok_or_else(|| Problem::bad(Said::new("refusal-row-code").with("row", place)))?;
            done.push(change.edit::<Task>(&task.id, None, |it| note(it, &row, at)).await?);
        }
    }
    ask.finish(change, StatusCode::OK, &done, None, &scene.path("tasks")).await
}

fn check(place: &Said, row: &Row) -> Result<()> {
    let long = |text: &Option<String>, most: usize| text.as_ref().is_some_and(|it| it.chars().count() > most);
    if row.code.is_empty() && row.what.trim().is_empty() {
        return Err(Problem::bad(Said::new("refusal-row-empty")));
    }
    if row.what.chars().count() > 400 || long(&row.by, 120) || long(&row.remark, 1_000) {
        return Err(Problem::bad(Said::new("refusal-row-long").with("row", place.clone())));
    }
    Ok(())
}

/// The open task of a code, as a person may have written it.
fn find<'a>(all: &'a [Task], code: &str) -> Option<&'a Task> {
    let typed = code.trim().to_uppercase();
    all.iter().find(|it| it.is_open() && it.code.to_uppercase() == typed)
}

fn note(task: &mut Task, row: &Row, at: Option<Instant>) {
    if let Some(at) = at {
        (task.state, task.done_at) = (TaskState::Done, Some(at));
    }
    if let Some(by) = row.by.as_deref().map(str::trim).filter(|by| !by.is_empty()) {
        if task.person.as_deref() != Some(by) {
            task.account = None;
        }
        task.person = Some(by.to_owned());
    }
    if let Some(remark) = row.remark.as_deref().map(str::trim).filter(|remark| !remark.is_empty()) {
        let before = std::mem::take(&mut task.detail);
        task.detail = if before.is_empty() { remark.to_owned() } else { format!("{before}\n{remark}") };
    }
}

#[cfg(test)]
mod tests {
    use super::super::example;
    use super::*;

    #[test]
    fn a_form_gives_one_row_a_code() {
        let form =
            "at+FE21=03%3A10&by+FE21=nurse-17&remark+AB12=no+key&what+%2B1=fed+the+generator&at+%2B1=02%3A00";
        let returns: Returns = serde_urlencoded::from_str(form).unwrap();
        let rows = returns.rows();
        assert_eq!(rows.len(), 3);
        assert_eq!((rows[0].code.as_str(), rows[0].what.as_str()), ("", "fed the generator"));
        assert_eq!((rows[1].code.as_str(), rows[1].remark.as_deref()), ("AB12", Some("no key")));
        assert_eq!((rows[2].at.as_deref(), rows[2].by.as_deref()), (Some("03:10"), Some("nurse-17")));
    }

    #[test]
    fn json_gives_the_same_rows() {
        let json = r#"{"rows": [{"code": "FE21", "at": "03:10", "by": "nurse-17"}]}"#;
        let rows = serde_json::from_str::<Returns>(json).unwrap().rows();
        assert_eq!(
            rows,
            [Row {
                code: "FE21".into(),
                at: Some("03:10".into()),
                by: Some("nurse-17".into()),
                ..Row::default()
            }]
        );
    }

    #[test]
    fn a_remark_alone_leaves_the_task_open() {
        let mut task = example("a1", None, None, TaskState::Open);
        task.detail = "basement".into();
        note(&mut task, &Row { remark: Some("door locked".into()), ..Row::default() }, None);
        assert_eq!((task.state, task.detail.as_str()), (TaskState::Open, "basement\ndoor locked"));
        let at = Instant("2026-11-22T02:00:00Z".parse().unwrap());
        note(&mut task, &Row { by: Some("nurse-17".into()), ..Row::default() }, Some(at));
        assert_eq!(
            (task.state, task.done_at, task.person.as_deref()),
            (TaskState::Done, Some(at), Some("nurse-17"))
        );
    }

    #[test]
    fn a_code_finds_the_open_task_however_it_is_written() {
        let all = [example("a1", None, None, TaskState::Done), example("b2", None, None, TaskState::Open)];
        assert_eq!(find(&all, " b2 ").map(|it| it.id.as_str()), Some("b2"));
        assert!(find(&all, "A1").is_none(), "what is done comes back once");
    }
}
