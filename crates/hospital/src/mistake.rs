//! What is wrong or odd in the files of a map, said so that its author can put it right.
//!
//! Invariant: every message is two sentences, what is wrong (`message`) and what to do (`help`), and
//! says where; the lists are in the order of the files, then of lines and columns, and never longer
//! than [`KEPT_MAX`] and one line that counts the rest.

use crate::map::Map;
use crate::said::Said;

/// How many errors, and how many remarks, are kept.
pub const KEPT_MAX: usize = 20_000;

/// One thing to put right, or to look at.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Mistake {
    /// Name of the file, as given.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// Stable word for the kind of mistake; `docs/map.md` lists them.
    pub code: &'static str,
    /// What is wrong.
    pub message: Said,
    /// What to do about it.
    pub help: Said,
}

/// A map that was read and checked.
#[derive(Clone, Debug, Default)]
pub struct Checked {
    /// The map; `None` where an error makes its meaning uncertain. Some errors do not (an asset in no
    /// zone, an address given twice): the map can be used, and `map check` still refuses it.
    pub map: Option<Map>,
    /// What must be put right.
    pub errors: Vec<Mistake>,
    /// What is worth a look.
    pub remarks: Vec<Mistake>,
}

/// How grave a mistake is.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Gravity {
    /// The map has no certain meaning.
    Fatal,
    /// Wrong, yet everything can still be computed.
    Wrong,
    /// Perhaps meant.
    Remark,
}
