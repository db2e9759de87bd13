//! Instants as people type them: `HH:MM`, a local date with its hour, or RFC 3339.
//!
//! Invariant: an hour alone means one instant, chosen by what the field asks (what was, what will be); the
//! zone is the one in which the page shows times. An hour that the clocks skip is read as if they had not
//! been put forward; one that comes twice is the likelier of the two.

use assess::Said;
use jiff::civil::{DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use store::Instant;

use crate::problem::{Problem, Result};

/// An hour alone is looked for this far around the middle of what the field asks, in hours.
const REACH: i64 = 11;

/// Reads a moment that was; an hour alone is at most one hour ahead of `now`.
#[must_use]
pub fn past(text: &str, now: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
    near(text, now.checked_sub(SignedDuration::from_hours(REACH)).ok()?, zone)
}

/// Reads a moment to come; an hour alone is at most one hour behind `now`.
#[must_use]
pub fn ahead(text: &str, now: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
    near(text, now.checked_add(SignedDuration::from_hours(REACH)).ok()?, zone)
}

/// A field of a form or of the API that may be empty.
///
/// # Errors
/// `bad`, which names the field and says what to write.
pub fn field(
    name: Said,
    text: Option<&str>,
    read: impl FnOnce(&str) -> Option<Timestamp>,
) -> Result<Option<Instant>> {
    let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else { return Ok(None) };
    let wrong = || Problem::bad(Said::new("refusal-hour").with("field", name));
    read(text).map(|at| Some(Instant::from(at))).ok_or_else(wrong)
}

fn near(text: &str, middle: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
    let text = text.trim();
    if let Ok(instant) = text.parse::<Timestamp>() {
        return Some(instant);
    }
    if text.contains(['T', ' ']) {
        let local: DateTime = text.replace(' ', "T").parse().ok()?;
        return local.to_zoned(zone.clone()).ok().map(|it| it.timestamp());
    }
    let (hours, minutes) = text.split_once([':', 'h', 'H'])?;
    let time = Time::new(number(hours)?, number(minutes)?, 0, 0).ok()?;
    let day = middle.to_zoned(zone.clone()).date();
    let days = [day.checked_sub(1.day()).ok(), Some(day), day.checked_add(1.day()).ok()];
    let instants = days.into_iter().flatten().flat_map(|day| both(day.to_datetime(time), zone));
    instants.min_by_key(|at| at.duration_since(middle).abs())
}

/// One or two digits.
fn number(text: &str) -> Option<i8> {
    let digits = (1..=2).contains(&text.len()) && text.bytes().all(|it| it.is_ascii_digit());
    if digits { text.parse().ok() } else { None }
}

/// The instants of a local time: two where the clocks are put back over it.
fn both(local: DateTime, zone: &TimeZone) -> impl Iterator<Item = Timestamp> {
    let ambiguous = zone.to_ambiguous_timestamp(local);
    let fold = matches!(ambiguous.offset(), jiff::tz::AmbiguousOffset::Fold { .. });
    let first = ambiguous.compatible().ok();
    let second = ambiguous.later().ok().filter(|_| fold);
    first.into_iter().chain(second)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn paris() -> TimeZone {
        TimeZone::get("Europe/Paris").unwrap()
    }

    #[test]
    fn a_moment_is_read_as_people_write_it() {
        let now = at("2026-11-22T02:10:00Z");
        for (text, expected) in [
            ("2026-11-22T02:14:05Z", Some("2026-11-22T02:14:05Z")),
            ("2026-11-22T03:14:05+01:00", Some("2026-11-22T02:14:05Z")),
            ("2026-11-24T16:00", Some("2026-11-24T15:00:00Z")),
            (" 2026-11-24 16:00 ", Some("2026-11-24T15:00:00Z")),
            ("03:05", Some("2026-11-22T02:05:00Z")),
            ("3h05", Some("2026-11-22T02:05:00Z")),
            ("23:50", Some("2026-11-21T22:50:00Z")),
            ("14:00", Some("2026-11-22T13:00:00Z")),
            ("16:00", Some("2026-11-21T15:00:00Z")),
            ("24:00", None),
            ("12:60", None),
            ("+3:05", None),
            ("003:05", None),
            ("3", None),
            ("", None),
            ("soon", None),
            ("2026-02-30T10:00", None),
        ] {
            assert_eq!(near(text, now, &paris()), expected.map(at), "{text}");
        }
    }

    #[test]
    fn what_was_lies_behind_and_what_is_due_lies_ahead() {
        let now = at("2026-11-22T02:10:00Z");
        for (text, was, due) in [
            ("03:15", "2026-11-22T02:15:00Z", "2026-11-22T02:15:00Z"),
            ("02:30", "2026-11-22T01:30:00Z", "2026-11-22T01:30:00Z"),
            ("04:30", "2026-11-21T03:30:00Z", "2026-11-22T03:30:00Z"),
            ("14:00", "2026-11-21T13:00:00Z", "2026-11-22T13:00:00Z"),
            ("01:00", "2026-11-22T00:00:00Z", "2026-11-23T00:00:00Z"),
        ] {
            assert_eq!(past(text, now, &paris()), Some(at(was)), "{text} was");
            assert_eq!(ahead(text, now, &paris()), Some(at(due)), "{text} is due");
        }
    }

    #[test]
    fn clocks_put_forward_or_back_do_not_lose_an_hour() {
        // 29 March 2026: 02:00 becomes 03:00. 25 October 2026: 03:00 becomes 02:00.
        for (now, text, expected) in [
            ("2026-03-29T00:50:00Z", "02:30", "2026-03-29T01:30:00Z"),
            ("2026-03-29T01:10:00Z", "01:50", "2026-03-29T00:50:00Z"),
            ("2026-03-29T01:10:00Z", "03:20", "2026-03-29T01:20:00Z"),
            ("2026-10-25T00:20:00Z", "02:30", "2026-10-25T00:30:00Z"),
            ("2026-10-25T01:40:00Z", "02:30", "2026-10-25T01:30:00Z"),
            ("2026-10-25T01:40:00Z", "03:10", "2026-10-25T02:10:00Z"),
        ] {
            assert_eq!(near(text, at(now), &paris()), Some(at(expected)), "{text} at {now}");
        }
        assert_eq!(
            near("2026-10-25T02:30", at("2026-10-25T12:00:00Z"), &paris()),
            Some(at("2026-10-25T00:30:00Z"))
        );
    }

    #[test]
    fn the_ends_of_time_give_nothing_rather_than_a_panic() {
        for now in [Timestamp::MIN, Timestamp::MAX] {
            for read in [past, ahead] {
                let _ = read("12:00", now, &paris());
            }
        }
        assert_eq!(past("12:00", Timestamp::MIN, &TimeZone::UTC), None);
    }

    #[test]
    fn a_field_says_what_to_write() {
        let now = at("2026-11-22T02:10:00Z");
        let read = |text: &str| past(text, now, &TimeZone::UTC);
        assert_eq!(field(Said::new("field-sent-at"), Some("  "), read).unwrap(), None);
        assert_eq!(
            field(Said::new("field-sent-at"), Some("02:00"), read).unwrap(),
            Some(Instant(at("2026-11-22T02:00:00Z")))
        );
        assert!(
            field(Said::new("field-sent-at"), Some("soon"), read)
                .unwrap_err()
                .english()
                .starts_with("sent_at: write the hour")
        );
    }
}
