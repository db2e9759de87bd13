//! Conditions over facts, in three values.
//!
//! Invariant: a condition is `No` only through facts that are known; an assumption can make it `Yes`
//! (and is then named), never `No`.

use std::collections::BTreeSet;

use serde::Deserialize;
use yaml_serde::Value as Yaml;

use crate::facts::{Facts, Value};

/// A condition: a fact's name, `{fact, at_least}`, or `all`, `any`, `not` of conditions.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq)]
#[serde(try_from = "Yaml")]
pub enum Condition {
    /// The fact holds (a number holds when it is above zero).
    Fact(String),
    /// The number is at least that.
    AtLeast {
        /// Name of the number.
        fact: String,
        /// The least value that satisfies.
        number: u64,
    },
    /// Every one holds.
    All(Vec<Condition>),
    /// One at least holds.
    Any(Vec<Condition>),
    /// It does not hold.
    Not(Box<Condition>),
}

/// What a condition comes to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Truth {
    Yes,
    No,
    Unknown,
}

/// A truth, the facts it rests on, and those that would settle it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Judged {
    pub(crate) truth: Truth,
    pub(crate) rests_on: BTreeSet<String>,
    pub(crate) unknown: BTreeSet<String>,
}

impl Condition {
    /// What it comes to. Where only an assumption says no, the assumption is set aside.
    pub(crate) fn judge(&self, facts: &Facts) -> Judged {
        let judged = self.evaluate(facts, true);
        if judged.truth != Truth::No { judged } else { self.evaluate(facts, false) }
    }

    /// Calls `visit` with the name of each fact in it.
    pub fn each_fact(&self, visit: &mut dyn FnMut(&str)) {
        match self {
            Condition::Fact(fact) | Condition::AtLeast { fact, .. } => visit(fact),
            Condition::All(parts) | Condition::Any(parts) => {
                parts.iter().for_each(|part| part.each_fact(visit));
            }
            Condition::Not(part) => part.each_fact(visit),
        }
    }

    fn evaluate(&self, facts: &Facts, trusting: bool) -> Judged {
        let known = |name: &String| facts.fact(name).filter(|fact| trusting || !fact.assumed);
        match self {
            Condition::Fact(name) => leaf(
                name,
                known(name).map(|fact| match fact.value {
                    Value::Yes => true,
                    Value::No => false,
                    Value::Number(number) => number > 0,
                }),
            ),
            Condition::AtLeast { fact: name, number: least } => leaf(
                name,
                known(name).and_then(|fact| match fact.value {
                    Value::Number(number) => Some(number >= *least),
                    Value::No => Some(*least == 0),
                    Value::Yes => None,
                }),
            ),
            Condition::All(parts) => {
                join(parts.iter().map(|part| part.evaluate(facts, trusting)).collect(), Truth::No, facts)
            }
            Condition::Any(parts) => {
                join(parts.iter().map(|part| part.evaluate(facts, trusting)).collect(), Truth::Yes, facts)
            }
            Condition::Not(part) => {
                let judged = part.evaluate(facts, trusting);
                Judged { truth: opposite(judged.truth), ..judged }
            }
        }
    }
}

fn opposite(truth: Truth) -> Truth {
    match truth {
        Truth::Yes => Truth::No,
        Truth::No => Truth::Yes,
        Truth::Unknown => Truth::Unknown,
    }
}

fn leaf(name: &str, holds: Option<bool>) -> Judged {
    let this = BTreeSet::from([name.to_owned()]);
    match holds {
        Some(true) => Judged { truth: Truth::Yes, rests_on: this, unknown: BTreeSet::new() },
        Some(false) => Judged { truth: Truth::No, rests_on: this, unknown: BTreeSet::new() },
        None => Judged { truth: Truth::Unknown, rests_on: BTreeSet::new(), unknown: this },
    }
}

/// Joins parts of which one that is `settling` settles the whole: the one with fewest assumptions.
fn join(parts: Vec<Judged>, settling: Truth, facts: &Facts) -> Judged {
    let assumptions = |part: &Judged| part.rests_on.iter().filter(|name| facts.is_assumed(name)).count();
    if let Some(settles) =
        parts.iter().filter(|part| part.truth == settling).min_by_key(|part| assumptions(part))
    {
        return settles.clone();
    }
    let open = parts.iter().any(|part| part.truth == Truth::Unknown);
    let mut whole = Judged {
        truth: if open { Truth::Unknown } else { opposite(settling) },
        rests_on: BTreeSet::new(),
        unknown: BTreeSet::new(),
    };
    for part in parts {
        whole.rests_on.extend(part.rests_on);
        whole.unknown.extend(part.unknown);
    }
    whole
}

impl TryFrom<Yaml> for Condition {
    type Error = String;

    fn try_from(yaml: Yaml) -> Result<Condition, String> {
        const EXPECTED: &str =
            "a condition is a fact's name, {fact: NAME, at_least: N}, {all: [..]}, {any: [..]} or {not: ..}";
        let mapping = match yaml {
            Yaml::String(name) => return Ok(Condition::Fact(name)),
            Yaml::Mapping(mapping) => mapping,
            _ => return Err(EXPECTED.to_owned()),
        };
        let at = |key: &str| mapping.get(key);
        let parts = |yaml: &Yaml| match yaml {
            Yaml::Sequence(parts) if !parts.is_empty() => {
                parts.iter().cloned().map(Condition::try_from).collect()
            }
            _ => Err("`all` and `any` take a list that is not empty".to_owned()),
        };
        match (mapping.len(), at("all"), at("any"), at("not"), at("fact"), at("at_least")) {
            (1, Some(yaml), ..) => Ok(Condition::All(parts(yaml)?)),
            (1, _, Some(yaml), ..) => Ok(Condition::Any(parts(yaml)?)),
            (1, _, _, Some(yaml), ..) => Ok(Condition::Not(Box::new(Condition::try_from(yaml.clone())?))),
            (2, _, _, _, Some(Yaml::String(fact)), Some(number)) => {
                let number = number.as_u64().ok_or("`at_least` takes a whole number, not negative")?;
                Ok(Condition::AtLeast { fact: fact.clone(), number })
            }
            _ => Err(EXPECTED.to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_values() {
        let facts = Facts::stated([
            ("yes", Value::Yes),
            ("no", Value::No),
            ("five", Value::Number(5)),
            ("zero", Value::Number(0)),
        ])
        .or_assume([("taken", Value::Yes), ("refused", Value::No)]);
        let cases: &[(&str, Truth, &[&str], &[&str])] = &[
            ("yes", Truth::Yes, &["yes"], &[]),
            ("no", Truth::No, &["no"], &[]),
            ("zero", Truth::No, &["zero"], &[]),
            ("what", Truth::Unknown, &[], &["what"]),
            ("taken", Truth::Yes, &["taken"], &[]),
            ("refused", Truth::Unknown, &[], &["refused"]),
            ("{not: refused}", Truth::Yes, &["refused"], &[]),
            ("{not: taken}", Truth::Unknown, &[], &["taken"]),
            ("{not: no}", Truth::Yes, &["no"], &[]),
            ("{not: what}", Truth::Unknown, &[], &["what"]),
            ("{fact: five, at_least: 5}", Truth::Yes, &["five"], &[]),
            ("{fact: five, at_least: 6}", Truth::No, &["five"], &[]),
            ("{fact: yes, at_least: 6}", Truth::Unknown, &[], &["yes"]),
            ("{fact: no, at_least: 6}", Truth::No, &["no"], &[]),
            ("{fact: many, at_least: 6}", Truth::Unknown, &[], &["many"]),
            ("{all: [yes, five]}", Truth::Yes, &["five", "yes"], &[]),
            ("{all: [yes, what, no]}", Truth::No, &["no"], &[]),
            ("{all: [yes, what]}", Truth::Unknown, &["yes"], &["what"]),
            ("{all: [refused, no]}", Truth::No, &["no"], &[]),
            ("{all: [yes, refused]}", Truth::Unknown, &["yes"], &["refused"]),
            ("{any: [no, what]}", Truth::Unknown, &["no"], &["what"]),
            ("{any: [taken, yes, what]}", Truth::Yes, &["yes"], &[]),
            ("{any: [no, zero]}", Truth::No, &["no", "zero"], &[]),
            ("{all: [yes, {any: [no, {not: zero}]}]}", Truth::Yes, &["yes", "zero"], &[]),
        ];
        for (text, truth, rests_on, unknown) in cases {
            let condition: Condition = yaml_serde::from_str(text).expect(text);
            let judged = condition.judge(&facts);
            assert_eq!(judged.truth, *truth, "{text}");
            assert_eq!(judged.rests_on.iter().map(String::as_str).collect::<Vec<_>>(), *rests_on, "{text}");
            assert_eq!(judged.unknown.iter().map(String::as_str).collect::<Vec<_>>(), *unknown, "{text}");
        }
    }

    #[test]
    fn what_is_no_condition() {
        for text in
            ["[a]", "{all: []}", "{all: a}", "{some: [a]}", "{fact: a, at_least: -1}", "{fact: a}", "3"]
        {
            assert!(yaml_serde::from_str::<Condition>(text).is_err(), "{text}");
        }
    }
}
