//! Syslog over real sockets: datagrams, streams, TLS.

use std::sync::Arc;
use std::time::Duration;

use intake::listen::{Limits, syslog};
use intake::{Options, Spool};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::pki_types::{PrivateKeyDer, ServerName};
use rustls::server::WebPkiClientVerifier;
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

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_names_its_source() {
    // Another library may have set it.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let made = |name: &str| generate_simple_self_signed(vec![name.to_owned()]).expect("a certificate");
    let (server, client): (CertifiedKey<_>, CertifiedKey<_>) = (made("localhost"), made("pacs-1"));
    let key = |it: &CertifiedKey<rcgen::KeyPair>| {
        PrivateKeyDer::try_from(it.signing_key.serialize_der()).expect("a key")
    };
    let roots = |it: &CertifiedKey<rcgen::KeyPair>| {
        let mut roots = RootCertStore::empty();
        roots.add(it.cert.der().clone()).expect("a root");
        Arc::new(roots)
    };
    let verifier =
        WebPkiClientVerifier::builder(roots(&client)).allow_unauthenticated().build().expect("verifies");
    let config = ServerConfig::builder()
        .with_client_cert_verifier(verifier)
        .with_single_cert(vec![server.cert.der().clone()], key(&server))
        .expect("a configuration");
    let running = running(Fake::default(), options(), Limits::default());
    let socket = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = socket.local_addr().expect("an address");
    tokio::spawn(syslog::tcp(running.intake.clone(), socket, Some(Arc::new(config))));
    let plain = ClientConfig::builder().with_root_certificates(roots(&server));
    let proven =
        plain.clone().with_client_auth_cert(vec![client.cert.der().clone()], key(&client)).expect("one");
    for (turn, config) in [proven, plain.with_no_client_auth()].into_iter().enumerate() {
        let stream = TcpStream::connect(address).await.expect("connects");
        let name = ServerName::try_from("localhost").expect("a name");
        let mut stream = TlsConnector::from(Arc::new(config)).connect(name, stream).await.expect("TLS");
        stream.write_all(b"9 <13>two\nl9 <13>words").await.expect("sent");
        stream.shutdown().await.expect("ended");
        // The server closes once it read all.
        let _ = stream.read_to_end(&mut Vec::new()).await;
        running.until(2 * (turn as u64 + 1)).await;
    }
    assert_eq!(running.texts()[..2], ["<13>two\nl", "<13>words"]);
    let told = running.spool.counts();
    assert_eq!(told[0].0.authenticated_by, "certificate");
    assert!(told[0].0.name.starts_with("sha256:"));
    assert_eq!((told[1].0.name.as_str(), told[1].0.authenticated_by.as_str()), ("127.0.0.1", "none"));
}
