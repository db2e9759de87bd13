//! Requests that another site makes a browser send, and sessions that somebody else chose.

use reqwest::StatusCode;
use serde_json::json;

use crate::common::{Guest, House, PASSWORD};
use crate::forms::between;

/// One who may do everything.
async fn chief(house: &House) -> Guest {
    house.account("chief-1", "site-administrator", None).await;
    let person = house.person("chief-1").await;
    let all = person.json("/api/v1/accounts").await;
    let id = all[0]["account"]["id"].as_str().unwrap();
    for role in ["incident-commander", "responder"] {
        let (status, _) =
            person.post(&format!("/api/v1/accounts/{id}/grants"), json!({ "role": role })).await;
        assert_eq!(status, StatusCode::CREATED);
    }
    house.person("chief-1").await
}

#[tokio::test(flavor = "multi_thread")]
async fn no_write_is_done_for_another_site() {
    let house = House::empty().await;
    let chief = chief(&house).await;
    let other = house.person("chief-1").await;
    let foreign = between(&other.page("/declare").await, "name=\"_csrf\" value=\"", "\"");
    let writes: Vec<(String, String)> = console::addresses()
        .into_iter()
        .filter(|(method, _, _)| method != "GET")
        .map(|(method, path, _)| (method, path.replace("{service}", "none").replace(['{', '}'], "")))
        .collect();
    assert!(writes.len() > 60, "only {} writes", writes.len());
    let before = house.changes().await;
    let form = "application/x-www-form-urlencoded";
    let foreign = format!("_csrf={foreign}&title=x&name=x");
    for (method, path) in &writes {
        let open = ["/login", "/login/second", "/logout", "/w", "/setup/token"].contains(&path.as_str());
        let tricks: &[(&[(&str, &str)], &str)] = &[
            (&[("origin", "https://evil.example"), ("content-type", "application/json")], "{}"),
            (&[("origin", "null"), ("content-type", "application/json")], "{}"),
            (&[("sec-fetch-site", "cross-site"), ("content-type", "application/json")], "{}"),
            (&[("sec-fetch-site", "same-site"), ("content-type", form)], "title=x"),
            (&[("origin", "https://evil.example"), ("content-type", form)], &foreign),
            (&[], "{}"),
            (&[("content-type", form)], "title=x&name=x"),
            (&[("content-type", form)], &foreign),
            (&[("content-type", "text/plain")], "{}"),
            (
                &[("content-type", "multipart/form-data; boundary=X")],
                "--X\r\ncontent-disposition: form-data; name=\"file\"; filename=\"x\"\r\n\r\nx\r\n--X--\r\n",
            ),
        ];
        for (headers, body) in tricks {
            let said = headers.iter().any(|(name, _)| *name == "origin" || *name == "sec-fetch-site");
            // These are of whoever is nobody yet: they have no session whose mark they could bear.
            if (open || method == "PUT") && !said {
                continue;
            }
            let mut request = chief.client.request(method.parse().unwrap(), format!("{}{path}", house.url));
            for (name, value) in *headers {
                request = request.header(*name, *value);
            }
            let status = chief.with(request).body((*body).to_owned()).send().await.unwrap().status();
            // An address that takes no form of that sort, or has nothing of that name, is as good a refusal.
            let refused = [400, 403, 404, 415, 422].contains(&status.as_u16()) && (!said || status == 403);
            assert!(refused, "{method} {path} {headers:?}: {status}");
        }
    }
    assert_eq!(house.changes().await, before, "something was written for another site");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_is_new_at_each_log_in_and_the_one_before_ends() {
    let house = House::empty().await;
    house.account("nurse-17", "contributor", None).await;
    let chosen = "rempart=0000000000000000000000000000000000000000000";
    let mut victim = house.stranger();
    victim.cookies = chosen.to_owned();
    let log_in = async |guest: &Guest| {
        let form = [("name", "nurse-17"), ("password", PASSWORD), ("next", "/")];
        let request = guest.with(guest.client.post(format!("{}/login", house.url)));
        let response = request.form(&form).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::SEE_OTHER);
        let line = response.headers()["set-cookie"].to_str().unwrap().to_owned();
        for part in ["HttpOnly", "SameSite=Lax", "Path=/"] {
            assert!(line.contains(part), "{line}");
        }
        line.split(';').next().unwrap().to_owned()
    };
    let first = log_in(&victim).await;
    assert_ne!(first, chosen);
    assert_eq!(
        victim.get("/declare").await.status(),
        StatusCode::SEE_OTHER,
        "the one that was chosen opens nothing"
    );
    victim.cookies.clone_from(&first);
    assert_eq!(victim.get("/declare").await.status(), StatusCode::OK);
    let second = log_in(&victim).await;
    assert_ne!(first, second);
    assert_eq!(victim.get("/declare").await.status(), StatusCode::SEE_OTHER, "the one before has ended");
    victim.cookies = second;
    assert_eq!(victim.get("/declare").await.status(), StatusCode::OK);
    // A new password ends what the old one opened.
    let accounts = house.accounts().await;
    let link = accounts.reset_link("nurse-17").await.unwrap();
    let form = [("password", "another green corridor at dusk"), ("again", "another green corridor at dusk")];
    let reset =
        house.stranger().client.post(format!("{}{link}", house.url)).form(&form).send().await.unwrap();
    assert_eq!(reset.status(), StatusCode::SEE_OTHER);
    assert_eq!(victim.get("/declare").await.status(), StatusCode::SEE_OTHER);
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_passwords_slow_the_next_try_and_lock_nobody_out() {
    let house = House::empty().await;
    house.account("nurse-17", "contributor", None).await;
    let guest = house.stranger();
    let mut waits = Vec::new();
    for password in ["wrong", "wrong", "wrong", "wrong", PASSWORD] {
        let began = std::time::Instant::now();
        let form = [("name", "nurse-17"), ("password", password), ("next", "/")];
        let response = guest.client.post(format!("{}/login", house.url)).form(&form).send().await.unwrap();
        let good = response.status() == StatusCode::SEE_OTHER;
        assert_eq!(good, password == PASSWORD, "{}", response.status());
        waits.push(began.elapsed().as_secs_f64());
    }
    assert!(waits[3] >= 0.9 && waits[4] >= 0.9, "the next try waits: {waits:?}");
}
