//! The map of a hospital group: care services, applications and assets, who needs what, and what
//! follows from a loss.
//!
//! Meanings are those of `ARCHITECTURE.md`. Invariant: this crate reads no clock, no environment and
//! no database; a [`Map`] that exists names nothing unknown.
//!
//! A server is hit at 02:00; the ward does without for twenty minutes, then stops:
//! ```
//! use hospital::{Closures, Effect, Loss, MapFile, check, impact};
//!
//! let text = r#"
//!     site = [{ id = "north", name = "North hospital" }]
//!     zone = [{ id = "servers", name = "Servers", site = "north" }]
//!     asset = [{ id = "srv-pacs", name = "Images", kind = "server", site = "north", zone = "servers" }]
//!     [[care_service]]
//!     id = "imaging"
//!     name = "Imaging"
//!     site = "north"
//!     weight = 60
//!     needs = [{ on = ["srv-pacs"], grace = "20min" }]
//! "#;
//! let map = check(vec![MapFile { name: "map.toml".into(), bytes: text.into() }]).map.unwrap();
//! let (ward, server) = (map.find("imaging").unwrap(), map.find("srv-pacs").unwrap());
//! let at = "2026-11-25T02:00:00Z".parse().unwrap();
//! let night = impact(&map, &[Loss { node: server, at, how: Effect::Stops }], &Closures::default());
//! assert_eq!(night.stops_at(ward).unwrap().to_string(), "2026-11-25T02:20:00Z");
//! assert_eq!(night.because(ward), [server]);
//! ```
//! With returns: [`harm`]. What levers cost and what they leave to an attacker: [`Situation`].

mod bind;
mod check;
mod desk;
mod harm;
mod impact;
mod load;
mod map;
mod mistake;
mod nearest;
mod reach;
mod record;
mod said;
mod schema;
mod sheet;
mod situation;
mod source;
mod tally;
mod units;
mod walk;
mod wiring;

pub use bind::{Binder, Bound};
pub use check::check;
pub use harm::{Absence, Harm, ServiceHarm, Spell, harm};
pub use impact::{Cause, Closures, Impact, Loss, impact};
pub use load::{load, read};
pub use map::{
    Application, Asset, Backup, CareService, CleanRoom, Contact, Control, Effect, End, Flow, FlowId, Kind,
    Lever, LeverId, Map, Need, Node, NodeId, Site, SiteId, Step, StepId, Store, StoreId, Team, Work, Zone,
    ZoneId,
};
pub use mistake::{Checked, KEPT_MAX, Mistake};
pub use nearest::nearest;
pub use reach::{Crossing, Cut, crossing_needs};
pub use said::{Arg, Said};
pub use situation::{Scenario, Situation};
pub use source::{MapFile, sheet_text};
pub use units::{DURATION_MAX, parse_duration};
pub use wiring::Wiring;
