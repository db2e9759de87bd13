//! Tests of the proofs of identity, in one binary.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on must fail")]

mod code;
mod oidc;
mod passkey;
mod password;
mod provider;
mod seal;
mod secret;
mod throttle;
mod webhook;
