//! A small writer of Windows event log files (EVTX), for evidence that nobody recorded.
//!
//! A file is a header of 4 KiB and chunks of 64 KiB that stand alone: each has a header with the
//! CRC-32 of its parts, a table of 64 lists of names, a table of 32 lists of templates, and records.
//! A record is a fragment of binary XML (MS-EVEN6, section 2.2.12): one *template instance*, that is
//! a reference to a definition (written whole at its first use in the chunk) and the typed values
//! that fill its holes. All offsets inside a chunk count from its start.
//!
//! Invariant: what [`Writer::finish`] returns holds every record given to [`Writer::record`], in
//! order, numbered from the first asked for; a text longer than a record can hold is cut, never dropped.

use flate2::Crc;

const CHUNK: usize = 0x1_0000;
const CHUNK_HEADER: usize = 512;
const NAME_TABLE: usize = 128;
const TEMPLATE_TABLE: usize = 384;
const FILE_HEADER: usize = 4_096;
/// UTF-16 units kept of one text, so that any record fits in an empty chunk.
const TEXT_MAX: usize = 8_000;

/// What events of one kind have in common: the template of their records.
#[derive(Debug)]
pub struct Shape {
    /// Name of the provider.
    pub provider: &'static str,
    /// Its identifier; classic providers have none.
    pub guid: Option<&'static str>,
    /// Channel that it writes to.
    pub channel: &'static str,
    /// Event id.
    pub id: u16,
    /// Version of the event's manifest.
    pub version: u8,
    /// 0 always, 2 error, 3 warning, 4 information, 5 verbose.
    pub level: u8,
    /// Task.
    pub task: u16,
    /// Opcode.
    pub opcode: u8,
    /// Keywords.
    pub keywords: u64,
    /// Where the fields stand.
    pub body: Body,
    /// Names and kinds, in the order of the manifest.
    pub fields: &'static [(&'static str, Kind)],
}

/// Where the fields of an event stand.
#[derive(Clone, Copy, Debug)]
pub enum Body {
    /// `<EventData><Data Name="…">`.
    EventData,
    /// `<UserData><NAME xmlns="NAMESPACE"><FIELD>`.
    UserData(&'static str, &'static str),
}

/// How a field is written.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Kind {
    /// UTF-16 text.
    Text,
    /// 8 bits.
    U8,
    /// 16 bits.
    U16,
    /// 32 bits.
    U32,
    /// 64 bits.
    U64,
    /// 32 bits shown as `0x…`.
    Hex32,
    /// 64 bits shown as `0x…`.
    Hex64,
    /// An instant.
    Time,
    /// A GUID.
    Guid,
    /// A security identifier.
    Sid,
}

/// A field's value; what its bytes are is for the field's [`Kind`] to say.
#[derive(Clone, Copy, Debug)]
pub enum Value<'a> {
    /// A text, or a security identifier as text (`S-1-5-18`).
    Text(&'a str),
    /// A number; microseconds since 1970 for [`Kind::Time`].
    Number(u64),
    /// A GUID, its first group in the highest bits.
    Guid(u128),
}

/// What the system says of one event.
#[derive(Clone, Copy, Debug)]
pub struct Stamp<'a> {
    /// Microseconds since 1970, UTC.
    pub time: i64,
    /// Host name in full.
    pub computer: &'a str,
    /// Process that wrote the event.
    pub process: u32,
    /// Its thread.
    pub thread: u32,
    /// Who wrote it, where the provider says so.
    pub user: Option<&'a str>,
}

/// A log file being written.
#[derive(Debug)]
pub struct Writer {
    file: Vec<u8>,
    chunk: Chunk,
    next: u64,
}

impl Writer {
    /// A file whose first record has that number.
    #[must_use]
    pub fn starting_at(first: u64) -> Writer {
        Writer { file: vec![0; FILE_HEADER], chunk: Chunk::new(first), next: first }
    }

    /// Adds one event. `values` stand in the order of `shape.fields`; missing ones are null.
    pub fn record(&mut self, shape: &'static Shape, stamp: &Stamp<'_>, values: &[Value<'_>]) {
        if !self.chunk.push(self.next, shape, stamp, values) {
            self.close();
            self.chunk.push(self.next, shape, stamp, values);
        }
        self.next += 1;
    }

    /// The file's bytes.
    #[must_use]
    pub fn finish(mut self) -> Vec<u8> {
        self.close();
        let chunks = ((self.file.len() - FILE_HEADER) / CHUNK) as u64;
        let header = &mut self.file[..128];
        header[..8].copy_from_slice(b"ElfFile\0");
        put(header, 16, &(chunks - 1).to_le_bytes());
        put(header, 24, &self.next.to_le_bytes());
        put(header, 32, &128_u32.to_le_bytes());
        put(header, 36, &1_u16.to_le_bytes());
        put(header, 38, &3_u16.to_le_bytes());
        put(header, 40, &(FILE_HEADER as u16).to_le_bytes());
        put(header, 42, &(chunks as u16).to_le_bytes());
        let sum = crc(&[&header[..120]]);
        put(header, 124, &sum.to_le_bytes());
        self.file
    }

    fn close(&mut self) {
        let full = std::mem::replace(&mut self.chunk, Chunk::new(self.next));
        self.file.extend_from_slice(&full.close(self.next - 1));
    }
}

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

#[derive(Debug)]
struct Chunk {
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
    fn new(first: u64) -> Chunk {
        let mut bytes = Vec::with_capacity(CHUNK + 0x1000);
        bytes.resize(CHUNK_HEADER, 0);
        Chunk { bytes, first, last_record: CHUNK_HEADER as u32, templates: Vec::new() }
    }

    /// Whether the record fitted; when it did not, the chunk is as it was.
    fn push(&mut self, id: u64, shape: &'static Shape, stamp: &Stamp<'_>, values: &[Value<'_>]) -> bool {
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

    fn close(mut self, last: u64) -> Vec<u8> {
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

impl Shape {
    /// A number of its own, from its provider and event (FNV-1a): the template's identifier.
    fn identity(&self) -> u64 {
        let own = [self.id.to_le_bytes(), [self.version, self.opcode]].concat();
        let bytes = self.provider.bytes().chain(self.channel.bytes()).chain(own);
        bytes
            .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
    }
}

impl Kind {
    fn code(self) -> u8 {
        match self {
            Kind::Text => 0x01,
            Kind::U8 => 0x04,
            Kind::U16 => 0x06,
            Kind::U32 => 0x08,
            Kind::U64 => 0x0a,
            Kind::Guid => 0x0f,
            Kind::Time => 0x11,
            Kind::Sid => 0x13,
            Kind::Hex32 => 0x14,
            Kind::Hex64 => 0x15,
        }
    }
}

/// Appends a value; a value that is not of its field's kind becomes null.
fn write_value(bytes: &mut Vec<u8>, kind: Kind, value: Value<'_>) -> u8 {
    match (kind, value) {
        (Kind::Text, Value::Text(text)) => {
            text.encode_utf16().take(TEXT_MAX).for_each(|unit| bytes.extend_from_slice(&unit.to_le_bytes()));
        }
        (Kind::Sid, Value::Text(text)) => match sid(text) {
            Some(sid) => bytes.extend_from_slice(&sid),
            None => return 0,
        },
        (Kind::Guid, Value::Guid(guid)) => {
            bytes.extend_from_slice(&((guid >> 96) as u32).to_le_bytes());
            bytes.extend_from_slice(&((guid >> 80) as u16).to_le_bytes());
            bytes.extend_from_slice(&((guid >> 64) as u16).to_le_bytes());
            bytes.extend_from_slice(&(guid as u64).to_be_bytes());
        }
        (Kind::U8, Value::Number(number)) => bytes.push(number as u8),
        (Kind::U16, Value::Number(number)) => bytes.extend_from_slice(&(number as u16).to_le_bytes()),
        (Kind::U32 | Kind::Hex32, Value::Number(number)) => {
            bytes.extend_from_slice(&(number as u32).to_le_bytes());
        }
        (Kind::U64 | Kind::Hex64, Value::Number(number)) => bytes.extend_from_slice(&number.to_le_bytes()),
        (Kind::Time, Value::Number(time)) => bytes.extend_from_slice(&filetime(time as i64).to_le_bytes()),
        _ => return 0,
    }
    kind.code()
}

/// `S-1-AUTHORITY-PART-…` as Windows keeps it.
fn sid(text: &str) -> Option<Vec<u8>> {
    let mut parts = text.strip_prefix("S-1-")?.split('-');
    let authority: u64 = parts.next()?.parse().ok()?;
    let parts = parts.map(|it| it.parse::<u32>().ok()).collect::<Option<Vec<u32>>>()?;
    let mut sid = vec![1, u8::try_from(parts.len()).ok()?];
    sid.extend_from_slice(&authority.to_be_bytes()[2..]);
    parts.iter().for_each(|part| sid.extend_from_slice(&part.to_le_bytes()));
    Some(sid)
}

/// Tenths of microseconds since 1601.
fn filetime(microseconds: i64) -> u64 {
    (microseconds.max(0) as u64 + 11_644_473_600_000_000) * 10
}

fn crc(parts: &[&[u8]]) -> u32 {
    let mut crc = Crc::new();
    parts.iter().for_each(|part| crc.update(part));
    crc.sum()
}

fn put(bytes: &mut [u8], place: usize, what: &[u8]) {
    bytes[place..place + what.len()].copy_from_slice(what);
}
