//! The columns of a file, by name and place.
//!
//! Invariant: [`SCHEMA`] and [`Column`] list the same columns in the same order. A file of another schema is not read
//! as if it were one of ours.

/// The columns as Parquet's message text. `key` serves Bloom filters alone: it holds the values that a search is most
/// often for, in lower case.
pub(crate) const SCHEMA: &str = "
    message event {
        optional int64 time (TIMESTAMP(NANOS, true));
        required binary certainty (STRING);
        optional binary host (STRING);
        optional binary user (STRING);
        optional binary provider (STRING);
        optional binary channel (STRING);
        optional int32 event_id (INTEGER(32, false));
        required binary format (STRING);
        required binary path (STRING);
        required int64 record (INTEGER(64, false));
        optional binary line (STRING);
        required binary fields (STRING);
        repeated binary address (STRING);
        repeated binary rule (STRING);
        repeated binary key (STRING);
    }";

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Column {
    Time,
    Certainty,
    Host,
    User,
    Provider,
    Channel,
    EventId,
    Format,
    Path,
    Record,
    Line,
    Fields,
    Address,
    Rule,
    Key,
}

impl Column {
    pub(crate) fn place(self) -> usize {
        self as usize
    }
}

/// Fields whose values stand in `key`.
pub(crate) const KEYED: [&str; 4] = ["host", "user", "address", "rule"];

/// A value of `key`.
pub(crate) fn key(name: &str, value: &str) -> String {
    format!("{name}={}", value.to_lowercase())
}
