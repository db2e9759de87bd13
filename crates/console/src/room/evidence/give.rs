//! Giving a kept file back, to those who act; written down each time.
//!
//! Invariant: a file is a download, never a page: no type of its own, no script, no sniffing.

use std::io;
use std::path::{Path as Place, PathBuf};

use assess::Said;
use axum::body::Body;
use axum::extract::{Path, Query};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::json;
use tokio_util::io::ReaderStream;

use super::{folder, one};
use crate::ask::Ask;
use crate::permit::Permission;
use crate::problem::{Problem, Result};

/// Files of one attachment that are listed.
pub(super) const FILES_MAX: usize = 500;

#[derive(Deserialize, utoipa::IntoParams)]
pub(super) struct Which {
    /// Which of several files, from 0.
    #[serde(default)]
    n: usize,
}

pub(super) async fn file(
    ask: Ask,
    Path((id, attachment)): Path<(String, String)>,
    Query(which): Query<Which>,
) -> Result<Response> {
    let scene = ask.scene(&id).await?;
    ask.need(Permission::Act, scene.incident.site.as_deref())?;
    let it = one(&ask, &id, &attachment).await?;
    let folder = folder(&ask.app, &id, &it.id);
    let files = files(&folder).map_err(|error| Problem::inside(&error))?;
    let (name, size) =
        files.into_iter().nth(which.n).ok_or_else(|| Problem::missing(Said::new("refusal-file-gone")))?;
    let file = tokio::fs::File::open(folder.join(&name)).await.map_err(|error| Problem::inside(&error))?;
    let mut change = ask.begin().await?;
    let what = json!({ "name": it.name, "file": name.to_string_lossy(), "sha256": it.sha256 });
    change.tell("download", "attachment", &it.id, Some(&id), what).await?;
    change.commit().await?;
    let last = name.file_name().map(|it| it.to_string_lossy().into_owned()).unwrap_or_default();
    let safe: String = last
        .chars()
        .map(|it| if it.is_ascii_alphanumeric() || ".-_".contains(it) { it } else { '_' })
        .collect();
    let mut response = Body::from_stream(ReaderStream::new(file)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox"));
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(size));
    if let Ok(disposition) = HeaderValue::from_str(&format!("attachment; filename=\"{safe}\"")) {
        headers.insert(header::CONTENT_DISPOSITION, disposition);
    }
    Ok(response)
}

/// The files of a folder with their sizes, by name, at most [`FILES_MAX`]; links are not followed.
pub(super) fn files(folder: &Place) -> io::Result<Vec<(PathBuf, u64)>> {
    let (mut found, mut open) = (Vec::new(), vec![PathBuf::new()]);
    while let Some(within) = open.pop() {
        for entry in std::fs::read_dir(folder.join(&within))? {
            let entry = entry?;
            let (kind, path) = (entry.file_type()?, within.join(entry.file_name()));
            if kind.is_dir() {
                open.push(path);
            } else if kind.is_file() {
                found.push((path, entry.metadata()?.len()));
            }
        }
    }
    found.sort();
    found.truncate(FILES_MAX);
    Ok(found)
}
