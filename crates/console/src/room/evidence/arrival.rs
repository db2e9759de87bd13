//! How bytes of evidence arrive: whole by a form, or piece by piece.
//!
//! Invariant: no name that a client gives is used as a path; bytes are synced before they are said to have arrived; no
//! more are taken than were announced, and never more than [`SIZE_MAX`].

use std::collections::BTreeSet;
use std::io::{self, Read, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use assess::Said;
use axum::body::Bytes;
use axum::http::StatusCode;
use sha2::{Digest, Sha256};
use tokio::fs::{File, OpenOptions};
use tokio::io::{AsyncSeekExt as _, AsyncWriteExt as _};
use tokio_stream::{Stream, StreamExt as _};

use crate::problem::{Problem, Result};

/// Bytes of one file at most.
pub(crate) const SIZE_MAX: u64 = 64 << 30;
/// Letters of a file's name at most.
const NAME_MAX: usize = 100;

/// Attachments whose bytes are being taken by somebody now.
static TAKEN: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

/// The right to add bytes to an attachment, until dropped.
pub(super) struct Hold(String);

impl Hold {
    /// Takes it, unless another request holds it.
    pub fn take(attachment: &str) -> Option<Hold> {
        let mut taken = TAKEN.lock().unwrap_or_else(PoisonError::into_inner);
        taken.insert(attachment.to_owned()).then(|| Hold(attachment.to_owned()))
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        TAKEN.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.0);
    }
}

/// A name that is safe as a file's, made from one that somebody gave; like none of those in `taken`.
pub(super) fn safe_name(given: &str, taken: &BTreeSet<String>) -> String {
    let last = given.rsplit(['/', '\\']).next().unwrap_or_default();
    let kept = |it: char| if it.is_ascii_alphanumeric() || matches!(it, '.' | '-' | '_') { it } else { '_' };
    let name: String = last.chars().map(kept).collect();
    let name = name.trim_start_matches('.');
    // The end of a name says what the file is.
    let name = &name[name.len().saturating_sub(NAME_MAX)..];
    let name = name.trim_start_matches('.');
    let name = if name.is_empty() { "file" } else { name };
    if !taken.contains(name) {
        return name.to_owned();
    }
    let (stem, end) =
        name.split_once('.').map_or((name, String::new()), |(stem, end)| (stem, format!(".{end}")));
    let mut number = 2;
    loop {
        let other = format!("{stem}-{number}{end}");
        if !taken.contains(&other) {
            return other;
        }
        number += 1;
    }
}

/// Names at the top of every attachment of an incident: a path of the evidence stands for one file alone.
pub(super) fn names(files: &Path) -> io::Result<BTreeSet<String>> {
    let mut names = BTreeSet::new();
    let attachments = match std::fs::read_dir(files) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(names),
        other => other?,
    };
    for attachment in attachments {
        let attachment = attachment?;
        if attachment.file_type()?.is_dir() {
            for file in std::fs::read_dir(attachment.path())? {
                names.insert(file?.file_name().to_string_lossy().into_owned());
            }
        }
    }
    Ok(names)
}

/// Makes the empty file of an attachment.
pub(super) async fn make(folder: &Path, name: &str) -> Result<PathBuf> {
    tokio::fs::create_dir_all(folder).await?;
    let path = folder.join(name);
    let file = OpenOptions::new().write(true).create_new(true).open(&path).await?;
    file.sync_all().await?;
    Ok(path)
}

/// Adds bytes to a file that has `offset` of them and takes `most` in all. Gives how many it has then: synced, and kept
/// even where the rest did not come.
pub(super) async fn add<E>(
    path: &Path,
    offset: u64,
    most: u64,
    bytes: impl Stream<Item = std::result::Result<Bytes, E>>,
) -> Result<u64>
where
    E: std::fmt::Display,
{
    let mut file = OpenOptions::new().write(true).open(path).await?;
    file.seek(SeekFrom::Start(offset)).await?;
    let done = pour(&mut file, offset, most, bytes, |_| {}).await;
    file.sync_all().await?;
    done
}

/// Writes a new file whole, hashing while it arrives. Gives its size and SHA-256.
pub(super) async fn whole<E>(
    path: &Path,
    bytes: impl Stream<Item = std::result::Result<Bytes, E>>,
) -> Result<(u64, String)>
where
    E: std::fmt::Display,
{
    let mut file = OpenOptions::new().write(true).open(path).await?;
    let mut hash = Sha256::new();
    let size = pour(&mut file, 0, SIZE_MAX, bytes, |chunk| hash.update(chunk)).await?;
    file.sync_all().await?;
    Ok((size, hex(&hash.finalize())))
}

async fn pour<E>(
    file: &mut File,
    offset: u64,
    most: u64,
    bytes: impl Stream<Item = std::result::Result<Bytes, E>>,
    mut see: impl FnMut(&[u8]),
) -> Result<u64>
where
    E: std::fmt::Display,
{
    let mut bytes = std::pin::pin!(bytes);
    let mut arrived = offset;
    while let Some(chunk) = bytes.next().await {
        let chunk = chunk.map_err(|error| {
            Problem::bad(Said::new("refusal-bytes-stopped").with("why", error.to_string()))
        })?;
        if arrived + chunk.len() as u64 > most {
            let detail = Said::new("refusal-file-large").with("most", most);
            return Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "large", detail));
        }
        file.write_all(&chunk).await?;
        see(&chunk);
        arrived += chunk.len() as u64;
    }
    file.flush().await?;
    Ok(arrived)
}

/// SHA-256 of a file.
pub(super) fn hash(path: &Path) -> io::Result<String> {
    let (mut file, mut hash, mut buffer) = (std::fs::File::open(path)?, Sha256::new(), vec![0; 1 << 20]);
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(hex(&hash.finalize())),
            read => hash.update(&buffer[..read]),
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_given_name_is_a_path() {
        let none = BTreeSet::new();
        for (given, safe) in [
            ("Security.evtx", "Security.evtx"),
            ("../../etc/passwd", "passwd"),
            ("C:\\logs\\Sysmon%4Operational.evtx", "Sysmon_4Operational.evtx"),
            ("..", "file"),
            ("", "file"),
            (".bashrc", "bashrc"),
            ("a.zip!/b.evtx", "b.evtx"),
            ("nuit été.log", "nuit__t_.log"),
            ("a\0b\n.log", "a_b_.log"),
        ] {
            assert_eq!(safe_name(given, &none), safe, "{given:?}");
        }
        let long = safe_name(&format!("{}.evtx", "a".repeat(5_000)), &none);
        assert!(long.len() == NAME_MAX && long.ends_with(".evtx"));
        let taken = BTreeSet::from(["auth.log.gz".to_owned(), "auth-2.log.gz".to_owned()]);
        assert_eq!(safe_name("auth.log.gz", &taken), "auth-3.log.gz");
    }

    #[tokio::test]
    async fn pieces_are_added_and_bounded() {
        let folder = tempfile::tempdir().unwrap();
        let path = make(&folder.path().join("one"), "a.log").await.unwrap();
        let piece = |text: &'static str| {
            tokio_stream::iter([Ok::<_, io::Error>(Bytes::from_static(text.as_bytes()))])
        };
        assert_eq!(add(&path, 0, 8, piece("abcd")).await.unwrap(), 4);
        assert_eq!(add(&path, 4, 8, piece("efgh")).await.unwrap(), 8);
        assert_eq!(add(&path, 8, 8, piece("i")).await.unwrap_err().status, StatusCode::PAYLOAD_TOO_LARGE);
        assert_eq!(std::fs::read(&path).unwrap(), b"abcdefgh");
        let torn = tokio_stream::iter([Ok(Bytes::from_static(b"xy")), Err(io::Error::other("torn"))]);
        assert!(add(&path, 0, 8, torn).await.is_err());
        assert_eq!(std::fs::read(&path).unwrap(), b"xycdefgh", "what came before the tear is kept");
        let other = make(&folder.path().join("two"), "a.log").await.unwrap();
        let (size, sha) = whole(&other, piece("abc")).await.unwrap();
        assert_eq!(
            (size, sha.as_str()),
            (3, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        );
        assert_eq!(hash(&other).unwrap(), sha);
    }

    #[test]
    fn one_at_a_time_adds_to_a_file() {
        let hold = Hold::take("test-attachment");
        assert!(hold.is_some() && Hold::take("test-attachment").is_none());
        drop(hold);
        assert!(Hold::take("test-attachment").is_some());
    }
}
