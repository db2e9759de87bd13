//! Roles by site: who acts on one site changes nothing of an incident on another.

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::common::{Guest, House};
use crate::forms::{contact, step};
use crate::tell::demo_lever;

async fn commander(house: &House, admin: &Guest, name: &str, site: &str) -> Guest {
    house.account(name, "incident-commander", Some(site)).await;
    let all = admin.json("/api/v1/accounts").await;
    let own = all.as_array().unwrap().iter().find(|it| it["account"]["name"] == name).unwrap();
    let id = own["account"]["id"].as_str().unwrap();
    let grant = json!({ "role": "responder", "site": site });
    let (status, _) = admin.post(&format!("/api/v1/accounts/{id}/grants"), grant).await;
    assert_eq!(status, StatusCode::CREATED);
    house.program(&house.token(name, &["read", "write"]).await)
}

/// Writes of an incident, each as somebody of its own site would send it; in order.
fn writes() -> Vec<(&'static str, Value)> {
    vec![
        ("", json!({ "title": "renamed" })),
        ("/duties", json!({ "role": "lead" })),
        ("/calls", json!({ "contact": contact(), "state": "coming", "remark": "" })),
        ("/decisions", json!({ "title": "Keep to paper", "why": "it spreads", "levers": [], "actions": [] })),
        ("/cuts", json!({ "lever": demo_lever() })),
        ("/sightings", json!({ "asset": "srv-dpidb-01", "stance": "lost", "reason": "a note" })),
        ("/steps", json!({ "step": step(), "state": "pinned", "minutes": 60, "reason": "" })),
        ("/notes", json!({ "text": "the lift stands" })),
        ("/tasks", json!({ "title": "Read the fridge", "detail": "" })),
        ("/messages", json!({ "audience": "staff", "title": "Now", "text": "Use paper." })),
        ("/notices", json!({ "obligation": "gdpr-authority", "text": "What happened" })),
        ("/evidence", json!({ "name": "dc.log", "size": 9 })),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn who_acts_on_one_site_changes_nothing_of_another() {
    let house = House::demonstration().await;
    house.account("admin-1", "site-administrator", None).await;
    let admin = house.person("admin-1").await;
    let south = commander(&house, &admin, "lead-south", "south").await;
    let north = commander(&house, &admin, "lead-north", "north").await;
    let (status, told) = north.post("/api/v1/incidents", json!({ "title": "theirs", "site": "south" })).await;
    assert_eq!(status, StatusCode::FORBIDDEN, "{told}");
    let (status, incident) =
        south.post("/api/v1/incidents", json!({ "title": "a night", "site": "south" })).await;
    assert_eq!(status, StatusCode::CREATED, "{incident}");
    let api = format!("/api/v1/incidents/{}", incident["id"].as_str().unwrap());
    for (path, body) in writes() {
        let (status, told) = north.post(&format!("{api}{path}"), body.clone()).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{path}: {told}");
        let (status, made) = south.post(&format!("{api}{path}"), body).await;
        assert!(status.is_success(), "{path}: {status} {made}");
        // What is there now may not be edited, undone, approved or taken by others either.
        let id = made["id"].as_str().unwrap();
        let edits: &[&str] = match path {
            "/tasks" | "/messages" | "/notices" => &[""],
            "/cuts" | "/sightings" | "/steps" => &["/undo"],
            "/evidence" => &["/finish", "/drop"],
            _ => &[],
        };
        for edit in edits {
            let (status, told) = north.post(&format!("{api}{path}/{id}{edit}"), json!({ "text": "x" })).await;
            assert_eq!(status, StatusCode::FORBIDDEN, "{path}{edit}: {told}");
        }
    }
    let lines = admin.json("/api/v1/audit?actor=lead-north").await;
    assert_eq!(lines, json!([]), "what was refused changed something");
    assert!(!admin.json("/api/v1/audit?actor=lead-south").await.as_array().unwrap().is_empty());
}
