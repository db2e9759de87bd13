//! What detection takes from content: log source routes, field names, keys, chain and stance rules.
//!
//! Invariant: settings that exist are sound: every table named is there, every number in its bounds.

use std::sync::Arc;

use serde::de::DeserializeOwned;
use thiserror::Error;

use crate::chain::{Joining, Observers, Stances};
use crate::fields::Tables;
use crate::fingerprint::{self, Fingerprint};
use crate::keys::KeyFields;
use crate::logsource::Routes;

/// The files that settings are read from.
const FILES: [&str; 5] = ["fields.yml", "logsources.yml", "keys.yml", "chains.yml", "stances.yml"];

/// The content that detection runs on.
#[derive(Clone, Debug)]
pub struct Settings {
    pub(crate) routes: Arc<Routes>,
    pub(crate) keys: Arc<KeyFields>,
    pub(crate) observers: Arc<Observers>,
    pub(crate) joining: Arc<Joining>,
    pub(crate) stances: Arc<Stances>,
    /// The fingerprint of the files that they were read from.
    pub(crate) files: Fingerprint,
}

/// A content file that cannot be used.
#[derive(Debug, Error)]
pub enum SettingsError {
    /// The file is not there.
    #[error("the content file {path} is missing; give a content folder that has it, or none")]
    Missing {
        /// Its path under the content folder.
        path: &'static str,
    },
    /// The file does not say what it should.
    #[error("the content file {path} cannot be used: {reason}; correct it, or remove it to use ours")]
    Wrong {
        /// Its path under the content folder.
        path: &'static str,
        /// What is wrong.
        reason: String,
    },
}

impl Settings {
    /// Reads the settings from content files, each reached by its path.
    ///
    /// # Errors
    /// When a file is missing or does not say what it should.
    pub fn read<'a>(file: impl Fn(&str) -> Option<&'a [u8]>) -> Result<Settings, SettingsError> {
        let tables: Tables = parse("fields.yml", &file)?;
        let routes = Routes::new(parse("logsources.yml", &file)?, &tables)
            .map_err(|reason| SettingsError::Wrong { path: "logsources.yml", reason })?;
        let (keys, observers) = KeyFields::new(parse("keys.yml", &file)?);
        let joining: Joining = parse("chains.yml", &file)?;
        let stances: Stances = parse("stances.yml", &file)?;
        Ok(Settings {
            routes: Arc::new(routes),
            keys: Arc::new(keys),
            observers: Arc::new(observers),
            joining: Arc::new(joining.bounded()),
            stances: Arc::new(stances),
            files: fingerprint::of_file(
                &FILES.map(|path| file(path).map(fingerprint::of_file).unwrap_or_default()).concat(),
            ),
        })
    }
}

fn parse<'a, T: DeserializeOwned>(
    path: &'static str,
    file: &impl Fn(&str) -> Option<&'a [u8]>,
) -> Result<T, SettingsError> {
    let bytes = file(path).ok_or(SettingsError::Missing { path })?;
    yaml_serde::from_slice(bytes).map_err(|error| SettingsError::Wrong { path, reason: error.to_string() })
}
