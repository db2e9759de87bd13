//! The map as a page shows it: links for boxes, each with its state as shape and class, and the lines that hurt.
//!
//! Invariant: colours and lines come from the page's style sheet by class; every box is a link with its name and its
//! state in words.

use std::collections::BTreeSet;

use assess::{State, Words};
use hospital::{Kind, Map, NodeId};
use maud::{Markup, html};

use super::{Grid, Picture, TOP};
use crate::plain::{cut, plain};
use crate::shape;

/// The measures of a picture on a page.
const SHOWN: Grid = Grid { column: 268.0, width: 206.0, height: 22.0, step: 27.0, left: 4.0 };

/// How a node stands: a shape, a word, a colour's class.
#[derive(Clone, Debug)]
pub struct Sign {
    /// The shape.
    pub shape: State,
    /// The word.
    pub word: String,
}

/// What a picture shows.
pub struct Night<'a> {
    /// Nodes drawn; all others are left out.
    pub shown: &'a BTreeSet<NodeId>,
    /// How a node stands, where there is something to say.
    pub sign: &'a dyn Fn(NodeId) -> Option<Sign>,
    /// Address of a node's panel.
    pub link: &'a dyn Fn(&str) -> String,
    /// The node whose panel is open.
    pub chosen: Option<NodeId>,
}

/// The picture, to stand in a page.
#[must_use]
pub fn night(map: &Map, words: &Words, night: &Night<'_>) -> Markup {
    let mut picture = Picture::of(map, words, SHOWN, |node| night.shown.contains(&node));
    picture.order();
    let (rows, headings) = picture.rows();
    let (width, height, grid) = (picture.grid.across(), picture.height(headings.len()), picture.grid);
    let top = TOP - 40.0;
    // A line hurts where both of its ends are hit.
    let signs: Vec<Option<Sign>> = picture
        .cells
        .iter()
        .map(|cell| {
            cell.members.iter().filter_map(|node| (night.sign)(*node)).min_by_key(|sign| worst(sign.shape))
        })
        .collect();
    let class = |from: usize, to: usize, solid: bool| {
        let hot =
            [from, to].iter().all(|end| signs[*end].as_ref().is_some_and(|sign| sign.shape != State::Up));
        let near = night
            .chosen
            .is_some_and(|node| [from, to].iter().any(|end| picture.cells[*end].members.contains(&node)));
        [
            "need",
            if solid { "" } else { " worse" },
            if hot { " hot" } else { "" },
            if near { " near" } else { "" },
        ]
        .concat()
    };
    html! {
        svg.map viewBox={ "0 " (top) " " (width) " " (height - top) } role="group" aria-label=(words.say("draw-about")) {
            @for (column, key) in ["draw-care", "draw-applications", "draw-machines", "draw-carriers"].iter().enumerate() {
                text.head x=(grid.x(column)) y="48" { (words.say(key)) }
            }
            @for ((from, to), effect) in &picture.edges {
                path class=(class(*from, *to, *effect == hospital::Effect::Stops)) d=(picture.way(*from, *to, &rows)) {}
            }
            @for (label, y) in &headings { text.site x=(grid.x(0)) y=(y + 16.0) { (plain(label)) } }
            @for (place, cell) in picture.cells.iter().enumerate() {
                @let sign = signs[place].as_ref();
                @let (x, y) = (grid.x(cell.column), rows[place]);
                @if let [node] = cell.members.as_slice() {
                    a class={ "cell" @if let Some(sign) = sign { " " (shape::key(sign.shape)) } @if night.chosen == Some(*node) { " chosen" } }
                        id={ "node-" (map.id(*node)) } href=((night.link)(map.id(*node))) data-lose=[matches!(map.node(*node).kind, Kind::Asset(_)).then(|| map.id(*node))] {
                        title { (plain(&cell.label)) @if let Some(sign) = sign { ": " (sign.word) } }
                        rect x=(x) y=(y) width=(grid.width) height=(grid.height) rx=(if cell.column == 0 { 11 } else { 3 }) {}
                        @if let Some(sign) = sign { g transform={ "translate(" (x + 7.0) " " (y + 5.0) ")" } { (shape::path(sign.shape)) } }
                        text x=(x + 25.0) y=(y + 15.5) { (plain(&cut(&cell.label, 27))) }
                    }
                } @else {
                    g.cell.folded {
                        title { (super::names(map, cell)) }
                        rect x=(x) y=(y) width=(grid.width) height=(grid.height) rx="3" {}
                        text x=(x + 8.0) y=(y + 15.5) { (plain(&cut(&cell.label, 30))) }
                    }
                }
            }
        }
    }
}

/// The gravest first.
fn worst(state: State) -> u8 {
    match state {
        State::Stopped => 0,
        State::Degraded => 1,
        State::Fallback => 2,
        State::AtRisk => 3,
        State::Up => 4,
    }
}
