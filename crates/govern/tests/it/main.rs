//! The content that ships, and the clocks it gives.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on must fail")]

mod clocks;
mod content_files;
mod deadlines;
