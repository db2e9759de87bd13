//! A machine that stops sending its logs, through the whole server: its rhythm is learned over four hours, its silence
//! told after ten minutes, bound to its asset. The server's clock runs fast.

use std::io::Write;
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Map, Value, json};

use crate::faults::caller::{Serving, program};
use crate::folder;

/// Seconds of the server's in one, while it learns and then.
const LEARNING: u64 = 400;
const WAITING: u64 = 20;
/// Learned before a machine's silence is told, with some to spare.
const HOURS: u64 = 5;

/// Sends a line of each host every so often, until told to stop; a connection that breaks is made again.
fn speak(address: &str, hosts: &[&str], every: Duration, stop: &AtomicBool) {
    let mut stream = None;
    while !stop.load(Ordering::Relaxed) {
        let lines: String =
            hosts.iter().map(|host| format!("<13>1 2026-11-28T03:00:00Z {host} app - - - alive\n")).collect();
        let to = stream.take().or_else(|| TcpStream::connect(address).ok());
        stream = to.filter(|mut to| to.write_all(lines.as_bytes()).is_ok());
        std::thread::sleep(every);
    }
}

/// Speaks until something is found.
fn while_speaking<T>(address: &str, hosts: &[&str], every: Duration, find: impl FnOnce() -> T) -> T {
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| speak(address, hosts, every, &stop));
        // A test that fails is to end.
        let found = std::panic::catch_unwind(std::panic::AssertUnwindSafe(find));
        stop.store(true, Ordering::Relaxed);
        found.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

#[test]
fn a_domain_controller_that_falls_silent_is_a_signal_on_its_asset() {
    let data = folder("silence").join("data");
    let admin = program(&data, &[]);
    {
        let serving = Serving::start(&data, &[]);
        let caller = serving.caller(&admin);
        let files: Map<String, Value> = std::fs::read_dir(crate::root().join("demo/map"))
            .unwrap()
            .map(|it| it.unwrap().path())
            .filter(|it| it.extension().is_some_and(|it| it != "md"))
            .map(|it| {
                let name = it.file_name().unwrap().to_string_lossy().into_owned();
                (name, std::fs::read_to_string(it).unwrap().into())
            })
            .collect();
        let (status, told) =
            caller.post("/api/v1/map", None, &json!({ "files": files, "remark": "a group" })).unwrap();
        assert_eq!(status, 201, "{told}");
        let (status, told) = caller.post("/api/v1/incidents", None, &json!({ "title": "a night" })).unwrap();
        assert_eq!(status, 201, "{told}");
    }
    let listener = ["--intake-syslog-tcp", "127.0.0.1:0"];
    let words = "intake-syslog-tcp: tcp://";
    let begun = Instant::now();
    {
        let (_serving, intake) = Serving::with_clock(&format!("+0 x{LEARNING}"), &data, &listener, words);
        let learning = Duration::from_secs(HOURS * 3_600 / LEARNING);
        let hosts = ["SRV-DC-01", "SRV-DC-02"];
        while_speaking(&intake, &hosts, Duration::from_millis(50), || std::thread::sleep(learning));
    }
    let ahead = begun.elapsed().as_secs() * LEARNING;
    let clock = format!("+{ahead}s x{WAITING}");
    let (serving, intake) = Serving::with_clock(&clock, &data, &listener, words);
    let caller = serving.caller(&admin);
    let (_, incidents) = caller.get("/api/v1/incidents").unwrap();
    let path = format!("/api/v1/incidents/{}/signals", incidents[0]["id"].as_str().unwrap());
    let signals = while_speaking(&intake, &["SRV-DC-02"], Duration::from_millis(500), || {
        for _ in 0..600 {
            let told = caller.get(&path).unwrap().1;
            let rows = told["rows"].as_array().cloned().unwrap_or_default();
            if !rows.is_empty() {
                return rows;
            }
            std::thread::sleep(Duration::from_millis(200));
        }
        panic!("nothing was told in two minutes, {} of the server's", 120 * WAITING)
    });
    let told: Vec<_> =
        signals.iter().map(|it| (&it["title"], &it["asset"], it["host"].as_str().unwrap())).collect();
    assert_eq!(told, [(&json!("Log source fell silent"), &json!("srv-dc-01"), "srv-dc-01")]);
}
