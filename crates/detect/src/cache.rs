//! Rules as they were compiled in an earlier run, so that a start need not read them anew.
//!
//! One file holds one set of rules; it is named by the SHA-256 of the build and of every rule file's path and bytes,
//! and begins with the HMAC-SHA256 of that name and of its content under a random key that lies beside it.
//!
//! Invariant: nothing is used but what this user wrote under this key, for these rules and this build. Anything else
//! is as if it were not there, and losing all of it costs time alone.

use std::fs::{self, DirBuilder, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

use crate::fingerprint::Fingerprint;

/// Largest set of rules kept, in bytes.
const BYTES_MAX: u64 = 256 << 20;
/// Sets of rules kept; the oldest go first.
const SETS_MAX: usize = 8;
/// The file that holds the key.
const KEY: &str = "key";
/// How the names of the others end.
const ENDING: &str = "rules";
/// Bytes of the key: one block of SHA-256.
const KEY_BYTES: usize = 64;
/// Bytes of what it makes.
const SUM: usize = 32;

/// A folder of compiled rules.
#[derive(Clone, Debug)]
pub struct Cache {
    folder: PathBuf,
    build: &'static str,
}

impl Cache {
    /// In that folder, which is made when something is first kept.
    #[must_use]
    pub fn new(folder: PathBuf) -> Cache {
        let build = concat!(env!("CARGO_PKG_VERSION"), " ", env!("DETECT_BUILD"));
        Cache { folder, build }
    }

    /// The name of a set of rules: of each file, its path and the fingerprint of its bytes.
    pub(crate) fn name<'a>(&self, files: impl Iterator<Item = (&'a str, Fingerprint)>) -> Fingerprint {
        let mut whole = Sha256::new_with_prefix(self.build);
        for (path, file) in files {
            whole.update((path.len() as u64).to_le_bytes());
            whole.update(path);
            whole.update(file);
        }
        whole.finalize().into()
    }

    /// What was kept under that name.
    pub(crate) fn get(&self, name: &Fingerprint) -> Option<Vec<u8>> {
        let key = self.key()?;
        let mut bytes = read(&self.path(name), BYTES_MAX + SUM as u64, 0o022)?;
        let (sum, content) = bytes.split_at_checked(SUM)?;
        sum_of(&key, name, content).verify_slice(sum).ok()?;
        bytes.drain(..SUM);
        Some(bytes)
    }

    /// Keeps something under that name, where that can be done.
    pub(crate) fn put(&self, name: &Fingerprint, content: &[u8]) {
        // Whoever cannot write here starts as slowly the next time, and nothing else.
        let _ = self.try_put(name, content);
    }

    fn try_put(&self, name: &Fingerprint, content: &[u8]) -> io::Result<()> {
        if content.len() as u64 > BYTES_MAX {
            return Ok(());
        }
        make(&self.folder)?;
        if !is_ours(&fs::metadata(&self.folder)?, 0o022) {
            return Ok(());
        }
        let key = match self.key() {
            Some(key) => key,
            None => {
                let mut key = [0; KEY_BYTES];
                getrandom::fill(&mut key).map_err(io::Error::other)?;
                self.write(&self.folder.join(KEY), &[&key])?;
                key
            }
        };
        self.make_room()?;
        self.write(&self.path(name), &[&sum_of(&key, name, content).finalize().into_bytes(), content])
    }

    fn key(&self) -> Option<[u8; KEY_BYTES]> {
        if !is_ours(&fs::metadata(&self.folder).ok()?, 0o022) {
            return None;
        }
        read(&self.folder.join(KEY), KEY_BYTES as u64, 0o077)?.try_into().ok()
    }

    fn path(&self, name: &Fingerprint) -> PathBuf {
        let name: String = name.iter().map(|byte| format!("{byte:02x}")).collect();
        self.folder.join(name).with_extension(ENDING)
    }

    /// Writes beside, for this user alone, then renames.
    fn write(&self, path: &Path, parts: &[&[u8]]) -> io::Result<()> {
        let mut file = tempfile::NamedTempFile::new_in(&self.folder)?;
        parts.iter().try_for_each(|part| file.write_all(part))?;
        file.persist(path)?;
        Ok(())
    }

    /// Removes the oldest sets, so that one more may come.
    fn make_room(&self) -> io::Result<()> {
        let mut kept = Vec::new();
        for entry in fs::read_dir(&self.folder)? {
            let path = entry?.path();
            if path.extension().is_some_and(|it| it == ENDING) {
                kept.push((fs::symlink_metadata(&path)?.modified()?, path));
            }
        }
        kept.sort();
        let surplus = (kept.len() + 1).saturating_sub(SETS_MAX);
        kept[..surplus].iter().try_for_each(|(_, path)| fs::remove_file(path))
    }
}

fn sum_of(key: &[u8; KEY_BYTES], name: &Fingerprint, content: &[u8]) -> Hmac<Sha256> {
    let mut sum = Hmac::<Sha256>::new(key.into());
    sum.update(name);
    sum.update(content);
    sum
}

/// A regular file of this user, of at most so many bytes, whose mode has none of those bits; no link is followed.
fn read(path: &Path, most: u64, bits: u32) -> Option<Vec<u8>> {
    if !fs::symlink_metadata(path).ok()?.is_file() {
        return None;
    }
    let file = File::open(path).ok()?;
    let about = file.metadata().ok()?;
    if !about.is_file() || about.len() > most || !is_ours(&about, bits) {
        return None;
    }
    let mut bytes = Vec::with_capacity(usize::try_from(about.len()).ok()?);
    file.take(most).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

#[cfg(unix)]
fn is_ours(about: &fs::Metadata, bits: u32) -> bool {
    use std::os::unix::fs::MetadataExt;
    about.uid() == rustix::process::geteuid().as_raw() && about.mode() & bits == 0
}

#[cfg(not(unix))]
fn is_ours(_: &fs::Metadata, _: u32) -> bool {
    true
}

fn make(folder: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAME: Fingerprint = [7; 32];

    fn kept() -> (tempfile::TempDir, Cache, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::new(folder.path().join("a/b"));
        assert_eq!(cache.get(&NAME), None);
        cache.put(&NAME, b"some rules");
        assert_eq!(cache.get(&NAME).as_deref(), Some(&b"some rules"[..]));
        let path = cache.path(&NAME);
        (folder, cache, path)
    }

    #[test]
    fn what_is_damaged_anywhere_is_ignored_and_made_anew() {
        let (_folder, cache, path) = kept();
        let whole = fs::read(&path).unwrap();
        for at in 0..whole.len() {
            for bit in [1, 0x80] {
                let mut bytes = whole.clone();
                bytes[at] ^= bit;
                fs::write(&path, bytes).unwrap();
                assert_eq!(cache.get(&NAME), None, "byte {at}");
            }
            fs::write(&path, &whole[..at]).unwrap();
            assert_eq!(cache.get(&NAME), None, "cut at {at}");
        }
        fs::write(&path, [&whole[..], b" "].concat()).unwrap();
        assert_eq!(cache.get(&NAME), None);
        cache.put(&NAME, b"other rules");
        assert_eq!(cache.get(&NAME).as_deref(), Some(&b"other rules"[..]));
    }

    #[test]
    fn another_key_and_another_name_open_nothing() {
        let (_folder, cache, path) = kept();
        let other = [8; 32];
        fs::copy(&path, cache.path(&other)).unwrap();
        assert_eq!(cache.get(&other), None);
        let key = cache.folder.join(KEY);
        for bytes in [&[0; 64][..], &[0; 63], &[0; 65], b""] {
            fs::write(&key, bytes).unwrap();
            assert_eq!(cache.get(&NAME), None);
        }
        fs::remove_file(&key).unwrap();
        assert_eq!(cache.get(&NAME), None);
        cache.put(&NAME, b"again");
        assert_eq!(cache.get(&NAME).as_deref(), Some(&b"again"[..]));
    }

    #[test]
    fn another_build_gives_another_name() {
        let (_folder, cache, _) = kept();
        let name = |cache: &Cache, files: &[(&'static str, u8)]| {
            cache.name(files.iter().map(|(path, byte)| (*path, [*byte; 32])))
        };
        let own = name(&cache, &[("a", 1), ("b", 2)]);
        let other = Cache { build: "another", ..cache.clone() };
        let all = [
            name(&other, &[("a", 1), ("b", 2)]),
            name(&cache, &[("a", 1), ("b", 3)]),
            name(&cache, &[("a", 1), ("c", 2)]),
            name(&cache, &[("b", 2), ("a", 1)]),
            name(&cache, &[("a", 1)]),
        ];
        assert!(!all.contains(&own));
    }

    #[cfg(unix)]
    #[test]
    fn what_others_may_write_is_ignored() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let (_folder, cache, path) = kept();
        let mode = |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
        let is = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        let key = cache.folder.join(KEY);
        assert_eq!((is(&cache.folder), is(&key), is(&path)), (0o700, 0o600, 0o600));
        for (what, wrong, right) in [
            (&path, vec![0o620, 0o602], 0o600),
            (&key, vec![0o620, 0o602, 0o640, 0o604], 0o600),
            (&cache.folder, vec![0o770, 0o707], 0o700),
        ] {
            for wrong in wrong {
                mode(what, wrong);
                assert_eq!(cache.get(&NAME), None, "{} {wrong:o}", what.display());
            }
            mode(what, right);
            assert!(cache.get(&NAME).is_some());
        }
        mode(&cache.folder, 0o777);
        cache.put(&[9; 32], b"not written");
        assert!(!cache.path(&[9; 32]).exists());
        mode(&cache.folder, 0o700);
        fs::rename(&path, cache.folder.join("elsewhere")).unwrap();
        symlink(cache.folder.join("elsewhere"), &path).unwrap();
        assert_eq!(cache.get(&NAME), None);
    }

    #[test]
    fn no_more_sets_are_kept_than_are_stated() {
        let (_folder, cache, _) = kept();
        for number in 0..20 {
            cache.put(&[number; 32], b"rules");
            assert!(cache.get(&[number; 32]).is_some());
        }
        assert_eq!(fs::read_dir(&cache.folder).unwrap().count(), SETS_MAX + 1);
    }
}
