//! Settings that people change in the console, each a record under its name.
//!
//! Invariant: a secret in a setting is sealed under the key file; what is absent means the default written here.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use store::entity::{Role, Setting};
use store::{Change, Json, Store};

use crate::problem::{Problem, Result};

/// Whether the identity provider is trusted.
const TRUSTED: &str = "directory_trusted";

/// A kind of setting.
pub(crate) trait Kept: Serialize + DeserializeOwned {
    /// Its name.
    const NAME: &'static str;
}

/// The identity provider.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Directory {
    /// Its issuer.
    pub(crate) issuer: String,
    /// Our name there.
    pub(crate) client_id: String,
    /// Our secret there, sealed.
    pub(crate) secret: Option<String>,
    /// What the log-in page calls it.
    pub(crate) label: String,
    /// Role of whoever comes for the first time; such a person is refused where absent.
    pub(crate) role: Option<Role>,
}

/// How mail is sent.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Mail {
    /// The server.
    pub(crate) host: String,
    /// Its port.
    pub(crate) port: u16,
    /// `tls`, `starttls`, or `none` for a server on this machine.
    pub(crate) security: String,
    /// Our name there.
    pub(crate) user: Option<String>,
    /// Our password there, sealed.
    pub(crate) password: Option<String>,
    /// Whom mails come from.
    pub(crate) from: String,
}

/// Copies of the store.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Copies {
    /// Where to: a folder of the server.
    pub(crate) folder: String,
    /// How many are kept.
    pub(crate) keep: u32,
    /// Hours between two; a day, where an earlier version did not ask.
    #[serde(default = "day")]
    pub(crate) hours: u32,
}

/// A day's hours.
pub(crate) fn day() -> u32 {
    24
}

/// The language for who says none.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Language(pub(crate) String);

impl Kept for Directory {
    const NAME: &'static str = "directory";
}
impl Kept for Mail {
    const NAME: &'static str = "mail";
}
impl Kept for Copies {
    const NAME: &'static str = "copies";
}
impl Kept for Language {
    const NAME: &'static str = "language";
}

/// A setting, where somebody made it.
///
/// # Errors
/// When the store does not answer.
pub(crate) async fn read<T: Kept>(store: &Store) -> Result<Option<T>> {
    let Some(setting) = store.find::<Setting>(T::NAME).await? else { return Ok(None) };
    serde_json::from_value(setting.value.0).map(Some).map_err(|error| Problem::inside(&error))
}

/// Makes or changes a setting.
///
/// # Errors
/// When the store does not answer.
pub(crate) async fn write<T: Kept>(change: &mut Change, store: &Store, value: &T) -> Result<Setting> {
    let value = serde_json::to_value(value).map_err(|error| Problem::inside(&error))?;
    put(change, store, T::NAME, value).await
}

async fn put(change: &mut Change, store: &Store, name: &str, value: serde_json::Value) -> Result<Setting> {
    Ok(match store.find::<Setting>(name).await? {
        Some(_) => change.edit::<Setting>(name, None, |it| it.value = Json(value)).await?,
        None => change.add(Setting { id: name.to_owned(), version: 0, value: Json(value) }).await?,
    })
}

/// Whether people of the identity provider may come in.
///
/// # Errors
/// When the store does not answer.
pub(crate) async fn trusted(store: &Store) -> Result<bool> {
    let setting = store.find::<Setting>(TRUSTED).await?;
    Ok(setting.is_none_or(|it| it.value.0.as_bool() != Some(false)))
}

/// Says whether people of the identity provider may come in.
///
/// # Errors
/// When the store does not answer.
pub(crate) async fn trust(change: &mut Change, store: &Store, trusted: bool) -> Result<Setting> {
    put(change, store, TRUSTED, trusted.into()).await
}
