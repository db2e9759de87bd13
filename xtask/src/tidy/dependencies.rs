//! Dependencies: every licence is one that we may ship, every source is the public registry.

use std::process::Command;

use serde_json::Value;

use crate::stage::root;

/// What is built and shipped; what only other systems need is not fetched.
pub(crate) const PLATFORM: &str = "x86_64-unknown-linux-gnu";
const LICENCES: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    // The list of root certificates: data, for whoever shares it on.
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "MIT-0",
    "MPL-2.0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

pub(super) fn check() -> Result<Vec<String>, String> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let output = Command::new(cargo)
        .args(["metadata", "--format-version", "1", "--locked", "--offline", "--filter-platform", PLATFORM])
        .current_dir(root())
        .output()
        .map_err(|error| error.to_string())?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(format!("cargo metadata: {said}\nwhere a package is not here yet: cargo fetch --locked"));
    }
    let metadata: Value = serde_json::from_slice(&output.stdout).map_err(|error| error.to_string())?;
    let packages = metadata["packages"].as_array().map(Vec::as_slice).unwrap_or_default();
    Ok(packages.iter().filter_map(fault).collect())
}

fn fault(package: &Value) -> Option<String> {
    let name = package["name"].as_str()?;
    let source = package["source"].as_str()?;
    if !source.starts_with("registry+") {
        return Some(format!("Cargo.lock: {name} comes from {source}; take it from the registry"));
    }
    match package["license"].as_str() {
        Some(licence) if allowed(licence) => None,
        Some(licence) => Some(format!(
            "Cargo.lock: {name} is under {licence}, which is not on the list in xtask/src/tidy/dependencies.rs"
        )),
        None => Some(format!("Cargo.lock: {name} names no licence; find another library")),
    }
}

/// Whether one alternative of an SPDX expression has only licences of the list.
fn allowed(expression: &str) -> bool {
    let plain = expression.replace(['(', ')'], " ").replace('/', " OR ");
    plain
        .split(" OR ")
        .any(|alternative| alternative.split(" AND ").all(|licence| LICENCES.contains(&licence.trim())))
}
