//! Where settings come from: flags, before the environment, before the file, before the defaults.
//!
//! Invariant: there is one list of settings, the arguments of `rempart serve` that have an environment name. What the
//! file says takes the place of an argument's default, so that the order of precedence is the command line's own.

mod example;
mod file;
mod shown;

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::builder::OsStr;
use clap::{Arg, ArgAction, ArgMatches, Command, CommandFactory, FromArgMatches};

use crate::args::{Cli, ConfigCommand, Serve};
use crate::exit::{DONE, Failure};
use crate::screen;
use file::{File, Place};

/// Read where nothing else is named, and only where it is there.
const USUAL: &str = "/etc/rempart/rempart.toml";
/// The environment's name of the file.
const NAMED: &str = "REMPART_CONFIG";
/// What each setting's name in the environment begins with.
const PREFIX: &str = "REMPART_";
/// The argument that names the file.
const CONFIG: &str = "config";

/// What was asked on the command line, in the environment and in the file.
pub(crate) fn asked() -> Result<Cli, Failure> {
    // At first without the file, which may be what gives a setting that is required.
    let first = command(&File::default(), false).get_matches();
    let mut leaf = &first;
    while let Some((_, inner)) = leaf.subcommand() {
        leaf = inner;
    }
    let named = match leaf.try_get_one::<PathBuf>(CONFIG) {
        Ok(named) => named.cloned().or_else(usual),
        Err(_) => return Ok(Cli::from_arg_matches(&first).unwrap_or_else(|error| error.exit())),
    };
    let file = match &named {
        Some(path) => file::read(path, &settings()).map_err(|mistakes| failure(Some(path), &mistakes))?,
        None => File::default(),
    };
    let second = command(&file, true).get_matches();
    Ok(Cli::from_arg_matches(&second).unwrap_or_else(|error| error.exit()))
}

/// `rempart config`.
pub(crate) fn run(command: ConfigCommand) -> Result<u8, Failure> {
    match command {
        ConfigCommand::Check { file } => check(file),
        ConfigCommand::Example => {
            screen::text(&example::text(&settings()))?;
            Ok(DONE)
        }
    }
}

/// The whole command line, each setting's default being the file's. Without `strict`, nothing is required.
fn command(file: &File, strict: bool) -> Command {
    with_file(Cli::command(), file, strict)
}

fn with_file(command: Command, file: &File, strict: bool) -> Command {
    let command = command.mut_subcommands(|inner| with_file(inner, file, strict));
    if !command.get_arguments().any(|it| it.get_id() == "data") {
        return command;
    }
    let command = command.mut_args(|arg| {
        let values = key(&arg).and_then(|key| file.values(&key));
        match values {
            Some(values) => {
                arg.required(false).default_values(values.iter().map(|it| OsStr::from(it.clone())))
            }
            None if strict => arg,
            None => arg.required(false),
        }
    });
    command.arg(
        Arg::new(CONFIG)
            .long(CONFIG)
            .value_name("FILE")
            .env(NAMED)
            .value_parser(clap::value_parser!(PathBuf))
            .help(format!("The configuration file [default: {USUAL}, where it is there]")),
    )
}

/// The whole command line, as completions and man pages show it.
pub(crate) fn whole() -> Command {
    command(&File::default(), true)
}

/// Every setting, in the order of `rempart serve --help`.
fn settings() -> Vec<Arg> {
    let serve = <Serve as clap::Args>::augment_args(Command::new("serve"));
    serve.get_arguments().filter(|arg| key(arg).is_some()).cloned().collect()
}

/// A setting's key in the file; none for an argument that is no setting.
fn key(arg: &Arg) -> Option<String> {
    let name = arg.get_env()?.to_str()?;
    name.strip_prefix(PREFIX).filter(|_| name != NAMED).map(str::to_lowercase)
}

/// Whether it may be given several times.
fn takes_many(arg: &Arg) -> bool {
    matches!(arg.get_action(), ArgAction::Append)
}

/// Whether it is yes or no.
fn is_flag(arg: &Arg) -> bool {
    arg.get_value_parser().type_id() == std::any::TypeId::of::<bool>()
}

/// Why a setting does not take these values; nothing where it does.
fn refused(arg: &Arg, values: &[OsString]) -> Option<String> {
    let long = arg.get_long()?.to_owned();
    let alone = Command::new("setting").no_binary_name(true).arg(arg.clone().required(false));
    let given = values.iter().map(|value| {
        let mut flag = OsString::from(format!("--{long}="));
        flag.push(value);
        flag
    });
    let error = alone.try_get_matches_from(given).err()?;
    let reason = std::error::Error::source(&error).map(ToString::to_string);
    Some(reason.unwrap_or_else(|| {
        let choices = arg.get_possible_values();
        let choices: Vec<&str> = choices.iter().map(clap::builder::PossibleValue::get_name).collect();
        if choices.is_empty() {
            "it is empty".to_owned()
        } else {
            format!("it is not one of {}", choices.join(", "))
        }
    }))
}

/// A value that a setting does not take, in two sentences.
fn wrong_value(name: &str, value: &str, reason: &str, key: &str, arg: &Arg) -> String {
    let secret = arg.is_hide_env_values_set();
    let shown = if secret { String::new() } else { format!(" {value:?}") };
    format!("{name} cannot be{shown}: {reason}. Write it as {}.", example::line(key, arg))
}

fn usual() -> Option<PathBuf> {
    Some(PathBuf::from(USUAL)).filter(|path| path.exists())
}

fn failure(path: Option<&Path>, mistakes: &[String]) -> Failure {
    let from = path.map_or_else(|| "the configuration".to_owned(), |path| path.display().to_string());
    let count = match mistakes.len() {
        1 => "a mistake".to_owned(),
        count => format!("{count} mistakes"),
    };
    Failure::bad(format!("{from} has {count}:\n{}", mistakes.join("\n")))
}

fn check(named: Option<PathBuf>) -> Result<u8, Failure> {
    let path = named
        .or_else(|| std::env::var_os(NAMED).filter(|it| !it.is_empty()).map(PathBuf::from))
        .or_else(usual);
    let settings = settings();
    let mut mistakes = environment(&settings);
    let file = match path.as_deref().map(|path| file::read(path, &settings)) {
        None => File::default(),
        Some(Ok(file)) => file,
        Some(Err(of_file)) => {
            mistakes.splice(0..0, of_file);
            File::default()
        }
    };
    if !mistakes.is_empty() {
        return Err(failure(path.as_deref(), &mistakes));
    }
    let matches = effective(&file)?;
    if !matches.contains_id("data") {
        let lacks = "data is not set: there is no folder to keep anything in. Set it in the file, as REMPART_DATA or \
                     with --data.";
        mistakes.push(lacks.to_owned());
    } else {
        let serve = Serve::from_arg_matches(&matches).map_err(|error| Failure::bad(error.to_string()))?;
        mistakes.extend(serve.mistakes());
    }
    if !mistakes.is_empty() {
        return Err(failure(path.as_deref(), &mistakes));
    }
    screen::text(&shown::text(&settings, &matches, &file, path.as_deref()))?;
    Ok(DONE)
}

/// What `rempart serve` without flags would go by.
fn effective(file: &File) -> Result<ArgMatches, Failure> {
    let all = command(file, false).try_get_matches_from(["rempart", "serve"]);
    let all = all.map_err(|error| Failure::bad(error.to_string()))?;
    Ok(all.subcommand_matches("serve").cloned().unwrap_or_default())
}

/// Mistakes among the names and values of the environment that begin with `REMPART_`.
fn environment(settings: &[Arg]) -> Vec<String> {
    let names: Vec<String> =
        settings.iter().filter_map(|arg| Some(arg.get_env()?.to_str()?.to_owned())).collect();
    let known = [NAMED, "REMPART_PASSPHRASE"];
    let mut given: Vec<(OsString, OsString)> = std::env::vars_os().collect();
    given.sort();
    let mut mistakes = Vec::new();
    for (name, value) in given {
        let Some(name) = name.to_str().filter(|it| it.starts_with(PREFIX) && !known.contains(it)) else {
            continue;
        };
        match settings.iter().find(|arg| arg.get_env().is_some_and(|it| it == name)) {
            Some(arg) => {
                let key = key(arg).unwrap_or_default();
                let reason = refused(arg, std::slice::from_ref(&value));
                mistakes.extend(reason.map(|it| wrong_value(name, &value.to_string_lossy(), &it, &key, arg)));
            }
            None => {
                let near = hospital::nearest(name, names.iter().map(String::as_str));
                mistakes.push(unknown(&format!("the environment's {name}"), near.as_deref()));
            }
        }
    }
    mistakes
}

/// A name that is no setting, in two sentences.
fn unknown(name: &str, near: Option<&str>) -> String {
    match near {
        Some(near) => format!("{name} is no setting. Did you mean {near}?"),
        None => format!("{name} is no setting. Take it out; `rempart config example` names them all."),
    }
}

impl Place {
    /// As editors take it: `file:line`.
    fn of(&self, path: &Path) -> String {
        format!("{}:{}", path.display(), self.line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_setting_has_one_name_in_all_three_places() {
        let settings = settings();
        assert!(settings.len() > 10);
        for arg in &settings {
            let long = arg.get_long().unwrap().replace('-', "_");
            assert_eq!(key(arg), Some(long.clone()), "{long}");
            assert!(arg.get_help().is_some(), "{long} is not explained");
        }
    }

    #[test]
    fn the_command_line_is_sound_with_every_setting_in_the_file() {
        let path = Path::new("example.toml");
        let text = example::text(&settings()).replace("\n#", "\n").replace("\n ", "\n# ");
        let file = file::parse(path, &text, &settings()).unwrap();
        command(&file, true).debug_assert();
        let matches = command(&file, true).try_get_matches_from(["rempart", "serve"]).unwrap();
        let serve = matches.subcommand_matches("serve").unwrap();
        for arg in settings() {
            assert!(serve.contains_id(arg.get_id().as_str()), "{arg} is not taken from the file");
        }
    }
}
