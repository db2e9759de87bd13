//! Obligations: whom the law wants told, by when, and why.
//!
//! Obligations are content files (`content/obligations/`, see its README): a trigger over [`Facts`]
//! of the incident, a start, a deadline, a recipient, what the notice must hold, a draft, a legal
//! reference. [`clocks`] gives every clock that the facts start; [`draft`] the text to send.
//!
//! Invariant: a clock never starts from a guess, and an unknown fact is never silence. What is unknown
//! gives a [`Status::Possible`] clock with the question that would settle it; what a pack takes for
//! granted is listed with the clock that rests on it, and never makes one disappear. This crate gives
//! reminders and drafts, not legal advice.

mod clock;
mod condition;
mod counting;
mod draft;
mod facts;
mod holidays;
mod load;
mod obligation;
mod text;

pub use clock::{Clock, Course, Question, Reckoned, Status, Why, clocks};
pub use condition::Condition;
pub use draft::{Known, draft};
pub use facts::{Fact, Facts, Finding, Observed, Value, observed};
pub use holidays::{Calendar, Holidays};
pub use load::Mistake;
pub use obligation::{
    Confidence, Deadline, Decision, Held, Limit, Obligation, Obligations, Pack, Start, Tell, Term, Unit,
};
pub use text::{Language, Text};
