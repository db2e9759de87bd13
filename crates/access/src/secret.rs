//! Secrets that machines carry: tokens of programs, sessions, links for one use; and short codes of wards.
//!
//! Invariant: a secret is shown once, when it is made; what is kept afterwards is its hash, from which it
//! cannot be found. A ward's code is short enough to be tried in full, so its hash needs the key as well.

use std::fmt::{self, Debug, Formatter};
use std::hint::black_box;

use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine};
use sha2::{Digest, Sha256};

use crate::seal::{Key, Use};
use crate::spell;

/// How a program's token begins, so that a leaked one is recognised for what it is.
const TOKEN: &str = "rmp_";
/// Bytes of a secret: 256 bits.
const BYTES: usize = 32;
/// Letters of those bytes in base 64.
const LETTERS: usize = 43;
/// Signs of a ward's code.
const WARD_SIGNS: usize = 8;

/// A secret just made.
#[derive(Clone, Eq, PartialEq)]
pub struct Fresh {
    /// What its holder gets, once.
    pub text: String,
    /// What is kept: 64 hexadecimal digits.
    pub hash: String,
}

impl Debug for Fresh {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fresh").field("hash", &self.hash).finish_non_exhaustive()
    }
}

/// A new token for a program: `rmp_` and 43 letters.
#[must_use]
pub fn token() -> Fresh {
    fresh(TOKEN)
}

/// A new secret for a session's cookie.
#[must_use]
pub fn session() -> Fresh {
    fresh("")
}

/// A new secret for a link that works once.
#[must_use]
pub fn link() -> Fresh {
    fresh("")
}

/// The hash of a token as a program sent it; nothing when it is none of ours, which spares a look-up.
#[must_use]
pub fn token_hash(sent: &str) -> Option<String> {
    hash_after(TOKEN, sent)
}

/// The hash of a session's or a link's secret as it came back; nothing when it has not the shape of one.
#[must_use]
pub fn hash(sent: &str) -> Option<String> {
    hash_after("", sent)
}

/// A new code for a ward, such as `7K2M-Q0XD`.
#[must_use]
pub fn ward_code(key: &Key) -> Fresh {
    let text = spell::spell(&random::<WARD_SIGNS>());
    let bare = text.replace('-', "");
    Fresh { hash: keyed(key, &bare), text }
}

/// The hash of a ward's code as somebody typed it; nothing when it cannot be one.
#[must_use]
pub fn ward_hash(key: &Key, typed: &str) -> Option<String> {
    spell::read(typed, WARD_SIGNS).map(|bare| keyed(key, &bare))
}

/// Whether two byte strings are the same; the time taken tells only whether their lengths are.
#[must_use]
pub fn same(one: &[u8], other: &[u8]) -> bool {
    one.len() == other.len()
        && one.iter().zip(other).fold(0, |differ, (a, b)| black_box(differ | (a ^ b))) == 0
}

/// Bytes that nobody can guess.
///
/// # Panics
///
/// When the operating system gives no random bytes: nothing may go on without them.
pub(crate) fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
    bytes
}

/// SHA-256 in hexadecimal.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn fresh(prefix: &str) -> Fresh {
    let text = format!("{prefix}{}", BASE64_URL_SAFE_NO_PAD.encode(random::<BYTES>()));
    Fresh { hash: sha256(text.as_bytes()), text }
}

fn hash_after(prefix: &str, sent: &str) -> Option<String> {
    let letters = sent.strip_prefix(prefix)?;
    let ours = letters.len() == LETTERS
        && letters.bytes().all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, b'-' | b'_'));
    ours.then(|| sha256(sent.as_bytes()))
}

fn keyed(key: &Key, bare: &str) -> String {
    hex(&key.mac(Use::WardCode, &[bare.as_bytes()]))
}
