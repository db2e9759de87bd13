//! All signals of an assessment: gathered from every thread, put in order, correlated, read as a stream.
//!
//! Invariant: the order is that of time, then of origin, then of rules, whatever order they were found in;
//! signals whose time is unknown come last. At most `held_max` detections are in memory; beyond that they
//! spill to a file in sorted runs and are merged.

use std::cmp::{Ordering, Reverse};
use std::collections::{BTreeSet, BinaryHeap, HashMap, HashSet};
use std::io;
use std::sync::Arc;

use evidence::{Certainty, Origin};
use hospital::NodeId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::correlate::Replay;
use crate::engine::{Detected, Engine, Step};
use crate::growing::Growing;
use crate::signal::{Aside, FalseSignal, Keys, Signal};
use crate::spill::{Reader, Runs, Spill};

/// A fair number of detections to hold in memory: some 50 MB.
pub const SIGNALS_HELD_MAX: usize = 50_000;

/// Gathers detections.
pub struct Signals<'e, F> {
    engine: &'e Engine,
    held_max: usize,
    spill: F,
    held: Vec<Stored>,
    runs: Option<Runs>,
    paths: Paths,
    dismissed: Dismissed,
}

/// Signals on which nothing rests.
#[derive(Default)]
pub(crate) struct Dismissed {
    /// Rule, path and record of those that people found false.
    named: HashSet<(u32, u32, u64)>,
    /// Those set aside, each with the place of its rule.
    asides: Vec<(Option<u32>, Aside)>,
}

/// Signals in order.
pub struct Ordered<'e> {
    engine: &'e Engine,
    count: u64,
    standing: u64,
    forgotten: u64,
    held: Held<'e>,
}

enum Held<'e> {
    Memory(Vec<Arc<str>>, Vec<Stored>),
    File(Vec<Arc<str>>, Runs),
    Grown(&'e Growing),
}

/// A detection as stored: what its rule says is found in the engine again.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Stored {
    #[serde(with = "jiff::fmt::serde::timestamp::nanosecond::optional")]
    pub(crate) time: Option<Timestamp>,
    pub(crate) path: u32,
    pub(crate) record: u64,
    pub(crate) rule: u32,
    pub(crate) certainty: u8,
    pub(crate) shown: bool,
    pub(crate) host: Option<String>,
    pub(crate) asset: Option<u32>,
    pub(crate) keys: Keys,
    pub(crate) steps: Vec<Step>,
    pub(crate) dismissed: bool,
    pub(crate) unproven: bool,
}

/// Paths by their place.
#[derive(Default)]
pub(crate) struct Paths {
    pub(crate) names: Vec<Arc<str>>,
    places: HashMap<Arc<str>, u32>,
}

impl<'e, F: FnMut() -> io::Result<Box<dyn Spill>>> Signals<'e, F> {
    /// Holds at most `held_max` detections in memory; `spill` gives a new temporary file when more come.
    pub fn new(engine: &'e Engine, held_max: usize, spill: F) -> Signals<'e, F> {
        let held_max = held_max.max(1);
        let (paths, dismissed) = (Paths::default(), Dismissed::default());
        Signals { engine, held_max, spill, held: Vec::new(), runs: None, paths, dismissed }
    }

    /// Those signals stay in the list and take part in nothing.
    pub fn dismiss(&mut self, signals: &[FalseSignal]) {
        self.dismissed.dismiss(self.engine, &mut self.paths, signals);
    }

    /// So do these. One that names neither rule, tactic, asset nor host sets nothing aside.
    pub fn set_aside(&mut self, asides: &[Aside]) {
        self.dismissed.set_aside(self.engine, asides);
    }

    /// Takes a detection, in any order.
    ///
    /// # Errors
    /// When the temporary file cannot be made or written.
    pub fn push(&mut self, detected: Detected) -> io::Result<()> {
        self.held.push(Stored::of(detected, &mut self.paths));
        if self.held.len() > self.held_max {
            self.write_run()?;
        }
        Ok(())
    }

    /// Puts all in order and replays the correlations.
    ///
    /// # Errors
    /// When a temporary file cannot be made, written or read back.
    pub fn finish(mut self) -> io::Result<Ordered<'e>> {
        let engine = self.engine;
        if self.runs.is_some() {
            self.write_run()?;
        }
        let paths = std::mem::take(&mut self.paths.names);
        let dismissed = std::mem::take(&mut self.dismissed);
        let (mut count, mut standing) = (0, 0);
        let tally = |stored: &io::Result<Stored>| {
            count += 1;
            standing += u64::from(stored.as_ref().is_ok_and(|it| !it.dismissed));
        };
        let mut replay = Replay::default();
        let held = if let Some(runs) = &self.runs {
            let merged = Merge::new(runs, &paths)?;
            let mut file = Runs::new((self.spill)()?);
            file.write(correlated(engine, &dismissed, &mut replay, merged).inspect(tally))?;
            Held::File(paths, file)
        } else {
            let mut held = std::mem::take(&mut self.held);
            held.sort_by(|one, other| order(one, other, &paths));
            let all = correlated(engine, &dismissed, &mut replay, held.into_iter().map(Ok));
            let all = all.inspect(tally).collect::<io::Result<_>>()?;
            Held::Memory(paths, all)
        };
        Ok(Ordered { engine, count, standing, forgotten: replay.forgotten(), held })
    }

    fn write_run(&mut self) -> io::Result<()> {
        let mut held = std::mem::take(&mut self.held);
        held.sort_by(|one, other| order(one, other, &self.paths.names));
        let mut runs = match self.runs.take() {
            Some(runs) => runs,
            None => Runs::new((self.spill)()?),
        };
        runs.write(held.into_iter().map(Ok))?;
        self.runs = Some(runs);
        Ok(())
    }
}

impl<'e> Ordered<'e> {
    /// Those that grow, as they stand.
    pub(crate) fn of(engine: &'e Engine, grown: &'e Growing) -> Ordered<'e> {
        let (count, standing) = grown.counts();
        let forgotten = grown.shed().groups;
        Ordered { engine, count, standing, forgotten, held: Held::Grown(grown) }
    }

    /// How many signals there are.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.count
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// How many that nobody found false.
    #[must_use]
    pub fn standing(&self) -> u64 {
        self.standing
    }

    /// How many groups correlations let go before their time, to make room: signals of theirs may be missing.
    #[must_use]
    pub fn forgotten(&self) -> u64 {
        self.forgotten
    }

    /// Every signal, in order, as often as asked; an error where the temporary file cannot be read back.
    pub fn iter(&self) -> impl Iterator<Item = io::Result<Signal>> + '_ {
        let memory = match &self.held {
            Held::Memory(paths, all) => Some(all.iter().map(|it| Ok(it.signal(self.engine, paths)))),
            _ => None,
        };
        let file = match &self.held {
            Held::File(paths, runs) => {
                let read = runs.read::<Stored>(0);
                Some(read.map(|it| it.map(|it| it.signal(self.engine, paths))))
            }
            _ => None,
        };
        let grown = match &self.held {
            Held::Grown(grown) => Some(grown.iter(self.engine).map(Ok)),
            _ => None,
        };
        memory.into_iter().flatten().chain(file.into_iter().flatten()).chain(grown.into_iter().flatten())
    }

    /// Signals at these places, ascending; an error as in [`Ordered::iter`].
    pub fn at<'a>(
        &'a self,
        places: &'a BTreeSet<u64>,
    ) -> Box<dyn Iterator<Item = io::Result<(u64, Signal)>> + 'a> {
        match &self.held {
            Held::Grown(grown) => Box::new(
                places.iter().filter_map(|at| Some(Ok((*at, grown.signal(self.engine, *at as usize)?)))),
            ),
            _ => {
                let last = places.last().map_or(0, |last| last + 1);
                let all = (0..last).zip(self.iter()).filter(|(at, _)| places.contains(at));
                Box::new(all.map(|(at, signal)| Ok((at, signal?))))
            }
        }
    }
}

impl Stored {
    pub(crate) fn of(detected: Detected, paths: &mut Paths) -> Stored {
        let signal = detected.signal;
        Stored {
            time: signal.time,
            path: paths.place(&signal.source.path),
            record: signal.source.record,
            rule: detected.rule,
            certainty: signal.certainty as u8,
            shown: detected.shown,
            host: signal.host,
            asset: signal.asset.map(|it| it.0),
            keys: signal.keys,
            steps: detected.steps,
            dismissed: false,
            unproven: signal.unproven,
        }
    }

    fn signal(&self, engine: &Engine, paths: &[Arc<str>]) -> Signal {
        self.signal_of(engine, paths, self.rule, self.dismissed)
    }

    /// The signal of a rule on its event.
    pub(crate) fn signal_of(
        &self,
        engine: &Engine,
        paths: &[Arc<str>],
        rule: u32,
        dismissed: bool,
    ) -> Signal {
        let known = engine.rule(rule);
        let facts = &known.facts;
        Signal {
            rule: facts.id.clone(),
            title: facts.title.clone(),
            level: facts.level,
            time: self.time,
            certainty: certainty(self.certainty),
            host: self.host.clone(),
            asset: self.asset.map(NodeId),
            techniques: facts.techniques.clone(),
            tactics: facts.tactics.clone(),
            observed: known.observes,
            source: Origin { path: paths[self.path as usize].clone(), record: self.record },
            keys: self.keys.clone(),
            unproven: self.unproven,
            dismissed,
        }
    }
}

impl Paths {
    pub(crate) fn place(&mut self, path: &Arc<str>) -> u32 {
        if let Some(place) = self.places.get(path) {
            return *place;
        }
        let place = self.names.len() as u32;
        self.names.push(path.clone());
        self.places.insert(path.clone(), place);
        place
    }
}

impl Dismissed {
    pub(crate) fn dismiss(&mut self, engine: &Engine, paths: &mut Paths, signals: &[FalseSignal]) {
        for signal in signals {
            if let Some(rule) = engine.place(&signal.rule) {
                let path = paths.place(&Arc::from(signal.path.as_str()));
                self.named.insert((rule, path, signal.record));
            }
        }
    }

    pub(crate) fn set_aside(&mut self, engine: &Engine, asides: &[Aside]) {
        for aside in asides {
            let rule = aside.rule.as_ref().map(|rule| engine.place(rule));
            let names = aside.tactic.is_some() || aside.asset.is_some() || aside.host.is_some();
            match rule {
                Some(None) => {}
                None if !names => {}
                rule => self.asides.push((rule.flatten(), aside.clone())),
            }
        }
    }

    /// Whether nothing rests on that rule's match on this record.
    pub(crate) fn holds(&self, engine: &Engine, rule: u32, stored: &Stored) -> bool {
        let tactics = &engine.rule(rule).facts.tactics;
        let set_aside = |(of, aside): &(Option<u32>, Aside)| {
            of.is_none_or(|of| of == rule)
                && aside.tactic.as_ref().is_none_or(|tactic| tactics.contains(tactic))
                && aside.asset.is_none_or(|asset| stored.asset == Some(asset.0))
                && aside.host.as_ref().is_none_or(|host| stored.host.as_ref() == Some(host))
                && aside.until.is_none_or(|until| stored.time.is_none_or(|time| time <= until))
        };
        self.named.contains(&(rule, stored.path, stored.record)) || self.asides.iter().any(set_aside)
    }
}

/// Shown detections, each followed by the correlations that it completes.
fn correlated<'e>(
    engine: &'e Engine,
    dismissed: &'e Dismissed,
    replay: &'e mut Replay,
    detections: impl Iterator<Item = io::Result<Stored>> + 'e,
) -> impl Iterator<Item = io::Result<Stored>> + 'e {
    detections.flat_map(move |stored| {
        let mut stored = match stored {
            Ok(stored) => stored,
            Err(error) => return vec![Err(error)],
        };
        let steps = std::mem::take(&mut stored.steps);
        let mut given = Vec::new();
        follow(engine, dismissed, replay, &stored, steps, |rule, dismissed| {
            given.push(Ok(Stored { rule, shown: true, dismissed, ..stored.clone() }));
        });
        given
    })
}

/// Gives the rules of the signals that a detection is and completes, each with whether nothing rests on it.
pub(crate) fn follow(
    engine: &Engine,
    dismissed: &Dismissed,
    replay: &mut Replay,
    stored: &Stored,
    steps: Vec<Step>,
    mut give: impl FnMut(u32, bool),
) {
    let is_dismissed = dismissed.holds(engine, stored.rule, stored);
    if stored.shown {
        give(stored.rule, is_dismissed);
    }
    let stands = |rule| !dismissed.holds(engine, rule, stored);
    if let (Some(time), false) = (stored.time, steps.is_empty() || is_dismissed) {
        let fired = replay.take(engine, time, steps, stands);
        for rule in fired.into_iter().filter(|rule| engine.rule(*rule).is_shown()) {
            give(rule, !stands(rule));
        }
    }
}

pub(crate) fn order(one: &Stored, other: &Stored, paths: &[Arc<str>]) -> Ordering {
    let time = |it: &Stored| (it.time.is_none(), it.time);
    time(one)
        .cmp(&time(other))
        .then_with(|| paths[one.path as usize].cmp(&paths[other.path as usize]))
        .then_with(|| (one.record, one.rule).cmp(&(other.record, other.rule)))
}

/// Sorted runs as one.
struct Merge<'a> {
    paths: &'a [Arc<str>],
    readers: Vec<Reader<'a, Stored>>,
    heads: BinaryHeap<Reverse<Head<'a>>>,
    broken: Option<io::Error>,
}

struct Head<'a> {
    stored: Stored,
    run: usize,
    paths: &'a [Arc<str>],
}

impl<'a> Merge<'a> {
    fn new(runs: &'a Runs, paths: &'a [Arc<str>]) -> io::Result<Merge<'a>> {
        let readers = (0..runs.len()).map(|run| runs.read(run)).collect();
        let mut merge = Merge { paths, readers, heads: BinaryHeap::new(), broken: None };
        for run in 0..runs.len() {
            merge.advance(run)?;
        }
        Ok(merge)
    }

    fn advance(&mut self, run: usize) -> io::Result<()> {
        if let Some(stored) = self.readers[run].next() {
            self.heads.push(Reverse(Head { stored: stored?, run, paths: self.paths }));
        }
        Ok(())
    }
}

impl Iterator for Merge<'_> {
    type Item = io::Result<Stored>;

    fn next(&mut self) -> Option<io::Result<Stored>> {
        if let Some(error) = self.broken.take() {
            self.heads.clear();
            return Some(Err(error));
        }
        let Reverse(head) = self.heads.pop()?;
        self.broken = self.advance(head.run).err();
        Some(Ok(head.stored))
    }
}

impl Ord for Head<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        order(&self.stored, &other.stored, self.paths).then(self.run.cmp(&other.run))
    }
}
impl PartialOrd for Head<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl PartialEq for Head<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}
impl Eq for Head<'_> {}

fn certainty(number: u8) -> Certainty {
    [Certainty::Exact, Certainty::ZoneAssumed, Certainty::YearInferred, Certainty::Uncertain]
        .into_iter()
        .find(|it| *it as u8 == number)
        .unwrap_or(Certainty::Uncertain)
}
