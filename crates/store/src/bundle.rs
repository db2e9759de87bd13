//! A bundle: the whole store and its kept files in one file, for either database.
//!
//! What it is made of, from the outside in: `age`, unless plain; Zstandard, closed by a skippable frame with
//! the SHA-256 of all before it; a tar archive. Its members: `tables/NAME/NUMBER.ndjson` with a row a line,
//! kept files under `files/NUMBER`, and last `manifest.json` with every member's size and SHA-256.
//!
//! Invariant: a bundle is one instant of the store; one that is damaged or cut short anywhere is refused
//! whole. Sessions and one-time links are left out: those who had them come in anew.

mod envelope;
mod restore;
mod rows;
mod walk;
mod write;

use serde::{Deserialize, Serialize};

use crate::value::Instant;

pub use restore::{Restored, restore_bundle, try_bundle};
pub use walk::check_bundle;
pub use write::Written;

/// Format that is written; others are refused.
const FORMAT: u32 = 1;
/// Tables whose rows stay behind.
const LEFT_OUT: &[&str] = &["write_lock", "session", "link"];
/// Folders of the data folder that go along.
pub(crate) const FOLDERS: &[&str] = &["evidence", "files"];
/// Files of the data folder that go along only under encryption.
pub(crate) const SECRETS: &[&str] = &["key", "certificate.pem", "certificate-key.pem"];
/// A member of rows is closed when it is this long, in bytes.
const MEMBER: usize = 1 << 20;
/// Longest member of rows: one row is never cut.
const MEMBER_MOST: u64 = 1 << 28;

/// Who may open a bundle.
#[derive(Clone)]
pub enum Lock {
    /// Anybody.
    Plain,
    /// Whoever holds the identity of one of these `age1…` recipients.
    Recipients(Vec<String>),
    /// Whoever knows it.
    Passphrase(String),
}

/// What opens a bundle.
#[derive(Clone)]
pub enum Key {
    /// Nothing, for a plain one.
    None,
    /// The text of an `age` identity file.
    Identity(String),
    /// A passphrase.
    Passphrase(String),
}

/// Why a bundle was not written, read or restored.
#[derive(Debug, thiserror::Error)]
pub enum BundleError {
    /// Its bytes are not those that were written.
    #[error("the bundle is damaged, and nothing was changed: {place}: {reason}; take another copy")]
    Damaged {
        /// Where.
        place: String,
        /// What is wrong there.
        reason: String,
    },
    /// It does not open, or may not be locked so.
    #[error("{0}")]
    Key(String),
    /// It cannot be restored there.
    #[error("{0}")]
    Refused(String),
    /// A file could not be read or written.
    #[error("{path}: {error}")]
    File {
        /// Which.
        path: String,
        /// What the system says.
        error: std::io::Error,
    },
    /// The store.
    #[error(transparent)]
    Store(#[from] crate::Error),
}

impl From<sea_orm::DbErr> for BundleError {
    fn from(error: sea_orm::DbErr) -> BundleError {
        BundleError::Store(error.into())
    }
}

/// What a bundle holds.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Manifest {
    /// Format of the bundle.
    pub format: u32,
    /// The Rempart that wrote it.
    pub rempart: String,
    /// When, by the machine's clock.
    pub made_at: Instant,
    /// The database that it comes from: `sqlite` or `postgresql`.
    pub database: String,
    /// Migrations that the store had gone through.
    pub migrations: Vec<String>,
    /// Number of the last audit line; 0 where there is none.
    pub audit_seq: i64,
    /// Hash of the last audit line.
    pub audit_hash: String,
    /// Tables, those first that others name.
    pub tables: Vec<TableEntry>,
    /// Members, in order, but for the manifest itself.
    pub members: Vec<Member>,
}

/// A table of a bundle.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct TableEntry {
    /// Its name.
    pub name: String,
    /// Its columns: `name:kind`.
    pub columns: Vec<String>,
    /// How many rows.
    pub rows: u64,
}

/// A member of a bundle.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Member {
    /// Its name in the archive.
    pub name: String,
    /// Bytes.
    pub size: u64,
    /// Their SHA-256, in hexadecimal.
    pub sha256: String,
    /// Path in the data folder, of a kept file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
}

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |hex, byte| hex + &format!("{byte:02x}"))
}

fn file_error(path: &std::path::Path, error: std::io::Error) -> BundleError {
    BundleError::File { path: path.display().to_string(), error }
}
