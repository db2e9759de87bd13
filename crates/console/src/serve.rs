//! Starting and stopping: the store, the rooms, the listener, what runs beside.
//!
//! Invariant: `listening:` is said once requests are answered; at the end no connection is taken any more, streams of
//! events end, requests in hand are finished, and the store is closed last.

use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use access::{Key, Throttle};
use axum_server::Handle;
use axum_server::tls_rustls::RustlsConfig;
use intake::listen::sockets::Bound;
use jiff::Timestamp;
use lake::Lake;
use store::{Store, entity};
use tokio::sync::{Notify, Semaphore};
use tokio::task::JoinHandle;

use crate::app::{App, Config, Inner, Rooms, Tls};
use crate::desk::{self, Desk};
use crate::inflow;
use crate::life::Life;
use crate::live::Listeners;
use crate::metrics::{self, Counted};
use crate::room::factors::Asked;
use crate::room::hospital::Drafts;
use crate::shelf::Shelf;
use crate::silence::{self, Silence};
use crate::trust::Trust;
use crate::{copies, deliver, keeping, room, routes, setup};

/// Requests in hand have this long to finish, in seconds.
const GRACE: u64 = 10;

/// A new connection says what it wants within this time.
const FIRST_REQUEST: Duration = Duration::from_secs(10);
/// One that was used rests no longer, and takes no longer for its next question.
const NEXT_REQUEST: Duration = Duration::from_secs(30);

/// Why the console does not run.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The data folder or a file of it cannot be used.
    #[error("{path}: {reason}")]
    Data {
        /// Which.
        path: String,
        /// Why, and what to do.
        reason: String,
    },
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {error}; name another with --listen")]
    Listen {
        /// Which.
        address: SocketAddr,
        /// What the system says.
        error: std::io::Error,
    },
    /// The metrics' address cannot be listened on.
    #[error("metrics cannot be shown on {address}: {error}; name another with --metrics")]
    Metrics {
        /// Which.
        address: SocketAddr,
        /// What the system says.
        error: std::io::Error,
    },
    /// Plain HTTP beyond loopback.
    #[error(
        "{0} is not loopback: bytes would travel unprotected; take --tls-certificate and --tls-key, --tls-self-signed, or, behind a proxy that does TLS, --plain-http"
    )]
    Unprotected(SocketAddr),
    /// The certificate or its key cannot be used.
    #[error("the certificate cannot be used: {0}; give PEM files with --tls-certificate and --tls-key")]
    Certificate(String),
    /// The authorities to trust besides cannot be used.
    #[error("the file of authorities cannot be used: {0}; give certificates in PEM with --trust")]
    Trust(String),
    /// The store cannot be used.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// The key file cannot be used.
    #[error(transparent)]
    Key(#[from] access::seal::KeyError),
    /// Something else.
    #[error("{0}")]
    Other(String),
}

/// The console, ready to run.
pub struct Server {
    app: App,
    listener: TcpListener,
    metrics: Option<TcpListener>,
    tls: Option<RustlsConfig>,
    bound: Bound,
    /// What to say on standard output once it listens.
    pub announcements: Vec<String>,
}

/// Opens the data folder's store.
///
/// # Errors
/// When the folder or the store cannot be used.
pub async fn open_store(data: &Path, database: Option<&str>) -> Result<Store, ServeError> {
    make_folder(data)?;
    let url =
        database.map_or_else(|| format!("sqlite://{}", data.join("rempart.sqlite").display()), str::to_owned);
    Ok(Store::open(&url).await?)
}

/// The data folder's key, made on first use.
///
/// # Errors
/// When the file cannot be used.
pub fn open_key(data: &Path) -> Result<Key, ServeError> {
    let path = data.join("key");
    match Key::load(&path) {
        Err(access::seal::KeyError::Missing { .. }) => Ok(Key::create(&path)?),
        loaded => Ok(loaded?),
    }
}

fn make_folder(data: &Path) -> Result<(), ServeError> {
    let failed = |error: std::io::Error| ServeError::Data {
        path: data.display().to_string(),
        reason: format!("{error}; name a folder that this account may write with --data"),
    };
    std::fs::create_dir_all(data).map_err(failed)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(data, std::fs::Permissions::from_mode(0o700)).map_err(failed)?;
    }
    Ok(())
}

impl Server {
    /// Opens everything; answers nothing yet.
    ///
    /// # Errors
    /// See [`ServeError`].
    pub async fn open(config: Config, rooms: Rooms) -> Result<Server, ServeError> {
        if matches!(config.tls, Tls::Plain { behind_proxy: false }) && !config.listen.ip().is_loopback() {
            return Err(ServeError::Unprotected(config.listen));
        }
        let trust = Trust::load(config.trust.as_deref()).map_err(ServeError::Trust)?;
        let store = open_store(&config.data, config.database.as_deref()).await?;
        let key = open_key(&config.data)?;
        let lake =
            Lake::open(&config.data.join("lake")).map_err(|error| ServeError::Other(error.to_string()))?;
        let listen = |error| ServeError::Listen { address: config.listen, error };
        let listener = bind(config.listen).map_err(listen)?;
        let metrics = config
            .metrics
            .map(|address| bind(address).map_err(|error| ServeError::Metrics { address, error }));
        let metrics = metrics.transpose()?;
        let address = listener.local_addr().map_err(listen)?;
        let mut own = vec!["localhost".to_owned(), config.listen.ip().to_string()];
        own.extend(config.hosts.iter().cloned());
        let (tls, fingerprint) = setup::certificate(&config.data, &config.tls, &own).await?;
        let bound = config.intake.bind().map_err(|(address, error)| ServeError::Listen { address, error })?;
        let spool = inflow::open(&config).await?;
        let scheme = if tls.is_some() { "https" } else { "http" };
        let host = match config.hosts.first() {
            Some(name) => format!("{name}:{}", address.port()),
            None => address.to_string(),
        };
        let mut names: Vec<String> = ["localhost", "127.0.0.1", "::1"].map(str::to_owned).to_vec();
        if !address.ip().is_unspecified() {
            names.push(address.ip().to_string());
        }
        names.extend(config.hosts.iter().map(|name| name.to_ascii_lowercase()));
        let app = App::new(Inner {
            store,
            spool,
            silence: Silence::default(),
            lake,
            searches: Arc::new(Semaphore::new(room::search::AT_ONCE)),
            read: Notify::new(),
            key,
            rooms,
            shelf: Shelf::default(),
            copying: Notify::new(),
            trust,
            drafts: Drafts::default(),
            desk: Desk::default(),
            throttle: Mutex::new(Throttle::default()),
            passkeys: Asked::default(),
            life: Life::default(),
            counted: Counted::default(),
            listeners: Listeners::default(),
            started: Timestamp::now(),
            names,
            url: format!("{scheme}://{host}"),
            fingerprint: fingerprint.clone(),
            config,
        });
        room::demonstration::resume(&app).await.map_err(|problem| ServeError::Other(problem.english()))?;
        let mut announcements = setup::first_start(&app).await?;
        announcements.extend(bound.announcements(tls.is_some()));
        announcements.extend(fingerprint.map(|it| format!("certificate: SHA-256 {it}")));
        Ok(Server { app, listener, metrics, tls, bound, announcements })
    }

    /// Address for people.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.app.url
    }

    /// Where metrics are shown, where they are.
    #[must_use]
    pub fn metrics(&self) -> Option<SocketAddr> {
        self.metrics.as_ref().and_then(|listener| listener.local_addr().ok())
    }

    /// Answers requests until `stop` is done, then finishes those in hand. `ready` runs once it listens.
    ///
    /// # Errors
    /// When the listener fails.
    pub async fn run(
        self,
        stop: impl Future<Output = ()> + Send + 'static,
        ready: impl FnOnce(),
    ) -> Result<(), ServeError> {
        let failed = |error: std::io::Error| ServeError::Other(format!("the listener failed: {error}"));
        let app = self.app.clone();
        let service = routes::router(&app).into_make_service_with_connect_info::<SocketAddr>();
        let handle: Handle<SocketAddr> = Handle::new();
        let (ended, stopped) = (handle.clone(), app.clone());
        tokio::spawn(async move {
            stop.await;
            stopped.life.stop();
            ended.graceful_shutdown(None);
            tokio::time::sleep(Duration::from_secs(GRACE)).await;
            let cut = ended.connection_count();
            if cut > 0 {
                tracing::warn!(cut, "connections that did not end in time are cut");
            }
            ended.shutdown();
        });
        let metrics = self.metrics.map(|listener| watched(app.clone(), listener)).transpose();
        let metrics = metrics.map_err(failed)?;
        let beside = [
            tokio::spawn(copies::work(app.clone())),
            tokio::spawn(deliver::work(app.clone())),
            tokio::spawn(deliver::deadlines::work(app.clone())),
            tokio::spawn(desk::work(app.clone())),
            tokio::spawn(inflow::work(app.clone())),
            tokio::spawn(silence::work(app.clone())),
            tokio::spawn(keeping::work(app.clone())),
            tokio::spawn(keeping::tidy(app.clone())),
            tokio::spawn(watch(app.clone())),
            tokio::spawn(room::demonstration::replay(app.clone())),
            tokio::spawn(room::evidence::watch::work(app.clone())),
        ];
        inflow::serve(&app, self.bound, self.tls.as_ref()).map_err(failed)?;
        app.life.serve();
        tracing::info!(address = app.url, "requests are answered");
        ready();
        match self.tls {
            Some(tls) => {
                let server = axum_server::from_tcp_rustls(self.listener, tls).map_err(failed)?;
                patient(server).handle(handle).serve(service).await.map_err(failed)?;
            }
            None => {
                let server = axum_server::from_tcp(self.listener).map_err(failed)?;
                patient(server).handle(handle).serve(service).await.map_err(failed)?;
            }
        }
        for task in beside.into_iter().chain(metrics) {
            task.abort();
        }
        if let Some(spool) = app.spool.clone() {
            // What waits is written; a thread that panicked was told of.
            let _ = tokio::task::spawn_blocking(move || spool.close()).await;
        }
        app.store.clone().close().await?;
        tracing::info!("stopped: no connection is open, and the store is closed");
        Ok(())
    }
}

fn bind(address: SocketAddr) -> std::io::Result<TcpListener> {
    let listener = TcpListener::bind(address)?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

/// Shows metrics on a listener of their own.
fn watched(app: App, listener: TcpListener) -> std::io::Result<JoinHandle<()>> {
    let server = patient(axum_server::from_tcp(listener)?);
    Ok(tokio::spawn(async move {
        if let Err(error) = server.serve(metrics::router(&app).into_make_service()).await {
            tracing::error!(%error, "metrics are shown no more");
        }
    }))
}

/// Bounds how long a caller may take to say what it wants; bodies have bounds of their own.
fn patient<A>(server: axum_server::Server<SocketAddr, A>) -> axum_server::Server<SocketAddr, A> {
    intake::listen::http::patient(server, FIRST_REQUEST, NEXT_REQUEST)
}

/// Looks each second whether another process wrote; forgets old answers each hour.
async fn watch(app: App) {
    let mut beat: u64 = 0;
    loop {
        tokio::time::sleep(Duration::from_secs(1)).await;
        if let Err(error) = app.store.refresh().await {
            tracing::error!(%error, "the store does not answer");
        }
        beat += 1;
        if beat.is_multiple_of(3600) {
            let day_ago =
                Timestamp::now().checked_sub(jiff::SignedDuration::from_hours(24)).unwrap_or_default();
            if let Err(error) = app.store.forget_answers(day_ago.into()).await {
                tracing::error!(%error, "old answers could not be forgotten");
            }
        }
    }
}

/// Whether anybody can come in already.
pub(crate) async fn has_people(app: &App) -> Result<bool, ServeError> {
    Ok(!app.store.all::<entity::Account>().await?.is_empty())
}
