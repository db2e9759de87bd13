//! Tests of the map and of its arithmetic, in one binary.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on must fail")]

mod binding;
mod check;
mod harm;
mod impact;
mod maps;
mod reference;
mod situation;
mod told;
