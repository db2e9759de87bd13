//! What printed pages promise: each lever and each ward once, care that agrees with `hospital`,
//! nothing that runs, no word missing.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use assess::{Lang, Words};
use base64::Engine as _;
use content::Content;
use hospital::{Closures, Effect, Loss, Map, MapFile, check, impact};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use sha2::{Digest, Sha256};

use super::*;

const AT: Timestamp = Timestamp::constant(1_795_593_600, 0);

fn words(lang: Lang) -> Words {
    Words::load(&Content::embedded(), lang, TimeZone::UTC).unwrap()
}

fn demonstration() -> Map {
    hospital::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../demo/map")).unwrap().map.unwrap()
}

fn map(text: &str) -> Map {
    check(vec![MapFile { name: "map.toml".to_owned(), bytes: text.into() }]).map.unwrap()
}

/// Every kind of page, with what it is.
fn pages(map: &Map, words: &Words) -> Vec<(&'static str, String)> {
    let wards: Vec<WardLink> = map
        .care()
        .map(|(_, row, _)| WardLink {
            service: row.id.clone(),
            url: format!("https://rempart.example/w/{}", row.id),
            code: "K7-42".to_owned(),
        })
        .collect();
    let tasks = [ReturnRow {
        reference: "12".to_owned(),
        who: Some(map.name.clone()),
        what: map.name.clone(),
        due: Some(AT),
    }];
    let links = Links::to("https://rempart.example").unwrap();
    vec![
        ("cards", cards(map, words, AT)),
        ("labels", labels(map, words)),
        ("folder", folder(map, words, AT, &Links::none())),
        ("wards", super::wards(map, words, AT, &links)),
        ("posters", ward_posters(map, words, &wards)),
        ("return sheet", return_sheet(&tasks, words, AT)),
    ]
}

fn body(page: &str) -> &str {
    page.split_once("</style>").unwrap().1
}

#[test]
fn each_lever_has_one_card_and_one_label() {
    let (map, words) = (demonstration(), words(Lang::Fr));
    assert!(map.levers.len() > 10);
    let (cards, labels) = (cards(&map, &words, AT), labels(&map, &words));
    assert_eq!(cards.matches("<article class=\"card\">").count(), map.levers.len());
    assert_eq!(labels.matches("<article class=\"sticker\">").count(), map.levers.len());
    for lever in &map.levers {
        let id = format!(">{}</p>", lever.id);
        assert_eq!((cards.matches(&id).count(), labels.matches(&id).count()), (1, 1), "{id}");
    }
}

#[test]
fn each_ward_has_one_page() {
    let (map, words) = (demonstration(), words(Lang::Fr));
    for (what, page) in pages(&map, &words) {
        let titles: Vec<&str> =
            page.split("<h1>").skip(1).filter_map(|rest| rest.split("</h1>").next()).collect();
        if matches!(what, "folder" | "wards" | "posters") {
            for (_, row, _) in map.care() {
                let name = row.name.replace('&', "&amp;");
                assert_eq!(titles.iter().filter(|title| **title == name).count(), 1, "{what}: {name}");
            }
        }
    }
}

#[test]
fn care_on_a_card_is_what_hospital_computes() {
    let (map, words) = (demonstration(), words(Lang::En));
    let mut stops = 0;
    for (lever, facts) in map.levers.iter().zip(all_card_facts(&map, &words)) {
        let losses: Vec<Loss> =
            lever.isolates.iter().map(|&node| Loss { node, at: AT, how: Effect::Stops }).collect();
        let closures = lever.closes.iter().fold(Closures::of(&map, AT), |all, flow| all.and(*flow, AT));
        let impact = impact(&map, &losses, &closures);
        let after = |at: Option<Timestamp>| at.map(|at| (at.as_second() - AT.as_second()) as u64);
        let expected: BTreeMap<&str, (Option<u64>, Option<u64>)> = map
            .care()
            .filter(|(node, _, _)| impact.degrades_at(*node).is_some() || impact.stops_at(*node).is_some())
            .map(|(node, row, _)| {
                (row.id.as_str(), (after(impact.degrades_at(node)), after(impact.stops_at(node))))
            })
            .map(|(id, (worse, stops))| (id, (worse.filter(|worse| Some(*worse) != stops), stops)))
            .collect();
        let told: BTreeMap<&str, (Option<u64>, Option<u64>)> =
            facts.care.iter().map(|care| (care.service, (care.worse_after, care.stops_after))).collect();
        assert_eq!(told, expected, "{}", lever.id);
        stops += told.len();
        assert_eq!(facts.care_sentence(&words).starts_with("Nothing stops"), told.is_empty(), "{}", lever.id);
    }
    assert!(stops > 0, "some lever of the demonstration costs care");
}

const WARD: &str = r#"
    site = [{ id = "north", name = "North", emergency_phone = "+33 1 99 00 01 10" }]
    zone = [
        { id = "desks", name = "Desks", site = "north" },
        { id = "servers", name = "Servers", site = "north" },
    ]
    flow = [{ id = "f", from = "desks", to = "servers" }]
    lever = [{ id = "cut", label = "Cut the desks off", closes = ["f"] }]
    [[asset]]
    id = "pc"
    name = "Desk"
    kind = "workstation"
    site = "north"
    zone = "desks"
    needs = [{ on = ["srv"] }]
    [[asset]]
    id = "srv"
    name = "Server"
    kind = "server"
    site = "north"
    zone = "servers"
    [[care_service]]
    id = "ward"
    name = "Ward"
    site = "north"
    weight = 50
"#;

#[test]
fn what_fails_anyway_is_not_laid_to_the_lever() {
    let words = words(Lang::En);
    let needs = "needs = [{ on = [\"srv\"], grace = \"20min\", via = { srv = \"f\" } }]";
    let open = map(&format!("{WARD}{needs}"));
    let facts = card_facts(&open, &words, hospital::LeverId(0));
    assert_eq!((facts.care.len(), facts.care[0].sentence.as_str()), (1, "stops after 20 min"));
    let closed = map(&format!("{WARD}{needs}").replace("to = \"servers\"", "to = \"servers\", open = false"));
    assert!(card_facts(&closed, &words, hospital::LeverId(0)).care.is_empty());
}

#[test]
fn a_way_that_the_map_leaves_out_is_said() {
    let words = words(Lang::En);
    let silent = map(&format!("{WARD}needs = [{{ on = [\"pc\"] }}]"));
    let facts = card_facts(&silent, &words, hospital::LeverId(0));
    assert!(facts.at_least && facts.care_sentence(&words).contains("At least"), "{facts:?}");
    let named =
        WARD.replace("needs = [{ on = [\"srv\"] }]", "needs = [{ on = [\"srv\"], via = { srv = \"f\" } }]");
    let told = map(&format!("{named}needs = [{{ on = [\"pc\"] }}]"));
    let facts = card_facts(&told, &words, hospital::LeverId(0));
    assert!(!facts.at_least && facts.care[0].sentence == "stops at once", "{facts:?}");
}

#[test]
fn what_the_map_does_not_say_is_a_line_to_fill_in() {
    let words = words(Lang::En);
    let page = cards(&map(&format!("{WARD}needs = [{{ on = [\"pc\"] }}]")), &words, AT);
    assert_eq!(page.matches("<dd class=\"big\"><span class=\"blank\"></span></dd>").count(), 1, "place");
    assert_eq!(page.matches("<dd><span class=\"blank\"></span></dd>").count(), 3, "who, minutes, undo");
    let bare = map("[hospital]\nname = \"Bare\"");
    assert!(cards(&bare, &words, AT).contains("no lever yet"));
    assert!(folder(&bare, &words, AT, &Links::none()).contains("no care service yet"));
}

#[test]
fn nothing_runs_and_everything_is_escaped() {
    let hostile = r#"<script>alert(1)</script>\" onload=x \u202Efdp"#;
    let people = r#"
        procedure = "H"
        divert_to = "H"
        downtime = "H"
        [hospital]
        name = "H"
        [[contact]]
        id = "c"
        name = "H"
        role = "H"
        channels = ["H", "tel:H", "<b>:x"]
        survives = ["H"]
    "#;
    let lever = "\"H\", place = \"H\", who = \"H\", undo = \"H\", photo = \"H\"";
    let text = format!("{WARD}needs = [{{ on = [\"pc\"] }}]{people}")
        .replace("\"Cut the desks off\"", lever)
        .replace("\"North\"", "\"H\"")
        .replace("\"+33 1 99 00 01 10\"", "\"H\"")
        .replace("\"Ward\"", "\"H\"")
        .replace("\"Desk\"", "\"H\"")
        .replace("\"Servers\"", "\"H\"")
        .replace("\"H\"", &format!("\"{hostile}\""))
        .replace("tel:H", &format!("tel:{hostile}"));
    let map = map(&text);
    for lang in [Lang::En, Lang::Fr] {
        for (what, page) in pages(&map, &words(lang)) {
            let body = body(&page);
            if what != "posters" {
                assert!(body.contains("&lt;script&gt;"), "{what} shows it");
            }
            for bad in ["<script", "<b>:", "\u{202e}", " style=", "\" onload"] {
                assert!(!body.contains(bad), "{what}: {bad}");
            }
            let hash = base64::engine::general_purpose::STANDARD.encode(Sha256::digest(
                page.split("<style>").nth(1).unwrap().split("</style>").next().unwrap(),
            ));
            assert!(page.contains(&format!("default-src 'none'; style-src 'sha256-{hash}'")), "{what}");
            let links: BTreeSet<&str> =
                body.split("href=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
            assert!(links.iter().all(|link| link.starts_with("tel:")), "{what}: {links:?}");
        }
    }
}

#[test]
fn no_page_shows_a_key_in_either_language() {
    let map = demonstration();
    for lang in [Lang::En, Lang::Fr] {
        for (what, page) in pages(&map, &words(lang)) {
            for family in ["paper-", "column-", "do-isolate", "do-close", "do-disable"] {
                assert!(!body(&page).contains(family), "{what} in {}: {family}", lang.code());
            }
        }
    }
    let french = folder(&map, &words(Lang::Fr), AT, &Links::none());
    for english in ["Red folder", "Whom", "Where", "Stops", "Undo", "at once", "Printed"] {
        assert!(!body(&french).contains(english), "{english}");
    }
}

#[test]
fn codes_hold_what_stands_beside_them() {
    let (map, words) = (demonstration(), words(Lang::En));
    let links = Links::to("https://rempart.example").unwrap();
    let page = wards(&map, &words, AT, &links);
    let code = qr_svg("https://rempart.example/wards/north-er").into_string();
    assert_eq!(page.matches(&code).count(), 1);
    assert!(page.contains(">https://rempart.example/wards/north-er</"));
    let page = wards(&map, &words, AT, &Links::none());
    assert!(page.contains(&qr_svg("tel:+33199000110").into_string()));
}

#[test]
fn a_return_sheet_keeps_references_and_leaves_room() {
    let words = words(Lang::En);
    let rows = [7, 8].map(|number| ReturnRow {
        reference: format!("T-{number}"),
        who: None,
        what: "Restart the blood fridge alarm".to_owned(),
        due: Some(AT),
    });
    let page = return_sheet(&rows, &words, AT);
    assert!(page.contains(">T-7<") && page.contains(">T-8<") && page.contains(&words.day_hour(AT)));
    assert_eq!(page.matches("<tr class=\"empty\">").count(), 5);
}
