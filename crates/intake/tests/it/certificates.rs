//! Certificates of the hospital's prove a sender: of syslog over TLS, and of requests.

use std::io;
use std::path::Path;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use intake::listen::sockets::Clients;
use intake::listen::{Limits, http, syslog};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsConnector;

use crate::fake::Fake;
use crate::support::{options, running};

/// A certificate with its key: a name's, signed by an authority or by itself.
struct Certified {
    certificate: CertificateDer<'static>,
    key: KeyPair,
    params: CertificateParams,
}

fn certified(name: &str, by: Option<&Certified>) -> Certified {
    let key = KeyPair::generate().expect("a key");
    let mut params = CertificateParams::new(vec!["localhost".to_owned()]).expect("a name");
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = if by.is_none() { IsCa::Ca(BasicConstraints::Unconstrained) } else { IsCa::NoCa };
    let signed = match by {
        Some(by) => params.signed_by(&key, &Issuer::from_params(&by.params, &by.key)),
        None => params.self_signed(&key),
    };
    Certified { certificate: signed.expect("a certificate").der().clone(), key, params }
}

impl Certified {
    fn secret(&self) -> PrivateKeyDer<'static> {
        PrivateKeyDer::try_from(self.key.serialize_der()).expect("a key")
    }
}

/// A server that trusts our authority's certificates, and three who send to it: with one of ours, with none, and with a
/// stranger's.
struct Parties {
    config: ServerConfig,
    authorities: tempfile::NamedTempFile,
    senders: [ClientConfig; 3],
}

fn parties() -> Parties {
    // Another library may have set it.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let (ours, theirs) = (certified("the hospital", None), certified("somebody", None));
    let (server, client, stranger) = (
        certified("server", Some(&ours)),
        certified("pacs-1", Some(&ours)),
        certified("pacs-1", Some(&theirs)),
    );
    let authorities = tempfile::NamedTempFile::new().expect("a file");
    let packed = STANDARD.encode(&ours.certificate);
    let pem = format!("-----BEGIN CERTIFICATE-----\n{packed}\n-----END CERTIFICATE-----\n");
    std::fs::write(authorities.path(), pem).expect("written");
    let config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![server.certificate.clone()], server.secret())
        .expect("a configuration");
    let mut roots = RootCertStore::empty();
    roots.add(ours.certificate.clone()).expect("a root");
    let plain = ClientConfig::builder().with_root_certificates(roots);
    let with = |it: &Certified| {
        plain.clone().with_client_auth_cert(vec![it.certificate.clone()], it.secret()).expect("one")
    };
    let senders = [with(&client), plain.clone().with_no_client_auth(), with(&stranger)];
    Parties { config, authorities, senders }
}

fn clients(authorities: &Path, is_required: bool) -> Clients {
    Clients { authorities: authorities.to_owned(), is_required }
}

/// Sends over TLS, says that no more comes where that `ends` it, and reads the answer; an error where the connection is
/// refused, at once or later.
async fn send(port: u16, config: &ClientConfig, text: &str, ends: bool) -> io::Result<String> {
    let stream = TcpStream::connect(("127.0.0.1", port)).await?;
    let name = ServerName::try_from("localhost").expect("a name");
    let mut stream = TlsConnector::from(Arc::new(config.clone())).connect(name, stream).await?;
    stream.write_all(text.as_bytes()).await?;
    if ends {
        stream.shutdown().await?;
    }
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_of_the_hospital_names_a_source_of_syslog_and_others_are_none_or_refused() {
    let Parties { config, authorities, senders } = parties();
    for is_required in [false, true] {
        let running = running(Fake::default(), options(), Limits::default());
        let socket = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = socket.local_addr().expect("an address").port();
        let asks =
            clients(authorities.path(), is_required).ask(&config, is_required).expect("a configuration");
        tokio::spawn(syslog::tcp(running.intake.clone(), socket, Some(Arc::new(asks))));
        for sender in &senders {
            // Who is refused may see it only when they send.
            let _ = send(port, sender, "9 <13>two\nl9 <13>words", true).await;
        }
        running.until(if is_required { 2 } else { 4 }).await;
        assert_eq!(running.texts()[..2], ["<13>two\nl", "<13>words"]);
        let told = running.spool.counts();
        assert_eq!(told[0].0.authenticated_by, "certificate");
        assert!(told[0].0.name.starts_with("pacs-1 sha256:"), "{}", told[0].0.name);
        let others: Vec<_> = told[1..].iter().map(|it| (&*it.0.name, &*it.0.authenticated_by)).collect();
        let none = [("127.0.0.1", "none")];
        assert_eq!(others, none[..usize::from(!is_required)], "a stranger's certificate lets nothing in");
    }
    assert!(clients(Path::new("nowhere"), false).ask(&config, false).is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_proves_who_sends_a_request_as_a_token_does() {
    let Parties { config, authorities, senders } = parties();
    let running = running(Fake::default(), options(), Limits::default());
    let socket = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = socket.local_addr().expect("an address").port();
    let asks = clients(authorities.path(), true).ask(&config, false).expect("a configuration");
    tokio::spawn(http::serve(running.intake.clone(), socket, Some(Arc::new(asks))));
    let request = |token: &str, message: &str| {
        let body = format!("{{\"create\":{{}}}}\n{{\"message\":\"{message}\"}}\n");
        format!(
            "POST /_bulk HTTP/1.1\r\nHost: localhost\r\n{token}Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        )
    };
    let [ours, without, stranger] = &senders;
    let (right, wrong) = ("Authorization: Bearer s3cret\r\n", "Authorization: Bearer other\r\n");
    for (sender, token, status, source) in [
        (ours, "", Some("200"), Some(("pacs-1 sha256:", "certificate"))),
        (ours, right, Some("200"), Some(("shipper", "token"))),
        // A token that is none is a mistake, whatever else the sender has.
        (ours, wrong, Some("401"), None),
        (without, right, Some("200"), Some(("shipper", "token"))),
        (without, "", Some("401"), None),
        (stranger, right, None, None),
    ] {
        let before = running.spool.counts();
        let message = format!("{} {token:?} {source:?}", before.len());
        let request = request(token, &message.replace(['"', '\\'], ""));
        let answer = send(port, sender, &request, false).await;
        let told = answer.ok().filter(|it| !it.is_empty());
        let told = told.as_deref().map(|it| it.split(' ').nth(1).unwrap_or_default());
        assert_eq!(told, status, "{message}");
        let stored = |counts: &[(Arc<intake::Source>, intake::Counts)], source: &intake::Source| {
            counts.iter().find(|it| *it.0 == *source).map_or(0, |it| it.1.stored)
        };
        let after = running.spool.counts();
        let new = after.iter().filter(|it| it.1.stored > stored(&before, &it.0));
        let new: Vec<_> = new.map(|it| (&*it.0.name, &*it.0.authenticated_by)).collect();
        match source {
            Some((name, proof)) => {
                assert!(matches!(new[..], [one] if one.0.starts_with(name) && one.1 == proof), "{new:?}");
            }
            None => assert!(new.is_empty(), "{new:?}"),
        }
    }
}
