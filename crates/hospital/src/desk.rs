//! Where mistakes are gathered while a map is read, and the typed reading of single values.
//!
//! Invariant: a value that is not what it must be is told once, with its place, and read as absent.

use std::collections::HashSet;

use jiff::Timestamp;
use jiff::civil::{DateTime, Time};
use jiff::tz::TimeZone;

use crate::mistake::{Gravity, KEPT_MAX, Mistake};
use crate::nearest::{Names, Nearest};
use crate::record::{Item, Record, Value};
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
    found: Vec<(Gravity, Place, &'static str, String, String)>,
    dropped: usize,
}

impl Desk {
    /// The map has no certain meaning because of this.
    pub(crate) fn fatal(&mut self, at: Place, code: &'static str, message: String, help: impl Into<String>) {
        self.add(Gravity::Fatal, at, code, message, help.into());
    }

    /// This must be put right, and leaves the map usable.
    pub(crate) fn wrong(&mut self, at: Place, code: &'static str, message: String, help: impl Into<String>) {
        self.add(Gravity::Wrong, at, code, message, help.into());
    }

    /// This is worth a look.
    pub(crate) fn remark(&mut self, at: Place, code: &'static str, message: String, help: impl Into<String>) {
        self.add(Gravity::Remark, at, code, message, help.into());
    }

    fn add(&mut self, gravity: Gravity, at: Place, code: &'static str, message: String, help: String) {
        self.fatal |= gravity == Gravity::Fatal;
        if self.found.len() < FOUND_MAX {
            self.found.push((gravity, at, code, message, help));
        } else {
            self.dropped += 1;
        }
    }

    /// `id` names no `what`.
    pub(crate) fn unknown(&mut self, at: Place, what: &str, id: &str, names: &Names) {
        if self.ids_lost || self.ids_in_torn.contains(id) {
            self.ids_passed_over = true;
            return;
        }
        let help = self
            .did_you_mean(id, names)
            .unwrap_or_else(|| format!("add it, or correct the name: {what} is wanted here"));
        self.fatal(at, "unknown-id", format!("{} is not on the map", quote(id)), help);
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
            .unwrap_or_else(|| format!("the keys here are {}", keys.join(", ")));
        self.fatal(at, "unknown-key", format!("{place} has no key {}", quote(key)), help);
    }

    /// "did you mean", where a known name is near.
    pub(crate) fn did_you_mean(&mut self, unknown: &str, names: &Names) -> Option<String> {
        Some(format!("did you mean {}?", quote(&self.nearest.find(unknown, names)?)))
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
                let message = format!("{more} more are not listed");
                let help = "correct these first, then check again".to_owned();
                list.push(Mistake { code: "too-many", message, help, ..last });
            }
        }
        (errors, remarks)
    }
}

/// Typed reading.
impl Desk {
    fn wrong_type(&mut self, item: &Item, key: &str, wanted: &str, help: &str) {
        let message = format!("`{key}` is {}, not {wanted}", item.value.kind());
        self.fatal(item.place, "wrong-type", message, help);
    }

    /// A text that is not empty.
    pub(crate) fn text(&mut self, record: &Record, key: &str) -> Option<String> {
        let item = record.item(key)?;
        match &item.value {
            Value::Text(text) => Some(text.trim().to_owned()).filter(|it| !it.is_empty()),
            _ => {
                self.wrong_type(item, key, "a text", "write it between quotes");
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
                self.wrong_type(item, key, "a list of texts", "write [\"one\", \"two\"]");
                return Vec::new();
            }
        };
        let mut texts = Vec::with_capacity(items.len());
        for item in items {
            match &item.value {
                Value::Text(text) => texts.push((text.trim().to_owned(), item.place)),
                _ => self.wrong_type(item, key, "a text", "write it between quotes"),
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
                self.wrong_type(item, key, "a list of tables", "write [{ … }, { … }]");
                return Vec::new();
            }
        };
        let mut tables = Vec::with_capacity(items.len());
        for item in items {
            match &item.value {
                Value::Table(table) => tables.push(table),
                _ => self.wrong_type(item, key, "a table", "write { key = value, … }"),
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
                self.wrong_type(item, key, "true or false", "write true or false, without quotes");
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
                    let message = format!("`{key}` is {number}, which is not between {least} and {most}");
                    self.fatal(item.place, "out-of-range", message, "correct the number");
                    None
                }
            },
            _ => {
                self.wrong_type(item, key, "a whole number", "write it without quotes");
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
        let help = "write it as 45s, 20min, 4h, 1h30 or 2d, between quotes";
        self.measure(item, key, "bad-duration", "a duration", help, parse_duration)
    }

    /// A size, in bytes.
    pub(crate) fn size(&mut self, record: &Record, key: &str) -> Option<u64> {
        let help = "write it as 40GB, 1.5TB or 512MiB, between quotes";
        let item = record.item(key)?;
        self.measure(item, key, "bad-size", "a size", help, parse_size)
    }

    /// A rate above zero, in bytes a second.
    pub(crate) fn rate(&mut self, record: &Record, key: &str) -> Option<u64> {
        let help = "write it as 200MB/s, above zero, between quotes";
        let item = record.item(key)?;
        self.measure(item, key, "bad-rate", "a rate", help, |it| parse_rate(it).filter(|&rate| rate > 0))
    }

    fn measure(
        &mut self,
        item: &Item,
        key: &str,
        code: &'static str,
        what: &str,
        help: &str,
        parse: impl Fn(&str) -> Option<u64>,
    ) -> Option<u64> {
        let text = match &item.value {
            Value::Text(text) => text.clone(),
            Value::Whole(number) => number.to_string(),
            Value::Number(number) => number.clone(),
            _ => {
                self.wrong_type(item, key, what, help);
                return None;
            }
        };
        let parsed = parse(&text);
        if parsed.is_none() {
            self.fatal(item.place, code, format!("`{key}` is {}, which is not {what}", quote(&text)), help);
        }
        parsed
    }

    /// An instant; where it has no offset it is local time of the hospital, and a date alone is the
    /// start of that day.
    pub(crate) fn instant(&mut self, record: &Record, key: &str, zone: &TimeZone) -> Option<Timestamp> {
        let item = record.item(key)?;
        let (Value::Text(text) | Value::Date(text)) = &item.value else {
            self.wrong_type(item, key, "a date and time", "write it as 2026-11-21T02:00:00+01:00");
            return None;
        };
        let instant = text.trim().parse().ok().or_else(|| {
            let local: DateTime = text.trim().parse().ok()?;
            Some(local.to_zoned(zone.clone()).ok()?.timestamp())
        });
        if instant.is_none() {
            let message = format!("`{key}` is {}, which is not a date and time", quote(text));
            self.fatal(item.place, "bad-instant", message, "write it as 2026-11-21T02:00:00+01:00");
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
            let message = format!("`{key}` is not a pair of times of the day");
            self.fatal(item.place, "bad-hours", message, "write it as \"08:00-18:00\"");
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

/// Words of a file, shortened and with control characters shown.
pub(crate) fn quote(words: &str) -> String {
    let shown: String = words.chars().take(80).flat_map(char::escape_debug).collect();
    let more = if words.chars().nth(80).is_some() { "…" } else { "" };
    format!("`{shown}{more}`")
}
