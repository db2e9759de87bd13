//! What shippers send reaches the open incident, each event once, over restarts.

use std::sync::Arc;
use std::time::Duration;

use console::Intake;
use reqwest::StatusCode;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::common::{Guest, House, config, rooms};

async fn house(folder: &Arc<TempDir>) -> House {
    let mut config = config(folder);
    let any = Some("127.0.0.1:0".parse().unwrap());
    config.intake = Intake { http: any, syslog_udp: any, ..Intake::default() };
    House::of(config, rooms(true), folder.clone()).await
}

fn listener<'h>(house: &'h House, name: &str) -> &'h str {
    house.lines.iter().find_map(|line| line.strip_prefix(name)?.strip_prefix(": ")).unwrap()
}

/// Three events of Windows, one of which deletes shadow copies.
fn bulk() -> String {
    let doc = |record: u64, command: &str| {
        json!({
            "@timestamp": "2026-11-28T02:00:00Z", "event": {"code": "1", "provider": "Microsoft-Windows-Sysmon"},
            "host": {"name": "srv-1"},
            "winlog": {"computer_name": "srv-1", "channel": "Microsoft-Windows-Sysmon/Operational",
                "provider_name": "Microsoft-Windows-Sysmon", "event_id": "1", "record_id": record,
                "event_data": {"Image": "C:\\Windows\\System32\\vssadmin.exe", "OriginalFileName": "VSSADMIN.EXE",
                    "CommandLine": command, "User": "CHU\\nurse-17", "ParentImage": "C:\\Windows\\System32\\cmd.exe"}},
        })
    };
    let commands =
        ["vssadmin list writers", "vssadmin.exe delete shadows /all /quiet", "vssadmin list volumes"];
    let docs = commands.iter().zip(1..).map(|(command, record)| doc(record, command));
    docs.map(|doc| format!("{{\"create\":{{}}}}\n{doc}\n")).collect()
}

async fn send(house: &House, token: &str) -> StatusCode {
    let url = format!("{}/_bulk", listener(house, "intake-http"));
    let client = house.stranger().client;
    client.post(url).bearer_auth(token).body(bulk()).send().await.unwrap().status()
}

async fn until(reader: &Guest, path: &str, what: impl Fn(&Value) -> bool) -> Value {
    let mut last = String::new();
    for _ in 0..300 {
        // Until the first assessment is made there is none.
        last = reader.get(path).await.text().await.unwrap();
        if let Ok(value) = serde_json::from_str(&last)
            && what(&value)
        {
            return value;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("{path} never is as expected: {last}");
}

fn counts(source: &Value) -> [u64; 3] {
    ["acknowledged", "stored", "duplicates"].map(|name| source[name].as_u64().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_arrives_reaches_the_open_incident_once() {
    let folder = Arc::new(tempfile::tempdir().unwrap());
    let first = house(&folder).await;
    first.account("responder-1", "responder", None).await;
    let shipper = first.token("responder-1", &["intake"]).await;
    let program = first.token("responder-1", &["read", "write"]).await;
    assert_eq!(send(&first, "wrong").await, StatusCode::UNAUTHORIZED);
    assert_eq!(send(&first, &program).await, StatusCode::UNAUTHORIZED, "a token without the scope");
    assert_eq!(send(&first, &shipper).await, StatusCode::OK);
    let reader = first.program(&program);
    let told = reader.json("/api/v1/intake").await;
    assert_eq!(counts(&told["sources"][0]), [3, 3, 0]);
    assert_eq!(told["sources"][0]["authenticated_by"], "token");
    assert!(told["sources"][0]["name"].as_str().unwrap().starts_with("responder-1"));

    // It waited for an incident.
    let (status, incident) =
        reader.post("/api/v1/incidents", json!({ "title": "Shadow copies are gone" })).await;
    assert_eq!(status, StatusCode::CREATED, "{incident}");
    let path = format!("/api/v1/incidents/{}/assessment", incident["id"].as_str().unwrap());
    let has_signals = |it: &Value| it["signals"].as_array().is_some_and(|all| !all.is_empty());
    let found = until(&reader, &path, has_signals).await;
    assert_eq!(found["evidence"]["events"], 3);
    let signals = found["signals"].as_array().unwrap();
    assert!(signals.iter().all(|it| it["host"] == "srv-1"), "{signals:?}");
    assert!(signals.iter().any(|it| it["source"]["record"] == 2), "{signals:?}");
    drop(first);
    tokio::time::sleep(Duration::from_secs(2)).await;

    let second = house(&folder).await;
    let reader = second.program(&program);
    assert_eq!(reader.json("/api/v1/intake").await, told, "counts survive a restart");
    assert_eq!(send(&second, &shipper).await, StatusCode::OK);
    let again = reader.json("/api/v1/intake").await;
    assert_eq!(counts(&again["sources"][0]), [6, 3, 3], "sent again, it is known");
    let socket = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    let line = "<86>Nov 28 02:20:30 srv-2 sudo: www-data : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/usr/sbin/useradd evil";
    let address = listener(&second, "intake-syslog-udp").strip_prefix("udp://").unwrap();
    socket.send_to(line.as_bytes(), address).unwrap();
    let more = until(&reader, &path, |it| it["evidence"]["events"] == 4).await;
    let of = |host: &str| more["signals"].as_array().unwrap().iter().filter(|it| it["host"] == host).count();
    assert_eq!(of("srv-1"), signals.len(), "nothing is judged twice");
    let sources = reader.json("/api/v1/intake").await;
    assert_eq!(sources["sources"][1]["authenticated_by"], "none");
}
