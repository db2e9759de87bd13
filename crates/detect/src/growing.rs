//! Signals that grow: detections that come in any order, put in order, correlated and joined as they come, so that what
//! rests on them is told again without going through all of them again.
//!
//! New detections go in where their time says. What followed from that place on is undone and done again; the rest
//! stands. Joining begins anew where something became ordinary that was not (a key met on too many hosts, a rule that
//! speaks everywhere): that happens once for each. A detection that belongs further back than [`Growing::reaching`] says
//! begins all of it anew.
//!
//! What is dated ahead of the present, and what has no time, stands behind all others: it is taken back before others come
//! and put there again, so that a clock that runs ahead makes nothing late.
//!
//! A stream without end is held in bounded memory by [`Growing::let_go`]: detections that give no signal go, but for the
//! last ones. From then on, what belongs before those came too late: it takes its place and is joined, but no correlation
//! counts it. What that cost is told by [`Shed`].
//!
//! Invariant: after any detections, in any order, signals and chains are those that [`crate::Signals`] and
//! [`crate::chains`] give of the same, but for correlations that would have counted what came too late.

mod late;

use std::collections::{BTreeSet, VecDeque};

use jiff::Timestamp;

use crate::chain::{Chain, Common, CommonAt, Joined, JoinedAt, Stories, Surroundings};
use crate::correlate::{Replay, ReplayAt};
use crate::engine::{Detected, Engine};
use crate::signal::{Aside, FalseSignal, Signal};
use crate::signals::{Dismissed, Ordered, Paths, Stored, follow, order};

pub use self::late::Shed;

/// Between two places that it can go back to, in detections.
const STRIDE: usize = 64;
/// How far it can go back, in detections, unless it is told otherwise.
const KEPT: usize = 16_384;

/// Detections and what follows from them, so far.
pub struct Growing {
    paths: Paths,
    dismissed: Dismissed,
    /// Not yet in their places.
    new: Vec<Stored>,
    /// Detections, in order.
    all: Vec<Stored>,
    /// What they give, in order.
    signals: Vec<Given>,
    replay: Replay,
    common: Common,
    marks: VecDeque<Mark>,
    /// Where those begin that are ahead of the present, where there are any; and where the joining was there.
    ahead: Option<(Mark, Option<JoinedAt>)>,
    /// The latest that was told: a clock that is set back brings nothing out of its place.
    present: Timestamp,
    /// How many marks are kept, of each kind.
    marks_max: usize,
    joined: Joined,
    joined_marks: VecDeque<JoinedAt>,
    /// What the joining so far took for ordinary.
    ordinary: u64,
    /// Times that were not trusted.
    distrusted: BTreeSet<Timestamp>,
    /// How often it began anew.
    begun_anew: u64,
    /// Whether detections before the first mark were let go.
    has_let_go: bool,
    late: u64,
}

/// A signal: a detection, or what it completes.
#[derive(Clone, Copy)]
struct Given {
    detection: u32,
    rule: u32,
    dismissed: bool,
}

/// Where it was before a detection.
#[derive(Clone, Copy, Default)]
struct Mark {
    detections: usize,
    signals: usize,
    replay: ReplayAt,
    common: CommonAt,
}

impl Growing {
    /// Nothing found yet. Nothing rests on what people found false or set aside.
    #[must_use]
    pub fn new(engine: &Engine, false_signals: &[FalseSignal], asides: &[Aside]) -> Growing {
        let (mut paths, mut dismissed) = (Paths::default(), Dismissed::default());
        dismissed.dismiss(engine, &mut paths, false_signals);
        dismissed.set_aside(engine, asides);
        Growing {
            paths,
            dismissed,
            new: Vec::new(),
            all: Vec::new(),
            signals: Vec::new(),
            replay: Replay::following(),
            common: Common::following(),
            marks: VecDeque::new(),
            ahead: None,
            present: Timestamp::MIN,
            marks_max: KEPT / STRIDE,
            joined: Joined::following(),
            joined_marks: VecDeque::new(),
            ordinary: 0,
            distrusted: BTreeSet::new(),
            begun_anew: 0,
            has_let_go: false,
            late: 0,
        }
    }

    /// The same, able to go back by about so many detections, of which each takes some hundred bytes.
    #[must_use]
    pub fn reaching(self, detections: usize) -> Growing {
        Growing { marks_max: (detections / STRIDE).max(1), ..self }
    }

    /// Takes a detection, in any order.
    pub fn push(&mut self, detected: Detected) {
        self.new.push(Stored::of(detected, &mut self.paths));
    }

    /// How many detections it holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.all.len() + self.new.len()
    }

    /// Whether it holds none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How often correlation or joining began anew, the first time not counted.
    #[must_use]
    pub fn begun_anew(&self) -> u64 {
        self.begun_anew
    }

    /// Puts what is new in its place and follows it, `now` being the present; gives the signals, in order, and the chains
    /// among them.
    pub fn settle<'e>(
        &'e mut self,
        engine: &'e Engine,
        around: &Surroundings<'_>,
        now: Timestamp,
    ) -> (Ordered<'e>, Vec<Chain>) {
        self.place(engine, around, now);
        let is_otherwise = self.distrusted.iter().any(|time| (around.trusted)(*time));
        if is_otherwise || self.common.ordinary() != self.ordinary {
            self.join_anew();
        }
        self.join(engine, around);
        let settings = engine.settings();
        let mut stories = Stories::worth_telling(settings, &self.common, &self.joined);
        for (place, given) in self.signals.iter().enumerate() {
            stories.take(settings, around, &self.joined, place, || self.one(engine, *given));
        }
        let chains = stories.chains(settings, around, &self.common);
        (Ordered::of(engine, self), chains)
    }

    /// How many signals, and how many of them that nobody found false.
    pub(crate) fn counts(&self) -> (u64, u64) {
        let standing = self.signals.iter().filter(|it| !it.dismissed).count();
        (self.signals.len() as u64, standing as u64)
    }

    pub(crate) fn iter<'a>(&'a self, engine: &'a Engine) -> impl Iterator<Item = Signal> + 'a {
        self.signals.iter().map(|given| self.one(engine, *given))
    }

    pub(crate) fn signal(&self, engine: &Engine, place: usize) -> Option<Signal> {
        self.signals.get(place).map(|given| self.one(engine, *given))
    }

    fn one(&self, engine: &Engine, given: Given) -> Signal {
        let stored = &self.all[given.detection as usize];
        stored.signal_of(engine, &self.paths.names, given.rule, given.dismissed)
    }

    /// Puts what is new in its place, and follows all from there on.
    fn place(&mut self, engine: &Engine, around: &Surroundings<'_>, now: Timestamp) {
        self.present = self.present.max(now);
        let present = self.present;
        let is_ahead = |it: &Stored| it.time.is_none_or(|time| time > present);
        let waiting = self.ahead.map_or(&[][..], |(mark, _)| &self.all[mark.detections..]);
        if self.new.is_empty() && waiting.iter().all(is_ahead) {
            return;
        }
        let mut new = self.take_back();
        new.append(&mut self.new);
        new.sort_by(|one, other| order(one, other, &self.paths.names));
        // By their order, they are the last.
        let ahead = new.split_off(new.partition_point(|it| !is_ahead(it)));
        let new = self.admit_late(engine, around, new);
        self.insert(engine, around, new);
        if !ahead.is_empty() {
            let begin = self.all.len();
            self.ahead = Some((self.here(begin), None));
            self.all.extend(ahead);
            self.follow(engine, around, begin, false);
        }
    }

    /// Takes back those that were ahead of the present, and what followed from them.
    fn take_back(&mut self) -> Vec<Stored> {
        let Some((mark, joined)) = self.ahead.take() else { return Vec::new() };
        self.signals.truncate(mark.signals);
        self.replay.back(mark.replay);
        self.common.back(mark.common);
        if self.joined.node_of.len() > mark.signals {
            match joined {
                Some(at) => self.joined.back(at),
                None => self.join_anew(),
            }
        }
        self.all.split_off(mark.detections)
    }

    /// Puts detections, in order, in their places.
    fn insert(&mut self, engine: &Engine, around: &Surroundings<'_>, new: Vec<Stored>) {
        let paths = &self.paths.names;
        let Some(first) = new.first() else { return };
        let begin = self.all.partition_point(|it| order(it, first, paths).is_le());
        let tail = self.all.split_off(begin);
        let from = if tail.is_empty() { begin } else { self.back_to(begin) };
        let paths = &self.paths.names;
        merge(&mut self.all, tail, new, |one, other| order(one, other, paths).is_le());
        self.follow(engine, around, from, true);
    }

    /// Follows detections from a place on, and notes where it could go back to.
    fn follow(&mut self, engine: &Engine, around: &Surroundings<'_>, from: usize, notes: bool) {
        for detection in from..self.all.len() {
            if notes && self.marks.back().is_none_or(|it| detection >= it.detections + STRIDE) {
                self.mark(detection);
            }
            let first = self.signals.len();
            let stored = &self.all[detection];
            let signals = &mut self.signals;
            let give = |rule, dismissed| signals.push(Given { detection: detection as u32, rule, dismissed });
            follow(engine, &self.dismissed, &mut self.replay, stored, stored.steps.clone(), give);
            for at in first..self.signals.len() {
                let signal = self.one(engine, self.signals[at]);
                self.common.take(engine.settings(), around, &signal);
            }
        }
    }

    /// Goes back to the last mark before that detection, or to the beginning; gives that place.
    fn back_to(&mut self, detection: usize) -> usize {
        while self.marks.back().is_some_and(|mark| mark.detections > detection) {
            self.marks.pop_back();
        }
        let Some(mark) = self.marks.back().copied() else {
            self.signals.clear();
            (self.replay, self.common) = (Replay::following(), Common::following());
            self.join_anew();
            return 0;
        };
        self.signals.truncate(mark.signals);
        self.replay.back(mark.replay);
        self.common.back(mark.common);
        while self.joined_marks.back().is_some_and(|at| at.signals > mark.signals) {
            self.joined_marks.pop_back();
        }
        if self.joined.node_of.len() > mark.signals {
            match self.joined_marks.pop_back() {
                Some(at) => self.joined.back(at),
                None => self.join_anew(),
            }
        }
        mark.detections
    }

    /// Where it is before a detection.
    fn here(&self, detections: usize) -> Mark {
        Mark { detections, signals: self.signals.len(), replay: self.replay.at(), common: self.common.at() }
    }

    /// Notes where it is before a detection; forgets where it was long ago.
    fn mark(&mut self, detections: usize) {
        self.marks.push_back(self.here(detections));
        while self.marks.len() > self.marks_max {
            self.marks.pop_front();
            if let Some(first) = self.marks.front() {
                self.replay.forget(first.replay);
                self.common.forget(first.common);
            }
        }
    }

    /// Joins the signals that are not joined yet.
    fn join(&mut self, engine: &Engine, around: &Surroundings<'_>) {
        let ahead = self.ahead.map_or(usize::MAX, |(mark, _)| mark.signals);
        for place in self.joined.node_of.len()..self.signals.len() {
            if place == ahead {
                self.ahead = self.ahead.map(|(mark, _)| (mark, Some(self.joined.at())));
            }
            if place < ahead && place.is_multiple_of(STRIDE) {
                self.joined_marks.push_back(self.joined.at());
                while self.joined_marks.len() > self.marks_max {
                    self.joined_marks.pop_front();
                    if let Some(first) = self.joined_marks.front() {
                        self.joined.forget(*first);
                    }
                }
            }
            let signal = self.one(engine, self.signals[place]);
            let time = signal.time.filter(|time| !(around.trusted)(*time));
            self.distrusted.extend(time);
            self.joined.take(engine.settings(), around, &self.common, &signal);
        }
    }

    fn join_anew(&mut self) {
        self.begun_anew += u64::from(!self.joined.node_of.is_empty());
        self.joined = Joined::following();
        self.joined_marks.clear();
        self.distrusted.clear();
        self.ordinary = self.common.ordinary();
    }
}

/// Puts two sorted rows behind what is there, in order; of equals those of the first come first.
fn merge<T>(to: &mut Vec<T>, first: Vec<T>, second: Vec<T>, is_before: impl Fn(&T, &T) -> bool) {
    let (mut first, mut second) = (first.into_iter().peekable(), second.into_iter().peekable());
    loop {
        let takes_first = match (first.peek(), second.peek()) {
            (Some(one), Some(other)) => is_before(one, other),
            (Some(_), None) => true,
            (None, Some(_)) => false,
            (None, None) => return,
        };
        to.extend(if takes_first { first.next() } else { second.next() });
    }
}
