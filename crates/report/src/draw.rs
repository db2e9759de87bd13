//! The map as a picture: columns are the meaning (care by site, applications, machines, what
//! carries them), lines are needs.
//!
//! Invariant: at most [`ROWS`] boxes a column; above that the machines of one kind in one zone fold
//! into one box with a count, and then the rest of the column into one. Rows are ordered by
//! barycentre to spare crossings. Colours are never the only sign: a need that stops is a solid
//! line, one that degrades is dashed.

mod night;

pub use night::{Night, Sign, night};

use std::collections::{BTreeMap, BTreeSet};

use assess::Words;
use hospital::{Effect, Kind, Map, NodeId};
use maud::{Markup, PreEscaped, html};

use crate::plain::{cut, plain};

/// Boxes a column before folding.
const ROWS: usize = 70;
/// Sweeps of the barycentre heuristic.
const SWEEPS: usize = 24;
const TOP: f64 = 64.0;
/// The measures of a sheet to print.
const PRINTED: Grid = Grid { column: 330.0, width: 210.0, height: 16.0, step: 20.0, left: 20.0 };
const STYLE: &str = include_str!("draw.css");

/// The picture, one SVG file.
#[must_use]
pub fn draw(map: &Map, words: &Words) -> String {
    let mut picture = Picture::of(map, words, PRINTED, |_| true);
    picture.order();
    picture.svg(map, words).into_string()
}

/// How far apart things stand.
#[derive(Clone, Copy)]
struct Grid {
    /// From column to column.
    column: f64,
    /// Of a box.
    width: f64,
    /// Of a box.
    height: f64,
    /// From row to row.
    step: f64,
    /// Of the first column.
    left: f64,
}

impl Grid {
    fn x(self, column: usize) -> f64 {
        self.left + self.column * column as f64
    }

    /// Of the whole picture.
    fn across(self) -> f64 {
        self.column * 3.0 + self.width + 2.0 * self.left
    }
}

/// One box: a node, or several folded.
struct Cell {
    column: usize,
    label: String,
    /// Heading that it stands under, in the first column.
    site: Option<String>,
    members: Vec<NodeId>,
}

struct Picture {
    grid: Grid,
    cells: Vec<Cell>,
    /// Places in `cells`, by column, in order of rows.
    columns: [Vec<usize>; 4],
    /// From the one that needs to the one needed; the strongest effect.
    edges: BTreeMap<(usize, usize), Effect>,
}

impl Picture {
    fn of(map: &Map, words: &Words, grid: Grid, shown: impl Fn(NodeId) -> bool) -> Picture {
        let layers = layers(map);
        let mut cells = Vec::new();
        for column in 0..4 {
            let members: Vec<NodeId> =
                map.all().map(|(id, _)| id).filter(|id| layers[id.index()] == column && shown(*id)).collect();
            cells.extend(fold(map, column, members, words));
        }
        let mut cell_of = vec![None; map.nodes.len()];
        let mut columns = [const { Vec::new() }; 4];
        for (place, cell) in cells.iter().enumerate() {
            columns[cell.column].push(place);
            for member in &cell.members {
                cell_of[member.index()] = Some(place);
            }
        }
        let mut edges = BTreeMap::new();
        for (id, node) in map.all() {
            for need in &node.needs {
                for provider in &need.on {
                    let (Some(from), Some(to)) = (cell_of[id.index()], cell_of[provider.index()]) else {
                        continue;
                    };
                    let ends = (from, to);
                    if from != to {
                        let effect = edges.entry(ends).or_insert(need.effect);
                        *effect = need.effect.min(*effect);
                    }
                }
            }
        }
        Picture { grid, cells, columns, edges }
    }

    /// Sorts each column by the mean row of its neighbours, to and fro; care stays under its site.
    fn order(&mut self) {
        let mut neighbours = vec![Vec::new(); self.cells.len()];
        for (from, to) in self.edges.keys() {
            neighbours[*from].push(*to);
            neighbours[*to].push(*from);
        }
        for sweep in 0..SWEEPS {
            for turn in 0..4 {
                let column = if sweep % 2 == 0 { turn } else { 3 - turn };
                let mut row = vec![0.0; self.cells.len()];
                for cells in &self.columns {
                    for (place, cell) in cells.iter().enumerate() {
                        row[*cell] = place as f64 / cells.len() as f64;
                    }
                }
                let mean = |cell: &usize| {
                    let near = &neighbours[*cell];
                    if near.is_empty() {
                        row[*cell]
                    } else {
                        near.iter().map(|it| row[*it]).sum::<f64>() / near.len() as f64
                    }
                };
                let cells = &self.cells;
                self.columns[column].sort_by(|a, b| {
                    cells[*a].site.cmp(&cells[*b].site).then(mean(a).total_cmp(&mean(b))).then(a.cmp(b))
                });
            }
        }
    }

    fn svg(&self, map: &Map, words: &Words) -> Markup {
        let (rows, headings) = self.rows();
        let (width, height, grid) = (self.grid.across(), self.height(headings.len()), self.grid);
        html! {
            (PreEscaped("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"))
            svg xmlns="http://www.w3.org/2000/svg" viewBox={ "0 0 " (width) " " (height) } role="img" aria-labelledby="name about" {
                title id="name" { (plain(&map.name)) }
                desc id="about" { (words.say("draw-about")) }
                style { (PreEscaped(STYLE)) }
                rect.paper width=(width) height=(height) {}
                text.name x="20" y="24" { (plain(&map.name)) }
                @for (column, key) in ["draw-care", "draw-applications", "draw-machines", "draw-carriers"].iter().enumerate() {
                    text.head x=(grid.x(column)) y="48" { (words.say(key)) }
                }
                @for ((from, to), effect) in &self.edges { (self.edge(*from, *to, *effect, &rows)) }
                @for (label, y) in &headings { text.site x=(grid.x(0)) y=(y + 12.0) { (plain(label)) } }
                @for (place, cell) in self.cells.iter().enumerate() {
                    g class={ "cell column-" (cell.column) @if cell.members.len() > 1 { " folded" } } {
                        title { (names(map, cell)) }
                        rect x=(grid.x(cell.column)) y=(rows[place]) width=(grid.width) height=(grid.height) rx=(if cell.column == 0 { 8 } else { 2 }) {}
                        text x=(grid.x(cell.column) + 8.0) y=(rows[place] + 11.5) { (plain(&cut(&cell.label, 36))) }
                    }
                }
                text.legend x="20" y=(height - 12.0) { (words.say("draw-legend")) }
            }
        }
    }

    fn height(&self, headings: usize) -> f64 {
        let rows = self.columns.iter().map(Vec::len).max().unwrap_or(0);
        TOP + self.grid.step * (rows + headings + 1) as f64 + 30.0
    }

    /// Where each cell stands from the top, and the headings of sites.
    fn rows(&self) -> (Vec<f64>, Vec<(String, f64)>) {
        let step = self.grid.step;
        let mut rows = vec![0.0; self.cells.len()];
        let mut headings: Vec<(String, f64)> = Vec::new();
        let longest = self.columns.iter().map(Vec::len).max().unwrap_or(1).max(1) as f64;
        for (column, cells) in self.columns.iter().enumerate() {
            let spread = if column == 0 { 1.0 } else { (longest / cells.len().max(1) as f64).min(4.0) };
            for (place, cell) in cells.iter().enumerate() {
                if column == 0 && self.cells[*cell].site != headings.last().map(|(label, _)| label.clone()) {
                    headings.push((
                        self.cells[*cell].site.clone().unwrap_or_default(),
                        TOP + step * (place + headings.len()) as f64,
                    ));
                }
                let down =
                    if column == 0 { (place + headings.len()) as f64 } else { (place as f64 + 0.5) * spread };
                rows[*cell] = TOP + step * down;
            }
        }
        (rows, headings)
    }

    fn edge(&self, from: usize, to: usize, effect: Effect, rows: &[f64]) -> Markup {
        let class = if effect == Effect::Stops { "need" } else { "need degrades" };
        html! { path class=(class) d=(self.way(from, to, rows)) {} }
    }

    /// The line from one cell to another.
    fn way(&self, from: usize, to: usize, rows: &[f64]) -> String {
        let (a, b) = (self.cells[from].column, self.cells[to].column);
        let grid = self.grid;
        let (y0, y1) = (rows[from] + grid.height / 2.0, rows[to] + grid.height / 2.0);
        let x0 = grid.x(a) + grid.width;
        let (x1, bend) =
            if b > a { (grid.x(b), (grid.x(b) - x0) / 2.0) } else { (grid.x(b) + grid.width, 40.0) };
        let c1 = if b > a { x1 - bend } else { x1 + bend };
        format!("M{x0} {y0}C{} {y0} {c1} {y1} {x1} {y1}", x0 + bend)
    }
}

/// 0 care, 1 applications, 2 assets that care or applications need, 3 the rest.
fn layers(map: &Map) -> Vec<usize> {
    let mut direct = BTreeSet::new();
    for (_, node) in map.all().filter(|(_, node)| !matches!(node.kind, Kind::Asset(_))) {
        direct.extend(node.needs.iter().flat_map(|need| need.on.iter().copied()));
    }
    map.all()
        .map(|(id, node)| match node.kind {
            Kind::CareService(_) => 0,
            Kind::Application(_) => 1,
            Kind::Asset(_) => 2 + usize::from(!direct.contains(&id)),
        })
        .collect()
}

/// The boxes of a column: one a node where they fit, else one a kind and zone, else the largest of those and one for the rest.
fn fold(map: &Map, column: usize, members: Vec<NodeId>, words: &Words) -> Vec<Cell> {
    if members.len() <= ROWS {
        return members.into_iter().map(|id| single(map, column, id)).collect();
    }
    let mut groups: BTreeMap<String, Vec<NodeId>> = BTreeMap::new();
    for id in members {
        groups.entry(group(map, id)).or_default().push(id);
    }
    let mut groups: Vec<(String, Vec<NodeId>)> = groups.into_iter().collect();
    groups.sort_by_key(|(label, members)| (std::cmp::Reverse(members.len()), label.clone()));
    let rest: Vec<NodeId> =
        groups.split_off(groups.len().min(ROWS)).into_iter().flat_map(|(_, members)| members).collect();
    if !rest.is_empty() {
        groups.push((words.say("draw-others"), rest));
    }
    groups
        .into_iter()
        .map(|(label, members)| match members.as_slice() {
            [one] => single(map, column, *one),
            _ => Cell { column, label: format!("{} × {label}", members.len()), site: None, members },
        })
        .collect()
}

fn single(map: &Map, column: usize, id: NodeId) -> Cell {
    let node = map.node(id);
    let site = match &node.kind {
        Kind::CareService(care) => Some(map.sites[care.site.index()].name.clone()),
        _ => None,
    };
    Cell { column, label: node.name.clone(), site, members: vec![id] }
}

/// What a node folds under.
fn group(map: &Map, id: NodeId) -> String {
    match &map.node(id).kind {
        Kind::Asset(asset) => match asset.zone {
            Some(zone) => format!("{} · {}", asset.kind, map.zones[zone.index()].name),
            None => asset.kind.clone(),
        },
        Kind::Application(application) => application.owner.clone().unwrap_or_else(|| "–".to_owned()),
        Kind::CareService(care) => map.sites[care.site.index()].name.clone(),
    }
}

/// The first members of a cell, for those who point at it.
fn names(map: &Map, cell: &Cell) -> String {
    let shown: Vec<_> =
        cell.members.iter().take(30).map(|id| plain(&map.node(*id).name).into_owned()).collect();
    let more = cell.members.len() - shown.len();
    if more == 0 { shown.join(", ") } else { format!("{}, … +{more}", shown.join(", ")) }
}
