//! A form that brings files: its fields, one by one, each within its bound.
//!
//! Invariant: no file of a form is taken before the form was shown to be of the session that sends it; a program with
//! a token has no session, and needs no mark.

use assess::Said;
use axum::extract::multipart::{Field, MultipartError};
use axum::http::StatusCode;

use crate::ask::Ask;
use crate::body::is_local;
use crate::problem::{Problem, Result};
use crate::visitor::Who;

/// Bytes of a field of text at most.
const TEXT_MAX: usize = 2_000;

/// What every form with files carries besides.
pub(crate) struct Parts {
    marked: bool,
    /// The page to go back to.
    pub(crate) back: Option<String>,
}

impl Parts {
    /// Before the first field.
    pub(crate) fn of(ask: &Ask) -> Parts {
        Parts { marked: matches!(ask.visitor.who, Who::Token { .. }), back: None }
    }

    /// Takes the fields that every form has and gives the others back; a file that comes before the mark is refused.
    pub(crate) async fn sift<'f>(&mut self, ask: &Ask, field: Field<'f>) -> Result<Option<Field<'f>>> {
        match field.name().unwrap_or_default() {
            "_csrf" => {
                let session = ask.visitor.session().map_or("", |session| session.id.as_str());
                self.marked |= access::csrf::check(&ask.app.key, session, &text(field).await?);
            }
            "_back" => self.back = Some(text(field).await?).filter(|it| is_local(it)),
            "file" if !self.marked => {
                return Err(Problem::new(
                    StatusCode::FORBIDDEN,
                    "stale-form",
                    Said::new("refusal-foreign-form"),
                ));
            }
            _ => return Ok(Some(field)),
        }
        Ok(None)
    }
}

/// The text of a field.
pub(crate) async fn text(field: Field<'_>) -> Result<String> {
    let long = || Problem::bad(Said::new("refusal-field-long"));
    let bytes = bytes(field, TEXT_MAX, long).await?;
    String::from_utf8(bytes).map_err(|_| Problem::bad(Said::new("refusal-field-utf8")))
}

/// The bytes of a field, `most` at most.
pub(crate) async fn bytes(mut field: Field<'_>, most: usize, large: fn() -> Problem) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    while let Some(chunk) = field.chunk().await.map_err(broken)? {
        if bytes.len() + chunk.len() > most {
            return Err(large());
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

/// A form that could not be read to its end.
pub(crate) fn broken(error: MultipartError) -> Problem {
    Problem::new(error.status(), "bad", Said::new("refusal-unreadable").with("why", error.body_text()))
}
