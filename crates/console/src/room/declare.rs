//! Declare: is it real, and who leads? One button opens an incident and its log.
//!
//! Invariant: whoever may write may declare: in the first hour nobody waits for a role. Where a watch stands, it
//! becomes the incident, with its signals and evidence; an exercise leaves it alone.

use assess::Said;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use govern::Value;
use jiff::Timestamp;
use maud::{Markup, html};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::entity::{Duty, Incident, IncidentKind, IncidentState, Origin, Session};
use store::{Instant, Json, new_id};

use crate::ask::Ask;
use crate::body::{Body, Nothing};
use crate::frame;
use crate::moment;
use crate::permit::Permission;
use crate::problem::{Problem, Result};
use crate::room::clocks;
use crate::route::Route;
use crate::scene::title;
use crate::settings;

/// Seconds over which price and danger of a new incident count.
pub(crate) const HORIZON: i64 = 86_400;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get("/", Permission::Ward, home),
        Route::get("/declare", Permission::Write, page),
        Route::post("/api/v1/incidents", Permission::Write, declare)
            .about("Declare an incident")
            .takes::<Declare>()
            .makes::<Incident>(),
        Route::post("/api/v1/incidents/{id}", Permission::Lead, settle)
            .about("Change an incident: title, facts, awareness, end")
            .takes::<Settle>()
            .matched()
            .gives::<Incident>(),
        Route::post("/api/v1/directory/distrust", Permission::Write, distrust)
            .about("Trust the identity provider no more: end every session that came from it")
            .gives::<Distrusted>(),
    ]
}

/// Where to go without being asked: the open night, else the calm and what its watch sees.
async fn home(ask: Ask) -> Result<Response> {
    if !ask.visitor.may(Permission::Read, None) {
        return Ok(Redirect::to("/w").into_response());
    }
    let to = match ask.open_incident().await? {
        Some(incident) => format!("/incidents/{}", incident.id),
        None if ask.watch().await?.is_some() => "/calm".to_owned(),
        None if ask.visitor.may(Permission::Write, None) => "/declare".to_owned(),
        None => "/hospital".to_owned(),
    };
    Ok(Redirect::to(&to).into_response())
}

async fn page(ask: Ask) -> Result<Response> {
    let open = ask.open_incident().await?;
    let sheet = ask.app.shelf.latest(&ask.app.store).await?;
    let sites = sheet.as_ref().map(|sheet| sheet.map.sites.as_slice()).unwrap_or_default();
    let body = html! {
        h1 { (ask.say("declare-title")) }
        p.lede { (ask.say("declare-lede")) }
        @if let Some(open) = open {
            p.sheet { b { (ask.say_with("declare-already", &[("title", title(&ask, &open).into())])) } " "
                a href={ "/incidents/" (open.id) } { (ask.say("declare-join")) } }
        }
        div.two {
            form.sheet.fields method="post" action="/api/v1/incidents" {
                (ask.hidden())
                div { label for="title" { (ask.say("declare-what")) span.soft { (ask.say("declare-what-hint")) } } input #title name="title" required maxlength="120"; }
                div { label for="site" { (ask.say("declare-where")) }
                    select #site name="site" {
                        option value="" { (ask.say("declare-group")) }
                        @for site in sites { option value=(site.id) { (site.name) } }
                    } }
                (choice(&ask))
                label { input type="checkbox" name="lead" value="true" checked; " " (ask.say("declare-lead")) }
                button.do.first { (ask.say("declare-do")) }
                p.soft { (ask.say("declare-undo")) }
            }
            section.sheet {
                header { h2 { (ask.say("declare-real")) } }
                ol.steps {
                    @for step in 1..=4 { li { span { (ask.say(&format!("declare-check-{step}"))) } } }
                }
            }
        }
        section.sheet.fields #distrust {
            h2 { (ask.say("distrust-title")) }
            p { (ask.say("distrust-explained")) }
            @if settings::trusted(&ask.app.store).await? {
                form method="post" action="/api/v1/directory/distrust" { (ask.hidden()) button.do { (ask.say("distrust-do")) } }
            } @else {
                p.warn { (ask.say("directory-distrusted")) }
                @if ask.visitor.may_everywhere(Permission::Keep) {
                    form method="post" action="/api/v1/directory/trust" { (ask.hidden()) button.do { (ask.say("directory-trust")) } }
                }
            }
        }
    };
    Ok(frame::page(&ask, None, "declare", &ask.say("declare-title"), body))
}

fn choice(ask: &Ask) -> Markup {
    html! {
        fieldset { legend { (ask.say("declare-kind")) }
            label { input type="radio" name="kind" value="real" checked; " " (ask.say("declare-kind-real")) }
            label { input type="radio" name="kind" value="exercise"; " " (ask.say("declare-kind-exercise")) }
        }
    }
}

#[derive(Deserialize, utoipa::ToSchema)]
#[schema(as = DeclareIncident)]
struct Declare {
    /// What people call it.
    title: String,
    /// The site that it is held to; the whole group, where absent.
    site: Option<String>,
    /// `real` or `exercise`.
    kind: Option<IncidentKind>,
    /// Whether the declarer takes the lead.
    #[serde(default)]
    lead: bool,
    /// When the hospital became aware; now, where absent.
    aware_at: Option<Instant>,
}

async fn declare(Body(ask, wanted): Body<Declare>) -> Result<Response> {
    let title = wanted.title.trim();
    if title.is_empty() || title.chars().count() > 120 {
        return Err(Problem::bad(Said::new("refusal-declare-title")));
    }
    ask.need(Permission::Write, wanted.site.as_deref())?;
    if let (Some(site), Some(sheet)) = (&wanted.site, ask.app.shelf.latest(&ask.app.store).await?)
        && !sheet.map.sites.iter().any(|it| it.id == *site)
    {
        return Err(Problem::bad(Said::new("refusal-no-site")));
    }
    let now = Instant::from(ask.wall);
    let kind = wanted.kind.filter(|it| *it == IncidentKind::Exercise).unwrap_or(IncidentKind::Real);
    let (title, aware) = (title.to_owned(), Some(wanted.aware_at.unwrap_or(now)));
    let mut change = ask.begin().await?;
    // Looked for while no other change is made: of two who declare at once, one gets it.
    let watch = ask.watch().await?.filter(|_| kind == IncidentKind::Real);
    let incident = Incident {
        id: new_id(),
        version: 0,
        title: title.clone(),
        kind,
        state: IncidentState::Open,
        site: wanted.site.clone(),
        opened_at: now,
        closed_at: None,
        aware_at: aware,
        facts: Json(json!({})),
        clock_wall: None,
        clock_own: None,
        clock_speed: 1.0,
        horizon: HORIZON,
    };
    let incident = match watch {
        Some(watch) => {
            let become_it = |it: &mut Incident| {
                *it =
                    Incident { id: it.id.clone(), version: it.version, facts: it.facts.clone(), ..incident };
            };
            change.edit::<Incident>(&watch.id, None, become_it).await?
        }
        None => change.add(incident).await?,
    };
    if wanted.lead {
        let duty = Duty {
            id: new_id(),
            version: 0,
            incident: incident.id.clone(),
            role: "lead".to_owned(),
            person: ask.visitor.name().to_owned(),
            account: ask.visitor.account().map(|it| it.id.clone()),
            since: now,
            until: None,
        };
        change.add(duty).await?;
    }
    let mut ask = ask;
    ask.write.back = None;
    let page = format!("/incidents/{}/duty", incident.id);
    let (made, version) = (StatusCode::CREATED, Some(incident.version));
    let answer = ask.finish(change, made, &incident, version, &page).await;
    ask.app.desk.wake();
    answer
}

#[derive(Deserialize, utoipa::ToSchema)]
#[schema(as = SettleIncident)]
struct Settle {
    /// A new title.
    title: Option<String>,
    /// When the hospital became aware: RFC 3339, a local day with its hour, or `HH:MM`.
    aware_at: Option<String>,
    /// A fact: its name.
    fact: Option<String>,
    /// Its value: `yes`, `no`, a number, or, of an event, its instant as `aware_at`; empty takes it back.
    value: Option<String>,
    /// `closed` ends it, `open` opens it again.
    state: Option<IncidentState>,
}

async fn settle(Path(id): Path<String>, Body(ask, wanted): Body<Settle>) -> Result<Response> {
    let scene = ask.scene(&id).await?;
    ask.need(Permission::Lead, scene.incident.site.as_deref())?;
    if scene.incident.state == IncidentState::Watch || wanted.state == Some(IncidentState::Watch) {
        return Err(Problem::conflict("watch", Said::new("refusal-watch")));
    }
    if let Some(fact) = &wanted.fact
        && ask.app.rooms.obligations.question(fact).is_none()
    {
        return Err(Problem::bad(Said::new("refusal-no-fact").with("fact", fact.as_str())));
    }
    let read = |text: &str| moment::past(text, scene.now, ask.words.zone());
    let aware = moment::field(Said::new("field-aware-at"), wanted.aware_at.as_deref(), read)?;
    let value = match (&wanted.fact, wanted.value.filter(|value| !value.is_empty())) {
        (Some(fact), Some(text)) if clocks::is_event(&ask.app.rooms.obligations, fact) => {
            moment::field(Said::new("field-value"), Some(&text), read)?.map(|at| at.0.to_string())
        }
        (_, Some(text)) if Value::parse(&text).is_none() => {
            return Err(Problem::bad(Said::new("refusal-value")));
        }
        (_, value) => value,
    };
    let ended = Instant::from(scene.now);
    let mut change = ask.begin().await?;
    let incident = change
        .edit::<Incident>(&id, ask.write.seen, |it| {
            if let Some(title) = wanted.title.filter(|title| !title.trim().is_empty()) {
                it.title = title;
            }
            if let Some(aware) = aware {
                it.aware_at = Some(aware);
            }
            if let (Some(name), Some(facts)) = (wanted.fact, it.facts.0.as_object_mut()) {
                match value {
                    Some(value) => {
                        facts.insert(name, value.into());
                    }
                    None => {
                        facts.remove(&name);
                    }
                }
            }
            if let Some(state) = wanted.state {
                it.state = state;
                it.closed_at = (state == IncidentState::Closed).then_some(ended);
            }
        })
        .await?;
    let answer = ask.done(change, &incident, &format!("/incidents/{id}")).await;
    ask.app.desk.wake();
    answer
}

/// What the switch did.
#[derive(Serialize, utoipa::ToSchema)]
struct Distrusted {
    /// Sessions that it ended.
    sessions_ended: u64,
    /// When.
    at: Instant,
}

async fn distrust(Body(ask, Nothing {}): Body<Nothing>) -> Result<Response> {
    let mut change = ask.begin().await?;
    let mut ended: u64 = 0;
    for session in
        ask.app.store.all::<Session>().await?.into_iter().filter(|it| it.origin == Origin::Directory)
    {
        change.remove::<Session>(&session.id).await?;
        ended += 1;
    }
    settings::trust(&mut change, &ask.app.store, false).await?;
    let incident = ask.open_incident().await?.map(|it| it.id);
    let what = Distrusted { sessions_ended: ended, at: Instant::from(Timestamp::now()) };
    change.tell("distrust", "directory", "directory", incident.as_deref(), json!(what)).await?;
    ask.finish(change, StatusCode::OK, &what, None, "/declare").await
}
