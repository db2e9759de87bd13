//! The nights: same bytes from the same seed, other names from another, truth that the evidence bears.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::path::Path;

use demo::{Night, Truth, generate};
use hospital::Map;

fn group() -> Map {
    let checked = hospital::check(demo::map_files());
    assert!(checked.errors.is_empty(), "{:?}", checked.errors);
    checked.map.unwrap()
}

fn night(night: Night, seed: u64) -> (Truth, BTreeMap<String, Vec<u8>>, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let truth = generate(&group(), night, seed, folder.path()).unwrap();
    let mut files = BTreeMap::new();
    gather(folder.path(), folder.path(), &mut files);
    (truth, files, folder)
}

fn gather(root: &Path, folder: &Path, files: &mut BTreeMap<String, Vec<u8>>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            gather(root, &path, files);
        } else {
            let name = path.strip_prefix(root).unwrap().to_string_lossy().into_owned();
            files.insert(name, fs::read(&path).unwrap());
        }
    }
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_seed_other_names() {
    let (one, files, _kept) = night(Night::Ransomware, 1);
    let (again, same, _kept) = night(Night::Ransomware, 1);
    assert_eq!(one, again);
    assert_eq!(files.len(), same.len());
    for (name, bytes) in &files {
        assert!(same[name] == *bytes, "{name} differs");
    }
    let (other, _, _kept) = night(Night::Ransomware, 2);
    assert_ne!(one.entry_account, other.entry_account);
    assert_ne!(one.lost, other.lost);
    assert_ne!(one.patient_zero, other.patient_zero);
}

#[test]
fn an_ordinary_night_has_two_hundred_thousand_events() {
    let (truth, files, folder) = night(Night::Quiet, 7);
    if std::env::var("REMPART_KEEP").is_ok() {
        println!("{}", folder.keep().display());
    }
    let mut events = 0;
    for (name, bytes) in &files {
        events += count(name, bytes);
    }
    assert_eq!(events, truth.events);
    assert!((200_000..262_000).contains(&events), "{events}");
    assert!(truth.lost.is_empty() && truth.compromised.is_empty());
}

fn count(name: &str, bytes: &[u8]) -> u64 {
    if name.ends_with(".evtx") {
        let mut parser = evtx::EvtxParser::from_buffer(bytes.to_vec()).unwrap();
        return parser.serialized_records(|record| record.map(|_| ())).map(|it| it.unwrap()).count() as u64;
    }
    let mut plain = Vec::new();
    if name.ends_with(".gz") {
        flate2::read::GzDecoder::new(bytes).read_to_end(&mut plain).unwrap();
    } else {
        plain.extend_from_slice(bytes);
    }
    plain.iter().filter(|byte| **byte == b'\n').count() as u64
}

#[test]
fn the_truth_is_borne_by_the_evidence() {
    let (truth, files, _kept) = night(Night::Ransomware, 3);
    assert!((24..=40).contains(&truth.lost.len()), "{}", truth.lost.len());
    let map = group();
    for touched in truth.lost.iter().chain(&truth.compromised) {
        assert!(map.find(&touched.asset).is_some(), "{} is not on the map", touched.asset);
        assert!((truth.start..truth.end).contains(&touched.at));
    }
    for touched in &truth.compromised {
        assert!(truth.lost.iter().all(|it| it.asset != touched.asset), "{} is both", touched.asset);
    }
    let first = truth.compromised.iter().map(|it| it.at).min().unwrap();
    assert!(truth.lost.iter().all(|it| it.at > first));
    let name = truth.entry_account.unwrap();
    let vpn = String::from_utf8(files["vpn/gateway.log"].clone()).unwrap();
    assert!(
        vpn.lines().any(|line| line.contains(&format!("user=\"{name}\"")) && line.contains("mfa=\"no\""))
    );
}
