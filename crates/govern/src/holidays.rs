//! Public holidays of a country, by rule, for any year.
//!
//! Invariant: a working day is any day other than a Saturday, a Sunday or a public holiday
//! (Regulation 1182/71 art. 2).

use jiff::civil::{Date, Weekday};
use jiff::{Span, ToSpan};
use serde::Deserialize;

use crate::text::Text;

/// The public holidays of a country, as content gives them.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Holidays {
    /// Same date every year: `MM-DD` and a name.
    #[serde(default)]
    pub fixed: Vec<Fixed>,
    /// So many days after Easter Sunday, and a name.
    #[serde(default)]
    pub easter: Vec<Movable>,
}

/// A holiday of the same date every year.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fixed {
    /// 1–12.
    pub month: i8,
    /// 1–31.
    pub day: i8,
    /// For people.
    pub name: Text,
}

/// A holiday that follows Easter.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Movable {
    /// Days after Easter Sunday (−2 for Good Friday).
    pub days: i16,
    /// For people.
    pub name: Text,
}

/// Working days of a place.
#[derive(Clone, Copy, Debug)]
pub struct Calendar<'a> {
    holidays: Option<&'a Holidays>,
}

impl<'a> Calendar<'a> {
    /// The calendar of a country; without one, only Saturdays and Sundays are off.
    #[must_use]
    pub fn of(holidays: Option<&'a Holidays>) -> Calendar<'a> {
        Calendar { holidays }
    }

    /// The holiday that falls on a date.
    #[must_use]
    pub fn holiday(&self, date: Date) -> Option<&'a Text> {
        let holidays = self.holidays?;
        let fixed = holidays.fixed.iter().find(|it| (it.month, it.day) == (date.month(), date.day()));
        if let Some(fixed) = fixed {
            return Some(&fixed.name);
        }
        let easter = easter(date.year());
        let movable = holidays.easter.iter().find(|it| {
            easter.checked_add(Span::new().days(i64::from(it.days))).is_ok_and(|holiday| holiday == date)
        });
        movable.map(|it| &it.name)
    }

    /// Whether people work on a date.
    #[must_use]
    pub fn works(&self, date: Date) -> bool {
        !matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday) && self.holiday(date).is_none()
    }

    /// The date itself if people work on it, else the next one on which they do (within 60 days).
    pub(crate) fn working_from(&self, date: Date) -> Date {
        date.series(1.days()).take(60).find(|day| self.works(*day)).unwrap_or(date)
    }
}

/// Easter Sunday of a year of the Gregorian calendar: the Sunday after the Paschal full moon.
fn easter(year: i16) -> Date {
    let year_wide = i32::from(year);
    let century = year_wide.div_euclid(100);
    let lunar_shift = century - century.div_euclid(4) - (8 * century + 13).div_euclid(25);
    let age = (19 * year_wide.rem_euclid(19) + lunar_shift + 15).rem_euclid(30);
    let late = age == 29 || (age == 28 && year_wide.rem_euclid(19) > 10);
    let days_after_21_march = age - i32::from(late);
    let equinox = Date::constant(1, 3, 21).with().year(year).build().unwrap_or(Date::MIN);
    let full_moon = equinox.saturating_add(Span::new().days(days_after_21_march));
    full_moon.nth_weekday(1, Weekday::Sunday).unwrap_or(full_moon)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn easter_sundays() {
        for sunday in [
            "1818-03-22",
            "1943-04-25",
            "1954-04-18",
            "1981-04-19",
            "2000-04-23",
            "2008-03-23",
            "2011-04-24",
            "2019-04-21",
            "2024-03-31",
            "2025-04-20",
            "2026-04-05",
            "2027-03-28",
            "2028-04-16",
            "2038-04-25",
            "2049-04-18",
            "2076-04-19",
            "2285-03-22",
        ] {
            let sunday: Date = sunday.parse().expect("a date");
            assert_eq!(easter(sunday.year()), sunday);
        }
    }
}
