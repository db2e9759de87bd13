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

mod chunk;

use flate2::Crc;

use self::chunk::Chunk;

const CHUNK: usize = 0x1_0000;
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
