//! Log-in through an identity provider, against one that follows the standard and one that does not.

use access::Key;
use access::oidc::{OidcError, Pending, Person, Provider, Settings};
use jiff::{Timestamp, ToSpan};
use serde_json::{Value, json};

use crate::provider::{CLIENT, Flaw, Provider as There, SECRET};

const REDIRECT: &str = "https://rempart.example.org/log-in/return";

const NOW: i64 = 1_700_000_000;

fn now() -> Timestamp {
    Timestamp::from_second(NOW).unwrap()
}

fn settings(issuer: &str) -> Settings {
    Settings {
        issuer: issuer.to_owned(),
        client_id: CLIENT.to_owned(),
        client_secret: Some(SECRET.to_owned()),
        redirect: REDIRECT.to_owned(),
        scopes: vec!["groups".to_owned()],
        groups_claim: "groups".to_owned(),
        authorities: None,
        proxy: None,
    }
}

/// A whole log-in, in which the provider has this flaw or these claims.
async fn log_in(flaw: Flaw, claims: Value) -> Result<Person, OidcError> {
    let there = There::start(flaw, claims, NOW, REDIRECT).await;
    let here = Provider::discover(settings(&there.issuer)).await?;
    let (address, pending) = here.begin(now());
    let (state, code) = there.log_in(&address);
    here.finish(pending, &state, &code, now()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_logs_in() {
    let there = There::start(Flaw::None, json!({}), NOW, REDIRECT).await;
    let here = Provider::discover(settings(&there.issuer)).await.unwrap();
    let (address, pending) = here.begin(now());
    let key = Key::from_bytes([7; 32]);
    let sealed = key.seal("log-in", &serde_json::to_vec(&pending).unwrap());
    let (state, code) = there.log_in(&address);

    // The other request may be served by another thread, which discovers anew.
    let issuer = there.issuer.clone();
    let person = tokio::spawn(async move {
        let here = Provider::discover(settings(&issuer)).await.unwrap();
        let pending: Pending = serde_json::from_slice(&key.open("log-in", &sealed).unwrap()).unwrap();
        assert!(!format!("{pending:?} {here:?}").contains(&state));
        here.finish(pending, &state, &code, now() + 4.minutes()).await
    })
    .await
    .unwrap()
    .unwrap();
    assert_eq!(
        person,
        Person {
            issuer: there.issuer.clone(),
            subject: "4711".to_owned(),
            login: Some("nurse-17".to_owned()),
            name: Some("Nurse 17".to_owned()),
            email: Some("nurse-17@example.org".to_owned()),
            email_verified: true,
            groups: Some(vec!["ward".to_owned(), "duty".to_owned()]),
        }
    );
}

#[tokio::test]
async fn claims_may_be_absent_or_of_another_shape() {
    let bare = json!({ "preferred_username": null, "name": null, "email": null,
        "email_verified": null, "groups": null });
    let person = log_in(Flaw::None, bare).await.unwrap();
    assert_eq!((person.login, person.name, person.email), (None, None, None));
    assert_eq!((person.email_verified, person.groups), (false, None));
    let groups = [
        (json!("ward"), Some(vec!["ward".to_owned()])),
        (json!([]), Some(vec![])),
        (json!(["ward", 3]), Some(vec!["ward".to_owned()])),
        (json!(7), None),
    ];
    for (claim, expected) in groups {
        assert_eq!(log_in(Flaw::None, json!({ "groups": claim })).await.unwrap().groups, expected);
    }
}

#[tokio::test]
async fn a_token_that_proves_nothing_is_refused() {
    let cases = [
        (Flaw::None, json!({ "nonce": "another" }), "nonce"),
        (Flaw::None, json!({ "nonce": null }), "nonce"),
        (Flaw::None, json!({ "aud": "another" }), "audience"),
        (Flaw::None, json!({ "aud": [CLIENT, "another"] }), "audience"),
        (Flaw::None, json!({ "azp": "another" }), "another client"),
        (Flaw::None, json!({ "iss": "https://id.example.org" }), "issuer"),
        (Flaw::None, json!({ "exp": NOW }), "expired"),
        (Flaw::None, json!({ "iat": NOW + 121 }), "to come"),
        (Flaw::OtherKey, json!({}), "Signature"),
        (Flaw::Unsigned, json!({}), "Signature"),
        (Flaw::ClientSecret, json!({}), "Signature"),
    ];
    for (flaw, claims, word) in cases {
        match log_in(flaw, claims.clone()).await {
            Err(OidcError::Token { why }) => assert!(why.contains(word), "{flaw:?} {claims}: {why}"),
            other => panic!("{flaw:?} {claims}: {other:?}"),
        }
    }
    for taken in [json!({ "exp": NOW + 1 }), json!({ "iat": NOW + 119 }), json!({ "azp": CLIENT })] {
        log_in(Flaw::None, taken).await.unwrap();
    }
}

#[tokio::test]
async fn only_the_browser_that_began_comes_back_and_in_time() {
    let there = There::start(Flaw::None, json!({ "exp": NOW + 86_400 }), NOW, REDIRECT).await;
    let here = Provider::discover(settings(&there.issuer)).await.unwrap();
    let (address, pending) = here.begin(now());
    let (state, code) = there.log_in(&address);
    for (state, later) in
        [("another", 0.minutes()), ("", 0.minutes()), (&state, 16.minutes()), (&state, -3.minutes())]
    {
        let answer = here.finish(pending.clone(), state, &code, now() + later).await;
        assert!(matches!(answer, Err(OidcError::Stale)), "{state} {later}: {answer:?}");
    }
    // Another log-in's code does not go with this one's verifier.
    let (other_address, _) = here.begin(now());
    let (_, other_code) = there.log_in(&other_address);
    match here.finish(pending.clone(), &state, &other_code, now()).await {
        Err(OidcError::Refused { why }) => assert!(why.contains("wrong verifier"), "{why}"),
        other => panic!("{other:?}"),
    }
    here.finish(pending.clone(), &state, &code, now() + 15.minutes()).await.unwrap();
    let again = here.finish(pending, &state, &code, now()).await;
    assert!(matches!(again, Err(OidcError::Refused { .. })), "a code is good once: {again:?}");
}

#[tokio::test]
async fn a_provider_that_does_not_keep_to_the_standard_is_not_followed() {
    for flaw in [Flaw::Moved, Flaw::OtherIssuer, Flaw::Script, Flaw::NoToken] {
        let answer = log_in(flaw, json!({})).await;
        assert!(matches!(answer, Err(OidcError::Answer { .. })), "{flaw:?}: {answer:?}");
    }
    match log_in(Flaw::Endless, json!({})).await {
        Err(OidcError::Unreachable { why }) => assert!(why.contains("longer than"), "{why}"),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn settings_that_cannot_be_used_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let empty = folder.path().join("empty.pem");
    std::fs::write(&empty, "nothing").unwrap();
    let good = settings("http://127.0.0.1:1");
    let cases = [
        ("issuer", Settings { issuer: "http://id.example.org".to_owned(), ..good.clone() }),
        ("issuer", Settings { issuer: "not an address".to_owned(), ..good.clone() }),
        ("return address", Settings { redirect: "http://rempart.example.org/".to_owned(), ..good.clone() }),
        ("file of authorities", Settings { authorities: Some(empty), ..good.clone() }),
        ("file of authorities", Settings { authorities: Some(folder.path().join("none")), ..good.clone() }),
        ("proxy", Settings { proxy: Some("::".to_owned()), ..good.clone() }),
    ];
    for (expected, settings) in cases {
        match Provider::discover(settings).await {
            Err(OidcError::Setting { setting, .. }) => assert_eq!(setting, expected),
            other => panic!("{expected}: {other:?}"),
        }
    }
    match Provider::discover(good).await {
        Err(error @ OidcError::Unreachable { .. }) => {
            assert!(error.to_string().contains("firewall"), "{error}");
        }
        other => panic!("{other:?}"),
    }
    let there = There::start(Flaw::None, json!({}), NOW, REDIRECT).await;
    let wrong = Settings { client_secret: Some("another".to_owned()), ..settings(&there.issuer) };
    let here = Provider::discover(wrong).await.unwrap();
    let (address, pending) = here.begin(now());
    let (state, code) = there.log_in(&address);
    match here.finish(pending, &state, &code, now()).await {
        Err(error @ OidcError::Refused { .. }) => {
            assert!(error.to_string().contains("our secret"), "{error}");
        }
        other => panic!("{other:?}"),
    }
}
