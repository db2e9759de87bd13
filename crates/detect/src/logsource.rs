//! Log source routing: which rules an event is for.
//!
//! Invariant: a rule is judged on an event only where one entry of `logsources.yml` answers to every part of
//! the rule's log source and takes the event. A rule whose log source no entry answers to never fires.

use std::collections::HashMap;
use std::sync::Arc;

use evidence::Event;
use rsigma_parser::LogSource;
use serde::Deserialize;

use crate::fields::{Names, Tables};

/// `logsources.yml` as written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sources {
    sources: Vec<Source>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Source {
    product: Option<String>,
    category: Option<String>,
    service: Option<String>,
    from: Vec<From>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct From {
    format: String,
    #[serde(default)]
    channels: Vec<String>,
    #[serde(default)]
    providers: Vec<String>,
    #[serde(default)]
    event_ids: Vec<u32>,
    #[serde(default, rename = "where")]
    fields_are: HashMap<String, String>,
    #[serde(default)]
    any_of: Vec<String>,
    fields: Option<String>,
}

/// Routes, sorted by the format of events that they take.
#[derive(Debug, Default)]
pub struct Routes {
    routes: Vec<Route>,
    by_format: HashMap<String, Vec<usize>>,
}

/// One way from events to a log source.
#[derive(Debug)]
pub struct Route {
    product: Part,
    category: Part,
    service: Part,
    channels: Vec<String>,
    providers: Vec<String>,
    event_ids: Vec<u32>,
    fields_are: Vec<(String, String)>,
    any_of: Vec<String>,
    /// What fields are called in what it takes.
    pub names: Arc<Names>,
}

/// One part of a log source.
#[derive(Debug, Eq, PartialEq)]
enum Part {
    Unsaid,
    Is(String),
    Channel,
    Provider,
}

impl Routes {
    /// The routes that `logsources.yml` describes.
    pub fn new(sources: Sources, tables: &Tables) -> Result<Routes, String> {
        let plain = Arc::new(Names::default());
        let mut routes = Routes::default();
        for source in sources.sources {
            for from in source.from {
                let names = match &from.fields {
                    None => plain.clone(),
                    Some(name) => tables.table(name).ok_or(format!("fields.yml has no table {name}"))?,
                };
                routes.by_format.entry(from.format).or_default().push(routes.routes.len());
                routes.routes.push(Route {
                    product: Part::new(&source.product),
                    category: Part::new(&source.category),
                    service: Part::new(&source.service),
                    channels: lower(from.channels),
                    providers: lower(from.providers),
                    event_ids: from.event_ids,
                    fields_are: from.fields_are.into_iter().collect(),
                    any_of: from.any_of,
                    names,
                });
            }
        }
        Ok(routes)
    }

    /// Every route.
    pub fn all(&self) -> &[Route] {
        &self.routes
    }

    /// Places of the routes that take events of that format.
    pub fn of_format(&self, format: &str) -> &[usize] {
        self.by_format.get(format).map_or(&[], Vec::as_slice)
    }
}

impl Route {
    /// Whether rules of that log source may be judged on what this route takes.
    pub fn answers(&self, source: &LogSource) -> bool {
        self.product.answers(&source.product)
            && self.category.answers(&source.category)
            && self.service.answers(&source.service)
    }

    /// Whether an event that this route takes is for rules of that log source.
    pub fn suits(&self, event: &Event, source: &LogSource) -> bool {
        self.product.suits(event, &source.product)
            && self.category.suits(event, &source.category)
            && self.service.suits(event, &source.service)
    }

    /// Whether this route takes the event, whatever the rule.
    pub fn takes_any(&self, event: &Event) -> bool {
        (self.event_ids.is_empty() || event.event_id.is_some_and(|it| self.event_ids.contains(&it)))
            && self.is_from(event)
            && self
                .fields_are
                .iter()
                .all(|(name, value)| event.fields.text(name).is_some_and(|it| it.eq_ignore_ascii_case(value)))
            && (self.any_of.is_empty() || self.any_of.iter().any(|it| event.fields.get(it).is_some()))
    }

    fn is_from(&self, event: &Event) -> bool {
        let among = |list: &[String], name: &Option<String>| {
            name.as_ref().is_some_and(|name| list.iter().any(|it| it.eq_ignore_ascii_case(name)))
        };
        match (self.channels.is_empty(), self.providers.is_empty()) {
            (true, true) => true,
            (true, false) => among(&self.providers, &event.provider),
            (false, _) if event.channel.is_some() => among(&self.channels, &event.channel),
            (false, _) => among(&self.providers, &event.provider),
        }
    }
}

impl Part {
    fn new(text: &Option<String>) -> Part {
        match text.as_deref() {
            None => Part::Unsaid,
            Some("$channel") => Part::Channel,
            Some("$provider") => Part::Provider,
            Some(name) => Part::Is(name.to_ascii_lowercase()),
        }
    }

    fn answers(&self, wanted: &Option<String>) -> bool {
        match (wanted, self) {
            (None, _) | (Some(_), Part::Channel | Part::Provider) => true,
            (Some(_), Part::Unsaid) => false,
            (Some(wanted), Part::Is(name)) => name.eq_ignore_ascii_case(wanted),
        }
    }

    fn suits(&self, event: &Event, wanted: &Option<String>) -> bool {
        let is = |name: &Option<String>| {
            wanted.as_ref().is_none_or(|it| name.as_ref().is_some_and(|name| name.eq_ignore_ascii_case(it)))
        };
        match self {
            Part::Unsaid | Part::Is(_) => true,
            Part::Channel => is(&event.channel),
            Part::Provider => is(&event.provider),
        }
    }
}

fn lower(names: Vec<String>) -> Vec<String> {
    names.into_iter().map(|it| it.to_ascii_lowercase()).collect()
}
