//! Lists of the API, page by page.
//!
//! Invariant: a page begins after a key, not after a count, so that what is added meanwhile neither hides nor repeats a
//! record; the way to the next page stands in `Link` (RFC 8288).

use axum::http::{HeaderValue, header};
use axum::response::Response;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::entity::Record;

use crate::ask::Ask;
use crate::bare::bare;
use crate::problem::Result;

/// Records on a page, unless fewer are asked for; and at most.
const MOST: u64 = 1_000;

/// Which page of a list.
#[derive(Deserialize, utoipa::IntoParams)]
pub(crate) struct Paged {
    /// The id of the last record of the page before.
    after: Option<String>,
    /// Records at most: 1,000 where absent, and at most.
    pub(crate) limit: Option<u64>,
}

impl Paged {
    /// Records at most.
    fn most(&self) -> u64 {
        self.limit.unwrap_or(MOST).clamp(1, MOST)
    }
}

impl Ask {
    /// A page of the records of a kind, of an incident or of all, oldest first, without their secrets.
    ///
    /// # Errors
    /// When the store does not answer.
    pub(crate) async fn listed<R: Record>(&self, incident: Option<&str>, paged: &Paged) -> Result<Response> {
        let (rows, more) = self.records::<R>(incident, paged).await?;
        self.shown(&rows, more, paged)
    }

    /// A page of records at hand, oldest first.
    ///
    /// # Errors
    /// When one has no JSON form.
    pub(crate) fn listed_of<R: Record>(&self, all: Vec<R>, paged: &Paged) -> Result<Response> {
        let after = paged.after.as_deref();
        let mut rows: Vec<R> =
            all.into_iter().filter(|it| after.is_none_or(|after| it.id() > after)).collect();
        let most = usize::try_from(paged.most()).unwrap_or(usize::MAX);
        let more = rows.len() > most;
        rows.truncate(most);
        self.shown(&rows, more, paged)
    }

    fn shown<R: Record>(&self, rows: &[R], more: bool, paged: &Paged) -> Result<Response> {
        let shown = rows.iter().map(bare).collect::<Result<Vec<Value>>>()?;
        self.linked(&shown, rows.last().filter(|_| more).map(|last| ("after", last.id())), paged.limit)
    }

    /// The records of a page, and whether there are more.
    ///
    /// # Errors
    /// When the store does not answer.
    pub(crate) async fn records<R: Record>(
        &self,
        incident: Option<&str>,
        paged: &Paged,
    ) -> Result<(Vec<R>, bool)> {
        let page = self.app.store.page::<R>(incident, paged.after.as_deref(), paged.most()).await?;
        Ok((page.rows, page.next.is_some()))
    }

    /// A page that says where the next one is.
    ///
    /// # Errors
    /// When a value has no JSON form.
    pub(crate) fn linked(
        &self,
        rows: &[impl Serialize],
        next: Option<(&str, &str)>,
        limit: Option<u64>,
    ) -> Result<Response> {
        let mut response = self.json(&rows)?;
        let Some((name, key)) = next else { return Ok(response) };
        let (path, query) = self.here.split_once('?').unwrap_or((&self.here, ""));
        let asked: Vec<(String, String)> = serde_urlencoded::from_str(query).unwrap_or_default();
        let mut pairs: Vec<(String, String)> =
            asked.into_iter().filter(|(known, _)| known != name && known != "limit").collect();
        pairs.push((name.to_owned(), key.to_owned()));
        pairs.extend(limit.map(|limit| ("limit".to_owned(), limit.to_string())));
        let query = serde_urlencoded::to_string(&pairs).unwrap_or_default();
        if let Ok(link) = HeaderValue::from_str(&format!("<{path}?{query}>; rel=\"next\"")) {
            response.headers_mut().insert(header::LINK, link);
        }
        Ok(response)
    }
}
