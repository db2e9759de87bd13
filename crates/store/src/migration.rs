//! Schema changes, in order; each is applied once and kept for ever.
//!
//! Invariant: an upgrade keeps data; the tables hold exactly the columns that the entities name.

use sea_orm::ConnectionTrait;
use sea_orm::sea_query::{Alias, ColumnDef, ForeignKey, Index, Query, Table, TableCreateStatement};
use sea_orm_migration::prelude::{
    DbErr, MigrationName, MigrationTrait, MigratorTrait, SchemaManager, async_trait,
};

use crate::schema::{self, OTHERS, RECORD, RECORDS};

/// All migrations.
pub(crate) struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![Box::new(First)]
    }
}

const FIRST: &str = "001_first";

/// The first schema.
struct First;

impl MigrationName for First {
    fn name(&self) -> &str {
        FIRST
    }
}

#[async_trait::async_trait]
impl MigrationTrait for First {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in RECORDS {
            create(manager, table, &format!("{RECORD}{}", table.columns)).await?;
        }
        for table in OTHERS {
            create(manager, table, table.columns).await?;
        }
        let lock = Query::insert()
            .into_table(Alias::new("write_lock"))
            .columns([Alias::new("id"), Alias::new("taken")])
            .values_panic([1.into(), 0_i64.into()])
            .to_owned();
        manager.get_connection().execute(&lock).await?;
        Ok(())
    }
}

async fn create(manager: &SchemaManager<'_>, table: &schema::Table, columns: &str) -> Result<(), DbErr> {
    manager.create_table(statement(table.name, columns)).await?;
    for (place, index) in table.indexes.iter().enumerate() {
        let (unique, columns) = index.strip_prefix('!').map_or((false, *index), |columns| (true, columns));
        let mut made = Index::create();
        made.name(format!("{}_{place}", table.name)).table(Alias::new(table.name));
        for column in columns.split(',') {
            made.col(Alias::new(column));
        }
        if unique {
            made.unique();
        }
        manager.create_index(made).await?;
    }
    Ok(())
}

/// The first column is the key.
fn statement(name: &str, columns: &str) -> TableCreateStatement {
    let mut table = Table::create();
    table.table(Alias::new(name));
    for (place, column) in columns.split_whitespace().enumerate() {
        let (column, parent) =
            column.split_once('>').map_or((column, None), |(it, parent)| (it, Some(parent)));
        let (column, kind) = column.split_once(':').unwrap_or((column, "text"));
        let (kind, may_be_empty) = kind.strip_suffix('?').map_or((kind, false), |kind| (kind, true));
        let mut made = ColumnDef::new(Alias::new(column));
        match kind {
            "int" => made.big_integer(),
            "small" => made.integer(),
            "bool" => made.boolean(),
            "real" => made.double(),
            _ => made.text(),
        };
        if !may_be_empty {
            made.not_null();
        }
        if place == 0 {
            made.primary_key();
        }
        table.col(made);
        if let Some(parent) = parent {
            table.foreign_key(
                ForeignKey::create()
                    .from(Alias::new(name), Alias::new(column))
                    .to(Alias::new(parent), Alias::new("id")),
            );
        }
    }
    table
}
