//! The door: who may come to which address, under which name, with what marks.

use crate::common::House;
use console::Permission;
use reqwest::StatusCode;
use serde_json::{Value, json};

/// What each role holds, said a second time, by hand.
const ROLES: &[(&str, &[Permission])] = {
    use Permission::{Act, Inspect, Intake, Keep, Lead, Tell, Write};
    &[
        ("viewer", &[]),
        ("contributor", &[Write]),
        ("responder", &[Write, Act, Intake]),
        ("incident-commander", &[Write, Act, Lead, Tell, Intake]),
        ("director", &[Write, Lead, Tell]),
        ("site-administrator", &[Write, Keep, Inspect, Intake]),
        ("auditor", &[Inspect]),
    ]
};

#[tokio::test(flavor = "multi_thread")]
async fn every_address_lets_in_whom_the_table_says_and_nobody_else() {
    let house = House::empty().await;
    let stranger = house.stranger();
    let table = console::addresses();
    assert!(table.len() > 60, "only {} addresses", table.len());
    for (role, held) in ROLES {
        house.account(role, role, None).await;
        let person = house.person(role).await;
        let token = house.program(&house.token(role, &["read", "write", "admin", "intake"]).await);
        let is_held = |permission: Permission| {
            matches!(permission, Permission::Nobody | Permission::Own | Permission::Ward | Permission::Read)
                || held.contains(&permission)
        };
        // What is refused first: of it nothing may be left in the audit, where every change is.
        let mut order: Vec<_> = table.iter().collect();
        order.sort_by_key(|(_, _, permission)| is_held(*permission));
        let refused = order.iter().filter(|(_, _, permission)| !is_held(*permission)).count();
        let before = house.changes().await;
        for (at, (method, path, permission)) in order.into_iter().enumerate() {
            if at == refused {
                assert_eq!(house.changes().await, before, "what {role} was refused changed something");
            }
            let path = path.replace("{id}", "none").replace("{service}", "none").replace(['{', '}'], "");
            // What anybody may ask for may still be refused by the room: a door to a directory that is not set up.
            if *permission == Permission::Nobody
                || path == "/api/v1/events"
                || path.contains("/me/")
                || path == "/logout"
            {
                continue;
            }
            let may = is_held(*permission);
            for guest in [&person, &token] {
                let request = guest.client.request(method.parse().unwrap(), format!("{}{path}", house.url));
                let request = request.header("content-type", "application/json").body("{}");
                let status = guest.with(request).send().await.unwrap().status();
                let refused = status == StatusCode::FORBIDDEN;
                assert_eq!(refused, !may, "{role} {method} {path}: {status}");
            }
            let request = stranger.client.request(method.parse().unwrap(), format!("{}{path}", house.url));
            let status =
                request.header("content-type", "application/json").body("{}").send().await.unwrap().status();
            let turned_away = status == StatusCode::UNAUTHORIZED || status == StatusCode::SEE_OTHER;
            if *permission != Permission::Nobody {
                assert!(turned_away, "a stranger at {method} {path}: {status}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_is_not_ours_gets_421_and_every_answer_carries_the_policy() {
    let house = House::empty().await;
    let guest = house.stranger();
    for (host, status) in
        [("evil.example", 421), ("localhost", 303), ("127.0.0.1", 303), ("127.0.0.1.evil.example:80", 421)]
    {
        let response = guest.client.get(&house.url).header("host", host).send().await.unwrap();
        assert_eq!(response.status().as_u16(), status, "{host}");
        let policy = response.headers()["content-security-policy"].to_str().unwrap();
        for part in ["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"] {
            assert!(policy.contains(part), "{policy}");
        }
        assert_eq!(response.headers()["x-content-type-options"], "nosniff");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_of_another_session_is_refused() {
    let house = House::empty().await;
    house.account("responder-1", "responder", None).await;
    let person = house.person("responder-1").await;
    let other = house.person("responder-1").await;
    let page = other.page("/declare").await;
    let mark = page.split("name=\"_csrf\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    for mark in ["", "x", &mark] {
        let form = [("_csrf", mark), ("title", "a trick")];
        let request = person.with(person.client.post(format!("{}/api/v1/incidents", house.url))).form(&form);
        assert_eq!(request.send().await.unwrap().status(), StatusCode::FORBIDDEN);
    }
    let request = person.with(person.client.post(format!("{}/api/v1/incidents", house.url)));
    let request = request.header("sec-fetch-site", "cross-site").header("content-type", "application/json");
    let status = request.body(json!({ "title": "a trick" }).to_string()).send().await.unwrap().status();
    assert_eq!(status, StatusCode::FORBIDDEN);
    assert_eq!(person.json("/api/v1/incidents").await, json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn scopes_and_sites_bound_what_a_token_and_a_person_may_do() {
    let house = House::demonstration().await;
    let visitor = house.visitor().await;
    let incidents = visitor.json("/api/v1/incidents").await;
    let id = incidents[0]["id"].as_str().unwrap().to_owned();
    house.account("commander-n", "incident-commander", Some("north")).await;
    let reader = house.program(&house.token("commander-n", &["read"]).await);
    let writer = house.program(&house.token("commander-n", &["write"]).await);
    let decision = json!({ "title": "Keep to paper" });
    let path = format!("/api/v1/incidents/{id}/decisions");
    assert_eq!(reader.get(&format!("/api/v1/incidents/{id}")).await.status(), StatusCode::OK);
    assert_eq!(reader.post(&path, decision.clone()).await.0, StatusCode::FORBIDDEN);
    let (status, body) = writer.post(&path, decision).await;
    assert_eq!(status, StatusCode::FORBIDDEN, "the incident is the whole group's: {body}");
    let wrong = house.program("rmp_0000000000000000000000000000000000000000000");
    assert_eq!(wrong.get("/api/v1/incidents").await.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_set_up_link_works_once_and_its_file_goes() {
    let house = House::empty().await;
    let link = house.lines.iter().find_map(|line| line.strip_prefix("setup: ")).unwrap();
    let file = house.data().join("setup-url");
    assert_eq!(std::fs::read_to_string(&file).unwrap().trim(), link);
    let guest = house.stranger();
    assert_eq!(guest.client.get(link).send().await.unwrap().status(), StatusCode::OK);
    let form = |again: &str| {
        [
            ("name", "administrator-1".to_owned()),
            ("password", crate::common::PASSWORD.to_owned()),
            ("again", again.to_owned()),
        ]
    };
    let send = async |again: &str| guest.client.post(link).form(&form(again)).send().await.unwrap().status();
    assert_eq!(send("something else").await, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(file.exists(), "a refused form uses up nothing");
    assert_eq!(send(crate::common::PASSWORD).await, StatusCode::SEE_OTHER);
    assert!(!file.exists());
    assert_eq!(send(crate::common::PASSWORD).await, StatusCode::GONE);
    house.person("administrator-1").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_description_of_the_api_names_every_address_under_it() {
    let house = House::empty().await;
    let document: Value = house.stranger().json("/api/v1/openapi.json").await;
    assert_eq!(document["openapi"], "3.1.0");
    for (method, path, _) in console::addresses().into_iter().filter(|it| it.1.starts_with("/api/v1/")) {
        let operation = &document["paths"][&path][method.to_lowercase()];
        assert!(
            operation["summary"].as_str().is_some_and(|it| !it.is_empty()),
            "{method} {path} is not described"
        );
    }
    let text = document.to_string();
    for name in text.split("#/components/schemas/").skip(1).filter_map(|rest| rest.split('"').next()) {
        assert!(document["components"]["schemas"][name].is_object(), "{name} is named and not described");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_readable_page_of_the_api_names_every_operation_and_fetches_nothing_from_elsewhere() {
    let house = House::empty().await;
    let stranger = house.stranger();
    let response = stranger.get("/api/docs").await;
    assert_eq!(response.status(), StatusCode::OK);
    let policy = response.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
    let page = response.text().await.unwrap();
    let document = stranger.json("/api/v1/openapi.json").await;
    for methods in document["paths"].as_object().unwrap().values() {
        for operation in methods.as_object().unwrap().values() {
            let id = operation["operationId"].as_str().unwrap();
            assert!(page.contains(&format!("id=\"{id}\"")), "{id} is not on the page");
        }
    }
    for link in page.split("href=\"").skip(1).chain(page.split("src=\"").skip(1)) {
        assert!(link.starts_with('/') || link.starts_with('#'), "it leads elsewhere: {link:.80}");
    }
    assert!(!page.contains(" style=\"") && !page.contains("<style") && !page.contains("<script>"));
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_proxy_that_was_named_speaks_for_its_callers() {
    for (proxies, said) in [(vec![], "127.0.0.1"), (vec!["127.0.0.1".parse().unwrap()], "198.51.100.7")] {
        let folder = std::sync::Arc::new(tempfile::tempdir().unwrap());
        let mut config = crate::common::config(&folder);
        config.proxies = proxies;
        let house = House::of(config, crate::common::rooms(false), folder).await;
        house.account("admin-1", "site-administrator", None).await;
        let form = [("name", "nobody-1"), ("password", "wrong"), ("next", "/")];
        let request = house.stranger().client.post(format!("{}/login", house.url)).form(&form);
        // What a caller made up stands first; the proxy's own word is the last.
        let request = request.header("x-forwarded-for", "203.0.113.9, 198.51.100.7");
        assert_eq!(request.send().await.unwrap().status(), StatusCode::UNPROCESSABLE_ENTITY);
        let lines = house.person("admin-1").await.json("/api/v1/audit?verb=refused").await;
        assert_eq!((&lines[0]["actor"], &lines[0]["address"]), (&json!("nobody-1"), &json!(said)));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn over_tls_cookies_stay_there_and_a_silent_caller_is_hung_up_on() {
    use tokio::io::AsyncReadExt as _;
    let folder = std::sync::Arc::new(tempfile::tempdir().unwrap());
    let mut config = crate::common::config(&folder);
    config.tls = console::Tls::SelfSigned;
    let house = House::of(config, crate::common::rooms(false), folder).await;
    assert!(house.url.starts_with("https://"), "{}", house.url);
    house.account("nurse-17", "contributor", None).await;
    let address = house.url.trim_start_matches("https://").to_owned();
    let mut silent = tokio::net::TcpStream::connect(&address).await.unwrap();
    let client = reqwest::Client::builder().no_proxy().danger_accept_invalid_certs(true);
    let client = client.redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let form = [("name", "nurse-17"), ("password", crate::common::PASSWORD), ("next", "/")];
    let response = client.post(format!("{}/login", house.url)).form(&form).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::SEE_OTHER);
    let cookie = response.headers()["set-cookie"].to_str().unwrap();
    assert!(cookie.ends_with("; Secure") || cookie.contains("; Secure;"), "{cookie}");
    assert_eq!(response.headers()["strict-transport-security"], "max-age=31536000");
    let plain = reqwest::Client::builder().no_proxy().build().unwrap();
    assert!(
        plain.get(format!("http://{address}/login")).send().await.is_err(),
        "nothing is said in the clear"
    );
    let mut buffer = [0; 16];
    let ended = tokio::time::timeout(std::time::Duration::from_secs(20), silent.read(&mut buffer)).await;
    assert!(matches!(ended, Ok(Ok(0) | Err(_))), "{ended:?}");
}
