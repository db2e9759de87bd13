//! Damage: whatever byte it strikes, the bundle is refused whole, and what is damaged is said.

use std::fs;
use std::path::Path;

use sha2::{Digest, Sha256};
use store::{BundleError, Key, Lock, check_bundle, lock_folder, restore_bundle};

use super::{bundle, identity, members, small_store};
use crate::common::{postgres, sqlite};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_byte_counts() {
    let place = sqlite();
    let store = small_store(&place, &["nurse-1", "nurse-2"]).await;
    fs::create_dir(place.folder.path().join("files")).unwrap();
    fs::write(place.folder.path().join("files/photo"), b"photo").unwrap();
    let (identity, recipients) = identity();
    // Opening the lock costs most of the time: fewer places there. Seven meets every bit of a byte in turn.
    for (key, lock, step) in [(Key::None, Lock::Plain, 1), (identity, recipients, 7)] {
        let whole = bundle(&store, &lock, place.folder.path()).await;
        check_bundle(whole.as_slice(), &key).unwrap();
        for place in (0..whole.len()).step_by(step) {
            let mut damaged = whole.clone();
            damaged[place] ^= 1 << (place % 8);
            assert!(check_bundle(damaged.as_slice(), &key).is_err(), "byte {place} of {}", whole.len());
        }
        for place in (0..whole.len()).step_by(step * 5).chain(whole.len() - 50..whole.len()) {
            assert!(check_bundle(&whole[..place], &key).is_err(), "cut after {place} of {}", whole.len());
        }
        let longer = [whole.as_slice(), b"\0"].concat();
        assert!(check_bundle(longer.as_slice(), &key).is_err());
    }
}

/// Packs members again, as one would who knows the format.
fn packed(members: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut tar = tar::Builder::new(Vec::new());
    for (name, bytes) in members {
        let mut header = tar::Header::new_ustar();
        header.set_path(name).unwrap();
        header.set_size(bytes.len() as u64);
        header.set_cksum();
        tar.append(&header, bytes.as_slice()).unwrap();
    }
    let mut packed = zstd::encode_all(tar.into_inner().unwrap().as_slice(), 1).unwrap();
    let digest = Sha256::digest(&packed);
    packed.extend([0x50, 0x2a, 0x4d, 0x18, 32, 0, 0, 0]);
    packed.extend(digest);
    packed
}

fn replaced(members: &[(String, Vec<u8>)], name: &str, from: &str, to: &str) -> Vec<u8> {
    let mut members = members.to_vec();
    let found = members.iter_mut().find(|it| it.0.starts_with(name)).unwrap();
    let text = String::from_utf8(found.1.clone()).unwrap();
    assert!(text.contains(from), "{text}");
    found.1 = text.replace(from, to).into_bytes();
    packed(&members)
}

fn refusal(bundle: &[u8]) -> String {
    check_bundle(bundle, &Key::None).unwrap_err().to_string()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_damaged_is_said() {
    let place = sqlite();
    let store = small_store(&place, &["nurse-1", "nurse-2"]).await;
    fs::create_dir(place.folder.path().join("files")).unwrap();
    fs::write(place.folder.path().join("files/photo"), b"photo").unwrap();
    let members = members(&bundle(&store, &Lock::Plain, place.folder.path()).await);
    check_bundle(packed(&members).as_slice(), &Key::None).unwrap();

    let account = replaced(&members, "tables/account/", "nurse-2", "nurse-3");
    assert!(refusal(&account).contains("tables/account/000001.ndjson"), "{}", refusal(&account));
    let photo = replaced(&members, "files/000001", "photo", "other");
    assert!(refusal(&photo).contains("files/000001"), "{}", refusal(&photo));
    for (from, to, told) in [
        ("001_first", "999_later", "newer Rempart"),
        ("\"format\": 1", "\"format\": 2", "format 2"),
        ("files/photo", "files/../photo", "path"),
        ("files/photo", "/etc/passwd", "path"),
        ("files/photo", "rempart.sqlite", "path"),
        ("files/photo", "key/x", "path"),
        ("\"rows\": 2", "\"rows\": 1", "rows"),
    ] {
        let forged = replaced(&members, "manifest.json", from, to);
        assert!(refusal(&forged).contains(told), "{to}: {}", refusal(&forged));
    }
    let without = |name: &str| {
        let left: Vec<_> = members.iter().filter(|it| !it.0.starts_with(name)).cloned().collect();
        refusal(&packed(&left))
    };
    assert!(without("manifest.json").contains("cut short"));
    assert!(without("tables/account/").contains("announces"));
    let more =
        |name: &str| refusal(&packed(&[members.as_slice(), &[(name.to_owned(), b"x".to_vec())]].concat()));
    assert!(more("tables/account/000002.ndjson").contains("that no bundle has"));
    assert!(refusal(&packed(&[("../../x".to_owned(), Vec::new())][..0])).contains("cut short"));
    assert!(refusal(b"").contains("cut short"), "{}", refusal(b""));
    assert!(refusal(b"not a bundle").contains("damaged"));
}

/// Sound in every hash, and yet not to be restored: found while restoring, nothing stands.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_only_the_database_refuses_leaves_nothing_either() {
    let place = sqlite();
    let store = small_store(&place, &["nurse-1", "nurse-2"]).await;
    let whole = bundle(&store, &Lock::Plain, place.folder.path()).await;
    let mut forgeries = Vec::new();
    for (member, from, to) in [
        ("tables/account/", "nurse-2", "nurse-1"),
        ("tables/account/", "\"active\":true", "\"active\":7"),
        ("tables/account/", "\"active\"", "\"active\\u0022--\""),
        ("manifest.json", "\"id:text\"", "\"id\\u0022:text\""),
        ("manifest.json", "\"audit_seq\": 2", "\"audit_seq\": 3"),
    ] {
        let altered = members(&replaced(&members(&whole), member, from, to));
        forgeries.push((to, rehashed(altered)));
    }
    for database in [None, postgres().await.map(|it| it.url)] {
        for (what, forged) in &forgeries {
            let (target, file) = (tempfile::tempdir().unwrap(), place.folder.path().join("forged"));
            fs::write(&file, forged).unwrap();
            check_bundle(forged.as_slice(), &Key::None).unwrap();
            let lock = lock_folder(target.path()).unwrap();
            let refused = restore_bundle(&lock, &file, &Key::None, database.as_deref(), false).await;
            assert!(matches!(refused, Err(BundleError::Damaged { .. })), "{what}: {refused:?}");
            assert_eq!(left_in(target.path()), ["lock"], "{what}");
        }
        // The database was left empty: a sound bundle still finds room.
        let (target, file) = (tempfile::tempdir().unwrap(), place.folder.path().join("sound"));
        fs::write(&file, &whole).unwrap();
        let lock = lock_folder(target.path()).unwrap();
        restore_bundle(&lock, &file, &Key::None, database.as_deref(), false).await.unwrap();
    }
}

fn left_in(folder: &Path) -> Vec<String> {
    let name = |it: std::io::Result<fs::DirEntry>| it.unwrap().file_name().to_str().unwrap().to_owned();
    fs::read_dir(folder).unwrap().map(name).collect()
}

/// The manifest names the hashes that the members have now.
fn rehashed(mut members: Vec<(String, Vec<u8>)>) -> Vec<u8> {
    let (_, text) = members.pop().unwrap();
    let mut manifest: serde_json::Value = serde_json::from_slice(&text).unwrap();
    for (entry, (_, bytes)) in manifest["members"].as_array_mut().unwrap().iter_mut().zip(&members) {
        let digest = Sha256::digest(bytes);
        entry["sha256"] = digest.iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}")).into();
        entry["size"] = bytes.len().into();
    }
    members.push(("manifest.json".to_owned(), serde_json::to_vec(&manifest).unwrap()));
    packed(&members)
}
