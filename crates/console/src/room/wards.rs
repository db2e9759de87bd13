//! Ward board: which wards go on paper, which patients must move, by when; and each ward's own word.
//!
//! Invariant: what the map and the evidence say and what the ward says of itself stand side by side; neither
//! overwrites the other.

use assess::{Care, Outlook, Said, State};
use axum::extract::Path;
use axum::response::Response;
use hospital::{CareService, Map, Node, NodeId};
use maud::{Markup, html};
use report::clock::{Axis, line, scale};
use report::headline::{next, order};
use report::{plain, shape};
use serde::Deserialize;
use store::entity::{Through, WardReport, WardSays};
use store::{Instant, new_id};

use crate::ask::Ask;
use crate::body::{Body, Nothing};
use crate::frame;
use crate::permit::Permission;
use crate::problem::{Problem, Result};
use crate::route::Route;
use crate::scene::{Scene, site_of};
use crate::visitor::Who;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get("/incidents/{id}/wards", Permission::Read, page),
        Route::get("/incidents/{id}/wards/{service}", Permission::Ward, board),
        Route::post("/api/v1/incidents/{id}/ward-reports", Permission::Ward, report)
            .about("What a ward says of itself")
            .takes::<Says>()
            .makes::<WardReport>(),
        Route::post("/api/v1/incidents/{id}/ward-reports/{report}/undo", Permission::Ward, undo)
            .about("Take a ward's word back")
            .matched()
            .gives::<WardReport>(),
    ]
}

/// The rows of each service that is hit, in the order in which they are shown.
pub(crate) fn hit(scene: &Scene) -> Vec<Vec<&Care>> {
    let Some(assessment) = scene.assessment() else { return Vec::new() };
    let mut services: Vec<Vec<&Care>> = Vec::new();
    for row in &assessment.care {
        match services.iter_mut().find(|rows| rows[0].service == row.service) {
            Some(rows) => rows.push(row),
            None => services.push(vec![row]),
        }
    }
    for rows in &mut services {
        rows.sort_by_key(|row| row.outlook);
    }
    services.sort_by_key(|rows| order(rows[0], scene.names(), scene.now));
    services
}

/// How a service stands: what is lost weighs more than what might be.
pub(crate) fn state(rows: &[&Care], scene: &Scene) -> State {
    rows.iter()
        .find(|row| row.outlook == Outlook::Losing)
        .or(rows.first())
        .map_or(State::Up, |row| row.state(scene.now))
}

/// A state as shape, word and colour.
pub(crate) fn shown(ask: &Ask, state: State) -> Markup {
    html! { span class={ "state " (shape::key(state)) } { (shape::picture(state)) (ask.say(&format!("state-{}", shape::key(state)))) } }
}

/// Care clocks of the wards that are hit, `most` of them.
pub(crate) fn clocks(ask: &Ask, scene: &Scene, most: usize) -> Markup {
    let (services, names) = (hit(scene), scene.names());
    let Some(assessment) = scene.assessment() else { return html! {} };
    let axis = Axis::of_care(assessment, scene.now);
    html! {
        ol.wards {
            li { span { (ask.say("ward")) } span { (ask.say("ward-now")) } span { (scale(axis, &ask.words)) } span.when { (ask.say("ward-next")) } }
            @for rows in services.iter().take(most) {
                @let first = rows[0];
                @let coming = next(first, scene.now, &ask.words);
                @let label = format!("{}: {coming}", names.node(&first.service));
                li id={ "care-" (first.service) } {
                    a href={ (scene.path("wards")) "/" (first.service) } { b { (plain(names.node(&first.service))) } " " span.soft { (plain(names.site(&first.site))) } }
                    (shown(ask, state(rows, scene)))
                    span.line { (line(axis, rows, scene.now, &label)) }
                    span.when { b { (coming) } }
                }
            }
        }
        p.soft { (ask.say("clocks-legend")) }
    }
}

async fn page(ask: Ask, Path(id): Path<String>) -> Result<Response> {
    let scene = ask.scene(&id).await?;
    let map = scene.need_map()?;
    let said = said(&ask, &id).await?;
    let services = hit(&scene);
    let hit_ids: Vec<&str> = services.iter().map(|rows| rows[0].service.as_str()).collect();
    let rest: Vec<(&Node, &CareService)> = map
        .care()
        .filter(|(_, node, _)| !hit_ids.contains(&node.id.as_str()))
        .map(|(_, node, care)| (node, care))
        .collect();
    let stopped = services.iter().filter(|rows| state(rows, &scene) == State::Stopped).count();
    let paper = services
        .iter()
        .filter(|rows| matches!(state(rows, &scene), State::Degraded | State::Fallback))
        .count();
    let body = html! {
        h1 { (ask.say_with("wards-title", &[("stopped", stopped.into()), ("paper", paper.into()), ("all", map.care().count().into())])) }
        p.lede { (ask.say("wards-lede")) }
        section.sheet #care data-part { header { h2 { (ask.say("wards-hit")) } } (clocks(&ask, &scene, usize::MAX)) @if services.is_empty() { p.empty { (ask.say("wards-none-hit")) } } }
        section.sheet #said data-part {
            header { h2 { (ask.say("wards-said")) } a href={ "/hospital/ward-codes" } { (ask.say("wards-codes")) } }
            @if said.is_empty() { p.empty { (ask.say("wards-none-said")) } }
            ul.lines { @for word in said.iter().rev().take(40) { (spoken(&ask, &scene, word)) } }
        }
        section.sheet {
            header { h2 { (ask.say("wards-rest")) " " small { (rest.len()) } } }
            ul.lines { @for (node, care) in rest {
                li { a href={ (scene.path("wards")) "/" (node.id) } { (plain(&node.name)) " " span.soft { (plain(&map.sites[care.site.index()].name)) } } (shown(&ask, State::Up)) }
            } }
        }
    };
    Ok(frame::page(&ask, Some(&scene), "wards", &ask.say("room-wards"), body))
}

async fn said(ask: &Ask, incident: &str) -> Result<Vec<WardReport>> {
    let all = ask.app.store.of::<WardReport>(incident).await?;
    Ok(all.into_iter().filter(|it| it.undone_at.is_none()).collect())
}

fn spoken(ask: &Ask, scene: &Scene, word: &WardReport) -> Markup {
    html! {
        li id={ "said-" (word.id) } {
            span { b { (plain(scene.names().node(&word.service))) } ": " (ask.say(&format!("says-{}", word.says.word())))
                @if !word.text.is_empty() { br; (plain(&word.text)) }
                @if let Some(patients) = word.patients { br; span.soft { (ask.say_with("ward-patients", &[("count", (patients.max(0) as usize).into())])) } } }
            span { (word.person) " · " (ask.time(word.at.0, scene.now)) @if word.through == Through::Paper { " " span.tag { (ask.say("through-paper")) } } }
        }
    }
}

async fn board(ask: Ask, Path((id, service)): Path<(String, String)>) -> Result<Response> {
    let scene = ask.scene(&id).await?;
    own_ward(&ask, &service)?;
    let map = scene.need_map()?;
    let (node, care) = find(map, &service)?;
    let services = hit(&scene);
    let rows = services.iter().find(|rows| rows[0].service == service);
    let state = rows.map_or(State::Up, |rows| state(rows, &scene));
    let until = rows.map(|rows| next(rows[0], scene.now, &ask.words)).unwrap_or_default();
    let site = map.sites.get(care.site.index());
    let failing = super::map::failing(&ask, &scene).await?;
    let is_out = |provider| failing.stops_at(provider).is_some_and(|at| at <= scene.now);
    let up = providers(map, node, |provider| !is_out(provider));
    let out = providers(map, node, is_out);
    let said: Vec<WardReport> =
        said(&ask, &id).await?.into_iter().filter(|it| it.service == service).collect();
    let phone = site.and_then(|site| site.emergency_phone.as_deref());
    let body = html! {
        div.ward {
            h1 { (plain(&node.name)) @if let Some(site) = site { ", " (plain(&site.name)) } }
            p { (shown(&ask, state)) }
            p.until { @if until.is_empty() { (ask.say("ward-usual")) } @else { (until) }
                @if state != State::Up { @if let Some(to) = &care.divert_to { br; span.soft { (ask.say_with("ward-then", &[("to", plain(to).into_owned().into())])) } } } }
            section.sheet { ul.say {
                li { b { (ask.say("ward-works")) } span { @if up.is_empty() { (ask.say("ward-works-nothing")) } @else { (ask.words.list(&up)) } } }
                @if !out.is_empty() { li { b.stopped { (ask.say("ward-out")) } span { (ask.words.list(&out)) } } }
                @if state != State::Up { li { b { (ask.say("ward-do-not")) } span { (ask.say("ward-do-not-text")) } } }
                li { b { (ask.say("ward-call")) } span { @if let Some(phone) = phone { (super::duty::reach(phone)) } @else { (ask.say("unknown")) } } }
                li { b { (ask.say("ward-paper")) } span { (care.procedure.as_deref().map_or_else(|| ask.say("unknown"), |text| plain(text).into_owned()))
                    @if let Some(holds) = care.holds { br; span.soft { (ask.say_with("holds", &[("span", ask.words.span(holds).into())])) } } } }
                @if let Some(downtime) = &care.downtime { li { b { (ask.say("ward-downtime")) } span { (plain(downtime)) } } }
            } }
            (answers(&ask, &scene, &service))
            @if !said.is_empty() { section.sheet #own-said data-part { ul.lines { @for word in said.iter().rev().take(8) {
                li id={ "own-" (word.id) } { span { (ask.say(&format!("says-{}", word.says.word()))) " " (plain(&word.text)) } span { (word.person) " · " (ask.time(word.at.0, scene.now))
                    form.inline method="post" action={ (scene.api("ward-reports")) "/" (word.id) "/undo" } { (ask.hidden()) button.do.small.quiet { (ask.say("undo")) } } } }
            } } } }
            p.soft { (ask.say("ward-undo")) }
        }
    };
    let title = plain(&node.name).into_owned();
    Ok(match &ask.visitor.who {
        Who::Ward { .. } => frame::plain(&ask, &title, body),
        _ => frame::page(&ask, Some(&scene), "wards", &title, body),
    })
}

/// Providers of a ward that stand, or that are out: an application is out with the machines that carry it.
fn providers(map: &Map, node: &Node, is_wanted: impl Fn(NodeId) -> bool) -> Vec<String> {
    let all = node.needs.iter().flat_map(|need| &need.on).copied();
    let mut names: Vec<String> =
        all.filter(|it| is_wanted(*it)).map(|it| plain(&map.node(it).name).into_owned()).collect();
    names.dedup();
    names.truncate(8);
    names
}

fn answers(ask: &Ask, scene: &Scene, service: &str) -> Markup {
    let action = scene.api("ward-reports");
    let known = !ask.visitor.name().is_empty();
    html! {
        form.fields method="post" action=(action) {
            (ask.hidden())
            input type="hidden" name="service" value=(service);
            @if !known { div { label for="person" { (ask.say("ward-name")) } input #person name="person" required autocomplete="name"; } }
            button.do.first name="says" value="paper_well" { (ask.say("says-paper_well")) }
            details #more { summary { (ask.say("ward-more")) }
                div.fields {
                    div { label for="text" { (ask.say("ward-text")) } textarea #text name="text" maxlength="2000" {} }
                    div { label for="patients" { (ask.say("ward-patients-ask")) } input #patients name="patients" type="number" min="0" max="10000" inputmode="numeric"; }
                    @for says in ["needs", "odd", "diverting", "usual"] { button.do name="says" value=(says) { (ask.say(&format!("says-{says}"))) } }
                }
            }
        }
    }
}

fn find<'m>(map: &'m Map, service: &str) -> Result<(&'m Node, &'m CareService)> {
    let found = map.care().find(|(_, node, _)| node.id == service).map(|(_, node, care)| (node, care));
    found.ok_or_else(|| Problem::missing(Said::new("refusal-no-ward")))
}

/// A ward's own code opens that ward alone.
fn own_ward(ask: &Ask, service: &str) -> Result<()> {
    match &ask.visitor.who {
        Who::Ward { service: own, .. } if own != service => {
            Err(Problem::forbidden(Said::new("refusal-other-ward")))
        }
        _ => Ok(()),
    }
}

#[derive(Deserialize, utoipa::ToSchema)]
#[schema(as = ReportWard)]
struct Says {
    /// The care service.
    service: String,
    /// What it says.
    says: WardSays,
    /// In its own words.
    #[serde(default)]
    text: String,
    /// Patients concerned.
    patients: Option<i32>,
    /// Who says it; the caller, where absent.
    person: Option<String>,
    /// Whether it came on paper.
    #[serde(default)]
    paper: bool,
}

async fn report(Path(id): Path<String>, Body(ask, wanted): Body<Says>) -> Result<Response> {
    let scene = ask.scene(&id).await?;
    own_ward(&ask, &wanted.service)?;
    let map = scene.need_map()?;
    find(map, &wanted.service)?;
    let through = match &ask.visitor.who {
        Who::Ward { .. } => Through::WardCode,
        Who::Token { .. } => Through::Api,
        _ if wanted.paper => Through::Paper,
        _ => Through::Console,
    };
    if through != Through::WardCode {
        ask.need(Permission::Write, map.find(&wanted.service).and_then(|node| site_of(map, node)))?;
    }
    if wanted.text.chars().count() > 2_000 || wanted.patients.is_some_and(|it| !(0..=10_000).contains(&it)) {
        return Err(Problem::bad(Said::new("refusal-ward-says")));
    }
    let person =
        wanted.person.filter(|it| !it.trim().is_empty()).unwrap_or_else(|| ask.visitor.name().to_owned());
    if person.trim().is_empty() {
        return Err(Problem::bad(Said::new("refusal-ward-person")));
    }
    let word = WardReport {
        id: new_id(),
        version: 0,
        incident: id,
        service: wanted.service.clone(),
        says: wanted.says,
        text: wanted.text,
        patients: wanted.patients,
        person,
        at: Instant::from(scene.now),
        through,
        undone_at: None,
    };
    let mut change = ask.begin().await?;
    let word = change.add(word).await?;
    ask.done(change, &word, &format!("{}/{}", scene.path("wards"), wanted.service)).await
}

async fn undo(
    Path((id, report)): Path<(String, String)>,
    Body(ask, Nothing {}): Body<Nothing>,
) -> Result<Response> {
    let scene = ask.scene(&id).await?;
    let mut change = ask.begin().await?;
    let word = change.read::<WardReport>(&report).await?;
    if word.incident != id {
        return Err(Problem::missing(Said::new("refusal-no-word")));
    }
    own_ward(&ask, &word.service)?;
    if !matches!(ask.visitor.who, Who::Ward { .. }) {
        ask.need(Permission::Write, None)?;
    }
    let at = Instant::from(scene.now);
    let word = change.edit::<WardReport>(&report, ask.write.seen, |it| it.undone_at = Some(at)).await?;
    ask.done(change, &word, &format!("{}/{}", scene.path("wards"), word.service)).await
}
