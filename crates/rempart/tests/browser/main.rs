//! The console in a real Chromium, as people meet it: every screen, the whole night, keys alone, two at once, a
//! lost line, no script, paper.
//!
//! Two tests run at a time, each with browsers of its own: a browser and its console fill a core. A test that changes
//! something has a console of its own; those that only look share one.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so")]

mod access;
mod directory;
mod drag;
mod house;
mod keys;
mod line;
mod night;
mod paper;
mod person;
mod screens;
mod scripts_off;
