//! Detections of what arrived, remembered: an assessment reads those alone that are new.
//!
//! Invariant: what is remembered of an attachment is what stands in the first bytes of its file; a file only grows, up
//! to the length that its state tells. No more than [`MOST`] detections are remembered; others are read each time.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use detect::{Detected, Engine};

use crate::reading::recall;

/// Detections remembered at most, of all attachments.
const MOST: usize = 100_000;

/// See the module.
#[derive(Default)]
pub(super) struct Recalled(BTreeMap<String, First>);

/// The first detections of a file.
#[derive(Default)]
struct First {
    bytes: u64,
    detections: Vec<Detected>,
}

impl Recalled {
    /// Forgets other attachments than these.
    pub(super) fn retain(&mut self, keep: impl Fn(&str) -> bool) {
        self.0.retain(|id, _| keep(id));
    }

    /// Remembers the first `length` bytes of an attachment's file, as far as there is room.
    pub(super) fn learn(&mut self, engine: &Engine, id: &str, file: &Path, length: u64) -> io::Result<()> {
        let room = MOST.saturating_sub(self.0.values().map(|it| it.detections.len()).sum());
        let first = self.0.entry(id.to_owned()).or_default();
        if first.bytes >= length || room == 0 {
            return Ok(());
        }
        let mut file = File::open(file)?;
        file.seek(SeekFrom::Start(first.bytes))?;
        let mut lines = Vec::new();
        // A detection takes some hundred bytes: no more is read than may be remembered.
        let most = (length - first.bytes).min(room as u64 * 256);
        file.take(most).read_to_end(&mut lines)?;
        let whole = lines.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        lines.truncate(whole);
        for detected in recall(engine, lines.as_slice()) {
            first.detections.push(detected?);
        }
        first.bytes += whole as u64;
        Ok(())
    }

    /// Every detection in the first `length` bytes of an attachment's file.
    pub(super) fn all<'d>(
        &'d self,
        engine: &'d Engine,
        id: &str,
        file: &Path,
        length: u64,
    ) -> io::Result<impl Iterator<Item = io::Result<Detected>> + use<'d>> {
        let (bytes, known) = self.0.get(id).map_or((0, [].as_slice()), |it| (it.bytes, &it.detections));
        let mut file = File::open(file)?;
        file.seek(SeekFrom::Start(bytes))?;
        let rest = recall(engine, file.take(length.saturating_sub(bytes)));
        Ok(known.iter().cloned().map(Ok).chain(rest))
    }
}
