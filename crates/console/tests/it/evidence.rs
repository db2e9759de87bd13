//! Evidence brought, read, given back; the timeline made of it; the same night read at once and as it unfolds.

use std::sync::Arc;
use std::time::Duration;

use crate::common::{Guest, House, config, rooms};
use console::Demonstration;
use reqwest::StatusCode;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// A night on one web server: a password guessed, and an account made.
pub fn log() -> String {
    let mut lines = String::new();
    for second in 0..59 {
        lines += &format!(
            "Nov 22 01:10:{second:02} srv-web-01 sshd[7]: Failed password for root from 192.0.2.7 port 22 ssh2\n"
        );
    }
    lines += "Nov 22 01:11:30 srv-web-01 sshd[7]: Accepted password for root from 192.0.2.7 port 22 ssh2\n";
    lines += "Nov 22 01:20:30 srv-web-01 sudo: www-data : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/usr/sbin/useradd evil\n";
    lines
}

pub async fn house(evidence: &str, replay: Option<f64>) -> House {
    let folder = Arc::new(tempfile::tempdir().unwrap());
    let (map, files) = (folder.path().join("map"), folder.path().join("evidence"));
    std::fs::create_dir_all(&map).unwrap();
    std::fs::create_dir_all(&files).unwrap();
    std::fs::write(files.join("auth.log"), evidence).unwrap();
    for file in demo::map_files() {
        std::fs::write(map.join(&file.name), &file.bytes).unwrap();
    }
    let end = "2026-11-22T01:30:00Z".parse().unwrap();
    let mut config = config(&folder);
    config.demonstration = Some(Demonstration {
        map,
        evidence: files,
        title: "a night".to_owned(),
        remark: "a group".to_owned(),
        end,
        replay,
    });
    House::of(config, rooms(true), folder).await
}

async fn incident(guest: &Guest) -> Value {
    guest.json("/api/v1/incidents").await[0].clone()
}

/// Asks again until the answer is as wanted.
async fn until(guest: &Guest, path: &str, wanted: impl Fn(&Value) -> bool) -> Value {
    for _ in 0..600 {
        let answer = guest.json(path).await;
        if wanted(&answer) {
            return answer;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("{path} never answers as wanted");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signal_leads_to_its_record_and_may_be_marked_as_false() {
    let house = house(&log(), None).await;
    let guest = house.visitor().await;
    let id = incident(&guest).await["id"].as_str().unwrap().to_owned();
    let page = guest.json(&format!("/api/v1/incidents/{id}/signals?limit=1")).await;
    let signal = &page["rows"][0];
    let address = format!("/incidents/{id}/signals/{}", signal["id"]);
    let one = guest.json(&format!("/api/v1{address}")).await;
    assert_eq!(one["found"], "found", "{one}");
    let line = one["record"]["line"].as_str().unwrap();
    assert!(line.contains("srv-web-01"), "{line}");
    assert!(guest.page(&address).await.contains("srv-web-01"));

    let timeline = format!("/incidents/{id}/timeline");
    assert!(!guest.page(&timeline).await.contains("<s>"));
    let (status, _) = guest
        .post(&format!("/api/v1/incidents/{id}/marks"), json!({ "signal": signal["id"], "reason": " " }))
        .await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    let wanted = json!({ "signal": signal["id"], "scope": "host", "reason": "our own <b>test</b>" });
    let (status, mark) = guest.post(&format!("/api/v1/incidents/{id}/marks"), wanted).await;
    assert_eq!(status, StatusCode::CREATED, "{mark}");
    let html = guest.page(&timeline).await;
    assert!(html.contains("<s>") && html.contains("our own &lt;b&gt;test"));
    let csv = guest.page(&format!("/api/v1/incidents/{id}/timeline?format=csv")).await;
    assert!(csv.starts_with("time,kind,level") && csv.contains("our own"), "{csv}");
    let undo = format!("/api/v1/incidents/{id}/marks/{}/undo", mark["id"].as_str().unwrap());
    assert_eq!(guest.post(&undo, json!({})).await.0, StatusCode::OK);
    assert!(!guest.page(&timeline).await.contains("<s>"));

    let note = guest
        .submit(&timeline, "/notes", &[("text", "the web server was unplugged"), ("time", "02:25")])
        .await;
    assert_eq!(note.status(), StatusCode::SEE_OTHER);
    assert!(guest.page(&timeline).await.contains("the web server was unplugged"));
    let narrowed = guest
        .page(&format!("{timeline}?show=signals&level=low&from=2026-11-22T01:00:00Z&to=2026-11-22T01:15:00Z"))
        .await;
    assert!(!narrowed.contains("unplugged"));
    assert_eq!(
        guest.get(&format!("{timeline}?from=yesterday")).await.status(),
        StatusCode::UNPROCESSABLE_ENTITY
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_set_aside_is_struck_and_nothing_rests_on_it() {
    let house = house(&log(), None).await;
    let guest = house.visitor().await;
    let id = incident(&guest).await["id"].as_str().unwrap().to_owned();
    let assessment = format!("/api/v1/incidents/{id}/assessment");
    let chains = |it: &Value| it["chains"].as_array().map_or(0, Vec::len);
    let before = until(&guest, &assessment, |it| chains(it) > 0).await;
    let rules = guest.json(&format!("/api/v1/incidents/{id}/rules")).await;
    let matches: u64 = rules.as_array().unwrap().iter().map(|it| it["matches"].as_u64().unwrap()).sum();
    assert_eq!(matches, before["signals"].as_array().unwrap().len() as u64);

    let add = "/api/v1/suppressions";
    for (wrong, field) in [
        (json!({ "tactic": "impact", "days": 2, "reason": "x" }), "rule"),
        (json!({ "host": "srv-web-01", "days": 2, "reason": "x" }), "tactic"),
        (json!({ "rule": rules[0]["rule"], "reason": "x" }), "days"),
        (json!({ "rule": rules[0]["rule"], "days": 91, "reason": "x" }), "days"),
        (json!({ "rule": rules[0]["rule"], "days": 2, "reason": " " }), "reason"),
        (json!({ "rule": "none", "days": 2, "reason": "x" }), "rule"),
        (json!({ "rule": rules[0]["rule"], "asset": "none", "reason": "x" }), "asset"),
    ] {
        let (status, problem) = guest.post(add, wrong.clone()).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
        assert!(problem["detail"].as_str().unwrap().starts_with(field), "{wrong}: {problem}");
    }
    let mut made = Vec::new();
    for rule in rules.as_array().unwrap() {
        let (status, it) =
            guest.post(add, json!({ "rule": rule["rule"], "days": 30, "reason": "our <i>test</i>" })).await;
        assert_eq!(status, StatusCode::CREATED, "{it}");
        made.push(it["id"].as_str().unwrap().to_owned());
    }
    let after = until(&guest, &assessment, |it| chains(it) == 0).await;
    assert_eq!(after["signals"], before["signals"], "every match stays");
    let timeline = guest.page(&format!("/incidents/{id}/timeline")).await;
    assert!(timeline.contains("<s>") && timeline.contains("our &lt;i&gt;test"));
    assert!(guest.page("/rules").await.contains("our &lt;i&gt;test"));
    for one in &made {
        assert_eq!(guest.post(&format!("{add}/{one}/lift"), json!({})).await.0, StatusCode::OK);
    }
    until(&guest, &assessment, |it| chains(it) == chains(&before)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn evidence_comes_in_pieces_or_by_a_form_and_goes_out_as_a_download() {
    let house = house("", None).await;
    let guest = house.visitor().await;
    let id = incident(&guest).await["id"].as_str().unwrap().to_owned();
    let api = format!("/api/v1/incidents/{id}/evidence");
    let log = log();
    let (status, told) = guest.post(&api, json!({ "name": "../../auth.log", "size": log.len() })).await;
    assert_eq!(status, StatusCode::CREATED, "{told}");
    // The demonstration's own file has that name already.
    assert_eq!(told["name"], "auth-2.log");
    let own = format!("{api}/{}", told["id"].as_str().unwrap());
    let put = async |offset: usize, bytes: &str| {
        let request = guest.client.put(format!("{}{own}?offset={offset}", house.url)).body(bytes.to_owned());
        let answer = guest.with(request).send().await.unwrap();
        let status = answer.status();
        (status, serde_json::from_str::<Value>(&answer.text().await.unwrap()).unwrap())
    };
    let (first, rest) = log.split_at(1_000);
    assert_eq!(put(0, first).await.1["arrived"], 1_000);
    let (status, told) = put(0, first).await;
    assert_eq!((status, &told["arrived"]), (StatusCode::CONFLICT, &json!(1_000)));
    assert_eq!(
        guest.post(&format!("{own}/finish"), json!({})).await.0,
        StatusCode::CONFLICT,
        "the rest is missing"
    );
    assert_eq!(put(1_000, &format!("{rest}x")).await.0, StatusCode::PAYLOAD_TOO_LARGE);
    let (_, told) = put(1_000, "").await;
    let arrived = usize::try_from(told["arrived"].as_u64().unwrap()).unwrap();
    assert_eq!(put(arrived, &log[arrived..]).await.1["arrived"], log.len());
    let wrong = json!({ "sha256": "00" });
    assert_eq!(guest.post(&format!("{own}/finish"), wrong).await.0, StatusCode::CONFLICT);
    let hash = Sha256::digest(&log).iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
    let (status, told) = guest.post(&format!("{own}/finish"), json!({ "sha256": hash })).await;
    assert_eq!((status, told["sha256"].as_str()), (StatusCode::OK, Some(hash.as_str())), "{told}");
    let read = until(&guest, &api, |all| {
        all.as_array().unwrap().iter().any(|it| it["sha256"] == hash && it["state"] == "read")
    })
    .await;
    assert_eq!(read.as_array().unwrap().last().unwrap()["reading"]["events"], log.lines().count());

    let page = format!("/incidents/{id}/evidence");
    let html = guest.page(&page).await;
    assert!(html.contains("auth-2.log") && html.contains(&hash));
    let mark = html.split("name=\"_csrf\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let form = |csrf: &str| {
        let field = |name: &str, rest: &str, text: &str| {
            format!("--X\r\ncontent-disposition: form-data; name=\"{name}\"{rest}\r\n\r\n{text}\r\n")
        };
        field("_csrf", "", csrf)
            + &field("about", "", "srv-web-01")
            + &field("file", "; filename=\"C:\\x\\b.log\"", &log)
            + "--X--\r\n"
    };
    for (csrf, wanted) in [("none", StatusCode::FORBIDDEN), (mark.as_str(), StatusCode::SEE_OTHER)] {
        let request = guest.client.post(format!("{}{api}/upload", house.url));
        let request = request.header("content-type", "multipart/form-data; boundary=X").body(form(csrf));
        assert_eq!(guest.with(request).send().await.unwrap().status(), wanted);
    }
    let all = guest.json(&api).await;
    let last = all.as_array().unwrap().last().unwrap();
    assert_eq!(
        (&last["name"], &last["sha256"], &last["about"]),
        (&json!("b.log"), &json!(hash), &json!("srv-web-01"))
    );

    let given = guest.get(&format!("{own}/file")).await;
    let header = |name: &str| given.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(header("content-type"), "application/octet-stream");
    assert_eq!(header("content-disposition"), "attachment; filename=\"auth-2.log\"");
    assert!(
        header("content-security-policy").contains("sandbox")
            && header("x-content-type-options") == "nosniff"
    );
    assert_eq!(given.text().await.unwrap(), log);
    assert!(guest.page(&format!("{api}?format=csv")).await.contains(&hash));
    assert_eq!(guest.post(&format!("{own}/again"), json!({})).await.0, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_night_that_unfolds_ends_as_the_night_read_at_once() {
    let at_once = house(&log(), None).await;
    let unfolds = house(&log(), Some(600.0)).await;
    let begun = incident(&unfolds.visitor().await).await;
    // Logs without a zone are in the hospital’s.
    assert_eq!((&begun["opened_at"], &begun["aware_at"]), (&json!("2026-11-22T00:10:00Z"), &Value::Null));
    ends_alike(&at_once, &unfolds).await;
}

/// Waits until a night has unfolded, and holds it against the same one read at once.
async fn ends_alike(at_once: &House, unfolds: &House) {
    let (one, other) = (at_once.visitor().await, unfolds.visitor().await);
    let begun = incident(&other).await;
    until(&other, "/api/v1/incidents", |all| all[0]["clock_speed"] == 1.0).await;
    let assessment = |all: &Value| format!("/api/v1/incidents/{}/assessment", all["id"].as_str().unwrap());
    let wanted = one.json(&assessment(&incident(&one).await)).await;
    let path = assessment(&begun);
    let same = |it: &Value| it["evidence"] == wanted["evidence"] && it["chains"] == wanted["chains"];
    let got = until(&other, &path, same).await;
    assert_eq!(got["signals"], wanted["signals"]);
    let (own, aware) = (incident(&other).await, incident(&one).await);
    assert_eq!(own["aware_at"], aware["aware_at"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_night_goes_on_where_it_stood_when_the_server_is_started_again() {
    let at_once = house(&log(), None).await;
    let first = house(&log(), Some(60.0)).await;
    let guest = first.visitor().await;
    let id = incident(&guest).await["id"].as_str().unwrap().to_owned();
    let evidence = format!("/api/v1/incidents/{id}/evidence");
    until(&guest, &evidence, |all| all[0]["reading"]["events"].as_u64() > Some(0)).await;
    let began = std::time::Instant::now();
    let note = json!({ "text": "the lift stands" });
    let (status, note) = guest.post(&format!("/api/v1/incidents/{id}/notes"), note).await;
    assert_eq!(status, StatusCode::CREATED, "{note}");
    let written: jiff::Timestamp = note["at"].as_str().unwrap().parse().unwrap();
    let folder = first.end().await;
    let most = i64::try_from(began.elapsed().as_secs() + 1).unwrap() * 60;
    // Three minutes of the night pass in three seconds of life; with nobody there, none do.
    tokio::time::sleep(Duration::from_secs(3)).await;
    let mut serve = config(&folder);
    serve.demonstration = None;
    let again = House::of(serve.clone(), rooms(true), folder.clone()).await;
    again.account("lead-1", "incident-commander", None).await;
    let lead = again.person("lead-1").await;
    let stands = incident(&lead).await;
    let own: jiff::Timestamp = stands["clock_own"].as_str().unwrap().parse().unwrap();
    let passed = own.duration_since(written).as_secs();
    assert!((0..=most).contains(&passed), "{passed} s of the night passed, {most} at most: {stands}");
    assert_eq!((&stands["clock_speed"], &stands["aware_at"]), (&json!(60.0), &Value::Null), "it goes on");
    // Once more, by another speed, to the end.
    drop(lead);
    let folder = again.end().await;
    let path = folder.path();
    serve.demonstration = Some(Demonstration {
        map: path.join("map"),
        evidence: path.join("evidence"),
        title: "a night".to_owned(),
        remark: "a group".to_owned(),
        end: "2026-11-22T01:30:00Z".parse().unwrap(),
        replay: Some(600.0),
    });
    let last = House::of(serve, rooms(true), folder).await;
    ends_alike(&at_once, &last).await;
}
