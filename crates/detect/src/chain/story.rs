//! Stories: which joined signals are worth a chain, and what it says.
//!
//! Invariant: an asset has one stance in a chain, the worst, since its earliest instant; chains are in order of
//! score, then of start, then of their first signal.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::net::IpAddr;
use std::sync::Arc;

use hospital::NodeId;
use jiff::Timestamp;

use super::content::{Keep, Who};
use super::join::{Common, Joined, NO_NODE, Weight};
use super::{Chain, ChainAsset, Stance, Surroundings};
use crate::keys::{address, is_inside, short_host};
use crate::settings::Settings;
use crate::signal::{Level, Signal};

/// Most users or addresses that a chain names.
const NAMED_MAX: usize = 8;
/// Most different users or addresses counted in one chain.
const COUNTED_MAX: usize = 10_000;

/// Stories under way, by the node that stands for each.
pub struct Stories {
    roots: Vec<u32>,
    stories: BTreeMap<u32, Story>,
}

impl Stories {
    /// Those worth keeping.
    pub fn worth_telling(settings: &Settings, common: &Common, joined: &Joined) -> Stories {
        let roots = joined.roots();
        let stories = worth_telling(settings, common, joined, &roots);
        Stories { roots, stories }
    }

    /// Takes the signal at a place, where it belongs to one of them; `signal` is asked then alone.
    pub fn take(
        &mut self,
        settings: &Settings,
        around: &Surroundings<'_>,
        joined: &Joined,
        place: usize,
        signal: impl FnOnce() -> Signal,
    ) {
        let node = joined.node_of.get(place).filter(|node| **node != NO_NODE);
        let root = node.and_then(|node| self.roots.get(*node as usize));
        if let Some(story) = root.and_then(|root| self.stories.get_mut(root)) {
            story.take(settings, around, place as u64, &signal());
        }
    }

    /// The chains, worst first.
    pub fn chains(self, settings: &Settings, around: &Surroundings<'_>, common: &Common) -> Vec<Chain> {
        let told = self.stories.into_values().map(|story| story.chain(settings, around, common));
        let mut chains: Vec<Chain> = told.collect();
        chains.sort_by(|one, other| {
            let key = |it: &Chain| (it.start.is_none(), it.start, it.signals.first().copied());
            other.score.cmp(&one.score).then_with(|| key(one).cmp(&key(other)))
        });
        chains.truncate(settings.joining.chains_max);
        for (place, chain) in chains.iter_mut().enumerate() {
            chain.id = format!("chain-{}", place + 1);
        }
        chains
    }
}

/// What is known of a group of joined nodes before its signals are read again.
#[derive(Default)]
struct Sketch {
    rules: HashSet<u32>,
    events: HashSet<u64>,
    worst: Level,
    alone: bool,
}

fn worth_telling(
    settings: &Settings,
    common: &Common,
    joined: &Joined,
    roots: &[u32],
) -> BTreeMap<u32, Story> {
    let mut sketches: HashMap<u32, Sketch> = HashMap::new();
    for (node, root) in joined.nodes.iter().zip(roots) {
        let sketch = sketches.entry(*root).or_default();
        sketch.alone |= node.alone;
        if node.weight >= Weight::Firm {
            sketch.rules.insert(node.rule);
            sketch.events.insert(node.event);
            sketch.worst = sketch.worst.max(common.rules[node.rule as usize].level);
        }
    }
    let mut stories = BTreeMap::new();
    for (root, sketch) in sketches {
        let tactics: HashSet<usize> = sketch
            .rules
            .iter()
            .flat_map(|rule| common.rules[*rule as usize].tactics.iter())
            .map(|it| settings.joining.place(it))
            .collect();
        // One rule with many tags is no spread.
        let spread = tactics.len().min(sketch.rules.len());
        let counted = |line: &Keep| {
            let is_of = |rule: &&u32| {
                line.of.is_empty()
                    || common.rules[**rule as usize].tactics.iter().any(|it| line.of.contains(it))
            };
            sketch.rules.iter().filter(is_of).count()
        };
        let kept = settings.joining.keep.iter().any(|line| {
            counted(line) >= line.rules.max(2)
                && spread >= line.tactics
                && sketch.events.len() >= line.events
                && sketch.worst >= line.worst
        });
        if kept || sketch.alone {
            stories.insert(root, Story { spread: spread.max(1), ..Story::default() });
        }
    }
    stories
}

/// A chain under way.
#[derive(Default)]
struct Story {
    spread: usize,
    start: Option<Timestamp>,
    end: Option<Timestamp>,
    signals: Vec<u64>,
    tactics: HashSet<String>,
    rules: HashSet<Arc<str>>,
    users: HashMap<String, u32>,
    addresses: HashMap<IpAddr, u32>,
    hosts: HashSet<String>,
    entry: Option<String>,
    worst: Level,
    assets: BTreeMap<Subject, ChainAsset>,
}

/// Whom a stance is about.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
enum Subject {
    Asset(NodeId),
    Host(String),
}

impl Story {
    fn take(&mut self, settings: &Settings, around: &Surroundings<'_>, place: u64, signal: &Signal) {
        let time = signal.time.filter(|it| (around.trusted)(*it));
        self.signals.push(place);
        self.start = self.start.into_iter().chain(time).min();
        self.end = self.end.into_iter().chain(time).max();
        self.worst = self.worst.max(signal.level);
        self.rules.insert(signal.rule.clone());
        for tactic in signal.tactics.iter().filter(|it| !self.tactics.contains(*it)).collect::<Vec<_>>() {
            self.tactics.insert(tactic.clone());
        }
        for user in signal.keys.users.iter().filter(|it| !settings.joining.is_well_known(it)) {
            count(&mut self.users, user);
        }
        for address in &signal.keys.addresses {
            if (around.address)(*address).is_none() {
                count(&mut self.addresses, address);
            }
        }
        if let (Some(host), false) = (&signal.host, signal.observed) {
            self.hosts.insert(short_host(host));
            if self.entry.is_none() && signal.level >= settings.joining.connect_from {
                self.entry = Some(host.clone());
            }
        }
        self.judge(settings, around, place, signal, time);
    }

    fn judge(
        &mut self,
        settings: &Settings,
        around: &Surroundings<'_>,
        place: u64,
        signal: &Signal,
        time: Option<Timestamp>,
    ) {
        let spread = self.spread;
        let mut say = |subject, host: &str, stance| {
            self.say(
                subject,
                ChainAsset { asset: None, host: host.to_owned(), stance, since: time, why: place },
            );
        };
        if settings.stances.touches_targets(signal) {
            // An address outside is nobody's machine here.
            for target in signal.keys.targets.iter().filter(|it| address(it).is_none_or(|it| is_inside(&it)))
            {
                say(named(around, target), target, Stance::Suspected);
            }
        }
        let Some((line, stance)) = settings.stances.of(signal, spread) else { return };
        let own = match (signal.asset, &signal.host) {
            (Some(asset), host) => Some((Subject::Asset(asset), host.as_deref().unwrap_or_default())),
            (None, Some(host)) => Some((Subject::Host(short_host(host)), host.as_str())),
            (None, None) => None,
        };
        if line.who == Who::Host && !signal.observed {
            if let Some((subject, host)) = own {
                say(subject, host, stance);
            }
            return;
        }
        // The one that speaks answered or watched: the others act, as far as this one event can tell.
        for host in &signal.keys.hosts {
            say(named(around, host), host, stance);
        }
        let watched = if signal.observed { stance.min(Stance::Suspected) } else { stance };
        for address in &signal.keys.addresses {
            if let Some(asset) = (around.address)(*address) {
                say(Subject::Asset(asset), &address.to_string(), watched);
            }
        }
        if let (Some((subject, host)), false) = (own, signal.observed) {
            say(subject, host, Stance::Suspected);
        }
    }

    fn say(&mut self, subject: Subject, mut said: ChainAsset) {
        if let Subject::Asset(asset) = subject {
            said.asset = Some(asset);
        }
        let earlier = |one: Option<Timestamp>, other: Option<Timestamp>| match (one, other) {
            (Some(one), Some(other)) => one < other,
            (one, other) => one.is_some() && other.is_none(),
        };
        match self.assets.get_mut(&subject) {
            None => {
                self.assets.insert(subject, said);
            }
            Some(known) => {
                let worse = said.stance > known.stance;
                if worse || (said.stance == known.stance && earlier(said.since, known.since)) {
                    *known = said;
                }
            }
        }
    }

    fn chain(self, settings: &Settings, around: &Surroundings<'_>, common: &Common) -> Chain {
        let joining = &settings.joining;
        let mut tactics: Vec<String> = self.tactics.into_iter().collect();
        tactics.sort_by(|one, other| (joining.place(one), one).cmp(&(joining.place(other), other)));
        let mut assets: Vec<ChainAsset> = self.assets.into_values().collect();
        assets.sort_by(|one, other| {
            let key = |it: &ChainAsset| (it.since.is_none(), it.since, it.asset, it.host.clone());
            other.stance.cmp(&one.stance).then_with(|| key(one).cmp(&key(other)))
        });
        let places: HashSet<usize> = tactics.iter().map(|it| joining.place(it)).collect();
        let weights = &joining.score;
        let severity: u32 = self
            .rules
            .iter()
            .filter_map(|id| common.by_id(id))
            .map(|(rule, hosts)| {
                weights.of(rule.level) * (100 / hosts.max(1)).max(weights.rarity_floor_percent) / 100
            })
            .fold(0, u32::saturating_add);
        let reached = assets.iter().filter(|it| it.stance > Stance::Suspected).filter_map(|it| it.asset);
        let care = reached.map(|it| (around.weight)(it)).fold(0, u32::saturating_add).min(weights.care_max);
        let lost = if assets.iter().any(|it| it.stance == Stance::Lost) { weights.lost } else { 0 };
        let spread = (places.len() as u32).saturating_mul(weights.tactic);
        Chain {
            id: String::new(),
            start: self.start,
            end: self.end,
            tactics,
            signals: self.signals,
            assets,
            score: spread.saturating_add(severity).saturating_add(care).saturating_add(lost),
            entry: self.entry,
            users: most_named(self.users),
            addresses: most_named(self.addresses),
            hosts: self.hosts.len() as u32,
            rules: self.rules.len() as u32,
            worst: self.worst,
        }
    }
}

fn named(around: &Surroundings<'_>, host: &str) -> Subject {
    around.named(host).map_or_else(|| Subject::Host(short_host(host)), Subject::Asset)
}

fn count<T: Clone + Eq + std::hash::Hash>(counts: &mut HashMap<T, u32>, value: &T) {
    if let Some(number) = counts.get_mut(value) {
        *number = number.saturating_add(1);
    } else if counts.len() < COUNTED_MAX {
        counts.insert(value.clone(), 1);
    }
}

fn most_named<T: Ord>(counts: HashMap<T, u32>) -> Vec<T> {
    let mut all: Vec<(u32, T)> = counts.into_iter().map(|(value, number)| (number, value)).collect();
    all.sort_by(|(one, a), (other, b)| other.cmp(one).then_with(|| a.cmp(b)));
    all.into_iter().take(NAMED_MAX).map(|(_, value)| value).collect()
}
