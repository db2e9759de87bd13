//! Damaged bytes for every reader, a few seconds each, on the stable toolchain.

use crate::stage::cargo;

pub(crate) fn fuzz() -> Result<(), String> {
    cargo("fuzz", &["test", "--quiet", "--package", "fuzz", "--", "--nocapture"])
}
