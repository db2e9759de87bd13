//! What shippers ask before they send: version, licence, templates, health.
//!
//! Invariant: the answers let a shipper go on and promise nothing that is not there: no index, no search.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

/// Versions that are told, by what a client says it is compatible with.
const VERSIONS: [(&str, &str); 2] = [("9", "9.2.0"), ("8", "8.19.0")];

/// The answer to a probe, by the parts of its path.
pub(super) fn answer(method: &Method, path: &[&str], compatible: Option<&str>) -> (StatusCode, Value) {
    let asks = method == Method::GET || method == Method::HEAD;
    let ok = |value| (StatusCode::OK, value);
    match path {
        [] if asks => ok(root(compatible)),
        ["_license"] if asks => ok(json!({"license": license()})),
        ["_xpack"] if asks => ok(json!({
            "build": {}, "license": license(), "features": {"ilm": {"available": true, "enabled": true},
            "security": {"available": true, "enabled": true}}, "tagline": "You know, for X",
        })),
        ["_cluster", "health", ..] if asks => ok(json!({
            "cluster_name": "rempart", "status": "green", "timed_out": false, "number_of_nodes": 1,
            "number_of_data_nodes": 1, "active_primary_shards": 0, "active_shards": 0,
        })),
        ["_nodes", ..] if asks => ok(json!({"cluster_name": "rempart", "nodes": {}})),
        ["_security", "_authenticate"] if asks => {
            ok(json!({"username": "intake", "roles": ["intake"], "enabled": true}))
        }
        ["_security", "user", "_has_privileges"] => ok(json!({"has_all_requested": true})),
        ["_cat", ..] if asks => ok(json!([])),
        // What a shipper would set up if it were missing: it is there.
        [
            "_ilm"
            | "_index_template"
            | "_template"
            | "_component_template"
            | "_ingest"
            | "_data_stream"
            | "_slm"
            | "_alias",
            ..,
        ] if asks => ok(json!({})),
        [kind, ..] if known(kind) && method != Method::DELETE => ok(json!({"acknowledged": true})),
        [index] | [index, "_alias" | "_mapping" | "_settings"]
            if !index.starts_with('_') && method != Method::DELETE =>
        {
            ok(json!({"acknowledged": true, "shards_acknowledged": true, "index": index}))
        }
        _ => (
            StatusCode::NOT_FOUND,
            json!({"error": {"type": "resource_not_found_exception",
                "reason": "this is the intake of Rempart: it takes logs and answers no searches"}, "status": 404}),
        ),
    }
}

fn known(kind: &str) -> bool {
    ["_ilm", "_index_template", "_template", "_component_template", "_ingest", "_data_stream"].contains(&kind)
}

fn root(compatible: Option<&str>) -> Value {
    let version = VERSIONS.iter().find(|(major, _)| Some(*major) == compatible).unwrap_or(&VERSIONS[1]).1;
    json!({
        "name": "rempart", "cluster_name": "rempart", "cluster_uuid": "cmVtcGFydC1pbnRha2U",
        "version": {
            "number": version, "build_flavor": "default", "build_type": "tar", "build_hash": "0000000",
            "build_date": "2026-01-01T00:00:00.000Z", "build_snapshot": false, "lucene_version": "10.0.0",
            "minimum_wire_compatibility_version": "7.17.0", "minimum_index_compatibility_version": "7.0.0",
        },
        "tagline": "You Know, for Search",
    })
}

fn license() -> Value {
    json!({
        "status": "active", "uid": "00000000-0000-0000-0000-000000000000", "type": "basic", "mode": "basic",
        "issue_date": "2026-01-01T00:00:00.000Z", "issued_to": "rempart", "issuer": "rempart",
    })
}
