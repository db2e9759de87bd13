//! A PostgreSQL of the tests' own, on a socket in a folder of its own.
//!
//! Invariant: nothing is left behind: its shell ends it and takes its folder away when the pipe from this process closes,
//! however the tests end. Where PostgreSQL is not installed a test fails and says what to install, unless
//! `REMPART_SKIP_POSTGRES=1`.

use std::fs;
use std::io::Write;
use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, OnceLock};
use std::time::{Duration, Instant};

/// Starts it, starts it again at each line that comes, and cleans up at the end.
const SCRIPT: &str = "programs=$0 folder=$1
start() { \"$programs/postgres\" -D \"$folder/data\" -k \"$folder\" -c listen_addresses= -c fsync=off \
 -c max_connections=200 2>>\"$folder/log\" & pid=$!; }
start
while read -r word; do kill -INT $pid; wait $pid; sleep 0.5; start; done
kill -INT $pid; wait; rm -rf \"$folder\"";

pub struct Cluster {
    folder: PathBuf,
    programs: PathBuf,
    shell: Mutex<Child>,
}

/// The one of this test binary; none where the run leaves PostgreSQL out.
pub fn shared() -> Option<&'static Cluster> {
    static CLUSTER: OnceLock<Option<Cluster>> = OnceLock::new();
    CLUSTER.get_or_init(Cluster::start).as_ref()
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
            command.current_dir(&folder).stdin(Stdio::null()).stdout(Stdio::null());
            command
        };
        let made = own(&programs.join("initdb"))
            .args(["--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-sync"])
            .args(["--locale=C", "--locale-provider=icu", "--icu-locale=en", "--pgdata"])
            .arg(folder.join("data"))
            .output()
            .unwrap();
        assert!(made.status.success(), "initdb: {}", String::from_utf8_lossy(&made.stderr));
        let shell = own(Path::new("sh"))
            .args(["-c", SCRIPT])
            .args([&programs, &folder])
            .stdin(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let cluster = Cluster { folder, programs, shell: Mutex::new(shell) };
        cluster.wait();
        Some(cluster)
    }

    pub fn url(&self, database: &str) -> String {
        format!("postgres://postgres@localhost/{database}?host={}", self.folder.display())
    }

    /// The address of a database, made where it is not there yet.
    pub fn database(&self, name: &str) -> String {
        let made = Command::new(self.programs.join("createdb"))
            .args(["--username=postgres", "--host"])
            .arg(&self.folder)
            .arg(name)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&made.stderr);
        assert!(made.status.success() || said.contains("already exists"), "createdb {name}: {said}");
        self.url(name)
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
        let text = fs::read_to_string(self.folder.join("data/postmaster.pid")).ok()?;
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
            let log = fs::read_to_string(self.folder.join("log")).unwrap_or_default();
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

/// The folder of the newest PostgreSQL's programs.
fn programs() -> Option<PathBuf> {
    let version = |path: &PathBuf| path.file_name()?.to_str()?.parse::<u32>().ok();
    let mut versions: Vec<PathBuf> =
        fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten().map(|it| it.path()).collect();
    versions.sort_by_key(version);
    let paths = std::env::var_os("PATH").unwrap_or_default();
    let installed = versions.into_iter().rev().map(|it| it.join("bin"));
    installed
        .chain(std::env::split_paths(&paths))
        .find(|it| it.join("initdb").exists() && it.join("postgres").exists())
}

/// PostgreSQL refuses to run as root: the user that it runs as instead, to whom the folder is given.
fn unprivileged(folder: &Path) -> Option<(u32, u32)> {
    if fs::metadata(folder).unwrap().uid() != 0 {
        return None;
    }
    let users = fs::read_to_string("/etc/passwd").unwrap();
    let ids = |name: &str| {
        let line = users.lines().find(|line| line.split(':').next() == Some(name))?;
        let mut fields = line.split(':').skip(2).map(|field| field.parse().ok());
        Some((fields.next()??, fields.next()??))
    };
    let (uid, gid) = ids("postgres").or_else(|| ids("nobody")).unwrap();
    chown(folder, Some(uid), Some(gid)).unwrap();
    Some((uid, gid))
}
