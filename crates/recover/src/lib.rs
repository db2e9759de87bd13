//! What comes back first: a feasible restoration plan, why each step stands where it stands, and how
//! far it may be from the best.
//!
//! Meanings are those of `ARCHITECTURE.md`. Invariant: harm is `hospital`'s, the same seed gives the
//! same plan, and a return that the map does not know is never made up.

mod assignment;
mod backups;
mod bound;
mod contest;
mod crews;
mod extract;
mod hours;
mod marks;
mod measure;
mod order;
mod plan;
mod project;
mod resources;
mod returns;
mod schedule;
mod search;
mod why;

pub use backups::RestorePoint;
pub use crews::Crew;
pub use marks::{Mark, Said};
pub use plan::{EVALUATIONS, Plan, PlannedStep, Question, Return, ServiceReturn, plan};
pub use project::Unknown;
pub use why::{Wait, Why};
