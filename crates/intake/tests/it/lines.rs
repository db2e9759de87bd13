//! Syslog over real sockets: datagrams, streams, TLS.

use std::time::Duration;

use intake::listen::{Limits, syslog};
use intake::{Options, Spool};
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream, UdpSocket};

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
