//! A rule's logic as data: what is tested on which field, and how the answers combine.
//!
//! Invariant: a plan says all that a rule asks of an event, so that it can be kept in a file and compiled later;
//! two tests that are equal ask the same.

use serde::{Deserialize, Serialize};

/// How answers combine.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub enum Expr {
    /// The field has a value that the tree takes; without a field, some text of the event is.
    Item(Option<String>, Tree),
    /// Every part holds (so does none at all).
    And(Vec<Expr>),
    /// Some part holds.
    Or(Vec<Expr>),
    /// The part does not hold.
    Not(Box<Expr>),
    /// That many parts hold.
    AtLeast(u64, Vec<Expr>),
    /// The part, which the rule calls so.
    Named(String, Box<Expr>),
}

/// What is asked of one field's value. A field that is absent answers no, whatever is asked.
#[derive(Clone, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
pub enum Tree {
    One(Test),
    Any(Vec<Tree>),
    All(Vec<Tree>),
    Not(Box<Tree>),
}

/// One comparison. Of a list, some member must pass.
#[derive(Clone, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
pub enum Test {
    /// Against a text; in small letters where case does not count.
    Text {
        how: How,
        text: String,
        cased: bool,
    },
    /// Against a regular expression; on small letters where `lowered`.
    Regex {
        pattern: String,
        lowered: bool,
    },
    /// An address in a network, `192.0.2.0/24`.
    Network(String),
    /// Against a number, given as the bits of an IEEE 754 double.
    Number(Order, u64),
    Boolean(bool),
    /// Against another field of the event.
    Field {
        name: String,
        how: How,
        cased: bool,
    },
    /// Against a text with other fields in it.
    Filled(Vec<Part>, bool),
    /// Part of an instant against a number.
    Moment(Span, u64),
    /// The field is there.
    Present,
    /// The field is there and not null.
    Valued,
    /// The field is there and null.
    Null,
}

/// How texts compare.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
pub enum How {
    Is,
    Contains,
    Begins,
    Ends,
}

/// How numbers compare.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
pub enum Order {
    Equal,
    Above,
    AtLeast,
    Below,
    AtMost,
}

/// Part of a text to be filled in.
#[derive(Clone, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
pub enum Part {
    Text(String),
    Field(String),
}

/// Part of an instant.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
pub enum Span {
    Minute,
    Hour,
    Day,
    Week,
    Month,
    Year,
}

impl Tree {
    /// Whether some leaf passing is all that it takes: nothing negated, nothing that must hold together.
    pub fn is_any(&self) -> bool {
        match self {
            Tree::One(_) => true,
            Tree::Any(parts) => parts.iter().all(Tree::is_any),
            Tree::All(_) | Tree::Not(_) => false,
        }
    }
}
