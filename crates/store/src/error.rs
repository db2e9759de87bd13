//! What can go wrong with the store, said so that a person knows what to do.
//!
//! Invariant: an error names no secret and no SQL text.

/// Why a read or a change was not done.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No such record, or not any more.
    #[error("there is no {kind} {id}")]
    Missing {
        /// What was asked for.
        kind: &'static str,
        /// Its id.
        id: String,
    },
    /// Somebody else changed it since it was read.
    #[error("{kind} {id} was changed by somebody else since you opened it")]
    Stale {
        /// What was to be changed.
        kind: &'static str,
        /// Its id.
        id: String,
        /// The version that stands now.
        now: i64,
    },
    /// The same name, code or key exists already.
    #[error("{0} exists already")]
    Exists(String),
    /// The disk is full: reading still works.
    #[error("the disk of the data folder is full; nothing was changed: make room, then try again")]
    Full,
    /// The database cannot be reached or does not answer as it should.
    #[error("the database does not answer: {0}")]
    Database(String),
    /// What is kept cannot be read back.
    #[error("what is kept cannot be read: {0}")]
    Damaged(String),
    /// A file of the data folder cannot be used.
    #[error("{path}: {error}")]
    File {
        /// Which file.
        path: String,
        /// What the system says.
        error: std::io::Error,
    },
}

/// A result of the store.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What SQLite and PostgreSQL say of a full disk; 4874 is SQLite's `SQLITE_IOERR_SHMSIZE`.
const FULL: [&str; 3] = ["database or disk is full", "No space left", "(code: 4874)"];

impl From<sea_orm::DbErr> for Error {
    fn from(error: sea_orm::DbErr) -> Error {
        let text = error.to_string();
        if FULL.iter().any(|said| text.contains(said)) {
            return Error::Full;
        }
        match error.sql_err() {
            Some(sea_orm::SqlErr::UniqueConstraintViolation(what)) => Error::Exists(shown(&what)),
            _ => Error::Database(text),
        }
    }
}

/// SQLite says `… failed: account.name`, PostgreSQL `… constraint "account_0"`: both mean this account.
fn shown(what: &str) -> String {
    let table = match what.split_once("failed: ") {
        Some((_, column)) => column.split('.').next(),
        None => what.split('"').nth(1).and_then(|index| index.rsplit_once('_')).map(|(table, _)| table),
    };
    format!("this {}", table.unwrap_or("record").replace('_', " "))
}

impl From<serde_json::Error> for Error {
    fn from(error: serde_json::Error) -> Error {
        Error::Damaged(error.to_string())
    }
}
