//! The token that a form carries to show that one of our pages made it.
//!
//! Invariant: a token is good for one session only, and cannot be made without the key.

use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine};

use crate::seal::{Key, Use};
use crate::secret::same;

/// The token of a session's forms. `session` is what the session is known by: the hash that is kept.
#[must_use]
pub fn token(key: &Key, session: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(key.mac(Use::Csrf, &[session.as_bytes()]))
}

/// Whether a token that came with a form is this session's.
#[must_use]
pub fn check(key: &Key, session: &str, sent: &str) -> bool {
    same(token(key, session).as_bytes(), sent.as_bytes())
}
