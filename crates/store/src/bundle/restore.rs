//! Restoring a bundle into a data folder, and a database where that is a PostgreSQL.
//!
//! Invariant: the target changes only once the whole bundle was read twice and found sound, and then at
//! once: the database by one transaction, the folder by [`crate::folder`]'s exchange.

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use sea_orm::sea_query::{Alias, Query};
use sea_orm::{ConnectionTrait, DatabaseConnection, DatabaseTransaction, Statement, TransactionTrait};
use sea_orm_migration::MigratorTrait;
use tokio::sync::mpsc::{Receiver, Sender, channel};

use super::rows::{self, Column};
use super::walk::{self, Piece};
use super::write::head;
use super::{BundleError, Key, Manifest, TableEntry, check_bundle, file_error};
use crate::audit::{self, AuditFault};
use crate::error::Error;
use crate::folder::{self, FolderLock};
use crate::migration::Migrator;
use crate::open;

/// Values that one statement takes: SQLite's most is 32,766.
const VALUES: usize = 30_000;

/// A bundle that was restored.
#[derive(Debug)]
pub struct Restored {
    /// What it holds.
    pub manifest: Manifest,
    /// Where its audit chain breaks; it broke so where it comes from.
    pub audit: Option<AuditFault>,
    /// Where the earlier data folder's contents are now.
    pub kept: Option<PathBuf>,
    /// The schema of the PostgreSQL database that holds the earlier tables now.
    pub kept_schema: Option<String>,
}

/// Restores a bundle into a locked data folder, and into the PostgreSQL database of that URL where one is
/// given. With `replace`, what is there already is kept beside.
///
/// # Errors
/// When the bundle does not open or is damaged, something is there already, or cannot be written. Nothing
/// is changed then.
pub async fn restore_bundle(
    lock: &FolderLock,
    bundle: &Path,
    key: &Key,
    database: Option<&str>,
    replace: bool,
) -> Result<Restored, BundleError> {
    if database.is_some_and(|url| !(url.starts_with("postgres://") || url.starts_with("postgresql://"))) {
        let why = "--database takes a postgres:// address; without it, SQLite is in the data folder";
        return Err(BundleError::Refused(why.to_owned()));
    }
    if !replace && folder::holds(lock.path()) {
        return Err(BundleError::Refused(format!(
            "{} holds a store already; name another folder, or say --replace to keep that one beside",
            lock.path().display()
        )));
    }
    let manifest = blocking({
        let (bundle, key) = (bundle.to_owned(), key.clone());
        move || check_bundle(open_file(&bundle)?, &key)
    })
    .await?;
    let stage = folder::Stage::new(lock)?;
    let url = database.map_or_else(|| folder::sqlite_url(stage.path()), str::to_owned);
    let connection = open::connect_alone(&url).await?;
    let at = folder::stamp(Timestamp::now());
    let filled =
        fill(&connection, bundle, key, &manifest, stage.path(), replace.then_some(at.as_str())).await;
    connection.close().await?;
    let (audit, kept_schema) = filled?;
    let kept = stage.exchange(&at)?;
    Ok(Restored { manifest, audit, kept, kept_schema })
}

/// Restores a bundle for trial, in a folder of its own under `scratch` that is removed afterwards.
///
/// # Errors
/// As [`restore_bundle`].
pub async fn try_bundle(bundle: &Path, key: &Key, scratch: &Path) -> Result<Restored, BundleError> {
    let trial = tempfile::Builder::new().prefix(".trial-").tempdir_in(scratch);
    let trial = trial.map_err(|error| file_error(scratch, error))?;
    let lock = folder::lock_folder(trial.path())?;
    restore_bundle(&lock, bundle, key, None, false).await
}

async fn fill(
    connection: &DatabaseConnection,
    bundle: &Path,
    key: &Key,
    manifest: &Manifest,
    stage: &Path,
    replace: Option<&str>,
) -> Result<(Option<AuditFault>, Option<String>), BundleError> {
    let transaction = connection.begin().await?;
    let kept_schema = match connection.get_database_backend() {
        sea_orm::DbBackend::Postgres => make_room(&transaction, replace).await?,
        _ => None,
    };
    let steps = u32::try_from(manifest.migrations.len()).unwrap_or(u32::MAX);
    Migrator::up(&transaction, Some(steps)).await?;
    let (sender, receiver) = channel(2);
    let unpacking = tokio::task::spawn_blocking({
        let (bundle, key, manifest, stage) =
            (bundle.to_owned(), key.clone(), manifest.clone(), stage.to_owned());
        move || unpack(&bundle, &key, &manifest, &stage, &sender)
    });
    let inserted = insert_all(&transaction, &manifest.tables, receiver).await;
    let unpacked = unpacking.await.map_err(|error| BundleError::Store(Error::Database(error.to_string())))?;
    // Where inserting failed, unpacking failed only for want of a listener.
    inserted?;
    unpacked?;
    Migrator::up(&transaction, None).await?;
    if head(&transaction).await? != (manifest.audit_seq, manifest.audit_hash.clone()) {
        return Err(BundleError::Damaged {
            place: "manifest.json".to_owned(),
            reason: "it names another last line of the audit than is there".to_owned(),
        });
    }
    let audit = audit::check(&transaction).await?;
    transaction.commit().await?;
    Ok((audit, kept_schema))
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, BundleError> + Send + 'static,
) -> Result<T, BundleError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|error| BundleError::Store(Error::Database(error.to_string())))?
}

fn open_file(path: &Path) -> Result<File, BundleError> {
    File::open(path).map_err(|error| file_error(path, error))
}

/// Moves the tables of an earlier store into a schema of their own.
async fn make_room(
    transaction: &DatabaseTransaction,
    replace: Option<&str>,
) -> Result<Option<String>, BundleError> {
    let ask = |sql: String| Statement::from_string(sea_orm::DbBackend::Postgres, sql);
    let others = "SELECT 1 AS there FROM pg_stat_activity WHERE datname = current_database() \
                  AND pid <> pg_backend_pid() AND backend_type = 'client backend' LIMIT 1";
    if transaction.query_one_raw(ask(others.to_owned())).await?.is_some() {
        let why = "the database is in use; stop every Rempart, and all else, that is connected to it";
        return Err(BundleError::Refused(why.to_owned()));
    }
    let mut names: Vec<String> = rows::every_table().map(str::to_owned).collect();
    names.push(Migrator::migration_table_name().to_string());
    let mut there = Vec::new();
    for name in names {
        let asked = ask(format!("SELECT 1 AS there WHERE to_regclass('\"{name}\"') IS NOT NULL"));
        if transaction.query_one_raw(asked).await?.is_some() {
            there.push(name);
        }
    }
    if there.is_empty() {
        return Ok(None);
    }
    let Some(at) = replace else {
        let why =
            "the database holds a store already; name another one, or say --replace to keep that one beside";
        return Err(BundleError::Refused(why.to_owned()));
    };
    let schema = format!("before_{}", at.replace('-', "_"));
    transaction.execute_unprepared(&format!("CREATE SCHEMA \"{schema}\"")).await?;
    for name in there {
        transaction.execute_unprepared(&format!("ALTER TABLE \"{name}\" SET SCHEMA \"{schema}\"")).await?;
    }
    Ok(Some(schema))
}

/// Writes kept files under the stage, and sends rows.
fn unpack(
    bundle: &Path,
    key: &Key,
    manifest: &Manifest,
    stage: &Path,
    sender: &Sender<(String, Vec<u8>)>,
) -> Result<(), BundleError> {
    let mut writing: Option<(PathBuf, File)> = None;
    let again = walk::walk(open_file(bundle)?, key, &mut |piece| match piece {
        Piece::Rows { table, lines } => {
            sender.blocking_send((table.to_owned(), lines.to_vec())).map_err(|_| changed())
        }
        Piece::File { member, bytes: [] } => {
            finish(&mut writing)?;
            let found = manifest.members.iter().find(|it| it.name == member);
            let path = found.and_then(|it| it.path.as_deref()).ok_or_else(changed)?;
            let path = stage.join(path);
            writing = Some((path.clone(), create(&path).map_err(|error| file_error(&path, error))?));
            Ok(())
        }
        Piece::File { bytes, .. } => match &mut writing {
            Some((path, file)) => file.write_all(bytes).map_err(|error| file_error(path, error)),
            None => Err(changed()),
        },
    })?;
    finish(&mut writing)?;
    if again == *manifest { Ok(()) } else { Err(changed()) }
}

fn changed() -> BundleError {
    BundleError::Refused("the bundle changed while it was read; leave it alone and try again".to_owned())
}

fn create(path: &Path) -> std::io::Result<File> {
    fs::create_dir_all(path.parent().unwrap_or(path))?;
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
}

fn finish(writing: &mut Option<(PathBuf, File)>) -> Result<(), BundleError> {
    match writing.take() {
        Some((path, file)) => file.sync_all().map_err(|error| file_error(&path, error)),
        None => Ok(()),
    }
}

async fn insert_all(
    transaction: &DatabaseTransaction,
    tables: &[TableEntry],
    mut pieces: Receiver<(String, Vec<u8>)>,
) -> Result<(), BundleError> {
    while let Some((name, lines)) = pieces.recv().await {
        let damaged = |reason: String| BundleError::Damaged { place: format!("tables/{name}"), reason };
        let table = tables.iter().find(|table| table.name == name);
        let table = table.ok_or_else(|| damaged("the manifest does not describe it".to_owned()))?;
        let columns = rows::columns(table)?;
        let at_once = (VALUES / columns.len().max(1)).clamp(1, 500);
        let lines: Vec<&[u8]> = lines.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).collect();
        for some in lines.chunks(at_once) {
            let inserted = insert(transaction, &name, &columns, some).await;
            inserted.map_err(damaged)?;
        }
    }
    Ok(())
}

async fn insert(
    transaction: &DatabaseTransaction,
    table: &str,
    columns: &[Column],
    lines: &[&[u8]],
) -> Result<(), String> {
    let mut insert = Query::insert();
    insert.into_table(Alias::new(table)).columns(columns.iter().map(|column| Alias::new(&column.name)));
    for line in lines {
        insert.values(rows::read(line, columns)?).map_err(|error| error.to_string())?;
    }
    transaction.execute(&insert).await.map_err(|error| Error::from(error).to_string())?;
    Ok(())
}
