//! The way back as rows, each step with why it stands where it stands.

use hospital::{Map, StepId};
use jiff::Timestamp;
use recover::{Plan, RestorePoint, Wait, Why};

use crate::assessment::{NodeReturn, Restoration, ServiceReturn, Step, Way};
use crate::words::Words;

/// Tenths of weighted care-seconds in a care-hour.
pub(crate) const TENTHS: f64 = 36_000.0;

pub(crate) fn restoration(
    map: &Map,
    plan: &Plan,
    now: Timestamp,
    end: Timestamp,
    words: &Words,
) -> Restoration {
    let hours = |tenths: i64| tenths as f64 / TENTHS;
    Restoration {
        steps: plan
            .steps
            .iter()
            .map(|step| Step {
                node: map.id(step.step.node).to_owned(),
                step: step_id(map, step.step),
                teams: step.teams().into_iter().map(|team| map.teams[team].id.clone()).collect(),
                start: step.start,
                end: step.end,
                why: why(map, &step.why, words),
            })
            .collect(),
        services: plan
            .services
            .iter()
            .map(|it| ServiceReturn {
                id: map.id(it.node).to_owned(),
                back_at: it.back_at,
                whole_at: it.whole_at,
                soonest: it.soonest,
                latest: it.latest,
            })
            .collect(),
        nodes: plan.returns.iter().map(|it| node(map, it)).collect(),
        care_lost: hours(plan.care_lost),
        bound: hours(plan.bound),
        heaviest_first: hours(plan.heaviest_first),
        horizon: (end.as_second() - now.as_second()) as f64 / 3600.0,
        not_planned: plan.not_planned.iter().map(|node| map.id(*node).to_owned()).collect(),
    }
}

fn node(map: &Map, back: &recover::Return) -> NodeReturn {
    let (way, point, lost, tainted) = match back.point {
        RestorePoint::Backup { taken_at, lost, maybe_tainted, .. } => {
            (Way::Backup, Some(taken_at), Some(lost as f64 / 3600.0), maybe_tainted)
        }
        RestorePoint::Rebuild => (Way::Rebuild, None, None, false),
        RestorePoint::Unknown => (Way::Unknown, None, None, false),
    };
    NodeReturn {
        id: map.id(back.node).to_owned(),
        back_at: back.whole,
        way: if back.unknown.is_some() { Way::Unknown } else { way },
        restore_point: point,
        hours_lost: lost,
        maybe_tainted: tainted,
    }
}

fn step_id(map: &Map, step: StepId) -> String {
    let steps = map.node(step.node).restore.as_deref().unwrap_or_default();
    steps.get(step.step as usize).map_or_else(String::new, |it| it.id.clone())
}

fn why(map: &Map, why: &Why, words: &Words) -> String {
    let after = |step: &Option<StepId>| {
        step.map_or_else(String::new, |step| {
            words.say_with("wait-behind", &[("step", step_id(map, step).into())])
        })
    };
    let waits = match &why.waits {
        Wait::Nothing => words.say("wait-nothing"),
        Wait::Step(step) => words.say_with("wait-step", &[("step", step_id(map, *step).into())]),
        Wait::People(skill, step) => {
            words.say_with("wait-people", &[("skill", skill.as_str().into()), ("behind", after(step).into())])
        }
        Wait::Hours(skill) => words.say_with("wait-hours", &[("skill", skill.as_str().into())]),
        Wait::Bandwidth(store, step) => words.say_with(
            "wait-bandwidth",
            &[("store", map.stores[store.index()].id.as_str().into()), ("behind", after(step).into())],
        ),
        Wait::Chosen => words.say("wait-chosen"),
        Wait::CleanRoom(step) => words.say_with("wait-clean-room", &[("behind", after(step).into())]),
    };
    match why.serves {
        Some(service) => format!(
            "{waits} {}",
            words.say_with("serves", &[("service", map.node(service).name.as_str().into())])
        ),
        None => waits,
    }
}
