//! The matcher, `rsigma` and the slow evaluator say the same of every rule on every event.

use std::sync::Arc;

use evidence::{Event, Fields, Value};
use proptest::prelude::*;
use rsigma_eval::{CompiledRule, compile_rule, evaluate_rule};
use rsigma_parser::{SigmaRule, parse_sigma_yaml};

use super::plan::{How, Test, Tree};
use super::{Expr, Reading, Scratch, build, plan, slow};
use crate::costs::Costs;
use crate::engine::Engine;
use crate::examples::events;
use crate::explain::{Asks, Reason, reason};
use crate::fields::Names;
use crate::mend::mend;
use crate::rules::Rules;
use crate::settings::Settings;
use crate::view::View;

/// A rule in every form.
struct Rule {
    text: String,
    parsed: SigmaRule,
    compiled: CompiledRule,
    plan: Option<Expr>,
}

fn read(text: &str) -> Vec<Rule> {
    let Ok(collection) = parse_sigma_yaml(text) else { return Vec::new() };
    let form = |parsed: SigmaRule| {
        let mut mended = parsed.clone();
        mend(&mut mended);
        let compiled = compile_rule(&mended).ok()?;
        Some(Rule { text: text.to_owned(), plan: plan(&compiled), compiled, parsed })
    };
    collection.rules.into_iter().filter_map(form).collect()
}

/// Judges every event by every rule in all ways; how many matches there were.
fn agree(rules: &[Rule], events: &[Event], slowly: bool) -> usize {
    let plans: Vec<(u32, Expr)> =
        (0..).zip(rules).filter_map(|(at, rule)| Some((at, rule.plan.clone()?))).collect();
    let matcher = build(&plans);
    let names = Names::default();
    let reading = Reading::new(&matcher.fields, &names);
    let mut scratch = Scratch::default();
    let mut matches = 0;
    for event in events {
        let view = View { event, names: &names };
        let mut ours = Vec::new();
        matcher.judge(&reading, &view, &mut scratch, &Costs::default(), |rule| ours.push(rule));
        ours.sort_unstable();
        for (at, rule) in (0..).zip(rules).filter(|(_, rule)| rule.plan.is_some()) {
            let found = ours.binary_search(&at).is_ok();
            let wanted = evaluate_rule(&rule.compiled, &view).is_some();
            matches += usize::from(wanted);
            assert_eq!(found, wanted, "rsigma says {wanted}:\n{}\n{event:#?}\n{:#?}", rule.text, rule.plan);
            if !slowly {
                continue;
            }
            let why = rule.plan.as_ref().map(|plan| reason(plan, &view));
            assert!(why.as_ref().is_some_and(|it| it.holds == found && follows(it)), "{why:#?}\n{event:#?}");
            if let Some(slow) = slow::holds(&rule.parsed, event) {
                assert_eq!(found, slow, "spelled out it is {slow}:\n{}\n{event:#?}", rule.text);
            }
        }
    }
    matches
}

/// Whether each branch holds where its parts say so.
fn follows(it: &Reason) -> bool {
    let holds = |parts: &[Reason]| parts.iter().filter(|it| it.holds).count();
    let (says, parts): (bool, Vec<&Reason>) = match &it.asks {
        Asks::All(parts) => (holds(parts) == parts.len(), parts.iter().collect()),
        Asks::Any(parts) => (holds(parts) > 0, parts.iter().collect()),
        Asks::AtLeast { number, of } => (holds(of) as u64 >= *number, of.iter().collect()),
        Asks::Not(part) => (!part.holds, vec![part]),
        Asks::Selection { of, .. } => (of.holds, vec![of]),
        Asks::Test(_) | Asks::LogSource(_) => (it.holds, Vec::new()),
    };
    says == it.holds && parts.into_iter().all(follows)
}

/// Choices that a seed makes.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % bound
    }

    fn of<T: Clone>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())].clone()
    }

    fn word(&mut self) -> String {
        let letters = ["a", "B", "b", "-", "/", "1", "é", "É", "\\\\", " ", "*", "?", "\\*", "."];
        (0..self.below(5)).map(|_| self.of(&letters)).collect()
    }

    fn value(&mut self) -> String {
        match self.below(12) {
            0 => "null".to_owned(),
            1 => self.of(&["1", "-1", "11", "1.5", "0"]).to_owned(),
            2 => self.of(&["true", "false"]).to_owned(),
            _ => format!("'{}'", self.word()),
        }
    }

    fn item(&mut self) -> String {
        let modifiers = [
            "",
            "",
            "",
            "|contains",
            "|contains",
            "|startswith",
            "|endswith",
            "|cased",
            "|contains|cased",
            "|startswith|cased",
            "|endswith|cased",
            "|contains|all",
            "|all",
            "|windash|contains",
            "|windash",
            "|base64offset|contains",
            "|wide|base64offset|contains",
            "|utf16|base64|contains",
            "|base64",
            "|utf16be|base64offset|contains",
            "|re",
            "|re|i",
            "|cidr",
            "|exists",
            "|fieldref",
            "|fieldref|contains",
            "|fieldref|startswith",
            "|fieldref|cased",
            "|gt",
            "|gte",
            "|lt",
            "|lte",
            "|neq",
            "|contains|neq",
        ];
        let name = self.of(&["A", "B", "C", "D"]);
        let modifier = self.of(&modifiers);
        let value = |dice: &mut Dice| match modifier {
            "|re" | "|re|i" => {
                format!("'{}'", dice.of(&["a+", "^B", "b$", "[ab]1?", "\\\\", "é", "^$", "a.b"]))
            }
            "|cidr" => {
                format!("'{}'", dice.of(&["10.0.0.0/8", "10.1.0.0/31", "::/0", "2001:db8::/33", "0.0.0.0/0"]))
            }
            "|exists" => dice.of(&["true", "false"]).to_owned(),
            it if it.starts_with("|fieldref") => dice.of(&["A", "B", "C", "E"]).to_owned(),
            "|gt" | "|gte" | "|lt" | "|lte" => dice.of(&["0", "1", "1.5", "10"]).to_owned(),
            it if it.contains("64") => format!("'{}{}'", dice.of(&["a", "B", "é", "-"]), dice.word()),
            _ => dice.value(),
        };
        match self.below(3) {
            0 if !modifier.contains("all") => format!("{name}{modifier}: {}", value(self)),
            _ => {
                let values: Vec<String> = (0..2 + self.below(9)).map(|_| value(self)).collect();
                format!("{name}{modifier}: [{}]", values.join(", "))
            }
        }
    }

    fn selection(&mut self) -> String {
        let items = |dice: &mut Dice, count: usize| {
            let mut items: Vec<String> = (0..count).map(|_| dice.item()).collect();
            items.sort();
            items.dedup_by_key(|it| it.split(':').next().map(str::to_owned));
            format!("{{{}}}", items.join(", "))
        };
        match self.below(6) {
            0 => format!("['{}x', '{}']", self.word(), self.word()),
            1 => format!("{{'|all': ['{}', '{}']}}", self.word(), self.word()),
            2 => format!("[{}, {}]", items(self, 1), items(self, 2)),
            _ => {
                let count = 1 + self.below(2);
                items(self, count)
            }
        }
    }

    fn rule(&mut self) -> String {
        let names = ["sel_a", "sel_b", "other"];
        let selections: Vec<String> =
            names.iter().map(|it| format!("  {it}: {}", self.selection())).collect();
        let condition = self.of(&[
            "sel_a",
            "sel_a and not sel_b",
            "1 of sel_*",
            "all of sel_*",
            "2 of them",
            "all of them",
            "1 of them",
            "not sel_a",
            "sel_a or (sel_b and not other)",
            "not 1 of sel_*",
            "3 of them",
            "sel_b and other",
        ]);
        format!(
            "title: t\nlogsource: {{product: x}}\ndetection:\n{}\n  condition: {condition}\n",
            selections.join("\n")
        )
    }

    /// A value for a field, most often one that some test looks for, or nearly so.
    fn field(&mut self, wanted: &[Tree], depth: usize) -> Value {
        match self.below(10) {
            0 => Value::Integer(self.below(12) as i64 - 1),
            1 => self.of(&[Value::Number(1.5), Value::Boolean(true), Value::Boolean(false), Value::Null]),
            2 if depth > 0 => {
                Value::List((0..self.below(4)).map(|_| self.field(wanted, depth - 1)).collect())
            }
            3 => Value::Text(
                self.of(&["10.1.0.1", "2001:db8::1", "::1", "1", "yes", "NO", "inf", "1e0"]).to_owned(),
            ),
            4 => Value::Text(self.word().replace("\\\\", "\\")),
            5 if depth > 0 => Value::Map(Fields(vec![("A".into(), self.field(wanted, depth - 1))])),
            _ if !wanted.is_empty() => {
                let chosen = self.below(wanted.len());
                self.near(&wanted[chosen])
            }
            _ => Value::Text(String::new()),
        }
    }

    fn near(&mut self, wanted: &Tree) -> Value {
        let Tree::One(Test::Text { how, text, .. }) = wanted else {
            return match wanted {
                Tree::One(Test::Number(_, bits)) => Value::Integer(f64::from_bits(*bits) as i64),
                Tree::One(Test::Regex { pattern, .. }) => {
                    let plain = pattern.trim_start_matches("(?i)").replace(".*", "x").replace('\\', "");
                    Value::Text(plain.trim_matches(['^', '$']).to_owned())
                }
                Tree::Any(parts) | Tree::All(parts) if !parts.is_empty() => {
                    let joined = parts.iter().map(|it| match self.near(it) {
                        Value::Text(text) => text,
                        _ => String::new(),
                    });
                    Value::Text(joined.collect::<Vec<_>>().join(" "))
                }
                _ => Value::Null,
            };
        };
        let text = match self.below(5) {
            0 => text.to_uppercase(),
            1 => text.chars().skip(1).collect(),
            _ => text.clone(),
        };
        Value::Text(match (how, self.below(6)) {
            (_, 0) => format!("{text}z"),
            (_, 1) => format!("z{text}"),
            (How::Contains, 2) => format!("a {text} b"),
            _ => text,
        })
    }

    /// An event made for some of the rules.
    fn event(&mut self, wanted: &[(Arc<str>, Vec<Tree>)]) -> Event {
        let mut event = Event::default();
        for (name, tests) in wanted {
            if self.below(4) > 0 {
                event.fields.0.push((name.clone(), self.field(tests, 2)));
            }
        }
        if self.below(3) == 0 {
            event.line = self.word();
        }
        event
    }
}

/// The tests that a plan makes on each field.
fn wanted(it: &Expr, into: &mut std::collections::BTreeMap<String, Vec<Tree>>) {
    fn leaves(it: &Tree, into: &mut Vec<Tree>) {
        match it {
            Tree::One(_) => into.push(it.clone()),
            Tree::Any(parts) => parts.iter().for_each(|it| leaves(it, into)),
            Tree::All(parts) => {
                into.push(it.clone());
                parts.iter().for_each(|it| leaves(it, into));
            }
            Tree::Not(part) => leaves(part, into),
        }
    }
    match it {
        Expr::Item(Some(name), tree) => leaves(tree, into.entry(name.clone()).or_default()),
        Expr::Item(None, tree) => leaves(tree, into.entry("Message".to_owned()).or_default()),
        Expr::And(parts) | Expr::Or(parts) | Expr::AtLeast(_, parts) => {
            parts.iter().for_each(|it| wanted(it, into));
        }
        Expr::Not(part) | Expr::Named(_, part) => wanted(part, into),
    }
}

fn fields(plans: &[&Expr]) -> Vec<(Arc<str>, Vec<Tree>)> {
    let mut all = std::collections::BTreeMap::new();
    plans.iter().for_each(|it| wanted(it, &mut all));
    all.into_iter().map(|(name, tests)| (name.into(), tests)).collect()
}

/// Events made from the rules themselves, a few for each.
fn events_for(rules: &[Rule], each: usize) -> Vec<Event> {
    let mut dice = Dice(7);
    let mut events = Vec::new();
    for rule in rules {
        let Some(plan) = &rule.plan else { continue };
        let wanted = fields(&[plan]);
        events.extend((0..each).map(|_| dice.event(&wanted)));
    }
    events
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(120))]

    #[test]
    fn random_rules_on_random_events(seed in any::<u64>()) {
        let mut dice = Dice(seed);
        let rules: Vec<Rule> = (0..12).flat_map(|_| read(&dice.rule())).collect();
        let plans: Vec<&Expr> = rules.iter().filter_map(|it| it.plan.as_ref()).collect();
        let wanted = fields(&plans);
        let events: Vec<Event> = (0..12).map(|_| dice.event(&wanted)).collect();
        agree(&rules, &events, true);
    }
}

#[test]
fn our_own_rules() {
    let content = content::Content::embedded();
    let texts = content.under("rules/").map(|(_, bytes)| String::from_utf8_lossy(bytes).into_owned());
    let rules: Vec<Rule> = texts.flat_map(|it| read(&it)).collect();
    assert!(rules.iter().all(|it| it.plan.is_some()), "our matcher takes all of our own rules");
    let matches = agree(&rules, &events_for(&rules, 6), false);
    assert!(matches > 100, "{matches} matches of {} rules", rules.len());
    for rule in &rules {
        agree(std::slice::from_ref(rule), &events_for(std::slice::from_ref(rule), 12), true);
    }
}

#[test]
fn what_is_explained_of_our_own_examples_is_so() {
    let content = content::Content::embedded();
    let settings = Settings::read(|path| content.file(path)).unwrap();
    let engine = Engine::new(Rules::load(content.under("rules/")), settings);
    let texts = content.under("rules/").map(|(_, bytes)| String::from_utf8_lossy(bytes).into_owned());
    let rules: Vec<Rule> = texts.flat_map(|it| read(&it)).collect();
    let names = Names::default();
    let (mut held, mut named) = (0, 0);
    for facts in engine.facts().filter(|it| it.log_source.is_some()) {
        let Some(examples) = &facts.examples else { continue };
        let rule = rules.iter().find(|it| it.parsed.id.as_deref() == Some(&*facts.id)).unwrap();
        for event in examples.matching.iter().chain(&examples.other).flat_map(events) {
            let mut found = Vec::new();
            engine.judge(&event, &mut found);
            let fires = found.iter().any(|it| it.signal.rule == facts.id);
            let why = engine.explain(&facts.id, &event).unwrap();
            assert!(why.holds == fires && follows(&why), "{}: {why:#?}", facts.id);
            held += usize::from(fires);
            named += usize::from(fires && shows_what_passed(&why));
            let plain = reason(rule.plan.as_ref().unwrap(), &View { event: &event, names: &names });
            let slow = slow::holds(&rule.parsed, &event);
            assert!(slow.is_none_or(|it| it == plain.holds), "{}: {plain:#?}", facts.id);
        }
    }
    assert!(held > 150 && named == held, "{named} of {held}");
}

/// Whether some test that passed says on which value.
fn shows_what_passed(it: &Reason) -> bool {
    match &it.asks {
        Asks::All(parts) | Asks::Any(parts) | Asks::AtLeast { of: parts, .. } => {
            parts.iter().any(shows_what_passed)
        }
        Asks::Not(part) => shows_what_passed(part),
        Asks::Selection { of, .. } => shows_what_passed(of),
        Asks::Test(compared) => it.holds && !compared.found.is_null(),
        Asks::LogSource(_) => false,
    }
}

/// The public rules, those of one log source together.
fn public() -> Vec<Vec<Rule>> {
    let mut groups: std::collections::BTreeMap<String, Vec<Rule>> = Default::default();
    for (_, bytes) in super::public::public_rules().unwrap_or_default() {
        for rule in read(&String::from_utf8_lossy(&bytes)) {
            let source = &rule.parsed.logsource;
            groups
                .entry(format!("{:?}", (&source.product, &source.category, &source.service)))
                .or_default()
                .push(rule);
        }
    }
    groups.into_values().collect()
}

#[test]
fn the_public_rules() {
    let (mut rules, mut matches) = (0, 0);
    for group in public() {
        assert!(group.iter().all(|it| it.plan.is_some()), "our matcher takes all public rules");
        rules += group.len();
        let each = if group.len() > 100 { 1 } else { 4 };
        matches += agree(&group, &events_for(&group, each), false);
        for rule in &group {
            agree(std::slice::from_ref(rule), &events_for(std::slice::from_ref(rule), 4), true);
        }
    }
    println!("{rules} rules, {matches} matches");
    assert!(rules == 0 || matches > 500, "{matches} matches of {rules} rules");
}

#[test]
fn public_rules_on_public_logs() {
    let Some(folder) = super::public::samples() else { return };
    let mut events = Vec::new();
    let inputs = vec![evidence::Input::Path(folder.join("evtx"))];
    evidence::read(
        inputs,
        &evidence::Options::default(),
        |it, kept| kept.push(it.clone()),
        |it| events.push(it),
    );
    // Rules of every source on a part of the events, whatever the source.
    let events: Vec<Event> = events.into_iter().step_by(7).collect();
    let matches: usize = public().iter().map(|group| agree(group, &events, false)).sum();
    println!("{} events, {matches} matches", events.len());
    assert!(events.is_empty() || matches > 0);
}
