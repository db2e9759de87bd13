//! A small identity provider on this machine: discovery, keys, log-in page, token endpoint with PKCE.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD, Engine};
use openidconnect::url::{Url, form_urlencoded};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

pub const CLIENT: &str = "rempart";
pub const SECRET: &str = "a secret / between two";

/// What a test makes go wrong.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Flaw {
    #[default]
    None,
    /// The discovery document is somewhere else.
    Moved,
    /// The discovery document is of another issuer.
    OtherIssuer,
    /// The discovery document never ends.
    Endless,
    /// The log-in page is a script.
    Script,
    /// The token is signed with a key that is not published.
    OtherKey,
    /// The token is not signed.
    Unsigned,
    /// The token is signed with the client's secret.
    ClientSecret,
    /// There is no ID token.
    NoToken,
}

pub struct Provider {
    pub issuer: String,
    /// Claims to lay over the usual ones; null takes one away.
    pub claims: Mutex<Value>,
    pub now: i64,
    /// Where browsers are sent back to.
    redirect: String,
    flaw: Flaw,
    key: EcdsaKeyPair,
    /// Of each code, what its log-in asked.
    codes: Mutex<HashMap<String, HashMap<String, String>>>,
}

fn key() -> EcdsaKeyPair {
    let random = SystemRandom::new();
    let bytes = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
    EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, bytes.as_ref(), &random).unwrap()
}

fn b64(bytes: impl AsRef<[u8]>) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

impl Provider {
    pub async fn start(flaw: Flaw, claims: Value, now: i64, redirect: &str) -> Arc<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        Self::start_as(listener, issuer, flaw, claims, now, redirect)
    }

    /// One that is known by another address than it listens on.
    pub fn start_as(
        listener: TcpListener,
        issuer: String,
        flaw: Flaw,
        claims: Value,
        now: i64,
        redirect: &str,
    ) -> Arc<Self> {
        let provider = Arc::new(Self {
            issuer,
            claims: Mutex::new(claims),
            now,
            redirect: redirect.to_owned(),
            flaw,
            key: key(),
            codes: Mutex::default(),
        });
        let serving = Arc::clone(&provider);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let serving = Arc::clone(&serving);
                tokio::spawn(async move { serving.answer(stream).await });
            }
        });
        provider
    }

    /// The person logs in over there: `state` and `code` of the address that the browser is sent back to.
    pub fn log_in(&self, address: &str) -> (String, String) {
        let address = Url::parse(address).unwrap();
        assert!(address.as_str().starts_with(&format!("{}/authorize?", self.issuer)), "{address}");
        let asked: HashMap<String, String> = address.query_pairs().into_owned().collect();
        assert_eq!(asked["response_type"], "code");
        assert_eq!(asked["client_id"], CLIENT);
        assert_eq!(asked["redirect_uri"], self.redirect);
        assert!(asked["scope"].starts_with("openid profile email"), "{asked:?}");
        assert_eq!(asked["code_challenge_method"], "S256");
        let state = asked["state"].clone();
        let code = format!("code-{}", self.codes.lock().unwrap().len());
        self.codes.lock().unwrap().insert(code.clone(), asked);
        (state, code)
    }

    /// What a browser shows over there: one link, by which the person is who they say.
    fn log_in_page(&self, path: &str) -> String {
        let (state, code) = self.log_in(&format!("{}{path}", self.issuer));
        let back = form_urlencoded::Serializer::new(format!("{}?", self.redirect))
            .append_pair("state", &state)
            .append_pair("code", &code)
            .finish();
        let back = back.replace('&', "&amp;");
        format!("<!doctype html><title>Directory</title><a id=\"me\" href=\"{back}\">I am nurse-17</a>")
    }

    async fn answer(&self, mut stream: TcpStream) {
        let mut text = Vec::new();
        let (head, body) = loop {
            let mut piece = [0; 4096];
            let read = stream.read(&mut piece).await.unwrap();
            text.extend_from_slice(&piece[..read]);
            let whole = String::from_utf8_lossy(&text).into_owned();
            let length: usize = header(&whole, "content-length").map_or(0, |length| length.parse().unwrap());
            match whole.split_once("\r\n\r\n") {
                Some((head, body)) if body.len() >= length => break (head.to_owned(), body.to_owned()),
                _ if read == 0 => return,
                _ => {}
            }
        };
        let path = head.split(' ').nth(1).unwrap_or_default();
        let mut kind = "application/json";
        let (status, more, mut answer) = if path.starts_with("/authorize?") {
            kind = "text/html";
            (200, "", self.log_in_page(path))
        } else {
            let (status, more, answer) = match path {
                "/.well-known/openid-configuration" => self.discovery(),
                "/keys" => (200, "", self.keys()),
                "/token" => self.token(&head, &body),
                _ => (404, "", json!({})),
            };
            (status, more, answer.to_string())
        };
        if self.flaw == Flaw::Endless {
            answer = format!("{}{answer}", " ".repeat(2 << 20));
        }
        let answer = format!(
            "HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\n{more}Content-Length: {}\r\n\
             Connection: close\r\n\r\n{answer}",
            answer.len()
        );
        // The client may hang up on an answer without end.
        let _ = stream.write_all(answer.as_bytes()).await;
    }

    fn discovery(&self) -> (u16, &'static str, Value) {
        let issuer = &self.issuer;
        let mut document = json!({
            "issuer": issuer, "authorization_endpoint": format!("{issuer}/authorize"),
            "token_endpoint": format!("{issuer}/token"), "jwks_uri": format!("{issuer}/keys"),
            "response_types_supported": ["code"], "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["ES256", "HS256", "none"],
        });
        match self.flaw {
            Flaw::Moved => return (302, "Location: /keys\r\n", document),
            Flaw::OtherIssuer => document["issuer"] = json!("https://id.example.org"),
            Flaw::Script => document["authorization_endpoint"] = json!("javascript:alert(1)"),
            _ => {}
        }
        (200, "", document)
    }

    fn keys(&self) -> Value {
        let point = self.key.public_key().as_ref();
        json!({ "keys": [{ "kty": "EC", "use": "sig", "crv": "P-256", "alg": "ES256", "kid": "1",
            "x": b64(&point[1..33]), "y": b64(&point[33..]) }] })
    }

    fn token(&self, head: &str, body: &str) -> (u16, &'static str, Value) {
        let form: HashMap<String, String> = form_urlencoded::parse(body.as_bytes()).into_owned().collect();
        let encoded = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
        let proof = BASE64_STANDARD.encode(format!("{}:{}", encoded(CLIENT), encoded(SECRET)));
        if header(head, "authorization") != Some(format!("Basic {proof}")) {
            return (401, "", json!({ "error": "invalid_client" }));
        }
        let Some(asked) = self.codes.lock().unwrap().remove(&form["code"]) else {
            return (400, "", json!({ "error": "invalid_grant", "error_description": "no such code" }));
        };
        let challenge = b64(Sha256::digest(&form["code_verifier"]));
        if form["redirect_uri"] != self.redirect || asked["code_challenge"] != challenge {
            return (400, "", json!({ "error": "invalid_grant", "error_description": "wrong verifier" }));
        }
        let mut claims = json!({
            "iss": self.issuer, "sub": "4711", "aud": CLIENT, "exp": self.now + 300, "iat": self.now,
            "nonce": asked["nonce"], "preferred_username": "nurse-17", "name": "Nurse 17",
            "email": "nurse-17@example.org", "email_verified": true, "groups": ["ward", "duty"],
        });
        for (name, value) in self.claims.lock().unwrap().as_object().unwrap() {
            if value.is_null() {
                claims.as_object_mut().unwrap().remove(name);
            } else {
                claims[name] = value.clone();
            }
        }
        let mut answer =
            json!({ "access_token": "x", "token_type": "Bearer", "id_token": self.sign(&claims) });
        if self.flaw == Flaw::NoToken {
            answer.as_object_mut().unwrap().remove("id_token");
        }
        (200, "", answer)
    }

    fn sign(&self, claims: &Value) -> String {
        let algorithm = match self.flaw {
            Flaw::Unsigned => "none",
            Flaw::ClientSecret => "HS256",
            _ => "ES256",
        };
        let header = json!({ "alg": algorithm, "kid": "1", "typ": "JWT" });
        let text = format!("{}.{}", b64(header.to_string()), b64(claims.to_string()));
        let random = SystemRandom::new();
        let signature = match self.flaw {
            Flaw::Unsigned => String::new(),
            Flaw::ClientSecret => {
                let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, SECRET.as_bytes());
                b64(ring::hmac::sign(&key, text.as_bytes()))
            }
            Flaw::OtherKey => b64(key().sign(&random, text.as_bytes()).unwrap()),
            _ => b64(self.key.sign(&random, text.as_bytes()).unwrap()),
        };
        format!("{text}.{signature}")
    }
}

fn header(head: &str, name: &str) -> Option<String> {
    head.lines()
        .filter_map(|line| line.split_once(": "))
        .find(|(found, _)| found.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.to_owned())
}
