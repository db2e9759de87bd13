//! The listeners of the intake: where they are, whom they let in.
//!
//! Invariant: none listens unless it was asked for; each has a socket of its own, never the console's.

use std::future::Future;
use std::net::{SocketAddr, TcpListener, UdpSocket};
use std::path::PathBuf;
use std::pin::Pin;

use ::intake::listen::{Authenticator, Intake as Listeners, Limits, Sender, grpc, http, syslog, watch};
use axum_server::tls_rustls::RustlsConfig;
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use store::entity::{Account, Role};
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::permit::{Permission, holds, lets};
use crate::serve::ServeError;

/// What is to listen.
#[derive(Clone, Debug, Default)]
pub struct Intake {
    /// `_bulk`, OTLP over HTTP, uploads.
    pub http: Option<SocketAddr>,
    /// OTLP over gRPC.
    pub otlp: Option<SocketAddr>,
    /// Syslog in datagrams.
    pub syslog_udp: Option<SocketAddr>,
    /// Syslog in streams.
    pub syslog_tcp: Option<SocketAddr>,
    /// Syslog in streams over TLS, with the console's certificate.
    pub syslog_tls: Option<SocketAddr>,
    /// Folders whose files are followed.
    pub watch: Vec<PathBuf>,
}

impl Intake {
    /// Whether anything is.
    #[must_use]
    pub fn is_wanted(&self) -> bool {
        !self.watch.is_empty() || self.addresses().iter().any(|(_, address)| address.is_some())
    }

    /// Every listener's name and address.
    #[must_use]
    pub fn addresses(&self) -> [(&'static str, Option<SocketAddr>); 5] {
        [
            ("intake-http", self.http),
            ("intake-otlp", self.otlp),
            ("intake-syslog-udp", self.syslog_udp),
            ("intake-syslog-tcp", self.syslog_tcp),
            ("intake-syslog-tls", self.syslog_tls),
        ]
    }
}

/// Sockets that are bound.
#[derive(Default)]
pub(crate) struct Bound {
    http: Option<TcpListener>,
    otlp: Option<TcpListener>,
    udp: Option<UdpSocket>,
    tcp: Option<TcpListener>,
    tls: Option<TcpListener>,
}

/// Binds what is wanted.
pub(crate) fn bind(wanted: &Intake) -> Result<Bound, ServeError> {
    Ok(Bound {
        http: wanted.http.map(tcp).transpose()?,
        otlp: wanted.otlp.map(tcp).transpose()?,
        udp: wanted.syslog_udp.map(udp).transpose()?,
        tcp: wanted.syslog_tcp.map(tcp).transpose()?,
        tls: wanted.syslog_tls.map(tcp).transpose()?,
    })
}

fn tcp(address: SocketAddr) -> Result<TcpListener, ServeError> {
    let failed = |error| ServeError::Listen { address, error };
    let socket = TcpListener::bind(address).map_err(failed)?;
    socket.set_nonblocking(true).map_err(failed)?;
    Ok(socket)
}

fn udp(address: SocketAddr) -> Result<UdpSocket, ServeError> {
    let failed = |error| ServeError::Listen { address, error };
    let socket = UdpSocket::bind(address).map_err(failed)?;
    socket.set_nonblocking(true).map_err(failed)?;
    Ok(socket)
}

impl Bound {
    /// A line for each listener: its name and where it is.
    pub(crate) fn announcements(&self, is_tls: bool) -> Vec<String> {
        let of = |socket: &Option<TcpListener>| socket.as_ref().and_then(|it| it.local_addr().ok());
        let scheme = if is_tls { "https" } else { "http" };
        [
            ("intake-http", scheme, of(&self.http)),
            ("intake-otlp", scheme, of(&self.otlp)),
            ("intake-syslog-udp", "udp", self.udp.as_ref().and_then(|it| it.local_addr().ok())),
            ("intake-syslog-tcp", "tcp", of(&self.tcp)),
            ("intake-syslog-tls", "tls", of(&self.tls)),
        ]
        .into_iter()
        .filter_map(|(name, scheme, address)| Some(format!("{name}: {scheme}://{}", address?)))
        .collect()
    }
}

/// Listens, until the process is told to stop.
pub(crate) fn serve(app: &App, bound: Bound, tls: Option<&RustlsConfig>) -> std::io::Result<()> {
    let Some(spool) = app.spool.clone() else { return Ok(()) };
    let stop = CancellationToken::new();
    let (stopped, life) = (stop.clone(), app.clone());
    tokio::spawn(async move {
        life.life.stopping().await;
        stopped.cancel();
    });
    let listeners = Listeners::new(spool, Tokens(app.clone()), Limits::default(), stop);
    let tls = tls.map(RustlsConfig::get_inner);
    if let Some(socket) = bound.http {
        told("intake-http", http::serve(listeners.clone(), socket, tls.clone()));
    }
    if let Some(socket) = bound.otlp {
        told("intake-otlp", grpc::serve(listeners.clone(), socket, tls.clone()));
    }
    if let Some(socket) = bound.udp {
        told("intake-syslog-udp", syslog::udp(listeners.clone(), tokio::net::UdpSocket::from_std(socket)?));
    }
    if let Some(socket) = bound.tcp {
        let socket = tokio::net::TcpListener::from_std(socket)?;
        told("intake-syslog-tcp", syslog::tcp(listeners.clone(), socket, None));
    }
    if let (Some(socket), Some(tls)) = (bound.tls, tls) {
        let socket = tokio::net::TcpListener::from_std(socket)?;
        told("intake-syslog-tls", syslog::tcp(listeners.clone(), socket, Some(tls)));
    }
    for folder in &app.config.intake.watch {
        let sum = Sha256::digest(folder.as_os_str().as_encoded_bytes());
        let name = format!("watch-{:02x}{:02x}{:02x}{:02x}.places", sum[0], sum[1], sum[2], sum[3]);
        let state = app.config.data.join("spool").join(name);
        told("watch", watch::follow(listeners.clone(), folder.clone(), state));
    }
    Ok(())
}

/// Runs a listener; its end by itself is told.
fn told(name: &'static str, listener: impl Future<Output = std::io::Result<()>> + Send + 'static) {
    tokio::spawn(async move {
        if let Err(error) = listener.await {
            tracing::error!(%error, name, "a listener failed; nothing more comes in by it");
        }
    });
}

/// Tokens of the console with the scope `intake`.
struct Tokens(App);

impl Authenticator for Tokens {
    fn sender<'a>(&'a self, token: &'a str) -> Pin<Box<dyn Future<Output = Option<Sender>> + Send + 'a>> {
        Box::pin(async move {
            let store = &self.0.store;
            let hash = access::secret::token_hash(token)?;
            let token = store.token_hashed(&hash).await.ok()??;
            let account = store.find::<Account>(&token.account).await.ok()??;
            let holds = |role: Role| holds(role, Permission::Intake);
            let granted = store.grants_of(&account.id).await.ok()?.iter().any(|it| holds(it.role));
            let good = token.until.0 > Timestamp::now()
                && account.active
                && lets(&token.scopes.0, Permission::Intake)
                && granted;
            let label = if token.label.is_empty() { token.id } else { token.label };
            good.then(|| Sender { name: format!("{}: {label}", account.name), hosts: token.hosts.0 })
        })
    }
}
