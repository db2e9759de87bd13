//! Where the console stands between its start and its end, and whether it should be given work.
//!
//! Invariant: it goes from starting to serving to stopping and never back; whatever waits without end (a stream of
//! events) waits for [`Life::stopping`] too.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde::Serialize;
use store::{Error, Store};
use tokio_util::sync::CancellationToken;

/// Below so many bytes free the disk is full: a change and its journal may not fit.
const FULL: u64 = 32 << 20;
/// A store that is silent for so long does not answer.
const PATIENCE: Duration = Duration::from_secs(2);

/// See the module.
#[derive(Default)]
pub struct Life {
    serving: AtomicBool,
    stopping: CancellationToken,
}

/// Where it stands.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Phase {
    Starting,
    Serving,
    Stopping,
}

/// How the store is.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Answer {
    Answers,
    Full,
    Silent,
}

/// How much room the data folder's disk has.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Room {
    Enough,
    Full,
    Unknown,
}

/// Whether it should be given work, and what stands against it.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
pub(crate) struct Readiness {
    pub(crate) ready: bool,
    pub(crate) phase: Phase,
    pub(crate) store: Answer,
    pub(crate) disk: Room,
}

impl Life {
    /// From now on requests are answered.
    pub(crate) fn serve(&self) {
        self.serving.store(true, Ordering::Release);
    }

    /// From now on no work is taken; streams end.
    pub(crate) fn stop(&self) {
        self.stopping.cancel();
    }

    /// Done once it stops.
    pub(crate) async fn stopping(&self) {
        self.stopping.cancelled().await;
    }

    fn phase(&self) -> Phase {
        match self.serving.load(Ordering::Acquire) {
            _ if self.stopping.is_cancelled() => Phase::Stopping,
            true => Phase::Serving,
            false => Phase::Starting,
        }
    }

    /// Whether it should be given work.
    pub(crate) async fn readiness(&self, store: &Store, data: &Path) -> Readiness {
        let answer = tokio::time::timeout(PATIENCE, store.ping()).await;
        Readiness::of(self.phase(), answer.ok(), free(data))
    }
}

impl Readiness {
    fn of(phase: Phase, answer: Option<Result<(), Error>>, free: Option<u64>) -> Readiness {
        let store = match answer {
            Some(Ok(())) => Answer::Answers,
            Some(Err(Error::Full)) => Answer::Full,
            Some(Err(_)) | None => Answer::Silent,
        };
        let disk = match free {
            None => Room::Unknown,
            Some(bytes) if bytes < FULL => Room::Full,
            Some(_) => Room::Enough,
        };
        let ready = phase == Phase::Serving && store == Answer::Answers && disk != Room::Full;
        Readiness { ready, phase, store, disk }
    }
}

/// Bytes free on a folder's disk for those who are not root; unknown where the system does not say.
pub(crate) fn free(folder: &Path) -> Option<u64> {
    let disk = rustix::fs::statvfs(folder).ok()?;
    disk.f_bavail.checked_mul(disk.f_frsize)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ready_is_serving_with_a_store_that_answers_and_room_on_the_disk() {
        let silent = || Err(Error::Database("gone".to_owned()));
        let (enough, none) = (Some(1 << 40), Some(0));
        for (phase, answer, free, said) in [
            (Phase::Serving, Some(Ok(())), enough, "true serving answers enough"),
            (Phase::Serving, Some(Ok(())), None, "true serving answers unknown"),
            (Phase::Starting, Some(Ok(())), enough, "false starting answers enough"),
            (Phase::Stopping, Some(Ok(())), enough, "false stopping answers enough"),
            (Phase::Serving, Some(silent()), enough, "false serving silent enough"),
            (Phase::Serving, None, enough, "false serving silent enough"),
            (Phase::Serving, Some(Err(Error::Full)), none, "false serving full full"),
            (Phase::Serving, Some(Ok(())), Some(FULL - 1), "false serving answers full"),
        ] {
            let json = serde_json::to_value(Readiness::of(phase, answer, free)).unwrap();
            let text = |name: &str| json[name].as_str().unwrap().to_owned();
            let told = format!("{} {} {} {}", json["ready"], text("phase"), text("store"), text("disk"));
            assert_eq!(told, said);
        }
    }

    #[test]
    fn it_never_goes_back() {
        let life = Life::default();
        assert_eq!(life.phase(), Phase::Starting);
        life.serve();
        assert_eq!(life.phase(), Phase::Serving);
        life.stop();
        life.serve();
        assert_eq!(life.phase(), Phase::Stopping);
    }

    #[tokio::test]
    async fn a_closed_store_and_a_missing_folder_are_told() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&store::sqlite_url(folder.path())).await.unwrap();
        let life = Life::default();
        life.serve();
        assert!(life.readiness(&store, folder.path()).await.ready);
        assert_eq!(life.readiness(&store, Path::new("no/such/folder")).await.disk, Room::Unknown);
        store.clone().close().await.unwrap();
        let closed = life.readiness(&store, folder.path()).await;
        assert_eq!((closed.ready, closed.store), (false, Answer::Silent));
    }
}
