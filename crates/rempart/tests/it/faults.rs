//! Faults of a served console, over HTTP: killed amid writes, its PostgreSQL restarted under load, its disk full.

pub(crate) mod caller;
#[path = "../../../store/tests/it/disk.rs"]
mod disk;
#[allow(dead_code, reason = "one of its own is enough here")]
#[path = "../../../store/tests/it/postgres.rs"]
mod postgres;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use self::caller::{Caller, Serving, log_in, program};
use self::disk::Disk;
use self::postgres::Cluster;
use crate::folder;

/// Those who write at once.
const WRITERS: usize = 4;

/// What was acknowledged: title and id of each task.
type Kept = Mutex<BTreeMap<String, String>>;

/// Writes tasks until told to stop; each is sent with a key of its own, and again until it is acknowledged.
fn write(caller: &Caller, path: &str, name: &str, stop: &AtomicBool, kept: &Kept) {
    for number in 0.. {
        let title = format!("{name} {number}");
        loop {
            if stop.load(Ordering::Relaxed) {
                return;
            }
            match caller.post(path, Some(&title), &json!({ "title": title })) {
                Ok((201, told)) => {
                    kept.lock().unwrap().insert(title, told["id"].as_str().unwrap().to_owned());
                    break;
                }
                Ok((status, told)) => {
                    assert!(status >= 500 && told["type"].is_string(), "{status} {told}");
                    std::thread::sleep(Duration::from_millis(20));
                }
                Err(_) => std::thread::sleep(Duration::from_millis(20)),
            }
        }
    }
}

/// Every task of an incident, page by page.
fn tasks(caller: &Caller, path: &str) -> Vec<(String, String)> {
    let (mut all, mut after) = (Vec::new(), String::new());
    loop {
        let (status, page) = caller.get(&format!("{path}?limit=200{after}")).unwrap();
        assert_eq!(status, 200, "{page}");
        let rows = page.as_array().unwrap();
        let text = |it: &Value, name: &str| it[name].as_str().unwrap().to_owned();
        all.extend(rows.iter().map(|it| (text(it, "title"), text(it, "id"))));
        match rows.last() {
            Some(last) if rows.len() == 200 => after = format!("&after={}", text(last, "id")),
            _ => return all,
        }
    }
}

/// Everything acknowledged is there once, and the audit's chain holds.
fn check(caller: &Caller, path: &str, kept: &Kept) {
    let all = tasks(caller, path);
    let mut there: BTreeMap<&str, &str> = BTreeMap::new();
    for (title, id) in &all {
        assert!(there.insert(title, id).is_none(), "{title} is there twice");
    }
    for (title, id) in kept.lock().unwrap().iter() {
        assert_eq!(there.get(title.as_str()), Some(&id.as_str()), "{title} was acknowledged");
    }
    let (status, checked) = caller.get("/api/v1/audit/check").unwrap();
    assert_eq!((status, &checked["wrong"]), (200, &Value::Null), "{checked}");
}

fn declare(caller: &Caller) -> String {
    let (status, incident) = caller.post("/api/v1/incidents", None, &json!({ "title": "a night" })).unwrap();
    assert_eq!(status, 201, "{incident}");
    format!("/api/v1/incidents/{}/tasks", incident["id"].as_str().unwrap())
}

#[test]
fn what_was_acknowledged_over_http_survives_kill_9() {
    let data = folder("faults-kill").join("data");
    let token = program(&data, &[]);
    let (kept, mut path) = (Kept::default(), String::new());
    // A moment that no run chooses twice.
    let dice = || {
        u64::from(std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().subsec_micros())
    };
    for round in 0..5 {
        let serving = Serving::start(&data, &[]);
        let caller = serving.caller(&token);
        if path.is_empty() {
            path = declare(&caller);
        }
        check(&caller, &path, &kept);
        let (stop, mut serving) = (AtomicBool::new(false), Some(serving));
        std::thread::scope(|scope| {
            for writer in 0..WRITERS {
                let (caller, path, stop, kept) = (caller.clone(), &path, &stop, &kept);
                scope.spawn(move || {
                    write(&caller, path, &format!("round {round} writer {writer}"), stop, kept);
                });
            }
            std::thread::sleep(Duration::from_millis(300 + dice() % 900));
            serving.take().unwrap().kill();
            stop.store(true, Ordering::Relaxed);
        });
    }
    let count = kept.lock().unwrap().len();
    assert!(count > 50, "hardly anything was written: {count}");
    let serving = Serving::start(&data, &[]);
    check(&serving.caller(&token), &path, &kept);
}

#[test]
fn a_postgresql_that_restarts_under_load_costs_no_acknowledged_change() {
    let Some(cluster) = Cluster::start() else { return };
    let data = folder("faults-postgres").join("data");
    let url = ["--database", &cluster.url("postgres")];
    let token = program(&data, &url);
    let serving = Serving::start(&data, &url);
    let caller = serving.caller(&token);
    let path = declare(&caller);
    let (kept, stop, refused) = (Kept::default(), AtomicBool::new(false), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for writer in 0..WRITERS {
            let (caller, path, stop, kept) = (caller.clone(), &path, &stop, &kept);
            scope.spawn(move || write(&caller, path, &format!("writer {writer}"), stop, kept));
        }
        // Who reads is told in so many words, and soon.
        let (reader, stop, refused) = (caller.clone(), &stop, &refused);
        scope.spawn(move || {
            while !stop.load(Ordering::Relaxed) {
                let (status, told) = reader.get("/api/v1/incidents").unwrap();
                if status != 200 {
                    assert_eq!((status, &told["type"]), (503, &json!("urn:rempart:problem:away")), "{told}");
                    refused.fetch_add(1, Ordering::Relaxed);
                }
                std::thread::sleep(Duration::from_millis(5));
            }
        });
        for _ in 0..2 {
            std::thread::sleep(Duration::from_millis(700));
            cluster.restart();
            let before = kept.lock().unwrap().len();
            let until = Instant::now() + Duration::from_secs(30);
            while kept.lock().unwrap().len() < before + 20 && Instant::now() < until {
                std::thread::sleep(Duration::from_millis(50));
            }
            assert!(kept.lock().unwrap().len() >= before + 20, "writing never goes on");
        }
        stop.store(true, Ordering::Relaxed);
    });
    assert!(refused.load(Ordering::Relaxed) > 0, "the restarts were not felt");
    check(&caller, &path, &kept);
}

#[test]
fn a_full_disk_says_so_over_http_and_reading_goes_on() {
    let Some(disk) = Disk::mount("24m") else {
        println!("a full disk was not tried: this system lets us mount no small disk");
        return;
    };
    let data = disk.path().join("data");
    let token = program(&data, &[]);
    let serving = Serving::start(&data, &[]);
    let caller = serving.caller(&token);
    let path = declare(&caller);
    let person = log_in(&serving);
    let night = path.trim_start_matches("/api/v1").trim_end_matches("/tasks").to_owned();
    assert_eq!(person.get(&night).unwrap().0, 200);
    let (_, all) = caller.get("/api/v1/accounts").unwrap();
    let grants = format!("/api/v1/accounts/{}/grants", all[0]["account"]["id"].as_str().unwrap());
    assert_eq!(caller.post(&grants, None, &json!({ "role": "responder" })).unwrap().0, 201);
    // A file that has begun to arrive.
    let evidence = path.replace("/tasks", "/evidence");
    let bytes = "a line of a log\n".repeat(40_000);
    let wanted = json!({ "name": "dc.log", "size": bytes.len() });
    let (status, file) = caller.post(&evidence, None, &wanted).unwrap();
    assert_eq!(status, 201, "{file}");
    let file = format!("{evidence}/{}", file["id"].as_str().unwrap());
    assert_eq!(caller.put(&format!("{file}?offset=0"), &bytes[..1_000]).unwrap().1["arrived"], 1_000);
    let filler = disk.path().join("filler");
    fill(&filler);
    let (status, told) = caller.put(&format!("{file}?offset=1000"), &bytes[1_000..]).unwrap();
    assert_eq!((status, &told["type"]), (507, &json!("urn:rempart:problem:full")), "{told}");
    let long = "x".repeat(3_900);
    let (mut number, mut refused) = (0, 0);
    // Room that SQLite finds by tidying its log lets a write through now and then, before none does.
    while refused < 3 {
        let body = json!({ "title": format!("task {number}"), "detail": long });
        match caller.post(&path, None, &body).unwrap() {
            (201, _) => (number, refused) = (number + 1, 0),
            (507, told) => {
                assert_eq!(told["type"], "urn:rempart:problem:full", "{told}");
                assert!(told["detail"].as_str().unwrap().contains("make room"), "{told}");
                refused += 1;
            }
            (status, told) => panic!("a full disk is said so: {status} {told}"),
        }
        assert!(number < 2_000, "the disk does not fill");
    }
    assert_eq!(
        tasks(&caller, &path).len(),
        number,
        "what was acknowledged is there, what was refused is not"
    );
    for page in ["", "/tasks", "/timeline", "/log", "/wards", "/clocks"] {
        let (status, _) = person.get(&format!("{night}{page}")).unwrap();
        assert!(
            status == 200 || (status == 409 && page == "/wards"),
            "{page}: reading goes on, not {status}"
        );
    }
    assert_eq!(caller.get("/healthz").unwrap().0, 200);
    std::fs::remove_file(&filler).unwrap();
    let (status, told) = caller.post(&path, None, &json!({ "title": "with room" })).unwrap();
    assert_eq!(status, 201, "{told}");
    // The file goes on from where it stopped.
    let (_, told) = caller.put(&format!("{file}?offset=0"), "").unwrap();
    let arrived = usize::try_from(told["arrived"].as_u64().unwrap()).unwrap();
    assert!(arrived >= 1_000);
    let (_, told) = caller.put(&format!("{file}?offset={arrived}"), &bytes[arrived..]).unwrap();
    assert_eq!(told["arrived"], bytes.len(), "{told}");
    assert_eq!(caller.post(&format!("{file}/finish"), None, &json!({})).unwrap().0, 200);
    assert_eq!(caller.get("/api/v1/audit/check").unwrap().1["wrong"], Value::Null);
}

/// Takes all room that is left.
fn fill(path: &Path) {
    use std::io::Write as _;
    let mut file = std::fs::File::create(path).unwrap();
    for size in [1 << 20, 1 << 12, 1] {
        while file.write_all(&vec![0; size]).is_ok() {}
    }
}
