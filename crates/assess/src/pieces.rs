//! Why a piece of evidence was not read, left, or read by an assumption, in a reader's language.
//!
//! An assessment keeps the reason in English, as the readers of evidence say it; other languages are made from that.
//!
//! Invariant: every reason of our own is known here (a test holds the two together); what the system or a library said
//! stays as it was said.

use crate::words::{Lang, Words};

/// What the readers of evidence say, and the key of its words.
const PHRASES: [(&str, &str); 27] = [
    ("lines over the limit", "piece-too-long"),
    ("the file ends within a record", "piece-cut-short"),
    ("chunks with a damaged header", "piece-chunk-header"),
    ("chunks that do not match their checksum", "piece-checksum"),
    ("chunks wiped", "piece-blank-chunks"),
    ("records lost", "piece-records-lost"),
    ("chunks announced and missing", "piece-missing-chunks"),
    ("encrypted members", "piece-encrypted"),
    ("archives nested too deeply", "piece-too-deep"),
    ("more archive members than the limit", "piece-too-many-entries"),
    ("unpacks to more bytes than the limit", "piece-too-many-bytes"),
    ("folders nested too deeply", "piece-too-many-folders"),
    ("pieces on which the reader gave up", "piece-reader-failed"),
    ("empty", "piece-empty"),
    ("not a log in a known format", "piece-unknown"),
    ("CSV with unknown columns: give --mapping", "piece-needs-mapping"),
    ("JSON, but its records carry no time", "piece-no-times"),
    ("a link: not followed", "piece-link"),
    ("a device, pipe or socket: not opened", "piece-special"),
    ("packed in a way that is not read: unpack it first", "piece-packed"),
    ("zone assumed", "piece-zone"),
    ("year inferred", "piece-year"),
    ("zone unknown, UTC taken", "piece-utc"),
    ("no time", "piece-no-time"),
    ("bytes that are not UTF-8 replaced", "piece-replaced"),
    ("no syslog header, line kept whole", "piece-no-header"),
    ("copied while in use", "piece-dirty"),
];
const MALFORMED: &str = "records not readable as ";

impl Words {
    /// The reason of a [`crate::Piece`].
    #[must_use]
    pub fn reason(&self, reason: &str) -> String {
        match self.lang() {
            Lang::En => reason.to_owned(),
            Lang::Fr => reason.split("; ").map(|part| self.part(part)).collect::<Vec<_>>().join("\u{a0}; "),
        }
    }

    /// `PHRASE[: COUNT][ (first: NUMBER)]`.
    fn part(&self, part: &str) -> String {
        let number = |text: &str| text.parse::<u64>().is_ok();
        let (rest, first) = match part.strip_suffix(')').and_then(|it| it.rsplit_once(" (first: ")) {
            Some((rest, first)) if number(first) => (rest, Some(first)),
            _ => (part, None),
        };
        let (phrase, count) = match rest.rsplit_once(": ") {
            Some((phrase, count)) if number(count) => (phrase, Some(count)),
            _ => (rest, None),
        };
        let known = PHRASES.iter().find(|(english, _)| *english == phrase);
        let mut said = match (known, phrase.strip_prefix(MALFORMED)) {
            (Some((_, key)), _) => self.say(key),
            (None, Some(format)) => self.say_with("piece-malformed", &[("format", format.into())]),
            (None, None) => return part.to_owned(),
        };
        for (key, number) in [("piece-count", count), ("piece-first", first)] {
            if let Some(number) = number {
                said = self.say_with(key, &[("what", said.into()), ("number", number.into())]);
            }
        }
        said
    }
}

#[cfg(test)]
mod tests {
    use content::Content;
    use evidence::{Assumed, Loss, Skip, Trouble};
    use jiff::tz::TimeZone;

    use super::*;

    #[test]
    fn every_reason_of_the_readers_is_told_in_french() {
        let words = Words::load(&Content::embedded(), Lang::Fr, TimeZone::UTC).unwrap();
        let troubles = [
            Trouble::Malformed("JSON"),
            Trouble::TooLong,
            Trouble::CutShort,
            Trouble::ChunkHeader,
            Trouble::Checksum,
            Trouble::BlankChunks,
            Trouble::Record,
            Trouble::MissingChunks,
            Trouble::Encrypted,
            Trouble::TooDeep,
            Trouble::TooManyEntries,
            Trouble::TooManyBytes,
            Trouble::TooManyFolders,
            Trouble::ReaderFailed,
        ];
        let losses = troubles.map(|trouble| Loss { trouble, count: 3, first: Some(7) }.to_string());
        let skips = [
            Skip::Empty,
            Skip::Unknown,
            Skip::NeedsMapping,
            Skip::NoTimes,
            Skip::Link,
            Skip::Special,
            Skip::Packed,
        ];
        let assumed = [
            Assumed::Zone,
            Assumed::Year,
            Assumed::Utc,
            Assumed::NoTime,
            Assumed::Replaced,
            Assumed::NoHeader,
            Assumed::Dirty,
        ];
        let all = losses.into_iter().chain(skips.map(|it| it.to_string()));
        for reason in all.chain(assumed.map(|it| format!("{it}: 12"))) {
            assert_ne!(words.reason(&reason), reason);
        }
        let cases = [
            (
                "records not readable as JSON: 2 (first: 9); records lost: 1",
                "enregistrements illisibles comme JSON\u{a0}: 2 (premier\u{a0}: 9)\u{a0}; enregistrements perdus\u{a0}: 1",
            ),
            ("Permission denied (os error 13)", "Permission denied (os error 13)"),
        ];
        for (english, french) in cases {
            assert_eq!(words.reason(english), french);
        }
    }
}
