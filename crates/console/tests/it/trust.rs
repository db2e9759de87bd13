//! Servers whose certificates are of the hospital's own authority: known with `--trust`, refused without it, with a
//! reason that says what to do.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use reqwest::StatusCode;
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::PrivatePkcs8KeyDer;

use crate::common::{House, config, rooms};
use crate::oidc::provider::{CLIENT, Flaw, Provider, SECRET};
use crate::outward::{Night, receiver, until};
use crate::post_office::{office, post_office};

/// An authority: its certificate in PEM, and what a server on this machine that it vouches for answers with.
fn authority(name: &str) -> (String, TlsAcceptor) {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let server =
        CertificateParams::new(vec!["localhost".to_owned()]).unwrap().signed_by(&key, &issuer).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![server.der().clone()], PrivatePkcs8KeyDer::from(key.serialize_der()).into());
    (issuer.pem(), TlsAcceptor::from(Arc::new(config.unwrap())))
}

/// Does TLS before a server that does none; gives the port.
async fn before(acceptor: &TlsAcceptor, to: SocketAddr) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (port, acceptor) = (listener.local_addr().unwrap().port(), acceptor.clone());
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                // Who does not trust the certificate hangs up.
                let Ok(mut outer) = acceptor.accept(stream).await else { return };
                let mut inner = TcpStream::connect(to).await.unwrap();
                let _ = tokio::io::copy_bidirectional(&mut outer, &mut inner).await;
            });
        }
    });
    port
}

fn here(port: u16) -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], port))
}

async fn night(trust: Option<&Path>) -> Night {
    let trust = trust.map(Path::to_owned);
    let night = Night::of(House::demonstrating(|config| config.trust = trust).await).await;
    night.mail_to("admin-1", "it@hospital.example").await;
    night
}

async fn mail_by(night: &Night, port: u16, security: &str) {
    let mail = json!({ "host": "localhost", "port": port, "security": security, "from": "rempart@hospital.example" });
    assert!(night.admin.post("/api/v1/settings/mail", mail).await.0.is_success());
    night.task(json!({ "title": "Look at the server", "person": "admin-1" })).await;
}

/// The reason says what is wrong and what to do.
fn explained(error: &Value) {
    let error = error.as_str().unwrap();
    assert!(error.contains("UnknownIssuer") && error.contains("--trust"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn mail_goes_by_a_server_of_an_authority_that_is_trusted_and_by_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let ((ours, acceptor), (theirs, _)) = (authority("ours"), authority("theirs"));
    let (own, other) = (folder.path().join("ours.pem"), folder.path().join("theirs.pem"));
    std::fs::write(&own, format!("{theirs}\n{ours}")).unwrap();
    std::fs::write(&other, theirs).unwrap();
    for security in ["tls", "starttls"] {
        for (trust, good) in [(Some(own.as_path()), true), (Some(other.as_path()), false), (None, false)] {
            let (port, taken) = match security {
                "tls" => {
                    let (plain, taken) = post_office().await;
                    (before(&acceptor, here(plain)).await, taken)
                }
                _ => office(Some(acceptor.clone())).await,
            };
            let night = night(trust).await;
            mail_by(&night, port, security).await;
            if good {
                let (to, _) = until("the mail", || taken.lock().unwrap().first().cloned()).await;
                assert_eq!(to, "it@hospital.example");
            } else {
                explained(&night.delivery(|it| it["error"].is_string()).await["error"]);
                assert!(taken.lock().unwrap().is_empty(), "nothing is sent to a server that is not known");
            }
        }
    }
    // A server that offers no STARTTLS gets nothing in the clear.
    let (port, taken) = post_office().await;
    let night = night(Some(&own)).await;
    mail_by(&night, port, "starttls").await;
    night.delivery(|it| it["error"].is_string()).await;
    assert!(taken.lock().unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_of_an_authority_that_is_trusted_is_called() {
    let folder = tempfile::tempdir().unwrap();
    let (ours, acceptor) = authority("ours");
    let file = folder.path().join("ours.pem");
    std::fs::write(&file, ours).unwrap();
    let (address, taken) = receiver(&["200 ok"]).await;
    let port = before(&acceptor, address.parse().unwrap()).await;
    let url = format!("https://localhost:{port}/hook");
    for trust in [None, Some(file.as_path())] {
        let night = night(trust).await;
        night.webhook(&url, &["task"], true).await;
        night.task(json!({ "title": "Read the fridge" })).await;
        match trust {
            None => explained(&night.delivery(|it| it["error"].is_string()).await["error"]),
            Some(_) => drop(night.delivery(|it| it["state"] == "done").await),
        }
        assert_eq!(taken.lock().unwrap().is_empty(), trust.is_none());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn people_come_in_by_a_provider_of_an_authority_that_is_trusted() {
    let folder = tempfile::tempdir().unwrap();
    let (ours, acceptor) = authority("ours");
    let file = folder.path().join("ours.pem");
    std::fs::write(&file, ours).unwrap();
    for trust in [None, Some(file)] {
        let home = Arc::new(tempfile::tempdir().unwrap());
        let mut config = config(&home);
        config.trust.clone_from(&trust);
        let house = House::of(config, rooms(false), home).await;
        house.account("admin-1", "site-administrator", None).await;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("https://localhost:{}", before(&acceptor, listener.local_addr().unwrap()).await);
        let back = format!("{}/login/oidc/back", house.url);
        let now = jiff::Timestamp::now().as_second();
        let provider = Provider::start_as(listener, issuer, Flaw::None, json!({}), now, &back);
        let set = json!({
            "issuer": provider.issuer, "client_id": CLIENT, "client_secret": SECRET, "label": "the directory",
            "role": "contributor",
        });
        let admin = house.person("admin-1").await;
        assert_eq!(admin.post("/api/v1/settings/directory", set).await.0, StatusCode::CREATED);
        let mut guest = house.stranger();
        let away = guest.get("/login/oidc?next=%2Fdeclare").await;
        if trust.is_none() {
            assert_eq!(away.status(), StatusCode::BAD_GATEWAY);
            explained(&json!(away.text().await.unwrap()));
            continue;
        }
        guest.keep(&away);
        let (state, code) = provider.log_in(away.headers()["location"].to_str().unwrap());
        let come = guest.get(&format!("/login/oidc/back?state={state}&code={code}")).await;
        assert_eq!(
            (come.status(), &come.headers()["location"]),
            (StatusCode::SEE_OTHER, &"/declare".parse().unwrap())
        );
    }
}
