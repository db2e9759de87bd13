//! Rules: Sigma files in, compiled rules out, each refusal named with its reason.
//!
//! Invariant: a rule in the set compiles and has an id of its own; a rule read later takes the place of an
//! earlier one of the same id. What could not be used is in [`Rules::refused`], never dropped in silence.

use std::collections::{HashMap, HashSet};
use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rsigma_eval::compiler::compile_detection;
use rsigma_eval::{CompiledCorrelation, CompiledRule, compile_rule};
use rsigma_parser::{
    CorrelationRule, FilterRule, FilterRuleTarget, LogSource, SigmaCollection, SigmaRule, parse_sigma_yaml,
};

use crate::cache::Cache;
use crate::fingerprint::{self, Fingerprint};
use crate::level::{is_under, level, tactics, techniques};
use crate::matcher::{Expr, plan};
use crate::mend::mend;
use crate::note::{Examples, Note};
use crate::signal::Level;
use crate::stored;

/// Largest rule file read, in bytes.
pub const RULE_FILE_BYTES_MAX: usize = 4 << 20;
/// Most rules held; later ones are refused.
pub const RULES_MAX: usize = 200_000;
/// Fewer files than this are read as quickly as a cache is.
const CACHED_MIN: usize = 64;

/// A set of rules, ready for an engine.
#[derive(Default)]
pub struct Rules {
    pub(crate) rules: Vec<Rule>,
    pub(crate) filters: Vec<Filter>,
    refused: Vec<Refused>,
    by_id: HashMap<Arc<str>, usize>,
}

/// A rule that could not be used.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Refused {
    /// Its file, as given.
    pub path: String,
    /// What is wrong with it.
    pub reason: String,
}

/// What is known of a rule besides its logic.
#[derive(Clone, Debug)]
pub struct RuleFacts {
    /// Sigma `id`; the path of its file where it has none.
    pub id: Arc<str>,
    /// Sigma `name`, by which correlations may refer to it.
    pub name: Option<Arc<str>>,
    /// Title.
    pub title: Arc<str>,
    /// Level; medium where the author gives none.
    pub level: Level,
    /// ATT&CK techniques (`T1486`), in the order of the tags.
    pub techniques: Arc<[String]>,
    /// ATT&CK tactics as Sigma's tags name them (`lateral-movement`).
    pub tactics: Arc<[String]>,
    /// Its file, as given.
    pub path: Arc<str>,
    /// Sigma `falsepositives`.
    pub false_positives: Vec<String>,
    /// What it means to care and what to check first, where the author says so.
    pub note: Option<Note>,
    /// Events that must match and that must not.
    pub examples: Option<Examples>,
    /// Its log source as `product/category/service`, `*` where not said; none for a correlation.
    pub log_source: Option<String>,
}

pub(crate) struct Rule {
    pub facts: RuleFacts,
    pub logic: Logic,
    /// The fingerprint of its file.
    pub file: Fingerprint,
}

/// What narrows other rules.
pub(crate) struct Filter {
    pub rule: FilterRule,
    /// The fingerprint of its file.
    pub file: Fingerprint,
}

pub(crate) enum Logic {
    Detection(Box<Detection>),
    Correlation(Box<CompiledCorrelation>),
}

/// What a rule asks of one event.
pub(crate) struct Detection {
    pub source: LogSource,
    /// For our own matcher; none where the rule needs what it does not do.
    pub plan: Option<Expr>,
    /// For `rsigma`: where there is no plan, and where a filter may narrow the rule.
    pub compiled: Option<CompiledRule>,
}

impl Rules {
    /// Reads every `.yml` and `.yaml` file, in the order given.
    pub fn load<P: AsRef<str> + Sync, B: AsRef<[u8]> + Sync>(
        files: impl IntoIterator<Item = (P, B)>,
    ) -> Rules {
        Rules::load_with(files, None)
    }

    /// The same, quicker where that cache holds what these files gave before; else it will.
    pub fn load_with<P: AsRef<str> + Sync, B: AsRef<[u8]> + Sync>(
        files: impl IntoIterator<Item = (P, B)>,
        cache: Option<&Cache>,
    ) -> Rules {
        let is_rule = |(path, _): &(P, B)| [".yml", ".yaml"].iter().any(|it| path.as_ref().ends_with(it));
        let files: Vec<(P, B)> = files.into_iter().filter(is_rule).collect();
        let mut found = match cache.filter(|_| files.len() >= CACHED_MIN) {
            Some(cache) => read_cached(&files, cache),
            None => on_all_cores(files.len(), |at| Found::read(&files[at], false)),
        };
        let filters: Vec<FilterRule> =
            found.iter().flat_map(|it| &it.filters).map(|it| it.rule.clone()).collect();
        if !filters.is_empty() {
            let narrowed = on_all_cores(files.len(), |at| {
                found[at].is_narrowed(&filters).then(|| Found::read(&files[at], true))
            });
            for (it, again) in found.iter_mut().zip(narrowed) {
                *it = again.unwrap_or_else(|| std::mem::take(it));
            }
        }
        let mut rules = Rules::default();
        for (it, (path, _)) in found.into_iter().zip(&files) {
            rules.take(path.as_ref(), it);
        }
        rules.refuse_dangling_correlations();
        rules
    }

    /// How many rules are ready, correlations included.
    #[must_use]
    pub fn loaded(&self) -> usize {
        self.rules.len()
    }

    /// Rules and files that could not be used, in the order read.
    #[must_use]
    pub fn refused(&self) -> &[Refused] {
        &self.refused
    }

    /// What is known of each rule, in the order loaded.
    pub fn facts(&self) -> impl Iterator<Item = &RuleFacts> {
        self.rules.iter().map(|rule| &rule.facts)
    }

    /// What is known of the rule of that id.
    #[must_use]
    pub fn find(&self, id: &str) -> Option<&RuleFacts> {
        self.by_id.get(id).map(|place| &self.rules[*place].facts)
    }

    fn take(&mut self, path: &str, found: Found) {
        self.refused.extend(found.refused);
        self.filters.extend(found.filters);
        for rule in found.rules {
            self.add(path, rule);
        }
    }

    fn add(&mut self, path: &str, rule: Rule) {
        if let Some(place) = self.by_id.get(&rule.facts.id) {
            let title = rule.facts.title.clone();
            let earlier = std::mem::replace(&mut self.rules[*place], rule).facts;
            // The same rule in another version is meant to take its place; another rule is not.
            if earlier.title != title {
                let reason = format!("{} has the id of {title} in {path}, which came later", earlier.title);
                self.refuse(&earlier.path, reason);
            }
        } else if self.rules.len() == RULES_MAX {
            self.refuse(path, format!("more than {RULES_MAX} rules"));
        } else {
            self.by_id.insert(rule.facts.id.clone(), self.rules.len());
            self.rules.push(rule);
        }
    }

    fn refuse(&mut self, path: &str, reason: impl std::fmt::Display) {
        self.refused.push(Refused::new(path, reason));
    }

    /// A correlation whose rules are not all there, or which needs its own result, could never be right. What
    /// rests on a refused one is refused too.
    fn refuse_dangling_correlations(&mut self) {
        let mut known: HashSet<String> = HashSet::new();
        let mut waiting: Vec<usize> = (0..self.rules.len()).collect();
        loop {
            let before = waiting.len();
            waiting.retain(|place| {
                let rule = &self.rules[*place];
                let ready = match &rule.logic {
                    Logic::Detection(_) => true,
                    Logic::Correlation(it) => it.rule_refs.iter().all(|name| known.contains(name)),
                };
                if ready {
                    known.extend(rule.facts.names().map(str::to_owned));
                }
                !ready
            });
            if waiting.len() == before {
                break;
            }
        }
        for place in waiting.into_iter().rev() {
            let rule = self.rules.remove(place);
            if let Logic::Correlation(it) = &rule.logic {
                let missing = it.rule_refs.iter().find(|name| !known.contains(*name));
                let missing = missing.map_or("itself", String::as_str);
                self.refuse(&rule.facts.path, format!("correlates {missing}, which is not loaded"));
            }
        }
        self.by_id = self.rules.iter().enumerate().map(|(at, it)| (it.facts.id.clone(), at)).collect();
    }
}

/// What one file holds.
#[derive(Default)]
pub(crate) struct Found {
    pub rules: Vec<Rule>,
    pub filters: Vec<Filter>,
    pub refused: Vec<Refused>,
}

/// What each file holds, as far as the cache knows it; the cache learns it where it does not.
fn read_cached<P: AsRef<str> + Sync, B: AsRef<[u8]> + Sync>(files: &[(P, B)], cache: &Cache) -> Vec<Found> {
    let prints = on_all_cores(files.len(), |at| fingerprint::of_file(files[at].1.as_ref()));
    let name = cache.name(files.iter().map(|(path, _)| path.as_ref()).zip(prints.iter().copied()));
    let content = cache.get(&name);
    let lines: Vec<&[u8]> = content.as_deref().map(stored::lines).into_iter().flatten().collect();
    let found = on_all_cores(files.len(), |at| {
        let known = lines.get(at).and_then(|line| stored::read(line, files[at].0.as_ref(), prints[at]));
        known.unwrap_or_else(|| Found::read(&files[at], false))
    });
    if content.is_none() {
        cache.put(&name, &stored::write(&found));
    }
    found
}

/// The results of so many pieces of work, in order.
fn on_all_cores<T: Send>(count: usize, work: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(count.div_ceil(64));
    let next = AtomicUsize::new(0);
    let some = || {
        let mut done = Vec::new();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            if at >= count {
                break done;
            }
            done.push((at, work(at)));
        }
    };
    let mut all = std::thread::scope(|scope| {
        let others: Vec<_> = (1..threads).map(|_| scope.spawn(some)).collect();
        let mut all = some();
        for other in others {
            all.extend(other.join().unwrap_or_else(|panic| resume_unwind(panic)));
        }
        all
    });
    all.sort_unstable_by_key(|(at, _)| *at);
    all.into_iter().map(|(_, it)| it).collect()
}

impl Found {
    /// What one file holds; `filtered`: rules are kept so that filters can narrow them.
    fn read<P: AsRef<str>, B: AsRef<[u8]>>((path, bytes): &(P, B), filtered: bool) -> Found {
        let (path, bytes) = (path.as_ref(), bytes.as_ref());
        let mut found = Found::default();
        if bytes.len() > RULE_FILE_BYTES_MAX {
            found.refuse(path, format!("larger than {RULE_FILE_BYTES_MAX} bytes"));
            return found;
        }
        let Ok(text) = std::str::from_utf8(bytes) else {
            found.refuse(path, "not UTF-8 text");
            return found;
        };
        match parse_sigma_yaml(text) {
            Ok(collection) => {
                if collection.has_errors() && documents(text) > collection.len() {
                    found.refuse(path, collection.errors.join("; "));
                }
                found.take(path, collection, fingerprint::of_file(bytes), filtered);
            }
            Err(error) => found.refuse(path, error),
        }
        found
    }

    fn take(&mut self, path: &str, collection: SigmaCollection, file: Fingerprint, filtered: bool) {
        let single = collection.len() == 1;
        let mut nameless = 0;
        let mut fallback = || {
            nameless += 1;
            if single { path.to_owned() } else { format!("{path}#{nameless}") }
        };
        for rule in collection.rules {
            let id = rule.id.clone().unwrap_or_else(&mut fallback);
            match detection(path, &id, rule, filtered) {
                Ok((facts, logic)) => self.rules.push(Rule { facts, logic, file }),
                Err(reason) => self.refuse(path, reason),
            }
        }
        for rule in collection.correlations {
            let id = rule.id.clone().unwrap_or_else(&mut fallback);
            match correlation(path, &id, rule) {
                Ok((facts, logic)) => self.rules.push(Rule { facts, logic, file }),
                Err(reason) => self.refuse(path, reason),
            }
        }
        for filter in collection.filters {
            match filter.detection.named.values().try_for_each(|it| compile_detection(it).map(drop)) {
                Ok(()) => self.filters.push(Filter { rule: filter, file }),
                Err(error) => self.refuse(path, error),
            }
        }
    }

    /// Whether some filter may narrow a rule of the file.
    fn is_narrowed(&self, filters: &[FilterRule]) -> bool {
        self.rules.iter().any(|rule| filters.iter().any(|filter| rule.facts.is_meant_by(filter)))
    }

    fn refuse(&mut self, path: &str, reason: impl std::fmt::Display) {
        self.refused.push(Refused::new(path, reason));
    }
}

impl Refused {
    fn new(path: &str, reason: impl std::fmt::Display) -> Refused {
        Refused { path: path.to_owned(), reason: reason.to_string() }
    }
}

impl RuleFacts {
    /// Whether the rule is about that technique or one of its sub-techniques (`T1021` takes `T1021.002`).
    #[must_use]
    pub fn concerns(&self, technique: &str) -> bool {
        self.techniques.iter().any(|it| is_under(it, technique))
    }

    /// Its title in French, where its author gives one, or in English.
    #[must_use]
    pub fn title_in(&self, french: bool) -> &str {
        let own = self.note.as_ref().filter(|_| french).and_then(|note| note.title_fr.as_deref());
        own.unwrap_or(&self.title)
    }

    /// Whether a filter that names `name` means it.
    pub(crate) fn is_called(&self, name: &str) -> bool {
        self.names().any(|it| it == name) || *self.title == *name
    }

    /// Whether a filter may narrow it.
    pub(crate) fn is_meant_by(&self, filter: &FilterRule) -> bool {
        match &filter.rules {
            FilterRuleTarget::Any => true,
            FilterRuleTarget::Specific(names) => names.iter().any(|name| self.is_called(name)),
        }
    }

    /// What correlations and filters may call it.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        [Some(&*self.id), self.name.as_deref()].into_iter().flatten()
    }
}

fn detection(path: &str, id: &str, mut rule: SigmaRule, keep: bool) -> Result<(RuleFacts, Logic), String> {
    let attributes = std::mem::take(&mut rule.custom_attributes);
    mend(&mut rule);
    let compiled = compile_rule(&rule).map_err(|error| error.to_string())?;
    let facts = RuleFacts {
        id: id.into(),
        name: rule.name.map(Into::into),
        title: rule.title.into(),
        level: level(rule.level),
        techniques: techniques(&rule.tags),
        tactics: tactics(&rule.tags),
        path: path.into(),
        false_positives: rule.falsepositives,
        note: Note::of(&attributes),
        examples: Examples::of(&attributes),
        log_source: Some(log_source(&rule.logsource)),
    };
    let plan = plan(&compiled);
    let compiled = (keep || plan.is_none()).then_some(compiled);
    Ok((facts, Logic::Detection(Box::new(Detection { source: rule.logsource, plan, compiled }))))
}

/// `product/category/service`, `*` where not said.
pub(crate) fn log_source(source: &LogSource) -> String {
    let [product, category, service] =
        [&source.product, &source.category, &source.service].map(|it| it.as_deref().unwrap_or("*"));
    format!("{product}/{category}/{service}")
}

fn correlation(path: &str, id: &str, mut rule: CorrelationRule) -> Result<(RuleFacts, Logic), String> {
    let attributes = std::mem::take(&mut rule.custom_attributes);
    let compiled = rsigma_eval::correlation::compile_correlation(&rule).map_err(|error| error.to_string())?;
    if compiled.timespan_secs == 0 || compiled.rule_refs.is_empty() {
        return Err("a correlation needs rules and a timespan".to_owned());
    }
    let facts = RuleFacts {
        id: id.into(),
        name: rule.name.map(Into::into),
        title: rule.title.into(),
        level: level(rule.level),
        techniques: techniques(&rule.tags),
        tactics: tactics(&rule.tags),
        path: path.into(),
        false_positives: rule.falsepositives,
        note: Note::of(&attributes),
        examples: Examples::of(&attributes),
        log_source: None,
    };
    Ok((facts, Logic::Correlation(Box::new(compiled))))
}

/// How many rules the text should hold: its YAML documents (one that breaks ends the count).
fn documents(text: &str) -> usize {
    use serde::Deserialize;
    let mut count = 0;
    for document in yaml_serde::Deserializer::from_str(text) {
        count += 1;
        match yaml_serde::Value::deserialize(document) {
            Ok(it) if it.get("action").is_some_and(|it| it.as_str() != Some("repeat")) => count -= 1,
            Ok(_) => {}
            Err(_) => break,
        }
    }
    count
}
