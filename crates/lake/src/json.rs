//! A kept event as one line of JSON.

use serde::ser::{Serialize, SerializeStruct, Serializer};

use crate::fields::Object;
use crate::lake::Kept;
use crate::row::certainty_name;

impl Serialize for Kept {
    /// `{time, certainty, host, user, provider, channel, event_id, format, addresses, path, record, rules, fields,
    /// line}`; what is unknown is null.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let event = &self.event;
        let mut object = serializer.serialize_struct("Kept", 14)?;
        object.serialize_field("time", &event.time)?;
        object.serialize_field("certainty", certainty_name(event.certainty))?;
        object.serialize_field("host", &event.host)?;
        object.serialize_field("user", &event.user)?;
        object.serialize_field("provider", &event.provider)?;
        object.serialize_field("channel", &event.channel)?;
        object.serialize_field("event_id", &event.event_id)?;
        object.serialize_field("format", event.format)?;
        object.serialize_field("addresses", &event.addresses)?;
        object.serialize_field("path", &*event.origin.path)?;
        object.serialize_field("record", &event.origin.record)?;
        object.serialize_field("rules", &self.rules)?;
        object.serialize_field("fields", &Object(&event.fields))?;
        object.serialize_field("line", &(!event.line.is_empty()).then_some(&event.line))?;
        object.end()
    }
}
