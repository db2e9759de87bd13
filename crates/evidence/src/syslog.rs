//! Syslog files: RFC 5424, RFC 3164 and the ISO form of today's Linux, with or without `<PRI>`.
//!
//! Fields: `facility`, `severity`, `hostname`, `program`, `pid`, `msgid`, `message`, structured data
//! and `key=value` bodies by their own names, and for `sshd` and `sudo` `user`, `src_ip`…
//!
//! A firewall's lines without a header tell their time in the body (`date=… time=…`).
//!
//! Invariant: a line without a header is kept whole as a message.

use std::borrow::Cow;

use jiff::civil::Time;

use crate::clock::{self, Clock, Instant};
use crate::event::{Event, Value};
use crate::piece::Desk;
use crate::report::Assumed;
use crate::{keyvalue, logins};

/// The event of one line.
pub(crate) fn event(line: &str, number: u64, desk: &mut Desk) -> Event {
    let mut event = desk.event("syslog", number);
    line.clone_into(&mut event.line);
    let head = head(line, desk.clock).unwrap_or_else(|| Head::none(line));
    event.host = head.host.map(str::to_owned);
    event.addresses.extend(head.host.and_then(|host| host.parse::<std::net::IpAddr>().ok()));
    event.provider = head.program.map(str::to_owned);
    let mut put = |name: &str, value: Value| {
        let name = desk.names.of(name);
        if !event.fields.0.iter().any(|(taken, _)| *taken == name) {
            event.fields.0.push((name, value));
        }
    };
    if let Some(priority) = head.priority {
        event.channel = Some(facility(priority / 8).to_owned());
        put("facility", Value::Text(facility(priority / 8).to_owned()));
        put("severity", Value::Integer(i64::from(priority % 8)));
    }
    let texts = [("hostname", head.host), ("program", head.program), ("msgid", head.message_id)];
    for (name, value) in texts {
        if let Some(value) = value {
            put(name, Value::Text(value.to_owned()));
        }
    }
    if let Some(pid) = head.pid {
        put("pid", pid.parse().map_or_else(|_| Value::Text(pid.to_owned()), Value::Integer));
    }
    put("message", Value::Text(head.message.to_owned()));
    keyvalue::pairs(head.data, &mut put);
    keyvalue::common_event_format(line, &mut put);
    keyvalue::pairs(head.message, &mut put);
    if let Some(program) = head.program {
        event.user = logins::read(program, head.message, &mut put);
    }
    if head.yearless && head.time.is_some() {
        desk.tally.assume(Assumed::Year);
    }
    let time = head.time.or_else(|| device_time(&event, desk.clock));
    match time {
        Some((time, certainty)) => {
            event.time = Some(time);
            event.certainty = certainty;
        }
        None if head.host.is_none() && head.program.is_none() => desk.tally.assume(Assumed::NoHeader),
        None => {}
    }
    device(&mut event);
    event
}

/// Whether a line is one of syslog's: it has a header, or a firewall's own date and time.
pub(crate) fn is(line: &str, clock: &Clock) -> bool {
    let body = priority(line).map_or(line, |(_, rest)| rest);
    head(line, clock).is_some() || body.starts_with("date=") && body.contains(" time=")
}

/// The time that a firewall writes into the body: `date=2026-11-21 time=02:10:00 tz="+0100"`.
fn device_time(event: &Event, clock: &Clock) -> Option<Instant> {
    let known = |name| event.fields.text(name);
    let civil = format!("{}T{}", known("date")?, known("time")?);
    match known("tz") {
        Some(zone) => clock.read(&format!("{civil}{}", zone.trim_matches('"'))),
        None => clock.read(&civil),
    }
}

/// Who speaks and who is concerned, where the header does not tell but the body does.
fn device(event: &mut Event) {
    let known = |name: &str| event.fields.text(name).filter(|it| !it.is_empty()).map(Cow::into_owned);
    let host = || known("devname").or_else(|| known("device_name")).or_else(|| known("dvchost"));
    let user = || known("user").or_else(|| known("username")).or_else(|| known("suser"));
    let host = event.host.clone().or_else(host);
    let user = event.user.clone().or_else(user);
    event.host = host;
    event.user = user.filter(|it| it != "N/A" && it != "-");
}

/// A line's header.
#[derive(Default)]
pub(crate) struct Head<'l> {
    priority: Option<u8>,
    /// The time tells no year.
    yearless: bool,
    time: Option<Instant>,
    host: Option<&'l str>,
    program: Option<&'l str>,
    pid: Option<&'l str>,
    message_id: Option<&'l str>,
    data: &'l str,
    message: &'l str,
}

impl<'l> Head<'l> {
    /// A line without a header: all of it is message, but the priority.
    fn none(line: &'l str) -> Self {
        let (priority, message) = priority(line).map_or((None, line), |(it, rest)| (Some(it), rest));
        Head { priority, message, ..Head::default() }
    }
}

/// Reads a header; nothing where the line has none.
pub(crate) fn head<'l>(line: &'l str, clock: &Clock) -> Option<Head<'l>> {
    let (priority, rest) = match priority(line) {
        Some((priority, rest)) => (Some(priority), rest),
        None => (None, line),
    };
    if let Some(rest) = rest.strip_prefix("1 ").filter(|_| priority.is_some()) {
        return modern(priority, rest, clock);
    }
    let rest = rest.trim_start();
    let (time, yearless, rest) = match bsd_time(rest, clock) {
        Some(found) => found,
        None => iso_time(rest, clock, priority.is_some())?,
    };
    let rest = rest.trim_start_matches(' ');
    let (host, rest) = host(rest);
    let mut head = Head { priority, yearless, time, host, message: rest, ..Head::default() };
    tag(&mut head, rest);
    Some(head)
}

fn priority(line: &str) -> Option<(u8, &str)> {
    let (number, rest) = line.strip_prefix('<')?.split_once('>')?;
    let number: u8 = Some(number).filter(|it| it.len() <= 3)?.parse().ok()?;
    (number <= 191).then_some((number, rest))
}

/// After `<PRI>1 `.
fn modern<'l>(priority: Option<u8>, rest: &'l str, clock: &Clock) -> Option<Head<'l>> {
    let mut words = rest.splitn(6, ' ');
    let mut next = || words.next().map(|word| Some(word).filter(|it| *it != "-"));
    let (time, host, program) = (next()?, next()?, next()?);
    let (pid, message_id) = (next()?, next()?);
    let time = time.and_then(|text| clock.read(text));
    let rest = words.next().unwrap_or("");
    let (data, message) = match rest.strip_prefix('-') {
        Some(message) => ("", message),
        None => rest.split_at(keyvalue::structured_length(rest)),
    };
    let message = message.strip_prefix(' ').unwrap_or(message);
    let message = message.strip_prefix('\u{feff}').unwrap_or(message);
    Some(Head { priority, yearless: false, time, host, program, pid, message_id, data, message })
}

/// A time, whether it tells no year, and what follows.
type Timed<'l> = (Option<Instant>, bool, &'l str);

/// `Nov 21 02:10:00` or `Nov 21 2026 02:10:00`, with or without a fraction.
fn bsd_time<'l>(text: &'l str, clock: &Clock) -> Option<Timed<'l>> {
    let month = clock::month(text.get(..3)?)?;
    let rest = text[3..].strip_prefix(' ')?.trim_start_matches(' ');
    let (day, rest) = rest.split_once(' ')?;
    let day: i8 = day.parse().ok()?;
    let rest = rest.trim_start_matches(' ');
    let (year, rest) = match rest.split_once(' ') {
        Some((year, after)) if year.len() == 4 && !year.contains(':') => (Some(year.parse().ok()?), after),
        _ => (None, rest),
    };
    let (time, rest) = rest.split_once(' ')?;
    let time: Time = time.trim_end_matches(':').parse().ok()?;
    let instant = match year {
        Some(year) => clock.civil(jiff::civil::Date::new(year, month, day).ok()?.to_datetime(time)),
        None => {
            jiff::civil::Date::new(2_000, month, day).ok()?;
            clock.yearless(month, day, time)
        }
    };
    Some((instant, year.is_none(), rest))
}

/// `2026-11-21T02:10:00.123+01:00`. Without `<PRI>` a zone or a `T` is asked for,
/// since many files that are not syslog begin with a date.
fn iso_time<'l>(text: &'l str, clock: &Clock, sure: bool) -> Option<Timed<'l>> {
    let (time, rest) = text.split_once(' ')?;
    if time.len() < 19 || time.as_bytes()[4] != b'-' || !(sure || time.as_bytes()[10] == b'T') {
        return None;
    }
    Some((Some(clock.read(time)?), false, rest))
}

/// The host, unless the next word is already a tag (`program:`).
fn host(rest: &str) -> (Option<&str>, &str) {
    match rest.split_once(' ') {
        Some((word, _)) if word.ends_with(':') && !word.contains("::") => (None, rest),
        Some((word, after)) if !word.is_empty() && !word.contains('=') && !word.ends_with(']') => {
            (Some(word), after.trim_start_matches(' '))
        }
        _ => (None, rest),
    }
}

/// `program[pid]: message`.
fn tag<'l>(head: &mut Head<'l>, rest: &'l str) {
    let Some(end) = rest.find(':') else { return };
    let tag = &rest[..end];
    if tag.is_empty() || tag.len() > 96 || tag == "CEF" || tag.contains([' ', '=', '"']) {
        return;
    }
    head.message = rest[end + 1..].strip_prefix(' ').unwrap_or(&rest[end + 1..]);
    match tag.strip_suffix(']').and_then(|tag| tag.rsplit_once('[')) {
        Some((program, pid)) => {
            head.program = Some(program);
            head.pid = Some(pid);
        }
        None => head.program = Some(tag.trim_start_matches('%')),
    }
}

fn facility(number: u8) -> &'static str {
    const NAMES: [&str; 24] = [
        "kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv", "ftp",
        "ntp", "audit", "alert", "clock", "local0", "local1", "local2", "local3", "local4", "local5",
        "local6", "local7",
    ];
    NAMES.get(usize::from(number)).copied().unwrap_or("user")
}
