//! What people say of steps changes a plan as far as it must, and breaks no rule.

use std::collections::BTreeMap;

use hospital::{Map, StepId};
use jiff::Timestamp;
use recover::{Mark, Plan, Question, Said, Wait};

use crate::exhaustive::night;
use crate::{Dice, after, losses, map, now, planned, question, rules};

/// What a plan with marks breaks, in words.
fn broken(question: &Question, plan: &Plan) -> Vec<String> {
    let map = question.map;
    let said: BTreeMap<StepId, Said> = question.marks.iter().map(|mark| (mark.step, mark.said)).collect();
    let lost = rules::lost(question);
    let mut broken = Vec::new();
    rules::resources(question, plan, &mut broken);
    let is_done = |id: &StepId| matches!(said.get(id), Some(Said::Done(_)));
    for planned in &plan.steps {
        let row = rules::step(map, planned.step);
        if planned.start < question.now {
            broken.push(format!("{} starts before now", row.id));
        }
        let whole = rules::work(map, row).0;
        let open = |id: &&StepId| lost.contains_key(&id.node) && !is_done(id);
        let runs = !row.after.iter().any(|id| open(&id));
        let wanted = match said.get(&planned.step) {
            Some(Said::Done(_)) => {
                broken.push(format!("{} is done and planned again", row.id));
                continue;
            }
            Some(Said::NotBefore(at)) if planned.start < *at => {
                broken.push(format!("{} starts before {at}", row.id));
                whole
            }
            Some(Said::Begun(at)) if runs => (whole - question.now.duration_since(*at).as_secs()).max(0),
            Some(Said::Until(at)) if runs => at.duration_since(question.now).as_secs().max(0),
            _ => whole,
        };
        if planned.end.duration_since(planned.start).as_secs() != wanted {
            broken.push(format!("{} has a wrong length, not {wanted}", row.id));
        }
        for earlier in row.after.iter().filter(open) {
            let before = plan.steps.iter().find(|it| it.step == *earlier);
            if before.is_none_or(|before| before.end > planned.start) {
                broken.push(format!("{} starts before {}", row.id, rules::step(map, *earlier).id));
            }
        }
    }
    if plan.bound > plan.care_lost || plan.care_lost > plan.heaviest_first {
        broken.push(format!("{} ≤ {} ≤ {}", plan.bound, plan.care_lost, plan.heaviest_first));
    }
    broken
}

fn every_step(map: &Map) -> Vec<StepId> {
    let of = |(node, row): (hospital::NodeId, &hospital::Node)| {
        let count = row.restore.as_ref().map_or(0, Vec::len) as u32;
        (0..count).map(move |step| StepId { node, step })
    };
    map.all().flat_map(of).collect()
}

#[test]
fn marks_break_no_rule() {
    for seed in 1..=120 {
        let mut dice = Dice(seed * 15_485_863);
        let (text, ids) = night(&mut dice, false);
        let map = map(&text);
        let lost = losses(&map, &ids.iter().map(String::as_str).collect::<Vec<_>>());
        let mut marks = Vec::new();
        for step in every_step(&map) {
            let at = |dice: &mut Dice| after(dice.below(12) as i64);
            let before = |dice: &mut Dice| after(-(dice.below(4) as i64));
            marks.extend(
                match dice.below(6) {
                    0 => Some(Said::Done(before(&mut dice))),
                    1 => Some(Said::Begun(before(&mut dice))),
                    2 => Some(Said::Until(at(&mut dice))),
                    3 => Some(Said::NotBefore(at(&mut dice))),
                    _ => None,
                }
                .map(|said| Mark { step, said }),
            );
        }
        let ask = Question { end: after(60), marks: &marks, ..question(&map, &lost) };
        let plan = recover::plan(&ask);
        let broken = broken(&ask, &plan);
        assert!(broken.is_empty(), "seed {seed}: {broken:#?}\n{marks:#?}\n{plan:#?}\n{text}");
    }
}

#[test]
fn marks_that_say_nothing_new_change_nothing() {
    for seed in 1..=30 {
        let mut dice = Dice(seed * 32_452_843);
        let (text, ids) = night(&mut dice, false);
        let map = map(&text);
        let lost = losses(&map, &ids.iter().map(String::as_str).collect::<Vec<_>>());
        let plain = planned(&Question { end: after(60), ..question(&map, &lost) });
        let marks: Vec<Mark> =
            every_step(&map).into_iter().map(|step| Mark { step, said: Said::NotBefore(now()) }).collect();
        let marked = recover::plan(&Question { end: after(60), marks: &marks, ..question(&map, &lost) });
        assert_eq!(marked, plain, "seed {seed}\n{text}");
    }
}

/// A server of two steps, 2 h and 1–3 h, and the ward that needs it.
fn server() -> Map {
    map(r#"
        site = [{ id = "north", name = "North" }]
        zone = [{ id = "lan", name = "LAN", site = "north" }]
        team = [{ id = "t", skill = "windows", number = 1 }]
        [[care_service]]
        id = "er"
        name = "er"
        site = "north"
        weight = 90
        needs = [{ on = ["a"] }]
        [[asset]]
        id = "a"
        name = "a"
        kind = "server"
        site = "north"
        zone = "lan"
        restore = [
            { id = "a.os", duration = "2h", skill = "windows" },
            { id = "a.data", duration = ["1h", "2h", "3h"], skill = "windows", after = ["a.os"] },
        ]
    "#)
}

#[test]
fn each_mark_moves_the_return_as_it_says() {
    const HOUR: i64 = 3_600;
    let map = server();
    let lost = losses(&map, &["a"]);
    let step = |step| StepId { node: map.find("a").unwrap(), step };
    let back = |marks: &[Mark]| -> (Timestamp, Timestamp, Timestamp) {
        let plan = recover::plan(&Question { marks, ..question(&map, &lost) });
        let ward = plan.services[0];
        (ward.soonest.unwrap(), ward.back_at.unwrap(), ward.latest.unwrap())
    };
    let hours =
        |best: i64, likely: i64, worst: i64| (after(best * HOUR), after(likely * HOUR), after(worst * HOUR));
    let mark = |at, said| Mark { step: step(at), said };
    let (done, begun) = (Said::Done(after(-HOUR)), Said::Begun(after(-HOUR)));
    assert_eq!(back(&[]), hours(3, 4, 5));
    assert_eq!(back(&[mark(0, done)]), hours(1, 2, 3));
    assert_eq!(back(&[mark(0, begun)]), hours(2, 3, 4));
    assert_eq!(back(&[mark(1, begun)]), hours(3, 4, 5), "what must come before is not done");
    assert_eq!(back(&[mark(0, Said::Until(after(6 * HOUR)))]), hours(7, 8, 9));
    assert_eq!(back(&[mark(0, Said::NotBefore(after(5 * HOUR)))]), hours(8, 9, 10));
    assert_eq!(back(&[mark(0, done), mark(0, begun)]), hours(2, 3, 4), "the last word counts");
    assert_eq!(back(&[mark(0, done), mark(1, done)]), hours(0, 0, 0));
    let pinned = [mark(0, Said::NotBefore(after(5 * HOUR)))];
    let plan = recover::plan(&Question { marks: &pinned, ..question(&map, &lost) });
    assert_eq!(plan.steps[0].why.waits, Wait::Chosen);
}
