//! The signals of an assessment.

use serde::{Serialize, Serializer};

use crate::Signal;

/// Every signal, in order.
#[derive(Clone, Debug, Default)]
pub struct SignalList(Vec<Signal>);

impl SignalList {
    /// How many.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.0.len() as u64
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Each in order.
    pub fn iter(&self) -> impl Iterator<Item = Signal> + '_ {
        self.0.iter().cloned()
    }
}

impl Serialize for SignalList {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}
