//! Live updates: no gap whatever breaks, within a second, and an end when the right to listen ends.

use std::time::{Duration, Instant};

use reqwest::{Response, StatusCode};
use serde_json::{Value, json};
use tokio::time::timeout;

use crate::common::{Guest, House, night};

/// One listener's open line.
struct Line {
    response: Response,
    rest: String,
}

/// An event: its id, and what it says.
type Told = (i64, Value);

impl Line {
    async fn open(guest: &Guest, last: Option<i64>) -> Line {
        let mut request = guest.with(guest.client.get(format!("{}/api/v1/events", guest.url)));
        if let Some(last) = last {
            request = request.header("last-event-id", last.to_string());
        }
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        let mut line = Line { response, rest: String::new() };
        // The greeting: from here on nothing is missed.
        while !line.rest.contains("\n\n") {
            assert!(line.more(Duration::from_secs(5)).await, "no greeting");
        }
        line
    }

    /// Reads on; false at the end, or where nothing comes.
    async fn more(&mut self, patience: Duration) -> bool {
        match timeout(patience, self.response.chunk()).await {
            Ok(Ok(Some(chunk))) => {
                self.rest += &String::from_utf8_lossy(&chunk);
                true
            }
            _ => false,
        }
    }

    /// The next event within that time.
    async fn next(&mut self, patience: Duration) -> Option<Told> {
        let until = Instant::now() + patience;
        loop {
            while let Some((block, rest)) = self.rest.split_once("\n\n") {
                let field = |name: &str| block.lines().find_map(|it| it.strip_prefix(name));
                let told = field("id: ").map(|id| {
                    let data = serde_json::from_str(field("data: ").unwrap()).unwrap();
                    (id.parse().unwrap(), data)
                });
                self.rest = rest.to_owned();
                if told.is_some() {
                    return told;
                }
            }
            let left = until.checked_duration_since(Instant::now())?;
            if !self.more(left).await {
                return None;
            }
        }
    }

    /// Whether the line ends within that time.
    async fn ends(mut self, patience: Duration) -> bool {
        let until = Instant::now() + patience;
        while let Some(left) = until.checked_duration_since(Instant::now()) {
            match timeout(left, self.response.chunk()).await {
                Ok(Ok(Some(_))) => {}
                Ok(_) => return true,
                Err(_) => return false,
            }
        }
        false
    }
}

/// The same numbers each time, whatever the machine.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % most
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_breaks_every_change_is_told_once_and_in_order() {
    let (_house, lead, id) = night().await;
    let first: i64 = {
        let mut line = Line::open(&lead, Some(0)).await;
        line.next(Duration::from_secs(5)).await.unwrap().0
    };
    assert_eq!(first, 1, "who asks from the beginning hears from the beginning");
    let path = format!("/api/v1/incidents/{id}/notes");
    let writer = {
        let (lead, path) = (lead.clone(), path.clone());
        tokio::spawn(async move {
            let mut written = Vec::new();
            for number in 0..150 {
                let (status, note) = lead.post(&path, json!({ "text": format!("note {number}") })).await;
                assert_eq!(status, StatusCode::CREATED);
                written.push(note["id"].as_str().unwrap().to_owned());
            }
            written
        })
    };
    let (mut dice, mut last, mut heard, mut broken) = (Dice(7), 0, Vec::new(), 0);
    let until = Instant::now() + Duration::from_secs(60);
    while heard.len() < 150 && Instant::now() < until {
        let mut line = Line::open(&lead, Some(last)).await;
        for _ in 0..=dice.below(12) {
            let Some((seq, what)) = line.next(Duration::from_millis(500)).await else { break };
            assert!(seq > last, "{seq} after {last}");
            last = seq;
            if what["kind"] == "note" {
                heard.push(what["record"].as_str().unwrap().to_owned());
            }
        }
        broken += 1;
    }
    let written = writer.await.unwrap();
    assert_eq!(heard, written);
    assert!(broken > 10, "the line broke {broken} times only");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_listeners_hear_a_change_within_a_second() {
    let (house, lead, id) = night().await;
    let person = house.person("lead-1").await;
    let mut lines = [Line::open(&lead, None).await, Line::open(&person, None).await];
    let (_, note) =
        lead.post(&format!("/api/v1/incidents/{id}/notes"), json!({ "text": "the lift stands" })).await;
    for line in &mut lines {
        loop {
            let (_, what) = line.next(Duration::from_secs(1)).await.expect("nothing within a second");
            if what["kind"] == "note" {
                assert_eq!((&what["record"], &what["incident"]), (&note["id"], &json!(id)));
                assert!(!what.to_string().contains("lift"), "an event tells that, not what: {what}");
                break;
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_reads_slowly_holds_nobody_up_and_misses_nothing() {
    let (_house, lead, id) = night().await;
    let mut slow = Line::open(&lead, None).await;
    let path = format!("/api/v1/incidents/{id}/notes");
    let began = Instant::now();
    for number in 0..300 {
        let (status, _) = lead.post(&path, json!({ "text": format!("note {number}") })).await;
        assert_eq!(status, StatusCode::CREATED);
    }
    assert!(
        began.elapsed() < Duration::from_secs(60),
        "a slow listener holds writers up: {:?}",
        began.elapsed()
    );
    let (mut heard, mut last) = (0, 0);
    while heard < 300 {
        let (seq, what) = slow.next(Duration::from_secs(5)).await.unwrap_or_else(|| panic!("{heard} heard"));
        assert!(seq > last);
        last = seq;
        heard += usize::from(what["kind"] == "note");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_opens_lines_without_end() {
    let (house, lead, _) = night().await;
    let mut lines = Vec::new();
    for _ in 0..100 {
        lines.push(Line::open(&lead, None).await);
    }
    let refused = crate::contract::answer(lead.get("/api/v1/events").await).await;
    assert_eq!((refused.status.as_u16(), refused.word().as_str()), (429, "often"), "{}", refused.text);
    assert_eq!(refused.kind, "application/problem+json");
    house.account("lead-2", "incident-commander", None).await;
    Line::open(&house.person("lead-2").await, None).await;
    lines.clear();
    let until = Instant::now() + Duration::from_secs(20);
    while lead.get("/api/v1/events").await.status() != StatusCode::OK {
        assert!(Instant::now() < until, "lines that were closed count on");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_ends_with_the_session_the_token_or_the_role() {
    let house = House::empty().await;
    house.account("admin-1", "site-administrator", None).await;
    let admin = house.person("admin-1").await;
    let soon = Duration::from_secs(3);
    let account = async |name: &str| {
        house.account(name, "responder", None).await;
        let all = admin.json("/api/v1/accounts").await;
        let one = all.as_array().unwrap().iter().find(|it| it["account"]["name"] == name).cloned().unwrap();
        let grant = one["grants"][0]["id"].as_str().unwrap().to_owned();
        (one["account"]["id"].as_str().unwrap().to_owned(), grant)
    };
    let (id, _) = account("nurse-1").await;
    let line = Line::open(&house.person("nurse-1").await, None).await;
    assert_eq!(admin.post(&format!("/api/v1/accounts/{id}/end-sessions"), json!({})).await.0, StatusCode::OK);
    assert!(line.ends(soon).await, "the session ended");

    let (id, grant) = account("nurse-2").await;
    let line = Line::open(&house.person("nurse-2").await, None).await;
    let (status, _) = admin.post(&format!("/api/v1/accounts/{id}/grants/{grant}/remove"), json!({})).await;
    assert_eq!(status, StatusCode::OK);
    assert!(line.ends(soon).await, "the role was taken back");

    account("nurse-3").await;
    let person = house.person("nurse-3").await;
    let line = Line::open(&person, None).await;
    person
        .with(person.client.post(format!("{}/logout", house.url)).form(&[("x", "y")]))
        .send()
        .await
        .unwrap();
    assert!(line.ends(soon).await, "the person went");

    account("probe-1").await;
    let program = house.program(&house.token("probe-1", &["read"]).await);
    let line = Line::open(&program, None).await;
    let tokens = admin.json("/api/v1/tokens").await;
    let token = tokens[0]["id"].as_str().unwrap();
    assert_eq!(admin.post(&format!("/api/v1/tokens/{token}/revoke"), json!({})).await.0, StatusCode::OK);
    assert!(line.ends(soon).await, "the token was revoked");

    let (id, _) = account("nurse-4").await;
    let line = Line::open(&house.person("nurse-4").await, None).await;
    let (status, _) = admin.post(&format!("/api/v1/accounts/{id}"), json!({ "active": false })).await;
    assert_eq!(status, StatusCode::OK);
    assert!(line.ends(soon).await, "the account was stopped");

    // Others hear on.
    account("nurse-5").await;
    let mut line = Line::open(&house.person("nurse-5").await, None).await;
    account("nurse-6").await;
    let (status, _) = admin.post("/api/v1/settings/language", json!({ "language": "fr" })).await;
    assert!(status.is_success());
    let leader = house.person("nurse-6").await;
    leader.post("/api/v1/incidents", json!({ "title": "a night" })).await;
    let heard = line.next(soon).await.expect("others hear on");
    assert_eq!(heard.1["kind"], "incident");
}
