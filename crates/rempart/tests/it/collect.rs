//! A collector killed at random moments, its server away, back and away again: what was acknowledged to a sender is
//! at the server in the end, once.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::json;

use crate::faults::caller::{Caller, Serving, program};
use crate::{folder, rempart, run, text};

/// Documents of a request.
const DOCUMENTS: usize = 20;

/// An address that is free now and stays ours over restarts.
fn address() -> String {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string()
}

struct Collector(Child);

impl Collector {
    fn start(data: &Path, token: &Path, listen: &str, server: &str) -> Collector {
        let forward = format!("http://{server}");
        let mut child = rempart()
            .args(["collect", "--data", text(data), "--token-file", text(token), "--forward", &forward])
            .args(["--intake-http", listen, "--intake-syslog-udp", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
        assert_eq!(lines.next().unwrap(), format!("listening: http://{listen}"));
        assert_eq!(lines.next().unwrap(), format!("intake-http: http://{listen}"));
        assert!(lines.next().unwrap().starts_with("intake-syslog-udp: udp://127.0.0.1:"));
        Collector(child)
    }

    /// Ends it as a service manager would.
    fn terminate(mut self) -> Option<i32> {
        let mut kill = Command::new("sh");
        kill.args(["-c", "kill -TERM \"$0\"", &self.0.id().to_string()]);
        assert!(kill.status().unwrap().success());
        self.0.wait().unwrap().code()
    }
}

impl Drop for Collector {
    fn drop(&mut self) {
        // Ended already is as good.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Sends requests, each again until it is acknowledged.
fn send(caller: &Caller, stop: &AtomicBool, acknowledged: &AtomicUsize) {
    for turn in 0.. {
        if stop.load(Ordering::Relaxed) {
            return;
        }
        let documents = (0..DOCUMENTS).map(|at| {
            let meta = json!({ "create": { "_id": format!("{turn}-{at}") } });
            format!(
                "{meta}\n{}\n",
                json!({ "message": format!("event {turn}-{at}"), "host": { "name": "srv-1" } })
            )
        });
        let body: String = documents.collect();
        while !matches!(caller.put("/_bulk", &body), Ok((200, _))) {
            std::thread::sleep(Duration::from_millis(20));
        }
        acknowledged.fetch_add(DOCUMENTS, Ordering::Relaxed);
    }
}

/// Events that the server keeps, and how their senders were proven.
fn kept(server: &Serving, token: &str) -> (usize, Vec<String>) {
    let (status, told) = server.caller(token).get("/api/v1/intake").unwrap();
    assert_eq!(status, 200, "{told}");
    let sources = told["sources"].as_array().unwrap();
    let stored = sources.iter().map(|it| it["stored"].as_u64().unwrap()).sum::<u64>();
    let proofs = sources.iter().map(|it| it["authenticated_by"].as_str().unwrap().to_owned());
    (usize::try_from(stored).unwrap(), proofs.collect())
}

#[test]
fn what_a_collector_acknowledged_reaches_the_server_once() {
    let home = folder("collect");
    let (data, token_file) = (home.join("data"), home.join("token"));
    let admin = program(&data, &[]);
    let made = [
        "token",
        "create",
        "--user",
        "chief-1",
        "--scope",
        "intake",
        "--expires",
        "1d",
        "--data",
        text(&data),
    ];
    let made = run(made);
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    std::fs::write(&token_file, made.stdout).unwrap();
    let (server, listen) = (address(), address());
    let (stop, acknowledged) = (AtomicBool::new(false), AtomicUsize::new(0));
    let started = || Collector::start(&home.join("collector"), &token_file, &listen, &server);
    let caller = Caller::at(&listen, None);
    let moment = || {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
        std::thread::sleep(Duration::from_millis(200 + u64::from(now.subsec_micros()) % 600));
    };
    std::thread::scope(|scope| {
        scope.spawn(|| send(&caller, &stop, &acknowledged));
        // The server is away at first, and again in every other round.
        for round in 0..6 {
            let serving = (round % 2 == 1).then(|| Serving::start(&data, &["--intake-http", &server]));
            let collector = started();
            moment();
            if round % 3 == 1 {
                // The server goes first.
                drop(serving);
                moment();
                drop(collector);
            } else {
                drop(collector);
                drop(serving);
            }
        }
        let collector = started();
        stop.store(true, Ordering::Relaxed);
        let began = Instant::now();
        let (serving, mut last) = (Serving::start(&data, &["--intake-http", &server]), 0);
        while last < acknowledged.load(Ordering::Relaxed) || acknowledged.load(Ordering::Relaxed) == 0 {
            assert!(began.elapsed().as_secs() < 120, "{last} of {acknowledged:?} came through");
            std::thread::sleep(Duration::from_millis(100));
            last = kept(&serving, &admin).0;
        }
        assert_eq!(collector.terminate(), Some(0), "told to end, it ends in order");
        // Whatever it keeps, it brings again.
        let again = started();
        moment();
        assert_eq!(again.terminate(), Some(0));
        let (stored, proofs) = kept(&serving, &admin);
        assert_eq!(stored, acknowledged.load(Ordering::Relaxed), "nothing is lost, nothing counts twice");
        assert_eq!(proofs, ["none"], "nobody proved anything to the collector");
    });
    assert!(acknowledged.load(Ordering::Relaxed) > 500, "hardly anything was sent: {acknowledged:?}");
}

#[test]
fn a_collector_lets_nobody_in_unproven_from_outside() {
    let home = folder("collect-refused");
    let token = home.join("token");
    std::fs::write(&token, "rmp_anything\n").unwrap();
    let list = home.join("list");
    std::fs::write(&list, "winlogbeat short\n").unwrap();
    let base = ["collect", "--data", text(&home), "--token-file", text(&token)];
    for (more, said) in [
        (&["--forward", "https://rempart.example:9200"][..], "nothing is to be collected"),
        (
            &["--forward", "https://rempart.example:9200", "--intake-http", "0.0.0.0:0", "--plain-http"],
            "anybody could send",
        ),
        (
            &["--forward", "http://rempart.example:9200", "--intake-http", "127.0.0.1:0"],
            "the token would travel",
        ),
        (
            &[
                "--forward",
                "http://[::1]:9200",
                "--intake-http",
                "127.0.0.1:0",
                "--intake-token-file",
                text(&list),
            ],
            "line 1: a token has at least 20 letters",
        ),
    ] {
        let ended = run([&base[..], more].concat());
        let error = String::from_utf8_lossy(&ended.stderr);
        assert_eq!(ended.status.code(), Some(2), "{error}");
        assert!(error.contains(said), "{error}");
    }
}
