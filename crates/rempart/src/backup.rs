//! `rempart backup` and `rempart restore`: the whole store and its files as one bundle, out and in.
//!
//! Invariant: a passphrase comes from a file or the environment, never as an argument; nothing unencrypted
//! is written unless that was said.

use std::path::Path;

use console::{Copies, Plan};
use store::{Actor, BundleError, Key, Lock, Manifest, Restored, Store};

use crate::args::{Backup, Copied, OpenWith, Restore};
use crate::exit::{CANNOT_WRITE, DONE, Failure};
use crate::serve::runtime;

/// The environment's name of the passphrase.
const PASSPHRASE: &str = "REMPART_PASSPHRASE";

pub(crate) fn backup(args: &Backup) -> Result<u8, Failure> {
    let lock = lock(args)?;
    let file = std::path::absolute(&args.file)?;
    runtime()?.block_on(async {
        let store = open(&args.kept.data, args.kept.database.as_deref()).await?;
        let copied = store.copy_to(&file, &lock, &args.kept.data).await?;
        say_copied(&file, &copied);
        // The copy stands; that the store does not know of it is only a pity.
        if let Err(error) =
            store.note_copy(&Actor::command(), &file, Ok(&copied), jiff::Timestamp::now()).await
        {
            eprintln!("remark: the copy could not be noted in the store: {error}");
        }
        store.close().await.map_err(BundleError::from)?;
        Ok(DONE)
    })
}

pub(crate) fn restore(args: &Restore) -> Result<u8, Failure> {
    let key = key(&args.open)?;
    if !args.file.is_file() {
        return Err(Failure::bad(format!("{} is no file; name the bundle to restore", args.file.display())));
    }
    runtime()?.block_on(async {
        let Some(data) = args.data.as_deref().filter(|_| !args.check) else {
            let tried = store::try_bundle(&args.file, &key, &std::env::temp_dir()).await?;
            say_manifest(
                "The bundle is sound: it was restored for trial, and the trial removed.",
                &tried.manifest,
            );
            say_audit(&tried);
            return Ok(DONE);
        };
        let lock = store::lock_folder(data).map_err(BundleError::from)?;
        let database = args.database.as_deref();
        let restored = store::restore_bundle(&lock, &args.file, &key, database, args.replace).await?;
        say_manifest(&format!("Restored into {}.", data.display()), &restored.manifest);
        say_audit(&restored);
        if let Some(kept) = &restored.kept {
            eprintln!("What was there is kept in {}.", kept.display());
        }
        if let Some(schema) = &restored.kept_schema {
            eprintln!("The database's earlier tables are kept in its schema {schema}.");
        }
        if !restored.manifest.members.iter().any(|member| member.path.as_deref() == Some("key")) {
            eprintln!(
                "remark: the bundle holds no key, as it was written plain: second factors, webhooks and ward \
                 codes work only with the file `key` of the server that it comes from"
            );
        }
        eprintln!("Start `rempart serve`; people sign in anew.");
        Ok(DONE)
    })
}

/// Copies that `rempart serve` makes by the clock.
pub(crate) fn copies(args: &Copied) -> Result<Copies, Failure> {
    let lock = match &args.passphrase_file {
        Some(file) => passphrase(Some(file))?.map(Lock::Passphrase),
        None if args.recipients.is_empty() => None,
        None => Some(Lock::Recipients(args.recipients.clone())),
    };
    let folder = args.folder.as_ref().map(std::path::absolute).transpose()?;
    let plan = folder.map(|folder| Plan { folder, every: args.every, keep: args.keep as usize });
    Ok(Copies { plan, lock })
}

async fn open(data: &Path, database: Option<&str>) -> Result<Store, Failure> {
    let url = match database {
        Some(url) => url.to_owned(),
        None if data.join("rempart.sqlite").is_file() => store::sqlite_url(data),
        None => {
            return Err(Failure::bad(format!(
                "{} holds no store; name the data folder of `rempart serve` with --data, or --database",
                data.display()
            )));
        }
    };
    Ok(Store::open_beside(&url).await.map_err(BundleError::from)?)
}

fn lock(args: &Backup) -> Result<Lock, Failure> {
    if args.plain {
        return Ok(Lock::Plain);
    }
    if !args.recipient.is_empty() {
        return Ok(Lock::Recipients(args.recipient.clone()));
    }
    match passphrase(args.passphrase_file.as_deref())? {
        Some(passphrase) => Ok(Lock::Passphrase(passphrase)),
        None => Err(Failure::bad(format!(
            "the copy would be readable by whoever finds it: give --recipient age1…, or --passphrase-file, or \
             {PASSPHRASE} in the environment; or say --plain, if it goes to a disk that is encrypted itself"
        ))),
    }
}

fn key(open: &OpenWith) -> Result<Key, Failure> {
    if let Some(path) = &open.identity {
        return Ok(Key::Identity(read(path)?));
    }
    Ok(passphrase(open.passphrase_file.as_deref())?.map_or(Key::None, Key::Passphrase))
}

/// The first line of the file, else the environment's.
fn passphrase(file: Option<&Path>) -> Result<Option<String>, Failure> {
    let Some(path) = file else { return Ok(std::env::var(PASSPHRASE).ok().filter(|it| !it.is_empty())) };
    let text = read(path)?;
    match text.lines().next().filter(|line| !line.is_empty()) {
        Some(line) => Ok(Some(line.to_owned())),
        None => Err(Failure::bad(format!(
            "{}: its first line is empty; write the passphrase there",
            path.display()
        ))),
    }
}

fn read(path: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(path).map_err(|error| Failure::bad(format!("{}: {error}", path.display())))
}

/// On standard output, the line that `sha256sum --check` takes.
fn say_copied(file: &Path, copied: &store::Copied) {
    println!("{}  {}", copied.sha256, file.display());
    say_manifest(&format!("Copied, {} bytes.", copied.size), &copied.manifest);
    for path in &copied.left_out {
        eprintln!("remark: {path} went away while the copy was made, and is not in it");
    }
}

fn say_manifest(what: &str, manifest: &Manifest) {
    let rows: u64 = manifest.tables.iter().map(|table| table.rows).sum();
    let files = manifest.members.iter().filter(|member| member.path.is_some()).count();
    eprintln!(
        "{what} It is the store of {}, with {rows} rows and {files} files, to line {} of the audit.",
        manifest.made_at.0, manifest.audit_seq
    );
}

fn say_audit(restored: &Restored) {
    match &restored.audit {
        None => eprintln!("Its audit was checked from end to end."),
        Some(fault) => eprintln!(
            "remark: its audit does not hold at line {}: {}; so it was when the copy was made",
            fault.seq, fault.reason
        ),
    }
}

impl From<BundleError> for Failure {
    fn from(error: BundleError) -> Failure {
        let message = error.to_string();
        match error {
            BundleError::File { .. } | BundleError::Store(store::Error::Full) => {
                Failure { code: CANNOT_WRITE, message }
            }
            _ => Failure::bad(message),
        }
    }
}
