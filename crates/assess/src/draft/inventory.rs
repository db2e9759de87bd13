//! An inventory export: any table with a header in French or English.
//!
//! Invariant: no column and no line is dropped silently; what is not understood is listed.

use std::collections::BTreeSet;
use std::net::IpAddr;

use super::names;

/// Lines kept.
const LINES_MAX: usize = 20_000;
/// Lines in which the header is looked for: exports often begin with a title.
const HEADER_WITHIN: usize = 10;
/// Names of columns listed in a remark.
const COLUMNS_SHOWN: usize = 30;

/// What an export tells.
#[derive(Clone, Debug, Default)]
pub struct Inventory {
    pub(crate) rows: Vec<Row>,
    /// Columns that were not understood.
    pub(crate) strange: Vec<String>,
    /// Lines that name no machine: how many, and the first.
    pub(crate) nameless: (u64, u64),
    /// Cells that should hold an address and do not: how many, and the first line.
    pub(crate) unreadable: (u64, u64),
    /// Lines beyond the limit.
    pub(crate) cut: u64,
}

/// One machine of an export.
#[derive(Clone, Debug, Default)]
pub(crate) struct Row {
    pub(crate) line: u64,
    pub(crate) hosts: Vec<String>,
    pub(crate) label: Option<String>,
    pub(crate) ips: Vec<IpAddr>,
    pub(crate) macs: Vec<[u8; 6]>,
    pub(crate) os: Option<String>,
    pub(crate) site: Option<String>,
    pub(crate) zone: Option<String>,
    pub(crate) kind: Option<String>,
    pub(crate) vendor: Option<String>,
}

/// Why an export could not be used.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum InventoryError {
    /// Nothing in it.
    #[error("the inventory export is empty")]
    Empty,
    /// No column names a machine.
    #[error(
        "no column of the inventory export is a name or an address; its first line is: {0}; name one column hostname (nom) or ip"
    )]
    NoColumn(String),
}

#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
enum Column {
    Host,
    Name,
    Label,
    Ip,
    Mac,
    Os,
    Site,
    Zone,
    Kind,
    Vendor,
}

/// Folded names of columns, digits at the end left out.
const COLUMNS: [(Column, &[&str]); 10] = [
    (
        Column::Host,
        &[
            "hostname",
            "host",
            "host name",
            "nom d hote",
            "nom hote",
            "hote",
            "nom machine",
            "nom de la machine",
            "machine",
            "computer",
            "computer name",
            "computername",
            "nom netbios",
            "netbios",
            "fqdn",
            "dns",
            "dns name",
            "nom dns",
            "poste",
            "serveur",
            "server",
            "server name",
            "nom du serveur",
            "nom du poste",
            "nom serveur",
            "nom poste",
            "device name",
            "nom ordinateur",
            "ordinateur",
            "nom de l equipement",
            "nom equipement",
        ],
    ),
    (
        Column::Name,
        &["name", "nom", "id", "asset", "asset name", "actif", "equipement", "device", "ci", "ci name"],
    ),
    (
        Column::Label,
        &[
            "description",
            "libelle",
            "label",
            "designation",
            "role",
            "fonction",
            "usage",
            "intitule",
            "commentaire",
            "display name",
        ],
    ),
    (
        Column::Ip,
        &[
            "ip",
            "ips",
            "adresse ip",
            "adresses ip",
            "ip address",
            "ip addresses",
            "ipv",
            "adresse ipv",
            "address",
            "adresse reseau",
            "ip v",
        ],
    ),
    (
        Column::Mac,
        &[
            "mac",
            "macs",
            "adresse mac",
            "mac address",
            "adresses mac",
            "adresse physique",
            "physical address",
        ],
    ),
    (
        Column::Os,
        &[
            "os",
            "systeme",
            "systeme d exploitation",
            "systeme exploitation",
            "operating system",
            "os name",
            "os version",
            "version os",
            "version de l os",
            "version du systeme",
        ],
    ),
    (
        Column::Site,
        &[
            "site",
            "sites",
            "etablissement",
            "hopital",
            "hospital",
            "location",
            "localisation",
            "lieu",
            "campus",
        ],
    ),
    (
        Column::Zone,
        &["zone", "vlan", "reseau", "network", "segment", "subnet", "sous reseau", "vlan name", "nom vlan"],
    ),
    (
        Column::Kind,
        &[
            "type",
            "categorie",
            "category",
            "kind",
            "nature",
            "classe",
            "class",
            "asset type",
            "device type",
            "type d equipement",
            "type equipement",
            "famille",
        ],
    ),
    (
        Column::Vendor,
        &[
            "vendor",
            "editeur",
            "fabricant",
            "manufacturer",
            "constructeur",
            "fournisseur",
            "marque",
            "brand",
            "publisher",
        ],
    ),
];

impl Inventory {
    /// Reads an export, whatever its separator (`;`, `,` or tab) and its encoding.
    ///
    /// # Errors
    /// See [`InventoryError`].
    pub fn read(bytes: Vec<u8>) -> Result<Inventory, InventoryError> {
        let text = hospital::sheet_text(bytes);
        let head: Vec<&str> =
            text.lines().filter(|line| !line.trim().is_empty()).take(HEADER_WITHIN).collect();
        let first = head.first().ok_or(InventoryError::Empty)?;
        let best =
            head.iter().flat_map(|line| b";,\t".map(|separator| (understood(line, separator), separator)));
        let (_, separator) = best.fold((0, b';'), |best, it| if it.0 > best.0 { it } else { best });
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(separator)
            .has_headers(false)
            .flexible(true)
            .from_reader(text.as_bytes());
        let mut inventory = Inventory::default();
        let mut header: Option<Vec<Option<Column>>> = None;
        let wanted = head.iter().map(|line| understood(line, separator)).max().unwrap_or(0);
        let mut record = csv::StringRecord::new();
        while let Ok(true) = reader.read_record(&mut record) {
            let line = record.position().map_or(0, csv::Position::line);
            match &header {
                None if columns(record.iter()).iter().flatten().count() >= wanted.max(1) => {
                    header = Some(inventory.heading(&record));
                }
                None => {}
                Some(_) if record.iter().all(|cell| cell.trim().is_empty()) => {}
                Some(_) if inventory.rows.len() >= LINES_MAX => inventory.cut += 1,
                Some(header) => inventory.row(header, &record, line),
            }
        }
        let named = |it: &Column| matches!(it, Column::Host | Column::Name | Column::Ip | Column::Mac);
        match header {
            Some(header) if header.iter().flatten().any(named) => Ok(inventory),
            _ => Err(InventoryError::NoColumn(names::clean(first))),
        }
    }

    fn heading(&mut self, record: &csv::StringRecord) -> Vec<Option<Column>> {
        let mut columns = columns(record.iter());
        if columns.contains(&Some(Column::Host)) {
            for column in columns.iter_mut().filter(|it| **it == Some(Column::Name)) {
                *column = Some(Column::Label);
            }
        }
        let strange = record.iter().zip(&columns).filter(|it| it.1.is_none());
        let strange: Vec<String> =
            strange.map(|(name, _)| names::clean(name)).filter(|it| !it.is_empty()).collect();
        let more = strange.len().saturating_sub(COLUMNS_SHOWN);
        self.strange = strange.into_iter().take(COLUMNS_SHOWN).collect();
        if more > 0 {
            self.strange.push(format!("+ {more}"));
        }
        columns
    }

    fn row(&mut self, header: &[Option<Column>], record: &csv::StringRecord, line: u64) {
        let mut row = Row { line, ..Row::default() };
        for (column, cell) in header.iter().zip(record.iter()) {
            let text = names::clean(cell);
            if let (Some(column), false) = (column, text.is_empty()) {
                self.cell(&mut row, *column, cell, text);
            }
        }
        if record.len() > header.len() {
            count(&mut self.unreadable, line);
        }
        if row.hosts.is_empty() && row.ips.is_empty() && row.macs.is_empty() && row.label.is_none() {
            count(&mut self.nameless, line);
        } else {
            self.rows.push(row);
        }
    }

    fn cell(&mut self, row: &mut Row, column: Column, cell: &str, text: String) {
        let parts = || {
            cell.split(|it: char| matches!(it, ';' | ',' | '|') || it.is_whitespace())
                .filter(|it| !it.is_empty())
                .take(16)
        };
        match column {
            Column::Host | Column::Name => match names::host(cell) {
                Some(host) if !row.hosts.contains(&host) => row.hosts.push(host),
                Some(_) => {}
                None => match names::address(cell) {
                    Some(ip) => row.ips.push(ip),
                    None => add(&mut row.label, text),
                },
            },
            Column::Ip => {
                for part in parts() {
                    match names::address(part.split('/').next().unwrap_or(part))
                        .filter(|ip| names::usable(*ip))
                    {
                        Some(ip) => row.ips.push(ip),
                        None => count(&mut self.unreadable, row.line),
                    }
                }
            }
            Column::Mac => {
                for part in parts() {
                    match names::mac(part) {
                        Some(mac) => row.macs.push(mac),
                        None => count(&mut self.unreadable, row.line),
                    }
                }
            }
            Column::Label => add(&mut row.label, text),
            Column::Os => add(&mut row.os, text),
            Column::Site => add(&mut row.site, text),
            Column::Zone => add(&mut row.zone, text),
            Column::Kind => add(&mut row.kind, text),
            Column::Vendor => add(&mut row.vendor, text),
        }
    }
}

/// Several columns of one meaning stand one after the other in one text.
fn add(into: &mut Option<String>, text: String) {
    match into {
        Some(there) if *there == text => {}
        Some(there) => *there = names::clean(&format!("{there} {text}")),
        None => *into = Some(text),
    }
}

fn count(counted: &mut (u64, u64), line: u64) {
    if counted.0 == 0 {
        counted.1 = line;
    }
    counted.0 += 1;
}

/// How many different columns of a line are understood, were it a header.
fn understood(line: &str, separator: u8) -> usize {
    let found: BTreeSet<Column> = columns(line.split(char::from(separator))).into_iter().flatten().collect();
    found.len()
}

fn columns<'a>(cells: impl Iterator<Item = &'a str>) -> Vec<Option<Column>> {
    cells
        .map(|cell| {
            let folded = names::fold(cell);
            let name = folded.trim_end_matches(|it: char| it.is_ascii_digit() || it == ' ');
            COLUMNS.iter().find(|(_, synonyms)| synonyms.contains(&name)).map(|(column, _)| *column)
        })
        .collect()
}
