//! What a rule file holds, as a line of JSON for the [cache](crate::cache).
//!
//! Invariant: what is read back is what was written, to the last letter; of what cannot be written so (a correlation,
//! a filter, a rule that is left to `rsigma`, an example with a number as a name) nothing is, and its file is read again.

use rsigma_parser::LogSource;
use serde::{Deserialize, Serialize};

use crate::fingerprint::Fingerprint;
use crate::matcher::Expr;
use crate::note::{Examples, Note};
use crate::rules::{Detection, Found, Logic, Refused, Rule, RuleFacts, log_source};
use crate::signal::Level;

#[derive(Deserialize, PartialEq, Serialize)]
struct File {
    rules: Vec<Stored>,
    refused: Vec<String>,
}

#[derive(Deserialize, PartialEq, Serialize)]
struct Stored {
    id: String,
    name: Option<String>,
    title: String,
    level: Level,
    techniques: Vec<String>,
    tactics: Vec<String>,
    false_positives: Vec<String>,
    note: Option<Note>,
    examples: Option<Examples>,
    source: LogSource,
    plan: Expr,
}

/// What stands for a file that is to be read again.
const AGAIN: &[u8] = b"";

/// One line a file.
pub fn write(found: &[Found]) -> Vec<u8> {
    let mut lines = Vec::new();
    for it in found {
        lines.extend_from_slice(line(it).as_deref().unwrap_or(AGAIN));
        lines.push(b'\n');
    }
    lines
}

fn line(found: &Found) -> Option<Vec<u8>> {
    let rules = found.rules.iter().map(stored).collect::<Option<Vec<Stored>>>()?;
    let file = File { rules, refused: found.refused.iter().map(|it| it.reason.clone()).collect() };
    let line = serde_json::to_vec(&file).ok().filter(|_| found.filters.is_empty())?;
    (serde_json::from_slice::<File>(&line).ok()? == file).then_some(line)
}

fn stored(rule: &Rule) -> Option<Stored> {
    let Logic::Detection(detection) = &rule.logic else { return None };
    let facts = &rule.facts;
    Some(Stored {
        id: facts.id.to_string(),
        name: facts.name.as_ref().map(ToString::to_string),
        title: facts.title.to_string(),
        level: facts.level,
        techniques: facts.techniques.to_vec(),
        tactics: facts.tactics.to_vec(),
        false_positives: facts.false_positives.clone(),
        note: facts.note.clone(),
        examples: facts.examples.clone(),
        source: detection.source.clone(),
        plan: detection.plan.clone()?,
    })
}

/// What the files hold of which those are the lines.
pub fn lines(content: &[u8]) -> impl Iterator<Item = &[u8]> {
    content.split_inclusive(|it| *it == b'\n').map(|line| line.strip_suffix(b"\n").unwrap_or(line))
}

/// What a file holds; nothing where it has to be read again.
pub fn read(line: &[u8], path: &str, file: Fingerprint) -> Option<Found> {
    if line == AGAIN {
        return None;
    }
    let stored: File = serde_json::from_slice(line).ok()?;
    let refused = stored.refused.into_iter().map(|reason| Refused { path: path.to_owned(), reason });
    let rules = stored.rules.into_iter().map(|it| it.rule(path, file));
    Some(Found { rules: rules.collect(), filters: Vec::new(), refused: refused.collect() })
}

impl Stored {
    fn rule(self, path: &str, file: Fingerprint) -> Rule {
        let facts = RuleFacts {
            id: self.id.into(),
            name: self.name.map(Into::into),
            title: self.title.into(),
            level: self.level,
            techniques: self.techniques.into(),
            tactics: self.tactics.into(),
            path: path.into(),
            false_positives: self.false_positives,
            note: self.note,
            examples: self.examples,
            log_source: Some(log_source(&self.source)),
        };
        let detection = Detection { source: self.source, plan: Some(self.plan), compiled: None };
        Rule { facts, logic: Logic::Detection(Box::new(detection)), file }
    }
}
