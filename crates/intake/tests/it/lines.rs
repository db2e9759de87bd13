//! Syslog over real sockets: datagrams, streams, TLS.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use intake::listen::sockets::Clients;
use intake::listen::{Limits, syslog};
use intake::{Options, Spool};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UdpSocket};
use tokio_rustls::TlsConnector;

use crate::fake::Fake;
use crate::support::{now, options, running};

#[tokio::test(flavor = "multi_thread")]
async fn datagrams_are_kept_each_as_an_event_of_its_own() {
    let running = running(Fake::default(), options(), Limits::default());
    let socket = UdpSocket::bind("127.0.0.1:0").await.expect("a port");
    let address = socket.local_addr().expect("an address");
    tokio::spawn(syslog::udp(running.intake.clone(), socket));
    let sender = UdpSocket::bind("127.0.0.1:0").await.expect("a port");
    for line in ["<13>same\n", "<13>same\n", "\n", "<13>other"] {
        sender.send_to(line.as_bytes(), address).await.expect("sent");
    }
    running.until(3).await;
    assert_eq!(running.texts(), ["<13>same", "<13>same", "<13>other"]);
    let (source, counts) = running.spool.counts().remove(0);
    assert_eq!((&*source.name, &*source.authenticated_by), ("127.0.0.1", "none"));
    assert_eq!(counts.stored, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn datagrams_without_room_or_over_the_rate_are_counted_as_shed() {
    for (options, limits) in [
        (Options { budget: 700, ..options() }, Limits::default()),
        (options(), Limits { rate: 1, ..Limits::default() }),
    ] {
        let running = running(Fake::default(), options, limits);
        let socket = UdpSocket::bind("127.0.0.1:0").await.expect("a port");
        let address = socket.local_addr().expect("an address");
        tokio::spawn(syslog::udp(running.intake.clone(), socket));
        let sender = UdpSocket::bind("127.0.0.1:0").await.expect("a port");
        for turn in 0..50 {
            sender.send_to(format!("<13>{turn}").as_bytes(), address).await.expect("sent");
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        let told = || running.spool.counts().first().map(|(_, counts)| counts.clone()).unwrap_or_default();
        for _ in 0..300 {
            if told().shed + told().stored == 50 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let told = told();
        assert_eq!(told.shed + told.stored, 50, "{told:?}");
        assert!(told.shed > 20, "{told:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_spool_closes_the_window_and_loses_nothing() {
    let disk = Fake::default();
    let options = Options { budget: 1_500, segment: 200, ..options() };
    let (spool, _) = Spool::open(disk.clone(), now, options.clone()).expect("opens");
    drop(spool);
    let running = running(disk, options, Limits::default());
    let socket = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let mut stream = TcpStream::connect(socket.local_addr().expect("an address")).await.expect("connects");
    tokio::spawn(syslog::tcp(running.intake.clone(), socket, None));
    let all: Vec<String> = (0..60).map(|turn| format!("<13>line {turn}")).collect();
    for line in &all {
        stream.write_all(format!("{line}\n").as_bytes()).await.expect("sent");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let mut reader = running.spool.reader("desk").expect("a reader");
    let mut read = Vec::new();
    for _ in 0..600 {
        let batch = reader.next(300).expect("reads");
        read.extend(batch.records.into_iter().map(|it| String::from_utf8(it.bytes).expect("text")));
        reader.commit(batch.end).expect("kept");
        if read.len() == all.len() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(read, all);
    assert_eq!(running.spool.counts()[0].1.shed, 0);
}

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

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_of_the_hospital_names_its_source_and_others_are_none_or_refused() {
    // Another library may have set it.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let (ours, theirs) = (certified("the hospital", None), certified("somebody", None));
    let (server, client, stranger) = (
        certified("server", Some(&ours)),
        certified("pacs-1", Some(&ours)),
        certified("pacs-1", Some(&theirs)),
    );
    let folder = tempfile::tempdir().expect("a folder");
    let authorities = folder.path().join("authorities.pem");
    let packed = STANDARD.encode(&ours.certificate);
    std::fs::write(
        &authorities,
        format!("-----BEGIN CERTIFICATE-----\n{packed}\n-----END CERTIFICATE-----\n"),
    )
    .expect("written");
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
    for is_required in [false, true] {
        let running = running(Fake::default(), options(), Limits::default());
        let socket = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = socket.local_addr().expect("an address");
        let clients = Clients { authorities: authorities.clone(), is_required };
        let asks = clients.ask(&config).expect("a configuration");
        tokio::spawn(syslog::tcp(running.intake.clone(), socket, Some(Arc::new(asks))));
        let configs = [with(&client), plain.clone().with_no_client_auth(), with(&stranger)];
        for config in configs {
            let stream = TcpStream::connect(address).await.expect("connects");
            let name = ServerName::try_from("localhost").expect("a name");
            let connected = TlsConnector::from(Arc::new(config)).connect(name, stream).await;
            // Who is refused may see it only when they send.
            let Ok(mut stream) = connected else { continue };
            let _ = stream.write_all(b"9 <13>two\nl9 <13>words").await;
            let _ = stream.shutdown().await;
            // The server closes once it read all.
            let _ = stream.read_to_end(&mut Vec::new()).await;
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
    assert!(Clients { authorities: folder.path().join("none"), is_required: false }.ask(&config).is_err());
}
