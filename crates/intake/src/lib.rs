//! Evidence that keeps arriving: what was received is on the disk before it is answered for.
//!
//! The [`Spool`] keeps events in files that are only added to; its readers take them in order. It knows when an
//! event is sent again, and counts by source what it answered for. [`listen`] holds the ways in, [`forward`] the way on
//! from a collector.
//!
//! Invariants: an event that was acknowledged is never lost, whatever the moment of a crash; one that is sent again
//! changes no count but `duplicates`; nothing here reads the environment, and events are dated by a clock that is
//! given.

mod event;
pub mod forward;
pub mod identity;
pub mod listen;
pub mod spool;

pub use event::{Event, Id, Source};
pub use spool::{Counts, Level, Options, Spool, SpoolError};
