//! Times as logs write them, with how sure they are.
//!
//! Invariant: an instant without a zone is never passed off as exact, nor one without a year.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::event::Certainty;

/// What fills in the parts that a log leaves out.
#[derive(Clone, Debug, Default)]
pub(crate) struct Clock {
    pub(crate) zone: Option<TimeZone>,
    pub(crate) reference: Option<Timestamp>,
}

/// An instant and how sure it is.
pub(crate) type Instant = (Timestamp, Certainty);

impl Clock {
    /// RFC 3339 and its relatives (space for `T`, comma for the point, zone or none), or an epoch.
    pub(crate) fn read(&self, text: &str) -> Option<Instant> {
        let text = text.trim();
        let first = *text.as_bytes().first()?;
        if !(first.is_ascii_digit() || first == b'-' || first == b'/') {
            return None;
        }
        if let Ok(instant) = text.parse::<Timestamp>() {
            return Some((instant, Certainty::Exact));
        }
        if let Some(utc) = text.strip_suffix(" UTC").or_else(|| text.strip_suffix(" Z")) {
            return Some((TimeZone::UTC.to_timestamp(utc.parse().ok()?).ok()?, Certainty::Exact));
        }
        if let Some(instant) = spaced_zone(text) {
            return Some((instant, Certainty::Exact));
        }
        if text.len() > 10 && text.as_bytes()[4] == b'-' {
            return self.civil(text.parse().ok()?);
        }
        if let Some(date) = text.strip_prefix("/Date(") {
            let number = date.split([')', '+', '-']).next()?;
            return epoch(number.parse().ok()?).map(|instant| (instant, Certainty::Exact));
        }
        let number: f64 = text.parse().ok()?;
        epoch(number).map(|instant| (instant, Certainty::Exact))
    }

    /// A date and time without zone.
    pub(crate) fn civil(&self, civil: DateTime) -> Option<Instant> {
        match &self.zone {
            Some(zone) => Some((zone.to_timestamp(civil).ok()?, Certainty::ZoneAssumed)),
            None => Some((TimeZone::UTC.to_timestamp(civil).ok()?, Certainty::Uncertain)),
        }
    }

    /// A date and time without year nor zone: the latest year that does not lead more than a day
    /// past the reference (eight years back at most, for 29 February).
    pub(crate) fn yearless(&self, month: i8, day: i8, time: Time) -> Option<Instant> {
        let latest = self.reference?.checked_add(SignedDuration::from_hours(24)).ok()?;
        let year = TimeZone::UTC.to_datetime(latest).year();
        (0..=8).find_map(|back| {
            let date = Date::new(year.checked_sub(back)?.checked_add(1)?, month, day).ok()?;
            let (instant, certainty) = self.civil(date.to_datetime(time))?;
            (instant <= latest).then_some((instant, certainty.max(Certainty::YearInferred)))
        })
    }
}

/// `2026-11-21 02:10:00 +0100`.
fn spaced_zone(text: &str) -> Option<Timestamp> {
    let (rest, zone) = text.rsplit_once(' ')?;
    let seconds = offset(zone)?;
    let civil: DateTime = rest.parse().ok()?;
    TimeZone::UTC.to_timestamp(civil).ok()?.checked_sub(SignedDuration::from_secs(seconds)).ok()
}

/// `+0100`, `+01:00` or `Z`, in seconds.
pub(crate) fn offset(zone: &str) -> Option<i64> {
    let bytes = zone.as_bytes();
    let sign = match bytes.first()? {
        b'Z' if bytes.len() == 1 => return Some(0),
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let digits: Vec<i64> =
        bytes[1..].iter().filter(|it| **it != b':').map(|it| i64::from(*it) - 48).collect();
    match digits[..] {
        [a, b, c, d] if digits.iter().all(|it| (0..10).contains(it)) => {
            Some(sign * ((a * 10 + b) * 3_600 + (c * 10 + d) * 60))
        }
        _ => None,
    }
}

/// Seconds, milliseconds, microseconds or nanoseconds since 1970, told apart by size.
pub(crate) fn epoch(number: f64) -> Option<Timestamp> {
    let size = number.abs();
    let micros = if size < 1e11 {
        number * 1e6
    } else if size < 1e14 {
        number * 1e3
    } else if size < 1e17 {
        number
    } else {
        number / 1e3
    };
    #[allow(clippy::cast_possible_truncation)]
    Timestamp::from_microsecond(micros.round() as i64).ok()
}

/// `Jan` … `Dec`.
pub(crate) fn month(name: &str) -> Option<i8> {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    (1..).zip(MONTHS).find_map(|(number, it)| it.eq_ignore_ascii_case(name).then_some(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_with_how_sure_they_are() {
        let paris = Clock {
            zone: Some(TimeZone::get("Europe/Paris").unwrap()),
            reference: Some("2026-01-02T00:00:00Z".parse().unwrap()),
        };
        let none = Clock::default();
        for (clock, text, expected) in [
            (&none, "2026-11-21T02:10:00Z", "2026-11-21T02:10:00Z Exact"),
            (&none, "2026-11-21T02:10:00.123+01:00", "2026-11-21T01:10:00.123Z Exact"),
            (&none, "2026-11-21 02:10:00,5", "2026-11-21T02:10:00.5Z Uncertain"),
            (&paris, "2026-11-21 02:10:00", "2026-11-21T01:10:00Z ZoneAssumed"),
            (&none, "2026-11-21 02:10:00 +0100", "2026-11-21T01:10:00Z Exact"),
            (&none, "2026-11-21 02:10:00 UTC", "2026-11-21T02:10:00Z Exact"),
            (&none, "2026-11-21T02:10:00.0+0100", "2026-11-21T01:10:00Z Exact"),
            (&none, "1600000000.25", "2020-09-13T12:26:40.25Z Exact"),
            (&none, "1600000000250", "2020-09-13T12:26:40.25Z Exact"),
            (&none, "/Date(1600000000250)/", "2020-09-13T12:26:40.25Z Exact"),
            (&none, "1601-01-01T00:00:00Z", "1601-01-01T00:00:00Z Exact"),
            (&none, "2107-12-31T23:59:59Z", "2107-12-31T23:59:59Z Exact"),
            (&none, "yesterday", ""),
            (&none, "-", ""),
            (&none, "99999999999999999999999999", ""),
        ] {
            let read = clock.read(text).map_or(String::new(), |(at, sure)| format!("{at} {sure:?}"));
            assert_eq!(read, expected, "{text}");
        }
        let yearless = |clock: &Clock, month, day| {
            let time = Time::new(10, 0, 0, 0).unwrap();
            clock.yearless(month, day, time).map(|(at, sure)| format!("{at} {sure:?}"))
        };
        assert_eq!(yearless(&paris, 12, 31).unwrap(), "2025-12-31T09:00:00Z YearInferred");
        assert_eq!(yearless(&paris, 1, 2).unwrap(), "2026-01-02T09:00:00Z YearInferred");
        assert_eq!(yearless(&paris, 2, 29).unwrap(), "2024-02-29T09:00:00Z YearInferred");
        assert_eq!(yearless(&none, 2, 28), None);
    }
}
