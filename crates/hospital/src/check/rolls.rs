//! Who is on the map: the ids of every table, sorted, with what the files say of each.
//!
//! Invariant: the place of an id in its roll is its place in the map's table of the same kind.

use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};

use super::gather::Tables;
use crate::desk::{Desk, article, no_key, quote};
use crate::map::{FlowId, NodeId, SiteId, StoreId, ZoneId};
use crate::nearest::Names;
use crate::record::{Item, Record, Value};
use crate::said::Said;
use crate::source::Place;

const ID_MAX: usize = 100;
/// An id as it should be.
const EXAMPLE: &str = "srv-pacs-01";

/// One thing of the map.
pub(crate) struct Row {
    pub(crate) id: String,
    pub(crate) table: &'static str,
    pub(crate) record: Record,
}

/// The things of one kind, by id.
#[derive(Default)]
pub(crate) struct Roll {
    pub(crate) rows: Vec<Row>,
    names: OnceCell<Names>,
}

/// Every roll of a map. Teams, clean rooms and contacts are in the order of the files.
#[derive(Default)]
pub(crate) struct Rolls {
    pub(crate) sites: Roll,
    pub(crate) nodes: Roll,
    pub(crate) zones: Roll,
    pub(crate) flows: Roll,
    pub(crate) levers: Roll,
    pub(crate) stores: Roll,
    pub(crate) templates: Roll,
    pub(crate) teams: Vec<Row>,
    pub(crate) clean_rooms: Vec<Row>,
    pub(crate) contacts: Vec<Row>,
    /// Zones and assets, for what a flow may end at.
    pub(crate) ends: OnceCell<Names>,
}

/// The zone that stands on every map.
pub(crate) const INTERNET: &str = "internet";

impl Rolls {
    /// Takes every record that has an id; those that share one are told.
    pub(crate) fn new(desk: &mut Desk, tables: &Tables) -> Self {
        let mut rolls = Self::default();
        let mut seen: HashMap<(&str, String), &'static str> = HashMap::new();
        for row in rows(desk, tables) {
            let space = space(row.table);
            if let Some(first) = seen.insert((space, row.id.clone()), row.table) {
                let message =
                    Said::new("mistake-duplicate-id").with("id", quote(&row.id)).with("what", article(first));
                let at = row.record.item("id").map_or(row.record.place, |it| it.place);
                desk.fatal(at, "duplicate-id", message, Said::new("mistake-duplicate-id-help"));
                continue;
            }
            rolls.add(row);
        }
        if !rolls.zones.rows.iter().any(|it| it.id == INTERNET) {
            rolls.zones.rows.push(Row { id: INTERNET.to_owned(), table: "zone", record: Record::default() });
        }
        for roll in rolls.sorted() {
            roll.rows.sort_by(|a, b| a.id.cmp(&b.id));
        }
        for row in &rolls.zones.rows {
            if rolls.nodes.find(&row.id).is_some() {
                let message = Said::new("mistake-zone-and-id").with("id", quote(&row.id));
                let help = Said::new("mistake-zone-and-id-help");
                desk.fatal(row.record.place, "duplicate-id", message, help);
            }
        }
        rolls
    }

    fn add(&mut self, row: Row) {
        match row.table {
            "site" => self.sites.rows.push(row),
            "zone" => self.zones.rows.push(row),
            "flow" => self.flows.rows.push(row),
            "lever" => self.levers.rows.push(row),
            "store" => self.stores.rows.push(row),
            "restore_template" => self.templates.rows.push(row),
            "team" => self.teams.push(row),
            "clean_room" => self.clean_rooms.push(row),
            "contact" => self.contacts.push(row),
            _ => self.nodes.rows.push(row),
        }
    }

    fn sorted(&mut self) -> [&mut Roll; 7] {
        [
            &mut self.sites,
            &mut self.nodes,
            &mut self.zones,
            &mut self.flows,
            &mut self.levers,
            &mut self.stores,
            &mut self.templates,
        ]
    }

    /// The site that `key` names.
    pub(crate) fn site(&self, desk: &mut Desk, record: &Record, key: &str) -> Option<SiteId> {
        let (id, at) = named(desk, record, key)?;
        self.sites.resolve(desk, &id, at, "site").map(SiteId)
    }

    /// The zone that `key` names.
    pub(crate) fn zone(&self, desk: &mut Desk, record: &Record, key: &str) -> Option<ZoneId> {
        let (id, at) = named(desk, record, key)?;
        self.zones.resolve(desk, &id, at, "zone").map(ZoneId)
    }

    /// The store that `key` names.
    pub(crate) fn store(&self, desk: &mut Desk, record: &Record, key: &str) -> Option<StoreId> {
        let (id, at) = named(desk, record, key)?;
        self.stores.resolve(desk, &id, at, "store").map(StoreId)
    }

    /// The flow of that id.
    pub(crate) fn flow(&self, desk: &mut Desk, id: &str, at: Place) -> Option<FlowId> {
        self.flows.resolve(desk, id, at, "flow").map(FlowId)
    }

    /// The node of that id.
    pub(crate) fn node(&self, desk: &mut Desk, id: &str, at: Place) -> Option<NodeId> {
        if self.nodes.find(id).is_none() && self.sites.find(id).is_some() {
            let message = Said::new("mistake-need-on-site").with("id", quote(id));
            desk.fatal(at, "wrong-kind", message, Said::new("mistake-need-on-site-help"));
            return None;
        }
        self.nodes.resolve(desk, id, at, "node").map(NodeId)
    }

    /// The asset of that id.
    pub(crate) fn asset(&self, desk: &mut Desk, id: &str, at: Place) -> Option<NodeId> {
        let node = self.nodes.resolve(desk, id, at, "asset").map(NodeId)?;
        let table = self.nodes.rows[node.index()].table;
        if table == "asset" {
            return Some(node);
        }
        let message = Said::new("mistake-no-asset").with("id", quote(id)).with("what", article(table));
        desk.fatal(at, "wrong-kind", message, Said::new("mistake-no-asset-help"));
        None
    }
}

impl Roll {
    /// Place of an id.
    pub(crate) fn find(&self, id: &str) -> Option<u32> {
        self.rows.binary_search_by(|row| row.id.as_str().cmp(id)).ok().map(|it| it as u32)
    }

    /// Place of an id that must be there.
    pub(crate) fn resolve(&self, desk: &mut Desk, id: &str, at: Place, what: &str) -> Option<u32> {
        let place = self.find(id);
        if place.is_none() {
            let names = self.names.get_or_init(|| Names::new(self.rows.iter().map(|it| it.id.as_str())));
            desk.unknown(at, what, id, names);
        }
        place
    }
}

/// A text and its place.
pub(crate) fn named(desk: &mut Desk, record: &Record, key: &str) -> Option<(String, Place)> {
    let id = desk.text(record, key)?;
    Some((id, record.item(key)?.place))
}

/// Adds to a record what another says of the same thing; saying one key twice differently is a mistake.
pub(crate) fn merge(desk: &mut Desk, into: &mut Record, from: Record, whose: &str) {
    if into.fields.is_empty() {
        *into = from;
        return;
    }
    for field in from.fields {
        match into.item(&field.key) {
            None => into.fields.push(field),
            Some(item) if same(item, &field.item) => {}
            Some(_) => {
                let message = Said::new("mistake-said-twice").with("key", field.key).with("whose", whose);
                desk.fatal(field.key_place, "said-twice", message, Said::new("mistake-said-twice-help"));
            }
        }
    }
}

fn same(a: &Item, b: &Item) -> bool {
    match (&a.value, &b.value) {
        (Value::Text(a), Value::Text(b)) => a.trim() == b.trim(),
        (Value::List(a), Value::List(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Value::Whole(a), Value::Whole(b)) => a == b,
        (Value::Flag(a), Value::Flag(b)) => a == b,
        _ => false,
    }
}

/// Every record with its id, each asset of the sheets joined with its table of the same id.
fn rows(desk: &mut Desk, tables: &Tables) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::with_capacity(tables.lines.len() + tables.named.len());
    let mut lines: HashMap<String, usize> = HashMap::new();
    for record in &tables.lines {
        let Some(id) = id(desk, record, "asset") else { continue };
        lines.entry(id.clone()).or_insert(rows.len());
        rows.push(Row { id, table: "asset", record: record.clone() });
    }
    for (table, record) in &tables.named {
        let Some(id) = id(desk, record, table) else { continue };
        match lines.remove(&id).filter(|_| *table == "asset") {
            Some(line) => merge(desk, &mut rows[line].record, record.clone(), &quote(&id)),
            None => rows.push(Row { id, table, record: record.clone() }),
        }
    }
    rows
}

fn id(desk: &mut Desk, record: &Record, table: &str) -> Option<String> {
    let Some(item) = record.item("id") else {
        if !desk.torn {
            desk.fatal(
                record.place,
                "missing-key",
                no_key(table, "id"),
                Said::new("mistake-missing-id-help"),
            );
        }
        return None;
    };
    let Some(id) = desk.text(record, "id") else {
        if matches!(item.value, Value::Text(_)) {
            let message = Said::new("mistake-empty-id");
            let help = Said::new("mistake-empty-id-help").with("example", EXAMPLE);
            desk.fatal(item.place, "bad-id", message, help);
        }
        return None;
    };
    if id.len() > ID_MAX || id.chars().any(|it| it.is_control() || it.is_whitespace()) {
        let message = Said::new("mistake-bad-id").with("id", quote(&id));
        desk.fatal(item.place, "bad-id", message, Said::new("mistake-bad-id-help").with("example", EXAMPLE));
        return None;
    }
    let plain = |it: char| it.is_ascii_lowercase() || it.is_ascii_digit() || matches!(it, '-' | '_' | '.');
    if !id.chars().all(plain) {
        let message = Said::new("mistake-id-style").with("id", quote(&id));
        desk.remark(item.place, "id-style", message, Said::new("mistake-id-style-help"));
    }
    Some(id)
}

/// Ids of one space differ from each other.
fn space(table: &'static str) -> &'static str {
    match table {
        "care_service" | "application" | "asset" => "site",
        other => other,
    }
}

/// Ids of rows that are kept in file order.
pub(crate) struct Ids<'a> {
    ids: HashSet<&'a str>,
    names: Names,
}

impl<'a> Ids<'a> {
    /// From those rows.
    pub(crate) fn new(rows: &'a [Row]) -> Self {
        let ids = rows.iter().map(|it| it.id.as_str());
        Self { ids: ids.clone().collect(), names: Names::new(ids) }
    }

    /// That id, which must be there.
    pub(crate) fn resolve(&self, desk: &mut Desk, id: String, at: Place, what: &str) -> Option<String> {
        if self.ids.contains(id.as_str()) {
            return Some(id);
        }
        desk.unknown(at, what, &id, &self.names);
        None
    }
}
