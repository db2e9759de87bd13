//! What the server remembers of requests: answers to be given again, and how far each person has looked.
//!
//! Invariant: neither is a change that people make, so neither has an audit line; an answer is remembered
//! in the very transaction that made it.

use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};

use crate::change::Change;
use crate::error::Result;
use crate::open::Store;
use crate::value::Instant;

/// An answer given before under an idempotency key.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// Method, path and hash of the body that it answered.
    pub request: String,
    /// Its HTTP status.
    pub status: u16,
    /// Its body.
    pub body: String,
}

impl Store {
    /// The answer remembered under a key (the actor's name is part of it).
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn remembered(&self, key: &str) -> Result<Option<Answer>> {
        let found = idempotency::Entity::find_by_id(key).one(&self.connection).await?;
        Ok(found.map(|it| Answer {
            request: it.request,
            status: u16::try_from(it.status).unwrap_or(200),
            body: it.body,
        }))
    }

    /// Forgets answers given before `before`.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn forget_answers(&self, before: Instant) -> Result<u64> {
        let _writing = self.writing.lock().await;
        let old = idempotency::Entity::delete_many().filter(idempotency::Column::At.lt(before));
        Ok(old.exec(&self.connection).await?.rows_affected)
    }

    /// The audit line up to which somebody had looked at something, and when.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn last_visit(&self, who: &str, what: &str) -> Result<Option<(i64, Instant)>> {
        let found = visit::Entity::find_by_id(format!("{who} {what}")).one(&self.connection).await?;
        Ok(found.map(|it| (it.seq, it.at)))
    }

    /// Notes that somebody looked, up to audit line `seq`.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn visited(&self, who: &str, what: &str, seq: i64, at: Instant) -> Result<()> {
        let _writing = self.writing.lock().await;
        let row = visit::Model { id: format!("{who} {what}"), seq, at };
        let again = OnConflict::column(visit::Column::Id)
            .update_columns([visit::Column::Seq, visit::Column::At])
            .to_owned();
        visit::Entity::insert(row.into_active_model())
            .on_conflict(again)
            .exec_without_returning(&self.connection)
            .await?;
        Ok(())
    }
}

impl Change {
    /// Remembers the answer to a request.
    ///
    /// # Errors
    /// When the key was used meanwhile, or the database refuses.
    pub async fn remember(&mut self, key: &str, answer: &Answer, at: Instant) -> Result<()> {
        let row = idempotency::Model {
            id: key.to_owned(),
            request: answer.request.clone(),
            status: i32::from(answer.status),
            body: answer.body.clone(),
            at,
        };
        self.sound()?;
        let row = idempotency::Entity::insert(row.into_active_model());
        let remembered = row.exec_without_returning(&self.transaction).await;
        self.done(remembered)?;
        Ok(())
    }
}

#[allow(missing_docs, reason = "the derives make public items of their own")]
pub(crate) mod idempotency {
    use sea_orm::entity::prelude::*;

    use crate::value::Instant;

    #[derive(Clone, Debug, DeriveEntityModel, PartialEq)]
    #[sea_orm(table_name = "idempotency")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: String,
        pub request: String,
        pub status: i32,
        pub body: String,
        pub at: Instant,
    }

    #[derive(Clone, Copy, Debug, DeriveRelation, EnumIter)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

#[allow(missing_docs, reason = "the derives make public items of their own")]
pub(crate) mod visit {
    use sea_orm::entity::prelude::*;

    use crate::value::Instant;

    #[derive(Clone, Debug, DeriveEntityModel, PartialEq)]
    #[sea_orm(table_name = "visit")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: String,
        pub seq: i64,
        pub at: Instant,
    }

    #[derive(Clone, Copy, Debug, DeriveRelation, EnumIter)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}
