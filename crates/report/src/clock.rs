//! Care clocks: one line a service on one time axis.
//!
//! Height says how bad, solid is fact, pale is forecast, dashed is "if the attack goes on", an
//! upright line is now.

use assess::{Assessment, Care, Outlook, Words};
use jiff::Timestamp;
use maud::{Markup, html};

/// Width of the axis, in units of the pictures.
const WIDTH: f64 = 600.0;

/// One time axis for all lines of a page.
#[derive(Clone, Copy)]
pub struct Axis {
    start: i64,
    end: i64,
    now: i64,
}

impl Axis {
    /// From the first fallback (an hour before now at the latest) to a day after now.
    pub fn of_care(assessment: &Assessment, now: Timestamp) -> Axis {
        let now = now.as_second();
        let first = assessment.care.iter().filter_map(|care| care.fallback_at.or(care.degrades_at)).min();
        let start = first.map_or(now - 3600, |time| time.as_second().clamp(now - 12 * 3600, now - 3600));
        Axis { start, end: now + 24 * 3600, now }
    }

    /// From `start` to `end`.
    pub fn between(start: Timestamp, end: Timestamp, now: Timestamp) -> Axis {
        let (start, end) = (start.as_second(), end.as_second());
        Axis { start, end: end.max(start + 60), now: now.as_second() }
    }

    /// Where an instant stands, from 0 to `width`.
    pub fn at(self, time: Timestamp, width: f64) -> f64 {
        let share = (time.as_second() - self.start) as f64 / (self.end - self.start) as f64;
        (share.clamp(0.0, 1.0) * width * 10.0).round() / 10.0
    }

    /// Whether now is on the axis, and where.
    pub fn now(self, width: f64) -> Option<f64> {
        let now = Timestamp::from_second(self.now).ok()?;
        (self.start..=self.end).contains(&self.now).then(|| self.at(now, width))
    }

    /// At most `count` round hours on the axis, every 1, 2, 3, 6, 12 hours or whole days.
    pub fn hours(self, count: i64) -> Vec<Timestamp> {
        let span = self.end - self.start;
        let step = [3600, 7200, 3 * 3600, 6 * 3600, 12 * 3600]
            .into_iter()
            .find(|step| span / step <= count)
            .unwrap_or_else(|| 86_400 * (span / 86_400 / count + 1));
        let first = self.start.div_euclid(step) * step + step;
        (0..)
            .map(|place| first + place * step)
            .take_while(|time| *time < self.end)
            .filter_map(|time| Timestamp::from_second(time).ok())
            .collect()
    }
}

/// Upright lines at round hours, from `left` over `width` and down to `height`, for a picture with rows; the last is not
/// named where its name would be cut.
pub fn grid(axis: Axis, words: &Words, (left, width, height): (f64, f64, f64)) -> Markup {
    html! {
        @for hour in axis.hours(6) {
            @let x = left + axis.at(hour, width);
            path.rest d={ "M" (x) " 14V" (height) } {}
            @if x < left + width - 45.0 { text.tick x=(x) y="10" { (words.day_hour(hour)) } }
        }
    }
}

/// The hours above the lines.
pub fn scale(axis: Axis, words: &Words) -> Markup {
    html! {
        svg.scale aria-hidden="true" {
            @for hour in axis.hours(3) { text x={ (axis.at(hour, 100.0)) "%" } y="12" { (words.hour(hour)) } }
        }
    }
}

/// The line of one service.
pub fn line(axis: Axis, rows: &[&Care], now: Timestamp, label: &str) -> Markup {
    html! {
        svg.clockline viewBox="0 0 600 22" preserveAspectRatio="none" role="img" aria-label=(label) {
            path.rest d="M0 11H600" {}
            @for row in rows { (bars(axis, row, now)) }
            @if let Some(x) = axis.now(WIDTH) { path.now d={ "M" (x) " -3V25" } {} }
        }
    }
}

fn bars(axis: Axis, row: &Care, now: Timestamp) -> Markup {
    let horizon = Timestamp::from_second(axis.end).unwrap_or(now);
    if row.outlook == Outlook::AtRisk {
        let from = row.degrades_at.or(row.stops_at).unwrap_or(now);
        return html! { (bar(axis, "risk at-risk", 4.0, 14.0, from, horizon)) };
    }
    let stop = row.stops_at.unwrap_or(horizon);
    let worse = row.degrades_at.unwrap_or(stop).min(stop);
    html! {
        @for (class, y, height, from, to) in [
            ("fallback", 8.0, 6.0, row.fallback_at.unwrap_or(worse), worse),
            ("degraded", 5.0, 12.0, worse, stop),
            ("stopped", 1.0, 20.0, stop, horizon),
        ] {
            (bar(axis, class, y, height, from, to.min(now)))
            (bar(axis, &format!("{class} ahead"), y, height, from.max(now), to))
        }
    }
}

fn bar(axis: Axis, class: &str, y: f64, height: f64, from: Timestamp, to: Timestamp) -> Markup {
    let (x, end) = (axis.at(from, WIDTH), axis.at(to, WIDTH));
    html! {
        @if to > from && end > x { rect class=(class) x=(x) y=(y) width=(((end - x) * 10.0).round() / 10.0) height=(height) {} }
    }
}
