//! The map of a hospital group: care services, applications and assets, who needs what, and what
//! follows from a loss.
//!
//! Meanings are those of `ARCHITECTURE.md`. Invariant: this crate reads no clock, no environment and
//! no database; a [`Map`] that exists names nothing unknown.

mod impact;
mod map;
mod wiring;

pub use impact::{Cause, Closures, Impact, Loss, impact};
pub use map::{
    Application, Asset, Backup, CareService, CleanRoom, Contact, Control, Effect, End, Flow, FlowId, Kind,
    Lever, LeverId, Map, Need, Node, NodeId, Site, SiteId, Step, StepId, Store, StoreId, Team, Work, Zone,
    ZoneId,
};
pub use wiring::Wiring;
