//! Rules over events give [`Signal`]s; signals joined give [`Chain`]s with a stance for each asset.
//!
//! Invariant: one noisy rule on one host never makes a chain by itself, and rules and stances are
//! content, not code.

mod chain;
mod signal;

pub use chain::{Chain, ChainAsset, Stance};
pub use signal::{Keys, Level, Signal};
