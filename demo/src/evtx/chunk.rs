//! One chunk of a log file: tables, template definitions, records.
//!
//! Invariant: a chunk that refused a record is as it was before.

use super::{Body, CHUNK, Kind, Shape, Stamp, Value, crc, filetime, put, write_value};

const CHUNK_HEADER: usize = 512;
const NAME_TABLE: usize = 128;
const TEMPLATE_TABLE: usize = 384;

/// The kinds of token of binary XML that we write.
mod token {
    pub const END: u8 = 0x00;
    pub const OPEN: u8 = 0x01;
    pub const OPEN_WITH_ATTRIBUTES: u8 = 0x41;
    pub const CLOSE_START: u8 = 0x02;
    pub const CLOSE_EMPTY: u8 = 0x03;
    pub const CLOSE: u8 = 0x04;
    pub const VALUE: u8 = 0x05;
    pub const ATTRIBUTE: u8 = 0x06;
    pub const ATTRIBUTE_MORE: u8 = 0x46;
    pub const TEMPLATE: u8 = 0x0c;
    pub const HOLE: u8 = 0x0e;
    pub const FRAGMENT: [u8; 4] = [0x0f, 1, 1, 0];
}

/// The holes that `<System>` has in every template; fields come after them.
const SYSTEM: [(&str, Kind); 12] = [
    ("EventID", Kind::U16),
    ("Version", Kind::U8),
    ("Level", Kind::U8),
    ("Task", Kind::U16),
    ("Opcode", Kind::U8),
    ("Keywords", Kind::Hex64),
    ("SystemTime", Kind::Time),
    ("EventRecordID", Kind::U64),
    ("ProcessID", Kind::U32),
    ("ThreadID", Kind::U32),
    ("Computer", Kind::Text),
    ("UserID", Kind::Sid),
];

/// A chunk being filled.
#[derive(Debug)]
pub(super) struct Chunk {
    bytes: Vec<u8>,
    first: u64,
    last_record: u32,
    templates: Vec<(*const Shape, u32)>,
}

/// A place in a template that each record fills with a value.
#[derive(Clone, Copy)]
struct Hole(usize, Kind);

enum Attribute<'a> {
    Literal(&'static str, &'a str),
    Filled(&'static str, Hole),
}

impl Chunk {
    pub(super) fn new(first: u64) -> Chunk {
        let mut bytes = Vec::with_capacity(CHUNK + 0x1000);
        bytes.resize(CHUNK_HEADER, 0);
        Chunk { bytes, first, last_record: CHUNK_HEADER as u32, templates: Vec::new() }
    }

    /// Whether the record fitted; when it did not, the chunk is as it was.
    pub(super) fn push(
        &mut self,
        id: u64,
        shape: &'static Shape,
        stamp: &Stamp<'_>,
        values: &[Value<'_>],
    ) -> bool {
        let start = self.bytes.len();
        let known = self.templates.len();
        let mut tables = [0; CHUNK_HEADER - NAME_TABLE];
        tables.copy_from_slice(&self.bytes[NAME_TABLE..CHUNK_HEADER]);

        self.bytes.extend_from_slice(b"**\0\0\0\0\0\0");
        self.bytes.extend_from_slice(&id.to_le_bytes());
        self.bytes.extend_from_slice(&filetime(stamp.time).to_le_bytes());
        self.bytes.extend_from_slice(&token::FRAGMENT);
        self.instance(shape);
        self.values(id, shape, stamp, values);
        self.bytes.push(token::END);
        let size = (self.bytes.len() - start + 4) as u32;
        self.bytes.extend_from_slice(&size.to_le_bytes());
        put(&mut self.bytes, start + 4, &size.to_le_bytes());

        let fits = self.bytes.len() <= CHUNK;
        if fits {
            self.last_record = start as u32;
        } else {
            self.bytes.truncate(start);
            self.templates.truncate(known);
            self.bytes[NAME_TABLE..CHUNK_HEADER].copy_from_slice(&tables);
        }
        fits
    }

    pub(super) fn close(mut self, last: u64) -> Vec<u8> {
        let free = self.bytes.len();
        let records = crc(&[&self.bytes[CHUNK_HEADER..]]);
        self.bytes.resize(CHUNK, 0);
        let bytes = &mut self.bytes;
        put(bytes, 0, b"ElfChnk\0");
        for (place, number) in [(8, self.first), (16, last), (24, self.first), (32, last)] {
            put(bytes, place, &number.to_le_bytes());
        }
        for (place, number) in [(40, 128), (44, self.last_record), (48, free as u32), (52, records)] {
            put(bytes, place, &number.to_le_bytes());
        }
        let sum = crc(&[&bytes[..120], &bytes[NAME_TABLE..CHUNK_HEADER]]);
        put(bytes, 124, &sum.to_le_bytes());
        self.bytes
    }

    /// The instance's head, with the whole definition where this chunk does not have it yet.
    fn instance(&mut self, shape: &'static Shape) {
        let identity = shape.identity();
        self.bytes.extend_from_slice(&[token::TEMPLATE, 1]);
        self.bytes.extend_from_slice(&(identity as u32).to_le_bytes());
        let known = self.templates.iter().find(|(it, _)| std::ptr::eq(*it, shape));
        if let Some((_, place)) = known {
            self.bytes.extend_from_slice(&place.to_le_bytes());
            return;
        }
        let place = self.bytes.len() as u32 + 4;
        self.bytes.extend_from_slice(&place.to_le_bytes());
        self.templates.push((shape, place));
        self.link(TEMPLATE_TABLE + identity as usize % 32 * 4);
        self.bytes.extend_from_slice(&identity.to_le_bytes());
        self.bytes.extend_from_slice(&identity.rotate_left(29).to_le_bytes());
        let size = self.hold();
        self.bytes.extend_from_slice(&token::FRAGMENT);
        self.definition(shape);
        self.bytes.push(token::END);
        self.fill(size);
    }

    fn definition(&mut self, shape: &Shape) {
        use Attribute::{Filled, Literal};
        let system_hole = |hole: usize| Hole(hole, SYSTEM[hole].1);
        let xmlns = Literal("xmlns", "http://schemas.microsoft.com/win/2004/08/events/event");
        let event = self.open("Event", &[xmlns]);
        let system = self.open("System", &[]);
        match shape.guid {
            Some(guid) => self.empty("Provider", &[Literal("Name", shape.provider), Literal("Guid", guid)]),
            None => self.empty("Provider", &[Literal("Name", shape.provider)]),
        }
        for (hole, (name, _)) in SYSTEM.iter().enumerate().take(6) {
            self.leaf(name, &[], system_hole(hole));
        }
        self.empty("TimeCreated", &[Filled("SystemTime", system_hole(6))]);
        self.leaf("EventRecordID", &[], system_hole(7));
        self.empty("Correlation", &[]);
        self.empty("Execution", &[Filled("ProcessID", system_hole(8)), Filled("ThreadID", system_hole(9))]);
        let channel = self.open("Channel", &[]);
        self.literal(shape.channel);
        self.shut(channel);
        self.leaf("Computer", &[], system_hole(10));
        self.empty("Security", &[Filled("UserID", system_hole(11))]);
        self.shut(system);
        let fields =
            shape.fields.iter().zip(SYSTEM.len()..).map(|((name, kind), hole)| (Hole(hole, *kind), *name));
        match shape.body {
            Body::EventData => {
                let data = self.open("EventData", &[]);
                for (hole, name) in fields {
                    match name {
                        "" => self.leaf("Data", &[], hole),
                        _ => self.leaf("Data", &[Literal("Name", name)], hole),
                    }
                }
                self.shut(data);
            }
            Body::UserData(name, namespace) => {
                let user = self.open("UserData", &[]);
                let inner = self.open(name, &[Literal("xmlns", namespace)]);
                fields.for_each(|(hole, name)| self.leaf(name, &[], hole));
                self.shut(inner);
                self.shut(user);
            }
        }
        self.shut(event);
    }

    /// The number of values, their sizes and kinds, then their bytes.
    fn values(&mut self, id: u64, shape: &Shape, stamp: &Stamp<'_>, values: &[Value<'_>]) {
        let system = [
            Some(Value::Number(shape.id.into())),
            Some(Value::Number(shape.version.into())),
            Some(Value::Number(shape.level.into())),
            Some(Value::Number(shape.task.into())),
            Some(Value::Number(shape.opcode.into())),
            Some(Value::Number(shape.keywords)),
            Some(Value::Number(stamp.time as u64)),
            Some(Value::Number(id)),
            Some(Value::Number(stamp.process.into())),
            Some(Value::Number(stamp.thread.into())),
            Some(Value::Text(stamp.computer)),
            stamp.user.map(Value::Text),
        ];
        let count = SYSTEM.len() + shape.fields.len();
        self.bytes.extend_from_slice(&(count as u32).to_le_bytes());
        let mut entry = self.bytes.len();
        self.bytes.resize(entry + 4 * count, 0);
        let given = system.into_iter().chain(values.iter().map(|it| Some(*it)));
        for ((_, kind), value) in SYSTEM.iter().chain(shape.fields).zip(given.chain(std::iter::repeat(None)))
        {
            let start = self.bytes.len();
            let code = value.map_or(0, |value| write_value(&mut self.bytes, *kind, value));
            let size = (self.bytes.len() - start) as u16;
            put(&mut self.bytes, entry, &size.to_le_bytes());
            self.bytes[entry + 2] = code;
            entry += 4;
        }
    }

    /// Opens an element up to its content; what it returns is for [`Chunk::shut`].
    fn open(&mut self, name: &'static str, attributes: &[Attribute<'_>]) -> usize {
        let size = self.start(name, attributes);
        self.bytes.push(token::CLOSE_START);
        size
    }

    fn shut(&mut self, size: usize) {
        self.bytes.push(token::CLOSE);
        self.fill(size);
    }

    fn empty(&mut self, name: &'static str, attributes: &[Attribute<'_>]) {
        let size = self.start(name, attributes);
        self.bytes.push(token::CLOSE_EMPTY);
        self.fill(size);
    }

    /// An element whose content is one hole.
    fn leaf(&mut self, name: &'static str, attributes: &[Attribute<'_>], hole: Hole) {
        let size = self.open(name, attributes);
        self.hole(hole);
        self.shut(size);
    }

    fn start(&mut self, name: &'static str, attributes: &[Attribute<'_>]) -> usize {
        self.bytes.push(if attributes.is_empty() { token::OPEN } else { token::OPEN_WITH_ATTRIBUTES });
        self.bytes.extend_from_slice(&[0xff, 0xff]);
        let size = self.hold();
        self.name(name);
        if let Some(last) = attributes.len().checked_sub(1) {
            let list = self.hold();
            for (place, attribute) in attributes.iter().enumerate() {
                self.bytes.push(if place == last { token::ATTRIBUTE } else { token::ATTRIBUTE_MORE });
                match attribute {
                    Attribute::Literal(name, text) => {
                        self.name(name);
                        self.literal(text);
                    }
                    Attribute::Filled(name, hole) => {
                        self.name(name);
                        self.hole(*hole);
                    }
                }
            }
            self.fill(list);
        }
        size
    }

    fn hole(&mut self, Hole(number, kind): Hole) {
        self.bytes.push(token::HOLE);
        self.bytes.extend_from_slice(&(number as u16).to_le_bytes());
        self.bytes.push(kind.code());
    }

    fn literal(&mut self, text: &str) {
        self.bytes.extend_from_slice(&[token::VALUE, Kind::Text.code()]);
        self.bytes.extend_from_slice(&(text.encode_utf16().count() as u16).to_le_bytes());
        text.encode_utf16().for_each(|unit| self.bytes.extend_from_slice(&unit.to_le_bytes()));
    }

    /// A name's offset, and the name itself right after at its first use in the chunk.
    fn name(&mut self, name: &str) {
        let hash =
            name.encode_utf16().fold(0_u32, |hash, unit| hash.wrapping_mul(65_599).wrapping_add(unit.into()))
                as u16;
        let bucket = NAME_TABLE + usize::from(hash) % 64 * 4;
        let mut place = self.word(bucket) as usize;
        while place != 0 && !self.is_name(place, hash, name) {
            place = self.word(place) as usize;
        }
        if place != 0 {
            self.bytes.extend_from_slice(&(place as u32).to_le_bytes());
            return;
        }
        let place = self.bytes.len() as u32 + 4;
        self.bytes.extend_from_slice(&place.to_le_bytes());
        self.link(bucket);
        self.bytes.extend_from_slice(&hash.to_le_bytes());
        self.bytes.extend_from_slice(&(name.encode_utf16().count() as u16).to_le_bytes());
        name.encode_utf16().for_each(|unit| self.bytes.extend_from_slice(&unit.to_le_bytes()));
        self.bytes.extend_from_slice(&[0, 0]);
    }

    fn is_name(&self, place: usize, hash: u16, name: &str) -> bool {
        let count = name.encode_utf16().count();
        let head = [hash.to_le_bytes(), (count as u16).to_le_bytes()].concat();
        let units = self.bytes[place + 8..].chunks_exact(2).take(count);
        self.bytes[place + 4..].starts_with(&head)
            && units.map(|it| u16::from_le_bytes([it[0], it[1]])).eq(name.encode_utf16())
    }

    /// Puts what starts here at the head of a table's list, and writes the former head as its next.
    fn link(&mut self, bucket: usize) {
        let here = self.bytes.len() as u32;
        let next = self.word(bucket);
        self.bytes.extend_from_slice(&next.to_le_bytes());
        put(&mut self.bytes, bucket, &here.to_le_bytes());
    }

    fn word(&self, place: usize) -> u32 {
        let mut word = [0; 4];
        word.copy_from_slice(&self.bytes[place..place + 4]);
        u32::from_le_bytes(word)
    }

    /// Keeps room for a size, known once what it measures is written.
    fn hold(&mut self) -> usize {
        self.bytes.extend_from_slice(&[0; 4]);
        self.bytes.len()
    }

    fn fill(&mut self, held: usize) {
        let size = (self.bytes.len() - held) as u32;
        put(&mut self.bytes, held - 4, &size.to_le_bytes());
    }
}
