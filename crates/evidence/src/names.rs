//! Field names, shared between the events of one worker.
//!
//! Invariant: hostile input with endless names costs bounded memory; past the bound names are no
//! longer shared, only copied.

use std::collections::HashSet;
use std::sync::Arc;

/// Names seen so far by one worker.
#[derive(Default)]
pub struct Names(HashSet<Arc<str>, foldhash::fast::RandomState>);

const NAMES_MAX: usize = 16_384;
/// Bytes from which a name is not shared.
const LONG: usize = 256;

impl Names {
    pub(crate) fn of(&mut self, name: &str) -> Arc<str> {
        if let Some(known) = self.0.get(name) {
            return Arc::clone(known);
        }
        let new: Arc<str> = Arc::from(name);
        if self.0.len() < NAMES_MAX && name.len() < LONG {
            self.0.insert(Arc::clone(&new));
        }
        new
    }

    /// Whether two names from here are the same.
    pub(crate) fn same(&self, one: &Arc<str>, other: &Arc<str>) -> bool {
        Arc::ptr_eq(one, other) || ((self.0.len() >= NAMES_MAX || one.len() >= LONG) && one == other)
    }
}
