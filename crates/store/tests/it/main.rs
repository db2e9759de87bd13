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
mod postgres;
mod signals;
mod upgrade;
