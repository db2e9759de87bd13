//! JSON objects and XML events that may span lines, cut out of a stream.
//!
//! Invariant: memory is bounded by one block plus the longest record allowed; a longer record is
//! counted and passed over.

use std::io::{self, Read};

use crate::piece::{BLOCK, Place, Records};

/// Some whole records.
pub(crate) struct Batch {
    pub(crate) text: Vec<u8>,
    pub(crate) places: Vec<Place>,
}

/// The records of a stream.
pub(crate) struct Split<R> {
    reader: R,
    kind: Records,
    /// How many brackets enclose a JSON record.
    enclosed: u32,
    longest: usize,
    held: Vec<u8>,
    scanned: usize,
    state: State,
    line: u64,
    ended: bool,
    failed: Option<io::Error>,
    pub(crate) too_long: u64,
    /// The stream ended within a record; its line.
    pub(crate) cut_short: Option<u64>,
    /// Stretches outside records that are none of JSON's punctuation, and the first one's line.
    pub(crate) stray: u64,
    pub(crate) first_stray: Option<u64>,
}

#[derive(Clone, Copy, Default)]
struct State {
    depth: u32,
    quoted: bool,
    spared: bool,
    /// Where the record at hand starts (line, place); its bytes are dropped where it is too long.
    open: Option<(u64, usize)>,
    dropped: bool,
    straying: bool,
}

impl<R: Read> Split<R> {
    pub(crate) fn new(reader: R, kind: Records, enclosed: u32, longest: usize) -> Self {
        Split {
            reader,
            kind,
            enclosed,
            longest,
            held: Vec::new(),
            scanned: 0,
            state: State::default(),
            line: 1,
            ended: false,
            failed: None,
            too_long: 0,
            cut_short: None,
            stray: 0,
            first_stray: None,
        }
    }

    /// The next records; an error only after all that came before it was given.
    pub(crate) fn next(&mut self) -> io::Result<Option<Batch>> {
        loop {
            self.fill();
            let mut places = Vec::new();
            match self.kind {
                Records::Json => self.scan_json(&mut places),
                Records::Xml => self.scan_xml(&mut places),
            }
            let text = self.cut(&places);
            if !places.is_empty() {
                return Ok(Some(Batch { text, places }));
            }
            if self.ended {
                let open = self.state.open.map(|(line, _)| line);
                self.cut_short = open.or((self.state.depth > 0).then_some(self.line));
                return match self.failed.take() {
                    Some(error) => Err(error),
                    None => Ok(None),
                };
            }
        }
    }

    fn fill(&mut self) {
        if self.ended {
            return;
        }
        match (&mut self.reader).take(BLOCK as u64).read_to_end(&mut self.held) {
            Ok(read) => self.ended = read < BLOCK,
            Err(error) => {
                self.ended = true;
                self.failed = Some(error);
            }
        }
    }

    /// Takes the text of the records found; keeps the beginning of the one at hand.
    fn cut(&mut self, places: &[Place]) -> Vec<u8> {
        let found = places.last().map_or(0, |place| place.end);
        let mut rest = self.held.split_off(found);
        let text = std::mem::take(&mut self.held);
        self.scanned -= found;
        match &mut self.state.open {
            Some((_, start)) if !self.state.dropped => {
                *start -= found;
                rest.drain(..*start);
                self.scanned -= *start;
                *start = 0;
                if rest.len() > self.longest {
                    self.too_long += 1;
                    self.state.dropped = true;
                }
            }
            _ => {}
        }
        if self.state.dropped || self.state.open.is_none() {
            rest.drain(..self.scanned);
            self.scanned = 0;
        }
        self.held = rest;
        text
    }

    fn scan_json(&mut self, places: &mut Vec<Place>) {
        let state = &mut self.state;
        for at in self.scanned..self.held.len() {
            let byte = self.held[at];
            if byte == b'\n' {
                self.line += 1;
            }
            if state.quoted {
                match byte {
                    _ if state.spared => state.spared = false,
                    b'\\' => state.spared = true,
                    b'"' => state.quoted = false,
                    _ => {}
                }
                continue;
            }
            let inside = state.open.is_some();
            match byte {
                b'"' => state.quoted = true,
                b'{' | b'[' => {
                    if byte == b'{' && state.depth == self.enclosed && !inside {
                        state.open = Some((self.line, at));
                    }
                    state.depth = state.depth.saturating_add(1);
                }
                b'}' | b']' => {
                    state.depth = state.depth.saturating_sub(1);
                    if state.depth <= self.enclosed
                        && let Some((line, start)) = state.open.take()
                        && !std::mem::take(&mut state.dropped)
                    {
                        places.push(Place { start, end: at + 1, line });
                    }
                }
                b',' | b':' | b'\x1e' => {}
                _ if byte.is_ascii_whitespace() => {}
                _ if !inside && state.depth <= self.enclosed && self.enclosed < 2 => {
                    if !state.straying {
                        self.stray += 1;
                        self.first_stray.get_or_insert(self.line);
                    }
                    state.straying = true;
                    continue;
                }
                _ => {}
            }
            state.straying = false;
        }
        self.scanned = self.held.len();
    }

    fn scan_xml(&mut self, places: &mut Vec<Place>) {
        const OPEN: &[u8] = b"<Event";
        const CLOSE: &[u8] = b"</Event>";
        // Enough is left unscanned to hold a tag that the next read completes.
        let mut at = self.scanned;
        loop {
            let text = &self.held[at..];
            let (step, found) = match self.state.open {
                None => match memchr::memmem::find(text, OPEN) {
                    Some(found) if found + OPEN.len() < text.len() => (found + OPEN.len(), Some(found)),
                    _ => break,
                },
                Some(_) => match memchr::memmem::find(text, CLOSE) {
                    Some(found) => (found + CLOSE.len(), Some(found)),
                    None => break,
                },
            };
            self.line += memchr::memchr_iter(b'\n', &text[..step]).count() as u64;
            match (self.state.open, found) {
                (None, Some(found)) if matches!(text[step], b' ' | b'>' | b'\r' | b'\n' | b'\t') => {
                    self.state.open = Some((self.line, at + found));
                }
                (Some((line, start)), Some(_)) => {
                    self.state.open = None;
                    if !std::mem::take(&mut self.state.dropped) {
                        places.push(Place { start, end: at + step, line });
                    }
                }
                _ => {}
            }
            at += step;
        }
        let keep = if self.ended { 0 } else { CLOSE.len() };
        let next = self.held.len().saturating_sub(keep).max(at);
        self.line += memchr::memchr_iter(b'\n', &self.held[at..next]).count() as u64;
        self.scanned = next;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(text: impl Read, kind: Records, enclosed: u32, longest: usize) -> (Vec<String>, String) {
        let mut split = Split::new(text, kind, enclosed, longest);
        let mut seen = Vec::new();
        while let Some(batch) = split.next().unwrap() {
            for Place { start, end, line } in batch.places {
                seen.push(format!("{line} {}", String::from_utf8_lossy(&batch.text[start..end])));
            }
        }
        (seen, format!("long {} cut {:?} stray {}", split.too_long, split.cut_short, split.stray))
    }

    #[test]
    fn objects_are_found_in_arrays_and_in_wrappings() {
        for (enclosed, text, records, rest) in [
            (
                1,
                "[{\"a\":1},\n{\"a\":[{}]}]",
                vec!["1 {\"a\":1}", "2 {\"a\":[{}]}"],
                "long 0 cut None stray 0",
            ),
            (
                0,
                "{\n\"a\":\"}\\\"{\"}\n{}",
                vec!["1 {\n\"a\":\"}\\\"{\"}", "3 {}"],
                "long 0 cut None stray 0",
            ),
            (2, "{\"Events\":[{\"a\":1}],\"n\":2}", vec!["1 {\"a\":1}"], "long 0 cut None stray 0"),
            (1, "[{\"a\":1},\n{\"a\":", vec!["1 {\"a\":1}"], "long 0 cut Some(2) stray 0"),
            (1, "[{\"a\":1}, rubbish here, {}]", vec!["1 {\"a\":1}", "1 {}"], "long 0 cut None stray 2"),
        ] {
            let (seen, left) = split(text.as_bytes(), Records::Json, enclosed, 1 << 20);
            assert_eq!(
                (seen, left.as_str()),
                (records.iter().map(ToString::to_string).collect(), rest),
                "{text}"
            );
        }
    }

    #[test]
    fn events_are_found_in_xml() {
        let text = "<?xml?><Events>\n<Event a='1'>\n<EventID>1</EventID></Event><Event>2</Event>\n<Event>";
        let (seen, left) = split(text.as_bytes(), Records::Xml, 0, 1 << 20);
        assert_eq!(seen, ["2 <Event a='1'>\n<EventID>1</EventID></Event>", "3 <Event>2</Event>"]);
        assert_eq!(left, "long 0 cut Some(4) stray 0");
    }

    #[test]
    fn a_record_without_end_is_passed_over_in_bounded_memory() {
        let long =
            b"[{\"a\":1},{\"a\":\"".chain(io::repeat(b'x').take(1 << 30)).chain(&b"\"},{\"b\":2}]"[..]);
        let (seen, left) = split(long, Records::Json, 1, 1 << 20);
        assert_eq!(seen, ["1 {\"a\":1}", "1 {\"b\":2}"]);
        assert_eq!(left, "long 1 cut None stray 0");
    }

    #[test]
    fn many_small_records_survive_any_cut() {
        let text = format!("[{}{{\"n\":0}}]", "{\"name\":\"value\"},\n".repeat(200_000));
        let (seen, left) = split(text.as_bytes(), Records::Json, 1, 1 << 20);
        assert_eq!((seen.len(), left.as_str()), (200_001, "long 0 cut None stray 0"));
        assert_eq!(seen[200_000], "200001 {\"n\":0}");
        let text = format!("<Events>{}</Events>", "<Event>x</Event>\n".repeat(200_000));
        let (seen, _) = split(text.as_bytes(), Records::Xml, 0, 1 << 20);
        assert_eq!((seen.len(), seen[199_999].as_str()), (200_000, "200000 <Event>x</Event>"));
    }
}
