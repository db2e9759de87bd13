//! Where the listeners are, and what each runs on.
//!
//! Invariant: none listens unless it was asked for; each has a socket of its own.

use std::future::Future;
use std::io;
use std::net::{SocketAddr, TcpListener, UdpSocket};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use sha2::{Digest, Sha256};

use super::{Intake, grpc, http, syslog, watch};

/// What is to listen.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// `_bulk`, OTLP over HTTP, uploads.
    pub http: Option<SocketAddr>,
    /// OTLP over gRPC.
    pub otlp: Option<SocketAddr>,
    /// Syslog in datagrams.
    pub syslog_udp: Option<SocketAddr>,
    /// Syslog in streams.
    pub syslog_tcp: Option<SocketAddr>,
    /// Syslog in streams over TLS.
    pub syslog_tls: Option<SocketAddr>,
    /// Folders whose files are followed.
    pub watch: Vec<PathBuf>,
    /// By whose certificates senders over TLS prove who they are.
    pub clients: Option<Clients>,
}

/// Certificates that senders may have.
#[derive(Clone, Debug)]
pub struct Clients {
    /// The authorities that sign them, in PEM.
    pub authorities: PathBuf,
    /// Whether one of syslog without is refused; others have tokens.
    pub is_required: bool,
}

impl Clients {
    /// The same configuration of TLS, which asks for a certificate, and refuses those without where it is required.
    ///
    /// # Errors
    /// When the authorities cannot be used.
    pub fn ask(&self, tls: &ServerConfig, is_required: bool) -> io::Result<ServerConfig> {
        let mut roots = RootCertStore::empty();
        for certificate in CertificateDer::pem_file_iter(&self.authorities).map_err(io::Error::other)? {
            roots.add(certificate.map_err(io::Error::other)?).map_err(io::Error::other)?;
        }
        let verifier = WebPkiClientVerifier::builder(Arc::new(roots));
        let verifier = if is_required { verifier } else { verifier.allow_unauthenticated() };
        let verifier = verifier.build().map_err(io::Error::other)?;
        let config = ServerConfig::builder().with_client_cert_verifier(verifier);
        let mut config = config.with_cert_resolver(tls.cert_resolver.clone());
        config.alpn_protocols.clone_from(&tls.alpn_protocols);
        Ok(config)
    }
}

impl Wanted {
    /// Whether anything is.
    #[must_use]
    pub fn is_any(&self) -> bool {
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

    /// Takes the sockets; where one cannot be had, its address and why.
    pub fn bind(&self) -> Result<Bound, (SocketAddr, io::Error)> {
        Ok(Bound {
            http: self.http.map(tcp).transpose()?,
            otlp: self.otlp.map(tcp).transpose()?,
            udp: self.syslog_udp.map(udp).transpose()?,
            tcp: self.syslog_tcp.map(tcp).transpose()?,
            tls: self.syslog_tls.map(tcp).transpose()?,
            watch: self.watch.clone(),
            clients: self.clients.clone(),
        })
    }
}

fn tcp(address: SocketAddr) -> Result<TcpListener, (SocketAddr, io::Error)> {
    let bound = TcpListener::bind(address).and_then(|socket| socket.set_nonblocking(true).map(|()| socket));
    bound.map_err(|error| (address, error))
}

fn udp(address: SocketAddr) -> Result<UdpSocket, (SocketAddr, io::Error)> {
    let bound = UdpSocket::bind(address).and_then(|socket| socket.set_nonblocking(true).map(|()| socket));
    bound.map_err(|error| (address, error))
}

/// Sockets that are bound, and folders to follow.
#[derive(Default)]
pub struct Bound {
    http: Option<TcpListener>,
    otlp: Option<TcpListener>,
    udp: Option<UdpSocket>,
    tcp: Option<TcpListener>,
    tls: Option<TcpListener>,
    watch: Vec<PathBuf>,
    clients: Option<Clients>,
}

impl Bound {
    /// A line for each listener: its name and where it is.
    #[must_use]
    pub fn announcements(&self, is_tls: bool) -> Vec<String> {
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

    /// Listens, until the listeners are told to stop. The folder `spool` keeps how far files were followed.
    pub fn serve(
        self,
        listeners: &Arc<Intake>,
        spool: &Path,
        tls: Option<Arc<ServerConfig>>,
    ) -> io::Result<()> {
        let asks = |is_required: bool| {
            let asked = match (&tls, &self.clients) {
                (Some(tls), Some(clients)) => Some(Arc::new(clients.ask(tls, is_required)?)),
                (tls, _) => tls.clone(),
            };
            Ok::<_, io::Error>(asked)
        };
        if let Some(socket) = self.http {
            told("intake-http", http::serve(listeners.clone(), socket, asks(false)?));
        }
        if let Some(socket) = self.otlp {
            told("intake-otlp", grpc::serve(listeners.clone(), socket, asks(false)?));
        }
        if let Some(socket) = self.udp {
            let socket = tokio::net::UdpSocket::from_std(socket)?;
            told("intake-syslog-udp", syslog::udp(listeners.clone(), socket));
        }
        if let Some(socket) = self.tcp {
            let socket = tokio::net::TcpListener::from_std(socket)?;
            told("intake-syslog-tcp", syslog::tcp(listeners.clone(), socket, None));
        }
        let is_required = self.clients.as_ref().is_some_and(|it| it.is_required);
        if let (Some(socket), Some(tls)) = (self.tls, asks(is_required)?) {
            let socket = tokio::net::TcpListener::from_std(socket)?;
            told("intake-syslog-tls", syslog::tcp(listeners.clone(), socket, Some(tls)));
        }
        for folder in self.watch {
            let sum = Sha256::digest(folder.as_os_str().as_encoded_bytes());
            let name = format!("watch-{:02x}{:02x}{:02x}{:02x}.places", sum[0], sum[1], sum[2], sum[3]);
            told("watch", watch::follow(listeners.clone(), folder, spool.join(name)));
        }
        Ok(())
    }
}

/// Runs a listener; its end by itself is told.
fn told(name: &'static str, listener: impl Future<Output = io::Result<()>> + Send + 'static) {
    tokio::spawn(async move {
        if let Err(error) = listener.await {
            tracing::error!(%error, name, "a listener failed; nothing more comes in by it");
        }
    });
}
