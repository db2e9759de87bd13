//! The configuration in force, printed as a configuration file that says where each value comes from.
//!
//! Invariant: a secret is never shown, only that it is set and where.

use std::path::Path;

use clap::parser::ValueSource;
use clap::{Arg, ArgMatches};

use super::example::written;
use super::file::File;
use super::key;

/// What `rempart serve` without flags goes by.
pub(super) fn text(settings: &[Arg], matches: &ArgMatches, file: &File, path: Option<&Path>) -> String {
    let from = path.map_or_else(|| "no file".to_owned(), |path| path.display().to_string());
    let mut text = format!("# In force with {from}, but for flags of `rempart serve`, which come first.\n");
    for arg in settings {
        let Some(key) = key(arg) else { continue };
        let id = arg.get_id().as_str();
        let raw = matches.get_raw(id).into_iter().flatten();
        let values: Vec<String> = raw.map(|it| it.to_string_lossy().into_owned()).collect();
        let source = match (matches.value_source(id), file.place(&key)) {
            (Some(ValueSource::EnvVariable), _) => "environment".to_owned(),
            (_, Some(place)) => format!("line {}", place.line),
            _ => "default".to_owned(),
        };
        text += &match (values.is_empty(), arg.is_hide_env_values_set()) {
            (true, _) => format!("# {key} is not set\n"),
            (false, true) => format!("# {key} is set and not shown # {source}\n"),
            (false, false) => format!("{} # {source}\n", written(&key, arg, &values)),
        };
    }
    text
}
