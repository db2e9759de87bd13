//! Rules: which of them speak, how often, at what cost, and which are kept quiet, where, why and until when.
//!
//! Invariant: a suppression sets signals aside without hiding that they came; one that is bound to no machine ends by
//! itself; all are lifted, never erased.

mod costs;

use assess::Said;
use axum::extract::{Path, Query};
use axum::response::Response;
use hospital::Kind;
use jiff::{SignedDuration, Timestamp};
use maud::{Markup, html};
use report::plain;
use serde::{Deserialize, Serialize};
use store::entity::Suppression;
use store::{Instant, new_id};

use crate::ask::Ask;
use crate::body::{Body, Nothing};
use crate::density::TACTICS;
use crate::frame;
use crate::noise::{BUDGET, Heard, holds};
use crate::paged::Paged;
use crate::permit::Permission;
use crate::problem::{Problem, Result};
use crate::route::Route;
use crate::scene::Scene;

/// Letters of a reason at most.
const REASON_MAX: usize = 500;
/// Letters of a rule's id, of a host at most.
const NAME_MAX: usize = 500;
/// Suppressions that hold at a time at most: each is compared with every signal.
const MOST: usize = 200;
/// One that is bound to no machine ends within this many days.
const DAYS_MAX: i64 = 90;
/// Rules shown at most, the loudest first.
const ROWS: usize = 500;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get("/rules", Permission::Read, page),
        Route::get("/api/v1/incidents/{id}/rules", Permission::Read, list)
            .about("Rules that spoke in an incident, with what each brought")
            .gives_list::<Spoke>(),
        Route::get("/api/v1/rules/costs", Permission::Read, costs::list)
            .about("What rules cost since the server started, the costliest first")
            .gives_list::<costs::Costly>(),
        Route::get("/api/v1/suppressions", Permission::Read, suppressions)
            .about("What is set aside, lifted ones among them")
            .asks::<Paged>()
            .gives_list::<Suppression>(),
        Route::post("/api/v1/suppressions", Permission::Act, add)
            .about("Set signals aside: they stay in the list, and nothing rests on them")
            .takes::<SetAside>()
            .makes::<Suppression>(),
        Route::post("/api/v1/suppressions/{id}/lift", Permission::Act, lift)
            .about("Lift a suppression")
            .matched()
            .gives::<Suppression>(),
    ]
}

/// Suppressions hold for all sites.
fn need(ask: &Ask) -> Result<()> {
    if ask.visitor.may_everywhere(Permission::Act) {
        return Ok(());
    }
    Err(Problem::forbidden(Said::new("refusal-quiet-whole-group")))
}

/// A rule that spoke.
#[derive(Serialize, utoipa::ToSchema)]
struct Spoke {
    /// Its id.
    rule: String,
    /// Its title, in the language asked for.
    title: String,
    /// 0 informational to 4 critical.
    level: i32,
    /// Signals.
    matches: u64,
    /// Those that are part of a chain.
    chained: u64,
    /// Hosts that they speak of, up to a thousand.
    hosts: usize,
    /// The earliest.
    first: Option<String>,
    /// The latest.
    last: Option<String>,
}

/// Rules of the latest assessment, the loudest first.
fn spoken(ask: &Ask, scene: &Scene) -> Vec<Spoke> {
    let heard = scene.findings.as_ref().map(|it| it.noise.rules());
    let one = |(rule, it): (&String, &Heard)| Spoke {
        title: assess::rule_title(&ask.app.rooms.engine, ask.words.lang(), rule, &it.title).to_owned(),
        rule: rule.clone(),
        level: it.level,
        matches: it.matches,
        chained: it.chained,
        hosts: it.hosts(),
        first: it.first.map(|at| at.to_string()),
        last: it.last.map(|at| at.to_string()),
    };
    let mut all: Vec<Spoke> = heard.into_iter().flatten().map(one).collect();
    all.sort_by(|one, other| other.matches.cmp(&one.matches).then_with(|| one.rule.cmp(&other.rule)));
    all
}

async fn list(ask: Ask, Path(id): Path<String>) -> Result<Response> {
    let scene = ask.scene(&id).await?;
    ask.json(&spoken(&ask, &scene))
}

async fn suppressions(ask: Ask, Query(paged): Query<Paged>) -> Result<Response> {
    ask.listed::<Suppression>(None, &paged).await
}

/// What the form is filled with.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Wanted {
    rule: String,
    asset: String,
    host: String,
}

async fn page(ask: Ask, Query(wanted): Query<Wanted>) -> Result<Response> {
    let scene = match ask.open_incident().await? {
        Some(incident) => Some(ask.scene(&incident.id).await?),
        None => None,
    };
    let all = ask.app.store.all::<Suppression>().await?;
    let quiet = all.iter().filter(|it| holds(it, ask.wall)).count();
    let spoke = scene.as_ref().map(|scene| spoken(&ask, scene)).unwrap_or_default();
    let body = html! {
        h1 { (ask.say_with("rules-title", &[("count", spoke.len().into()), ("quiet", quiet.into())])) }
        p.lede { (ask.say_with("rules-lede", &[("budget", BUDGET.into())])) }
        section.sheet #quiet {
            header { h2 { (ask.say("quiet-title")) " " small { (quiet) } } }
            @if all.is_empty() { p.empty { (ask.say("quiet-none")) } }
            ul.lines { @for it in all.iter().rev() { (line(&ask, scene.as_ref(), it)) } }
            @if ask.visitor.may_everywhere(Permission::Act) {
                details #add-quiet open[!(wanted.rule.is_empty() && wanted.asset.is_empty() && wanted.host.is_empty())] {
                    summary { (ask.say("quiet-add")) } (form(&ask, scene.as_ref(), &spoke, &wanted))
                }
            }
        }
        section.sheet #spoke {
            header { h2 { (ask.say("rules-spoke")) " " small { (spoke.len()) } } }
            @if spoke.is_empty() { p.empty { (ask.say("rules-none")) } }
            @else { div.scroll tabindex="0" { (table(&ask, scene.as_ref(), &spoke)) } }
        }
        (costs::section(&ask, &spoke))
    };
    Ok(frame::page(&ask, scene.as_ref(), "rules", &ask.say("room-rules"), body))
}

fn table(ask: &Ask, scene: Option<&Scene>, spoke: &[Spoke]) -> Markup {
    let now = scene.map_or(ask.wall, |scene| scene.now);
    let at = |text: &Option<String>| text.as_ref().and_then(|it| it.parse::<Timestamp>().ok());
    let path = |rule: &str| {
        let query = serde_urlencoded::to_string([("rule", rule)]).unwrap_or_default();
        scene.map(|scene| format!("{}?{query}#list", scene.path("timeline")))
    };
    html! {
        table {
            thead { tr { @for column in ["rule", "level", "matches", "chained", "hosts", "first", "last"] { th.number[["matches", "chained", "hosts"].contains(&column)] scope="col" { (ask.say(&format!("rules-column-{column}"))) } } } }
            tbody { @for it in spoke.iter().take(ROWS) { tr {
                td { a href=[path(&it.rule)] { (plain(&it.title)) } }
                td { (ask.level(it.level)) }
                td.number { (ask.words.number(it.matches)) }
                td.number { @if it.chained > 0 { (ask.words.number(it.chained)) } @else { span.soft { (ask.say("rules-nothing")) } } }
                td.number { (it.hosts) @if it.matches == 1 { br; span.tag { (ask.say("rules-once")) } } }
                td { @if let Some(at) = at(&it.first) { (ask.time(at, now)) } }
                td { @if let Some(at) = at(&it.last) { (ask.time(at, now)) } }
            } } }
        }
    }
}

/// What it sets aside, in words.
fn what(ask: &Ask, scene: Option<&Scene>, it: &Suppression) -> String {
    let engine = &ask.app.rooms.engine;
    let parts = [
        it.rule.as_ref().map(|rule| assess::rule_title(engine, ask.words.lang(), rule, rule).to_owned()),
        it.tactic.as_ref().map(|tactic| ask.say(&format!("tactic-{tactic}"))),
        it.asset.as_ref().map(|id| scene.map_or(id.as_str(), |scene| scene.names().node(id)).to_owned()),
        it.host.clone(),
    ];
    plain(&parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")).into_owned()
}

fn line(ask: &Ask, scene: Option<&Scene>, it: &Suppression) -> Markup {
    let now = ask.wall;
    html! {
        li id={ "quiet-" (it.id) } {
            span class=[(!holds(it, now)).then_some("gone")] { b { (what(ask, scene, it)) } br; (plain(&it.reason)) br;
                span.soft { (plain(&it.author)) " · " (ask.time(it.at.0, now)) " · "
                    @match (it.lifted_at, it.until) {
                        (Some(at), _) => { (ask.say("quiet-lifted")) " " (ask.time(at.0, now)) }
                        (None, Some(until)) => { (ask.say(if until.0 > now { "quiet-until" } else { "quiet-ended" })) " " (ask.time(until.0, now)) }
                        (None, None) => (ask.say("quiet-open")),
                    } } }
            @if it.lifted_at.is_none() && ask.visitor.may_everywhere(Permission::Act) {
                form method="post" action={ "/api/v1/suppressions/" (it.id) "/lift" } { (ask.hidden()) button.do.small.quiet { (ask.say("quiet-lift")) } }
            }
        }
    }
}

fn form(ask: &Ask, scene: Option<&Scene>, spoke: &[Spoke], wanted: &Wanted) -> Markup {
    let map = scene.and_then(Scene::map);
    let assets =
        map.into_iter().flat_map(|map| map.all()).filter(|(_, node)| matches!(node.kind, Kind::Asset(_)));
    html! {
        form.fields method="post" action="/api/v1/suppressions" {
            (ask.hidden())
            p.soft { (ask.say("quiet-explained")) }
            div { label for="q-rule" { (ask.say("filter-rule")) } input #q-rule name="rule" list="spoke-rules" maxlength=(NAME_MAX) autocomplete="off" value=(wanted.rule); }
            div { label for="q-tactic" { (ask.say("filter-tactic")) } select #q-tactic name="tactic" { option value="" { (ask.say("filter-all")) }
                @for tactic in TACTICS.into_iter().filter(|it| !it.is_empty()) { option value=(tactic) { (ask.say(&format!("tactic-{tactic}"))) } } } }
            div { label for="q-asset" { (ask.say("filter-asset")) } input #q-asset name="asset" list="quiet-assets" maxlength=(NAME_MAX) autocomplete="off" value=(wanted.asset); }
            div { label for="q-host" { (ask.say("filter-host")) } input #q-host name="host" maxlength=(NAME_MAX) autocomplete="off" value=(wanted.host); }
            div { label for="q-days" { (ask.say("quiet-days")) span.soft { (ask.say_with("quiet-days-hint", &[("days", DAYS_MAX.unsigned_abs().into())])) } } input #q-days name="days" type="number" min="1" max="3650" inputmode="numeric"; }
            div { label for="q-reason" { (ask.say("quiet-reason")) } input #q-reason name="reason" required maxlength=(REASON_MAX); }
            button.do.first { (ask.say("quiet-do")) }
            datalist #spoke-rules { @for it in spoke.iter().take(ROWS) { option value=(it.rule) { (plain(&it.title)) } } }
            datalist #quiet-assets { @for (_, node) in assets { option value=(node.id) { (plain(&node.name)) } } }
        }
    }
}

#[derive(Deserialize, utoipa::ToSchema)]
#[schema(as = SetAside)]
struct SetAside {
    /// Of this rule: its id.
    #[serde(default)]
    rule: String,
    /// With this ATT&CK tactic.
    #[serde(default)]
    tactic: String,
    /// On this asset of the map.
    #[serde(default)]
    asset: String,
    /// On this host.
    #[serde(default)]
    host: String,
    /// For how many days; until it is lifted where absent, which takes an asset.
    days: Option<i64>,
    /// Why.
    reason: String,
}

async fn add(Body(ask, wanted): Body<SetAside>) -> Result<Response> {
    need(&ask)?;
    let told = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let (rule, tactic) = (told(&wanted.rule), told(&wanted.tactic));
    let (asset, host) = (told(&wanted.asset), told(&wanted.host));
    if rule.is_none() && asset.is_none() && host.is_none() {
        return Err(Problem::bad(Said::new("refusal-quiet-nothing")));
    }
    if rule.is_none() && tactic.is_none() {
        return Err(Problem::bad(Said::new("refusal-quiet-machine")));
    }
    for (field, text) in [(Said::new("field-rule"), &rule), (Said::new("field-host"), &host)] {
        if text.as_ref().is_some_and(|text| text.chars().count() > NAME_MAX) {
            return Err(Problem::bad(Said::new("refusal-long").with("field", field).with("most", NAME_MAX)));
        }
    }
    if rule.as_ref().is_some_and(|rule| ask.app.rooms.engine.find(rule).is_none()) {
        return Err(Problem::bad(Said::new("refusal-quiet-rule")));
    }
    if tactic.as_ref().is_some_and(|tactic| !TACTICS.contains(&tactic.as_str())) {
        return Err(Problem::bad(
            Said::new("refusal-quiet-tactic").with("tactics", TACTICS.join(" ").trim()),
        ));
    }
    if let Some(asset) = &asset {
        let sheet = ask.app.shelf.latest(&ask.app.store).await?;
        let map = sheet.as_ref().map(|sheet| &*sheet.map);
        let known =
            map.and_then(|map| map.find(asset).filter(|it| matches!(map.node(*it).kind, Kind::Asset(_))));
        if known.is_none() {
            return Err(Problem::bad(Said::new("refusal-quiet-asset")));
        }
    }
    match wanted.days {
        None if asset.is_none() => {
            return Err(Problem::bad(Said::new("refusal-quiet-days")));
        }
        Some(days) if days < 1 || asset.is_none() && days > DAYS_MAX || days > 3_650 => {
            return Err(Problem::bad(Said::new("refusal-quiet-term").with("most", DAYS_MAX.to_string())));
        }
        _ => {}
    }
    let reason = wanted.reason.trim();
    if reason.is_empty() || reason.chars().count() > REASON_MAX {
        return Err(Problem::bad(Said::new("refusal-quiet-reason")));
    }
    if ask.app.store.all::<Suppression>().await?.iter().filter(|it| holds(it, ask.wall)).count() >= MOST {
        return Err(Problem::conflict("many", Said::new("refusal-quiet-many")));
    }
    let until = wanted.days.map(|days| SignedDuration::from_hours(24 * days));
    let until = until.map(|span| ask.wall.checked_add(span).unwrap_or(Timestamp::MAX).into());
    let suppression = Suppression {
        id: new_id(),
        version: 0,
        rule,
        tactic,
        asset,
        host,
        reason: reason.to_owned(),
        author: ask.visitor.name().to_owned(),
        at: Instant::from(ask.wall),
        until,
        lifted_by: None,
        lifted_at: None,
    };
    let mut change = ask.begin().await?;
    let suppression = change.add(suppression).await?;
    let answer = ask.done(change, &suppression, "/rules#quiet").await;
    ask.app.desk.wake();
    answer
}

async fn lift(Path(id): Path<String>, Body(ask, Nothing {}): Body<Nothing>) -> Result<Response> {
    need(&ask)?;
    let (at, by) = (Instant::from(ask.wall), ask.visitor.name().to_owned());
    let mut change = ask.begin().await?;
    let lifted = |it: &mut Suppression| {
        if it.lifted_at.is_none() {
            (it.lifted_at, it.lifted_by) = (Some(at), Some(by.clone()));
        }
    };
    let suppression = change.edit::<Suppression>(&id, ask.write.seen, lifted).await?;
    let answer = ask.done(change, &suppression, "/rules#quiet").await;
    ask.app.desk.wake();
    answer
}
