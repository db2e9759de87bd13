//! Copies of the store by the clock: a bundle to a folder or a removable disk, the last few kept.
//!
//! Invariant: one word counts for where and how often, the configuration's before that of the page Settings; an older copy is removed only after a newer one stands; a copy that fails is noted where the others are,
//! and tried again within the hour.

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use assess::Said;
use jiff::{SignedDuration, Timestamp};
use store::entity::Backup;
use store::{Actor, Lock, copy_name, prune};

use crate::app::App;
use crate::problem::{Problem, Result};
use crate::settings;

/// Between two looks at the clock.
const BEAT: Duration = Duration::from_secs(60);
/// Longest wait after a copy that failed.
const AGAIN: SignedDuration = SignedDuration::from_hours(1);

/// Copies by the clock, as the server's configuration has them.
#[derive(Clone, Default)]
pub struct Copies {
    /// Where they go and how often; what the page Settings says, where absent.
    pub plan: Option<Plan>,
    /// Who may open them; without it none is made.
    pub lock: Option<Lock>,
}

/// Where copies go, how often, how many are kept.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Plan {
    /// Where they go.
    pub folder: PathBuf,
    /// Time between two.
    pub every: SignedDuration,
    /// How many are kept; at least one.
    pub keep: usize,
}

/// Without the lock, which may be a passphrase.
impl fmt::Debug for Copies {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Copies").field("plan", &self.plan).finish_non_exhaustive()
    }
}

/// What counts: the configuration's word, else that of the page Settings.
pub(crate) async fn plan(app: &App) -> Result<Option<Plan>> {
    if let Some(plan) = &app.config.copies.plan {
        return Ok(Some(plan.clone()));
    }
    let set = settings::read::<settings::Copies>(&app.store).await?;
    Ok(set.map(|it| Plan {
        folder: PathBuf::from(it.folder),
        every: SignedDuration::from_hours(it.hours.max(1).into()),
        keep: it.keep as usize,
    }))
}

/// Refuses a folder in which no copy could be made, by making a small file there.
pub(crate) async fn try_folder(folder: PathBuf) -> Result<()> {
    let tried = tokio::task::spawn_blocking(move || (folder.is_dir(), store::try_folder(&folder))).await;
    match tried.map_err(|error| Problem::inside(&error))? {
        (true, Ok(())) => Ok(()),
        (true, Err(error)) => {
            Err(Problem::bad(Said::new("refusal-copies-unwritable").with("why", error.to_string())))
        }
        (false, _) => Err(Problem::bad(Said::new("refusal-copies-no-folder"))),
    }
}

/// Makes copies when they are due, where any are wanted, until the process ends.
pub(crate) async fn work(app: App) {
    loop {
        if let Err(problem) = look(&app).await {
            tracing::error!(detail = problem.english(), "copies of the store cannot be looked after");
        }
        tokio::select! {
            () = tokio::time::sleep(BEAT) => {}
            () = app.copying.notified() => {}
        }
    }
}

/// Makes a copy where one is due.
async fn look(app: &App) -> Result<()> {
    let Some(lock) = &app.config.copies.lock else { return Ok(()) };
    let Some(plan) = plan(app).await? else { return Ok(()) };
    let now = Timestamp::now();
    let all = app.store.all::<Backup>().await?;
    let own: Vec<&Backup> =
        all.iter().filter(|it| Path::new(&it.file).parent() == Some(&plan.folder)).collect();
    if !is_due(&own, plan.every, now) {
        return Ok(());
    }
    let file = plan.folder.join(copy_name(now));
    let made = app.store.copy_to(&file, lock, &app.config.data).await;
    app.store.note_copy(&Actor::machine(), &file, made.as_ref(), now).await?;
    match made {
        Ok(_) => tracing::info!(file = %file.display(), "the store was copied"),
        Err(error) => {
            tracing::error!(file = %file.display(), %error, "the store could not be copied");
            return Ok(());
        }
    }
    if let Err(error) = prune(&plan.folder, plan.keep) {
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
