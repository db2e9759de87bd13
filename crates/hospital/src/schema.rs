//! The tables that a map may hold, and the keys of each.
//!
//! Invariant: a key that is not here is a mistake wherever it stands.

/// Tables, in the order in which they are explained in `docs/map.md`.
pub(crate) const TABLES: [(&str, &[&str]); 14] = [
    ("hospital", &["name", "time_zone", "degraded", "beyond", "spread"]),
    ("site", &["id", "name", "address", "emergency_phone"]),
    ("care_service", &CARE_SERVICE),
    ("application", &["id", "name", "vendor", "owner", "persons", "needs", "restore", "backups"]),
    ("asset", &ASSET),
    ("zone", &["id", "name", "site"]),
    ("flow", &["id", "from", "to", "services", "open"]),
    ("control", &["from", "over"]),
    ("lever", &["id", "label", "isolates", "closes", "disables", "place", "photo", "who", "minutes", "undo"]),
    ("team", &["id", "skill", "number", "from", "until", "daily", "on_call"]),
    ("store", &["id", "asset", "rate"]),
    ("clean_room", &["id", "places"]),
    ("contact", &["id", "name", "role", "for", "channels", "survives"]),
    ("restore_template", &["id", "steps"]),
];

const CARE_SERVICE: [&str; 11] = [
    "id",
    "name",
    "site",
    "weight",
    "mtpd",
    "patients_per_day",
    "divert_to",
    "needs",
    "procedure",
    "holds",
    "downtime",
];
const ASSET: [&str; 14] = [
    "id", "name", "kind", "site", "zone", "hosts", "ips", "macs", "aliases", "os", "vendor", "needs",
    "restore", "backups",
];

/// Columns of a sheet of assets.
pub(crate) const SHEET: [&str; 11] =
    ["id", "name", "kind", "site", "zone", "hosts", "ips", "macs", "aliases", "os", "vendor"];

/// Keys of one need.
pub(crate) const NEED: [&str; 5] = ["on", "at_least", "effect", "grace", "via"];
/// Keys of one restoration step.
pub(crate) const STEP: [&str; 9] =
    ["id", "duration", "after", "skill", "people", "clean", "store", "size", "rate"];
/// Keys of one entry of `people`.
pub(crate) const PEOPLE: [&str; 2] = ["skill", "number"];
/// Keys of one backup.
pub(crate) const BACKUP: [&str; 4] = ["store", "taken_at", "offline", "tested_at"];

/// Keys of a table.
pub(crate) fn keys(table: &str) -> &'static [&'static str] {
    TABLES.iter().find(|(name, _)| *name == table).map_or(&[], |(_, keys)| keys)
}
