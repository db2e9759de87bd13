//! The rules of restoration, written a second time and slowly: what a plan breaks of them.
//!
//! Shares nothing with the planner but the map's types and the one function of harm.

use std::collections::{BTreeMap, BTreeSet};

use hospital::{Absence, Closures, Effect, Harm, Kind, Map, NodeId, Step, StepId, Team, Work, harm, impact};
use jiff::{SignedDuration, Timestamp};
use recover::{Plan, PlannedStep, Question};

/// What the plan breaks, in words.
pub fn broken(question: &Question, plan: &Plan) -> Vec<String> {
    let mut broken = Vec::new();
    let lost = lost(question);
    steps(question, plan, &lost, &mut broken);
    resources(question, plan, &mut broken);
    returns(question, plan, &lost, &mut broken);
    if plan.bound > plan.care_lost || plan.care_lost > plan.heaviest_first {
        broken.push(format!("{} ≤ {} ≤ {}", plan.bound, plan.care_lost, plan.heaviest_first));
    }
    broken
}

/// Lost nodes and since when: what was hit to a stop, and applications with steps that this stops.
pub fn lost(question: &Question) -> BTreeMap<NodeId, Timestamp> {
    let map = question.map;
    let failed = impact(map, question.losses, &Closures::of(map, question.now));
    let mut lost: BTreeMap<NodeId, Timestamp> = map
        .all()
        .filter(|(_, row)| matches!(row.kind, Kind::Application(_)) && row.restore.is_some())
        .filter_map(|(id, _)| Some((id, failed.stops_at(id)?)))
        .collect();
    for loss in question.losses.iter().filter(|loss| loss.how == Effect::Stops) {
        lost.insert(loss.node, loss.at);
    }
    lost
}

pub fn step(map: &Map, id: StepId) -> &Step {
    &map.node(id.node).restore.as_ref().expect("a node with steps")[id.step as usize]
}

/// Seconds of a step and the bytes a second that it takes.
pub fn work(map: &Map, step: &Step) -> (i64, u64) {
    match step.work {
        Work::Labour { likely, .. } => (likely as i64, 0),
        Work::Copy { store, size, rate } => {
            let whole = map.stores[store.index()].rate.unwrap_or(u64::MAX);
            let rate = rate.unwrap_or(whole).min(whole);
            ((size as f64 / rate as f64).ceil() as i64, rate)
        }
    }
}

fn steps(question: &Question, plan: &Plan, lost: &BTreeMap<NodeId, Timestamp>, broken: &mut Vec<String>) {
    let map = question.map;
    let by_id: BTreeMap<StepId, &PlannedStep> = plan.steps.iter().map(|it| (it.step, it)).collect();
    if by_id.len() != plan.steps.len() {
        broken.push("a step is planned twice".into());
    }
    for planned in &plan.steps {
        let row = step(map, planned.step);
        if planned.start < question.now {
            broken.push(format!("{} starts before now", row.id));
        }
        if planned.end.duration_since(planned.start).as_secs() != work(map, row).0 {
            broken.push(format!("{} has a wrong length", row.id));
        }
        for earlier in row.after.iter().filter(|id| lost.contains_key(&id.node)) {
            if by_id.get(earlier).is_none_or(|earlier| earlier.end > planned.start) {
                broken.push(format!("{} starts before {} is done", row.id, step(map, *earlier).id));
            }
        }
    }
    for back in plan.returns.iter().filter(|back| back.whole.is_some()) {
        let number = map.node(back.node).restore.as_ref().map_or(0, Vec::len);
        if (0..number).any(|step| !by_id.contains_key(&StepId { node: back.node, step: step as u32 })) {
            broken.push(format!("{} returns without all of its steps", map.id(back.node)));
        }
    }
}

/// Whether a team is on duty, from the local clock.
fn on_duty(map: &Map, team: &Team, at: Timestamp) -> bool {
    let clock = at.to_zoned(map.time_zone.clone()).time();
    let daily = team.daily.is_none_or(|(opens, closes)| {
        if opens < closes { opens <= clock && clock < closes } else { opens <= clock || clock < closes }
    });
    team.from.is_none_or(|from| from <= at) && team.until.is_none_or(|until| at < until) && daily
}

pub fn resources(question: &Question, plan: &Plan, broken: &mut Vec<String>) {
    let map = question.map;
    let mut instants: BTreeSet<Timestamp> = plan.steps.iter().flat_map(|it| [it.start, it.end]).collect();
    instants.extend(plan.steps.iter().flat_map(|it| &it.crews).flat_map(|crew| [crew.start, crew.end]));
    instants.extend(map.teams.iter().flat_map(|team| [team.from, team.until]).flatten());
    // Shifts change at whole minutes.
    let first = question.now;
    let last = plan.finish.unwrap_or(first);
    if map.teams.iter().any(|team| team.daily.is_some()) {
        let minutes = last.duration_since(first).as_mins();
        instants.extend((0..=minutes).map(|minute| first + SignedDuration::from_mins(minute)));
    }
    for at in instants {
        let running: Vec<&PlannedStep> =
            plan.steps.iter().filter(|it| it.start <= at && at < it.end).collect();
        let mut by_team = vec![0; map.teams.len()];
        for planned in &running {
            let row = step(map, planned.step);
            let mut by_skill: BTreeMap<&str, u32> = BTreeMap::new();
            for crew in planned.crews.iter().filter(|crew| crew.start <= at && at < crew.end) {
                by_team[crew.team] += crew.people;
                *by_skill.entry(&map.teams[crew.team].skill).or_default() += crew.people;
            }
            let wanted: BTreeMap<&str, u32> =
                row.people.iter().map(|(skill, n)| (skill.as_str(), *n)).collect();
            if by_skill != wanted {
                broken.push(format!("at {at} {} has {by_skill:?}, not {wanted:?}", row.id));
            }
        }
        for (team, taken) in map.teams.iter().zip(by_team) {
            let there = if on_duty(map, team, at) { team.number } else { 0 };
            if taken > there {
                broken.push(format!("at {at} {} gives {taken} of {there}", team.id));
            }
        }
        for (place, store) in map.stores.iter().enumerate() {
            let reads = |step: &Step| matches!(step.work, Work::Copy { store, .. } if store.index() == place);
            let steps = running.iter().map(|it| step(map, it.step)).filter(|row| reads(row));
            let taken: u64 = steps.map(|row| work(map, row).1).sum();
            if store.rate.is_some_and(|rate| taken > rate) {
                broken.push(format!("at {at} store {} gives {taken}", store.id));
            }
        }
        let clean: u32 = running.iter().map(|it| step(map, it.step).clean).sum();
        if clean > map.clean_rooms.iter().map(|room| room.places).sum() {
            broken.push(format!("at {at} {clean} clean places are taken"));
        }
    }
}

/// The least instants at which nodes stand and are whole, by raising them from the bottom until nothing
/// moves. `None` is never. `done`: when own steps are done, before a node stands and before it is whole.
pub fn fixpoint(map: &Map, done: &BTreeMap<NodeId, [Option<Timestamp>; 2]>) -> Vec<[Option<Timestamp>; 2]> {
    let rank = |time: Option<Timestamp>| time.unwrap_or(Timestamp::MAX);
    let mut value = vec![[Timestamp::MIN; 2]; map.nodes.len()];
    loop {
        let mut moved = false;
        for (id, row) in map.all() {
            let mut raised = done.get(&id).map_or([Timestamp::MIN; 2], |own| own.map(rank));
            for need in &row.needs {
                let kth = |side: usize| {
                    let mut of: Vec<Timestamp> = need.on.iter().map(|it| value[it.index()][side]).collect();
                    of.sort();
                    of[need.at_least as usize - 1]
                };
                if need.effect == Effect::Stops {
                    raised[0] = raised[0].max(kth(0));
                    raised[1] = raised[1].max(kth(1));
                }
                raised[1] = raised[1].max(kth(0));
            }
            raised[1] = raised[1].max(raised[0]);
            moved |= raised != value[id.index()];
            value[id.index()] = raised;
        }
        if !moved {
            return value.iter().map(|pair| pair.map(|at| (at < Timestamp::MAX).then_some(at))).collect();
        }
    }
}

fn returns(question: &Question, plan: &Plan, lost: &BTreeMap<NodeId, Timestamp>, broken: &mut Vec<String>) {
    let map = question.map;
    let planned: BTreeSet<NodeId> =
        plan.returns.iter().filter(|it| it.how == Effect::Stops).map(|it| it.node).collect();
    if planned != lost.keys().copied().collect() {
        broken.push(format!("{planned:?} are planned, {lost:?} are lost"));
    }
    let end = |node: NodeId| {
        let mut last = Some(question.now);
        for place in 0..map.node(node).restore.as_ref()?.len() {
            let id = StepId { node, step: place as u32 };
            let planned = plan.steps.iter().find(|it| it.step == id);
            last = last.max(planned.map(|it| it.end)).filter(|_| planned.is_some());
            last?;
        }
        last
    };
    let mut done: BTreeMap<NodeId, [Option<Timestamp>; 2]> = BTreeMap::new();
    for loss in question.losses {
        done.insert(loss.node, [Some(Timestamp::MIN), end(loss.node)]);
    }
    done.extend(lost.keys().map(|&node| (node, [end(node); 2])));
    let value = fixpoint(map, &done);
    let mut absences = Vec::new();
    for back in plan.returns.iter().filter(|it| it.how == Effect::Stops) {
        let [stands, whole] = value[back.node.index()];
        if (back.stands, back.whole) != (stands, whole) {
            broken.push(format!("{} stands {stands:?}, is whole {whole:?}, not {back:?}", map.id(back.node)));
        }
        absences.push(Absence { node: back.node, from: lost[&back.node], stands, whole });
    }
    for service in &plan.services {
        let [stands, whole] = value[service.node.index()];
        let back = if stands == Some(Timestamp::MIN) { whole } else { stands };
        if (service.back_at, service.whole_at) != (back, whole) {
            broken.push(format!("{} is back {back:?}, not {service:?}", map.id(service.node)));
        }
    }
    let only_stops = question.losses.iter().all(|loss| loss.how == Effect::Stops);
    let to = |end| harm(map, &absences, &Closures::of(map, question.now), end);
    let (near, far) = (to(question.end), to(question.end + SignedDuration::from_hours(9_999)));
    // What is whole again counts in full; what is not, up to the horizon.
    let whole = |node| plan.services.iter().any(|it| it.node == node && it.whole_at.is_some());
    let sum = |harm: &Harm, kept: bool| -> i64 {
        harm.services.iter().filter(|it| whole(it.node) == kept).map(|it| it.tenths).sum()
    };
    let tenths = sum(&far, true) + sum(&near, false);
    if only_stops && tenths != plan.care_lost {
        broken.push(format!("care lost is {tenths}, not {}", plan.care_lost));
    }
}
