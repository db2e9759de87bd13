//! Copies of the store by the clock: a bundle to a folder or a removable disk, the last few kept.
//!
//! Invariant: an older copy is removed only after a newer one stands; a copy that fails is noted where the others are,
//! and tried again within the hour.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use store::entity::Backup;
use store::{Actor, Copied, Instant, Lock, new_id};

use crate::app::App;
use crate::problem::Result;

/// Between two looks at the clock.
const BEAT: Duration = Duration::from_secs(60);
/// Longest wait after a copy that failed.
const AGAIN: SignedDuration = SignedDuration::from_hours(1);
/// What the name of a copy begins and ends with; the time stands between.
const NAME: (&str, &str) = ("rempart-", ".bundle");

/// Copies by the clock.
#[derive(Clone)]
pub struct Copies {
    /// Where they go.
    pub folder: PathBuf,
    /// Time between two.
    pub every: SignedDuration,
    /// How many are kept; at least one.
    pub keep: usize,
    /// Who may open them.
    pub lock: Lock,
}

/// Without the lock, which may be a passphrase.
impl fmt::Debug for Copies {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Copies { folder, every, keep, .. } = self;
        out.debug_struct("Copies").field("folder", folder).field("every", every).field("keep", keep).finish()
    }
}

/// Makes copies when they are due, where any are wanted, until the process ends.
pub(crate) async fn work(app: App) {
    let Some(copies) = app.config.copies.clone() else { return };
    loop {
        if let Err(problem) = look(&app, &copies).await {
            tracing::error!(detail = problem.detail, "copies of the store cannot be looked after");
        }
        tokio::time::sleep(BEAT).await;
    }
}

/// Makes a copy where one is due.
async fn look(app: &App, copies: &Copies) -> Result<()> {
    let now = Timestamp::now();
    let all = app.store.all::<Backup>().await?;
    let own: Vec<&Backup> =
        all.iter().filter(|it| Path::new(&it.file).parent() == Some(&copies.folder)).collect();
    if !is_due(&own, copies.every, now) {
        return Ok(());
    }
    let file = copies.folder.join(format!("{}{}{}", NAME.0, now.strftime("%Y%m%dT%H%M%SZ"), NAME.1));
    let made = app.store.copy_to(&file, &copies.lock, &app.config.data).await;
    let error = made.as_ref().err().map(ToString::to_string);
    match &error {
        None => tracing::info!(file = %file.display(), "the store was copied"),
        Some(error) => tracing::error!(file = %file.display(), error, "the store could not be copied"),
    }
    let made = made.ok();
    note(app, &file, made.as_ref(), error, now).await?;
    if made.is_some() {
        prune(&copies.folder, copies.keep);
    }
    Ok(())
}

/// Whether the last copy is old enough, or the last try failed long enough ago.
fn is_due(own: &[&Backup], every: SignedDuration, now: Timestamp) -> bool {
    let Some(last) = own.last() else { return true };
    let wait = if last.error.is_some() { every.min(AGAIN) } else { every };
    // A clock that went back makes a copy rather than none for a long while.
    let age = now.duration_since(last.at.0);
    age >= wait || age.is_negative()
}

async fn note(
    app: &App,
    file: &Path,
    made: Option<&Copied>,
    error: Option<String>,
    now: Timestamp,
) -> Result<()> {
    let record = Backup {
        id: new_id(),
        version: 0,
        at: Instant::from(now),
        file: file.display().to_string(),
        size: made.map_or(0, |it| i64::try_from(it.size).unwrap_or(i64::MAX)),
        sha256: made.map(|it| it.sha256.clone()).unwrap_or_default(),
        error,
        tested_at: None,
    };
    let mut change = app.store.begin(&Actor::machine()).await?;
    change.add(record).await?;
    change.commit().await?;
    Ok(())
}

/// Removes all copies of ours but the last few: their names stand in order of time.
fn prune(folder: &Path, keep: usize) {
    let names = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.file_name());
    let mut ours: Vec<String> =
        names.filter_map(|name| name.into_string().ok()).filter(|it| is_ours(it)).collect();
    ours.sort_unstable();
    let old = ours.len().saturating_sub(keep.max(1));
    for name in &ours[..old] {
        if let Err(error) = fs::remove_file(folder.join(name)) {
            tracing::warn!(name, %error, "an old copy could not be removed");
        }
    }
}

/// Whether a file is a copy that was made by the clock: `rempart-20261122T031000Z.bundle`.
fn is_ours(name: &str) -> bool {
    let time = name.strip_prefix(NAME.0).and_then(|rest| rest.strip_suffix(NAME.1));
    time.is_some_and(|time| {
        time.len() == 16
            && time.char_indices().all(|(place, it)| match place {
                8 => it == 'T',
                15 => it == 'Z',
                _ => it.is_ascii_digit(),
            })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn copy(at: &str, error: Option<&str>) -> Backup {
        Backup {
            id: new_id(),
            version: 1,
            at: Instant::from(at.parse::<Timestamp>().unwrap()),
            file: "/copies/x".into(),
            size: 1,
            sha256: String::new(),
            error: error.map(str::to_owned),
            tested_at: None,
        }
    }

    #[test]
    fn a_copy_is_due_by_its_age_and_a_failed_one_within_the_hour() {
        let day = SignedDuration::from_hours(24);
        let now = "2026-11-22T03:00:00Z".parse().unwrap();
        for (last, error, due) in [
            ("2026-11-21T03:00:00Z", None, true),
            ("2026-11-21T03:00:01Z", None, false),
            ("2026-11-22T02:00:00Z", Some("the disk is away"), true),
            ("2026-11-22T02:00:01Z", Some("the disk is away"), false),
            ("2026-11-22T09:00:00Z", None, true),
        ] {
            assert_eq!(is_due(&[&copy(last, error)], day, now), due, "{last} {error:?}");
        }
        assert!(is_due(&[], day, now));
    }

    #[test]
    fn old_copies_go_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let names = [
            "rempart-20261119T030000Z.bundle",
            "rempart-20261120T030000Z.bundle",
            "rempart-20261121T030000Z.bundle",
            "rempart-by-hand.bundle",
            "holiday.jpg",
        ];
        for name in names {
            fs::write(folder.path().join(name), "x").unwrap();
        }
        prune(folder.path(), 2);
        let left: Vec<bool> = names.iter().map(|name| folder.path().join(name).exists()).collect();
        assert_eq!(left, [false, true, true, true, true]);
    }
}
