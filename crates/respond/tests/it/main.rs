//! Containment options: against the exhaustive front, and as data for a sentence.

mod exhaustive;
mod reading;
