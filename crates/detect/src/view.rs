//! An [`evidence::Event`] as the rule engine sees it, with no copy through JSON.
//!
//! Invariant: every field is found under the name that the rules of its log source use.

use std::borrow::Cow;

use evidence::{Event, Fields, Value};
use rsigma_eval::EventValue;

use crate::fields::{Found, Names};

/// Deepest nesting looked into.
const DEPTH_MAX: usize = 16;

/// An event under the field names of one route.
pub struct View<'a> {
    pub event: &'a Event,
    pub names: &'a Names,
}

impl rsigma_eval::Event for View<'_> {
    fn get_field(&self, path: &str) -> Option<EventValue<'_>> {
        match self.names.find(self.event, path)? {
            Found::Field(found) => Some(outermost(found)),
            Found::Text(text) => Some(EventValue::Str(Cow::Owned(text))),
        }
    }

    fn any_string_value(&self, pred: &dyn Fn(&str) -> bool) -> bool {
        (!self.event.line.is_empty() && pred(&self.event.line))
            || any_text(&self.event.fields, pred, DEPTH_MAX)
    }

    fn all_string_values(&self) -> Vec<Cow<'_, str>> {
        let mut texts = Vec::new();
        self.visit_string_values(&mut |text| texts.push(Cow::Owned(text.to_owned())));
        texts
    }

    fn visit_string_values(&self, visit: &mut dyn FnMut(&str)) {
        if !self.event.line.is_empty() {
            visit(&self.event.line);
        }
        visit_texts(&self.event.fields, visit, DEPTH_MAX);
    }

    fn to_json(&self) -> serde_json::Value {
        json_fields(&self.event.fields, DEPTH_MAX)
    }

    fn visit_top_level_keys(&self, visit: &mut dyn FnMut(&str)) -> bool {
        for (key, _) in &self.event.fields.0 {
            // The engine asks for `a.b` under the root `a`, so a flat `a.b` also stands for its root.
            visit(key.split('.').next().unwrap_or(key));
        }
        for key in self.names.listed() {
            visit(key.split('.').next().unwrap_or(key));
        }
        true
    }

    fn top_level_keys(&self) -> Option<Vec<Cow<'_, str>>> {
        let mut keys = Vec::new();
        self.visit_top_level_keys(&mut |key| keys.push(Cow::Owned(key.to_owned())));
        Some(keys)
    }
}

/// A field's value as the rule engine sees it.
pub fn outermost(it: &Value) -> EventValue<'_> {
    value(it, DEPTH_MAX)
}

fn value(it: &Value, depth: usize) -> EventValue<'_> {
    match it {
        Value::Text(text) => EventValue::Str(Cow::Borrowed(text)),
        Value::Integer(number) => EventValue::Int(*number),
        Value::Number(number) => EventValue::Float(*number),
        Value::Boolean(truth) => EventValue::Bool(*truth),
        Value::Null => EventValue::Null,
        _ if depth == 0 => EventValue::Null,
        Value::List(list) => EventValue::Array(list.iter().map(|it| value(it, depth - 1)).collect()),
        Value::Map(fields) => EventValue::Map(
            fields.0.iter().map(|(key, it)| (Cow::Borrowed(&**key), value(it, depth - 1))).collect(),
        ),
    }
}

fn any_text(fields: &Fields, pred: &dyn Fn(&str) -> bool, depth: usize) -> bool {
    fields.0.iter().any(|(_, it)| any_text_in(it, pred, depth))
}

fn any_text_in(it: &Value, pred: &dyn Fn(&str) -> bool, depth: usize) -> bool {
    match it {
        Value::Text(text) => pred(text),
        Value::List(list) if depth > 0 => list.iter().any(|it| any_text_in(it, pred, depth - 1)),
        Value::Map(fields) if depth > 0 => any_text(fields, pred, depth - 1),
        _ => false,
    }
}

fn visit_texts(fields: &Fields, visit: &mut dyn FnMut(&str), depth: usize) {
    for (_, it) in &fields.0 {
        visit_texts_in(it, visit, depth);
    }
}

fn visit_texts_in(it: &Value, visit: &mut dyn FnMut(&str), depth: usize) {
    match it {
        Value::Text(text) => visit(text),
        Value::List(list) if depth > 0 => {
            for it in list {
                visit_texts_in(it, visit, depth - 1);
            }
        }
        Value::Map(fields) if depth > 0 => visit_texts(fields, visit, depth - 1),
        _ => {}
    }
}

fn json_fields(fields: &Fields, depth: usize) -> serde_json::Value {
    fields.0.iter().map(|(key, it)| (key.to_string(), json(it, depth))).collect()
}

/// A value as JSON, down to that depth.
pub fn json(it: &Value, depth: usize) -> serde_json::Value {
    match it {
        Value::List(list) if depth > 0 => list.iter().map(|it| json(it, depth - 1)).collect(),
        Value::Map(fields) if depth > 0 => json_fields(fields, depth - 1),
        Value::Integer(number) => (*number).into(),
        Value::Boolean(truth) => (*truth).into(),
        other => other.text().map_or(serde_json::Value::Null, |it| it.into_owned().into()),
    }
}
