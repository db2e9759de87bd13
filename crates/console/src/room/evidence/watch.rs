//! A watched folder: files that stand still in it are brought to the open incident by themselves.
//!
//! Invariant: a file is copied, never moved or changed; the same bytes are brought to an incident once; links are not
//! followed. A log that still grows is no file for it: it is taken once nothing was added for a while.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use store::entity::{Attachment, AttachmentKind, AttachmentState, Incident, IncidentState};
use store::{Actor, Instant, new_id};

use super::arrival::{self, SIZE_MAX, hash, make, safe_name};
use super::{folder, give};
use crate::app::App;
use crate::clock;
use crate::desk::evidence_folder;
use crate::problem::{Problem, Result};

/// Seconds between two looks; a file that is alike in both stands still.
const EVERY: u64 = 5;

/// A file as it was seen: its size and when it was last written.
type Seen = BTreeMap<PathBuf, (u64, Option<SystemTime>)>;

/// Watches the folder that was named, where one was, until the process ends.
pub(crate) async fn work(app: App) {
    let Some(watched) = app.config.watch.clone() else { return };
    let (mut before, mut done) = (Seen::new(), BTreeSet::new());
    loop {
        match look(&app, &watched, &before, &mut done).await {
            Ok(seen) => before = seen,
            Err(problem) => {
                tracing::warn!(folder = %watched.display(), detail = problem.english(), "the watched folder cannot be read");
            }
        }
        tokio::time::sleep(Duration::from_secs(EVERY)).await;
    }
}

/// Brings what stands still and was not brought to the incident that is open now.
async fn look(
    app: &App,
    watched: &Path,
    before: &Seen,
    done: &mut BTreeSet<(String, PathBuf, u64, Option<SystemTime>)>,
) -> Result<Seen> {
    let incident = app.store.all::<Incident>().await?;
    let Some(incident) = incident.into_iter().rev().find(|it| it.state == IncidentState::Open) else {
        return Ok(Seen::new());
    };
    let seen = seen(watched).map_err(|error| Problem::inside(&error))?;
    for (path, state) in &seen {
        let mark = (incident.id.clone(), path.clone(), state.0, state.1);
        if before.get(path) == Some(state) && (1..=SIZE_MAX).contains(&state.0) && !done.contains(&mark) {
            bring(app, &incident, watched, path).await?;
            done.insert(mark);
        }
    }
    Ok(seen)
}

fn seen(watched: &Path) -> io::Result<Seen> {
    let files = give::files(watched)?.into_iter();
    Ok(files
        .map(|(path, size)| {
            let written = std::fs::metadata(watched.join(&path)).and_then(|it| it.modified()).ok();
            (path, (size, written))
        })
        .collect())
}

async fn bring(app: &App, incident: &Incident, watched: &Path, path: &Path) -> Result<()> {
    let files = evidence_folder(app, &incident.id).join("files");
    let taken = arrival::names(&files).map_err(|error| Problem::inside(&error))?;
    let name = safe_name(&path.to_string_lossy(), &taken);
    let id = new_id();
    let own = folder(app, &incident.id, &id);
    let copy = make(&own, &name).await?;
    let from = watched.join(path);
    let copied = tokio::task::spawn_blocking(move || -> io::Result<(u64, String)> {
        let (mut from, mut to) = (File::open(from)?, File::create(&copy)?);
        let size = io::copy(&mut from, &mut to)?;
        to.sync_all()?;
        Ok((size, hash(&copy)?))
    });
    let copied = copied.await.map_err(|error| Problem::inside(&error))?;
    let already = |sha256: &str, all: &[Attachment]| {
        all.iter()
            .any(|it| it.incident.as_deref() == Some(&incident.id) && it.sha256.as_deref() == Some(sha256))
    };
    let (size, sha256) = match copied {
        Ok((size, sha256)) if !already(&sha256, &app.store.all::<Attachment>().await?) => (size, sha256),
        // Brought before, or unreadable: what was copied goes.
        other => {
            tokio::fs::remove_dir_all(&own).await?;
            return other.map(|_| ()).map_err(Problem::from);
        }
    };
    let mut change = app.store.begin(&Actor::machine()).await?;
    let size = i64::try_from(size).unwrap_or(i64::MAX);
    let attachment = Attachment {
        id,
        version: 0,
        incident: Some(incident.id.clone()),
        kind: AttachmentKind::Evidence,
        about: None,
        name,
        size,
        arrived: size,
        sha256: Some(sha256),
        state: AttachmentState::Kept,
        reading: None,
        author: Actor::machine().name,
        at: Instant::from(clock::now(incident, Timestamp::now())),
    };
    change.add(attachment).await?;
    change.commit().await?;
    app.desk.wake();
    Ok(())
}
