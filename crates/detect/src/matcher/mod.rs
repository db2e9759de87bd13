//! A compiled matcher: all rules of one log source, judged together.
//!
//! Rules are [plans](plan), made from what `rsigma` compiles ([`lower`]). [`build`] makes each distinct test once,
//! [`field`] answers all that are asked of a field in one reading, [`run`] looks at the rules that these answers
//! concern. `rsigma` remains the judge of what a rule means: tests hold both to the same answers.
//!
//! Invariant: a matcher finds what `rsigma` finds, no more and no less.

mod build;
mod field;
mod lower;
mod plan;
#[cfg(test)]
#[path = "../../tests/it/public.rs"]
mod public;
mod reading;
mod run;
#[cfg(test)]
mod slow;
#[cfg(test)]
mod tests;
mod texts;

pub use build::{Matcher, build};
pub use lower::{matcher, plan};
pub use plan::{Expr, How, Order, Part, Span, Test, Tree};
pub use reading::Reading;
pub use run::Scratch;
