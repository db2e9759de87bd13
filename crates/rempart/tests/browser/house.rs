//! The product's own binary as a child process, on a free port, with a data folder of its own.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;
use tokio::sync::{Mutex, MutexGuard};

/// One test at a time: a browser and a console fill the machine.
static TURN: Mutex<()> = Mutex::const_new(());

/// What everybody of the tests types.
pub(crate) const PASSWORD: &str = "seven green corridors at dawn";
/// Longest wait for a program to be ready.
const READY: Duration = Duration::from_secs(120);

/// A console, and the driver of the browsers that come to it.
pub(crate) struct House {
    console: Process,
    _driver: Process,
    /// Where the console answers.
    pub(crate) url: String,
    /// Where the driver of browsers answers.
    pub(crate) driver_url: String,
    /// The link that signs in, or that sets up.
    pub(crate) link: String,
    arguments: Vec<String>,
    folder: TempDir,
    _turn: MutexGuard<'static, ()>,
}

/// A program, ended when dropped.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl House {
    /// The demonstration, its night loaded.
    pub(crate) async fn demonstration() -> House {
        House::start(|folder| vec!["demo".to_owned(), "--out".to_owned(), folder], "sign in: ").await
    }

    /// A console that nobody has set up.
    pub(crate) async fn new() -> House {
        House::start(|folder| vec!["serve".to_owned(), "--data".to_owned(), folder], "setup: ").await
    }

    async fn start(arguments: impl FnOnce(String) -> Vec<String>, link: &str) -> House {
        let turn = TURN.lock().await;
        // A second call finds the provider installed already: no harm.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let folder = tempfile::tempdir().unwrap();
        let arguments = arguments(folder.path().join("house").to_str().unwrap().to_owned());
        let (console, [url, link]) = serve(&arguments, "127.0.0.1:0", ["listening: ", link]);
        let (driver, driver_url) = driver();
        // Names, not numbers: passkeys take a host name.
        let named = |url: &str| url.replace("127.0.0.1", "localhost");
        let (url, link) = (named(&url), named(&link));
        House { console, _driver: driver, url, driver_url, link, arguments, folder, _turn: turn }
    }

    /// Ends the console at once, as a power cut would.
    pub(crate) fn cut_power(&mut self) {
        let _ = self.console.0.kill();
        let _ = self.console.0.wait();
    }

    /// Adds an account while it serves, as an administrator at the server would.
    pub(crate) fn account(&self, name: &str, role: &str) {
        let password = self.folder.path().join("password");
        std::fs::write(&password, PASSWORD).unwrap();
        let added = Command::new(env!("CARGO_BIN_EXE_rempart"))
            .args(["user", "add", name, "--role", role, "--password-file"])
            .arg(&password)
            .arg("--data")
            .arg(&self.arguments[2])
            .status();
        assert!(added.unwrap().success());
    }

    /// Starts it again on the same data and port.
    pub(crate) fn power_again(&mut self) {
        let port = self.url.rsplit(':').next().unwrap();
        let (console, _) = serve(&self.arguments, &format!("127.0.0.1:{port}"), ["listening: "]);
        self.console = console;
    }
}

/// Starts the binary; gives what stands after each of these words on its standard output.
fn serve<const N: usize>(arguments: &[String], listen: &str, words: [&str; N]) -> (Process, [String; N]) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_rempart"))
        .args(arguments)
        .args(["--listen", listen])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let out = child.stdout.take().unwrap();
    let process = Process(child);
    let mut found = [const { String::new() }; N];
    for line in BufReader::new(out).lines() {
        let line = line.unwrap();
        for (word, place) in words.iter().zip(&mut found) {
            if let Some(rest) = line.strip_prefix(word) {
                *place = rest.trim().to_owned();
            }
        }
        if found.iter().all(|it| !it.is_empty()) {
            return (process, found);
        }
    }
    panic!("{arguments:?} ended before it was ready")
}

/// Starts chromedriver on a free port.
fn driver() -> (Process, String) {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let child = Command::new("chromedriver")
        .args([format!("--port={port}"), "--log-level=SEVERE".to_owned()])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("chromedriver is missing: cargo xtask test installs it, or says how");
    let process = Process(child);
    let began = Instant::now();
    while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(began.elapsed() < READY, "chromedriver does not answer");
        std::thread::sleep(Duration::from_millis(50));
    }
    (process, format!("http://127.0.0.1:{port}"))
}
