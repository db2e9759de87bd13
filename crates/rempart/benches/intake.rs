//! What arriving events cost: 20,000 a second by `_bulk` into a served console with an open incident, for minutes.
//!
//! Prints the table of `docs/performance.md`. `--minutes N` (10), `--rate N` (20,000 events a second), `--ceiling MIB`
//! (512), `--counted PERCENT` of the events that a correlation counts (0), whose clocks are up to five seconds behind.
//! Invariant: the server is the shipped binary in a process of its own; each time is what a client on the same
//! machine waited; what was acknowledged is compared with what the server says it keeps, and a difference fails.

use std::error::Error;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use console::Accounts;
use jiff::Timestamp;
use reqwest::Client;
use serde_json::{Value, json};

type Failed = Box<dyn Error + Send + Sync>;

/// Events of a request.
const DOCUMENTS: u64 = 500;
/// Those who send.
const SENDERS: u64 = 4;
/// Between two events that a rule matches, and how long one is waited for.
const PROBE: Duration = Duration::from_secs(2);
const PATIENCE: Duration = Duration::from_secs(120);
/// Between two looks for a signal.
const LOOK: Duration = Duration::from_millis(50);

struct Asked {
    minutes: f64,
    rate: u64,
    ceiling: u64,
    counted: u64,
}

fn asked() -> Result<Asked, Failed> {
    let mut asked = Asked { minutes: 10.0, rate: 20_000, ceiling: 512, counted: 0 };
    let mut words = std::env::args().skip(1).filter(|word| word != "--bench");
    while let Some(word) = words.next() {
        let value = words.next().ok_or_else(|| format!("{word} lacks its value"))?;
        match word.as_str() {
            "--minutes" => asked.minutes = value.parse()?,
            "--rate" => asked.rate = value.parse()?,
            "--ceiling" => asked.ceiling = value.parse()?,
            "--counted" => asked.counted = value.parse()?,
            _ => {
                let known = "--minutes N, --rate N, --ceiling MIB, --counted PERCENT";
                return Err(format!("{word} is not known: {known}").into());
            }
        }
    }
    Ok(asked)
}

/// A server, ended when dropped.
struct Server {
    child: Child,
    url: String,
    intake: String,
    token: String,
    sender: String,
    incident: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Server {
    async fn start(folder: &std::path::Path, client: &Client) -> Result<Server, Failed> {
        let data = folder.join("data");
        let accounts = Accounts::open(&data, None).await?;
        accounts.add("bench-1", "responder", None, "seven green corridors at dawn").await?;
        let scopes = ["read", "write"].map(str::to_owned);
        let token = accounts.token("bench-1", &scopes, &[], None, "1d").await?;
        let sender = accounts.token("bench-1", &["intake".to_owned()], &[], None, "1d").await?;
        drop(accounts);
        let mut child = Command::new(env!("CARGO_BIN_EXE_rempart"))
            .args([
                "serve",
                "--listen",
                "127.0.0.1:0",
                "--intake-http",
                "127.0.0.1:0",
                "--log",
                "warn",
                "--data",
            ])
            .arg(&data)
            .stdout(Stdio::piped())
            .spawn()?;
        let out = BufReader::new(child.stdout.take().ok_or("no standard output")?);
        let mut server = Server {
            child,
            url: String::new(),
            intake: String::new(),
            token,
            sender,
            incident: String::new(),
        };
        for line in out.lines() {
            let line = line?;
            if let Some(url) = line.strip_prefix("listening: ") {
                server.url = url.to_owned();
            }
            if let Some(url) = line.strip_prefix("intake-http: ") {
                server.intake = url.to_owned();
                break;
            }
        }
        let request = client.post(format!("{}/api/v1/incidents", server.url)).bearer_auth(&server.token);
        let body = json!({ "title": "a night under load" }).to_string();
        let told = request.header("content-type", "application/json").body(body).send().await?;
        let told: Value = serde_json::from_str(&told.error_for_status()?.text().await?)?;
        server.incident = told["id"].as_str().ok_or("an incident without an id")?.to_owned();
        Ok(server)
    }

    async fn json(&self, client: &Client, path: &str) -> Result<Value, Failed> {
        let request = client.get(format!("{}{path}", self.url)).bearer_auth(&self.token);
        Ok(serde_json::from_str(&request.send().await?.error_for_status()?.text().await?)?)
    }

    async fn send(&self, client: &Client, body: String) -> Result<(), Failed> {
        let request = client.post(format!("{}/_bulk", self.intake)).bearer_auth(&self.sender);
        let answer = request.header("content-type", "application/x-ndjson").body(body).send().await?;
        let answer: Value = serde_json::from_str(&answer.error_for_status()?.text().await?)?;
        if answer["errors"] == false { Ok(()) } else { Err(format!("refused: {answer}").into()) }
    }

    fn peak_mib(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        line.and_then(|rest| rest.trim().trim_end_matches(" kB").parse::<u64>().ok()).unwrap_or(0) / 1024
    }
}

/// A machine asked who is logged on, as Winlogbeat tells of it: of one address each, so that no correlation fires.
fn asked_who(number: u64, host: &str) -> String {
    let behind = jiff::SignedDuration::from_millis(number as i64 * 7 % 5_000);
    let address = format!("10.{}.{}.{}", number % 4, number / 4 % 100, number / 400 % 250);
    let document = json!({
        "@timestamp": Timestamp::now() - behind,
        "event": {"code": "5145", "provider": "Microsoft-Windows-Security-Auditing", "kind": "event"},
        "host": {"name": host}, "agent": {"type": "winlogbeat", "version": "9.2.0"},
        "winlog": {"computer_name": host, "channel": "Security",
            "provider_name": "Microsoft-Windows-Security-Auditing", "event_id": "5145", "record_id": number,
            "event_data": {"SubjectUserName": format!("nurse-{}", number % 90), "ObjectType": "File",
                "IpAddress": address, "IpPort": "51544", "ShareName": "\\\\*\\IPC$", "RelativeTargetName": "srvsvc"}},
    });
    format!("{{\"create\":{{}}}}\n{document}\n")
}

/// A process that begins, as Winlogbeat tells of it.
fn document(number: u64, host: &str, command: &str) -> String {
    let now = Timestamp::now();
    let document = json!({
        "@timestamp": now, "event": {"code": "1", "provider": "Microsoft-Windows-Sysmon", "kind": "event"},
        "host": {"name": host}, "agent": {"type": "winlogbeat", "version": "9.2.0"},
        "winlog": {"computer_name": host, "channel": "Microsoft-Windows-Sysmon/Operational",
            "provider_name": "Microsoft-Windows-Sysmon", "event_id": "1", "record_id": number,
            "event_data": {"Image": "C:\\Windows\\System32\\vssadmin.exe", "OriginalFileName": "VSSADMIN.EXE",
                "CommandLine": command, "User": format!("CHU\\nurse-{}", number % 90), "ProcessId": number % 60_000,
                "ParentImage": "C:\\Windows\\System32\\cmd.exe", "CurrentDirectory": "C:\\Windows\\"}},
    });
    format!("{{\"create\":{{}}}}\n{document}\n")
}

/// Sends its share of requests, each at its time; notes how long each took to be answered.
async fn send(
    server: Arc<Server>,
    asked: Arc<Asked>,
    first: u64,
    begun: Instant,
    times: Arc<Mutex<Vec<Duration>>>,
    sent: Arc<AtomicU64>,
) -> Result<(), Failed> {
    let client = Client::new();
    let every = Duration::from_secs_f64(DOCUMENTS as f64 / asked.rate as f64);
    let requests = (asked.minutes * 60.0 / every.as_secs_f64()) as u64;
    for request in (first..requests).step_by(SENDERS as usize) {
        let body = (0..DOCUMENTS).map(|at| {
            let number = request * DOCUMENTS + at;
            let host = format!("host-{}", number % 400);
            if number * 37 % 100 < asked.counted {
                return asked_who(number, &host);
            }
            document(number, &host, "vssadmin list writers")
        });
        let body: String = body.collect();
        tokio::time::sleep_until((begun + every * request as u32).into()).await;
        let asked = Instant::now();
        server.send(&client, body).await?;
        times.lock().map_err(|_| "a sender panicked")?.push(asked.elapsed());
        sent.fetch_add(DOCUMENTS, Ordering::Relaxed);
    }
    Ok(())
}

/// Sends an event that a rule matches now and then, and waits until its signal is shown.
async fn probe(
    server: Arc<Server>,
    until: Instant,
    times: Arc<Mutex<Vec<Duration>>>,
    sent: Arc<AtomicU64>,
) -> Result<(), Failed> {
    let client = Client::new();
    for number in 0.. {
        if Instant::now() >= until {
            return Ok(());
        }
        let host = format!("probe-{number}");
        server.send(&client, document(number, &host, "vssadmin.exe delete shadows /all /quiet")).await?;
        sent.fetch_add(1, Ordering::Relaxed);
        let acknowledged = Instant::now();
        let path = format!("/api/v1/incidents/{}/signals?limit=1&host={host}", server.incident);
        while server.json(&client, &path).await?["rows"].as_array().is_none_or(Vec::is_empty) {
            if acknowledged.elapsed() > PATIENCE {
                return Err(format!("the signal of {host} was not shown within two minutes").into());
            }
            tokio::time::sleep(LOOK).await;
        }
        times.lock().map_err(|_| "a prober panicked")?.push(acknowledged.elapsed());
        tokio::time::sleep(PROBE.saturating_sub(acknowledged.elapsed())).await;
    }
    Ok(())
}

fn row(what: &str, times: &Mutex<Vec<Duration>>) -> Result<(), Failed> {
    let mut times = times.lock().map_err(|_| "a task panicked")?.clone();
    times.sort();
    let at = |share: f64| {
        let place = ((times.len() as f64 * share) as usize).min(times.len().saturating_sub(1));
        times.get(place).map_or(0.0, |it| it.as_secs_f64() * 1_000.0)
    };
    println!("| {what} | {} | {:.0} | {:.0} | {:.0} |", times.len(), at(0.5), at(0.99), at(1.0));
    Ok(())
}

fn load_average() -> String {
    let text = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').next().unwrap_or_default().to_owned()
}

#[tokio::main]
async fn main() -> Result<(), Failed> {
    // Fails only where one is installed, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let asked = Arc::new(asked()?);
    let (folder, client) = (tempfile::tempdir()?, Client::new());
    let server = Arc::new(Server::start(folder.path(), &client).await?);
    println!("load average at the start: {}; memory: {} MiB", load_average(), server.peak_mib());
    let (acknowledged, shown) = (Arc::default(), Arc::default());
    let (begun, sent) = (Instant::now(), Arc::new(AtomicU64::new(0)));
    let until = begun + Duration::from_secs_f64(asked.minutes * 60.0);
    let mut tasks = vec![tokio::spawn(probe(server.clone(), until, Arc::clone(&shown), sent.clone()))];
    for first in 0..SENDERS {
        let times = Arc::clone(&acknowledged);
        tasks.push(tokio::spawn(send(server.clone(), asked.clone(), first, begun, times, sent.clone())));
    }
    for task in tasks {
        task.await??;
    }
    let (took, sent) = (begun.elapsed().as_secs_f64(), sent.load(Ordering::Relaxed));
    println!("{sent} events in {took:.0} s: {:.0} a second of {} asked for", sent as f64 / took, asked.rate);
    println!("\n| | Times | p50, ms | p99, ms | worst, ms |\n|---|---:|---:|---:|---:|");
    row("acknowledged, 500 events", &acknowledged)?;
    row("from there to the signal", &shown)?;
    let told = server.json(&client, "/api/v1/intake").await?;
    let sum = |name: &str| -> u64 {
        told["sources"].as_array().into_iter().flatten().filter_map(|it| it[name].as_u64()).sum()
    };
    let peak = server.peak_mib();
    println!("\npeak memory: {peak} MiB; load average at the end: {}", load_average());
    if (sum("acknowledged"), sum("stored"), sum("duplicates")) != (sent, sent, 0) {
        return Err(format!("{sent} were acknowledged, and the server says {told}").into());
    }
    if peak > asked.ceiling {
        return Err(format!("{peak} MiB is above the ceiling of {} MiB", asked.ceiling).into());
    }
    Ok(())
}
