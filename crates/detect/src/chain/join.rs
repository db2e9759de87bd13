//! Joining: which signals belong together.
//!
//! Invariant: two signals are joined only through a key that they share within its window, and a key met on
//! more hosts than content allows joins nothing. Repeats of a rule with the same keys are one for joining, so
//! a storm costs as much as its first signal. Work is linear in signals, memory in different keys.

use std::collections::{HashSet, VecDeque};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::sync::Arc;

use super::Surroundings;
use crate::keys::{address, short_host};
use crate::settings::Settings;
use crate::signal::{Level, Signal};
use crate::undo::Undo;

const MINUTE: i64 = 60_000_000;
/// Most signals of little weight that wait at one key for a heavier one.
const WAITING_MAX: usize = 128;
/// In [`Joined::node_of`]: in no chain.
pub const NO_NODE: u32 = u32::MAX;

/// What is ordinary: counted over all signals first.
#[derive(Default)]
pub struct Common {
    /// Every rule that fired, by its id.
    places: Undo<Arc<str>, u32>,
    pub rules: Vec<RuleSeen>,
    /// On how many hosts each rule spoke.
    spoke: Undo<u32, u32>,
    crowded: Undo<u64, ()>,
    pairs: Undo<(u64, u64), ()>,
    hosts_of: Undo<u64, u32>,
    /// A fingerprint of what joining depends on: the crowded keys and the noisy rules.
    ordinary: u64,
}

/// One rule over all signals.
pub struct RuleSeen {
    pub level: Level,
    pub tactics: Arc<[String]>,
}

/// Where a count was.
#[derive(Clone, Copy, Default)]
pub struct CommonAt {
    places: u64,
    rules: usize,
    spoke: u64,
    crowded: u64,
    pairs: u64,
    hosts_of: u64,
    ordinary: u64,
}

/// Signals folded into nodes, nodes joined.
#[derive(Default)]
pub struct Joined {
    /// For each signal, its node.
    pub node_of: Vec<u32>,
    pub nodes: Vec<Node>,
    /// Of those that hang under another.
    parents: Undo<u32, u32>,
    /// For a rule with its keys, when it was last seen, and its node.
    folds: Undo<u64, (i64, u32)>,
    slots: Undo<u64, Arc<Slot>>,
}

/// Where a joining was.
#[derive(Clone, Copy, Default)]
pub struct JoinedAt {
    pub signals: usize,
    nodes: usize,
    parents: u64,
    folds: u64,
    slots: u64,
}

/// One signal and its repeats.
pub struct Node {
    pub rule: u32,
    /// The event of its first signal.
    pub event: u64,
    /// How it joins others.
    pub weight: Weight,
    /// Whether it may make a chain by itself.
    pub alone: bool,
}

/// How a node joins others.
#[derive(Clone, Copy, Eq, Ord, PartialEq, PartialOrd)]
pub enum Weight {
    /// It is added to what it meets first, and joins nothing.
    Leaf,
    /// Perhaps ordinary noise: it joins what is heavy, never other noise.
    Bridge,
    /// It joins what is firm or heavy.
    Firm,
    /// It joins everything but leaves.
    Heavy,
}

#[derive(Clone, Copy, Eq, PartialEq)]
enum Kind {
    Host,
    Peer,
    User,
    Program,
    Process,
    Logon,
}

/// What was met at one key.
#[derive(Clone, Default)]
struct Slot {
    /// Of those that are firm or heavy, the one that reaches furthest.
    last: Option<Met>,
    /// Of those that are heavy.
    heavy: Option<Met>,
    /// Bridges that wait for a heavy one.
    bridges: VecDeque<Met>,
    /// Leaves that wait to be added.
    leaves: VecDeque<(i64, u32)>,
}

#[derive(Clone, Copy)]
struct Met {
    time: i64,
    skew: i64,
    window: i64,
    node: u32,
}

impl Common {
    /// Nothing counted yet; it can go back.
    pub fn following() -> Common {
        Common {
            places: Undo::following(),
            spoke: Undo::following(),
            crowded: Undo::following(),
            pairs: Undo::following(),
            hosts_of: Undo::following(),
            ..Common::default()
        }
    }

    /// Counts hosts for each rule and each key.
    pub fn count(
        settings: &Settings,
        around: &Surroundings<'_>,
        signals: impl Iterator<Item = io::Result<Signal>>,
    ) -> io::Result<Common> {
        let mut common = Common::default();
        for signal in signals {
            common.take(settings, around, &signal?);
        }
        (common.pairs, common.hosts_of) = (Undo::default(), Undo::default());
        Ok(common)
    }

    /// Counts the next signal.
    pub fn take(&mut self, settings: &Settings, around: &Surroundings<'_>, signal: &Signal) {
        if signal.dismissed {
            return;
        }
        let joining = &settings.joining;
        let rule = self.place(signal);
        let host = subject(signal).unwrap_or_default();
        if self.is_new((hash(&("rule", rule)), host)) {
            let hosts = self.hosts(rule) + 1;
            self.spoke.insert(rule, hosts);
            if hosts == joining.noisy_hosts.saturating_add(1) {
                self.ordinary = self.ordinary.wrapping_add(hash(&("noisy", rule)));
            }
        }
        if signal.level < joining.connect_from {
            return;
        }
        for (kind, key) in keys(settings, around, signal) {
            let counts = matches!(kind, Kind::Peer | Kind::User | Kind::Program);
            if counts && !self.is_crowded(key) && self.is_new((key, host)) {
                let hosts = self.hosts_of.get(&key).copied().unwrap_or_default() + 1;
                self.hosts_of.insert(key, hosts);
                if hosts > joining.key_hosts_max {
                    self.crowded.insert(key, ());
                    self.ordinary = self.ordinary.wrapping_add(hash(&("crowded", key)));
                }
            }
        }
    }

    /// What was seen of the rule of that id, and on how many hosts it spoke.
    pub fn by_id(&self, id: &Arc<str>) -> Option<(&RuleSeen, u32)> {
        self.places.get(id).map(|place| (&self.rules[*place as usize], self.hosts(*place)))
    }

    /// A fingerprint of what joining depends on.
    pub fn ordinary(&self) -> u64 {
        self.ordinary
    }

    pub fn at(&self) -> CommonAt {
        CommonAt {
            places: self.places.position(),
            rules: self.rules.len(),
            spoke: self.spoke.position(),
            crowded: self.crowded.position(),
            pairs: self.pairs.position(),
            hosts_of: self.hosts_of.position(),
            ordinary: self.ordinary,
        }
    }

    pub fn back(&mut self, at: CommonAt) {
        self.places.back(at.places);
        self.rules.truncate(at.rules);
        self.spoke.back(at.spoke);
        self.crowded.back(at.crowded);
        self.pairs.back(at.pairs);
        self.hosts_of.back(at.hosts_of);
        self.ordinary = at.ordinary;
    }

    pub fn forget(&mut self, at: CommonAt) {
        self.places.forget(at.places);
        self.spoke.forget(at.spoke);
        self.crowded.forget(at.crowded);
        self.pairs.forget(at.pairs);
        self.hosts_of.forget(at.hosts_of);
    }

    fn is_new(&mut self, pair: (u64, u64)) -> bool {
        let new = self.pairs.get(&pair).is_none();
        if new {
            self.pairs.insert(pair, ());
        }
        new
    }

    fn is_crowded(&self, key: u64) -> bool {
        self.crowded.get(&key).is_some()
    }

    fn hosts(&self, rule: u32) -> u32 {
        self.spoke.get(&rule).copied().unwrap_or_default()
    }

    fn place(&mut self, signal: &Signal) -> u32 {
        if let Some(place) = self.places.get(&signal.rule) {
            return *place;
        }
        let place = self.rules.len() as u32;
        self.places.insert(signal.rule.clone(), place);
        self.rules.push(RuleSeen { level: signal.level, tactics: signal.tactics.clone() });
        place
    }
}

/// Joins signals, given in order of time.
pub fn join(
    settings: &Settings,
    around: &Surroundings<'_>,
    common: &Common,
    signals: impl Iterator<Item = io::Result<Signal>>,
) -> io::Result<Joined> {
    let mut joined = Joined::default();
    for signal in signals {
        joined.take(settings, around, common, &signal?);
    }
    Ok(joined)
}

impl Joined {
    /// Nothing joined yet; it can go back.
    pub fn following() -> Joined {
        Joined {
            parents: Undo::following(),
            folds: Undo::following(),
            slots: Undo::following(),
            ..Joined::default()
        }
    }

    pub fn at(&self) -> JoinedAt {
        JoinedAt {
            signals: self.node_of.len(),
            nodes: self.nodes.len(),
            parents: self.parents.position(),
            folds: self.folds.position(),
            slots: self.slots.position(),
        }
    }

    pub fn back(&mut self, at: JoinedAt) {
        self.node_of.truncate(at.signals);
        self.nodes.truncate(at.nodes);
        self.parents.back(at.parents);
        self.folds.back(at.folds);
        self.slots.back(at.slots);
    }

    pub fn forget(&mut self, at: JoinedAt) {
        self.parents.forget(at.parents);
        self.folds.forget(at.folds);
        self.slots.forget(at.slots);
    }

    /// Joins the next signal.
    pub fn take(&mut self, settings: &Settings, around: &Surroundings<'_>, common: &Common, signal: &Signal) {
        let node = self.node(settings, around, common, signal);
        self.node_of.push(node);
    }

    fn node(
        &mut self,
        settings: &Settings,
        around: &Surroundings<'_>,
        common: &Common,
        signal: &Signal,
    ) -> u32 {
        if signal.dismissed {
            return NO_NODE;
        }
        let joining = &settings.joining;
        let alone = !signal.unproven && settings.stances.of(signal, 1).is_some_and(|(line, _)| line.alone);
        let Some(rule) = common.places.get(&signal.rule).copied() else { return NO_NODE };
        if !alone && signal.level < joining.attach_from {
            return NO_NODE;
        }
        let time = signal.time.filter(|it| (around.trusted)(*it)).map(jiff::Timestamp::as_microsecond);
        let Some(time) = time else {
            return if alone { self.add(signal, rule, Weight::Leaf, true) } else { NO_NODE };
        };
        let noisy = common.hosts(rule) > joining.noisy_hosts;
        let weight = match signal.level {
            level if level < joining.connect_from => Weight::Leaf,
            level if level >= Level::High => Weight::Heavy,
            _ if noisy => Weight::Bridge,
            _ => Weight::Firm,
        };
        let keys = keys(settings, around, signal);
        let fold = hash(&(rule, subject(signal), keys.iter().map(|(_, key)| *key).collect::<Vec<u64>>()));
        let windows = joining.window_minutes;
        let minutes = if weight < Weight::Firm { windows.attach } else { windows.host };
        let (node, is_new) = match self.folds.get(&fold) {
            Some((last, node)) if time - last <= i64::from(minutes) * MINUTE => (*node, false),
            _ => (self.add(signal, rule, weight, alone), true),
        };
        self.folds.insert(fold, (time, node));
        if is_new || weight != Weight::Leaf {
            let skew = i64::from(joining.skew(signal.certainty)) * MINUTE;
            let keys = keys.into_iter().filter(|(_, key)| !common.is_crowded(*key));
            self.meet(settings, keys, Met { time, skew, window: 0, node }, weight);
        }
        node
    }

    fn meet(
        &mut self,
        settings: &Settings,
        keys: impl Iterator<Item = (Kind, u64)>,
        met: Met,
        weight: Weight,
    ) {
        for (kind, key) in keys {
            let mut known = self.slots.take(&key).unwrap_or_default();
            let slot = Arc::make_mut(&mut known);
            let (window, attach) = windows(settings, kind);
            // On its own host, noise joins only what is close: it is there all day.
            let is_close = weight == Weight::Bridge && kind == Kind::Host;
            let met = Met { window: if is_close { attach } else { window }, ..met };
            match weight {
                Weight::Leaf => self.attach(slot, attach, met),
                Weight::Bridge => self.bridge(slot, met),
                Weight::Firm | Weight::Heavy => self.connect(slot, attach, met, weight),
            }
            self.slots.insert(key, known);
        }
    }

    /// For each node, the one that stands for all that it is joined with.
    pub fn roots(&self) -> Vec<u32> {
        let mut roots = Vec::with_capacity(self.nodes.len());
        for node in 0..self.nodes.len() as u32 {
            let mut at = node;
            while let Some(above) = self.parents.get(&at) {
                at = *above;
                if let Some(root) = roots.get(at as usize) {
                    at = *root;
                    break;
                }
            }
            roots.push(at);
        }
        roots
    }

    fn add(&mut self, signal: &Signal, rule: u32, weight: Weight, alone: bool) -> u32 {
        let node = self.nodes.len() as u32;
        let event = hash(&(&signal.source.path, signal.source.record));
        self.nodes.push(Node { rule, event, weight, alone });
        node
    }

    fn connect(&mut self, slot: &mut Slot, attach: i64, met: Met, weight: Weight) {
        if let Some(last) = slot.last.filter(|it| it.is_near(met)) {
            self.unite(met.node, last.node);
        }
        for (waited, leaf) in std::mem::take(&mut slot.leaves) {
            if met.time - waited <= attach && self.parents.get(&leaf).is_none() {
                self.hang(leaf, met.node);
            }
        }
        if slot.last.is_none_or(|last| met.reach() >= last.reach()) {
            slot.last = Some(met);
        }
        if weight == Weight::Heavy {
            for bridge in std::mem::take(&mut slot.bridges).into_iter().filter(|it| it.is_near(met)) {
                self.unite(met.node, bridge.node);
            }
            if slot.heavy.is_none_or(|last| met.reach() >= last.reach()) {
                slot.heavy = Some(met);
            }
        }
    }

    fn bridge(&mut self, slot: &mut Slot, met: Met) {
        match slot.heavy.filter(|it| it.is_near(met)) {
            Some(heavy) => self.unite(met.node, heavy.node),
            None => {
                if slot.bridges.len() == WAITING_MAX {
                    slot.bridges.pop_front();
                }
                slot.bridges.push_back(met);
            }
        }
    }

    /// A leaf hangs under the first that it meets; nothing ever hangs under it.
    fn attach(&mut self, slot: &mut Slot, attach: i64, met: Met) {
        if self.parents.get(&met.node).is_some() {
            return;
        }
        match slot.last {
            Some(last) if met.time - last.time <= attach => self.hang(met.node, last.node),
            _ => {
                if slot.leaves.len() == WAITING_MAX {
                    slot.leaves.pop_front();
                }
                slot.leaves.push_back((met.time, met.node));
            }
        }
    }

    fn unite(&mut self, one: u32, other: u32) {
        let (first, second) = (self.find(one), self.find(other));
        // The earlier node stands for both, so that the outcome does not depend on the order of keys.
        let root = first.min(second);
        for node in [one, other, first, second] {
            if self.parents.get(&node).is_none_or(|above| *above != root) {
                self.hang(node, root);
            }
        }
    }

    fn hang(&mut self, node: u32, under: u32) {
        if node != under {
            self.parents.insert(node, under);
        }
    }

    fn find(&self, node: u32) -> u32 {
        let mut at = node;
        while let Some(above) = self.parents.get(&at) {
            at = *above;
        }
        at
    }
}

impl Met {
    fn reach(self) -> i64 {
        self.time.saturating_add(self.window + self.skew)
    }

    /// Whether a later one is within both their windows, as far as their times are sure.
    fn is_near(self, later: Met) -> bool {
        later.time - self.time <= self.window.min(later.window) + self.skew + later.skew
    }
}

/// How far apart two that share such a key may be: to join, and to be added.
fn windows(settings: &Settings, kind: Kind) -> (i64, i64) {
    let minutes = settings.joining.window_minutes;
    let (join, attach) = match kind {
        Kind::Host => (minutes.host, minutes.attach),
        Kind::Peer => (minutes.address, minutes.attach),
        Kind::User => (minutes.user, minutes.attach),
        Kind::Program => (minutes.program, minutes.attach),
        Kind::Process => (minutes.process, minutes.process),
        Kind::Logon => (minutes.logon, minutes.logon),
    };
    (i64::from(join) * MINUTE, i64::from(attach) * MINUTE)
}

/// The asset or host that a signal speaks of, where the one that speaks did not only watch.
fn subject(signal: &Signal) -> Option<u64> {
    if signal.observed {
        return None;
    }
    match (signal.asset, &signal.host) {
        (Some(asset), _) => Some(hash(&("asset", asset.0))),
        (None, Some(host)) => Some(unknown(host)),
        (None, None) => None,
    }
}

/// The key of a host that the map does not know, by name or by address.
fn unknown(host: &str) -> u64 {
    match address(host) {
        Some(address) => hash(&("address", address)),
        None => hash(&("host", short_host(host))),
    }
}

fn keys(settings: &Settings, around: &Surroundings<'_>, signal: &Signal) -> Vec<(Kind, u64)> {
    let mut keys: Vec<(Kind, u64)> = subject(signal).map(|it| (Kind::Host, it)).into_iter().collect();
    for host in signal.keys.hosts.iter().chain(&signal.keys.targets) {
        keys.push((
            Kind::Peer,
            match around.named(host) {
                Some(asset) => hash(&("asset", asset.0)),
                None => unknown(host),
            },
        ));
    }
    for address in &signal.keys.addresses {
        keys.push((
            Kind::Peer,
            match (around.address)(*address) {
                Some(asset) => hash(&("asset", asset.0)),
                None => hash(&("address", address)),
            },
        ));
    }
    let users = signal.keys.users.iter().filter(|it| !settings.joining.is_well_known(it));
    keys.extend(users.map(|it| (Kind::User, hash(&("user", it)))));
    if signal.level >= Level::High {
        let programs = signal.keys.programs.iter().filter(|it| !settings.joining.is_well_known_program(it));
        keys.extend(programs.map(|it| (Kind::Program, hash(&("program", it)))));
    }
    keys.extend(signal.keys.processes.iter().map(|it| (Kind::Process, hash(&("process", it)))));
    keys.extend(signal.keys.logons.iter().map(|it| (Kind::Logon, hash(&("logon", it)))));
    let mut seen = HashSet::new();
    keys.retain(|(_, key)| seen.insert(*key));
    keys
}

fn hash(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}
