//! A command run as a stage, with the time it took.

use std::path::PathBuf;
use std::process::Command;
use std::time::Instant;

/// The folder of the workspace.
pub(crate) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Runs `cargo` with these arguments from the root; says how long it took.
pub(crate) fn cargo(name: &str, args: &[&str]) -> Result<(), String> {
    timed(name, || {
        let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
        let status = Command::new(cargo).args(args).current_dir(root()).status();
        match status {
            Ok(status) if status.success() => Ok(()),
            Ok(_) => Err(format!("{name} failed: run `cargo {}` and mend what it says", args.join(" "))),
            Err(error) => Err(format!("{name} could not start cargo: {error}")),
        }
    })
}

/// Runs a stage and says how long it took.
pub(crate) fn timed(name: &str, stage: impl FnOnce() -> Result<(), String>) -> Result<(), String> {
    println!("── {name}");
    let start = Instant::now();
    let done = stage();
    println!(
        "── {name}: {} in {:.1} s",
        if done.is_ok() { "passed" } else { "failed" },
        start.elapsed().as_secs_f64()
    );
    done
}
