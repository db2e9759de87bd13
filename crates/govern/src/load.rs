//! Content files into [`Obligations`].
//!
//! Invariant: every mistake of every file is found at once, each with what to do; a file is at most
//! [`FILE_BYTES_MAX`] bytes.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use thiserror::Error;
use yaml_serde::Value as Yaml;

use crate::condition::Condition;
use crate::draft::placeholders;
use crate::holidays::Holidays;
use crate::obligation::{
    Confidence, Deadline, Decision, FactWords, Held, Obligation, Obligations, Pack, Start, Tell, Variant,
};
use crate::text::{Language, Text};

/// A mistake in a content file.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
#[error("{path}: {message}")]
pub struct Mistake {
    /// The file, under `content/`.
    pub path: String,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub help: String,
}

/// Longest content file read.
const FILE_BYTES_MAX: usize = 256 * 1024;

impl Obligations {
    /// Reads the files of `obligations/`, given with their paths under `content/`: `ID.yml` for each
    /// obligation, `decisions/ID.yml`, and `shared/{facts,items,packs,holidays,tell}.yml`. Other files
    /// than `.yml` are passed over.
    ///
    /// # Errors
    /// Every mistake of every file.
    pub fn load<'a>(
        files: impl IntoIterator<Item = (&'a str, &'a [u8])>,
    ) -> Result<Obligations, Vec<Mistake>> {
        let mut read = Reading::default();
        for (path, bytes) in files {
            let name = path.strip_prefix("obligations/").unwrap_or(path);
            let Some(stem) = name.strip_suffix(".yml") else { continue };
            match stem.split_once('/') {
                None => {
                    let written = read.parse::<Written>(path, bytes);
                    read.written.extend(written.map(|it| (path.to_owned(), it)));
                }
                Some(("decisions", _)) => {
                    let decision = read.parse::<Decision>(path, bytes);
                    read.decisions.extend(decision.map(|it| (path.to_owned(), it)));
                }
                Some(("shared", "facts")) => read.facts = read.parse(path, bytes).unwrap_or_default(),
                Some(("shared", "items")) => read.items = read.parse(path, bytes).unwrap_or_default(),
                Some(("shared", "packs")) => read.packs = read.parse(path, bytes).unwrap_or_default(),
                Some(("shared", "holidays")) => read.holidays = read.parse(path, bytes).unwrap_or_default(),
                Some(("shared", "tell")) => read.tell = read.parse(path, bytes).unwrap_or_default(),
                Some(_) => read.wrong(path, "no such content is known", PLACES),
            }
        }
        read.finish()
    }
}

const PLACES: &str = "put an obligation in obligations/ID.yml, a decision in obligations/decisions/ID.yml; \
     obligations/shared/ holds facts, items, packs, holidays and tell";

/// An obligation as its file has it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    id: String,
    packs: BTreeMap<String, Option<Variant>>,
    title: Text,
    binds: Text,
    recipient: Text,
    trigger: Condition,
    start: Start,
    deadline: Yaml,
    #[serde(default)]
    without_delay: bool,
    #[serde(default)]
    must_hold: Vec<String>,
    legal_reference: Text,
    source: String,
    confidence: Confidence,
    checked_on: Option<Date>,
    to_be_checked: Option<Text>,
    note: Option<Text>,
    draft: Text,
}

#[derive(Default)]
struct Reading {
    written: Vec<(String, Written)>,
    decisions: Vec<(String, Decision)>,
    facts: BTreeMap<String, FactWords>,
    items: BTreeMap<String, Text>,
    packs: BTreeMap<String, Pack>,
    holidays: BTreeMap<String, Holidays>,
    tell: Vec<Tell>,
    mistakes: Vec<Mistake>,
}

impl Reading {
    fn wrong(&mut self, path: &str, message: impl Into<String>, help: impl Into<String>) {
        self.mistakes.push(Mistake { path: path.to_owned(), message: message.into(), help: help.into() });
    }

    fn parse<T: DeserializeOwned>(&mut self, path: &str, bytes: &[u8]) -> Option<T> {
        if bytes.len() > FILE_BYTES_MAX {
            self.wrong(path, "the file is too long", "split it: 256 KiB at most");
            return None;
        }
        let parsed = yaml_serde::from_slice(bytes);
        parsed
            .map_err(|error| self.wrong(path, error.to_string(), "see the example in the folder's README"))
            .ok()
    }

    fn finish(mut self) -> Result<Obligations, Vec<Mistake>> {
        let written = std::mem::take(&mut self.written);
        let starts: BTreeMap<String, Start> =
            written.iter().map(|(_, it)| (it.id.clone(), it.start.clone())).collect();
        let mut by_pack = BTreeMap::new();
        let mut all = Vec::new();
        for (path, written) in written {
            self.check(&path, &written, &starts);
            let packs = written.packs.clone().into_iter();
            by_pack
                .insert(written.id.clone(), packs.map(|(name, it)| (name, it.unwrap_or_default())).collect());
            all.extend(self.resolve(&path, written));
        }
        self.check_packs();
        for (path, decision) in std::mem::take(&mut self.decisions) {
            self.check_id(&path, &decision.id);
            self.check_checked(&path, decision.checked_on, decision.to_be_checked.is_some());
            self.check_names(&path, "pack", decision.packs.iter().map(String::as_str));
            self.decisions.push((path, decision));
        }
        if !self.mistakes.is_empty() {
            return Err(self.mistakes);
        }
        all.sort_by(|a: &Obligation, b| a.id.cmp(&b.id));
        Ok(Obligations {
            all,
            by_pack,
            chosen: self.packs.keys().cloned().collect(),
            facts: self.facts,
            packs: self.packs,
            holidays: self.holidays,
            decisions: self.decisions.into_iter().map(|(_, it)| it).collect(),
            tell: self.tell,
        })
    }

    fn resolve(&mut self, path: &str, written: Written) -> Option<Obligation> {
        let deadlines = match Deadline::parse_all(&written.deadline) {
            Ok(deadlines) => deadlines,
            Err(message) => {
                self.wrong(path, message, "correct `deadline`");
                return None;
            }
        };
        let mut facts = BTreeSet::new();
        for condition in deadlines.iter().filter_map(|it| it.when.as_ref()).chain([&written.trigger]) {
            condition.each_fact(&mut |fact| facts.extend([fact.to_owned()]));
        }
        self.check_names(path, "fact", facts.iter().map(String::as_str));
        if deadlines.last().is_some_and(|it| it.when.is_some()) {
            self.wrong(
                path,
                "no deadline applies when none of the conditions does",
                "end with one without `when`",
            );
        }
        let label = |item: &String| self.items.get(item).cloned().map(|label| (item.clone(), label));
        let used = placeholders(written.draft.in_language(Language::Fr))
            .chain(placeholders(written.draft.in_language(Language::En)))
            .map(str::to_owned);
        let labels: BTreeMap<String, Text> = used.filter_map(|item| label(&item)).collect();
        let must_hold = written.must_hold.iter().filter_map(label);
        Some(Obligation {
            must_hold: must_hold.map(|(item, label)| Held { item, label }).collect(),
            id: written.id,
            pack: String::new(),
            title: written.title,
            binds: written.binds,
            recipient: written.recipient,
            trigger: written.trigger,
            start: written.start,
            deadlines,
            without_delay: written.without_delay,
            legal_reference: written.legal_reference,
            source: written.source,
            confidence: written.confidence,
            checked_on: written.checked_on,
            to_be_checked: written.to_be_checked,
            note: written.note,
            draft: written.draft,
            labels,
        })
    }

    fn check(&mut self, path: &str, written: &Written, starts: &BTreeMap<String, Start>) {
        self.check_id(path, &written.id);
        self.check_names(path, "pack", written.packs.keys().map(String::as_str));
        self.check_checked(path, written.checked_on, written.to_be_checked.is_some());
        if written.packs.is_empty() {
            self.wrong(path, "it belongs to no pack", "name one in `packs`");
        }
        if let Start::Event(event) = &written.start {
            self.check_names(path, "fact", std::iter::once(event.as_str()));
        }
        let mut steps = 0;
        let mut start = &written.start;
        while let Start::After(notice) = start {
            steps += 1;
            match starts.get(notice) {
                Some(earlier) if steps <= starts.len() => start = earlier,
                Some(_) => {
                    self.wrong(path, "notices wait for each other", "let one start otherwise");
                    break;
                }
                None => {
                    self.wrong(path, format!("`{notice}` is no obligation"), "name one that exists");
                    break;
                }
            }
        }
        let words = [Language::Fr, Language::En].map(|it| written.draft.in_language(it).to_owned());
        let [french, english] = words.each_ref().map(|it| placeholders(it).collect::<BTreeSet<_>>());
        if let Some(item) = french.symmetric_difference(&english).next() {
            self.wrong(path, format!("`{{{item}}}` stands in one language only"), "put it in both drafts");
        }
        let held = written.must_hold.iter().map(String::as_str);
        self.check_names(path, "item", french.union(&english).copied().chain(held.clone()));
        for item in held.filter(|item| !french.contains(item)) {
            self.wrong(path, format!("the draft lacks `{{{item}}}`, which the notice must hold"), "add it");
        }
    }

    fn check_packs(&mut self) {
        let path = "obligations/shared/packs.yml";
        let packs: Vec<(String, Pack)> = self.packs.clone().into_iter().collect();
        for (_, pack) in &packs {
            let facts = pack.assumed.keys().chain(&pack.enabled_by);
            self.check_names(path, "fact", facts.map(String::as_str));
            if let Some(country) = pack.country.as_ref().filter(|it| !self.holidays.contains_key(*it)) {
                self.wrong(path, format!("`{country}` has no holidays"), "add it to shared/holidays.yml");
            }
        }
    }

    fn check_id(&mut self, path: &str, id: &str) {
        let stem = path.rsplit('/').next().and_then(|it| it.strip_suffix(".yml"));
        if stem != Some(id) {
            self.wrong(path, format!("its id is `{id}`"), "give the file the name of its id");
        }
    }

    fn check_checked(&mut self, path: &str, checked_on: Option<Date>, to_be_checked: bool) {
        if checked_on.is_none() && !to_be_checked {
            self.wrong(path, "it says neither `checked_on` nor `to_be_checked`", "say one of them");
        }
    }

    fn check_names<'a>(&mut self, path: &str, kind: &str, names: impl Iterator<Item = &'a str>) {
        for name in names {
            let (known, file) = match kind {
                "fact" => (self.facts.contains_key(name), "facts"),
                "item" => (self.items.contains_key(name), "items"),
                _ => (self.packs.contains_key(name), "packs"),
            };
            if !known {
                let help = format!("correct it, or add it to obligations/shared/{file}.yml");
                self.wrong(path, format!("`{name}` is no {kind} that is known"), help);
            }
        }
    }
}
