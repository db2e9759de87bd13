//! A map brought by upload: what it would change is shown first, mistakes are listed and nothing is kept, and what was
//! taken away comes back the same.

use reqwest::{Response, StatusCode};
use serde_json::{Value, json};

use crate::common::{Guest, House};
use crate::contract::{Answer, answer};
use crate::forms::{between, multipart_of};

type File<'a> = (&'a str, &'a [u8]);

const SITE: &str = r#"[[site]]
id = "north"
name = "North"
[[zone]]
id = "lan"
name = "Servers"
site = "north"
[[care_service]]
id = "er"
name = "Emergency"
site = "north"
weight = 9
needs = [{ on = ["srv-0"], grace = "20min" }]
[[asset]]
id = "srv-0"
name = "Record database"
kind = "server"
site = "north"
zone = "lan"
"#;
const SHEET: &str = "id,name,kind,site,zone,ips\nsrv-1,Record server,server,north,lan,10.0.0.1\n";

async fn house() -> (House, Guest, Guest) {
    let house = House::empty().await;
    house.account("admin-1", "site-administrator", None).await;
    let person = house.person("admin-1").await;
    let program = house.program(&house.token("admin-1", &["admin"]).await);
    (house, person, program)
}

async fn send(guest: &Guest, fields: &[(&str, &str)], files: &[File<'_>]) -> Response {
    let request = guest.client.post(format!("{}/api/v1/map/imports", guest.url));
    let request = request.header("content-type", "multipart/form-data; boundary=X");
    guest.with(request).body(multipart_of(fields, files)).send().await.unwrap()
}

/// Brings files by a program; what is said of them.
async fn bring(program: &Guest, others: &str, files: &[File<'_>]) -> Value {
    let brought = answer(send(program, &[("others", others)], files).await).await;
    assert_eq!(brought.status, StatusCode::CREATED, "{}", brought.text);
    brought.json()
}

async fn keep(guest: &Guest, import: &Value, seen: Option<&str>) -> Answer {
    let path = format!("{}/api/v1/map/imports/{}", guest.url, import["id"].as_str().unwrap());
    let mut request = guest.client.post(path).header("content-type", "application/json");
    if let Some(seen) = seen {
        request = request.header("if-match", seen);
    }
    let body = json!({ "remark": "as it is on paper" }).to_string();
    answer(guest.with(request).body(body).send().await.unwrap()).await
}

/// What a guest whose browser asks for French is given.
async fn in_french(guest: &Guest, path: &str) -> String {
    let request = guest.client.get(format!("{}{path}", guest.url)).header("accept-language", "fr");
    guest.with(request).send().await.unwrap().text().await.unwrap()
}

async fn number(guest: &Guest) -> i64 {
    let response = guest.get("/api/v1/map").await;
    let map: Value = serde_json::from_str(&response.text().await.unwrap()).unwrap();
    map["number"].as_i64().unwrap_or(0)
}

#[tokio::test(flavor = "multi_thread")]
async fn files_are_looked_at_first_and_become_a_version_by_a_second_word() {
    let (house, person, program) = house().await;
    let mark = between(&person.page("/hospital").await, "name=\"_csrf\" value=\"", "\"");
    let files: [File<'_>; 2] = [("hospital.toml", SITE.as_bytes()), ("assets.csv", SHEET.as_bytes())];
    let sent = send(&person, &[("_csrf", &mark), ("others", "stay")], &files).await;
    assert_eq!(sent.status(), StatusCode::SEE_OTHER);
    let page = sent.headers()["location"].to_str().unwrap().to_owned();
    let shown = person.page(&page).await;
    for part in ["This would change 2 files", "assets.csv · new", "Record server", "Save as version 1"] {
        assert!(shown.contains(part), "{part} is not in {shown}");
    }
    assert_eq!(number(&person).await, 0, "nothing is kept by looking");
    let api = page.replace("/hospital/", "/api/v1/map/");
    let kept = person.submit(&page, &api, &[("remark", "as it is on paper")]).await;
    assert_eq!(
        (kept.status(), kept.headers()["location"].to_str().unwrap()),
        (StatusCode::SEE_OTHER, "/hospital")
    );
    assert_eq!(number(&person).await, 1);
    let history = person.page("/hospital/history/1").await;
    assert!(history.contains("as it is on paper") && history.contains("+ srv-1,Record server"), "{history}");
    let lines = person.json("/api/v1/audit?kind=map_version").await;
    assert_eq!((&lines[0]["actor"], &lines[0]["verb"]), (&json!("admin-1"), &json!("add")), "{lines}");
    assert_eq!(person.get(&page).await.status(), StatusCode::NOT_FOUND, "a draft is kept once");
    // One file alone: the others stay, or go.
    let sheet = SHEET.replace("Record server", "Old record server");
    let import = bring(&program, "stay", &[("assets.csv", sheet.as_bytes())]).await;
    let change = json!([{ "file": "assets.csv", "what": "changed", "lines_in": 1, "lines_out": 1 }]);
    assert_eq!(import["changes"], change);
    let import = bring(&program, "go", &[("hospital.toml", SITE.as_bytes())]).await;
    let change = json!([{ "file": "assets.csv", "what": "removed", "lines_in": 0, "lines_out": 2 }]);
    assert_eq!(import["changes"], change);
    drop(house);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_taken_away_comes_back_the_same_elsewhere() {
    let from = House::demonstration().await;
    let bytes = from.visitor().await.get("/hospital/export.tar").await.bytes().await.unwrap();
    let map = from.visitor().await.json("/api/v1/map").await;
    let (_house, _, program) = house().await;
    let import = bring(&program, "go", &[("map-1.tar", &bytes)]).await;
    assert_eq!((&import["number"], &import["check"]["errors"]), (&json!(0), &json!([])), "{import}");
    assert_eq!(keep(&program, &import, Some("\"0\"")).await.status, StatusCode::CREATED);
    assert_eq!(program.json("/api/v1/map").await["files"], map["files"]);
    let again = program.get("/hospital/export.tar").await.bytes().await.unwrap();
    let import = bring(&program, "go", &[("map-1.tar", &again)]).await;
    assert_eq!(import["changes"], json!([]), "the same again changes nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn mistakes_are_listed_with_their_places_and_nothing_is_kept() {
    let (house, person, program) = house().await;
    let before = house.changes().await;
    let nowhere = SITE.replace("\"north\"\nweight", "\"nroth\"\nweight");
    let twice = format!("{SHEET}srv-2,Other server,server,north,lan,10.0.0.1\n");
    let cases: [(&[File<'_>], &str, usize, bool); 3] = [
        (&[("hospital.toml", nowhere.as_bytes())], "hospital.toml", 11, false),
        (&[("hospital.toml", b"[hospital\n")], "hospital.toml", 1, false),
        // An address given twice leaves the map computable.
        (&[("hospital.toml", SITE.as_bytes()), ("assets.csv", twice.as_bytes())], "assets.csv", 3, true),
    ];
    for (files, file, line, usable) in cases {
        let import = bring(&program, "stay", files).await;
        let first = &import["check"]["errors"][0];
        assert_eq!(
            (first["file"].as_str(), first["line"].as_u64()),
            (Some(file), Some(line as u64)),
            "{import}"
        );
        assert!(first["column"].as_u64().unwrap() >= 1 && !first["help"].as_str().unwrap().is_empty());
        let refused = keep(&program, &import, None).await;
        assert_eq!((refused.status, refused.word().as_str()), (StatusCode::UNPROCESSABLE_ENTITY, "bad"));
        assert_eq!(refused.json()["errors"], import["check"]["errors"]);
        let mark = between(&person.page("/hospital").await, "name=\"_csrf\" value=\"", "\"");
        let sent = send(&person, &[("_csrf", &mark)], files).await;
        let shown = person.page(sent.headers()["location"].to_str().unwrap()).await;
        for part in [
            "Not to be kept",
            &format!("{file}:{line}:"),
            first["help"].as_str().unwrap().split('`').next().unwrap(),
        ] {
            assert!(shown.contains(part), "{part} is not in {shown}");
        }
        assert_eq!(shown.contains("You may save it unfinished"), usable, "{shown}");
        assert!(!shown.contains("do first"), "{shown}");
        if !usable {
            let import = import["id"].as_str().unwrap();
            let said = json!({ "remark": "x", "unfinished": true });
            let (status, _) = program.post(&format!("/api/v1/map/imports/{import}"), said).await;
            assert_eq!(
                status,
                StatusCode::UNPROCESSABLE_ENTITY,
                "what cannot be computed with is never kept"
            );
        }
    }
    let last = bring(&program, "stay", cases[2].0).await;
    assert_eq!(number(&program).await, 0);
    assert_eq!(house.changes().await, before, "nothing was written");
    let path = format!("/api/v1/map/imports/{}", last["id"].as_str().unwrap());
    let told = in_french(&program, &path).await;
    assert!(told.contains("`10.0.0.1` of srv-2 is also that of srv-1"), "programs read English: {told}");
    let said = json!({ "remark": "one address to be found out", "unfinished": true });
    assert_eq!(program.post(&path, said).await.0, StatusCode::CREATED);
    assert!(person.page("/hospital").await.contains("assets.csv:3:"), "the mistake stays listed");
    let shown = in_french(&person, "/hospital").await;
    assert!(shown.contains("`10.0.0.1`, donné à srv-2, l’est aussi à srv-1"), "{shown}");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_comes_second_sees_what_stands_now_and_loses_nothing() {
    let (_house, person, program) = house().await;
    let first = bring(&program, "stay", &[("hospital.toml", SITE.as_bytes())]).await;
    let mark = between(&person.page("/hospital").await, "name=\"_csrf\" value=\"", "\"");
    let mine = SITE.replace("Emergency", "Accident and emergency");
    let sent = send(&person, &[("_csrf", &mark)], &[("hospital.toml", mine.as_bytes())]).await;
    let page = sent.headers()["location"].to_str().unwrap().to_owned();
    let api = page.replace("/hospital/", "/api/v1/map/");
    let seen = between(&person.page(&page).await, "name=\"version\" value=\"", "\"");
    assert_eq!(keep(&program, &first, None).await.status, StatusCode::CREATED);
    let late = person.submit(&page, &api, &[("remark", "mine"), ("version", &seen)]).await;
    assert_eq!(late.status(), StatusCode::PRECONDITION_FAILED);
    let shown = late.text().await.unwrap();
    for part in ["admin-1 saved meanwhile", "Accident and emergency", "value=\"mine\"", "Save as version 2"] {
        assert!(shown.contains(part), "{part} is not in {shown}");
    }
    let import = bring(&program, "stay", &[("hospital.toml", mine.as_bytes())]).await;
    let late = keep(&program, &import, Some("\"0\"")).await;
    assert_eq!(
        (late.status, late.word().as_str(), &late.json()["version"]),
        (StatusCode::PRECONDITION_FAILED, "stale", &json!(1))
    );
    assert_eq!(person.submit(&page, &api, &[("remark", "mine")]).await.status(), StatusCode::SEE_OTHER);
    assert!(person.page("/hospital/history/2").await.contains("Accident and emergency"));
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_files_and_forms_are_refused_with_a_sentence() {
    let (house, person, program) = house().await;
    let tar = |name: &str| {
        let mut head = tar::Header::new_gnu();
        head.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
        head.set_size(0);
        head.set_cksum();
        let mut archive = tar::Builder::new(Vec::new());
        archive.append(&head, &[][..]).unwrap();
        archive.into_inner().unwrap()
    };
    let (out, root) = (tar("../../etc/cron.toml"), tar("/etc/cron.toml"));
    let large = vec![b'#'; (64 << 20) + 1];
    let cases: [(&[File<'_>], u16, &str); 8] = [
        (&[], 422, "choose the files"),
        (&[("x.tar", &out)], 422, "leads out of the map"),
        (&[("x.tar", &root)], 422, "leads out of the map"),
        (&[("x.tar", b"no tar at all")], 422, "damaged"),
        (&[("../../etc/cron.toml", b"")], 422, "no file of a map"),
        (&[("notes.txt", b"")], 422, "no file of a map"),
        (&[("a.toml", b""), ("a.toml", b"")], 422, "comes twice"),
        (&[("a.toml", &large)], 413, "64 MiB"),
    ];
    for (files, status, words) in cases {
        let refused = answer(send(&program, &[], files).await).await;
        assert_eq!(refused.status.as_u16(), status, "{words}: {}", refused.text);
        assert_eq!(refused.kind, "application/problem+json", "a program gets no page");
        let detail = refused.json()["detail"].as_str().unwrap().to_owned();
        assert!(detail.contains(words), "{words}: {detail}");
    }
    // A form without its session's mark, or with the file before it.
    let mark = between(&person.page("/hospital").await, "name=\"_csrf\" value=\"", "\"");
    let file: File<'_> = ("hospital.toml", SITE.as_bytes());
    for fields in [&[][..], &[("_csrf", "x")], &[("_csrf", mark.as_str()), ("others", "perhaps")]] {
        let refused = send(&person, fields, &[file]).await;
        let wanted = if fields.len() == 2 { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::FORBIDDEN };
        assert_eq!(refused.status(), wanted, "{fields:?}");
    }
    // What one brought, another neither sees nor keeps.
    house.account("admin-2", "site-administrator", None).await;
    house.account("lead-1", "incident-commander", None).await;
    let import = bring(&program, "stay", &[file]).await;
    let page = format!("/hospital/imports/{}", import["id"].as_str().unwrap());
    for (name, status) in [("admin-2", StatusCode::NOT_FOUND), ("lead-1", StatusCode::FORBIDDEN)] {
        let other = house.person(name).await;
        assert_eq!(other.get(&page).await.status(), status, "{name}");
        assert_eq!(keep(&other, &import, None).await.status, status, "{name}");
    }
    assert_eq!(number(&program).await, 0);
    let kinds = person.json("/api/v1/audit?kind=map_version").await;
    assert_eq!(kinds, json!([]), "no map was kept: {kinds}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sheet_as_spreadsheets_write_it_is_kept_in_plain_letters() {
    let (_house, _, program) = house().await;
    let wide: Vec<u8> = std::iter::once(0xfeff)
        .chain(SITE.replace("Emergency", "Réanimation").encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect();
    let sheet = b"\xef\xbb\xbfid,name,kind,site,zone\r\nsrv-1,R\xc3\xa9cord,server,north,lan\r\n";
    let old = b"id,name,kind,site,zone\nsrv-2,\xe9tage,server,north,lan\n";
    let files: [File<'_>; 3] = [("hospital.toml", &wide), ("assets.csv", sheet), ("more.csv", old)];
    let import = bring(&program, "stay", &files).await;
    assert_eq!(import["check"]["errors"], json!([]), "{import}");
    assert_eq!(keep(&program, &import, None).await.status, StatusCode::CREATED);
    let files = program.json("/api/v1/map").await["files"].clone();
    assert!(files["hospital.toml"].as_str().unwrap().contains("\"Réanimation\""), "{files}");
    assert_eq!(files["assets.csv"], "id,name,kind,site,zone\nsrv-1,Récord,server,north,lan\n");
    assert_eq!(files["more.csv"], "id,name,kind,site,zone\nsrv-2,étage,server,north,lan\n");
}
