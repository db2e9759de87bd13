//! An event's original fields as JSON text; [`evidence::fields_of`] reads it back.
//!
//! Invariant: names, order, repeated names and kinds of value come back as they were; a number that JSON cannot say
//! comes back as null.

use evidence::{Fields, Value};
use serde::ser::{Serialize, Serializer};

pub(crate) fn to_json(fields: &Fields) -> Result<String, serde_json::Error> {
    serde_json::to_string(&Object(fields))
}

pub(crate) struct Object<'a>(pub(crate) &'a Fields);

struct Any<'a>(&'a Value);

impl Serialize for Object<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.0.iter().map(|(name, value)| (&**name, Any(value))))
    }
}

impl Serialize for Any<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Text(text) => serializer.serialize_str(text),
            Value::Integer(number) => serializer.serialize_i64(*number),
            Value::Number(number) => serializer.serialize_f64(*number),
            Value::Boolean(truth) => serializer.serialize_bool(*truth),
            Value::Null => serializer.serialize_unit(),
            Value::List(list) => serializer.collect_seq(list.iter().map(Any)),
            Value::Map(fields) => Object(fields).serialize(serializer),
        }
    }
}
