//! `rempart demo`: a whole night on the demonstration hospital group.

use crate::args::Demo;
use crate::exit::Failure;

pub(crate) fn run(_args: &Demo) -> Result<u8, Failure> {
    Err(Failure::bad("not built yet"))
}
