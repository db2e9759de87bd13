//! How often somebody speaks, learned from when they spoke; and whether they are silent for longer than that.
//!
//! Two things are learned from the gaps between words. How long a gap a random moment lies in: 99 moments of 100 lie in
//! one no longer than the usual one; the last days count. And the longest gap that touched each hour of the week, halved
//! week by week: what is usual on a Monday at ten is not what is usual on a Sunday night. While an hour of the week is
//! not known yet, the same hour of other days and the usual gap stand for it. Times are whole seconds since 1970, UTC.
//!
//! Invariant: silence is never told within [`FLOOR`], nor before so much was learned as the caller asks for; one silence
//! is told once; a time when nobody listened teaches nothing and is no silence.

use serde::{Deserialize, Serialize};

/// A silence is longer than this.
pub(super) const FLOOR: i64 = 600;
/// And longer than so many usual gaps.
const TIMES: i64 = 4;
const HOUR: i64 = 3_600;
const DAY: usize = 24;
const WEEK: usize = 7 * DAY;
/// Beyond so many seconds, what was learned counts half.
const RECENT: i64 = 4 * 86_400;
/// Lengths of gaps told apart: powers of two.
const LENGTHS: usize = 24;

/// What was learned of one who speaks.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub(super) struct Rhythm {
    /// When they spoke last, or since when we listen.
    pub(super) last: i64,
    /// Since when they are silent, where they are and it was told.
    pub(super) silent: Option<i64>,
    /// Seconds that were spent in gaps of each length.
    spent: Vec<i64>,
    /// The longest gap that touched each hour of the week, in quarters of an octave; 0 where that is not known.
    week: Vec<u8>,
}

impl Rhythm {
    pub(super) fn new(at: i64) -> Rhythm {
        Rhythm { last: at, silent: None, spent: vec![0; LENGTHS], week: vec![0; WEEK] }
    }

    /// They spoke. Since when they were silent, where that was told.
    pub(super) fn heard(&mut self, at: i64) -> Option<i64> {
        let (from, ended) = (self.last, self.silent.take());
        self.last = at;
        // A clock that went back says nothing of a gap.
        if at > from {
            self.learn(from, at, ended.is_some());
        }
        ended
    }

    /// Nobody listened until now.
    pub(super) fn resume(&mut self, now: i64) {
        self.last = now;
    }

    /// Seconds of which something was learned.
    pub(super) fn learned(&self) -> i64 {
        self.spent.iter().sum()
    }

    /// The gap that is usual at a time; none before anything was learned.
    pub(super) fn expected(&self, now: i64) -> Option<i64> {
        let hour = hour_of_week(now);
        let around = |hour: usize| [hour + WEEK - 1, hour, hour + 1].map(|it| self.week[it % WEEK]);
        let longest = |all: &mut dyn Iterator<Item = u8>| all.max().unwrap_or(0);
        if self.week[hour] > 0 {
            return Some(seconds(longest(&mut around(hour).into_iter())));
        }
        let days = (0..7).flat_map(|day| around(hour + day * DAY));
        let usual = self.usual()?;
        Some(usual.max(seconds(longest(&mut { days }))))
    }

    /// Since when they are silent, where that is to be told now, `learning` seconds being enough to judge by.
    pub(super) fn silence(&self, now: i64, learning: i64) -> Option<i64> {
        let limit = self.expected(now)?.saturating_mul(TIMES).max(FLOOR);
        let is_silent = self.silent.is_none() && self.learned() >= learning && now - self.last > limit;
        is_silent.then_some(self.last)
    }

    fn learn(&mut self, from: i64, to: i64, was_told: bool) {
        let gap = to - from;
        // What was told as out of the ordinary is not what is usual; by the hour of the week it may become so.
        if !was_told {
            self.spent[(gap.ilog2() as usize).min(LENGTHS - 1)] += gap;
            if self.learned() > RECENT {
                self.spent.iter_mut().for_each(|it| *it /= 2);
            }
        }
        let quarters = quarters(gap);
        let hours = (to / HOUR - from / HOUR).min(WEEK as i64 - 1);
        for back in 0..=hours {
            let known = &mut self.week[hour_of_week(to - back * HOUR)];
            // The hour of the word before was begun already.
            let faded = if back == hours { *known } else { known.saturating_sub(4) };
            *known = faded.max(quarters);
        }
    }

    /// The length of gap that 99 moments of 100 do not exceed.
    fn usual(&self) -> Option<i64> {
        let all = self.learned();
        let mut below = 0;
        let length = self.spent.iter().position(|spent| {
            below += spent;
            all > 0 && below * 100 >= all * 99
        })?;
        Some(2 << length)
    }
}

fn hour_of_week(at: i64) -> usize {
    (at.div_euclid(HOUR)).rem_euclid(WEEK as i64) as usize
}

/// A length in quarters of an octave, at least 1, rounded up.
fn quarters(gap: i64) -> u8 {
    ((gap.max(1) as f64).log2() * 4.0).ceil().clamp(1.0, 255.0) as u8
}

fn seconds(quarters: u8) -> i64 {
    (f64::from(quarters) / 4.0).exp2().ceil() as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: i64 = 1_795_824_000;
    const MINUTE: i64 = 60;
    const ENOUGH: i64 = 4 * HOUR;

    /// Speaks every so many seconds while `speaks` says so, from one time to another; times at which silence was told.
    fn live(rhythm: &mut Rhythm, from: i64, to: i64, every: i64, speaks: impl Fn(i64) -> bool) -> Vec<i64> {
        let mut told = Vec::new();
        let mut next = from;
        for now in (from..to).step_by(10) {
            if now >= next && speaks(now) {
                rhythm.heard(now);
                next = now + every;
            }
            if let Some(since) = rhythm.silence(now, ENOUGH) {
                rhythm.silent = Some(since);
                told.push(now);
            }
        }
        told
    }

    /// Whether people are at work: Monday to Friday, seven to eighteen. START is a Saturday.
    fn office(at: i64) -> bool {
        let (day, hour) = ((at - START) / 86_400 % 7, (at - START) / HOUR % 24);
        day >= 2 && (7..18).contains(&hour)
    }

    #[test]
    fn one_who_speaks_all_the_time_is_missed_after_ten_minutes_and_told_of_once() {
        for every in [1, 10, 60, 140] {
            let mut rhythm = Rhythm::new(START);
            let stop = START + 6 * HOUR;
            let told = live(&mut rhythm, START, START + 12 * HOUR, every, |at| at < stop);
            assert_eq!(told.len(), 1, "every {every} s");
            let late = told[0] - rhythm.silent.expect("silent");
            assert!((FLOOR..FLOOR * 2).contains(&late), "every {every} s: {late}");
        }
    }

    #[test]
    fn nothing_is_told_before_hours_were_learned() {
        let mut rhythm = Rhythm::new(START);
        assert_eq!(rhythm.expected(START), None);
        let stop = START + 3 * HOUR;
        assert!(live(&mut rhythm, START, START + 48 * HOUR, 10, |at| at < stop).is_empty());
    }

    #[test]
    fn one_who_seldom_speaks_is_given_longer() {
        let mut rhythm = Rhythm::new(START);
        let stop = START + 48 * HOUR;
        let told = live(&mut rhythm, START, START + 96 * HOUR, HOUR, |at| at < stop);
        assert_eq!(told.len(), 1);
        assert!(told[0] - stop > 3 * HOUR && told[0] - stop < 12 * HOUR, "{}", told[0] - stop);
    }

    #[test]
    fn a_silence_ends_when_they_speak_and_the_next_is_told_anew() {
        let mut rhythm = Rhythm::new(START);
        let away = |at: i64| {
            [(6, 7), (9, 10)].iter().any(|(from, to)| (START + from * HOUR..START + to * HOUR).contains(&at))
        };
        let told = live(&mut rhythm, START, START + 12 * HOUR, 10, |at| !away(at));
        assert_eq!(told.len(), 2, "{told:?}");
        assert!(told[1] - (START + 9 * HOUR) < 2 * FLOOR, "an outage does not make us deaf to the next");
        assert_eq!(rhythm.silent, None);
    }

    #[test]
    fn nights_and_week_ends_are_learned() {
        let mut rhythm = Rhythm::new(START);
        let week = 7 * 86_400;
        live(&mut rhythm, START, START + 2 * week, 30, office);
        let told = live(&mut rhythm, START + 2 * week, START + 4 * week, 30, office);
        assert!(told.is_empty(), "nights and week-ends as usual: {told:?}");
        // The third Monday after, at ten in the morning.
        let stop = START + 4 * week + 2 * 86_400 + 10 * HOUR;
        let told = live(&mut rhythm, START + 4 * week, stop + HOUR, 30, |at| office(at) && at < stop);
        assert_eq!(told.len(), 1);
        assert!(told[0] - stop < 20 * MINUTE, "missed after {} s", told[0] - stop);
    }

    #[test]
    fn a_time_when_nobody_listened_is_no_silence() {
        let mut rhythm = Rhythm::new(START);
        live(&mut rhythm, START, START + 6 * HOUR, 10, |_| true);
        let back = START + 30 * HOUR;
        rhythm.resume(back);
        assert_eq!(rhythm.silence(back + FLOOR - 10, ENOUGH), None);
        assert_eq!(rhythm.silence(back + FLOOR + 10, ENOUGH), Some(back), "from then on it counts");
    }

    #[test]
    fn a_clock_that_goes_back_teaches_nothing_wrong() {
        let mut rhythm = Rhythm::new(START);
        live(&mut rhythm, START, START + 6 * HOUR, 10, |_| true);
        let known = rhythm.clone();
        rhythm.heard(START + HOUR);
        assert_eq!((&rhythm.spent, &rhythm.week), (&known.spent, &known.week));
        assert_eq!(rhythm.silence(START + HOUR + 30, ENOUGH), None);
    }
}
