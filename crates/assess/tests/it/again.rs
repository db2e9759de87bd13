//! Assessing again from what was kept: the same answer, other circumstances, signals found false.

use assess::{Assessment, Kept, Reading, SignalList};
use detect::{FalseSignal, Stance};
use govern::Facts;

use crate::night::{Desk, files, inputs, options, spill};

fn json<S: serde::Serialize>(assessment: &Assessment<S>) -> String {
    serde_json::to_string_pretty(assessment).unwrap()
}

fn through_json<T: serde::Serialize + serde::de::DeserializeOwned>(value: &T) -> T {
    serde_json::from_str(&serde_json::to_string(value).unwrap()).unwrap()
}

#[test]
fn what_was_kept_says_what_triage_said() {
    let desk = Desk::new();
    let (servers, other) = files();
    let both = [("a.ndjson", &*servers), ("b.ndjson", &*other)];
    let told = assess::triage(inputs(&both), &options(), desk.request(&[]), &desk.words, spill).unwrap();
    let (reading, mut lines) = desk.read(&both);
    for _ in 0..2 {
        let again = assess::assess(desk.recall(&lines), &through_json(&reading), desk.request(&[]), spill);
        assert_eq!(json(&again.unwrap().told(&desk.words)), json(&told));
        lines.reverse();
    }
    assert_eq!(told.with_stance(Stance::Lost).len(), 2);
    assert!(!told.care.is_empty() && told.restoration.is_some() && told.containment.len() > 1);
    assert_eq!(told.evidence.unknown_hosts.len(), 3, "{:?}", told.evidence.unknown_hosts);
}

#[test]
fn a_kept_assessment_has_all_that_faces_show() {
    let desk = Desk::new();
    let (servers, _) = files();
    let told =
        assess::triage(inputs(&[("a.ndjson", &servers)]), &options(), desk.request(&[]), &desk.words, spill);
    let told = told.unwrap();
    let published: serde_json::Value = serde_json::from_str(&json(&told)).unwrap();
    let (assessment, signals) = told.split();
    assert_eq!(assessment.signals, published["signals"].as_array().unwrap().len() as u64);
    let drafts = |it: &Assessment| it.obligations.iter().map(|it| it.draft.clone()).collect::<Vec<_>>();
    let again = Assessment::from(through_json(&Kept::from(assessment.clone())));
    assert!(drafts(&again).iter().flatten().count() > 3);
    assert_eq!(drafts(&again), drafts(&assessment));
    assert!(!json(&again).contains("draft"), "drafts are no part of the published shape");
    let again: serde_json::Value = serde_json::from_str(&json(&again.with(&signals))).unwrap();
    assert!(again == published);
}

#[test]
fn uploads_merge_in_any_order() {
    let desk = Desk::new();
    let (servers, other) = files();
    let (a, b) = (("a.ndjson", &*servers), ("b.ndjson", &*other));
    let (whole, lines) = desk.read(&[a, b]);
    let ((first, mut found), (second, more)) = (desk.read(&[a]), desk.read(&[b]));
    let merged = |mut one: Reading, other: &Reading| {
        one.merge(through_json(other));
        one
    };
    assert_eq!(merged(first.clone(), &second), whole);
    assert_eq!(merged(second, &first), whole);
    found.extend(more);
    found.sort();
    assert_eq!(found, lines);
    assert_eq!((whole.files, whole.events), (2, first.events + 3));
}

fn assessed<'e>(
    desk: &'e Desk,
    reading: &Reading,
    lines: &[String],
    found_false: &'e [FalseSignal],
) -> Assessment<SignalList<'e>> {
    let findings = assess::assess(desk.recall(lines), reading, desk.request(found_false), spill);
    findings.unwrap().told(&desk.words)
}

#[test]
fn without_its_signals_a_chain_goes_and_so_does_its_care() {
    let desk = Desk::new();
    let (servers, _) = files();
    let (reading, lines) = desk.read(&[("a.ndjson", &servers)]);
    let before = assessed(&desk, &reading, &lines, &[]);
    let mark = |host: &str| -> Vec<FalseSignal> {
        let signals = before.signals.iter().map(|it| it.unwrap());
        let of_host = signals.filter(|it| it.host.as_deref().is_some_and(|it| it.starts_with(host)));
        of_host
            .map(|it| FalseSignal { rule: it.rule, path: it.source.path, record: it.source.record })
            .collect()
    };
    let (some, all) = (mark("SRV-ICU-01"), mark("SRV-"));
    let one = assessed(&desk, &reading, &lines, &some);
    assert_eq!((before.with_stance(Stance::Lost).len(), one.with_stance(Stance::Lost).len()), (2, 1));
    assert_eq!(one.with_stance(Stance::Lost)[0].id.as_deref(), Some("srv-dpidb-01"));
    assert!(one.care.len() < before.care.len());
    let none = assessed(&desk, &reading, &lines, &all);
    assert!(none.chains.is_empty() && none.care.is_empty() && none.containment.is_empty());
    assert!(none.restoration.is_none());
    assert_eq!(none.signals.len(), before.signals.len(), "signals found false stay in the list");
    let due = |it: &Assessment<SignalList<'_>>| it.obligations.len();
    assert!(due(&none) < due(&before), "{} and {}", due(&none), due(&before));
}

#[test]
fn findings_are_told_in_two_languages_with_the_same_figures() {
    let desk = Desk::new();
    let (servers, _) = files();
    let (reading, lines) = desk.read(&[("a.ndjson", &servers)]);
    let findings = assess::assess(desk.recall(&lines), &reading, desk.request(&[]), spill).unwrap();
    let (english, french) = (findings.tell(&desk.words), findings.tell(&desk.mots));
    assert_ne!(english.chains[0].sentence, french.chains[0].sentence);
    for (one, other) in english.containment.iter().zip(&french.containment) {
        assert_ne!(one.sentence, other.sentence);
        assert_eq!((one.care_lost, one.danger, one.minutes), (other.care_lost, other.danger, other.minutes));
    }
    let alone =
        assess::triage(inputs(&[("a.ndjson", &servers)]), &options(), desk.request(&[]), &desk.mots, spill);
    assert_eq!(json(&french), json(&alone.unwrap().split().0));
}

#[test]
fn the_same_signals_are_assessed_under_other_circumstances() {
    let desk = Desk::new();
    let (servers, _) = files();
    let (reading, lines) = desk.read(&[("a.ndjson", &servers)]);
    let mut request = desk.request(&[]);
    (request.map, request.facts) = (None, Facts::default());
    let mapless = assess::assess(desk.recall(&lines), &reading, request, spill).unwrap().tell(&desk.words);
    assert_eq!(mapless.with_stance(Stance::Lost).len(), 2);
    assert!(mapless.with_stance(Stance::Lost).iter().all(|asset| asset.id.is_none()));
    assert_eq!(mapless.evidence.unknown_hosts.len(), 2);
    assert!(mapless.care.is_empty());
}
