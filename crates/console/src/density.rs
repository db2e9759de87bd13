//! How many signals fell in which minute, by tactic and level: what the timeline's picture is drawn from.
//!
//! Invariant: made while signals are laid out, so that drawing a million of them reads none of them again.

use std::collections::BTreeMap;

use jiff::Timestamp;

/// ATT&CK tactics in the order in which an attack passes through them; the last lane is for signals that name none.
pub const TACTICS: [&str; 17] = [
    "reconnaissance",
    "resource-development",
    "initial-access",
    "execution",
    "persistence",
    "privilege-escalation",
    "defense-evasion",
    "stealth",
    "defense-impairment",
    "credential-access",
    "discovery",
    "lateral-movement",
    "collection",
    "command-and-control",
    "exfiltration",
    "impact",
    "",
];

/// Counts of signals by minute, lane and level.
#[derive(Clone, Debug, Default)]
pub struct Density(BTreeMap<(i64, u8, i32), u32>);

/// Signals of one minute, lane and level.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Cell {
    /// When: the minute's begin, or the signal's own instant.
    pub at: Timestamp,
    /// Place among [`TACTICS`].
    pub lane: usize,
    /// 0 informational to 4 critical.
    pub level: i32,
    /// How many.
    pub count: u32,
}

/// The lanes that tactics fall into.
pub fn lanes(tactics: &[String]) -> impl Iterator<Item = usize> {
    let none = tactics.is_empty().then_some(TACTICS.len() - 1);
    tactics.iter().filter_map(|tactic| TACTICS.iter().position(|it| it == tactic)).chain(none)
}

impl Density {
    /// Counts a signal; one whose instant is unknown falls in no minute.
    pub fn add(&mut self, at: Option<Timestamp>, tactics: &[String], level: i32) {
        let Some(at) = at else { return };
        for lane in lanes(tactics) {
            let minute = at.as_second().div_euclid(60);
            *self.0.entry((minute, u8::try_from(lane).unwrap_or_default(), level)).or_default() += 1;
        }
    }

    /// Cells from an instant to another.
    pub fn within(&self, from: Timestamp, to: Timestamp) -> impl Iterator<Item = Cell> {
        let minutes = (from.as_second().div_euclid(60), to.as_second().div_euclid(60));
        let cells = self.0.range((minutes.0, 0, i32::MIN)..=(minutes.1.max(minutes.0), u8::MAX, i32::MAX));
        cells.filter(move |_| from <= to).filter_map(|((minute, lane, level), count)| {
            let at = Timestamp::from_second(minute * 60).ok()?;
            Some(Cell { at, lane: usize::from(*lane), level: *level, count: *count })
        })
    }

    /// The first and the last minute.
    #[must_use]
    pub fn span(&self) -> Option<(Timestamp, Timestamp)> {
        let (first, last) = (self.0.first_key_value()?.0.0, self.0.last_key_value()?.0.0);
        Some((Timestamp::from_second(first * 60).ok()?, Timestamp::from_second(last * 60 + 60).ok()?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signals_of_one_minute_and_tactic_are_one_cell() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let (impact, none) = (["impact".to_owned()], []);
        let times = [at("2026-11-22T01:10:05Z"), at("2026-11-22T01:10:55Z"), at("2026-11-22T03:00:00Z")];
        let signals = [(times[0], &impact[..], 4), (times[1], &impact[..], 4), (times[2], &none[..], 1)];
        let mut density = Density::default();
        signals.iter().for_each(|(at, tactics, level)| density.add(Some(*at), tactics, *level));
        assert_eq!(density.span(), Some((at("2026-11-22T01:10:00Z"), at("2026-11-22T03:01:00Z"))));
        let early: Vec<Cell> =
            density.within(at("2026-11-22T01:00:00Z"), at("2026-11-22T02:00:00Z")).collect();
        assert_eq!(early, [Cell { at: at("2026-11-22T01:10:00Z"), lane: 15, level: 4, count: 2 }]);
        assert_eq!(density.within(times[2], times[0]).count(), 0, "an empty window shows nothing");
    }
}
