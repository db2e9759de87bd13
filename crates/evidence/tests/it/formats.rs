//! `cases.txt`: what is read out of each format. `UPDATE_EXPECT=1` writes what is read now.

use evidence::{CsvMapping, Options};
use jiff::tz::TimeZone;

use crate::told;

const CASES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/cases.txt");

/// Each case: `### title`, `file: NAME` (and `zone:`, `mapping:`), the text, `---`, what is told.
#[test]
fn formats_are_read_as_written_in_cases() {
    let text = std::fs::read_to_string(CASES).unwrap();
    let (head, cases) = text.split_once("\n### ").unwrap();
    let mut now = head.to_owned();
    for case in cases.split("\n### ") {
        let (title, rest) = case.split_once('\n').unwrap();
        let (given, _) = rest.split_once("\n---\n").unwrap_or_else(|| panic!("no --- in {title}"));
        let expected = told_of(given);
        now += &format!("\n### {title}\n{given}\n---\n{expected}\n");
    }
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(CASES, &now).unwrap();
    }
    assert!(now.trim_end() == text.trim_end(), "{}", difference(&text, &now));
}

fn told_of(given: &str) -> String {
    let reference = Some("2026-11-22T00:00:00Z".parse().unwrap());
    let mut options = Options { reference, threads: 1, ..Options::default() };
    let (mut name, mut text) = ("", given);
    while let Some((key, rest)) = text.split_once(": ") {
        let (value, rest) = rest.split_once('\n').unwrap_or((rest, ""));
        match key {
            "file" => name = value,
            "numbers" => options.by_line = value == "of lines",
            "zone" => options.time_zone = Some(TimeZone::get(value).unwrap()),
            "mapping" => options.mapping = Some(CsvMapping::parse(&value.replace(" & ", "\n")).unwrap()),
            _ => break,
        }
        text = rest;
    }
    told(name, text.as_bytes(), &options)
}

fn difference(old: &str, new: &str) -> String {
    let pairs = old.lines().zip(new.lines()).filter(|(old, new)| old != new);
    pairs.take(5).map(|(old, new)| format!("- {old}\n+ {new}\n")).collect()
}
