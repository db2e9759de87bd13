//! Joining: which signals belong together.
//!
//! Invariant: two signals are joined only through a key that they share within its window, and a key met on
//! more hosts than content allows joins nothing. Repeats of a rule with the same keys are one for joining, so
//! a storm costs as much as its first signal. Work is linear in signals, memory in different keys.

use std::collections::{HashMap, HashSet, VecDeque};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::sync::Arc;

use super::Surroundings;
use crate::keys::{address, short_host};
use crate::settings::Settings;
use crate::signal::{Level, Signal};

const MINUTE: i64 = 60_000_000;
/// Most signals of little weight that wait at one key for a heavier one.
const WAITING_MAX: usize = 128;
/// In [`Joined::node_of`]: in no chain.
pub const NO_NODE: u32 = u32::MAX;

/// What is ordinary: counted over all signals first.
pub struct Common {
    /// Every rule that fired, by its id.
    places: HashMap<Arc<str>, u32>,
    pub rules: Vec<RuleSeen>,
    crowded: HashSet<u64>,
}

/// One rule over all signals.
pub struct RuleSeen {
    pub level: Level,
    pub tactics: Arc<[String]>,
    /// On how many hosts it spoke.
    pub hosts: u32,
}

/// Signals folded into nodes, nodes joined.
pub struct Joined {
    /// For each signal, its node.
    pub node_of: Vec<u32>,
    pub nodes: Vec<Node>,
    parents: Vec<u32>,
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
#[derive(Default)]
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
    /// Counts hosts for each rule and each key.
    pub fn count(
        settings: &Settings,
        around: &Surroundings<'_>,
        signals: impl Iterator<Item = io::Result<Signal>>,
    ) -> io::Result<Common> {
        let joining = &settings.joining;
        let mut common = Common { places: HashMap::new(), rules: Vec::new(), crowded: HashSet::new() };
        let mut pairs: HashSet<(u64, u64)> = HashSet::new();
        let mut hosts_of: HashMap<u64, u32> = HashMap::new();
        for signal in signals {
            let signal = signal?;
            if signal.dismissed {
                continue;
            }
            let rule = common.place(&signal);
            let host = subject(&signal).unwrap_or_default();
            if pairs.insert((hash(&("rule", rule)), host)) {
                common.rules[rule as usize].hosts += 1;
            }
            if signal.level < joining.connect_from {
                continue;
            }
            for (kind, key) in keys(settings, around, &signal) {
                let counts = matches!(kind, Kind::Peer | Kind::User | Kind::Program);
                if counts && !common.crowded.contains(&key) && pairs.insert((key, host)) {
                    let hosts = hosts_of.entry(key).or_default();
                    *hosts += 1;
                    if *hosts > joining.key_hosts_max {
                        common.crowded.insert(key);
                    }
                }
            }
        }
        Ok(common)
    }

    /// What was seen of the rule of that id.
    pub fn by_id(&self, id: &str) -> Option<&RuleSeen> {
        self.places.get(id).map(|place| &self.rules[*place as usize])
    }

    fn place(&mut self, signal: &Signal) -> u32 {
        if let Some(place) = self.places.get(&signal.rule) {
            return *place;
        }
        let place = self.rules.len() as u32;
        self.places.insert(signal.rule.clone(), place);
        self.rules.push(RuleSeen { level: signal.level, tactics: signal.tactics.clone(), hosts: 0 });
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
    let mut joiner = Joiner {
        settings,
        around,
        common,
        joined: Joined { node_of: Vec::new(), nodes: Vec::new(), parents: Vec::new() },
        folds: HashMap::new(),
        slots: HashMap::new(),
    };
    for signal in signals {
        let node = joiner.take(&signal?);
        joiner.joined.node_of.push(node);
    }
    let mut joined = joiner.joined;
    joined.flatten();
    Ok(joined)
}

struct Joiner<'a> {
    settings: &'a Settings,
    around: &'a Surroundings<'a>,
    common: &'a Common,
    joined: Joined,
    /// For a rule with its keys, when it was last seen, and its node.
    folds: HashMap<u64, (i64, u32)>,
    slots: HashMap<u64, Slot>,
}

impl Joiner<'_> {
    /// The node of the next signal.
    fn take(&mut self, signal: &Signal) -> u32 {
        if signal.dismissed {
            return NO_NODE;
        }
        let joining = &self.settings.joining;
        let alone =
            !signal.unproven && self.settings.stances.of(signal, 1).is_some_and(|(line, _)| line.alone);
        let Some(rule) = self.common.places.get(&signal.rule).copied() else { return NO_NODE };
        if !alone && signal.level < joining.attach_from {
            return NO_NODE;
        }
        let time = signal.time.filter(|it| (self.around.trusted)(*it)).map(jiff::Timestamp::as_microsecond);
        let Some(time) = time else {
            return if alone { self.joined.add(signal, rule, Weight::Leaf, true) } else { NO_NODE };
        };
        let noisy = self.common.rules[rule as usize].hosts > joining.noisy_hosts;
        let weight = match signal.level {
            level if level < joining.connect_from => Weight::Leaf,
            level if level >= Level::High => Weight::Heavy,
            _ if noisy => Weight::Bridge,
            _ => Weight::Firm,
        };
        let keys = keys(self.settings, self.around, signal);
        let fold = hash(&(rule, subject(signal), keys.iter().map(|(_, key)| *key).collect::<Vec<u64>>()));
        let windows = joining.window_minutes;
        let minutes = if weight < Weight::Firm { windows.attach } else { windows.host };
        let (node, is_new) = match self.folds.get(&fold) {
            Some((last, node)) if time - last <= i64::from(minutes) * MINUTE => (*node, false),
            _ => (self.joined.add(signal, rule, weight, alone), true),
        };
        self.folds.insert(fold, (time, node));
        if is_new || weight != Weight::Leaf {
            let skew = i64::from(joining.skew(signal.certainty)) * MINUTE;
            self.meet(keys, Met { time, skew, window: 0, node }, weight);
        }
        node
    }

    fn meet(&mut self, keys: Vec<(Kind, u64)>, met: Met, weight: Weight) {
        for (kind, key) in keys.into_iter().filter(|(_, key)| !self.common.crowded.contains(key)) {
            let slot = self.slots.entry(key).or_default();
            let (window, attach) = windows(self.settings, kind);
            // On its own host, noise joins only what is close: it is there all day.
            let is_close = weight == Weight::Bridge && kind == Kind::Host;
            let met = Met { window: if is_close { attach } else { window }, ..met };
            match weight {
                Weight::Leaf => self.joined.attach(slot, attach, met),
                Weight::Bridge => self.joined.bridge(slot, met),
                Weight::Firm | Weight::Heavy => self.joined.connect(slot, attach, met, weight),
            }
        }
    }
}

impl Joined {
    /// The node that stands for all that this one is joined with.
    pub fn root(&self, node: u32) -> u32 {
        self.parents[node as usize]
    }

    fn add(&mut self, signal: &Signal, rule: u32, weight: Weight, alone: bool) -> u32 {
        let node = self.nodes.len() as u32;
        let event = hash(&(&signal.source.path, signal.source.record));
        self.nodes.push(Node { rule, event, weight, alone });
        self.parents.push(node);
        node
    }

    fn connect(&mut self, slot: &mut Slot, attach: i64, met: Met, weight: Weight) {
        if let Some(last) = slot.last.filter(|it| it.is_near(met)) {
            self.unite(met.node, last.node);
        }
        for (waited, leaf) in std::mem::take(&mut slot.leaves) {
            if met.time - waited <= attach && self.parents[leaf as usize] == leaf {
                self.parents[leaf as usize] = met.node;
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
        let leaf = met.node as usize;
        if self.parents[leaf] != met.node {
            return;
        }
        match slot.last {
            Some(last) if met.time - last.time <= attach => self.parents[leaf] = last.node,
            _ => {
                if slot.leaves.len() == WAITING_MAX {
                    slot.leaves.pop_front();
                }
                slot.leaves.push_back((met.time, met.node));
            }
        }
    }

    fn unite(&mut self, one: u32, other: u32) {
        let (one, other) = (self.find(one), self.find(other));
        // The earlier node stands for both, so that the outcome does not depend on the order of keys.
        self.parents[one.max(other) as usize] = one.min(other);
    }

    fn find(&mut self, node: u32) -> u32 {
        let mut at = node as usize;
        while self.parents[at] as usize != at {
            let above = self.parents[at] as usize;
            self.parents[at] = self.parents[above];
            at = above;
        }
        at as u32
    }

    fn flatten(&mut self) {
        for node in 0..self.parents.len() as u32 {
            self.parents[node as usize] = self.find(node);
        }
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
