//! Writing a bundle, beside a running server.
//!
//! Invariant: rows come from one read transaction; a few megabytes are held, however large the store is.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use sea_orm::{AccessMode, ConnectionTrait, IsolationLevel, Statement, StreamTrait, TransactionTrait};
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio_stream::StreamExt;

use super::envelope::{self, Digesting, Sealing};
use super::{
    BundleError, FOLDERS, FORMAT, Lock, MEMBER, MEMBER_MOST, Manifest, Member, SECRETS, file_error, rows,
};
use crate::error::Error;
use crate::migration;
use crate::open::Store;
use crate::value::Instant;

/// A bundle that was written.
#[derive(Debug)]
pub struct Written<W> {
    /// Where to; flushed, not synced.
    pub out: W,
    /// What it holds.
    pub manifest: Manifest,
    /// Kept files that went away meanwhile, and so are not in it.
    pub left_out: Vec<String>,
}

/// What the thread that packs is told.
enum Piece {
    Rows { member: String, lines: Vec<u8> },
    End(Box<Manifest>),
}

impl Store {
    /// Writes all that is kept, and the files of the data folder, as one bundle. The server's own keys go
    /// along only under encryption.
    ///
    /// # Errors
    /// When the lock is none, or something cannot be read or written.
    pub async fn write_bundle<W: Write + Send + 'static>(
        &self,
        out: W,
        lock: &Lock,
        data: &Path,
    ) -> Result<Written<W>, BundleError> {
        let encryptor = envelope::encryptor(lock)?;
        let secrets = encryptor.is_some();
        let (sender, receiver) = channel(2);
        let data = data.to_owned();
        let packing = tokio::task::spawn_blocking(move || {
            let sealing = envelope::seal(out, encryptor).map_err(unwritten)?;
            pack(sealing, receiver, &data, secrets)
        });
        let read = self.read_all(sender).await;
        let packed = packing.await.map_err(|error| BundleError::Store(Error::Database(error.to_string())))?;
        // Where packing failed, reading failed only for want of a listener.
        match (packed, read) {
            (Ok(Some(written)), Ok(())) => Ok(written),
            (Err(error), _) | (_, Err(error)) => Err(error),
            (Ok(None), Ok(())) => Err(unwritten(io::Error::other("it was not ended"))),
        }
    }

    async fn read_all(&self, sender: Sender<Piece>) -> Result<(), BundleError> {
        let sqlite = self.is_sqlite();
        let transaction = if sqlite {
            self.connection.begin().await?
        } else {
            let config = (Some(IsolationLevel::RepeatableRead), Some(AccessMode::ReadOnly));
            self.connection.begin_with_config(config.0, config.1).await?
        };
        // The first read sets the instant that all later ones see.
        let migrations = migration::applied(&transaction).await?;
        if !migration::pending(&migrations)?.is_empty() {
            let why =
                "the store is of an earlier version: start `rempart serve` once, which brings it up to date";
            return Err(BundleError::Refused(why.to_owned()));
        }
        let made_at = Instant::from(jiff::Timestamp::now());
        let (audit_seq, audit_hash) = head(&transaction).await?;
        let mut tables = rows::tables();
        for table in &mut tables {
            let columns = rows::columns(table)?;
            let names: Vec<String> = columns.iter().map(|it| format!("\"{}\"", it.name)).collect();
            let key = names.first().map(String::as_str).unwrap_or_default();
            let sql = format!("SELECT {} FROM \"{}\" ORDER BY {key}", names.join(","), table.name);
            let backend = ConnectionTrait::get_database_backend(&transaction);
            let mut found = transaction.stream_raw(Statement::from_string(backend, sql)).await?;
            let (mut lines, mut number) = (Vec::new(), 0);
            while let Some(row) = found.next().await {
                rows::write(&row?, &columns, &mut lines)?;
                table.rows += 1;
                if lines.len() >= MEMBER {
                    send(&sender, &table.name, &mut number, &mut lines).await?;
                }
            }
            if !lines.is_empty() {
                send(&sender, &table.name, &mut number, &mut lines).await?;
            }
        }
        transaction.rollback().await?;
        let manifest = Manifest {
            format: FORMAT,
            rempart: env!("CARGO_PKG_VERSION").to_owned(),
            made_at,
            database: if sqlite { "sqlite" } else { "postgresql" }.to_owned(),
            migrations,
            audit_seq,
            audit_hash,
            tables,
            members: Vec::new(),
        };
        sender.send(Piece::End(Box::new(manifest))).await.map_err(|_| gone())
    }
}

/// Number and hash of the last audit line.
pub(super) async fn head(connection: &impl ConnectionTrait) -> Result<(i64, String), BundleError> {
    let last = "SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1";
    let last = Statement::from_string(connection.get_database_backend(), last);
    Ok(match connection.query_one_raw(last).await? {
        Some(line) => (line.try_get("", "seq")?, line.try_get("", "hash")?),
        None => (0, String::new()),
    })
}

async fn send(
    sender: &Sender<Piece>,
    table: &str,
    number: &mut u32,
    lines: &mut Vec<u8>,
) -> Result<(), BundleError> {
    if lines.len() as u64 > MEMBER_MOST {
        return Err(BundleError::Refused(format!("a row of {table} is too long to be copied")));
    }
    *number += 1;
    let member = format!("tables/{table}/{number:06}.ndjson");
    sender.send(Piece::Rows { member, lines: std::mem::take(lines) }).await.map_err(|_| gone())
}

fn gone() -> BundleError {
    unwritten(io::Error::other("the packing ended early"))
}

fn unwritten(error: io::Error) -> BundleError {
    BundleError::File { path: "the bundle".to_owned(), error }
}

/// The archive being written.
struct Archive<W: Write> {
    tar: tar::Builder<Sealing<W>>,
    members: Vec<Member>,
}

impl<W: Write> Archive<W> {
    fn add(&mut self, name: &str, size: u64, path: Option<String>, bytes: impl Read) -> io::Result<()> {
        let mut header = tar::Header::new_ustar();
        header.set_path(name)?;
        header.set_size(size);
        header.set_mode(0o600);
        header.set_cksum();
        let mut bytes = Digesting::new(bytes.take(size));
        self.tar.append(&header, &mut bytes)?;
        if bytes.bytes < size {
            return Err(io::Error::new(
                io::ErrorKind::UnexpectedEof,
                "it became shorter while it was copied",
            ));
        }
        self.members.push(Member { name: name.to_owned(), size, sha256: bytes.sha256(), path });
        Ok(())
    }
}

/// Packs until the end is told; nothing where it never is.
fn pack<W: Write>(
    sealing: Sealing<W>,
    mut pieces: Receiver<Piece>,
    data: &Path,
    secrets: bool,
) -> Result<Option<Written<W>>, BundleError> {
    let mut archive = Archive { tar: tar::Builder::new(sealing), members: Vec::new() };
    while let Some(piece) = pieces.blocking_recv() {
        match piece {
            Piece::Rows { member, lines } => {
                archive.add(&member, lines.len() as u64, None, lines.as_slice()).map_err(unwritten)?;
            }
            Piece::End(mut manifest) => {
                let left_out = pack_files(&mut archive, data, secrets)?;
                manifest.members = archive.members.clone();
                let text = serde_json::to_vec_pretty(&manifest).map_err(Error::from)?;
                archive.add("manifest.json", text.len() as u64, None, text.as_slice()).map_err(unwritten)?;
                let sealing = archive.tar.into_inner().map_err(unwritten)?;
                let out = envelope::close(sealing).map_err(unwritten)?;
                return Ok(Some(Written { out, manifest: *manifest, left_out }));
            }
        }
    }
    Ok(None)
}

/// Packs the kept files; gives those that went away meanwhile.
fn pack_files<W: Write>(
    archive: &mut Archive<W>,
    data: &Path,
    secrets: bool,
) -> Result<Vec<String>, BundleError> {
    let mut paths = Vec::new();
    for folder in FOLDERS {
        list(&data.join(folder), &mut paths)?;
    }
    if secrets {
        paths.extend(SECRETS.iter().map(|name| data.join(name)).filter(|path| path.is_file()));
    }
    let mut left_out = Vec::new();
    for (place, path) in paths.iter().enumerate() {
        let Some(shown) = path.strip_prefix(data).ok().and_then(Path::to_str).map(str::to_owned) else {
            let error = io::Error::new(io::ErrorKind::InvalidInput, "its name is not UTF-8; rename it");
            return Err(file_error(path, error));
        };
        let file = match File::open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                left_out.push(shown);
                continue;
            }
            Err(error) => return Err(file_error(path, error)),
        };
        let size = file.metadata().map_err(|error| file_error(path, error))?.len();
        let name = format!("files/{:06}", place + 1);
        archive.add(&name, size, Some(shown), file).map_err(|error| file_error(path, error))?;
    }
    Ok(left_out)
}

/// Plain files under a folder, in order; links are not followed.
fn list(folder: &Path, found: &mut Vec<PathBuf>) -> Result<(), BundleError> {
    let mut folders = vec![folder.to_owned()];
    let before = found.len();
    while let Some(folder) = folders.pop() {
        let entries = match fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(file_error(&folder, error)),
        };
        for entry in entries {
            let entry = entry.map_err(|error| file_error(&folder, error))?;
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => folders.push(entry.path()),
                Ok(kind) if kind.is_file() => found.push(entry.path()),
                _ => {}
            }
        }
    }
    if let Some(new) = found.get_mut(before..) {
        new.sort();
    }
    Ok(())
}
