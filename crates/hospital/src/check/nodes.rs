//! Sites, care services, applications and assets, with what they need.

use std::net::IpAddr;

use jiff::tz::TimeZone;

use super::restore::Steps;
use super::rolls::{Rolls, Row, named};
use crate::desk::{Desk, missing_key, no_key, quote};
use crate::map::{
    Application, Asset, Backup, CareService, Effect, FlowId, Kind, Need, Node, NodeId, Site, SiteId,
};
use crate::record::{Record, Value};
use crate::said::Said;
use crate::schema::{BACKUP, NEED};

/// Weights go from 0 to this.
const WEIGHT_MAX: u64 = 100;
/// More providers than any need names.
const PROVIDERS_MAX: u64 = 1_000_000;

/// Every site.
pub(crate) fn sites(desk: &mut Desk, rolls: &Rolls) -> Vec<Site> {
    let rows = rolls.sites.rows.iter();
    rows.map(|row| Site {
        id: row.id.clone(),
        name: name(desk, row),
        address: desk.text(&row.record, "address"),
        emergency_phone: desk.text(&row.record, "emergency_phone"),
    })
    .collect()
}

/// Every node.
pub(crate) fn read(desk: &mut Desk, rolls: &Rolls, steps: &Steps<'_>, zone: &TimeZone) -> Vec<Node> {
    let mut nodes = Vec::with_capacity(rolls.nodes.rows.len());
    for (place, row) in rolls.nodes.rows.iter().enumerate() {
        let id = NodeId(place as u32);
        nodes.push(Node {
            id: row.id.clone(),
            name: name(desk, row),
            kind: kind(desk, rolls, row),
            needs: needs(desk, rolls, row, id),
            restore: steps.read(desk, rolls, id),
            backups: backups(desk, rolls, row, zone),
        });
    }
    nodes
}

/// The name for people; its absence is told, and the id stands for it.
pub(crate) fn name(desk: &mut Desk, row: &Row) -> String {
    desk.text(&row.record, "name").unwrap_or_else(|| {
        if row.record.item("name").is_none_or(|it| matches!(it.value, Value::Text(_))) && !desk.torn {
            let message = missing_key(row.table, &row.id, "name");
            desk.wrong(row.record.place, "missing-name", message, Said::new("mistake-missing-name-help"));
        }
        row.id.clone()
    })
}

fn kind(desk: &mut Desk, rolls: &Rolls, row: &Row) -> Kind {
    match row.table {
        "care_service" => Kind::CareService(care_service(desk, rolls, row)),
        "application" => Kind::Application(Application {
            vendor: desk.text(&row.record, "vendor"),
            owner: desk.text(&row.record, "owner"),
            persons: desk.whole(&row.record, "persons", 0, 10_000_000_000),
        }),
        _ => Kind::Asset(asset(desk, rolls, row)),
    }
}

fn care_service(desk: &mut Desk, rolls: &Rolls, row: &Row) -> CareService {
    let record = &row.record;
    missing(desk, row, "site", Said::new("mistake-missing-site-help"));
    missing(desk, row, "weight", Said::new("mistake-missing-weight-help"));
    CareService {
        site: rolls.site(desk, record, "site").unwrap_or(SiteId(0)),
        weight: desk.whole(record, "weight", 0, WEIGHT_MAX).unwrap_or(0) as u32,
        mtpd: desk.duration(record, "mtpd"),
        patients_per_day: desk.whole(record, "patients_per_day", 0, 1_000_000).map(|it| it as u32),
        procedure: desk.text(record, "procedure"),
        holds: desk.duration(record, "holds"),
        divert_to: desk.text(record, "divert_to"),
        downtime: desk.text(record, "downtime"),
    }
}

fn asset(desk: &mut Desk, rolls: &Rolls, row: &Row) -> Asset {
    let record = &row.record;
    missing(desk, row, "kind", Said::new("mistake-missing-kind-help"));
    let kind = desk.text(record, "kind").unwrap_or_default();
    let account = kind == "account";
    let site = rolls.site(desk, record, "site");
    let mut zone = rolls.zone(desk, record, "zone");
    if let (true, Some(item)) = (account && zone.is_some(), record.item("zone")) {
        let message = Said::new("mistake-account-in-zone").with("id", quote(&row.id));
        desk.remark(item.place, "account-in-zone", message, Said::new("mistake-account-in-zone-help"));
        zone = None;
    }
    if !account && !desk.torn {
        if record.item("site").is_none() {
            missing_site(desk, row);
        }
        if record.item("zone").is_none() {
            let message = Said::new("mistake-no-zone").with("id", quote(&row.id));
            desk.wrong(record.place, "no-zone", message, Said::new("mistake-no-zone-help"));
        }
    }
    let texts = |desk: &mut Desk, key| desk.texts(record, key).into_iter().map(|(text, _)| text).collect();
    Asset {
        site,
        zone,
        hosts: texts(desk, "hosts"),
        ips: addresses(desk, record, "ips", "10.20.1.5", |it| it.parse::<IpAddr>().ok()),
        macs: addresses(desk, record, "macs", "00:1a:2b:3c:4d:5e", parse_mac),
        aliases: texts(desk, "aliases"),
        os: desk.text(record, "os"),
        vendor: desk.text(record, "vendor"),
        kind,
    }
}

fn addresses<T>(
    desk: &mut Desk,
    record: &Record,
    key: &str,
    example: &str,
    parse: impl Fn(&str) -> Option<T>,
) -> Vec<T> {
    let mut addresses = Vec::new();
    for (text, at) in desk.texts(record, key) {
        match parse(&text) {
            Some(address) => addresses.push(address),
            None => {
                let message = Said::new("mistake-bad-address").with("value", quote(&text)).with("key", key);
                let help = Said::new("mistake-bad-address-help").with("example", example);
                desk.fatal(at, "bad-address", message, help);
            }
        }
    }
    addresses
}

/// Six bytes, however they are separated.
fn parse_mac(text: &str) -> Option<[u8; 6]> {
    let digits: String = text.chars().filter(|it| !matches!(it, ':' | '-' | '.')).collect();
    if digits.len() != 12 || !digits.bytes().all(|it| it.is_ascii_hexdigit()) {
        return None;
    }
    let number = u64::from_str_radix(&digits, 16).ok()?.to_be_bytes();
    number[2..].try_into().ok()
}

/// Tells that a key that a row must have is absent.
pub(crate) fn missing(desk: &mut Desk, row: &Row, key: &str, help: Said) {
    if row.record.item(key).is_none() && !desk.torn {
        desk.fatal(row.record.place, "missing-key", missing_key(row.table, &row.id, key), help);
    }
}

/// Tells that a row is on no site, which leaves the map usable.
pub(crate) fn missing_site(desk: &mut Desk, row: &Row) {
    let message = missing_key(row.table, &row.id, "site");
    desk.wrong(row.record.place, "missing-site", message, Said::new("mistake-missing-site-help"));
}

fn needs(desk: &mut Desk, rolls: &Rolls, row: &Row, node: NodeId) -> Vec<Need> {
    let records = desk.tables(&row.record, "needs");
    records.into_iter().filter_map(|record| need(desk, rolls, record, node)).collect()
}

fn need(desk: &mut Desk, rolls: &Rolls, record: &Record, node: NodeId) -> Option<Need> {
    desk.check_keys(record, "need", &NEED);
    let effect = effect(desk, record);
    let grace = desk.duration(record, "grace").unwrap_or(0);
    let names = desk.texts(record, "on");
    if names.is_empty() {
        let at = record.item("on").map_or(record.place, |it| it.place);
        let help = Said::new("mistake-need-on-nothing-help");
        desk.fatal(at, "need-on-nothing", no_key("need", "on"), help);
        return None;
    }
    let mut on: Vec<NodeId> = Vec::with_capacity(names.len());
    for (id, at) in &names {
        match rolls.node(desk, id, *at) {
            Some(provider) if provider == node => {
                let message = Said::new("mistake-need-on-itself").with("id", quote(id));
                desk.fatal(*at, "need-on-itself", message, Said::new("mistake-need-on-itself-help"));
            }
            Some(provider) if on.contains(&provider) => {
                let message = Said::new("mistake-need-twice").with("id", quote(id));
                desk.fatal(*at, "need-twice", message, Said::new("mistake-remove-one"));
            }
            Some(provider) => on.push(provider),
            None => {}
        }
    }
    let at_least = at_least(desk, record, names.len() as u64);
    let via = via(desk, rolls, record, &on);
    Some(Need { on, at_least, effect, grace, via })
}

fn at_least(desk: &mut Desk, record: &Record, providers: u64) -> u32 {
    let number = desk.whole(record, "at_least", 0, PROVIDERS_MAX);
    if let (Some(number), Some(item)) = (number, record.item("at_least"))
        && !(1..=providers).contains(&number)
    {
        let message = Said::new("mistake-bad-at-least").with("number", number).with("providers", providers);
        let help = Said::new("mistake-bad-at-least-help").with("providers", providers);
        desk.fatal(item.place, "bad-at-least", message, help);
    }
    number.unwrap_or(providers).min(providers) as u32
}

fn effect(desk: &mut Desk, record: &Record) -> Effect {
    match desk.text(record, "effect").as_deref() {
        None | Some("stops") => Effect::Stops,
        Some("degrades") => Effect::Degrades,
        Some(other) => {
            let at = record.item("effect").map_or(record.place, |it| it.place);
            let message = Said::new("mistake-no-effect").with("word", quote(other));
            desk.fatal(at, "unknown-word", message, Said::new("mistake-no-effect-help"));
            Effect::Stops
        }
    }
}

fn via(desk: &mut Desk, rolls: &Rolls, record: &Record, on: &[NodeId]) -> Vec<(NodeId, FlowId)> {
    let Some(item) = record.item("via") else { return Vec::new() };
    let Value::Table(table) = &item.value else {
        let message = Said::new("mistake-no-table").with("key", "via").with("kind", item.value.kind());
        desk.fatal(item.place, "wrong-type", message, Said::new("mistake-write-via"));
        return Vec::new();
    };
    let mut via = Vec::with_capacity(table.fields.len());
    for field in &table.fields {
        let provider = rolls.node(desk, &field.key, field.key_place);
        let flow = named(desk, table, &field.key).and_then(|(id, at)| rolls.flow(desk, &id, at));
        if let Some(provider) = provider
            && !on.contains(&provider)
        {
            let message = Said::new("mistake-via-not-provider").with("id", quote(&field.key));
            let help = Said::new("mistake-via-not-provider-help");
            desk.fatal(field.key_place, "via-not-provider", message, help);
        } else if let (Some(provider), Some(flow)) = (provider, flow) {
            via.push((provider, flow));
        }
    }
    via
}

fn backups(desk: &mut Desk, rolls: &Rolls, row: &Row, zone: &TimeZone) -> Vec<Backup> {
    let mut backups = Vec::new();
    for record in desk.tables(&row.record, "backups") {
        desk.check_keys(record, "backup", &BACKUP);
        for key in ["store", "taken_at"] {
            if record.item(key).is_none() {
                let message = Said::new("mistake-backup-no-key").with("id", quote(&row.id)).with("key", key);
                desk.fatal(record.place, "missing-key", message, Said::new("mistake-backup-no-key-help"));
            }
        }
        let store = rolls.store(desk, record, "store");
        let taken_at = desk.instant(record, "taken_at", zone);
        let offline = desk.flag(record, "offline").unwrap_or(false);
        let tested_at = desk.instant(record, "tested_at", zone);
        if let (Some(store), Some(taken_at)) = (store, taken_at) {
            backups.push(Backup { store, taken_at, offline, tested_at });
        }
    }
    backups
}
