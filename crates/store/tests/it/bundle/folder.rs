//! The data folder: one user at a time, exchanged whole, old contents kept; copies by name and number.

use std::fs;
use std::path::{Path, PathBuf};

use store::{
    Actor, BundleError, Key, Lock, Store, copy_name, lock_folder, prune, restore_bundle, sqlite_url,
};

use super::{names, small_store};
use crate::change::account;
use crate::common::{Place, on_both, sqlite};

on_both!(a_store_is_replaced_only_when_told_and_kept_beside);

/// A plain bundle of a store with these accounts.
async fn bundle_of(folder: &Path, accounts: &[&str]) -> PathBuf {
    let place = sqlite();
    fs::create_dir(place.folder.path().join("files")).unwrap();
    fs::write(place.folder.path().join("files/photo"), b"new").unwrap();
    let store = small_store(&place, accounts).await;
    let file = folder.join("new.bundle");
    store.copy_to(&file, &Lock::Plain, place.folder.path()).await.unwrap();
    store.close().await.unwrap();
    file
}

async fn a_store_is_replaced_only_when_told_and_kept_beside(place: &Place) {
    let data = place.folder.path().join("data");
    let database = place.url.starts_with("postgres").then_some(place.url.as_str());
    let url = database.map_or_else(|| sqlite_url(&data), str::to_owned);
    let bundle = bundle_of(place.folder.path(), &["new-1", "new-2"]).await;
    let lock = lock_folder(&data).unwrap();
    let old = Store::open(&url).await.unwrap();
    let mut change = old.begin(&Actor::command()).await.unwrap();
    change.add(account("old")).await.unwrap();
    change.commit().await.unwrap();
    fs::create_dir(data.join("files")).unwrap();
    fs::write(data.join("files/photo"), b"old").unwrap();
    fs::write(data.join("key"), b"old key").unwrap();

    let refused = restore_bundle(&lock, &bundle, &Key::None, database, false).await.unwrap_err();
    assert!(matches!(&refused, BundleError::Refused(why) if why.contains("--replace")), "{refused}");
    if database.is_some() {
        let empty = tempfile::tempdir().unwrap();
        let empty = lock_folder(empty.path()).unwrap();
        let refused = restore_bundle(&empty, &bundle, &Key::None, database, false).await.unwrap_err();
        assert!(refused.to_string().contains("in use"), "{refused}");
        old.close().await.unwrap();
        let refused = restore_bundle(&empty, &bundle, &Key::None, database, false).await.unwrap_err();
        assert!(refused.to_string().contains("--replace"), "{refused}");
    } else {
        old.close().await.unwrap();
    }
    assert_eq!(fs::read(data.join("files/photo")).unwrap(), b"old");
    assert_eq!(names(&Store::open(&url).await.unwrap()).await, ["old"]);

    let mut restored = restore_bundle(&lock, &bundle, &Key::None, database, true).await;
    for _ in 0..50 {
        // Connections dropped a moment ago may not be gone yet.
        if !restored.as_ref().is_err_and(|error| error.to_string().contains("in use")) {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        restored = restore_bundle(&lock, &bundle, &Key::None, database, true).await;
    }
    let restored = restored.unwrap();
    let before = restored.kept.unwrap();
    let now = Store::open(&url).await.unwrap();
    assert_eq!(names(&now).await, ["new-1", "new-2"]);
    assert_eq!(now.audit_check().await.unwrap(), None);
    assert_eq!(fs::read(data.join("files/photo")).unwrap(), b"new");
    assert_eq!(fs::read(before.join("files/photo")).unwrap(), b"old");
    // A plain bundle brings no key: the server's own stays, and goes with the old store too.
    assert_eq!(fs::read(data.join("key")).unwrap(), b"old key");
    assert_eq!(fs::read(before.join("key")).unwrap(), b"old key");
    if database.is_some() {
        use sea_orm::{ConnectionTrait, Database, Statement};
        let connection = Database::connect(&url).await.unwrap();
        let sql = format!("SELECT name FROM {}.account", restored.kept_schema.unwrap());
        let sql = Statement::from_string(sea_orm::DbBackend::Postgres, sql);
        let row = connection.query_one_raw(sql).await.unwrap().unwrap();
        assert_eq!(row.try_get::<String>("", "name").unwrap(), "old");
    } else {
        assert_eq!(names(&Store::open(&sqlite_url(&before)).await.unwrap()).await, ["old"]);
    }
}

#[tokio::test]
async fn a_folder_in_use_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let first = lock_folder(&data).unwrap();
    let error = lock_folder(&data).unwrap_err().to_string();
    assert!(error.contains("another Rempart uses this data folder"), "{error}");
    drop(first);
    lock_folder(&data).unwrap();
}

#[tokio::test]
async fn a_database_that_is_none_is_refused_and_a_damaged_bundle_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let bundle = bundle_of(folder.path(), &["new"]).await;
    let data = folder.path().join("data");
    let lock = lock_folder(&data).unwrap();
    let refused = restore_bundle(&lock, &bundle, &Key::None, Some("sqlite://x"), false).await.unwrap_err();
    assert!(refused.to_string().contains("postgres://"), "{refused}");
    let old = Store::open(&sqlite_url(&data)).await.unwrap();
    let mut bytes = fs::read(&bundle).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&bundle, bytes).unwrap();
    let refused = restore_bundle(&lock, &bundle, &Key::None, None, true).await.unwrap_err();
    assert!(matches!(refused, BundleError::Damaged { .. }), "{refused}");
    assert_eq!(names(&old).await, Vec::<String>::new());
    assert!(!data.join("restoring").exists());
}

/// A power cut at any moment of the exchange: whoever locks the folder next ends it.
#[tokio::test]
async fn an_interrupted_exchange_is_ended() {
    let write = |path: PathBuf, text: &str| {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    let read = |path: PathBuf| fs::read_to_string(path).unwrap();
    for moved in 0..4 {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path();
        let new = data.join("restored-20261122-021405");
        write(new.join("rempart.sqlite"), "new");
        write(new.join("files/a"), "new");
        let before = data.join("before-20261122-021405");
        // As many old files as were put aside before the cut.
        for (place, name) in ["rempart.sqlite", "rempart.sqlite-wal", "files/a"].into_iter().enumerate() {
            write(if place < moved { before.join(name) } else { data.join(name) }, "old");
        }
        write(data.join("restoring/half"), "half");
        drop(lock_folder(data).unwrap());
        assert_eq!(read(data.join("rempart.sqlite")) + &read(data.join("files/a")), "newnew");
        assert_eq!(read(before.join("rempart.sqlite")) + &read(before.join("files/a")), "oldold");
        assert_eq!(read(before.join("rempart.sqlite-wal")), "old");
        assert!(!data.join("rempart.sqlite-wal").exists(), "an old log beside a new file");
        assert!(!new.exists());
    }
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    write(data.join("rempart.sqlite"), "new");
    write(data.join("placing-20261122-021405/files/a"), "new");
    drop(lock_folder(data).unwrap());
    assert_eq!(read(data.join("rempart.sqlite")) + &read(data.join("files/a")), "newnew");
    assert!(!data.join("placing-20261122-021405").exists());
}

#[tokio::test]
async fn the_oldest_copies_are_removed_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let at = |second| jiff::Timestamp::from_second(second).unwrap();
    let kept = ["rempart-2026.bundle", "rempart-20261122-02140x.bundle", "notes.txt"];
    for name in kept {
        fs::write(folder.path().join(name), b"").unwrap();
    }
    fs::create_dir(folder.path().join("rempart-20000101-000000.bundle")).unwrap();
    let unfinished = |name: &str, days: u64| {
        let path = folder.path().join(name);
        let file = fs::File::create(&path).unwrap();
        file.set_modified(std::time::SystemTime::now() - std::time::Duration::from_secs(days * 86_401))
            .unwrap();
        path
    };
    let (dead, alive) = (unfinished(".rempart-copy-a", 1), unfinished(".rempart-copy-b", 0));
    for second in 0..5 {
        fs::write(folder.path().join(copy_name(at(second))), b"").unwrap();
    }
    assert_eq!(copy_name(at(1)), "rempart-19700101-000001.bundle");
    let removed = prune(folder.path(), 2).unwrap();
    assert_eq!(removed[0], dead);
    assert_eq!(removed[1..], [0, 1, 2].map(|second| folder.path().join(copy_name(at(second)))));
    assert!(alive.exists());
    assert_eq!(prune(folder.path(), 0).unwrap(), [folder.path().join(copy_name(at(3)))]);
    assert!(kept.iter().all(|name| folder.path().join(name).exists()));
    assert!(folder.path().join(copy_name(at(4))).exists());
}
