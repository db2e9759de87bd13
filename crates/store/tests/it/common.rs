//! Where tests keep their store: a fresh SQLite file, or a fresh database of a PostgreSQL made for this run.
//!
//! Invariant: nothing is left behind. The cluster lives as long as a pipe from this process is open, so it
//! is stopped and removed however the tests end. Where PostgreSQL is not installed a test fails and says
//! what to install, unless `REMPART_SKIP_POSTGRES=1`.

use std::fs;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use sea_orm::{ConnectionTrait, Database};
use store::Store;
use tempfile::TempDir;
use tokio::sync::OnceCell;

use crate::postgres::{programs, unprivileged};

/// A database of one test.
pub struct Place {
    /// How it is opened.
    pub url: String,
    /// A folder of the test's own.
    pub folder: TempDir,
}

impl Place {
    pub async fn open(&self) -> Store {
        Store::open(&self.url).await.unwrap()
    }
}

/// Makes a test of each function, on SQLite and on PostgreSQL.
macro_rules! on_both {
    ($($test:ident),* $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $test() {
                super::$test(&crate::common::sqlite()).await;
            })*
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $test() {
                if let Some(place) = crate::common::postgres().await {
                    super::$test(&place).await;
                }
            })*
        }
    };
}
pub(crate) use on_both;

/// A fresh SQLite file.
pub fn sqlite() -> Place {
    let folder = tempfile::tempdir().unwrap();
    Place { url: format!("sqlite://{}", folder.path().join("rempart.sqlite").display()), folder }
}

/// A fresh PostgreSQL database; none where the run leaves PostgreSQL out.
pub async fn postgres() -> Option<Place> {
    static CLUSTER: OnceCell<Cluster> = OnceCell::const_new();
    static COUNT: AtomicU32 = AtomicU32::new(0);
    if std::env::var("REMPART_SKIP_POSTGRES").is_ok_and(|it| it == "1") {
        println!("PostgreSQL left out: REMPART_SKIP_POSTGRES=1");
        return None;
    }
    let cluster = CLUSTER.get_or_init(Cluster::start).await;
    let name = format!("test_{}", COUNT.fetch_add(1, Ordering::Relaxed));
    let first = Database::connect(cluster.url("postgres")).await.unwrap();
    first.execute_unprepared(&format!("CREATE DATABASE {name}")).await.unwrap();
    first.close().await.unwrap();
    Some(Place { url: cluster.url(&name), folder: tempfile::tempdir().unwrap() })
}

/// A PostgreSQL of this test binary. Its shell waits for the pipe to close.
struct Cluster {
    folder: PathBuf,
    _shell: Child,
}

impl Cluster {
    async fn start() -> Cluster {
        let programs = programs().expect(
            "PostgreSQL is not installed: run `apt-get install postgresql`, or set REMPART_SKIP_POSTGRES=1",
        );
        let folder = tempfile::tempdir().unwrap().keep();
        let user = unprivileged(&folder);
        let quiet = |program: &Path| {
            let mut command = Command::new(program);
            if let Some((uid, gid)) = user {
                command.uid(uid).gid(gid);
            }
            command.current_dir(&folder).stdin(Stdio::null()).stdout(Stdio::null());
            command
        };
        let made = quiet(&programs.join("initdb"))
            .args(["--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-sync"])
            .args(["--locale=C", "--locale-provider=icu", "--icu-locale=en", "--pgdata"])
            .arg(folder.join("data"))
            .output()
            .unwrap();
        assert!(made.status.success(), "initdb: {}", String::from_utf8_lossy(&made.stderr));
        let script = "\"$0\" -D \"$1/data\" -k \"$1\" -c listen_addresses= -c fsync=off -c max_connections=200 \
             2>\"$1/log\" & cat >/dev/null; kill -INT $!; wait; rm -rf \"$1\"";
        let shell = quiet(Path::new("sh"))
            .args(["-c", script])
            .args([&programs.join("postgres"), &folder])
            .stdin(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let cluster = Cluster { folder, _shell: shell };
        cluster.wait().await;
        cluster
    }

    async fn wait(&self) {
        let start = Instant::now();
        loop {
            match Database::connect(self.url("postgres")).await {
                Ok(connection) => return connection.close().await.unwrap(),
                Err(error) if start.elapsed() > Duration::from_secs(30) => {
                    let log = fs::read_to_string(self.folder.join("log")).unwrap_or_default();
                    panic!("PostgreSQL does not start: {error}\n{log}");
                }
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        }
    }

    fn url(&self, database: &str) -> String {
        format!("postgres://postgres@localhost/{database}?host={}", self.folder.display())
    }
}
