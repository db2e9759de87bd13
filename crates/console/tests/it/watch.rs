//! What watchers see: whether it lives, whether it should be given work, and figures that name nobody.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use reqwest::StatusCode;
use serde_json::json;
use store::entity::Backup;
use store::{Actor, Instant, new_id};

use crate::common::{House, config, rooms};

async fn watched() -> House {
    let folder = Arc::new(tempfile::tempdir().unwrap());
    let mut config = config(&folder);
    config.metrics = Some("127.0.0.1:0".parse().unwrap());
    House::of(config, rooms(false), folder).await
}

/// Every figure by its name with its labels, as the watcher's listener gives them.
async fn scrape(house: &House) -> BTreeMap<String, f64> {
    let url = format!("http://{}/metrics", house.metrics.unwrap());
    let response = house.stranger().client.get(url).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    let kind = response.headers()["content-type"].to_str().unwrap().to_owned();
    assert!(kind.starts_with("application/openmetrics-text; version=1.0.0"), "{kind}");
    let text = response.text().await.unwrap();
    assert!(text.ends_with("# EOF\n"), "{text}");
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines
        .map(|line| {
            let (name, value) = line.rsplit_once(' ').unwrap();
            (name.to_owned(), value.parse().unwrap())
        })
        .collect()
}

/// Scrapes until a figure is that, for figures are counted once a second at most.
async fn until(house: &House, name: &str, value: f64) -> BTreeMap<String, f64> {
    for _ in 0..100 {
        let figures = scrape(house).await;
        if figures.get(name) == Some(&value) {
            return figures;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("{name} never is {value}: {:?}", scrape(house).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn figures_follow_what_happens_and_name_nobody() {
    let house = watched().await;
    house.account("responder-17", "responder", None).await;
    let person = house.person("responder-17").await;
    let (status, incident) =
        person.post("/api/v1/incidents", json!({ "title": "Ransom note on a pump" })).await;
    assert_eq!(status, StatusCode::CREATED, "{incident}");
    assert_eq!(person.get("/no/such/page").await.status(), StatusCode::NOT_FOUND);
    let refused = person.client.get(&house.url).header("host", "evil.example").send().await.unwrap();
    assert_eq!(refused.status(), StatusCode::MISDIRECTED_REQUEST);
    let stream = person.get("/api/v1/events").await;
    let store = house.store().await;
    // The first assessment is kept meanwhile, which is a line of the audit.
    let (figures, head) = loop {
        let before = store.audit_head().await.unwrap();
        let figures = until(&house, "rempart_live_listeners", 1.0).await;
        if store.audit_head().await.unwrap() == before {
            break (figures, before);
        }
    };
    for (name, value) in [
        ("rempart_ready", 1.0),
        ("rempart_incidents_open", 1.0),
        ("rempart_signals", 0.0),
        ("rempart_audit_lines", head as f64),
        ("rempart_deliveries_waiting", 0.0),
        ("rempart_deliveries_failed", 0.0),
        ("rempart_http_requests_total{method=\"POST\",route=\"/api/v1/incidents\",status=\"201\"}", 1.0),
        ("rempart_http_requests_total{method=\"GET\",route=\"none\",status=\"404\"}", 1.0),
        ("rempart_http_requests_total{method=\"GET\",route=\"/\",status=\"421\"}", 1.0),
        ("rempart_http_request_duration_seconds_count{route=\"/api/v1/incidents\"}", 1.0),
        ("rempart_http_request_duration_seconds_bucket{le=\"+Inf\",route=\"/api/v1/incidents\"}", 1.0),
    ] {
        assert_eq!(figures.get(name), Some(&value), "{name} in {figures:?}");
    }
    assert!(figures["rempart_memory_resident_bytes"] > 1e6);
    assert!(figures["rempart_disk_free_bytes"] > 0.0);
    assert!(!figures.contains_key("rempart_last_backup_age_seconds"), "no copy was made yet");
    let mut change = store.begin(&Actor::command()).await.unwrap();
    let at = Instant::from(jiff::Timestamp::now() - jiff::SignedDuration::from_hours(1));
    let (id, file, sha256) = (new_id(), "/srv/copies/a.bundle".to_owned(), String::new());
    change
        .add(Backup { id, version: 0, at, file, size: 1, sha256, error: None, tested_at: None })
        .await
        .unwrap();
    change.commit().await.unwrap();
    drop(stream);
    let figures = until(&house, "rempart_live_listeners", 0.0).await;
    let age = figures["rempart_last_backup_age_seconds"];
    assert!((3_600.0..3_700.0).contains(&age), "{age}");
    names_nobody(&figures);
}

/// Labels are of a few kinds, and a route is an address of the table.
fn names_nobody(figures: &BTreeMap<String, f64>) {
    let mut routes: BTreeSet<String> = console::addresses().into_iter().map(|(_, path, _)| path).collect();
    routes.insert("none".to_owned());
    for name in figures.keys() {
        for gone in ["responder-17", "pump", "copies"] {
            assert!(!name.contains(gone), "{name}");
        }
        let Some((_, labels)) = name.split_once('{') else { continue };
        for label in labels.trim_end_matches('}').split("\",") {
            let (key, value) = label.split_once("=\"").unwrap();
            assert!(["method", "route", "status", "le", "version"].contains(&key), "{name}");
            assert!(key != "route" || routes.contains(value.trim_end_matches('"')), "{name}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn figures_are_on_their_own_listener_alone() {
    let house = watched().await;
    let stranger = house.stranger();
    assert_eq!(stranger.get("/metrics").await.status(), StatusCode::NOT_FOUND);
    for path in ["/", "/healthz", "/api/v1/incidents", "/metrics/x"] {
        let url = format!("http://{}{path}", house.metrics.unwrap());
        assert_eq!(stranger.client.get(url).send().await.unwrap().status(), StatusCode::NOT_FOUND, "{path}");
    }
    assert!(House::empty().await.metrics.is_none(), "they are shown only where that was asked");
}

#[tokio::test(flavor = "multi_thread")]
async fn readiness_says_what_stands_against_it() {
    let house = House::empty().await;
    let stranger = house.stranger();
    assert_eq!(stranger.page("/healthz").await, "ok\n");
    let ready = json!({ "ready": true, "phase": "serving", "store": "answers", "disk": "enough" });
    assert_eq!(stranger.json("/readyz").await, ready);
    let folder = Arc::new(tempfile::tempdir().unwrap());
    let Some(disk) = Disk::mount(folder.path()) else {
        println!("a full disk was not tried: this system lets us mount no small disk");
        return;
    };
    let house = House::of(config(&folder), rooms(false), folder.clone()).await;
    let stranger = house.stranger();
    assert_eq!(stranger.json("/readyz").await, ready);
    let filler = folder.path().join("filler");
    std::fs::write(&filler, vec![0; 40 << 20]).unwrap();
    let response = stranger.get("/readyz").await;
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    let said: serde_json::Value = serde_json::from_str(&response.text().await.unwrap()).unwrap();
    assert_eq!((&said["ready"], &said["disk"]), (&json!(false), &json!("full")));
    assert_eq!(stranger.page("/healthz").await, "ok\n", "it lives");
    std::fs::remove_file(&filler).unwrap();
    assert_eq!(stranger.json("/readyz").await, ready);
    drop(house);
    drop(disk);
}

/// A small disk in memory, taken away when dropped.
struct Disk(std::path::PathBuf);

impl Disk {
    fn mount(folder: &Path) -> Option<Disk> {
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", "size=64m", "rempart-test"]).arg(folder).stderr(Stdio::null());
        mount.status().is_ok_and(|it| it.success()).then(|| Disk(folder.to_owned()))
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}
