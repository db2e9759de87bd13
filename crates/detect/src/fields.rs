//! Field names: what a rule's field is called in each shape of event.
//!
//! Invariant: a field that no table lists goes by its own name; a field listed with no name is absent.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use evidence::{Event, Value};
use serde::Deserialize;

/// The tables of `fields.yml`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tables {
    tables: BTreeMap<String, HashMap<String, Vec<String>>>,
}

/// One table: Sigma's name of a field to the names tried in order.
#[derive(Clone, Debug, Default)]
pub struct Names(HashMap<Box<str>, Vec<Name>>);

#[derive(Clone, Debug)]
enum Name {
    Field(Box<str>),
    /// Literal texts and fields in turn, beginning with a text.
    Template(Vec<Box<str>>),
}

impl Tables {
    /// The table of that name.
    pub fn table(&self, name: &str) -> Option<Arc<Names>> {
        let names = self.tables.get(name)?;
        let parse = |names: &Vec<String>| names.iter().map(|it| Name::parse(it)).collect();
        Some(Arc::new(Names(names.iter().map(|(key, names)| (key.as_str().into(), parse(names))).collect())))
    }
}

impl Names {
    /// The value that a rule means by `field`.
    pub fn find<'a>(&self, event: &'a Event, field: &str) -> Option<Found<'a>> {
        match self.0.get(field) {
            Some(names) => names.iter().find_map(|name| name.find(event)),
            None => event.fields.get(field).map(Found::Field),
        }
    }

    /// The names of whole fields of the event that stand for `field`, in the order tried; nothing where it may be put
    /// together of several, or stand inside another.
    pub fn simple<'n>(&'n self, field: &'n str) -> Option<Vec<&'n str>> {
        let names = match self.0.get(field) {
            None => vec![field],
            Some(names) => {
                let plain = |it: &'n Name| match it {
                    Name::Field(name) => Some(&**name),
                    Name::Template(_) => None,
                };
                names.iter().map(plain).collect::<Option<_>>()?
            }
        };
        (names.len() < 200 && names.iter().all(|it| !it.contains('.'))).then_some(names)
    }

    /// Names that rules may use beside the event's own.
    pub fn listed(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(|it| &**it)
    }
}

/// A field's value as found.
pub enum Found<'a> {
    /// As the event has it.
    Field(&'a Value),
    /// Put together from several.
    Text(String),
}

impl Name {
    fn parse(text: &str) -> Name {
        if !text.contains('{') {
            return Name::Field(text.into());
        }
        Name::Template(text.split(['{', '}']).map(Into::into).collect())
    }

    fn find<'a>(&self, event: &'a Event) -> Option<Found<'a>> {
        match self {
            Name::Field(name) => event.fields.get(name).map(Found::Field),
            Name::Template(parts) => {
                let mut text = String::new();
                for (place, part) in parts.iter().enumerate() {
                    let part =
                        if place % 2 == 0 { Cow::Borrowed(&**part) } else { event.fields.text(part)? };
                    text.push_str(&part);
                }
                Some(Found::Text(text))
            }
        }
    }
}
