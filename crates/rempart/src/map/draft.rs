//! `rempart map draft`: a first map from what was seen.

use std::path::{Path, PathBuf};

use crate::args::View;
use crate::exit::Failure;

pub(super) fn draft(
    _evidence: &[PathBuf],
    _csv: Option<&Path>,
    _out: &Path,
    _view: &View,
) -> Result<u8, Failure> {
    Err(Failure::bad("not built yet"))
}
