//! The map of a hospital group: care services, applications and assets, who needs what, and what
//! follows from a loss.
//!
//! Meanings are those of `ARCHITECTURE.md`. Invariant: this crate reads no clock, no environment and
//! no database; a [`Map`] that exists names nothing unknown.

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
pub use situation::{Scenario, Situation};
pub use source::MapFile;
pub use units::{DURATION_MAX, parse_duration};
pub use wiring::Wiring;
