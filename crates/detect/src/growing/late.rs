//! Bounded memory for a stream without end: what is let go, and what comes too late after that.
//!
//! Invariant: every signal by itself stays in its place, early or late; what is let go gives no signal and can only have
//! been counted.

use jiff::Timestamp;

use super::{Given, Growing};
use crate::chain::{Common, Surroundings};
use crate::engine::Engine;
use crate::signals::{Stored, order};

/// What correlations could not count.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Shed {
    /// Detections that came too late.
    pub late: u64,
    /// Groups that were forgotten before their time, to make room.
    pub groups: u64,
}

impl Growing {
    /// What correlations could not count so far.
    #[must_use]
    pub fn shed(&self) -> Shed {
        Shed { late: self.late, groups: self.replay.forgotten() }
    }

    /// Puts what is new in its place, `now` being the present, and lets go of detections that give no signal, but for the
    /// last ones: as many as it can go back by, and those that are ahead of the present.
    pub fn let_go(&mut self, engine: &Engine, around: &Surroundings<'_>, now: Timestamp) {
        self.place(engine, around, now);
        let Some(first) = self.marks.front().copied() else { return };
        let mut gives = vec![false; first.detections];
        for given in &self.signals[..first.signals] {
            gives[given.detection as usize] = true;
        }
        let mut gone = 0;
        let before: Vec<u32> = gives
            .iter()
            .map(|gives| {
                gone += u32::from(!gives);
                gone
            })
            .collect();
        let mut at = 0;
        self.all.retain(|_| {
            at += 1;
            gives.get(at - 1) != Some(&false)
        });
        self.all.shrink_to(self.all.len() * 2);
        for given in &mut self.signals {
            given.detection -= before.get(given.detection as usize).copied().unwrap_or(gone);
        }
        let ahead = self.ahead.iter_mut().map(|(mark, _)| mark);
        for mark in self.marks.iter_mut().chain(ahead) {
            mark.detections -= gone as usize;
        }
        self.has_let_go |= gone > 0;
    }

    /// Gives those that came too late their place; no correlation counts them. What is left came in time.
    pub(super) fn admit_late(
        &mut self,
        engine: &Engine,
        around: &Surroundings<'_>,
        mut new: Vec<Stored>,
    ) -> Vec<Stored> {
        let paths = &self.paths.names;
        let line = self.marks.front().filter(|_| self.has_let_go);
        if let Some(line) = line.and_then(|it| self.all.get(it.detections)) {
            let rest = new.split_off(new.partition_point(|it| order(it, line, paths).is_lt()));
            self.admit(engine, around, new);
            new = rest;
        }
        new
    }

    /// Puts them before the first mark. What is ordinary, and the joining, depend on them: both begin anew.
    fn admit(&mut self, engine: &Engine, around: &Surroundings<'_>, late: Vec<Stored>) {
        self.late += late.iter().filter(|it| !it.steps.is_empty()).count() as u64;
        let late: Vec<Stored> = late.into_iter().filter(|it| it.shown).collect();
        let Some(line) = self.marks.front().copied().filter(|_| !late.is_empty()) else { return };
        let count = late.len();
        let after = self.all.split_off(line.detections);
        let signals = self.signals.split_off(line.signals);
        let mut before: Vec<(Stored, Vec<Given>)> =
            std::mem::take(&mut self.all).into_iter().map(|it| (it, Vec::new())).collect();
        for given in self.signals.drain(..) {
            before[given.detection as usize].1.push(given);
        }
        for it in late {
            let dismissed = self.dismissed.holds(engine, it.rule, &it);
            let given = Given { detection: 0, rule: it.rule, dismissed };
            before.push((it, vec![given]));
        }
        before.sort_by(|one, other| order(&one.0, &other.0, &self.paths.names));
        for (it, given) in before {
            let detection = self.all.len() as u32;
            self.signals.extend(given.into_iter().map(|it| Given { detection, ..it }));
            self.all.push(it);
        }
        self.all.extend(after);
        let moved = |it: Given| Given { detection: it.detection + count as u32, ..it };
        self.signals.extend(signals.into_iter().map(moved));
        for mark in &mut self.marks {
            (mark.detections, mark.signals) = (mark.detections + count, mark.signals + count);
        }
        self.count_anew(engine, around);
        self.join_anew();
    }

    /// Counts all signals again, so that it can go back to each mark.
    fn count_anew(&mut self, engine: &Engine, around: &Surroundings<'_>) {
        self.common = Common::following();
        let mut marks = 0;
        for place in 0..=self.signals.len() {
            while let Some(mark) = self.marks.get_mut(marks).filter(|it| it.signals == place) {
                mark.common = self.common.at();
                marks += 1;
            }
            if let Some(given) = self.signals.get(place) {
                let signal = self.one(engine, *given);
                self.common.take(engine.settings(), around, &signal);
            }
        }
        if let Some(first) = self.marks.front() {
            self.common.forget(first.common);
        }
    }
}
