//! What the program promises to whoever runs it, tried on the program itself.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on must fail")]

mod backup;
mod collect;
mod config;
mod content;
mod exit;
mod faults;
mod hostile;
mod hunt;
mod manual;
mod maps;
mod nights;
mod noise;
mod packaging;
mod replays;
mod schema;
mod silence;
mod soak;
mod stop;
mod traces;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

/// The program, with a calm environment.
fn rempart() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rempart"));
    command.env("LC_ALL", "C").env_remove("NO_COLOR").env_remove("COLUMNS");
    command.env("XDG_CACHE_HOME", Path::new(env!("CARGO_TARGET_TMPDIR")).join("cache"));
    command
}

/// Runs the program to its end.
fn run<S: AsRef<std::ffi::OsStr>>(args: impl IntoIterator<Item = S>) -> Output {
    rempart().args(args).output().unwrap()
}

/// Runs the program, which must end with `code`, and reads the JSON it prints.
fn json(code: i32, args: &[&str]) -> Value {
    let output = run(args);
    assert_eq!(output.status.code(), Some(code), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// A folder of this test binary's own, emptied.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    if folder.exists() {
        std::fs::remove_dir_all(&folder).unwrap();
    }
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// The root of the repository.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}
