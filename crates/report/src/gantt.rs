//! The way back as a picture: one line a node, one bar a step.

use assess::{Restoration, Words};
use jiff::Timestamp;
use maud::{Markup, html};

use crate::clock::{Axis, grid};
use crate::names::Names;
use crate::plain::{cut, plain};

const LABEL: f64 = 150.0;
const WIDTH: f64 = 620.0;
const ROW: f64 = 15.0;

/// The chart; its twin in words is the table of steps.
pub fn gantt(plan: &Restoration, names: Names<'_>, words: &Words, now: Timestamp) -> Markup {
    let Some(end) = plan.steps.iter().map(|step| step.end).max() else { return html! {} };
    let axis = Axis::between(now, end, now);
    let mut rows: Vec<&str> = Vec::new();
    for step in &plan.steps {
        if !rows.contains(&step.node.as_str()) {
            rows.push(&step.node);
        }
    }
    let height = 22.0 + ROW * rows.len() as f64;
    html! {
        svg.gantt viewBox={ "0 0 780 " (height) } role="img" aria-label=(words.say("section-restore")) {
            (grid(axis, words, (LABEL, WIDTH, height)))
            @for (place, node) in rows.iter().enumerate() {
                @let y = 18.0 + ROW * place as f64;
                text.row x="0" y=(y + 10.0) { (plain(&cut(names.node(node), 24))) }
                @for step in plan.steps.iter().filter(|step| step.node == **node) {
                    @let x = LABEL + axis.at(step.start, WIDTH);
                    rect.step x=(x) y=(y + 2.0) width=((LABEL + axis.at(step.end, WIDTH) - x).max(1.5)) height="10" {
                        title { (plain(&step.step)) " · " (words.day_hour(step.start)) " – " (words.day_hour(step.end)) }
                    }
                }
            }
        }
    }
}
