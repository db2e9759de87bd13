//! Detections as a store keeps them: one JSON line each, to be assessed again without the evidence.
//!
//! Invariant: nothing kept depends on the engine that made it; rules and correlations go by their ids. What an engine
//! recalls fits that engine: a rule that it does not have gives nothing, and a step towards a correlation that it has
//! no more, or has otherwise, is left out.

use std::net::IpAddr;

use evidence::{Certainty, Origin};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::engine::{Detected, Engine, Step};
use crate::signal::{Keys, Signal};

/// A detection without what its rule says, and without what the map says of its host.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Kept {
    /// The rule's id.
    pub rule: String,
    /// When the event happened.
    pub time: Option<Timestamp>,
    /// How sure that is.
    #[serde(with = "Sureness")]
    pub certainty: Certainty,
    /// The host, as in [`Signal::host`].
    pub host: Option<String>,
    /// As in [`Detected::named`].
    pub named: bool,
    /// As in [`Detected::addresses`].
    pub addresses: Vec<IpAddr>,
    /// Path of the source.
    pub path: String,
    /// Record of the source.
    pub record: u64,
    /// What joins it to others.
    pub keys: Keys,
    /// What it brings to correlations.
    pub steps: Vec<KeptStep>,
    /// As in [`Signal::unproven`].
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unproven: bool,
}

/// What a detection brings to one correlation.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct KeptStep {
    /// The correlation's id.
    pub correlation: String,
    /// Which of its rules this is.
    pub reference: u32,
    /// Values of its group-by fields.
    pub group: Vec<String>,
    /// The value that it counts or sums.
    pub value: Option<String>,
}

#[derive(Deserialize, Serialize)]
#[serde(remote = "Certainty", rename_all = "snake_case")]
enum Sureness {
    Exact,
    ZoneAssumed,
    YearInferred,
    Uncertain,
}

impl Engine {
    /// A detection of this engine, as a store keeps it.
    #[must_use]
    pub fn keep(&self, detected: Detected) -> Kept {
        let steps = detected.steps.into_iter().map(|step| KeptStep {
            correlation: self.id_of(step.correlation).to_owned(),
            reference: step.reference,
            group: step.group,
            value: step.value,
        });
        Kept {
            steps: steps.collect(),
            rule: detected.signal.rule.to_string(),
            time: detected.signal.time,
            certainty: detected.signal.certainty,
            host: detected.signal.host,
            named: detected.named,
            addresses: detected.addresses,
            path: detected.signal.source.path.to_string(),
            record: detected.signal.source.record,
            keys: detected.signal.keys,
            unproven: detected.signal.unproven,
        }
    }

    /// What was kept, as this engine would have found it; nothing where its rule is gone. It is bound to no asset.
    #[must_use]
    pub fn recall(&self, kept: Kept) -> Option<Detected> {
        let rule = self.place(&kept.rule)?;
        let known = self.rule(rule);
        let facts = &known.facts;
        let steps = kept.steps.into_iter().filter_map(|step| self.step(rule, step)).collect();
        let signal = Signal {
            rule: facts.id.clone(),
            title: facts.title.clone(),
            level: facts.level,
            time: kept.time,
            certainty: kept.certainty,
            host: kept.host,
            asset: None,
            techniques: facts.techniques.clone(),
            tactics: facts.tactics.clone(),
            observed: known.observes,
            source: Origin { path: kept.path.into(), record: kept.record },
            keys: kept.keys,
            unproven: kept.unproven,
            dismissed: false,
        };
        let (named, addresses) = (kept.named, kept.addresses);
        Some(Detected { signal, shown: known.is_shown(), named, addresses, rule, steps })
    }

    fn step(&self, rule: u32, kept: KeptStep) -> Option<Step> {
        let mut uses = self.rule(rule).used_by().iter();
        let (correlation, reference) = uses.find(|(correlation, reference)| {
            *reference == kept.reference && self.id_of(*correlation) == kept.correlation
        })?;
        let known = self.correlations().get(*correlation as usize)?;
        let fits =
            known.compiled.group_by.len() == kept.group.len() && known.takes_values() == kept.value.is_some();
        fits.then_some(Step {
            correlation: *correlation,
            reference: *reference,
            group: kept.group,
            value: kept.value,
        })
    }

    fn id_of(&self, correlation: u32) -> &str {
        &self.rule(self.correlations()[correlation as usize].rule).facts.id
    }
}
