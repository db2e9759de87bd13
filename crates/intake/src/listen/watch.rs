//! Files that grow in a folder, followed over rotation: a rename, or a copy and a cut.
//!
//! A file is known by its device, its number on it and its first line. A copy that a rotation made (same folder, a
//! longer name, the same bytes as far as they were read) is the same file. Packed files are the copies of what was
//! read before, and are left; EVTX is for upload. Each file is a source of its own, under its first path. A line without an end is taken when nothing was added for
//! [`STILL`].
//!
//! Invariants: where a file was read to is kept after its events are durable; read again, they are known.

mod place;

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use self::place::{Place, Places};
use super::Intake;
use crate::event::{Event, Source};
use crate::identity;

/// Time between two looks.
const LOOK: Duration = Duration::from_secs(1);
/// A line without an end is taken after this long.
pub const STILL: Duration = Duration::from_secs(30);
/// Bytes read at a time.
const WINDOW: usize = 1 << 20;
/// Files that are followed, and folders in folders.
const FILES: usize = 10_000;
const DEPTH: u32 = 16;
/// Ends of names that are left.
const LEFT: [&str; 7] = ["gz", "bz2", "xz", "zst", "zip", "evtx", "tmp"];

/// Follows the files of a folder until told to stop; `state` is the file that keeps where they were read to.
pub async fn follow(intake: Arc<Intake>, folder: PathBuf, state: PathBuf) -> io::Result<()> {
    let mut places = Places::load(&state)?;
    while !intake.stop.is_cancelled() {
        let folder = folder.clone();
        let (looked, files) = tokio::task::spawn_blocking(move || {
            let mut files = Vec::new();
            walk(&folder, 0, &mut files);
            files.sort();
            places.look(&files);
            (places, files)
        })
        .await
        .map_err(io::Error::other)?;
        places = looked;
        for file in files {
            if !one(&intake, &file, &mut places, &state).await? {
                return Ok(());
            }
        }
        tokio::select! {
            () = tokio::time::sleep(LOOK) => {}
            () = intake.stop.cancelled() => {}
        }
    }
    Ok(())
}

/// Reads what was added to a file; false where nothing more can be kept.
async fn one(intake: &Intake, file: &Path, places: &mut Places, state: &Path) -> io::Result<bool> {
    loop {
        let Some(place) = places.of(file) else { return Ok(true) };
        let source = Arc::new(Source::new(&place.source, "folder"));
        let (file, start) = (file.to_path_buf(), place.clone());
        let longest = intake.limits.event;
        let piece = tokio::task::spawn_blocking(move || piece(&file, &start, longest)).await;
        // A file that is gone or cannot be read now may be there at the next look.
        let Ok(Ok(piece)) = piece else { return Ok(true) };
        if piece.taken.is_empty() {
            return Ok(true);
        }
        if piece.too_long > 0 {
            intake.spool.shed(&source, piece.too_long);
        }
        let events: Vec<Event> = piece
            .lines
            .into_iter()
            .map(|(offset, bytes)| {
                let id = identity::in_file(&place.identity, offset, &bytes);
                Event { source: source.clone(), id, bytes }
            })
            .collect();
        if !events.is_empty() && !intake.keep_at_last(&source, &events).await {
            return Ok(false);
        }
        place.advance(&piece.taken);
        place.passing = piece.passing;
        places.save(state)?;
    }
}

/// What was read.
struct Piece {
    lines: Vec<(u64, Vec<u8>)>,
    /// All bytes that are done.
    taken: Vec<u8>,
    too_long: u64,
    /// A line that is too long goes on.
    passing: bool,
}

fn piece(file: &Path, place: &Place, longest: usize) -> io::Result<Piece> {
    let mut open = File::open(file)?;
    open.seek(SeekFrom::Start(place.offset))?;
    let mut bytes = Vec::new();
    open.by_ref().take(WINDOW.max(longest) as u64 + 1).read_to_end(&mut bytes)?;
    let mut piece = Piece { lines: Vec::new(), taken: Vec::new(), too_long: 0, passing: place.passing };
    let mut start = 0;
    for end in memchr::memchr_iter(b'\n', &bytes) {
        piece.line(&bytes[start..end], place.offset + start as u64, longest);
        start = end + 1;
    }
    let rest = &bytes[start..];
    if rest.len() > longest {
        piece.too_long += u64::from(!piece.passing);
        piece.passing = true;
        start = bytes.len();
    } else if !rest.is_empty() && is_still(&open) {
        piece.line(rest, place.offset + start as u64, longest);
        start = bytes.len();
    }
    bytes.truncate(start);
    piece.taken = bytes;
    Ok(piece)
}

impl Piece {
    fn line(&mut self, line: &[u8], offset: u64, longest: usize) {
        let was_passing = std::mem::take(&mut self.passing);
        let line = line.trim_ascii_end();
        if was_passing || line.is_empty() {
            return;
        }
        if line.len() > longest {
            self.too_long += 1;
        } else {
            self.lines.push((offset, line.to_vec()));
        }
    }
}

fn is_still(file: &File) -> bool {
    let changed = file.metadata().and_then(|data| data.modified()).ok();
    changed.and_then(|at| at.elapsed().ok()).is_some_and(|since| since >= STILL)
}

fn walk(folder: &Path, depth: u32, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        let is_hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
        let Ok(kind) = entry.file_type() else { continue };
        if is_hidden || files.len() >= FILES {
            continue;
        }
        let ending = path.extension().map(|it| it.to_string_lossy().to_lowercase()).unwrap_or_default();
        if kind.is_dir() && depth < DEPTH {
            walk(&path, depth + 1, files);
        } else if kind.is_file() && !LEFT.contains(&ending.as_str()) {
            files.push(path);
        }
    }
}
