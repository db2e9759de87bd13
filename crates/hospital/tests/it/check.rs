//! Checking: cases as data, a rich map read whole, and bytes that must never make it panic.

use std::fmt::Write as _;

use assess::{Lang, Words};
use content::Content;
use hospital::{Effect, End, Kind, MapFile, Said, Work, check};
use jiff::tz::TimeZone;
use proptest::prelude::*;

fn file(name: &str, bytes: impl Into<Vec<u8>>) -> MapFile {
    MapFile { name: name.to_owned(), bytes: bytes.into() }
}

/// What `check` says of files in those words, a line each.
fn said(files: Vec<MapFile>, words: &Words) -> String {
    let checked = check(files);
    let mut said = format!("{}\n", if checked.map.is_some() { "usable" } else { "no map" });
    for (word, list) in [("error", &checked.errors), ("remark", &checked.remarks)] {
        for it in list {
            let place = format!("{}:{}:{}", it.file, it.line, it.column);
            let (message, help) = (words.tell(&it.message), words.tell(&it.help));
            let _ = writeln!(said, "{word} {place} {}: {message}\n    {help}", it.code);
        }
    }
    said
}

#[test]
fn mistakes() {
    const CASES: &str = include_str!("mistakes.txt");
    let words = Words::load(&Content::embedded(), Lang::En, TimeZone::UTC).unwrap();
    let mut parts = CASES.split("\n=== ");
    let mut written = parts.next().unwrap().trim_end().to_owned() + "\n";
    let mut wrong = Vec::new();
    for case in parts {
        let (given, expected) = case.split_once("\n>>>\n").unwrap_or((case, ""));
        let given = given.trim_end();
        let mut files = given.split("\n--- ");
        let name = files.next().unwrap();
        let files = files.map(|it| {
            let (name, text) = it.split_once('\n').unwrap_or((it, ""));
            file(name, text)
        });
        let said = said(files.collect(), &words);
        if said.trim_end() != expected.trim_end() {
            wrong.push(format!("{name}:\n{said}"));
        }
        let _ = write!(written, "\n=== {given}\n>>>\n{said}");
    }
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/mistakes.txt"), written).unwrap();
    } else {
        assert!(wrong.is_empty(), "UPDATE_EXPECT=1 accepts this:\n\n{}", wrong.join("\n"));
    }
}

const RICH: &str = r#"
[hospital]
name = "Group"
time_zone = "Europe/Paris"
degraded = 4
beyond = 25
spread = "30min"

[[site]]
id = "north"
name = "North"
address = "1 street"
emergency_phone = "+33 1 99 00 00 00"

[[care_service]]
id = "er"
name = "Emergency"
site = "north"
weight = 90
mtpd = "8h"
patients_per_day = 120
procedure = "Paper"
holds = "4h"
divert_to = "South"
downtime = "Red cupboard"
needs = [
  { on = ["pacs", "srv-2", "srv-1"], at_least = 2, effect = "stops", grace = "4h", via = { srv-2 = "f" } },
  { on = "pacs", effect = "degrades", grace = "20min" },
]

[[application]]
id = "pacs"
name = "PACS"
vendor = "Vendor"
owner = "Imaging"
persons = 300_000
needs = [{ on = ["srv-1"] }]
restore = [
  { id = "pacs.check", after = ["srv-2.data", "srv-1.copy"], duration = ["1h", "2h", "5h"], skill = "imaging" },
]

[[asset]]
id = "srv-1"
restore = [
  { id = "srv-1.os", duration = "90min", people = [{ skill = "windows", number = 2 }, { skill = "network" }], clean = 1 },
  { id = "srv-1.copy", after = ["srv-1.os"], store = "tape", size = "1.5TB", rate = "50MB/s" },
]
backups = [
  { store = "tape", taken_at = 2026-11-21T02:00:00+01:00, offline = true, tested_at = "2026-09-02" },
  { store = "tape", taken_at = "2026-11-20T02:00:00" },
]

[[asset]]
id = "srv-2"
restore = "server"

[[asset]]
id = "adm"
name = "Administrator"
kind = "account"
aliases = ["adm-01"]

[[zone]]
id = "lan"
name = "LAN"
site = "north"

[[flow]]
id = "f"
from = "internet"
to = "srv-2"
services = ["rdp"]
open = false

[[control]]
from = "adm"
over = ["srv-1", "srv-2"]

[[lever]]
id = "cut"
label = "Cut"
isolates = ["srv-1"]
closes = ["f"]
disables = ["adm"]
place = "Room 1"
photo = "room-1.jpg"
who = "Network"
minutes = 5
undo = "Plug in"

[[team]]
id = "windows"
skill = "windows"
number = 3
from = "2026-11-21T08:00:00+01:00"
until = 2026-12-21T08:00:00+01:00
daily = "20:00-08:00"
on_call = true

[[team]]
id = "network"
skill = "network"
daily = ["8:00", "24:00"]

[[team]]
id = "imaging"
skill = "imaging"

[[store]]
id = "tape"
asset = "srv-2"
rate = "100MB/s"

[[clean_room]]
id = "room"
places = 4

[[contact]]
id = "director"
name = "Director"
role = "Crisis"
channels = ["tel:+33199000000"]
survives = ["network"]

[[contact]]
id = "deputy"
name = "Deputy"
for = "director"

[[restore_template]]
id = "server"
steps = [
  { id = "os", duration = "1h", skill = "windows" },
  { id = "data", after = ["os", "srv-1.os"], store = "tape", size = "80GiB" },
]
"#;

const RICH_SHEET: &str = "id,name,kind,site,zone,hosts,ips,macs,aliases,os,vendor\n\
    srv-2,Server two,server,north,lan,SRV-2;SRV-2B,10.0.0.2;fe80::1,00:1a:2b:3c:4d:5e,old name;two,Windows Server 2022,\n\
    srv-1,Server one,server,north,lan,SRV-1,10.0.0.1,001a.2b3c.4d5f,,Debian,Vendor\n";

#[test]
fn a_rich_map_is_read_whole() {
    let checked = check(vec![file("map.toml", RICH), file("assets.csv", RICH_SHEET)]);
    assert_eq!((checked.errors, checked.remarks), (Vec::new(), Vec::new()));
    let map = checked.map.unwrap();
    let ids: Vec<&str> = map.nodes.iter().map(|it| it.id.as_str()).collect();
    assert_eq!(ids, ["adm", "er", "pacs", "srv-1", "srv-2"]);
    assert_eq!((map.degraded, map.beyond, map.spread), (4, 25, 1_800));

    let need = &map.nodes[1].needs[0];
    let on: Vec<&str> = need.on.iter().map(|it| map.id(*it)).collect();
    assert_eq!(
        (on, need.at_least, need.effect, need.grace),
        (vec!["pacs", "srv-2", "srv-1"], 2, Effect::Stops, 14_400)
    );
    assert_eq!(need.via.iter().map(|it| map.id(it.0)).collect::<Vec<_>>(), ["srv-2"]);
    assert_eq!((map.nodes[1].needs[1].effect, map.nodes[1].needs[1].at_least), (Effect::Degrades, 1));
    let Kind::CareService(er) = &map.nodes[1].kind else { panic!("a care service") };
    assert_eq!(
        (er.weight, er.mtpd, er.holds, er.patients_per_day),
        (90, Some(28_800), Some(14_400), Some(120))
    );

    let Kind::Asset(two) = &map.nodes[4].kind else { panic!("an asset") };
    assert_eq!((two.hosts.len(), two.ips.len(), two.macs[0][5]), (2, 2, 0x5e));
    assert_eq!(two.aliases, ["old name", "two"]);
    assert_eq!(map.zones.iter().map(|it| it.id.as_str()).collect::<Vec<_>>(), ["internet", "lan"]);
    assert!(matches!(map.flows[0].from, End::Zone(zone) if zone.0 == 0));
    assert!(matches!(map.flows[0].to, End::Asset(node) if map.id(node) == "srv-2"));
    assert!(!map.flows[0].open);

    let steps = map.nodes[3].restore.as_ref().unwrap();
    assert_eq!(steps[0].people, [("windows".to_owned(), 2), ("network".to_owned(), 1)]);
    assert_eq!(steps[0].work, Work::Labour { optimistic: 5_400, likely: 5_400, pessimistic: 5_400 });
    assert!(matches!(steps[1].work, Work::Copy { size: 1_500_000_000_000, rate: Some(50_000_000), .. }));
    let from_template = map.nodes[4].restore.as_ref().unwrap();
    assert_eq!(from_template.iter().map(|it| it.id.as_str()).collect::<Vec<_>>(), ["srv-2.os", "srv-2.data"]);
    let after: Vec<(&str, u32)> =
        from_template[1].after.iter().map(|it| (map.id(it.node), it.step)).collect();
    assert_eq!(after, [("srv-2", 0), ("srv-1", 0)]);
    assert!(map.nodes[0].restore.is_none());

    let backups = &map.nodes[3].backups;
    assert_eq!(backups[0].taken_at.to_string(), "2026-11-21T01:00:00Z");
    assert_eq!(backups[0].tested_at.unwrap().to_string(), "2026-09-01T22:00:00Z");
    assert_eq!(backups[1].taken_at.to_string(), "2026-11-20T01:00:00Z");
    assert!(backups[0].offline && !backups[1].offline);

    let daily = map.teams[0].daily.unwrap();
    assert_eq!((daily.0.hour(), daily.1.hour(), map.teams[1].daily.unwrap().1.hour()), (20, 8, 0));
    assert_eq!((map.teams[0].number, map.teams[2].number), (3, 1));
    assert_eq!(map.contacts[1].stands_in_for.as_deref(), Some("director"));
    assert_eq!(map.levers[0].minutes, Some(5));
    assert!(map.stores[0].asset.is_some_and(|it| map.id(it) == "srv-2"));
}

#[test]
fn a_semicolon_sheet_in_windows_1252_reads_the_same() {
    let sheet = RICH_SHEET.replace(';', "|").replace(',', ";").replace("Server one", "Serveur de l'Été");
    let mut bytes = Vec::new();
    bytes.extend(sheet.replace('\n', "\r\n").chars().map(|it| it as u8));
    let checked = check(vec![file("map.toml", RICH), file("assets.csv", bytes)]);
    assert_eq!(checked.errors, []);
    assert_eq!(
        checked.remarks.iter().map(|it| (it.code, it.line, it.column)).collect::<Vec<_>>(),
        [("windows-1252", 3, 20)]
    );
    assert_eq!(checked.map.unwrap().nodes[3].name, "Serveur de l'Été");
}

#[test]
fn bytes_that_are_not_utf_8_are_told_and_the_rest_is_read() {
    let text = b"[[site]]\nid = \"a\"\nname = \"\xC9t\xE9\"\n[[site]]\nid = \"a\"\nname = \"B\"\n";
    let errors = check(vec![file("map.toml", text)]).errors;
    let places: Vec<_> = errors.iter().map(|it| (it.code, it.line, it.column)).collect();
    assert_eq!(places, [("not-utf8", 3, 9), ("not-utf8", 3, 11), ("duplicate-id", 5, 6)]);
}

#[test]
fn ten_thousand_mistakes_are_all_told() {
    let mut text = String::from("[[site]]\nid = \"a\"\nname = \"A\"\n");
    for number in 0..10_000 {
        let _ = write!(
            text,
            "[[application]]\nid = \"app-{number}\"\nname = \"A\"\nneeds = [{{ on = [\"ap-{number}x\"] }}]\n"
        );
    }
    let checked = check(vec![file("map.toml", text)]);
    assert_eq!(checked.errors.len(), 10_000);
    assert!(checked.errors.iter().all(|it| it.code == "unknown-id"));
}

#[test]
fn more_mistakes_than_are_kept_are_counted() {
    let text = "[[site]]\nx = 1\n".repeat(15_000);
    let checked = check(vec![file("map.toml", text)]);
    assert_eq!(checked.errors.len(), hospital::KEPT_MAX + 1);
    let last = &checked.errors.last().unwrap().message;
    assert_eq!(*last, Said::new("mistake-too-many").with("count", 10_000_usize));
}

#[test]
fn the_demonstration_map_is_sound() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../demo/map");
    let checked = hospital::load(folder.as_ref()).unwrap();
    assert_eq!((checked.errors, checked.remarks), (Vec::new(), Vec::new()));
    let map = checked.map.unwrap();
    let applications = map.nodes.iter().filter(|it| matches!(it.kind, Kind::Application(_))).count();
    let counts = [
        map.sites.len(),
        map.care().count(),
        applications,
        map.assets().count(),
        map.teams.len(),
        map.levers.len(),
    ];
    for (count, least) in counts.iter().zip([3, 40, 60, 400, 5, 8]) {
        assert!(*count >= least, "{counts:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn no_bytes_make_it_panic(toml in prop::collection::vec(any::<u8>(), 0..300), csv in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = check(vec![file("map.toml", toml), file("assets.csv", csv)]);
    }

    #[test]
    fn no_change_to_a_map_makes_it_panic(
        changes in prop::collection::vec((0..RICH.len(), 0..80_usize, "[\\x00-\\x7f\u{e9}\"\\[\\]{}=,.-]{0,6}"), 1..6),
        byte in any::<u8>(),
        at in 0..RICH_SHEET.len(),
    ) {
        let mut toml = RICH.to_owned();
        for (start, length, put) in changes {
            let start = toml.floor_char_boundary(start.min(toml.len()));
            let end = toml.ceil_char_boundary((start + length).min(toml.len()));
            toml.replace_range(start..end, &put);
        }
        let mut sheet = RICH_SHEET.as_bytes().to_vec();
        sheet[at] = byte;
        let _ = check(vec![file("map.toml", toml), file("assets.csv", sheet)]);
    }

    #[test]
    fn lines_of_a_map_in_any_order_make_no_panic(order in prop::collection::vec(0..RICH.lines().count(), 0..120)) {
        let lines: Vec<&str> = RICH.lines().collect();
        let text: Vec<&str> = order.into_iter().map(|it| lines[it]).collect();
        let _ = check(vec![file("map.toml", text.join("\n"))]);
    }
}
