//! Standard output, words and the language asked for.
//!
//! Invariant: results alone go to standard output; a reader that goes away early is no error.

use std::io::{self, IsTerminal, Write};
use std::path::Path;

use assess::{Lang, Words};
use content::Content;
use jiff::tz::TimeZone;
use report::Terminal;
use serde::Serialize;

use crate::exit::Failure;

/// Writes text to standard output.
pub(crate) fn text(text: &str) -> io::Result<()> {
    forgive(io::stdout().lock().write_all(text.as_bytes()))
}

/// Writes one JSON value and a newline to standard output.
pub(crate) fn json(value: &impl Serialize) -> io::Result<()> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    forgive(
        serde_json::to_writer_pretty(&mut out, value)
            .map_err(io::Error::from)
            .and_then(|()| writeln!(out))
            .and_then(|()| out.flush()),
    )
}

fn forgive(done: io::Result<()>) -> io::Result<()> {
    match done {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        done => done,
    }
}

/// The terminal at hand: colours only on a terminal and without `NO_COLOR`.
pub(crate) fn terminal() -> Terminal {
    let here = io::stdout().is_terminal();
    let asked = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    let width: usize = asked.unwrap_or_else(|| if here { term::Term::stdout().size().1.into() } else { 80 });
    let colour = here && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    Terminal { width: width.clamp(40, 120), colour }
}

/// The content to use: ours, or with a folder laid over it.
pub(crate) fn content(folder: Option<&Path>) -> Result<Content, Failure> {
    match folder {
        None => Ok(Content::embedded()),
        Some(folder) => Content::overridden(folder).map_err(|error| {
            Failure::bad(format!(
                "{} cannot be read: {error}; name a folder shaped like content/",
                folder.display()
            ))
        }),
    }
}

/// The words to use, in the language asked for, else that of the environment.
pub(crate) fn words(lang: Option<Lang>, folder: Option<&Path>, zone: &TimeZone) -> Result<Words, Failure> {
    Words::load(&content(folder)?, language(lang), zone.clone())
        .map_err(|error| Failure::bad(error.to_string()))
}

/// The language asked for, else the one that `LC_ALL`, `LC_MESSAGES` or `LANG` names, else English.
pub(crate) fn language(lang: Option<Lang>) -> Lang {
    let named = || {
        ["LC_ALL", "LC_MESSAGES", "LANG"]
            .iter()
            .find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()))
    };
    lang.unwrap_or_else(|| {
        if named().is_some_and(|value| value.starts_with("fr")) { Lang::Fr } else { Lang::En }
    })
}
