//! The audit: who changed what, when, from where, before and after.
//!
//! Invariant: each record holds the hash of the one before it (SHA-256 over length-prefixed fields), so
//! that none can be altered, removed or slipped in without every later hash being wrong.

use sea_orm::entity::prelude::*;
use sea_orm::{ConnectionTrait, FromQueryResult, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::error::Result;
use crate::open::Store;
use crate::query::MOST;
use crate::value::{Instant, Json};

/// One line of the audit.
#[derive(Clone, Debug, DeriveEntityModel, Deserialize, PartialEq, Serialize, utoipa::ToSchema)]
#[sea_orm(table_name = "audit")]
#[schema(as = Audited)]
pub struct Model {
    /// From 1, without a gap.
    #[sea_orm(primary_key, auto_increment = false)]
    pub seq: i64,
    /// When it was written, by the machine's clock.
    pub at: Instant,
    /// Who: the account's name, or what acted.
    pub actor: String,
    /// What sort of actor.
    pub actor_kind: String,
    /// Address that it came from.
    pub address: String,
    /// `add`, `edit`, `remove`, or another verb.
    pub verb: String,
    /// Kind of record.
    pub kind: String,
    /// Its id.
    pub record: String,
    /// The incident that it belongs to.
    pub incident: Option<String>,
    /// The record before, without secrets.
    pub before: Option<Json>,
    /// The record after, without secrets.
    pub after: Option<Json>,
    /// Hash of the line before, in hexadecimal.
    pub previous: String,
    /// Hash of this line, in hexadecimal.
    pub hash: String,
}

#[derive(Clone, Copy, Debug, DeriveRelation, EnumIter)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

/// Who acts, and from where.
#[derive(Clone, Debug, PartialEq)]
pub struct Actor {
    /// The account's name, or what acts.
    pub name: String,
    /// What sort.
    pub kind: ActorKind,
    /// Address that it came from.
    pub address: String,
}

/// What sort of actor.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ActorKind {
    /// A person, signed in.
    Person,
    /// A person at a ward's board.
    Ward,
    /// A program with a token.
    Token,
    /// The command line on the server.
    Command,
    /// Rempart itself.
    Machine,
}

impl ActorKind {
    /// Its word in the audit.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            ActorKind::Person => "person",
            ActorKind::Ward => "ward",
            ActorKind::Token => "token",
            ActorKind::Command => "command",
            ActorKind::Machine => "machine",
        }
    }
}

impl Actor {
    /// Rempart itself.
    #[must_use]
    pub fn machine() -> Actor {
        Actor { name: "rempart".to_owned(), kind: ActorKind::Machine, address: String::new() }
    }

    /// The command line on the server.
    #[must_use]
    pub fn command() -> Actor {
        Actor { name: "command line".to_owned(), kind: ActorKind::Command, address: String::new() }
    }
}

/// Which lines are wanted; all, where nothing is said.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct AuditFilter {
    /// Kind of record.
    pub kind: Option<String>,
    /// Who.
    pub actor: Option<String>,
    /// What was done.
    pub verb: Option<String>,
    /// The incident that it belongs to.
    pub incident: Option<String>,
}

/// What a listener hears of a line: that something changed, not what.
#[derive(Clone, Debug, Eq, FromQueryResult, PartialEq)]
pub struct Heard {
    /// The line.
    pub seq: i64,
    /// When it was written.
    pub at: Instant,
    /// Who.
    pub actor: String,
    /// What was done.
    pub verb: String,
    /// Kind of record.
    pub kind: String,
    /// Its id.
    pub record: String,
    /// The incident that it belongs to.
    pub incident: Option<String>,
}

/// Where the chain breaks.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct AuditFault {
    /// The line.
    pub seq: i64,
    /// What is wrong.
    pub reason: &'static str,
    /// The same in a word: `missing`, `order`, `altered`.
    pub word: &'static str,
}

impl Model {
    /// The hash that this line should have.
    #[must_use]
    pub fn expected_hash(&self) -> String {
        let mut digest = Sha256::new();
        let mut take = |part: &str| {
            digest.update((part.len() as u64).to_be_bytes());
            digest.update(part.as_bytes());
        };
        let text = |json: &Option<Json>| json.as_ref().map(|json| json.0.to_string()).unwrap_or_default();
        take(&self.previous);
        take(&self.seq.to_string());
        take(&self.at.0.as_microsecond().to_string());
        for part in [&self.actor, &self.actor_kind, &self.address, &self.verb, &self.kind, &self.record] {
            take(part);
        }
        take(self.incident.as_deref().unwrap_or_default());
        take(&text(&self.before));
        take(&text(&self.after));
        digest.finalize().iter().fold(String::with_capacity(64), |hex, byte| hex + &format!("{byte:02x}"))
    }
}

impl Store {
    /// Lines after `seq` as a listener hears them, oldest first, at most `limit`.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn heard_after(&self, seq: i64, limit: u64) -> Result<Vec<Heard>> {
        use Column::{Actor, At, Incident, Kind, Record, Seq, Verb};
        let lines = Entity::find().select_only().columns([Seq, At, Actor, Verb, Kind, Record, Incident]);
        let lines = lines.filter(Seq.gt(seq)).order_by_asc(Seq).limit(limit.min(MOST));
        Ok(lines.into_model::<Heard>().all(&self.connection).await?)
    }

    /// Lines after `seq`, oldest first, at most `limit`.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn audit_after(&self, seq: i64, limit: u64) -> Result<Vec<Model>> {
        after(&self.connection, seq, limit).await
    }

    /// Lines before `seq`, newest first, at most `limit`, of one incident where given.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn audit_before(&self, seq: i64, incident: Option<&str>, limit: u64) -> Result<Vec<Model>> {
        let mut rows =
            Entity::find().filter(Column::Seq.lt(seq)).order_by_desc(Column::Seq).limit(limit.min(MOST));
        if let Some(incident) = incident {
            rows = rows.filter(Column::Incident.eq(incident));
        }
        Ok(rows.all(&self.connection).await?)
    }

    /// Lines before `seq` that the filter lets through, newest first, at most `limit`.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn audit_page(&self, seq: i64, filter: &AuditFilter, limit: u64) -> Result<Vec<Model>> {
        let mut rows = Entity::find().filter(Column::Seq.lt(seq)).order_by_desc(Column::Seq).limit(limit);
        let wanted = [
            (Column::Kind, &filter.kind),
            (Column::Actor, &filter.actor),
            (Column::Verb, &filter.verb),
            (Column::Incident, &filter.incident),
        ];
        for (column, value) in wanted {
            if let Some(value) = value {
                rows = rows.filter(column.eq(value.as_str()));
            }
        }
        Ok(rows.all(&self.connection).await?)
    }

    /// The number of the latest line; 0 where there is none.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn audit_head(&self) -> Result<i64> {
        let last = Entity::find().select_only().column(Column::Seq).order_by_desc(Column::Seq);
        Ok(last.into_tuple().one(&self.connection).await?.unwrap_or(0))
    }

    /// Checks the whole chain; gives the first fault.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn audit_check(&self) -> Result<Option<AuditFault>> {
        check(&self.connection).await
    }
}

async fn after(connection: &impl ConnectionTrait, seq: i64, limit: u64) -> Result<Vec<Model>> {
    let rows = Entity::find().filter(Column::Seq.gt(seq)).order_by_asc(Column::Seq).limit(limit.min(MOST));
    Ok(rows.all(connection).await?)
}

/// Checks the whole chain; gives the first fault.
pub(crate) async fn check(connection: &impl ConnectionTrait) -> Result<Option<AuditFault>> {
    let (mut seq, mut previous) = (0, String::new());
    loop {
        let lines = after(connection, seq, 1_000).await?;
        if lines.is_empty() {
            return Ok(None);
        }
        for line in lines {
            let wrong = if line.seq != seq + 1 {
                Some(("missing", "a line is missing before it"))
            } else if line.previous != previous {
                Some(("order", "it does not follow from the line before it"))
            } else if line.hash != line.expected_hash() {
                Some(("altered", "it was altered"))
            } else {
                None
            };
            if let Some((word, reason)) = wrong {
                return Ok(Some(AuditFault { seq: line.seq, reason, word }));
            }
            (seq, previous) = (line.seq, line.hash);
        }
    }
}
