//! The key file and what it seals.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use access::Key;
use access::seal::{KeyError, NotOpened};

#[test]
fn a_key_file_is_made_once_and_is_its_owners() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key");
    assert!(matches!(Key::load(&path), Err(KeyError::Missing { .. })));

    let made = Key::create(&path).unwrap();
    let about = fs::metadata(&path).unwrap();
    assert_eq!((about.len(), about.permissions().mode() & 0o777), (32, 0o600));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing else is left");
    let sealed = made.seal("mail", b"open sesame");
    assert_eq!(Key::load(&path).unwrap().open("mail", &sealed).unwrap(), b"open sesame");

    let before = fs::read(&path).unwrap();
    assert!(matches!(Key::create(&path), Err(KeyError::Exists { .. })));
    assert_eq!(fs::read(&path).unwrap(), before);
    assert!(matches!(Key::create(&folder.path().join("no/key")), Err(KeyError::File { .. })));
}

#[test]
fn a_key_that_others_may_read_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key");
    Key::create(&path).unwrap();
    for (mode, refused) in [(0o600, false), (0o400, false), (0o640, true), (0o604, true), (0o620, true)] {
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        match Key::load(&path) {
            Err(error @ KeyError::Exposed { .. }) if refused => {
                assert!(error.to_string().contains(&format!("(mode {mode:o})")), "{error}");
                assert!(error.to_string().contains("chmod 600"), "{error}");
            }
            Ok(_) if !refused => {}
            other => panic!("mode {mode:o}: {other:?}"),
        }
    }
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    for length in [0, 31, 33] {
        fs::write(&path, vec![1; length]).unwrap();
        assert!(matches!(Key::load(&path), Err(KeyError::Damaged { .. })), "{length}");
    }
}

#[test]
fn what_is_sealed_opens_for_its_purpose_alone() {
    let key = Key::from_bytes([7; 32]);
    let sealed = key.seal("totp:nurse-17", b"seed");
    assert_eq!(key.open("totp:nurse-17", &sealed).unwrap(), b"seed");
    assert_eq!(key.open("totp:nurse-18", &sealed), Err(NotOpened));
    assert_eq!(Key::from_bytes([8; 32]).open("totp:nurse-17", &sealed), Err(NotOpened));
    assert_ne!(sealed, key.seal("totp:nurse-17", b"seed"), "each seal has its own nonce");
    for place in 0..sealed.len() {
        let mut changed = sealed.clone().into_bytes();
        changed[place] = if changed[place] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(changed).unwrap();
        assert_eq!(key.open("totp:nurse-17", &changed), Err(NotOpened), "{changed}");
        assert_eq!(key.open("totp:nurse-17", &sealed[..place]), Err(NotOpened));
    }
    assert_eq!(key.open("", &key.seal("", b"")).unwrap(), b"");
    assert_eq!(format!("{key:?}"), "Key(..)");
}
