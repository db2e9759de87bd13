//! The signals of an assessment, read as a stream: they may be more than memory holds.

use std::collections::HashMap;
use std::io;

use detect::{Engine, Ordered};
use hospital::Map;
use serde::ser::{Error, SerializeSeq};
use serde::{Serialize, Serializer};

use crate::assessment::{Signal, Source};
use crate::words::Lang;

/// Seconds within which the same rule on the same host is one storm.
const STORM: i64 = 3_600;

/// Every signal, in order; repeats of a storm as one line with a count, where that was asked.
pub struct SignalList<'e> {
    ordered: Ordered<'e>,
    map: Option<&'e Map>,
    engine: &'e Engine,
    lang: Lang,
    /// How many signals each line stands for, by place in `ordered`; 0 for one that another line counts.
    folded: Option<Vec<u32>>,
}

impl<'e> SignalList<'e> {
    pub(crate) fn new(ordered: Ordered<'e>, map: Option<&'e Map>, engine: &'e Engine) -> Self {
        SignalList { ordered, map, engine, lang: Lang::En, folded: None }
    }

    /// The same with titles in that language.
    pub(crate) fn in_lang(self, lang: Lang) -> Self {
        SignalList { lang, ..self }
    }

    /// Folds storms. Gives the new place of each signal, by its old one.
    ///
    /// # Errors
    /// When the signals cannot be read back.
    pub(crate) fn fold(&mut self) -> io::Result<Vec<u64>> {
        let mut storms = HashMap::new();
        let (mut counts, mut places, mut lines) = (Vec::new(), Vec::new(), 0);
        for signal in self.ordered.iter() {
            let signal = signal?;
            let at = signal.time.map_or(0, jiff::Timestamp::as_second);
            let storm = storms.entry((signal.rule, signal.host)).or_insert((i64::MIN, 0_u64, 0_usize));
            if storm.0 != i64::MIN && at - storm.0 <= STORM {
                counts[storm.2] += 1;
                counts.push(0);
            } else {
                *storm = (at, lines, counts.len());
                counts.push(1);
                lines += 1;
            }
            places.push(storm.1);
        }
        self.folded = Some(counts);
        Ok(places)
    }

    /// How many.
    #[must_use]
    pub fn len(&self) -> u64 {
        match &self.folded {
            None => self.ordered.len(),
            Some(counts) => counts.iter().filter(|count| **count > 0).count() as u64,
        }
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ordered.is_empty()
    }

    /// Each in order; an error where the temporary file that holds them cannot be read back.
    pub fn iter(&self) -> impl Iterator<Item = io::Result<Signal>> + '_ {
        let count = |place: usize| self.folded.as_ref().map_or(1, |counts| counts[place]);
        let lines = self.ordered.iter().enumerate().map(move |(place, signal)| (count(place), signal));
        lines
            .filter(|(count, _)| *count > 0)
            .map(|(count, signal)| signal.map(|signal| self.row(signal, count)))
    }

    fn row(&self, signal: detect::Signal, count: u32) -> Signal {
        Signal {
            count,
            rule: signal.rule.to_string(),
            title: rule_title(self.engine, self.lang, &signal.rule, &signal.title).to_owned(),
            level: signal.level,
            time: signal.time,
            asset: signal.asset.and_then(|node| Some(self.map?.id(node).to_owned())),
            host: signal.host,
            techniques: signal.techniques.to_vec(),
            tactics: signal.tactics.to_vec(),
            source: Source { path: signal.source.path.to_string(), record: signal.source.record },
        }
    }
}

/// A rule's title in a language; `title` where the engine does not know the rule.
#[must_use]
pub fn rule_title<'a>(engine: &'a Engine, lang: Lang, rule: &str, title: &'a str) -> &'a str {
    engine.find(rule).map_or(title, |facts| facts.title_in(lang == Lang::Fr))
}

impl Serialize for SignalList<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut sequence = serializer.serialize_seq(Some(self.len() as usize))?;
        for signal in self.iter() {
            sequence.serialize_element(&signal.map_err(S::Error::custom)?)?;
        }
        sequence.end()
    }
}
