//! Many texts sought at once at the beginning of another: a sorted list.
//!
//! Every text that begins `given` stands in one chain: the greatest that is not above `given`, the longest other text
//! that begins that one, and so on. So one binary search, on eight bytes at once, and a walk find them all.
//!
//! Invariant: `above` of an entry is the longest other entry that begins it, and stands before it.

/// What holds when an entry begins the given text, and when it is the whole of it.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Meaning {
    pub begins: Option<u32>,
    pub whole: Option<u32>,
}

/// Texts that may begin others.
#[derive(Debug, Default)]
pub struct Heads {
    bytes: Vec<u8>,
    entries: Vec<Entry>,
    /// The key of each entry.
    keys: Vec<u64>,
    longest: usize,
}

#[derive(Debug)]
struct Entry {
    from: u32,
    to: u32,
    above: u32,
    meaning: Meaning,
}

const NONE: u32 = u32::MAX;

impl Heads {
    /// Of texts, each with what it means; a text given twice has both meanings.
    pub fn new(mut texts: Vec<(Vec<u8>, Meaning)>) -> Heads {
        texts.sort_by(|a, b| a.0.cmp(&b.0));
        let mut heads = Heads::default();
        let mut open: Vec<u32> = Vec::new();
        for (text, meaning) in texts {
            if let Some(last) = heads.entries.last_mut()
                && heads.bytes[last.from as usize..last.to as usize] == text
            {
                last.meaning.begins = last.meaning.begins.or(meaning.begins);
                last.meaning.whole = last.meaning.whole.or(meaning.whole);
                continue;
            }
            while open.last().is_some_and(|it| !text.starts_with(heads.text(*it))) {
                open.pop();
            }
            let from = heads.bytes.len() as u32;
            heads.bytes.extend_from_slice(&text);
            let above = open.last().copied().unwrap_or(NONE);
            open.push(heads.entries.len() as u32);
            heads.longest = heads.longest.max(text.len());
            heads.entries.push(Entry { from, to: heads.bytes.len() as u32, above, meaning });
        }
        heads.keys = (0..heads.entries.len() as u32).map(|it| key(heads.text(it))).collect();
        heads
    }

    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Bytes of the longest text.
    pub fn longest(&self) -> usize {
        self.longest
    }

    /// Calls `hit` with what holds of `given`, which goes on for `beyond` more bytes.
    pub fn find(&self, given: &[u8], beyond: usize, mut hit: impl FnMut(u32)) {
        let wanted = key(given);
        let from = self.keys.partition_point(|it| *it < wanted);
        let alike = self.keys[from..].partition_point(|it| *it == wanted);
        let within = &self.entries[from..from + alike];
        let after =
            from + within.partition_point(|it| self.bytes[it.from as usize..it.to as usize] <= *given);
        // The greatest entry that is not above what is given.
        let mut at = (after as u32).wrapping_sub(1);
        while at != NONE {
            let entry = &self.entries[at as usize];
            let length = (entry.to - entry.from) as usize;
            if given.len() >= length && given[..length] == *self.text(at) {
                if let Some(meaning) = entry.meaning.begins {
                    hit(meaning);
                }
                if let (Some(meaning), true) = (entry.meaning.whole, length == given.len() + beyond) {
                    hit(meaning);
                }
            }
            at = entry.above;
        }
    }

    fn text(&self, at: u32) -> &[u8] {
        let entry = &self.entries[at as usize];
        &self.bytes[entry.from as usize..entry.to as usize]
    }
}

/// The first eight bytes, in an order that agrees with that of the texts; texts that begin alike have the same.
fn key(text: &[u8]) -> u64 {
    let mut first = [0; 8];
    let length = text.len().min(8);
    first[..length].copy_from_slice(&text[..length]);
    u64::from_be_bytes(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_that_begins_another_is_found() {
        let texts = ["", "a", "ab", "abc", "abcdefgh", "abcdefghij", "a\0", "b", "é", "ab"];
        let meant = |at: usize| Meaning { begins: Some(at as u32), whole: Some(100 + at as u32) };
        for kept in 0..1_u32 << texts.len() {
            let chosen: Vec<usize> = (0..texts.len()).filter(|at| kept >> at & 1 == 1).collect();
            let heads = Heads::new(chosen.iter().map(|at| (texts[*at].into(), meant(*at))).collect());
            for given in [
                "",
                "a",
                "aa",
                "ab",
                "abcd",
                "abcdefghi",
                "abcdefghijk",
                "a\0\0",
                "b",
                "bab",
                "c",
                "éa",
                "ê",
                "\0",
            ] {
                let mut found = Vec::new();
                heads.find(given.as_bytes(), 0, |it| found.push(it));
                found.sort_unstable();
                let first = |at: &usize| chosen.iter().find(|it| texts[**it] == texts[*at]) == Some(at);
                let mut wanted: Vec<u32> = Vec::new();
                for at in chosen.iter().filter(|at| first(at)) {
                    wanted.extend(given.starts_with(texts[*at]).then_some(*at as u32));
                    wanted.extend((given == texts[*at]).then_some(100 + *at as u32));
                }
                wanted.sort_unstable();
                assert_eq!(found, wanted, "{chosen:?} in {given}");
            }
        }
    }
}
