//! What a watcher counts: how much there is, never what it says.
//!
//! Invariant: numbers alone leave here; each is counted by the database.

use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder};

use crate::entity::{DeliveryState, IncidentState, backup, delivery, incident};
use crate::error::Result;
use crate::open::Store;
use crate::signal;
use crate::value::Instant;

/// How much is kept.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Counts {
    /// Incidents that are open.
    pub incidents_open: u64,
    /// Signals of all incidents.
    pub signals: u64,
    /// Lines of the audit.
    pub audit_lines: i64,
    /// Mails and calls to be tried, or tried again.
    pub deliveries_waiting: u64,
    /// Mails and calls that were given up.
    pub deliveries_failed: u64,
    /// When the last copy that succeeded was made.
    pub copied_at: Option<Instant>,
}

impl Store {
    /// Counts what is kept.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn counts(&self) -> Result<Counts> {
        let database = &self.connection;
        let open = incident::Entity::find().filter(incident::Column::State.eq(IncidentState::Open));
        let deliveries =
            |state: DeliveryState| delivery::Entity::find().filter(delivery::Column::State.eq(state));
        let copies = backup::Entity::find().filter(backup::Column::Error.is_null());
        let last = copies.order_by_desc(backup::Column::At).one(database).await?;
        Ok(Counts {
            incidents_open: open.count(database).await?,
            signals: signal::Entity::find().count(database).await?,
            audit_lines: self.audit_head().await?,
            deliveries_waiting: deliveries(DeliveryState::Waiting).count(database).await?,
            deliveries_failed: deliveries(DeliveryState::Failed).count(database).await?,
            copied_at: last.map(|it| it.at),
        })
    }
}
