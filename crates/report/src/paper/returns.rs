//! Return sheets: the night's tasks for those without a screen, to be typed back in.
//!
//! Invariant: each row carries the reference under which it is typed back.

use assess::Words;
use jiff::Timestamp;
use maud::html;

use super::{file, fill_in, heads, or_line, sheet};
use crate::plain;

/// Blank rows for what was done and not asked.
const BLANK: usize = 5;

const COLUMNS: [(Option<&str>, &str); 7] = [
    (None, "paper-reference"),
    (None, "paper-who"),
    (Some("task"), "paper-what"),
    (None, "column-due"),
    (Some("hour"), "paper-done-at"),
    (Some("by"), "paper-done-by"),
    (Some("by-hand"), "paper-remark"),
];

/// A task to be done away from a screen.
#[derive(Clone, Debug)]
pub struct ReturnRow {
    /// The number or id under which it is typed back in.
    pub reference: String,
    /// Who does it; a line to fill in where nobody is named.
    pub who: Option<String>,
    /// What there is to do.
    pub what: String,
    /// By when.
    pub due: Option<Timestamp>,
}

/// The tasks as a table with columns to fill in by hand, as one file.
#[must_use]
pub fn return_sheet(rows: &[ReturnRow], words: &Words, at: Timestamp) -> String {
    let body = html! {
        h1 { (words.say("paper-return")) }
        p.lede { (words.say("paper-return-about")) }
        table.log.return {
            thead {
                (heads(words, &COLUMNS))
            }
            tbody {
                @for row in rows {
                    tr {
                        td { b { (plain(&row.reference)) } }
                        td { (or_line(row.who.as_deref())) }
                        td { (plain(&row.what)) }
                        td { (row.due.map_or_else(|| "–".to_owned(), |due| words.day_hour(due))) }
                        td {} td {} td {}
                    }
                }
                @for _ in 0..BLANK { tr.empty { td {} td {} td {} td {} td {} td {} td {} } }
            }
        }
        (fill_in(words, &[("paper-brought-by", false), ("paper-typed-by", false), ("paper-at", true)]))
    };
    file(&words.say("paper-return"), words, &sheet("returns", "Rempart", words, at, &body))
}
