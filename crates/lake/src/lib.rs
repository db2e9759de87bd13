//! Events kept in columns, and the search over them.
//!
//! A [`Lake`] is a folder of Parquet files, by day of arrival and source, that any other tool can read as well.
//! [`Query`] is the grammar that `rempart hunt` and the console's search share.
//!
//! Invariant: what [`Lake::append`] answered for is on the disk, whole, and is found by every search that it fits; an
//! event read back equals the one that was kept.

mod columns;
mod fields;
mod file;
mod json;
mod lake;
mod prune;
mod query;
mod read;
mod row;
mod since;
mod write;

pub use lake::{First, Kept, Lake, LakeError, Removed, Searched, Span, Unread};
pub use query::{Query, QueryError};
pub use row::Row;
pub use since::Since;
