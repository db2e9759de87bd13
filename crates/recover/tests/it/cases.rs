//! Small nights that a person can check by hand.

use hospital::{Effect, Loss};
use recover::{RestorePoint, Unknown, Wait};

use crate::{after, losses, map, node, now, planned, question};

const HOUR: i64 = 3_600;

/// A site, two wards (`er` weighs 90, `lab` 10) and what follows.
fn hospital(rest: &str) -> String {
    format!(
        r#"
[[site]]
id = "north"
name = "North"
[[zone]]
id = "lan"
name = "LAN"
site = "north"
{rest}"#
    )
}

fn ward(id: &str, weight: u32, needs: &str) -> String {
    format!(
        "[[care_service]]\nid = \"{id}\"\nname = \"{id}\"\nsite = \"north\"\nweight = {weight}\nneeds = [{needs}]\n"
    )
}

fn server(id: &str, rest: &str) -> String {
    format!(
        "[[asset]]\nid = \"{id}\"\nname = \"{id}\"\nkind = \"server\"\nsite = \"north\"\nzone = \"lan\"\n{rest}\n"
    )
}

fn app(id: &str, rest: &str) -> String {
    format!("[[application]]\nid = \"{id}\"\nname = \"{id}\"\n{rest}\n")
}

fn team(id: &str, skill: &str, number: u32, rest: &str) -> String {
    format!("[[team]]\nid = \"{id}\"\nskill = \"{skill}\"\nnumber = {number}\n{rest}\n")
}

/// Steps by id: (step, hours after now of its start and end).
fn times(map: &hospital::Map, plan: &recover::Plan) -> Vec<(String, i64, i64)> {
    let hours = |at: jiff::Timestamp| at.duration_since(now()).as_secs() / HOUR;
    let id = |step: hospital::StepId| {
        map.node(step.node).restore.as_ref().expect("steps")[step.step as usize].id.clone()
    };
    let mut times: Vec<_> =
        plan.steps.iter().map(|it| (id(it.step), hours(it.start), hours(it.end))).collect();
    times.sort();
    times
}

fn expect(found: &[(String, i64, i64)], wanted: &[(&str, i64, i64)]) {
    let wanted: Vec<_> = wanted.iter().map(|(id, start, end)| ((*id).to_owned(), *start, *end)).collect();
    assert_eq!(found, wanted);
}

#[test]
fn the_ward_that_weighs_most_for_its_work_comes_first() {
    let text = hospital(
        &(ward("er", 90, r#"{ on = ["a"] }"#)
            + &ward("lab", 50, r#"{ on = ["b"] }"#)
            + &server("a", r#"restore = [{ id = "a.os", duration = "6h", skill = "windows" }]"#)
            + &server("b", r#"restore = [{ id = "b.os", duration = "1h", skill = "windows" }]"#)
            + &team("t", "windows", 1, "")),
    );
    let map = map(&text);
    let lost = losses(&map, &["a", "b"]);
    let plan = planned(&question(&map, &lost));
    // b first: 50 × 1 h + 90 × 7 h; a first: 90 × 6 h + 50 × 7 h.
    expect(&times(&map, &plan), &[("a.os", 1, 7), ("b.os", 0, 1)]);
    assert_eq!(plan.care_lost, (50 + 90 * 7) * 10 * HOUR);
    assert_eq!(plan.heaviest_first, (90 * 6 + 50 * 7) * 10 * HOUR);
    assert!(plan.bound >= (90 * 6 + 50) * 10 * HOUR);
    let second = &plan.steps[1];
    assert_eq!(second.why.waits, Wait::People("windows".into(), Some(plan.steps[0].step)));
    assert_eq!(second.why.serves, Some(node(&map, "er")));
    assert_eq!(plan.steps[0].why.waits, Wait::Nothing);
}

#[test]
fn a_step_is_handed_over_at_a_change_of_shift_but_not_left_alone() {
    // Paris is at UTC+1: the day team is there from 0 to 4 h after midnight UTC, the evening team to 7 h.
    for (duration, start, teams) in [("4h", 0, vec![0]), ("6h", 0, vec![0, 1]), ("3h", 0, vec![0])] {
        let text = hospital(
            &(ward("er", 90, r#"{ on = ["a"] }"#)
                + &server(
                    "a",
                    &format!(r#"restore = [{{ id = "a.os", duration = "{duration}", skill = "windows" }}]"#),
                )
                + &team("day", "windows", 1, "daily = \"01:00-05:00\"")
                + &team("evening", "windows", 2, "daily = \"05:00-08:00\"")),
        );
        let map = map(&text);
        let plan = planned(&question(&map, &losses(&map, &["a"])));
        assert_eq!(plan.steps[0].start, after(start * HOUR), "{duration}");
        assert_eq!(plan.steps[0].teams(), teams, "{duration}");
    }
}

#[test]
fn a_step_that_does_not_fit_before_night_waits_for_the_morning() {
    let text = hospital(
        &(ward("er", 90, r#"{ on = ["a"] }"#)
            + &server("a", r#"restore = [{ id = "a.os", duration = "5h", skill = "windows" }]"#)
            + &team("late", "windows", 1, "daily = \"22:00-04:00\"")),
    );
    let map = map(&text);
    let plan = planned(&question(&map, &losses(&map, &["a"])));
    assert_eq!(plan.steps[0].start, after(21 * HOUR));
    assert_eq!(plan.steps[0].why.waits, Wait::Hours("windows".into()));
    assert_eq!(plan.services[0].back_at, Some(after(26 * HOUR)));
    assert_eq!(plan.care_lost, 90 * 10 * 26 * HOUR);
}

#[test]
fn no_team_is_there_long_enough() {
    let text = hospital(
        &(ward("er", 90, r#"{ on = ["a"] }"#)
            + &server("a", r#"restore = [{ id = "a.os", duration = "8h", skill = "windows" }]"#)
            + &team("late", "windows", 1, "daily = \"22:00-04:00\"")),
    );
    let map = map(&text);
    let plan = planned(&question(&map, &losses(&map, &["a"])));
    assert!(plan.steps.is_empty());
    assert!(matches!(plan.returns[0].unknown, Some(Unknown::NoPeople(_, _))));
    assert_eq!((plan.services[0].back_at, plan.care_lost), (None, 90 * 10 * 24 * HOUR));
    assert_eq!(plan.bound, plan.care_lost);
}

#[test]
fn copies_share_the_bandwidth_of_their_store() {
    let copy = |id: &str| {
        let steps = format!(
            r#"restore = [{{ id = "{id}.data", store = "veeam", size = "720GB", rate = "100MB/s" }}]"#
        );
        server(id, &steps)
    };
    // 720 GB at 100 MB/s take 2 h; the store gives 200 MB/s: two at a time.
    let text = hospital(
        &(ward("er", 90, r#"{ on = ["a", "b", "c"] }"#)
            + &copy("a")
            + &copy("b")
            + &copy("c")
            + "[[store]]\nid = \"veeam\"\nrate = \"200MB/s\"\n"),
    );
    let map = map(&text);
    let plan = planned(&question(&map, &losses(&map, &["a", "b", "c"])));
    assert_eq!(plan.finish, Some(after(4 * HOUR)));
    assert!(matches!(plan.steps[2].why.waits, Wait::Bandwidth(_, Some(_))));
    // Three copies of 2 h at half of the store: 3 h of the whole store.
    assert_eq!(plan.bound, 90 * 10 * 3 * HOUR);
}

#[test]
fn clean_places_are_counted_over_all_rooms() {
    let rebuilt =
        |id: &str| server(id, &format!(r#"restore = [{{ id = "{id}.os", duration = "1h", clean = 1 }}]"#));
    let text = hospital(
        &(ward("er", 90, r#"{ on = ["a", "b", "c"] }"#)
            + &rebuilt("a")
            + &rebuilt("b")
            + &rebuilt("c")
            + "[[clean_room]]\nid = \"one\"\nplaces = 1\n[[clean_room]]\nid = \"two\"\nplaces = 1\n"),
    );
    let map = map(&text);
    let plan = planned(&question(&map, &losses(&map, &["a", "b", "c"])));
    assert_eq!(plan.finish, Some(after(2 * HOUR)));
    assert_eq!(plan.steps[2].why.waits, Wait::CleanRoom(Some(plan.steps[0].step)));
}

#[test]
fn nodes_that_need_each_other_start_together_without_spare_members() {
    let one = |id: &str, hours: u32, needs: &str| {
        server(id, &format!("needs = [{needs}]\nrestore = [{{ id = \"{id}.os\", duration = \"{hours}h\" }}]"))
    };
    let text = hospital(
        &(ward("er", 90, r#"{ on = ["a"] }"#)
            + &one("a", 3, r#"{ on = ["b", "c"], at_least = 1 }"#)
            + &one("b", 5, r#"{ on = ["a"] }"#)
            + &one("c", 9, r#"{ on = ["a"] }"#)),
    );
    let map = map(&text);
    let plan = planned(&question(&map, &losses(&map, &["a", "b", "c"])));
    let stands: Vec<_> = plan.returns.iter().map(|back| back.stands).collect();
    assert_eq!(stands, [Some(after(5 * HOUR)), Some(after(5 * HOUR)), Some(after(9 * HOUR))]);
    assert_eq!(plan.services[0].back_at, Some(after(5 * HOUR)));
    // c serves nobody who is not back already.
    let spare = plan.steps.iter().find(|it| it.step.node == node(&map, "c")).expect("a step of c");
    assert_eq!(spare.why.serves, None);
}

#[test]
fn a_ward_stands_before_it_is_whole() {
    let text = hospital(
        &(ward("er", 90, r#"{ on = ["record"] }, { on = ["print"], effect = "degrades" }"#)
            + &app("record", r#"needs = [{ on = ["a"] }]"#)
            + &app("print", r#"needs = [{ on = ["b"] }]"#)
            + &server("a", r#"restore = [{ id = "a.os", duration = "2h" }]"#)
            + &server("b", r#"restore = [{ id = "b.os", duration = "3h" }]"#)),
    );
    let map = map(&text);
    let plan = planned(&question(&map, &losses(&map, &["a", "b"])));
    let er = plan.services[0];
    assert_eq!((er.back_at, er.whole_at), (Some(after(2 * HOUR)), Some(after(3 * HOUR))));
    assert_eq!(plan.care_lost, 90 * (2 * 10 + 3) * HOUR);
    assert_eq!(plan.bound, plan.care_lost);
}

#[test]
fn an_application_with_steps_is_lost_when_its_server_stops_it() {
    let text = hospital(
        &(ward("er", 90, r#"{ on = ["record"] }"#)
            + &app(
                "record",
                "needs = [{ on = [\"a\"], grace = \"1h\" }]\nrestore = [{ id = \"record.check\", duration = \"1h\", after = [\"a.os\"] }]",
            )
            + &server("a", r#"restore = [{ id = "a.os", duration = "2h" }]"#)),
    );
    let map = map(&text);
    let plan = planned(&question(&map, &losses(&map, &["a"])));
    let record = plan.returns.iter().find(|back| back.node == node(&map, "record")).expect("a return");
    assert_eq!((record.lost_at, record.stands), (after(HOUR), Some(after(3 * HOUR))));
    assert_eq!(plan.care_lost, 90 * 10 * 2 * HOUR);
}

#[test]
fn what_has_no_steps_or_no_copy_has_no_known_return() {
    let backups = r#"backups = [{ store = "veeam", taken_at = "2026-11-20T00:00:00Z" }]"#;
    let copy = |id: &str, backups: &str| {
        server(
            id,
            &format!("{backups}\nrestore = [{{ id = \"{id}.data\", store = \"veeam\", size = \"1GB\" }}]"),
        )
    };
    let text = hospital(
        &(ward("er", 90, r#"{ on = ["a"] }"#)
            + &ward("lab", 10, r#"{ on = ["b"] }"#)
            + &ward("ward", 20, r#"{ on = ["c"] }"#)
            + &server("a", "")
            + &copy("b", backups)
            + &server("c", &format!("{backups}\nrestore = [{{ id = \"c.os\", duration = \"1h\" }}]"))
            + &server("bk", r#"restore = [{ id = "bk.os", duration = "1h" }]"#)
            + "[[store]]\nid = \"veeam\"\nrate = \"200MB/s\"\nasset = \"bk\"\n"),
    );
    let map = map(&text);
    let plan = planned(&question(&map, &losses(&map, &["a", "b", "bk", "c"])));
    let unknown: Vec<_> = plan.returns.iter().map(|it| (it.unknown.clone(), it.point)).collect();
    assert_eq!(
        unknown,
        [
            (Some(Unknown::NoSteps), RestorePoint::Unknown),
            (Some(Unknown::NoCopy), RestorePoint::Unknown),
            (None, RestorePoint::Rebuild),
            (None, RestorePoint::Rebuild),
        ]
    );
    let back: Vec<_> = plan.services.iter().map(|it| it.back_at).collect();
    assert_eq!(back, [None, None, Some(after(HOUR))]);
    assert_eq!(plan.care_lost, (90 * 24 + 10 * 24 + 20) * 10 * HOUR);
}

#[test]
fn the_newest_copy_older_than_the_first_compromise_is_used() {
    let day = |day: u32| {
        format!(r#"{{ store = "veeam", taken_at = "2026-11-{day}T00:00:00Z", tested_at = "2026-09-02" }}"#)
    };
    // The node is lost on the 23rd; the first compromise is on the 21st, at noon.
    for (days, taken, tainted) in [
        (vec![19, 21, 20, 22], "2026-11-21T00:00:00Z", false),
        (vec![22, 23], "2026-11-22T00:00:00Z", true),
        (vec![18], "2026-11-18T00:00:00Z", false),
    ] {
        let backups: Vec<String> = days.iter().map(|it| day(*it)).collect();
        let text = hospital(
            &(ward("er", 90, r#"{ on = ["a"] }"#)
                + &server(
                    "a",
                    &format!(
                        "backups = [{}]\nrestore = [{{ id = \"a.data\", store = \"veeam\", size = \"1GB\" }}]",
                        backups.join(", ")
                    ),
                )
                + "[[store]]\nid = \"veeam\"\nrate = \"200MB/s\"\n"),
        );
        let map = map(&text);
        let lost = losses(&map, &["a"]);
        let mut question = question(&map, &lost);
        question.compromise = Some("2026-11-21T12:00:00Z".parse().expect("a timestamp"));
        let RestorePoint::Backup { taken_at, lost, maybe_tainted, tested_at, .. } =
            planned(&question).returns[0].point
        else {
            panic!("no copy");
        };
        let taken: jiff::Timestamp = taken.parse().expect("a timestamp");
        assert_eq!((taken_at, maybe_tainted), (taken, tainted), "{days:?}");
        assert_eq!(lost as i64, now().duration_since(taken).as_secs());
        assert!(tested_at.is_some());
    }
}

#[test]
fn steps_that_wait_for_each_other_or_for_the_impossible_are_not_planned() {
    let text = hospital(
        &(ward("er", 90, r#"{ on = ["a", "b", "c", "d"] }"#)
            + &server("a", r#"restore = [{ id = "a.os", duration = "1h", skill = "magic" }]"#)
            + &server("b", r#"restore = [{ id = "b.os", duration = "1h", after = ["a.os"] }]"#)
            + &server("c", r#"restore = [{ id = "c.os", duration = "1h", after = ["free.os"] }]"#)
            + &server("d", r#"restore = [{ id = "d.os", duration = "1h", clean = 1 }]"#)
            + &server("free", r#"restore = [{ id = "free.os", duration = "1h" }]"#)),
    );
    let map = map(&text);
    let plan = planned(&question(&map, &losses(&map, &["a", "b", "c", "d"])));
    let unknown: Vec<_> = plan.returns.iter().map(|it| it.unknown.clone()).collect();
    assert!(matches!(
        unknown.as_slice(),
        [Some(Unknown::NoPeople(_, _)), Some(Unknown::Blocked(_)), None, Some(Unknown::NoPlaces(_))]
    ));
    // The predecessor of c belongs to a server that was never lost.
    expect(&times(&map, &plan), &[("c.os", 0, 1)]);
}

#[test]
fn running_assets_and_degraded_ones() {
    let text = hospital(
        &(ward("er", 90, r#"{ on = ["a"] }"#)
            + &server("a", r#"restore = [{ id = "a.os", duration = "2h" }]"#)
            + &server("c", "")),
    );
    let map = map(&text);
    let lost = [Loss { node: node(&map, "a"), at: now(), how: Effect::Degrades }];
    let running = [node(&map, "c"), node(&map, "a"), node(&map, "c")];
    let mut question = question(&map, &lost);
    question.running = &running;
    let plan = planned(&question);
    assert_eq!(plan.not_planned, [node(&map, "c")]);
    assert_eq!((plan.returns[0].stands, plan.returns[0].whole), (None, Some(after(2 * HOUR))));
    assert_eq!(plan.services[0].back_at, Some(after(2 * HOUR)));
    assert_eq!((plan.care_lost, plan.bound), (90 * 3 * 2 * HOUR, 90 * 3 * 2 * HOUR));
}

#[test]
fn nothing_lost_is_an_empty_plan() {
    let map = map(&hospital(&ward("er", 90, "")));
    let plan = planned(&question(&map, &[]));
    assert!(plan.steps.is_empty() && plan.returns.is_empty() && plan.services.is_empty());
    assert_eq!((plan.care_lost, plan.bound, plan.finish), (0, 0, None));
}

#[test]
fn a_provider_behind_a_closed_flow_brings_nothing_back() {
    let flow = |id: &str, open: bool| {
        format!(
            "[[flow]]\nid = \"{id}\"\nfrom = \"lan\"\nto = \"lan\"\nservices = [\"sql\"]\nopen = {open}\n"
        )
    };
    for open in [true, false] {
        let text = hospital(
            &(ward("er", 90, r#"{ on = ["a", "b", "c"], at_least = 2, via = { "a" = "f", "c" = "f" } }"#)
                + &server("a", r#"restore = [{ id = "a.os", duration = "1h" }]"#)
                + &server("b", r#"restore = [{ id = "b.os", duration = "3h" }]"#)
                + &server("c", "")
                + &flow("f", open)
                + &flow("g", true)),
        );
        let map = map(&text);
        let lost = losses(&map, &["a", "b"]);
        let plan = recover::plan(&question(&map, &lost));
        // c is up: with the flow open a second provider is enough; with it closed there is only b, and b alone is too few.
        let wanted = open.then(|| after(HOUR));
        assert_eq!(plan.services[0].back_at, wanted, "open: {open}");
        let hours = if open { 1 } else { 24 };
        assert_eq!((plan.care_lost, plan.bound), (90 * 10 * hours * HOUR, 90 * 10 * hours * HOUR));
    }
}

#[test]
fn a_seed_is_a_plan_and_past_harm_counts() {
    let text = hospital(
        &(ward("er", 90, r#"{ on = ["a"], grace = "30min" }"#)
            + &server("a", r#"restore = [{ id = "a.os", duration = "2h" }]"#)),
    );
    let map = map(&text);
    let lost = [Loss { node: node(&map, "a"), at: after(-HOUR), how: Effect::Stops }];
    let plan = planned(&question(&map, &lost));
    // Lost an hour ago, half an hour on paper, back in two hours.
    assert_eq!((plan.care_lost, plan.bound), (90 * 10 * 5 * HOUR / 2, 90 * 10 * 5 * HOUR / 2));
    assert_eq!(plan, recover::plan(&question(&map, &lost)));
}
