//! Coming in through an identity provider, and the switch that shuts that way.

#[path = "../../../access/tests/it/provider.rs"]
#[allow(dead_code, reason = "its flaws are of the tests of access")]
pub mod provider;

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use reqwest::{Response, StatusCode};
use serde_json::json;

use self::provider::{CLIENT, Flaw, Provider, SECRET};
use crate::common::{Guest, House};

async fn house() -> (House, Guest, Arc<Provider>) {
    let house = House::empty().await;
    house.account("admin-1", "site-administrator", None).await;
    let admin = house.person("admin-1").await;
    let back = format!("{}/login/oidc/back", house.url);
    let provider = Provider::start(Flaw::None, json!({}), Timestamp::now().as_second(), &back).await;
    let set = json!({
        "issuer": provider.issuer, "client_id": CLIENT, "client_secret": SECRET, "label": "the directory",
        "role": "contributor",
    });
    let (status, told) = admin.post("/api/v1/settings/directory", set).await;
    assert_eq!(status, StatusCode::CREATED, "{told}");
    (house, admin, provider)
}

/// A browser that was sent to the provider and logged in there: it stands before the way back.
async fn half_way(house: &House, provider: &Provider) -> (Guest, String) {
    let mut guest = house.stranger();
    let away = guest.get("/login/oidc?next=%2Fdeclare").await;
    assert_eq!(away.status(), StatusCode::SEE_OTHER);
    guest.keep(&away);
    let (state, code) = provider.log_in(away.headers()["location"].to_str().unwrap());
    (guest, format!("/login/oidc/back?state={state}&code={code}"))
}

async fn come_in(house: &House, provider: &Provider) -> Guest {
    let (mut guest, back) = half_way(house, provider).await;
    let response = guest.get(&back).await;
    assert_eq!(leads(&response), (StatusCode::SEE_OTHER, "/declare"));
    let session = response.headers().get_all("set-cookie").iter().find_map(|it| {
        let line = it.to_str().unwrap();
        line.starts_with("rempart=").then(|| line.split(';').next().unwrap().to_owned())
    });
    guest.cookies = session.unwrap();
    guest
}

fn leads(response: &Response) -> (StatusCode, &str) {
    (response.status(), response.headers().get("location").map_or("", |it| it.to_str().unwrap()))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_of_the_directory_comes_in_and_is_the_same_one_next_time() {
    let (house, admin, provider) = house().await;
    let nurse = come_in(&house, &provider).await;
    assert_eq!(nurse.get("/declare").await.status(), StatusCode::OK);
    assert_eq!(nurse.get("/people").await.status(), StatusCode::FORBIDDEN);
    provider.claims.lock().unwrap()["preferred_username"] = json!("another-name");
    come_in(&house, &provider).await;
    let all = admin.json("/api/v1/accounts").await;
    let of_directory: Vec<_> =
        all.as_array().unwrap().iter().filter(|it| it["account"]["origin"] == "directory").collect();
    assert_eq!(of_directory.len(), 1, "known by issuer and subject, not by name: {all}");
    assert_eq!(of_directory[0]["account"]["name"], "nurse-17");
    // A name that a local account has already is not taken over.
    provider.claims.lock().unwrap()["preferred_username"] = json!("admin-1");
    provider.claims.lock().unwrap()["sub"] = json!("666");
    let other = come_in(&house, &provider).await;
    assert_eq!(other.get("/people").await.status(), StatusCode::FORBIDDEN);
    assert!(admin.page("/api/v1/accounts").await.contains("admin-1-2"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_back_must_be_of_this_browser_and_fresh() {
    let (house, _, provider) = house().await;
    let (guest, back) = half_way(&house, &provider).await;
    assert_eq!(house.stranger().get(&back).await.status(), StatusCode::BAD_GATEWAY, "another browser");
    let (other, _) = half_way(&house, &provider).await;
    assert_eq!(other.get(&back).await.status(), StatusCode::BAD_GATEWAY, "another log-in of another browser");
    assert_eq!(guest.get(&back.replace("state=", "state=x")).await.status(), StatusCode::BAD_GATEWAY);
    assert_eq!(guest.get(&back).await.status(), StatusCode::SEE_OTHER);
    assert_eq!(guest.get(&back).await.status(), StatusCode::BAD_GATEWAY, "a code is good once");
    let said = guest.get("/login/oidc/back?error=%3Cscript%3E").await;
    assert_eq!(said.status(), StatusCode::FORBIDDEN);
    assert!(!said.text().await.unwrap().contains("<script>"));
}

#[tokio::test(flavor = "multi_thread")]
async fn distrust_ends_what_the_directory_opened_and_leaves_the_rest() {
    let (house, admin, provider) = house().await;
    house.account("lead-1", "incident-commander", None).await;
    let (nurse, local) = (come_in(&house, &provider).await, house.person("lead-1").await);
    let mut line = nurse.get("/api/v1/events").await;
    assert!(line.chunk().await.unwrap().is_some());
    let (waiting, back) = half_way(&house, &provider).await;
    let distrusted = local.submit("/declare", "/directory/distrust", &[]).await;
    assert_eq!(distrusted.status(), StatusCode::SEE_OTHER);
    let ended =
        tokio::time::timeout(Duration::from_secs(3), async { while let Ok(Some(_)) = line.chunk().await {} });
    ended.await.expect("its live line ends");
    assert_eq!(nurse.get("/declare").await.status(), StatusCode::SEE_OTHER);
    assert_eq!(waiting.get(&back).await.status(), StatusCode::FORBIDDEN, "a log-in under way is cut off");
    assert_eq!(house.stranger().get("/login/oidc").await.status(), StatusCode::FORBIDDEN);
    for guest in [&local, &admin] {
        assert_eq!(guest.get("/declare").await.status(), StatusCode::OK, "local accounts go on");
    }
    house.person("lead-1").await;
    let lines = admin.json("/api/v1/audit?verb=distrust").await;
    assert_eq!((&lines[0]["actor"], &lines[0]["after"]["sessions_ended"]), (&json!("lead-1"), &json!(1)));
    assert_eq!(admin.post("/api/v1/directory/trust", json!({})).await.0, StatusCode::OK);
    assert_eq!(nurse.get("/declare").await.status(), StatusCode::SEE_OTHER, "what was ended stays ended");
    come_in(&house, &provider).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_issuer_is_https_or_this_machine() {
    let (_house, admin, _) = house().await;
    for (issuer, good) in [
        ("http://id.example.org", false),
        ("http://localhost.evil.example", false),
        ("http://127.0.0.1.evil.example/", false),
        ("https://name@id.example.org", false),
        ("javascript:alert(1)", false),
        ("https://id.example.org/realms/hospital", true),
        ("http://localhost:8080", true),
    ] {
        let set = json!({ "issuer": issuer, "client_id": "rempart", "label": "x" });
        let (status, told) = admin.post("/api/v1/settings/directory", set).await;
        assert_eq!(status.is_success(), good, "{issuer}: {told}");
    }
}
