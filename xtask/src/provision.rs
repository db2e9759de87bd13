//! What the tests need from the system: PostgreSQL, a Chromium with its driver, axe-core to judge its pages, a Python
//! with DuckDB to read our files as others do, a clock that runs fast, and shippers of logs that nobody here wrote.
//!
//! Invariant: nothing is installed where it is there already; where we may not install, one line says how.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::stage;

/// A program that the tests start, and the Debian packages that bring it.
struct Need {
    program: &'static str,
    packages: &'static [&'static str],
}

const NEEDS: [Need; 7] = [
    Need { program: "postgres", packages: &["postgresql"] },
    Need { program: "chromium", packages: &["chromium"] },
    Need { program: "chromedriver", packages: &["chromium-driver"] },
    Need { program: "npm", packages: &["npm"] },
    Need { program: "python3", packages: &["python3", "python3-venv"] },
    Need { program: "faketime", packages: &["faketime"] },
    Need { program: "pkill", packages: &["procps"] },
];

/// Shippers of Debian and the libraries that they alone need. Two of them refuse each other, so they are unpacked
/// into a folder and never installed.
const SHIPPERS: [&str; 10] = [
    "rsyslog",
    "rsyslog-elasticsearch",
    "libestr0",
    "libfastjson4",
    "libcurl3-gnutls",
    "syslog-ng-core",
    "libivykis0",
    "libnet1",
    "libpcre3",
    "libwrap0",
];

/// Shippers of Python.
const CLIENTS: [&str; 4] = [
    "elasticsearch",
    "opentelemetry-sdk",
    "opentelemetry-exporter-otlp-proto-http",
    "opentelemetry-exporter-otlp-proto-grpc",
];

/// Installs what is missing, when it may.
pub(crate) fn provision() -> Result<(), String> {
    let missing: Vec<&str> =
        NEEDS.iter().filter(|need| !there(need.program)).flat_map(|need| need.packages).copied().collect();
    if missing.is_empty() {
        return beside();
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
    beside()
}

/// Brings what is kept beside what is built.
fn beside() -> Result<(), String> {
    let target =
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| stage::root().join("target"), PathBuf::from);
    axe(&target.join("axe"))?;
    duckdb(&target.join("python"))?;
    shippers(&target.join("shippers"))
}

/// Brings rsyslog, syslog-ng and the clients of Python, unless `REMPART_SHIPPERS` says where they are.
fn shippers(folder: &Path) -> Result<(), String> {
    let there = ["usr/sbin/rsyslogd", "usr/sbin/syslog-ng", "done"];
    if std::env::var_os("REMPART_SHIPPERS").is_some() || there.iter().all(|it| folder.join(it).exists()) {
        return Ok(());
    }
    println!("bringing shippers");
    let how = format!(
        "mkdir -p '{folder}' && cd '{folder}' && apt-get -qq download {} && for it in *.deb; do dpkg -x $it .; done \
         && python3 -m venv python && python/bin/pip install --quiet {} && touch done",
        SHIPPERS.join(" "),
        CLIENTS.join(" "),
        folder = folder.display()
    );
    let bring = || done(Command::new("sh").args(["-c", &how]));
    // The lists of packages may be older than the packages.
    if bring() || root() && apt(&["update"]) && bring() {
        return Ok(());
    }
    Err(format!("shippers of logs are missing; bring them by: {how}"))
}

/// Brings axe-core, unless `REMPART_AXE` says where its script is.
fn axe(folder: &Path) -> Result<(), String> {
    if std::env::var_os("REMPART_AXE").is_some() || folder.join("node_modules/axe-core/axe.min.js").is_file()
    {
        return Ok(());
    }
    std::fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let how = ["install", "--silent", "--no-audit", "--no-fund", "--prefix"];
    if done(Command::new("npm").args(how).arg(folder).arg("axe-core@4")) {
        return Ok(());
    }
    Err(format!("axe-core is missing; bring it by: npm {} {} axe-core@4", how.join(" "), folder.display()))
}

/// Brings DuckDB in a Python of its own, unless `REMPART_PYTHON` names one that has it.
fn duckdb(folder: &Path) -> Result<(), String> {
    let python = folder.join("bin/python3");
    if std::env::var_os("REMPART_PYTHON").is_some()
        || done(Command::new(&python).args(["-c", "import duckdb"]).stderr(Stdio::null()))
    {
        return Ok(());
    }
    let made = done(Command::new("python3").args(["-m", "venv"]).arg(folder))
        && done(Command::new(&python).args(["-m", "pip", "install", "--quiet", "duckdb"]));
    let folder = folder.display();
    made.then_some(()).ok_or_else(|| {
        format!("DuckDB is missing; bring it by: python3 -m venv {folder} && {folder}/bin/pip install duckdb")
    })
}

fn done(command: &mut Command) -> bool {
    command.status().is_ok_and(|status| status.success())
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
