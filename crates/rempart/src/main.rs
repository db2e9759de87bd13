//! The command line: arguments in, rooms wired, results out.
//!
//! Invariant: results alone go to standard output; progress, remarks and errors go to standard error.

mod account;
mod allocator;
mod args;
mod backup;
mod collect;
mod config;
mod demo;
mod exit;
mod hunt;
mod interrupt;
mod manual;
mod map;
mod output;
mod progress;
mod rules;
mod screen;
mod serve;
mod service;
mod traces;
mod triage;

use std::process::ExitCode;

use crate::args::Command;
use crate::exit::Failure;

fn main() -> ExitCode {
    allocator::frugal();
    match config::asked().and_then(|asked| run(asked.command)) {
        Ok(code) => ExitCode::from(code),
        Err(failure) => {
            eprintln!("rempart: {}", failure.message);
            ExitCode::from(failure.code)
        }
    }
}

fn run(command: Command) -> Result<u8, Failure> {
    match command {
        Command::Triage(args) => triage::run(&args),
        Command::Map(command) => map::run(command),
        Command::Rules(command) => rules::run(command),
        Command::Hunt(args) => hunt::run(&args),
        Command::Demo(args) => demo::run(&args),
        Command::Serve(args) => serve::run(&args),
        Command::Collect(args) => collect::run(&args),
        Command::User(command) => account::user(command),
        Command::Token(command) => account::token(command),
        Command::Backup(args) => backup::backup(&args),
        Command::Restore(args) => backup::restore(&args),
        Command::Config(command) => config::run(command),
        Command::Completions { shell } => manual::completions(shell),
        Command::Man { dir } => manual::pages(&dir),
    }
}
