//! What ships: rules whose examples hold, and nothing that knows the demonstration.

use std::collections::BTreeSet;

use content::Content;
use detect::{Engine, Rules, Settings, test_examples};

#[test]
fn every_rule_does_what_its_examples_say_and_eighty_are_distinct() {
    let content = Content::embedded();
    let settings = Settings::read(|path| content.file(path)).unwrap();
    let engine = Engine::new(Rules::load(content.under("rules/")), settings);
    let tested = test_examples(&engine);
    assert_eq!(tested.failures, []);
    let behaviours: BTreeSet<(&str, &str)> = engine
        .shown()
        .filter_map(|rule| Some((rule.techniques.first()?.as_str(), rule.log_source.as_deref()?)))
        .collect();
    println!("{} rules, {} examples, {} behaviours", tested.rules, tested.examples, behaviours.len());
    assert!(behaviours.len() >= 80, "{} distinct behaviours", behaviours.len());
}

/// Names of the demonstration's map: ids, hosts, other names and addresses of its assets, its domain; not
/// the bare words among them (`vpn`, `proxy`).
fn names() -> BTreeSet<String> {
    let files = demo::map_files();
    let assets = files.iter().find(|file| file.name == "assets.csv").unwrap();
    let mut reader = csv::Reader::from_reader(&assets.bytes[..]);
    let header = reader.headers().unwrap().clone();
    let mut names = BTreeSet::from(["ght-vallee".to_owned()]);
    for row in reader.records() {
        let row = row.unwrap();
        for (column, cell) in header.iter().zip(&row) {
            if matches!(column, "id" | "hosts" | "ips" | "macs" | "aliases") {
                let own =
                    |it: &&str| it.contains(['-', '.', ':']) || it.contains(|it: char| it.is_ascii_digit());
                names.extend(cell.split(';').filter(own).map(str::to_lowercase));
            }
        }
    }
    names
}

#[test]
fn nothing_that_ships_names_the_demonstration() {
    let names = names();
    assert!(names.len() > 1_000);
    let content = Content::embedded();
    let mut told = BTreeSet::new();
    for (path, bytes) in content.under("") {
        let text = String::from_utf8_lossy(bytes).to_lowercase();
        let words =
            text.split(|it: char| !(it.is_ascii_alphanumeric() || matches!(it, '-' | '.' | ':' | '_')));
        for word in words.map(|it| it.trim_matches(['.', ':', '-'])) {
            let host = word.split('.').next().unwrap_or_default();
            if names.contains(word) || names.contains(host) || word.contains("ght-vallee") {
                told.insert(format!("{path}: {word}"));
            }
        }
    }
    assert_eq!(told, BTreeSet::new());
}
