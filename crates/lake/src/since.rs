//! Where a search begins, as people write it.
//!
//! Invariant: a span goes back from the instant that the caller names; this room reads no clock.

use std::str::FromStr;

use jiff::{SignedDuration, Timestamp};

/// An instant, or a span back from now.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Since {
    /// So long before now.
    Back(SignedDuration),
    /// Then.
    At(Timestamp),
}

impl Since {
    /// The instant, where it is `now`.
    #[must_use]
    pub fn at(self, now: Timestamp) -> Timestamp {
        match self {
            Since::At(at) => at,
            Since::Back(span) => now.checked_sub(span).unwrap_or(Timestamp::MIN),
        }
    }
}

impl FromStr for Since {
    type Err = String;

    fn from_str(text: &str) -> Result<Since, String> {
        if let Ok(at) = text.parse::<Timestamp>() {
            return Ok(Since::At(at));
        }
        let span: jiff::Span =
            text.parse().map_err(|_| "write a span such as 90d or 36h, or an instant".to_owned())?;
        let days = jiff::SpanRelativeTo::days_are_24_hours();
        let back = span.to_duration(days).map_err(|_| "write weeks, days, hours or minutes".to_owned())?;
        Ok(Since::Back(back.abs()))
    }
}
