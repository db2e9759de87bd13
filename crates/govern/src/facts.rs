//! Facts of the hospital and of the incident, on which obligations depend.
//!
//! Invariant: what was stated is never overwritten by what is taken for granted.

use std::collections::BTreeMap;

use serde::Deserialize;
use yaml_serde::Value as Yaml;

/// What a fact comes to; a fact that is unknown is absent from [`Facts`].
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(try_from = "Yaml")]
pub enum Value {
    /// It holds.
    Yes,
    /// It does not.
    No,
    /// How many.
    Number(u64),
}

impl Value {
    /// Reads `yes`, `no` or a whole number, as people type them.
    #[must_use]
    pub fn parse(text: &str) -> Option<Value> {
        match text.trim().to_ascii_lowercase().as_str() {
            "yes" | "oui" | "true" => Some(Value::Yes),
            "no" | "non" | "false" => Some(Value::No),
            number => number.parse().ok().map(Value::Number),
        }
    }
}

impl TryFrom<Yaml> for Value {
    type Error = String;

    fn try_from(yaml: Yaml) -> Result<Value, String> {
        let value = match &yaml {
            Yaml::Bool(true) => Some(Value::Yes),
            Yaml::Bool(false) => Some(Value::No),
            Yaml::Number(number) => number.as_u64().map(Value::Number),
            Yaml::String(text) => Value::parse(text),
            _ => None,
        };
        value.ok_or_else(|| "a fact is `yes`, `no` or a whole number".to_owned())
    }
}

/// A known fact.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Fact {
    /// What it comes to.
    pub value: Value,
    /// Whether it is taken for granted, not seen or stated.
    pub assumed: bool,
}

/// Facts by name.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Facts(BTreeMap<String, Fact>);

impl Facts {
    /// Facts that somebody stated or that the evidence shows.
    #[must_use]
    pub fn stated<N: Into<String>>(facts: impl IntoIterator<Item = (N, Value)>) -> Facts {
        Facts(facts.into_iter().map(|(name, value)| (name.into(), Fact { value, assumed: false })).collect())
    }

    /// These facts, and those of `others` of which these say nothing.
    #[must_use]
    pub fn or(mut self, others: Facts) -> Facts {
        for (name, fact) in others.0 {
            self.0.entry(name).or_insert(fact);
        }
        self
    }

    /// These facts, and what is taken for granted where these say nothing.
    #[must_use]
    pub fn or_assume<N: Into<String>>(self, taken: impl IntoIterator<Item = (N, Value)>) -> Facts {
        let taken = taken.into_iter().map(|(name, value)| (name.into(), Fact { value, assumed: true }));
        self.or(Facts(taken.collect()))
    }

    /// A fact, where it is known.
    #[must_use]
    pub fn fact(&self, name: &str) -> Option<Fact> {
        self.0.get(name).copied()
    }

    /// Every known fact, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Fact)> {
        self.0.iter().map(|(name, fact)| (name.as_str(), *fact))
    }

    pub(crate) fn is_assumed(&self, name: &str) -> bool {
        self.fact(name).is_some_and(|fact| fact.assumed)
    }
}

/// What the chains come to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Finding {
    /// No chain, and no signal that worries.
    Nothing,
    /// Signals or chains, but no asset compromised or lost.
    Suspicion,
    /// An asset is compromised or lost.
    Attack,
}

/// What an assessment has seen of the incident.
#[derive(Clone, Copy, Debug)]
pub struct Observed {
    /// What the chains come to.
    pub finding: Finding,
    /// Whether an asset is lost (encrypted, wiped, made unusable).
    pub assets_lost: bool,
    /// Whether a care service degrades or stops; `None` where no map tells.
    pub care_losing: Option<bool>,
    /// Whether data of persons are held by what is compromised or lost; `None` where no map tells.
    pub personal_data: Option<bool>,
}

/// The facts that follow from what was seen; of the rest, nothing is said.
#[must_use]
pub fn observed(seen: &Observed) -> Facts {
    let mut facts = Vec::new();
    match seen.finding {
        Finding::Nothing => facts.push(("security_incident", Value::No)),
        Finding::Suspicion => {}
        Finding::Attack => {
            let holding = ["security_incident", "malicious", "care_or_data_at_risk"];
            facts.extend(holding.map(|name| (name, Value::Yes)));
        }
    }
    if seen.assets_lost {
        facts.extend(["working_disrupted", "availability_breach"].map(|name| (name, Value::Yes)));
    }
    if seen.care_losing == Some(true) {
        let holding = ["care_disrupted", "working_disrupted", "significant_incident", "recipients_affected"];
        facts.extend(holding.map(|name| (name, Value::Yes)));
    }
    if seen.personal_data == Some(true) {
        facts.push(("personal_data", Value::Yes));
    }
    Facts::stated(facts)
}
