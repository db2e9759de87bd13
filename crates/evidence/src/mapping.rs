//! Mapping files: which column of a CSV file means what.
//!
//! ```
//! let mapping = evidence::CsvMapping::parse(r#"
//!     time = "Date"                       # required: the column that holds the time
//!     time_format = "%d/%m/%Y %H:%M:%S"   # where it is not ISO 8601 or an epoch
//!     time_zone = "Europe/Paris"          # where times carry none
//!     host = "Poste"
//!     user = "Compte"
//!     delimiter = ";"                     # guessed from the header otherwise
//!     [fields]                            # more names for columns, as rules say them
//!     CommandLine = "Ligne de commande"
//! "#).unwrap();
//! assert_eq!(mapping.host.as_deref(), Some("Poste"));
//! ```
//!
//! Invariant: an unknown key is refused, never ignored.

use jiff::tz::TimeZone;
use toml::de::{DeTable, DeValue};

/// Which column of a CSV file means what. Names are those of the header; columns that are not named
/// here are kept as fields all the same.
#[derive(Clone, Debug, Default)]
pub struct CsvMapping {
    /// The column of the time.
    pub time: String,
    /// How times are written, in the manner of `strftime`.
    pub time_format: Option<String>,
    /// The zone of times that carry none.
    pub time_zone: Option<TimeZone>,
    /// The column of the host.
    pub host: Option<String>,
    /// The column of the host's address.
    pub address: Option<String>,
    /// The column of the user.
    pub user: Option<String>,
    /// The column of the provider.
    pub provider: Option<String>,
    /// The column of the channel.
    pub channel: Option<String>,
    /// The column of the Windows event id.
    pub event_id: Option<String>,
    /// What separates cells.
    pub delimiter: Option<u8>,
    /// More names for columns: name, column.
    pub fields: Vec<(String, String)>,
}

/// Why a mapping file was refused.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum MappingError {
    /// Not TOML.
    #[error("the mapping file is not TOML: {0}")]
    Syntax(String),
    /// A key that means nothing here.
    #[error(
        "unknown key {0}: the keys are time, time_format, time_zone, host, address, user, provider, channel, event_id, delimiter and the table fields"
    )]
    UnknownKey(String),
    /// A key whose value is not the text it should be.
    #[error("{0} must be a text in quotes")]
    NotText(String),
    /// No `time`.
    #[error("the mapping names no time column: add time = \"…\"")]
    NoTime,
    /// A zone that the tz database does not have.
    #[error("unknown time zone {0}: write it as Europe/Paris")]
    UnknownZone(String),
    /// A delimiter of another length than one byte.
    #[error("delimiter must be one character")]
    Delimiter,
}

impl CsvMapping {
    /// Reads a mapping file (TOML).
    ///
    /// # Errors
    /// See [`MappingError`].
    pub fn parse(text: &str) -> Result<Self, MappingError> {
        let table = DeTable::parse(text).map_err(|it| MappingError::Syntax(it.to_string()))?;
        let mut mapping = CsvMapping::default();
        for (key, value) in table.into_inner() {
            let key = key.into_inner().into_owned();
            match (key.as_str(), value.into_inner()) {
                ("fields", DeValue::Table(fields)) => mapping.fields = names(fields)?,
                (_, DeValue::String(text)) => mapping.set(&key, text.into_owned())?,
                _ => return Err(MappingError::NotText(key)),
            }
        }
        if mapping.time.is_empty() { Err(MappingError::NoTime) } else { Ok(mapping) }
    }

    fn set(&mut self, key: &str, text: String) -> Result<(), MappingError> {
        match key {
            "time" => self.time = text,
            "time_format" => self.time_format = Some(text),
            "time_zone" => {
                self.time_zone = Some(TimeZone::get(&text).map_err(|_| MappingError::UnknownZone(text))?);
            }
            "host" => self.host = Some(text),
            "address" => self.address = Some(text),
            "user" => self.user = Some(text),
            "provider" => self.provider = Some(text),
            "channel" => self.channel = Some(text),
            "event_id" => self.event_id = Some(text),
            "delimiter" => match text.as_bytes() {
                [byte] => self.delimiter = Some(*byte),
                _ => return Err(MappingError::Delimiter),
            },
            _ => return Err(MappingError::UnknownKey(key.to_owned())),
        }
        Ok(())
    }
}

fn names(table: DeTable<'_>) -> Result<Vec<(String, String)>, MappingError> {
    let named = table.into_iter().map(|(name, column)| match column.into_inner() {
        DeValue::String(column) => Ok((name.into_inner().into_owned(), column.into_owned())),
        _ => Err(MappingError::NotText(name.into_inner().into_owned())),
    });
    named.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mistakes_are_named() {
        for (text, expected) in [
            ("host = \"a\"", "the mapping names no time column: add time = \"…\""),
            ("time = 3", "time must be a text in quotes"),
            ("time = \"a\"\nhosts = \"b\"", "unknown key hosts"),
            ("time = \"a\"\ntime_zone = \"Mars\"", "unknown time zone Mars: write it as Europe/Paris"),
            ("time = \"a\"\ndelimiter = \"ab\"", "delimiter must be one character"),
            ("time = ", "the mapping file is not TOML"),
        ] {
            let error = CsvMapping::parse(text).unwrap_err().to_string();
            assert!(error.starts_with(expected), "{error}");
        }
    }
}
