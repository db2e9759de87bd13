//! Evidence of many days: ordinary ones, then the ransomware night.
//!
//! Invariant: each day has a seed and a date of its own, so no file repeats another.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use demo::Night;
use evidence::Input;
use hospital::Map;
use jiff::SignedDuration;

/// What kind of files.
#[derive(Clone, Copy)]
pub(crate) enum Format {
    Evtx,
    Ndjson,
}

impl Format {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Format::Evtx => "EVTX",
            Format::Ndjson => "NDJSON",
        }
    }

    /// Folders of a night that hold it.
    fn folders(self) -> &'static [&'static str] {
        match self {
            Format::Evtx => &["windows"],
            Format::Ndjson => &["winlogbeat", "record"],
        }
    }
}

/// The evidence made, and the map that it speaks of.
pub(crate) struct Days {
    pub(crate) folder: PathBuf,
    pub(crate) map: Map,
}

impl Days {
    /// Makes that many days; the whole ransomware night is kept, of ordinary days what the tables need.
    pub(crate) fn make(folder: &Path, count: usize) -> Result<Days, Box<dyn Error>> {
        let files = demo::map_files();
        fs::create_dir(folder.join("map"))?;
        for file in &files {
            fs::write(folder.join("map").join(&file.name), &file.bytes)?;
        }
        let map = hospital::check(files).map.ok_or("the demonstration map has mistakes")?;
        let days = Days { folder: folder.to_owned(), map };
        for day in 0..count {
            let folder = days.day(day);
            fs::create_dir(&folder)?;
            let night = if day == 0 { Night::Ransomware } else { Night::Quiet };
            demo::generate(&earlier(&days.map, day), night, day as u64 + 1, &folder)?;
            if day > 0 {
                keep_only(&folder, &[Format::Evtx.folders(), Format::Ndjson.folders()].concat())?;
            }
        }
        Ok(days)
    }

    /// The folder of one day, counted backwards from the ransomware night.
    pub(crate) fn day(&self, day: usize) -> PathBuf {
        self.folder.join(format!("day-{day:02}"))
    }

    /// Folders of one format over that many days.
    pub(crate) fn paths(&self, format: Format, days: usize) -> Vec<PathBuf> {
        let of_day = |day| format.folders().iter().map(move |name| self.day(day).join(name));
        (0..days).flat_map(of_day).collect()
    }

    pub(crate) fn inputs(&self, format: Format, days: usize) -> Vec<Input> {
        self.paths(format, days).into_iter().map(Input::Path).collect()
    }
}

/// The same hospital some days before: nights follow the newest backup.
fn earlier(map: &Map, days: usize) -> Map {
    let mut map = map.clone();
    let back = SignedDuration::from_hours(24 * days as i64);
    for backup in map.nodes.iter_mut().flat_map(|node| &mut node.backups) {
        backup.taken_at -= back;
    }
    map
}

fn keep_only(folder: &Path, kept: &[&str]) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if kept.iter().any(|name| entry.file_name() == *name) {
            continue;
        }
        if entry.file_type()?.is_dir() {
            fs::remove_dir_all(entry.path())?;
        } else {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}
