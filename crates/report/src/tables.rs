//! Signals and the timeline as CSV.
//!
//! Invariant: a cell that a spreadsheet would run as a formula is neutralised with a leading quote.

use std::borrow::Cow;
use std::io::{self, Write};

use assess::SignalList;

/// Every signal, one a line.
///
/// # Errors
/// When `out` cannot be written.
pub fn signals_csv(signals: &SignalList<'_>, out: impl Write) -> io::Result<()> {
    let mut csv = csv::Writer::from_writer(out);
    csv.write_record(["time", "level", "rule", "title", "host", "asset", "techniques", "path", "record"])?;
    for signal in signals.iter() {
        let signal = signal?;
        let record = signal.source.record.to_string();
        let time = signal.time.map_or_else(String::new, |time| time.to_string());
        let techniques = signal.techniques.join(" ");
        csv.write_record([
            &*time,
            level(signal.level),
            &cell(&signal.rule),
            &cell(&signal.title),
            &cell(signal.host.as_deref().unwrap_or_default()),
            &cell(signal.asset.as_deref().unwrap_or_default()),
            &cell(&techniques),
            &cell(&signal.source.path),
            &record,
        ])?;
    }
    csv.flush()
}

/// The timeline in the columns that Timesketch imports.
///
/// # Errors
/// When `out` cannot be written.
pub fn timeline_csv(signals: &SignalList<'_>, out: impl Write) -> io::Result<()> {
    let mut csv = csv::Writer::from_writer(out);
    csv.write_record(["message", "datetime", "timestamp_desc", "host", "asset", "level", "rule", "source"])?;
    for signal in signals.iter() {
        let signal = signal?;
        let Some(time) = signal.time else { continue };
        let source = format!("{}#{}", signal.source.path, signal.source.record);
        csv.write_record([
            &*cell(&signal.title),
            &time.to_string(),
            "Event Logged",
            &cell(signal.host.as_deref().unwrap_or_default()),
            &cell(signal.asset.as_deref().unwrap_or_default()),
            level(signal.level),
            &cell(&signal.rule),
            &cell(&source),
        ])?;
    }
    csv.flush()
}

/// A cell that no spreadsheet runs as a formula.
#[must_use]
pub fn cell(text: &str) -> Cow<'_, str> {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

/// A level's word in files.
pub(crate) fn level(level: detect::Level) -> &'static str {
    match level {
        detect::Level::Informational => "informational",
        detect::Level::Low => "low",
        detect::Level::Medium => "medium",
        detect::Level::High => "high",
        detect::Level::Critical => "critical",
    }
}

#[cfg(test)]
mod tests {
    use super::cell;

    #[test]
    fn formulas_are_neutralised() {
        for (text, safe) in [
            ("=1+1", "'=1+1"),
            ("+33", "'+33"),
            ("-2", "'-2"),
            ("@a", "'@a"),
            ("\tx", "'\tx"),
            ("\rx", "'\rx"),
            ("a=b", "a=b"),
        ] {
            assert_eq!(cell(text), safe);
        }
    }
}
