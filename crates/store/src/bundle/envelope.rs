//! The skin of a bundle: encryption, compression, and a digest over every compressed byte.
//!
//! Invariant: no byte of a bundle can change, go missing or be added without the reader's saying so before
//! its end; what `age`, `zstd` and `tar` print of a bundle is the bundle.

use std::io::{self, BufReader, Read, Write};
use std::str::FromStr;

use age::secrecy::SecretString;
use age::{DecryptError, Decryptor, Encryptor, Identity, Recipient, scrypt, x25519};
use sha2::{Digest, Sha256};

use super::{BundleError, Key, Lock, hex};

/// Level of compression: quick.
const LEVEL: i32 = 3;
/// Largest window that is unpacked, as a power of two.
const WINDOW: u32 = 27;
/// A skippable frame of Zstandard (RFC 8878) with 32 bytes in it.
const FRAME: [u8; 8] = [0x50, 0x2a, 0x4d, 0x18, 32, 0, 0, 0];
const TRAILER: usize = FRAME.len() + 32;
const AGE: &[u8] = b"age-encryption.org/";

/// Where a bundle's archive is written.
pub(super) type Sealing<W> = zstd::stream::write::Encoder<'static, Digesting<Outer<W>>>;

/// Encrypted or not.
pub(super) enum Outer<W: Write> {
    Plain(W),
    Age(Box<age::stream::StreamWriter<W>>),
}

/// Hashes what goes through.
pub(super) struct Digesting<T> {
    inner: T,
    digest: Sha256,
    pub(super) bytes: u64,
}

impl<T> Digesting<T> {
    pub(super) fn new(inner: T) -> Digesting<T> {
        Digesting { inner, digest: Sha256::new(), bytes: 0 }
    }

    /// Of all that went through.
    pub(super) fn sha256(self) -> String {
        hex(&self.digest.finalize())
    }

    fn count(&mut self, bytes: &[u8]) {
        self.digest.update(bytes);
        self.bytes += bytes.len() as u64;
    }
}

impl<W: Write> Write for Digesting<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.count(bytes.get(..written).unwrap_or_default());
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

impl<R: Read> Read for Digesting<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(into)?;
        self.count(into.get(..read).unwrap_or_default());
        Ok(read)
    }
}

impl<W: Write> Write for Outer<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Outer::Plain(out) => out.write(bytes),
            Outer::Age(out) => out.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Outer::Plain(out) => out.flush(),
            Outer::Age(out) => out.flush(),
        }
    }
}

/// Locks, once, so that a wrong recipient is known before anything is written.
pub(super) fn encryptor(lock: &Lock) -> Result<Option<Encryptor>, BundleError> {
    match lock {
        Lock::Plain => Ok(None),
        Lock::Passphrase(passphrase) if passphrase.is_empty() => {
            Err(BundleError::Key("the passphrase is empty; choose a long one".to_owned()))
        }
        Lock::Passphrase(passphrase) => {
            Ok(Some(Encryptor::with_user_passphrase(SecretString::from(passphrase.clone()))))
        }
        Lock::Recipients(recipients) => {
            let wrong = |text: &str, why: &str| {
                BundleError::Key(format!("{text} is no recipient ({why}); it begins with age1"))
            };
            let parse = |text: &String| x25519::Recipient::from_str(text).map_err(|why| wrong(text, why));
            let recipients = recipients.iter().map(parse).collect::<Result<Vec<_>, _>>()?;
            let encryptor = Encryptor::with_recipients(recipients.iter().map(|it| it as &dyn Recipient));
            Ok(Some(encryptor.map_err(|error| BundleError::Key(error.to_string()))?))
        }
    }
}

/// Begins a bundle.
pub(super) fn seal<W: Write>(out: W, encryptor: Option<Encryptor>) -> io::Result<Sealing<W>> {
    let outer = match encryptor {
        None => Outer::Plain(out),
        Some(encryptor) => Outer::Age(Box::new(encryptor.wrap_output(out)?)),
    };
    let mut sealing = zstd::stream::write::Encoder::new(Digesting::new(outer), LEVEL)?;
    sealing.include_checksum(true)?;
    Ok(sealing)
}

/// Ends a bundle.
pub(super) fn close<W: Write>(sealing: Sealing<W>) -> io::Result<W> {
    let Digesting { inner: mut outer, digest, .. } = sealing.finish()?;
    outer.write_all(&FRAME)?;
    outer.write_all(&digest.finalize())?;
    let mut out = match outer {
        Outer::Plain(out) => out,
        Outer::Age(out) => out.finish()?,
    };
    out.flush()?;
    Ok(out)
}

/// What is inside of a bundle: unpacked bytes, whose end is told only when the digest is right.
pub(super) type Opened<'a> = zstd::stream::read::Decoder<'static, BufReader<Untrailed<Box<dyn Read + 'a>>>>;

/// Opens a bundle.
pub(super) fn open<'a>(reader: impl Read + 'a, key: &Key) -> Result<Opened<'a>, BundleError> {
    let unreadable = |error: io::Error| BundleError::Damaged {
        place: "its beginning".to_owned(),
        reason: error.to_string(),
    };
    let mut reader = BufReader::new(reader);
    let mut start = Vec::new();
    reader.by_ref().take(AGE.len() as u64).read_to_end(&mut start).map_err(unreadable)?;
    let encrypted = start == AGE;
    let whole = io::Cursor::new(start).chain(reader);
    let inner: Box<dyn Read + 'a> = if encrypted { Box::new(decrypt(whole, key)?) } else { Box::new(whole) };
    let untrailed = BufReader::new(Untrailed::new(inner));
    let mut opened = zstd::stream::read::Decoder::with_buffer(untrailed).map_err(unreadable)?;
    opened.window_log_max(WINDOW).map_err(unreadable)?;
    Ok(opened)
}

fn decrypt<R: Read>(reader: R, key: &Key) -> Result<age::stream::StreamReader<R>, BundleError> {
    let decryptor = Decryptor::new(reader).map_err(refused)?;
    let passphrase = decryptor.is_scrypt();
    let identities: Vec<Box<dyn Identity>> = match key {
        Key::Passphrase(text) if passphrase => {
            vec![Box::new(scrypt::Identity::new(SecretString::from(text.clone())))]
        }
        Key::Identity(text) if !passphrase => identities(text)?,
        _ if passphrase => {
            let how = "the bundle opens with a passphrase: give --passphrase-file or REMPART_PASSPHRASE";
            return Err(BundleError::Key(how.to_owned()));
        }
        _ => {
            let how = "the bundle opens with the identity of one of its recipients: give --identity";
            return Err(BundleError::Key(how.to_owned()));
        }
    };
    decryptor.decrypt(identities.iter().map(|it| &**it as &dyn Identity)).map_err(refused)
}

/// The identities of an `age` identity file.
fn identities(text: &str) -> Result<Vec<Box<dyn Identity>>, BundleError> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let parse = |line: &str| match x25519::Identity::from_str(line) {
        Ok(identity) => Ok(Box::new(identity) as Box<dyn Identity>),
        Err(why) => Err(BundleError::Key(format!(
            "the identity file is not one ({why}); each line begins with AGE-SECRET-KEY-1"
        ))),
    };
    lines.map(parse).collect()
}

fn refused(error: DecryptError) -> BundleError {
    match error {
        DecryptError::NoMatchingKeys | DecryptError::KeyDecryptionFailed | DecryptError::DecryptionFailed => {
            let what = "the bundle does not open with this passphrase or identity, or its header is damaged";
            BundleError::Key(what.to_owned())
        }
        DecryptError::ExcessiveWork { .. } => {
            BundleError::Key("the bundle's passphrase asks for more work than this machine can do".to_owned())
        }
        error => BundleError::Damaged {
            place: "the header of the encryption".to_owned(),
            reason: error.to_string(),
        },
    }
}

/// Hands out all but the trailer, and fails at the end where that does not fit.
pub(super) struct Untrailed<R> {
    inner: R,
    /// Read, not yet handed out; the last [`TRAILER`] of them may be the trailer.
    held: Vec<u8>,
    digest: Sha256,
    ended: bool,
}

impl<R: Read> Untrailed<R> {
    fn new(inner: R) -> Untrailed<R> {
        Untrailed { inner, held: Vec::new(), digest: Sha256::new(), ended: false }
    }

    fn check(&mut self) -> io::Result<usize> {
        let wrong = |why: &str| Err(io::Error::new(io::ErrorKind::InvalidData, why));
        let Some(digest) = self.held.strip_prefix(&FRAME).filter(|digest| digest.len() == 32) else {
            return wrong("it is cut short");
        };
        let expected = self.digest.clone().finalize();
        if digest == &expected[..] { Ok(0) } else { wrong("its bytes do not have the SHA-256 at its end") }
    }
}

impl<R: Read> Read for Untrailed<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let mut more = [0; 16 << 10];
        while !self.ended && self.held.len() <= TRAILER {
            match self.inner.read(&mut more) {
                Ok(0) => self.ended = true,
                Ok(read) => self.held.extend_from_slice(more.get(..read).unwrap_or_default()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        let ready = self.held.len().saturating_sub(TRAILER).min(into.len());
        if ready == 0 {
            return if into.is_empty() { Ok(0) } else { self.check() };
        }
        for (to, from) in into.iter_mut().zip(self.held.drain(..ready)) {
            *to = from;
        }
        self.digest.update(into.get(..ready).unwrap_or_default());
        Ok(ready)
    }
}
