//! What is asked of the timeline: the window, the filters, where the page begins; all of it in the URL.
//!
//! Invariant: an empty field of the form asks for nothing; what cannot be read is refused, never guessed.

use std::collections::BTreeSet;

use assess::Said;
use hospital::{Kind, Map, NodeId};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use store::entity::{Mark, Note, Suppression};
use store::{Instant, SignalFilter};

use super::line::Line;
use crate::ask::{Ask, LEVELS};
use crate::noise;
use crate::problem::{Problem, Result};
use crate::scene::Scene;

/// Machines of a ward's path at most; SQL takes them one by one.
const PATH_MAX: usize = 500;
/// A window is never shorter than this, in seconds.
const SHORTEST: i64 = 60;

/// The query as it comes.
#[derive(Clone, Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(default)]
pub(super) struct Asked {
    /// Not before this instant.
    pub from: String,
    /// Before this instant.
    pub to: String,
    /// Of this asset.
    pub asset: String,
    /// Of the machines that this ward needs.
    pub ward: String,
    /// With this ATT&CK tactic.
    pub tactic: String,
    /// At this level or above: `informational`, `low`, `medium`, `high`, `critical`.
    pub level: String,
    /// Of this rule.
    pub rule: String,
    /// Of this host.
    pub host: String,
    /// `people`, `signals`, or both.
    pub show: String,
    /// Key of the page.
    pub after: String,
    /// Of an export: `csv` or `json`.
    pub format: String,
}

/// The query, read.
#[derive(Clone, Debug, Default)]
pub(super) struct View {
    pub asked: Asked,
    pub filter: SignalFilter,
    pub from: Option<Timestamp>,
    pub to: Option<Timestamp>,
}

impl Asked {
    /// The query string, with some fields changed; an empty value leaves a field out.
    pub fn query(&self, changes: &[(&str, &str)]) -> String {
        let own = [
            ("from", &self.from),
            ("to", &self.to),
            ("asset", &self.asset),
            ("ward", &self.ward),
            ("tactic", &self.tactic),
            ("level", &self.level),
            ("rule", &self.rule),
            ("host", &self.host),
            ("show", &self.show),
        ];
        let changed = |name: &str| changes.iter().find(|(it, _)| *it == name).map(|(_, value)| *value);
        let kept = own.iter().map(|(name, value)| (*name, changed(name).unwrap_or(value)));
        let more = changes.iter().filter(|(name, _)| !own.iter().any(|(it, _)| it == name)).copied();
        let pairs: Vec<(&str, &str)> = kept.chain(more).filter(|(_, value)| !value.is_empty()).collect();
        serde_urlencoded::to_string(pairs).unwrap_or_default()
    }

    /// Whether signals are narrowed by more than what the picture's lanes know.
    pub fn narrowed(&self) -> bool {
        [&self.asset, &self.ward, &self.rule, &self.host].iter().any(|it| !it.is_empty())
    }

    /// Whether any filter is set.
    pub fn filtered(&self) -> bool {
        self.narrowed() || !self.tactic.is_empty() || !self.level.is_empty() || !self.show.is_empty()
    }
}

impl View {
    /// Reads the query.
    pub fn of(asked: Asked, scene: &Scene) -> Result<View> {
        let told = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let (from, to) =
            (instant(Said::new("field-from"), &asked.from)?, instant(Said::new("field-to"), &asked.to)?);
        let level = match asked.level.as_str() {
            "" => None,
            word => Some(level(word)?),
        };
        let assets = match (told(&asked.ward), scene.map()) {
            (Some(ward), Some(map)) => path(scene, map, &ward)?,
            _ => Vec::new(),
        };
        let filter = SignalFilter {
            asset: told(&asked.asset),
            assets,
            host: told(&asked.host),
            rule: told(&asked.rule),
            tactic: told(&asked.tactic),
            level,
            from: from.map(Instant::from),
            to: to.map(Instant::from),
        };
        Ok(View { asked, filter, from, to })
    }

    /// Whether what a person wrote belongs to the view.
    pub fn takes(&self, line: &Line) -> bool {
        let about =
            |wanted: &str| wanted.is_empty() || line.about.is_none() || line.about.as_deref() == Some(wanted);
        self.from.is_none_or(|from| line.at >= from)
            && self.to.is_none_or(|to| line.at < to)
            && about(if self.asked.asset.is_empty() { &self.asked.ward } else { &self.asked.asset })
    }
}

fn instant(name: Said, text: &str) -> Result<Option<Timestamp>> {
    if text.is_empty() {
        return Ok(None);
    }
    let read = text.parse::<Timestamp>();
    read.map(Some).map_err(|_| Problem::bad(Said::new("refusal-instant").with("field", name)))
}

fn level(word: &str) -> Result<i32> {
    let place = LEVELS.iter().position(|it| *it == word);
    let place =
        place.ok_or_else(|| Problem::bad(Said::new("refusal-level").with("levels", LEVELS.join(", "))))?;
    Ok(i32::try_from(place).unwrap_or_default())
}

/// Machines through which a ward is hit; where it is not, all on which it rests.
fn path(scene: &Scene, map: &Map, ward: &str) -> Result<Vec<String>> {
    let start = map.find(ward).ok_or_else(|| Problem::bad(Said::new("refusal-no-ward-path")))?;
    let care = scene.assessment().map(|it| it.care.as_slice()).unwrap_or_default();
    let mut ids: BTreeSet<String> =
        care.iter().filter(|row| row.service == ward).flat_map(|row| row.because.iter().cloned()).collect();
    if ids.is_empty() {
        let mut seen = BTreeSet::from([start]);
        let mut next: Vec<NodeId> = vec![start];
        while let Some(id) = next.pop() {
            let node = map.node(id);
            if matches!(node.kind, Kind::Asset(_)) && ids.len() < PATH_MAX {
                ids.insert(node.id.clone());
            }
            next.extend(node.needs.iter().flat_map(|need| &need.on).copied().filter(|it| seen.insert(*it)));
        }
    }
    // A ward that rests on nothing has no signals; no machine goes by its own id.
    if ids.is_empty() {
        ids.insert(ward.to_owned());
    }
    Ok(ids.into_iter().collect())
}

/// From when to when the picture shows.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Window {
    pub from: Timestamp,
    pub to: Timestamp,
}

impl Window {
    /// At least a minute long.
    pub fn new(from: Timestamp, to: Timestamp) -> Window {
        Window { from, to: to.max(later(from, SHORTEST)) }
    }

    /// Seconds.
    pub fn length(self) -> i64 {
        self.to.as_second() - self.from.as_second()
    }

    /// Half of it, around its middle.
    pub fn inwards(self) -> Window {
        let quarter = self.length() / 4;
        Window::new(later(self.from, quarter), later(self.to, -quarter))
    }

    /// Twice as much, around its middle.
    pub fn outwards(self) -> Window {
        let half = (self.length() / 2).max(SHORTEST / 2);
        Window::new(later(self.from, -half), later(self.to, half))
    }

    /// Moved by half of its length; `-1` to what was before, `1` to what came after.
    pub fn moved(self, direction: i64) -> Window {
        let half = direction * (self.length() / 2);
        Window::new(later(self.from, half), later(self.to, half))
    }
}

fn later(time: Timestamp, seconds: i64) -> Timestamp {
    time.checked_add(SignedDuration::from_secs(seconds)).unwrap_or(time)
}

/// What people set aside.
pub(super) struct Aside {
    pub marks: Vec<Mark>,
    suppressions: Vec<Suppression>,
}

impl Aside {
    pub async fn read(ask: &Ask, incident: &str) -> Result<Aside> {
        let store = &ask.app.store;
        Ok(Aside { marks: store.of(incident).await?, suppressions: store.all().await? })
    }

    /// The suppression that sets a signal aside.
    pub fn suppression(&self, signal: &store::KeptSignal) -> Option<&Suppression> {
        self.suppressions.iter().find(|it| noise::concerns(it, signal))
    }

    /// Why a signal is not what it seems, where somebody said so.
    pub fn reason(&self, signal: &store::KeptSignal) -> Option<&str> {
        let marked = mark(&self.marks, signal).map(|mark| mark.reason.as_str());
        marked.or_else(|| self.suppression(signal).map(|it| it.reason.as_str()))
    }
}

/// Why a signal is not what it seems: the latest standing mark that names it.
pub(super) fn mark<'m>(marks: &'m [Mark], signal: &store::KeptSignal) -> Option<&'m Mark> {
    let names = |mark: &&Mark| {
        let of = |wanted: &Option<String>, own: &Option<String>| wanted.is_none() || wanted == own;
        let one =
            mark.path.as_ref().is_none_or(|path| *path == signal.path && mark.record == Some(signal.record));
        let narrow = mark.path.is_some() || mark.asset.is_some() || mark.host.is_some();
        mark.rule == signal.rule
            && narrow
            && one
            && of(&mark.asset, &signal.asset)
            && of(&mark.host, &signal.host)
    };
    marks.iter().rev().filter(|mark| mark.undone_at.is_none()).find(names)
}

/// What a note may be about: a machine or a ward of the map.
pub(super) fn check_about(map: Option<&Map>, note: &mut Note) -> Result<()> {
    note.about = note.about.take().filter(|it| !it.trim().is_empty());
    match (&note.about, map) {
        (Some(about), Some(map)) if map.find(about).is_none() => {
            Err(Problem::bad(Said::new("refusal-no-about").with("about", about.as_str())))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_zooms_and_moves_and_never_closes() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let window = Window::new(at("2026-11-22T01:00:00Z"), at("2026-11-22T03:00:00Z"));
        assert_eq!(window.inwards(), Window::new(at("2026-11-22T01:30:00Z"), at("2026-11-22T02:30:00Z")));
        assert_eq!(window.outwards(), Window::new(at("2026-11-22T00:00:00Z"), at("2026-11-22T04:00:00Z")));
        assert_eq!(window.moved(-1), Window::new(at("2026-11-22T00:00:00Z"), at("2026-11-22T02:00:00Z")));
        let mut small = window;
        for _ in 0..40 {
            small = small.inwards();
        }
        assert!(small.length() >= SHORTEST && small.length() <= 2 * SHORTEST);
        assert_eq!(Window::new(Timestamp::MAX, Timestamp::MAX).outwards().to, Timestamp::MAX);
    }

    #[test]
    fn the_query_keeps_its_filters() {
        let asked = Asked { ward: "icu".to_owned(), level: "high".to_owned(), ..Asked::default() };
        assert_eq!(asked.query(&[("after", "12.3"), ("level", "")]), "ward=icu&after=12.3");
        assert_eq!(level("high").unwrap(), 3);
        assert!(level("loud").is_err() && instant(Said::new("field-from"), "yesterday").is_err());
    }
}
