//! The console: pages, live updates and the HTTP API through which a team lives a night together.
//!
//! Invariant: every address stands in one table with the permission that it takes ([`routes`]), and what
//! is not in that table is refused; a screen and the API call the same handler; no figure is computed here.

mod app;
mod ask;
mod bare;
mod beside;
mod body;
mod both;
mod calendar;
mod clock;
mod copies;
mod deliver;
mod density;
mod desk;
mod frame;
mod guard;
mod inflow;
mod keeping;
mod life;
mod live;
mod look;
mod metrics;
mod moment;
mod noise;
mod open_api;
mod paged;
mod parts;
mod permit;
mod problem;
mod reading;
mod room;
mod route;
mod routes;
mod scene;
mod serve;
mod settings;
mod setup;
mod sheet;
mod shelf;
mod silence;
mod trust;
mod visitor;

pub use app::{Config, Demonstration, Rooms, Tls};
pub use copies::{Copies, Plan};
pub use inflow::Intake;
pub use keeping::Retention;
pub use permit::Permission;
pub use room::demonstration::unfinished;
pub use routes::addresses;
pub use serve::{ServeError, Server};
pub use setup::{AccountError, Accounts, certificate};
