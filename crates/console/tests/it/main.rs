//! The console over real HTTP: a server on a free port, its store in a temporary folder.

#![allow(clippy::unwrap_used)]

mod common;
mod contract;
mod copies;
mod csrf;
mod door;
mod evidence;
mod first_hour;
mod forms;
mod hostile;
mod import;
mod inflow;
mod live;
mod manners;
mod oidc;
mod outward;
mod people;
mod post_office;
#[allow(dead_code, reason = "the tests of the program restart it")]
#[path = "../../../store/tests/it/postgres.rs"]
mod postgres;
mod refusals;
mod sites;
mod tell;
mod trust;
mod walk;
mod ward_visitor;
mod watch;
