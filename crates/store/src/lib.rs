//! The only room that names SQL: what a hospital's console keeps, on SQLite or PostgreSQL.
//!
//! Invariant: whatever people change is written together with its audit record, in one transaction, or
//! not at all; what was acknowledged is on disk.

mod audit;
mod bundle;
mod change;
mod copies;
mod counts;
pub mod entity;
mod error;
mod folder;
mod memory;
mod migration;
mod open;
mod query;
mod schema;
mod signal;
mod value;

pub use audit::{Actor, ActorKind, AuditFault, AuditFilter, Heard, Model as Audited};
pub use bundle::{
    BundleError, Key, Lock, Manifest, Member, Restored, TableEntry, Written, check_bundle, restore_bundle,
    try_bundle,
};
pub use change::Change;
pub use copies::{Copied, copy_name, prune, try_folder};
pub use counts::Counts;
pub use entity::Record;
pub use error::{Error, Result};
pub use folder::{FolderLock, lock_folder, sqlite_url};
pub use memory::Answer;
pub use open::{Store, new_id};
pub use signal::{Model as KeptSignal, Page, SignalFilter};
pub use value::{Instant, Json, List};
