//! `rempart completions` and `rempart man`: made from the command line itself, so that they cannot lag behind it.

use std::path::Path;

use clap_complete::Shell;

use crate::config;
use crate::exit::{DONE, Failure};
use crate::{output, screen};

/// Prints what a shell needs to complete what is typed.
pub(crate) fn completions(shell: Shell) -> Result<u8, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut config::whole(), "rempart", &mut script);
    screen::text(&String::from_utf8_lossy(&script))?;
    Ok(DONE)
}

/// Writes a man page a command.
pub(crate) fn pages(folder: &Path) -> Result<u8, Failure> {
    output::folder(folder)?;
    clap_mangen::generate_to(config::whole(), folder)?;
    Ok(DONE)
}
