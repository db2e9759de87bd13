//! Clocks, decisions, tasks, messages, handover: by forms without scripts, and by the API.

use crate::common::{Guest, House};
use reqwest::StatusCode;
use serde_json::{Value, json};

/// A night without evidence, its incident, one who leads and one who helps.
async fn night() -> (House, String, Guest, Guest) {
    let house = House::demonstration().await;
    house.account("lead-1", "incident-commander", None).await;
    house.account("nurse-17", "contributor", None).await;
    let (lead, nurse) = (house.person("lead-1").await, house.person("nurse-17").await);
    let incidents = lead.json("/api/v1/incidents").await;
    let id = match incidents[0]["id"].as_str() {
        Some(id) => id.to_owned(),
        None => {
            let declared = house.program(&house.token("lead-1", &["write"]).await);
            let (status, incident) =
                declared.post("/api/v1/incidents", json!({"title": "a night", "lead": true})).await;
            assert_eq!(status, StatusCode::CREATED, "{incident}");
            incident["id"].as_str().unwrap().to_owned()
        }
    };
    (house, id, lead, nurse)
}

async fn program(house: &House, name: &str) -> Guest {
    house.program(&house.token(name, &["read", "write"]).await)
}

fn word(value: &Value) -> &str {
    value["type"].as_str().unwrap().rsplit(':').next().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_notice_is_drafted_sent_and_then_left_alone() {
    let (house, id, lead, nurse) = night().await;
    let page = format!("/incidents/{id}/clocks/gdpr-authority");
    let response =
        nurse.submit(&page, "/notices", &[("text", "What happened: [to be filled in: what]\r\nMore")]).await;
    assert_eq!(response.status(), StatusCode::SEE_OTHER);
    let notices = lead.json(&format!("/api/v1/incidents/{id}/notices")).await;
    assert_eq!(notices[0]["text"], "What happened: [to be filled in: what]\nMore");
    let one = format!("/api/v1/incidents/{id}/notices/{}", notices[0]["id"].as_str().unwrap());
    assert!(nurse.page(&page).await.contains("one place is still to be filled in"));
    // Who may write may not say that it was sent.
    let helper = program(&house, "nurse-17").await;
    let (status, _) = helper.post(&one, json!({"sent": true})).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    let leader = program(&house, "lead-1").await;
    let (status, bad) = leader.post(&one, json!({"sent": true, "sent_at": "soon"})).await;
    assert_eq!((status, word(&bad)), (StatusCode::UNPROCESSABLE_ENTITY, "bad"));
    let (status, bad) = leader.post(&one, json!({"sent": true, "proof": "none"})).await;
    assert_eq!((status, word(&bad)), (StatusCode::UNPROCESSABLE_ENTITY, "bad"));
    let (status, sent) = leader.post(&one, json!({"sent": true, "reference": "C-42"})).await;
    assert_eq!(
        (status, &sent["state"], &sent["reference"]),
        (StatusCode::OK, &json!("sent"), &json!("C-42"))
    );
    assert!(sent["sent_at"].is_string());
    let (status, again) = leader.post(&one, json!({"text": "other"})).await;
    assert_eq!((status, word(&again)), (StatusCode::CONFLICT, "sent"));
    let clocks = lead.page(&format!("/incidents/{id}/clocks")).await;
    assert!(clocks.contains("C-42"), "{clocks}");
    let (status, _) = leader
        .post(&format!("/api/v1/incidents/{id}/notices"), json!({"obligation": "none", "text": "x"}))
        .await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    let calendar = lead.page(&format!("/incidents/{id}/clocks.ics")).await;
    assert!(calendar.starts_with("BEGIN:VCALENDAR\r\n") && calendar.ends_with("END:VCALENDAR\r\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_that_comes_too_late_shows_both_texts() {
    let (house, id, lead, nurse) = night().await;
    let leader = program(&house, "lead-1").await;
    let messages = format!("/api/v1/incidents/{id}/messages");
    let (_, message) =
        leader.post(&messages, json!({"audience": "staff", "title": "Now", "text": "first"})).await;
    let page = format!("/incidents/{id}/messages/{}", message["id"].as_str().unwrap());
    let html = nurse.page(&page).await;
    assert!(html.contains("name=\"version\" value=\"1\""));
    leader
        .post(&format!("{messages}/{}", message["id"].as_str().unwrap()), json!({"text": "theirs <b>"}))
        .await;
    let action = format!("/messages/{}", message["id"].as_str().unwrap());
    let response = nurse.submit(&page, &action, &[("version", "1"), ("text", "mine")]).await;
    assert_eq!(response.status(), StatusCode::PRECONDITION_FAILED);
    let both = response.text().await.unwrap();
    assert!(both.contains(">mine</textarea>") && both.contains("theirs &lt;b&gt;"), "{both}");
    let kept = lead.json(&messages).await;
    assert_eq!(kept[0]["text"], "theirs <b>");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_goes_out_as_it_was_approved() {
    let (house, id, lead, nurse) = night().await;
    let page = format!("/incidents/{id}/messages?from=staff-1");
    let response = nurse
        .submit(
            &page,
            "/messages",
            &[("title", "Computers are down"), ("text", "Use paper. Call [number…].")],
        )
        .await;
    assert_eq!(response.status(), StatusCode::SEE_OTHER);
    let one = response.headers()["location"].to_str().unwrap().to_owned();
    let api = format!("/api/v1{one}");
    let (helper, leader) = (program(&house, "nurse-17").await, program(&house, "lead-1").await);
    let (status, _) = helper.post(&format!("{api}/approve"), json!({})).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    let (status, blank) = leader.post(&format!("{api}/approve"), json!({})).await;
    assert_eq!((status, word(&blank)), (StatusCode::CONFLICT, "blanks"));
    helper.post(&api, json!({"text": "Use paper. Call 2222."})).await;
    let (status, early) = leader.post(&format!("{api}/sent"), json!({})).await;
    assert_eq!((status, word(&early)), (StatusCode::CONFLICT, "unapproved"));
    assert_eq!(lead.submit(&one, "/approve", &[]).await.status(), StatusCode::SEE_OTHER);
    let (_, edited) = helper.post(&api, json!({"text": "Use paper. Call 3333."})).await;
    assert_eq!((&edited["state"], &edited["approved_by"]), (&json!("draft"), &Value::Null));
    leader.post(&format!("{api}/approve"), json!({})).await;
    let (status, sent) = leader.post(&format!("{api}/sent"), json!({})).await;
    assert_eq!((status, &sent["text"]), (StatusCode::OK, &json!("Use paper. Call 3333.")));
    assert!(lead.page(&format!("{one}/paper")).await.contains("Call 3333."));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decision_waits_is_taken_once_and_leaves_tasks() {
    let (house, id, lead, nurse) = night().await;
    let leader = program(&house, "lead-1").await;
    let lever = demo_lever();
    let decisions = format!("/api/v1/incidents/{id}/decisions");
    let wanted = json!({"title": "Cut", "why": "spreads", "levers": [lever], "state": "waiting", "due_at": "2026-11-23T06:00:00Z"});
    let (status, decision) = leader.post(&decisions, wanted).await;
    assert_eq!((status, &decision["state"]), (StatusCode::CREATED, &json!("waiting")));
    assert_eq!(lead.json(&format!("/api/v1/incidents/{id}/tasks")).await, json!([]));
    let one = format!("{decisions}/{}", decision["id"].as_str().unwrap());
    let helper = program(&house, "nurse-17").await;
    assert_eq!(helper.post(&format!("{one}/take"), json!({})).await.0, StatusCode::FORBIDDEN);
    assert_eq!(leader.post(&format!("{one}/decline"), json!({})).await.0, StatusCode::UNPROCESSABLE_ENTITY);
    let log = format!("/incidents/{id}/log");
    assert_eq!(lead.submit(&log, "/take", &[]).await.status(), StatusCode::SEE_OTHER);
    let tasks = lead.json(&format!("/api/v1/incidents/{id}/tasks")).await;
    assert_eq!((tasks.as_array().unwrap().len(), &tasks[0]["lever"]), (1, &json!(lever)));
    let (status, again) = leader.post(&format!("{one}/decline"), json!({"why": "no"})).await;
    assert_eq!((status, word(&again)), (StatusCode::CONFLICT, "decided"));
    let csv = nurse.page(&format!("{log}.csv")).await;
    assert!(csv.lines().nth(1).unwrap().contains(",taken,lead-1,Cut,spreads,"), "{csv}");
    let line: Value =
        serde_json::from_str(nurse.page(&format!("{log}.ndjson")).await.lines().next().unwrap()).unwrap();
    assert_eq!(line["state"], "taken");
    let correcting = lead.page(&format!("{log}?corrects={}", decision["id"].as_str().unwrap())).await;
    assert!(correcting.contains("Corrects “Cut”"), "{correcting}");
}

pub fn demo_lever() -> String {
    let files =
        demo::map_files().into_iter().map(|file| hospital::MapFile { name: file.name, bytes: file.bytes });
    hospital::check(files.collect()).map.unwrap().levers[0].id.clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_came_back_on_paper_is_typed_in_whole_or_not_at_all() {
    let (house, id, lead, nurse) = night().await;
    let page = format!("/incidents/{id}/tasks");
    let add = [("title", "Read the fridge"), ("person", "nurse-17"), ("due_at", "04:00")];
    let api = format!("/api/v1/incidents/{id}/tasks");
    assert_eq!(nurse.submit(&page, &api, &add).await.status(), StatusCode::SEE_OTHER);
    let second = [("title", "Carry the lists")];
    assert_eq!(nurse.submit(&page, &api, &second).await.status(), StatusCode::SEE_OTHER);
    let tasks = lead.json(&api).await;
    assert!(tasks[0]["account"].is_string(), "a name of an account is that account: {}", tasks[0]);
    let (first, second) = (tasks[0]["code"].as_str().unwrap(), tasks[1]["code"].as_str().unwrap());
    let paper = nurse.page(&format!("{page}/paper")).await;
    assert!(paper.contains(first) && paper.contains("Carry the lists"));
    let helper = program(&house, "nurse-17").await;
    let rows =
        json!({"rows": [{"code": first, "at": "2026-11-22T02:00:00Z"}, {"code": "ZZZZ", "at": "02:00"}]});
    let (status, refused) = helper.post(&format!("{api}/returns"), rows).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused["detail"].as_str().unwrap().contains("ZZZZ"));
    assert_eq!(lead.json(&api).await[0]["state"], "open", "nothing of a refused sheet stands");
    let typed = [
        (format!("at {first}"), "2026-11-22T02:00:00Z"),
        (format!("by {first}"), "porter-3"),
        (format!("remark {second}"), "door locked"),
        ("what +1".to_owned(), "Fed the generator"),
    ];
    let typed: Vec<(&str, &str)> = typed.iter().map(|(name, value)| (name.as_str(), *value)).collect();
    assert_eq!(nurse.submit(&page, "/tasks/returns", &typed).await.status(), StatusCode::SEE_OTHER);
    let tasks = lead.json(&api).await;
    assert_eq!((&tasks[0]["state"], &tasks[0]["person"]), (&json!("done"), &json!("porter-3")));
    assert_eq!((&tasks[1]["state"], &tasks[1]["detail"]), (&json!("open"), &json!("door locked")));
    assert_eq!((&tasks[2]["state"], &tasks[2]["title"]), (&json!("done"), &json!("Fed the generator")));
    let done = nurse.page(&format!("{page}?show=done")).await;
    assert!(done.contains("Read the fridge"));
    assert!(
        !nurse.page(&format!("{page}?who=porter-3")).await.contains("id=\"of-porter-3\""),
        "what is done is not open"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_awareness_and_a_fact_are_set_by_forms() {
    let (house, id, lead, nurse) = night().await;
    let page = format!("/incidents/{id}/clocks");
    let action = format!("/api/v1/incidents/{id}");
    let response = lead.submit(&page, &action, &[("aware_at", "2026-11-22T02:10")]).await;
    assert_eq!(response.status(), StatusCode::SEE_OTHER);
    let incident = lead.json(&action).await;
    assert_eq!(incident["aware_at"], "2026-11-22T01:10:00Z", "typed in the hospital's zone");
    let leader = program(&house, "lead-1").await;
    let (status, _) = leader.post(&action, json!({"fact": "essential_entity", "value": "yes"})).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(
        leader.post(&action, json!({"fact": "essential_entity", "value": "perhaps"})).await.0,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    assert!(nurse.page(&page).await.contains("id=\"fact-essential_entity\""));
    assert!(!nurse.page(&page).await.contains("name=\"fact\""), "who does not lead answers nothing");
    leader.post(&action, json!({"fact": "essential_entity"})).await;
    assert!(!nurse.page(&page).await.contains("id=\"fact-essential_entity\""));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_handover_tells_what_changed_since_the_shift_began() {
    let (house, id, lead, nurse) = night().await;
    let leader = program(&house, "lead-1").await;
    leader
        .post(
            &format!("/api/v1/incidents/{id}/decisions"),
            json!({"title": "Divert the emergency", "why": "no laboratory"}),
        )
        .await;
    leader
        .post(
            &format!("/api/v1/incidents/{id}/tasks"),
            json!({"title": "Call the laboratory", "due_at": "2026-11-20T00:00:00Z"}),
        )
        .await;
    let page = format!("/incidents/{id}/handover");
    let html = nurse.page(&format!("{page}?since=2026-11-01T00:00")).await;
    assert!(
        html.contains("Divert the emergency") && html.contains("one task is open, one of them late"),
        "{html}"
    );
    assert!(!nurse.page(&format!("{page}?since=2030-01-01T00:00")).await.contains("Divert the emergency"));
    assert_eq!(nurse.get(&format!("{page}?since=soon")).await.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let response = lead.submit(&page, "/duties", &[("role", "lead"), ("person", "lead-2")]).await;
    assert_eq!(response.status(), StatusCode::SEE_OTHER);
    let duties = lead.json(&format!("/api/v1/incidents/{id}/duties")).await;
    let held =
        duties.as_array().unwrap().iter().find(|it| it["role"] == "lead" && it["until"].is_null()).unwrap();
    assert_eq!(held["person"], "lead-2");
}
