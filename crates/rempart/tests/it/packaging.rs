//! The unit, the image, the package and the page on running: each names what is there.

use std::fs;
use std::path::PathBuf;

use crate::{root, run};

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap()
}

/// Every setting's key with its explanation, from the example.
fn settings() -> Vec<(String, String)> {
    let example = String::from_utf8(run(["config", "example"]).stdout).unwrap();
    let mut found = Vec::new();
    let lines: Vec<&str> = example.lines().collect();
    for pair in lines.windows(2) {
        let Some((key, _)) = pair[1].trim_start_matches('#').split_once(" = ") else { continue };
        if let Some(help) = pair[0].strip_prefix("# ").and_then(|it| it.strip_suffix('.')) {
            found.push((key.to_owned(), help.to_owned()));
        }
    }
    assert!(found.len() > 12, "{found:?}");
    found
}

#[test]
fn the_page_on_running_explains_every_setting_and_no_other() {
    let page = read("docs/running.md");
    let table = page.split("| Setting | What it is |\n|---|---|\n").nth(1).unwrap();
    let rows: Vec<&str> = table.lines().take_while(|line| line.starts_with('|')).collect();
    let expected: Vec<String> =
        settings().iter().map(|(key, help)| format!("| `{key}` | {help} |")).collect();
    assert_eq!(rows, expected);
}

#[test]
fn the_image_sets_settings_and_runs_as_nobody() {
    let file = read("packaging/Dockerfile");
    let names: Vec<String> =
        settings().iter().map(|(key, _)| format!("REMPART_{}", key.to_uppercase())).collect();
    let set: Vec<&str> = file
        .split_whitespace()
        .filter_map(|word| word.split_once('=').map(|(name, _)| name))
        .filter(|name| name.starts_with("REMPART_"))
        .collect();
    assert!(set.len() >= 3, "{set:?}");
    for name in set {
        assert!(names.iter().any(|it| it == name), "{name} is no setting");
    }
    let runs = file.rsplit("FROM ").next().unwrap();
    assert!(runs.contains("\nUSER 10001:10001\n") && runs.contains("ENTRYPOINT [\"/usr/bin/rempart\"]"));
}

#[test]
fn the_unit_starts_what_the_package_brings() {
    let (unit, manifest) = (read("packaging/rempart.service"), read("crates/rempart/Cargo.toml"));
    let value = |key: &str| {
        let lines = unit.lines().filter_map(|line| line.split_once('='));
        lines.filter(|(name, _)| *name == key).map(|(_, value)| value.to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(value("Type"), ["notify"]);
    assert_eq!(value("ExecStart"), ["/usr/bin/rempart serve --config /etc/rempart/rempart.toml"]);
    assert_eq!(value("StateDirectory"), ["rempart"], "the example's data folder");
    assert!(value("NoNewPrivileges") == ["true"] && value("ProtectSystem") == ["strict"]);
    let assets = manifest.split("assets = [").nth(1).unwrap().split("\n]").next().unwrap();
    for (source, target) in [
        ("target/release/rempart", "usr/bin/"),
        ("../../packaging/rempart.toml", "etc/rempart/"),
        ("../../packaging/rempart.service", "usr/lib/systemd/system/"),
    ] {
        assert!(assets.contains(&format!("[\"{source}\", \"{target}\"")), "{source} goes nowhere");
    }
    for source in assets.lines().filter_map(|line| line.split('"').nth(1)) {
        // What is built and what packaging/debian.sh makes is not there yet.
        let made = source.starts_with("target/") || source.contains("/packaging/made/");
        let path: PathBuf = root().join("crates/rempart").join(source);
        assert!(made || path.is_file(), "{source} is not there");
    }
}
