//! The console over real HTTP: a server on a free port, its store in a temporary folder.

#![allow(clippy::unwrap_used)]

mod common;
mod door;
mod evidence;
mod first_hour;
mod people;
mod tell;
mod watch;
