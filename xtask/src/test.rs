//! Everything that must pass to land, the fast stages first.

use crate::stage::{cargo, timed};
use crate::{again, fuzz, provision, tidy};

pub(crate) fn test() -> Result<(), String> {
    cargo("format", &["fmt", "--all", "--check"])?;
    // Tidy judges dependencies without the network: on a new machine they are brought first.
    cargo("fetch", &["fetch", "--locked", "--quiet", "--target", tidy::PLATFORM])?;
    timed("tidy", tidy::tidy)?;
    cargo("clippy", &["clippy", "--quiet", "--workspace", "--all-targets", "--", "-D", "warnings"])?;
    timed("provision", provision::provision)?;
    cargo("tests", &["test", "--workspace", "--exclude", "fuzz", "--quiet"])?;
    again::on_postgres()?;
    fuzz::fuzz()
}
