//! The map of a hospital group: care services, applications and assets, who needs what, and what
//! follows from a loss.
//!
//! Meanings are those of `ARCHITECTURE.md`. Invariant: this crate reads no clock, no environment and
//! no database; a [`Map`] that exists names nothing unknown.

mod bind;
mod harm;
mod impact;
mod map;
mod reach;
mod situation;
mod tally;
mod wiring;

pub use bind::{Binder, Bound};
pub use harm::{Absence, Harm, ServiceHarm, Spell, harm};
pub use impact::{Cause, Closures, Impact, Loss, impact};
pub use map::{
    Application, Asset, Backup, CareService, CleanRoom, Contact, Control, Effect, End, Flow, FlowId, Kind,
    Lever, LeverId, Map, Need, Node, NodeId, Site, SiteId, Step, StepId, Store, StoreId, Team, Work, Zone,
    ZoneId,
};
pub use reach::{Crossing, Cut, crossing_needs};
pub use situation::{Scenario, Situation};
pub use wiring::Wiring;
