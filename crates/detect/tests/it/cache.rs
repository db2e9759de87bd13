//! Rules from the cache are the rules from the files.

use std::fs;
use std::path::{Path, PathBuf};

use detect::{Cache, Detected, Engine, Rules};
use evidence::{Event, Input, Options};

use crate::public::{public_rules, samples};
use crate::settings;

type Files = Vec<(String, Vec<u8>)>;

/// Our own rules, beside some of each kind that a cache may get wrong.
fn files() -> Files {
    let content = content::Content::embedded();
    let own = content.under("rules/").map(|(path, bytes)| (path.to_owned(), bytes.to_vec()));
    let made = [
        ("broken.yml", "title: [\n".to_owned()),
        ("refused.yml", rule("r-1", "a|re: '('")),
        ("nameless.yml", rule("", "'|all': ['*x*', '*y*']")),
        ("array.yml", rule("r-3", "a[any]: {b: 1}")),
        ("unicode.yml", rule("r-4", "a: \"é\\0\\u2028 \\\\\"")),
        ("number.yml", rule("r-5", "a: 1.5\n    b|gte: 18446744073709551615\n    c|re: '\\d+'\n    d: null")),
        ("twice.yml", format!("{}\n---\n{}", rule("r-6", "a: 1"), rule("r-7", "'*x*'"))),
        ("named.yml", format!("{}\nexamples: {{match: [{{Channel: Security, EventID: 1, a: 2, 1: x, y: .nan}}]}}\n", rule("r-8", "a: 2"))),
        (
            "filter.yml",
            "title: f\nlogsource: {product: windows}\nfilter: {rules: [r-6], sel: {b: 1}, condition: not sel}\n"
                .to_owned(),
        ),
    ];
    own.chain(made.map(|(path, text)| (path.to_owned(), text.into_bytes()))).collect()
}

fn rule(id: &str, items: &str) -> String {
    let id = if id.is_empty() { String::new() } else { format!("id: {id}\n") };
    format!(
        "title: t\n{id}logsource: {{product: windows, other: x}}\ndetection:\n  sel:\n    {items}\n  condition: sel\n"
    )
}

fn load(files: &Files, cache: Option<&Cache>) -> Rules {
    Rules::load_with(files.iter().map(|(path, bytes)| (path, bytes)), cache)
}

/// All that is known of rules besides their logic.
fn known(rules: &Rules) -> String {
    format!("{:#?} {:#?}", rules.facts().collect::<Vec<_>>(), rules.refused())
}

/// The only set of rules that is kept.
fn kept(folder: &Path) -> PathBuf {
    let mut all = fs::read_dir(folder).unwrap().map(|it| it.unwrap().path());
    all.find(|it| it.extension().is_some_and(|it| it == "rules")).unwrap()
}

/// Rules of every kind on events that they were written for.
fn hits(rules: Rules) -> Vec<(String, u64)> {
    let engine = Engine::new(rules, settings());
    let mut found: Vec<Detected> = Vec::new();
    for event in events() {
        engine.judge(&event, &mut found);
    }
    found.iter().map(|it| (it.signal.rule.to_string(), it.signal.source.record)).collect()
}

fn events() -> Vec<Event> {
    let mut events = vec![
        crate::event("windows Security 1 h | a=1"),
        crate::event("windows Security 1 h | a=1 | b=1"),
        crate::event("windows Security 1 h | a=2 | e=x and y"),
        crate::event("windows Security 1 h | a=é\0\u{2028} \\"),
    ];
    for (at, event) in (0..).zip(&mut events) {
        event.origin.record = at;
    }
    events
}

#[test]
fn rules_from_the_cache_are_those_from_the_files() {
    let folder = tempfile::tempdir().unwrap();
    let cache = Cache::new(folder.path().join("cache"));
    let files = files();
    let plain = load(&files, None);
    let (wanted, wanted_hits) = (known(&plain), hits(plain));
    let has = |rule: &str, record| wanted_hits.contains(&(rule.to_owned(), record));
    assert!(has("r-4", 3) && has("r-6", 0) && has("r-8", 2) && has("nameless.yml", 2), "{wanted_hits:?}");
    assert!(!has("r-6", 1), "the filter narrows it");
    for _ in ["cold", "warm"] {
        let rules = load(&files, Some(&cache));
        assert_eq!(known(&rules), wanted);
        assert_eq!(hits(rules), wanted_hits);
    }
    assert_eq!(detect::test_examples(&Engine::new(load(&files, Some(&cache)), settings())).failures, []);
}

#[test]
fn the_cache_is_used() {
    let folder = tempfile::tempdir().unwrap();
    let cache = Cache::new(folder.path().join("cache"));
    let files = files();
    load(&files, Some(&cache));
    let path = kept(&folder.path().join("cache"));
    let made = |path: &Path| fs::metadata(path).unwrap().modified().unwrap();
    let first = made(&path);
    load(&files, Some(&cache));
    assert_eq!(made(&path), first, "what is sound is not made anew");
    let mut bytes = fs::read(&path).unwrap();
    bytes[100] ^= 1;
    fs::write(&path, &bytes).unwrap();
    let rules = load(&files, Some(&cache));
    assert_eq!(known(&rules), known(&load(&files, None)));
    assert_ne!(fs::read(&path).unwrap(), bytes, "what is damaged is made anew");
    let mut changed = files.clone();
    changed.last_mut().unwrap().1.extend_from_slice(b"\n# other bytes\n");
    load(&changed, Some(&cache));
    assert_eq!(fs::read_dir(folder.path().join("cache")).unwrap().count(), 3, "other rules lie beside");
}

#[test]
fn a_folder_that_cannot_be_written_changes_nothing() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let cache = Cache::new(file.path().join("cache"));
    let files = files();
    assert_eq!(known(&load(&files, Some(&cache))), known(&load(&files, None)));
}

#[test]
fn public_rules_find_the_same_in_public_logs() {
    let (Some(files), Some(samples)) = (public_rules(), samples()) else { return };
    let folder = tempfile::tempdir().unwrap();
    let cache = Cache::new(folder.path().to_path_buf());
    let mut found = [None, Some(&cache), Some(&cache)].map(|cache| {
        let engine = Engine::new(load(&files, cache), settings());
        let mut hits = Vec::new();
        evidence::read(
            vec![Input::Path(samples.join("evtx"))],
            &Options::default(),
            |event, out| engine.judge(event, out),
            |it| hits.push((it.signal.rule.to_string(), it.signal.source)),
        );
        assert!(!hits.is_empty());
        hits
    });
    let wanted = found[0].clone();
    assert!(found.iter_mut().all(|it| *it == wanted));
}
