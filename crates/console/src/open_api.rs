//! The API described (OpenAPI 3.1), made from the table of routes, and its readable page.
//!
//! Invariant: what the table does not hold is not described; what it holds under `/api/v1` is.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use axum::http::Method;
use axum::response::Response;
use maud::{Markup, html};
use serde_json::{Value, json};

use crate::ask::Ask;
use crate::guard::SESSION;
use crate::permit::Permission;
use crate::problem::Result;
use crate::route::Route;
use crate::{frame, routes};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get("/api/v1/openapi.json", Permission::Nobody, document)
            .about("This description")
            .gives_named("Description"),
        Route::get("/api/docs", Permission::Nobody, page),
    ]
}

/// What an assessment is: the same as the JSON of `triage`.
const ASSESSMENT: &str = include_str!("../../../docs/assessment.schema.json");

static DOCUMENT: LazyLock<Value> = LazyLock::new(describe);

async fn document(ask: Ask) -> Result<Response> {
    ask.json(&*DOCUMENT)
}

fn describe() -> Value {
    let mut paths: BTreeMap<&str, Value> = BTreeMap::new();
    let mut schemas: BTreeMap<String, Value> = BTreeMap::new();
    schemas.insert("Assessment".to_owned(), serde_json::from_str(ASSESSMENT).unwrap_or_default());
    schemas.insert(
        "Description".to_owned(),
        json!({ "type": "object", "required": ["openapi", "info", "paths"] }),
    );
    schemas.insert("Problem".to_owned(), problem());
    for route in routes::table().iter().filter(|route| route.path.starts_with("/api/v1/")) {
        for (name, schema) in &route.schemas {
            schemas.insert(name.clone(), plain(serde_json::to_value(schema).unwrap_or_default()));
        }
        let entry = paths.entry(route.path).or_insert_with(|| json!({}));
        entry[route.method.as_str().to_lowercase()] = operation(route);
    }
    let responses: BTreeMap<&str, Value> =
        ERRORS.iter().map(|(name, _, about)| (*name, refusal(about))).collect();
    json!({
        "openapi": "3.1.0",
        "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
        "info": {
            "title": "Rempart",
            "version": env!("CARGO_PKG_VERSION"),
            "description": ABOUT,
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
        },
        "servers": [{ "url": "/" }],
        "security": [{ "token": [] }, { "session": [] }],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "token": { "type": "http", "scheme": "bearer" },
                "session": { "type": "apiKey", "in": "cookie", "name": SESSION },
            },
            "responses": responses,
        },
    })
}

/// A schema in which what may be absent fits also where anything fits: of `oneOf` only one may.
fn plain(schema: Value) -> Value {
    match schema {
        Value::Object(fields) => {
            let absent =
                |it: &Value| it.as_array().is_some_and(|all| all.iter().any(|it| it["type"] == "null"));
            let one = |(name, value): (String, Value)| {
                let name = if name == "oneOf" && absent(&value) { "anyOf".to_owned() } else { name };
                (name, plain(value))
            };
            Value::Object(fields.into_iter().map(one).collect())
        }
        Value::Array(all) => Value::Array(all.into_iter().map(plain).collect()),
        other => other,
    }
}

const ABOUT: &str = "Everything that the screens do. Errors are application/problem+json (RFC 9457). Lists come by \
pages: `limit` records, the next page is in `Link`. An answer to a read has an `ETag`; `If-None-Match` gets 304. \
`Idempotency-Key` makes a write safe to repeat; `If-Match` refuses one that comes too late.";

/// Refusals: name, status, when.
const ERRORS: &[(&str, &str, &str)] = &[
    ("Malformed", "400", "The address or its query cannot be read"),
    ("Unknown", "401", "No token, or one that has ended"),
    (
        "Forbidden",
        "403",
        "The roles or the token's scopes do not allow it, or the request comes from another site",
    ),
    ("Missing", "404", "There is no such thing"),
    ("Slow", "408", "The body took too long to arrive"),
    (
        "Conflict",
        "409",
        "It stands in the way of what is, or the idempotency key was used for another request",
    ),
    ("Stale", "412", "Somebody else changed it since: `version` is what stands now"),
    ("Large", "413", "The body is larger than this address takes"),
    ("Media", "415", "The body is of a media type that this address does not take"),
    ("Often", "429", "Too many at once: wait, then try again"),
    ("Wrong", "422", "Something in the body is missing or wrong"),
    (
        "Other",
        "default",
        "Anything else: 405, 421 under a name that is not ours, 500, 503, 507 on a full disk",
    ),
];

fn problem() -> Value {
    json!({
        "type": "object",
        "required": ["type", "title", "status", "detail"],
        "properties": {
            "type": { "type": "string", "pattern": "^urn:rempart:problem:[a-z-]+$" },
            "title": { "type": "string" },
            "status": { "type": "integer" },
            "detail": { "type": "string", "description": "What is particular to this request, and what to do" },
            "said": { "type": "string", "description": "The same in the reader's language, where that is not English" },
        },
    })
}

fn refusal(about: &str) -> Value {
    json!({
        "description": about,
        "content": { "application/problem+json": { "schema": reference("Problem") } },
    })
}

/// The refusals that a route may give.
fn refusals(route: &Route) -> impl Iterator<Item = (&'static str, Value)> {
    let open = route.permission == Permission::Nobody;
    let read = route.method == Method::GET;
    let named = route.path.contains('{');
    let (matched, resumes, asks) = (route.matched, route.resumes, !route.query.is_empty() || named);
    ERRORS
        .iter()
        .filter(move |(_, status, _)| match *status {
            "400" => asks,
            "401" => !open || !read,
            "403" => !open || !read,
            "404" => named || !read,
            "408" | "409" | "413" | "415" => !read,
            "412" => matched,
            "429" => resumes,
            _ => true,
        })
        .map(|(name, status, _)| (*status, json!({ "$ref": format!("#/components/responses/{name}") })))
}

fn operation(route: &Route) -> Value {
    let mut responses: BTreeMap<String, Value> =
        refusals(route).map(|(status, value)| (status.to_owned(), value)).collect();
    let tag = json!({ "schema": { "type": "string" } });
    let mut done = json!({ "description": "Done" });
    let content = content(route);
    if content.as_object().is_some_and(|it| !it.is_empty()) {
        done["content"] = content;
    }
    if route.status == 303 {
        done["headers"]["Location"] = tag.clone();
    } else if route.tagged() {
        done["headers"]["ETag"] = tag.clone();
    }
    if route.gives.as_ref().is_some_and(|(_, list)| *list) && route.tagged() {
        done["headers"]["Link"] = tag;
    }
    if route.or_made {
        responses.insert("201".to_owned(), done.clone());
    }
    responses.insert(route.status.to_string(), done);
    if route.tagged() {
        responses.insert("304".to_owned(), json!({ "description": "The reader has it already" }));
    }
    let mut operation = json!({
        "operationId": id(route),
        "tags": [subject(route.path)],
        "summary": route.summary,
        "description": format!("Permission: {:?}; scope of a token: {}.", route.permission, route.permission.scope()),
        "parameters": parameters(route),
        "responses": responses,
    });
    if route.permission == Permission::Nobody {
        operation["security"] = json!([]);
    }
    if let Some(kind) = route.body {
        operation["requestBody"] = json!({ "required": true, "content": { kind: {} } });
    }
    if let Some(name) = &route.takes {
        operation["requestBody"] =
            json!({ "required": true, "content": { "application/json": { "schema": reference(name) } } });
    }
    operation
}

/// What a good answer holds, by media type.
fn content(route: &Route) -> Value {
    let mut content = serde_json::Map::new();
    if let Some((name, list)) = &route.gives {
        let one = match route.once {
            [] => reference(name),
            fields => {
                let shown = fields.iter().map(|(field, kind)| ((*field).to_owned(), json!({ "type": kind })));
                let shown: serde_json::Map<String, Value> = shown.collect();
                json!({ "allOf": [reference(name), { "type": "object", "properties": shown }] })
            }
        };
        let schema = if *list { json!({ "type": "array", "items": one }) } else { one };
        content.insert("application/json".to_owned(), json!({ "schema": schema }));
    }
    for kind in &route.kinds {
        content.insert((*kind).to_owned(), json!({}));
    }
    Value::Object(content)
}

fn parameters(route: &Route) -> Vec<Value> {
    let one = |name: &str, place: &str, about: &str| {
        let mut it =
            json!({ "name": name, "in": place, "required": place == "path", "schema": { "type": "string" } });
        if !about.is_empty() {
            it["description"] = about.into();
        }
        it
    };
    let names = route.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    let mut all: Vec<Value> = names.map(|name| one(name, "path", "")).collect();
    all.extend(route.query.iter().map(|it| serde_json::to_value(it).unwrap_or_default()));
    if route.keyed() {
        all.push(one(
            "Idempotency-Key",
            "header",
            "The same key and body get the first answer again, for a day",
        ));
    }
    if route.matched {
        all.push(one("If-Match", "header", "The version that was seen, in quotes"));
    }
    if route.tagged() {
        all.push(one("If-None-Match", "header", "An ETag that the reader has"));
    }
    if route.resumes {
        all.push(one("Last-Event-ID", "header", "The last event seen; those after it come first"));
    }
    all
}

/// A name that is no other's: `post-incidents-id-tasks`.
fn id(route: &Route) -> String {
    let path = route.path.trim_start_matches("/api/v1/").replace(['{', '}'], "").replace(['/', '.'], "-");
    format!("{}-{path}", route.method.as_str().to_lowercase())
}

/// What it is about: the last word of its path that is a thing and no name.
fn subject(path: &str) -> &str {
    let mut parts = path.trim_start_matches("/api/v1/").split('/');
    let first = parts.next().unwrap_or_default();
    let first = first.split('.').next().unwrap_or_default();
    match (first, parts.nth(1)) {
        ("incidents", Some(inner)) => inner,
        _ => first,
    }
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

async fn page(ask: Ask) -> Response {
    let mut subjects: BTreeMap<&str, Vec<(&str, &str, &Value)>> = BTreeMap::new();
    for (path, methods) in DOCUMENT["paths"].as_object().into_iter().flatten() {
        for (method, operation) in methods.as_object().into_iter().flatten() {
            let subject = operation["tags"][0].as_str().unwrap_or_default();
            subjects.entry(subject).or_default().push((path, method, operation));
        }
    }
    let body = html! {
        h1 { (ask.say("api-title")) }
        p.lede { (ask.say("api-lede")) " " a href="/api/v1/openapi.json" { "openapi.json" } }
        p.soft { (ABOUT) }
        p.row { @for subject in subjects.keys() { a href={ "#" (subject) } { (subject) } " " } }
        @for (subject, operations) in &subjects {
            h2 id=(subject) { (subject) }
            @for (path, method, operation) in operations { (section(&ask, path, method, operation)) }
        }
    };
    frame::plain(&ask, &ask.say("api-title"), body)
}

fn section(ask: &Ask, path: &str, method: &str, operation: &Value) -> Markup {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let parameters = operation["parameters"].as_array().into_iter().flatten();
    html! {
        section.sheet id=(text(&operation["operationId"])) {
            h3 { code { (method.to_uppercase()) " " (path) } }
            p { (text(&operation["summary"])) }
            p.soft { (text(&operation["description"])) }
            dl.facts { @for it in parameters.filter(|it| it["in"] != "path") {
                dt.soft { code { (text(&it["name"])) } } dd { (text(&it["description"])) }
            } }
            @for (word, content) in [("api-takes", &operation["requestBody"]["content"]), ("api-gives", given(operation))] {
                @for (kind, media) in content.as_object().into_iter().flatten() {
                    @match named(&media["schema"]) {
                        Some(name) => { details { summary { (ask.say(word)) ": " (kind) " " (name) }
                            pre { (serde_json::to_string_pretty(&DOCUMENT["components"]["schemas"][&name]).unwrap_or_default()) } } }
                        None => { p.soft { (ask.say(word)) ": " (kind) } }
                    }
                }
            }
        }
    }
}

/// What a good answer holds.
fn given(operation: &Value) -> &Value {
    let responses = operation["responses"].as_object().into_iter().flatten();
    let mut good = responses.filter(|(status, _)| status.starts_with('2'));
    good.next().map_or(&Value::Null, |(_, response)| &response["content"])
}

/// The name of the schema that this one is, is a list of, or adds to.
fn named(schema: &Value) -> Option<String> {
    let inner = [schema, &schema["items"], &schema["allOf"][0], &schema["items"]["allOf"][0]];
    let name = inner.iter().find_map(|it| it["$ref"].as_str())?;
    name.rsplit('/').next().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_stands_for_two_schemas_or_two_operations() {
        let mut schemas: BTreeMap<String, Value> = BTreeMap::new();
        let mut ids = std::collections::BTreeSet::new();
        for route in routes::table().iter().filter(|it| it.path.starts_with("/api/v1/")) {
            assert!(ids.insert(id(route)), "{} is taken", id(route));
            for (name, schema) in &route.schemas {
                let schema = serde_json::to_value(schema).unwrap();
                let before = schemas.entry(name.clone()).or_insert_with(|| schema.clone());
                assert_eq!(*before, schema, "{name} stands for two schemas");
            }
        }
    }
}
