//! Rows as lines of JSON, column by column, by the kinds of the schema and not by today's entities: a bundle
//! of an earlier schema is read as it was written, then migrated.
//!
//! Invariant: what is read back is what was written, to the bit, whichever database holds it.

use sea_orm::sea_query::Expr;
use sea_orm::{DbErr, QueryResult, Value};
use serde_json::Map;

use super::{BundleError, LEFT_OUT, TableEntry};
use crate::schema;

/// A column, and the kind of its values.
#[derive(Clone)]
pub(super) struct Column {
    pub(super) name: String,
    kind: Kind,
}

#[derive(Clone, Copy)]
enum Kind {
    Text,
    Int,
    Small,
    Bool,
    Real,
}

/// The tables that a bundle of today's schema holds, those first that others name.
pub(super) fn tables() -> Vec<TableEntry> {
    schema::tables()
        .into_iter()
        .filter(|table| !LEFT_OUT.contains(&table.0))
        .map(|(name, columns)| TableEntry { name: name.to_owned(), columns, rows: 0 })
        .collect()
}

/// Every table that a store may have, those that a bundle leaves out too.
pub(super) fn every_table() -> impl Iterator<Item = &'static str> {
    schema::tables().into_iter().map(|(name, _)| name)
}

/// The columns of a table of a bundle.
pub(super) fn columns(table: &TableEntry) -> Result<Vec<Column>, BundleError> {
    let letter = |it: char| it.is_ascii_lowercase() || it.is_ascii_digit() || it == '_';
    let named = |name: &str| !name.is_empty() && name.chars().all(letter);
    let column = |text: &String| {
        let (name, kind) = text.split_once(':')?;
        let kind = match kind {
            "text" => Kind::Text,
            "int" => Kind::Int,
            "small" => Kind::Small,
            "bool" => Kind::Bool,
            "real" => Kind::Real,
            _ => return None,
        };
        named(name).then(|| Column { name: name.to_owned(), kind })
    };
    let columns: Option<Vec<Column>> = table.columns.iter().map(column).collect();
    columns.filter(|columns| named(&table.name) && !columns.is_empty()).ok_or_else(|| BundleError::Damaged {
        place: "manifest.json".to_owned(),
        reason: format!("it describes a table that cannot be: {}", table.name),
    })
}

/// Adds a row of the database to lines.
pub(super) fn write(row: &QueryResult, columns: &[Column], lines: &mut Vec<u8>) -> Result<(), BundleError> {
    let mut fields = Map::new();
    for column in columns {
        fields.insert(column.name.clone(), field(row, column)?);
    }
    serde_json::to_writer(&mut *lines, &fields).map_err(crate::Error::from)?;
    lines.push(b'\n');
    Ok(())
}

fn field(row: &QueryResult, column: &Column) -> Result<serde_json::Value, DbErr> {
    let name = column.name.as_str();
    Ok(match column.kind {
        Kind::Text => row.try_get::<Option<String>>("", name)?.into(),
        Kind::Int => row.try_get::<Option<i64>>("", name)?.into(),
        Kind::Small => row.try_get::<Option<i32>>("", name)?.into(),
        Kind::Bool => row.try_get::<Option<bool>>("", name)?.into(),
        // JSON has no name for what is no finite number.
        Kind::Real => match row.try_get::<Option<f64>>("", name)? {
            Some(number) if !number.is_finite() => number.to_string().into(),
            number => number.into(),
        },
    })
}

/// A line as values for the database.
pub(super) fn read(line: &[u8], columns: &[Column]) -> Result<Vec<Expr>, String> {
    let fields: Map<String, serde_json::Value> =
        serde_json::from_slice(line).map_err(|error| error.to_string())?;
    if fields.len() != columns.len() {
        return Err("a row has not the columns of its table".to_owned());
    }
    columns
        .iter()
        .map(|column| {
            let field = fields.get(&column.name).and_then(|field| value(field, column.kind));
            field.map(Expr::value).ok_or_else(|| format!("a row has no sound {}", column.name))
        })
        .collect()
}

fn value(field: &serde_json::Value, kind: Kind) -> Option<Value> {
    let empty = field.is_null();
    Some(match kind {
        Kind::Text => Value::from(if empty { None } else { Some(field.as_str()?.to_owned()) }),
        Kind::Int => Value::from(if empty { None } else { Some(field.as_i64()?) }),
        Kind::Small => Value::from(if empty { None } else { Some(i32::try_from(field.as_i64()?).ok()?) }),
        Kind::Bool => Value::from(if empty { None } else { Some(field.as_bool()?) }),
        Kind::Real => Value::from(match field {
            serde_json::Value::Null => None,
            serde_json::Value::String(text) => Some(text.parse::<f64>().ok()?),
            number => Some(number.as_f64()?),
        }),
    })
}
