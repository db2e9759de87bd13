//! Web servers' access logs: common and combined, with or without the virtual host in front.
//!
//! Fields have the names that W3C logs and Sigma's `webserver` rules use: `c-ip`, `cs-method`,
//! `cs-uri`, `cs-uri-stem`, `cs-uri-query`, `sc-status`, `sc-bytes`, `cs-referer`, `cs-user-agent`,
//! `cs-username`, `cs-host`.
//!
//! Invariant: a request that is no HTTP (a scanner's bytes) is still an event, whole in `cs-uri`.

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::clock;
use crate::event::{Certainty, Event, Value};
use crate::piece::Desk;

/// The event of one line.
pub(crate) fn event(line: &str, number: u64, desk: &mut Desk) -> Option<Event> {
    let parts = parts(line)?;
    let (time, certainty) = time(parts.time)?;
    let mut event = desk.event("webserver", number);
    event.time = Some(time);
    event.certainty = certainty;
    event.provider = Some(provider(&desk.path).to_owned());
    event.host = parts.host.map(str::to_owned);
    event.user = Some(parts.user).filter(|it| *it != "-" && !it.is_empty()).map(str::to_owned);
    let mut put = |name: &str, value: Value| event.fields.0.push((desk.names.of(name), value));
    put("c-ip", text(parts.client));
    put("cs-username", dash(parts.user));
    request(parts.request, &mut put);
    put("sc-status", integer(parts.status));
    put("sc-bytes", integer(parts.bytes));
    if let Some(host) = parts.host {
        put("cs-host", text(host));
    }
    for (name, value) in ["cs-referer", "cs-user-agent"].into_iter().zip(parts.quoted) {
        if let Some(value) = value {
            put(name, dash(value));
        }
    }
    event.line = line.to_owned();
    Some(event)
}

/// `GET /a?b HTTP/1.1` as its fields.
fn request(request: &str, put: &mut impl FnMut(&str, Value)) {
    let mut words = request.splitn(2, ' ');
    let method = words.next().filter(|it| !it.is_empty() && it.bytes().all(|b| b.is_ascii_alphabetic()));
    let (Some(method), Some(rest)) = (method, words.next()) else {
        put("cs-uri", dash(request));
        return;
    };
    let (uri, version) = match rest.rsplit_once(' ') {
        Some((uri, version)) if version.starts_with("HTTP/") => (uri, Some(version)),
        _ => (rest, None),
    };
    put("cs-method", text(method));
    put("cs-uri", text(uri));
    let (stem, query) = uri.split_once('?').map_or((uri, None), |(stem, query)| (stem, Some(query)));
    put("cs-uri-stem", text(stem));
    if let Some(query) = query {
        put("cs-uri-query", text(query));
    }
    if let Some(version) = version {
        put("cs-version", text(version));
    }
}

struct Parts<'l> {
    host: Option<&'l str>,
    client: &'l str,
    user: &'l str,
    time: &'l str,
    request: &'l str,
    status: &'l str,
    bytes: &'l str,
    quoted: [Option<&'l str>; 2],
}

fn parts(line: &str) -> Option<Parts<'_>> {
    let (head, rest) = line.split_once(" [")?;
    let (time, rest) = rest.split_once("] ")?;
    let head: Vec<&str> = head.splitn(8, ' ').collect();
    let (host, client, user) = match head[..] {
        [client, _, user] => (None, client, user),
        [host, client, _, user] if client.parse::<std::net::IpAddr>().is_ok() => {
            (Some(host.rsplit_once(':').map_or(host, |(host, _)| host)), client, user)
        }
        [client, _, ..] => (None, client, head.last().copied()?),
        _ => return None,
    };
    let (request, rest) = quoted(rest)?;
    let mut words = rest.trim_start().splitn(3, ' ');
    let status = words.next()?;
    if status.len() != 3 && status != "-" {
        return None;
    }
    let bytes = words.next().unwrap_or("-");
    let mut rest = words.next().unwrap_or("");
    let mut values = [None, None];
    for value in &mut values {
        let Some((text, after)) = quoted(rest.trim_start()) else { break };
        *value = Some(text);
        rest = after;
    }
    Some(Parts { host, client, user, time, request, status, bytes, quoted: values })
}

/// What stands between quotes (a backslash spares the next character), and what follows.
fn quoted(text: &str) -> Option<(&str, &str)> {
    let inner = text.strip_prefix('"')?;
    let mut spared = false;
    for (at, byte) in inner.bytes().enumerate() {
        match byte {
            _ if spared => spared = false,
            b'\\' => spared = true,
            b'"' => return Some((&inner[..at], &inner[at + 1..])),
            _ => {}
        }
    }
    None
}

/// `21/Nov/2026:02:10:00 +0100`.
fn time(text: &str) -> Option<(Timestamp, Certainty)> {
    let (civil, zone) = text.split_once(' ').unwrap_or((text, "Z"));
    let (date, clock_time) = civil.split_once(':')?;
    let mut date = date.split('/');
    let day = date.next()?.parse().ok()?;
    let month = clock::month(date.next()?)?;
    let year = date.next()?.parse().ok()?;
    let mut parts = clock_time.split(':').map(str::parse::<i8>);
    let mut next = || parts.next()?.ok();
    let time = Time::new(next()?, next()?, next()?.min(59), 0).ok()?;
    let civil = Date::new(year, month, day).ok()?.to_datetime(time);
    let offset = SignedDuration::from_secs(clock::offset(zone)?);
    let instant = TimeZone::UTC.to_timestamp(civil).ok()?.checked_sub(offset).ok()?;
    let certainty = if text.contains(' ') { Certainty::Exact } else { Certainty::Uncertain };
    Some((instant, certainty))
}

fn provider(path: &str) -> &'static str {
    if path.contains("nginx") {
        "nginx"
    } else if path.contains("apache") || path.contains("httpd") {
        "apache"
    } else {
        "webserver"
    }
}

fn text(value: &str) -> Value {
    Value::Text(value.to_owned())
}

fn dash(value: &str) -> Value {
    if value == "-" { Value::Null } else { text(value) }
}

fn integer(value: &str) -> Value {
    value.parse().map_or_else(|_| dash(value), Value::Integer)
}
