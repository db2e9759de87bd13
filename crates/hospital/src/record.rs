//! What the files of a map say, before anything is asked of it: tables of keys and values, each with
//! its place. TOML files and sheets give the same records.
//!
//! Invariant: reading never fails; what could not be read is a [`Syntax`], and the rest is still there.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::said::Said;
use crate::source::Place;

/// One table of a file.
#[derive(Clone, Debug, Default)]
pub(crate) struct Record {
    pub(crate) place: Place,
    /// In the order of the file.
    pub(crate) fields: Vec<Field>,
}

/// One key of a table.
#[derive(Clone, Debug)]
pub(crate) struct Field {
    pub(crate) key: String,
    pub(crate) key_place: Place,
    pub(crate) item: Item,
}

/// A value and where it stands.
#[derive(Clone, Debug)]
pub(crate) struct Item {
    pub(crate) place: Place,
    pub(crate) value: Value,
}

/// A value.
#[derive(Clone, Debug)]
pub(crate) enum Value {
    Text(String),
    /// As written in the file's own date syntax.
    Date(String),
    Whole(i64),
    /// A number that is not whole, or too large.
    Number(String),
    Flag(bool),
    List(Vec<Item>),
    Table(Record),
}

/// A place where the text is not TOML.
#[derive(Clone, Debug)]
pub(crate) struct Syntax {
    pub(crate) place: Place,
    pub(crate) message: Said,
}

impl Record {
    /// The field of that key.
    pub(crate) fn field(&self, key: &str) -> Option<&Field> {
        self.fields.iter().find(|it| it.key == key)
    }

    /// The value of that key.
    pub(crate) fn item(&self, key: &str) -> Option<&Item> {
        self.field(key).map(|it| &it.item)
    }
}

impl Value {
    /// What it is, for messages.
    pub(crate) fn kind(&self) -> Said {
        kind(match self {
            Self::Text(_) => "text",
            Self::Date(_) => "date",
            Self::Whole(_) => "whole",
            Self::Number(_) => "number",
            Self::Flag(_) => "flag",
            Self::List(_) => "list",
            Self::Table(_) => "table",
        })
    }
}

/// A kind of value, for messages.
pub(crate) fn kind(word: &str) -> Said {
    Said::new("mistake-value").with("kind", word)
}

/// Reads a TOML text as far as it goes.
pub(crate) fn parse(file: u32, text: &str) -> (Record, Vec<Syntax>) {
    let (document, errors) = DeTable::parse_recoverable(text);
    let syntax = errors.iter().map(|error| Syntax {
        place: place(file, error.span().map_or(0, |it| it.start)),
        message: Said::new("mistake-syntax").with("reason", error.message()),
    });
    (table(file, 0, document.get_ref()), syntax.collect())
}

fn table(file: u32, start: usize, table: &DeTable<'_>) -> Record {
    let mut fields: Vec<Field> = table
        .iter()
        .map(|(key, value)| Field {
            key: key.get_ref().to_string(),
            key_place: place(file, key.span().start),
            item: item(file, value),
        })
        .collect();
    fields.sort_by_key(|it| it.key_place);
    Record { place: place(file, start), fields }
}

fn item(file: u32, spanned: &Spanned<DeValue<'_>>) -> Item {
    let start = spanned.span().start;
    let value = match spanned.get_ref() {
        DeValue::String(text) => Value::Text(text.to_string()),
        DeValue::Integer(number) => match i64::from_str_radix(number.as_str(), number.radix()) {
            Ok(number) => Value::Whole(number),
            Err(_) => Value::Number(number.as_str().to_owned()),
        },
        DeValue::Float(number) => Value::Number(number.as_str().to_owned()),
        DeValue::Boolean(flag) => Value::Flag(*flag),
        DeValue::Datetime(date) => Value::Date(date.to_string()),
        DeValue::Array(items) => Value::List(items.iter().map(|it| item(file, it)).collect()),
        DeValue::Table(inner) => Value::Table(table(file, start, inner)),
    };
    Item { place: place(file, start), value }
}

fn place(file: u32, offset: usize) -> Place {
    Place { file, offset: u32::try_from(offset).unwrap_or(u32::MAX) }
}
