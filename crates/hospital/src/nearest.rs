//! The known name nearest to an unknown one, for "did you mean".
//!
//! Invariant: the work is bounded whatever the number of unknown names: once its budget of comparisons
//! is spent, no more names are suggested.

use std::collections::HashMap;

/// Cheap comparisons (of the letters present) allowed in all: some twenty milliseconds.
const LOOKS_MAX: usize = 20_000_000;
/// Full comparisons allowed in all: some fifty milliseconds.
const EDITS_MAX: usize = 300_000;
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
    edits_left: usize,
}

impl Default for Nearest {
    fn default() -> Self {
        Self { looks_left: LOOKS_MAX, edits_left: EDITS_MAX }
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

    fn of_length(&self, length: usize) -> &[(u64, String)] {
        self.by_length.get(&length).map_or(&[], Vec::as_slice)
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
        let allowed = if length == 1 { 0 } else { (length / 3).clamp(1, 3) };
        let mask = letters(&unknown);
        let mut best: Option<(usize, &str)> = None;
        for difference in 0..=allowed {
            if best.is_some_and(|(distance, _)| distance < difference) {
                break;
            }
            let lengths = [length.checked_sub(difference), (difference > 0).then_some(length + difference)];
            for (other, name) in lengths.into_iter().flatten().flat_map(|it| names.of_length(it)) {
                self.looks_left = self.looks_left.checked_sub(1)?;
                let allowed = best.map_or(allowed, |(distance, _)| distance);
                if (mask ^ other).count_ones() as usize > 2 * allowed {
                    continue;
                }
                self.edits_left = self.edits_left.checked_sub(1)?;
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

/// Letters to insert, remove, change or swap with their neighbour, counted to just above `allowed`;
/// both names have [`LENGTH_MAX`] letters at most, or what is beyond is passed over.
fn edits(left: &str, right: &str, allowed: usize) -> usize {
    let mut columns = ['\0'; LENGTH_MAX];
    let mut width = 0;
    for (place, letter) in columns.iter_mut().zip(right.chars()) {
        *place = letter;
        width += 1;
    }
    let columns = &columns[..width];
    let (mut before, mut above, mut here) = ([0; LENGTH_MAX + 1], [0; LENGTH_MAX + 1], [0; LENGTH_MAX + 1]);
    for (place, edits) in above.iter_mut().enumerate() {
        *edits = place;
    }
    let mut last = None;
    for (i, a) in left.chars().take(LENGTH_MAX).enumerate() {
        here[0] = i + 1;
        let mut least = here[0];
        for (j, &b) in columns.iter().enumerate() {
            let mut edits = (above[j] + usize::from(a != b)).min(above[j + 1] + 1).min(here[j] + 1);
            if j > 0 && last == Some(b) && a == columns[j - 1] {
                edits = edits.min(before[j - 1] + 1);
            }
            here[j + 1] = edits;
            least = least.min(edits);
        }
        if least > allowed + 1 {
            return least;
        }
        (before, above, here) = (above, here, before);
        last = Some(a);
    }
    above[width]
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
        for budget in [
            Nearest { looks_left: 1500, ..Nearest::default() },
            Nearest { edits_left: 1500, ..Nearest::default() },
        ] {
            let mut nearest = budget;
            let found: Vec<bool> =
                (0..50).map(|it| nearest.find(&format!("asset-{it:02}xx"), &known).is_some()).collect();
            assert!(found[0] && !found[49]);
        }
    }
}
