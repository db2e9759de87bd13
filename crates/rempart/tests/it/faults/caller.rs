//! The program served, and one who calls it: plain HTTP, a connection a request.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::Value;

use crate::{rempart, run, text};

const PASSWORD: &str = "seven green corridors at dawn";

/// A console that is served until it is dropped.
pub struct Serving {
    child: Child,
    address: String,
}

impl Serving {
    pub fn start(data: &Path, more: &[&str]) -> Serving {
        Serving::start_with(data, more, "listening: http://").0
    }

    /// Also what stands behind some words of its standard output.
    pub fn start_with(data: &Path, more: &[&str], words: &str) -> (Serving, String) {
        Serving::of(rempart(), data, more, words)
    }

    /// The same with a clock of its own, as Debian's `libfaketime` takes it.
    pub fn with_clock(clock: &str, data: &Path, more: &[&str], words: &str) -> (Serving, String) {
        let library = Path::new("faketime/libfaketimeMT.so.1");
        let folders = std::fs::read_dir("/usr/lib").unwrap().map(|it| it.unwrap().path());
        let library = folders.map(|it| it.join(library)).find(|it| it.exists()).unwrap();
        let mut command = rempart();
        command.env("LD_PRELOAD", library).env("FAKETIME", clock);
        Serving::of(command, data, more, words)
    }

    fn of(mut command: Command, data: &Path, more: &[&str], words: &str) -> (Serving, String) {
        let mut child = command
            .args(["serve", "--listen", "127.0.0.1:0", "--data", text(data)])
            .args(more)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
        let line = lines.next().unwrap();
        let address = line.trim().strip_prefix("listening: http://").unwrap_or_else(|| panic!("{line}"));
        let told = std::iter::once(line.clone())
            .chain(lines)
            .find_map(|it| Some(it.strip_prefix(words)?.to_owned()));
        (Serving { address: address.to_owned(), child }, told.unwrap())
    }

    /// The most memory that it took.
    pub fn peak_mib(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() / 1024
    }

    pub fn caller(&self, token: &str) -> Caller {
        Caller::at(&self.address, Some(token))
    }

    /// Ends it as a power cut would.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // Killed already is as good.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// One who calls: a program with its token, or a browser with its session.
#[derive(Clone)]
pub struct Caller {
    address: String,
    mark: String,
}

/// The status and the body, as JSON where it is any.
pub type Told = std::io::Result<(u16, Value)>;

impl Caller {
    /// A program that calls an address.
    pub fn at(address: &str, token: Option<&str>) -> Caller {
        let mark = token.map(|token| format!("authorization: Bearer {token}")).unwrap_or_default();
        Caller { address: address.to_owned(), mark }
    }

    pub fn get(&self, path: &str) -> Told {
        self.send("GET", path, "", "").map(|(status, _, body)| (status, body))
    }

    pub fn post(&self, path: &str, key: Option<&str>, body: &Value) -> Told {
        let key = key.map(|key| format!("idempotency-key: {key}\r\n")).unwrap_or_default();
        let head = format!("content-type: application/json\r\n{key}");
        self.send("POST", path, &head, &body.to_string()).map(|(status, _, body)| (status, body))
    }

    /// Adds bytes at a place.
    pub fn put(&self, path: &str, bytes: &str) -> Told {
        self.send("PUT", path, "", bytes).map(|(status, _, body)| (status, body))
    }

    fn send(
        &self,
        method: &str,
        path: &str,
        head: &str,
        body: &str,
    ) -> std::io::Result<(u16, String, Value)> {
        let mut stream = TcpStream::connect(&self.address)?;
        stream.set_read_timeout(Some(Duration::from_secs(40)))?;
        let (host, length) = (&self.address, body.len());
        let mark = if self.mark.is_empty() { String::new() } else { format!("{}\r\n", self.mark) };
        write!(
            stream,
            "{method} {path} HTTP/1.0\r\nhost: {host}\r\n{mark}{head}content-length: {length}\r\n\r\n{body}"
        )?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer)?;
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let cut_off = || std::io::Error::from(std::io::ErrorKind::UnexpectedEof);
        let (head, body) = answer.split_once("\r\n\r\n").ok_or_else(cut_off)?;
        let status = head.split(' ').nth(1).and_then(|it| it.parse().ok()).ok_or_else(cut_off)?;
        Ok((status, head.to_owned(), serde_json::from_str(body).unwrap_or_default()))
    }
}

/// An account that may write, act and inspect, and its token.
pub fn program(data: &Path, more: &[&str]) -> String {
    let password = data.with_file_name("password");
    std::fs::write(&password, format!("{PASSWORD}\n")).unwrap();
    let add = ["user", "add", "chief-1", "--role", "site-administrator", "--data", text(data)];
    let added = run(add.iter().chain(&["--password-file", text(&password)]).chain(more));
    assert!(added.status.success(), "{}", String::from_utf8_lossy(&added.stderr));
    let make =
        ["token", "create", "--user", "chief-1", "--scope", "admin", "--expires", "1d", "--data", text(data)];
    let made = run(make.iter().chain(more));
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    String::from_utf8(made.stdout).unwrap().trim().to_owned()
}

/// The same person in a browser.
pub fn log_in(serving: &Serving) -> Caller {
    let nobody = Caller::at(&serving.address, None);
    let form = format!("name=chief-1&password={}&next=%2F", PASSWORD.replace(' ', "+"));
    let head = "content-type: application/x-www-form-urlencoded\r\n";
    let (status, head, _) = nobody.send("POST", "/login", head, &form).unwrap();
    assert_eq!(status, 303, "{head}");
    let cookie = head.lines().find_map(|line| line.strip_prefix("set-cookie: ")).unwrap();
    Caller { mark: format!("cookie: {}", cookie.split(';').next().unwrap()), ..nobody }
}
