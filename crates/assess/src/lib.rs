//! The rooms strung together: evidence, map, content and `now` give one [`Assessment`].
//!
//! [`triage`] does all at once. A console keeps what [`read`] gives (a [`Reading`] and detections) and calls [`assess`]
//! on it as often as needed: with another map, other facts, signals found false; where detections keep coming,
//! [`Growing`] goes on from the assessment before.
//!
//! Invariant: an assessment is recomputable; it depends on its arguments alone.

mod assessment;
mod care;
mod chains;
mod containment;
mod draft;
mod findings;
mod growing;
mod obligations;
mod pieces;
mod read;
mod restoration;
mod signals;
mod stances;
mod triage;
mod words;

pub use assessment::{
    Action, ActionKind, Ambiguous, Asked, Assessment, Care, Chain, ChainAsset, Containment, Evidence, Kept,
    NodeReturn, Obligation, Outlook, Piece, Restoration, RuleCount, ServiceReturn, Signal, Source, State,
    Status, Step, Way,
};
pub use care::care_of;
pub use draft::{Draft, InventoryError, draft};
pub use findings::Findings;
pub use growing::Growing;
pub use hospital::{Arg, Said};
pub use read::{Reading, Watch, read, trusts};
pub use signals::{SignalList, rule_title};
pub use triage::{People, Request, Sighting, assess, triage};
pub use words::{Lang, Words, WordsError};
