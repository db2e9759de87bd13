//! What is kept while all is calm: the map and its history, wards' codes, settings, copies of the store.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use super::{AttachmentKind, AttachmentState, Record, record};
use crate::value::{Instant, Json};

record! {
    /// The map of the hospital at one time: all its files.
    "map_version" map_version => MapVersion, none, secret [] {
        /// From 1.
        number: i64,
        /// File name → text.
        files: Json,
        /// What changed, in the author's words.
        remark: String,
        /// Who.
        author: String,
        /// When.
        at: Instant,
    }
}
record! {
    /// A setting that people change in the console.
    "setting" setting => Setting, none, secret [] {
        /// Its value.
        value: Json,
    }
}
record! {
    /// A ward's own door: a printed code that opens its board and nothing else.
    "ward_code" ward_code => WardCode, none, secret [hash, sealed] {
        /// The care service.
        service: String,
        /// SHA-256 of the code.
        #[schema(ignore)]
        hash: String,
        /// The code under the key file, so that it can be printed again.
        #[schema(ignore)]
        sealed: String,
        /// When it was made.
        created_at: Instant,
        /// When it was taken back.
        revoked_at: Option<Instant>,
        /// When it was used last.
        used_at: Option<Instant>,
    }
}
record! {
    /// A kept file.
    "attachment" attachment => Attachment, none, secret [] {
        /// The incident that it belongs to.
        incident: Option<String>,
        /// What it is.
        kind: AttachmentKind,
        /// Lever, notice or other record that it shows.
        about: Option<String>,
        /// Name as given.
        name: String,
        /// Bytes announced.
        size: i64,
        /// Bytes arrived.
        arrived: i64,
        /// SHA-256, once whole.
        sha256: Option<String>,
        /// How far.
        state: AttachmentState,
        /// What was read and what was not (`assess::Reading`), or why it failed.
        reading: Option<Json>,
        /// Who brought it.
        author: String,
        /// When.
        at: Instant,
    }
}
record! {
    /// A copy of the store.
    "backup" backup => Backup, none, secret [] {
        /// When.
        at: Instant,
        /// Where to.
        file: String,
        /// Bytes.
        size: i64,
        /// SHA-256.
        sha256: String,
        /// Why it failed, where it did.
        error: Option<String>,
        /// When it was last restored for trial.
        tested_at: Option<Instant>,
    }
}
record! {
    /// Signals that are set aside: they stay in the list, and nothing rests on them.
    "suppression" suppression => Suppression, none, secret [] {
        /// Of this rule.
        rule: Option<String>,
        /// With this ATT&CK tactic.
        tactic: Option<String>,
        /// On this asset.
        asset: Option<String>,
        /// On this host.
        host: Option<String>,
        /// Why.
        reason: String,
        /// Who.
        author: String,
        /// When.
        at: Instant,
        /// Of events no later than this; without it, until it is lifted.
        until: Option<Instant>,
        /// Who lifted it.
        lifted_by: Option<String>,
        /// When it was lifted.
        lifted_at: Option<Instant>,
    }
}
