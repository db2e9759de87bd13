//! From the files of a map to a [`Map`]: everything they say is read, resolved and checked.
//!
//! Invariant: checking never stops at the first mistake and never panics, whatever the bytes; a map is
//! given only when its meaning is certain.

mod gather;
mod network;
mod nodes;
mod people;
mod remarks;
mod restore;
mod rolls;

use jiff::tz::TimeZone;

use crate::desk::{Desk, quote};
use crate::map::Map;
use crate::mistake::Checked;
use crate::nearest::Names;
use crate::record::Record;
use crate::said::Said;
use crate::source::{MapFile, Place};
use rolls::Rolls;

/// Time zone of a map that says none.
const TIME_ZONE: &str = "Europe/Paris";

/// Reads and checks the files of a map, together.
///
/// ```
/// let text = br#"
/// [[site]]
/// id = "north"
/// name = "North hospital"
/// [[care_service]]
/// id = "north-er"
/// name = "Emergency"
/// site = "nroth"
/// weight = 90
/// needs = [{ on = ["record"], grace = "20min" }]
/// [[application]]
/// id = "record"
/// name = "Patient record"
/// "#;
/// let checked = hospital::check(vec![hospital::MapFile { name: "map.toml".into(), bytes: text.to_vec() }]);
/// assert!(checked.map.is_none());
/// assert_eq!(checked.errors[0].line, 8);
/// assert_eq!(checked.errors[0].help, hospital::Said::new("mistake-did-you-mean").with("name", "`north`"));
/// ```
#[must_use]
pub fn check(files: Vec<MapFile>) -> Checked {
    let mut desk = Desk::default();
    let (sources, tables) = gather::gather(&mut desk, files);
    let map = read(&mut desk, &tables);
    if desk.ids_passed_over {
        let message = Said::new("mistake-ids-not-checked");
        desk.remark(Place::default(), "ids-not-checked", message, Said::new("mistake-ids-not-checked-help"));
    }
    let usable = !desk.fatal;
    let (errors, remarks) = desk.close(&sources);
    Checked { map: Some(map).filter(|_| usable), errors, remarks }
}

fn read(desk: &mut Desk, tables: &gather::Tables) -> Map {
    let group = group(desk, &tables.hospital);
    let rolls = Rolls::new(desk, tables);
    let steps = restore::Steps::new(desk, &rolls);
    let nodes = nodes::read(desk, &rolls, &steps, &group.time_zone);
    let map = Map {
        sites: nodes::sites(desk, &rolls),
        nodes,
        zones: network::zones(desk, &rolls),
        flows: network::flows(desk, &rolls),
        controls: network::controls(desk, &rolls, &tables.controls),
        levers: network::levers(desk, &rolls),
        teams: people::teams(desk, &rolls, &group.time_zone),
        stores: people::stores(desk, &rolls),
        clean_rooms: people::clean_rooms(desk, &rolls),
        contacts: people::contacts(desk, &rolls),
        ..group
    };
    remarks::addresses(desk, &rolls, &map);
    remarks::means(desk, &rolls, &steps, &map);
    remarks::cycles(desk, &rolls, &map);
    remarks::care(desk, &rolls, &map);
    remarks::places(desk, &rolls, &map);
    if tables.hospital.item("time_zone").is_none() && map.teams.iter().any(|it| it.daily.is_some()) {
        let message = Said::new("mistake-time-zone-assumed").with("zone", TIME_ZONE);
        let help = Said::new("mistake-time-zone-assumed-help");
        desk.remark(tables.hospital.place, "time-zone-assumed", message, help);
    }
    map
}

/// What `[hospital]` says, in a map that is otherwise empty.
fn group(desk: &mut Desk, hospital: &Record) -> Map {
    let name = desk.text(hospital, "name").unwrap_or_default();
    let degraded = desk.whole(hospital, "degraded", 0, 10).unwrap_or(3) as u32;
    let beyond = desk.whole(hospital, "beyond", 10, 1_000).unwrap_or(30) as u32;
    let spread = desk.duration(hospital, "spread").unwrap_or(3_600);
    let time_zone = time_zone(desk, hospital);
    Map {
        name,
        time_zone,
        degraded,
        beyond,
        spread,
        sites: Vec::new(),
        nodes: Vec::new(),
        zones: Vec::new(),
        flows: Vec::new(),
        controls: Vec::new(),
        levers: Vec::new(),
        teams: Vec::new(),
        stores: Vec::new(),
        clean_rooms: Vec::new(),
        contacts: Vec::new(),
    }
}

fn time_zone(desk: &mut Desk, hospital: &Record) -> TimeZone {
    let name = desk.text(hospital, "time_zone");
    let known = jiff::tz::TimeZoneDatabase::bundled();
    let zone = known.get(name.as_deref().unwrap_or(TIME_ZONE));
    if let (Err(_), Some(name), Some(item)) = (&zone, name, hospital.item("time_zone")) {
        let names: Vec<String> = known.available().map(|it| it.to_string()).collect();
        let names = Names::new(names.iter().map(String::as_str));
        let help = desk.did_you_mean(&name, &names);
        let help = help.unwrap_or_else(|| Said::new("mistake-unknown-time-zone-help"));
        let message = Said::new("mistake-unknown-time-zone").with("name", quote(&name));
        desk.fatal(item.place, "unknown-time-zone", message, help);
    }
    zone.unwrap_or(TimeZone::UTC)
}
