//! Random small nights against every plan that there is: bound ≤ best ≤ plan.
//!
//! The plans here are made second by second, with nothing of the planner.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use hospital::{Absence, Closures, Map, NodeId, StepId, harm};
use recover::Question;

use crate::rules::{fixpoint, lost, step, work};
use crate::{Dice, after, losses, map, planned};

/// Seconds that are looked at.
const SPAN: usize = 120;

#[test]
fn no_plan_beats_the_bound_and_few_beat_the_search() {
    let (mut best, mut tight, mut zero, cases) = (0, 0, 0, 160);
    for seed in 1..=cases {
        let (text, ids) = night(&mut Dice(seed * 7_919), false);
        let map = map(&text);
        let lost = losses(&map, &ids.iter().map(String::as_str).collect::<Vec<_>>());
        let question = ask(&map, &lost);
        let plan = planned(&question);
        let optimum = orders(&question);
        assert!(plan.bound <= optimum, "seed {seed}: {} > {optimum}\n{text}", plan.bound);
        assert!(optimum <= plan.care_lost, "seed {seed}: {optimum} > {}\n{text}", plan.care_lost);
        best += u64::from(plan.care_lost == optimum);
        tight += u64::from(plan.bound == optimum);
        zero += u64::from(plan.bound == 0 && optimum > 0);
    }
    println!("best {best} of {cases}, bound tight {tight}, zero {zero}");
    assert!(best * 100 >= cases * 97, "the best was found in {best} of {cases} cases");
}

#[test]
fn wards_that_need_the_same_people_are_bounded_together() {
    let (mut gap, mut cases) = (0.0, 0);
    for seed in 1..=60 {
        let mut dice = Dice(seed * 15_485_863);
        let text = rivals(&mut dice);
        let map = map(&text);
        let lost = losses(&map, &["s0", "s1", "s2", "s3", "s4"]);
        let question = ask(&map, &lost);
        let plan = planned(&question);
        let optimum = orders(&question);
        assert!(plan.bound <= optimum, "seed {seed}: {} > {optimum}\n{text}", plan.bound);
        assert!(plan.bound > 0 || optimum == 0, "seed {seed}: nothing is bound below {optimum}\n{text}");
        if optimum > 0 {
            gap += 1.0 - plan.bound as f64 / optimum as f64;
            cases += 1;
        }
    }
    let average = 100.0 * gap / f64::from(cases);
    println!("bound {average:.1} % below the best, on average of {cases}");
    assert!(average < 15.0, "{average:.1} % below the best");
}

#[test]
fn starting_later_never_helps() {
    for seed in 1..=16 {
        let (text, ids) = night(&mut Dice(seed * 104_729), true);
        let map = map(&text);
        let lost = losses(&map, &ids.iter().map(String::as_str).collect::<Vec<_>>());
        let question = ask(&map, &lost);
        assert_eq!(orders(&question), all_starts(&question), "seed {seed}\n{text}");
    }
}

fn ask<'a>(map: &'a Map, lost: &'a [hospital::Loss]) -> Question<'a> {
    Question { end: after(60), ..crate::question(map, lost) }
}

/// A made-up hospital whose seconds are as good as hours, and the ids of what is lost.
pub fn night(dice: &mut Dice, tiny: bool) -> (String, Vec<String>) {
    let mut text = String::from(
        "[[site]]\nid = \"north\"\nname = \"North\"\n[[zone]]\nid = \"lan\"\nname = \"LAN\"\nsite = \"north\"\n\
         [[store]]\nid = \"tape\"\nrate = \"10B/s\"\n[[clean_room]]\nid = \"room\"\nplaces = 2\n",
    );
    let shift = 4 + dice.below(8) as i64;
    for (id, skill, hours) in [
        ("day", "windows", format!("until = \"{}\"", after(shift))),
        ("night", "windows", format!("from = \"{}\"", after(shift))),
        ("all", "network", String::new()),
    ] {
        let number = 1 + dice.below(2) + u64::from(id == "night");
        let _ = writeln!(text, "[[team]]\nid = \"{id}\"\nskill = \"{skill}\"\nnumber = {number}\n{hours}");
    }
    let assets = if tiny { 2 } else { 2 + dice.below(2) };
    let apps = 1 + dice.below(2);
    let mut steps: Vec<String> = Vec::new();
    let most = if tiny { 3 } else { 5 };
    for asset in 0..assets {
        let count = (1 + dice.below(2) as usize).min(most - steps.len().min(most));
        let restore = restore(dice, &format!("s{asset}"), count, &mut steps);
        let need = if dice.below(4) == 0 {
            needs(dice, assets, apps, Some(format!("s{asset}")), 1)
        } else {
            String::new()
        };
        let _ = writeln!(
            text,
            "[[asset]]\nid = \"s{asset}\"\nname = \"x\"\nkind = \"server\"\nsite = \"north\"\nzone = \"lan\"\n\
             restore = [{restore}]\nneeds = [{need}]"
        );
    }
    for app in 0..apps {
        let id = format!("p{app}");
        let own = usize::from(dice.below(3) == 0 && steps.len() < most);
        let restore = restore(dice, &id, own, &mut steps);
        let restore = if own > 0 { format!("restore = [{restore}]") } else { String::new() };
        let need = needs(dice, assets, apps, Some(id.clone()), 2);
        let _ = writeln!(text, "[[application]]\nid = \"{id}\"\nname = \"x\"\nneeds = [{need}]\n{restore}");
    }
    for ward in 0..1 + dice.below(3) {
        let need = needs(dice, assets, apps, None, 2);
        let mtpd = if dice.below(2) == 0 { format!("mtpd = \"{}s\"", dice.below(12)) } else { String::new() };
        let weight = dice.below(100);
        let _ = writeln!(
            text,
            "[[care_service]]\nid = \"w{ward}\"\nname = \"x\"\nsite = \"north\"\nweight = {weight}\n{mtpd}\nneeds = [{need}]"
        );
    }
    let ids = (0..assets).map(|asset| format!("s{asset}")).collect();
    (text, ids)
}

/// Five wards with a server each, and one or two skills for all.
fn rivals(dice: &mut Dice) -> String {
    let mut text = String::from(
        "[[site]]\nid = \"north\"\nname = \"North\"\n[[zone]]\nid = \"lan\"\nname = \"LAN\"\nsite = \"north\"\n",
    );
    let shift = after(3 + dice.below(8) as i64);
    let (first, all) = (1 + dice.below(2), 1 + dice.below(2));
    let _ =
        writeln!(text, "[[team]]\nid = \"day\"\nskill = \"windows\"\nnumber = {first}\nuntil = \"{shift}\"");
    let _ = writeln!(text, "[[team]]\nid = \"all\"\nskill = \"windows\"\nnumber = {all}");
    let _ = writeln!(text, "[[team]]\nid = \"net\"\nskill = \"network\"\nnumber = 1");
    for server in 0..5 {
        let skill = if dice.below(4) == 0 { "network" } else { "windows" };
        let (duration, after) = (1 + dice.below(7), dice.below(8));
        let after = if after < server { format!("\"s{after}.os\"") } else { String::new() };
        let _ = writeln!(
            text,
            "[[asset]]\nid = \"s{server}\"\nname = \"x\"\nkind = \"server\"\nsite = \"north\"\nzone = \"lan\"\n\
             restore = [{{ id = \"s{server}.os\", duration = \"{duration}s\", skill = \"{skill}\", after = [{after}] }}]"
        );
        let (weight, mtpd, grace) = (1 + dice.below(50), dice.below(15), dice.below(3) * dice.below(9));
        let _ = writeln!(
            text,
            "[[care_service]]\nid = \"w{server}\"\nname = \"x\"\nsite = \"north\"\nweight = {weight}\nmtpd = \"{mtpd}s\"\n\
             needs = [{{ on = [\"s{server}\"], grace = \"{grace}s\" }}]"
        );
    }
    text
}

fn restore(dice: &mut Dice, id: &str, count: usize, steps: &mut Vec<String>) -> String {
    let mut rows = Vec::new();
    for place in 0..count {
        let name = format!("{id}.{place}");
        let mut after = Vec::new();
        if !steps.is_empty() && dice.below(2) == 0 {
            after.push(format!("\"{}\"", steps[dice.below(steps.len() as u64) as usize]));
        }
        let kind = match dice.below(6) {
            0 => format!(
                "store = \"tape\", size = \"{}B\", rate = \"{}B/s\"",
                1 + dice.below(40),
                3 + dice.below(7)
            ),
            1 => format!("duration = \"{}s\", clean = {}", dice.below(6), 1 + dice.below(2)),
            2 => format!("duration = \"{}s\", skill = \"network\"", 1 + dice.below(6)),
            3 => format!(
                "duration = \"{}s\", people = [{{ skill = \"network\", number = 1 }}, {{ skill = \"windows\", number = 1 }}]",
                1 + dice.below(5)
            ),
            _ => format!("duration = \"{}s\", skill = \"windows\"", 1 + dice.below(7)),
        };
        rows.push(format!("{{ id = \"{name}\", after = [{}], {kind} }}", after.join(", ")));
        steps.push(name);
    }
    rows.join(", ")
}

fn needs(dice: &mut Dice, assets: u64, apps: u64, own: Option<String>, most: u64) -> String {
    let mut rows = Vec::new();
    for _ in 0..1 + dice.below(most) {
        let mut on: BTreeSet<String> = BTreeSet::new();
        for _ in 0..1 + dice.below(3) {
            let app = dice.below(2) == 0;
            let id = if app { format!("p{}", dice.below(apps)) } else { format!("s{}", dice.below(assets)) };
            on.insert(id);
        }
        if let Some(own) = &own {
            on.remove(own);
        }
        if !on.is_empty() {
            let at_least = 1 + dice.below(on.len() as u64);
            let effect = if dice.below(3) == 0 { "degrades" } else { "stops" };
            let grace = if dice.below(3) == 0 { dice.below(10) } else { 0 };
            rows.push(
                format!(
                    "{{ on = {on:?}, at_least = {at_least}, effect = \"{effect}\", grace = \"{grace}s\" }}"
                )
                .replace("{\"", "[\"")
                .replace("\"}", "\"]"),
            );
        }
    }
    rows.join(", ")
}

/// What is taken of everything in each second, and what there is.
struct Board<'a> {
    map: &'a Map,
    jobs: Vec<StepId>,
    /// By resource (each skill, the store, the clean rooms) and second.
    free: Vec<Vec<i64>>,
    skills: Vec<&'a str>,
}

impl<'a> Board<'a> {
    fn new(question: &Question<'a>) -> Self {
        let map = question.map;
        let jobs = lost(question)
            .keys()
            .flat_map(|&node| {
                let count = map.node(node).restore.as_ref().map_or(0, Vec::len);
                (0..count).map(move |step| StepId { node, step: step as u32 })
            })
            .collect();
        let skills = vec!["windows", "network"];
        let mut free: Vec<Vec<i64>> = Vec::new();
        for skill in &skills {
            let teams = |second: usize| {
                let at = after(second as i64);
                let on = map.teams.iter().filter(|team| {
                    team.skill == *skill
                        && team.from.is_none_or(|from| from <= at)
                        && team.until.is_none_or(|until| at < until)
                });
                on.map(|team| i64::from(team.number)).sum()
            };
            free.push((0..SPAN).map(teams).collect());
        }
        free.push(vec![10; SPAN]);
        free.push(vec![2; SPAN]);
        Self { map, jobs, free, skills }
    }

    fn takes(&self, job: usize) -> Vec<i64> {
        let row = step(self.map, self.jobs[job]);
        let mut takes: Vec<i64> = self
            .skills
            .iter()
            .map(|skill| {
                row.people.iter().filter(|(name, _)| name == skill).map(|(_, n)| i64::from(*n)).sum()
            })
            .collect();
        takes.extend([work(self.map, row).1 as i64, i64::from(row.clean)]);
        takes
    }

    fn length(&self, job: usize) -> usize {
        work(self.map, step(self.map, self.jobs[job])).0 as usize
    }

    fn fits(&self, job: usize, start: usize) -> bool {
        let takes = self.takes(job);
        let seconds = start..start + self.length(job);
        seconds.end <= SPAN
            && takes
                .iter()
                .zip(&self.free)
                .all(|(takes, free)| free[seconds.clone()].iter().all(|it| takes <= it))
    }

    fn book(&mut self, job: usize, start: usize, sign: i64) {
        let takes = self.takes(job);
        let seconds = start..start + self.length(job);
        for (takes, free) in takes.iter().zip(&mut self.free) {
            free[seconds.clone()].iter_mut().for_each(|it| *it -= sign * takes);
        }
    }

    /// The second from which a job may start; `None` where a predecessor has no end yet.
    fn ready(&self, job: usize, ends: &[Option<usize>]) -> Option<usize> {
        let after = &step(self.map, self.jobs[job]).after;
        let mut ready = 0;
        for earlier in after {
            if let Some(place) = self.jobs.iter().position(|it| it == earlier) {
                ready = ready.max(ends[place]?);
            }
        }
        Some(ready)
    }
}

/// Care lost when jobs end then (`None`: never).
fn cost(question: &Question, board: &Board, ends: &[Option<usize>]) -> i64 {
    let mut done: BTreeMap<NodeId, [Option<jiff::Timestamp>; 2]> = BTreeMap::new();
    for &node in lost(question).keys() {
        let own = board.jobs.iter().zip(ends).filter(|(job, _)| job.node == node);
        let last = own.map(|(_, end)| end.map(|end| after(end as i64)));
        let known = question.map.node(node).restore.is_some();
        let last = last.into_iter().try_fold(question.now, |a, b| Some(a.max(b?))).filter(|_| known);
        done.insert(node, [last; 2]);
    }
    let value = fixpoint(question.map, &done);
    let absences: Vec<Absence> = lost(question)
        .iter()
        .map(|(&node, &from)| {
            let [stands, whole] = value[node.index()];
            Absence { node, from, stands, whole }
        })
        .collect();
    harm(question.map, &absences, &Closures::default(), question.end).tenths
}

/// The least care lost over all orders, each job as early as it fits.
fn orders(question: &Question) -> i64 {
    fn go(
        question: &Question,
        board: &mut Board,
        ends: &mut Vec<Option<usize>>,
        seen: &mut BTreeMap<Vec<Option<usize>>, i64>,
    ) -> i64 {
        let mut best = i64::MAX;
        let mut leaf = true;
        for job in 0..board.jobs.len() {
            let Some(ready) = board.ready(job, ends).filter(|_| ends[job].is_none()) else { continue };
            let last = SPAN - board.length(job);
            let Some(start) = (ready..=last).find(|&start| board.fits(job, start)) else { continue };
            leaf = false;
            board.book(job, start, 1);
            ends[job] = Some(start + board.length(job));
            best = best.min(go(question, board, ends, seen));
            ends[job] = None;
            board.book(job, start, -1);
        }
        if leaf {
            return *seen.entry(ends.clone()).or_insert_with(|| cost(question, board, ends));
        }
        best
    }
    let mut board = Board::new(question);
    let mut ends = vec![None; board.jobs.len()];
    go(question, &mut board, &mut ends, &mut BTreeMap::new())
}

/// The least care lost over all starts in the first seconds, waiting included.
fn all_starts(question: &Question) -> i64 {
    fn go(question: &Question, board: &mut Board, job: usize, starts: &mut Vec<usize>) -> i64 {
        if job == board.jobs.len() {
            let ends: Vec<Option<usize>> = (0..job).map(|it| Some(starts[it] + board.length(it))).collect();
            let kept = (0..job).all(|it| board.ready(it, &ends).is_some_and(|ready| ready <= starts[it]));
            return if kept { cost(question, board, &ends) } else { i64::MAX };
        }
        let mut best = i64::MAX;
        for start in 0..16 {
            if board.fits(job, start) {
                board.book(job, start, 1);
                starts.push(start);
                best = best.min(go(question, board, job + 1, starts));
                starts.pop();
                board.book(job, start, -1);
            }
        }
        best
    }
    let mut board = Board::new(question);
    go(question, &mut board, 0, &mut Vec::new())
}
