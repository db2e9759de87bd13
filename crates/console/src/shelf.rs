//! Maps by version, parsed once.
//!
//! Invariant: a map that is given out loads without a mistake that stops computing; the latest version is
//! the one that new assessments use.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use hospital::{Checked, Map, MapFile};
use serde_json::Value;
use store::entity::MapVersion;
use store::{Json, Store};

use crate::problem::{Problem, Result};

/// Parsed maps kept in memory at most; a map is read again when it is asked for again.
const KEPT_MAX: usize = 4;

/// A version of the map, parsed.
#[derive(Clone, Debug)]
pub struct Sheet {
    /// Its number, from 1.
    pub number: i64,
    /// The map.
    pub map: Arc<Map>,
}

/// Maps by version.
#[derive(Debug, Default)]
pub struct Shelf(Mutex<BTreeMap<i64, Arc<Map>>>);

impl Shelf {
    /// The latest map; none where nobody brought one yet.
    ///
    /// # Errors
    /// When the store does not answer, or the kept map cannot be used.
    pub async fn latest(&self, store: &Store) -> Result<Option<Sheet>> {
        match store.latest_map().await? {
            None => Ok(None),
            Some(version) => self.sheet(&version).map(Some),
        }
    }

    fn sheet(&self, version: &MapVersion) -> Result<Sheet> {
        let number = version.number;
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(map) = kept.get(&number) {
            return Ok(Sheet { number, map: map.clone() });
        }
        let checked = check(&version.files);
        let Some(map) = checked.map.map(Arc::new) else {
            return Err(Problem::inside(&format!("map version {number} cannot be used")));
        };
        if kept.len() >= KEPT_MAX {
            kept.pop_first();
        }
        kept.insert(number, map.clone());
        Ok(Sheet { number, map })
    }
}

/// Checks the files of a version.
#[must_use]
pub fn check(files: &Json) -> Checked {
    hospital::check(unpack(files))
}

/// The files of a version.
#[must_use]
pub fn unpack(files: &Json) -> Vec<MapFile> {
    let Value::Object(files) = &files.0 else { return Vec::new() };
    let bytes = |text: &Value| text.as_str().unwrap_or_default().as_bytes().to_vec();
    files.iter().map(|(name, text)| MapFile { name: name.clone(), bytes: bytes(text) }).collect()
}

/// Files as a version keeps them; bytes that are no UTF-8 are refused by the check before.
#[must_use]
pub fn pack(files: &[MapFile]) -> Json {
    let text = |file: &MapFile| Value::from(String::from_utf8_lossy(&file.bytes).into_owned());
    Json(Value::Object(files.iter().map(|file| (file.name.clone(), text(file))).collect()))
}
