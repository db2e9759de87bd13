//! Readers: files of any kind in, [`Event`]s out.
//!
//! Invariant: nothing is skipped silently; every piece that could not be read is counted and named.

mod event;

pub use event::{Certainty, Event, Fields, Origin, Value};
