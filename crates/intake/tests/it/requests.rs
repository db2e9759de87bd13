//! Requests over real sockets: what shippers send, what they are answered, what is kept.

use std::io::Write;
use std::net::TcpListener;

use intake::Options;
use intake::listen::{Limits, http};
use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue, any_value};
use opentelemetry_proto::tonic::logs::v1::{LogRecord, ResourceLogs, ScopeLogs};
use opentelemetry_proto::tonic::resource::v1::Resource;
use prost::Message;
use reqwest::{Client, Method, Response, StatusCode};
use serde_json::{Value, json};

use crate::fake::Fake;
use crate::support::{Running, counts, options, running};

const NDJSON: &str = "application/x-ndjson";

struct Server {
    running: Running,
    url: String,
    client: Client,
}

fn serve_with(disk: Fake, options: Options, limits: Limits) -> Server {
    // Another library may have set it.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let running = running(disk, options, limits);
    let socket = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", socket.local_addr().expect("an address"));
    tokio::spawn(http::serve(running.intake.clone(), socket, None));
    Server { running, url, client: Client::new() }
}

fn serve() -> Server {
    serve_with(Fake::default(), options(), Limits::default())
}

impl Server {
    async fn send(&self, method: Method, path: &str, body: impl Into<reqwest::Body>) -> Response {
        let request = self.client.request(method, format!("{}{path}", self.url)).bearer_auth("s3cret");
        request.header("content-type", NDJSON).body(body).send().await.expect("an answer")
    }

    async fn bulk(&self, body: &str) -> Value {
        let response = self.send(Method::POST, "/_bulk", body.to_owned()).await;
        assert_eq!(response.status(), StatusCode::OK);
        json(response).await
    }
}

async fn json(response: Response) -> Value {
    serde_json::from_slice(&response.bytes().await.expect("a body")).expect("JSON")
}

fn statuses(answer: &Value) -> Vec<u64> {
    let items = answer["items"].as_array().expect("items").iter();
    items
        .map(|item| {
            item.as_object().expect("an action").values().next().expect("one")["status"]
                .as_u64()
                .expect("a status")
        })
        .collect()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).expect("packs");
    encoder.finish().expect("packs")
}

#[tokio::test(flavor = "multi_thread")]
async fn bulk_keeps_documents_and_refuses_the_rest_item_by_item() {
    let server = serve();
    let body = "{\"index\":{\"_index\":\"logs\",\"_id\":\"a\"}}\n{\"message\":\"one\"}\n\
                {\"create\":{}}\n{\"message\":\"two\"}\n{\"update\":{\"_id\":\"a\"}}\n{\"doc\":{}}\n\
                {\"delete\":{\"_id\":\"a\"}}\n{\"index\":{}}\nno JSON\n{\"index\":{}}\n{\"message\":\"three\"}\n";
    let answer = server.bulk(body).await;
    assert_eq!(statuses(&answer), [201, 201, 400, 400, 400, 201]);
    assert_eq!(answer["errors"], true);
    assert_eq!(answer["items"][0]["index"]["_id"], "a");
    assert_eq!(answer["items"][2]["update"]["error"]["type"], "illegal_argument_exception");
    let kept = ["{\"message\":\"one\"}", "{\"message\":\"two\"}", "{\"message\":\"three\"}"];
    assert_eq!(server.running.texts(), kept, "as they were sent");

    let again = server.bulk(body).await;
    assert_eq!(statuses(&again), [200, 200, 400, 400, 400, 200]);
    assert_eq!(again["items"][0]["index"]["result"], "noop");
    let told = counts(&server.running.spool);
    assert_eq!((told.acknowledged, told.stored, told.duplicates), (6, 3, 3));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_is_known_by_its_bytes_where_documents_have_no_id() {
    let server = serve();
    let body = "{\"index\":{}}\n{\"message\":\"GET /\"}\n{\"index\":{}}\n{\"message\":\"GET /\"}\n";
    assert_eq!(statuses(&server.bulk(body).await), [201, 201], "alike at two places is two");
    assert_eq!(statuses(&server.bulk(body).await), [200, 200], "the same request again is none");
    assert_eq!(statuses(&server.bulk(&format!("{body}\n{body}")).await), [201; 4]);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_address_and_way_that_shippers_use_is_taken() {
    let server = serve();
    let mut turn = 0;
    for (method, path) in [
        (Method::POST, "/_bulk"),
        (Method::PUT, "/_bulk"),
        (Method::POST, "/winlogbeat-9/_bulk?pipeline=x"),
        (Method::PUT, "/logs/_bulk"),
        (Method::POST, "/"),
    ] {
        turn += 1;
        let body = format!("{{\"index\":{{\"_id\":\"{turn}\"}}}}\n{{\"n\":{turn}}}\n");
        let packed = gzip(body.as_bytes());
        for (packing, body, status) in [("identity", body.into_bytes(), 201), ("gzip", packed, 200)] {
            let request = server.client.request(method.clone(), format!("{}{path}", server.url));
            let request = request.bearer_auth("s3cret").header("content-encoding", packing).body(body);
            let request = request
                .header("content-type", "application/vnd.elasticsearch+x-ndjson; compatible-with=9")
                .header("accept", "application/vnd.elasticsearch+json; compatible-with=9");
            let response = request.send().await.expect("an answer");
            assert_eq!(response.headers()["x-elastic-product"], "Elasticsearch");
            assert_eq!(
                response.headers()["content-type"],
                "application/vnd.elasticsearch+json;compatible-with=9"
            );
            assert_eq!(statuses(&json(response).await), [status], "{method} {path} {packing}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_are_taken_in_three_ways_and_nothing_without() {
    let server = serve();
    let get = || server.client.get(format!("{}/", server.url));
    let basic = get().basic_auth("elastic", Some("s3cret"));
    // `shipper:s3cret` and the token alone.
    let packed = get().header("authorization", "ApiKey c2hpcHBlcjpzM2NyZXQ=");
    let plain = get().header("authorization", "ApiKey s3cret");
    for request in [get().bearer_auth("s3cret"), basic, packed, plain] {
        assert_eq!(request.send().await.expect("an answer").status(), 200);
    }
    for request in [get(), get().bearer_auth("wrong"), get().basic_auth("s3cret", Some("wrong"))] {
        let response = request.send().await.expect("an answer");
        assert_eq!(response.status(), 401);
        assert_eq!(response.headers()["x-elastic-product"], "Elasticsearch");
    }
    let open = serve_with(Fake::default(), options(), Limits { without_token: true, ..Limits::default() });
    let url = format!("{}/_bulk", open.url);
    let body = "{\"index\":{}}\n{\"n\":1}\n";
    let response = open.client.post(&url).body(body).send().await.expect("an answer");
    assert_eq!(response.status(), 200);
    let (source, _) = open.running.spool.counts().remove(0);
    assert_eq!((&*source.name, &*source.authenticated_by), ("127.0.0.1", "none"));
    let wrong = open.client.post(&url).bearer_auth("wrong").body(body).send().await.expect("an answer");
    assert_eq!(wrong.status(), 401, "a token that is not good is never taken for none");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_speaks_for_its_hosts_alone() {
    let server = serve();
    let body = "{\"index\":{}}\n{\"host\":{\"name\":\"dc-1\"}}\n{\"index\":{}}\n{\"host\":{\"name\":\"pacs-1\"}}\n\
                {\"index\":{}}\n{\"winlog\":{\"computer_name\":\"pacs-1\"},\"host.name\":\"dc-1\"}\n\
                {\"index\":{}}\n{\"EventID\":4624,\"LogName\":\"Security\",\"ProviderName\":\"Microsoft-Windows-Security-Auditing\",\"TimeCreated\":\"2026-11-28T02:00:00Z\",\"MachineName\":\"pacs-1\"}\n";
    let request = server.client.post(format!("{}/_bulk", server.url)).bearer_auth("narrow").body(body);
    let answer = json(request.send().await.expect("an answer")).await;
    assert_eq!(statuses(&answer), [201, 403, 403, 403]);
    assert_eq!(answer["items"][1]["index"]["error"]["type"], "security_exception");
}

#[tokio::test(flavor = "multi_thread")]
async fn too_much_is_refused_with_the_status_that_shippers_know() {
    let limits = Limits { request: 1_000, event: 100, ..Limits::default() };
    let server = serve_with(Fake::default(), options(), limits);
    let long = format!("{{\"index\":{{}}}}\n{{\"m\":\"{}\"}}\n", "x".repeat(2_000));
    let response = server.send(Method::POST, "/_bulk", long.clone()).await;
    assert_eq!(response.status(), 413);
    let packed = server.client.post(format!("{}/_bulk", server.url)).bearer_auth("s3cret");
    let packed = packed.header("content-encoding", "gzip").body(gzip(long.as_bytes()));
    assert_eq!(packed.send().await.expect("an answer").status(), 413, "as large as it unpacks to");
    let one = format!(
        "{{\"index\":{{}}}}\n{{\"m\":\"{}\"}}\n{{\"index\":{{}}}}\n{{\"m\":\"short\"}}\n",
        "x".repeat(200)
    );
    assert_eq!(statuses(&server.bulk(&one).await), [413, 201], "one long event does not refuse the others");
    for bad in ["no action\n{}\n", "{\"index\":{}}\n", "{\"search\":{}}\n{}\n"] {
        assert_eq!(server.send(Method::POST, "/_bulk", bad).await.status(), 400, "{bad}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_spool_or_a_source_over_its_rate_is_told_to_come_back() {
    let body = |turn: usize| format!("{{\"index\":{{\"_id\":\"{turn}\"}}}}\n{{\"n\":{turn}}}\n");
    let full = serve_with(Fake::default(), Options { budget: 600, ..options() }, Limits::default());
    let fast = serve_with(Fake::default(), options(), Limits { rate: 1, ..Limits::default() });
    for server in [full, fast] {
        let mut kept = 0;
        let refused = loop {
            let response = server.send(Method::POST, "/_bulk", body(kept)).await;
            if response.status() != 200 {
                break response;
            }
            kept += 1;
        };
        assert_eq!(refused.status(), 429);
        assert!(refused.headers().contains_key("retry-after"));
        assert_eq!(json(refused).await["error"]["type"], "es_rejected_execution_exception");
        assert!((3..20).contains(&kept), "{kept}");
        assert_eq!(counts(&server.running.spool).stored, kept as u64, "what was answered for is kept");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_disk_answers_that_it_is_away() {
    let disk = Fake::default();
    let server = serve_with(disk.clone(), options(), Limits::default());
    disk.fail_syncs();
    for _ in 0..2 {
        let response = server.send(Method::POST, "/_bulk", "{\"index\":{}}\n{}\n").await;
        assert_eq!(response.status(), 503);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn probes_of_shippers_let_them_go_on() {
    let server = serve();
    let root = json(server.send(Method::GET, "/", "").await).await;
    assert!(root["version"]["number"].as_str().expect("a version").starts_with("8."));
    assert_eq!(root["tagline"], "You Know, for Search");
    for (method, path) in [
        (Method::HEAD, "/"),
        (Method::GET, "/_license"),
        (Method::GET, "/_xpack"),
        (Method::GET, "/_cluster/health"),
        (Method::GET, "/_nodes/http"),
        (Method::HEAD, "/_index_template/winlogbeat-9.2.0"),
        (Method::PUT, "/_index_template/winlogbeat-9.2.0"),
        (Method::GET, "/_ilm/policy/winlogbeat"),
        (Method::PUT, "/_ilm/policy/winlogbeat"),
        (Method::HEAD, "/_alias/filebeat"),
        (Method::PUT, "/filebeat-9"),
        (Method::HEAD, "/filebeat-9"),
        (Method::GET, "/_security/_authenticate"),
        (Method::PUT, "/_ingest/pipeline/filebeat"),
        (Method::PUT, "/_data_stream/logs-x"),
    ] {
        let response = server.send(method.clone(), path, "").await;
        assert_eq!(response.status(), 200, "{method} {path}");
        assert_eq!(response.headers()["x-elastic-product"], "Elasticsearch");
    }
    for (method, path) in
        [(Method::POST, "/logs/_search"), (Method::DELETE, "/logs"), (Method::GET, "/_unknown")]
    {
        assert_eq!(server.send(method.clone(), path, "{}").await.status(), 404, "{method} {path}");
    }
    let license = json(server.send(Method::GET, "/_license", "").await).await;
    assert_eq!(license["license"]["status"], "active");
}

fn otlp() -> ExportLogsServiceRequest {
    let text = |text: &str| Some(AnyValue { value: Some(any_value::Value::StringValue(text.to_owned())) });
    let attribute =
        |key: &str, value: &str| KeyValue { key: key.to_owned(), value: text(value), ..KeyValue::default() };
    let record = |body: &str| LogRecord {
        time_unix_nano: 1_795_834_800_000_000_000,
        severity_text: "WARN".to_owned(),
        body: text(body),
        attributes: vec![attribute("user.name", "nurse-17")],
        ..LogRecord::default()
    };
    let scope = ScopeLogs { log_records: vec![record("one"), record("one")], ..ScopeLogs::default() };
    let resource = Resource { attributes: vec![attribute("host.name", "pacs-1")], ..Resource::default() };
    let of_one =
        ResourceLogs { resource: Some(resource), scope_logs: vec![scope], ..ResourceLogs::default() };
    ExportLogsServiceRequest { resource_logs: vec![of_one] }
}

#[tokio::test(flavor = "multi_thread")]
async fn logs_of_opentelemetry_come_in_protobuf_and_json() {
    let server = serve();
    let url = format!("{}/v1/logs", server.url);
    let send = |media: &'static str, body: Vec<u8>, token: &'static str| {
        server.client.post(&url).bearer_auth(token).header("content-type", media).body(body).send()
    };
    let packed = otlp().encode_to_vec();
    let plain = serde_json::to_vec(&otlp()).expect("JSON");
    for round in 0..2 {
        let response = send("application/x-protobuf", packed.clone(), "s3cret").await.expect("an answer");
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "application/x-protobuf");
        assert_eq!(counts(&server.running.spool).stored, 2, "round {round}");
    }
    let response = send("application/json", plain.clone(), "s3cret").await.expect("an answer");
    assert_eq!(response.status(), 200);
    let first: Value = serde_json::from_str(&server.running.texts()[0]).expect("JSON");
    let expected = json!({"@timestamp": "2026-11-28T03:00:00Z", "host.name": "pacs-1", "user.name": "nurse-17",
                          "message": "one", "severity": "WARN"});
    assert_eq!(first, expected);
    let narrow = json(send("application/json", plain, "narrow").await.expect("an answer")).await;
    assert_eq!(narrow["partialSuccess"]["rejectedLogRecords"], 2);
    let bad = send("application/x-protobuf", b"\xff\xff".to_vec(), "s3cret").await.expect("an answer");
    assert_eq!(bad.status(), 400);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_uploaded_twice_counts_once() {
    let server = serve();
    let file =
        "Nov 28 02:10:00 srv-1 sshd[7]: Failed password for root from 192.0.2.7 port 22 ssh2\n".repeat(3);
    for round in 0..2_u64 {
        let response = server.send(Method::PUT, "/upload/auth.log", file.clone()).await;
        assert_eq!(response.status(), 200);
        let told = json(response).await;
        assert_eq!((&told["acknowledged"], &told["stored"]), (&json!(3), &json!(3 * (1 - round))), "{told}");
    }
    assert_eq!(server.running.texts().len(), 3, "identical lines at different places are distinct");
    assert!(server.running.texts()[0].contains("Failed password for root"));
}
