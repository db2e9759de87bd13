//! Windows: how a correlation counts within a span of time.
//!
//! Invariant: a window holds no more than its threshold needs, so a million events in one group cost as much
//! as a few. The engine's own windows recount on every event, which is quadratic there; parsing, grouping and
//! conditions are still its own. Detections come in order of time; times and spans are microseconds.

use std::collections::{BTreeSet, HashMap, VecDeque};

use rsigma_eval::{CompiledCondition, CompiledCorrelation};
use rsigma_parser::{ConditionExpr, ConditionOperator, CorrelationType, WindowMode};

/// Most entries that one window holds, whatever its threshold.
const ENTRIES_MAX: usize = 100_000;

/// What one group of one correlation has seen.
#[derive(Clone, Debug)]
pub struct Window {
    seen: Seen,
    first: i64,
    /// The last detection.
    pub last: i64,
    /// When it last fired.
    fired: Option<i64>,
}

#[derive(Clone, Debug)]
enum Seen {
    Events(VecDeque<i64>),
    Values {
        latest: HashMap<String, i64>,
        by_time: BTreeSet<(i64, String)>,
    },
    Numbers(VecDeque<(i64, f64)>),
    /// The last time of each rule.
    Rules(Vec<Option<i64>>),
    /// For each rule, the latest start of a sequence in order that ends with it.
    Sequence(Vec<Option<i64>>),
}

impl Window {
    /// An empty window.
    pub fn new(correlation: &CompiledCorrelation) -> Window {
        Window { seen: Seen::new(correlation), first: i64::MIN, last: i64::MIN, fired: None }
    }

    /// Takes a detection; whether the correlation fires on it. Having fired, a group keeps silent for one
    /// timespan: a flood is one signal each timespan, not one each event.
    pub fn take(
        &mut self,
        correlation: &CompiledCorrelation,
        at: i64,
        reference: usize,
        value: Option<&str>,
    ) -> bool {
        let span = microseconds(correlation.timespan_secs);
        if self.last != i64::MIN && self.is_over(correlation, at, span) {
            self.seen = Seen::new(correlation);
            self.first = i64::MIN;
        }
        if self.first == i64::MIN {
            self.first = at;
        }
        self.last = at;
        if correlation.window_mode == WindowMode::Sliding {
            self.seen.forget_before(at.saturating_sub(span));
        }
        self.seen.add(at, reference, value, entries_max(&correlation.condition));
        if !self.seen.holds(correlation, at, span, reference) {
            return false;
        }
        let silent = self.fired.is_some_and(|fired| at.saturating_sub(fired) < span);
        if !silent {
            self.fired = Some(at);
        }
        !silent
    }

    /// How many times, values or numbers it holds, beside one for each rule.
    pub fn entries(&self) -> usize {
        match &self.seen {
            Seen::Events(times) => times.len(),
            Seen::Values { by_time, .. } => by_time.len(),
            Seen::Numbers(numbers) => numbers.len(),
            Seen::Rules(_) | Seen::Sequence(_) => 0,
        }
    }

    fn is_over(&self, correlation: &CompiledCorrelation, at: i64, span: i64) -> bool {
        match correlation.window_mode {
            WindowMode::Sliding => false,
            WindowMode::Tumbling => at.div_euclid(span) != self.last.div_euclid(span),
            WindowMode::Session => {
                let gap = correlation.gap_secs.map_or(span, microseconds);
                at.saturating_sub(self.last) > gap || at.saturating_sub(self.first) > span
            }
        }
    }
}

impl Seen {
    fn new(correlation: &CompiledCorrelation) -> Seen {
        let rules = correlation.rule_refs.len();
        match correlation.correlation_type {
            CorrelationType::EventCount => Seen::Events(VecDeque::new()),
            CorrelationType::ValueCount => Seen::Values { latest: HashMap::new(), by_time: BTreeSet::new() },
            CorrelationType::Temporal => Seen::Rules(vec![None; rules]),
            CorrelationType::TemporalOrdered => Seen::Sequence(vec![None; rules]),
            CorrelationType::ValueSum
            | CorrelationType::ValueAvg
            | CorrelationType::ValuePercentile
            | CorrelationType::ValueMedian => Seen::Numbers(VecDeque::new()),
        }
    }

    fn forget_before(&mut self, start: i64) {
        match self {
            Seen::Events(times) => {
                while times.front().is_some_and(|it| *it < start) {
                    times.pop_front();
                }
            }
            Seen::Values { latest, by_time } => {
                while by_time.first().is_some_and(|(time, _)| *time < start) {
                    if let Some((_, value)) = by_time.pop_first() {
                        latest.remove(&value);
                    }
                }
            }
            Seen::Numbers(numbers) => {
                while numbers.front().is_some_and(|(time, _)| *time < start) {
                    numbers.pop_front();
                }
            }
            Seen::Rules(times) | Seen::Sequence(times) => {
                for time in times.iter_mut() {
                    *time = time.filter(|it| *it >= start);
                }
            }
        }
    }

    fn add(&mut self, at: i64, reference: usize, value: Option<&str>, entries_max: usize) {
        match self {
            Seen::Events(times) => {
                times.push_back(at);
                if times.len() > entries_max {
                    times.pop_front();
                }
            }
            Seen::Values { latest, by_time } => {
                let value = value.unwrap_or_default().to_owned();
                if let Some(earlier) = latest.insert(value.clone(), at) {
                    by_time.remove(&(earlier, value.clone()));
                }
                by_time.insert((at, value));
                if by_time.len() > entries_max
                    && let Some((_, oldest)) = by_time.pop_first()
                {
                    latest.remove(&oldest);
                }
            }
            Seen::Numbers(numbers) => {
                if let Some(number) =
                    value.and_then(|it| it.trim().parse::<f64>().ok()).filter(|it| it.is_finite())
                {
                    numbers.push_back((at, number));
                }
                if numbers.len() > ENTRIES_MAX {
                    numbers.pop_front();
                }
            }
            Seen::Rules(times) => times[reference] = Some(at),
            Seen::Sequence(starts) => {
                starts[reference] = if reference == 0 { Some(at) } else { starts[reference - 1] };
            }
        }
    }

    fn holds(&self, correlation: &CompiledCorrelation, at: i64, span: i64, reference: usize) -> bool {
        let condition = &correlation.condition;
        match self {
            Seen::Events(times) => condition.check(times.len() as f64),
            Seen::Values { latest, .. } => condition.check(latest.len() as f64),
            Seen::Numbers(numbers) => {
                !numbers.is_empty()
                    && condition.check(aggregate(numbers, correlation.correlation_type, condition))
            }
            Seen::Rules(times) => match &correlation.extended_expr {
                Some(expression) => stands(expression, &correlation.rule_refs, times),
                None => {
                    times.iter().filter(|it| it.is_some()).count() >= rules_wanted(condition, times.len())
                }
            },
            Seen::Sequence(starts) => {
                reference + 1 == starts.len()
                    && starts[reference].is_some_and(|it| it >= at.saturating_sub(span))
            }
        }
    }
}

/// How many of a temporal correlation's rules must be seen: all of them, unless its condition says another
/// number (the parser writes "at least 1" where the author says nothing).
fn rules_wanted(condition: &CompiledCondition, rules: usize) -> usize {
    match condition.predicates.as_slice() {
        [(ConditionOperator::Gte, number)] if *number > 1.0 => (*number as usize).min(rules),
        _ => rules,
    }
}

fn aggregate(numbers: &VecDeque<(i64, f64)>, kind: CorrelationType, condition: &CompiledCondition) -> f64 {
    let sum: f64 = numbers.iter().map(|(_, it)| it).sum();
    match kind {
        CorrelationType::ValueSum => sum,
        CorrelationType::ValueAvg => sum / numbers.len() as f64,
        _ => {
            let rank = match kind {
                CorrelationType::ValuePercentile => {
                    condition.percentile.unwrap_or(50).min(100) as f64 / 100.0
                }
                _ => 0.5,
            };
            let mut sorted: Vec<f64> = numbers.iter().map(|(_, it)| *it).collect();
            sorted.sort_by(f64::total_cmp);
            let place = rank * (sorted.len() - 1) as f64;
            let (below, above) = (sorted[place.floor() as usize], sorted[place.ceil() as usize]);
            below + (above - below) * place.fract()
        }
    }
}

fn stands(expression: &ConditionExpr, rules: &[String], times: &[Option<i64>]) -> bool {
    match expression {
        ConditionExpr::Identifier(name) => {
            rules.iter().zip(times).any(|(rule, time)| rule == name && time.is_some())
        }
        ConditionExpr::And(parts) => parts.iter().all(|it| stands(it, rules, times)),
        ConditionExpr::Or(parts) => parts.iter().any(|it| stands(it, rules, times)),
        ConditionExpr::Not(part) => !stands(part, rules, times),
        ConditionExpr::Selector { .. } => false,
    }
}

/// Beyond its greatest threshold a count can grow without changing the answer.
fn entries_max(condition: &CompiledCondition) -> usize {
    let greatest = condition.predicates.iter().map(|(_, it)| *it).fold(0.0, f64::max);
    (greatest as usize).saturating_add(2).min(ENTRIES_MAX)
}

fn microseconds(seconds: u64) -> i64 {
    i64::try_from(seconds.saturating_mul(1_000_000)).unwrap_or(i64::MAX)
}
