//! Traces: a span a request reaches a collector, names nobody, and a collector that is away holds nobody up.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::folder;
use crate::stop::{Service, rest};

/// A collector that takes everything; gives each request's first line and body.
fn collector() -> (String, Receiver<(String, Value)>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (send, receive) = channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let (stream, send) = (stream.unwrap(), send.clone());
            std::thread::spawn(move || while take(&stream).is_some_and(|got| send.send(got).is_ok()) {});
        }
    });
    (url, receive)
}

/// One request, answered; nothing at the connection's end.
fn take(mut stream: &TcpStream) -> Option<(String, Value)> {
    let mut reader = BufReader::new(stream);
    let (mut first, mut length) = (String::new(), 0);
    reader.read_line(&mut first).ok().filter(|read| *read > 0)?;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        match line.trim().to_ascii_lowercase().split_once(": ") {
            Some(("content-length", value)) => length = value.parse().unwrap(),
            Some(_) => {}
            None => break,
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let answer = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}";
    stream.write_all(answer.as_bytes()).ok()?;
    Some((first, serde_json::from_slice(&body).unwrap()))
}

/// A span's attributes, or a resource's.
fn attributes(of: &Value) -> BTreeMap<String, String> {
    let list = of["attributes"].as_array().unwrap();
    let value = |it: &Value| it.as_object().unwrap().values().next().unwrap().to_string().replace('"', "");
    list.iter().map(|it| (it["key"].as_str().unwrap().to_owned(), value(&it["value"]))).collect()
}

#[test]
fn a_span_a_request_reaches_the_collector() {
    let (url, received) = collector();
    let data = folder("traces").join("data");
    let service = Service::start(&data, &["--traces", &url]);
    for path in ["/healthz", "/setup/a-secret-of-a-test", "/no/such/page?name=nurse-17"] {
        rest(&mut service.ask(&format!("GET {path} HTTP/1.1\r\nConnection: close")));
    }
    service.terminate();
    let (_, log) = service.end();
    let (mut spans, mut whole) = (Vec::new(), String::new());
    while let Ok((first, body)) = received.recv_timeout(Duration::from_secs(1)) {
        assert!(first.starts_with("POST /v1/traces HTTP/1.1"), "{first}");
        for of in body["resourceSpans"].as_array().unwrap() {
            assert_eq!(attributes(&of["resource"])["service.name"], "rempart");
            let scopes = of["scopeSpans"].as_array().unwrap();
            spans.extend(scopes.iter().flat_map(|it| it["spans"].as_array().unwrap().clone()));
        }
        whole += &body.to_string();
    }
    let mut told: Vec<(String, String)> = spans
        .iter()
        .map(|span| {
            let marks = attributes(span);
            assert_eq!(span["kind"], 2, "a server's: {span}");
            assert_eq!(span["traceId"].as_str().unwrap().len(), 32);
            assert!(marks["http.request.method"] == "GET" && marks.contains_key("http.route"), "{span}");
            (span["name"].as_str().unwrap().to_owned(), marks["http.response.status_code"].clone())
        })
        .collect();
    told.sort();
    let expected = [("GET /healthz", "200"), ("GET /setup/{token}", "410"), ("GET none", "404")];
    let expected = expected.map(|(name, status)| (name.to_owned(), status.to_owned()));
    assert_eq!(told, expected, "{log}");
    for gone in ["a-secret-of-a-test", "nurse-17"] {
        assert!(!whole.contains(gone) && !log.contains(gone), "{gone} is in {whole} or in {log}");
    }
}

#[test]
fn a_collector_that_is_away_holds_nobody_up() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let gone = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let place = folder("traces-away");
    for (name, address, said) in [
        ("silent", silent.local_addr().unwrap(), "the last traces were not sent"),
        ("gone", gone, "the collector does not take traces"),
    ] {
        let url = format!("http://{address}");
        let service = Service::start(&place.join(name), &["--traces", &url, "--log", "warn"]);
        for _ in 0..20 {
            let start = Instant::now();
            let answer = rest(&mut service.ask("GET /healthz HTTP/1.1\r\nConnection: close"));
            assert!(
                answer.starts_with("HTTP/1.1 200") && start.elapsed() < Duration::from_secs(5),
                "{answer}"
            );
        }
        let start = Instant::now();
        service.terminate();
        let (_, log) = service.end();
        assert!(start.elapsed() < Duration::from_secs(20), "{name}: {:?}: {log}", start.elapsed());
        assert_eq!(log.matches(said).count(), 1, "{name}: {log}");
    }
}
