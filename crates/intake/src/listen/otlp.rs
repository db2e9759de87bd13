//! Logs of OpenTelemetry: requests in protobuf or JSON, one event a log record.
//!
//! A record becomes a flat JSON object: what its resource says, then its attributes, then `@timestamp`, `message`,
//! `severity` and the rest, under the names that other shippers use.
//!
//! Invariant: a record that is refused is counted in the answer, with the reason.

use std::sync::Arc;

use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use opentelemetry_proto::tonic::collector::logs::v1::{
    ExportLogsPartialSuccess, ExportLogsServiceRequest, ExportLogsServiceResponse,
};
use opentelemetry_proto::tonic::common::v1::any_value::Value as Any;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue};
use opentelemetry_proto::tonic::logs::v1::LogRecord;
use prost::Message;
use serde_json::{Map, Value};

use super::http::{Asker, Refusal, keep};
use super::{Intake, bulk};
use crate::event::Event;
use crate::identity;

const PROTOBUF: &str = "application/x-protobuf";

pub(super) async fn answer(
    intake: &Arc<Intake>,
    asker: Asker,
    headers: &HeaderMap,
    body: Vec<u8>,
) -> Result<Response, Refusal> {
    let media = headers.get(CONTENT_TYPE).and_then(|it| it.to_str().ok()).unwrap_or_default();
    if media.starts_with(PROTOBUF) {
        let request = ExportLogsServiceRequest::decode(body.as_slice())
            .map_err(|error| Refusal::Bad(error.to_string()))?;
        let answer = take(intake, &asker, request, &body).await?;
        return Ok(([(CONTENT_TYPE, PROTOBUF)], answer.encode_to_vec()).into_response());
    }
    if !media.starts_with("application/json") {
        return Err(Refusal::Bad(format!("send application/json or {PROTOBUF}")));
    }
    let request = serde_json::from_slice(&body).map_err(|error| Refusal::Bad(error.to_string()))?;
    let answer = take(intake, &asker, request, &body).await?;
    Ok(axum::Json(answer).into_response())
}

/// Keeps the records of a request; `bytes` are what was received, by which it is known again.
pub(super) async fn take(
    intake: &Intake,
    asker: &Asker,
    request: ExportLogsServiceRequest,
    bytes: &[u8],
) -> Result<ExportLogsServiceResponse, Refusal> {
    let known = identity::request(bytes);
    let (mut events, mut refused, mut reason) = (Vec::new(), 0, String::new());
    let records = request.resource_logs.into_iter().flat_map(|of_one| {
        let resource = of_one.resource.map(|it| it.attributes).unwrap_or_default();
        let records = of_one.scope_logs.into_iter().flat_map(|scope| scope.log_records);
        records.map(move |record| document(&resource, record)).collect::<Vec<_>>()
    });
    for (position, document) in records.enumerate() {
        let bytes = serde_json::to_vec(&document).map_err(|error| Refusal::Bad(error.to_string()))?;
        if let Some(host) = bulk::foreign(&document, &bytes, &asker.sender) {
            refused += 1;
            reason = format!("this token does not speak for {host}");
            continue;
        }
        if bytes.len() > intake.limits.event {
            refused += 1;
            reason = format!("a record is longer than {} bytes", intake.limits.event);
            continue;
        }
        let id = identity::in_request(&known, position as u64);
        events.push(Event { source: asker.source.clone(), id, bytes });
    }
    keep(intake, &asker.source, &events).await?;
    let partial = ExportLogsPartialSuccess { rejected_log_records: refused, error_message: reason };
    Ok(ExportLogsServiceResponse { partial_success: (refused > 0).then_some(partial) })
}

fn document(resource: &[KeyValue], record: LogRecord) -> Map<String, Value> {
    let mut document = Map::new();
    let instant =
        if record.time_unix_nano > 0 { record.time_unix_nano } else { record.observed_time_unix_nano };
    if let Ok(instant) = Timestamp::from_nanosecond(i128::from(instant))
        && instant > Timestamp::UNIX_EPOCH
    {
        document.insert("@timestamp".to_owned(), instant.to_string().into());
    }
    for it in resource.iter().chain(&record.attributes) {
        document.insert(it.key.clone(), value(it.value.clone()));
    }
    match value(record.body) {
        Value::Null => {}
        // A structured body is the log's own object.
        Value::Object(body) => document.extend(body),
        body => drop(document.insert("message".to_owned(), body)),
    }
    let texts = [
        ("severity", record.severity_text),
        ("event.name", record.event_name),
        ("trace.id", hex(&record.trace_id)),
        ("span.id", hex(&record.span_id)),
    ];
    for (name, text) in texts {
        if !text.is_empty() {
            document.insert(name.to_owned(), text.into());
        }
    }
    document
}

fn value(any: Option<AnyValue>) -> Value {
    match any.and_then(|it| it.value) {
        Some(Any::StringValue(text)) => text.into(),
        Some(Any::BoolValue(truth)) => truth.into(),
        Some(Any::IntValue(number)) => number.into(),
        Some(Any::DoubleValue(number)) => number.into(),
        Some(Any::BytesValue(bytes)) => STANDARD.encode(bytes).into(),
        Some(Any::ArrayValue(list)) => list.values.into_iter().map(|it| value(Some(it))).collect(),
        Some(Any::KvlistValue(list)) => {
            let fields = list.values.into_iter().map(|it| (it.key, value(it.value)));
            Value::Object(fields.collect())
        }
        _ => Value::Null,
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
