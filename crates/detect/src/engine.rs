//! The engine: one event in, its signals out.
//!
//! Invariant: judging keeps no state, so threads share one engine and the result does not depend on order.
//! What needs several events is left to [`crate::Signals`], which replays detections in order of time.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::net::IpAddr;
use std::sync::{Arc, OnceLock};

use evidence::Event;
use rsigma_eval::Event as _;
use rsigma_eval::{CompiledCorrelation, GroupByField};
use rsigma_parser::{CorrelationType, FilterRule, FilterRuleTarget, LogSource};

use crate::costs::{Cost, Costs};
use crate::explain::{self, Asks, Reason};
use crate::fields::Names;
use crate::keys::host_of;
use crate::matcher::{self, Expr, Matcher, Reading, Scratch};
use crate::rules::{Detection, Logic, RuleFacts, Rules};
use crate::settings::Settings;
use crate::signal::Signal;
use crate::view::View;

/// Rules compiled and routed, ready to judge events.
pub struct Engine {
    settings: Settings,
    groups: Vec<Group>,
    /// For each route, the groups that it may serve, each with the place of its names among the group's.
    served: Vec<Vec<(usize, usize)>>,
    rules: Vec<Known>,
    by_id: HashMap<Arc<str>, u32>,
    correlations: Vec<Correlation>,
    fingerprint: String,
    costs: Costs,
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
    plans: Vec<(u32, Expr)>,
    /// What routes call fields, each table once.
    names: Vec<Arc<Names>>,
    /// Compiled when the first event comes, so that rules for what is not there cost nothing.
    compiled: OnceLock<Compiled>,
    /// Rules that need what our matcher does not do, or that a filter narrows.
    others: Option<rsigma_eval::Engine>,
}

/// The plans of a group, compiled.
struct Compiled {
    matcher: Matcher,
    /// For each table of names, where fields stand.
    readings: Vec<Reading>,
}

thread_local! {
    static SCRATCH: RefCell<Scratch> = RefCell::default();
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
        let filtered = filtered(&rules);
        let (mut known, detections, correlations) = sort(rules.rules);
        mark_observers(&settings, &correlations, &mut known);
        let by_id = (0..).zip(&known).map(|(place, rule)| (rule.facts.id.clone(), place)).collect();
        let costs = Costs::new(known.len());
        let mut engine = Engine {
            costs,
            settings,
            groups: Vec::new(),
            served: Vec::new(),
            rules: known,
            by_id,
            correlations,
            fingerprint,
        };
        engine.groups =
            detections.into_values().map(|(source, rules)| Group::new(source, rules, &filtered)).collect();
        for filter in &rules.filters {
            engine.apply(&filter.rule);
        }
        for route in engine.settings.routes.all() {
            let answering = engine.groups.iter_mut().enumerate().filter(|(_, it)| route.answers(&it.source));
            engine.served.push(answering.map(|(at, group)| (at, group.place_of(&route.names))).collect());
        }
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

    /// What each rule cost since the engine was made, about, with what is known of it, in the order loaded. Rules that
    /// are left to `rsigma`, and correlations, are not measured: theirs is nothing.
    pub fn costs(&self) -> impl Iterator<Item = (&RuleFacts, Cost)> {
        self.rules.iter().enumerate().map(|(place, rule)| (&rule.facts, self.costs.of(place)))
    }

    /// The first correlation that counts a rule, where that rule is not shown by itself.
    #[must_use]
    pub fn counted_by(&self, rule: &str) -> Option<&RuleFacts> {
        let known = self.rule(self.place(rule)?);
        let (correlation, _) = known.used_by.first().filter(|_| !known.shown)?;
        Some(&self.rule(self.correlations[*correlation as usize].rule).facts)
    }

    /// Time spent on all rules together, about, by all threads: reading what they ask for.
    #[must_use]
    pub fn shared_cost(&self) -> std::time::Duration {
        self.costs.shared()
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
            for (place, names) in &self.served[*at] {
                let group = &self.groups[*place];
                if judged.contains(place) || !route.suits(event, &group.source) {
                    continue;
                }
                judged.push(*place);
                let view = View { event, names: &route.names };
                group.judge(*names, &view, &self.costs, |rule| {
                    out.push(self.detected(rule as usize, event, &view));
                });
            }
        }
        out[first..].sort_by_key(|it| it.rule);
    }

    /// Why the rule of that id holds of the event, or does not; nothing for a correlation, and for a rule that is left
    /// to `rsigma` or narrowed by a filter.
    #[must_use]
    pub fn explain(&self, rule: &str, event: &Event) -> Option<Reason> {
        let rule = self.place(rule)?;
        let (at, plan) = self.groups.iter().enumerate().find_map(|(at, group)| {
            let found = group.plans.iter().find(|it| it.0 == rule)?;
            Some((at, &found.1))
        })?;
        let routes = self.settings.routes.all();
        let suits = |place: &&usize| {
            let route = &routes[**place];
            let serves = self.served[**place].iter().any(|(group, _)| *group == at);
            serves && route.takes_any(event) && route.suits(event, &self.groups[at].source)
        };
        Some(match self.settings.routes.of_format(event.format).iter().find(suits) {
            Some(place) => explain::reason(plan, &View { event, names: &routes[*place].names }),
            None => {
                let wanted = self.rule(rule).facts.log_source.clone().unwrap_or_default();
                Reason { holds: false, asks: Asks::LogSource(wanted) }
            }
        })
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

    fn detected(&self, rule: usize, event: &Event, view: &View) -> Detected {
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
            unproven: false,
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
            let named = self.rules.iter().enumerate();
            let named = named.filter(|(_, rule)| names.iter().any(|name| rule.facts.is_called(name)));
            filter.rules = FilterRuleTarget::Specific(named.map(|(place, _)| place.to_string()).collect());
        }
        for others in self.groups.iter_mut().filter_map(|it| it.others.as_mut()) {
            // Its detections were compiled once when it was loaded, so this cannot fail.
            let _ = others.apply_filter(&filter);
        }
    }
}

impl Group {
    fn new(source: LogSource, rules: Vec<(u32, Detection)>, filtered: &BTreeSet<u32>) -> Group {
        let (mut plans, mut others) = (Vec::new(), Vec::new());
        for (place, rule) in rules {
            match (rule.plan, rule.compiled) {
                (plan, Some(compiled)) if plan.is_none() || filtered.contains(&place) => {
                    others.push(compiled);
                }
                (Some(plan), _) => plans.push((place, plan)),
                (None, _) => {}
            }
        }
        let others = (!others.is_empty()).then(|| {
            let mut engine = rsigma_eval::Engine::new();
            engine.extend_compiled_rules(others);
            engine
        });
        Group { source, plans, names: Vec::new(), compiled: OnceLock::new(), others }
    }

    /// The place of a table of names among the group's, taking it in where it is new.
    fn place_of(&mut self, names: &Arc<Names>) -> usize {
        if let Some(known) = self.names.iter().position(|it| Arc::ptr_eq(it, names)) {
            return known;
        }
        self.names.push(names.clone());
        self.names.len() - 1
    }

    fn compiled(&self) -> &Compiled {
        self.compiled.get_or_init(|| {
            let matcher = matcher::build(&self.plans);
            let readings = self.names.iter().map(|names| Reading::new(&matcher.fields, names)).collect();
            Compiled { matcher, readings }
        })
    }

    fn judge(&self, names: usize, view: &View, costs: &Costs, mut holds: impl FnMut(u32)) {
        let Compiled { matcher, readings } = self.compiled();
        SCRATCH.with_borrow_mut(|scratch| matcher.judge(&readings[names], view, scratch, costs, &mut holds));
        let Some(others) = &self.others else { return };
        for result in others.evaluate(view) {
            if let Some(rule) = result.header.rule_id.and_then(|it| it.parse().ok()) {
                holds(rule);
            }
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

type Detections = BTreeMap<[Option<String>; 3], (LogSource, Vec<(u32, Detection)>)>;

/// Places of the rules that some filter may narrow.
fn filtered(rules: &Rules) -> BTreeSet<u32> {
    let places = (0..).zip(&rules.rules);
    places
        .filter(|(_, rule)| rules.filters.iter().any(|filter| rule.facts.is_meant_by(&filter.rule)))
        .map(|(place, _)| place)
        .collect()
}

/// Rules by log source, and correlations in the order in which they can be replayed.
fn sort(rules: Vec<crate::rules::Rule>) -> (Vec<Known>, Detections, Vec<Correlation>) {
    let mut known = Vec::with_capacity(rules.len());
    let mut detections = Detections::new();
    let mut waiting = Vec::new();
    for (at, rule) in rules.into_iter().enumerate() {
        known.push(Known { facts: rule.facts, shown: true, observes: false, used_by: Vec::new() });
        match rule.logic {
            Logic::Detection(mut detection) => {
                if let Some(compiled) = &mut detection.compiled {
                    compiled.id = Some(at.to_string());
                    compiled.title.clear();
                    compiled.tags.clear();
                    compiled.description = None;
                    compiled.falsepositives.clear();
                }
                let LogSource { product, category, service, .. } = &detection.source;
                let key =
                    [product, category, service].map(|it| it.as_ref().map(|it| it.to_ascii_lowercase()));
                let group = detections.entry(key).or_insert_with(|| (detection.source.clone(), Vec::new()));
                group.1.push((at as u32, *detection));
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

/// What the event brings to a correlation; nothing where a field that it groups by or counts is absent or empty.
fn step(correlation: &CompiledCorrelation, at: u32, reference: u32, view: &View) -> Option<Step> {
    let name = correlation.rule_refs[reference as usize].as_str();
    let text = |field: &str| {
        let text = view.get_field(field)?.as_str()?.into_owned();
        (!text.is_empty()).then_some(text)
    };
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
