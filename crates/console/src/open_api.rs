//! The API described (OpenAPI 3.1), made from the table of routes, and its readable page.
//!
//! Invariant: what the table does not hold is not described; what it holds under `/api/v1` is.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use axum::response::Response;
use maud::html;
use serde_json::{Value, json};

use crate::ask::Ask;
use crate::permit::Permission;
use crate::problem::Result;
use crate::route::Route;
use crate::{frame, routes};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get("/api/v1/openapi.json", Permission::Nobody, document).about("This description"),
        Route::get("/api/docs", Permission::Nobody, page),
    ]
}

static DOCUMENT: LazyLock<Value> = LazyLock::new(describe);

async fn document(ask: Ask) -> Result<Response> {
    ask.json(&*DOCUMENT)
}

fn describe() -> Value {
    let mut paths: BTreeMap<&str, Value> = BTreeMap::new();
    let mut schemas: BTreeMap<String, Value> = BTreeMap::new();
    for route in routes::table().iter().filter(|route| route.path.starts_with("/api/v1/")) {
        for (name, schema) in &route.schemas {
            schemas.insert(name.clone(), serde_json::to_value(schema).unwrap_or_default());
        }
        let operation = operation(route);
        let entry = paths.entry(route.path).or_insert_with(|| json!({}));
        entry[route.method.as_str().to_lowercase()] = operation;
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Rempart",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Everything that the screens do. Errors are application/problem+json (RFC 9457).",
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
        },
        "servers": [{ "url": "/" }],
        "security": [{ "token": [] }],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": { "token": { "type": "http", "scheme": "bearer" } },
            "responses": { "Problem": {
                "description": "Why it was not done, and what to do",
                "content": { "application/problem+json": { "schema": {
                    "type": "object",
                    "required": ["type", "title", "status", "detail"],
                    "properties": {
                        "type": { "type": "string" }, "title": { "type": "string" },
                        "status": { "type": "integer" }, "detail": { "type": "string" },
                    },
                } } },
            } },
        },
    })
}

fn operation(route: &Route) -> Value {
    let parameters: Vec<Value> = route
        .path
        .split('/')
        .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
        .map(|name| json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } }))
        .collect();
    let content = match &route.gives {
        Some((name, true)) => {
            json!({ "application/json": { "schema": { "type": "array", "items": reference(name) } } })
        }
        Some((name, false)) => json!({ "application/json": { "schema": reference(name) } }),
        None => json!({}),
    };
    let mut operation = json!({
        "summary": route.summary,
        "description": format!("Permission: {:?}; scope of a token: {}.", route.permission, route.permission.scope()),
        "parameters": parameters,
        "responses": {
            route.status.to_string(): { "description": "Done", "content": content },
            "default": { "$ref": "#/components/responses/Problem" },
        },
    });
    if route.permission == Permission::Nobody {
        operation["security"] = json!([]);
    }
    if let Some(name) = &route.takes {
        operation["requestBody"] =
            json!({ "required": true, "content": { "application/json": { "schema": reference(name) } } });
    }
    operation
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

async fn page(ask: Ask) -> Response {
    let paths = DOCUMENT["paths"].as_object().into_iter().flatten();
    let body = html! {
        h1 { (ask.say("api-title")) }
        p.lede { (ask.say("api-lede")) " " a href="/api/v1/openapi.json" { "openapi.json" } }
        @for (path, methods) in paths {
            @for (method, operation) in methods.as_object().into_iter().flatten() {
                section.sheet {
                    h2 { code { (method.to_uppercase()) " " (path) } }
                    p { (operation["summary"].as_str().unwrap_or_default()) }
                    p.soft { (operation["description"].as_str().unwrap_or_default()) }
                    @for (word, name) in [("api-takes", named(&operation["requestBody"]["content"])), ("api-gives", given(operation))] {
                        @if let Some(name) = name {
                            details { summary { (ask.say(word)) ": " (name) }
                                pre { (serde_json::to_string_pretty(&DOCUMENT["components"]["schemas"][&name]["properties"]).unwrap_or_default()) } }
                        }
                    }
                }
            }
        }
    };
    frame::plain(&ask, &ask.say("api-title"), body)
}

fn given(operation: &Value) -> Option<String> {
    operation["responses"].as_object()?.values().find_map(|it| named(&it["content"]))
}

fn named(content: &Value) -> Option<String> {
    let schema = &content["application/json"]["schema"];
    let name = schema["$ref"].as_str().or_else(|| schema["items"]["$ref"].as_str())?;
    name.rsplit('/').next().map(str::to_owned)
}
