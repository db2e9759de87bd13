//! A whole night: forty lost servers of four steps, five teams with their hours, shared stores.

use std::fmt::Write as _;

use recover::{Plan, Question};

use crate::{Dice, after, losses, map, planned};

#[test]
fn a_night_is_planned_by_the_rules_and_the_search_gains() {
    let (text, ids) = night(40, 30, 7);
    let map = map(&text);
    let lost = losses(&map, &ids.iter().map(String::as_str).collect::<Vec<_>>());
    let ask = |seed: u64, evaluations: u32| Question {
        end: after(7 * 86_400),
        evaluations,
        seed,
        ..crate::question(&map, &lost)
    };
    let plan = planned(&ask(1, 400));
    assert_eq!(plan.steps.len(), 160);
    assert!(plan.care_lost < plan.heaviest_first, "the search gains nothing");
    assert!(0 < plan.bound);
    let same: Plan = recover::plan(&ask(1, 400));
    assert_eq!(plan, same, "the same seed gave another plan");
    let longer = recover::plan(&ask(1, 800));
    assert!(longer.care_lost <= plan.care_lost, "a longer search found less");
}

#[test]
fn the_demonstration_group_loses_some_thirty_servers() {
    let folder = std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../demo/map"));
    let checked = hospital::load(folder).expect("the map of the demonstration");
    let map = checked.map.expect("a sound map");
    for seed in 1..=3 {
        let mut dice = Dice(seed * 6_700_417);
        let ids: Vec<&str> = map
            .assets()
            .filter(|(_, row, asset)| {
                asset.kind == "server" && (row.restore.is_some() || row.backups.is_empty())
            })
            .filter(|_| dice.below(3) > 0)
            .map(|(_, row, _)| row.id.as_str())
            .take(32)
            .collect();
        let lost = losses(&map, &ids);
        let plan = planned(&Question { evaluations: 200, seed, ..crate::question(&map, &lost) });
        let unknown = plan.returns.iter().filter(|back| back.unknown.is_some()).count();
        println!(
            "{} lost, {} steps, {unknown} unknown, {} services: bound {} ≤ {} ≤ {}",
            plan.returns.len(),
            plan.steps.len(),
            plan.services.len(),
            plan.bound / 36_000,
            plan.care_lost / 36_000,
            plan.heaviest_first / 36_000
        );
        assert!(plan.steps.len() > 20 && plan.bound > 0);
    }
}

/// A hospital of so many lost servers and wards, as text, and the ids of the servers.
pub fn night(servers: usize, wards: usize, seed: u64) -> (String, Vec<String>) {
    let mut dice = Dice(seed);
    let mut text = String::from(
        "[[site]]\nid = \"north\"\nname = \"North\"\n[[zone]]\nid = \"lan\"\nname = \"LAN\"\nsite = \"north\"\n\
         [[store]]\nid = \"disk\"\nrate = \"400MB/s\"\n[[store]]\nid = \"tape\"\nrate = \"150MB/s\"\n\
         [[clean_room]]\nid = \"room\"\nplaces = 6\n",
    );
    for (id, skill, number, daily) in [
        ("win-day", "windows", 4, "daily = \"07:00-19:00\""),
        ("win-night", "windows", 2, "daily = \"19:00-07:00\""),
        ("linux", "linux", 2, "daily = \"08:00-20:00\""),
        ("vendor", "vendor", 2, "daily = \"09:00-18:00\""),
        ("network", "network", 2, ""),
    ] {
        let _ = writeln!(text, "[[team]]\nid = \"{id}\"\nskill = \"{skill}\"\nnumber = {number}\n{daily}");
    }
    let mut ids = Vec::new();
    for server in 0..servers {
        let id = format!("s{server:02}");
        let system = if dice.below(3) == 0 { "linux" } else { "windows" };
        let store = if dice.below(3) == 0 { "tape" } else { "disk" };
        let (install, check) = (30 + dice.below(90), 20 + dice.below(60));
        let size = 20 + dice.below(900);
        let last = if dice.below(3) == 0 { "vendor" } else { system };
        let behind = if server > 2 { "after = [\"s00.check\"], " } else { "" };
        let _ = writeln!(
            text,
            "[[asset]]\nid = \"{id}\"\nname = \"x\"\nkind = \"server\"\nsite = \"north\"\nzone = \"lan\"\nrestore = [\
             {{ id = \"{id}.os\", duration = \"{install}min\", skill = \"{system}\", clean = 1, {behind}}},\
             {{ id = \"{id}.data\", store = \"{store}\", size = \"{size}GB\", rate = \"100MB/s\", after = [\"{id}.os\"] }},\
             {{ id = \"{id}.net\", duration = \"20min\", skill = \"network\", after = [\"{id}.os\"] }},\
             {{ id = \"{id}.check\", duration = \"{check}min\", skill = \"{last}\", after = [\"{id}.data\", \"{id}.net\"] }}]"
        );
        ids.push(id);
    }
    for app in 0..servers * 3 / 2 {
        let a = dice.below(servers as u64);
        let b = (a + 1 + dice.below(servers as u64 - 1)) % servers as u64;
        let k = 1 + dice.below(2);
        let _ = writeln!(
            text,
            "[[application]]\nid = \"p{app}\"\nname = \"x\"\nneeds = [{{ on = [\"s{a:02}\", \"s{b:02}\"], at_least = {k} }}]"
        );
    }
    for ward in 0..wards {
        let weight = 5 + dice.below(95);
        let (mtpd, grace) = (1 + dice.below(24), dice.below(120));
        let mut on: Vec<u64> = (0..3).map(|_| dice.below(servers as u64 * 3 / 2)).collect();
        on.sort_unstable();
        on.dedup();
        let on: Vec<String> = on.iter().map(|app| format!("\"p{app}\"")).collect();
        let (first, rest) = (&on[0], on.join(", "));
        let _ = writeln!(
            text,
            "[[care_service]]\nid = \"w{ward:02}\"\nname = \"x\"\nsite = \"north\"\nweight = {weight}\nmtpd = \"{mtpd}h\"\n\
             needs = [{{ on = [{rest}], grace = \"{grace}min\" }}, {{ on = [{first}], effect = \"degrades\" }}]"
        );
    }
    (text, ids)
}
