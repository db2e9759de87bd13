//! From evidence to an assessment: read, judge, bind, join, then what follows for care, containment,
//! obligations and restoration.
//!
//! Invariant: the outcome depends on the arguments alone, whatever the number of threads.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::net::IpAddr;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{PoisonError, RwLock};

use detect::{Engine, Ordered, SIGNALS_HELD_MAX, Signals, Spill, Stance, Surroundings};
use evidence::{Event, Input};
use govern::{Facts, Obligations};
use hospital::{Binder, Bound, Closures, Effect, Impact, Kind, Loss, Map, NodeId, Wiring};
use jiff::{SignedDuration, Timestamp};

use crate::assessment::{Ambiguous, Assessment, Evidence, Piece, RuleCount};
use crate::chains;
use crate::containment::containment;
use crate::obligations::{Telling, Touched, obligations};
use crate::restoration::restoration;
use crate::signals::SignalList;
use crate::stances::{Stances, stances};
use crate::words::Words;

/// Earliest instant that can be trusted: the year 2000.
const TRUSTED_FROM: i64 = 946_684_800;
/// Hosts listed as unknown or ambiguous at most; a flood of invented names ends here.
const HOSTS_MAX: usize = 10_000;
/// Events are trusted up to this many seconds past the machine's time.
const TRUSTED_AHEAD: i64 = 86_400;

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
    /// Words.
    pub words: &'e Words,
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
}

/// Reads evidence and says what it means. `spill` gives a temporary file when signals outgrow memory.
///
/// # Errors
/// When a temporary file cannot be made, written or read back.
pub fn triage<'e>(
    inputs: Vec<Input>,
    options: &evidence::Options<'_>,
    request: Request<'e>,
    spill: impl FnMut() -> io::Result<Box<dyn Spill>>,
) -> io::Result<Assessment<SignalList<'e>>> {
    let binder = request.map.map(Binder::new);
    let hosts = Hosts { binder: binder.as_ref(), known: RwLock::default() };
    let span = Span::new(request.clock);
    let mut signals = Signals::new(request.engine, SIGNALS_HELD_MAX, spill);
    let mut failed = None;
    let report = evidence::read(
        inputs,
        options,
        |event, kept| {
            span.see(event);
            let asset = hosts.asset(event);
            let first = kept.len();
            request.engine.judge(event, kept);
            for detected in &mut kept[first..] {
                detected.signal.asset = asset;
            }
        },
        |detected| {
            if failed.is_none() {
                failed = signals.push(detected).err();
            }
        },
    );
    if let Some(error) = failed {
        return Err(error);
    }
    let ordered = signals.finish()?;
    let now = request.now.or(span.last()).unwrap_or(request.clock);
    let evidence = hosts.into_evidence(report, &span, request.map);
    let found = find_chains(&ordered, &request, binder.as_ref(), &span)?;
    assess(ordered, &found, evidence, now, &span, request)
}

fn assess<'e>(
    ordered: Ordered<'e>,
    found: &[detect::Chain],
    (evidence, partial): (Evidence, bool),
    now: Timestamp,
    span: &Span,
    request: Request<'e>,
) -> io::Result<Assessment<SignalList<'e>>> {
    let (map, words) = (request.map, &request.words.at(now));
    let stances = stances(found, now);
    let (rows, techniques) = chains::rows(found, &ordered, map, words)?;
    let detected = detected(found, &ordered)?;
    let mut assessment = Assessment {
        version: 1,
        now,
        partial,
        evidence,
        rules: RuleCount { loaded: request.engine.facts().count() as u64, refused: request.refused.clone() },
        signals: ordered.len(),
        chains: rows,
        care: Vec::new(),
        containment: Vec::new(),
        obligations: Vec::new(),
        restoration: None,
        missing: Vec::new(),
    };
    let mut touched = Touched::default();
    if let Some(map) = map {
        touched = care_and_cuts(&mut assessment, map, &stances, request.horizon, words);
    } else {
        assessment.missing.push(words.say("missing-map"));
    }
    let telling = Telling {
        obligations: request.obligations,
        stated: request.facts.clone(),
        aware: request.aware,
        detected,
        techniques: &techniques,
        map,
        touched: &touched,
    };
    assessment.obligations = obligations(&assessment, &stances, &telling, words);
    let distrusted = span.distrusted();
    if distrusted > 0 {
        assessment.missing.push(words.say_with("missing-times", &[("count", distrusted.into())]));
    }
    Ok(assessment.with(SignalList::new(ordered, map)))
}

/// Care, containment and restoration: what needs a map. Gives back the applications touched.
fn care_and_cuts(
    assessment: &mut Assessment,
    map: &Map,
    stances: &Stances,
    horizon: u64,
    words: &Words,
) -> Touched {
    let now = assessment.now;
    let closures = Closures::of(map, now);
    let wiring = Wiring::new(map);
    let losing = wiring.impact(&stances.lost, &closures, None);
    let mut all = stances.lost.clone();
    all.extend(stances.compromised.iter().map(|node| Loss { node: *node, at: now, how: Effect::Stops }));
    let risk = wiring.impact(&all, &closures, None);
    assessment.care = crate::care::care(map, &losing, Some(&risk));
    if all.is_empty() {
        return Touched::default();
    }
    assessment.containment = containment(map, stances, now, horizon, words);
    let crossings = hospital::crossing_needs(map).len();
    if crossings > 0 && assessment.containment.iter().any(|option| option.at_least) {
        assessment.missing.push(words.say_with("missing-crossings", &[("count", crossings.into())]));
    }
    let ahead = i64::try_from(horizon).unwrap_or(i64::MAX);
    let end = now.checked_add(SignedDuration::from_secs(ahead)).unwrap_or(Timestamp::MAX);
    let plan = recover::plan(&recover::Question {
        map,
        now,
        end,
        losses: &stances.lost,
        compromise: stances.first,
        running: &stances.compromised,
        evaluations: recover::EVALUATIONS,
        seed: 1,
    });
    let back = restoration(map, &plan, now, end, words);
    let unknown = back.nodes.iter().filter(|node| node.back_at.is_none()).count();
    if unknown > 0 {
        assessment.missing.push(words.say_with("missing-returns", &[("count", unknown.into())]));
    }
    assessment.restoration = Some(back);
    touched(map, &risk)
}

/// Applications that hold data of persons and that fail.
fn touched(map: &Map, risk: &Impact) -> Touched {
    let mut touched = Touched::default();
    for node in risk.failed() {
        if let Kind::Application(application) = &map.node(node).kind
            && let Some(persons) = application.persons.filter(|persons| *persons > 0)
        {
            touched.names.push(map.node(node).name.clone());
            touched.persons_max = touched.persons_max.max(persons);
        }
    }
    touched
}

fn find_chains(
    ordered: &Ordered<'_>,
    request: &Request<'_>,
    binder: Option<&Binder>,
    span: &Span,
) -> io::Result<Vec<detect::Chain>> {
    let weights = request.map.map(weights);
    let one = |bound| match bound {
        Bound::Asset(node) => Some(node),
        _ => None,
    };
    let host = |name: &str| one(binder?.bind(&[name], &[], &[]));
    let address = |ip: IpAddr| one(binder?.bind::<&str>(&[], &[ip], &[]));
    let weight = |node: NodeId| weights.as_ref().map_or(0, |weights| weights[node.index()]);
    let trusted = |time: Timestamp| span.trusts(time);
    let around = Surroundings { host: &host, address: &address, weight: &weight, trusted: &trusted };
    detect::chains(request.engine.settings(), &around, || ordered.iter())
}

/// For each node, the weight of the care that fails when it alone is lost.
fn weights(map: &Map) -> Vec<u32> {
    let wiring = Wiring::new(map);
    let mut impact = Impact::new(&wiring);
    let care: BTreeMap<NodeId, u32> = map.care().map(|(node, _, care)| (node, care.weight)).collect();
    let (closures, at) = (Closures::default(), Timestamp::UNIX_EPOCH);
    map.all()
        .map(|(node, _)| {
            impact.work_out(&wiring, &[Loss { node, at, how: Effect::Stops }], &closures, None);
            impact
                .failed()
                .iter()
                .filter_map(|failed| care.get(failed))
                .fold(0_u32, |sum, weight| sum.saturating_add(*weight))
        })
        .collect()
}

/// The earliest signal of a chain that compromises or loses something, and its title.
fn detected(chains: &[detect::Chain], ordered: &Ordered<'_>) -> io::Result<Option<(Timestamp, String)>> {
    let serious = |chain: &&detect::Chain| chain.assets.iter().any(|asset| asset.stance > Stance::Suspected);
    let places: BTreeSet<u64> =
        chains.iter().filter(serious).flat_map(|chain| chain.signals.iter().copied()).collect();
    let Some(last) = places.last() else { return Ok(None) };
    for (place, signal) in (0..=*last).zip(ordered.iter()) {
        let signal = signal?;
        if let Some(time) = signal.time.filter(|_| places.contains(&place)) {
            return Ok(Some((time, signal.title.to_string())));
        }
    }
    Ok(None)
}

/// The instants of the evidence that can be trusted, gathered from every thread, in microseconds.
struct Span {
    first: AtomicI64,
    last: AtomicI64,
    last_allowed: Timestamp,
    distrusted: AtomicU64,
}

impl Span {
    fn new(clock: Timestamp) -> Span {
        let last_allowed =
            clock.checked_add(SignedDuration::from_secs(TRUSTED_AHEAD)).unwrap_or(Timestamp::MAX);
        Span {
            first: AtomicI64::new(i64::MAX),
            last: AtomicI64::new(i64::MIN),
            last_allowed,
            distrusted: AtomicU64::new(0),
        }
    }

    fn trusts(&self, time: Timestamp) -> bool {
        time.as_second() >= TRUSTED_FROM && time <= self.last_allowed
    }

    fn see(&self, event: &Event) {
        match event.time {
            Some(time) if self.trusts(time) => {
                self.first.fetch_min(time.as_microsecond(), Ordering::Relaxed);
                self.last.fetch_max(time.as_microsecond(), Ordering::Relaxed);
            }
            Some(_) => {
                self.distrusted.fetch_add(1, Ordering::Relaxed);
            }
            None => {}
        }
    }

    fn first(&self) -> Option<Timestamp> {
        seen(&self.first, i64::MAX)
    }

    fn last(&self) -> Option<Timestamp> {
        seen(&self.last, i64::MIN)
    }

    fn distrusted(&self) -> u64 {
        self.distrusted.load(Ordering::Relaxed)
    }
}

/// The instant kept in `bound`, unless it still is what it began as.
fn seen(bound: &AtomicI64, unset: i64) -> Option<Timestamp> {
    let microsecond = Some(bound.load(Ordering::Relaxed)).filter(|it| *it != unset)?;
    Timestamp::from_microsecond(microsecond).ok()
}

/// The hosts that speak in the evidence, each with the assets that answer to its name; asked from every
/// thread, so what is kept of a host must not depend on which of its events came first.
struct Hosts<'b> {
    binder: Option<&'b Binder>,
    known: RwLock<BTreeMap<String, Known>>,
}

#[derive(Clone)]
struct Known {
    by_name: Bound,
    /// Whether an address of its events told the asset that its name does not.
    by_address: bool,
}

impl Hosts<'_> {
    /// The asset that an event speaks of, where exactly one answers.
    fn asset(&self, event: &Event) -> Option<NodeId> {
        let host = event.host.as_deref().filter(|host| !host.is_empty())?;
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner).get(host).cloned();
        let mut known = known
            .unwrap_or_else(|| self.keep(host, Known { by_name: self.bind(host, &[]), by_address: false }));
        if let Bound::Asset(node) = known.by_name {
            return Some(node);
        }
        match self.bind(host, &event.addresses) {
            Bound::Asset(node) if !event.addresses.is_empty() => {
                if !known.by_address {
                    known.by_address = true;
                    self.keep(host, known);
                }
                Some(node)
            }
            _ => None,
        }
    }

    fn bind(&self, host: &str, addresses: &[IpAddr]) -> Bound {
        self.binder.map_or(Bound::Unknown, |binder| binder.bind(&[host], addresses, &[]))
    }

    fn keep(&self, host: &str, known: Known) -> Known {
        let mut all = self.known.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(earlier) = all.get_mut(host) {
            earlier.by_address |= known.by_address;
        } else if all.len() < HOSTS_MAX {
            all.insert(host.to_owned(), known.clone());
        }
        known
    }

    fn into_evidence(self, report: evidence::Report, span: &Span, map: Option<&Map>) -> (Evidence, bool) {
        let piece = |path: String, reason: String| Piece { path, reason };
        let named =
            |nodes: &[NodeId]| nodes.iter().filter_map(|node| Some(map?.id(*node).to_owned())).collect();
        let (mut unknown_hosts, mut ambiguous_hosts) = (Vec::new(), Vec::new());
        for (host, known) in self.known.into_inner().unwrap_or_else(PoisonError::into_inner) {
            match known.by_name {
                _ if known.by_address => {}
                Bound::Asset(_) => {}
                Bound::Ambiguous(nodes) => {
                    ambiguous_hosts.push(Ambiguous { host, candidates: named(&nodes) });
                }
                Bound::Unknown => unknown_hosts.push(host),
            }
        }
        let evidence = Evidence {
            files: report.files,
            bytes: report.bytes,
            events: report.events,
            first: span.first(),
            last: span.last(),
            unreadable: report.unreadable.into_iter().map(|it| piece(it.path, it.reason)).collect(),
            skipped: report.skipped.into_iter().map(|it| piece(it.path, it.reason.to_string())).collect(),
            assumed: report
                .remarks
                .into_iter()
                .map(|it| piece(it.path, format!("{}: {}", it.assumed, it.count)))
                .collect(),
            unknown_hosts,
            ambiguous_hosts,
        };
        (evidence, report.partial)
    }
}
