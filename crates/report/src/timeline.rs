//! The attack on a time axis: one lane a tactic, one mark a signal.

use std::collections::BTreeMap;

use assess::{Assessment, Signal, Words};
use detect::Level;
use maud::{Markup, html};

use crate::clock::{Axis, grid};

const LABEL: f64 = 150.0;
const WIDTH: f64 = 620.0;
const LANE: f64 = 20.0;
/// Marks closer than this share one mark with a count.
const BINS: f64 = 155.0;

/// The chains' signals by tactic and instant; marks that fall together are one, larger.
pub fn timeline<'a>(
    assessment: &Assessment,
    words: &Words,
    chained: impl IntoIterator<Item = &'a Signal>,
) -> Markup {
    let starts = assessment.chains.iter().filter_map(|chain| chain.start).min();
    let ends = assessment.chains.iter().filter_map(|chain| chain.end).max();
    let (Some(start), Some(end)) = (starts, ends) else { return html! {} };
    let axis = Axis::between(start, end, assessment.now);
    let mut lanes: Vec<&str> = Vec::new();
    for tactic in assessment.chains.iter().flat_map(|chain| &chain.tactics) {
        if !lanes.contains(&tactic.as_str()) {
            lanes.push(tactic);
        }
    }
    let mut marks: BTreeMap<(usize, u64), (usize, Level)> = BTreeMap::new();
    for signal in chained {
        let Some(time) = signal.time else { continue };
        let bin = axis.at(time, BINS) as u64;
        for lane in signal.tactics.iter().filter_map(|tactic| lanes.iter().position(|lane| lane == tactic)) {
            let mark = marks.entry((lane, bin)).or_insert((0, signal.level));
            *mark = (mark.0 + 1, mark.1.max(signal.level));
        }
    }
    let height = 22.0 + LANE * lanes.len() as f64;
    html! {
        svg.timeline viewBox={ "0 0 780 " (height) } role="img" aria-label=(words.say("section-timeline")) {
            (grid(axis, words, (LABEL, WIDTH, height)))
            @for (place, tactic) in lanes.iter().enumerate() {
                @let y = 18.0 + LANE * (place as f64 + 0.5);
                text.row x="0" y=(y + 3.5) { (words.say(&format!("tactic-{tactic}"))) }
                path.rest d={ "M" (LABEL) " " (y) "H" (LABEL + WIDTH) } {}
            }
            @for ((lane, bin), (count, level)) in &marks {
                @let x = LABEL + (*bin as f64 + 0.5) / BINS * WIDTH;
                @let y = 18.0 + LANE * (*lane as f64 + 0.5);
                circle class=(if *level >= Level::High { "mark high" } else { "mark" }) cx=(x) cy=(y) r=((2.0 + (*count as f64).ln()).min(8.0)) {
                    title { (count) }
                }
            }
        }
    }
}
