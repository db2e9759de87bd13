//! Everything that the night's sources wrote, before it is exported.
//!
//! Invariant: an entry keeps its own copy of all it says, in three arenas that only grow, so that a
//! quarter of a million entries cost a few allocations; entries of one instant keep their order.

use crate::evtx::{Kind, Shape, Value};

/// An instant, in microseconds since 1970, UTC.
pub(crate) type Micros = i64;
pub(crate) const SECOND: Micros = 1_000_000;
pub(crate) const MINUTE: Micros = 60 * SECOND;
pub(crate) const HOUR: Micros = 60 * MINUTE;

/// Text logs, each of which is one file.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum File {
    Firewall,
    Vpn,
    Auth,
    Web,
    Portal,
    Conn,
    Dns,
    Http,
    Dicom,
    Record,
}

#[derive(Debug, Default)]
pub(crate) struct Log {
    text: String,
    values: Vec<Stored>,
    pub(crate) entries: Vec<Entry>,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry {
    pub(crate) time: Micros,
    pub(crate) what: What,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum What {
    Windows { machine: u32, shape: &'static Shape, start: u32 },
    Line { file: File, start: u32, end: u32 },
}

#[derive(Clone, Copy, Debug)]
enum Stored {
    Text(u32, u32),
    Number(u64),
    Guid(u128),
}

impl Log {
    /// Adds a Windows event. Fields that are not given say nothing (`-`, 0, no one), as Windows does.
    pub(crate) fn windows(
        &mut self,
        time: Micros,
        machine: u32,
        shape: &'static Shape,
        given: &[(&str, Value<'_>)],
    ) {
        debug_assert!(
            given.iter().all(|(name, _)| shape.fields.iter().any(|(it, _)| it == name)),
            "{} has no such field: {given:?}",
            shape.id
        );
        let start = self.values.len() as u32;
        for (name, kind) in shape.fields {
            let value = given.iter().find(|(it, _)| it == name).map_or(nothing(*kind), |(_, value)| *value);
            let stored = match value {
                Value::Text(text) => {
                    let (start, end) = self.keep(text);
                    Stored::Text(start, end)
                }
                Value::Number(number) => Stored::Number(number),
                Value::Guid(guid) => Stored::Guid(guid),
            };
            self.values.push(stored);
        }
        self.entries.push(Entry { time, what: What::Windows { machine, shape, start } });
    }

    /// Adds a line of a text log.
    pub(crate) fn line(&mut self, time: Micros, file: File, line: &str) {
        let (start, end) = self.keep(line);
        self.entries.push(Entry { time, what: What::Line { file, start, end } });
    }

    /// The text of a line.
    pub(crate) fn text(&self, start: u32, end: u32) -> &str {
        &self.text[start as usize..end as usize]
    }

    /// The values of a Windows event, in the order of its shape.
    pub(crate) fn values<'a>(&'a self, shape: &'static Shape, start: u32, out: &mut Vec<Value<'a>>) {
        out.clear();
        out.extend(self.values[start as usize..].iter().take(shape.fields.len()).map(|it| match *it {
            Stored::Text(start, end) => Value::Text(self.text(start, end)),
            Stored::Number(number) => Value::Number(number),
            Stored::Guid(guid) => Value::Guid(guid),
        }));
    }

    fn keep(&mut self, text: &str) -> (u32, u32) {
        let start = self.text.len() as u32;
        self.text.push_str(text);
        (start, self.text.len() as u32)
    }
}

fn nothing(kind: Kind) -> Value<'static> {
    match kind {
        Kind::Text => Value::Text("-"),
        Kind::Sid => Value::Text("S-1-0-0"),
        Kind::Guid => Value::Guid(0),
        _ => Value::Number(0),
    }
}
