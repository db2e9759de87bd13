//! How the program ends: its exit codes, and what stays behind when it could not do its work.

use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use demo::evtx::{Body, Kind, Shape, Stamp, Value, Writer};

use crate::{folder, json, rempart, run, text};

static CLEARED: Shape = Shape {
    provider: "Microsoft-Windows-Eventlog",
    guid: Some("{FC65DDD8-D6EF-4962-83D5-6E5CFE9CE148}"),
    channel: "Security",
    id: 1_102,
    version: 0,
    level: 4,
    task: 104,
    opcode: 0,
    keywords: 0x4020_0000_0000_0000,
    body: Body::UserData("LogFileCleared", "http://manifests.microsoft.com/win/2004/08/windows/eventlog"),
    fields: &[("SubjectUserSid", Kind::Sid), ("SubjectUserName", Kind::Text)],
};

/// A log that says so many times that it was cleared.
fn cleared(times: usize) -> Vec<u8> {
    let mut writer = Writer::starting_at(1);
    let stamp = Stamp {
        time: 1_795_572_840_000_000,
        computer: "srv-01.example",
        process: 628,
        thread: 7,
        user: Some("S-1-5-18"),
    };
    for _ in 0..times {
        writer.record(&CLEARED, &stamp, &[Value::Text("S-1-5-18"), Value::Text("adm-03")]);
    }
    writer.finish()
}

fn put(folder: &str, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
    let path = self::folder(folder).join(name);
    std::fs::write(&path, bytes).unwrap();
    path
}

const ORDINARY: &str =
    "192.0.2.1 - - [25/Nov/2026:02:14:00 +0000] \"GET / HTTP/1.1\" 200 5 \"-\" \"Mozilla/5.0\"\n";

#[test]
fn nothing_found_is_0_something_found_1_damage_3() {
    let calm = put("exit-calm", "access.log", ORDINARY);
    let found = put("exit-found", "Security.evtx", cleared(1));
    let whole = cleared(2_000);
    let cut = put("exit-cut", "Security.evtx", &whole[..whole.len() - 70_000]);
    let calm = json(0, &["triage", text(&calm), "--format", "json"]);
    assert_eq!((&calm["evidence"]["events"], &calm["partial"]), (&1.into(), &false.into()));
    let found = json(1, &["triage", text(&found), "--format", "json"]);
    assert_eq!(found["signals"][0]["source"]["record"], 1);
    let cut = json(3, &["triage", text(&cut), "--format", "json"]);
    assert_eq!(cut["evidence"]["unreadable"].as_array().unwrap().len(), 1);
    assert!(cut["signals"].as_array().unwrap().len() > 100, "what was left of the file was not read");
}

#[test]
fn bad_usage_a_bad_map_and_rules_that_do_not_load_are_2() {
    let log = put("exit-log", "access.log", ORDINARY);
    let log = text(&log);
    let map = put(
        "exit-map",
        "map.toml",
        "[[asset]]\nid = \"a\"\nname = \"A\"\nkind = \"server\"\nzone = \"nowhere\"\n",
    );
    let broken = put("exit-rules", "broken.yml", "title: broken\ndetection: {condition: nothing}\n");
    let none = folder("exit-none");
    let cases: [&[&str]; 7] = [
        &["triage"],
        &["triage", log, "--frobnicate"],
        &["triage", log, "--now", "yesterday"],
        &["triage", "no-such-evidence"],
        &["triage", log, "--map", text(&map)],
        &["triage", log, "--rules", text(&none)],
        &["triage", log, "--rules", text(broken.parent().unwrap())],
    ];
    for args in cases {
        let output = run(args);
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert!(output.stdout.is_empty() && !output.stderr.is_empty(), "{args:?}");
    }
}

#[test]
fn a_full_disk_is_4_and_the_earlier_report_survives() {
    let log = put("exit-full", "Security.evtx", cleared(1));
    let out = folder("exit-out");
    let args = ["triage", text(&log), "--out", text(&out)];
    assert_eq!(run(args).status.code(), Some(1));
    let before = everything(&out);
    assert!(before.len() >= 4);
    // No file may grow beyond 4 KiB: writing fails as on a full disk.
    let script = "trap '' XFSZ; ulimit -f 8; exec \"$0\" \"$@\"";
    let full =
        Command::new("sh").args(["-c", script, env!("CARGO_BIN_EXE_rempart")]).args(args).output().unwrap();
    let said = String::from_utf8_lossy(&full.stderr);
    assert_eq!(full.status.code(), Some(4), "{said}");
    assert!(said.contains("could not write"), "{said}");
    assert!(everything(&out) == before, "the earlier report did not survive");
    let below_a_file = out.join("report.html/more");
    let output = run(["triage", text(&log), "--out", text(&below_a_file)]);
    assert_eq!(output.status.code(), Some(4), "{}", String::from_utf8_lossy(&output.stderr));
}

fn everything(folder: &std::path::Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(everything(&path));
        } else {
            files.push((path.clone(), std::fs::read(&path).unwrap()));
        }
    }
    files.sort();
    files
}

#[test]
fn ctrl_c_keeps_what_was_found_and_is_130() {
    let mut child = rempart()
        .args(["triage", "-", "--format", "json"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let (mut stdin, mut stdout) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
    static FED: AtomicU64 = AtomicU64::new(0);
    let feeder = std::thread::spawn(move || {
        let found = "{\"@timestamp\":\"2026-11-25T02:14:00Z\",\"event\":{\"code\":\"1102\"},\"host\":{\"name\":\"srv-01\"},\
             \"winlog\":{\"channel\":\"Security\",\"event_id\":\"1102\",\"provider_name\":\"Microsoft-Windows-Eventlog\"}}\n";
        let ordinary =
            "{\"@timestamp\":\"2026-11-25T02:14:01Z\",\"host\":{\"name\":\"srv-01\"},\"message\":\"calm\"}\n";
        let block = ordinary.repeat(1_000);
        let mut going = stdin.write_all(found.as_bytes());
        while going.is_ok() {
            going = stdin.write_all(block.as_bytes());
            FED.fetch_add(block.len() as u64, Ordering::Relaxed);
        }
    });
    let start = Instant::now();
    while FED.load(Ordering::Relaxed) < 4 << 20 {
        assert!(start.elapsed() < Duration::from_secs(120), "standard input is not read");
        std::thread::sleep(Duration::from_millis(20));
    }
    let sent = Command::new("sh").args(["-c", "kill -INT \"$0\"", &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
    let mut printed = Vec::new();
    stdout.read_to_end(&mut printed).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130));
    feeder.join().unwrap();
    let assessment: serde_json::Value = serde_json::from_slice(&printed).unwrap();
    assert_eq!(assessment["partial"], true);
    assert_eq!(assessment["signals"].as_array().unwrap().len(), 1);
}
