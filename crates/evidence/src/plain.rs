//! Logs of programs of any kind: lines that begin with a date and a time.
//!
//! Invariant: a line without a time (the rest of a stack trace) is kept whole, without time.

use jiff::civil::DateTime;

use crate::clock::{Clock, Instant};
use crate::event::{Event, Value};
use crate::keyvalue;
use crate::piece::Desk;
use crate::report::Assumed;

/// Whether a line begins with a date and a time.
pub(crate) fn is(line: &str) -> bool {
    time(line, &Clock::default()).is_some()
}

/// The event of one line.
pub(crate) fn event(line: &str, number: u64, desk: &mut Desk) -> Event {
    let mut event = desk.event("text", number);
    line.clone_into(&mut event.line);
    let mut message = line;
    match time(line, desk.clock) {
        Some(((time, certainty), rest)) => {
            event.time = Some(time);
            event.certainty = certainty;
            message = rest.trim_start_matches([' ', '\t', ']']);
        }
        None => desk.tally.assume(Assumed::NoHeader),
    }
    event.fields.0.push((desk.names.of("message"), Value::Text(message.to_owned())));
    let mut put = |name: &str, value: Value| {
        let name = desk.names.of(name);
        if !event.fields.0.iter().any(|(taken, _)| *taken == name) {
            event.fields.0.push((name, value));
        }
    };
    keyvalue::pairs(message, &mut put);
    event
}

/// `2026-11-21 02:10:00.123`, `2026/11/21 02:10:00`, with `T`, a comma, a zone, a bracket before.
fn time<'l>(line: &'l str, clock: &Clock) -> Option<(Instant, &'l str)> {
    let text = line.strip_prefix('[').unwrap_or(line);
    let head = text.as_bytes().get(..19)?;
    let digits = head.iter().filter(|byte| byte.is_ascii_digit()).count();
    let (day, hour) = (matches!(head[4], b'-' | b'/') && head[4] == head[7], head[13] == b':');
    if digits != 14 || !day || !hour || !matches!(head[10], b' ' | b'T') {
        return None;
    }
    let more = |it: char| it.is_ascii_digit() || matches!(it, '.' | ',' | '+' | ':' | 'Z');
    let end = text.get(19..)?.find(|it| !more(it)).map_or(text.len(), |at| 19 + at);
    let stamp = text[..end].trim_end_matches(['.', ',', ':', '+']).replace('/', "-");
    if let Some(instant) = clock.read(&stamp) {
        return Some((instant, &text[end..]));
    }
    let civil: DateTime = stamp.get(..19)?.parse().ok()?;
    Some((clock.civil(civil)?, &text[end..]))
}

#[cfg(test)]
mod tests {
    use super::is;

    #[test]
    fn only_a_line_that_begins_with_a_date_and_a_time_is_one() {
        for (line, expected) in [
            ("2026-11-25T02:14:00Z a", true),
            ("[2026/11/25 02:14:00,5] a", true),
            ("at java.lang.Thread.run(Thread.java:748)", false),
            ("2026-35-25T02:1480\u{fffd}Z,", false),
        ] {
            assert_eq!(is(line), expected, "{line}");
        }
    }
}
