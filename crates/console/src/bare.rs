//! Records without their secrets, and answers that show a secret once.
//!
//! Invariant: a secret is in the one answer that made it and in nothing that is kept: an idempotency key that
//! comes back gets the record without it.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use serde_json::Value;
use store::Change;
use store::entity::Record;

use crate::ask::{Ask, Face};
use crate::frame;
use crate::problem::{Problem, Result};

/// A record as the API shows it: without its secret fields.
///
/// # Errors
/// When it has no JSON form.
pub(crate) fn bare<R: Record>(record: &R) -> Result<Value> {
    let mut value = serde_json::to_value(record).map_err(|error| Problem::inside(&error))?;
    if let Some(fields) = value.as_object_mut() {
        fields.retain(|name, _| !R::SECRET.contains(&name.as_str()));
    }
    Ok(value)
}

/// What is shown once.
pub(crate) struct Once<'a> {
    /// Name of the field in JSON.
    pub(crate) field: &'static str,
    /// The secret itself.
    pub(crate) secret: Value,
    /// Title of the page.
    pub(crate) title: &'a str,
    /// The page's inside; a way back and a way to print are added.
    pub(crate) body: Markup,
    /// Where the page leads back to.
    pub(crate) back: &'a str,
}

impl Ask {
    /// Makes a change stand and answers with the record and its secret.
    ///
    /// # Errors
    /// When the store does not answer.
    pub(crate) async fn once<R: Record>(
        &self,
        mut change: Change,
        record: &R,
        once: Once<'_>,
    ) -> Result<Response> {
        let mut body = bare(record)?;
        if let Some(given) = self.remember(&mut change, StatusCode::CREATED, &body.to_string()).await? {
            return Ok(given);
        }
        change.commit().await?;
        Ok(match self.face {
            Face::Json => {
                if let Some(fields) = body.as_object_mut() {
                    fields.insert(once.field.to_owned(), once.secret);
                }
                (StatusCode::CREATED, axum::Json(body)).into_response()
            }
            Face::Page => once_page(self, &once),
        })
    }
}

fn once_page(ask: &Ask, once: &Once<'_>) -> Response {
    let body = html! {
        (once.body)
        p.row.page-end {
            button.do type="button" data-print { (ask.say("print")) }
            a.do.first href=(once.back) { (ask.say("once-back")) }
        }
    };
    frame::plain(ask, once.title, body)
}
