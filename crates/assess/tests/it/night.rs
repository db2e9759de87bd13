//! A short night on the demonstration group's map: two servers are encrypted, a third is touched.

use std::io::{self, Cursor};

use assess::{Lang, People, Reading, Request, Words};
use content::Content;
use detect::{Detected, Engine, FalseSignal, Kept, Rules, Settings, Spill};
use evidence::{Input, Options};
use govern::{Facts, Obligations};
use hospital::Map;
use jiff::Timestamp;
use serde_json::{Value, json};

/// What a server holds for as long as it runs.
pub struct Desk {
    pub engine: Engine,
    pub map: Map,
    pub obligations: Obligations,
    pub words: Words,
    pub mots: Words,
}

impl Desk {
    pub fn new() -> Desk {
        let content = Content::embedded();
        let settings = Settings::read(|path| content.file(path)).unwrap();
        let map = hospital::check(demo::map_files()).map.unwrap();
        let words = |lang| Words::load(&content, lang, map.time_zone.clone()).unwrap();
        Desk {
            engine: Engine::new(Rules::load(content.under("rules/")), settings),
            obligations: Obligations::load(content.under("obligations/")).unwrap(),
            words: words(Lang::En),
            mots: words(Lang::Fr),
            map,
        }
    }

    pub fn request<'e>(&'e self, false_signals: &'e [FalseSignal]) -> Request<'e> {
        Request {
            map: Some(&self.map),
            engine: &self.engine,
            refused: Vec::new(),
            obligations: &self.obligations,
            now: None,
            clock: clock(),
            aware: None,
            facts: Facts::default(),
            horizon: 86_400,
            people: People { false_signals, ..People::default() },
        }
    }

    /// Reads files, given by name and bytes: each detection as the line that a store keeps.
    pub fn read(&self, files: &[(&str, &[u8])]) -> (Reading, Vec<String>) {
        let mut lines = Vec::new();
        let keep = |detected| lines.push(serde_json::to_string(&self.engine.keep(detected)).unwrap());
        let reading = assess::read(inputs(files), &options(), &self.engine, clock(), keep);
        lines.sort();
        (reading, lines)
    }

    /// What the lines stand for.
    pub fn recall(&self, lines: &[String]) -> Vec<io::Result<Detected>> {
        let kept = lines.iter().map(|line| serde_json::from_str::<Kept>(line).unwrap());
        kept.map(|kept| Ok(self.engine.recall(kept).unwrap())).collect()
    }
}

pub fn clock() -> Timestamp {
    "2026-11-25T08:00:00Z".parse().unwrap()
}

pub fn options() -> Options<'static> {
    Options { threads: 2, ..Options::default() }
}

pub fn inputs(files: &[(&str, &[u8])]) -> Vec<Input> {
    let input = |(name, bytes): &(&str, &[u8])| Input::Stream {
        name: (*name).to_owned(),
        read: Box::new(Cursor::new(bytes.to_vec())),
    };
    files.iter().map(input).collect()
}

pub fn spill() -> io::Result<Box<dyn Spill>> {
    Ok(Box::new(Cursor::new(Vec::<u8>::new())))
}

/// What two servers saw, and what one other machine saw, as NDJSON.
pub fn files() -> (Vec<u8>, Vec<u8>) {
    let mut servers = Vec::new();
    for (place, host) in ["SRV-DPIDB-01", "SRV-ICU-01"].into_iter().enumerate() {
        let minute = 10 * (place as u64 + 1);
        servers.extend(encrypted(host, minute));
    }
    let other = vec![
        process("WS-STRANGE-7", 5, 1, "C:\\Windows\\System32\\whoami.exe", "whoami /all"),
        process("SRV-NEW", 6, 2, "C:\\Windows\\System32\\net.exe", "net group \"domain admins\" /domain"),
        process("SRV-LATER", 70, 3, "C:\\Windows\\System32\\notepad.exe", "notepad"),
    ];
    (lines(&servers), lines(&other))
}

/// Copies deleted, services stopped one after the other, files renamed, notes left.
fn encrypted(host: &str, minute: u64) -> Vec<Value> {
    let mut events = vec![
        process(
            host,
            minute,
            10,
            "C:\\Windows\\System32\\vssadmin.exe",
            "vssadmin delete shadows /all /quiet",
        ),
        process(
            host,
            minute,
            11,
            "C:\\Windows\\System32\\bcdedit.exe",
            "bcdedit /set {default} recoveryenabled No",
        ),
    ];
    for (record, service) in (20..).zip(["MSSQLSERVER", "SQLBrowser", "MSExchangeIS", "VeeamBackupSvc"]) {
        let command = format!("net stop {service} /y");
        events.push(process(host, minute, record, "C:\\Windows\\System32\\net.exe", &command));
    }
    for record in 40..80 {
        let name = if record % 8 == 0 {
            "HOW_TO_RECOVER_FILES.txt".to_owned()
        } else {
            format!("plan-{record}.docx.locked")
        };
        let fields = json!({
            "EventID": 11, "Image": "C:\\ProgramData\\x.exe", "TargetFilename": format!("D:\\Share\\{record}\\{name}"),
            "ProcessGuid": "{f9cc5574-61b0-ef93-79e6-cf10f3ae1056}", "ProcessId": 4312, "User": "NT AUTHORITY\\SYSTEM",
        });
        events.push(sysmon(host, minute + 1, record, fields));
    }
    events
}

fn process(host: &str, minute: u64, record: u64, image: &str, command: &str) -> Value {
    let fields = json!({
        "EventID": 1, "Image": image, "OriginalFileName": image.rsplit('\\').next(), "CommandLine": command,
        "ParentImage": "C:\\Windows\\System32\\cmd.exe", "User": "GHT\\tech-04", "ProcessId": record,
        "ProcessGuid": format!("{{f9cc5574-61b0-ef93-79e6-{minute:06}{record:06}}}"),
    });
    sysmon(host, minute, record, fields)
}

fn sysmon(host: &str, minute: u64, record: u64, fields: Value) -> Value {
    let mut event = json!({
        "TimeCreated": format!("2026-11-24T{:02}:{:02}:{:02}Z", minute / 60, minute % 60, record % 60),
        "Channel": "Microsoft-Windows-Sysmon/Operational", "Provider_Name": "Microsoft-Windows-Sysmon",
        "Computer": format!("{host}.ght-vallee.example"), "EventRecordID": minute * 1_000 + record,
    });
    event.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    event
}

fn lines(events: &[Value]) -> Vec<u8> {
    events.iter().map(|event| format!("{event}\n")).collect::<String>().into_bytes()
}
