//! The engine: one event in, its signals out.
//!
//! Invariant: judging keeps no state, so threads share one engine and the result does not depend on order.
//! What needs several events is left to [`crate::Signals`], which replays detections in order of time.

use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;
use std::sync::Arc;

use evidence::Event;
use rsigma_eval::Event as _;
use rsigma_eval::{CompiledCorrelation, CompiledRule, GroupByField};
use rsigma_parser::{CorrelationType, FilterRule, FilterRuleTarget, LogSource};

use crate::keys::host_of;
use crate::rules::{Logic, RuleFacts, Rules};
use crate::settings::Settings;
use crate::signal::Signal;
use crate::view::View;

/// Rules compiled and routed, ready to judge events.
pub struct Engine {
    settings: Settings,
    groups: Vec<Group>,
    /// For each route, the groups that it may serve.
    served: Vec<Vec<usize>>,
    rules: Vec<Known>,
    by_id: HashMap<Arc<str>, u32>,
    correlations: Vec<Correlation>,
    fingerprint: String,
}

/// Addresses of its own host that are kept of an event at most.
const OWN_ADDRESSES_MAX: usize = 64;

/// A match, with what correlations need of its event.
#[derive(Clone, Debug)]
pub struct Detected {
    /// The signal; of a rule that only serves correlations, it is not shown.
    pub signal: Signal,
    /// Whether the signal is shown by itself.
    pub shown: bool,
    /// Whether the event names the host that speaks: then that host may be bound to an asset.
    pub named: bool,
    /// Addresses of that host, as the event gives them.
    pub addresses: Vec<IpAddr>,
    pub(crate) rule: u32,
    pub(crate) steps: Vec<Step>,
}

/// What a detection brings to one correlation.
#[derive(Clone, Debug, serde::Deserialize, serde::Serialize)]
pub struct Step {
    /// Place of the correlation in the engine.
    pub correlation: u32,
    /// Which of its rules this is.
    pub reference: u32,
    /// Values of its group-by fields.
    pub group: Vec<String>,
    /// The value that it counts or sums.
    pub value: Option<String>,
}

/// Rules of one log source.
struct Group {
    source: LogSource,
    engine: rsigma_eval::Engine,
}

/// What the engine keeps of a rule.
pub(crate) struct Known {
    pub facts: RuleFacts,
    shown: bool,
    /// Whether the hosts that its events come from only watch others.
    pub observes: bool,
    /// Correlations that use it, each with the place of the rule among those it correlates.
    used_by: Vec<(u32, u32)>,
}

/// A correlation, in the order in which they can be replayed.
pub(crate) struct Correlation {
    /// Its place among the rules.
    pub rule: u32,
    pub compiled: CompiledCorrelation,
}

impl Engine {
    /// Routes the rules to the log sources that the settings know.
    #[must_use]
    pub fn new(rules: Rules, settings: Settings) -> Engine {
        let fingerprint = crate::fingerprint::of(&rules, &settings);
        let (mut known, detections, correlations) = sort(rules.rules);
        mark_observers(&settings, &correlations, &mut known);
        let by_id = (0..).zip(&known).map(|(place, rule)| (rule.facts.id.clone(), place)).collect();
        let mut engine = Engine {
            settings,
            groups: Vec::new(),
            served: Vec::new(),
            rules: known,
            by_id,
            correlations,
            fingerprint,
        };
        engine.groups = detections.into_values().map(|(source, rules)| group(source, rules)).collect();
        for filter in &rules.filters {
            engine.apply(&filter.rule);
        }
        let routes = engine.settings.routes.all().iter();
        engine.served = routes
            .map(|route| {
                (0..engine.groups.len()).filter(|at| route.answers(&engine.groups[*at].source)).collect()
            })
            .collect();
        engine
    }

    /// The content it runs on.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Stands for all that it judges by, rules and content: SHA-256 in hexadecimal, the same wherever the same files
    /// were loaded, in whatever order.
    #[must_use]
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// What is known of the rule of that id.
    #[must_use]
    pub fn find(&self, id: &str) -> Option<&RuleFacts> {
        self.place(id).map(|place| &self.rule(place).facts)
    }

    /// What is known of every rule, in the order loaded.
    pub fn facts(&self) -> impl Iterator<Item = &RuleFacts> {
        self.rules.iter().map(|rule| &rule.facts)
    }

    /// What is known of the rules whose matches are shown by themselves, in the order loaded.
    pub fn shown(&self) -> impl Iterator<Item = &RuleFacts> {
        self.rules.iter().filter(|rule| rule.shown).map(|rule| &rule.facts)
    }

    /// Adds every rule's match on `event` to `out`, in the order of rules.
    pub fn judge(&self, event: &Event, out: &mut Vec<Detected>) {
        let first = out.len();
        let mut judged: Vec<usize> = Vec::new();
        let routes = self.settings.routes.all();
        for at in self.settings.routes.of_format(event.format) {
            let route = &routes[*at];
            if self.served[*at].is_empty() || !route.takes_any(event) {
                continue;
            }
            for group in &self.served[*at] {
                let Group { source, engine } = &self.groups[*group];
                if judged.contains(group) || !route.takes(event, source) {
                    continue;
                }
                judged.push(*group);
                let view = View { event, names: &route.names };
                for result in engine.evaluate(&view) {
                    if let Some(rule) = place(result.header.rule_id.as_deref()) {
                        out.push(self.detected(rule, event, &view));
                    }
                }
            }
        }
        out[first..].sort_by_key(|it| it.rule);
    }

    pub(crate) fn rule(&self, place: u32) -> &Known {
        &self.rules[place as usize]
    }

    pub(crate) fn place(&self, id: &str) -> Option<u32> {
        self.by_id.get(id).copied()
    }

    pub(crate) fn correlations(&self) -> &[Correlation] {
        &self.correlations
    }

    fn detected(&self, rule: usize, event: &Event, view: &View<'_>) -> Detected {
        let known = &self.rules[rule];
        let facts = &known.facts;
        let signal = Signal {
            rule: facts.id.clone(),
            title: facts.title.clone(),
            level: facts.level,
            time: event.time,
            certainty: event.certainty,
            host: host_of(event),
            asset: None,
            techniques: facts.techniques.clone(),
            tactics: facts.tactics.clone(),
            observed: known.observes,
            source: event.origin.clone(),
            keys: self.settings.keys.of(event),
            dismissed: false,
        };
        let steps = known.used_by.iter().filter_map(|(correlation, reference)| {
            let compiled = &self.correlations[*correlation as usize].compiled;
            step(compiled, *correlation, *reference, view)
        });
        Detected {
            shown: known.shown,
            named: event.host.as_ref().is_some_and(|host| !host.is_empty()),
            addresses: own_addresses(event).to_vec(),
            rule: rule as u32,
            steps: steps.collect(),
            signal,
        }
    }

    /// A filter narrows the rules that it names, by the ids that they go by here.
    fn apply(&mut self, filter: &FilterRule) {
        let mut filter = filter.clone();
        if let FilterRuleTarget::Specific(names) = &filter.rules {
            let named = self.rules.iter().enumerate().filter(|(_, rule)| {
                names
                    .iter()
                    .any(|name| rule.facts.names().any(|it| it == name) || *rule.facts.title == **name)
            });
            filter.rules = FilterRuleTarget::Specific(named.map(|(place, _)| place.to_string()).collect());
        }
        for group in &mut self.groups {
            // Its detections were compiled once when it was loaded, so this cannot fail.
            let _ = group.engine.apply_filter(&filter);
        }
    }
}

/// Addresses of the host that speaks, as many as are looked at.
#[must_use]
pub fn own_addresses(event: &Event) -> &[IpAddr] {
    &event.addresses[..event.addresses.len().min(OWN_ADDRESSES_MAX)]
}

impl Correlation {
    /// Whether it counts or sums values.
    pub(crate) fn takes_values(&self) -> bool {
        takes_values(&self.compiled)
    }
}

impl Known {
    /// Whether its matches are shown by themselves.
    pub(crate) fn is_shown(&self) -> bool {
        self.shown
    }

    /// Correlations that use it, each with the place of the rule among those it correlates.
    pub(crate) fn used_by(&self) -> &[(u32, u32)] {
        &self.used_by
    }
}

type Detections = BTreeMap<[Option<String>; 3], (LogSource, Vec<CompiledRule>)>;

/// Rules by log source, and correlations in the order in which they can be replayed.
fn sort(rules: Vec<crate::rules::Rule>) -> (Vec<Known>, Detections, Vec<Correlation>) {
    let mut known = Vec::with_capacity(rules.len());
    let mut detections = Detections::new();
    let mut waiting = Vec::new();
    for (at, rule) in rules.into_iter().enumerate() {
        known.push(Known { facts: rule.facts, shown: true, observes: false, used_by: Vec::new() });
        match rule.logic {
            Logic::Detection(mut compiled) => {
                compiled.id = Some(at.to_string());
                compiled.title.clear();
                compiled.tags.clear();
                compiled.description = None;
                compiled.falsepositives.clear();
                let LogSource { product, category, service, .. } = &compiled.logsource;
                let key =
                    [product, category, service].map(|it| it.as_ref().map(|it| it.to_ascii_lowercase()));
                let group = detections.entry(key).or_insert_with(|| (compiled.logsource.clone(), Vec::new()));
                group.1.push(*compiled);
            }
            Logic::Correlation(compiled) => {
                waiting.push(Correlation { rule: at as u32, compiled: *compiled });
            }
        }
    }
    let correlations = in_order(waiting, &known);
    mark_used(&correlations, &mut known);
    (known, detections, correlations)
}

/// A correlation of correlations comes after those; the rules were checked to have no cycle.
fn in_order(mut waiting: Vec<Correlation>, known: &[Known]) -> Vec<Correlation> {
    let mut ordered: Vec<Correlation> = Vec::new();
    loop {
        let pending: Vec<u32> = waiting.iter().map(|it| it.rule).collect();
        let rests_on_pending = |it: &Correlation| {
            let mut names = pending.iter().flat_map(|rule| known[*rule as usize].facts.names());
            names.any(|name| it.compiled.rule_refs.iter().any(|it| it == name))
        };
        let (blocked, free): (Vec<_>, Vec<_>) = waiting.into_iter().partition(rests_on_pending);
        if free.is_empty() {
            break;
        }
        ordered.extend(free);
        waiting = blocked;
    }
    ordered
}

/// Sigma's `generate`: a rule that correlations use is shown by itself only where one of them says so.
fn mark_used(correlations: &[Correlation], known: &mut [Known]) {
    let mut names: BTreeMap<String, u32> = BTreeMap::new();
    for (at, rule) in known.iter().enumerate() {
        names.extend(rule.facts.names().map(|name| (name.to_owned(), at as u32)));
    }
    for (at, correlation) in correlations.iter().enumerate() {
        for (reference, name) in correlation.compiled.rule_refs.iter().enumerate() {
            if let Some(rule) = names.get(name) {
                known[*rule as usize].used_by.push((at as u32, reference as u32));
            }
        }
    }
    for rule in known.iter_mut().filter(|rule| !rule.used_by.is_empty()) {
        rule.shown = rule.used_by.iter().any(|(at, _)| correlations[*at as usize].compiled.generate);
    }
}

/// A correlation observes where all that it correlates does.
fn mark_observers(settings: &Settings, correlations: &[Correlation], known: &mut [Known]) {
    for rule in known.iter_mut() {
        rule.observes = rule.facts.log_source.as_ref().is_some_and(|it| settings.observers.include(it));
    }
    for (at, correlation) in correlations.iter().enumerate() {
        let uses = |it: &&Known| it.used_by.iter().any(|(user, _)| *user == at as u32);
        known[correlation.rule as usize].observes = known.iter().filter(uses).all(|it| it.observes);
    }
}

fn group(source: LogSource, rules: Vec<CompiledRule>) -> Group {
    let mut engine = rsigma_eval::Engine::new();
    engine.extend_compiled_rules(rules);
    Group { source, engine }
}

fn place(id: Option<&str>) -> Option<usize> {
    id?.parse().ok()
}

/// What the event brings to a correlation; nothing where a field that it groups by or counts is absent.
fn step(correlation: &CompiledCorrelation, at: u32, reference: u32, view: &View<'_>) -> Option<Step> {
    let name = correlation.rule_refs[reference as usize].as_str();
    let text = |field: &str| Some(view.get_field(field)?.as_str()?.into_owned());
    let group: Option<Vec<String>> =
        correlation.group_by.iter().map(|field| text(resolve(field, name))).collect();
    let value = match takes_values(correlation) {
        false => None,
        true => {
            let fields = correlation.condition.field.as_ref()?;
            let values: Option<Vec<String>> = fields.iter().map(|it| text(it)).collect();
            Some(values?.join("\u{1f}"))
        }
    };
    Some(Step { correlation: at, reference, group: group?, value })
}

fn takes_values(correlation: &CompiledCorrelation) -> bool {
    let plain = [CorrelationType::EventCount, CorrelationType::Temporal, CorrelationType::TemporalOrdered];
    !plain.contains(&correlation.correlation_type)
}

fn resolve<'a>(field: &'a GroupByField, rule: &str) -> &'a str {
    field.resolve(&[rule])
}
