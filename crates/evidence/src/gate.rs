//! The way from the feeder to the workers and back into order.
//!
//! Invariant: at most `window` pieces are between the feeder and the caller's sink at any time, and
//! results leave in the order in which their pieces entered.

use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, Sender, SyncSender};
use std::sync::{Mutex, PoisonError};

use crate::piece::Piece;

/// The reading ends early: interrupted, or nobody listens any more.
pub(crate) struct Stop;

/// The feeder's end.
pub(crate) struct Gate {
    pub(crate) places: SyncSender<()>,
    pub(crate) pieces: Sender<(u64, Piece)>,
    pub(crate) next: u64,
}

impl Gate {
    /// Sends a piece on its way; waits while the window is full.
    pub(crate) fn put(&mut self, piece: Piece) -> Result<(), Stop> {
        self.places.send(()).map_err(|_| Stop)?;
        self.pieces.send((self.next, piece)).map_err(|_| Stop)?;
        self.next += 1;
        Ok(())
    }
}

/// The workers' end, shared.
pub(crate) struct Queue(pub(crate) Mutex<Receiver<(u64, Piece)>>);

impl Queue {
    pub(crate) fn take(&self) -> Option<(u64, Piece)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).recv().ok()
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
