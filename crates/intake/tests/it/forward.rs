//! What a collector forwards arrives as it was received, once, with who sent it; and stays until an intake answered.

use std::collections::VecDeque;
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use intake::forward::{Target, forward};
use intake::listen::{Limits, http};
use intake::spool::Disk;
use intake::{Event, Id, Options, Source, Spool};
use reqwest::Client;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::fake::Fake;
use crate::support::{Running, now, options, records, running};

/// A collector's spool and what forwards from it.
struct Collector {
    spool: Arc<Spool>,
    stop: CancellationToken,
    task: tokio::task::JoinHandle<()>,
}

impl Collector {
    fn start(disk: &Fake, url: &str, token: &str) -> Collector {
        // Another library may have set it.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let options = Options { keep_free: 0, readers: vec!["forward".to_owned()], ..Options::default() };
        let spool = Arc::new(Spool::open(disk.clone(), now, options).expect("opens").0);
        let stop = CancellationToken::new();
        let target = Target::new(url, token, Client::new()).expect("a token");
        let (of, stopped) = (spool.clone(), stop.clone());
        let task = tokio::spawn(async move {
            forward(of, "forward", target, stopped).await.expect("a reader");
        });
        Collector { spool, stop, task }
    }

    /// Waits until everything was answered for.
    async fn emptied(&self) {
        for _ in 0..1_000 {
            let mut reader = self.spool.reader("forward").expect("a reader");
            if records(&mut reader).is_empty() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("the collector keeps something");
    }

    async fn end(self) {
        self.stop.cancel();
        self.task.await.expect("ends");
        self.spool.close();
    }
}

fn event(name: &str, proof: &str, id: u128, bytes: &[u8]) -> Event {
    Event { source: Arc::new(Source::new(name, proof)), id: Id::Known(id), bytes: bytes.to_vec() }
}

fn server() -> (Running, String) {
    let running = running(Fake::default(), options(), Limits { rate: 0, ..Limits::default() });
    let socket = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", socket.local_addr().expect("an address"));
    tokio::spawn(http::serve(running.intake.clone(), socket, None));
    (running, url)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_received_arrives_as_it_was_with_who_sent_it() {
    let (server, url) = server();
    let received: [&[u8]; 6] = [
        b"{\"message\":\"one\"}",
        b"<13>Nov 28 03:00:00 srv-1 app: two",
        b"{ no object",
        b"three\nlines\n",
        b"caf\xe9 in Latin letters",
        b"{\"a\":1,\"a\":2}",
    ];
    let disk = Fake::default();
    let collector = Collector::start(&disk, &url, "s3cret");
    let events: Vec<Event> =
        received.iter().zip(1..).map(|(it, id)| event("10.0.0.7", "none", id, it)).collect();
    collector.spool.append_and_wait(&events).expect("kept");
    let proven = [event("dc", "token", 1, b"{\"n\":1}"), event("dc", "made up", 1, b"{\"n\":2}")];
    collector.spool.append_and_wait(&proven).expect("kept");
    collector.emptied().await;
    let mut reader = server.spool.reader("desk").expect("a reader");
    let kept = records(&mut reader);
    let bytes: Vec<&[u8]> = kept.iter().map(|it| it.bytes.as_slice()).collect();
    assert_eq!(bytes[..6], received, "as they were received");
    let from = |at: usize| (&*kept[at].source.name, &*kept[at].source.authenticated_by);
    assert_eq!(from(0), ("shipper/10.0.0.7", "none"), "what was unproven stays unproven");
    assert_eq!(from(6), ("shipper/dc", "token"));
    assert_eq!(from(7), ("shipper/dc", "none"), "a proof that nobody knows is none");
    collector.end().await;

    // The answer was lost, and the place with it.
    disk.remove("forward.cursor").expect("removed");
    let again = Collector::start(&disk, &url, "s3cret");
    again.emptied().await;
    let counts: Vec<_> =
        server.spool.counts().into_iter().map(|(_, it)| (it.stored, it.duplicates)).collect();
    assert_eq!(counts, [(6, 6), (1, 1), (1, 1)], "sent again, nothing counts twice");
    again.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_server_refuses_for_good_is_counted_and_holds_nothing_up() {
    let (server, url) = server();
    // Its token speaks for dc-* alone.
    let collector = Collector::start(&Fake::default(), &url, "narrow");
    let of =
        |id, host: &str| event("dc", "token", id, json!({ "host": { "name": host } }).to_string().as_bytes());
    let syslog = event("10.0.0.7", "none", 9, b"<13>Nov 28 03:00:00 pacs-1 app: two");
    collector.spool.append_and_wait(&[of(1, "dc-1"), of(2, "pacs-1"), of(3, "dc-2"), syslog]).expect("kept");
    collector.emptied().await;
    assert_eq!(server.texts().len(), 2);
    let spool = collector.spool.clone();
    collector.end().await;
    let shed: Vec<u64> = spool.counts().into_iter().map(|(_, it)| it.shed).collect();
    assert_eq!(shed, [1, 1]);
}

/// A server that gives prepared answers, then takes everything; it notes how many events each request had.
#[derive(Clone, Default)]
struct Script {
    answers: Arc<Mutex<VecDeque<Response>>>,
    requests: Arc<Mutex<Vec<usize>>>,
}

fn taken(events: usize) -> Value {
    let one = json!({ "create": { "status": 201 } });
    json!({ "items": vec![one; events] })
}

async fn scripted(State(script): State<Script>, body: Bytes) -> Response {
    let mut text = String::new();
    std::io::Read::read_to_string(&mut flate2::read::GzDecoder::new(&*body), &mut text).expect("gzip");
    let events = text.lines().count() / 2;
    script.requests.lock().expect("no panic").push(events);
    let prepared = script.answers.lock().expect("no panic").pop_front();
    prepared.unwrap_or_else(|| intake(StatusCode::OK, taken(events)))
}

fn intake(status: StatusCode, body: Value) -> Response {
    (status, [("x-elastic-product", "Elasticsearch")], axum::Json(body)).into_response()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_stays_until_the_intake_itself_answered_for_it() {
    let mixed = json!({ "items": [
        { "create": { "status": 201 } }, { "create": { "status": 429 } }, { "create": { "status": 403 } } ] });
    let cases = [
        ("a proxy that says it is fine", StatusCode::OK.into_response(), vec![3, 3]),
        ("a page of a proxy", (StatusCode::OK, "<html>").into_response(), vec![3, 3]),
        ("an answer for fewer", intake(StatusCode::OK, taken(2)), vec![3, 3]),
        (
            "no JSON",
            (StatusCode::OK, [("x-elastic-product", "Elasticsearch")], "no").into_response(),
            vec![3, 3],
        ),
        ("a server that is away", StatusCode::BAD_GATEWAY.into_response(), vec![3, 3]),
        ("a token that is not good yet", intake(StatusCode::UNAUTHORIZED, json!({})), vec![3, 3]),
        ("too many", intake(StatusCode::TOO_MANY_REQUESTS, json!({})), vec![3, 3]),
        ("a proxy that does not understand", StatusCode::BAD_REQUEST.into_response(), vec![3, 3]),
        ("one event that is to come again", intake(StatusCode::OK, mixed), vec![3, 3]),
        ("a bound of a proxy", StatusCode::PAYLOAD_TOO_LARGE.into_response(), vec![3, 1, 2]),
    ];
    for (what, answer, requests) in cases {
        let script = Script::default();
        script.answers.lock().expect("no panic").push_back(answer);
        let socket = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", socket.local_addr().expect("an address"));
        let router = Router::new().fallback(scripted).with_state(script.clone());
        tokio::spawn(async move { axum::serve(socket, router).await });
        let collector = Collector::start(&Fake::default(), &url, "s3cret");
        let events = [1, 2, 3].map(|id| event("dc", "token", id, b"{}"));
        collector.spool.append_and_wait(&events).expect("kept");
        collector.emptied().await;
        assert_eq!(*script.requests.lock().expect("no panic"), requests, "{what}");
        let spool = collector.spool.clone();
        collector.end().await;
        let shed: u64 = spool.counts().iter().map(|(_, it)| it.shed).sum();
        assert_eq!(shed, 0, "{what}: nothing is given up");
    }
}
