//! Findings that grow: detections are bound, put in order, correlated and joined as they come, and each assessment goes
//! on from the one before.
//!
//! Invariant: findings are those of [`crate::assess`] on the same detections, after any of them, in any order.

use detect::{Detected, Engine, Shed};
use hospital::Map;

use crate::findings::{Findings, surrounded, weights};
use crate::read::Reading;
use crate::triage::{Binding, People, Request};

/// Detections, and what follows from them so far. For one map, one engine, and one answer of people to what is false:
/// with others, all begins anew.
pub struct Growing {
    binding: Binding,
    weights: Option<Vec<u32>>,
    detections: detect::Growing,
}

impl Growing {
    /// Nothing found yet.
    #[must_use]
    pub fn new(map: Option<&Map>, engine: &Engine, people: &People<'_>) -> Growing {
        Growing {
            binding: Binding::new(map),
            weights: map.map(weights),
            detections: detect::Growing::new(engine, people.false_signals, people.asides),
        }
    }

    /// Takes a detection, in any order.
    pub fn take(&mut self, detected: Detected) {
        self.detections.push(self.binding.bind(detected));
    }

    /// How many it holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.detections.len()
    }

    /// Whether it holds none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.detections.is_empty()
    }

    /// The same, able to go back by about so many detections.
    #[must_use]
    pub fn reaching(self, detections: usize) -> Growing {
        Growing { detections: self.detections.reaching(detections), ..self }
    }

    /// Lets go of those that give no signal, but for the last ones: what comes later than these is told, and counted by no
    /// correlation.
    pub fn let_go(&mut self, request: &Request<'_>) {
        let Growing { binding, weights, detections } = self;
        surrounded(request, binding.binder(), weights.as_deref(), |around| {
            detections.let_go(request.engine, around, request.clock);
        });
    }

    /// What correlations could not count so far.
    #[must_use]
    pub fn shed(&self) -> Shed {
        self.detections.shed()
    }

    /// Says what they mean, with what was read.
    ///
    /// # Errors
    /// None of its own: those of signals that were put on the disk.
    pub fn assess<'e>(
        &'e mut self,
        reading: &Reading,
        request: Request<'e>,
    ) -> std::io::Result<Findings<'e>> {
        let Growing { binding, weights, detections } = self;
        let binder = binding.binder();
        let engine = request.engine;
        let (signals, chains) = surrounded(&request, binder, weights.as_deref(), |around| {
            detections.settle(engine, around, request.clock)
        });
        Findings::of(signals, chains, reading, binder, request)
    }
}
