//! Real shippers, which nobody here wrote, over real sockets: rsyslog, syslog-ng, the official Elasticsearch client,
//! the OpenTelemetry SDK.
//!
//! Invariant: a shipper that is missing fails the test and says how to get it.

use std::collections::BTreeSet;
use std::future::Future;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use intake::listen::{Authenticator, Intake, Limits, Sender, grpc, http, syslog};
use intake::spool::Folder;
use intake::{Options, Spool};
use jiff::Timestamp;
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

/// Lines that each shipper sends.
const LINES: usize = 200;

struct Tokens;

impl Authenticator for Tokens {
    fn sender<'a>(&'a self, token: &'a str) -> Pin<Box<dyn Future<Output = Option<Sender>> + Send + 'a>> {
        let sender = Sender { name: "shipper".to_owned(), hosts: Vec::new() };
        Box::pin(async move { Some(sender).filter(|_| token == "s3cret") })
    }
}

/// An intake on a disk of its own.
struct Running {
    spool: Arc<Spool>,
    intake: Arc<Intake>,
    stop: CancellationToken,
    home: TempDir,
}

impl Running {
    fn start() -> Running {
        let home = tempfile::tempdir().expect("a folder");
        let disk = Folder::open(&home.path().join("spool")).expect("a folder");
        let options = Options { keep_free: 0, ..Options::default() };
        let (spool, _) = Spool::open(disk, Timestamp::now, options).expect("opens");
        let (spool, stop) = (Arc::new(spool), CancellationToken::new());
        let intake = Intake::new(spool.clone(), Tokens, Limits::default(), stop.clone());
        Running { spool, intake, stop, home }
    }

    fn http(&self) -> SocketAddr {
        let socket = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = socket.local_addr().expect("an address");
        tokio::spawn(http::serve(self.intake.clone(), socket, None));
        address
    }

    async fn tcp(&self) -> SocketAddr {
        let socket = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = socket.local_addr().expect("an address");
        tokio::spawn(syslog::tcp(self.intake.clone(), socket, None));
        address
    }

    async fn udp(&self) -> SocketAddr {
        let socket = tokio::net::UdpSocket::bind("127.0.0.1:0").await.expect("a port");
        let address = socket.local_addr().expect("an address");
        tokio::spawn(syslog::udp(self.intake.clone(), socket));
        address
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        let file = self.home.path().join(name);
        std::fs::write(&file, text).expect("written");
        file
    }

    /// Waits until each of the lines was kept, and none twice.
    async fn all(&self) {
        let mut reader = self.spool.reader("desk").expect("a reader");
        let (mut found, mut kept) = (BTreeSet::new(), 0);
        for _ in 0..300 {
            for record in reader.next(1 << 20).expect("reads").records {
                let text = String::from_utf8_lossy(&record.bytes).into_owned();
                let Some((_, rest)) = text.split_once("night-") else { continue };
                let number: String = rest.chars().take_while(char::is_ascii_digit).collect();
                found.insert(number.parse::<usize>().expect("a number"));
                kept += 1;
            }
            if found.len() == LINES {
                assert_eq!(kept, LINES, "a line is there twice");
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("{} of {LINES} lines came in", found.len());
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// A shipper, ended with the test.
struct Shipper(Child);

impl Drop for Shipper {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Where shippers were brought to.
fn shippers() -> PathBuf {
    let built = std::env::current_exe().expect("this program");
    let target = built.ancestors().nth(3).expect("the target folder").join("shippers");
    std::env::var_os("REMPART_SHIPPERS").map_or(target, PathBuf::from)
}

fn program(path: &str) -> Command {
    let folder = shippers();
    let program = folder.join(path);
    assert!(program.exists(), "{} is missing: `cargo xtask test` brings it, or says how", program.display());
    let mut command = Command::new(program);
    let libraries =
        ["usr/lib/x86_64-linux-gnu", "lib/x86_64-linux-gnu", "usr/lib/syslog-ng"].map(|it| folder.join(it));
    command.env("LD_LIBRARY_PATH", std::env::join_paths(libraries).expect("paths"));
    command.stdout(Stdio::null());
    command
}

/// Starts rsyslog on a file of lines, with what it is to do with them.
fn rsyslog(running: &Running, action: &str) -> Shipper {
    let lines: String = (0..LINES).map(|turn| format!("night-{turn} begins\n")).collect();
    let log = running.write("night.log", &lines);
    let work = running.home.path().join("work");
    std::fs::create_dir(&work).expect("a folder");
    let configuration = format!(
        "global(workDirectory=\"{work}\")\nmodule(load=\"imfile\")\ninput(type=\"imfile\" File=\"{log}\" Tag=\"night\")\n\
         template(name=\"doc\" type=\"list\" option.jsonf=\"on\") {{ property(outname=\"@timestamp\" name=\"timereported\" \
         dateFormat=\"rfc3339\" format=\"jsonf\") property(outname=\"host\" name=\"hostname\" format=\"jsonf\") \
         property(outname=\"message\" name=\"msg\" format=\"jsonf\") }}\n{action}\n",
        work = work.display(),
        log = log.display()
    );
    let file = running.write("rsyslog.conf", &configuration);
    let modules = shippers().join("usr/lib/x86_64-linux-gnu/rsyslog");
    let mut command = program("usr/sbin/rsyslogd");
    command.arg("-n").arg("-M").arg(modules).arg("-f").arg(file).arg("-i").arg(work.join("pid"));
    Shipper(command.spawn().expect("starts"))
}

/// Starts syslog-ng on a file of lines, with where it is to send them.
fn syslog_ng(running: &Running, destination: &str) -> Shipper {
    let lines: String =
        (0..LINES).map(|turn| format!("<13>Nov 28 03:00:00 srv-1 app: night-{turn} begins\n")).collect();
    let log = running.write("night.log", &lines);
    let configuration = format!(
        "@version: 3.38\nsource s {{ file(\"{}\" follow-freq(1)); }};\ndestination d {{ {destination} }};\n\
         log {{ source(s); destination(d); }};\n",
        log.display()
    );
    let file = running.write("syslog-ng.conf", &configuration);
    let (home, modules) = (running.home.path(), shippers().join("usr/lib/syslog-ng/3.38"));
    let mut command = program("usr/sbin/syslog-ng");
    command.arg("-F").arg("--no-caps").arg("-f").arg(file).arg("--module-path").arg(modules);
    for (flag, name) in [("-R", "persist"), ("-c", "control"), ("-p", "pid")] {
        command.arg(flag).arg(home.join(name));
    }
    Shipper(command.spawn().expect("starts"))
}

/// Runs a script of Python to its end.
async fn python(running: &Running, script: &str, address: SocketAddr, more: &[&str]) {
    let file = running.write("ship.py", &self::script(script));
    let mut command = program("python/bin/python");
    command
        .arg(file)
        .arg(address.to_string())
        .arg(LINES.to_string())
        .args(more)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let ended = tokio::task::spawn_blocking(move || command.output().expect("runs")).await.expect("ends");
    assert!(
        ended.status.success(),
        "{}{}",
        String::from_utf8_lossy(&ended.stdout),
        String::from_utf8_lossy(&ended.stderr)
    );
}

fn script(name: &str) -> String {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/shippers").join(name);
    std::fs::read_to_string(file).expect("a script")
}

#[tokio::test(flavor = "multi_thread")]
async fn rsyslog_ships_by_its_elasticsearch_module() {
    let running = Running::start();
    let port = running.http().port();
    let _shipper = rsyslog(
        &running,
        &format!(
            "module(load=\"omelasticsearch\")\naction(type=\"omelasticsearch\" server=\"127.0.0.1\" serverport=\"{port}\" \
             uid=\"rsyslog\" pwd=\"s3cret\" bulkmode=\"on\" searchIndex=\"logs\" searchType=\"\" template=\"doc\" \
             action.resumeRetryCount=\"-1\")"
        ),
    );
    running.all().await;
    let (source, counts) = running.spool.counts().remove(0);
    assert_eq!((&*source.name, &*source.authenticated_by), ("shipper", "token"));
    assert_eq!(counts.stored, LINES as u64);
}

#[tokio::test(flavor = "multi_thread")]
async fn rsyslog_forwards_over_tcp_in_both_framings() {
    for framing in ["octet-counted", "traditional"] {
        let running = Running::start();
        let port = running.tcp().await.port();
        let action = format!(
            "action(type=\"omfwd\" target=\"127.0.0.1\" port=\"{port}\" protocol=\"tcp\" TCP_Framing=\"{framing}\")"
        );
        let _shipper = rsyslog(&running, &action);
        running.all().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn syslog_ng_ships_over_tcp_and_udp() {
    let running = Running::start();
    let port = running.tcp().await.port();
    let _shipper = syslog_ng(&running, &format!("syslog(\"127.0.0.1\" transport(\"tcp\") port({port}));"));
    running.all().await;
    let running = Running::start();
    let port = running.udp().await.port();
    let _shipper = syslog_ng(&running, &format!("network(\"127.0.0.1\" transport(\"udp\") port({port}));"));
    running.all().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_official_elasticsearch_client_ships_by_its_bulk_helper() {
    let running = Running::start();
    let address = running.http();
    for _ in 0..2 {
        python(&running, "elastic.py", address, &[]).await;
    }
    running.all().await;
    let (_, counts) = running.spool.counts().remove(0);
    assert_eq!((counts.stored, counts.duplicates), (LINES as u64, LINES as u64), "sent twice, kept once");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_opentelemetry_sdk_ships_over_http_and_grpc() {
    let running = Running::start();
    python(&running, "otlp.py", running.http(), &["http"]).await;
    running.all().await;
    let running = Running::start();
    let socket = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = socket.local_addr().expect("an address");
    tokio::spawn(grpc::serve(running.intake.clone(), socket, None));
    python(&running, "otlp.py", address, &["grpc"]).await;
    running.all().await;
}
