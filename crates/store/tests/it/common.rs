//! Where tests keep their store: a fresh SQLite file, or a fresh database of a PostgreSQL made for this run.
//!
//! Invariant: nothing is left behind; see `postgres.rs`.

use std::sync::atomic::{AtomicU32, Ordering};

use store::Store;
use tempfile::TempDir;

use crate::postgres::shared;

/// A database of one test.
pub struct Place {
    /// How it is opened.
    pub url: String,
    /// A folder of the test's own.
    pub folder: TempDir,
}

impl Place {
    pub async fn open(&self) -> Store {
        Store::open(&self.url).await.unwrap()
    }
}

/// Makes a test of each function, on SQLite and on PostgreSQL.
macro_rules! on_both {
    ($($test:ident),* $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $test() {
                super::$test(&crate::common::sqlite()).await;
            })*
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $test() {
                if let Some(place) = crate::common::postgres().await {
                    super::$test(&place).await;
                }
            })*
        }
    };
}
pub(crate) use on_both;

/// A fresh SQLite file.
pub fn sqlite() -> Place {
    let folder = tempfile::tempdir().unwrap();
    Place { url: format!("sqlite://{}", folder.path().join("rempart.sqlite").display()), folder }
}

/// A fresh PostgreSQL database; none where the run leaves PostgreSQL out.
pub async fn postgres() -> Option<Place> {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let name = format!("test_{}", COUNT.fetch_add(1, Ordering::Relaxed));
    let made = move || Some(shared()?.database(&name));
    let url = tokio::task::spawn_blocking(made).await.unwrap()?;
    Some(Place { url, folder: tempfile::tempdir().unwrap() })
}
