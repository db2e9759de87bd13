//! Containment options: against the exhaustive front, and as data for a sentence.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on must fail")]

mod exhaustive;
mod reading;
