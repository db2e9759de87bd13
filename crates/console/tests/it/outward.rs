//! The way out: signed calls and mails, for assignments and deadlines, to receivers on this machine.

use std::time::{Duration, Instant};

use reqwest::StatusCode;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::common::{Guest, House};
use crate::post_office::{Taken, post_office};

/// A receiver of calls: keeps head and body of each, answers with the next of `statuses`, then with the last.
pub async fn receiver(statuses: &'static [&'static str]) -> (String, Taken) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let taken = Taken::default();
    let kept = taken.clone();
    tokio::spawn(async move {
        let mut number = 0;
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut bytes = Vec::new();
            let mut piece = [0; 4_096];
            loop {
                let read = stream.read(&mut piece).await.unwrap_or(0);
                bytes.extend_from_slice(&piece[..read]);
                let text = String::from_utf8_lossy(&bytes).into_owned();
                let Some((head, body)) = text.split_once("\r\n\r\n") else {
                    if read == 0 {
                        break;
                    }
                    continue;
                };
                let length = field(head, "content-length").map_or(0, |it| it.parse().unwrap());
                if body.len() >= length {
                    kept.lock().unwrap().push((head.to_owned(), body.to_owned()));
                    break;
                }
            }
            let status = statuses[number.min(statuses.len() - 1)];
            number += 1;
            let answer = format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    });
    (address, taken)
}

fn field(head: &str, name: &str) -> Option<String> {
    let mut pairs = head.lines().filter_map(|line| line.split_once(": "));
    pairs.find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value.to_owned())
}

pub async fn until<T>(what: &str, mut wanted: impl FnMut() -> Option<T>) -> T {
    let end = Instant::now() + Duration::from_secs(40);
    while Instant::now() < end {
        if let Some(found) = wanted() {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{what} never came");
}

pub struct Night {
    pub house: House,
    pub admin: Guest,
    pub lead: Guest,
    pub id: String,
}

async fn night() -> Night {
    Night::of(House::demonstration().await).await
}

impl Night {
    pub async fn of(house: House) -> Night {
        house.account("admin-1", "site-administrator", None).await;
        house.account("lead-1", "incident-commander", None).await;
        let admin = house.person("admin-1").await;
        let lead = house.program(&house.token("lead-1", &["read", "write"]).await);
        let id = lead.json("/api/v1/incidents").await[0]["id"].as_str().unwrap().to_owned();
        Night { house, admin, lead, id }
    }

    pub async fn webhook(&self, url: &str, kinds: &[&str], private: bool) -> Value {
        let wanted = json!({ "url": url, "kinds": kinds, "private": private });
        let (status, made) = self.admin.post("/api/v1/webhooks", wanted).await;
        assert_eq!(status, StatusCode::CREATED, "{made}");
        made
    }

    /// Mail goes by the server on that port of this machine.
    async fn mail_by(&self, port: u16) {
        let mail = json!({ "host": "127.0.0.1", "port": port, "security": "none", "from": "rempart@hospital.example" });
        assert!(self.admin.post("/api/v1/settings/mail", mail).await.0.is_success());
    }

    /// Gives an account its address.
    pub async fn mail_to(&self, name: &str, address: &str) {
        let all = self.admin.json("/api/v1/accounts").await;
        let account = all.as_array().unwrap().iter().find(|it| it["account"]["name"] == name).unwrap();
        let path = format!("/api/v1/accounts/{}", account["account"]["id"].as_str().unwrap());
        assert_eq!(self.admin.post(&path, json!({ "mail": address })).await.0, StatusCode::OK);
    }

    pub async fn task(&self, task: Value) -> Value {
        let (status, task) = self.lead.post(&format!("/api/v1/incidents/{}/tasks", self.id), task).await;
        assert_eq!(status, StatusCode::CREATED, "{task}");
        task
    }

    /// Waits until a delivery is as wanted.
    pub async fn delivery(&self, wanted: impl Fn(&Value) -> bool) -> Value {
        let end = Instant::now() + Duration::from_secs(30);
        loop {
            let all = self.admin.json("/api/v1/deliveries").await;
            if let Some(found) = all.as_array().unwrap().iter().find(|it| wanted(it)) {
                return found.clone();
            }
            assert!(Instant::now() < end, "no such delivery: {all}");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_is_signed_carries_a_link_alone_and_is_tried_until_it_is_taken() {
    let night = night().await;
    let (address, taken) = receiver(&["500 no", "200 ok"]).await;
    let hook = night.webhook(&format!("http://{address}/hook"), &["task"], true).await;
    // A receiver that is not there harms nobody else.
    night.webhook("http://127.0.0.1:9/", &["task"], true).await;
    let task = night.task(json!({ "title": "Fetch blood from the north", "detail": "secret" })).await;
    let stuck = night.delivery(|it| it["target"] == hook["id"] && it["error"].is_string()).await;
    assert_eq!((&stuck["state"], &stuck["tries"]), (&json!("waiting"), &json!(1)));
    assert!(stuck["error"].as_str().unwrap().contains("500"), "{stuck}");
    for page in ["/settings", "/health"] {
        let html = night.admin.page(page).await;
        assert!(html.contains("to be tried again"), "{page} says what is stuck: {html}");
    }
    let (head, body) = until("the second try", || taken.lock().unwrap().get(1).cloned()).await;
    let told: Value = serde_json::from_str(&body).unwrap();
    assert_eq!((&told["kind"], &told["verb"], &told["record"]), (&json!("task"), &json!("add"), &task["id"]));
    assert_eq!(told["link"], format!("{}/incidents/{}", night.house.url, night.id));
    assert!(!body.contains("blood") && !body.contains("secret"), "{body}");
    let signature = field(&head, "rempart-signature").unwrap();
    let time = signature.split(',').next().unwrap().strip_prefix("t=").unwrap();
    let secret = hook["signing_secret"].as_str().unwrap();
    let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, secret.as_bytes());
    let tag = ring::hmac::sign(&key, format!("{time}.{body}").as_bytes());
    let hex = tag.as_ref().iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
    assert_eq!(signature, format!("t={time},v1={hex}"));
    let first = taken.lock().unwrap()[0].clone();
    assert_eq!(field(&first.0, "rempart-delivery"), field(&head, "rempart-delivery"), "the same one, again");
    night.delivery(|it| it["target"] == hook["id"] && it["state"] == "done" && it["tries"] == 2).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_call_goes_to_this_machine_unless_allowed_whatever_leads_there() {
    let night = night().await;
    let (inner, reached) = receiver(&["200 ok"]).await;
    let port = inner.rsplit(':').next().unwrap();
    let mut hooks = Vec::new();
    for host in
        ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0", "10.0.0.7", "169.254.169.254"]
    {
        hooks.push((host, night.webhook(&format!("https://{host}:{port}/"), &["task"], false).await));
    }
    let (status, told) =
        night.admin.post("/api/v1/webhooks", json!({ "url": format!("http://127.0.0.1:{port}/") })).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{told}");
    // One that may be called sends on to one that may not: nobody goes along.
    let moved: &'static str = Box::leak(format!("302 x\r\nlocation: http://{inner}/").into_boxed_str());
    let (outer, _) = receiver(Box::leak(vec![moved].into_boxed_slice())).await;
    let allowed = night.webhook(&format!("http://{outer}/"), &["task"], true).await;
    night.task(json!({ "title": "Read the fridge" })).await;
    for (host, hook) in &hooks {
        let stuck = night.delivery(|it| it["target"] == hook["id"] && it["error"].is_string()).await;
        let error = stuck["error"].as_str().unwrap();
        assert!(error.contains("is a private address"), "{host}: {error}");
    }
    let stuck = night.delivery(|it| it["target"] == allowed["id"] && it["error"].is_string()).await;
    assert!(stuck["error"].as_str().unwrap().contains("302"), "{stuck}");
    assert!(reached.lock().unwrap().is_empty(), "{reached:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_given_a_task_or_meets_a_deadline_gets_a_mail_with_a_link_alone() {
    let night = night().await;
    let (port, taken) = post_office().await;
    night.mail_by(port).await;
    night.house.account("nurse-17", "contributor", None).await;
    night.mail_to("nurse-17", "nurse-17@hospital.example").await;
    let (address, told) = receiver(&["200 ok"]).await;
    night.webhook(&format!("http://{address}/"), &["deadline"], true).await;
    let far = night
        .task(json!({ "title": "Count the beds", "person": "nurse-17", "due_at": "2031-01-01T00:00:00Z" }))
        .await;
    let (to, text) = until("the mail of the task", || taken.lock().unwrap().first().cloned()).await;
    assert_eq!(to, "nurse-17@hospital.example");
    let link = format!("{}/incidents/{}", night.house.url, night.id);
    assert!(text.contains(&link) && !text.contains("beds"), "{text}");
    assert!(told.lock().unwrap().is_empty(), "a deadline far away is told later");
    // Brought near, it is a deadline: told once, to whom it was given and to who asked for deadlines.
    let now = night.lead.json(&format!("/api/v1/incidents/{}/whatif", night.id)).await["now"].clone();
    let near: jiff::Timestamp = now.as_str().unwrap().parse().unwrap();
    let near = near + jiff::SignedDuration::from_mins(20);
    let one = format!("/api/v1/incidents/{}/tasks/{}", night.id, far["id"].as_str().unwrap());
    assert_eq!(night.lead.post(&one, json!({ "due_at": near.to_string() })).await.0, StatusCode::OK);
    let (_, text) = until("the mail of the deadline", || taken.lock().unwrap().get(1).cloned()).await;
    assert!(text.contains(&link) && !text.contains("beds"), "{text}");
    let (_, body) = until("the call of the deadline", || told.lock().unwrap().first().cloned()).await;
    let body: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(
        (&body["kind"], &body["verb"], &body["record"]),
        (&json!("deadline"), &json!("near"), &far["id"])
    );
    night.task(json!({ "title": "something else" })).await;
    tokio::time::sleep(Duration::from_secs(6)).await;
    assert_eq!((taken.lock().unwrap().len(), told.lock().unwrap().len()), (2, 1), "told once");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_server_that_is_away_holds_nobody_up_and_a_person_may_try_again() {
    let night = night().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let away = listener.local_addr().unwrap().port();
    drop(listener);
    night.mail_by(away).await;
    night.mail_to("admin-1", "it@hospital.example").await;
    night.task(json!({ "title": "Look at the server", "person": "admin-1" })).await;
    let stuck = night.delivery(|it| it["carrier"] == "mail" && it["error"].is_string()).await;
    let (port, taken) = post_office().await;
    night.mail_by(port).await;
    let again = format!("/api/v1/deliveries/{}/again", stuck["id"].as_str().unwrap());
    assert_eq!(night.lead.post(&again, json!({})).await.0, StatusCode::FORBIDDEN);
    let (status, told) = night.admin.post(&again, json!({})).await;
    assert_eq!((status, &told["state"]), (StatusCode::OK, &json!("waiting")), "{told}");
    let (to, _) = until("the mail", || taken.lock().unwrap().first().cloned()).await;
    assert_eq!(to, "it@hospital.example");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_authority_must_hear_soon_is_told_to_who_leads_until_it_is_sent() {
    let night = night().await;
    let (port, taken) = post_office().await;
    night.mail_by(port).await;
    night.mail_to("lead-1", "lead@hospital.example").await;
    let (address, told) = receiver(&["200 ok"]).await;
    night.webhook(&format!("http://{address}/"), &["deadline"], true).await;
    let api = format!("/api/v1/incidents/{}", night.id);
    assert_eq!(
        night.lead.post(&format!("{api}/duties"), json!({ "role": "lead" })).await.0,
        StatusCode::CREATED
    );
    // The early warning is due a day after somebody knew: in an hour.
    let now = night.lead.json(&format!("{api}/whatif")).await["now"].clone();
    let now: jiff::Timestamp = now.as_str().unwrap().parse().unwrap();
    let aware = (now - jiff::SignedDuration::from_hours(23)).to_string();
    for said in [
        json!({ "aware_at": aware }),
        json!({ "fact": "essential_entity", "value": "yes" }),
        json!({ "fact": "security_incident", "value": "yes" }),
        json!({ "fact": "significant_incident", "value": "yes" }),
    ] {
        let (status, answer) = night.lead.post(&api, said).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
    }
    let saw = json!({ "asset": "srv-dpidb-01", "stance": "lost", "reason": "a note on screen" });
    assert_eq!(night.lead.post(&format!("{api}/sightings"), saw).await.0, StatusCode::CREATED);
    let early = |calls: &Taken| {
        let calls = calls.lock().unwrap();
        let bodies = calls.iter().map(|(_, body)| serde_json::from_str::<Value>(body).unwrap());
        bodies.filter(|it| it["record"] == "nis2-early-warning").collect::<Vec<_>>()
    };
    let call = until("the call of the deadline", || early(&told).first().cloned()).await;
    assert_eq!((&call["kind"], &call["of"]), (&json!("deadline"), &json!("obligation")));
    let (to, text) = until("the mail of the deadline", || taken.lock().unwrap().first().cloned()).await;
    assert_eq!(to, "lead@hospital.example");
    assert!(text.contains(&format!("/incidents/{}", night.id)) && !text.contains("NIS"), "{text}");
    tokio::time::sleep(Duration::from_secs(5)).await;
    assert_eq!(early(&told).len(), 1, "told once");
}
