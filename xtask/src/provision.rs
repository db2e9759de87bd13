//! What the tests need from the system: PostgreSQL, and a Chromium with its driver.
//!
//! Invariant: nothing is installed where it is there already; where we may not install, one line says how.

use std::path::Path;
use std::process::Command;

/// A program that the tests start, and the Debian packages that bring it.
struct Need {
    program: &'static str,
    packages: &'static [&'static str],
}

const NEEDS: [Need; 3] = [
    Need { program: "postgres", packages: &["postgresql"] },
    Need { program: "chromium", packages: &["chromium"] },
    Need { program: "chromedriver", packages: &["chromium-driver"] },
];

/// Installs what is missing, when it may.
pub(crate) fn provision() -> Result<(), String> {
    let missing: Vec<&str> =
        NEEDS.iter().filter(|need| !there(need.program)).flat_map(|need| need.packages).copied().collect();
    if missing.is_empty() {
        return Ok(());
    }
    let how = format!("apt-get update && apt-get install -y {}", missing.join(" "));
    if !(root() && there("apt-get")) {
        return Err(format!("The tests need programs that are not here. Install them, as root: {how}"));
    }
    println!("installing {}", missing.join(", "));
    let install = [&["install", "-y", "--no-install-recommends"], missing.as_slice()].concat();
    if apt(&["update"]) && apt(&install) { Ok(()) } else { Err(format!("could not install; try: {how}")) }
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
