//! Schema changes, in order; each is applied once and kept for ever.
//!
//! Invariant: an upgrade keeps data; the tables hold exactly the columns that the entities name.

use sea_orm::sea_query::{Alias, ColumnDef, ForeignKey, Index, Query, Table, TableCreateStatement};
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DbBackend, SqliteTransactionMode, Statement, TransactionOptions,
    TransactionTrait,
};
use sea_orm_migration::prelude::{
    DbErr, MigrationName, MigrationTrait, MigratorTrait, SchemaManager, async_trait,
};

use crate::error::{Error, Result};
use crate::schema::{self, OTHERS, RECORD, RECORDS, SECOND, THIRD};

/// All migrations.
pub(crate) struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![Box::new(First), Box::new(Second), Box::new(Third)]
    }
}

/// Key of the lock that only one process holds while it makes tables.
const MIGRATING: i64 = 0x7265_6d70;

/// The first schema.
struct First;

/// What people see of assets.
struct Second;

/// What is set aside.
struct Third;

/// Brings the tables up to date, in one transaction; another process that opens the same store waits.
pub(crate) async fn apply(connection: &DatabaseConnection) -> Result<()> {
    if pending(&applied(connection).await?)?.is_empty() {
        return Ok(());
    }
    let immediate = Some(SqliteTransactionMode::Immediate);
    let options = TransactionOptions { sqlite_transaction_mode: immediate, ..TransactionOptions::default() };
    let transaction = connection.begin_with_options(options).await?;
    if transaction.get_database_backend() == DbBackend::Postgres {
        transaction.execute_unprepared(&format!("SELECT pg_advisory_xact_lock({MIGRATING})")).await?;
    }
    Migrator::up(&transaction, None).await?;
    Ok(transaction.commit().await?)
}

/// Names of the migrations that a store went through, in order.
pub(crate) async fn applied(connection: &impl ConnectionTrait) -> Result<Vec<String>> {
    let table = Migrator::migration_table_name().to_string();
    let there = match connection.get_database_backend() {
        DbBackend::Sqlite => format!("SELECT name FROM sqlite_master WHERE name = '{table}'"),
        _ => format!("SELECT to_regclass('{table}')::text AS name WHERE to_regclass('{table}') IS NOT NULL"),
    };
    let backend = connection.get_database_backend();
    if connection.query_one_raw(Statement::from_string(backend, there)).await?.is_none() {
        return Ok(Vec::new());
    }
    let names = Statement::from_string(backend, format!("SELECT version FROM {table} ORDER BY version"));
    let names = connection.query_all_raw(names).await?;
    Ok(names.iter().map(|row| row.try_get("", "version")).collect::<Result<_, _>>()?)
}

/// Names of ours that a store lacks which went through these.
pub(crate) fn pending(applied: &[String]) -> Result<Vec<String>> {
    let ours: Vec<String> = Migrator::migrations().iter().map(|it| it.name().to_owned()).collect();
    match ours.strip_prefix(applied) {
        Some(pending) => Ok(pending.to_vec()),
        None => Err(Error::Damaged(
            "it was written by a newer Rempart; start that version, or a newer one".to_owned(),
        )),
    }
}

impl MigrationName for First {
    fn name(&self) -> &str {
        "001_first"
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

impl MigrationName for Second {
    fn name(&self) -> &str {
        "002_sightings"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Second {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in SECOND {
            create(manager, table, &format!("{RECORD}{}", table.columns)).await?;
        }
        Ok(())
    }
}

impl MigrationName for Third {
    fn name(&self) -> &str {
        "003_suppressions"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Third {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in THIRD {
            create(manager, table, &format!("{RECORD}{}", table.columns)).await?;
        }
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
