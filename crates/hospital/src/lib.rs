//! The map of a hospital group: care services, applications and assets, who needs what, and what
//! follows from a loss.
//!
//! Meanings are those of `ARCHITECTURE.md`. Invariant: this crate reads no clock, no environment and
//! no database; a [`Map`] that exists names nothing unknown.

mod check;
mod desk;
mod load;
mod map;
mod mistake;
mod nearest;
mod record;
mod schema;
mod sheet;
mod source;
mod units;
mod walk;

pub use check::check;
pub use load::{load, read};
pub use map::{
    Application, Asset, Backup, CareService, CleanRoom, Contact, Control, Effect, End, Flow, FlowId, Kind,
    Lever, LeverId, Map, Need, Node, NodeId, Site, SiteId, Step, StepId, Store, StoreId, Team, Work, Zone,
    ZoneId,
};
pub use mistake::{Checked, KEPT_MAX, Mistake};
pub use source::MapFile;
pub use units::{DURATION_MAX, parse_duration};
