//! Style, script and mark of the console, embedded.
//!
//! Invariant: an address holds the hash of what it gives, so that a browser keeps it for ever and never an old one.

use std::sync::LazyLock;

use assess::Said;
use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};

use crate::permit::Permission;
use crate::problem::{Problem, Result};
use crate::route::Route;

/// An embedded file.
pub struct Asset {
    name: &'static str,
    kind: &'static str,
    text: String,
    hash: String,
}

impl Asset {
    fn new(name: &'static str, kind: &'static str, parts: &[&str]) -> Asset {
        let text = parts.concat();
        let digest = Sha256::digest(&text);
        let hash = digest.iter().take(8).fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
        Asset { name, kind, text, hash }
    }

    /// Its address.
    #[must_use]
    pub fn path(&self) -> String {
        format!("/look/{}/{}", self.hash, self.name)
    }
}

/// The style sheet: tokens, parts, rooms, phone, paper.
pub static STYLE: LazyLock<Asset> = LazyLock::new(|| {
    let parts =
        [include_str!("look/base.css"), include_str!("look/rooms.css"), include_str!("look/media.css")];
    Asset::new("console.css", "text/css; charset=utf-8", &parts)
});
/// The script: live updates, keys, what-if.
pub static SCRIPT: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new("console.js", "text/javascript; charset=utf-8", &[include_str!("look/console.js")])
});
/// The mark in the browser's tab.
pub static ICON: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("icon.svg", "image/svg+xml", &[include_str!("look/icon.svg")]));

pub(crate) fn routes() -> Vec<Route> {
    vec![Route::get("/look/{hash}/{name}", Permission::Nobody, give)]
}

async fn give(Path((_, name)): Path<(String, String)>) -> Result<Response> {
    let all = [&*STYLE, &*SCRIPT, &*ICON];
    let asset = all
        .into_iter()
        .find(|it| it.name == name)
        .ok_or_else(|| Problem::missing(Said::new("refusal-no-file")))?;
    let headers =
        [(header::CONTENT_TYPE, asset.kind), (header::CACHE_CONTROL, "public, max-age=31536000, immutable")];
    Ok((headers, asset.text.clone()).into_response())
}
