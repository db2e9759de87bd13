//! Opening the store: connection, pragmas, migrations, the head of the audit chain.
//!
//! Invariant: one change is written at a time; SQLite syncs before a commit is acknowledged.

use std::sync::Arc;
use std::time::Duration;

use sea_orm::sqlx::Connection;
use sea_orm::sqlx::sqlite::SqliteLockingMode::{self, Exclusive, Normal};
use sea_orm::sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
use sea_orm::{ConnectOptions, Database, DatabaseConnection, DbBackend};
use tokio::sync::{Mutex, watch};

use crate::error::{Error, Result};
use crate::migration;

/// Connections that read at once.
const READERS: u32 = 8;
/// How long a connection waits for another process's write, in seconds.
const BUSY: u64 = 20;

/// What the console keeps.
#[derive(Clone, Debug)]
pub struct Store {
    pub(crate) connection: DatabaseConnection,
    pub(crate) writing: Arc<Mutex<()>>,
    pub(crate) head: watch::Sender<i64>,
}

impl Store {
    /// Opens, and brings its tables up to date. `url` is `sqlite:///path/to/file` or `postgres://…`.
    ///
    /// On a full disk SQLite finds no room for the index that its connections share: one connection alone then
    /// opens what is there, so that it can be read.
    ///
    /// # Errors
    /// When the database cannot be reached, or its tables cannot be made.
    pub async fn open(url: &str) -> Result<Store> {
        match Store::open_with(url, Way::SHARED).await {
            Err(Error::Full) => {
                Store::open_with(url, Way { most: 1, locking: Exclusive, ..Way::SHARED }).await
            }
            opened => opened,
        }
    }

    async fn open_with(url: &str, way: Way) -> Result<Store> {
        let connection = connect(url, way).await?;
        migration::apply(&connection).await?;
        Store::over(connection).await
    }

    /// Opens a store that is there already, beside the server that uses it; makes and changes no table.
    ///
    /// # Errors
    /// When there is none, or the database cannot be reached.
    pub async fn open_beside(url: &str) -> Result<Store> {
        let connection = connect(url, Way { make: false, ..Way::SHARED }).await?;
        if migration::applied(&connection).await?.is_empty() {
            return Err(Error::Database(
                "there is no store; `rempart serve` makes it on its first start".to_owned(),
            ));
        }
        Store::over(connection).await
    }

    async fn over(connection: DatabaseConnection) -> Result<Store> {
        let store = Store { connection, writing: Arc::new(Mutex::new(())), head: watch::Sender::new(0) };
        store.refresh().await?;
        Ok(store)
    }

    /// Whether it is SQLite.
    #[must_use]
    pub fn is_sqlite(&self) -> bool {
        self.connection.get_database_backend() == DbBackend::Sqlite
    }

    /// Follows the number of the latest audit record.
    #[must_use]
    pub fn follow(&self) -> watch::Receiver<i64> {
        self.head.subscribe()
    }

    /// Looks whether another process wrote; gives the number of the latest audit record.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn refresh(&self) -> Result<i64> {
        let seq = self.audit_head().await?;
        self.head.send_if_modified(|known| {
            let newer = seq > *known;
            *known = seq.max(*known);
            newer
        });
        Ok(seq)
    }

    /// Asks the database whether it answers.
    ///
    /// # Errors
    /// When it does not.
    pub async fn ping(&self) -> Result<()> {
        Ok(self.connection.ping().await?)
    }

    /// Closes every connection.
    ///
    /// # Errors
    /// When the database does not let go.
    pub async fn close(self) -> Result<()> {
        Ok(self.connection.close().await?)
    }
}

/// How SQLite is opened; PostgreSQL heeds `most` alone.
#[derive(Clone, Copy)]
struct Way {
    /// Connections at most.
    most: u32,
    /// Whether a file that is missing is made.
    make: bool,
    journal: SqliteJournalMode,
    locking: SqliteLockingMode,
}

impl Way {
    const SHARED: Way = Way { most: READERS, make: true, journal: SqliteJournalMode::Wal, locking: Normal };
}

/// The one connection of whoever makes a store that nobody else knows yet; its file needs no other beside it.
pub(crate) async fn connect_alone(url: &str) -> Result<DatabaseConnection> {
    connect(url, Way { most: 1, journal: SqliteJournalMode::Delete, ..Way::SHARED }).await
}

async fn connect(url: &str, way: Way) -> Result<DatabaseConnection> {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(way.most)
        .acquire_timeout(Duration::from_secs(BUSY))
        .connect_timeout(Duration::from_secs(BUSY))
        .sqlx_logging(false);
    if url.starts_with("sqlite:") {
        options.map_sqlx_sqlite_opts(move |options| {
            options
                .create_if_missing(way.make)
                .foreign_keys(true)
                .journal_mode(way.journal)
                .locking_mode(way.locking)
                .synchronous(SqliteSynchronous::Full)
                .busy_timeout(Duration::from_secs(BUSY))
        });
        // A full disk makes SQLite end a transaction by itself, which the pool does not notice: it would count
        // the next one on that connection as an inner one, whose commit is none. Such a connection is closed.
        options.map_sqlx_sqlite_pool_opts(|pool| {
            pool.before_acquire(|connection, _| Box::pin(async move { Ok(!connection.is_in_transaction()) }))
        });
    }
    Ok(Database::connect(options).await?)
}

/// A new id, in the order of creation (UUIDv7, RFC 9562).
#[must_use]
pub fn new_id() -> String {
    uuid::Uuid::now_v7().to_string()
}
