//! Which rules spoke, how often and where: storms folded, first times told.
//!
//! Invariant: it acts on lists and screens; an assessment and its JSON keep every match.

use std::collections::{BTreeMap, HashMap, HashSet};

use assess::Signal;
use jiff::Timestamp;
use store::KeptSignal;
use store::entity::Suppression;

/// Signals listed of one rule, host and hour; those beyond are counted on the last of them.
pub const BUDGET: u64 = 20;
/// Hosts remembered of a rule; further ones are counted together.
const HOSTS_MAX: usize = 1_000;

/// What is known of the signals of an assessment, rule by rule.
#[derive(Clone, Debug, Default)]
pub struct Noise {
    rules: BTreeMap<String, Heard>,
    /// How many more a listed signal stands for.
    folded: HashMap<Listed, u64>,
}

/// Rule, path and record of a signal that is listed.
type Listed = (String, String, u64);

/// Takes the signals of an assessment one by one.
pub struct Listener {
    noise: Noise,
    /// Places of the signals that are part of a chain.
    chained: HashSet<u64>,
    /// How many came before.
    place: u64,
    /// By rule, host and hour.
    storms: HashMap<(String, String, i64), Storm>,
}

/// What a rule said.
#[derive(Clone, Debug, Default)]
pub struct Heard {
    /// Matches.
    pub matches: u64,
    /// Those that are part of a chain.
    pub chained: u64,
    /// Its level.
    pub level: i32,
    /// Its title, in English.
    pub title: String,
    /// The earliest, where its instant is known.
    pub first: Option<Timestamp>,
    /// The latest.
    pub last: Option<Timestamp>,
    /// Where it was first seen on each host.
    hosts: BTreeMap<String, First>,
}

#[derive(Clone, Debug)]
struct First {
    path: String,
    record: u64,
}

#[derive(Default)]
struct Storm {
    count: u64,
    /// The last that is listed, once there are as many as may be.
    last: Option<Listed>,
}

impl Listener {
    /// Of an assessment whose chains hold the signals at these places.
    #[must_use]
    pub fn new(chained: impl Iterator<Item = u64>) -> Listener {
        Listener { noise: Noise::default(), chained: chained.collect(), place: 0, storms: HashMap::new() }
    }

    /// Takes the next signal; whether it is listed by itself.
    pub fn takes(&mut self, signal: &Signal) -> bool {
        let host = signal.host.clone().unwrap_or_default();
        let heard = self.noise.rules.entry(signal.rule.clone()).or_default();
        if heard.matches == 0 {
            (heard.level, heard.title) = (signal.level as i32, signal.title.clone());
        }
        heard.matches += 1;
        heard.chained += u64::from(self.chained.contains(&self.place));
        self.place += 1;
        heard.first = heard.first.into_iter().chain(signal.time).min();
        heard.last = heard.last.max(signal.time);
        if heard.hosts.len() < HOSTS_MAX {
            let first = || First { path: signal.source.path.clone(), record: signal.source.record };
            heard.hosts.entry(host.clone()).or_insert_with(first);
        }
        let hour = signal.time.map_or(i64::MIN, |at| at.as_second().div_euclid(3_600));
        let storm = self.storms.entry((signal.rule.clone(), host, hour)).or_default();
        storm.count += 1;
        if storm.count == BUDGET {
            storm.last = Some((signal.rule.clone(), signal.source.path.clone(), signal.source.record));
        }
        if let Some(last) = storm.last.as_ref().filter(|_| storm.count > BUDGET) {
            *self.noise.folded.entry(last.clone()).or_default() += 1;
        }
        storm.count <= BUDGET
    }

    /// What was heard.
    #[must_use]
    pub fn noise(self) -> Noise {
        self.noise
    }
}

impl Noise {
    /// Every rule that spoke, by id.
    #[must_use]
    pub fn rules(&self) -> &BTreeMap<String, Heard> {
        &self.rules
    }

    /// How many more of its rule, host and hour a listed signal stands for.
    #[must_use]
    pub fn folded(&self, rule: &str, path: &str, record: u64) -> u64 {
        self.folded.get(&(rule.to_owned(), path.to_owned(), record)).copied().unwrap_or_default()
    }

    /// Whether a signal is the first of its rule on its host.
    #[must_use]
    pub fn is_first(&self, rule: &str, host: Option<&str>, path: &str, record: u64) -> bool {
        let first = self.rules.get(rule).and_then(|heard| heard.hosts.get(host.unwrap_or_default()));
        first.is_some_and(|first| first.path == path && first.record == record)
    }
}

impl Heard {
    /// Hosts that it spoke of, up to a thousand.
    #[must_use]
    pub fn hosts(&self) -> usize {
        self.hosts.len()
    }
}

/// Whether a suppression holds of events that come now.
#[must_use]
pub fn holds(it: &Suppression, now: Timestamp) -> bool {
    it.lifted_at.is_none() && it.until.is_none_or(|until| until.0 > now)
}

/// Whether a suppression sets a signal aside.
#[must_use]
pub fn concerns(it: &Suppression, signal: &KeptSignal) -> bool {
    let same = |wanted: &Option<String>, own: Option<&String>| wanted.is_none() || wanted.as_ref() == own;
    it.lifted_at.is_none()
        && same(&it.rule, Some(&signal.rule))
        && it.tactic.as_ref().is_none_or(|tactic| signal.tactics.0.contains(tactic))
        && same(&it.asset, signal.asset.as_ref())
        && same(&it.host, signal.host.as_ref())
        && it.until.is_none_or(|until| signal.time.is_none_or(|time| time.0 <= until.0))
}

#[cfg(test)]
mod tests {
    use assess::Source;
    use detect::Level;

    use super::*;

    fn signal(rule: &str, host: &str, second: i64, record: u64) -> Signal {
        Signal {
            count: 1,
            rule: rule.to_owned(),
            title: rule.to_owned(),
            level: Level::High,
            time: Timestamp::from_second(second).ok(),
            asset: None,
            host: Some(host.to_owned()),
            techniques: Vec::new(),
            tactics: Vec::new(),
            source: Source { path: "a.log".to_owned(), record },
        }
    }

    #[test]
    fn a_storm_is_a_few_lines_and_a_count() {
        let mut listener = Listener::new([0, 2].into_iter());
        let storm = (1..=100).map(|record| signal("loud", "srv-1", 7_200, record));
        let beside = [signal("loud", "srv-2", 7_200, 200), signal("loud", "srv-1", 10_800, 300)];
        let listed: Vec<u64> =
            storm.chain(beside).filter(|it| listener.takes(it)).map(|it| it.source.record).collect();
        let noise = listener.noise();
        let expected: Vec<u64> = (1..=BUDGET).chain([200, 300]).collect();
        assert_eq!(listed, expected, "another host and another hour have lines of their own");
        assert_eq!(noise.folded("loud", "a.log", BUDGET), 100 - BUDGET);
        assert_eq!(noise.folded("loud", "a.log", 1) + noise.folded("loud", "a.log", 300), 0);
        let heard = &noise.rules()["loud"];
        assert_eq!((heard.matches, heard.chained, heard.hosts()), (102, 2, 2));
        let span = (heard.first.map(Timestamp::as_second), heard.last.map(Timestamp::as_second));
        assert_eq!(span, (Some(7_200), Some(10_800)));
    }

    #[test]
    fn the_first_of_a_rule_on_a_host_is_known() {
        let mut listener = Listener::new(std::iter::empty());
        for (rule, host, record) in
            [("a", "srv-1", 1), ("a", "srv-1", 2), ("b", "srv-1", 3), ("a", "srv-2", 4)]
        {
            assert!(listener.takes(&signal(rule, host, 60, record)));
        }
        let noise = listener.noise();
        let first = |rule, host, record| noise.is_first(rule, Some(host), "a.log", record);
        assert_eq!([first("a", "srv-1", 1), first("b", "srv-1", 3), first("a", "srv-2", 4)], [true; 3]);
        assert!(!first("a", "srv-1", 2) && !first("b", "srv-2", 3) && !first("c", "srv-1", 1));
    }
}
