//! Options as data for a sentence.

use hospital::{Effect, LeverId, Loss, Map, MapFile, NodeId, Scenario, Situation};
use respond::{Options, options};

const MAP: &str = r#"
[hospital]
name = "Group"
time_zone = "Europe/Paris"
[[site]]
id = "north"
name = "North"
[[site]]
id = "south"
name = "South"
[[zone]]
id = "internet"
name = "Internet"
[[zone]]
id = "n-lan"
name = "North workstations"
site = "north"
[[zone]]
id = "n-dc"
name = "North servers"
site = "north"
[[zone]]
id = "s-lan"
name = "South"
site = "south"
[[flow]]
id = "f-in"
from = "internet"
to = "n-dc"
services = ["https"]
open = true
[[flow]]
id = "f-out"
from = "n-lan"
to = "internet"
services = ["https"]
open = true
[[flow]]
id = "f-lan-dc"
from = "n-lan"
to = "n-dc"
services = ["smb"]
open = true
[[flow]]
id = "f-dc-south"
from = "n-dc"
to = "s-lan"
services = ["smb"]
open = true
[[asset]]
id = "ws-1"
name = "Workstation"
kind = "workstation"
site = "north"
zone = "n-lan"
[[asset]]
id = "ehr-a"
name = "Record server"
kind = "server"
site = "north"
zone = "n-dc"
needs = [{ on = ["portal"], effect = "degrades", via = { "portal" = "f-in" } }]
[[asset]]
id = "portal"
name = "Portal"
kind = "server"
site = "north"
zone = "internet"
[[asset]]
id = "lab-south"
name = "South analyser"
kind = "medical-device"
site = "south"
zone = "s-lan"
needs = [{ on = ["ehr-a"], effect = "stops", grace = "4h" }]
[[asset]]
id = "core"
name = "Core switch"
kind = "switch"
site = "north"
zone = "n-dc"
[[asset]]
id = "svc-backup"
name = "Backup account"
kind = "account"
[[control]]
from = "svc-backup"
over = ["ehr-a", "lab-south"]
[[care_service]]
id = "north-er"
name = "Emergency"
site = "north"
weight = 9
needs = [{ on = ["ehr-a"], effect = "stops", grace = "20min" }, { on = ["core"], effect = "stops" }]
[[care_service]]
id = "south-lab"
name = "Laboratory"
site = "south"
weight = 3
needs = [{ on = ["lab-south"], effect = "stops" }]
"#;

const LEVERS: &str = r#"
[[lever]]
id = "cut-internet-north"
label = "Red cable"
closes = ["f-in", "f-out"]
who = "engineer on call"
minutes = 5
[[lever]]
id = "cut-south"
label = "Link to the south"
closes = ["f-dc-south"]
who = "engineer on call"
minutes = 10
[[lever]]
id = "isolate-ws"
label = "Workstation"
isolates = ["ws-1"]
who = "nurse in charge"
minutes = 2
[[lever]]
id = "core-off"
label = "Core"
isolates = ["core"]
[[lever]]
id = "no-backup-account"
label = "Backup account"
disables = ["svc-backup"]
minutes = 1
"#;

fn map(levers: &str) -> Map {
    let text = format!("{MAP}{levers}");
    let checked = hospital::check(vec![MapFile { name: "map.toml".into(), bytes: text.into_bytes() }]);
    checked.map.unwrap_or_else(|| panic!("{:?}", checked.errors))
}

fn night<'m>(map: &'m Map, lost: &[&str], compromised: &[&str]) -> Situation<'m> {
    let node = |id: &&str| map.find(id).unwrap_or_else(|| panic!("{id}"));
    let now = "2026-11-22T02:10:00Z".parse().expect("a time");
    let lost = lost.iter().map(|id| Loss { node: node(id), at: now, how: Effect::Stops }).collect();
    let compromised: Vec<NodeId> = compromised.iter().map(node).collect();
    Situation::new(map, now, 86_400, 3_600, lost, vec![Scenario { percent: 100, compromised }])
}

fn all(map: &Map) -> Vec<LeverId> {
    (0..map.levers.len() as u32).map(LeverId).collect()
}

/// One line a choice, those of the front first: actions, price and danger and what is saved in weighted care-hours, minutes, what
/// stays in reach, who pays, who is spared.
fn lines(map: &Map, options: &Options) -> Vec<String> {
    let ids = |nodes: &[NodeId]| nodes.iter().map(|node| map.id(*node)).collect::<Vec<_>>().join(",");
    let line = |choice: &respond::Choice| {
        let actions: Vec<String> = choice
            .actions
            .iter()
            .map(|it| {
                let lever = it.lever.map_or("made", |lever| &map.levers[lever.index()].id);
                format!("{lever}:{:?}:{}", it.kind, it.target.id(map))
            })
            .collect();
        format!(
            "[{}] price {}{:.1} danger {:.1} saved {:.1} in {:?} reach [{}] pay [{}] spare [{}]",
            actions.join(" "),
            if choice.at_least() { "≥" } else { "" },
            choice.price as f64 / 36_000.0,
            choice.danger as f64 / 3_600_000.0,
            choice.saved as f64 / 3_600_000.0,
            choice.minutes,
            ids(&choice.still_reachable),
            ids(&choice.pays),
            ids(&choice.spares),
        )
    };
    options.front.iter().chain(&options.by_hand).map(line).collect()
}

fn without(map: &Map, lever: &str) -> Vec<LeverId> {
    all(map).into_iter().filter(|it| map.levers[it.index()].id != lever).collect()
}

#[test]
fn a_free_lever_that_saves_everything_leaves_no_other_choice() {
    let map = map(LEVERS);
    let found = options(&night(&map, &[], &["ws-1"]), &all(&map));
    assert!(found.exact);
    assert_eq!(
        lines(&map, &found),
        [
            "[isolate-ws:Isolate:ws-1] price 0.0 danger 0.0 saved 276.0 in Some(2) reach [] pay [] spare [north-er,south-lab]"
        ]
    );
    assert_eq!((found.nothing.saved, found.nothing.still_reachable.len()), (0, 4));
}

#[test]
fn from_the_cheapest_to_the_least_dangerous() {
    let map = map(LEVERS);
    let situation = night(&map, &[], &["portal", "svc-backup"]);
    let found = options(&situation, &without(&map, "no-backup-account"));
    assert_eq!(
        lines(&map, &found),
        [
            "[] price 0.0 danger 277.8 saved 0.0 in None reach [core,ehr-a,lab-south] pay [] spare []",
            "[cut-internet-north:CutInternet:north] price 81.9 danger 275.7 saved 2.1 in Some(5) \
             reach [ehr-a,lab-south] pay [north-er,south-lab] spare []",
            "[made:Isolate:portal made:Disable:svc-backup] price 81.9 danger 81.9 saved 195.9 in None \
             reach [] pay [north-er,south-lab] spare [north-er,south-lab]",
        ]
    );
    let found = options(&situation, &all(&map));
    assert_eq!(
        lines(&map, &found),
        [
            "[cut-south:Close:f-dc-south no-backup-account:Disable:svc-backup] price ≥0.0 danger 266.7 \
             saved 11.1 in Some(10) reach [core,ehr-a] pay [] spare []",
            "[cut-internet-north:CutInternet:north no-backup-account:Disable:svc-backup] price 81.9 \
             danger 81.9 saved 195.9 in Some(5) reach [] pay [north-er,south-lab] spare [north-er,south-lab]",
        ]
    );
}

#[test]
fn without_levers_some_are_made() {
    let map = map("");
    let found = options(&night(&map, &["ws-1"], &["portal", "svc-backup"]), &[]);
    assert_eq!(
        lines(&map, &found),
        [
            "[] price 0.0 danger 277.8 saved 0.0 in None reach [core,ehr-a,lab-south] pay [] spare []",
            "[made:Isolate:portal made:Isolate:ws-1 made:Disable:svc-backup] price 81.9 danger 81.9 \
             saved 195.9 in None reach [] pay [north-er,south-lab] spare [north-er,south-lab]",
        ]
    );
}

#[test]
fn nothing_compromised_asks_for_nothing() {
    let map = map(LEVERS);
    let found = options(&night(&map, &[], &[]), &all(&map));
    assert_eq!(lines(&map, &found), ["[] price 0.0 danger 0.0 saved 0.0 in None reach [] pay [] spare []"]);
}
