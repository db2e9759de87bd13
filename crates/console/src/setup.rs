//! First start, and what the command line does to accounts while the server runs.
//!
//! Invariant: a secret is shown once; the set-up link lies in a file that only the server's account reads, and
//! goes when it is used.

use std::path::{Path, PathBuf};

use access::Fresh;
use axum_server::tls_rustls::RustlsConfig;
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};
use store::entity::{Account, Grant, Link, LinkKind, Origin, Role, Token};
use store::{Actor, Change, Instant, List, Store, new_id};

use crate::app::{App, Tls};
use crate::room::demonstration;
use crate::serve::{ServeError, has_people, open_store};

/// A set-up link works for this long, in hours.
const SETUP_HOURS: i64 = 24 * 7;
/// A reset link works for this long, in hours.
pub(crate) const RESET_HOURS: i64 = 24;

/// What to print on first start: the set-up link, or the demonstration's.
pub(crate) async fn first_start(app: &App) -> Result<Vec<String>, ServeError> {
    if app.config.demonstration.is_some() {
        let link = demonstration::prepare(app).await.map_err(|it| ServeError::Other(it.english()))?;
        return Ok(vec![format!("sign in: {}{link}", app.url)]);
    }
    let file = setup_file(&app.config.data);
    if has_people(app).await? {
        return Ok(Vec::new());
    }
    for old in app
        .store
        .all::<Link>()
        .await?
        .into_iter()
        .filter(|it| it.kind == LinkKind::Setup && it.used_at.is_none())
    {
        let mut change = app.store.begin(&Actor::machine()).await?;
        change.remove::<Link>(&old.id).await?;
        change.commit().await?;
    }
    let fresh = access::secret::link();
    let mut change = app.store.begin(&Actor::machine()).await?;
    add_link(&mut change, &fresh, LinkKind::Setup, None, SETUP_HOURS).await?;
    change.commit().await?;
    let url = format!("{}/setup/{}", app.url, fresh.text);
    write_private(&file, &format!("{url}\n"))
        .map_err(|error| ServeError::Data { path: file.display().to_string(), reason: error.to_string() })?;
    Ok(vec![format!("setup: {url}")])
}

/// Where the set-up link lies until it is used.
#[must_use]
pub fn setup_file(data: &Path) -> PathBuf {
    data.join("setup-url")
}

pub(crate) async fn add_link(
    change: &mut Change,
    fresh: &Fresh,
    kind: LinkKind,
    account: Option<String>,
    hours: i64,
) -> store::Result<Link> {
    let until = Timestamp::now().checked_add(SignedDuration::from_hours(hours)).unwrap_or(Timestamp::MAX);
    let link = Link {
        id: new_id(),
        version: 0,
        hash: fresh.hash.clone(),
        kind,
        account,
        until: Instant::from(until),
        used_at: None,
    };
    change.add(link).await
}

fn write_private(path: &Path, text: &str) -> std::io::Result<()> {
    use std::io::Write as _;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)?.write_all(text.as_bytes())
}

/// The certificate to serve with, and the fingerprint of one of our own, which is made and kept in `data`.
///
/// # Errors
/// When it cannot be read or made.
pub async fn certificate(
    data: &Path,
    tls: &Tls,
    names: &[String],
) -> Result<(Option<RustlsConfig>, Option<String>), ServeError> {
    let wrong = |error: &dyn std::fmt::Display| ServeError::Certificate(error.to_string());
    // A second call finds the provider installed already: no harm.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let (certificate, key) = match tls {
        Tls::Plain { .. } => return Ok((None, None)),
        Tls::Files { certificate, key } => (certificate.clone(), key.clone()),
        Tls::SelfSigned => (data.join("certificate.pem"), data.join("certificate-key.pem")),
    };
    let own = matches!(tls, Tls::SelfSigned);
    if own && !(certificate.is_file() && key.is_file()) {
        let made = rcgen::generate_simple_self_signed(names).map_err(|error| wrong(&error))?;
        write_private(&key, &made.signing_key.serialize_pem()).map_err(|error| wrong(&error))?;
        write_private(&certificate, &made.cert.pem()).map_err(|error| wrong(&error))?;
    }
    let tls = RustlsConfig::from_pem_file(&certificate, &key).await.map_err(|error| wrong(&error))?;
    let fingerprint =
        if own { Some(fingerprint(&certificate).map_err(|error| wrong(&error))?) } else { None };
    Ok((Some(tls), fingerprint))
}

/// SHA-256 of a certificate's bytes, as browsers show it.
fn fingerprint(certificate: &Path) -> std::io::Result<String> {
    use base64::Engine as _;
    let text = std::fs::read_to_string(certificate)?;
    let inner: String = text.lines().filter(|line| !line.starts_with("-----")).collect();
    let bytes = base64::engine::general_purpose::STANDARD.decode(inner).map_err(std::io::Error::other)?;
    let pairs: Vec<String> = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02X}")).collect();
    Ok(pairs.join(":"))
}

/// Accounts of a data folder, changed on the server itself; works while the console serves.
pub struct Accounts {
    store: Store,
}

/// Why an account could not be changed.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// Its name cannot be used.
    #[error("{0} cannot be a name: take 2 to 64 letters, digits, points or dashes, as in nurse-17")]
    Name(String),
    /// The password cannot be used.
    #[error("{0}")]
    Password(#[from] access::password::Refused),
    /// No such account.
    #[error("there is no account {0}; see the page People")]
    Unknown(String),
    /// No such role.
    #[error(
        "{0} is no role; take one of: viewer contributor responder incident-commander director site-administrator auditor"
    )]
    Role(String),
    /// No such scope.
    #[error("{0} is no scope; take one of: read write intake admin")]
    Scope(String),
    /// A token must end.
    #[error("{0} is no term for a token; write it as 90d")]
    Term(String),
    /// The store.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// The folder.
    #[error(transparent)]
    Open(#[from] ServeError),
}

/// Names of accounts: lower case, short, typed in the dark.
#[must_use]
pub fn is_name(name: &str) -> bool {
    (2..=64).contains(&name.len())
        && name.chars().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || ".-_@".contains(it))
}

impl Accounts {
    /// Opens the store of a data folder.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub async fn open(data: &Path, database: Option<&str>) -> Result<Accounts, AccountError> {
        Ok(Accounts { store: open_store(data, database).await? })
    }

    /// Adds an account with one role, on one site or on all.
    ///
    /// # Errors
    /// See [`AccountError`].
    pub async fn add(
        &self,
        name: &str,
        role: &str,
        site: Option<&str>,
        password: &str,
    ) -> Result<(), AccountError> {
        let role = Role::of(role).ok_or_else(|| AccountError::Role(role.to_owned()))?;
        let mut change = self.store.begin(&Actor::command()).await?;
        add_account(&mut change, name, password, &[(role, site.map(str::to_owned))]).await?;
        change.commit().await?;
        Ok(())
    }

    /// Makes a link through which an account gets a new password. Gives its path.
    ///
    /// # Errors
    /// See [`AccountError`].
    pub async fn reset_link(&self, name: &str) -> Result<String, AccountError> {
        let account = self.named(name).await?;
        let fresh = access::secret::link();
        let mut change = self.store.begin(&Actor::command()).await?;
        add_link(&mut change, &fresh, LinkKind::Reset, Some(account.id), RESET_HOURS).await?;
        change.commit().await?;
        Ok(format!("/setup/{}", fresh.text))
    }

    /// Makes a token. Gives its text, shown this once.
    ///
    /// # Errors
    /// See [`AccountError`].
    pub async fn token(
        &self,
        user: &str,
        scopes: &[String],
        hosts: &[String],
        label: Option<&str>,
        expires: &str,
    ) -> Result<String, AccountError> {
        let account = self.named(user).await?;
        if let Some(wrong) =
            scopes.iter().find(|it| !["read", "write", "intake", "admin"].contains(&it.as_str()))
        {
            return Err(AccountError::Scope(wrong.clone()));
        }
        let term = || AccountError::Term(expires.to_owned());
        let span: SignedDuration = match expires.strip_suffix('d').and_then(|days| days.parse::<i64>().ok()) {
            Some(days) if (1..=3_650).contains(&days) => SignedDuration::from_hours(24 * days),
            Some(_) => return Err(term()),
            None => expires.parse().map_err(|_| term())?,
        };
        let now = Timestamp::now();
        let until = now.checked_add(span).map_err(|_| term())?;
        let fresh = access::secret::token();
        let id = new_id();
        // Its sources are told apart by it: two tokens of an account are two senders.
        let label =
            label.map_or_else(|| format!("{user} {}", &id[id.len().saturating_sub(6)..]), str::to_owned);
        let token = Token {
            id,
            version: 0,
            hash: fresh.hash,
            account: account.id,
            label,
            scopes: List(scopes.to_vec()),
            hosts: List(hosts.to_vec()),
            until: Instant::from(until),
            created_at: Instant::from(now),
        };
        let mut change = self.store.begin(&Actor::command()).await?;
        change.add(token).await?;
        change.commit().await?;
        Ok(fresh.text)
    }

    async fn named(&self, name: &str) -> Result<Account, AccountError> {
        self.store.account_named(name).await?.ok_or_else(|| AccountError::Unknown(name.to_owned()))
    }
}

/// Adds a local account with its roles.
pub(crate) async fn add_account(
    change: &mut Change,
    name: &str,
    password: &str,
    roles: &[(Role, Option<String>)],
) -> Result<Account, AccountError> {
    let name = name.trim().to_lowercase();
    access::password::check(password, &name)?;
    let account = blank(&name, Origin::Local)?;
    put_account(change, Account { password: Some(access::password::hash(password)), ..account }, roles).await
}

/// An account of that name that nobody can come in with yet.
///
/// # Errors
/// When the name cannot be one.
pub(crate) fn blank(name: &str, origin: Origin) -> Result<Account, AccountError> {
    let name = name.trim().to_lowercase();
    if !is_name(&name) {
        return Err(AccountError::Name(name));
    }
    Ok(Account {
        id: new_id(),
        version: 0,
        shown: name.clone(),
        name,
        origin,
        subject: None,
        password: None,
        mail: None,
        lang: None,
        active: true,
        created_at: Instant::from(Timestamp::now()),
    })
}

/// Adds an account as it is, with its roles.
///
/// # Errors
/// When one of that name stands already.
pub(crate) async fn put_account(
    change: &mut Change,
    account: Account,
    roles: &[(Role, Option<String>)],
) -> Result<Account, AccountError> {
    let account = change.add(account).await?;
    for (role, site) in roles {
        let grant =
            Grant { id: new_id(), version: 0, account: account.id.clone(), role: *role, site: site.clone() };
        change.add(grant).await?;
    }
    Ok(account)
}
