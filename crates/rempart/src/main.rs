//! The command line: arguments in, rooms wired, results out.

fn main() {}
