//! An event's original fields as JSON text, and back.
//!
//! Invariant: names, order, repeated names and kinds of value come back as they were; a number that JSON cannot say
//! comes back as null.

use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;

use evidence::{Fields, Value};
use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde::ser::{Serialize, Serializer};

/// Names that the events of one file share.
#[derive(Default)]
pub(crate) struct Names(HashSet<Arc<str>>);

/// Names that are shared at most; further ones are copied.
const NAMES_MAX: usize = 16_384;

pub(crate) fn to_json(fields: &Fields) -> Result<String, serde_json::Error> {
    serde_json::to_string(&Object(fields))
}

pub(crate) fn from_json(text: &str, names: &mut Names) -> Result<Fields, serde_json::Error> {
    let mut reader = serde_json::Deserializer::from_str(text);
    match (Seed { names }).deserialize(&mut reader)? {
        Value::Map(fields) => Ok(fields),
        _ => Err(serde_json::Error::custom("fields are not an object")),
    }
}

impl Names {
    fn of(&mut self, name: &str) -> Arc<str> {
        if let Some(known) = self.0.get(name) {
            return Arc::clone(known);
        }
        let new: Arc<str> = Arc::from(name);
        if self.0.len() < NAMES_MAX {
            self.0.insert(Arc::clone(&new));
        }
        new
    }
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

struct Seed<'a> {
    names: &'a mut Names,
}

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seed<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a field's value")
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(Value::Text(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<Value, E> {
        Ok(Value::Text(text))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(Value::Integer(number))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        Ok(i64::try_from(number).map_or(Value::Number(number as f64), Value::Integer))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Value, E> {
        Ok(Value::Number(number))
    }

    fn visit_bool<E>(self, truth: bool) -> Result<Value, E> {
        Ok(Value::Boolean(truth))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(value) = seq.next_element_seed(Seed { names: self.names })? {
            list.push(value);
        }
        Ok(Value::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut fields = Vec::new();
        while let Some(name) = map.next_key::<std::borrow::Cow<'de, str>>()? {
            let name = self.names.of(&name);
            fields.push((name, map.next_value_seed(Seed { names: self.names })?));
        }
        Ok(Value::Map(Fields(fields)))
    }
}
