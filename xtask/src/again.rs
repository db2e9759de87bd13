//! The console's tests once more, its tables in PostgreSQL.
//!
//! Invariant: it runs the very program that the first pass built: nothing is built a second time.

use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;

use crate::stage::{root, timed};

/// What the first pass built.
const BUILT: [&str; 6] =
    ["test", "--workspace", "--exclude", "fuzz", "--no-run", "--message-format=json-render-diagnostics"];

/// Runs the console's tests on PostgreSQL, unless the run leaves it out.
pub(crate) fn on_postgres() -> Result<(), String> {
    if std::env::var("REMPART_SKIP_POSTGRES").is_ok_and(|it| it == "1") {
        println!("── console on PostgreSQL: left out, REMPART_SKIP_POSTGRES=1");
        return Ok(());
    }
    timed("console on PostgreSQL", || {
        let status = Command::new(program()?)
            .arg("--quiet")
            .env("REMPART_TEST_DATABASE", "postgres")
            .current_dir(root().join("crates/console"))
            .status();
        match status {
            Ok(status) if status.success() => Ok(()),
            Ok(_) => Err("the console's tests failed on PostgreSQL: run \
                          `REMPART_TEST_DATABASE=postgres cargo test -p rempart-console --test it` and mend what it says"
                .to_owned()),
            Err(error) => Err(format!("the console's tests could not be started: {error}")),
        }
    })
}

/// The program of the console's tests.
fn program() -> Result<PathBuf, String> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let told = Command::new(cargo).args(BUILT).current_dir(root()).output();
    let told = told.map_err(|error| format!("cargo could not be started: {error}"))?;
    let lines = String::from_utf8_lossy(&told.stdout).into_owned();
    let messages = lines.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let own = |it: &Value| {
        it["manifest_path"].as_str().is_some_and(|path| path.ends_with("crates/console/Cargo.toml"))
            && it["target"]["name"] == "it"
    };
    let mut programs = messages.filter(own).filter_map(|it| it["executable"].as_str().map(PathBuf::from));
    programs.next().ok_or_else(|| "the console's tests are not built".to_owned())
}
