//! Passwords: how they are kept, and which new ones are refused.
//!
//! Invariants: what is kept is an argon2id hash with the salt and costs inside; to refuse an unknown account
//! takes as long as to refuse a wrong password; a text of any length and content is answered, not computed
//! on without bound. Hashing takes tens of milliseconds and 19 MiB: call it off the threads that serve.

use std::hint::black_box;

use argon2::password_hash::{CustomizedPasswordHasher, PasswordVerifier, phc::PasswordHash};
use argon2::{Algorithm, Argon2, Params, Version};

use crate::secret::random;

/// Fewest letters of a new password.
pub const LEAST: usize = 12;
/// Most bytes of a password.
pub const MOST: usize = 1024;
/// Letters that must remain of a new password without the account's name in it.
const BESIDE_NAME: usize = 8;
/// Fewest different letters.
const DIFFERENT: usize = 5;
/// The costs that OWASP's Password Storage Cheat Sheet asks for: 19 MiB, two passes, one lane.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;
/// A name shorter than this is found in too many good passwords.
const NAME: usize = 4;

/// Words that guessers try first, in the languages of the house: a new password is refused when it is one of
/// them with only figures and signs around it.
const COMMON: &[&str] = &[
    "password",
    "passwordpassword",
    "passphrase",
    "motdepasse",
    "monmotdepasse",
    "motdepassemotdepasse",
    "azertyuiop",
    "azertyuiopqsdfghjklm",
    "azertyazerty",
    "qwertyuiop",
    "qwertyuiopasdfghjkl",
    "qwertyqwerty",
    "qwertzuiop",
    "abcdefgh",
    "abcdefghijkl",
    "abcdefghijklm",
    "abcdefghijklmnopqrstuvwxyz",
    "letmein",
    "letmeinplease",
    "iloveyou",
    "jetaime",
    "jetaimejetaime",
    "welcome",
    "welcomewelcome",
    "bienvenue",
    "bonjour",
    "bonjourbonjour",
    "hello",
    "helloworld",
    "changeme",
    "changemenow",
    "changezmoi",
    "achanger",
    "secret",
    "secretsecret",
    "admin",
    "adminadmin",
    "administrator",
    "administrateur",
    "superadmin",
    "root",
    "rootroot",
    "test",
    "testtest",
    "default",
    "hospital",
    "hospitalhospital",
    "hopital",
    "clinique",
    "emergency",
    "urgences",
    "rempart",
    "rempartrempart",
    "soleil",
    "sunshine",
    "doudou",
    "marseille",
    "football",
    "princess",
    "princesse",
    "dragon",
    "monkey",
    "january",
    "janvier",
    "summer",
    "winter",
    "printemps",
    "automne",
];

/// Why a new password is refused.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Refused {
    /// Fewer than [`LEAST`] letters.
    #[error("the password is too short: take at least {LEAST} letters")]
    TooShort,
    /// More than [`MOST`] bytes.
    #[error("the password is too long: take at most {MOST} bytes")]
    TooLong,
    /// Little more than the account's name.
    #[error("the password is little more than the account's name: take other words")]
    LikeName,
    /// Among the first that a guesser tries.
    #[error("the password is among the first that are guessed: take several words that do not go together")]
    Common,
}

/// Whether a person of this account may take this as a new password.
///
/// # Errors
///
/// Says why not.
pub fn check(new: &str, account: &str) -> Result<(), Refused> {
    if new.len() > MOST {
        return Err(Refused::TooLong);
    }
    if new.chars().count() < LEAST {
        return Err(Refused::TooShort);
    }
    let new = new.to_lowercase();
    let account = account.to_lowercase();
    if new == account
        || account.chars().count() >= NAME
            && new.contains(&account)
            && new.replace(&account, "").chars().count() < BESIDE_NAME
    {
        return Err(Refused::LikeName);
    }
    let mut letters: Vec<char> = new.chars().collect();
    letters.sort_unstable();
    letters.dedup();
    let stem = new.trim_matches(|letter: char| !letter.is_alphabetic());
    if letters.len() < DIFFERENT || COMMON.contains(&stem) || counts(&new) {
        return Err(Refused::Common);
    }
    Ok(())
}

/// The hash to keep: a PHC string.
///
/// # Panics
///
/// When the system gives no random bytes, or no memory.
#[must_use]
pub fn hash(password: &str) -> String {
    hash_with(password, &random()).to_string()
}

/// Whether this is the password of which this hash was kept. A hash that does not read is nobody's.
#[must_use]
pub fn verify(password: &str, hash: &str) -> bool {
    password.len() <= MOST
        && PasswordHash::new(hash)
            .is_ok_and(|hash| argon().verify_password(password.as_bytes(), &hash).is_ok())
}

/// Works as long as [`verify`] does, for an account that does not exist.
pub fn dummy_verify(password: &str) {
    if password.len() <= MOST {
        black_box(hash_with(password, b"nobody's account"));
    }
}

fn argon() -> Argon2<'static> {
    Argon2::new(Algorithm::Argon2id, Version::V0x13, costs())
}

fn costs() -> Params {
    Params::new(MEMORY_KIB, PASSES, LANES, None).expect("the costs are within argon2's bounds")
}

fn hash_with(password: &str, salt: &[u8; 16]) -> PasswordHash {
    argon()
        .hash_password_with_params(password.as_bytes(), salt, costs())
        .expect("argon2 takes any password of some gigabytes")
}

/// Whether each figure or letter follows the one before, up or down, as in 0123456789012.
fn counts(text: &str) -> bool {
    let steps = |by: u8| {
        text.as_bytes().windows(2).all(|pair| match pair {
            [b'9', b'0'] if by == 1 => true,
            [b'0', b'9'] if by == u8::MAX => true,
            [one, other] => one.wrapping_add(by) == *other,
            _ => false,
        })
    };
    steps(1) || steps(u8::MAX)
}
