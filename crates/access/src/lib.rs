//! How people, programs and wards prove who they are.
//!
//! Passwords, codes, passkeys and an identity provider for people; tokens for programs; short codes for
//! wards; the key that seals what the store keeps; and the signature by which another system knows our
//! messages.
//!
//! Invariants: nothing here reads the clock or the environment (`now` and paths come in); a secret that is
//! kept is kept as a hash or sealed, never as it was shown; secrets are compared in constant time; and
//! whatever comes from outside is refused or answered, never a reason to stop.

pub mod code;
pub mod csrf;
mod fetch;
pub mod oidc;
pub mod passkey;
pub mod password;
pub mod seal;
pub mod secret;
mod spell;
pub mod throttle;
pub mod webhook;

pub use fetch::reasons;
pub use seal::Key;
pub use secret::Fresh;
pub use throttle::Throttle;
