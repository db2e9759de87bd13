//! What a cut card says, as data: the same on paper and on the console.
//!
//! Invariant: the care that stops is what `hospital` computes for that lever alone, pulled on a calm
//! day and left pulled; what fails anyway is not laid to the lever.

use std::cmp::Reverse;

use assess::Words;
use hospital::{Crossing, Cut, End, FlowId, Impact, Kind, Lever, LeverId, Map, NodeId, Situation};
use jiff::Timestamp;

use super::some_of;

const DAY: u64 = 86_400;
/// Names shown of what a lever cuts.
const NAMED: usize = 3;

/// A lever, with all that the person in front of it must know.
#[derive(Clone, Debug)]
pub struct CardFacts<'m> {
    /// The id on the equipment and on the card.
    pub label: &'m str,
    /// What to cut, in words.
    pub title: &'m str,
    /// Building, room, rack.
    pub place: Option<&'m str>,
    /// Picture of the place, as the map names it.
    pub photo: Option<&'m str>,
    /// Who may pull it.
    pub who: Option<&'m str>,
    /// How long it takes, in minutes.
    pub minutes: Option<u32>,
    /// How to undo it.
    pub undo: Option<&'m str>,
    /// What it does to machines, ways and accounts: one sentence a kind.
    pub does: Vec<String>,
    /// Whether the map leaves out a way that it closes: then it costs at least what is told.
    pub at_least: bool,
    /// The care it stops or worsens: what stops within a day by its instant, then the weightiest.
    pub care: Vec<CareFact<'m>>,
}

/// A care service that a lever stops or worsens.
#[derive(Clone, Debug)]
pub struct CareFact<'m> {
    /// Its id.
    pub service: &'m str,
    /// Its name.
    pub name: &'m str,
    /// The name of its site.
    pub site: &'m str,
    /// Harm of an hour stopped, 0 to 100.
    pub weight: u32,
    /// Seconds from the pull until it gets worse; absent where it stops without getting worse first.
    pub worse_after: Option<u64>,
    /// Seconds from the pull until it stops; absent where it only gets worse.
    pub stops_after: Option<u64>,
    /// The same in words: "worse after 20 min, stops after 4 h".
    pub sentence: String,
}

impl CareFact<'_> {
    /// Whether it stops within a day of the pull.
    #[must_use]
    pub fn stops_soon(&self) -> bool {
        self.stops_after.is_some_and(|seconds| seconds <= DAY)
    }
}

impl CardFacts<'_> {
    /// What pulling it costs in care, in one sentence.
    #[must_use]
    pub fn care_sentence(&self, words: &Words) -> String {
        let told = self.told(words);
        if self.at_least { format!("{told} {}", words.say("paper-at-least")) } else { told }
    }

    fn told(&self, words: &Words) -> String {
        if self.care.is_empty() {
            return words.say("paper-nothing-stops");
        }
        let soon = self.care.iter().filter(|care| care.stops_soon()).count();
        let later = self.care.len() - soon;
        words.say_with("paper-stops", &[("soon", soon.into()), ("later", later.into())])
    }
}

/// The card of one lever.
#[must_use]
pub fn card_facts<'m>(map: &'m Map, words: &Words, lever: LeverId) -> CardFacts<'m> {
    Weigher::new(map).facts(words, lever)
}

/// The cards of every lever, in the order of the map.
#[must_use]
pub fn all_card_facts<'m>(map: &'m Map, words: &Words) -> Vec<CardFacts<'m>> {
    let weigher = Weigher::new(map);
    (0..map.levers.len()).map(|place| weigher.facts(words, LeverId(place as u32))).collect()
}

/// A calm day on which levers are tried; its date means nothing.
struct Weigher<'m> {
    map: &'m Map,
    situation: Situation<'m>,
    calm: Impact,
    crossings: Vec<Crossing>,
}

impl<'m> Weigher<'m> {
    fn new(map: &'m Map) -> Self {
        let situation = Situation::new(map, PULL, 0, map.spread, Vec::new(), Vec::new());
        let calm = situation.care(&Cut::default());
        Self { map, situation, calm, crossings: hospital::crossing_needs(map) }
    }

    fn facts(&self, words: &Words, lever: LeverId) -> CardFacts<'m> {
        let map = self.map;
        let row = &map.levers[lever.index()];
        let impact = self.situation.care(&Cut::of(map, &[lever]));
        let mut care: Vec<CareFact<'m>> = map
            .care()
            .filter_map(|(node, row, service)| {
                let worse = sooner(impact.degrades_at(node), self.calm.degrades_at(node));
                let stops = sooner(impact.stops_at(node), self.calm.stops_at(node));
                let worse = worse.filter(|at| stops.is_none_or(|stop| *at < stop));
                (worse.is_some() || stops.is_some()).then(|| CareFact {
                    service: &row.id,
                    name: &row.name,
                    site: &map.sites[service.site.index()].name,
                    weight: service.weight,
                    worse_after: worse,
                    stops_after: stops,
                    sentence: when(words, worse, stops),
                })
            })
            .collect();
        care.sort_by_key(|care| {
            let soon = care.stops_after.filter(|_| care.stops_soon());
            (soon.is_none(), soon, Reverse(care.weight), care.worse_after.or(care.stops_after), care.service)
        });
        CardFacts {
            label: &row.id,
            title: &row.label,
            place: row.place.as_deref(),
            photo: row.photo.as_deref(),
            who: row.who.as_deref(),
            minutes: row.minutes,
            undo: row.undo.as_deref(),
            does: does(map, words, row),
            at_least: lever_crosses(map, &self.crossings, row),
            care,
        }
    }
}

const PULL: Timestamp = Timestamp::UNIX_EPOCH;

/// Seconds from the pull to an instant that comes because of it.
fn sooner(pulled: Option<Timestamp>, calm: Option<Timestamp>) -> Option<u64> {
    let pulled = pulled.filter(|at| calm.is_none_or(|calm| *at < calm))?;
    u64::try_from(pulled.as_second() - PULL.as_second()).ok()
}

/// "worse after 20 min, stops after 4 h".
fn when(words: &Words, worse: Option<u64>, stops: Option<u64>) -> String {
    let say = |seconds: u64, now: &str, after: &str| match seconds {
        0 => words.say(now),
        _ => words.say_with(after, &[("span", words.span(seconds).into())]),
    };
    let worse = worse.map(|seconds| say(seconds, "paper-worse-now", "paper-worse"));
    let stops = stops.map(|seconds| say(seconds, "paper-stops-now", "paper-stops-after"));
    worse.into_iter().chain(stops).collect::<Vec<_>>().join(", ")
}

fn does(map: &Map, words: &Words, lever: &Lever) -> Vec<String> {
    let nodes =
        |nodes: &[NodeId]| some_of(nodes.iter().map(|node| map.node(*node).name.as_str()), NAMED, words);
    let ways: Vec<String> = lever.closes.iter().map(|flow| way(map, *flow)).collect();
    let all = [
        ("do-isolate", nodes(&lever.isolates)),
        ("do-close", some_of(ways.iter().map(String::as_str), NAMED, words)),
        ("do-disable", nodes(&lever.disables)),
    ];
    let said = all.into_iter().filter(|(_, names)| !names.is_empty());
    said.map(|(key, names)| words.say_with(key, &[("target", names.into())])).collect()
}

/// "Workstations → Servers".
fn way(map: &Map, flow: FlowId) -> String {
    let name = |end: End| match end {
        End::Zone(zone) => map.zones[zone.index()].name.as_str(),
        End::Asset(asset) => map.node(asset).name.as_str(),
    };
    let flow = &map.flows[flow.index()];
    format!("{} → {}", name(flow.from), name(flow.to))
}

/// Whether a need runs between the ends of a way that the lever closes, and the map does not say so.
fn lever_crosses(map: &Map, crossings: &[Crossing], lever: &Lever) -> bool {
    let zone = |node: NodeId| match &map.node(node).kind {
        Kind::Asset(asset) => asset.zone,
        _ => None,
    };
    let is = |end: End, node: NodeId| match end {
        End::Asset(asset) => asset == node,
        End::Zone(other) => zone(node) == Some(other),
    };
    lever.closes.iter().map(|flow| &map.flows[flow.index()]).any(|flow| {
        crossings.iter().any(|it| {
            is(flow.from, it.node) && is(flow.to, it.provider)
                || is(flow.from, it.provider) && is(flow.to, it.node)
        })
    })
}
