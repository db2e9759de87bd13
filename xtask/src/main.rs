//! Developers' commands: `cargo xtask test`, `tidy`, `fuzz`, `bench`.

mod again;
mod bench;
mod fuzz;
mod provision;
mod stage;
mod test;
mod tidy;

use std::process::ExitCode;

const HELP: &str = "\
Usage: cargo xtask COMMAND

  test    install what the tests need when it may, then format, tidy, clippy, every test, those of the console
          again on PostgreSQL, and a few seconds of fuzzing; what must pass to land
  tidy    habits of the house that a program can check
  fuzz    feed damaged bytes to every reader for a few seconds each
  bench   measure, and print the tables of docs/performance.md; --dist with link-time optimisation
";

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let command = args.next().unwrap_or_default();
    let rest: Vec<String> = args.collect();
    let done = match command.as_str() {
        "test" => test::test(),
        "tidy" => tidy::tidy(),
        "fuzz" => fuzz::fuzz(),
        "bench" => bench::bench(&rest),
        _ => Err(HELP.to_owned()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}
