//! The tables, one line a table, in one list a version.
//!
//! Invariant: each list is frozen. A later version adds a list of its own beside these and a migration that applies
//! it; kept data must survive (`tests/it/upgrade.rs`).
//!
//! A column is `name:kind`, `?` where it may be empty, `>table` where it names a record of that table.
//! Kinds: `text`, `int` (64 bits; instants in microseconds), `small` (32 bits), `bool`, `real`.

/// Name of the table, its columns, its indexes (`!` before a unique one; columns joined by `,`).
pub(crate) struct Table {
    pub(crate) name: &'static str,
    pub(crate) columns: &'static str,
    pub(crate) indexes: &'static [&'static str],
}

const fn table(name: &'static str, columns: &'static str, indexes: &'static [&'static str]) -> Table {
    Table { name, columns, indexes }
}

/// Tables of people's records all begin so.
pub(crate) const RECORD: &str = "id:text version:int ";

/// Records: parents before those that name them.
pub(crate) const RECORDS: &[Table] = &[
    table(
        "account",
        "name:text shown:text origin:text subject:text? password:text? mail:text? lang:text? active:bool \
         created_at:int",
        &["!name"],
    ),
    table("grant", "account:text>account role:text site:text?", &["account"]),
    table(
        "factor",
        "account:text>account kind:text label:text secret:text confirmed:bool last_step:int? used_at:int? \
         created_at:int",
        &["account"],
    ),
    table(
        "session",
        "hash:text account:text>account origin:text second:bool created_at:int seen_at:int until:int \
         address:text agent:text seen_as:text?",
        &["!hash", "account"],
    ),
    table("link", "hash:text kind:text account:text?>account until:int used_at:int?", &["!hash"]),
    table(
        "token",
        "hash:text account:text>account label:text scopes:text hosts:text until:int created_at:int",
        &["!hash"],
    ),
    table("webhook", "url:text secret:text kinds:text private:bool detail:bool active:bool", &[]),
    table(
        "delivery",
        "carrier:text target:text body:text state:text tries:small next_at:int error:text? created_at:int",
        &["state,next_at"],
    ),
    table("map_version", "number:int files:text remark:text author:text at:int", &["!number"]),
    table("setting", "value:text", &[]),
    table(
        "ward_code",
        "service:text hash:text sealed:text created_at:int revoked_at:int? used_at:int?",
        &["!hash", "service"],
    ),
    table("backup", "at:int file:text size:int sha256:text error:text? tested_at:int?", &[]),
    table(
        "incident",
        "title:text kind:text state:text site:text? opened_at:int closed_at:int? aware_at:int? facts:text \
         clock_wall:int? clock_own:int? clock_speed:real horizon:int",
        &[],
    ),
    table(
        "attachment",
        "incident:text?>incident kind:text about:text? name:text size:int arrived:int sha256:text? state:text \
         reading:text? author:text at:int",
        &["incident"],
    ),
    table(
        "duty",
        "incident:text>incident role:text person:text account:text? since:int until:int?",
        &["incident"],
    ),
    table(
        "call",
        "incident:text>incident contact:text state:text author:text at:int remark:text",
        &["incident"],
    ),
    table(
        "decision",
        "incident:text>incident title:text why:text state:text levers:text actions:text price:real? \
         saved:real? person:text due_at:int? at:int taken_at:int?",
        &["incident"],
    ),
    table(
        "task",
        "incident:text>incident title:text detail:text person:text? account:text? team:text? playbook:text? \
         state:text blocked_by:text? due_at:int? decision:text? lever:text? code:text author:text at:int \
         done_at:int?",
        &["incident"],
    ),
    table(
        "message",
        "incident:text>incident audience:text lang:text title:text text:text state:text author:text at:int \
         approved_by:text? sent_at:int?",
        &["incident"],
    ),
    table(
        "notice",
        "incident:text>incident obligation:text state:text text:text reference:text? proof:text? author:text \
         at:int sent_at:int?",
        &["incident"],
    ),
    table(
        "cut",
        "incident:text>incident lever:text person:text at:int undone_by:text? undone_at:int? through:text",
        &["incident"],
    ),
    table(
        "ward_report",
        "incident:text>incident service:text says:text text:text patients:small? person:text at:int \
         through:text undone_at:int?",
        &["incident"],
    ),
    table(
        "note",
        "incident:text>incident at:int text:text about:text? author:text written_at:int handover:bool",
        &["incident"],
    ),
    table(
        "mark",
        "incident:text>incident rule:text asset:text? host:text? path:text? record:int? reason:text \
         author:text at:int undone_at:int?",
        &["incident"],
    ),
    table(
        "step",
        "incident:text>incident step:text state:text at:int reason:text author:text",
        &["incident"],
    ),
    table(
        "assessment",
        "incident:text>incident at:int findings:text signals:int map:int rules:text",
        &["!incident"],
    ),
];

/// Tables that are no records: the audit, signals, and what the server remembers of requests.
pub(crate) const OTHERS: &[Table] = &[
    table(
        "audit",
        "seq:int at:int actor:text actor_kind:text address:text verb:text kind:text record:text \
         incident:text? before:text? after:text? previous:text hash:text",
        &["incident,seq"],
    ),
    table("write_lock", "id:small taken:int", &[]),
    table(
        "signal",
        "id:int incident:text>incident rule:text title:text level:small at:int time:int? host:text? \
         asset:text? techniques:text tactics:text path:text record:int kept_at:int",
        &[
            "!incident,rule,path,record",
            "incident,at,id",
            "incident,level,at,id",
            "incident,asset,at,id",
            "incident,host,at,id",
            "incident,rule,at,id",
        ],
    ),
    table("idempotency", "id:text request:text status:small body:text at:int", &["at"]),
    table("visit", "id:text seq:int at:int", &[]),
];

/// Records of the second version: what people see of the map's assets.
pub(crate) const SECOND: &[Table] = &[table(
    "sighting",
    "incident:text>incident asset:text stance:text since:int reason:text author:text at:int undone_at:int?",
    &["incident"],
)];

/// Records of the third version: what is set aside in calm and in crisis.
pub(crate) const THIRD: &[Table] = &[table(
    "suppression",
    "rule:text? tactic:text? asset:text? host:text? reason:text author:text at:int until:int? \
     lifted_by:text? lifted_at:int?",
    &[],
)];

/// Every table as it stands after all migrations, parents first: its name and its columns as `name:kind`.
pub(crate) fn tables() -> Vec<(&'static str, Vec<String>)> {
    let columns = |first: &str, table: &Table| {
        let text = format!("{first}{}", table.columns);
        text.split_whitespace()
            .filter_map(|column| column.split(['?', '>']).next())
            .map(str::to_owned)
            .collect()
    };
    let records = RECORDS.iter().chain(SECOND).chain(THIRD).map(|table| (table.name, columns(RECORD, table)));
    records.chain(OTHERS.iter().map(|table| (table.name, columns("", table)))).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use sea_orm::sea_query::{ColumnType, StringLen};
    use sea_orm::{ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, IdenStatic, Iterable, Statement};

    use super::*;
    use crate::entity::*;

    /// Table → `name:kind`, sorted.
    type Tables = BTreeMap<String, Vec<String>>;

    fn entity<E: EntityTrait>(tables: &mut Tables) {
        let column = |column: E::Column| {
            let definition = column.def();
            let kind = match definition.get_column_type() {
                ColumnType::BigInteger => "int",
                ColumnType::Integer => "small",
                ColumnType::Boolean => "bool",
                ColumnType::Double => "real",
                ColumnType::Text | ColumnType::String(StringLen::None) => "text",
                other => panic!("{other:?}: the schema has no such kind"),
            };
            format!("{}:{kind}{}", column.as_str(), if definition.is_null() { "?" } else { "" })
        };
        let mut columns: Vec<String> = E::Column::iter().map(column).collect();
        columns.sort();
        let name = E::default().table_name().to_owned();
        assert!(tables.insert(name, columns).is_none());
    }

    fn entities() -> Tables {
        let mut tables = Tables::new();
        macro_rules! walk {
            ($($table:path),* $(,)?) => { $({ use $table as it; entity::<it::Entity>(&mut tables); })* };
        }
        walk!(
            account,
            grant,
            factor,
            session,
            link,
            token,
            webhook,
            delivery,
            map_version,
            setting,
            ward_code,
            backup,
            incident,
            attachment,
            duty,
            call,
            decision,
            task,
            message,
            notice,
            cut,
            ward_report,
            note,
            mark,
            step,
            assessment,
            sighting,
            suppression,
        );
        walk!(
            crate::audit,
            crate::signal,
            crate::change::lock,
            crate::memory::idempotency,
            crate::memory::visit
        );
        tables
    }

    #[test]
    fn every_table_has_the_columns_of_its_entity() {
        let of = |table: &Table, first: &str| {
            let text = format!("{first}{}", table.columns);
            let mut columns: Vec<String> =
                text.split_whitespace().map(|column| column.split('>').next().unwrap().to_owned()).collect();
            columns.sort();
            (table.name.to_owned(), columns)
        };
        let records = RECORDS.iter().chain(SECOND).chain(THIRD).map(|table| of(table, RECORD));
        let tables: Tables = records.chain(OTHERS.iter().map(|table| of(table, ""))).collect();
        assert_eq!(tables, entities());
    }

    #[tokio::test]
    async fn the_migrations_make_the_columns_of_the_entities() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("rempart.sqlite").display());
        let store = crate::Store::open(&url).await.unwrap();
        for (table, columns) in entities() {
            let asked = format!("SELECT name, \"notnull\" AS filled FROM pragma_table_info('{table}')");
            let rows = Statement::from_string(DbBackend::Sqlite, asked);
            let rows = store.connection.query_all_raw(rows).await.unwrap();
            let mut made: Vec<(String, bool)> = rows
                .iter()
                .map(|row| (row.try_get("", "name").unwrap(), row.try_get::<i32>("", "filled").unwrap() == 0))
                .collect();
            made.sort();
            let named =
                |column: &String| (column.split(':').next().unwrap().to_owned(), column.ends_with('?'));
            let mut named: Vec<(String, bool)> = columns.iter().map(named).collect();
            named.sort();
            assert_eq!(made, named, "{table}");
        }
    }
}
