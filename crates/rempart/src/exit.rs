//! How a command ends: exit codes and the sentence that explains a failure.

use crate::output::CannotWrite;

/// A command that could not do its work: what happened and what to do about it.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) code: u8,
    pub(crate) message: String,
}

/// Nothing found, or the work is done.
pub(crate) const DONE: u8 = 0;
/// Something found.
pub(crate) const FOUND: u8 = 1;
/// Bad usage, map or rules.
pub(crate) const BAD_INPUT: u8 = 2;
/// Part of the evidence was unreadable.
pub(crate) const UNREADABLE: u8 = 3;
/// Results could not be written.
pub(crate) const CANNOT_WRITE: u8 = 4;
/// Interrupted.
pub(crate) const INTERRUPTED: u8 = 130;

impl Failure {
    /// Bad usage, map or rules.
    pub(crate) fn bad(message: impl Into<String>) -> Failure {
        Failure { code: BAD_INPUT, message: message.into() }
    }
}

impl From<CannotWrite> for Failure {
    fn from(error: CannotWrite) -> Failure {
        Failure { code: CANNOT_WRITE, message: error.to_string() }
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Failure {
        Failure {
            code: CANNOT_WRITE,
            message: format!("could not write the results: {error}; free some space or name another place"),
        }
    }
}
