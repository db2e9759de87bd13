//! Hostile input over HTTP: stored scripts, pictures that tell where they were taken, names that climb out of folders,
//! callers who take their time.

use std::collections::BTreeMap;
use std::io::{Cursor, Write as _};
use std::time::{Duration, Instant};

use reqwest::StatusCode;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::common::House;
use crate::contract::answer;
use crate::forms::{between, multipart};
use crate::walk::{SCRIPT, Walk, places};

/// Every field of text takes a script; no page gives one back that would run.
#[tokio::test(flavor = "multi_thread")]
async fn no_page_gives_back_a_script_that_somebody_stored() {
    let mut walk = Walk::begin(true).await;
    walk.all().await;
    assert!(walk.taken >= 40, "only {} fields took the script", walk.taken);
    let (lead, admin) = (walk.lead.clone(), walk.admin.clone());
    let tasks = lead.json(&format!("/api/v1/incidents/{}/messages", walk.id)).await;
    let page = lead.json(&format!("/api/v1/incidents/{}/signals?limit=1", walk.id)).await;
    let map = lead.json("/api/v1/map").await;
    let one = BTreeMap::from([
        ("service", "north-er".to_owned()),
        ("message", tasks[0]["id"].as_str().unwrap().to_owned()),
        ("obligation", "gdpr-authority".to_owned()),
        ("signal", page["rows"][0]["id"].to_string()),
        ("number", map["number"].to_string()),
        ("name", "hospital.toml".to_owned()),
        ("what", "cards".to_owned()),
    ]);
    let places = places(&walk, &one);
    let (mut shown, mut pages) = (0, 0);
    for (method, path, _) in console::addresses() {
        let mut address = path.clone();
        for (name, value) in &places {
            address = address.replace(&format!("{{{name}}}"), value);
        }
        if method != "GET" || path.starts_with("/api/v1") || address.contains('{') {
            continue;
        }
        for guest in [&lead, &admin] {
            let answer = answer(guest.get(&address).await).await;
            if answer.status != StatusCode::OK || !answer.kind.starts_with("text/html") {
                continue;
            }
            pages += 1;
            for part in ["<script>alert", "<img src=x", "'><img"] {
                assert!(
                    !answer.text.contains(part),
                    "{address} gives {part} back: {}",
                    near(&answer.text, part)
                );
            }
            shown += usize::from(answer.text.contains("&lt;script&gt;alert(1)"));
        }
    }
    assert!(pages >= 40 && shown >= 12, "{shown} of {pages} pages show what was stored");
    // What is no page is never taken for one.
    let notes = lead.get(&format!("/api/v1/incidents/{}/notes", walk.id)).await;
    assert_eq!(notes.headers()["content-type"], "application/json");
    assert_eq!(notes.headers()["x-content-type-options"], "nosniff");
    assert!(notes.text().await.unwrap().contains("<script>"), "it is kept as it was typed");
    // A refused form gives back what was typed, and that is no script either.
    let mark = between(&lead.page("/declare").await, "name=\"_csrf\" value=\"", "\"");
    let form = [("_csrf", mark.as_str()), ("title", ""), ("site", SCRIPT), ("other", SCRIPT)];
    let refused = lead.with(lead.client.post(format!("{}/api/v1/incidents", lead.url))).form(&form);
    let refused = refused.send().await.unwrap().text().await.unwrap();
    assert!(refused.contains("&lt;script&gt;") && !refused.contains("<script>alert"), "{refused}");
}

fn near<'a>(text: &'a str, part: &str) -> &'a str {
    let at = text.find(part).unwrap_or_default();
    let from = (0..=at.saturating_sub(120)).rev().find(|it| text.is_char_boundary(*it)).unwrap_or_default();
    let to = (at + 120..text.len()).find(|it| text.is_char_boundary(*it)).unwrap_or(text.len());
    &text[from..to]
}

/// A JPEG with the place where it was taken, a remark and a preview in its metadata.
fn telling_jpeg() -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image::DynamicImage::new_rgb8(16, 8).write_to(&mut bytes, image::ImageFormat::Jpeg).unwrap();
    let plain = bytes.into_inner();
    let segment = |marker: u8, inner: &[u8]| {
        let length = u16::try_from(inner.len() + 2).unwrap().to_be_bytes();
        [&[0xff, marker], &length[..], inner].concat()
    };
    let exif = [b"Exif\0\0MM\0\x2a\0\0\0\x08\0\0\0\0\0\0".as_slice(), b"GPS 48.8566 N 2.3522 E"].concat();
    let remark = b"taken by nurse-17";
    [&plain[..2], &segment(0xe1, &exif), &segment(0xfe, remark), &plain[2..], b"tail of the file"].concat()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_photograph_is_given_back_without_what_else_was_in_it() {
    let house = House::demonstration().await;
    house.account("responder-1", "responder", None).await;
    let guest = house.person("responder-1").await;
    let path = format!("/api/v1/levers/{}/photo", crate::tell::demo_lever());
    let mark = between(&guest.page("/folder").await, "name=\"_csrf\" value=\"", "\"");
    let send = async |name: &str, bytes: &[u8]| {
        let request = guest.client.post(format!("{}{path}", house.url));
        let request = request.header("content-type", "multipart/form-data; boundary=X");
        guest.with(request).body(multipart(&mark, &[], (name, bytes))).send().await.unwrap().status()
    };
    let sent = telling_jpeg();
    assert_eq!(send("photo.jpg", &sent).await, StatusCode::SEE_OTHER);
    let given = guest.get(&path).await;
    assert_eq!(given.headers()["content-type"], "image/jpeg");
    assert_eq!(given.headers()["x-content-type-options"], "nosniff");
    let given = given.bytes().await.unwrap();
    assert_eq!(image::load_from_memory(&given).unwrap().width(), 16);
    for part in ["Exif", "GPS", "48.8566", "nurse-17", "tail of the file"] {
        let holds = |bytes: &[u8]| bytes.windows(part.len()).any(|it| it == part.as_bytes());
        assert!(holds(&sent) && !holds(&given), "{part} came through");
    }
    for (name, bytes) in
        [("x.svg", b"<svg onload=alert(1)>".as_slice()), ("x.html", b"<script>"), ("x.jpg", b"")]
    {
        assert_eq!(send(name, bytes).await, StatusCode::UNPROCESSABLE_ENTITY, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_name_leads_out_of_its_folder() {
    let house = House::demonstration().await;
    house.account("responder-1", "responder", None).await;
    let guest = house.person("responder-1").await;
    let id = guest.json("/api/v1/incidents").await[0]["id"].as_str().unwrap().to_owned();
    let api = format!("/api/v1/incidents/{id}/evidence");
    let before = guest.json(&api).await.as_array().unwrap().len();
    let mark =
        between(&guest.page(&format!("/incidents/{id}/evidence")).await, "name=\"_csrf\" value=\"", "\"");
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for name in ["../../../climbed.log", "/tmp/climbed.log", "a/../../climbed.log", "C:\\climbed.log"] {
        zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(b"Nov 22 01:10:00 srv-1 sshd[7]: session closed\n").unwrap();
    }
    let zip = zip.finish().unwrap().into_inner();
    let text = b"Nov 22 01:11:00 srv-1 sshd[7]: session closed\n".as_slice();
    for (name, bytes) in [
        ("../../../climbed.log", text),
        ("..\\..\\climbed.log", text),
        ("/etc/climbed.log", text),
        ("..", text),
        ("con\u{202e}gol.exe", text),
        (".hidden/../../climbed.log", text),
        ("climbed.zip", &zip),
    ] {
        let form = multipart(&mark, &[], (name, bytes));
        let request = guest.client.post(format!("{}{api}/upload", house.url));
        let request = request.header("content-type", "multipart/form-data; boundary=X").body(form);
        assert_eq!(guest.with(request).send().await.unwrap().status(), StatusCode::SEE_OTHER, "{name}");
    }
    let until = Instant::now() + Duration::from_secs(30);
    let all = loop {
        let all = guest.json(&api).await;
        let open = |it: &serde_json::Value| it["state"] == "kept" || it["state"] == "reading";
        if !all.as_array().unwrap().iter().any(open) || Instant::now() > until {
            break all;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    };
    let all = &all.as_array().unwrap()[before..];
    assert_eq!(all.len(), 7);
    let kept = house.data().canonicalize().unwrap().join("evidence");
    let mut open = vec![house.folder.path().canonicalize().unwrap()];
    let mut files = 0;
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.file_name().unwrap().to_string_lossy().contains("climbed") {
                files += 1;
                assert!(path.starts_with(&kept), "{} is outside", path.display());
            }
        }
    }
    assert!(files >= 3 && !std::path::Path::new("/tmp/climbed.log").exists(), "{files}");
    for it in all {
        let name = it["name"].as_str().unwrap();
        let plain = !name.is_empty() && !name.starts_with('.') && !name.contains(['/', '\\', '\u{202e}']);
        assert!(plain, "{name:?}");
        let given = guest.get(&format!("{api}/{}/file", it["id"].as_str().unwrap())).await;
        assert_eq!(given.status(), StatusCode::OK);
        let header = |name: &str| given.headers()[name].to_str().unwrap().to_owned();
        assert!(header("content-disposition").starts_with("attachment; filename=\""));
        assert_eq!(header("content-type"), "application/octet-stream");
        assert_eq!(header("x-content-type-options"), "nosniff");
        assert!(header("content-security-policy").contains("sandbox"));
    }
    for path in [
        format!("{api}/..%2f..%2f..%2fkey/file"),
        format!("{api}/%2e%2e/file"),
        "/hospital/download/..%2f..%2fkey".to_owned(),
        "/hospital/download/%2e%2e%2fkey".to_owned(),
        "/hospital/files/..%2fkey".to_owned(),
        "/look/x/..%2f..%2fCargo.toml".to_owned(),
    ] {
        let status = guest.get(&path).await.status();
        assert!(
            status == StatusCode::NOT_FOUND || status == StatusCode::UNPROCESSABLE_ENTITY,
            "{path}: {status}"
        );
    }
    let bad = guest.post(&api, json!({ "name": "x", "size": 0 })).await;
    assert_eq!(bad.0, StatusCode::UNPROCESSABLE_ENTITY);
}

/// How long until the other side hangs up, and what it said.
async fn hangs_up(mut stream: TcpStream, drip: &[u8], patience: Duration) -> Option<(Duration, String)> {
    let began = Instant::now();
    let mut text = Vec::new();
    let mut buffer = [0; 4_096];
    while began.elapsed() < patience {
        match tokio::time::timeout(Duration::from_millis(500), stream.read(&mut buffer)).await {
            Ok(Ok(0) | Err(_)) => {
                return Some((began.elapsed(), String::from_utf8_lossy(&text).into_owned()));
            }
            Ok(Ok(read)) => text.extend_from_slice(&buffer[..read]),
            // A byte now and then keeps up the look of being alive.
            Err(_) => {
                let _ = stream.write_all(drip).await;
            }
        }
    }
    None
}

#[tokio::test(flavor = "multi_thread")]
async fn callers_who_take_their_time_are_hung_up_on_and_others_are_served() {
    let house = House::demonstration().await;
    house.account("lead-1", "incident-commander", None).await;
    let lead = house.program(&house.token("lead-1", &["read", "write"]).await);
    let address = house.url.trim_start_matches("http://").to_owned();
    let bearer = lead.bearer.clone().unwrap();
    let body = format!(
        "POST /api/v1/incidents HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {bearer}\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n{{\"title\""
    );
    let form = format!(
        "POST /login HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: 1000\r\n\r\nname="
    );
    let silent = (String::new(), b"".as_slice(), "");
    let slow_head = (format!("GET /login HTTP/1.1\r\nhost: {address}\r\nx-a: "), b"a".as_slice(), "");
    let cases =
        [silent, slow_head, (body, b" ".as_slice(), "HTTP/1.1 408"), (form, b"a".as_slice(), "HTTP/1.1 4")];
    let mut slow = Vec::new();
    for (start, drip, says) in cases {
        for _ in 0..20 {
            let mut stream = TcpStream::connect(&address).await.unwrap();
            stream.write_all(start.as_bytes()).await.unwrap();
            slow.push(tokio::spawn(async move {
                let ended = hangs_up(stream, drip, Duration::from_secs(45)).await;
                let (after, text) = ended.expect("it was never hung up on");
                assert!(text.starts_with(says), "{text:?} is no {says}");
                after
            }));
        }
    }
    let mut slowest = Duration::ZERO;
    for _ in 0..20 {
        let began = Instant::now();
        assert_eq!(lead.get("/api/v1/incidents").await.status(), StatusCode::OK);
        slowest = slowest.max(began.elapsed());
    }
    assert!(slowest < Duration::from_secs(2), "others wait {slowest:?}");
    for it in slow {
        it.await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_form_that_breaks_off_nothing_is_left() {
    let house = House::demonstration().await;
    house.account("responder-1", "responder", None).await;
    let guest = house.person("responder-1").await;
    let id = guest.json("/api/v1/incidents").await[0]["id"].as_str().unwrap().to_owned();
    let api = format!("/api/v1/incidents/{id}/evidence");
    let mark =
        between(&guest.page(&format!("/incidents/{id}/evidence")).await, "name=\"_csrf\" value=\"", "\"");
    let before = guest.page(&api).await;
    let first = multipart(&mark, &[], ("first.log", b"Nov 22 01:10:00 srv-1 sshd[7]: session closed\n"));
    let whole = String::from_utf8(first.clone()).unwrap();
    let open = whole.trim_end_matches("--X--\r\n");
    let second =
        "--X\r\ncontent-disposition: form-data; name=\"file\"; filename=\"second.log\"\r\n\r\nNov 22";
    let request = guest.client.post(format!("{}{api}/upload", house.url));
    let request = request.header("content-type", "multipart/form-data; boundary=X");
    let status = guest.with(request).body(format!("{open}{second}")).send().await.unwrap().status();
    assert!(status.is_client_error(), "{status}");
    assert_eq!(guest.page(&api).await, before);
    let left = |name: &str| {
        let files = house.data().join("evidence").join(&id).join("files");
        let folders = std::fs::read_dir(files).into_iter().flatten().flatten();
        folders.filter(|it| it.path().join(name).exists()).count()
    };
    assert_eq!((left("first.log"), left("second.log")), (0, 0));
    let request = guest.client.post(format!("{}{api}/upload", house.url));
    let request = request.header("content-type", "multipart/form-data; boundary=X").body(first);
    assert_eq!(guest.with(request).send().await.unwrap().status(), StatusCode::SEE_OTHER);
    assert_eq!(left("first.log"), 1, "sent again, it has its own name");
}
