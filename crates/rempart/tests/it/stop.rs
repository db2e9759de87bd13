//! The server as a service: told ready, logged as JSON, stopped without breaking what is in hand.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::os::unix::net::UnixDatagram;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::{folder, rempart, run, text};

/// A server with a service manager that listens; killed when dropped.
pub(crate) struct Service {
    child: Child,
    address: SocketAddr,
    printed: BufReader<std::process::ChildStdout>,
    manager: UnixDatagram,
    log: PathBuf,
}

impl Service {
    pub(crate) fn start(data: &Path, more: &[&str]) -> Service {
        let (socket, log) = (data.with_extension("notify"), data.with_extension("log"));
        let manager = UnixDatagram::bind(&socket).unwrap();
        manager.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        let mut child = rempart()
            .args(["serve", "--listen", "127.0.0.1:0", "--data", text(data)])
            .args(more)
            .env("NOTIFY_SOCKET", &socket)
            .stdout(Stdio::piped())
            .stderr(fs::File::create(&log).unwrap())
            .spawn()
            .unwrap();
        let mut printed = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        printed.read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("listening: http://").unwrap().parse().unwrap();
        Service { child, address, printed, manager, log }
    }

    fn told(&self) -> String {
        let mut bytes = [0; 4_096];
        let length = self.manager.recv(&mut bytes).unwrap();
        String::from_utf8_lossy(&bytes[..length]).into_owned()
    }

    /// Opens a connection and sends the head of a request on it.
    pub(crate) fn ask(&self, head: &str) -> TcpStream {
        let mut stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        let host = self.address;
        stream.write_all(format!("{head}\r\nHost: {host}\r\n\r\n").as_bytes()).unwrap();
        stream
    }

    /// Begins a request whose body is awaited by the server, and stops half-way.
    fn begin(&self, body: &str) -> TcpStream {
        let mut stream = self.ask(&format!(
            "POST /login HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded\r\n\
             Expect: 100-continue\r\nContent-Length: {}",
            body.len()
        ));
        assert!(line(&mut stream).starts_with("HTTP/1.1 100"));
        stream.write_all(&body.as_bytes()[..body.len() / 2]).unwrap();
        stream
    }

    pub(crate) fn terminate(&self) {
        let mut kill = Command::new("sh");
        kill.args(["-c", "kill -TERM \"$0\"", &self.child.id().to_string()]);
        assert!(kill.status().unwrap().success());
    }

    fn refuses_connections(&self) -> bool {
        let start = Instant::now();
        while start.elapsed() < Duration::from_secs(20) {
            if TcpStream::connect(self.address).is_err() {
                return true;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        false
    }

    /// Waits for the end; gives what was printed and what was logged.
    pub(crate) fn end(mut self) -> (String, String) {
        assert_eq!(self.child.wait().unwrap().code(), Some(0));
        let mut printed = String::new();
        self.printed.read_to_string(&mut printed).unwrap();
        (printed, fs::read_to_string(&self.log).unwrap())
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // It has ended already where all went well.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The next line, without reading beyond it.
fn line(stream: &mut TcpStream) -> String {
    let (mut bytes, mut byte) = (Vec::new(), [0]);
    while stream.read(&mut byte).unwrap() == 1 && byte[0] != b'\n' {
        bytes.push(byte[0]);
    }
    String::from_utf8(bytes).unwrap()
}

pub(crate) fn rest(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).unwrap();
    String::from_utf8_lossy(&bytes).into_owned()
}

/// A token to read with.
fn token(data: &Path) -> String {
    let password = data.with_extension("password");
    fs::write(&password, "a long password of a test\n").unwrap();
    let data = text(data);
    let user =
        ["user", "add", "nurse-17", "--role", "viewer", "--password-file", text(&password), "--data", data];
    assert_eq!(run(user).status.code(), Some(0));
    let made =
        run(["token", "create", "--user", "nurse-17", "--scope", "read", "--expires", "1d", "--data", data]);
    String::from_utf8(made.stdout).unwrap().trim().to_owned()
}

#[test]
fn sigterm_finishes_what_is_in_hand_and_ends_streams() {
    let data = folder("stop").join("data");
    let token = token(&data);
    let service = Service::start(&data, &[]);
    let told = service.told();
    assert!(
        told.contains("READY=1") && told.contains(&format!("STATUS=Answers on http://{}", service.address))
    );
    let mut stream = service.ask(&format!("GET /api/v1/events HTTP/1.1\r\nAuthorization: Bearer {token}"));
    while line(&mut stream) != ": here" {}
    let body = "name=nurse-17&password=a+long+password+of+a+test&next=%2F";
    let mut request = service.begin(body);
    service.terminate();
    assert!(service.told().contains("STOPPING=1"));
    assert!(rest(&mut stream).ends_with("\r\n0\r\n\r\n"), "the stream of events is ended, not cut");
    assert!(service.refuses_connections());
    request.write_all(&body.as_bytes()[body.len() / 2..]).unwrap();
    let mut answer = rest(&mut request);
    answer.retain(|it| it != '\r');
    assert!(
        answer.trim_start().starts_with("HTTP/1.1 303") && answer.contains("\nset-cookie: rempart="),
        "{answer}"
    );
    let (_, log) = service.end();
    assert!(!log.contains("are cut"), "{log}");
    assert!(log.lines().last().unwrap().contains("stopped: no connection is open"), "{log}");
    assert!(!data.join("rempart.sqlite-wal").exists(), "the store was not closed");
}

#[test]
fn one_who_never_ends_is_waited_for_ten_seconds() {
    let data = folder("stop-bound").join("data");
    let service = Service::start(&data, &[]);
    let request = service.begin("name=nobody&password=nothing");
    let start = Instant::now();
    service.terminate();
    let (_, log) = service.end();
    let took = start.elapsed();
    assert!((9..25).contains(&took.as_secs()), "{took:?}: {log}");
    assert!(log.contains("\"cut\":1") && log.contains("stopped: "), "{log}");
    drop(request);
}

#[test]
fn the_log_is_json_without_secrets_unless_text_is_asked_for() {
    let place = folder("log");
    let cases: [(&str, &[&str]); 3] =
        [("json", &[]), ("text", &["--log-format", "text"]), ("quiet", &["--log", "error"])];
    for (name, more) in cases {
        let data = place.join(name);
        let service = Service::start(&data, more);
        let set_up = fs::read_to_string(data.join("setup-url")).unwrap();
        let secret = set_up.trim().rsplit('/').next().unwrap().to_owned();
        let mut page = service.ask(&format!("GET /setup/{secret} HTTP/1.1\r\nConnection: close"));
        assert!(rest(&mut page).starts_with("HTTP/1.1 200"));
        service.terminate();
        let (printed, log) = service.end();
        assert!(printed.contains(&secret) && !log.contains(&secret), "{log}");
        let lines: Vec<Option<Value>> = log.lines().map(|line| serde_json::from_str(line).ok()).collect();
        match name {
            "json" => {
                assert!(lines.len() >= 2, "{log}");
                for line in lines {
                    let line = line.unwrap_or_else(|| panic!("no JSON: {log}"));
                    assert_eq!(line["level"], "INFO");
                    assert!(line["timestamp"].is_string() && line["fields"]["message"].is_string(), "{line}");
                }
            }
            "text" => assert!(log.contains("stopped: ") && lines.iter().all(Option::is_none), "{log}"),
            _ => assert_eq!(log, ""),
        }
    }
}
