//! Restoration steps: templates put in the place of their names, and the steps of all nodes tied.
//!
//! Invariant: no step waits, even through others, for itself.

use std::cell::OnceCell;
use std::collections::HashMap;

use super::rolls::{Rolls, Row, named};
use crate::desk::{Desk, article, missing_key, no_key, quote};
use crate::map::{NodeId, Step, StepId, StoreId, Work};
use crate::nearest::Names;
use crate::record::{Item, Record, Value};
use crate::said::Said;
use crate::schema::{PEOPLE, STEP};
use crate::source::Place;

/// A step before what it names is resolved.
struct Draft<'a> {
    id: String,
    at: Place,
    record: &'a Record,
    /// The step comes from a template: names of its `after` are looked for beside it first.
    from_template: bool,
}

/// Every step of every node.
pub(crate) struct Steps<'a> {
    drafts: Vec<Option<Vec<Draft<'a>>>>,
    places: HashMap<String, StepId>,
    names: OnceCell<Names>,
}

impl<'a> Steps<'a> {
    /// Names every step.
    pub(crate) fn new(desk: &mut Desk, rolls: &'a Rolls) -> Self {
        for row in &rolls.templates.rows {
            if row.record.item("steps").is_none() {
                let message = missing_key(row.table, &row.id, "steps");
                desk.fatal(row.record.place, "missing-key", message, Said::new("mistake-template-help"));
            }
        }
        let mut steps = Self { drafts: Vec::new(), places: HashMap::new(), names: OnceCell::new() };
        for (node, row) in rolls.nodes.rows.iter().enumerate() {
            let drafts = drafts(desk, rolls, row);
            for (step, draft) in drafts.iter().flatten().enumerate() {
                let place = StepId { node: NodeId(node as u32), step: step as u32 };
                if steps.places.insert(draft.id.clone(), place).is_some() {
                    let message = Said::new("mistake-duplicate-id")
                        .with("id", quote(&draft.id))
                        .with("what", article("step"));
                    desk.fatal(draft.at, "duplicate-id", message, Said::new("mistake-duplicate-step-help"));
                }
            }
            steps.drafts.push(drafts);
        }
        steps
    }

    /// Where a step of that node is written.
    pub(crate) fn place(&self, step: StepId) -> Place {
        let drafts = self.drafts.get(step.node.index()).and_then(Option::as_ref);
        drafts.and_then(|it| it.get(step.step as usize)).map_or(Place::default(), |it| it.at)
    }

    /// The steps of a node.
    pub(crate) fn read(&self, desk: &mut Desk, rolls: &Rolls, node: NodeId) -> Option<Vec<Step>> {
        let drafts = self.drafts.get(node.index())?.as_ref()?;
        let owner = &rolls.nodes.rows[node.index()].id;
        Some(drafts.iter().map(|draft| self.step(desk, rolls, draft, owner)).collect())
    }

    fn step(&self, desk: &mut Desk, rolls: &Rolls, draft: &Draft<'_>, owner: &str) -> Step {
        let record = draft.record;
        let mut after = Vec::new();
        for (id, at) in desk.texts(record, "after") {
            let beside = self.places.get(&format!("{owner}.{id}")).filter(|_| draft.from_template);
            match beside.or_else(|| self.places.get(&id)) {
                Some(step) if after.contains(step) => {}
                Some(step) => after.push(*step),
                None => {
                    let names = self.names.get_or_init(|| Names::new(self.places.keys().map(String::as_str)));
                    desk.unknown(at, "step", &id, names);
                }
            }
        }
        Step {
            id: draft.id.clone(),
            work: work(desk, rolls, draft),
            after,
            people: people(desk, record),
            clean: desk.whole(record, "clean", 0, 100_000).unwrap_or(0) as u32,
        }
    }
}

fn drafts<'a>(desk: &mut Desk, rolls: &'a Rolls, row: &'a Row) -> Option<Vec<Draft<'a>>> {
    let item = row.record.item("restore")?;
    if let Value::Text(template) = &item.value {
        let place = rolls.templates.resolve(desk, template.trim(), item.place, "restore_template")?;
        let steps = desk.tables(&rolls.templates.rows[place as usize].record, "steps");
        return Some(steps.into_iter().filter_map(|it| draft(desk, it, Some(&row.id))).collect());
    }
    let steps = desk.tables(&row.record, "restore");
    Some(steps.into_iter().filter_map(|it| draft(desk, it, None)).collect())
}

fn draft<'a>(desk: &mut Desk, record: &'a Record, owner: Option<&str>) -> Option<Draft<'a>> {
    desk.check_keys(record, "step", &STEP);
    let Some((id, at)) = named(desk, record, "id") else {
        desk.fatal(record.place, "missing-key", no_key("step", "id"), Said::new("mistake-step-id-help"));
        return None;
    };
    let id = owner.map_or(id.clone(), |owner| format!("{owner}.{id}"));
    Some(Draft { id, at, record, from_template: owner.is_some() })
}

fn work(desk: &mut Desk, rolls: &Rolls, draft: &Draft<'_>) -> Work {
    let record = draft.record;
    let none = Work::Labour { optimistic: 0, likely: 0, pessimistic: 0 };
    let copy = ["store", "size", "rate"].iter().find_map(|key| record.item(key));
    match (record.item("duration"), copy) {
        (Some(_), Some(copy)) => {
            let message = Said::new("mistake-step-both");
            desk.fatal(copy.place, "step-work", message, Said::new("mistake-step-both-help"));
            none
        }
        (Some(duration), None) => labour(desk, duration),
        (None, Some(_)) => {
            let (store, size) = (rolls.store(desk, record, "store"), desk.size(record, "size"));
            for key in ["store", "size"] {
                if record.item(key).is_none() {
                    let help = Said::new("mistake-copy-help");
                    desk.fatal(record.place, "missing-key", no_key("copy", key), help);
                }
            }
            let rate = rate(desk, rolls, record, store);
            store.zip(size).map_or(none, |(store, size)| Work::Copy { store, size, rate })
        }
        (None, None) => {
            let message = Said::new("mistake-step-neither");
            desk.fatal(record.place, "step-work", message, Said::new("mistake-step-neither-help"));
            none
        }
    }
}

/// The copy's own rate; one of the two, its own or the store's, must be there.
fn rate(desk: &mut Desk, rolls: &Rolls, record: &Record, store: Option<StoreId>) -> Option<u64> {
    let own = desk.rate(record, "rate");
    let of_store = &rolls.stores.rows[store?.index()];
    let limit = match of_store.record.item("rate") {
        Some(Item { value: Value::Text(text), .. }) => crate::units::parse_rate(text),
        Some(_) => return own,
        None => None,
    };
    if record.item("rate").is_none() && of_store.record.item("rate").is_none() {
        let message = Said::new("mistake-no-rate").with("store", quote(&of_store.id));
        desk.fatal(record.place, "no-rate", message, Said::new("mistake-no-rate-help"));
    }
    if let (Some(own), Some(limit), Some(item)) = (own, limit, record.item("rate"))
        && own > limit
    {
        let message = Said::new("mistake-rate-over-store").with("store", quote(&of_store.id));
        desk.wrong(item.place, "rate-over-store", message, Said::new("mistake-rate-over-store-help"));
    }
    own
}

fn labour(desk: &mut Desk, item: &Item) -> Work {
    let times: Vec<Option<u64>> = match &item.value {
        Value::List(items) => items.iter().map(|it| desk.duration_of(it, "duration")).collect(),
        _ => vec![desk.duration_of(item, "duration")],
    };
    let (optimistic, likely, pessimistic) = match times.as_slice() {
        [one] => (*one, *one, *one),
        [optimistic, likely, pessimistic] => (*optimistic, *likely, *pessimistic),
        _ => {
            let message = Said::new("mistake-durations-number").with("count", times.len());
            desk.fatal(item.place, "bad-duration", message, Said::new("mistake-durations-number-help"));
            return Work::Labour { optimistic: 0, likely: 0, pessimistic: 0 };
        }
    };
    let known = |it: Option<u64>| it.unwrap_or(0);
    let (optimistic, likely, pessimistic) = (known(optimistic), known(likely), known(pessimistic));
    if times.iter().all(Option::is_some) && !(optimistic <= likely && likely <= pessimistic) {
        let message = Said::new("mistake-durations-order");
        desk.fatal(item.place, "bad-duration", message, Said::new("mistake-durations-order-help"));
    }
    Work::Labour { optimistic, likely, pessimistic }
}

/// Skills and numbers, a skill named twice counted together.
fn people(desk: &mut Desk, record: &Record) -> Vec<(String, u32)> {
    let alone = desk.text(record, "skill");
    if !matches!(record.item("people").map(|it| &it.value), Some(Value::List(_) | Value::Table(_))) {
        let number = desk.whole(record, "people", 0, 10_000);
        return match (alone, number) {
            (Some(skill), number) => vec![(skill, number.unwrap_or(1) as u32)],
            (None, Some(1..)) => {
                let message = Said::new("mistake-step-skill");
                desk.fatal(record.place, "missing-key", message, Said::new("mistake-step-skill-help"));
                Vec::new()
            }
            (None, _) => Vec::new(),
        };
    }
    let mut people: Vec<(String, u32)> = Vec::new();
    let mut add = |skill: String, number: u32| match people.iter_mut().find(|it| it.0 == skill) {
        Some(known) => known.1 = known.1.saturating_add(number),
        None => people.push((skill, number)),
    };
    if let Some(skill) = alone {
        add(skill, 1);
    }
    for entry in desk.tables(record, "people") {
        desk.check_keys(entry, "people", &PEOPLE);
        let number = desk.whole(entry, "number", 0, 10_000).unwrap_or(1) as u32;
        match desk.text(entry, "skill") {
            Some(skill) => add(skill, number),
            None => {
                let help = Said::new("mistake-people-help");
                desk.fatal(entry.place, "missing-key", no_key("people", "skill"), help);
            }
        }
    }
    people
}
