//! Many texts sought at once at the beginning of another: a sorted list.
//!
//! Every text that begins `given` stands in one chain: the greatest that is not above `given`, the longest other text
//! that begins that one, and so on. So one binary search and a walk find them all.
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
    /// The first entry for each first byte, and where the last ends; the empty entry stands before them all.
    starts: Vec<u32>,
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
        let first = |byte: usize| {
            heads.entries.partition_point(|it| {
                heads.bytes[it.from as usize..it.to as usize].first().is_none_or(|it| usize::from(*it) < byte)
            }) as u32
        };
        heads.starts = (0..=256).map(first).collect();
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
        let mut at = match given.first() {
            None => u32::from(self.entries.first().is_some_and(|it| it.from == it.to)),
            Some(byte) => {
                let (from, to) = (self.starts[usize::from(*byte)], self.starts[usize::from(*byte) + 1]);
                let within = &self.entries[from as usize..to as usize];
                let after = within
                    .partition_point(|it| &self.bytes[it.from as usize + 1..it.to as usize] <= &given[1..]);
                if after == 0 { u32::from(self.empty().is_some()) } else { from + after as u32 }
            }
        };
        // `at` is one past the greatest entry that is not above what is given.
        at = at.wrapping_sub(1);
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

    fn empty(&self) -> Option<&Entry> {
        self.entries.first().filter(|it| it.from == it.to)
    }

    fn text(&self, at: u32) -> &[u8] {
        let entry = &self.entries[at as usize];
        &self.bytes[entry.from as usize..entry.to as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_that_begins_another_is_found() {
        let texts = ["", "a", "ab", "abc", "abd", "b", "ba", "é", "ab"];
        let meant = |at: usize| Meaning { begins: Some(at as u32), whole: Some(100 + at as u32) };
        for kept in 0..1_u32 << texts.len() {
            let chosen: Vec<usize> = (0..texts.len()).filter(|at| kept >> at & 1 == 1).collect();
            let heads = Heads::new(chosen.iter().map(|at| (texts[*at].into(), meant(*at))).collect());
            for given in ["", "a", "aa", "ab", "abcd", "abe", "b", "bab", "c", "éa", "ê"] {
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
