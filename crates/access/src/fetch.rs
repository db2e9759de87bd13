//! Calls to an identity provider over the network.
//!
//! Invariants: calls go over TLS, or in the clear to this very machine when the provider itself is there;
//! nothing is followed to another address; an answer is bounded in time and size; neither the environment nor
//! its proxies are read.

use std::error::Error;
use std::net::IpAddr;
use std::path::Path;
use std::pin::Pin;
use std::time::Duration;

use openidconnect::http::{self, Uri};
use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse};
use reqwest::redirect::Policy;
use reqwest::{Certificate, Client, Proxy};
use rustls::crypto::{CryptoProvider, ring};

/// Time for a whole call, and for its connection alone.
const WHOLE: Duration = Duration::from_secs(10);
const CONNECT: Duration = Duration::from_secs(5);
/// Most bytes of an answer.
const MOST: usize = 1 << 20;

/// How calls are made.
#[derive(Clone, Debug)]
pub(crate) struct Web {
    client: Client,
    plain: bool,
}

/// Why a call came to nothing.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FetchError {
    #[error("{0} is not an https address")]
    Plain(Uri),
    #[error("the answer is longer than {MOST} bytes")]
    Long,
    #[error("the network call failed")]
    Web(#[from] reqwest::Error),
    #[error("the request or its answer is malformed")]
    Http(#[from] http::Error),
}

/// Why calls cannot be made at all.
#[derive(Debug, thiserror::Error)]
pub(crate) enum WebError {
    #[error("{0}")]
    Authorities(String),
    #[error("{0}")]
    Proxy(String),
    #[error("{0}")]
    Tls(String),
}

impl Web {
    /// Calls that trust the system's authorities and those of the file, go through the proxy if there is one,
    /// and in the clear only when `plain`.
    pub(crate) async fn new(
        authorities: Option<&Path>,
        proxy: Option<&str>,
        plain: bool,
    ) -> Result<Self, WebError> {
        if CryptoProvider::get_default().is_none() {
            // Another thread may be first: then its provider serves.
            let _ = ring::default_provider().install_default();
        }
        let mut client = Client::builder()
            .redirect(Policy::none())
            .timeout(WHOLE)
            .connect_timeout(CONNECT)
            .referer(false)
            .no_proxy();
        if let Some(path) = authorities {
            client = client.tls_certs_merge(certificates(path).await.map_err(WebError::Authorities)?);
        }
        if let Some(proxy) = proxy {
            client = client.proxy(Proxy::all(proxy).map_err(|error| WebError::Proxy(reasons(&error)))?);
        }
        let client = client.build().map_err(|error| WebError::Tls(reasons(&error)))?;
        Ok(Self { client, plain })
    }

    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, FetchError> {
        let address = request.uri();
        let tls = address.scheme_str() == Some("https");
        let here = self.plain && address.host().is_some_and(is_this_machine);
        if !(tls || here) {
            return Err(FetchError::Plain(address.clone()));
        }
        let mut response =
            self.client.execute(request.try_into()?).await.map_err(reqwest::Error::without_url)?;
        let mut answer = http::Response::builder().status(response.status());
        for (name, value) in response.headers() {
            answer = answer.header(name, value);
        }
        let mut body = Vec::new();
        while let Some(piece) = response.chunk().await.map_err(reqwest::Error::without_url)? {
            if body.len() + piece.len() > MOST {
                return Err(FetchError::Long);
            }
            body.extend_from_slice(&piece);
        }
        Ok(answer.body(body)?)
    }
}

impl<'web> AsyncHttpClient<'web> for Web {
    type Error = FetchError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, FetchError>> + Send + 'web>>;

    fn call(&'web self, request: HttpRequest) -> Self::Future {
        Box::pin(self.send(request))
    }
}

/// Whether a host is this machine: `localhost` or a loopback address, with or without brackets.
pub(crate) fn is_this_machine(host: &str) -> bool {
    host == "localhost"
        || host
            .trim_start_matches('[')
            .trim_end_matches(']')
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

/// An error and what led to it, in one line.
#[must_use]
pub fn reasons(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}

async fn certificates(path: &Path) -> Result<Vec<Certificate>, String> {
    let text = tokio::fs::read(path).await.map_err(|error| error.to_string())?;
    let found = Certificate::from_pem_bundle(&text).map_err(|error| reasons(&error))?;
    if found.is_empty() { Err("it holds no certificate in PEM form".to_owned()) } else { Ok(found) }
}
