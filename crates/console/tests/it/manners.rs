//! Manners of the API: refusals that a program can read, answers that need not be sent twice, writes that are safe to
//! repeat, lists by pages, edits that lose no race.

use std::collections::BTreeSet;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::common::{Guest, night};
use crate::contract::{Answer, answer};

/// Method, path, headers, body; the status and the word that are to come.
type Case<'a> = (&'a str, String, &'a [(&'a str, &'a str)], &'a str, u16, &'a str);

#[tokio::test(flavor = "multi_thread")]
async fn every_refusal_is_a_problem_that_says_what_to_do() {
    let (house, lead, id) = night().await;
    let signals = format!("/api/v1/incidents/{id}/signals");
    let large = "x".repeat(2 << 20);
    const JSON: &[(&str, &str)] = &[("content-type", "application/json")];
    let long_key = "k".repeat(400);
    let cases: Vec<Case<'_>> = vec![
        ("GET", "/api/v1/nothing".to_owned(), &[], "", 404, "missing"),
        ("GET", "/api/v1/incidents/none".to_owned(), &[], "", 404, "missing"),
        ("DELETE", "/api/v1/incidents".to_owned(), &[], "", 405, "method"),
        ("POST", "/api/v1/incidents".to_owned(), &[("content-type", "text/plain")], "x", 415, "media"),
        ("POST", "/api/v1/incidents".to_owned(), JSON, &large, 413, "large"),
        ("POST", "/api/v1/incidents".to_owned(), JSON, "{", 422, "bad"),
        ("POST", "/api/v1/incidents".to_owned(), JSON, "{\"title\": 7}", 422, "bad"),
        ("GET", format!("{signals}?limit=many"), &[], "", 400, "bad"),
        ("GET", format!("{signals}/seven"), &[], "", 400, "bad"),
        ("GET", "/api/v1/incidents".to_owned(), &[("host", "evil.example")], "", 421, "host"),
        ("GET", "/api/v1/incidents".to_owned(), &[("authorization", "Bearer rmp_no")], "", 401, "token"),
        ("GET", "/api/v1/accounts".to_owned(), &[], "", 403, "forbidden"),
    ];
    for (method, path, headers, body, status, word) in cases {
        let url = format!("{}{path}", house.url);
        let mut request = lead.client.request(method.parse().unwrap(), url).body(body.to_owned());
        if !headers.iter().any(|(name, _)| *name == "authorization") {
            request = lead.with(request);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = answer(request.send().await.unwrap()).await;
        assert_eq!(
            (answer.status.as_u16(), answer.word().as_str()),
            (status, word),
            "{method} {path}: {}",
            answer.text
        );
        is_problem(&answer);
        if status == 405 {
            let allow = answer.headers["allow"].to_str().unwrap();
            assert!(allow.contains("GET") && allow.contains("POST"), "{allow}");
        }
    }
    let request = lead.client.post(format!("{}/api/v1/incidents", house.url));
    let request =
        lead.with(request).header("content-type", "application/json").header("idempotency-key", long_key);
    let refused = answer(request.body("{\"title\": \"x\"}").send().await.unwrap()).await;
    assert_eq!((refused.status.as_u16(), refused.word().as_str()), (422, "bad"));
    is_problem(&refused);
    let stranger = answer(house.stranger().get("/api/v1/incidents").await).await;
    assert_eq!(
        (stranger.status.as_u16(), stranger.headers["www-authenticate"].to_str().unwrap()),
        (401, "Bearer")
    );
    is_problem(&stranger);
}

fn is_problem(answer: &Answer) {
    let problem = answer.json();
    assert_eq!(answer.kind, "application/problem+json", "{}", answer.text);
    assert_eq!(problem["status"], answer.status.as_u16());
    assert!(
        !problem["title"].as_str().unwrap().is_empty() && !problem["detail"].as_str().unwrap().is_empty()
    );
}

/// Bytes without an announced length, piece by piece, as a program that streams would send them.
#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_hides_its_length_is_bounded_too() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let (house, lead, _) = night().await;
    let address = house.url.trim_start_matches("http://");
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    let head = format!(
        "POST /api/v1/incidents HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {}\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n",
        lead.bearer.as_deref().unwrap()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let piece = format!("{:x}\r\n{}\r\n", 64 << 10, "x".repeat(64 << 10));
    for _ in 0..64 {
        // The other side may hang up before it has all.
        if stream.write_all(piece.as_bytes()).await.is_err() {
            break;
        }
    }
    let _ = stream.write_all(b"0\r\n\r\n").await;
    let mut text = Vec::new();
    let _ = tokio::time::timeout(std::time::Duration::from_secs(10), stream.read_to_end(&mut text)).await;
    let text = String::from_utf8_lossy(&text);
    assert!(text.starts_with("HTTP/1.1 413") && text.contains("urn:rempart:problem:large"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_an_answer_already_is_told_so_until_it_changes() {
    let (house, lead, id) = night().await;
    house.account("admin-1", "site-administrator", None).await;
    let admin = house.program(&house.token("admin-1", &["admin"]).await);
    let incident = format!("/api/v1/incidents/{id}");
    let tasks = format!("{incident}/tasks");
    for path in [
        incident.as_str(),
        &tasks,
        "/api/v1/incidents",
        "/api/v1/map",
        "/api/v1/accounts",
        "/api/v1/openapi.json",
    ] {
        let first = admin.get(path).await;
        let tag = first.headers()["etag"].to_str().unwrap().to_owned();
        for (known, status) in
            [(tag.as_str(), 304), ("\"other\"", 200), ("\"other\", W/TAG", 304), ("*", 304)]
        {
            let known = known.replace("TAG", &tag);
            let request = admin.client.get(format!("{}{path}", house.url)).header("if-none-match", &known);
            let again = admin.with(request).send().await.unwrap();
            assert_eq!(again.status().as_u16(), status, "{path} {known}");
            assert_eq!(again.headers()["etag"], tag.as_str());
            assert_eq!(again.text().await.unwrap().is_empty(), status == 304);
        }
    }
    let tag = admin.get(&tasks).await.headers()["etag"].clone();
    lead.post(&tasks, json!({ "title": "Call the laboratory" })).await;
    let request = admin.client.get(format!("{}{tasks}", house.url)).header("if-none-match", &tag);
    assert_eq!(admin.with(request).send().await.unwrap().status(), StatusCode::OK);
}

async fn keyed(guest: &Guest, path: &str, key: &str, body: &Value) -> Answer {
    let request = guest.client.post(format!("{}{path}", guest.url)).header("idempotency-key", key);
    let request = request.header("content-type", "application/json").body(body.to_string());
    answer(guest.with(request).send().await.unwrap()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_with_a_key_is_done_once() {
    let (house, lead, id) = night().await;
    let path = format!("/api/v1/incidents/{id}/tasks");
    let wanted = json!({ "title": "Carry the lists" });
    let first = keyed(&lead, &path, "k-1", &wanted).await;
    let again = keyed(&lead, &path, "k-1", &wanted).await;
    assert_eq!((first.status, again.status), (StatusCode::CREATED, StatusCode::CREATED));
    assert_eq!(first.text, again.text);
    assert!(!first.headers.contains_key("idempotency-replayed"));
    assert_eq!(again.headers["idempotency-replayed"], "true");
    for (path, body) in [
        (&path, json!({ "title": "Other" })),
        (&format!("/api/v1/incidents/{id}/notes"), json!({ "text": "Other" })),
    ] {
        let other = keyed(&lead, path, "k-1", &body).await;
        assert_eq!(
            (other.status, other.word().as_str()),
            (StatusCode::CONFLICT, "key-used"),
            "{}",
            other.text
        );
        is_problem(&other);
    }
    // A key is one's own: another's is another.
    house.account("lead-2", "incident-commander", None).await;
    let other = house.program(&house.token("lead-2", &["write"]).await);
    assert_ne!(keyed(&other, &path, "k-1", &wanted).await.text, first.text);
    // Sent at once, it is done once, and all get the same answer.
    let wanted = json!({ "title": "Only once" });
    let sent: Vec<_> = (0..8)
        .map(|_| {
            let (lead, path, wanted) = (lead.clone(), path.clone(), wanted.clone());
            tokio::spawn(async move { keyed(&lead, &path, "k-2", &wanted).await })
        })
        .collect();
    let mut texts = BTreeSet::new();
    for answer in sent {
        let answer = answer.await.unwrap();
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
        texts.insert(answer.text);
    }
    assert_eq!(texts.len(), 1, "{texts:?}");
    let all = lead.json(&path).await;
    let count = |title: &str| all.as_array().unwrap().iter().filter(|it| it["title"] == title).count();
    assert_eq!((count("Carry the lists"), count("Only once")), (2, 1));
    // A refused one is not remembered: put right, it may have the same key.
    assert_eq!(
        keyed(&lead, &path, "k-3", &json!({ "title": "" })).await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    assert_eq!(
        keyed(&lead, &path, "k-3", &json!({ "title": "Put right" })).await.status,
        StatusCode::CREATED
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_sent_twice_is_done_once_and_one_changed_between_is_kept_too() {
    let (house, lead, id) = night().await;
    let person = house.person("lead-1").await;
    let page = person.page(&format!("/incidents/{id}/tasks")).await;
    let form = page
        .split("<form")
        .skip(1)
        .find(|it| it.contains(&format!("action=\"/api/v1/incidents/{id}/tasks\"")))
        .unwrap();
    let hidden = |name: &str| crate::forms::between(form, &format!("name=\"{name}\" value=\""), "\"");
    let (mark, key) = (hidden("_csrf"), hidden("_key"));
    for title in ["Count beds", "Count beds", "Count all beds"] {
        let fields = [("_csrf", mark.as_str()), ("_key", &key), ("title", title)];
        let request = person.client.post(format!("{}/api/v1/incidents/{id}/tasks", house.url)).form(&fields);
        assert_eq!(person.with(request).send().await.unwrap().status(), StatusCode::SEE_OTHER);
    }
    let tasks = lead.json(&format!("/api/v1/incidents/{id}/tasks")).await;
    let titles: Vec<&str> =
        tasks.as_array().unwrap().iter().map(|it| it["title"].as_str().unwrap()).collect();
    assert_eq!(titles, ["Count beds", "Count all beds"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_list_comes_by_pages_without_a_gap_or_a_repeat() {
    let (house, lead, id) = night().await;
    let path = format!("/api/v1/incidents/{id}/notes");
    let mut written = Vec::new();
    let mut write = async |number: usize| {
        let (status, note) = lead.post(&path, json!({ "text": format!("note {number}") })).await;
        assert_eq!(status, StatusCode::CREATED, "{note}");
        written.push(note["id"].as_str().unwrap().to_owned());
    };
    for number in 0..10 {
        write(number).await;
    }
    let (mut seen, mut next, mut pages) = (Vec::new(), Some(format!("{path}?limit=3")), 0);
    while let Some(at) = next {
        let response = lead.get(&at).await;
        assert_eq!(response.status(), StatusCode::OK, "{at}");
        next = response.headers().get("link").map(|link| {
            let link = link.to_str().unwrap();
            assert!(link.ends_with("; rel=\"next\""), "{link}");
            crate::forms::between(link, "<", ">")
        });
        let rows: Value = serde_json::from_str(&response.text().await.unwrap()).unwrap();
        assert!(rows.as_array().unwrap().len() <= 3);
        seen.extend(rows.as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap().to_owned()));
        pages += 1;
        if pages == 2 {
            // Added between two pages, it comes at the end, and moves nothing.
            write(10).await;
        }
    }
    assert_eq!((seen, pages), (written, 4));
    assert!(lead.get(&path).await.headers().get("link").is_none());
    house.account("admin-1", "site-administrator", None).await;
    let admin = house.program(&house.token("admin-1", &["admin"]).await);
    let link = admin.get("/api/v1/accounts?limit=1").await.headers()["link"].to_str().unwrap().to_owned();
    let second = admin.json(&crate::forms::between(&link, "<", ">")).await;
    assert_eq!(second.as_array().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_of_what_was_changed_since_is_refused_and_loses_nothing() {
    let (_house, lead, id) = night().await;
    let path = format!("/api/v1/incidents/{id}/tasks");
    let (_, task) = lead.post(&path, json!({ "title": "Read the fridge" })).await;
    let one = format!("{path}/{}", task["id"].as_str().unwrap());
    let edit = async |seen: &str, detail: &str| {
        let request =
            lead.client.request(Method::POST, format!("{}{one}", lead.url)).header("if-match", seen);
        let request = request.header("content-type", "application/json");
        answer(lead.with(request).body(json!({ "detail": detail }).to_string()).send().await.unwrap()).await
    };
    let first = edit("\"1\"", "first").await;
    assert_eq!((first.status, first.headers["etag"].to_str().unwrap()), (StatusCode::OK, "\"2\""));
    let late = edit("\"1\"", "late").await;
    assert_eq!((late.status, late.word().as_str()), (StatusCode::PRECONDITION_FAILED, "stale"));
    assert_eq!(late.json()["version"], 2);
    assert_eq!(lead.json(&path).await[0]["detail"], "first");
    assert_eq!(edit("W/\"2\"", "second").await.status, StatusCode::OK);
    for odd in ["\"x\"", "two"] {
        assert_eq!(
            edit(odd, "odd").await.status,
            StatusCode::PRECONDITION_FAILED,
            "{odd} is no version that stands"
        );
    }
}
