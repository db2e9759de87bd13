//! A ward's printed code: it opens that ward's board and its reports, and no other address.

use console::Permission;
use reqwest::StatusCode;
use serde_json::json;

use crate::common::{Guest, House};

/// A ward's browser, come in by a code.
async fn ward(house: &House, service: &str) -> Guest {
    house.account("admin-1", "site-administrator", None).await;
    let admin = house.person("admin-1").await;
    let (status, made) = admin.post("/api/v1/ward-codes", json!({ "service": service })).await;
    assert_eq!(status, StatusCode::CREATED, "{made}");
    let code = made[0]["code"].as_str().unwrap();
    let mut guest = house.stranger();
    let form = [("code", code), ("name", "nurse-17")];
    let entered = guest.client.post(format!("{}/w", house.url)).form(&form).send().await.unwrap();
    assert_eq!(entered.status(), StatusCode::SEE_OTHER);
    guest.keep(&entered);
    guest
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ward_reaches_its_own_board_and_nothing_else() {
    let house = House::demonstration().await;
    let id = house.visitor().await.json("/api/v1/incidents").await[0]["id"].as_str().unwrap().to_owned();
    let nurse = ward(&house, "north-er").await;
    let board = format!("/incidents/{id}/wards/north-er");
    assert!(
        nurse.page(&board).await.contains("nurse-17") || nurse.get(&board).await.status() == StatusCode::OK
    );
    let admin = house.person("admin-1").await;
    let by_ward = async || admin.json("/api/v1/audit?actor=nurse-17").await.as_array().unwrap().len();
    let before = by_ward().await;
    for (method, path, permission) in console::addresses() {
        if matches!(permission, Permission::Nobody | Permission::Ward) {
            continue;
        }
        let path = path.replace("{id}", &id).replace("{service}", "north-er").replace(['{', '}'], "");
        let request = nurse.client.request(method.parse().unwrap(), format!("{}{path}", house.url));
        let request = request.header("content-type", "application/json").body("{}");
        let status = nurse.with(request).send().await.unwrap().status();
        assert_eq!(status, StatusCode::FORBIDDEN, "{method} {path}");
    }
    let reports = format!("/api/v1/incidents/{id}/ward-reports");
    let other = json!({ "service": "north-icu", "says": "usual" });
    for (path, wanted) in [
        (format!("/incidents/{id}/wards/north-icu"), StatusCode::FORBIDDEN),
        (format!("/incidents/{id}"), StatusCode::FORBIDDEN),
    ] {
        assert_eq!(nurse.get(&path).await.status(), wanted, "{path}");
    }
    assert_eq!(nurse.post(&reports, other).await.0, StatusCode::FORBIDDEN);
    assert_eq!(by_ward().await, before, "a ward changed what is not its own");
    let (status, said) =
        nurse.post(&reports, json!({ "service": "north-er", "says": "needs", "text": "pumps" })).await;
    assert_eq!((status, &said["person"]), (StatusCode::CREATED, &json!("nurse-17")), "{said}");
    let lines = admin.json("/api/v1/audit?kind=ward_report").await;
    assert_eq!((&lines[0]["actor"], &lines[0]["actor_kind"]), (&json!("nurse-17"), &json!("ward")));
    // Taken back, the code opens nothing any more, and what it opened is shut.
    let codes = admin.page("/hospital/ward-codes").await;
    let code = crate::forms::between(&codes, "/api/v1/ward-codes/", "/revoke");
    assert_eq!(admin.post(&format!("/api/v1/ward-codes/{code}/revoke"), json!({})).await.0, StatusCode::OK);
    assert_eq!(nurse.get(&board).await.status(), StatusCode::SEE_OTHER);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ward_s_new_code_is_in_one_answer_and_in_nothing_that_is_kept() {
    let house = House::demonstration().await;
    house.account("admin-1", "site-administrator", None).await;
    let admin = house.person("admin-1").await;
    let make = async || {
        let request = admin.client.post(format!("{}/api/v1/ward-codes", house.url));
        let request = request.header("content-type", "application/json").header("idempotency-key", "codes-1");
        let request = request.body(json!({ "service": "north-er" }).to_string());
        admin.with(request).send().await.unwrap().text().await.unwrap()
    };
    let (first, again) = (make().await, make().await);
    let code = crate::forms::between(&first, "\"code\":\"", "\"");
    assert!(!again.contains(&code) && again.contains("north-er"), "{again}");
    assert!(!admin.page("/api/v1/audit.ndjson").await.contains(&code));
}
