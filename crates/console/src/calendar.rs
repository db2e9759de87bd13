//! Deadlines for a calendar (RFC 5545).
//!
//! Invariant: no line is longer than 75 octets, none is cut inside a character, and no text can add a line.

use std::fmt::Write;

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// Octets of a line at most, without its end.
const LINE_MAX: usize = 75;
/// How long before a deadline it rings.
const ALARM: &str = "-PT2H";

/// A deadline.
pub struct Event {
    /// Unique and lasting: the same deadline moved is the same event.
    pub uid: String,
    /// When it is due.
    pub at: Timestamp,
    /// In a few words.
    pub title: String,
    /// What a person should know besides.
    pub text: String,
    /// Where the rest stands.
    pub url: String,
    /// Whether it is certain.
    pub certain: bool,
}

/// A calendar of deadlines, each with its alarm, as it stands at `stamp`.
#[must_use]
pub fn calendar(name: &str, events: &[Event], stamp: Timestamp) -> String {
    let mut out = String::new();
    let mut line = |text: &str| fold(&mut out, text);
    line("BEGIN:VCALENDAR");
    line("VERSION:2.0");
    line("PRODID:-//Rempart//Clocks//EN");
    line("METHOD:PUBLISH");
    line(&format!("X-WR-CALNAME:{}", escape(name)));
    for event in events {
        line("BEGIN:VEVENT");
        line(&format!("UID:{}", escape(&event.uid)));
        line(&format!("DTSTAMP:{}", instant(stamp)));
        line(&format!("DTSTART:{}", instant(event.at)));
        line(&format!("SUMMARY:{}", escape(&event.title)));
        line(&format!("DESCRIPTION:{}", escape(&event.text)));
        line(&format!("URL:{}", event.url.replace(char::is_control, "")));
        line(if event.certain { "STATUS:CONFIRMED" } else { "STATUS:TENTATIVE" });
        line("TRANSP:TRANSPARENT");
        line("BEGIN:VALARM");
        line("ACTION:DISPLAY");
        line(&format!("TRIGGER:{ALARM}"));
        line(&format!("DESCRIPTION:{}", escape(&event.title)));
        line("END:VALARM");
        line("END:VEVENT");
    }
    line("END:VCALENDAR");
    out
}

fn instant(at: Timestamp) -> String {
    at.to_zoned(TimeZone::UTC).strftime("%Y%m%dT%H%M%SZ").to_string()
}

fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\\' | ';' | ',' => out.extend(['\\', character]),
            '\n' => out.push_str("\\n"),
            other if other.is_control() => {}
            other => out.push(other),
        }
    }
    out
}

fn fold(out: &mut String, line: &str) {
    let mut room = LINE_MAX;
    for character in line.chars() {
        if character.len_utf8() > room {
            out.push_str("\r\n ");
            room = LINE_MAX - 1;
        }
        room -= character.len_utf8();
        let _ = write!(out, "{character}");
    }
    out.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(title: &str) -> Event {
        Event {
            uid: "gdpr@night".into(),
            at: "2026-11-25T02:10:00Z".parse().unwrap(),
            title: title.into(),
            text: "RGPD, art. 33; CNIL\nEn ligne".into(),
            url: "https://rempart.example/incidents/1/clocks".into(),
            certain: false,
        }
    }

    fn unfolded(text: &str) -> Vec<String> {
        text.replace("\r\n ", "").lines().map(str::to_owned).collect()
    }

    #[test]
    fn a_deadline_is_an_event_with_an_alarm() {
        let text = calendar("Night", &[event("Tell")], "2026-11-22T02:10:00Z".parse().unwrap());
        let lines = unfolded(&text);
        for expected in [
            "DTSTART:20261125T021000Z",
            "DTSTAMP:20261122T021000Z",
            "SUMMARY:Tell",
            "DESCRIPTION:RGPD\\, art. 33\\; CNIL\\nEn ligne",
            "STATUS:TENTATIVE",
            "TRIGGER:-PT2H",
        ] {
            assert!(lines.iter().any(|line| line == expected), "{expected} in {text}");
        }
        assert_eq!(lines.iter().filter(|line| *line == "BEGIN:VEVENT").count(), 1);
    }

    #[test]
    fn long_lines_are_folded_between_characters_and_come_back_whole() {
        let title = "Notifier la violation à l'autorité, à 4 h du matin — été 😀 ".repeat(9);
        let text = calendar("Nuit", &[event(&title)], Timestamp::UNIX_EPOCH);
        for line in text.split("\r\n") {
            assert!(line.len() <= LINE_MAX, "{} octets: {line}", line.len());
        }
        assert!(unfolded(&text).contains(&format!("SUMMARY:{}", escape(&title))));
        assert!(text.split("\r\n").all(|line| !line.contains('\n')));
    }

    #[test]
    fn hostile_text_adds_no_line() {
        let text = calendar("x\r\nBEGIN:VEVENT", &[event("a\r\nEND:VCALENDAR\u{0}")], Timestamp::UNIX_EPOCH);
        let lines = unfolded(&text);
        assert_eq!(lines.iter().filter(|line| *line == "BEGIN:VEVENT").count(), 1);
        assert!(lines.contains(&"SUMMARY:a\\nEND:VCALENDAR".to_owned()));
    }
}
