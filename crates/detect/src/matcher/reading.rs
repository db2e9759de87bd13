//! Where in an event the fields of a matcher stand, under the names that one route gives them.
//!
//! Invariant: each field is found where [`Names::find`] finds it.

use std::borrow::Cow;
use std::collections::HashMap;

use evidence::{Event, Value};

use crate::fields::{Found, Names};

/// Slot of a field that is absent.
pub const NONE: u32 = u32::MAX;
/// From here on, slots are places among the values that were sought one by one.
pub const SLOW: u32 = 1 << 31;

/// The way from an event's own names to a matcher's fields.
pub struct Reading {
    /// For each name, the fields that it stands for, each with its rank among the names of that field.
    by_name: HashMap<Box<str>, Vec<(u32, u8)>, foldhash::fast::RandomState>,
    /// Fields sought one by one: those of several parts or with a dot in their name.
    slow: Vec<(u32, Box<str>)>,
    fields: usize,
}

/// Values that were sought one by one.
pub type Sought<'a> = Vec<Cow<'a, Value>>;

impl Reading {
    /// For those fields under those names.
    pub fn new(fields: &[String], names: &Names) -> Reading {
        let mut reading = Reading { by_name: HashMap::default(), slow: Vec::new(), fields: fields.len() };
        for (number, field) in (0..).zip(fields) {
            match names.simple(field) {
                Some(ways) => {
                    for (rank, name) in (0..).zip(ways) {
                        reading.by_name.entry(name.into()).or_default().push((number, rank));
                    }
                }
                None => reading.slow.push((number, field.as_str().into())),
            }
        }
        reading
    }

    /// Fills in where each field stands, and gives the values that were sought one by one.
    pub fn find<'a>(
        &self,
        event: &'a Event,
        names: &Names,
        slots: &mut Vec<u32>,
        ranks: &mut Vec<u8>,
    ) -> Sought<'a> {
        slots.clear();
        slots.resize(self.fields, NONE);
        ranks.clear();
        ranks.resize(self.fields, u8::MAX);
        for (place, (name, _)) in (0..).zip(&event.fields.0) {
            for (field, rank) in self.by_name.get(&**name).into_iter().flatten() {
                let best = &mut ranks[*field as usize];
                if *rank < *best {
                    *best = *rank;
                    slots[*field as usize] = place;
                }
            }
        }
        let mut sought = Vec::new();
        for (field, name) in &self.slow {
            let value = match names.find(event, name) {
                Some(Found::Field(value)) => Cow::Borrowed(value),
                Some(Found::Text(text)) => Cow::Owned(Value::Text(text)),
                None => continue,
            };
            slots[*field as usize] = SLOW + sought.len() as u32;
            sought.push(value);
        }
        sought
    }
}

/// The value in a slot.
pub fn at<'v>(slot: u32, event: &'v Event, sought: &'v [Cow<'_, Value>]) -> Option<&'v Value> {
    if slot < SLOW {
        return event.fields.0.get(slot as usize).map(|(_, value)| value);
    }
    sought.get((slot - SLOW) as usize).map(|it| &**it)
}
