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
//!
//! ```
//! use govern::{Course, Facts, Known, Language, Obligations, Status, Value, clocks, draft};
//! use jiff::{Timestamp, tz::TimeZone};
//!
//! let content = content::Content::embedded();
//! let stated = Facts::stated([("security_incident", Value::Yes), ("significant_incident", Value::Yes)]);
//! let obligations = Obligations::load(content.under("obligations/"))
//!     .expect("the files that ship are right")
//!     .of_place(Some("Europe/Paris"), &stated);
//! let aware: Timestamp = "2026-11-22T02:10:00Z".parse()?;
//! let course = Course {
//!     now: aware,
//!     aware: Some(aware),
//!     detected: None,
//!     sent: Default::default(),
//!     time_zone: TimeZone::get("Europe/Paris")?,
//! };
//! let clocks = clocks(&obligations, &obligations.complete(stated), &course);
//! let warning = clocks.iter().find(|clock| clock.id == "nis2-early-warning").expect("its facts hold");
//! assert_eq!(warning.status, Status::Due);
//! assert_eq!(warning.due_at, Some("2026-11-23T02:10:00Z".parse()?));
//!
//! let notice = obligations.find(&warning.id).expect("it has a clock");
//! let text = draft(notice, &Known::default(), Language::En);
//! assert!(text.contains("What happened: [to be filled in: what happened]"));
//! # Ok::<(), jiff::Error>(())
//! ```

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
