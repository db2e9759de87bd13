//! A PostgreSQL of this test, which can be restarted.
//!
//! Invariant: nothing is left behind: its shell ends it and takes its folder away when the pipe from this process closes.

use std::io::Write;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use super::postgres::{programs, unprivileged};

/// Starts it, starts it again at each line that comes, and cleans up at the end.
const SCRIPT: &str = "programs=$0 folder=$1
start() { \"$programs/postgres\" -D \"$folder/data\" -k \"$folder\" -c listen_addresses= 2>>\"$folder/log\" & pid=$!; }
start
while read -r word; do kill -INT $pid; wait $pid; sleep 0.5; start; done
kill -INT $pid; wait; rm -rf \"$folder\"";

pub struct Cluster {
    folder: PathBuf,
    programs: PathBuf,
    shell: Mutex<Child>,
}

impl Cluster {
    /// None where the run leaves PostgreSQL out.
    pub fn start() -> Option<Cluster> {
        if std::env::var("REMPART_SKIP_POSTGRES").is_ok_and(|it| it == "1") {
            println!("PostgreSQL left out: REMPART_SKIP_POSTGRES=1");
            return None;
        }
        let programs = programs().expect(
            "PostgreSQL is not installed: run `apt-get install postgresql`, or set REMPART_SKIP_POSTGRES=1",
        );
        let folder = tempfile::tempdir().unwrap().keep();
        let user = unprivileged(&folder);
        let own = |program: &Path| {
            let mut command = Command::new(program);
            if let Some((uid, gid)) = user {
                command.uid(uid).gid(gid);
            }
            command.current_dir(&folder).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
            command
        };
        let made = own(&programs.join("initdb"))
            .args(["--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-sync"])
            .args(["--locale=C", "--locale-provider=icu", "--icu-locale=en", "--pgdata"])
            .arg(folder.join("data"))
            .status();
        assert!(made.unwrap().success(), "initdb failed");
        let shell = own(Path::new("sh"))
            .args(["-c", SCRIPT])
            .args([&programs, &folder])
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        let cluster = Cluster { folder, programs, shell: Mutex::new(shell) };
        cluster.wait();
        Some(cluster)
    }

    pub fn url(&self) -> String {
        format!("postgres://postgres@localhost/postgres?host={}", self.folder.display())
    }

    /// Ends every connection at once and starts anew.
    pub fn restart(&self) {
        let before = self.process();
        let mut shell = self.shell.lock().unwrap();
        shell.stdin.as_mut().unwrap().write_all(b"again\n").unwrap();
        let until = Instant::now() + Duration::from_secs(30);
        while self.process() == before {
            assert!(Instant::now() < until, "PostgreSQL does not end");
            std::thread::sleep(Duration::from_millis(20));
        }
        self.wait();
    }

    /// The number of its process, where it runs.
    fn process(&self) -> Option<String> {
        let text = std::fs::read_to_string(self.folder.join("data/postmaster.pid")).ok()?;
        text.lines().next().map(str::to_owned)
    }

    fn wait(&self) {
        let until = Instant::now() + Duration::from_secs(30);
        loop {
            let ready = Command::new(self.programs.join("pg_isready"))
                .args(["-q", "-h"])
                .arg(&self.folder)
                .status()
                .is_ok_and(|status| status.success());
            if ready {
                return;
            }
            let log = std::fs::read_to_string(self.folder.join("log")).unwrap_or_default();
            assert!(Instant::now() < until, "PostgreSQL does not start: {log}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let mut shell = self.shell.lock().unwrap();
        drop(shell.stdin.take());
        let _ = shell.wait();
    }
}
