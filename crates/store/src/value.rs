//! Values that SQL knows as a number or a text, and the rest of Rempart by their meaning.
//!
//! Invariant: an instant is UTC, whole microseconds; JSON columns are never looked into by SQL.

use std::borrow::Cow;

use jiff::Timestamp;
use sea_orm::sea_query::{ArrayType, ColumnType, Nullable, StringLen, ValueType, ValueTypeErr};
use sea_orm::{ColIdx, DbErr, QueryResult, TryGetError, TryGetable, Value};
use serde::{Deserialize, Serialize};
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, Type};
use utoipa::openapi::{RefOr, Schema};

/// An instant: microseconds since 1970 in SQL, RFC 3339 in JSON.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(transparent)]
pub struct Instant(pub Timestamp);

/// Several words in one column.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(transparent)]
pub struct List(pub Vec<String>);

/// A JSON value in one column.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Json(pub serde_json::Value);

impl Instant {
    fn from_column(microseconds: i64) -> Result<Instant, String> {
        Timestamp::from_microsecond(microseconds).map(Instant).map_err(|error| error.to_string())
    }

    fn column(&self) -> i64 {
        self.0.as_microsecond()
    }
}

impl List {
    fn from_column(text: String) -> Result<List, String> {
        serde_json::from_str(&text).map_err(|error| error.to_string())
    }

    fn column(&self) -> String {
        serde_json::Value::from(self.0.clone()).to_string()
    }
}

impl Json {
    fn from_column(text: String) -> Result<Json, String> {
        serde_json::from_str(&text).map_err(|error| error.to_string())
    }

    fn column(&self) -> String {
        self.0.to_string()
    }
}

impl From<Timestamp> for Instant {
    /// Cuts what is finer than a microsecond, as the column does.
    fn from(time: Timestamp) -> Instant {
        Instant(Timestamp::from_microsecond(time.as_microsecond()).unwrap_or(time))
    }
}

impl From<Vec<String>> for List {
    fn from(words: Vec<String>) -> List {
        List(words)
    }
}

/// A text that both databases hold: PostgreSQL refuses the character NUL, so another stands for it.
pub(crate) fn clean(text: &str) -> Cow<'_, str> {
    if text.contains('\0') { Cow::Owned(text.replace('\0', "\u{fffd}")) } else { Cow::Borrowed(text) }
}

/// Cleans every text in a JSON value; says whether there was anything to clean.
pub(crate) fn clean_json(value: &mut serde_json::Value) -> bool {
    match value {
        serde_json::Value::String(text) => {
            let dirty = text.contains('\0');
            if dirty {
                *text = clean(text).into_owned();
            }
            dirty
        }
        serde_json::Value::Array(items) => items.iter_mut().fold(false, |dirty, it| clean_json(it) | dirty),
        serde_json::Value::Object(fields) => {
            fields.values_mut().fold(false, |dirty, it| clean_json(it) | dirty)
        }
        _ => false,
    }
}

macro_rules! column {
    ($name:ident, $inner:ty, $variant:ident, $kind:expr, $array:ident) => {
        impl From<$name> for Value {
            fn from(value: $name) -> Value {
                Value::$variant(Some(value.column().into()))
            }
        }

        impl TryGetable for $name {
            fn try_get_by<I: ColIdx>(row: &QueryResult, index: I) -> Result<Self, TryGetError> {
                let inner = <$inner>::try_get_by(row, index)?;
                $name::from_column(inner).map_err(|error| TryGetError::DbErr(DbErr::Type(error)))
            }
        }

        impl ValueType for $name {
            fn try_from(value: Value) -> Result<Self, ValueTypeErr> {
                let inner = <$inner as ValueType>::try_from(value)?;
                $name::from_column(inner).map_err(|_| ValueTypeErr)
            }

            fn type_name() -> String {
                stringify!($name).to_owned()
            }

            fn array_type() -> ArrayType {
                ArrayType::$array
            }

            fn column_type() -> ColumnType {
                $kind
            }
        }

        impl Nullable for $name {
            fn null() -> Value {
                Value::$variant(None)
            }
        }
    };
}

column!(Instant, i64, BigInt, ColumnType::BigInteger, BigInt);
column!(List, String, String, ColumnType::String(StringLen::None), String);
column!(Json, String, String, ColumnType::String(StringLen::None), String);

macro_rules! schema {
    ($name:ident, $schema:expr) => {
        impl utoipa::PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                $schema.into()
            }
        }

        impl utoipa::ToSchema for $name {
            fn name() -> Cow<'static, str> {
                Cow::Borrowed(stringify!($name))
            }
        }
    };
}

schema!(
    Instant,
    ObjectBuilder::new()
        .schema_type(Type::String)
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
        .build()
);
schema!(
    List,
    utoipa::openapi::ArrayBuilder::new()
        .items(ObjectBuilder::new().schema_type(Type::String).build())
        .build()
);
schema!(Json, ObjectBuilder::new().schema_type(utoipa::openapi::schema::SchemaType::AnyValue).build());

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_survives_its_column() {
        let time: Timestamp = "2026-11-22T02:14:05.123456789Z".parse().unwrap();
        let instant = Instant::from(time);
        assert_eq!(Instant::from_column(instant.column()), Ok(instant));
        assert_eq!(serde_json::to_string(&instant).unwrap(), "\"2026-11-22T02:14:05.123456Z\"");
    }
}
