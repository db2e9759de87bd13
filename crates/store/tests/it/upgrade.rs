//! Upgrades keep data: a store and a bundle that the first schema wrote, `tests/fixtures/first.*`, opened
//! with today's migrations. They hold what `kinds.rs` held then; they are never written anew.

use store::entity::Sighting;
use store::{Key, Store, lock_folder, restore_bundle, sqlite_url};

use crate::kinds;

#[tokio::test]
async fn the_first_store_opens_with_every_row() {
    let data = tempfile::tempdir().unwrap();
    let bytes = zstd::decode_all(include_bytes!("../fixtures/first.sqlite.zst").as_slice()).unwrap();
    std::fs::write(data.path().join("rempart.sqlite"), bytes).unwrap();
    let store = Store::open(&sqlite_url(data.path())).await.unwrap();
    kinds::check_first(&store, false, 27).await;
    assert!(store.all::<Sighting>().await.unwrap().is_empty());
}

#[tokio::test]
async fn the_first_bundle_is_restored_with_every_row() {
    let data = tempfile::tempdir().unwrap();
    let bundle = data.path().join("first.bundle");
    std::fs::write(&bundle, include_bytes!("../fixtures/first.bundle")).unwrap();
    let lock = lock_folder(&data.path().join("data")).unwrap();
    restore_bundle(&lock, &bundle, &Key::None, None, false).await.unwrap();
    let store = Store::open(&sqlite_url(lock.path())).await.unwrap();
    kinds::check_first(&store, true, 27).await;
}
