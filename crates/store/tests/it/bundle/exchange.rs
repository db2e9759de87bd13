//! From one database to the other and back; one instant while others write.

use std::fs;

use store::{Key, Lock, Store, check_bundle, lock_folder, restore_bundle, sqlite_url, try_bundle};

use super::{ROWS, bundle, contents, full_store, identity, small_store};
use crate::change::account;
use crate::common::{Place, on_both, postgres, sqlite};

on_both!(a_bundle_is_one_instant_of_a_store_being_written);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn from_sqlite_to_postgres_and_back_nothing_changes() {
    let Some(place) = postgres().await else { return };
    let data = ["first", "second", "third"].map(|name| place.folder.path().join(name));
    fs::create_dir(&data[0]).unwrap();
    let first = full_store(&data[0]).await;
    let (key, lock) = identity();
    let sealed = place.folder.path().join("sealed.bundle");
    first.copy_to(&sealed, &lock, &data[0]).await.unwrap();

    let folder = lock_folder(&data[1]).unwrap();
    let restored = restore_bundle(&folder, &sealed, &key, Some(&place.url), false).await.unwrap();
    assert_eq!((restored.audit, restored.kept, restored.kept_schema), (None, None, None));
    let second = place.open().await;
    let back = place.folder.path().join("back.bundle");
    second.copy_to(&back, &lock, &data[1]).await.unwrap();

    let folder = lock_folder(&data[2]).unwrap();
    restore_bundle(&folder, &back, &key, None, false).await.unwrap();
    let third = Store::open(&sqlite_url(&data[2])).await.unwrap();
    let mut all = Vec::new();
    for (store, data, kind) in
        [(&first, &data[0], "sqlite"), (&second, &data[1], "postgresql"), (&third, &data[2], "sqlite")]
    {
        let (tables, manifest) = contents(&bundle(store, &Lock::Plain, data).await);
        assert_eq!(manifest.database, kind);
        assert_eq!(store.audit_check().await.unwrap(), None);
        all.push(tables);
    }
    assert_eq!(all[0]["account"].len(), 20 + ROWS);
    assert_eq!(all[0]["audit"].len(), 40);
    assert!(!all[0].contains_key("session") && !all[0].contains_key("link"), "who was in comes in anew");
    assert!(all[0].len() > 25, "rows of every table: {:?}", all[0].keys());
    assert_eq!(all[0], all[1]);
    assert_eq!(all[0], all[2]);
    for path in
        ["evidence/i-1/dc.evtx", "evidence/i-1/empty", "files/deep/er/photo é.png", "key", "certificate.pem"]
    {
        let read = |place: usize| fs::read(data[place].join(path)).unwrap();
        assert!(read(0) == read(1) && read(0) == read(2), "{path}");
    }
    assert!(!data[2].join("setup-url").exists());
    // The restored store takes changes.
    let mut change = third.begin(&store::Actor::command()).await.unwrap();
    change.add(account("nurse-new")).await.unwrap();
    assert_eq!(change.commit().await.unwrap(), 41);
}

async fn a_bundle_is_one_instant_of_a_store_being_written(place: &Place) {
    let store = small_store(place, &["nurse-0"]).await;
    let writer = tokio::spawn({
        let store = place.open().await;
        async move {
            for number in 1..200 {
                let mut change = store.begin(&store::Actor::command()).await.unwrap();
                change.add(account(&format!("nurse-{number}"))).await.unwrap();
                change.commit().await.unwrap();
            }
        }
    });
    let mut seen = Vec::new();
    let file = place.folder.path().join("while.bundle");
    while !writer.is_finished() {
        store.copy_to(&file, &Lock::Plain, place.folder.path()).await.unwrap();
        let manifest = check_bundle(fs::File::open(&file).unwrap(), &Key::None).unwrap();
        let accounts = manifest.tables.iter().find(|it| it.name == "account").unwrap().rows;
        assert_eq!(i64::try_from(accounts).unwrap(), manifest.audit_seq, "rows of two instants");
        seen.push(accounts);
    }
    writer.await.unwrap();
    seen.dedup();
    assert!(seen.len() > 1, "nothing was written meanwhile: {seen:?}");
    let restored = try_bundle(&file, &Key::None, place.folder.path()).await.unwrap();
    assert_eq!(restored.audit, None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_servers_key_goes_along_only_under_encryption_that_only_the_right_key_opens() {
    let place = sqlite();
    let store = full_store(place.folder.path()).await;
    let (key, lock) = identity();
    let passphrase = |text: &str| text.to_owned();
    let with_key =
        |manifest: store::Manifest| manifest.members.iter().any(|it| it.path.as_deref() == Some("key"));
    let plain = bundle(&store, &Lock::Plain, place.folder.path()).await;
    assert!(!with_key(check_bundle(plain.as_slice(), &Key::None).unwrap()));
    let sealed = bundle(&store, &lock, place.folder.path()).await;
    assert!(with_key(check_bundle(sealed.as_slice(), &key).unwrap()));
    let locked = Lock::Passphrase(passphrase("long and kept"));
    let phrased = bundle(&store, &locked, place.folder.path()).await;
    assert!(with_key(
        check_bundle(phrased.as_slice(), &Key::Passphrase(passphrase("long and kept"))).unwrap()
    ));
    for bytes in [&sealed, &phrased] {
        assert!(!bytes.windows(15).any(|it| it == b"the sealing key" || it == b"evidence/i-1/dc"));
    }
    let wrong = [
        (&sealed, Key::None, "--identity"),
        (&sealed, identity().0, "does not open"),
        (&sealed, Key::Passphrase(passphrase("x")), "--identity"),
        (&sealed, Key::Identity("not one".to_owned()), "AGE-SECRET-KEY-1"),
        (&phrased, Key::None, "REMPART_PASSPHRASE"),
        (&phrased, Key::Passphrase(passphrase("wrong")), "does not open"),
        (&phrased, key, "REMPART_PASSPHRASE"),
    ];
    for (bytes, key, told) in wrong {
        let error = check_bundle(bytes.as_slice(), &key).unwrap_err().to_string();
        assert!(error.contains(told), "{error}");
    }
    for lock in [
        Lock::Passphrase(String::new()),
        Lock::Recipients(vec![]),
        Lock::Recipients(vec!["age1x".to_owned()]),
    ] {
        assert!(store.write_bundle(Vec::new(), &lock, place.folder.path()).await.is_err());
    }
}
