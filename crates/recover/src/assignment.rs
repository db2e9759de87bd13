//! The cheapest assignment of rows to columns, by shortest augmenting paths.
//!
//! Invariant: prices of rows and columns never sum to more than a cost, and to exactly the cost where a
//! row holds a column, so what is found is the cheapest.

/// The least sum of costs when each row takes another column. `costs` is square.
pub(crate) fn cheapest(costs: &[Vec<i64>]) -> i64 {
    let mut board = Board::new(costs);
    (0..costs.len()).for_each(|row| board.seat(row));
    board.holder.iter().zip(0..).filter_map(|(row, column)| row.map(|row| costs[row][column])).sum()
}

struct Board<'a> {
    costs: &'a [Vec<i64>],
    row_price: Vec<i64>,
    column_price: Vec<i64>,
    /// Which row holds a column.
    holder: Vec<Option<usize>>,
}

impl<'a> Board<'a> {
    fn new(costs: &'a [Vec<i64>]) -> Self {
        let size = costs.len();
        Self { costs, row_price: vec![0; size], column_price: vec![0; size], holder: vec![None; size] }
    }

    /// Gives one more row a column, moving others aside along the shortest path.
    fn seat(&mut self, row: usize) {
        let size = self.costs.len();
        let mut distance = vec![i64::MAX; size];
        let mut came_from: Vec<Option<usize>> = vec![None; size];
        let mut reached = vec![false; size];
        let (mut row, mut last, mut rows) = (row, None, vec![row]);
        let mut path: Vec<usize> = Vec::new();
        let free = loop {
            let mut nearest: Option<usize> = None;
            for column in (0..size).filter(|&column| !reached[column]) {
                let slack = self.costs[row][column] - self.row_price[row] - self.column_price[column];
                if slack < distance[column] {
                    distance[column] = slack;
                    came_from[column] = last;
                }
                if nearest.is_none_or(|best| distance[column] < distance[best]) {
                    nearest = Some(column);
                }
            }
            let Some(column) = nearest else { return };
            let step = distance[column];
            rows.iter().for_each(|&row| self.row_price[row] += step);
            path.iter().for_each(|&column| self.column_price[column] -= step);
            (0..size).filter(|&column| !reached[column]).for_each(|column| distance[column] -= step);
            reached[column] = true;
            match self.holder[column] {
                None => break column,
                Some(next) => {
                    path.push(column);
                    rows.push(next);
                    (row, last) = (next, Some(column));
                }
            }
        };
        let mut column = free;
        while let Some(before) = came_from[column] {
            self.holder[column] = self.holder[before];
            column = before;
        }
        self.holder[column] = Some(rows[0]);
    }
}

#[cfg(test)]
mod tests {
    use super::cheapest;

    #[test]
    fn the_cheapest_of_all_permutations() {
        let mut word = 1_u64;
        for size in 0..6 {
            for _ in 0..30 {
                let mut cost = || {
                    word =
                        word.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                    (word >> 58) as i64
                };
                let costs: Vec<Vec<i64>> = (0..size).map(|_| (0..size).map(|_| cost()).collect()).collect();
                assert_eq!(cheapest(&costs), by_hand(&costs, 0, &mut vec![false; size]), "{costs:?}");
            }
        }
    }

    fn by_hand(costs: &[Vec<i64>], row: usize, taken: &mut Vec<bool>) -> i64 {
        if row == costs.len() {
            return 0;
        }
        let mut best = i64::MAX;
        for column in 0..costs.len() {
            if !taken[column] {
                taken[column] = true;
                best = best.min(costs[row][column] + by_hand(costs, row + 1, taken));
                taken[column] = false;
            }
        }
        best
    }
}
