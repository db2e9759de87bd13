//! What a hospital group's logs say when nothing is wrong: more than two hundred thousand events.
//!
//! It is honest: administrators use tools that attackers use, a tired physician mistypes, a scanner
//! scans, a job rewrites thousands of files. Invariant: no act here is an attacker's.

mod perimeter;
mod servers;
mod upkeep;
mod wards;

pub(crate) use perimeter::{AGENTS, PAGES};

use crate::rhythm::Span;
use crate::scene::Scene;

/// Tells an ordinary span.
pub(crate) fn tell(scene: &mut Scene<'_>, span: Span) {
    wards::tell(scene, span);
    servers::tell(scene, span);
    upkeep::tell(scene, span);
    perimeter::tell(scene, span);
}
