//! JSON records: one object in, one event out.
//!
//! Invariant: every field of the object stays where it was; what rules expect at the top level
//! (Windows EventData) is added beside.

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use crate::event::{Event, Fields, Value};
use crate::names::Names;
use crate::piece::Desk;
use crate::shapes;

/// The event of one object; nothing where the bytes are not one JSON object.
pub(crate) fn event(record: &[u8], line: u64, desk: &mut Desk) -> Option<Event> {
    let fields = match object(record, desk.names) {
        Some(fields) => fields,
        None if std::str::from_utf8(record).is_err() => {
            let text = desk.text(record).into_owned();
            object(text.as_bytes(), desk.names)?
        }
        None => return None,
    };
    Some(shapes::event(fields, line, desk))
}

/// One JSON object as fields.
pub(crate) fn object(record: &[u8], names: &mut Names) -> Option<Fields> {
    bounded(record, names, VALUES_MAX)
}

/// The fields of one JSON object that we wrote ourselves, so that no bound on its values is needed; nothing where the
/// text is not one.
#[must_use]
pub fn fields_of(json: &str, names: &mut Names) -> Option<Fields> {
    bounded(json.as_bytes(), names, u32::MAX)
}

fn bounded(record: &[u8], names: &mut Names, mut left: u32) -> Option<Fields> {
    let mut reader = serde_json::Deserializer::from_slice(record);
    let value = Seed(names, &mut left).deserialize(&mut reader).ok()?;
    reader.end().ok()?;
    match value {
        Value::Map(fields) => Some(fields),
        _ => None,
    }
}

/// Values in one record: a longer one is refused, since each takes many times its text.
const VALUES_MAX: u32 = 1 << 18;

/// Names seen, and how many values are still allowed.
struct Seed<'n>(&'n mut Names, &'n mut u32);

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Value, D::Error> {
        *self.1 = self.1.checked_sub(1).ok_or_else(|| D::Error::custom("too many values"))?;
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seed<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_bool<E: Error>(self, it: bool) -> Result<Value, E> {
        Ok(Value::Boolean(it))
    }

    fn visit_i64<E: Error>(self, it: i64) -> Result<Value, E> {
        Ok(Value::Integer(it))
    }

    fn visit_u64<E: Error>(self, it: u64) -> Result<Value, E> {
        Ok(i64::try_from(it).map_or_else(|_| Value::Text(it.to_string()), Value::Integer))
    }

    fn visit_f64<E: Error>(self, it: f64) -> Result<Value, E> {
        Ok(Value::Number(it))
    }

    fn visit_str<E: Error>(self, it: &str) -> Result<Value, E> {
        Ok(Value::Text(it.to_owned()))
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(Seed(self.0, self.1))? {
            list.push(item);
        }
        Ok(Value::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut fields = Vec::new();
        while let Some(name) = entries.next_key_seed(Key(self.0))? {
            fields.push((name, entries.next_value_seed(Seed(self.0, self.1))?));
        }
        Ok(Value::Map(Fields(fields)))
    }
}

struct Key<'n>(&'n mut Names);

impl<'de> DeserializeSeed<'de> for Key<'_> {
    type Value = std::sync::Arc<str>;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Self::Value, D::Error> {
        reader.deserialize_str(self)
    }
}

impl Visitor<'_> for Key<'_> {
    type Value = std::sync::Arc<str>;

    fn expecting(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        f.write_str("a field name")
    }

    fn visit_str<E: Error>(self, it: &str) -> Result<Self::Value, E> {
        Ok(self.0.of(it))
    }
}
