//! An event taken apart for its columns, and put together again.

use std::sync::Arc;

use evidence::{Certainty, Event, Names, Origin};
use jiff::Timestamp;

use crate::columns::{KEYED, key};
use crate::fields;
use crate::lake::{Kept, LakeError};
use crate::query::each_value;

/// What the columns hold of one event.
#[derive(Default)]
pub struct Row {
    pub(crate) time: Option<i64>,
    pub(crate) certainty: String,
    pub(crate) host: Option<String>,
    pub(crate) user: Option<String>,
    pub(crate) provider: Option<String>,
    pub(crate) channel: Option<String>,
    pub(crate) event_id: Option<u32>,
    pub(crate) format: String,
    pub(crate) path: String,
    pub(crate) record: u64,
    pub(crate) line: Option<String>,
    pub(crate) fields: String,
    pub(crate) addresses: Vec<String>,
    pub(crate) rules: Vec<String>,
    /// What a search is most often for.
    pub(crate) keys: Vec<String>,
}

const CERTAINTIES: [(Certainty, &str); 4] = [
    (Certainty::Exact, "exact"),
    (Certainty::ZoneAssumed, "zone_assumed"),
    (Certainty::YearInferred, "year_inferred"),
    (Certainty::Uncertain, "uncertain"),
];

pub(crate) fn certainty_name(certainty: Certainty) -> &'static str {
    CERTAINTIES.iter().find(|it| it.0 == certainty).map_or("uncertain", |it| it.1)
}

impl Row {
    /// An event that is the `record`th of its path, and the ids of the rules that it matched.
    ///
    /// # Errors
    /// [`LakeError::Columns`].
    pub fn of(event: &Event, record: u64, rules: Vec<String>) -> Result<Row, LakeError> {
        let fields = fields::to_json(&event.fields).map_err(|error| LakeError::Columns(error.to_string()))?;
        Ok(Row {
            time: event.time.and_then(nanoseconds),
            certainty: certainty_name(event.certainty).to_owned(),
            host: event.host.clone(),
            user: event.user.clone(),
            provider: event.provider.clone(),
            channel: event.channel.clone(),
            event_id: event.event_id,
            format: event.format.to_owned(),
            path: event.origin.path.to_string(),
            record,
            line: (!event.line.is_empty()).then(|| event.line.clone()),
            fields,
            addresses: event.addresses.iter().map(ToString::to_string).collect(),
            keys: keys(event, &rules),
            rules,
        })
    }

    /// The event again; none where a column holds what none of ours ever held.
    pub(crate) fn into_kept(self, names: &mut Names) -> Option<Kept> {
        let certainty = CERTAINTIES.iter().find(|it| it.1 == self.certainty)?.0;
        let addresses: Result<Vec<_>, _> = self.addresses.iter().map(|it| it.parse()).collect();
        let event = Event {
            time: self.time.and_then(|it| Timestamp::from_nanosecond(it.into()).ok()),
            certainty,
            host: self.host,
            addresses: addresses.ok()?,
            user: self.user,
            provider: self.provider,
            channel: self.channel,
            event_id: self.event_id,
            format: evidence::format(&self.format)?,
            fields: evidence::fields_of(&self.fields, names)?,
            line: self.line.unwrap_or_default(),
            origin: Origin { path: Arc::from(self.path), record: self.record },
        };
        Some(Kept { event, rules: self.rules })
    }
}

/// Nanoseconds since 1970, where 64 bits hold them (1678 to 2262): the original fields keep any other instant.
pub(crate) fn nanoseconds(time: Timestamp) -> Option<i64> {
    i64::try_from(time.as_nanosecond()).ok()
}

fn keys(event: &Event, rules: &[String]) -> Vec<String> {
    let mut keys = Vec::new();
    for name in KEYED {
        each_value(event, rules, name, &mut |value| keys.push(key(name, value)));
    }
    keys.sort();
    keys.dedup();
    keys
}
