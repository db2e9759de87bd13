//! What `chains.yml` and `stances.yml` say.
//!
//! Invariant: numbers are in bounds, so that no content makes joining endless.

use std::collections::HashMap;

use evidence::Certainty;
use serde::Deserialize;

use super::Stance;
use crate::level::is_under;
use crate::signal::{Level, Signal};

/// `chains.yml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Joining {
    tactics: Vec<Vec<String>>,
    pub connect_from: Level,
    pub attach_from: Level,
    pub noisy_hosts: u32,
    pub window_minutes: Windows,
    skew_minutes: Skew,
    well_known_users: Vec<String>,
    well_known_programs: Vec<String>,
    pub key_hosts_max: u32,
    pub keep: Vec<Keep>,
    pub chains_max: usize,
    pub score: Weights,
}

/// How far apart signals that share a key may be, in minutes.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Windows {
    pub host: u32,
    pub user: u32,
    pub address: u32,
    pub program: u32,
    pub process: u32,
    pub logon: u32,
    pub attach: u32,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Skew {
    exact: u32,
    zone_assumed: u32,
    year_inferred: u32,
    uncertain: u32,
}

/// What makes a chain worth keeping.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Keep {
    pub rules: usize,
    pub tactics: usize,
    pub events: usize,
    pub worst: Level,
    /// Only rules of these tactics count, where any is named.
    #[serde(default)]
    pub of: Vec<String>,
}

/// What a score is made of.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Weights {
    pub tactic: u32,
    informational: u32,
    low: u32,
    medium: u32,
    high: u32,
    critical: u32,
    pub rarity_floor_percent: u32,
    pub care_max: u32,
    pub lost: u32,
}

/// `stances.yml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stances {
    stances: Vec<Line>,
    targets_of: Vec<String>,
}

/// One line of `stances.yml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    stance: Said,
    #[serde(default)]
    rules: Vec<String>,
    #[serde(default)]
    techniques: Vec<String>,
    #[serde(default)]
    not_techniques: Vec<String>,
    #[serde(default)]
    tactics: Vec<String>,
    #[serde(default)]
    level: Level,
    #[serde(default)]
    chain_tactics: usize,
    #[serde(default)]
    pub alone: bool,
    #[serde(default)]
    pub who: Who,
}

#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "lowercase")]
enum Said {
    None,
    Suspected,
    Compromised,
    Lost,
}

/// Whom a line speaks of.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "lowercase")]
pub enum Who {
    /// The host of the signal.
    #[default]
    Host,
    /// The assets at the other end.
    Peer,
}

impl Joining {
    /// Minutes bounded to ten years, chains to 10,000.
    pub fn bounded(mut self) -> Joining {
        const MINUTES_MAX: u32 = 5_256_000;
        let windows = &mut self.window_minutes;
        for minutes in [
            &mut windows.host,
            &mut windows.user,
            &mut windows.address,
            &mut windows.program,
            &mut windows.process,
            &mut windows.logon,
            &mut windows.attach,
            &mut self.skew_minutes.exact,
            &mut self.skew_minutes.zone_assumed,
            &mut self.skew_minutes.year_inferred,
            &mut self.skew_minutes.uncertain,
        ] {
            *minutes = (*minutes).min(MINUTES_MAX);
        }
        self.chains_max = self.chains_max.min(10_000);
        self
    }

    /// How far off a time may be, in minutes.
    pub fn skew(&self, certainty: Certainty) -> u32 {
        match certainty {
            Certainty::Exact => self.skew_minutes.exact,
            Certainty::ZoneAssumed => self.skew_minutes.zone_assumed,
            Certainty::YearInferred => self.skew_minutes.year_inferred,
            Certainty::Uncertain => self.skew_minutes.uncertain,
        }
    }

    /// Whether a user exists everywhere.
    pub fn is_well_known(&self, user: &str) -> bool {
        self.well_known_users.iter().any(|pattern| suits(pattern, user))
    }

    /// Whether a program stands on every machine.
    pub fn is_well_known_program(&self, path: &str) -> bool {
        self.well_known_programs.iter().any(|pattern| suits(pattern, path))
    }

    /// The place of a tactic in the order of an attack, unknown ones last.
    pub fn place(&self, tactic: &str) -> usize {
        let line = self.tactics.iter().position(|names| names.iter().any(|it| it == tactic));
        line.unwrap_or(self.tactics.len())
    }
}

/// Whether a text is what a pattern says, which may begin or end with a star.
fn suits(pattern: &str, text: &str) -> bool {
    match (pattern.strip_prefix('*'), pattern.strip_suffix('*')) {
        (Some(end), _) => text.ends_with(end),
        (None, Some(start)) => text.starts_with(start),
        (None, None) => text == pattern,
    }
}

impl Weights {
    /// What a rule of that level counts.
    pub fn of(&self, level: Level) -> u32 {
        match level {
            Level::Informational => self.informational,
            Level::Low => self.low,
            Level::Medium => self.medium,
            Level::High => self.high,
            Level::Critical => self.critical,
        }
    }
}

impl Stances {
    /// The line that holds for a signal in a chain that spreads over `spread` tactics, and the stance that it gives:
    /// suspected at most, where nobody proved who sent the event.
    pub fn of(&self, signal: &Signal, spread: usize) -> Option<(&Line, Stance)> {
        let line = self.stances.iter().find(|line| line.holds(signal, spread))?;
        let stance = match line.stance {
            Said::None => return None,
            Said::Suspected => Stance::Suspected,
            Said::Compromised => Stance::Compromised,
            Said::Lost => Stance::Lost,
        };
        // A forged log must not make a hospital cut itself off.
        Some((line, if signal.unproven { stance.min(Stance::Suspected) } else { stance }))
    }

    /// Whether the hosts that a signal names as targets are touched.
    pub fn touches_targets(&self, signal: &Signal) -> bool {
        signal.tactics.iter().any(|it| self.targets_of.contains(it))
    }
}

impl Line {
    fn holds(&self, signal: &Signal, spread: usize) -> bool {
        let has =
            |list: &[String]| list.iter().any(|it| signal.techniques.iter().any(|own| is_under(own, it)));
        signal.level >= self.level
            && spread >= self.chain_tactics
            && (self.rules.is_empty() || self.rules.iter().any(|it| **it == *signal.rule))
            && (self.techniques.is_empty() || has(&self.techniques))
            && !has(&self.not_techniques)
            && (self.tactics.is_empty() || self.tactics.iter().any(|it| signal.tactics.contains(it)))
    }
}

/// Which rules watch others, by their log sources.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(transparent)]
pub struct Observers(Vec<HashMap<String, String>>);

impl Observers {
    /// Whether rules of that log source (`product/category/service`) watch others.
    pub fn include(&self, log_source: &str) -> bool {
        let parts: HashMap<&str, &str> =
            ["product", "category", "service"].into_iter().zip(log_source.split('/')).collect();
        let same = |(part, name): (&String, &String)| {
            parts.get(part.as_str()).is_some_and(|it| it.eq_ignore_ascii_case(name))
        };
        self.0.iter().any(|it| !it.is_empty() && it.iter().all(same))
    }
}
