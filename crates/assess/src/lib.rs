//! The rooms strung together: evidence, map, content and `now` give one [`Assessment`].
//!
//! Invariant: an assessment is recomputable; it depends on its arguments alone.

mod assessment;
mod care;
mod chains;
mod containment;
mod draft;
mod obligations;
mod restoration;
mod signals;
mod stances;
mod triage;
mod words;

pub use assessment::{
    Action, ActionKind, Ambiguous, Assessment, Care, Chain, ChainAsset, Containment, Evidence, Kept,
    NodeReturn, Obligation, Outlook, Piece, Restoration, RuleCount, ServiceReturn, Signal, Source, State,
    Status, Step, Way,
};
pub use care::care_of;
pub use draft::{Draft, InventoryError, draft};
pub use signals::SignalList;
pub use triage::{Request, triage};
pub use words::{Arg, Lang, Words, WordsError};
