//! From a start and a term to a deadline.
//!
//! Invariant: [`due`] is the strict reading and never shifts for a holiday; [`latest`] is for
//! information and never earlier than `due`. Both are instants: daylight saving time moves civil
//! deadlines, never those in hours.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp, ToSpan};

use crate::holidays::Calendar;
use crate::obligation::{Term, Unit};

/// The deadline shown. Hours: start + n × 3,600 s. Days, weeks, months: 24:00 local time of the last
/// day, the start's day not counted. `None` where the calendar ends before (years above 9999).
pub(crate) fn due(start: Timestamp, term: Term, zone: &TimeZone) -> Option<Timestamp> {
    match term.unit {
        Unit::Hours => start.checked_add(i64::from(term.number).hours()).ok(),
        Unit::Days | Unit::Weeks | Unit::Months => end_of(last_day(start, term, zone)?, zone),
    }
}

/// The latest reading, after Regulation 1182/71 art. 3: hours counted from the next full hour; a period
/// that ends on a holiday, a Sunday or a Saturday ends with the next working day; two days or more
/// contain at least two working days (those after the start's day).
///
/// The words of art. 3(4) speak of periods expressed otherwise than in hours; the reading taken here
/// applies it to all, so this is the most generous one: to be shown, never to be relied upon.
pub(crate) fn latest(
    start: Timestamp,
    term: Term,
    zone: &TimeZone,
    calendar: Calendar<'_>,
) -> Option<Timestamp> {
    let (end, last) = match term.unit {
        Unit::Hours => {
            let end = next_full_hour(start, zone)?.checked_add(i64::from(term.number).hours()).ok()?;
            let inside = end.checked_sub(1.nanosecond()).ok()?;
            (end, inside.to_zoned(zone.clone()).date())
        }
        Unit::Days | Unit::Weeks | Unit::Months => {
            let last = last_day(start, term, zone)?;
            (end_of(last, zone)?, last)
        }
    };
    let first = start.to_zoned(zone.clone()).date().tomorrow().ok()?;
    let long = match term.unit {
        Unit::Hours => term.number >= 48,
        Unit::Days => term.number >= 2,
        Unit::Weeks | Unit::Months => true,
    };
    let mut shifted = calendar.working_from(last);
    if long && working_days(first, shifted, calendar) < 2 {
        let second = calendar.working_from(first).tomorrow().ok()?;
        shifted = shifted.max(calendar.working_from(second));
    }
    if shifted == last { Some(end) } else { end_of(shifted, zone) }
}

/// Working days from `first` to `last`, both counted; stops at two.
fn working_days(first: Date, last: Date, calendar: Calendar<'_>) -> usize {
    first.series(1.days()).take_while(|day| *day <= last).filter(|day| calendar.works(*day)).take(2).count()
}

/// The start of the local hour that follows the one in which `start` lies.
fn next_full_hour(start: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
    let offset = i64::from(zone.to_offset(start).seconds());
    let local_hour = (start.as_second() + offset).div_euclid(3_600);
    Timestamp::from_second((local_hour + 1) * 3_600 - offset).ok()
}

fn last_day(start: Timestamp, term: Term, zone: &TimeZone) -> Option<Date> {
    let day = start.to_zoned(zone.clone()).date();
    let day = if term.after_year_end { day.last_of_year() } else { day };
    let number = i64::from(term.number);
    let span = match term.unit {
        Unit::Hours => Span::new(),
        Unit::Days => number.days(),
        Unit::Weeks => number.weeks(),
        Unit::Months => number.months(),
    };
    day.checked_add(span).ok()
}

/// 24:00 local time of a day.
fn end_of(day: Date, zone: &TimeZone) -> Option<Timestamp> {
    Some(day.tomorrow().ok()?.to_zoned(zone.clone()).ok()?.timestamp())
}
