//! Senders that prove who they are by a certificate of the hospital's.
//!
//! Invariant: a source is called proven by a certificate only where TLS has verified that certificate, and the sender's
//! key, against the authorities that were named.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;

use axum::Extension;
use axum::middleware::AddExtension;
use axum_server::accept::Accept;
use axum_server::tls_rustls::RustlsAcceptor;
use rustls::ServerConnection;
use sha2::{Digest, Sha256};
use tokio::net::TcpStream;
use tokio_rustls::server::TlsStream;
use tower_layer::Layer;
use x509_parser::prelude::{FromDer as _, X509Certificate};

use crate::event::Source;

/// The source that a connection's certificate names; none where the sender showed none.
pub(super) fn source(connection: &ServerConnection) -> Option<Source> {
    let certificate = connection.peer_certificates()?.first()?;
    let sum = Sha256::digest(certificate);
    let print: String = sum.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    let name = subject(certificate).map(|it| format!("{it} ")).unwrap_or_default();
    Some(Source::new(&format!("{name}sha256:{print}"), "certificate"))
}

/// The common name of a certificate's subject.
fn subject(certificate: &[u8]) -> Option<String> {
    let (_, certificate) = X509Certificate::from_der(certificate).ok()?;
    let name = certificate.subject().iter_common_name().next()?.as_str().ok()?;
    Some(name.chars().filter(|it| !it.is_control()).take(64).collect())
}

/// Who a connection's certificate says that its requests are of.
#[derive(Clone)]
pub(super) struct Proven(pub(super) Option<Arc<Source>>);

/// Accepts connections over TLS, and tells with each request who its sender proved to be.
#[derive(Clone)]
pub(super) struct Proving(pub(super) RustlsAcceptor);

impl<S: Send + 'static> Accept<TcpStream, S> for Proving {
    type Stream = TlsStream<TcpStream>;
    type Service = AddExtension<<RustlsAcceptor as Accept<TcpStream, S>>::Service, Proven>;
    type Future = Pin<Box<dyn Future<Output = io::Result<(Self::Stream, Self::Service)>> + Send>>;

    fn accept(&self, stream: TcpStream, service: S) -> Self::Future {
        let accepted = self.0.accept(stream, service);
        Box::pin(async move {
            let (stream, service) = accepted.await?;
            let proven = Proven(source(stream.get_ref().1).map(Arc::new));
            Ok((stream, Extension(proven).layer(service)))
        })
    }
}
