//! The view as a file: CSV or JSON, streamed page by page.
//!
//! Invariant: a million lines are never in memory at once; a cell that a spreadsheet would run is neutralised.

use assess::Said;
use axum::body::{Body, Bytes};
use axum::extract::{Path, Query};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use store::KeptSignal;
use tokio_stream::wrappers::ReceiverStream;

use super::line::{Line, Row, said};
use super::pages;
use super::view::{Aside, Asked, View};
use crate::ask::{Ask, LEVELS};
use crate::problem::{Problem, Result};
use crate::sheet::csv_line;

const COLUMNS: [&str; 11] = [
    "time",
    "kind",
    "level",
    "text",
    "who",
    "host",
    "asset",
    "rule",
    "techniques",
    "source",
    "false_because",
];

pub(super) async fn give(ask: Ask, Path(id): Path<String>, Query(asked): Query<Asked>) -> Result<Response> {
    let scene = ask.scene(&id).await?;
    let csv = match asked.format.as_str() {
        "csv" => true,
        "" | "json" => false,
        _ => return Err(Problem::bad(Said::new("refusal-format"))),
    };
    let mut view = View::of(asked, &scene)?;
    let lines = said(&ask, &scene).await?;
    let aside = Aside::read(&ask, &id).await?;
    let (send, receive) = tokio::sync::mpsc::channel::<std::io::Result<Bytes>>(2);
    tokio::spawn(async move {
        let mut first = true;
        let mut text = if csv { csv_line(&COLUMNS) } else { "[".to_owned() };
        loop {
            // An answer that is cut off says that it is not whole; it cannot say why any more.
            let Ok(slice) = pages(&ask, &id, &mut view, &lines, &aside).await else {
                let _ = send.send(Err(std::io::Error::other("the store does not answer"))).await;
                return;
            };
            for row in slice.rows {
                if csv {
                    text += &csv_row(&row);
                } else {
                    text += if first { "\n" } else { ",\n" };
                    text += &serde_json::to_string(&json_row(row)).unwrap_or_default();
                }
                first = false;
            }
            if slice.next.is_none() {
                break;
            }
            if send.send(Ok(Bytes::from(std::mem::take(&mut text)))).await.is_err() {
                return;
            }
        }
        text += if csv { "" } else { "\n]\n" };
        let _ = send.send(Ok(Bytes::from(text))).await;
    });
    let (kind, name) =
        if csv { ("text/csv; charset=utf-8", "timeline.csv") } else { ("application/json", "timeline.json") };
    let headers = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
    ];
    Ok((headers, Body::from_stream(ReceiverStream::new(receive))).into_response())
}

fn csv_row(row: &Row) -> String {
    match row {
        Row::Signal(it, reason) => csv_line(&[
            &it.time.map(|at| at.0.to_string()).unwrap_or_default(),
            "signal",
            word(it.level),
            &it.title,
            "",
            it.host.as_deref().unwrap_or_default(),
            it.asset.as_deref().unwrap_or_default(),
            &it.rule,
            &it.techniques.0.join(" "),
            &format!("{}#{}", it.path, it.record),
            reason.as_deref().unwrap_or_default(),
        ]),
        Row::Said(it) => {
            let kind = format!("{} {}", it.kind, it.what);
            csv_line(&[
                &it.at.to_string(),
                &kind,
                "",
                &it.text,
                &it.who,
                "",
                it.about.as_deref().unwrap_or_default(),
                "",
                "",
                &it.id,
                "",
            ])
        }
    }
}

/// A signal, or what somebody did.
#[derive(Serialize, utoipa::ToSchema)]
#[serde(untagged)]
pub(super) enum TimelineRow {
    /// What the evidence says.
    Signal {
        /// The signal.
        signal: KeptSignal,
        /// Why it is not what it seems, where somebody said so.
        false_because: Option<String>,
    },
    /// What somebody did.
    Line {
        /// What.
        line: Line,
    },
}

fn json_row(row: Row) -> TimelineRow {
    match row {
        Row::Signal(signal, false_because) => TimelineRow::Signal { signal: *signal, false_because },
        Row::Said(line) => TimelineRow::Line { line },
    }
}

fn word(level: i32) -> &'static str {
    usize::try_from(level).ok().and_then(|at| LEVELS.get(at)).copied().unwrap_or_default()
}
