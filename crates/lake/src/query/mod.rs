//! What to look for: `Field:value`, words, `*`, quotes, `and`, `or`, `not`, parentheses.
//!
//! - `Field:value` holds where the event's field of that name has that value, whole; `*` stands for any text.
//! - A word alone holds where it stands anywhere in a value or in the line.
//! - Quotes keep spaces, colons and parentheses; a quote within quotes is written twice. A backslash is a backslash.
//! - Letters are alike in both cases. Two terms side by side must both hold; `not` binds closest, then `and`, then `or`.
//!
//! Beside the event's own fields there are `host`, `user`, `provider`, `channel`, `event_id`, `format`, `path`,
//! `address`, `line` and `rule`.
//!
//! Invariant: a query costs time in proportion to its length and the event's, whatever it says.

mod matches;
mod parse;
mod pattern;

pub(crate) use matches::each_value;
pub(crate) use pattern::Pattern;

/// What to look for.
#[derive(Clone, Debug, PartialEq)]
pub struct Query(pub(crate) Node);

/// One part of a query.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Node {
    /// Holds where all of them hold; everywhere, where there are none.
    And(Vec<Node>),
    /// Holds where one of them holds.
    Or(Vec<Node>),
    Not(Box<Node>),
    /// Stands anywhere in a value or in the line.
    Word(Pattern),
    /// Is the whole value of that field.
    Field(Box<str>, Pattern),
}

/// Why a query could not be read.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum QueryError {
    /// A quote was opened.
    #[error("the quote opened at character {0} is not closed: add \" at its end")]
    OpenQuote(usize),
    /// A parenthesis was opened.
    #[error("the parenthesis opened at character {0} is not closed: add ) at its end")]
    OpenParenthesis(usize),
    /// A parenthesis was closed.
    #[error("the parenthesis at character {0} closes nothing: remove it")]
    Closes(usize),
    /// `and`, `or`, `not` and `Field:` want something after them.
    #[error("something to look for is missing at character {0}: write a word or Field:value there")]
    Missing(usize),
    /// Too long, or too many parts within parts.
    #[error(
        "the query is too long: at most {length} characters and {depth} parentheses within each other",
        length = parse::LENGTH_MAX,
        depth = parse::DEPTH_MAX
    )]
    TooLong,
}
