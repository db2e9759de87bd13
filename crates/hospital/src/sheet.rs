//! A sheet of assets: one asset a line, as a spreadsheet writes it.
//!
//! Invariant: each cell keeps its place in the text, and a line that cannot be read hides no other.

use crate::record::{Field, Item, Record, Syntax, Value};
use crate::said::Said;
use crate::source::Place;

/// Columns that hold several values.
const LISTS: [&str; 4] = ["hosts", "ips", "macs", "aliases"];

/// What a sheet holds.
#[derive(Default)]
pub(crate) struct Sheet {
    /// Names of the columns, lower-case, with their places.
    pub(crate) header: Vec<(String, Place)>,
    /// One record a line.
    pub(crate) records: Vec<Record>,
    /// Lines that have more cells than the header has names.
    pub(crate) syntax: Vec<Syntax>,
}

/// Reads a sheet, its separator (`,` `;` or tab) found in its first line.
pub(crate) fn parse(file: u32, text: &str) -> Sheet {
    let separator = separator(text);
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(separator)
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut sheet = Sheet::default();
    let mut line = csv::StringRecord::new();
    loop {
        match reader.read_record(&mut line) {
            Ok(false) => return sheet,
            Ok(true) => sheet.add(file, text, separator, &line),
            // The text is UTF-8 and lines may have any number of cells: only reading itself could fail.
            Err(_) => return sheet,
        }
    }
}

impl Sheet {
    fn add(&mut self, file: u32, text: &str, separator: u8, line: &csv::StringRecord) {
        if line.iter().all(|cell| cell.trim().is_empty()) {
            return;
        }
        let start = line.position().map_or(0, |it| it.byte() as usize);
        let places = cells(text, start, separator, line.len());
        let place = |cell: usize| Place {
            file,
            offset: u32::try_from(places.get(cell).copied().unwrap_or(start)).unwrap_or(u32::MAX),
        };
        if self.header.is_empty() {
            let names = line.iter().enumerate();
            self.header = names.map(|(cell, name)| (name.trim().to_lowercase(), place(cell))).collect();
            return;
        }
        let mut record = Record { place: place(0), fields: Vec::new() };
        for (cell, value) in line.iter().enumerate() {
            let value = value.trim();
            let Some((name, _)) = self.header.get(cell) else {
                if !value.is_empty() {
                    let message = Said::new("mistake-too-many-cells").with("count", self.header.len());
                    self.syntax.push(Syntax { place: place(cell), message });
                    break;
                }
                continue;
            };
            if value.is_empty() || name.is_empty() || record.field(name).is_some() {
                continue;
            }
            let item = Item { place: place(cell), value: read(name, value, place(cell)) };
            record.fields.push(Field { key: name.clone(), key_place: place(cell), item });
        }
        self.records.push(record);
    }
}

fn read(column: &str, cell: &str, place: Place) -> Value {
    if !LISTS.contains(&column) {
        return Value::Text(cell.to_owned());
    }
    let spaces = column != "aliases";
    let parts = cell.split(|it: char| matches!(it, ';' | '|' | ',') || (spaces && it.is_whitespace()));
    let parts = parts.map(str::trim).filter(|it| !it.is_empty());
    Value::List(parts.map(|it| Item { place, value: Value::Text(it.to_owned()) }).collect())
}

/// The most frequent of the three separators in the first line that is not empty.
fn separator(text: &str) -> u8 {
    let first = text.lines().find(|it| !it.trim().is_empty()).unwrap_or("");
    let count = |separator: u8| first.bytes().filter(|&it| it == separator).count();
    let mut best = b',';
    for other in [b';', b'\t'] {
        if count(other) > count(best) {
            best = other;
        }
    }
    best
}

/// Where each cell of the line that starts at `start` (or at the first character after it that is no
/// line end) begins.
fn cells(text: &str, start: usize, separator: u8, count: usize) -> Vec<usize> {
    let bytes = text.as_bytes();
    let mut at = start.min(bytes.len());
    while matches!(bytes.get(at), Some(b'\r' | b'\n')) {
        at += 1;
    }
    let mut places = vec![at];
    let (mut quoted, mut first) = (false, true);
    while places.len() < count && at < bytes.len() {
        match bytes[at] {
            b'"' if quoted => quoted = false,
            b'"' if first || bytes[at - 1] == b'"' => quoted = true,
            byte if byte == separator && !quoted => {
                places.push(at + 1);
                at += 1;
                first = true;
                continue;
            }
            _ => {}
        }
        first = false;
        at += 1;
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sheets() {
        let cases = [
            (
                "id,name,ips\r\na,\"Server, old\",10.0.0.1;10.0.0.2\r\n",
                "a@13 | Server, old@15 | [10.0.0.1 10.0.0.2]@29",
            ),
            (
                "\nId;Name;IPS\n\nb;B;10.0.0.1|10.0.0.2 10.0.0.3\n",
                "b@14 | B@16 | [10.0.0.1 10.0.0.2 10.0.0.3]@18",
            ),
            ("id\tname\tips\nc\tC", "c@12 | C@14"),
            ("id,name\nd,\"D \"\"x\"\"\",,\n", "d@8 | D \"x\"@10"),
            ("id,name\n\n , \ne,\"open", "e@13 | open@15"),
            ("id,aliases\nf,one two;three\n", "f@11 | [one two three]@13"),
        ];
        for (text, expected) in cases {
            let sheet = parse(0, text);
            let lines: Vec<String> = sheet.records.iter().map(write).collect();
            assert_eq!(lines.join("\n"), expected, "{text:?}");
            assert!(sheet.syntax.is_empty(), "{text:?}");
        }
        let sheet = parse(0, "id,name\na,b,c,d\n");
        assert_eq!(sheet.syntax[0].message, Said::new("mistake-too-many-cells").with("count", 2_usize));
        assert_eq!(sheet.syntax[0].place.offset, 12);
    }

    fn write(record: &Record) -> String {
        let cells = record.fields.iter().map(|field| {
            let text = match &field.item.value {
                Value::Text(text) => text.clone(),
                Value::List(items) => {
                    let items: Vec<&str> = items
                        .iter()
                        .filter_map(|it| {
                            if let Value::Text(text) = &it.value { Some(text.as_str()) } else { None }
                        })
                        .collect();
                    format!("[{}]", items.join(" "))
                }
                other => format!("{other:?}"),
            };
            format!("{text}@{}", field.item.place.offset)
        });
        cells.collect::<Vec<_>>().join(" | ")
    }
}
