//! What was found, before anybody says it in a language: chains, stances, care, options, plan.
//!
//! Invariant: every figure is worked out once, here; [`Findings::tell`] only finds words for it, as often and in as
//! many languages as asked.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::net::IpAddr;
use std::sync::Arc;

use detect::{Ordered, Stance, Surroundings, short_host};
use hospital::{Binder, Bound, Closures, Cut, Effect, Impact, Kind, Loss, Map, NodeId, Situation, Wiring};
use jiff::{SignedDuration, Timestamp};

use crate::assessment::{Assessment, Care, ChainAsset, Evidence, RuleCount};
use crate::chains;
use crate::containment::{Cutting, cutting};
use crate::obligations::{Telling, Touched, obligations};
use crate::read::{Reading, trusts};
use crate::restoration::restoration;
use crate::signals::{SignalList, rule_title};
use crate::stances::{Stances, stances};
use crate::triage::{People, Request, Sighting};
use crate::words::Words;

/// What was found in some evidence, at an instant.
pub struct Findings<'e> {
    request: Request<'e>,
    now: Timestamp,
    partial: bool,
    distrusted: u64,
    evidence: Evidence,
    signals: SignalList<'e>,
    /// Signals that nobody found false.
    standing: u64,
    /// Groups that correlations let go before their time.
    forgotten: u64,
    chains: Vec<detect::Chain>,
    seen: Seen,
    stances: Stances,
    care: Vec<Care>,
    /// Whether care failed or will, what was brought back since included; `None` where no map tells.
    disrupted: Option<bool>,
    /// What to cut and how to come back, where a machine of the map is compromised or lost.
    answer: Option<Answer>,
}

/// What the signals of chains say, found in one pass.
#[derive(Default)]
pub(crate) struct Seen {
    /// Titles of the signals that explain stances, by place.
    pub(crate) titles: BTreeMap<u64, Called>,
    /// ATT&CK techniques, sorted.
    pub(crate) techniques: Vec<String>,
    /// The earliest signal of a chain that compromises or loses something, and its title.
    pub(crate) detected: Option<(Timestamp, Called)>,
    /// What signals speak of that anybody could have sent.
    unproven: BTreeSet<(Option<NodeId>, String)>,
}

impl Seen {
    /// Whether part of what is said of an asset came from senders that prove nothing.
    pub(crate) fn is_unproven(&self, asset: &detect::ChainAsset) -> bool {
        self.unproven.contains(&subject(asset.asset, Some(&asset.host)))
    }
}

/// The asset that is spoken of, else the host.
fn subject(asset: Option<NodeId>, host: Option<&str>) -> (Option<NodeId>, String) {
    (asset, if asset.is_some() { String::new() } else { host.map(short_host).unwrap_or_default() })
}

/// What a signal is called.
pub(crate) struct Called {
    rule: Arc<str>,
    /// In English.
    title: Arc<str>,
}

struct Answer {
    cutting: Cutting,
    plan: recover::Plan,
    /// To when harm counts.
    end: Timestamp,
    touched: Touched,
}

impl<'e> Findings<'e> {
    /// From signals in order, and the chains among them.
    ///
    /// # Errors
    /// When the signals cannot be read back.
    pub(crate) fn of(
        signals: Ordered<'e>,
        chains: Vec<detect::Chain>,
        reading: &Reading,
        binder: Option<&Binder>,
        request: Request<'e>,
    ) -> io::Result<Findings<'e>> {
        let map = request.map;
        let now = request.now.or(reading.last).unwrap_or(request.clock);
        let seen = see(&chains, &signals)?;
        let stances = stances(&chains, request.people.sightings, now);
        let (mut care, mut disrupted, mut answer) = (Vec::new(), None, None);
        if let Some(map) = map {
            let followed = follow(map, &stances, now, request.horizon, &request.people);
            (care, disrupted, answer) = (followed.0, Some(followed.1), followed.2);
        }
        Ok(Findings {
            now,
            partial: reading.partial,
            distrusted: reading.distrusted,
            evidence: reading.evidence(map, binder),
            standing: signals.standing(),
            forgotten: signals.forgotten(),
            signals: SignalList::new(signals, map, request.engine),
            chains,
            seen,
            stances,
            care,
            disrupted,
            answer,
            request,
        })
    }

    /// The assessment in these words, with how many signals it rests on.
    #[must_use]
    pub fn tell(&self, words: &Words) -> Assessment {
        let (map, words) = (self.request.map, &words.at(self.now));
        let titles = |place| self.seen.titles.get(&place).map(|it| self.title(it, words));
        let mut assessment = Assessment {
            version: 1,
            now: self.now,
            partial: self.partial,
            evidence: self.evidence.clone(),
            rules: RuleCount {
                loaded: self.request.engine.facts().count() as u64,
                refused: self.request.refused.clone(),
            },
            signals: self.signals.len(),
            chains: chains::rows(&self.chains, &self.seen, &titles, map, words),
            seen: Vec::new(),
            sound: Vec::new(),
            care: self.care.clone(),
            containment: Vec::new(),
            obligations: Vec::new(),
            restoration: None,
            missing: Vec::new(),
        };
        if let Some(map) = map {
            self.sighted(&mut assessment, map);
        }
        match (map, &self.answer) {
            (None, _) => assessment.missing.push(words.say("missing-map")),
            (Some(map), Some(answer)) => self.answer(&mut assessment, map, answer, words),
            (Some(_), None) => {}
        }
        let nothing = Touched::default();
        let telling = Telling {
            obligations: self.request.obligations,
            stated: self.request.facts.clone(),
            aware: self.request.aware,
            nothing_read: self.evidence.events == 0,
            sent: self.request.people.sent,
            standing: self.standing,
            disrupted: self.disrupted,
            techniques: &self.seen.techniques,
            detected: self.seen.detected.as_ref().map(|(at, called)| (*at, self.title(called, words))),
            map,
            touched: self.answer.as_ref().map_or(&nothing, |answer| &answer.touched),
        };
        assessment.obligations = obligations(&assessment, &self.stances, &telling, words);
        for (key, count) in [("missing-times", self.distrusted), ("missing-groups", self.forgotten)] {
            if count > 0 {
                assessment.missing.push(words.say_with(key, &[("count", count.into())]));
            }
        }
        assessment
    }

    /// The assessment in these words, with its signals: the published JSON.
    #[must_use]
    pub fn told(self, words: &Words) -> Assessment<SignalList<'e>> {
        self.tell(words).with(self.signals.in_lang(words.lang()))
    }

    /// A signal's title in these words.
    fn title(&self, called: &Called, words: &Words) -> String {
        rule_title(self.request.engine, words.lang(), &called.rule, &called.title).to_owned()
    }

    /// Its signals, those found false among them.
    #[must_use]
    pub fn signals(&self) -> &SignalList<'e> {
        &self.signals
    }

    /// What people saw, asset by asset: the last word on each.
    fn sighted(&self, assessment: &mut Assessment, map: &Map) {
        let last: BTreeMap<NodeId, &Sighting> =
            self.request.people.sightings.iter().map(|it| (it.asset, it)).collect();
        for (node, it) in last {
            let id = map.id(node).to_owned();
            match it.stance {
                None => assessment.sound.push(id),
                Some(stance) => assessment.seen.push(ChainAsset {
                    host: id.clone(),
                    id: Some(id),
                    stance,
                    since: Some(it.since),
                    why: it.why.clone(),
                    unproven: false,
                }),
            }
        }
    }

    fn answer(&self, assessment: &mut Assessment, map: &Map, answer: &Answer, words: &Words) {
        assessment.containment = answer.cutting.rows(map, &self.stances, words);
        let mut answered =
            self.chains.iter().flat_map(|it| &it.assets).filter(|it| it.stance > Stance::Suspected);
        if answered.any(|it| self.seen.is_unproven(it)) {
            for option in &mut assessment.containment {
                option.unproven = !option.levers.is_empty();
            }
        }
        let crossings = hospital::crossing_needs(map).len();
        if crossings > 0 && assessment.containment.iter().any(|option| option.at_least) {
            assessment.missing.push(words.say_with("missing-crossings", &[("count", crossings.into())]));
        }
        let back = restoration(map, &answer.plan, self.now, answer.end, words);
        let unknown = back.nodes.iter().filter(|node| node.back_at.is_none()).count();
        if unknown > 0 {
            assessment.missing.push(words.say_with("missing-returns", &[("count", unknown.into())]));
        }
        assessment.restoration = Some(back);
    }
}

/// Care, whether it failed or will, containment and restoration: what needs a map.
fn follow(
    map: &Map,
    stances: &Stances,
    now: Timestamp,
    horizon: u64,
    people: &People<'_>,
) -> (Vec<Care>, bool, Option<Answer>) {
    let made: Vec<(Timestamp, Cut)> =
        people.cuts.iter().map(|(lever, at)| (*at, Cut::of(map, &[*lever]))).collect();
    let ahead = SignedDuration::from_secs(i64::try_from(horizon).unwrap_or(i64::MAX));
    let end = now.checked_add(ahead).unwrap_or(Timestamp::MAX);
    let is_hit = !stances.lost.is_empty() || !stances.compromised.is_empty();
    let plan = is_hit.then(|| {
        recover::plan(&recover::Question {
            map,
            now,
            end,
            losses: &stances.lost,
            compromise: stances.first,
            running: &stances.compromised,
            marks: people.steps,
            evaluations: recover::EVALUATIONS,
            seed: 1,
        })
    });
    let situation =
        |lost| Situation::new(map, now, horizon, map.spread, lost, Vec::new()).after(made.clone());
    let mut away = plan.as_ref().map_or_else(Vec::new, |plan| still_lost(plan, &stances.lost, now));
    if let Some(plan) = &plan {
        let failing = situation(away.clone()).care(&Cut::default());
        away.extend(still_lost(plan, &[], now).into_iter().filter(|it| failing.stops_at(it.node).is_none()));
    }
    let mut all = away.clone();
    all.extend(stances.compromised.iter().map(|node| Loss { node: *node, at: now, how: Effect::Stops }));
    let (losing, risk) =
        (situation(away.clone()).care(&Cut::default()), situation(all).care(&Cut::default()));
    let care = crate::care::care(map, &losing, Some(&risk));
    let whole = situation(stances.lost.clone()).care(&Cut::default());
    let disrupted = map.care().any(|(node, ..)| whole.degrades_at(node).is_some());
    let answer = plan.map(|plan| Answer {
        cutting: cutting(map, stances, away, people.cuts, now, horizon),
        plan,
        end,
        touched: touched(map, stances, now),
    });
    (care, disrupted, answer)
}

/// What people did not bring back yet: of these losses, or of all that the plan knows, where none is named.
fn still_lost(plan: &recover::Plan, of: &[Loss], now: Timestamp) -> Vec<Loss> {
    let past = |at: Option<Timestamp>| at.is_some_and(|at| at <= now);
    let asked = |node: NodeId| of.is_empty() || of.iter().any(|loss| loss.node == node);
    let away = plan.returns.iter().filter(|back| asked(back.node) && !past(back.whole));
    away.map(|back| {
        let how = if past(back.stands) { Effect::Degrades } else { back.how };
        Loss { node: back.node, at: back.lost_at, how }
    })
    .collect()
}

/// Applications that hold data of persons and that the attack stops or may stop, whatever was cut or brought back.
fn touched(map: &Map, stances: &Stances, now: Timestamp) -> Touched {
    let mut all = stances.lost.clone();
    all.extend(stances.compromised.iter().map(|node| Loss { node: *node, at: now, how: Effect::Stops }));
    let risk = hospital::impact(map, &all, &Closures::of(map, now));
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

/// Calls with what chains need to know of the hospital and of time.
pub(crate) fn surrounded<T>(
    request: &Request<'_>,
    binder: Option<&Binder>,
    weights: Option<&[u32]>,
    then: impl FnOnce(&Surroundings<'_>) -> T,
) -> T {
    let one = |bound| match bound {
        Bound::Asset(node) => Some(node),
        _ => None,
    };
    let host = |name: &str| one(binder?.bind(&[name], &[], &[]));
    let address = |ip: IpAddr| one(binder?.bind::<&str>(&[], &[ip], &[]));
    let weight = |node: NodeId| weights.map_or(0, |weights| weights[node.index()]);
    let trusted = |time: Timestamp| trusts(request.clock, time);
    then(&Surroundings { host: &host, address: &address, weight: &weight, trusted: &trusted })
}

/// For each node, the weight of the care that fails when it alone is lost.
pub(crate) fn weights(map: &Map) -> Vec<u32> {
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

/// What the chains' signals say.
fn see(chains: &[detect::Chain], signals: &Ordered<'_>) -> io::Result<Seen> {
    let serious = |chain: &&detect::Chain| chain.assets.iter().any(|asset| asset.stance > Stance::Suspected);
    let chained: BTreeSet<u64> = chains.iter().flat_map(|chain| chain.signals.iter().copied()).collect();
    let worrying: BTreeSet<u64> =
        chains.iter().filter(serious).flat_map(|chain| chain.signals.iter().copied()).collect();
    let asked: BTreeSet<u64> =
        chains.iter().flat_map(|chain| chain.assets.iter().map(|asset| asset.why)).collect();
    let mut seen = Seen::default();
    let mut techniques: BTreeSet<String> = BTreeSet::new();
    for signal in signals.at(&chained) {
        let (place, signal) = signal?;
        let new = signal.techniques.iter().filter(|it| !techniques.contains(*it)).cloned();
        techniques.extend(new.collect::<Vec<_>>());
        if signal.unproven {
            seen.unproven.insert(subject(signal.asset, signal.host.as_deref()));
        }
        if asked.contains(&place) {
            seen.titles.insert(place, Called::by(&signal));
        }
        if seen.detected.is_none() && worrying.contains(&place) {
            seen.detected = signal.time.map(|time| (time, Called::by(&signal)));
        }
    }
    seen.techniques = techniques.into_iter().collect();
    Ok(seen)
}

impl Called {
    fn by(signal: &detect::Signal) -> Called {
        Called { rule: signal.rule.clone(), title: signal.title.clone() }
    }
}
