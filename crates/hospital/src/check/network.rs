//! Zones, flows, controls and levers: how an attack spreads and what stops it.

use super::nodes::{missing, missing_site, name};
use super::rolls::{INTERNET, Rolls, Row, named};
use crate::desk::{Desk, no_key, quote};
use crate::map::{Control, End, Flow, Lever, NodeId, Zone, ZoneId};
use crate::nearest::Names;
use crate::record::Record;
use crate::said::Said;

/// Every zone, `internet` among them.
pub(crate) fn zones(desk: &mut Desk, rolls: &Rolls) -> Vec<Zone> {
    let mut zones = Vec::with_capacity(rolls.zones.rows.len());
    for row in &rolls.zones.rows {
        let site = rolls.site(desk, &row.record, "site");
        if row.id == INTERNET {
            let name = desk.text(&row.record, "name").unwrap_or_else(|| "Internet".to_owned());
            zones.push(Zone { id: row.id.clone(), name, site: None });
            continue;
        }
        if row.record.item("site").is_none() {
            missing_site(desk, row);
        }
        zones.push(Zone { id: row.id.clone(), name: name(desk, row), site });
    }
    zones
}

/// Every flow.
pub(crate) fn flows(desk: &mut Desk, rolls: &Rolls) -> Vec<Flow> {
    let mut flows = Vec::with_capacity(rolls.flows.rows.len());
    for row in &rolls.flows.rows {
        for key in ["from", "to"] {
            missing(desk, row, key, Said::new("mistake-missing-end-help"));
        }
        flows.push(Flow {
            id: row.id.clone(),
            from: end(desk, rolls, &row.record, "from"),
            to: end(desk, rolls, &row.record, "to"),
            services: desk.texts(&row.record, "services").into_iter().map(|(text, _)| text).collect(),
            open: desk.flag(&row.record, "open").unwrap_or(true),
        });
    }
    flows
}

fn end(desk: &mut Desk, rolls: &Rolls, record: &Record, key: &str) -> End {
    let nowhere = End::Zone(ZoneId(0));
    let Some((id, at)) = named(desk, record, key) else { return nowhere };
    if let Some(zone) = rolls.zones.find(&id) {
        return End::Zone(ZoneId(zone));
    }
    if rolls.nodes.find(&id).is_some() {
        return rolls.asset(desk, &id, at).map_or(nowhere, End::Asset);
    }
    let both = rolls.zones.rows.iter().chain(&rolls.nodes.rows);
    let near = |row: &&Row| row.table == "zone" || row.table == "asset";
    let names = rolls.ends.get_or_init(|| Names::new(both.filter(near).map(|it| it.id.as_str())));
    desk.unknown(at, "zone_or_asset", &id, names);
    nowhere
}

/// Every control, in file order.
pub(crate) fn controls(desk: &mut Desk, rolls: &Rolls, records: &[Record]) -> Vec<Control> {
    let mut controls = Vec::with_capacity(records.len());
    for record in records {
        for key in ["from", "over"] {
            if record.item(key).is_none() && !desk.torn {
                let help = Said::new("mistake-control-help");
                desk.fatal(record.place, "missing-key", no_key("control", key), help);
            }
        }
        let from = named(desk, record, "from").and_then(|(id, at)| rolls.asset(desk, &id, at));
        let over = assets(desk, rolls, record, "over");
        if let Some(from) = from {
            controls.push(Control { from, over });
        }
    }
    controls
}

/// Every lever.
pub(crate) fn levers(desk: &mut Desk, rolls: &Rolls) -> Vec<Lever> {
    let mut levers = Vec::with_capacity(rolls.levers.rows.len());
    for row in &rolls.levers.rows {
        let record = &row.record;
        let closes = desk.texts(record, "closes");
        let lever = Lever {
            id: row.id.clone(),
            label: desk.text(record, "label").unwrap_or_else(|| row.id.clone()),
            isolates: assets(desk, rolls, record, "isolates"),
            closes: closes.iter().filter_map(|(id, at)| rolls.flow(desk, id, *at)).collect(),
            disables: assets(desk, rolls, record, "disables"),
            place: desk.text(record, "place"),
            photo: desk.text(record, "photo"),
            who: desk.text(record, "who"),
            minutes: desk.whole(record, "minutes", 0, 100_000).map(|it| it as u32),
            undo: desk.text(record, "undo"),
        };
        look(desk, row, &lever);
        levers.push(lever);
    }
    levers
}

fn look(desk: &mut Desk, row: &Row, lever: &Lever) {
    if ["isolates", "closes", "disables"].iter().all(|key| row.record.item(key).is_none()) {
        let message = Said::new("mistake-lever-does-nothing").with("id", quote(&row.id));
        let help = Said::new("mistake-lever-does-nothing-help");
        desk.remark(row.record.place, "lever-does-nothing", message, help);
    }
    let card = [
        ("label", row.record.item("label").is_none()),
        ("place", lever.place.is_none()),
        ("who", lever.who.is_none()),
        ("minutes", lever.minutes.is_none()),
        ("undo", lever.undo.is_none()),
    ];
    let absent: Vec<&str> = card.iter().filter(|it| it.1).map(|it| it.0).collect();
    if !absent.is_empty() {
        let message = Said::new("mistake-cut-card-incomplete")
            .with("id", quote(&row.id))
            .with("keys", absent.join(", "));
        let help = Said::new("mistake-cut-card-incomplete-help");
        desk.remark(row.record.place, "cut-card-incomplete", message, help);
    }
}

fn assets(desk: &mut Desk, rolls: &Rolls, record: &Record, key: &str) -> Vec<NodeId> {
    let mut assets = Vec::new();
    for (id, at) in desk.texts(record, key) {
        assets.extend(rolls.asset(desk, &id, at));
    }
    assets
}
