//! Cycles of a graph whose nodes are numbers.
//!
//! Invariant: each node is in one cycle at most; no recursion, so that depth has no limit.

/// The groups of nodes that reach each other, two or more together or one that reaches itself, each in
/// order, the groups in the order of their first node.
pub(crate) fn cycles_of<I: Iterator<Item = usize>>(
    count: usize,
    next: impl Fn(usize) -> I,
) -> Vec<Vec<usize>> {
    const UNSEEN: usize = usize::MAX;
    let (mut order, mut low) = (vec![UNSEEN; count], vec![0; count]);
    let (mut held, mut on_stack) = (Vec::new(), vec![false; count]);
    let (mut clock, mut groups) = (0, Vec::new());
    for root in 0..count {
        if order[root] != UNSEEN {
            continue;
        }
        let mut path = vec![(root, None::<I>)];
        while let Some((node, ways)) = path.last_mut() {
            let node = *node;
            let ways = ways.get_or_insert_with(|| {
                (order[node], low[node]) = (clock, clock);
                clock += 1;
                held.push(node);
                on_stack[node] = true;
                next(node)
            });
            match ways.next() {
                Some(other) if order[other] == UNSEEN => path.push((other, None)),
                Some(other) if on_stack[other] => low[node] = low[node].min(order[other]),
                Some(_) => {}
                None => {
                    path.pop();
                    if let Some((above, _)) = path.last() {
                        low[*above] = low[*above].min(low[node]);
                    }
                    if low[node] == order[node] {
                        groups.extend(close(node, &mut held, &mut on_stack, &next));
                    }
                }
            }
        }
    }
    groups.sort();
    groups
}

/// Takes the group of `node` off the stack; given back where it is a cycle.
fn close<I: Iterator<Item = usize>>(
    node: usize,
    held: &mut Vec<usize>,
    on_stack: &mut [bool],
    next: &impl Fn(usize) -> I,
) -> Option<Vec<usize>> {
    let start = held.iter().rposition(|&it| it == node)?;
    let mut group = held.split_off(start);
    for &member in &group {
        on_stack[member] = false;
    }
    group.sort_unstable();
    (group.len() > 1 || next(node).any(|it| it == node)).then_some(group)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cycles() {
        let cases = [
            ("", ""),
            ("1 / 2 /", ""),
            ("0 / 0", "0"),
            ("1 / 2 / 0 3 / 4 / 3", "0 1 2 / 3 4"),
            ("1 2 / 3 / 3 / 1", "1 3"),
        ];
        for (graph, expected) in cases {
            let graph = numbers(graph);
            let found = cycles_of(graph.len(), |it| graph[it].iter().copied());
            assert_eq!(found, numbers(expected).into_iter().filter(|it| !it.is_empty()).collect::<Vec<_>>());
        }
        let long = cycles_of(200_000, |it| std::iter::once((it + 1) % 200_000));
        assert_eq!(long[0].len(), 200_000);
    }

    fn numbers(text: &str) -> Vec<Vec<usize>> {
        text.split('/').map(|it| it.split_whitespace().map(|it| it.parse().unwrap()).collect()).collect()
    }
}
