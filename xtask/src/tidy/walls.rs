//! Which room may use which: the walls that ARCHITECTURE.md draws.

use crate::stage::root;

/// A room and the rooms of ours that it may name among its dependencies (tests may use more).
const WALLS: &[(&str, &[&str])] = &[
    ("crates/hospital", &[]),
    ("crates/evidence", &[]),
    ("crates/detect", &["hospital", "evidence"]),
    ("crates/lake", &["evidence"]),
    ("crates/recover", &["hospital"]),
    ("crates/respond", &["hospital", "detect"]),
    ("crates/govern", &["hospital", "detect"]),
    ("crates/assess", &["content", "detect", "evidence", "govern", "hospital", "recover", "respond"]),
    ("crates/report", &["assess", "detect", "hospital"]),
    ("crates/access", &[]),
    ("crates/intake", &["evidence"]),
    ("crates/store", &["assess"]),
    (
        "crates/console",
        &[
            "access", "assess", "content", "detect", "evidence", "govern", "hospital", "intake", "lake",
            "recover", "report", "respond", "store",
        ],
    ),
    ("demo", &["hospital"]),
    ("content", &[]),
];
const ROOMS: &[&str] = &[
    "access", "assess", "console", "content", "demo", "detect", "evidence", "govern", "hospital", "intake",
    "lake", "recover", "rempart", "report", "respond", "store",
];
/// Libraries that domain crates never use: a clock that ticks, a runtime, a network, a database.
const OUTSIDE: &[&str] = &["tokio", "axum", "sea-orm", "sqlx", "reqwest", "hyper"];

/// Rooms that wait for others: people, databases, the network.
const OPEN: &[&str] = &["crates/access", "crates/store", "crates/console", "crates/intake"];

pub(super) fn check() -> Result<Vec<String>, String> {
    let mut faults = Vec::new();
    for (room, allowed) in WALLS {
        let path = root().join(room).join("Cargo.toml");
        let text = std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        for name in dependencies(&text)? {
            if ROOMS.contains(&name.as_str()) && !allowed.contains(&name.as_str()) {
                faults.push(format!(
                    "{room}/Cargo.toml: {room} may not use {name}; see the walls in ARCHITECTURE.md"
                ));
            }
            if OUTSIDE.contains(&name.as_str()) && !OPEN.contains(room) {
                faults.push(format!(
                    "{room}/Cargo.toml: a domain room knows no {name}; move that part to a face"
                ));
            }
        }
    }
    Ok(faults)
}

fn dependencies(manifest: &str) -> Result<Vec<String>, String> {
    let parsed = toml::de::DeTable::parse(manifest).map_err(|error| error.to_string())?;
    let table = parsed.get_ref().get("dependencies").and_then(|value| value.get_ref().as_table());
    Ok(table.map(|table| table.keys().map(|key| key.get_ref().to_string()).collect()).unwrap_or_default())
}
