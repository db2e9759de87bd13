//! A change: records added, edited, removed, each with its audit line, all or nothing.
//!
//! Invariant: a change that is not committed leaves no trace; the audit line and the record stand or fall
//! together; after a step that failed nothing of the change can stand; an edit names the version that it saw, and loses the race loudly.

use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, TransactionTrait,
};
use serde_json::Value;
use tokio::sync::OwnedMutexGuard;

use crate::audit::{self, Actor};
use crate::entity::Record;
use crate::error::{Error, Result};
use crate::open::Store;
use crate::value::{Instant, Json, clean, clean_json};

/// Changes being written; nothing stands until [`Change::commit`].
pub struct Change {
    pub(crate) transaction: DatabaseTransaction,
    actor: Actor,
    seq: i64,
    previous: String,
    head: tokio::sync::watch::Sender<i64>,
    failed: Option<Failed>,
    _writing: OwnedMutexGuard<()>,
}

/// Why a change cannot stand any more.
#[derive(Clone, Copy)]
enum Failed {
    Full,
    Otherwise,
}

impl Store {
    /// Begins a change; other changes wait until it ends.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn begin(&self, actor: &Actor) -> Result<Change> {
        let writing = self.writing.clone().lock_owned().await;
        let transaction = self.connection.begin().await?;
        // Takes the write lock first, against other processes: a read would see what they are changing.
        lock::Entity::update_many()
            .col_expr(lock::Column::Taken, Expr::col(lock::Column::Taken).add(1))
            .exec(&transaction)
            .await?;
        let last = audit::Entity::find().order_by_desc(audit::Column::Seq).one(&transaction).await?;
        let (seq, previous) = last.map_or((0, String::new()), |line| (line.seq, line.hash));
        let (actor, head) = (actor.clone(), self.head.clone());
        Ok(Change { transaction, actor, seq, previous, head, failed: None, _writing: writing })
    }
}

impl Change {
    /// Adds a record.
    ///
    /// # Errors
    /// When one of the same name stands already, or the database refuses.
    pub async fn add<R: Record>(&mut self, record: R) -> Result<R>
    where
        <R::Entity as EntityTrait>::ActiveModel: Send,
    {
        let mut record = storable(record)?;
        record.set_version(1);
        self.sound()?;
        let added = R::Entity::insert(record.clone().into_active_model())
            .exec_without_returning(&self.transaction)
            .await;
        self.done(added)?;
        self.line::<R>("add", record.id(), record.incident(), None, Some(&record)).await?;
        Ok(record)
    }

    /// Edits a record. With `seen`, only where that is still its version.
    ///
    /// # Errors
    /// [`Error::Stale`] where somebody was faster, [`Error::Missing`] where there is none.
    pub async fn edit<R: Record>(
        &mut self,
        id: &str,
        seen: Option<i64>,
        edit: impl FnOnce(&mut R),
    ) -> Result<R>
    where
        <R::Entity as EntityTrait>::ActiveModel: Send,
    {
        self.sound()?;
        let before = self.read::<R>(id).await?;
        if let Some(seen) = seen.filter(|seen| *seen != before.version()) {
            tracing::debug!(kind = R::KIND, seen, "an edit came too late");
            return Err(Error::Stale { kind: R::KIND, id: id.to_owned(), now: before.version() });
        }
        let mut after = before.clone();
        edit(&mut after);
        let mut after = storable(after)?;
        after.set_version(before.version() + 1);
        let row = after.clone().into_active_model().reset_all();
        let edited =
            R::Entity::update_many().set(row).filter(R::id_column().eq(id)).exec(&self.transaction).await;
        self.done(edited)?;
        self.line::<R>("edit", id, after.incident(), Some(&before), Some(&after)).await?;
        Ok(after)
    }

    /// Removes a record; its audit line keeps what it was.
    ///
    /// # Errors
    /// [`Error::Missing`] where there is none.
    pub async fn remove<R: Record>(&mut self, id: &str) -> Result<R> {
        self.sound()?;
        let before = self.read::<R>(id).await?;
        let removed = R::Entity::delete_many().filter(R::id_column().eq(id)).exec(&self.transaction).await;
        self.done(removed)?;
        self.line::<R>("remove", id, before.incident(), Some(&before), None).await?;
        Ok(before)
    }

    /// Writes an audit line that comes with no record, such as a failed log-in or an export.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn tell(
        &mut self,
        verb: &str,
        kind: &str,
        record: &str,
        incident: Option<&str>,
        what: Value,
    ) -> Result<()> {
        self.write(verb, kind, record, incident, None, Some(Json(what))).await
    }

    /// A record as it stands inside this change.
    ///
    /// # Errors
    /// [`Error::Missing`] where there is none.
    pub async fn read<R: Record>(&self, id: &str) -> Result<R> {
        let found = R::Entity::find().filter(R::id_column().eq(&*clean(id))).one(&self.transaction).await?;
        found.ok_or_else(|| Error::Missing { kind: R::KIND, id: id.to_owned() })
    }

    /// Makes the whole change stand. Gives the number of its last audit line.
    ///
    /// # Errors
    /// When the database refuses; then nothing stands.
    pub async fn commit(self) -> Result<i64> {
        self.sound()?;
        self.transaction.commit().await?;
        self.head.send_replace(self.seq);
        Ok(self.seq)
    }

    /// Forgets the whole change.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn abandon(self) -> Result<()> {
        Ok(self.transaction.rollback().await?)
    }

    /// Refuses to go on after a step that failed: the database may have ended the transaction by itself, and
    /// what is written then would stand alone.
    pub(crate) fn sound(&self) -> Result<()> {
        match self.failed {
            None => Ok(()),
            Some(Failed::Full) => Err(Error::Full),
            Some(Failed::Otherwise) => {
                Err(Error::Database("a step of this change failed, so that none of it stands".to_owned()))
            }
        }
    }

    /// Notes whether a step failed.
    pub(crate) fn done<T>(&mut self, step: Result<T, DbErr>) -> Result<T> {
        step.map_err(|error| {
            let error = Error::from(error);
            self.failed = Some(if matches!(error, Error::Full) { Failed::Full } else { Failed::Otherwise });
            error
        })
    }

    async fn line<R: Record>(
        &mut self,
        verb: &str,
        id: &str,
        incident: Option<&str>,
        before: Option<&R>,
        after: Option<&R>,
    ) -> Result<()> {
        let incident = if R::KIND == "incident" { Some(id) } else { incident };
        let (before, after) = (before.map(shown).transpose()?, after.map(shown).transpose()?);
        self.write(verb, R::KIND, id, incident, before, after).await
    }

    async fn write(
        &mut self,
        verb: &str,
        kind: &str,
        record: &str,
        incident: Option<&str>,
        before: Option<Json>,
        after: Option<Json>,
    ) -> Result<()> {
        self.sound()?;
        let mut line = audit::Model {
            seq: self.seq + 1,
            at: Instant::from(jiff::Timestamp::now()),
            actor: clean(&self.actor.name).into_owned(),
            actor_kind: self.actor.kind.word().to_owned(),
            address: clean(&self.actor.address).into_owned(),
            verb: clean(verb).into_owned(),
            kind: clean(kind).into_owned(),
            record: clean(record).into_owned(),
            incident: incident.map(|it| clean(it).into_owned()),
            before,
            after,
            previous: self.previous.clone(),
            hash: String::new(),
        };
        line.hash = line.expected_hash();
        (self.seq, self.previous) = (line.seq, line.hash.clone());
        let line = audit::Entity::insert(line.into_active_model());
        let written = line.exec_without_returning(&self.transaction).await;
        self.done(written)?;
        Ok(())
    }
}

/// A record that both databases can hold.
fn storable<R: Record>(record: R) -> Result<R> {
    let mut value = serde_json::to_value(&record)?;
    if clean_json(&mut value) { Ok(serde_json::from_value(value)?) } else { Ok(record) }
}

/// A record as the audit shows it.
fn shown<R: Record>(record: &R) -> Result<Json> {
    let mut value = serde_json::to_value(record)?;
    if let Value::Object(fields) = &mut value {
        for secret in R::SECRET {
            if let Some(field) = fields.get_mut(*secret).filter(|field| **field != Value::Null) {
                *field = Value::String("not kept here".to_owned());
            }
        }
    }
    Ok(Json(value))
}

/// One row whose update takes the write lock.
pub(crate) mod lock {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, DeriveEntityModel, PartialEq)]
    #[sea_orm(table_name = "write_lock")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: i32,
        pub taken: i64,
    }

    #[derive(Clone, Copy, Debug, DeriveRelation, EnumIter)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}
