//! The second proof at log-in: a code from a telephone that changes every half minute (TOTP, RFC 6238),
//! and ten printed codes for the day when the telephone is away.
//!
//! Invariants: a code is taken once, since the step it was taken for must be kept and comes back as
//! `last_step`; a printed code has eighty random bits, so that its plain hash tells nothing.

use std::fmt::{self, Debug, Formatter};

use jiff::Timestamp;
use totp_rs::{Builder, Totp};

use crate::secret::{Fresh, random, same, sha256};
use crate::spell;

/// Bytes of a seed, as RFC 4226 recommends.
const SEED: usize = 20;
/// Seconds of a step.
const STEP: u64 = 30;
/// Steps before and after the present one whose code is taken.
const SKEW: u64 = 1;
/// Digits of a code.
const DIGITS: usize = 6;
/// Codes printed at a time.
const PRINTED: usize = 10;
/// Signs of a printed code.
const PRINTED_SIGNS: usize = 16;

/// What an account and its telephone share. Keep it sealed.
#[derive(Clone, Eq, PartialEq)]
pub struct Seed([u8; SEED]);

impl Debug for Seed {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("Seed(..)")
    }
}

impl Seed {
    /// A new one.
    #[must_use]
    pub fn new() -> Self {
        Self(random())
    }

    /// The seed of these bytes, as they were sealed; nothing when they are none.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// The bytes to seal.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The seed in base 32, for a person who types it into the telephone.
    #[must_use]
    pub fn text(&self) -> String {
        self.totp().secret().to_base32()
    }

    /// The `otpauth:` address that the telephone reads from a picture.
    #[must_use]
    pub fn uri(&self, issuer: &str, account: &str) -> String {
        let issuer = percent(issuer);
        format!(
            "otpauth://totp/{issuer}:{}?secret={}&issuer={issuer}\
             &algorithm=SHA1&digits={DIGITS}&period={STEP}",
            percent(account),
            self.text()
        )
    }

    /// The step whose code this is, for the present step and its two neighbours, or nothing. A step that is
    /// not after `last_step` was used up: its code is not taken again. Keep the answer as the next
    /// `last_step` before letting the person in, in one statement that fails when it is no longer greater.
    #[must_use]
    pub fn check(&self, typed: &str, now: Timestamp, last_step: Option<u64>) -> Option<u64> {
        let typed = digits(typed)?;
        let present = u64::try_from(now.as_second()).ok()? / STEP;
        let totp = self.totp();
        (present.saturating_sub(SKEW)..=present + SKEW)
            .filter(|step| last_step.is_none_or(|last| *step > last))
            .rfind(|step| same(totp.generate(step * STEP).to_string().as_bytes(), typed.as_bytes()))
    }

    fn totp(&self) -> Totp {
        Builder::new()
            .with_secret(self.0)
            .with_step_duration(STEP)
            .build()
            .expect("twenty bytes and six digits are what the standard asks for")
    }
}

impl Default for Seed {
    fn default() -> Self {
        Self::new()
    }
}

/// Ten new printed codes such as `7K2M-Q0XD-1ANB-44ZT`, and their hashes to keep.
#[must_use]
pub fn printed() -> Vec<Fresh> {
    (0..PRINTED)
        .map(|_| {
            let text = spell::spell(&random::<PRINTED_SIGNS>());
            Fresh { hash: sha256(text.replace('-', "").as_bytes()), text }
        })
        .collect()
}

/// Which of the kept hashes is that of the code typed; the caller strikes it out.
#[must_use]
pub fn find_printed<H: AsRef<str>>(typed: &str, hashes: &[H]) -> Option<usize> {
    let hash = sha256(spell::read(typed, PRINTED_SIGNS)?.as_bytes());
    hashes.iter().position(|kept| same(kept.as_ref().as_bytes(), hash.as_bytes()))
}

/// The six digits of a code, typed with or without spaces.
fn digits(typed: &str) -> Option<String> {
    if typed.len() > 4 * DIGITS {
        return None;
    }
    let digits: String = typed.chars().filter(|letter| !letter.is_whitespace()).collect();
    (digits.len() == DIGITS && digits.bytes().all(|digit| digit.is_ascii_digit())).then_some(digits)
}

/// Everything but RFC 3986's unreserved letters as `%XX`.
fn percent(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
        out
    })
}
