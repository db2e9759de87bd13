//! The nights of the demonstration: what the generator did is found, and nothing that it did not do.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use serde_json::Value;

use crate::{folder, json, root, run, schema, text};

/// A night told by the program.
pub struct Told {
    pub folder: PathBuf,
    pub assessment: Value,
    pub truth: Value,
}

static RANSOMWARE: OnceLock<Told> = OnceLock::new();
static QUIET: OnceLock<Told> = OnceLock::new();

/// The ransomware night of seed 1, told once.
fn ransomware() -> &'static Told {
    RANSOMWARE.get_or_init(|| tell("ransomware", 1))
}

/// The background alone, seed 1, told once.
pub fn quiet() -> &'static Told {
    QUIET.get_or_init(|| tell("quiet", 1))
}

fn tell(night: &str, seed: u32) -> Told {
    let folder = folder(&format!("{night}-{seed}"));
    let output =
        run(["demo", "--no-serve", "--night", night, "--seed", &seed.to_string(), "--out", text(&folder)]);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let read = |name: &str| serde_json::from_slice(&std::fs::read(folder.join(name)).unwrap()).unwrap();
    Told { assessment: read("assessment.json"), truth: read("truth.json"), folder }
}

/// Ids of the assets that a chain says are `stance`.
fn with_stance(assessment: &Value, stance: &str) -> BTreeSet<String> {
    let chains = assessment["chains"].as_array().unwrap();
    let assets = chains.iter().flat_map(|chain| chain["assets"].as_array().unwrap());
    assets
        .filter(|asset| asset["stance"] == stance)
        .map(|asset| asset["id"].as_str().map_or_else(|| format!("host {}", asset["host"]), str::to_owned))
        .collect()
}

fn touched(truth: &Value, what: &str) -> BTreeSet<String> {
    truth[what].as_array().unwrap().iter().map(|it| it["asset"].as_str().unwrap().to_owned()).collect()
}

fn lost_as_told(told: &Told) {
    let lost = touched(&told.truth, "lost");
    assert!(lost.len() >= 20, "{} lost", lost.len());
    assert_eq!(with_stance(&told.assessment, "lost"), lost, "{}", told.folder.display());
}

#[test]
fn triage_of_the_demonstration_says_the_same_to_the_byte() {
    let told = ransomware();
    for name in ["report.html", "assessment.json", "signals.csv", "timeline.csv", "drafts", "map", "evidence"]
    {
        assert!(told.folder.join(name).exists(), "{name} is missing");
    }
    let (evidence, map) = (told.folder.join("evidence"), told.folder.join("map"));
    let output = run(["triage", text(&evidence), "--map", text(&map), "--format", "json"]);
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(
        output.stdout == std::fs::read(told.folder.join("assessment.json")).unwrap(),
        "triage and the demonstration differ"
    );
}

#[test]
fn the_assessment_is_of_the_published_shape() {
    let told = ransomware();
    let shape =
        serde_json::from_slice(&std::fs::read(root().join("docs/assessment.schema.json")).unwrap()).unwrap();
    assert_eq!(schema::faults(&shape, &told.assessment), Vec::<String>::new());
    assert_eq!(schema::faults(&shape, &quiet().assessment), Vec::<String>::new());
    let mut lacking = told.assessment.clone();
    lacking["chains"][0].as_object_mut().unwrap().remove("sentence");
    lacking["evidence"]["files"] = (-1).into();
    lacking["more"] = true.into();
    assert_eq!(schema::faults(&shape, &lacking).len(), 3, "the check of shapes sees nothing");
}

#[test]
fn the_report_is_one_file_that_fetches_and_runs_nothing() {
    let html = std::fs::read_to_string(ransomware().folder.join("report.html")).unwrap();
    let lower = html.to_lowercase();
    assert!(lower.contains("content-security-policy") && lower.contains("default-src 'none'"));
    for never in
        ["<script", "javascript:", "<iframe", "<object", "<embed", "<link", "@import", "url(http", " onload="]
    {
        assert!(!lower.contains(never), "{never} in the report");
    }
    for attribute in ["src=", "href=", "action=", "poster="] {
        for (place, _) in lower.match_indices(attribute) {
            let value = lower[place + attribute.len()..].trim_start_matches(['"', '\'']);
            assert!(value.starts_with('#') || value.starts_with("data:"), "{attribute}{value:.60}");
        }
    }
}

#[test]
fn every_encrypted_asset_is_found_lost_and_no_other() {
    lost_as_told(ransomware());
    for seed in [2, 3, 4] {
        lost_as_told(&tell("ransomware", seed));
    }
}

#[test]
fn an_ordinary_night_takes_nothing() {
    let told = quiet();
    assert!(told.assessment["evidence"]["events"].as_u64().unwrap() >= 200_000);
    for stance in ["compromised", "lost"] {
        assert_eq!(with_stance(&told.assessment, stance), BTreeSet::new());
    }
}

#[test]
fn flooded_sites_are_in_a_chain() {
    let told = tell("flood", 1);
    let chains = told.assessment["chains"].as_array().unwrap();
    let hosts: BTreeSet<&str> = chains
        .iter()
        .flat_map(|chain| chain["assets"].as_array().unwrap())
        .filter_map(|asset| asset["id"].as_str())
        .collect();
    for target in touched(&told.truth, "targets") {
        assert!(hosts.contains(target.as_str()), "{target} was flooded and is in no chain: {hosts:?}");
    }
}

#[test]
fn what_the_insider_reads_is_in_a_chain() {
    let told = tell("insider", 1);
    let insider = format!("\"{}\"", told.truth["insider"].as_str().unwrap());
    let chains = told.assessment["chains"].as_array().unwrap();
    let lines: Vec<String> = chains
        .iter()
        .flat_map(|chain| chain["signals"].as_array().unwrap())
        .map(|place| &told.assessment["signals"][place.as_u64().unwrap() as usize]["source"])
        .map(|source| {
            line(&told.folder.join("evidence").join(source["path"].as_str().unwrap()), &source["record"])
        })
        .collect();
    assert!(!lines.is_empty(), "the insider is in no chain");
    assert!(lines.iter().all(|line| line.contains(&insider)), "somebody else is in a chain: {lines:#?}");
}

fn line(path: &Path, number: &Value) -> String {
    let text = std::fs::read_to_string(path).unwrap();
    text.lines().nth(number.as_u64().unwrap() as usize - 1).unwrap().to_owned()
}

#[test]
fn levers_and_losses_of_the_demonstration_map_are_answered_in_the_published_shapes() {
    let map = root().join("demo/map");
    let now = "2026-11-24T02:00:00Z";
    let asked = [
        "map",
        "impact",
        "--map",
        text(&map),
        "--now",
        now,
        "--lost",
        "srv-dc-01",
        "--lost",
        "srv-dc-02@+90min",
    ];
    let impact = json(0, &[&asked[..], &["--return", "2026-11-24T14:00:00Z", "--format", "json"]].concat());
    let nodes = impact["nodes"].as_array().unwrap();
    let lost = |id: &str| nodes.iter().find(|node| node["id"] == id).unwrap();
    assert_eq!(lost("srv-dc-01")["stops_at"], now);
    assert_eq!(lost("srv-dc-02")["stops_at"], "2026-11-24T03:30:00Z");
    for node in nodes {
        assert_eq!(node.as_object().unwrap().len(), 4, "{node}");
        assert!(
            node["because"].is_array() && (node["degrades_at"].is_string() || node["stops_at"].is_string())
        );
    }
    assert!(impact["care_lost"].is_f64() && impact["care_lost_exact"].is_u64());
    let asked = [
        "map",
        "whatif",
        "--map",
        text(&map),
        "--now",
        now,
        "--compromised",
        "srv-dc-01",
        "--format",
        "json",
    ];
    let idle = json(0, &asked);
    let keys: Vec<&str> = idle.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(keys, ["price", "danger", "price_exact", "danger_exact", "care", "still_reachable"]);
    assert_eq!(idle["price_exact"], 0);
    let cut = json(0, &[&asked[..], &["--isolate", "srv-dc-01"]].concat());
    assert!(cut["danger_exact"].as_u64() <= idle["danger_exact"].as_u64());
    assert!(
        cut["still_reachable"].as_array().unwrap().len() <= idle["still_reachable"].as_array().unwrap().len()
    );
}
