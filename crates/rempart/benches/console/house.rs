//! The console as a child process, on the demonstration night, with one who is signed in.

use std::error::Error;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use console::Accounts;
use reqwest::{Client, RequestBuilder};
use serde_json::Value;
use store::entity::{Incident, IncidentState};
use store::{Actor, KeptSignal, List, Store, new_id, sqlite_url};
use tempfile::TempDir;

/// Signals kept by one change.
const AT_ONCE: usize = 20_000;
/// Runs of which the best counts.
const RUNS: u32 = 3;
/// Accounts that listen: one may have a hundred live lines at most.
const LISTENING: usize = 10;
/// Longest wait for the demonstration to be read.
const READY: Duration = Duration::from_secs(60);

pub(crate) struct House {
    process: Process,
    data: PathBuf,
    door: Arc<Door>,
    _folder: TempDir,
}

/// Where to ask, and as whom.
pub(crate) struct Door {
    pub(crate) url: String,
    pub(crate) incident: String,
    cookies: String,
    token: String,
    /// Tokens of accounts that listen.
    pub(crate) listeners: Vec<String>,
}

/// A server, ended when dropped.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts the binary; gives what stands after each of these words on its standard output.
fn start<const N: usize>(
    arguments: &[&str],
    words: [&str; N],
) -> Result<(Process, [String; N]), Box<dyn Error>> {
    let mut child = Command::new(env!("CARGO_BIN_EXE_rempart"))
        .args(arguments)
        .args(["--listen", "127.0.0.1:0"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    let out = child.stdout.take().ok_or("no standard output")?;
    let process = Process(child);
    let mut found = [const { String::new() }; N];
    for line in BufReader::new(out).lines() {
        let line = line?;
        for (word, place) in words.iter().zip(&mut found) {
            if let Some(rest) = line.strip_prefix(word) {
                *place = rest.trim().to_owned();
            }
        }
        if found.iter().all(|it| !it.is_empty()) {
            return Ok((process, found));
        }
    }
    Err("the console ended before it was ready".into())
}

/// Seconds from the start of the process to the first page in an empty folder; the best of a few runs.
pub(crate) async fn first_page() -> Result<f64, Box<dyn Error>> {
    let mut best = f64::INFINITY;
    for _ in 0..RUNS {
        let folder = tempfile::tempdir()?;
        let data = folder.path().join("data");
        let began = Instant::now();
        let (_process, [url]) = start(&["serve", "--data", text(&data)?], ["listening:"])?;
        reqwest::get(format!("{url}/login")).await?.error_for_status()?.text().await?;
        best = best.min(began.elapsed().as_secs_f64());
    }
    Ok(best)
}

fn text(path: &Path) -> Result<&str, Box<dyn Error>> {
    Ok(path.to_str().ok_or("a path is no text")?)
}

impl House {
    pub(crate) async fn start() -> Result<House, Box<dyn Error>> {
        let folder = tempfile::tempdir()?;
        let out = folder.path().join("demo");
        let (process, [url, link]) = start(&["demo", "--out", text(&out)?], ["listening:", "sign in:"])?;
        let client = Client::builder().redirect(reqwest::redirect::Policy::none()).build()?;
        let response = client.get(link).send().await?;
        let set = response.headers().get_all("set-cookie").iter().filter_map(|it| it.to_str().ok());
        let cookies: Vec<&str> = set.filter_map(|line| line.split(';').next()).collect();
        let cookies = cookies.join("; ");
        let data = out.join("console");
        let accounts = Accounts::open(&data, None).await?;
        accounts.add("bench-1", "responder", None, "seven green corridors at dawn").await?;
        let token =
            accounts.token("bench-1", &["read".to_owned(), "write".to_owned()], &[], None, "1d").await?;
        let mut listeners = Vec::new();
        for number in 1..=LISTENING {
            let name = format!("bench-listener-{number}");
            accounts.add(&name, "viewer", None, "seven green corridors at dawn").await?;
            listeners.push(accounts.token(&name, &["read".to_owned()], &[], None, "1d").await?);
        }
        let mut door = Door { url, incident: String::new(), cookies, token, listeners };
        let began = Instant::now();
        loop {
            let list = door.json("/api/v1/incidents").await?;
            let id = list.as_array().and_then(|all| all.first()?.get("id")?.as_str());
            door.incident = id.unwrap_or_default().to_owned();
            if door.json(&door.of_night("assessment")).await.is_ok() {
                break;
            }
            if began.elapsed() > READY {
                return Err(format!("the demonstration was not read in a minute: {list}").into());
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        Ok(House { process, data, door: Arc::new(door), _folder: folder })
    }

    pub(crate) fn shared(&self) -> Arc<Door> {
        self.door.clone()
    }

    /// An incident that was closed, with that many signals; gives its id and how long they took to keep, in seconds.
    pub(crate) async fn fill(&self, signals: usize) -> Result<(String, f64), Box<dyn Error>> {
        let store = Store::open_beside(&sqlite_url(&self.data)).await?;
        let night = store.get::<Incident>(&self.door.incident).await?;
        let closed = night.opened_at;
        let large = Incident {
            id: new_id(),
            state: IncidentState::Closed,
            closed_at: Some(closed),
            title: "a long one".to_owned(),
            ..night
        };
        let id = large.id.clone();
        let mut change = store.begin(&Actor::command()).await?;
        change.add(large).await?;
        change.commit().await?;
        let began = Instant::now();
        for first in (0..signals).step_by(AT_ONCE) {
            let rows = (first..signals.min(first + AT_ONCE)).map(|number| signal(number, closed.0)).collect();
            let mut change = store.begin(&Actor::command()).await?;
            change.add_signals(&id, rows).await?;
            change.commit().await?;
        }
        store.close().await?;
        Ok((id, began.elapsed().as_secs_f64()))
    }

    pub(crate) fn memory_mib(&self) -> u64 {
        self.memory("VmRSS:")
    }

    pub(crate) fn peak_mib(&self) -> u64 {
        self.memory("VmHWM:")
    }

    fn memory(&self, of: &str) -> u64 {
        let text = fs::read_to_string(format!("/proc/{}/status", self.process.0.id())).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix(of));
        line.and_then(|rest| rest.trim().trim_end_matches(" kB").parse::<u64>().ok()).unwrap_or(0) / 1024
    }
}

impl Door {
    fn of_night(&self, what: &str) -> String {
        format!("/api/v1/incidents/{}/{what}", self.incident)
    }

    async fn json(&self, path: &str) -> Result<Value, Box<dyn Error>> {
        let request = Client::new().get(format!("{}{path}", self.url));
        Ok(serde_json::from_str(&self.signed_in(request).send().await?.error_for_status()?.text().await?)?)
    }

    /// As somebody who is signed in.
    pub(crate) fn signed_in(&self, request: RequestBuilder) -> RequestBuilder {
        request.header("cookie", &self.cookies)
    }

    /// Writes a line on the timeline of the night; gives its id.
    pub(crate) async fn note(&self, client: &Client, text: &str) -> Result<String, Failed> {
        let request = client.post(format!("{}{}", self.url, self.of_night("notes"))).bearer_auth(&self.token);
        let body = serde_json::json!({ "text": text }).to_string();
        let answer = request.header("content-type", "application/json").body(body).send().await?;
        let answer: Value = serde_json::from_str(&answer.error_for_status()?.text().await?)?;
        Ok(answer["id"].as_str().ok_or("a note without an id")?.to_owned())
    }
}

/// A failure that a task can hand over.
pub(crate) type Failed = Box<dyn Error + Send + Sync>;

/// A signal of one of 50 rules on one of 400 hosts, a second before the one before.
fn signal(number: usize, end: jiff::Timestamp) -> KeptSignal {
    let at = end - jiff::SignedDuration::from_secs(number as i64);
    KeptSignal {
        id: 0,
        incident: String::new(),
        rule: format!("rule-{}", number % 50),
        title: format!("Rule {} matched", number % 50),
        level: (number % 5) as i32,
        at: at.into(),
        time: Some(at.into()),
        host: Some(format!("host-{}", number % 400)),
        asset: Some(format!("asset-{}", number % 400)),
        techniques: List(vec!["T1486".to_owned()]),
        tactics: List(vec!["impact".to_owned()]),
        path: "evidence/large.ndjson".to_owned(),
        record: number as i64,
        kept_at: at.into(),
    }
}

/// The load average over a minute, from `/proc/loadavg`.
pub(crate) fn load_average() -> String {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').next().unwrap_or_default().to_owned()
}
