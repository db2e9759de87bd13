//! Field names, shared between the events of one worker.
//!
//! Invariant: hostile input with endless names costs bounded memory; past the bound names are no
//! longer shared, only copied.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::event::Value;

/// Names seen so far by one worker.
#[derive(Default)]
pub struct Names {
    all: HashSet<Arc<str>, foldhash::fast::RandomState>,
    /// Tags of named values of EventData, each with the name in it.
    tags: HashMap<Box<str>, Arc<str>, foldhash::fast::RandomState>,
}

const NAMES_MAX: usize = 16_384;
/// Bytes from which a name is not shared.
const LONG: usize = 256;

impl Names {
    pub(crate) fn of(&mut self, name: &str) -> Arc<str> {
        if let Some(known) = self.all.get(name) {
            return Arc::clone(known);
        }
        let new: Arc<str> = Arc::from(name);
        if self.all.len() < NAMES_MAX && name.len() < LONG {
            self.all.insert(Arc::clone(&new));
        }
        new
    }

    /// Whether a name is among others from here.
    pub(crate) fn among(&self, name: &Arc<str>, others: &[(Arc<str>, Value)]) -> bool {
        if self.all.len() < NAMES_MAX && name.len() < LONG {
            // Every name as short as this one was shared.
            return others.iter().any(|(other, _)| Arc::ptr_eq(other, name));
        }
        others.iter().any(|(other, _)| other == name)
    }

    /// The name in a tag that was learnt.
    pub(crate) fn in_tag(&self, tag: &str) -> Option<&Arc<str>> {
        self.tags.get(tag)
    }

    /// Learns the name in a tag.
    pub(crate) fn learn_tag(&mut self, tag: &str, name: &Arc<str>) {
        if self.tags.len() < NAMES_MAX && tag.len() < LONG {
            self.tags.insert(tag.into(), Arc::clone(name));
        }
    }
}
