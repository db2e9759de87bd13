//! The console over real HTTP: a server on a free port, its store in a temporary folder.

#![allow(clippy::unwrap_used)]

mod common;
mod door;
mod evidence;
mod people;
mod tell;
