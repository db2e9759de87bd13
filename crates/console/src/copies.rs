//! Copies of the store by the clock: a bundle to a folder or a removable disk, the last few kept.
//!
//! Invariant: an older copy is removed only after a newer one stands; a copy that fails is noted where the others are,
//! and tried again within the hour.

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use store::entity::Backup;
use store::{Actor, Lock, copy_name, prune};

use crate::app::App;
use crate::problem::Result;

/// Between two looks at the clock.
const BEAT: Duration = Duration::from_secs(60);
/// Longest wait after a copy that failed.
const AGAIN: SignedDuration = SignedDuration::from_hours(1);

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
    let file = copies.folder.join(copy_name(now));
    let made = app.store.copy_to(&file, &copies.lock, &app.config.data).await;
    app.store.note_copy(&Actor::machine(), &file, made.as_ref(), now).await?;
    match made {
        Ok(_) => tracing::info!(file = %file.display(), "the store was copied"),
        Err(error) => {
            tracing::error!(file = %file.display(), %error, "the store could not be copied");
            return Ok(());
        }
    }
    if let Err(error) = prune(&copies.folder, copies.keep) {
        tracing::warn!(%error, "an old copy could not be removed");
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

#[cfg(test)]
mod tests {
    use store::{Instant, new_id};

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
}
