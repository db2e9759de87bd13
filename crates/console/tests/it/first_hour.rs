//! The first hour, before any log is at hand: what people see and do counts all the same.

use std::sync::Arc;
use std::time::Duration;

use reqwest::StatusCode;
use serde_json::json;

use crate::common::{Guest, House, config, rooms};

async fn incident(guest: &Guest) -> String {
    guest.json("/api/v1/incidents").await[0]["id"].as_str().unwrap().to_owned()
}

/// Asks again until the page says it, or no longer does.
async fn until(guest: &Guest, path: &str, text: &str, wanted: bool) -> String {
    let mut html = String::new();
    for _ in 0..200 {
        let response = guest.get(path).await;
        html = response.text().await.unwrap();
        if html.contains(text) == wanted {
            return html;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("{path}: {text:?} is there: {}\n{html}", !wanted);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_machine_seen_encrypted_starts_the_clocks_and_is_taken_back() {
    let house = House::demonstration().await;
    let guest = house.visitor().await;
    let id = incident(&guest).await;
    let night = format!("/incidents/{id}");
    assert!(guest.page(&night).await.contains("no evidence was read yet"));
    let map = format!("/incidents/{id}/map?node=srv-dpidb-01");
    let fields = [("stance", "lost"), ("since", "03:40"), ("reason", "a ransom note <i>on screen</i>")];
    let sent = guest.submit(&map, "/sightings", &fields).await;
    assert_eq!(sent.status(), StatusCode::SEE_OTHER);
    let api = format!("/api/v1/incidents/{id}");
    let (status, _) =
        guest.post(&format!("{api}/sightings"), json!({ "asset": "srv-dpidb-02", "stance": "lost" })).await;
    assert_eq!(status, StatusCode::CREATED);
    let html = until(&guest, &night, "2 machines", true).await;
    assert!(!html.contains("no evidence was read yet"), "{html}");
    until(&guest, &format!("{api}/assessment"), "\"care\":[{", true).await;
    let html = guest.page(&map).await;
    assert!(html.contains("a ransom note &lt;i&gt;on screen"));
    assert!(guest.page(&format!("/incidents/{id}/timeline")).await.contains("a ransom note"));
    for seen in guest.json(&format!("{api}/sightings")).await.as_array().unwrap() {
        let undo = format!("{api}/sightings/{}/undo", seen["id"].as_str().unwrap());
        assert_eq!(guest.post(&undo, json!({})).await.0, StatusCode::OK);
    }
    until(&guest, &night, "no evidence was read yet", true).await;
    for wrong in
        [json!({ "asset": "nowhere", "stance": "lost" }), json!({ "asset": "north-er", "stance": "lost" })]
    {
        let (status, problem) = guest.post(&format!("{api}/sightings"), wrong).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{problem}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_put_into_the_watched_folder_is_brought_once() {
    let folder = Arc::new(tempfile::tempdir().unwrap());
    let watched = folder.path().join("watched");
    std::fs::create_dir_all(&watched).unwrap();
    let mut config = config(&folder);
    config.watch = Some(watched.clone());
    let house = House::of(config, rooms(false), folder).await;
    house.account("responder-1", "responder", None).await;
    let guest = house.person("responder-1").await;
    std::fs::write(watched.join("auth.log"), "Nov 22 01:10:00 srv-1 sshd[7]: Accepted password\n").unwrap();
    let sent = guest.submit("/declare", "/incidents", &[("title", "a night")]).await;
    assert_eq!(sent.status(), StatusCode::SEE_OTHER);
    let id = incident(&guest).await;
    let evidence = format!("/api/v1/incidents/{id}/evidence");
    until(&guest, &evidence, "\"state\":\"read\"", true).await;
    // The same bytes under another name are no new evidence; other bytes are.
    std::fs::copy(watched.join("auth.log"), watched.join("again.log")).unwrap();
    std::fs::write(watched.join("other.log"), "Nov 22 01:11:00 srv-1 sshd[7]: session closed\n").unwrap();
    until(&guest, &evidence, "other.log", true).await;
    let all = guest.json(&evidence).await;
    assert_eq!(all.as_array().unwrap().len(), 2, "{all}");
    assert!(watched.join("auth.log").is_file());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_never_arrived_whole_is_taken_back() {
    let house = House::demonstration().await;
    let guest = house.visitor().await;
    let id = incident(&guest).await;
    let api = format!("/api/v1/incidents/{id}/evidence");
    let (_, half) = guest.post(&api, json!({ "name": "half.log", "size": 10 })).await;
    let drop = format!("/{}/drop", half["id"].as_str().unwrap());
    let sent = guest.submit(&format!("/incidents/{id}/evidence"), &drop, &[]).await;
    assert_eq!(sent.status(), StatusCode::SEE_OTHER);
    assert!(!guest.page(&api).await.contains("half.log"));
    assert_eq!(guest.post(&format!("{api}{drop}"), json!({})).await.0, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_printed_ward_sheet_leads_to_the_board_or_to_the_door() {
    let house = House::demonstration().await;
    let guest = house.visitor().await;
    let id = incident(&guest).await;
    let leads = async |guest: &Guest, ward: &str| {
        let response = guest.get(&format!("/wards/{ward}")).await;
        (response.status(), response.headers().get("location").map(|it| it.to_str().unwrap().to_owned()))
    };
    let board = format!("/incidents/{id}/wards/north-er");
    assert_eq!(leads(&guest, "north-er").await, (StatusCode::SEE_OTHER, Some(board)));
    assert_eq!(leads(&house.stranger(), "north-er").await, (StatusCode::SEE_OTHER, Some("/w".to_owned())));
    assert_eq!(leads(&guest, "nowhere").await.0, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_starts_a_clock_is_told_by_its_hour() {
    let house = House::demonstration().await;
    let guest = house.visitor().await;
    let id = incident(&guest).await;
    let (status, told) = guest
        .post(
            &format!("/api/v1/incidents/{id}"),
            json!({ "fact": "fix_available", "value": "2026-11-22T02:00:00Z" }),
        )
        .await;
    assert_eq!(status, StatusCode::OK, "{told}");
    assert_eq!(told["facts"]["fix_available"], "2026-11-22T02:00:00Z");
    let (status, _) = guest
        .post(&format!("/api/v1/incidents/{id}"), json!({ "fact": "fix_available", "value": "perhaps" }))
        .await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
}
