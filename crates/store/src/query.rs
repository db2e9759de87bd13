//! Reading: one record, all of a kind, those of an incident, and the few look-ups that need their own.
//!
//! Invariant: no list that can grow without end is read whole; those come by pages.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::entity::{
    Account, Delivery, DeliveryState, Grant, Link, MapVersion, Record, Session, Token, WardCode, account,
    delivery, grant, link, map_version, session, token, ward_code,
};
use crate::error::{Error, Result};
use crate::open::Store;
use crate::signal::Page;
use crate::value::{Instant, clean};

/// Most rows that one answer may hold, whatever is asked.
pub(crate) const MOST: u64 = 1_000_000;

impl Store {
    /// A record.
    ///
    /// # Errors
    /// [`Error::Missing`] where there is none.
    pub async fn get<R: Record>(&self, id: &str) -> Result<R> {
        self.find(id).await?.ok_or_else(|| Error::Missing { kind: R::KIND, id: id.to_owned() })
    }

    /// A record, where there is one.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn find<R: Record>(&self, id: &str) -> Result<Option<R>> {
        Ok(R::Entity::find().filter(R::id_column().eq(&*clean(id))).one(&self.connection).await?)
    }

    /// Every record of a kind, oldest first. For kinds that stay few: people, settings, incidents.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn all<R: Record>(&self) -> Result<Vec<R>> {
        Ok(R::Entity::find().order_by_asc(R::id_column()).all(&self.connection).await?)
    }

    /// Every record of a kind that belongs to an incident, oldest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn of<R: Record>(&self, incident: &str) -> Result<Vec<R>> {
        let mut rows = R::Entity::find().order_by_asc(R::id_column());
        if let Some(column) = R::incident_column() {
            rows = rows.filter(column.eq(&*clean(incident)));
        }
        Ok(rows.all(&self.connection).await?)
    }

    /// A page of the records of a kind, of an incident or of all, oldest first, after the one whose id is `after`.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn page<R: Record>(
        &self,
        incident: Option<&str>,
        after: Option<&str>,
        limit: u64,
    ) -> Result<Page<R>> {
        let mut rows =
            R::Entity::find().order_by_asc(R::id_column()).limit(limit.min(MOST).saturating_add(1));
        match (R::incident_column(), incident) {
            (Some(column), Some(incident)) => rows = rows.filter(column.eq(&*clean(incident))),
            // A kind that belongs to no incident has none of it.
            (None, Some(_)) => return Ok(Page { rows: Vec::new(), next: None }),
            (_, None) => {}
        }
        if let Some(after) = after {
            rows = rows.filter(R::id_column().gt(&*clean(after)));
        }
        let mut rows: Vec<R> = rows.all(&self.connection).await?;
        let more = rows.len() as u64 > limit;
        rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        let next = rows.last().filter(|_| more).map(|last| last.id().to_owned());
        Ok(Page { rows, next })
    }

    /// The account of that name.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn account_named(&self, name: &str) -> Result<Option<Account>> {
        let name = clean(name.trim()).to_lowercase();
        Ok(account::Entity::find().filter(account::Column::Name.eq(name)).one(&self.connection).await?)
    }

    /// Roles of an account.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn grants_of(&self, account: &str) -> Result<Vec<Grant>> {
        Ok(grant::Entity::find().filter(grant::Column::Account.eq(account)).all(&self.connection).await?)
    }

    /// The session whose secret has that hash.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn session_hashed(&self, hash: &str) -> Result<Option<Session>> {
        Ok(session::Entity::find().filter(session::Column::Hash.eq(hash)).one(&self.connection).await?)
    }

    /// Notes that a session was just used; no audit line.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn touch_session(&self, id: &str, at: Instant) -> Result<()> {
        let _writing = self.writing.lock().await;
        session::Entity::update_many()
            .col_expr(session::Column::SeenAt, at.into())
            .filter(session::Column::Id.eq(id))
            .exec(&self.connection)
            .await?;
        Ok(())
    }

    /// The one-time link whose secret has that hash.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn link_hashed(&self, hash: &str) -> Result<Option<Link>> {
        Ok(link::Entity::find().filter(link::Column::Hash.eq(hash)).one(&self.connection).await?)
    }

    /// The token whose secret has that hash.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn token_hashed(&self, hash: &str) -> Result<Option<Token>> {
        Ok(token::Entity::find().filter(token::Column::Hash.eq(hash)).one(&self.connection).await?)
    }

    /// The ward code of that hash.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn ward_code_hashed(&self, hash: &str) -> Result<Option<WardCode>> {
        Ok(ward_code::Entity::find().filter(ward_code::Column::Hash.eq(hash)).one(&self.connection).await?)
    }

    /// The latest version of the map.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn latest_map(&self) -> Result<Option<MapVersion>> {
        let latest = map_version::Entity::find().order_by_desc(map_version::Column::Number);
        Ok(latest.one(&self.connection).await?)
    }

    /// A version of the map.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn map_numbered(&self, number: i64) -> Result<Option<MapVersion>> {
        let one = map_version::Entity::find().filter(map_version::Column::Number.eq(number));
        Ok(one.one(&self.connection).await?)
    }

    /// Deliveries that were tried and not taken, the latest first: those to be tried again and those given up.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn deliveries_stuck(&self, limit: u64) -> Result<Vec<Delivery>> {
        let stuck = delivery::Entity::find()
            .filter(delivery::Column::State.ne(DeliveryState::Done))
            .filter(delivery::Column::Error.is_not_null())
            .order_by_desc(delivery::Column::Id)
            .limit(limit.min(MOST));
        Ok(stuck.all(&self.connection).await?)
    }

    /// Deliveries to try at `now`, the longest waiting first, at most `limit`.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn deliveries_due(&self, now: Instant, limit: u64) -> Result<Vec<Delivery>> {
        let due = delivery::Entity::find()
            .filter(delivery::Column::State.eq(DeliveryState::Waiting))
            .filter(delivery::Column::NextAt.lte(now))
            .order_by_asc(delivery::Column::NextAt)
            .limit(limit.min(MOST));
        Ok(due.all(&self.connection).await?)
    }
}
