//! The description of the API as a judge: every answer is held against what the description says of it.

use std::collections::BTreeSet;

use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};

use crate::common::{Guest, House};

/// The description, and what of it was seen to be true.
pub struct Contract {
    pub document: Value,
    /// Operations that gave a good answer, as `METHOD path`.
    pub seen: BTreeSet<String>,
}

/// One request: where, with which names in the path, what query.
pub struct Call<'a> {
    pub method: Method,
    pub path: &'a str,
    pub names: &'a [(&'a str, &'a str)],
    pub query: &'a str,
}

impl<'a> Call<'a> {
    pub fn get(path: &'a str, names: &'a [(&'a str, &'a str)]) -> Call<'a> {
        Call { method: Method::GET, path, names, query: "" }
    }

    pub fn post(path: &'a str, names: &'a [(&'a str, &'a str)]) -> Call<'a> {
        Call { method: Method::POST, path, names, query: "" }
    }

    /// The address, its names filled in.
    pub fn address(&self) -> String {
        let mut path = self.path.to_owned();
        for (name, value) in self.names {
            path = path.replace(&format!("{{{name}}}"), value);
        }
        assert!(!path.contains('{'), "{path} has a name that nobody fills in");
        if self.query.is_empty() { path } else { format!("{path}?{}", self.query) }
    }

    fn operation(&self) -> String {
        format!("{} {}", self.method, self.path)
    }
}

/// What came back.
pub struct Answer {
    pub status: StatusCode,
    pub kind: String,
    pub text: String,
    pub headers: reqwest::header::HeaderMap,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_default()
    }

    /// The word of the problem.
    pub fn word(&self) -> String {
        self.json()["type"].as_str().unwrap_or_default().rsplit(':').next().unwrap_or_default().to_owned()
    }
}

pub async fn answer(response: Response) -> Answer {
    let (status, headers) = (response.status(), response.headers().clone());
    let kind = headers.get("content-type").map(|it| it.to_str().unwrap().to_owned()).unwrap_or_default();
    Answer { status, kind, text: response.text().await.unwrap(), headers }
}

impl Contract {
    pub async fn of(house: &House) -> Contract {
        Contract { document: house.stranger().json("/api/v1/openapi.json").await, seen: BTreeSet::new() }
    }

    /// Every operation described, as `METHOD path`.
    pub fn operations(&self) -> BTreeSet<String> {
        let paths = self.document["paths"].as_object().unwrap();
        let of = |(path, methods): (&String, &Value)| {
            let methods = methods.as_object().unwrap().keys();
            methods.map(|method| format!("{} {path}", method.to_uppercase())).collect::<Vec<_>>()
        };
        paths.iter().flat_map(of).collect()
    }

    pub fn described(&self, call: &Call<'_>) -> &Value {
        let described = &self.document["paths"][call.path][call.method.as_str().to_lowercase()];
        assert!(described.is_object(), "{} is not described", call.operation());
        described
    }

    /// A reference followed.
    pub fn follow<'v>(&'v self, value: &'v Value) -> &'v Value {
        match value["$ref"].as_str() {
            Some(place) => self.document.pointer(place.trim_start_matches('#')).unwrap(),
            None => value,
        }
    }

    /// What of a value is not as a schema of the description says.
    pub fn faults(&self, schema: &Value, value: &Value) -> Vec<String> {
        let mut whole = schema.clone();
        whole["components"] = self.document["components"].clone();
        let judge = jsonschema::draft202012::new(&whole).unwrap();
        judge.iter_errors(value).map(|error| format!("{}: {error:.200}", error.instance_path())).collect()
    }

    /// Holds an answer against the description.
    pub fn judge(&mut self, call: &Call<'_>, answer: &Answer) {
        let what = format!("{} {}: {} {:.600}", call.operation(), call.address(), answer.status, answer.text);
        let responses = &self.described(call)["responses"];
        let response = match &responses[answer.status.as_str()] {
            Value::Null if answer.status.is_client_error() || answer.status.is_server_error() => {
                panic!("a refusal that is not described: {what}")
            }
            Value::Null => panic!("a good answer that is not described: {what}"),
            response => self.follow(response),
        };
        let essence = answer.kind.split(';').next().unwrap();
        match response["content"].as_object() {
            None => assert!(answer.text.is_empty(), "nothing should be in it: {what}"),
            Some(content) => {
                let media =
                    content.get(essence).unwrap_or_else(|| panic!("{essence} is not described: {what}"));
                if media["schema"].is_object() {
                    let value =
                        serde_json::from_str(&answer.text).unwrap_or_else(|_| panic!("no JSON: {what}"));
                    let faults = self.faults(&media["schema"], &value);
                    assert!(faults.is_empty(), "{faults:#?}\n{what}");
                }
            }
        }
        if answer.status == StatusCode::OK && responses["304"].is_object() && essence == "application/json" {
            assert!(answer.headers.contains_key("etag"), "an answer that may be kept has an ETag: {what}");
        }
        if answer.status.is_success() || answer.status.is_redirection() {
            self.seen.insert(call.operation());
        }
    }

    /// Sends a request and holds both it and its answer against the description.
    pub async fn send(&mut self, guest: &Guest, call: &Call<'_>, body: Option<&Value>) -> Answer {
        if let (Some(body), Some(content)) =
            (body, self.described(call)["requestBody"]["content"]["application/json"].as_object())
        {
            let faults = self.faults(&content["schema"], body);
            assert!(faults.is_empty(), "the request {} is not as described: {faults:#?}", call.operation());
        }
        let answer = ask(guest, call, body).await;
        self.judge(call, &answer);
        answer
    }
}

/// Sends a request, JSON where it has a body.
pub async fn ask(guest: &Guest, call: &Call<'_>, body: Option<&Value>) -> Answer {
    let mut request = guest.client.request(call.method.clone(), format!("{}{}", guest.url, call.address()));
    if call.method == Method::POST {
        let body = body.cloned().unwrap_or_else(|| json!({}));
        request = request.header("content-type", "application/json").body(body.to_string());
    }
    answer(guest.with(request).send().await.unwrap()).await
}
