//! What would follow: losses and cuts that somebody asks about, on top of what is.
//!
//! Invariant: what is asked about changes nothing that is kept; figures come from `hospital` alone.

use std::collections::{BTreeMap, BTreeSet};

use assess::{Assessment, Care, Said, State, care_of};
use detect::Stance;
use hospital::{Cut, Effect, Impact, Kind, LeverId, Loss, Map, NodeId, Scenario, Situation, nearest};
use jiff::Timestamp;
use serde::Serialize;
use store::Instant;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::{IntoParams, PartialSchema as _};

use crate::problem::{Problem, Result};

/// When a service degrades and when it stops.
type Clocks = (Option<Timestamp>, Option<Timestamp>);

/// How far ahead price and danger count while all is calm, in seconds.
pub(super) const HORIZON: u64 = 86_400;
/// Things that may be asked about at once.
const ASKED_MAX: usize = 500;

/// What the evidence and people say of the map's assets, and what was cut.
#[derive(Default)]
pub(super) struct Stances {
    of: BTreeMap<NodeId, (Stance, Timestamp)>,
    made: Vec<(Timestamp, Cut)>,
}

impl Stances {
    /// Of an assessment, after these levers were pulled; what was lost and is back has no stance.
    pub(super) fn of(
        assessment: Option<&Assessment>,
        pulled: &[(LeverId, Timestamp)],
        map: &Map,
        now: Timestamp,
    ) -> Stances {
        let returns = assessment.and_then(|it| it.restoration.as_ref()).map(|it| it.nodes.as_slice());
        let is_back = |id: &str| {
            let back = returns.unwrap_or_default().iter().find(|it| it.id == id);
            back.and_then(|it| it.back_at).is_some_and(|at| at <= now)
        };
        let of = |stance| assessment.into_iter().flat_map(move |it| it.with_stance(stance));
        let all = [Stance::Suspected, Stance::Compromised, Stance::Lost].into_iter().flat_map(of);
        let known = all.filter_map(|it| {
            let id = it.id.as_deref().filter(|id| !is_back(id))?;
            Some((map.find(id)?, (it.stance, it.since.unwrap_or(now).min(now))))
        });
        let made = pulled.iter().map(|(lever, at)| (*at, Cut::of(map, &[*lever]))).collect();
        Stances { of: known.collect(), made }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.of.is_empty()
    }

    fn with(&self, stance: Stance) -> impl Iterator<Item = (NodeId, Timestamp)> {
        self.of.iter().filter(move |(_, it)| it.0 == stance).map(|(node, it)| (*node, it.1))
    }
}

/// What is asked about, as the address says it.
#[derive(Clone, Debug, Default)]
pub(super) struct Asked {
    pub(super) lost: Vec<NodeId>,
    pub(super) isolate: Vec<NodeId>,
    pub(super) pull: Vec<LeverId>,
    /// The node whose panel is open.
    pub(super) node: Option<NodeId>,
    /// Which part of the map is drawn.
    pub(super) show: Option<String>,
    /// What is looked for among the machines.
    pub(super) find: String,
}

impl IntoParams for Asked {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let lists = [
            ("lost", "Assets that are lost: ids with commas"),
            ("isolate", "Assets that are cut off: ids with commas"),
            ("pull", "Levers that are pulled: ids with commas"),
        ];
        let one = |(name, about): (&str, &str)| {
            ParameterBuilder::new()
                .name(name)
                .parameter_in(ParameterIn::Query)
                .description(Some(about))
                .schema(Some(String::schema()))
                .build()
        };
        lists.map(one).into()
    }
}

impl Asked {
    /// Reads the pairs of a query; lists come with commas or as repeated names.
    pub(super) fn of(map: &Map, pairs: &[(String, String)]) -> Result<Asked> {
        let mut asked = Asked::default();
        for (name, value) in pairs {
            let ids = value.split(',').map(str::trim).filter(|id| !id.is_empty());
            match name.as_str() {
                "lost" => ids.map(|id| asset(map, id)).try_for_each(|it| it.map(|it| asked.lost.push(it)))?,
                "isolate" => {
                    ids.map(|id| asset(map, id)).try_for_each(|it| it.map(|it| asked.isolate.push(it)))?;
                }
                "pull" => ids.map(|id| lever(map, id)).try_for_each(|it| it.map(|it| asked.pull.push(it)))?,
                "node" => asked.node = map.find(value),
                "show" => {
                    asked.show =
                        Some(value.clone()).filter(|it| ["all", "hot", "near"].contains(&it.as_str()));
                }
                "q" => asked.find = value.chars().take(80).collect(),
                _ => {}
            }
            if asked.lost.len() + asked.isolate.len() + asked.pull.len() > ASKED_MAX {
                return Err(Problem::bad(Said::new("refusal-whatif-many").with("most", ASKED_MAX)));
            }
        }
        for list in [&mut asked.lost, &mut asked.isolate] {
            list.sort_unstable();
            list.dedup();
        }
        asked.pull.sort_unstable();
        asked.pull.dedup();
        Ok(asked)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.lost.is_empty() && self.isolate.is_empty() && self.pull.is_empty()
    }

    /// Whether [`Asked::address`] has a query.
    pub(super) fn has_query(&self) -> bool {
        !self.is_empty() || self.node.is_some()
    }

    /// The address that asks the same, without the part drawn.
    pub(super) fn address(&self, map: &Map, base: &str) -> String {
        let nodes = |list: &[NodeId]| list.iter().map(|node| map.id(*node)).collect::<Vec<_>>().join(",");
        let pull =
            self.pull.iter().map(|lever| map.levers[lever.index()].id.as_str()).collect::<Vec<_>>().join(",");
        let node = self.node.map(|node| map.id(node).to_owned()).unwrap_or_default();
        let parts =
            [("lost", nodes(&self.lost)), ("isolate", nodes(&self.isolate)), ("pull", pull), ("node", node)];
        let parts: Vec<String> = parts
            .into_iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        if parts.is_empty() { base.to_owned() } else { format!("{base}?{}", parts.join("&")) }
    }

    /// The address that asks the same with another node's panel.
    pub(super) fn with_node(&self, map: &Map, id: &str, base: &str) -> String {
        let other = Asked { node: map.find(id), ..self.clone() };
        let show = self.show.as_ref().map(|show| format!("&show={show}")).unwrap_or_default();
        other.address(map, base) + &show + "#panel"
    }

    /// Machines to offer: those asked about, those that answer to what is looked for, those that the evidence names.
    pub(super) fn offered(&self, map: &Map, stances: &Stances, most: usize) -> Vec<NodeId> {
        let mut all: Vec<NodeId> = self.lost.iter().chain(&self.isolate).copied().collect();
        let wanted = fold(&self.find);
        if wanted.is_empty() {
            all.extend(
                stances.with(Stance::Compromised).chain(stances.with(Stance::Suspected)).map(|it| it.0),
            );
            all.extend(self.node.filter(|node| matches!(map.node(*node).kind, Kind::Asset(_))));
        } else {
            let answers =
                |node: &hospital::Node| fold(&node.name).contains(&wanted) || node.id.contains(&wanted);
            all.extend(map.assets().filter(|(_, node, _)| answers(node)).map(|(id, _, _)| id));
        }
        let mut seen = BTreeSet::new();
        all.retain(|node| seen.insert(*node));
        all.truncate(most.max(self.lost.len() + self.isolate.len()));
        all
    }
}

fn fold(text: &str) -> String {
    text.trim().to_lowercase()
}

fn asset(map: &Map, id: &str) -> Result<NodeId> {
    let found = map.find(id).ok_or_else(|| {
        let near = nearest(id, map.nodes.iter().map(|node| node.id.as_str()));
        Problem::bad(match near {
            Some(near) => Said::new("refusal-no-node-near").with("id", id).with("near", near),
            None => Said::new("refusal-no-node").with("id", id),
        })
    })?;
    match map.node(found).kind {
        Kind::Asset(_) => Ok(found),
        _ => Err(Problem::bad(Said::new("refusal-no-machine").with("id", id))),
    }
}

fn lever(map: &Map, id: &str) -> Result<LeverId> {
    let place = map.levers.iter().position(|lever| lever.id == id);
    place
        .map(|place| LeverId(place as u32))
        .ok_or_else(|| Problem::bad(Said::new("refusal-no-pull").with("id", id)))
}

/// What is, and what would be.
pub(super) struct Foreseen {
    pub(super) asked: Asked,
    /// Care that fails then, soonest first.
    pub(super) care: Vec<Care>,
    /// What fails then.
    pub(super) losing: Impact,
    /// What fails already, or will, if nothing more happens.
    pub(super) before: Impact,
    /// What an attacker can still reach then.
    pub(super) reach: Vec<NodeId>,
    /// Services that fail sooner if every compromised asset is lost now.
    pub(super) at_risk: Vec<Care>,
    stances: BTreeMap<NodeId, (Stance, Timestamp)>,
    /// What levers isolate that are pulled already.
    cut_off: BTreeSet<NodeId>,
    now: Timestamp,
    horizon: u64,
    cut: Cut,
    price: i64,
    danger: i64,
    danger_before: i64,
}

/// Tenths of weighted care-seconds in a care-hour.
const TENTHS: f64 = 36_000.0;

impl Foreseen {
    pub(super) fn of(map: &Map, now: Timestamp, horizon: u64, stances: &Stances, asked: Asked) -> Foreseen {
        let hit = |(node, at)| Loss { node, at, how: Effect::Stops };
        let lost: Vec<Loss> = stances.with(Stance::Lost).map(hit).collect();
        let compromised: Vec<NodeId> = stances.with(Stance::Compromised).map(|it| it.0).collect();
        let scenario = || vec![Scenario { percent: 100, compromised: compromised.clone() }];
        let cut = {
            let mut cut = Cut::of(map, &asked.pull);
            cut.isolated.extend(&asked.isolate);
            cut
        };
        let situation = |lost, scenarios| {
            Situation::new(map, now, horizon, map.spread, lost, scenarios).after(stances.made.clone())
        };
        let is = situation(lost.clone(), scenario());
        // Care knows no difference between a machine that is lost now and one that is isolated now.
        let stopped =
            Cut { isolated: cut.isolated.iter().chain(&asked.lost).copied().collect(), ..cut.clone() };
        let price = is.price(&stopped);
        let danger_before = is.danger(&Cut::default());
        let (losing, before) = (is.care(&stopped), is.care(&Cut::default()));
        let mut more = lost;
        more.extend(asked.lost.iter().map(|node| hit((*node, now))));
        let then = situation(more.clone(), scenario());
        let (danger, reach) = (then.danger(&cut), then.still_reachable(&cut));
        more.extend(compromised.iter().map(|node| hit((*node, now))));
        let risk = situation(more, Vec::new()).care(&cut);
        let sooner = |row: &&Care| {
            map.find(&row.service).is_some_and(|node| {
                let earlier = |risk: Option<Timestamp>, known: Option<Timestamp>| {
                    risk.is_some_and(|at| known.is_none_or(|known| at < known))
                };
                earlier(risk.degrades_at(node), losing.degrades_at(node))
                    || earlier(risk.stops_at(node), losing.stops_at(node))
            })
        };
        let at_risk = care_of(map, &risk)
            .iter()
            .filter(sooner)
            .map(|row| Care { outlook: assess::Outlook::AtRisk, ..row.clone() })
            .collect();
        Foreseen {
            care: care_of(map, &losing),
            losing,
            before,
            reach,
            at_risk,
            stances: stances.of.clone(),
            cut_off: stances.made.iter().flat_map(|(_, made)| made.isolated.iter().copied()).collect(),
            now,
            horizon,
            cut,
            price,
            danger,
            danger_before,
            asked,
        }
    }

    pub(super) fn price_hours(&self) -> f64 {
        self.price as f64 / TENTHS
    }

    pub(super) fn danger_hours(&self) -> f64 {
        self.danger as f64 / TENTHS / 100.0
    }

    pub(super) fn danger_before_hours(&self) -> f64 {
        self.danger_before as f64 / TENTHS / 100.0
    }

    pub(super) fn stance(&self, node: NodeId) -> Option<(Stance, Timestamp)> {
        self.stances.get(&node).copied()
    }

    /// Machines that the evidence names, the gravest first.
    pub(super) fn stanced(&self) -> Vec<NodeId> {
        let mut all: Vec<(Stance, NodeId)> = self.stances.iter().map(|(node, it)| (it.0, *node)).collect();
        all.sort_by_key(|(stance, node)| (std::cmp::Reverse(*stance), *node));
        all.into_iter().map(|(_, node)| node).collect()
    }

    /// How many machines are lost or cut off then.
    pub(super) fn hit_assets(&self) -> usize {
        let lost = self.stances.iter().filter(|(_, it)| it.0 == Stance::Lost).map(|(node, _)| *node);
        let mut all: Vec<NodeId> =
            lost.chain(self.asked.lost.iter().chain(&self.cut.isolated).copied()).collect();
        all.sort_unstable();
        all.dedup();
        all.len()
    }

    /// Services whose clocks differ from what is: the row then, and when they degrade and stop now.
    pub(super) fn changed(&self, map: &Map) -> Vec<(&Care, Clocks)> {
        let of = |row: &Care| {
            map.find(&row.service).map(|node| (self.before.degrades_at(node), self.before.stops_at(node)))
        };
        let pairs = self.care.iter().filter_map(|row| Some((row, of(row)?)));
        pairs.filter(|(row, before)| (row.degrades_at, row.stops_at) != *before).collect()
    }

    /// Services that are hit, then those at risk; the gravest state first, then the soonest.
    pub(super) fn by_urgency(&self, map: &Map, now: Timestamp) -> Vec<&Care> {
        let names = report::Names(Some(map));
        let mut rows: Vec<&Care> = self.care.iter().collect();
        rows.extend(self.at_risk.iter().filter(|row| !self.care.iter().any(|it| it.service == row.service)));
        rows.sort_by_key(|row| report::headline::order(row, names, now));
        rows
    }

    /// A node's shape and the key of its word; nothing for what works and that nobody suspects.
    pub(super) fn sign(&self, map: &Map, node: NodeId, now: Timestamp) -> Option<(State, String)> {
        let key = |state: State| format!("state-{}", report::shape::key(state));
        if self.cut.isolated.contains(&node) || self.cut_off.contains(&node) {
            return Some((State::Stopped, "state-cut-off".to_owned()));
        }
        match self.stance(node).map(|it| it.0) {
            Some(Stance::Lost) => return Some((State::Stopped, "stance-lost".to_owned())),
            _ if self.asked.lost.contains(&node) => return Some((State::Stopped, "stance-lost".to_owned())),
            Some(Stance::Compromised) => return Some((State::Degraded, "stance-compromised".to_owned())),
            Some(Stance::Suspected) => return Some((State::AtRisk, "stance-suspected".to_owned())),
            None => {}
        }
        if matches!(map.node(node).kind, Kind::CareService(_)) {
            let row =
                |rows: &[Care]| rows.iter().find(|row| row.service == map.id(node)).map(|row| row.state(now));
            return row(&self.care).or_else(|| row(&self.at_risk)).map(|state| (state, key(state)));
        }
        let past = |at: Option<Timestamp>| at.is_some_and(|at| at <= now);
        let state = match (self.losing.degrades_at(node), self.losing.stops_at(node)) {
            (None, None) => return None,
            (_, stops) if past(stops) => State::Stopped,
            (degrades, _) if past(degrades) => State::Degraded,
            _ => State::Fallback,
        };
        Some((state, key(state)))
    }

    pub(super) fn json(&self, map: &Map) -> WhatIf {
        let ids = |nodes: &[NodeId]| nodes.iter().map(|node| map.id(*node).to_owned()).collect();
        let wards = self.care.iter().map(|row| {
            let node = map.find(&row.service);
            let before = |at: fn(&Impact, NodeId) -> Option<Timestamp>| {
                node.and_then(|node| at(&self.before, node)).map(Instant::from)
            };
            WardThen {
                service: row.service.clone(),
                site: row.site.clone(),
                degrades_at: row.degrades_at.map(Instant::from),
                stops_at: row.stops_at.map(Instant::from),
                degraded_before: before(Impact::degrades_at),
                stopped_before: before(Impact::stops_at),
                because: row.because.clone(),
            }
        });
        WhatIf {
            now: Instant::from(self.now),
            horizon: self.horizon as f64 / 3600.0,
            lost: ids(&self.asked.lost),
            isolate: ids(&self.asked.isolate),
            pull: self.asked.pull.iter().map(|lever| map.levers[lever.index()].id.clone()).collect(),
            price: self.price_hours(),
            danger: self.danger_hours(),
            danger_before: self.danger_before_hours(),
            care: wards.collect(),
            still_reachable: ids(&self.reach),
        }
    }
}

/// What follows if more is lost or cut.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct WhatIf {
    /// The instant it speaks of.
    now: Instant,
    /// How far ahead the figures count, in hours.
    horizon: f64,
    /// Assets lost besides.
    lost: Vec<String>,
    /// Assets isolated.
    isolate: Vec<String>,
    /// Levers pulled.
    pull: Vec<String>,
    /// Care lost by it, in care-hours.
    price: f64,
    /// Care lost if the attack goes on, in care-hours.
    danger: f64,
    /// The same as things are.
    danger_before: f64,
    /// Care services that fail then.
    care: Vec<WardThen>,
    /// Assets that an attacker can still reach then.
    still_reachable: Vec<String>,
}

/// A care service that fails then.
#[derive(Serialize, utoipa::ToSchema)]
struct WardThen {
    /// The service.
    service: String,
    /// Its site.
    site: String,
    /// When it gets worse then.
    degrades_at: Option<Instant>,
    /// When it stops then.
    stops_at: Option<Instant>,
    /// When it gets worse as things are.
    degraded_before: Option<Instant>,
    /// When it stops as things are.
    stopped_before: Option<Instant>,
    /// From its provider to what was hit.
    because: Vec<String>,
}
