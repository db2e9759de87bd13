//! All the tables of all the files of a map, whatever file each stands in.

use super::rolls::merge;
use crate::desk::Desk;
use crate::record::{self, Item, Record, Value};
use crate::said::Said;
use crate::schema::{SHEET, TABLES, keys};
use crate::sheet;
use crate::source::{Damage, MapFile, Place, Source};

/// Files larger than this are refused, in bytes.
const FILE_MAX: usize = 256 << 20;

/// Tables by name, each in the order of the files.
#[derive(Default)]
pub(crate) struct Tables {
    pub(crate) hospital: Record,
    pub(crate) controls: Vec<Record>,
    /// Lines of sheets.
    pub(crate) lines: Vec<Record>,
    pub(crate) named: Vec<(&'static str, Record)>,
}

/// Reads every file.
pub(crate) fn gather(desk: &mut Desk, files: Vec<MapFile>) -> (Vec<Source>, Tables) {
    let mut tables = Tables::default();
    let mut sources = Vec::with_capacity(files.len());
    if files.is_empty() {
        (desk.torn, desk.ids_lost) = (true, true);
        let (message, help) = (Said::new("mistake-no-map"), Said::new("mistake-no-map-help"));
        desk.fatal(Place::default(), "no-map", message, help);
    }
    for (place, mut file) in files.into_iter().enumerate() {
        let at = Place { file: place as u32, offset: 0 };
        if file.bytes.len() > FILE_MAX {
            file.bytes.clear();
            (desk.torn, desk.ids_lost) = (true, true);
            let message = Said::new("mistake-too-large").with("size", FILE_MAX >> 20);
            desk.fatal(at, "too-large", message, Said::new("mistake-too-large-help"));
        }
        let is_sheet = file.name.to_lowercase().ends_with(".csv");
        let source = Source::new(file, is_sheet);
        damage(desk, &source, at.file);
        if is_sheet {
            read_sheet(desk, &mut tables, &source, at);
        } else {
            read_toml(desk, &mut tables, &source, at);
        }
        sources.push(source);
    }
    (sources, tables)
}

fn damage(desk: &mut Desk, source: &Source, file: u32) {
    let place = |offset: usize| Place { file, offset: offset as u32 };
    match &source.damage {
        Damage::None => {}
        Damage::Windows1252(offset) => {
            let message = Said::new("mistake-windows-1252");
            desk.remark(place(*offset), "windows-1252", message, Said::new("mistake-windows-1252-help"));
        }
        Damage::Replaced(offsets) => {
            for &offset in offsets {
                let message = Said::new("mistake-not-utf8");
                desk.fatal(place(offset), "not-utf8", message, Said::new("mistake-not-utf8-help"));
            }
        }
    }
}

fn read_sheet(desk: &mut Desk, tables: &mut Tables, source: &Source, at: Place) {
    let sheet = sheet::parse(at.file, &source.text);
    if sheet.header.is_empty() {
        return;
    }
    let names: Vec<&str> = sheet.header.iter().map(|(name, _)| name.as_str()).collect();
    if !names.contains(&"id") {
        (desk.torn, desk.ids_lost) = (true, true);
        let help = Said::new("mistake-no-header-help").with("columns", SHEET.join(","));
        desk.fatal(at, "no-header", Said::new("mistake-no-header"), help);
        return;
    }
    for (place, (name, name_at)) in sheet.header.iter().enumerate() {
        if names[..place].contains(&name.as_str()) && !name.is_empty() {
            let message = Said::new("mistake-duplicate-column").with("name", name.as_str());
            desk.fatal(*name_at, "duplicate-id", message, Said::new("mistake-remove-one"));
        } else if !name.is_empty() && !SHEET.contains(&name.as_str()) {
            desk.unknown_key(*name_at, name, "sheet", &SHEET);
        }
    }
    for syntax in sheet.syntax {
        let help = Said::new("mistake-too-many-cells-help");
        desk.fatal(syntax.place, "too-many-cells", syntax.message, help);
    }
    tables.lines.extend(sheet.records);
}

fn read_toml(desk: &mut Desk, tables: &mut Tables, source: &Source, at: Place) {
    let (document, syntax) = record::parse(at.file, &source.text);
    if !syntax.is_empty() {
        desk.tear(&source.text);
    }
    for mistake in syntax {
        desk.fatal(mistake.place, "syntax", mistake.message, Said::new("mistake-syntax-help"));
    }
    for field in document.fields {
        let Some(&(table, _)) = TABLES.iter().find(|(name, _)| *name == field.key) else {
            let names = TABLES.map(|(name, _)| name);
            desk.unknown_key(field.key_place, &field.key, "map", &names);
            continue;
        };
        if table == "hospital" {
            hospital(desk, tables, field.item);
        } else {
            for record in records(desk, table, field.item) {
                desk.check_keys(&record, table, keys(table));
                match table {
                    "control" => tables.controls.push(record),
                    _ => tables.named.push((table, record)),
                }
            }
        }
    }
}

fn hospital(desk: &mut Desk, tables: &mut Tables, item: Item) {
    let Value::Table(record) = item.value else {
        let message = Said::new("mistake-no-table").with("key", "hospital").with("kind", item.value.kind());
        desk.fatal(item.place, "wrong-type", message, Said::new("mistake-write-hospital"));
        return;
    };
    desk.check_keys(&record, "hospital", keys("hospital"));
    merge(desk, &mut tables.hospital, record, "[hospital]");
}

fn records(desk: &mut Desk, table: &str, item: Item) -> Vec<Record> {
    let help = || Said::new("mistake-write-table").with("table", table);
    let items = match item.value {
        Value::List(items) => items,
        Value::Table(_) => {
            let message = Said::new("mistake-single-brackets").with("table", table);
            desk.fatal(item.place, "wrong-type", message, help());
            vec![item]
        }
        _ => {
            let message = Said::new("mistake-no-table").with("key", table).with("kind", item.value.kind());
            desk.fatal(item.place, "wrong-type", message, help());
            return Vec::new();
        }
    };
    let mut records = Vec::with_capacity(items.len());
    for item in items {
        match item.value {
            Value::Table(record) => records.push(record),
            other => {
                let message =
                    Said::new("mistake-one-no-table").with("table", table).with("kind", other.kind());
                desk.fatal(item.place, "wrong-type", message, help());
            }
        }
    }
    records
}
