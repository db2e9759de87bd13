//! What the assessment of an incident rests on and what grows with it: each assessment reads what is new alone.
//!
//! Invariant: what is held of an attachment that arrives is what stands in the first bytes of its file, which only
//! grows; of another, the whole file as it was read. Whatever else a finding depends on (map, rules, what people found
//! false or set aside) stands in the key: with another key, all begins anew. Beyond [`MOST`] detections those that were
//! only counted go, but for the last [`REACH`]; where so many are left that nothing is gained, nothing is held, and each
//! assessment reads them all.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::PathBuf;

use assess::{Growing, Request};
use detect::{Aside, Detected, Engine, FalseSignal};

use crate::reading::recall;

/// Detections held at most, of an incident: some hundred megabytes.
const MOST: usize = 100_000;
/// How many of the last ones are held where those before were let go.
const REACH: usize = 50_000;

/// What findings depend on beside evidence.
#[derive(Clone, Eq, PartialEq)]
pub(super) struct Key {
    /// The map's version.
    pub(super) map: i64,
    pub(super) rules: String,
    pub(super) false_signals: Vec<FalseSignal>,
    pub(super) asides: Vec<Aside>,
}

/// Detections of an attachment: where they lie, and how many bytes of them count.
pub(super) struct Found {
    pub(super) attachment: String,
    pub(super) file: PathBuf,
    pub(super) length: u64,
    /// The attachment's version, where it does not grow by itself: another one was read anew.
    pub(super) version: Option<i64>,
}

/// What is held of an incident.
pub(super) struct Grown {
    key: Key,
    /// What was read of each attachment.
    read: BTreeMap<String, (u64, Option<i64>)>,
    /// None where it became too much.
    growing: Option<Growing>,
}

impl Grown {
    /// What is held, where it still holds; else nothing yet.
    pub(super) fn going_on(before: Option<Grown>, key: Key, found: &[Found], request: &Request<'_>) -> Grown {
        let stands = |(id, (length, version)): (&String, &(u64, Option<i64>))| {
            let now = found.iter().find(|it| it.attachment == *id);
            now.is_some_and(|it| it.version == *version && it.length >= *length)
        };
        before.filter(|it| it.key == key && it.read.iter().all(stands)).unwrap_or_else(|| Grown {
            key,
            read: BTreeMap::new(),
            growing: Some(Growing::new(request.map, request.engine, &request.people).reaching(REACH)),
        })
    }

    /// Reads what is new; what grew, unless it became too much.
    pub(super) fn learn(
        &mut self,
        request: &Request<'_>,
        found: &[Found],
    ) -> io::Result<Option<&mut Growing>> {
        for it in found {
            let (from, _) = self.read.get(&it.attachment).copied().unwrap_or_default();
            let mut is_too_much = false;
            if let Some(growing) = &mut self.growing {
                for detected in lines(request.engine, it, from)? {
                    growing.take(detected?);
                    if growing.len() > MOST {
                        growing.let_go(request);
                        is_too_much = growing.len() > MOST - REACH / 4;
                        if is_too_much {
                            break;
                        }
                    }
                }
            }
            self.growing.take_if(|_| is_too_much);
            self.read.insert(it.attachment.clone(), (it.length, it.version));
        }
        Ok(self.growing.as_mut())
    }
}

/// Detections of an attachment, from a byte on.
pub(super) fn lines<'e>(
    engine: &'e Engine,
    found: &Found,
    from: u64,
) -> io::Result<impl Iterator<Item = io::Result<Detected>> + use<'e>> {
    let mut file = File::open(&found.file)?;
    file.seek(SeekFrom::Start(from))?;
    Ok(recall(engine, file.take(found.length.saturating_sub(from))))
}
