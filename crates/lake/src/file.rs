//! Where a file stands, and what its name says: `day=2026-11-21/source=vector/17-94.parquet`, the events numbered 17 to
//! 94 of that source, which arrived on that day.
//!
//! Invariant: a name read back gives the parts it was made of; any other name is not ours and is left alone.

use std::path::{Path, PathBuf};

use jiff::civil::Date;

/// A file of events.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) struct Place {
    pub day: Date,
    pub source: String,
    /// Numbers, within its source, of its first and last events.
    pub first: u64,
    pub last: u64,
}

impl Place {
    pub(crate) fn folder(&self, root: &Path) -> PathBuf {
        root.join(format!("day={}", self.day)).join(format!("source={}", safe(&self.source)))
    }

    pub(crate) fn path(&self, root: &Path) -> PathBuf {
        self.folder(root).join(format!("{}-{}.parquet", self.first, self.last))
    }
}

/// Every file of ours below `root`, in order of day, source and number; beside them, those whose events a merged file
/// holds again.
pub(crate) fn list(root: &Path) -> std::io::Result<(Vec<Place>, Vec<Place>)> {
    let (mut held, mut superseded) = (Vec::new(), Vec::new());
    for (name, day) in entries(root)? {
        let Some(Ok(date)) = name.strip_prefix("day=").map(str::parse::<Date>) else { continue };
        for (name, folder) in entries(&day)? {
            let Some(source) = name.strip_prefix("source=").and_then(named) else { continue };
            let mut ranges: Vec<(u64, u64)> =
                entries(&folder)?.iter().filter_map(|(name, _)| numbers(name)).collect();
            ranges.sort_by_key(|(first, last)| (*first, std::cmp::Reverse(*last)));
            let mut reach = None;
            for (first, last) in ranges {
                let place = Place { day: date, source: source.clone(), first, last };
                if reach.is_some_and(|it| last <= it) {
                    superseded.push(place);
                } else {
                    reach = Some(last);
                    held.push(place);
                }
            }
        }
    }
    held.sort();
    Ok((held, superseded))
}

fn entries(folder: &Path) -> std::io::Result<Vec<(String, PathBuf)>> {
    let read = match std::fs::read_dir(folder) {
        Ok(read) => read,
        Err(error) if is_absent(&error) => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut entries = Vec::new();
    for entry in read {
        let entry = entry?;
        if let Ok(name) = entry.file_name().into_string() {
            entries.push((name, entry.path()));
        }
    }
    Ok(entries)
}

/// A file, or what was removed meanwhile, is no folder to look into.
fn is_absent(error: &std::io::Error) -> bool {
    matches!(error.kind(), std::io::ErrorKind::NotADirectory | std::io::ErrorKind::NotFound)
}

fn numbers(name: &str) -> Option<(u64, u64)> {
    let (first, last) = name.strip_suffix(".parquet")?.split_once('-')?;
    let (first, last) = (first.parse().ok()?, last.parse().ok()?);
    (name == format!("{first}-{last}.parquet") && first <= last).then_some((first, last))
}

/// A source's name as a folder's: every byte but letters, digits, `_` and `-` as `%` and two digits.
fn safe(source: &str) -> String {
    let mut name = String::new();
    for byte in source.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | b'-' => name.push(char::from(byte)),
            _ => name.push_str(&format!("%{byte:02X}")),
        }
    }
    name
}

fn named(folder: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let mut rest = folder.bytes();
    while let Some(byte) = rest.next() {
        match byte {
            b'%' => {
                let digits = [rest.next()?, rest.next()?];
                bytes.push(u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?);
            }
            _ => bytes.push(byte),
        }
    }
    let source = String::from_utf8(bytes).ok()?;
    (safe(&source) == folder).then_some(source)
}
