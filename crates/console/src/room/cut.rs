//! Cut cards: what to cut, where it is, who may, what care stops, how to undo; and the choice between them.
//!
//! Invariant: a tick is a name and a time; a choice shows its price before it is made and becomes a decision
//! with tasks; nothing is cut by Rempart itself.

mod order;

use assess::{Action, Containment, Said};
use axum::extract::Path;
use axum::response::Response;
use hospital::{LeverId, Map};
use maud::{Markup, html};
use report::paper::{self, CardFacts, all_card_facts};
use report::{figures, pick, plain};
use serde::Deserialize;
use store::entity::{Attachment, Cut, Decision, DecisionState, Task, TaskState, Through};
use store::{Instant, List, new_id};

use crate::ask::Ask;
use crate::body::{Body, Nothing, several};
use crate::frame;
use crate::moment;
use crate::permit::Permission;
use crate::problem::{Problem, Result};
use crate::room::photo;
use crate::room::ward_door::print;
use crate::route::Route;
use crate::scene::Scene;
use order::{rank, worth};

/// Cuts of an option that are named before the rest is counted.
const BY_NAME: usize = 2;
/// Care services named on a card.
const NAMED: usize = 4;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get("/incidents/{id}/cut", Permission::Read, page),
        Route::get("/folder", Permission::Read, folder),
        Route::get("/folder/{what}", Permission::Read, printed),
        Route::post("/api/v1/incidents/{id}/cuts", Permission::Write, cut)
            .about("Note that a lever was pulled")
            .takes::<Pulled>()
            .makes::<Cut>(),
        Route::post("/api/v1/incidents/{id}/cuts/{cut}/undo", Permission::Act, undo)
            .about("Note that a cut was undone")
            .matched()
            .gives::<Cut>(),
        Route::post("/api/v1/incidents/{id}/decisions", Permission::Lead, decide)
            .about("Take a decision; levers and actions become tasks")
            .takes::<Decide>()
            .makes::<Decision>(),
    ]
}

async fn page(ask: Ask, Path(id): Path<String>) -> Result<Response> {
    let scene = ask.scene(&id).await?;
    let map = scene.need_map()?;
    let cuts: Vec<Cut> =
        ask.app.store.of::<Cut>(&id).await?.into_iter().filter(|it| it.undone_at.is_none()).collect();
    let cards = all_card_facts(map, &ask.words);
    let wanted = wanted(&ask, &id, &cuts).await?;
    let photos = photo::photos(&ask).await?;
    let options = scene.assessment().map(|it| it.containment.as_slice()).unwrap_or_default();
    let is_asked = |card: &CardFacts<'_>| wanted.iter().any(|lever| lever == card.label);
    let is_done = |card: &CardFacts<'_>| cuts.iter().any(|it| it.lever == card.label);
    let worth = worth(options);
    let mut shown: Vec<&CardFacts<'_>> = cards.iter().collect();
    shown.sort_by(|a, b| {
        let first = |card: &CardFacts<'_>| (!is_asked(card), is_done(card));
        first(a).cmp(&first(b)).then_with(|| rank(&worth, a.label, b.label))
    });
    let body = html! {
        h1 { (ask.say("cut-title")) }
        p.lede { (ask.say_with("cut-lede", &[("done", cuts.len().into()), ("all", map.levers.len().into())])) " "
            a href="/folder/cards" { (ask.say("folder-cards")) } " · " a href="/folder/labels" { (ask.say("folder-labels")) } }
        @if options.len() > 1 {
            section.sheet #options data-part {
                header { h2 { (ask.say("cut-options")) } small.soft { (ask.say("cut-explained")) } }
                @for option in pick(options, 4) { (choice(&ask, &scene, option, false)) }
                details #every-option { summary { (ask.say_with("cut-every", &[("count", options.len().into())])) }
                    @for option in options { (choice(&ask, &scene, option, true)) } }
            }
        }
        @if map.levers.is_empty() { p.empty { (ask.say("cut-no-levers")) } }
        div.cards { @for card in shown { (tick_card(&ask, &scene, card, &cuts, is_asked(card), photos.get(card.label))) } }
    };
    Ok(frame::page(&ask, Some(&scene), "cut", &ask.say("room-cut"), body))
}

/// Levers that a taken decision asks for and that nobody pulled yet.
async fn wanted(ask: &Ask, incident: &str, cuts: &[Cut]) -> Result<Vec<String>> {
    let taken = ask
        .app
        .store
        .of::<Decision>(incident)
        .await?
        .into_iter()
        .filter(|it| it.state == DecisionState::Taken);
    let levers = taken.flat_map(|it| it.levers.0);
    Ok(levers.filter(|lever| !cuts.iter().any(|cut| cut.lever == *lever)).collect())
}

fn tick_card(
    ask: &Ask,
    scene: &Scene,
    card: &CardFacts<'_>,
    cuts: &[Cut],
    wanted: bool,
    photo: Option<&Attachment>,
) -> Markup {
    let done = cuts.iter().find(|cut| cut.lever == card.label);
    let or_unknown =
        |text: Option<&str>| text.map_or_else(|| ask.say("unknown"), |text| plain(text).into_owned());
    html! {
        article class=(if done.is_some() { "card cut" } else { "card" }) id={ "card-" (card.label) } data-part {
            span.label { (plain(card.label)) }
            h2 { (plain(card.title)) @if wanted { " " span.tag { (ask.say("cut-wanted")) } } }
            (photo::shown(ask, card.label, photo))
            dl {
                dt { (ask.say("column-place")) } dd { (or_unknown(card.place)) }
                dt { (ask.say("column-who")) } dd { (or_unknown(card.who)) }
                @if let Some(minutes) = card.minutes { dt { (ask.say("cut-takes")) } dd { (ask.words.span(u64::from(minutes) * 60)) } }
                dt { (ask.say("cut-stops")) } dd { (card.care_sentence(&ask.words))
                    @for care in card.care.iter().take(NAMED) { br; (plain(care.name)) " " span.soft { (care.sentence) } }
                    @if card.care.len() > NAMED { br; span.soft { (ask.say_with("more", &[("count", (card.care.len() - NAMED).into())])) } } }
                dt { (ask.say("column-undo")) } dd { (or_unknown(card.undo)) }
            }
            div.tick.row {
                @match done {
                    Some(cut) => {
                        span.done { (ask.say("cut-done")) } span { b { (cut.person) } " " (ask.time(cut.at.0, scene.now)) }
                        form method="post" action={ (scene.api("cuts")) "/" (cut.id) "/undo" } { (ask.hidden()) button.do.small { (ask.say("cut-undo")) } }
                    }
                    None => {
                        form.inline method="post" action=(scene.api("cuts")) { (ask.hidden()) input type="hidden" name="lever" value=(card.label);
                            button.do.first { (ask.say("cut-do")) } }
                        span.soft { (ask.say("cut-writes")) }
                    }
                }
            }
            @if ask.visitor.may(Permission::Act, None) { (photo::form(ask, card.label)) }
        }
    }
}

/// An option with its figures above its button; `explained`, with each thing that it cuts and what stays in reach.
pub(crate) fn choice(ask: &Ask, scene: &Scene, option: &Containment, explained: bool) -> Markup {
    let words = &ask.words;
    let names = scene.names();
    let lead = ask.visitor.may(Permission::Lead, scene.incident.site.as_deref());
    html! {
        div.choice {
            b { (plain(&option.phrase(BY_NAME, words))) }
            @if explained && option.actions.len() > BY_NAME {
                ul.acts { @for action in &option.actions { li { (plain(action)) } } }
            }
            (figures(option, words))
            @if option.unproven { p.warn { (ask.say("unproven-cut")) } }
            @if let Some(first) = option.pays.first() {
                p.soft { (plain(&words.say_with("option-pays", &[("service", names.node(first).into()), ("count", (option.pays.len() - 1).into())]))) }
            }
            @if explained && !option.still_reachable.is_empty() {
                p.soft { (words.say_with("still-reachable", &[("count", option.still_reachable.len().into())])) " "
                    (plain(&option.still_reachable.iter().take(12).map(|id| names.node(id)).collect::<Vec<_>>().join(", "))) }
            }
            @if !option.levers.is_empty() && lead {
                form method="post" action=(scene.api("decisions")) {
                    (ask.hidden())
                    input type="hidden" name="title" value=(option.phrase(usize::MAX, words));
                    input type="hidden" name="levers" value=(levers(option).join(" "));
                    input type="hidden" name="actions" value=(by_hand(option).join(" "));
                    button.do.first { (ask.say("decide-do")) }
                }
            }
        }
    }
}

fn levers(option: &Containment) -> Vec<String> {
    let mut ids: Vec<String> = option.levers.iter().filter_map(|action| action.lever.clone()).collect();
    ids.dedup();
    ids
}

/// Actions that no lever of the map does: `kind:target`.
fn by_hand(option: &Containment) -> Vec<String> {
    let of = |action: &Action| format!("{}:{}", action.kind.word(), action.target);
    option.levers.iter().filter(|action| action.lever.is_none()).map(of).collect()
}

#[derive(Deserialize, utoipa::ToSchema)]
#[schema(as = PullLever)]
struct Pulled {
    /// The lever.
    lever: String,
    /// Who pulled it; the caller, where absent.
    person: Option<String>,
    /// Whether the word came on paper.
    #[serde(default)]
    paper: bool,
}

async fn cut(Path(id): Path<String>, Body(ask, wanted): Body<Pulled>) -> Result<Response> {
    let scene = ask.scene(&id).await?;
    scene.need(&ask, Permission::Write)?;
    lever(scene.need_map()?, &wanted.lever)?;
    let at = Instant::from(scene.now);
    let mut change = ask.begin().await?;
    let cut = Cut {
        id: new_id(),
        version: 0,
        incident: id.clone(),
        lever: wanted.lever.clone(),
        person: wanted.person.unwrap_or_else(|| ask.visitor.name().to_owned()),
        at,
        undone_by: None,
        undone_at: None,
        through: if wanted.paper { Through::Paper } else { Through::Console },
    };
    let cut = change.add(cut).await?;
    let tasks = ask.app.store.of::<Task>(&id).await?;
    for task in tasks.iter().filter(|it| it.lever.as_deref() == Some(&wanted.lever) && it.done_at.is_none()) {
        let done = |it: &mut Task| (it.state, it.done_at) = (TaskState::Done, Some(at));
        change.edit::<Task>(&task.id, None, done).await?;
    }
    let answer = ask.done(change, &cut, &scene.path("cut")).await;
    ask.app.desk.wake();
    answer
}

fn lever<'m>(map: &'m Map, id: &str) -> Result<(LeverId, &'m hospital::Lever)> {
    let place = map.levers.iter().position(|lever| lever.id == id);
    let place = place.ok_or_else(|| Problem::bad(Said::new("refusal-no-lever").with("id", id)))?;
    Ok((LeverId(place as u32), &map.levers[place]))
}

async fn undo(
    Path((id, cut)): Path<(String, String)>,
    Body(ask, Nothing {}): Body<Nothing>,
) -> Result<Response> {
    let scene = ask.scene(&id).await?;
    scene.need(&ask, Permission::Act)?;
    let (by, at) = (ask.visitor.name().to_owned(), Instant::from(scene.now));
    let mut change = ask.begin().await?;
    if change.read::<Cut>(&cut).await?.incident != id {
        return Err(Problem::missing(Said::new("refusal-no-cut")));
    }
    let cut = change
        .edit::<Cut>(&cut, ask.write.seen, |it| (it.undone_by, it.undone_at) = (Some(by), Some(at)))
        .await?;
    let answer = ask.done(change, &cut, &scene.path("cut")).await;
    ask.app.desk.wake();
    answer
}

#[derive(Deserialize, utoipa::ToSchema)]
struct Decide {
    /// What is decided.
    title: String,
    /// Why; what was known.
    #[serde(default)]
    why: String,
    /// Levers that it pulls.
    #[serde(default, deserialize_with = "several")]
    levers: Vec<String>,
    /// Actions by hand that no lever of the map does: `kind:target`.
    #[serde(default, deserialize_with = "several")]
    actions: Vec<String>,
    /// Who decides; the caller, where absent.
    person: Option<String>,
    /// `taken` unless it is to wait.
    state: Option<DecisionState>,
    /// By when, where it waits: RFC 3339, a local day with its hour, or `HH:MM`.
    due_at: Option<String>,
}

async fn decide(Path(id): Path<String>, Body(ask, wanted): Body<Decide>) -> Result<Response> {
    let scene = ask.scene(&id).await?;
    scene.need(&ask, Permission::Lead)?;
    if wanted.title.trim().is_empty() {
        return Err(Problem::bad(Said::new("refusal-decide-title")));
    }
    for id in &wanted.levers {
        lever(scene.need_map()?, id)?;
    }
    let now = Instant::from(scene.now);
    let state = wanted.state.unwrap_or(DecisionState::Taken);
    let read = |text: &str| moment::ahead(text, scene.now, ask.words.zone());
    let due_at = moment::field(Said::new("field-due-at"), wanted.due_at.as_deref(), read)?;
    let option = option_of(&scene, &wanted.levers, &wanted.actions);
    let decision = Decision {
        id: new_id(),
        version: 0,
        incident: id.clone(),
        title: wanted.title,
        why: wanted.why,
        state,
        levers: List(wanted.levers),
        actions: List(wanted.actions),
        price: option.map(|it| it.care_lost),
        saved: option.map(|it| it.care_saved),
        person: wanted.person.unwrap_or_else(|| ask.visitor.name().to_owned()),
        due_at,
        at: now,
        taken_at: (state == DecisionState::Taken).then_some(now),
    };
    let mut change = ask.begin().await?;
    let decision = change.add(decision).await?;
    if state == DecisionState::Taken {
        for task in tasks(&ask, &scene, &decision)? {
            change.add(task).await?;
        }
    }
    ask.done(change, &decision, &scene.path("cut")).await
}

/// The option of the assessment that is these levers and actions: its figures are shown, never the caller's.
pub(crate) fn option_of<'a>(
    scene: &'a Scene,
    pulled: &[String],
    actions: &[String],
) -> Option<&'a Containment> {
    if pulled.is_empty() && actions.is_empty() {
        return None;
    }
    let same = |option: &&Containment| levers(option) == pulled && by_hand(option) == actions;
    scene.assessment()?.containment.iter().find(same)
}

/// What a decision leaves to do: one task a lever, one an action by hand.
pub(crate) fn tasks(ask: &Ask, scene: &Scene, decision: &Decision) -> Result<Vec<Task>> {
    let mut tasks = Vec::new();
    for id in &decision.levers.0 {
        let (_, lever) = lever(scene.need_map()?, id)?;
        let detail = [lever.place.as_deref(), lever.who.as_deref()]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(" · ");
        let title = ask.say_with("task-pull", &[("lever", format!("{} ({})", lever.label, lever.id).into())]);
        tasks.push(task(ask, scene, decision, title, detail, Some(id.clone())));
    }
    for action in &decision.actions.0 {
        let (kind, target) = action.split_once(':').unwrap_or(("isolate", action));
        let what = ask.say(&format!("action-{kind}"));
        let title = format!("{what}: {}", plain(scene.names().node(target)));
        tasks.push(task(ask, scene, decision, title, String::new(), None));
    }
    Ok(tasks)
}

fn task(
    ask: &Ask,
    scene: &Scene,
    decision: &Decision,
    title: String,
    detail: String,
    lever: Option<String>,
) -> Task {
    let id = new_id();
    // The end of a UUIDv7 is random: four letters are enough to find a task on paper.
    let code = id.chars().rev().take(4).collect::<String>().to_uppercase();
    Task {
        id,
        version: 0,
        incident: scene.incident.id.clone(),
        title,
        detail,
        person: None,
        account: None,
        team: None,
        playbook: None,
        state: TaskState::Open,
        blocked_by: None,
        due_at: None,
        decision: Some(decision.id.clone()),
        lever,
        code,
        author: ask.visitor.name().to_owned(),
        at: Instant::from(scene.now),
        done_at: None,
    }
}

/// The red folder: what to print while all is calm.
async fn folder(ask: Ask) -> Result<Response> {
    let body = html! {
        h1 { (ask.say("folder-title")) }
        p.lede { (ask.say("folder-lede")) }
        ul.lines {
            @for what in ["red", "cards", "labels", "wards"] {
                li { span { b { (ask.say(&format!("folder-{what}"))) } br; span.soft { (ask.say(&format!("folder-{what}-does"))) } }
                    a.do href={ "/folder/" (what) } { (ask.say("folder-open")) } }
            }
            @if ask.visitor.may(Permission::Keep, None) {
                li { span { b { (ask.say("wards-codes")) } br; span.soft { (ask.say("folder-codes-does")) } } a.do href="/hospital/ward-codes" { (ask.say("folder-open")) } }
            }
        }
    };
    Ok(frame::page(&ask, None, "folder", &ask.say("room-folder"), body))
}

async fn printed(ask: Ask, Path(what): Path<String>) -> Result<Response> {
    let sheet = ask.app.shelf.latest(&ask.app.store).await?;
    let map = sheet
        .as_ref()
        .map(|it| &*it.map)
        .ok_or_else(|| Problem::conflict("no-map", Said::new("refusal-no-map-yet")))?;
    let links = paper::Links::to(&ask.app.url).unwrap_or_default();
    let file = match what.as_str() {
        "red" => paper::folder(map, &ask.words, ask.wall, &links),
        "cards" => paper::cards(map, &ask.words, ask.wall),
        "labels" => paper::labels(map, &ask.words),
        "wards" => paper::wards(map, &ask.words, ask.wall, &links),
        _ => return Err(Problem::missing(Said::new("refusal-print"))),
    };
    Ok(print(file))
}
