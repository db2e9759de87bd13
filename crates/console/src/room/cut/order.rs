//! In which order cut cards stand that nobody asked for yet.
//!
//! Invariant: no figure of its own: what a lever is worth is what the assessment's options say of it.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use assess::Containment;

use super::levers;

/// What pulling a lever is worth, by what the options say.
pub(super) struct Worth {
    /// Its place in the best option; none where that leaves it alone.
    place: Option<usize>,
    /// Danger averted by the best option that pulls it, in weighted care-hours.
    averted: f64,
}

/// The worth of each lever that an option pulls. The best option saves the most for its price.
pub(super) fn worth(options: &[Containment]) -> BTreeMap<String, Worth> {
    let gain = |option: &Containment| option.care_saved - option.care_lost;
    // Of two alike the first, which cuts less.
    let best = options.iter().rev().max_by(|a, b| gain(a).total_cmp(&gain(b)));
    let best = best.map(levers).unwrap_or_default();
    let mut all = BTreeMap::new();
    for option in options {
        for lever in levers(option) {
            let place = best.iter().position(|it| *it == lever);
            let worth = all.entry(lever).or_insert(Worth { place, averted: option.care_saved });
            worth.averted = worth.averted.max(option.care_saved);
        }
    }
    all
}

/// What the best option uses comes first, in its order; then what averts the most; then what no option pulls.
pub(super) fn rank(worth: &BTreeMap<String, Worth>, a: &str, b: &str) -> Ordering {
    let place = |lever: &str| worth.get(lever).and_then(|it| it.place).unwrap_or(usize::MAX);
    let averted = |lever: &str| worth.get(lever).map_or(f64::NEG_INFINITY, |it| it.averted);
    place(a).cmp(&place(b)).then_with(|| averted(b).total_cmp(&averted(a)))
}

#[cfg(test)]
mod tests {
    use assess::{Action, ActionKind};

    use super::*;

    fn option(levers: &[&str], care_lost: f64, care_saved: f64) -> Containment {
        let action = |lever: &&str| Action {
            lever: Some((*lever).to_owned()),
            kind: ActionKind::Isolate,
            target: (*lever).to_owned(),
        };
        Containment {
            levers: levers.iter().map(action).collect(),
            care_lost,
            danger: 0.0,
            care_saved,
            horizon: 24.0,
            at_least: false,
            minutes: None,
            still_reachable: Vec::new(),
            actions: Vec::new(),
            pays: Vec::new(),
            sentence: String::new(),
            unproven: false,
        }
    }

    #[test]
    fn the_best_option_is_first_then_what_averts_most_then_the_map() {
        let options = [
            option(&[], 0.0, 0.0),
            option(&["a"], 1.0, 3.0),
            option(&["d", "c"], 2.0, 9.0),
            option(&["a", "e"], 9.0, 10.0),
            option(&["a", "c", "d", "f"], 20.0, 12.0),
        ];
        let order = |options: &[Containment]| {
            let worth = worth(options);
            let mut levers = ["a", "b", "c", "d", "e", "f", "g"];
            levers.sort_by(|a, b| rank(&worth, a, b));
            levers.concat()
        };
        // d and c are the best; a and f stand in what averts 12, e in what averts 10; no option pulls b and g.
        assert_eq!(order(&options), "dcafebg");
        assert_eq!(order(&[]), "abcdefg");
        // Where no cut is worth its price, doing nothing is best, and danger averted decides.
        assert_eq!(order(&[option(&[], 0.0, 0.0), option(&["b"], 5.0, 1.0)]), "bacdefg");
    }
}
