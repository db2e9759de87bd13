//! Field names, shared between the events of one worker.
//!
//! Invariant: hostile input with endless names costs bounded memory; past the bound names are no
//! longer shared, only copied.

use std::collections::HashSet;
use std::sync::Arc;

/// Names seen so far by one worker.
#[derive(Default)]
pub(crate) struct Names(HashSet<Arc<str>>);

const NAMES_MAX: usize = 16_384;

impl Names {
    pub(crate) fn of(&mut self, name: &str) -> Arc<str> {
        if let Some(known) = self.0.get(name) {
            return Arc::clone(known);
        }
        let new: Arc<str> = Arc::from(name);
        if self.0.len() < NAMES_MAX && name.len() < 256 {
            self.0.insert(Arc::clone(&new));
        }
        new
    }
}
