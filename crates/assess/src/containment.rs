//! Containment options as rows, each a sentence that a director understands.

use std::collections::{BTreeMap, BTreeSet};

use hospital::{Cut, Lever, LeverId, Loss, Map, NodeId, Scenario, Situation};
use jiff::Timestamp;
use respond::{Choice, Kind, Options};

use crate::assessment::{Action, ActionKind, Containment};
use crate::restoration::TENTHS;
use crate::stances::Stances;
use crate::words::Words;

/// Hundredths of tenths of weighted care-seconds in a care-hour.
const HUNDREDTHS: f64 = 100.0 * TENTHS;
/// How the id of a lever made for the night begins.
const HAND: char = '~';

/// Compromised machines up to this many may each be isolated or left; more go together.
const APART: usize = 5;
/// Names given in a sentence before the rest is counted.
const NAMES: usize = 3;

/// The options of a night, in no language.
pub(crate) struct Cutting {
    options: Options,
    horizon: u64,
}

/// Works out what may still be cut after some levers were pulled, where `away` is what is lost and not back. Besides
/// the map's levers, what is lost and what is compromised may be isolated by hand.
pub(crate) fn cutting(
    map: &Map,
    stances: &Stances,
    away: Vec<Loss>,
    pulled: &[(LeverId, Timestamp)],
    now: Timestamp,
    horizon: u64,
) -> Cutting {
    let map = &with_hands(map, stances, |_, _| String::new());
    let scenario = Scenario { percent: 100, compromised: stances.compromised.clone() };
    let made = pulled.iter().map(|(lever, at)| (*at, Cut::of(map, &[*lever]))).collect();
    let situation = Situation::new(map, now, horizon, map.spread, away, vec![scenario]).after(made);
    let left = |lever: &LeverId| !pulled.iter().any(|(pulled, _)| pulled == lever);
    let levers: Vec<LeverId> =
        (0..map.levers.len()).map(|place| LeverId(place as u32)).filter(left).collect();
    Cutting { options: respond::options(&situation, &levers), horizon }
}

impl Cutting {
    /// Doing nothing first, as the measure of the others; then the Pareto front, cheapest first.
    pub(crate) fn rows(&self, map: &Map, stances: &Stances, words: &Words) -> Vec<Containment> {
        let label = |key: &str, names: &[String]| {
            words.say_with(key, &[("target", short(names, words).into()), ("count", names.len().into())])
        };
        let map = &with_hands(map, stances, label);
        let nothing = std::iter::once(&self.options.nothing);
        let others = self.options.front.iter().filter(|choice| !choice.actions.is_empty());
        nothing.chain(others).map(|choice| row(map, choice, self.horizon, words)).collect()
    }
}

/// The map with a lever more for what hands can isolate: all that is lost, and what is compromised. Their ids
/// begin with `~`, which no slug does and which stands after every letter: levers stay in order. `label` names them,
/// from a key of words and the names of their machines.
fn with_hands(map: &Map, stances: &Stances, label: impl Fn(&str, &[String]) -> String) -> Map {
    let mut map = map.clone();
    let lost: Vec<NodeId> = stances.lost.iter().map(|loss| loss.node).collect();
    let mut groups = vec![lost];
    if stances.compromised.len() <= APART {
        groups.extend(stances.compromised.iter().map(|node| vec![*node]));
    } else {
        groups.push(stances.compromised.clone());
    }
    for (place, group) in groups.into_iter().enumerate().filter(|(_, group)| !group.is_empty()) {
        let names: Vec<String> = group.iter().map(|node| map.node(*node).name.clone()).collect();
        let key = match (place, group.len()) {
            (_, 1) => "hand-one",
            (0, _) => "hand-lost",
            _ => "hand-compromised",
        };
        map.levers.push(Lever {
            id: format!("{HAND}{place}"),
            label: label(key, &names),
            isolates: group,
            closes: Vec::new(),
            disables: Vec::new(),
            place: None,
            photo: None,
            who: None,
            minutes: None,
            undo: None,
        });
    }
    map
}

impl Containment {
    /// What is done, in a few words: the first `most` actions by name, the others counted.
    #[must_use]
    pub fn phrase(&self, most: usize, words: &Words) -> String {
        if self.actions.is_empty() {
            return words.say("option-none");
        }
        let mut named: Vec<String> = self.actions.iter().take(most).cloned().collect();
        if self.actions.len() > most {
            named.push(words.say_with("option-others", &[("count", (self.actions.len() - most).into())]));
        }
        flowing(&words.list(&named))
    }
}

fn row(map: &Map, choice: &Choice, horizon: u64, words: &Words) -> Containment {
    Containment {
        levers: choice
            .actions
            .iter()
            .map(|action| Action {
                lever: action
                    .lever
                    .map(|lever| &map.levers[lever.index()].id)
                    .filter(|id| !id.starts_with(HAND))
                    .cloned(),
                kind: kind(action.kind),
                target: action.target.id(map).to_owned(),
            })
            .collect(),
        care_lost: choice.price as f64 / TENTHS,
        danger: choice.danger as f64 / HUNDREDTHS,
        care_saved: choice.saved as f64 / HUNDREDTHS,
        horizon: horizon as f64 / 3600.0,
        at_least: choice.at_least(),
        minutes: choice.minutes,
        still_reachable: choice.still_reachable.iter().map(|node| map.id(*node).to_owned()).collect(),
        actions: actions(map, choice, words),
        pays: choice.pays.iter().map(|node| map.id(*node).to_owned()).collect(),
        sentence: sentence(map, choice, words),
        unproven: false,
    }
}

fn kind(kind: Kind) -> ActionKind {
    match kind {
        Kind::CutInternet => ActionKind::CutInternet,
        Kind::Isolate => ActionKind::Isolate,
        Kind::SwitchOff => ActionKind::SwitchOff,
        Kind::Close => ActionKind::Close,
        Kind::Disable => ActionKind::Disable,
    }
}

/// What is done, in words: one entry a lever, one a kind of action by hand.
fn actions(map: &Map, choice: &Choice, words: &Words) -> Vec<String> {
    let mut named = BTreeSet::new();
    let mut made: BTreeMap<ActionKind, Vec<String>> = BTreeMap::new();
    let mut actions = Vec::new();
    for action in &choice.actions {
        match action.lever {
            Some(lever) if !named.insert(lever) => {}
            Some(lever) => actions.push(inner(&map.levers[lever.index()].label)),
            None => made.entry(kind(action.kind)).or_default().push(target(map, action)),
        }
    }
    for (kind, targets) in made {
        actions.push(
            words.say_with(&format!("do-{}", kind.word()), &[("target", short(&targets, words).into())]),
        );
    }
    actions
}

fn sentence(map: &Map, choice: &Choice, words: &Words) -> String {
    let hours = |hundredths: i64| words.care_hours(hundredths as f64 / HUNDREDTHS);
    let reach = choice.still_reachable.len();
    if choice.actions.is_empty() {
        return words
            .say_with("option-nothing", &[("danger", hours(choice.danger).into()), ("reach", reach.into())]);
    }
    let actions = actions(map, choice, words);
    let mut sentence = words.say_with(
        "option-cut",
        &[
            ("actions", flowing(&words.list(&actions)).into()),
            ("price", words.care_hours(choice.price as f64 / TENTHS).into()),
            ("saved", hours(choice.saved).into()),
            ("reach", reach.into()),
        ],
    );
    if let Some(first) = choice.pays.first() {
        let more = choice.pays.len() - 1;
        let service = map.node(*first).name.as_str();
        sentence = format!(
            "{sentence} {}",
            words.say_with("option-pays", &[("service", service.into()), ("count", more.into())])
        );
    }
    sentence
}

fn target(map: &Map, action: &respond::Action) -> String {
    match action.target {
        respond::Target::Node(node) => map.node(node).name.clone(),
        respond::Target::Site(site) => map.sites[site.index()].name.clone(),
        respond::Target::Flow(flow) => map.flows[flow.index()].id.clone(),
    }
}

fn short(names: &[String], words: &Words) -> String {
    match names.len().checked_sub(NAMES).filter(|more| *more > 1) {
        None => words.list(names),
        Some(more) => {
            format!("{} {}", names[..NAMES].join(", "), words.say_with("more", &[("count", more.into())]))
        }
    }
}

/// A label within a sentence: its capital goes, unless it belongs to an acronym.
fn inner(label: &str) -> String {
    let mut rest = label.chars();
    match (rest.next(), rest.clone().next()) {
        (Some(first), Some(second)) if second.is_lowercase() => first.to_lowercase().chain(rest).collect(),
        _ => label.to_owned(),
    }
}

/// A sentence begins with a capital.
fn flowing(text: &str) -> String {
    let mut rest = text.chars();
    rest.next().map_or_else(String::new, |first| first.to_uppercase().chain(rest).collect())
}
