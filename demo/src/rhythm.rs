//! Day and night: when things happen on an ordinary day.
//!
//! Invariant: every moment drawn lies inside its span.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::dice::Dice;
use crate::log::{HOUR, Micros};

/// From `start` up to, not including, `end`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Span {
    pub(crate) start: Micros,
    pub(crate) end: Micros,
}

/// How busy each hour of the day is, from midnight, and what is left of it at weekends, in percent.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Day(pub(crate) [u8; 24], pub(crate) u8);

/// Wards never sleep; hand-overs are busy.
pub(crate) const WARD: Day =
    Day([12, 10, 9, 9, 10, 16, 38, 60, 62, 64, 60, 54, 46, 56, 58, 54, 50, 46, 44, 48, 40, 36, 22, 15], 75);
/// Offices and outpatients.
pub(crate) const OFFICE: Day =
    Day([1, 1, 1, 1, 1, 2, 8, 36, 70, 78, 76, 66, 34, 56, 74, 74, 66, 44, 18, 8, 4, 3, 2, 1], 12);
/// The public.
pub(crate) const PUBLIC: Day =
    Day([6, 4, 3, 3, 4, 8, 18, 34, 56, 68, 66, 60, 52, 56, 60, 58, 54, 50, 46, 44, 42, 34, 22, 12], 60);
/// Machines.
pub(crate) const STEADY: Day = Day([10; 24], 100);
/// Backups, patches.
pub(crate) const NIGHT: Day =
    Day([50, 50, 50, 50, 30, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 6, 40, 50], 100);

/// Moments of a span, as dense as its days are busy.
#[derive(Debug)]
pub(crate) struct Rhythm {
    span: Span,
    hours: Vec<u64>,
}

impl Rhythm {
    pub(crate) fn new(span: Span, zone: &TimeZone, Day(busy, weekend): Day) -> Rhythm {
        let mut total = 0;
        let mut hours = Vec::new();
        let mut hour = span.start;
        while hour < span.end {
            let local = Timestamp::from_microsecond(hour).unwrap_or_default().to_zoned(zone.clone());
            let off = local.weekday().to_monday_zero_offset() >= 5;
            total += u64::from(busy[local.hour() as usize]) * if off { u64::from(weekend) } else { 100 };
            hours.push(total);
            hour += HOUR;
        }
        Rhythm { span, hours }
    }

    pub(crate) fn moment(&self, dice: &mut Dice) -> Micros {
        let throw = dice.below(self.hours.last().copied().unwrap_or_default());
        let hour = self.hours.partition_point(|it| *it <= throw) as i64;
        let start = self.span.start + hour * HOUR;
        dice.between(start, (start + HOUR).min(self.span.end))
    }
}
