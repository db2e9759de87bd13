//! The way from the feeder to the workers and back into order.
//!
//! Invariant: pieces between the feeder and the caller's sink weigh at most `most` together, or are a single one;
//! results leave in the order in which their pieces entered.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use crate::piece::Piece;

/// The reading ends early: interrupted, or nobody listens any more.
pub(crate) struct Stop;

/// Where the feeder leaves pieces and the workers take them.
pub(crate) struct Gate {
    most: usize,
    state: Mutex<State>,
    came: Condvar,
    went: Condvar,
}

#[derive(Default)]
struct State {
    pieces: VecDeque<(u64, Piece)>,
    next: u64,
    /// Weight of the pieces whose results the sink does not have yet.
    held: usize,
    /// Workers that wait.
    idle: usize,
    /// The feeder waits.
    is_full: bool,
    has_ended: bool,
}

impl Gate {
    pub(crate) fn new(most: usize) -> Gate {
        Gate { most, state: Mutex::default(), came: Condvar::new(), went: Condvar::new() }
    }

    /// Sends a piece on its way; waits while there is no room.
    pub(crate) fn put(&self, piece: Piece) -> Result<(), Stop> {
        let weight = piece.weight();
        let mut state = self.state();
        while !state.has_ended && state.held > 0 && state.held + weight > self.most {
            state.is_full = true;
            state = self.went.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        if state.has_ended {
            return Err(Stop);
        }
        let number = state.next;
        state.pieces.push_back((number, piece));
        state.next += 1;
        state.held += weight;
        if state.idle > 0 {
            self.came.notify_one();
        }
        Ok(())
    }

    /// The next piece, with its number; none after the end.
    pub(crate) fn take(&self) -> Option<(u64, Piece)> {
        let mut state = self.state();
        loop {
            match state.pieces.pop_front() {
                None if !state.has_ended => {}
                piece => return piece,
            }
            state.idle += 1;
            state = self.came.wait(state).unwrap_or_else(PoisonError::into_inner);
            state.idle -= 1;
        }
    }

    /// The sink has the result of a piece of that weight. The feeder goes on once half of the room is free: it is
    /// woken seldom.
    pub(crate) fn give_back(&self, weight: usize) {
        let mut state = self.state();
        state.held -= weight;
        if state.is_full && state.held <= self.most / 2 {
            state.is_full = false;
            self.went.notify_one();
        }
    }

    /// Nothing more comes, or nobody listens any more.
    pub(crate) fn end(&self) {
        self.state().has_ended = true;
        self.came.notify_all();
        self.went.notify_all();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Puts results back into order.
pub(crate) struct Order<D> {
    waiting: BTreeMap<u64, D>,
    next: u64,
}

impl<D> Order<D> {
    pub(crate) fn new() -> Self {
        Order { waiting: BTreeMap::new(), next: 0 }
    }

    pub(crate) fn put(&mut self, number: u64, done: D) {
        self.waiting.insert(number, done);
    }

    /// The next result in order, where it has come.
    pub(crate) fn take(&mut self) -> Option<D> {
        let done = self.waiting.remove(&self.next)?;
        self.next += 1;
        Some(done)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::mpsc;
    use std::time::Duration;

    use super::*;
    use crate::piece::Load;

    #[test]
    fn the_feeder_waits_for_the_sink_and_goes_on_once_half_of_the_room_is_free() {
        let end = || Piece { path: Arc::from("log"), load: Load::End };
        let weight = end().weight();
        let gate = Gate::new(4 * weight);
        let (told, fed) = mpsc::channel();
        let came = || fed.recv_timeout(Duration::from_secs(10));
        let waits = || fed.recv_timeout(Duration::from_millis(100)).is_err();
        std::thread::scope(|scope| {
            scope.spawn(|| {
                while gate.put(end()).map_err(|Stop| told.send(false).unwrap()).is_ok() {
                    told.send(true).unwrap();
                }
            });
            for _ in 0..4 {
                assert_eq!(came(), Ok(true));
            }
            gate.give_back(weight);
            assert!(waits(), "three of four are under way");
            gate.give_back(weight);
            assert_eq!((came(), came()), (Ok(true), Ok(true)));
            assert!(waits(), "four of four are under way");
            gate.end();
            assert_eq!(came(), Ok(false), "nobody listens any more");
        });
        let taken: Vec<u64> = std::iter::from_fn(|| gate.take()).map(|(number, _)| number).collect();
        assert_eq!(taken, [0, 1, 2, 3, 4, 5], "what was fed before is taken after the end");
    }
}
