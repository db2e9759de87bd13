//! Where mistakes are gathered while a map is read, and the typed reading of single values.
//!
//! Invariant: a value that is not what it must be is told once, with its place, and read as absent.

use std::collections::HashSet;

use jiff::Timestamp;
use jiff::civil::{DateTime, Time};
use jiff::tz::TimeZone;

use crate::mistake::{Gravity, KEPT_MAX, Mistake};
use crate::nearest::{Names, Nearest};
use crate::record::{Item, Record, Value, kind};
use crate::said::Said;
use crate::source::{Place, Source};
use crate::units::{parse_duration, parse_rate, parse_size};

/// How many mistakes are held before they are put in order and cut to [`KEPT_MAX`].
const FOUND_MAX: usize = 200_000;

/// Gathers mistakes.
#[derive(Default)]
pub(crate) struct Desk {
    /// A file could not be read whole: an absent key proves nothing.
    pub(crate) torn: bool,
    /// A file could not be read at all: an unknown id proves nothing.
    pub(crate) ids_lost: bool,
    /// An unknown id was passed over, because it may stand where a file could not be read.
    pub(crate) ids_passed_over: bool,
    ids_in_torn: HashSet<String>,
    pub(crate) fatal: bool,
    nearest: Nearest,
    found: Vec<(Gravity, Place, &'static str, Said, Said)>,
    dropped: usize,
}

impl Desk {
    /// The map has no certain meaning because of this.
    pub(crate) fn fatal(&mut self, at: Place, code: &'static str, message: Said, help: Said) {
        self.add(Gravity::Fatal, at, code, message, help);
    }

    /// This must be put right, and leaves the map usable.
    pub(crate) fn wrong(&mut self, at: Place, code: &'static str, message: Said, help: Said) {
        self.add(Gravity::Wrong, at, code, message, help);
    }

    /// This is worth a look.
    pub(crate) fn remark(&mut self, at: Place, code: &'static str, message: Said, help: Said) {
        self.add(Gravity::Remark, at, code, message, help);
    }

    fn add(&mut self, gravity: Gravity, at: Place, code: &'static str, message: Said, help: Said) {
        self.fatal |= gravity == Gravity::Fatal;
        if self.found.len() < FOUND_MAX {
            self.found.push((gravity, at, code, message, help));
        } else {
            self.dropped += 1;
        }
    }

    /// `id` names nothing of the kind that is wanted.
    pub(crate) fn unknown(&mut self, at: Place, wanted: &str, id: &str, names: &Names) {
        if self.ids_lost || self.ids_in_torn.contains(id) {
            self.ids_passed_over = true;
            return;
        }
        let help = self
            .did_you_mean(id, names)
            .unwrap_or_else(|| Said::new("mistake-unknown-id-help").with("wanted", article(wanted)));
        self.fatal(at, "unknown-id", Said::new("mistake-unknown-id").with("id", quote(id)), help);
    }

    /// A file that could not be read whole: what looks like an id in it may be one.
    pub(crate) fn tear(&mut self, text: &str) {
        self.torn = true;
        for line in text.lines() {
            for (start, _) in line.match_indices("id") {
                let Some(rest) = line[start + 2..].trim_start_matches(['"', ' ', '\t']).strip_prefix('=')
                else {
                    continue;
                };
                let rest = rest.trim_start().trim_start_matches(['"', '\'']);
                let end = rest.find(['"', '\'', ',', ' ', '}', '#']).unwrap_or(rest.len());
                self.ids_in_torn.insert(rest[..end].to_owned());
            }
        }
    }

    /// A key that no table of this kind has.
    pub(crate) fn check_keys(&mut self, record: &Record, place: &str, keys: &[&str]) {
        for field in &record.fields {
            if !keys.contains(&field.key.as_str()) {
                self.unknown_key(field.key_place, &field.key, place, keys);
            }
        }
    }

    /// A key that is not one of `keys`.
    pub(crate) fn unknown_key(&mut self, at: Place, key: &str, place: &str, keys: &[&str]) {
        let names = Names::new(keys.iter().copied());
        let help = self
            .did_you_mean(key, &names)
            .unwrap_or_else(|| Said::new("mistake-unknown-key-help").with("keys", keys.join(", ")));
        let message = Said::new("mistake-unknown-key").with("place", place).with("key", quote(key));
        self.fatal(at, "unknown-key", message, help);
    }

    /// "did you mean", where a known name is near.
    pub(crate) fn did_you_mean(&mut self, unknown: &str, names: &Names) -> Option<Said> {
        let near = self.nearest.find(unknown, names)?;
        Some(Said::new("mistake-did-you-mean").with("name", quote(&near)))
    }

    /// Errors and remarks, in the order of the files.
    pub(crate) fn close(mut self, sources: &[Source]) -> (Vec<Mistake>, Vec<Mistake>) {
        self.found.sort_by(|a, b| (a.1, a.2, &a.3, a.0).cmp(&(b.1, b.2, &b.3, b.0)));
        self.found.dedup_by(|a, b| (a.1, a.2, &a.3) == (b.1, b.2, &b.3));
        let (mut errors, mut remarks) = (Vec::new(), Vec::new());
        let mut more = [0, self.dropped];
        for (gravity, at, code, message, help) in self.found {
            let remark = gravity == Gravity::Remark;
            let list = if remark { &mut remarks } else { &mut errors };
            if list.len() == KEPT_MAX {
                more[usize::from(!remark)] += 1;
                continue;
            }
            let (file, line, column) = match sources.get(at.file as usize) {
                Some(source) => {
                    let (line, column) = source.line_column(at.offset as usize);
                    (source.name.clone(), line, column)
                }
                None => (String::new(), 1, 1),
            };
            list.push(Mistake { file, line, column, code, message, help });
        }
        for (list, more) in [&mut remarks, &mut errors].into_iter().zip(more) {
            if let (Some(last), true) = (list.last().cloned(), more > 0) {
                let message = Said::new("mistake-too-many").with("count", more);
                let help = Said::new("mistake-too-many-help");
                list.push(Mistake { code: "too-many", message, help, ..last });
            }
        }
        (errors, remarks)
    }
}

/// Typed reading.
impl Desk {
    fn wrong_type(&mut self, item: &Item, key: &str, wanted: &str) {
        let message = Said::new("mistake-wrong-type")
            .with("key", key)
            .with("kind", item.value.kind())
            .with("wanted", kind(wanted));
        self.fatal(item.place, "wrong-type", message, write(wanted));
    }

    /// A value of the right type that cannot be read as what is wanted.
    fn bad_value(&mut self, item: &Item, code: &'static str, key: &str, value: &str, wanted: &str) {
        let message = Said::new("mistake-bad-value")
            .with("key", key)
            .with("value", quote(value))
            .with("wanted", kind(wanted));
        self.fatal(item.place, code, message, write(wanted));
    }

    /// A text that is not empty.
    pub(crate) fn text(&mut self, record: &Record, key: &str) -> Option<String> {
        let item = record.item(key)?;
        match &item.value {
            Value::Text(text) => Some(text.trim().to_owned()).filter(|it| !it.is_empty()),
            _ => {
                self.wrong_type(item, key, "text");
                None
            }
        }
    }

    /// Texts: a list of them, or one alone.
    pub(crate) fn texts(&mut self, record: &Record, key: &str) -> Vec<(String, Place)> {
        let Some(item) = record.item(key) else { return Vec::new() };
        let items = match &item.value {
            Value::List(items) => items.as_slice(),
            Value::Text(_) => std::slice::from_ref(item),
            _ => {
                self.wrong_type(item, key, "texts");
                return Vec::new();
            }
        };
        let mut texts = Vec::with_capacity(items.len());
        for item in items {
            match &item.value {
                Value::Text(text) => texts.push((text.trim().to_owned(), item.place)),
                _ => self.wrong_type(item, key, "text"),
            }
        }
        texts
    }

    /// Tables: a list of them, or one alone.
    pub(crate) fn tables<'a>(&mut self, record: &'a Record, key: &str) -> Vec<&'a Record> {
        let Some(item) = record.item(key) else { return Vec::new() };
        let items = match &item.value {
            Value::List(items) => items.as_slice(),
            Value::Table(_) => std::slice::from_ref(item),
            _ => {
                self.wrong_type(item, key, "tables");
                return Vec::new();
            }
        };
        let mut tables = Vec::with_capacity(items.len());
        for item in items {
            match &item.value {
                Value::Table(table) => tables.push(table),
                _ => self.wrong_type(item, key, "table"),
            }
        }
        tables
    }

    /// `true` or `false`.
    pub(crate) fn flag(&mut self, record: &Record, key: &str) -> Option<bool> {
        let item = record.item(key)?;
        match item.value {
            Value::Flag(flag) => Some(flag),
            _ => {
                self.wrong_type(item, key, "flag");
                None
            }
        }
    }

    /// A whole number from `least` to `most`.
    pub(crate) fn whole(&mut self, record: &Record, key: &str, least: u64, most: u64) -> Option<u64> {
        let item = record.item(key)?;
        match item.value {
            Value::Whole(number) => match u64::try_from(number) {
                Ok(number) if (least..=most).contains(&number) => Some(number),
                _ => {
                    let message = Said::new("mistake-out-of-range")
                        .with("key", key)
                        .with("number", number.to_string())
                        .with("least", least)
                        .with("most", most);
                    self.fatal(item.place, "out-of-range", message, Said::new("mistake-out-of-range-help"));
                    None
                }
            },
            _ => {
                self.wrong_type(item, key, "whole");
                None
            }
        }
    }

    /// A duration, in seconds.
    pub(crate) fn duration(&mut self, record: &Record, key: &str) -> Option<u64> {
        record.item(key).and_then(|item| self.duration_of(item, key))
    }

    /// A duration, in seconds.
    pub(crate) fn duration_of(&mut self, item: &Item, key: &str) -> Option<u64> {
        self.measure(item, key, "bad-duration", "duration", parse_duration)
    }

    /// A size, in bytes.
    pub(crate) fn size(&mut self, record: &Record, key: &str) -> Option<u64> {
        let item = record.item(key)?;
        self.measure(item, key, "bad-size", "size", parse_size)
    }

    /// A rate above zero, in bytes a second.
    pub(crate) fn rate(&mut self, record: &Record, key: &str) -> Option<u64> {
        let item = record.item(key)?;
        self.measure(item, key, "bad-rate", "rate", |it| parse_rate(it).filter(|&rate| rate > 0))
    }

    fn measure(
        &mut self,
        item: &Item,
        key: &str,
        code: &'static str,
        wanted: &str,
        parse: impl Fn(&str) -> Option<u64>,
    ) -> Option<u64> {
        let text = match &item.value {
            Value::Text(text) => text.clone(),
            Value::Whole(number) => number.to_string(),
            Value::Number(number) => number.clone(),
            _ => {
                self.wrong_type(item, key, wanted);
                return None;
            }
        };
        let parsed = parse(&text);
        if parsed.is_none() {
            self.bad_value(item, code, key, &text, wanted);
        }
        parsed
    }

    /// An instant; where it has no offset it is local time of the hospital, and a date alone is the
    /// start of that day.
    pub(crate) fn instant(&mut self, record: &Record, key: &str, zone: &TimeZone) -> Option<Timestamp> {
        let item = record.item(key)?;
        let (Value::Text(text) | Value::Date(text)) = &item.value else {
            self.wrong_type(item, key, "instant");
            return None;
        };
        let instant = text.trim().parse().ok().or_else(|| {
            let local: DateTime = text.trim().parse().ok()?;
            Some(local.to_zoned(zone.clone()).ok()?.timestamp())
        });
        if instant.is_none() {
            self.bad_value(item, "bad-instant", key, text, "instant");
        }
        instant
    }

    /// Daily hours: `08:00-18:00`, or the two times in a list.
    pub(crate) fn hours(&mut self, record: &Record, key: &str) -> Option<(Time, Time)> {
        let item = record.item(key)?;
        let parts = match &item.value {
            Value::Text(text) => text.split(['-', '–']).map(str::to_owned).collect(),
            _ => self.texts(record, key).into_iter().map(|(text, _)| text).collect::<Vec<_>>(),
        };
        let hours = match parts.as_slice() {
            [start, end] => time(start).zip(time(end)),
            _ => None,
        };
        if hours.is_none() {
            let message = Said::new("mistake-bad-hours").with("key", key);
            self.fatal(item.place, "bad-hours", message, Said::new("mistake-bad-hours-help"));
        }
        hours
    }
}

/// A time of the day; `24:00` is the midnight that ends it.
fn time(text: &str) -> Option<Time> {
    let text = text.trim();
    if text == "24:00" {
        return Some(Time::midnight());
    }
    let padded = if text.find(':') == Some(1) { format!("0{text}") } else { text.to_owned() };
    padded.parse().ok()
}

/// How to write a value of the kind that is wanted.
fn write(wanted: &str) -> Said {
    Said::new("mistake-write").with("wanted", wanted)
}

/// Something of that kind.
pub(crate) fn article(kind: &str) -> Said {
    Said::new("mistake-a").with("kind", kind)
}

/// Something of that kind lacks a key.
pub(crate) fn no_key(kind: &str, key: &str) -> Said {
    Said::new("mistake-no-key").with("what", article(kind)).with("key", key)
}

/// The row of that table and id lacks a key.
pub(crate) fn missing_key(table: &str, id: &str, key: &str) -> Said {
    let which = Said::new("mistake-the").with("kind", table);
    Said::new("mistake-missing-key").with("which", which).with("id", quote(id)).with("key", key)
}

/// Words of a file, shortened and with control characters shown.
pub(crate) fn quote(words: &str) -> String {
    let shown: String = words.chars().take(80).flat_map(char::escape_debug).collect();
    let more = if words.chars().nth(80).is_some() { "…" } else { "" };
    format!("`{shown}{more}`")
}
