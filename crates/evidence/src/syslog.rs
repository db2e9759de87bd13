//! Syslog files: RFC 5424, RFC 3164 and the ISO form of today's Linux, with or without `<PRI>`.
//!
//! Fields: `facility`, `severity`, `hostname`, `program`, `pid`, `msgid`, `message`, structured data
//! and `key=value` bodies by their own names, and for `sshd` and `sudo` `user`, `src_ip`…
//!
//! Invariant: a line without a header is kept whole as the message of an event without time.

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
    let Some(head) = head(line, desk.clock) else {
        desk.tally.assume(Assumed::NoHeader);
        event.fields.0.push((desk.names.of("message"), Value::Text(line.to_owned())));
        return event;
    };
    if let Some((time, certainty)) = head.time {
        event.time = Some(time);
        event.certainty = certainty;
    }
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
    keyvalue::structured(head.data, &mut put);
    keyvalue::pairs(head.message, &mut put);
    if let Some(program) = head.program {
        event.user = logins::read(program, head.message, &mut put);
    }
    event
}

/// A line's header.
#[derive(Default)]
pub(crate) struct Head<'l> {
    priority: Option<u8>,
    time: Option<Instant>,
    host: Option<&'l str>,
    program: Option<&'l str>,
    pid: Option<&'l str>,
    message_id: Option<&'l str>,
    data: &'l str,
    message: &'l str,
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
    let (time, rest) = match bsd_time(rest, clock) {
        Some((time, rest)) => (time, rest),
        None => iso_time(rest, clock, priority.is_some())?,
    };
    let rest = rest.trim_start_matches(' ');
    let (host, rest) = host(rest);
    let mut head = Head { priority, time, host, message: rest, ..Head::default() };
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
    Some(Head { priority, time, host, program, pid, message_id, data, message })
}

/// `Nov 21 02:10:00` or `Nov 21 2026 02:10:00`, with or without a fraction, and what follows.
fn bsd_time<'l>(text: &'l str, clock: &Clock) -> Option<(Option<Instant>, &'l str)> {
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
    Some((instant, rest))
}

/// `2026-11-21T02:10:00.123+01:00`, and what follows. Without `<PRI>` a zone or a `T` is asked for,
/// since many files that are not syslog begin with a date.
fn iso_time<'l>(text: &'l str, clock: &Clock, sure: bool) -> Option<(Option<Instant>, &'l str)> {
    let (time, rest) = text.split_once(' ')?;
    if time.len() < 19 || time.as_bytes()[4] != b'-' || !(sure || time.as_bytes()[10] == b'T') {
        return None;
    }
    Some((Some(clock.read(time)?), rest))
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
    if tag.is_empty() || tag.len() > 96 || tag.contains([' ', '=', '"']) {
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
