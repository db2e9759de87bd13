//! Signals of an incident: a million of them scroll and filter.
//!
//! Invariant: pages go by key, never by offset; the same event judged twice by the same rule is one row.

use std::collections::HashSet;

use sea_orm::entity::prelude::*;
use sea_orm::sea_query::OnConflict;
use sea_orm::{Condition, IntoActiveModel, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::change::Change;
use crate::error::Result;
use crate::open::Store;
use crate::query::MOST;
use crate::value::{Instant, List, clean};

/// Longest rule, host or asset, and longest path, in bytes.
const NAME: usize = 500;
const PATH: usize = 1_500;
/// What makes two rows the same signal.
const ONE: [Column; 4] = [Column::Incident, Column::Rule, Column::Path, Column::Record];
/// Rows written by one statement: SQLite takes 32,766 values.
const ROWS_AT_ONCE: usize = 2_000;

/// A rule's match, bound to the map.
#[derive(Clone, Debug, DeriveEntityModel, Deserialize, PartialEq, Serialize, utoipa::ToSchema)]
#[sea_orm(table_name = "signal")]
#[schema(as = KeptSignal)]
pub struct Model {
    /// In the order in which signals were kept.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    /// The incident that it belongs to.
    pub incident: String,
    /// The rule's id.
    pub rule: String,
    /// The rule's title.
    pub title: String,
    /// 0 informational to 4 critical.
    pub level: i32,
    /// When it stands on the timeline: its time, or 1970 where that is unknown.
    pub at: Instant,
    /// When it happened, where that is known.
    pub time: Option<Instant>,
    /// The host that spoke.
    pub host: Option<String>,
    /// The asset that it is bound to.
    pub asset: Option<String>,
    /// ATT&CK techniques.
    pub techniques: List,
    /// ATT&CK tactics.
    pub tactics: List,
    /// The file that it was read in; an endless path is cut.
    pub path: String,
    /// The record in that file.
    pub record: i64,
    /// When it was last written.
    pub kept_at: Instant,
}

#[derive(Clone, Copy, Debug, DeriveRelation, EnumIter)]
#[allow(missing_docs, reason = "the derive wants it")]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

/// Which signals, in what order.
#[derive(Clone, Debug, Default, Deserialize, Serialize, utoipa::IntoParams)]
#[serde(default)]
pub struct SignalFilter {
    /// Of this asset.
    pub asset: Option<String>,
    /// Of these assets (a ward's path); none where empty.
    #[param(ignore)]
    pub assets: Vec<String>,
    /// Of this host.
    pub host: Option<String>,
    /// Of this rule.
    pub rule: Option<String>,
    /// With this ATT&CK tactic.
    pub tactic: Option<String>,
    /// At this level or above.
    pub level: Option<i32>,
    /// Not before.
    pub from: Option<Instant>,
    /// Before.
    pub to: Option<Instant>,
}

/// A page of a long list.
#[derive(Clone, Debug, Serialize)]
pub struct Page<T> {
    /// What stands on it.
    pub rows: Vec<T>,
    /// Key of the next page, where there is one.
    pub next: Option<String>,
}

impl SignalFilter {
    fn condition(&self, incident: &str) -> Condition {
        let mut all = Condition::all().add(Column::Incident.eq(&*clean(incident)));
        if let Some(asset) = &self.asset {
            all = all.add(Column::Asset.eq(fit(asset, NAME)));
        }
        if !self.assets.is_empty() {
            all = all.add(Column::Asset.is_in(self.assets.iter().map(|asset| fit(asset, NAME))));
        }
        if let Some(host) = &self.host {
            all = all.add(Column::Host.eq(fit(host, NAME)));
        }
        if let Some(rule) = &self.rule {
            all = all.add(Column::Rule.eq(fit(rule, NAME)));
        }
        if let Some(tactic) = &self.tactic {
            // What no tactic's name holds, a pattern of SQL might.
            let tactic = tactic.replace(['"', '%', '_', '\\', '\0'], "").to_lowercase();
            all = all.add(Column::Tactics.contains(format!("\"{tactic}\"")));
        }
        if let Some(level) = self.level {
            all = all.add(Column::Level.gte(level));
        }
        if let Some(from) = self.from {
            all = all.add(Column::At.gte(from));
        }
        if let Some(to) = self.to {
            all = all.add(Column::At.lt(to));
        }
        all
    }
}

/// `microseconds.id`: where a page ended.
fn key(row: &Model) -> String {
    format!("{}.{}", row.at.0.as_microsecond(), row.id)
}

fn read_key(key: &str) -> Option<(Instant, i64)> {
    let (at, id) = key.split_once('.')?;
    let at = jiff::Timestamp::from_microsecond(at.parse().ok()?).ok()?;
    Some((at.into(), id.parse().ok()?))
}

/// One row more than the page holds tells whether there is a next one.
fn page(incident: &str, filter: &SignalFilter, after: Option<&str>, limit: u64) -> Select<Entity> {
    let rows = Entity::find()
        .filter(filter.condition(incident))
        .order_by_desc(Column::At)
        .order_by_desc(Column::Id)
        .limit(limit.min(MOST) + 1);
    let Some((at, id)) = after.and_then(read_key) else { return rows };
    let beyond = Condition::any()
        .add(Column::At.lt(at))
        .add(Condition::all().add(Column::At.eq(at)).add(Column::Id.lt(id)));
    // The first bound alone lets the index begin at the right place.
    rows.filter(Column::At.lte(at)).filter(beyond)
}

/// A text of evidence as an index takes it (PostgreSQL: 2,704 bytes in all): cut, its hash telling it apart.
fn fit(text: &str, most: usize) -> String {
    let text = clean(text);
    if text.len() <= most {
        return text.into_owned();
    }
    let digest = Sha256::digest(text.as_bytes());
    let mark = digest.iter().take(8).fold("…".to_owned(), |hex, byte| hex + &format!("{byte:02x}"));
    let end = text.floor_char_boundary(most.saturating_sub(mark.len()));
    format!("{}{mark}", text.get(..end).unwrap_or_default())
}

impl Store {
    /// A page of signals, latest first; `after` is the key that the page before gave.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn signals(
        &self,
        incident: &str,
        filter: &SignalFilter,
        after: Option<&str>,
        limit: u64,
    ) -> Result<Page<Model>> {
        let mut rows = page(incident, filter, after, limit).all(&self.connection).await?;
        let more = rows.len() as u64 > limit;
        rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        let next = rows.last().filter(|_| more).map(key);
        Ok(Page { rows, next })
    }

    /// A signal.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn signal(&self, incident: &str, id: i64) -> Result<Option<Model>> {
        let one = Entity::find().filter(Column::Incident.eq(&*clean(incident))).filter(Column::Id.eq(id));
        Ok(one.one(&self.connection).await?)
    }

    /// How many signals an incident has.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn signal_count(&self, incident: &str) -> Result<u64> {
        Ok(Entity::find().filter(Column::Incident.eq(&*clean(incident))).count(&self.connection).await?)
    }
}

impl Change {
    /// Keeps signals; those kept already are left as they are. Gives how many were new. The ids given are
    /// replaced. One audit line stands for all of them.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn add_signals(&mut self, incident: &str, rows: Vec<Model>) -> Result<u64> {
        let new = self.put_signals(incident, rows, OnConflict::columns(ONE).do_nothing().to_owned()).await?;
        if new > 0 {
            self.tell("add", "signals", incident, Some(incident), serde_json::json!({ "new": new })).await?;
        }
        Ok(new)
    }

    /// Keeps signals, or writes those kept already again under the id that they have. Gives how many were written.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn write_signals(&mut self, incident: &str, rows: Vec<Model>) -> Result<u64> {
        let changed = [
            Column::Title,
            Column::Level,
            Column::At,
            Column::Time,
            Column::Host,
            Column::Asset,
            Column::Techniques,
            Column::Tactics,
            Column::KeptAt,
        ];
        let written = self
            .put_signals(incident, rows, OnConflict::columns(ONE).update_columns(changed).to_owned())
            .await?;
        if written > 0 {
            let what = serde_json::json!({ "written": written });
            self.tell("edit", "signals", incident, Some(incident), what).await?;
        }
        Ok(written)
    }

    /// Drops signals that were not kept or written since. Gives how many.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn drop_signals(&mut self, incident: &str, since: Instant) -> Result<u64> {
        self.sound()?;
        let old =
            Entity::delete_many().filter(Column::Incident.eq(incident)).filter(Column::KeptAt.lt(since));
        let dropped = old.exec(&self.transaction).await;
        let dropped = self.done(dropped)?.rows_affected;
        if dropped > 0 {
            let what = serde_json::json!({ "dropped": dropped });
            self.tell("remove", "signals", incident, Some(incident), what).await?;
        }
        Ok(dropped)
    }

    async fn put_signals(&mut self, incident: &str, mut rows: Vec<Model>, again: OnConflict) -> Result<u64> {
        self.sound()?;
        let last = Entity::find().select_only().column_as(Column::Id.max(), "last");
        let last: Option<Option<i64>> = last.into_tuple().one(&self.transaction).await?;
        let mut id = last.flatten().unwrap_or(0);
        let kept_at = Instant::from(jiff::Timestamp::now());
        for row in &mut rows {
            id += 1;
            row.id = id;
            row.incident = incident.to_owned();
            row.kept_at = kept_at;
            row.rule = fit(&row.rule, NAME);
            row.title = clean(&row.title).into_owned();
            row.host = row.host.as_deref().map(|host| fit(host, NAME));
            row.asset = row.asset.as_deref().map(|asset| fit(asset, NAME));
            row.path = fit(&row.path, PATH);
        }
        let mut seen = HashSet::new();
        rows.retain(|row| seen.insert((row.rule.clone(), row.path.clone(), row.record)));
        let mut put = 0;
        let mut rows = rows.into_iter().map(IntoActiveModel::into_active_model).peekable();
        while rows.peek().is_some() {
            let some: Vec<ActiveModel> = rows.by_ref().take(ROWS_AT_ONCE).collect();
            let some = Entity::insert_many(some).on_conflict(again.clone());
            let done = some.exec_without_returning(&self.transaction).await;
            put += self.done(done)?;
        }
        Ok(put)
    }
}

#[cfg(test)]
mod tests {
    use sea_orm::{ConnectionTrait, DbBackend, QueryTrait, Statement};

    use super::*;

    #[tokio::test]
    async fn a_page_is_read_along_an_index() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("rempart.sqlite").display());
        let store = Store::open(&url).await.unwrap();
        let text = || Some("x".to_owned());
        for (filter, index) in [
            (SignalFilter::default(), "signal_1"),
            (SignalFilter { asset: text(), ..SignalFilter::default() }, "signal_3"),
            (SignalFilter { host: text(), ..SignalFilter::default() }, "signal_4"),
            (SignalFilter { rule: text(), ..SignalFilter::default() }, "signal_5"),
        ] {
            for after in [None, Some("1000.7")] {
                let query = page("i", &filter, after, 100).build(DbBackend::Sqlite);
                let plan = Statement::from_string(DbBackend::Sqlite, format!("EXPLAIN QUERY PLAN {query}"));
                let plan = store.connection.query_all_raw(plan).await.unwrap();
                let plan: Vec<String> = plan.iter().map(|row| row.try_get("", "detail").unwrap()).collect();
                let plan = plan.join("\n");
                assert!(plan.contains(&format!("USING INDEX {index} (")), "{plan}");
                assert!(!plan.contains("TEMP B-TREE"), "sorted by hand: {plan}");
            }
        }
    }

    #[test]
    fn what_an_index_cannot_take_is_cut_and_told_apart() {
        let long = |end: &str| fit(&("é".repeat(3_000) + end), PATH);
        assert!(long("a").len() <= PATH);
        assert_ne!(long("a"), long("b"));
        assert_eq!(fit("nul\0", NAME), "nul\u{fffd}");
    }
}
