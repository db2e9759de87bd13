//! Containment options as rows, each a sentence that a director understands.

use std::collections::BTreeSet;

use hospital::{LeverId, Map, Situation};
use respond::{Choice, Kind};

use crate::assessment::{Action, Containment};
use crate::restoration::TENTHS;
use crate::words::Words;

/// Hundredths of tenths of weighted care-seconds in a care-hour.
const HUNDREDTHS: f64 = 100.0 * TENTHS;

/// Doing nothing first, as the measure of the others; then the Pareto front, cheapest first.
/// Beside them, what can be done by hand.
pub(crate) fn containment(
    map: &Map,
    situation: &Situation<'_>,
    horizon: u64,
    words: &Words,
) -> (Vec<Containment>, Vec<Containment>) {
    let levers: Vec<LeverId> = (0..map.levers.len()).map(|place| LeverId(place as u32)).collect();
    let options = respond::options(situation, &levers);
    let nothing = std::iter::once(&options.nothing);
    let others = options.front.iter().filter(|choice| !choice.actions.is_empty());
    let rows = nothing.chain(others).map(|choice| row(map, choice, horizon, words)).collect();
    let by_hand = options.by_hand.iter().filter(|choice| !choice.actions.is_empty());
    (rows, by_hand.map(|choice| row(map, choice, horizon, words)).collect())
}

fn row(map: &Map, choice: &Choice, horizon: u64, words: &Words) -> Containment {
    Containment {
        levers: choice
            .actions
            .iter()
            .map(|action| Action {
                lever: action.lever.map(|lever| map.levers[lever.index()].id.clone()),
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
        sentence: sentence(map, choice, words),
    }
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::CutInternet => "cut_internet",
        Kind::Isolate => "isolate",
        Kind::SwitchOff => "switch_off",
        Kind::Close => "close",
        Kind::Disable => "disable",
    }
}

fn sentence(map: &Map, choice: &Choice, words: &Words) -> String {
    let hours = |hundredths: i64| words.care_hours(hundredths as f64 / HUNDREDTHS);
    let reach = choice.still_reachable.len();
    if choice.actions.is_empty() {
        return words
            .say_with("option-nothing", &[("danger", hours(choice.danger).into()), ("reach", reach.into())]);
    }
    let mut named = BTreeSet::new();
    let mut actions = Vec::new();
    for action in &choice.actions {
        match action.lever {
            Some(lever) if !named.insert(lever) => {}
            Some(lever) => actions.push(map.levers[lever.index()].label.clone()),
            None => {
                actions.push(words.say_with(
                    &format!("do-{}", kind(action.kind)),
                    &[("target", target(map, action).into())],
                ))
            }
        }
    }
    let mut sentence = words.say_with(
        "option-cut",
        &[
            ("actions", words.list(&actions).into()),
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
