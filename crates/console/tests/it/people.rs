//! People: log-in, the second proof, roles by site, sealed accounts, tokens, the directory's switch.

use crate::common::{Guest, House, PASSWORD};
use access::code::Seed;
use jiff::{SignedDuration, Timestamp};
use reqwest::StatusCode;
use serde_json::{Value, json};

async fn administrator() -> (House, Guest) {
    let house = House::empty().await;
    house.account("admin-1", "site-administrator", None).await;
    let person = house.person("admin-1").await;
    (house, person)
}

async fn account(person: &Guest, name: &str) -> Value {
    let all = person.json("/api/v1/accounts").await;
    all.as_array().unwrap().iter().find(|it| it["account"]["name"] == name).cloned().unwrap()
}

async fn password(guest: &mut Guest, name: &str, password: &str) -> (StatusCode, String) {
    let form = [("name", name), ("password", password), ("next", "/")];
    let response = guest.client.post(format!("{}/login", guest.url)).form(&form).send().await.unwrap();
    guest.keep(&response);
    let to = response.headers().get("location").map(|it| it.to_str().unwrap().to_owned());
    (response.status(), to.unwrap_or_default())
}

/// A page's text between `before` and the next `<`.
fn after<'a>(page: &'a str, before: &str) -> &'a str {
    page.split(before)
        .nth(1)
        .unwrap_or_else(|| panic!("{before} is not in {page}"))
        .split('<')
        .next()
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_proof_is_asked_for_taken_once_and_replaced_by_printed_codes() {
    let (house, person) = administrator().await;
    let (status, begun) = person.post("/api/v1/me/factors/code", json!({ "label": "telephone" })).await;
    assert_eq!(status, StatusCode::CREATED, "{begun}");
    let uri = begun["uri"].as_str().unwrap();
    assert!(uri.starts_with("otpauth://totp/Rempart:admin-1?secret="), "{uri}");
    let seed = from_base32(begun["secret"].as_str().unwrap());
    let confirm = format!("/api/v1/me/factors/{}/confirm", begun["id"].as_str().unwrap());
    let (status, _) = person.post(&confirm, json!({ "code": "12" })).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    let first = code(&seed, 0);
    let (status, confirmed) = person.post(&confirm, json!({ "code": first })).await;
    assert_eq!(status, StatusCode::CREATED, "{confirmed}");
    assert!(confirmed.get("secret").is_none(), "the seed is shown once");
    let printed: Vec<String> = serde_json::from_value(confirmed["recovery_codes"].clone()).unwrap();
    assert_eq!(printed.len(), 10);

    let mut half = house.stranger();
    assert_eq!(
        password(&mut half, "admin-1", PASSWORD).await,
        (StatusCode::SEE_OTHER, "/login/second".to_owned())
    );
    assert_eq!(half.get("/people").await.headers()["location"], "/login/second");
    assert_eq!(half.get("/api/v1/accounts").await.status(), StatusCode::FORBIDDEN);
    let refused = half.submit("/login/second", "/login/second", &[("code", &first)]).await;
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY, "a code is taken once");
    let before = half.cookies.clone();
    let taken = half.submit("/login/second", "/login/second", &[("code", &code(&seed, 30))]).await;
    assert_eq!(taken.status(), StatusCode::SEE_OTHER);
    half.keep(&taken);
    assert_ne!(half.cookies, before, "the session gets a new secret");
    assert_eq!(half.get("/people").await.status(), StatusCode::OK);
    assert_eq!(
        Guest { cookies: before, ..half.clone() }.get("/people").await.status(),
        StatusCode::SEE_OTHER
    );

    for (typed, wanted) in
        [(&printed[3], StatusCode::SEE_OTHER), (&printed[3], StatusCode::UNPROCESSABLE_ENTITY)]
    {
        let mut guest = house.stranger();
        password(&mut guest, "admin-1", PASSWORD).await;
        let given = guest.submit("/login/second", "/login/second", &[("code", &typed.to_lowercase())]).await;
        assert_eq!(given.status(), wanted);
    }
}

/// RFC 4648, as the telephone reads it.
pub fn from_base32(text: &str) -> Seed {
    let (mut bits, mut held, mut bytes) = (0_u32, 0, Vec::new());
    for letter in text.bytes() {
        let value = match letter {
            b'A'..=b'Z' => letter - b'A',
            _ => letter - b'2' + 26,
        };
        bits = bits << 5 | u32::from(value);
        held += 5;
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held) as u8);
        }
    }
    Seed::from_bytes(&bytes).unwrap()
}

/// The code of the step so many seconds from now: asked half a minute early, no other step is looked at.
pub fn code(seed: &Seed, later: i64) -> String {
    let at = Timestamp::now() + SignedDuration::from_secs(later);
    let step = u64::try_from(at.as_second()).unwrap() / 30;
    let early = at - SignedDuration::from_secs(30);
    let mut codes = (0..1_000_000).map(|it| format!("{it:06}"));
    codes.find(|it| seed.check(it, early, Some(step - 1)) == Some(step)).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_administrator_stays_and_who_is_stopped_is_out_at_once() {
    let (house, person) = administrator().await;
    let own = account(&person, "admin-1").await;
    let id = own["account"]["id"].as_str().unwrap();
    let grant = own["grants"][0]["id"].as_str().unwrap();
    for (path, body) in [
        (format!("/api/v1/accounts/{id}"), json!({ "active": false })),
        (format!("/api/v1/accounts/{id}/grants/{grant}/remove"), json!({})),
    ] {
        let (status, problem) = person.post(&path, body).await;
        assert_eq!(
            (status, problem["type"].as_str().unwrap()),
            (StatusCode::CONFLICT, "urn:rempart:problem:last-administrator")
        );
    }
    house.account("nurse-17", "contributor", None).await;
    let nurse = house.person("nurse-17").await;
    assert_eq!(nurse.get("/declare").await.status(), StatusCode::OK);
    assert_eq!(nurse.get("/people").await.status(), StatusCode::FORBIDDEN);
    let nurse_id = account(&person, "nurse-17").await["account"]["id"].as_str().unwrap().to_owned();
    let (status, _) = person.post(&format!("/api/v1/accounts/{nurse_id}"), json!({ "active": false })).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(nurse.get("/declare").await.status(), StatusCode::SEE_OTHER);
    assert_eq!(
        password(&mut house.stranger(), "nurse-17", PASSWORD).await.0,
        StatusCode::UNPROCESSABLE_ENTITY
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn who_keeps_one_site_gives_no_role_beyond_it_and_touches_nobody_above() {
    let (house, person) = administrator().await;
    house.account("keeper-1", "site-administrator", Some("site-a")).await;
    let keeper = house.person("keeper-1").await;
    let id = |it: Value| it["account"]["id"].as_str().unwrap().to_owned();
    let above = id(account(&person, "admin-1").await);
    let own = id(account(&person, "keeper-1").await);
    for (path, body) in [
        (format!("/api/v1/accounts/{above}/reset-link"), json!({})),
        (format!("/api/v1/accounts/{above}/end-sessions"), json!({})),
        (format!("/api/v1/accounts/{above}/forget-factors"), json!({})),
        (format!("/api/v1/accounts/{own}/grants"), json!({ "role": "site-administrator" })),
        (format!("/api/v1/accounts/{own}/grants"), json!({ "role": "viewer", "site": "site-b" })),
        ("/api/v1/accounts".to_owned(), json!({ "name": "x-1", "role": "director" })),
        ("/api/v1/tokens".to_owned(), json!({ "account": above, "label": "x", "scopes": ["admin"] })),
        ("/api/v1/break-glass".to_owned(), json!({ "name": "glass-9" })),
        ("/api/v1/directory/trust".to_owned(), json!({})),
        ("/api/v1/settings/language".to_owned(), json!({ "language": "fr" })),
    ] {
        let (status, problem) = keeper.post(&path, body).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{path}: {problem}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sealed_account_opens_and_everybody_who_keeps_people_sees_it() {
    let (house, person) = administrator().await;
    let page =
        person.submit("/people", "/api/v1/break-glass", &[("name", "glass-1")]).await.text().await.unwrap();
    let secret = after(&page, "id=\"secret\">").to_owned();
    assert!(secret.len() >= 16, "{secret}");
    assert!(!person.page("/people").await.contains(&secret), "it is shown once");
    let (status, incident) = person.post("/api/v1/incidents", json!({ "title": "servers locked" })).await;
    assert_eq!(status, StatusCode::CREATED);
    let mut sealed = house.stranger();
    assert_eq!(password(&mut sealed, "glass-1", &secret).await.0, StatusCode::SEE_OTHER);
    assert!(person.page("/people").await.contains("The sealed account glass-1 was used"));
    assert!(person.page("/audit").await.contains("The sealed account glass-1 was used"));
    let incident = incident["id"].as_str().unwrap();
    let lines = person.json(&format!("/api/v1/audit?verb=break-glass&incident={incident}")).await;
    assert_eq!(lines.as_array().unwrap().len(), 1, "it is on the open incident's log");
    assert_eq!(person.json("/api/v1/audit/check").await["wrong"], Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_is_in_one_answer_and_in_nothing_that_is_kept() {
    let (house, person) = administrator().await;
    let id = account(&person, "admin-1").await["account"]["id"].as_str().unwrap().to_owned();
    let wanted = json!({ "account": id, "label": "probe", "scopes": ["read"], "days": 3 });
    let request = || {
        let request = person.client.post(format!("{}/api/v1/tokens", house.url));
        person.with(request).header("content-type", "application/json").header("idempotency-key", "k-1")
    };
    let first: Value =
        serde_json::from_str(&request().body(wanted.to_string()).send().await.unwrap().text().await.unwrap())
            .unwrap();
    let token = first["token"].as_str().unwrap();
    let again = request().body(wanted.to_string()).send().await.unwrap();
    assert_eq!(again.headers()["idempotency-replayed"], "true");
    assert!(!again.text().await.unwrap().contains(token));
    let program = house.program(token);
    assert_eq!(program.get("/api/v1/incidents").await.status(), StatusCode::OK);
    assert_eq!(program.post("/api/v1/incidents", json!({ "title": "x" })).await.0, StatusCode::FORBIDDEN);
    assert_eq!(program.post("/api/v1/me/factors/code", json!({})).await.0, StatusCode::FORBIDDEN);
    let revoke = format!("/api/v1/tokens/{}/revoke", first["id"].as_str().unwrap());
    assert_eq!(person.post(&revoke, json!({})).await.0, StatusCode::OK);
    assert_eq!(program.get("/api/v1/incidents").await.status(), StatusCode::UNAUTHORIZED);
    let audit = person.page("/api/v1/audit.ndjson").await;
    assert!(audit.lines().count() > 5 && !audit.contains(token) && !audit.contains("argon2"), "{audit}");
    assert!(!person.page("/api/v1/accounts").await.contains("argon2"));
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_comes_through_a_directory_that_is_not_trusted() {
    let (house, person) = administrator().await;
    assert_eq!(house.stranger().get("/login/oidc").await.status(), StatusCode::NOT_FOUND);
    let set = json!({ "issuer": "https://127.0.0.1:9", "client_id": "rempart", "client_secret": "hush-hush", "label": "the directory" });
    let (status, setting) = person.post("/api/v1/settings/directory", set).await;
    assert_eq!(status, StatusCode::CREATED, "{setting}");
    assert!(!person.page("/api/v1/audit.ndjson").await.contains("hush-hush"), "the secret is sealed");
    assert!(house.stranger().page("/login").await.contains("/login/oidc?next="));
    assert_eq!(house.stranger().get("/login/oidc").await.status(), StatusCode::BAD_GATEWAY);
    assert_eq!(person.post("/api/v1/directory/distrust", json!({})).await.0, StatusCode::OK);
    assert_eq!(house.stranger().get("/login/oidc").await.status(), StatusCode::FORBIDDEN);
    assert!(!house.stranger().page("/login").await.contains("/login/oidc"));
    assert_eq!(person.get("/people").await.status(), StatusCode::OK, "local accounts go on");
    assert_eq!(person.post("/api/v1/directory/trust", json!({})).await.0, StatusCode::OK);
    assert_eq!(house.stranger().get("/login/oidc").await.status(), StatusCode::BAD_GATEWAY);
}
