//! What differs between two texts, line by line.
//!
//! Invariant: applying it to the first gives the second; where the texts are too different to compare within bounds,
//! the differing middle is told as taken out and put in whole.

/// Pairs of lines compared at most.
const PAIRS_MAX: usize = 4_000_000;
/// Lines shown around a change.
const AROUND: usize = 2;

/// A line of a difference, with its number from 1: in the first text where it was taken out, else in the second.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Line<'t> {
    /// In both.
    Same(usize, &'t str),
    /// Only in the first.
    Out(usize, &'t str),
    /// Only in the second.
    In(usize, &'t str),
    /// Lines in both, left out.
    Gap(usize),
}

/// The difference, with a few lines around each change; nothing where the texts are alike.
pub(super) fn diff<'t>(before: &'t str, after: &'t str) -> Vec<Line<'t>> {
    let (a, b): (Vec<&str>, Vec<&str>) = (before.lines().collect(), after.lines().collect());
    if a == b {
        return Vec::new();
    }
    let head = a.iter().zip(&b).take_while(|(a, b)| a == b).count();
    let tail = a[head..].iter().rev().zip(b[head..].iter().rev()).take_while(|(a, b)| a == b).count();
    let mut lines: Vec<Line<'t>> = (0..head).map(|at| Line::Same(at + 1, b[at])).collect();
    middle(&a[head..a.len() - tail], &b[head..b.len() - tail], head, &mut lines);
    lines.extend((b.len() - tail..b.len()).map(|at| Line::Same(at + 1, b[at])));
    folded(&lines)
}

/// The longest common subsequence of what lies between the common ends.
fn middle<'t>(a: &[&'t str], b: &[&'t str], head: usize, lines: &mut Vec<Line<'t>>) {
    let (n, m) = (a.len(), b.len());
    let out = |at: usize| Line::Out(head + at + 1, a[at]);
    let put = |at: usize| Line::In(head + at + 1, b[at]);
    if n.saturating_mul(m) > PAIRS_MAX {
        lines.extend((0..n).map(out));
        lines.extend((0..m).map(put));
        return;
    }
    let mut common = vec![0_u32; (n + 1) * (m + 1)];
    let at = |i: usize, j: usize| i * (m + 1) + j;
    for i in (0..n).rev() {
        for j in (0..m).rev() {
            common[at(i, j)] = if a[i] == b[j] {
                common[at(i + 1, j + 1)] + 1
            } else {
                common[at(i + 1, j)].max(common[at(i, j + 1)])
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    while i < n || j < m {
        if i < n && j < m && a[i] == b[j] {
            lines.push(Line::Same(head + j + 1, b[j]));
            (i, j) = (i + 1, j + 1);
        } else if j == m || i < n && common[at(i + 1, j)] >= common[at(i, j + 1)] {
            lines.push(out(i));
            i += 1;
        } else {
            lines.push(put(j));
            j += 1;
        }
    }
}

/// Leaves out what lies far from every change.
fn folded<'t>(lines: &[Line<'t>]) -> Vec<Line<'t>> {
    let mut near = vec![false; lines.len()];
    for (place, _) in lines.iter().enumerate().filter(|(_, line)| !matches!(line, Line::Same(..))) {
        let from = place.saturating_sub(AROUND);
        near[from..lines.len().min(place + AROUND + 1)].fill(true);
    }
    let mut out = Vec::new();
    for (line, near) in lines.iter().zip(near) {
        match out.last_mut() {
            _ if near => out.push(*line),
            Some(Line::Gap(count)) => *count += 1,
            _ => out.push(Line::Gap(1)),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The second text, from the first and the difference without folding.
    fn whole<'t>(a: &'t str, b: &'t str) -> Vec<Line<'t>> {
        let (a, b): (Vec<&str>, Vec<&str>) = (a.lines().collect(), b.lines().collect());
        let mut lines = Vec::new();
        middle(&a, &b, 0, &mut lines);
        lines
    }

    #[test]
    fn a_difference_makes_one_text_of_the_other() {
        let texts = ["", "a", "a\nb\nc", "c\nb\na", "a\nx\nc\nd", "b\nb\na\nc\nc\nd", "x\ny"];
        for a in texts {
            for b in texts {
                let lines = whole(a, b);
                let of = |wanted: fn(&Line<'_>) -> bool| {
                    let text = lines.iter().filter(|line| wanted(line)).map(|line| match line {
                        Line::Same(_, text) | Line::Out(_, text) | Line::In(_, text) => *text,
                        Line::Gap(_) => panic!("folded"),
                    });
                    text.collect::<Vec<_>>()
                };
                assert_eq!(of(|line| !matches!(line, Line::In(..))), a.lines().collect::<Vec<_>>());
                assert_eq!(of(|line| !matches!(line, Line::Out(..))), b.lines().collect::<Vec<_>>());
                assert_eq!(diff(a, b).is_empty(), a == b, "{a:?} {b:?}");
            }
        }
    }

    #[test]
    fn far_lines_are_counted() {
        let before: Vec<String> = (1..=20).map(|n| n.to_string()).collect();
        let mut after = before.clone();
        after[9] = "ten".to_owned();
        let (before, after) = (before.join("\n"), after.join("\n"));
        assert_eq!(
            diff(&before, &after),
            [
                Line::Gap(7),
                Line::Same(8, "8"),
                Line::Same(9, "9"),
                Line::Out(10, "10"),
                Line::In(10, "ten"),
                Line::Same(11, "11"),
                Line::Same(12, "12"),
                Line::Gap(8),
            ]
        );
    }
}
