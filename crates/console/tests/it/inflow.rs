//! What shippers send reaches the open incident, or the watch while all is calm, each event once, over restarts.

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
    let commands =
        ["vssadmin list writers", "vssadmin.exe delete shadows /all /quiet", "vssadmin list volumes"];
    commands.iter().zip(1..).map(|(command, record)| document("srv-1", record, command)).collect()
}

/// An event of Windows as `_bulk` takes it.
fn document(host: &str, record: u64, command: &str) -> String {
    let document = json!({
            "@timestamp": "2026-11-28T02:00:00Z", "event": {"code": "1", "provider": "Microsoft-Windows-Sysmon"},
            "host": {"name": host},
            "winlog": {"computer_name": host, "channel": "Microsoft-Windows-Sysmon/Operational",
                "provider_name": "Microsoft-Windows-Sysmon", "event_id": "1", "record_id": record,
                "event_data": {"Image": "C:\\Windows\\System32\\vssadmin.exe", "OriginalFileName": "VSSADMIN.EXE",
                    "CommandLine": command, "User": "CHU\\nurse-17", "ParentImage": "C:\\Windows\\System32\\cmd.exe"}},
    });
    format!("{{\"create\":{{}}}}\n{document}\n")
}

async fn send(house: &House, token: &str) -> StatusCode {
    ship(house, token, bulk()).await
}

async fn ship(house: &House, token: &str, body: String) -> StatusCode {
    let url = format!("{}/_bulk", listener(house, "intake-http"));
    let client = house.stranger().client;
    client.post(url).bearer_auth(token).body(body).send().await.unwrap().status()
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

/// How many kept events a query holds of.
async fn hits(reader: &Guest, query: &str) -> usize {
    let answer = reader.json(&format!("/api/v1/search?q={query}")).await;
    assert_eq!(answer["complete"], true, "{answer}");
    answer["hits"].as_array().unwrap().len()
}

/// The address of the watch, from the page that shows it.
async fn watch(reader: &Guest) -> String {
    for _ in 0..300 {
        let page = reader.page("/calm").await;
        if page.contains("Nothing in what arrived is worth a look") || page.contains("worth a look, the most")
        {
            let link = page.split("href=\"/incidents/").nth(1).unwrap();
            return link.split('/').next().unwrap().to_owned();
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("nothing is watched");
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
    let health = reader.page("/health").await;
    assert!(
        health.contains("One sends by itself; none fell silent.") && health.contains("3 events kept"),
        "{health}"
    );
    assert_eq!(told["sources"][0]["authenticated_by"], "token");
    assert!(told["sources"][0]["name"].as_str().unwrap().starts_with("responder-1"));

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

#[tokio::test(flavor = "multi_thread")]
async fn in_calm_what_arrives_is_watched_and_declaring_moves_nothing() {
    let folder = Arc::new(tempfile::tempdir().unwrap());
    let house = house(&folder).await;
    house.account("lead-1", "incident-commander", None).await;
    let shipper = house.token("lead-1", &["intake"]).await;
    let lead = house.program(&house.token("lead-1", &["read", "write"]).await);
    let calm = lead.page("/calm").await;
    assert!(calm.contains("Nothing has arrived by itself yet"), "{calm}");

    assert_eq!(send(&house, &shipper).await, StatusCode::OK);
    let watch = watch(&lead).await;
    assert_eq!(lead.json("/api/v1/incidents").await, json!([]), "a watch is no incident");
    let assessment = format!("/api/v1/incidents/{watch}/assessment");
    let seen = until(&lead, &assessment, |it| it["evidence"]["events"] == 3).await;
    assert_eq!(hits(&lead, "vssadmin").await, 3, "what arrives is searched at once");
    assert_eq!(hits(&lead, "host:srv-1+shadows").await, 1);
    assert_eq!(lead.get(&format!("/incidents/{watch}")).await.status(), StatusCode::SEE_OTHER);
    let settled = lead.post(&format!("/api/v1/incidents/{watch}"), json!({ "state": "open" })).await;
    assert_eq!(settled.0, StatusCode::CONFLICT, "it becomes an incident by being declared alone");

    let (status, exercise) =
        lead.post("/api/v1/incidents", json!({ "title": "Exercise", "kind": "exercise" })).await;
    assert_eq!(status, StatusCode::CREATED);
    assert_ne!(exercise["id"], watch.as_str(), "an exercise leaves the watch alone");
    let over = format!("/api/v1/incidents/{}", exercise["id"].as_str().unwrap());
    assert_eq!(lead.post(&over, json!({ "state": "closed" })).await.0, StatusCode::OK);

    let (status, incident) = lead.post("/api/v1/incidents", json!({ "title": "It is real" })).await;
    assert_eq!((status, &incident["id"]), (StatusCode::CREATED, &json!(watch)));
    assert_eq!((&incident["state"], &incident["title"]), (&json!("open"), &json!("It is real")));
    let after = until(&lead, &assessment, |it| it["evidence"]["events"] == 3).await;
    assert_eq!(after["signals"], seen["signals"]);
    assert_eq!(hits(&lead, "vssadmin").await, 3, "nothing is kept twice");

    let over = format!("/api/v1/incidents/{watch}");
    assert_eq!(lead.post(&over, json!({ "state": "closed" })).await.0, StatusCode::OK);
    assert_eq!(send(&house, &shipper).await, StatusCode::OK);
    let calm = lead.page("/calm").await;
    assert!(
        calm.contains("Nothing has arrived by itself yet"),
        "what was known before begins no watch: {calm}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn machines_behind_one_shipper_that_number_their_records_alike_are_told_apart() {
    let house = house(&Arc::new(tempfile::tempdir().unwrap())).await;
    house.account("lead-1", "incident-commander", None).await;
    let shipper = house.token("lead-1", &["intake"]).await;
    let lead = house.program(&house.token("lead-1", &["read", "write"]).await);
    let (_, incident) = lead.post("/api/v1/incidents", json!({ "title": "It is real" })).await;
    let delete = "vssadmin.exe delete shadows /all /quiet";
    let both = ["srv-1", "srv-2"].map(|host| document(host, 77, delete)).concat();
    assert_eq!(ship(&house, &shipper, both).await, StatusCode::OK);
    let api = format!("/api/v1/incidents/{}", incident["id"].as_str().unwrap());
    let one = |it: &Value| it["rows"].as_array().is_some_and(|rows| rows.len() == 2);
    let found = until(&lead, &format!("{api}/signals"), one).await;
    for row in found["rows"].as_array().unwrap() {
        let signal = lead.json(&format!("{api}/signals/{}", row["id"])).await;
        let host = row["host"].as_str().unwrap();
        let fields = signal["record"]["fields"].as_array().unwrap();
        assert!(fields.contains(&json!(["Computer", host])), "{signal}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_watch_rests_on_its_last_days_and_the_search_keeps_the_others() {
    let folder = Arc::new(tempfile::tempdir().unwrap());
    let first = house(&folder).await;
    first.account("lead-1", "incident-commander", None).await;
    let shipper = first.token("lead-1", &["intake"]).await;
    let program = first.token("lead-1", &["read", "write"]).await;
    assert_eq!(send(&first, &shipper).await, StatusCode::OK);
    let reader = first.program(&program);
    let id = watch(&reader).await;
    let evidence = format!("/api/v1/incidents/{id}/evidence");
    let old = reader.json(&evidence).await[0]["id"].as_str().unwrap().to_owned();
    let folder = first.end().await;

    let url = config(&folder).database.unwrap_or_else(|| store::sqlite_url(&folder.path().join("data")));
    let store = store::Store::open_beside(&url).await.unwrap();
    let mut change = store.begin(&store::Actor::machine()).await.unwrap();
    let long_ago = |it: &mut store::entity::Attachment| it.name = "intake 2026-01-02".to_owned();
    change.edit(&old, None, long_ago).await.unwrap();
    change.commit().await.unwrap();
    store.close().await.unwrap();

    let second = house(&folder).await;
    let reader = second.program(&program);
    let socket = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    let address = listener(&second, "intake-syslog-udp").strip_prefix("udp://").unwrap();
    socket.send_to(b"<86>Nov 28 02:20:30 srv-2 sudo: www-data : COMMAND=/bin/id", address).unwrap();
    let one_more = |it: &Value| it[0]["id"].is_string() && it[0]["id"] != old.as_str();
    let now = until(&reader, &evidence, one_more).await;
    assert_eq!(now.as_array().unwrap().len(), 1, "{now}");
    let kept = folder.path().join("data/evidence").join(&id).join("files");
    assert!(!kept.join(&old).exists());
    assert_eq!(hits(&reader, "vssadmin").await, 3);
    let search = "/api/v1/search?q=www-data";
    until(&reader, search, |it| it["hits"].as_array().is_some_and(|all| all.len() == 1)).await;
}

#[tokio::test]
async fn a_search_says_what_is_wrong_with_it_and_loses_nothing_typed() {
    let house = House::empty().await;
    house.account("viewer-1", "viewer", None).await;
    let viewer = house.person("viewer-1").await;
    let page = viewer.page("/search?q=host%3A(&since=yesterday").await;
    assert!(page.contains("Something to look for is missing at character 6"), "{page}");
    assert!(page.contains("value=\"host:(\"") && page.contains("value=\"yesterday\""), "{page}");
    let page = viewer.page("/search?q=host&since=yesterday").await;
    assert!(page.contains("Write a span such as 90d"), "{page}");
    let page = viewer.page("/search?q=%3Cscript%3E&since=36h").await;
    assert!(page.contains("Nothing found") && !page.contains("<script>"), "{page}");
    let (status, wrong) = {
        let response = viewer.get("/api/v1/search?q=%22open").await;
        (response.status(), response.text().await.unwrap())
    };
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.contains("the quote opened at character 1 is not closed"), "{wrong}");
    assert_eq!(house.stranger().get("/search").await.status(), StatusCode::SEE_OTHER);
}
