//! What every source file keeps: a header, a size, no leftovers, no machine's name.

use super::Source;

/// Lines past which a file no longer holds one idea.
const LINES: usize = 700;

pub(super) fn check(files: &[Source]) -> Vec<String> {
    files
        .iter()
        .flat_map(|file| faults(file).into_iter().map(|fault| format!("{}: {fault}", file.path)))
        .collect()
}

fn faults(file: &Source) -> Vec<String> {
    let mut faults = Vec::new();
    let rust = file.path.ends_with(".rs");
    if rust && !file.text.starts_with("//!") {
        faults
            .push("begin with a `//!` header: what the module is for and the invariant it keeps".to_owned());
    }
    if rust && file.text.lines().count() > LINES {
        faults.push(format!("more than {LINES} lines: split it by idea"));
    }
    for (place, line) in file.text.lines().enumerate() {
        let line_number = place + 1;
        if rust && leftovers().iter().any(|word| line.contains(word.as_str())) {
            faults.push(format!("line {line_number}: finish it or take it out; nothing is there for later"));
        }
        if foreign().iter().any(|word| line.contains(word.as_str())) && !file.path.ends_with("Cargo.lock") {
            faults.push(format!(
                "line {line_number}: names a machine's path or a registry's host; say it without"
            ));
        }
    }
    faults
}

/// Spelled in halves, so that this file passes its own check.
fn leftovers() -> [String; 4] {
    [["TO", "DO"], ["FIX", "ME"], ["dbg", "!("], ["#[ign", "ore"]].map(|halves| halves.concat())
}

fn foreign() -> [String; 4] {
    [["/wor", "k/"], ["/tmp/", "bash_jobs"], ["static.crates", ".io"], ["registry.npmjs", ".org"]]
        .map(|halves| halves.concat())
}
