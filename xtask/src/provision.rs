//! What the tests need from the system: PostgreSQL, a Chromium with its driver, axe-core to judge its pages.
//!
//! Invariant: nothing is installed where it is there already; where we may not install, one line says how.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::stage;

/// A program that the tests start, and the Debian packages that bring it.
struct Need {
    program: &'static str,
    packages: &'static [&'static str],
}

const NEEDS: [Need; 5] = [
    Need { program: "postgres", packages: &["postgresql"] },
    Need { program: "chromium", packages: &["chromium"] },
    Need { program: "chromedriver", packages: &["chromium-driver"] },
    Need { program: "npm", packages: &["npm"] },
    Need { program: "pkill", packages: &["procps"] },
];

/// Installs what is missing, when it may.
pub(crate) fn provision() -> Result<(), String> {
    let missing: Vec<&str> =
        NEEDS.iter().filter(|need| !there(need.program)).flat_map(|need| need.packages).copied().collect();
    if missing.is_empty() {
        return axe();
    }
    let how = format!("apt-get update && apt-get install -y {}", missing.join(" "));
    if !(root() && there("apt-get")) {
        return Err(format!("The tests need programs that are not here. Install them, as root: {how}"));
    }
    println!("installing {}", missing.join(", "));
    let install = [&["install", "-y", "--no-install-recommends"], missing.as_slice()].concat();
    if !(apt(&["update"]) && apt(&install)) {
        return Err(format!("could not install; try: {how}"));
    }
    axe()
}

/// Brings axe-core beside what is built, unless `REMPART_AXE` says where its script is.
fn axe() -> Result<(), String> {
    let target =
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| stage::root().join("target"), PathBuf::from);
    let folder = target.join("axe");
    if std::env::var_os("REMPART_AXE").is_some() || folder.join("node_modules/axe-core/axe.min.js").is_file()
    {
        return Ok(());
    }
    std::fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let how = ["install", "--silent", "--no-audit", "--no-fund", "--prefix"];
    let status = Command::new("npm").args(how).arg(&folder).arg("axe-core@4").status();
    if status.is_ok_and(|status| status.success()) {
        return Ok(());
    }
    Err(format!("axe-core is missing; bring it by: npm {} {} axe-core@4", how.join(" "), folder.display()))
}

fn apt(args: &[&str]) -> bool {
    let status =
        Command::new("apt-get").arg("-qq").args(args).env("DEBIAN_FRONTEND", "noninteractive").status();
    status.is_ok_and(|status| status.success())
}

/// Whether a program is on the path, or where Debian puts PostgreSQL's servers.
fn there(program: &str) -> bool {
    let paths = std::env::var_os("PATH").unwrap_or_default();
    let servers = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let servers = servers.map(|version| version.path().join("bin"));
    std::env::split_paths(&paths).chain(servers).any(|folder| folder.join(program).is_file())
}

fn root() -> bool {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata(Path::new("/proc/self")).is_ok_and(|process| process.uid() == 0)
}
