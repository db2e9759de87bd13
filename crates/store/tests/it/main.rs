//! The store on both databases: SQLite, and a PostgreSQL that the tests start and remove themselves.

#![allow(clippy::unwrap_used)]

mod audit;
mod bundle;
mod change;
mod common;
mod disk;
mod faults;
mod kinds;
mod memory;
mod pages;
#[allow(dead_code, reason = "the tests of the program restart it")]
mod postgres;
mod signals;
mod upgrade;
