//! When teams are there: duty as intervals of time.
//!
//! Invariant: the intervals of a team are sorted, disjoint, not empty, and none starts before the
//! plan does; daily hours are laid out for [`DAYS`] days, after which such a team counts as absent.

use hospital::{Map, Team};
use jiff::civil::{Date, Time};
use jiff::{Timestamp, ToSpan as _};

/// How many days of daily hours are laid out; what cannot be done within them is not planned.
const DAYS: i32 = 400;

/// The end of time, for what never happens and for teams that never leave.
pub(crate) const NEVER: i64 = i64::MAX;

/// A stretch of duty, from a second to the second before which it ends.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Duty {
    pub(crate) from: i64,
    pub(crate) until: i64,
}

/// When `team` is on duty, from the second `start` on.
pub(crate) fn duties(map: &Map, team: &Team, start: i64) -> Vec<Duty> {
    let from = team.from.map_or(start, ceil_second).max(start);
    let until = team.until.map_or(NEVER, Timestamp::as_second);
    let Some(daily) = team.daily else {
        return Vec::from_iter((from < until).then_some(Duty { from, until }));
    };
    let mut duties: Vec<Duty> = Vec::new();
    let Some(mut day) = local_date(map, from).and_then(|day| day.checked_sub(1.day()).ok()) else {
        return duties;
    };
    for _ in 0..DAYS {
        let Some((opens, closes, next)) = shift(map, day, daily) else { break };
        let earliest = duties.last().map_or(from, |last| last.until);
        let duty = Duty { from: opens.max(earliest), until: closes.min(until) };
        if opens >= until {
            break;
        }
        if duty.from < duty.until {
            duties.push(duty);
        }
        day = next;
    }
    duties
}

/// A timestamp as the first whole second not before it.
pub(crate) fn ceil_second(time: Timestamp) -> i64 {
    time.as_second() + i64::from(time.subsec_nanosecond() > 0)
}

fn local_date(map: &Map, second: i64) -> Option<Date> {
    let time = Timestamp::from_second(second).ok()?;
    Some(time.to_zoned(map.time_zone.clone()).date())
}

/// The shift that starts on `day`, in seconds, and the next day. Hours that end when they start are
/// a whole day; an hour that clocks skip or repeat is taken at its first sensible instant.
fn shift(map: &Map, day: Date, (opens, closes): (Time, Time)) -> Option<(i64, i64, Date)> {
    let next = day.checked_add(1.day()).ok()?;
    let at = |date: Date, time: Time| {
        let zoned = map.time_zone.to_ambiguous_timestamp(date.to_datetime(time)).compatible().ok()?;
        Some(zoned.as_second())
    };
    let last = if closes > opens { day } else { next };
    Some((at(day, opens)?, at(last, closes)?, next))
}

#[cfg(test)]
mod tests {
    use hospital::{Map, MapFile};

    use super::*;

    fn map(team: &str) -> Map {
        let text = format!(
            "[hospital]\nname = \"x\"\ntime_zone = \"Europe/Paris\"\n[[team]]\nid = \"t\"\nskill = \"s\"\nnumber = 1\n{team}"
        );
        let checked = hospital::check(vec![MapFile { name: "map.toml".into(), bytes: text.into_bytes() }]);
        checked.map.unwrap_or_else(|| panic!("{:#?}", checked.errors))
    }

    fn seconds(text: &str) -> i64 {
        text.parse::<Timestamp>().expect("a timestamp").as_second()
    }

    #[test]
    fn daily_hours_follow_the_local_clock() {
        // Start in UTC; hours of the team; its first duties, as starts in UTC and hours of length.
        for (start, team, wanted) in [
            ("2026-11-23T12:00:00Z", r#"daily = "08:00-18:00""#, [("23T12", 5), ("24T07", 10)]),
            ("2026-11-23T12:00:00Z", r#"daily = "20:00-08:00""#, [("23T19", 12), ("24T19", 12)]),
            ("2026-11-23T02:00:00Z", r#"daily = "20:00-08:00""#, [("23T02", 5), ("23T19", 12)]),
            // Clocks go back in the night to the 26th of October 2025, and forward to the 30th of March.
            ("2025-10-25T12:00:00Z", r#"daily = "20:00-08:00""#, [("25T18", 13), ("26T19", 12)]),
            ("2025-03-29T12:00:00Z", r#"daily = "20:00-08:00""#, [("29T19", 11), ("30T18", 12)]),
        ] {
            let map = map(team);
            let duties = duties(&map, &map.teams[0], seconds(start));
            for (duty, (from, hours)) in duties.iter().zip(wanted) {
                let from = seconds(&format!("{}-{from}:00:00Z", &start[..7]));
                assert_eq!(*duty, Duty { from, until: from + hours * 3_600 }, "{start} {team}");
            }
        }
    }

    #[test]
    fn a_team_comes_and_goes() {
        let map =
            map("from = \"2026-11-24T06:00:00Z\"\nuntil = \"2026-11-25T09:00:00Z\"\ndaily = \"08:00-18:00\"");
        let duties = duties(&map, &map.teams[0], seconds("2026-11-23T00:00:00Z"));
        let hours: Vec<i64> = duties.iter().map(|duty| (duty.until - duty.from) / 3_600).collect();
        assert_eq!(hours, [10, 2]);
    }
}
