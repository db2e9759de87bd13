//! The console in a real Chromium, as people meet it: every screen, the whole night, keys alone, two at once, a
//! lost line, no script, paper.
//!
//! Each test has a console and a browser of its own; they run one after the other, since a browser fills a core.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so")]

mod access;
mod house;
mod keys;
mod line;
mod night;
mod paper;
mod person;
mod screens;
mod scripts_off;
