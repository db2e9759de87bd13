//! Bundles: whole, equal on both databases, refused when damaged, restored all at once.

mod damage;
mod exchange;
mod folder;

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::path::Path;

use proptest::prelude::*;
use sea_orm::sea_query::{Alias, Expr, Query};
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, DbBackend, QueryResult, Statement, Value};
use store::entity::Account;
use store::{Actor, Key, Lock, Manifest, Store, sqlite_url};

use crate::audit::sample;
use crate::change::account;
use crate::common::Place;

/// Rows put in each table.
const ROWS: usize = 5;

/// A SQLite store in a data folder, with rows in every table and files of every kind.
pub async fn full_store(data: &Path) -> Store {
    let store = Store::open(&sqlite_url(data)).await.unwrap();
    let mut change = store.begin(&Actor::command()).await.unwrap();
    for number in 0..20 {
        let name = format!("nurse-{number}");
        change.add(account(&name)).await.unwrap();
        change
            .tell("export", "list", "\u{1f3e5}\"\\\n", None, serde_json::json!([0.1, number]))
            .await
            .unwrap();
    }
    change.commit().await.unwrap();
    let connection = Database::connect(sqlite_url(data)).await.unwrap();
    for (table, columns) in tables(&connection).await {
        for number in 0..ROWS {
            fill(&connection, &table, &columns, number).await;
        }
    }
    connection.close().await.unwrap();
    for (path, bytes) in [
        ("evidence/i-1/dc.evtx", sample(proptest::collection::vec(any::<u8>(), 300_000))),
        ("evidence/i-1/empty", Vec::new()),
        ("files/deep/er/photo é.png", b"photo".to_vec()),
        ("key", b"the sealing key".to_vec()),
        ("certificate.pem", b"certificate".to_vec()),
        ("setup-url", b"stays behind".to_vec()),
    ] {
        let path = data.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    store
}

/// A column: name, type, whether it may be empty, the table that it names.
type Column = (String, String, bool, Option<String>);

async fn ask(connection: &DatabaseConnection, sql: &str) -> Vec<QueryResult> {
    connection.query_all_raw(Statement::from_string(DbBackend::Sqlite, sql)).await.unwrap()
}

/// Tables, parents first, but for those whose rows have a meaning to the store itself.
async fn tables(connection: &DatabaseConnection) -> Vec<(String, Vec<Column>)> {
    let mut tables = Vec::new();
    for row in ask(connection, "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY rowid").await {
        let table: String = row.try_get("", "name").unwrap();
        if ["audit", "write_lock", "seaql_migrations"].contains(&table.as_str()) {
            continue;
        }
        let sql = format!(
            "SELECT c.name, lower(c.type) AS kind, c.\"notnull\" = 0 AS empty, f.\"table\" AS parent \
             FROM pragma_table_info('{table}') c LEFT JOIN pragma_foreign_key_list('{table}') f \
             ON f.\"from\" = c.name ORDER BY c.cid"
        );
        let column = |row: &QueryResult| {
            let text = |name: &str| row.try_get::<Option<String>>("", name).unwrap();
            let empty = row.try_get::<i32>("", "empty").unwrap() == 1;
            (text("name").unwrap(), text("kind").unwrap(), empty, text("parent"))
        };
        tables.push((table.clone(), ask(connection, &sql).await.iter().map(column).collect()));
    }
    assert!(tables.len() > 25);
    tables
}

async fn fill(connection: &DatabaseConnection, table: &str, columns: &[Column], number: usize) {
    let mut values = Vec::new();
    for (place, (name, kind, may_be_empty, parent)) in columns.iter().enumerate() {
        let any = sample(any::<[i64; 40]>())[(number * 7 + place) % 40];
        let real = sample(proptest::collection::vec(proptest::num::f64::ANY, 20))[(number * 3 + place) % 20];
        let text = format!("{name} {number} \u{1f512} ' \" \\ \n \\u0000 é {any}");
        let value: Value = match (kind.as_str(), parent) {
            _ if *may_be_empty && number.is_multiple_of(2) => Value::String(None),
            (_, Some(parent)) => format!("{parent}-{number}").into(),
            ("text" | "varchar", _) if place == 0 => format!("{table}-{number}").into(),
            ("bigint", _) if place == 0 => (number as i64).into(),
            ("text" | "varchar", _) => text.into(),
            ("bigint", _) => any.into(),
            ("integer", _) => ((any >> 32) as i32).into(),
            ("boolean", _) => (any % 2 == 0).into(),
            // SQLite keeps no NaN.
            ("double", _) => if real.is_nan() { f64::INFINITY } else { real }.into(),
            (other, _) => panic!("{table}.{name}: {other}"),
        };
        values.push(Expr::value(value));
    }
    let mut insert = Query::insert();
    insert.into_table(Alias::new(table)).columns(columns.iter().map(|it| Alias::new(&it.0)));
    connection.execute(&insert.values(values).unwrap().to_owned()).await.unwrap();
}

/// Rows by table, sorted, and kept files: what a plain bundle holds, read by common tools alone.
pub fn contents(bundle: &[u8]) -> (BTreeMap<String, Vec<String>>, Manifest) {
    let mut tables: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut manifest = None;
    for (name, bytes) in members(bundle) {
        if let Some(table) = name.strip_prefix("tables/").and_then(|it| it.split('/').next()) {
            let lines = std::str::from_utf8(&bytes).unwrap().lines().map(str::to_owned);
            tables.entry(table.to_owned()).or_default().extend(lines);
        } else if name == "manifest.json" {
            manifest = Some(serde_json::from_slice(&bytes).unwrap());
        }
    }
    tables.values_mut().for_each(|lines| lines.sort());
    (tables, manifest.unwrap())
}

pub fn members(bundle: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut archive = tar::Archive::new(zstd::stream::read::Decoder::new(bundle).unwrap());
    let read = |entry: std::io::Result<tar::Entry<_>>| {
        let mut entry = entry.unwrap();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        (entry.path().unwrap().to_str().unwrap().to_owned(), bytes)
    };
    archive.entries().unwrap().map(read).collect()
}

pub async fn bundle(store: &Store, lock: &Lock, data: &Path) -> Vec<u8> {
    let written = store.write_bundle(Vec::new(), lock, data).await.unwrap();
    assert_eq!(written.left_out, Vec::<String>::new());
    written.out
}

/// What opens it, and who may.
pub fn identity() -> (Key, Lock) {
    use age::secrecy::ExposeSecret;
    let identity = age::x25519::Identity::generate();
    let file = format!("# made for a test\n{}\n", identity.to_string().expose_secret());
    (Key::Identity(file), Lock::Recipients(vec![identity.to_public().to_string()]))
}

/// A small store with some accounts and no file.
pub async fn small_store(place: &Place, names: &[&str]) -> Store {
    let store = place.open().await;
    for name in names {
        let mut change = store.begin(&Actor::command()).await.unwrap();
        change.add(account(name)).await.unwrap();
        change.commit().await.unwrap();
    }
    store
}

pub async fn names(store: &Store) -> Vec<String> {
    store.all::<Account>().await.unwrap().into_iter().map(|it| it.name).collect()
}
