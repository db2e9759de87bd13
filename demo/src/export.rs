//! The evidence folder: what an administrator would have copied together by morning.
//!
//! Invariant: the bytes follow from the log alone. A log that was cleared is exported without what it
//! held before, as Windows leaves it; what had been shipped elsewhere stays.

use std::collections::HashMap;
use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::evtx::{Body, Kind, Shape, Stamp, Value, Writer};
use crate::log::{File, Log, Micros, What};
use crate::scene::date;
use crate::shapes;
use crate::world::{Machine, Shipping, World};

/// Writes every entry, and says how many were written.
pub(crate) fn export(world: &World, log: &Log, folder: &Path) -> io::Result<u64> {
    let mut order: Vec<(Place, Micros, u32)> = log
        .entries
        .iter()
        .enumerate()
        .map(|(number, entry)| (place(world, entry.time, entry.what), entry.time, number as u32))
        .collect();
    order.sort_unstable();
    let mut records = HashMap::new();
    let mut written = 0;
    for group in order.chunk_by(|one, other| one.0 == other.0) {
        let Some(first) = group.first() else { continue };
        let path = folder.join(first.0.path(world));
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        written += match first.0 {
            Place::Evtx(machine, _) => evtx(world.machine(machine), log, group, &path)?,
            _ => {
                let file = BufWriter::with_capacity(1 << 17, fs::File::create(&path)?);
                if path.extension().is_some_and(|it| it == "gz") {
                    let mut gz = GzEncoder::new(file, Compression::fast());
                    let count = lines(world, log, group, &mut records, &mut gz)?;
                    gz.finish()?.flush()?;
                    count
                } else {
                    let mut file = file;
                    let count = lines(world, log, group, &mut records, &mut file)?;
                    file.flush()?;
                    count
                }
            }
        };
    }
    Ok(written)
}

/// Which file an entry goes to.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
enum Place {
    Evtx(u32, &'static str),
    /// Days since 1970.
    Winlogbeat(i64),
    Flat,
    Text(File),
}

fn place(world: &World, time: Micros, what: What) -> Place {
    match what {
        What::Line { file, .. } => Place::Text(file),
        What::Windows { machine, shape, .. } => match world.machine(machine).shipping {
            Shipping::Evtx => Place::Evtx(machine, shape.channel),
            Shipping::Winlogbeat => Place::Winlogbeat(time.div_euclid(86_400_000_000)),
            Shipping::Flat => Place::Flat,
        },
    }
}

impl Place {
    fn path(self, world: &World) -> String {
        match self {
            Place::Evtx(machine, channel) => {
                format!("windows/{}/{}.evtx", world.machine(machine).host, channel.replace('/', "%4"))
            }
            Place::Winlogbeat(day) => {
                let (year, month, day, _) = date(day * 86_400_000_000, 0);
                format!("winlogbeat/winlogbeat-{year:04}.{month:02}.{day:02}.ndjson")
            }
            Place::Flat => "workstations/events.ndjson.gz".to_owned(),
            Place::Text(file) => match file {
                File::Firewall => "firewall/fw-edge.log",
                File::Vpn => "vpn/gateway.log",
                File::Auth => "linux/auth.log",
                File::Web => "web/nginx-access.log",
                File::Portal => "web/portal-access.log",
                File::Conn => "zeek/conn.log",
                File::Dns => "zeek/dns.log",
                File::Http => "zeek/http.log",
                File::Dicom => "zeek/dicom.log",
                File::Record => "record/audit.ndjson",
            }
            .to_owned(),
        }
    }
}

fn evtx(machine: &Machine, log: &Log, group: &[(Place, Micros, u32)], path: &Path) -> io::Result<u64> {
    let entries = || group.iter().map(|it| &log.entries[it.2 as usize]);
    let mut values = Vec::new();
    let mut kept = 0;
    for (number, entry) in entries().enumerate() {
        if let What::Windows { shape, start, .. } = entry.what {
            log.values(shape, start, &mut values);
            if empties(shape, &values) {
                kept = number;
            }
        }
    }
    // A log that has run for a while does not begin at record 1.
    let first = 1 + (machine.id.len() as u64 * 7_919 + group.len() as u64) + kept as u64;
    let mut writer = Writer::starting_at(first);
    for entry in entries().skip(kept) {
        if let What::Windows { shape, start, .. } = entry.what {
            log.values(shape, start, &mut values);
            let process = 600 + 4 * (machine.host.len() as u32 + u32::from(shape.id) % 50);
            let stamp = Stamp {
                time: entry.time,
                computer: &machine.full,
                process,
                thread: process + 8 + u32::from(shape.id) % 7 * 4,
                user: (shape.channel.contains('/')).then_some("S-1-5-18"),
            };
            writer.record(shape, &stamp, &values);
        }
    }
    fs::write(path, writer.finish())?;
    Ok((group.len() - kept) as u64)
}

/// Whether an event says that its own channel was cleared.
fn empties(shape: &'static Shape, values: &[Value<'_>]) -> bool {
    std::ptr::eq(shape, &shapes::SECURITY_CLEARED)
        || std::ptr::eq(shape, &shapes::LOG_CLEARED)
            && values.iter().any(|it| matches!(it, Value::Text("System")))
}

fn lines(
    world: &World,
    log: &Log,
    group: &[(Place, Micros, u32)],
    records: &mut HashMap<(u32, &'static str), u64>,
    out: &mut impl Write,
) -> io::Result<u64> {
    let mut values = Vec::new();
    for (_, time, number) in group {
        match log.entries[*number as usize].what {
            What::Line { start, end, .. } => out.write_all(log.text(start, end).as_bytes())?,
            What::Windows { machine, shape, start } => {
                log.values(shape, start, &mut values);
                let from = world.machine(machine);
                let record = records.entry((machine, shape.channel)).or_insert(20_000);
                *record += 1;
                match from.shipping {
                    Shipping::Winlogbeat => winlogbeat(out, *time, from, shape, *record, &values)?,
                    _ => flat(out, *time, from, shape, *record, &values)?,
                }
            }
        }
        out.write_all(b"\n")?;
    }
    Ok(group.len() as u64)
}

fn winlogbeat(
    out: &mut impl Write,
    time: Micros,
    machine: &Machine,
    shape: &Shape,
    record: u64,
    values: &[Value<'_>],
) -> io::Result<()> {
    write!(
        out,
        "{{\"@timestamp\":\"{}\",\"event\":{{\"code\":\"{}\",\"kind\":\"event\",\"provider\":\"{}\"}},\"host\":{{\"name\":\"{}\"}},\"winlog\":{{\"channel\":\"{}\",\"event_id\":\"{}\",\"provider_name\":\"{}\",",
        instant(time),
        shape.id,
        shape.provider,
        machine.full,
        shape.channel,
        shape.id,
        shape.provider,
    )?;
    if let Some(guid) = shape.guid {
        write!(out, "\"provider_guid\":\"{}\",", guid.to_lowercase())?;
    }
    write!(
        out,
        "\"computer_name\":\"{}\",\"record_id\":{record},\"version\":{},\"opcode\":\"Info\",\"{}\":{{",
        machine.full,
        shape.version,
        if matches!(shape.body, Body::EventData) { "event_data" } else { "user_data" },
    )?;
    if let Body::UserData(name, _) = shape.body {
        write!(out, "\"xml_name\":\"{name}\",")?;
    }
    fields(out, shape, values, false)?;
    out.write_all(b"}},\"log\":{\"level\":\"information\"},\"agent\":{\"type\":\"winlogbeat\",\"version\":\"8.17.1\"},\"ecs\":{\"version\":\"8.0.0\"}}")
}

fn flat(
    out: &mut impl Write,
    time: Micros,
    machine: &Machine,
    shape: &Shape,
    record: u64,
    values: &[Value<'_>],
) -> io::Result<()> {
    write!(
        out,
        "{{\"TimeCreated\":\"{}\",\"EventID\":{},\"Channel\":\"{}\",\"Provider_Name\":\"{}\",\"Computer\":\"{}\",\"EventRecordID\":{record},",
        instant(time),
        shape.id,
        shape.channel,
        shape.provider,
        machine.full,
    )?;
    fields(out, shape, values, true)?;
    out.write_all(b"}")
}

fn fields(out: &mut impl Write, shape: &Shape, values: &[Value<'_>], numbers: bool) -> io::Result<()> {
    for (place, ((name, kind), value)) in shape.fields.iter().zip(values).enumerate() {
        let comma = if place == 0 { "" } else { "," };
        let name = if name.is_empty() { "param1" } else { name };
        write!(out, "{comma}\"{name}\":")?;
        match (kind, value) {
            (_, Value::Text(text)) => json_text(out, text)?,
            (_, Value::Guid(guid)) => write!(
                out,
                "\"{{{:08x}-{:04x}-{:04x}-{:04x}-{:012x}}}\"",
                guid >> 96,
                guid >> 80 & 0xffff,
                guid >> 64 & 0xffff,
                guid >> 48 & 0xffff,
                guid & 0xffff_ffff_ffff,
            )?,
            (Kind::Hex32 | Kind::Hex64, Value::Number(number)) => write!(out, "\"{number:#x}\"")?,
            (_, Value::Number(number)) if numbers => write!(out, "{number}")?,
            (_, Value::Number(number)) => write!(out, "\"{number}\"")?,
        }
    }
    Ok(())
}

/// Writes a text as JSON.
fn json_text(out: &mut impl Write, text: &str) -> io::Result<()> {
    out.write_all(b"\"")?;
    let mut done = 0;
    for (place, byte) in text.bytes().enumerate() {
        if byte >= 0x20 && byte != b'"' && byte != b'\\' {
            continue;
        }
        out.write_all(&text.as_bytes()[done..place])?;
        match byte {
            b'"' => out.write_all(b"\\\"")?,
            b'\\' => out.write_all(b"\\\\")?,
            b'\n' => out.write_all(b"\\n")?,
            b'\t' => out.write_all(b"\\t")?,
            _ => write!(out, "\\u{byte:04x}")?,
        }
        done = place + 1;
    }
    out.write_all(&text.as_bytes()[done..])?;
    out.write_all(b"\"")
}

/// RFC 3339 in UTC, with milliseconds.
pub(crate) fn instant(time: Micros) -> String {
    let (year, month, day, second) = date(time, 0);
    let milli = time.rem_euclid(1_000_000) / 1_000;
    format!(
        "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}.{milli:03}Z",
        second / 3_600,
        second / 60 % 60,
        second % 60,
    )
}
