//! The product's own binary as a child process, on a free port, with a data folder of its own; and one demonstration
//! that all share who only look.
//!
//! Invariant: whatever was started ends with the tests, also where they are killed.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use tempfile::TempDir;
use tokio::sync::{Semaphore, SemaphorePermit};

/// Tests at a time: a browser and its console fill a core.
const TURNS: u32 = 2;
static TURN: Semaphore = Semaphore::const_new(TURNS as usize);

/// What everybody of the tests types.
pub(crate) const PASSWORD: &str = "seven green corridors at dawn";
/// Longest wait for a program to be ready.
const READY: Duration = Duration::from_secs(120);

/// A console, and the driver of the browsers that come to it.
pub(crate) struct House {
    /// Nothing, where the console is shared.
    own: Option<Own>,
    /// Where the console answers.
    pub(crate) url: String,
    /// Where the driver of browsers answers.
    pub(crate) driver_url: String,
    /// The link that signs in, or that sets up.
    pub(crate) link: String,
    _turn: SemaphorePermit<'static>,
}

struct Own {
    console: Process,
    arguments: Vec<String>,
    folder: TempDir,
}

/// A program that a shell holds: it ends when this is dropped, or when the tests end in any way.
struct Process(Child);

/// Runs a program until nobody holds the other end of the input; then its folder goes too, where one is named.
const HOLD: &str = r#"exec 3>&1 >/dev/null; "$@" >&3 3>&- & exec 3>&-; read -r over; kill -KILL $!; wait; [ -z "$0" ] || rm -rf -- "$0""#;

impl Process {
    fn start(program: &str, arguments: &[String], folder: Option<&Path>) -> Process {
        let held = Command::new("sh")
            .args(["-c", HOLD])
            .arg(folder.unwrap_or(Path::new("")))
            .arg(program)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        Process(held.unwrap())
    }

    /// Ends it at once.
    fn end(&mut self) {
        drop(self.0.stdin.take());
        let _ = self.0.wait();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.end();
    }
}

impl House {
    /// The demonstration, its night loaded, for a test that changes it.
    pub(crate) async fn demonstration() -> House {
        House::own(TURN.acquire().await.unwrap(), demonstration, "sign in: ")
    }

    /// The demonstration for tests that only look: one for all of them.
    pub(crate) async fn to_look_at() -> House {
        static SHARED: OnceLock<(Process, String, String)> = OnceLock::new();
        let turn = TURN.acquire().await.unwrap();
        let (_, url, link) = SHARED.get_or_init(|| {
            let folder = tempfile::tempdir().unwrap().keep();
            let arguments = demonstration(folder.join("house").to_str().unwrap().to_owned());
            let (console, [url, link]) =
                serve(&arguments, "127.0.0.1:0", ["listening: ", "sign in: "], Some(&folder));
            (console, url, link)
        });
        House { own: None, url: named(url), driver_url: driver(), link: named(link), _turn: turn }
    }

    /// A console that nobody has set up.
    pub(crate) async fn new() -> House {
        House::own(TURN.acquire().await.unwrap(), fresh, "setup: ")
    }

    /// The same, while no other test runs: for what is timed.
    pub(crate) async fn alone() -> House {
        House::own(TURN.acquire_many(TURNS).await.unwrap(), fresh, "setup: ")
    }

    fn own(turn: SemaphorePermit<'static>, arguments: fn(String) -> Vec<String>, link: &str) -> House {
        let folder = tempfile::tempdir().unwrap();
        let arguments = arguments(folder.path().join("house").to_str().unwrap().to_owned());
        let (console, [url, link]) = serve(&arguments, "127.0.0.1:0", ["listening: ", link], None);
        let own = Some(Own { console, arguments, folder });
        House { own, url: named(&url), driver_url: driver(), link: named(&link), _turn: turn }
    }

    /// Ends the console at once, as a power cut would.
    pub(crate) fn cut_power(&mut self) {
        self.own.as_mut().unwrap().console.end();
    }

    /// Adds an account while it serves, as an administrator at the server would.
    pub(crate) fn account(&self, name: &str, role: &str) {
        let own = self.own.as_ref().unwrap();
        let password = own.folder.path().join("password");
        std::fs::write(&password, PASSWORD).unwrap();
        let added = Command::new(env!("CARGO_BIN_EXE_rempart"))
            .args(["user", "add", name, "--role", role, "--password-file"])
            .arg(&password)
            .arg("--data")
            .arg(&own.arguments[2])
            .status();
        assert!(added.unwrap().success());
    }

    /// Starts it again on the same data and port.
    pub(crate) fn power_again(&mut self) {
        let port = self.url.rsplit(':').next().unwrap();
        let own = self.own.as_mut().unwrap();
        (own.console, _) = serve(&own.arguments, &format!("127.0.0.1:{port}"), ["listening: "], None);
    }
}

fn demonstration(folder: String) -> Vec<String> {
    vec!["demo".to_owned(), "--out".to_owned(), folder]
}

fn fresh(folder: String) -> Vec<String> {
    vec!["serve".to_owned(), "--data".to_owned(), folder]
}

/// With the machine's name, not its number: passkeys take a host name.
fn named(url: &str) -> String {
    url.replace("127.0.0.1", "localhost")
}

/// Starts the binary; gives what stands after each of these words on its standard output.
fn serve<const N: usize>(
    arguments: &[String],
    listen: &str,
    words: [&str; N],
    folder: Option<&Path>,
) -> (Process, [String; N]) {
    let arguments = [arguments, &["--listen".to_owned(), listen.to_owned()]].concat();
    let mut process = Process::start(env!("CARGO_BIN_EXE_rempart"), &arguments, folder);
    let out = process.0.stdout.take().unwrap();
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

/// Where the one driver of all browsers answers; started on a free port by whoever comes first.
fn driver() -> String {
    static DRIVER: OnceLock<(Process, String)> = OnceLock::new();
    let start = || {
        // A second call finds the provider installed already: no harm.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let arguments = [format!("--port={port}"), "--log-level=SEVERE".to_owned()];
        let process = Process::start("chromedriver", &arguments, None);
        let began = Instant::now();
        while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(
                began.elapsed() < READY,
                "chromedriver does not answer, or is missing: cargo xtask test installs it, or says how"
            );
            std::thread::sleep(Duration::from_millis(50));
        }
        (process, format!("http://127.0.0.1:{port}"))
    };
    DRIVER.get_or_init(start).1.clone()
}
