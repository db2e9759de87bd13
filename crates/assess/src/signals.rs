//! The signals of an assessment, read as a stream: they may be more than memory holds.

use detect::Ordered;
use hospital::Map;
use serde::ser::{Error, SerializeSeq};
use serde::{Serialize, Serializer};

use crate::assessment::{Signal, Source};

/// Every signal, in order.
pub struct SignalList<'e> {
    ordered: Ordered<'e>,
    map: Option<&'e Map>,
}

impl<'e> SignalList<'e> {
    pub(crate) fn new(ordered: Ordered<'e>, map: Option<&'e Map>) -> Self {
        SignalList { ordered, map }
    }

    /// How many.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.ordered.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ordered.is_empty()
    }

    /// Each in order; an error where the temporary file that holds them cannot be read back.
    pub fn iter(&self) -> impl Iterator<Item = std::io::Result<Signal>> + '_ {
        self.ordered.iter().map(|signal| signal.map(|signal| row(signal, self.map)))
    }
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

fn row(signal: detect::Signal, map: Option<&Map>) -> Signal {
    Signal {
        rule: signal.rule.to_string(),
        title: signal.title.to_string(),
        level: signal.level,
        time: signal.time,
        asset: signal.asset.and_then(|node| Some(map?.id(node).to_owned())),
        host: signal.host,
        techniques: signal.techniques.to_vec(),
        tactics: signal.tactics.to_vec(),
        source: Source { path: signal.source.path.to_string(), record: signal.source.record },
    }
}
