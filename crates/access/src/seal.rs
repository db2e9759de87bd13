//! The key file, and what it seals: secrets that must be read again (a code's seed, a mail password) are kept
//! encrypted, and the other keys of the house are derived from the same file.
//!
//! Invariants: the file is only its owner's, from its first byte; what was sealed for one purpose does not
//! open for another (XChaCha20-Poly1305, the purpose as associated data); the file's bytes themselves are
//! never used as a key, only what HMAC-SHA256 derives from them.

use std::fmt::{self, Debug, Formatter};
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hmac::{Hmac, Mac};
use sha2::Sha256;

use crate::secret::random;

/// Bytes of the key.
const KEY: usize = 32;
/// Bytes of a nonce: long enough to be drawn at random for every seal.
const NONCE: usize = 24;
/// How a sealed text begins; another way of sealing would begin otherwise.
const FORM: &str = "s1.";

/// The key of this installation.
#[derive(Clone)]
pub struct Key([u8; KEY]);

/// What a derived key is for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Use {
    Seal,
    Csrf,
    WardCode,
    Webhook,
}

impl Use {
    fn label(self) -> &'static [u8] {
        match self {
            Self::Seal => b"rempart seal 1",
            Self::Csrf => b"rempart csrf 1",
            Self::WardCode => b"rempart ward code 1",
            Self::Webhook => b"rempart webhook 1",
        }
    }
}

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The file cannot be read or written.
    #[error("{path}: the key file cannot be used: {source}. Check the folder's owner and free space.")]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// There is no file.
    #[error(
        "{path}: there is no key file. Put back the one from your backup: without it nothing sealed can \
         be read."
    )]
    Missing {
        /// The file.
        path: PathBuf,
    },
    /// There is a file already, and a new key would make all that it sealed unreadable.
    #[error("{path}: a key file is there already and is not replaced. Use it, or move it away.")]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// Somebody else than its owner may read it.
    #[error("{path}: others may read the key file (mode {mode:03o}). Run: chmod 600 {path}")]
    Exposed {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// It does not hold 32 bytes.
    #[error("{path}: this is not a key file: it does not hold 32 bytes. Put back the one from your backup.")]
    Damaged {
        /// The file.
        path: PathBuf,
    },
}

/// What was to be opened was not sealed by this key for this purpose, or was changed since.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error(
    "a sealed value cannot be opened: another key sealed it, or it was changed. Put back the key file \
     that goes with this data."
)]
pub struct NotOpened;

impl Debug for Key {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("Key(..)")
    }
}

impl Key {
    /// Reads the key from its file.
    ///
    /// # Errors
    ///
    /// When the file is missing, damaged, or readable by others than its owner.
    pub fn load(path: &Path) -> Result<Self, KeyError> {
        let failed = |source: io::Error| match source.kind() {
            io::ErrorKind::NotFound => KeyError::Missing { path: path.into() },
            _ => KeyError::File { path: path.into(), source },
        };
        let file = File::open(path).map_err(failed)?;
        let about = file.metadata().map_err(failed)?;
        if let Some(mode) = exposed(&about) {
            return Err(KeyError::Exposed { path: path.into(), mode });
        }
        let mut bytes = Vec::with_capacity(KEY);
        file.take(KEY as u64 + 1).read_to_end(&mut bytes).map_err(failed)?;
        <[u8; KEY]>::try_from(bytes).map(Self).map_err(|_| KeyError::Damaged { path: path.into() })
    }

    /// Makes a new key and its file, which appears whole or not at all.
    ///
    /// # Errors
    ///
    /// When there is a file already, or the folder cannot be written.
    pub fn create(path: &Path) -> Result<Self, KeyError> {
        let failed = |source: io::Error| match source.kind() {
            io::ErrorKind::AlreadyExists => KeyError::Exists { path: path.into() },
            _ => KeyError::File { path: path.into(), source },
        };
        let folder = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        let key = random::<KEY>();
        // A temporary file of this maker has mode 0600 from the start.
        let mut file = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
        file.write_all(&key).and_then(|()| file.as_file().sync_all()).map_err(failed)?;
        file.persist_noclobber(path).map_err(|error| failed(error.error))?;
        #[cfg(unix)]
        File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed)?;
        Ok(Self(key))
    }

    /// A key from bytes that the caller keeps, for tests and passing use.
    #[must_use]
    pub fn from_bytes(bytes: [u8; KEY]) -> Self {
        Self(bytes)
    }

    /// Seals a value for a purpose, such as `totp:` and the account's id: only the same purpose opens it,
    /// so that a sealed value moved to another row stays shut.
    ///
    /// # Panics
    ///
    /// When the system gives no random bytes, or for a value beyond 256 GiB.
    #[must_use]
    pub fn seal(&self, purpose: &str, plain: &[u8]) -> String {
        let nonce = random::<NONCE>();
        let payload = Payload { msg: plain, aad: purpose.as_bytes() };
        let sealed = self
            .cipher()
            .encrypt(&XNonce::from(nonce), payload)
            .expect("values are far below the cipher's bound of 256 GiB");
        let mut bytes = nonce.to_vec();
        bytes.extend(sealed);
        format!("{FORM}{}", BASE64_URL_SAFE_NO_PAD.encode(bytes))
    }

    /// Opens what [`Key::seal`] sealed for this purpose.
    ///
    /// # Errors
    ///
    /// When another key or purpose sealed it, or it was changed.
    pub fn open(&self, purpose: &str, sealed: &str) -> Result<Vec<u8>, NotOpened> {
        let text = sealed.strip_prefix(FORM).ok_or(NotOpened)?;
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).map_err(|_| NotOpened)?;
        let (nonce, sealed) = bytes.split_first_chunk::<NONCE>().ok_or(NotOpened)?;
        self.cipher()
            .decrypt(&XNonce::from(*nonce), Payload { msg: sealed, aad: purpose.as_bytes() })
            .map_err(|_| NotOpened)
    }

    /// HMAC-SHA256 of the parts, one after the other, under the derived key.
    pub(crate) fn mac(&self, purpose: Use, parts: &[&[u8]]) -> [u8; 32] {
        mac(&self.derived(purpose), parts)
    }

    fn derived(&self, purpose: Use) -> [u8; KEY] {
        mac(&self.0, &[purpose.label()])
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&self.derived(Use::Seal).into())
    }
}

/// HMAC-SHA256 of the parts, one after the other.
pub(crate) fn mac(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(key).expect("HMAC takes a key of any length");
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

#[cfg(unix)]
fn exposed(about: &std::fs::Metadata) -> Option<u32> {
    use std::os::unix::fs::PermissionsExt;
    let mode = about.permissions().mode() & 0o777;
    (mode & 0o077 != 0).then_some(mode)
}

#[cfg(not(unix))]
fn exposed(_: &std::fs::Metadata) -> Option<u32> {
    None
}
