//! A bound on what one source may send.
//!
//! Invariant: a source that keeps under its rate is never held up, whatever others do.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use crate::event::Source;
use crate::spool::SOURCES;

/// Seconds of its rate that a source may send at once.
const BURST: f64 = 10.0;

pub(super) struct Rates {
    /// Events a second; 0 without a bound.
    rate: f64,
    /// What each source may still send, and when that was worked out.
    left: Mutex<HashMap<Arc<Source>, (f64, Instant)>>,
}

impl Rates {
    pub(super) fn new(rate: u64) -> Rates {
        Rates { rate: rate as f64, left: Mutex::default() }
    }

    /// Whether a source may send so many events now. More at once than a burst passes where a whole burst is left,
    /// and is paid back.
    pub(super) fn take(&self, source: &Arc<Source>, events: u64) -> bool {
        if self.rate <= 0.0 {
            return true;
        }
        let now = Instant::now();
        let most = self.rate * BURST;
        let mut all = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= SOURCES && !all.contains_key(source) {
            // Sources that were quiet for a burst's time have all of it anyway.
            all.retain(|_, (_, since)| now.duration_since(*since).as_secs_f64() < BURST);
            if all.len() >= SOURCES {
                return false;
            }
        }
        let (left, since) = all.entry(source.clone()).or_insert((most, now));
        *left = (*left + now.duration_since(*since).as_secs_f64() * self.rate).min(most);
        *since = now;
        let enough = *left >= (events as f64).min(most);
        if enough {
            *left -= events as f64;
        }
        enough
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_over_its_rate_waits_and_others_do_not() {
        let rates = Rates::new(10);
        let (one, other) = (Arc::new(Source::new("one", "none")), Arc::new(Source::new("other", "none")));
        assert!(rates.take(&one, 100));
        assert!(!rates.take(&one, 5));
        assert!(rates.take(&other, 5));
        assert!(rates.take(&other, 95));
        assert!(Rates::new(0).take(&one, u64::MAX));
    }

    #[test]
    fn one_request_larger_than_a_burst_passes_once() {
        let rates = Rates::new(10);
        let one = Arc::new(Source::new("one", "none"));
        assert!(rates.take(&one, 10_000));
        assert!(!rates.take(&one, 1));
    }
}
