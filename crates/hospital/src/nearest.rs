//! The known name nearest to an unknown one, for "did you mean".
//!
//! Invariant: the work is bounded whatever the number of unknown names: once [`LOOKS_MAX`] comparisons
//! are spent, no more names are suggested.

use std::collections::HashMap;

/// Cheap comparisons (of the letters present) allowed in all.
const LOOKS_MAX: usize = 20_000_000;
/// Names longer than this are not compared.
const LENGTH_MAX: usize = 64;

/// The name nearest to `unknown`, where one is near enough to suggest.
#[must_use]
pub fn nearest<'a>(unknown: &str, names: impl Iterator<Item = &'a str>) -> Option<String> {
    Nearest::default().find(unknown, &Names::new(names))
}

/// Finds nearest names, within its budget.
pub(crate) struct Nearest {
    looks_left: usize,
}

impl Default for Nearest {
    fn default() -> Self {
        Self { looks_left: LOOKS_MAX }
    }
}

/// Names to choose from, by length, with the letters of each.
#[derive(Default)]
pub(crate) struct Names {
    by_length: HashMap<usize, Vec<(u64, String)>>,
}

impl Names {
    /// From any names.
    pub(crate) fn new<'a>(names: impl Iterator<Item = &'a str>) -> Self {
        let mut by_length: HashMap<usize, Vec<(u64, String)>> = HashMap::new();
        for name in names {
            let length = name.chars().count();
            if length <= LENGTH_MAX {
                by_length.entry(length).or_default().push((letters(name), name.to_owned()));
            }
        }
        Self { by_length }
    }
}

impl Nearest {
    /// The nearest name, where one is near: a third of its letters wrong at most, and never over three.
    pub(crate) fn find(&mut self, unknown: &str, names: &Names) -> Option<String> {
        let unknown = unknown.to_lowercase();
        let length = unknown.chars().count();
        if length == 0 || length > LENGTH_MAX {
            return None;
        }
        let allowed = (length / 3).clamp(1, 3);
        let mask = letters(&unknown);
        let mut best: Option<(usize, &str)> = None;
        for near in length.saturating_sub(allowed)..=length + allowed {
            let Some(bucket) = names.by_length.get(&near) else { continue };
            self.looks_left = self.looks_left.checked_sub(bucket.len())?;
            for (other, name) in bucket {
                if (mask ^ other).count_ones() as usize > 2 * allowed {
                    continue;
                }
                let distance = edits(&unknown, &name.to_lowercase(), allowed);
                if distance <= allowed && best.is_none_or(|it| (distance, name.as_str()) < it) {
                    best = Some((distance, name));
                }
            }
        }
        best.map(|(_, name)| name.to_owned())
    }
}

/// Which letters and digits a name holds.
fn letters(name: &str) -> u64 {
    name.chars().flat_map(char::to_lowercase).fold(0, |mask, it| mask | 1 << (it as u32 % 64))
}

/// Letters to insert, remove, change or swap with their neighbour, counted to just above `allowed`.
fn edits(left: &str, right: &str, allowed: usize) -> usize {
    let left: Vec<char> = left.chars().collect();
    let right: Vec<char> = right.chars().collect();
    let mut rows = [vec![0; right.len() + 1], (0..=right.len()).collect(), vec![0; right.len() + 1]];
    for (i, &a) in left.iter().enumerate() {
        let [before, above, here] = &mut rows;
        here[0] = i + 1;
        let mut least = here[0];
        for (j, &b) in right.iter().enumerate() {
            let change = above[j] + usize::from(a != b);
            let mut edits = change.min(above[j + 1] + 1).min(here[j] + 1);
            if i > 0 && j > 0 && a == right[j - 1] && left[i - 1] == b {
                edits = edits.min(before[j - 1] + 1);
            }
            here[j + 1] = edits;
            least = least.min(edits);
        }
        if least > allowed + 1 {
            return least;
        }
        rows.rotate_left(1);
    }
    rows[1][right.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearest_names() {
        let known = Names::new(["pacs", "pharmacy", "srv-ad-01", "srv-ad-02", "north-er"].into_iter());
        let cases = [
            ("pcas", Some("pacs")),
            ("PACS", Some("pacs")),
            ("pharmcy", Some("pharmacy")),
            ("srv-ad-03", Some("srv-ad-01")),
            ("srv-ad02", Some("srv-ad-02")),
            ("nroth-re", Some("north-er")),
            ("dialysis", None),
            ("x", None),
            ("", None),
        ];
        for (unknown, expected) in cases {
            assert_eq!(Nearest::default().find(unknown, &known).as_deref(), expected, "{unknown}");
        }
    }

    #[test]
    fn work_is_bounded() {
        let many: Vec<String> = (0..1000).map(|it| format!("asset-{it:04}")).collect();
        let known = Names::new(many.iter().map(String::as_str));
        let mut nearest = Nearest { looks_left: 1500 };
        assert!(nearest.find("asset-0x01", &known).is_some());
        assert!(nearest.find("asset-0x02", &known).is_none());
    }
}
