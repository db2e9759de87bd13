//! From evidence to an assessment: read and judge, then bind, join, and what follows for care, containment,
//! obligations and restoration.
//!
//! Invariant: the outcome depends on the arguments alone, whatever the number of threads, and whether detections come
//! straight from the evidence or were kept.

use std::collections::{BTreeMap, HashMap};
use std::io;

use detect::{Aside, Detected, Engine, FalseSignal, SIGNALS_HELD_MAX, Signals, Spill, Stance};
use evidence::Input;
use govern::{Facts, Obligations};
use hospital::{Binder, Bound, LeverId, Map, NodeId};
use jiff::Timestamp;

use crate::assessment::{Assessment, Piece};
use crate::findings::{Findings, surrounded, weights};
use crate::read::{Reading, read};
use crate::signals::SignalList;
use crate::words::Words;

/// Host names whose assets are remembered at most.
const NAMES_MAX: usize = 10_000;

/// What an assessment is made with.
pub struct Request<'e> {
    /// The hospital, where its map is given.
    pub map: Option<&'e Map>,
    /// The rules, ready to judge.
    pub engine: &'e Engine,
    /// Rules that could not be loaded.
    pub refused: Vec<Piece>,
    /// Obligations, of every pack.
    pub obligations: &'e Obligations,
    /// The instant to speak of; without it, the latest event that can be trusted.
    pub now: Option<Timestamp>,
    /// The machine's time: events beyond it are not trusted.
    pub clock: Timestamp,
    /// When the hospital became aware.
    pub aware: Option<Timestamp>,
    /// Facts stated by people.
    pub facts: Facts,
    /// How far ahead price, danger and harm count, in seconds.
    pub horizon: u64,
    /// What people said and did.
    pub people: People<'e>,
}

/// What people said and did, as far as an assessment rests on it.
#[derive(Clone, Copy, Debug, Default)]
pub struct People<'e> {
    /// Signals that they found false: these stay in the list, and nothing rests on them.
    pub false_signals: &'e [FalseSignal],
    /// Signals that they set aside, those to come among them: the same.
    pub asides: &'e [Aside],
    /// What they see of assets; of several that name an asset the last one counts, before any evidence.
    pub sightings: &'e [Sighting],
    /// Levers that they pulled and did not undo, and when.
    pub cuts: &'e [(LeverId, Timestamp)],
    /// What they say of restoration steps.
    pub steps: &'e [recover::Mark],
    /// When notices were sent, by obligation, and when events that start a clock happened, by name.
    pub sent: Option<&'e BTreeMap<String, Timestamp>>,
}

/// What a person sees of an asset.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Sighting {
    /// Which.
    pub asset: NodeId,
    /// Its stance; `None`: nothing is wrong with it.
    pub stance: Option<Stance>,
    /// Since when.
    pub since: Timestamp,
    /// What they say of it.
    pub why: String,
}

/// Reads evidence and says what it means. `spill` gives a temporary file when signals outgrow memory.
///
/// # Errors
/// When a temporary file cannot be made, written or read back.
pub fn triage<'e>(
    inputs: Vec<Input>,
    options: &evidence::Options<'_>,
    request: Request<'e>,
    words: &Words,
    spill: impl FnMut() -> io::Result<Box<dyn Spill>>,
) -> io::Result<Assessment<SignalList<'e>>> {
    let mut gathered = Gathered::new(&request, spill);
    let (engine, clock) = (request.engine, request.clock);
    let mut failed = None;
    let reading = read(inputs, options, engine, clock, |detected| {
        if failed.is_none() {
            failed = gathered.take(detected).err();
        }
    });
    match failed {
        Some(error) => Err(error),
        None => Ok(gathered.findings(&reading, request)?.told(words)),
    }
}

/// Says what detections mean that were found before, in any order, with what was read then.
///
/// # Errors
/// Those of the detections' own reading; when a temporary file cannot be made, written or read back.
pub fn assess<'e>(
    detections: impl IntoIterator<Item = io::Result<Detected>>,
    reading: &Reading,
    request: Request<'e>,
    spill: impl FnMut() -> io::Result<Box<dyn Spill>>,
) -> io::Result<Findings<'e>> {
    let mut gathered = Gathered::new(&request, spill);
    for detected in detections {
        gathered.take(detected?)?;
    }
    gathered.findings(reading, request)
}

/// Detections bound to assets, on their way into order.
struct Gathered<'e, F> {
    binding: Binding,
    signals: Signals<'e, F>,
}

impl<'e, F: FnMut() -> io::Result<Box<dyn Spill>>> Gathered<'e, F> {
    fn new(request: &Request<'e>, spill: F) -> Gathered<'e, F> {
        let mut signals = Signals::new(request.engine, SIGNALS_HELD_MAX, spill);
        signals.dismiss(request.people.false_signals);
        signals.set_aside(request.people.asides);
        Gathered { binding: Binding::new(request.map), signals }
    }

    fn take(&mut self, detected: Detected) -> io::Result<()> {
        self.signals.push(self.binding.bind(detected))
    }

    fn findings(self, reading: &Reading, request: Request<'e>) -> io::Result<Findings<'e>> {
        let (signals, binder) = (self.signals.finish()?, self.binding.binder());
        let weights = request.map.map(weights);
        let chains = surrounded(&request, binder, weights.as_deref(), |around| {
            detect::chains(request.engine.settings(), around, || signals.iter())
        })?;
        Findings::of(signals, chains, reading, binder, request)
    }
}

/// What binds detections to the assets of a map.
pub(crate) struct Binding {
    binder: Option<Binder>,
    /// What names alone stand for.
    by_name: HashMap<String, Bound>,
}

impl Binding {
    pub(crate) fn new(map: Option<&Map>) -> Binding {
        Binding { binder: map.map(Binder::new), by_name: HashMap::new() }
    }

    pub(crate) fn binder(&self) -> Option<&Binder> {
        self.binder.as_ref()
    }

    pub(crate) fn bind(&mut self, mut detected: Detected) -> Detected {
        detected.signal.asset = self.asset(&detected);
        detected
    }

    /// The asset that an event speaks of, where exactly one answers: by the name of its host, else by its addresses.
    fn asset(&mut self, detected: &Detected) -> Option<NodeId> {
        let binder = self.binder.as_ref()?;
        let host = detected.signal.host.as_deref().filter(|_| detected.named)?;
        if !self.by_name.contains_key(host) {
            if self.by_name.len() == NAMES_MAX {
                self.by_name.clear();
            }
            self.by_name.insert(host.to_owned(), binder.bind(&[host], &[], &[]));
        }
        match self.by_name.get(host) {
            Some(Bound::Asset(node)) => Some(*node),
            _ => match binder.bind(&[host], &detected.addresses, &[]) {
                Bound::Asset(node) => Some(node),
                _ => None,
            },
        }
    }
}
