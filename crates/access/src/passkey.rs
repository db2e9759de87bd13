//! Passkeys (WebAuthn): a person proves who they are with what their device or security key holds, after the
//! device has made sure of them by a finger, a face or a PIN. One passkey is two proofs.
//!
//! Registration and log-in take two requests each. The first gives `options` for the browser and a `state`,
//! text to be kept sealed until the second; the state is used up by it. All goes in and out as JSON text, in
//! the shapes of the browser's own `toJSON` and `parse…FromJSON`.
//!
//! Invariants: passkeys belong to a host name, never to an address made of numbers; a state is good for five
//! minutes and for its own kind of request; a device that does not verify its user is refused.

use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine};
use jiff::{SignedDuration, Timestamp};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use webauthn_rs::prelude::{
    Passkey, PasskeyAuthentication, PasskeyRegistration, PublicKeyCredential, RegisterPublicKeyCredential,
    Url, Uuid, WebauthnError,
};
use webauthn_rs::{Webauthn, WebauthnBuilder};

/// How long a person may take with the device.
const PATIENCE: SignedDuration = SignedDuration::from_mins(5);
/// Most bytes of a browser's answer.
const MOST: usize = 64 * 1024;

/// The site that passkeys are made for.
#[derive(Clone, Debug)]
pub struct Site(Webauthn);

/// The first half of a registration or log-in.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Asked {
    /// JSON for the browser: `{"publicKey": …}`.
    pub options: String,
    /// JSON to keep, sealed, for the second half.
    pub state: String,
}

/// A passkey to keep with its account.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Kept {
    /// Its id, as the browser spells it.
    pub id: String,
    /// Its public key and counter, as JSON.
    pub text: String,
}

/// Why there is no passkey, or why it does not prove anything.
#[derive(Debug, thiserror::Error)]
pub enum PasskeyError {
    /// This site cannot have passkeys.
    #[error(
        "passkeys cannot be used at {origin}: {why}. Give the console a host name with a certificate, \
         or log in with a password and a code."
    )]
    Site {
        /// Where.
        origin: String,
        /// Why.
        why: &'static str,
    },
    /// The account has none.
    #[error("this account has no passkey. Log in in another way and add one.")]
    NoPasskey,
    /// A passkey as kept cannot be read.
    #[error("a kept passkey cannot be read. Remove it and add it again.")]
    Damaged,
    /// What the browser sent is no answer.
    #[error("the browser's answer cannot be read. Try again with an up-to-date browser.")]
    Malformed,
    /// The answer comes too late, or to another question.
    #[error("this was begun too long ago or in another window. Begin again.")]
    Stale,
    /// The passkey's counter went back: somebody may have copied it.
    #[error("this passkey may have been copied. Remove it, and look for where it was used.")]
    Copied,
    /// The answer proves nothing.
    #[error("the passkey is not accepted: {why}. Try again, or log in in another way.")]
    NotProven {
        /// Why.
        why: String,
    },
}

#[derive(Deserialize, Serialize)]
struct State<S> {
    since: Timestamp,
    state: S,
}

impl Site {
    /// The site with this host name as its id, whose pages come from this origin: `https://` and a name under
    /// the id, or `http://localhost` with any port.
    ///
    /// # Errors
    ///
    /// When browsers would refuse passkeys there.
    pub fn new(id: &str, origin: &str, name: &str) -> Result<Self, PasskeyError> {
        let refused = |why| PasskeyError::Site { origin: origin.to_owned(), why };
        let url = Url::parse(origin).map_err(|_| refused("it is not an address"))?;
        let Some(host) = url.domain() else {
            return Err(refused("it is an address made of numbers, and passkeys belong to host names"));
        };
        if url.scheme() != "https" && !(url.scheme() == "http" && host == "localhost") {
            return Err(refused("it does not begin with https://"));
        }
        if id != "localhost" && !id.contains('.') {
            return Err(refused("the site's id is neither a full host name nor localhost"));
        }
        let other = |_| refused("the site's id is neither its host name nor the end of it");
        let site = WebauthnBuilder::new(id, &url).map_err(other)?.rp_name(name).build().map_err(other)?;
        Ok(Self(site))
    }

    /// Begins to add a passkey to an account, known by its id for ever, beside those it has.
    ///
    /// # Errors
    ///
    /// When a kept passkey cannot be read, or the account has no name.
    pub fn start_registration(
        &self,
        account: [u8; 16],
        name: &str,
        kept: &[&str],
        now: Timestamp,
    ) -> Result<Asked, PasskeyError> {
        let known = passkeys(kept)?.iter().map(|passkey| passkey.cred_id().clone()).collect();
        let (options, state) = self
            .0
            .start_passkey_registration(Uuid::from_bytes(account), name, name, Some(known))
            .map_err(not_proven)?;
        asked(&options, state, now)
    }

    /// The passkey that the browser made.
    ///
    /// # Errors
    ///
    /// When the answer is late, not an answer, or not that of a device which verifies its user.
    pub fn finish_registration(
        &self,
        state: &str,
        answer: &str,
        now: Timestamp,
    ) -> Result<Kept, PasskeyError> {
        let state: PasskeyRegistration = unstate(state, now)?;
        let answer: RegisterPublicKeyCredential = read(answer)?;
        keep(&self.0.finish_passkey_registration(&answer, &state).map_err(not_proven)?)
    }

    /// Begins a log-in with any of the account's passkeys.
    ///
    /// # Errors
    ///
    /// When it has none, or a kept one cannot be read.
    pub fn start_authentication(&self, kept: &[&str], now: Timestamp) -> Result<Asked, PasskeyError> {
        let known = passkeys(kept)?;
        if known.is_empty() {
            return Err(PasskeyError::NoPasskey);
        }
        let (options, state) = self.0.start_passkey_authentication(&known).map_err(not_proven)?;
        asked(&options, state, now)
    }

    /// Which of the account's passkeys was used, and as it is to be kept from now on: its counter moves.
    ///
    /// # Errors
    ///
    /// When the answer is late, not an answer, not signed by one of these, or signed by a copy.
    pub fn finish_authentication(
        &self,
        state: &str,
        answer: &str,
        kept: &[&str],
        now: Timestamp,
    ) -> Result<Kept, PasskeyError> {
        let state: PasskeyAuthentication = unstate(state, now)?;
        let answer: PublicKeyCredential = read(answer)?;
        let used = self.0.finish_passkey_authentication(&answer, &state).map_err(not_proven)?;
        for mut passkey in passkeys(kept)? {
            if passkey.update_credential(&used).is_some() {
                return keep(&passkey);
            }
        }
        Err(PasskeyError::NoPasskey)
    }
}

fn asked<S: Serialize>(options: &impl Serialize, state: S, now: Timestamp) -> Result<Asked, PasskeyError> {
    Ok(Asked { options: write(options)?, state: write(&State { since: now, state })? })
}

fn unstate<S: DeserializeOwned>(text: &str, now: Timestamp) -> Result<S, PasskeyError> {
    let kept: State<S> = serde_json::from_str(text).map_err(|_| PasskeyError::Stale)?;
    let age = now.duration_since(kept.since);
    if age > PATIENCE || age < -PATIENCE { Err(PasskeyError::Stale) } else { Ok(kept.state) }
}

fn read<A: DeserializeOwned>(answer: &str) -> Result<A, PasskeyError> {
    if answer.len() > MOST {
        return Err(PasskeyError::Malformed);
    }
    serde_json::from_str(answer).map_err(|_| PasskeyError::Malformed)
}

fn passkeys(kept: &[&str]) -> Result<Vec<Passkey>, PasskeyError> {
    kept.iter().map(|text| serde_json::from_str(text).map_err(|_| PasskeyError::Damaged)).collect()
}

fn keep(passkey: &Passkey) -> Result<Kept, PasskeyError> {
    let id = BASE64_URL_SAFE_NO_PAD.encode(passkey.cred_id());
    Ok(Kept { id, text: write(passkey)? })
}

fn write(value: &impl Serialize) -> Result<String, PasskeyError> {
    serde_json::to_string(value).map_err(|error| PasskeyError::NotProven { why: error.to_string() })
}

fn not_proven(error: WebauthnError) -> PasskeyError {
    match error {
        WebauthnError::CredentialPossibleCompromise => PasskeyError::Copied,
        other => PasskeyError::NotProven { why: other.to_string() },
    }
}
