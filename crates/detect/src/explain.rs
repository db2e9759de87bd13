//! Why a rule holds of an event, or does not: the branches of its condition, down to single tests and what they found.
//!
//! Invariant: what is left out would not change the answer. Of alternatives that hold, those that do not are left out;
//! of parts that should all hold and do not, those that do. A branch with one part stands for that part.

use evidence::Value;
use rsigma_eval::Event as _;
use rsigma_eval::EventValue;
use serde::Serialize;

use crate::fields::Found;
use crate::matcher::{Expr, How, Order, Part, Span, Test, Tree, matcher};
use crate::view::{View, json, outermost};

/// Most letters shown of a value, and members of a list.
const LETTERS_MAX: usize = 400;
const MEMBERS_MAX: usize = 16;

/// A branch of a rule's condition, and whether it holds.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Reason {
    /// Whether it holds.
    pub holds: bool,
    /// What it asks.
    #[serde(flatten)]
    pub asks: Asks,
}

/// What a branch asks.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Asks {
    /// Every part.
    All(Vec<Reason>),
    /// Some part.
    Any(Vec<Reason>),
    /// So many parts.
    AtLeast {
        /// How many.
        number: u64,
        /// The parts.
        of: Vec<Reason>,
    },
    /// That the part does not hold.
    Not(Box<Reason>),
    /// What the rule calls so.
    Selection {
        /// Its name in the rule.
        name: String,
        /// What it asks.
        of: Box<Reason>,
    },
    /// One comparison.
    Test(Compared),
    /// That the event is of this log source (`product/category/service`).
    LogSource(String),
}

/// One comparison with a field's value.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Compared {
    /// The field, as the rule calls it; none where any text of the event may do.
    pub field: Option<String>,
    /// The value found, shortened where it is long; null where there is none.
    pub found: serde_json::Value,
    /// How it is compared: `is`, `contains`, `begins`, `ends`, `regex`, `network`, `equal`, `above`, `at_least`, `below`,
    /// `at_most`, `boolean`, `keywords`, `present`, `valued`, `null`, `minute`… `year`; `field_is` and so on with
    /// another field.
    pub test: &'static str,
    /// With what.
    pub value: String,
    /// Whether capital and small letters differ.
    pub cased: bool,
}

/// Why the plan holds of the event, or does not.
pub fn reason(plan: &Expr, view: &View) -> Reason {
    let parts = |parts: &[Expr]| parts.iter().map(|it| reason(it, view)).collect::<Vec<Reason>>();
    match plan {
        Expr::Item(Some(field), tree) => match view.names.find(view.event, field) {
            None => absent(field, tree),
            Some(Found::Field(value)) => item(Some(field), value, tree, view),
            Some(Found::Text(text)) => item(Some(field), &Value::Text(text), tree, view),
        },
        Expr::Item(None, tree) => keywords(tree, view),
        Expr::And(all) => every(parts(all)),
        Expr::Or(any) => some(parts(any)),
        Expr::Not(part) => not(reason(part, view)),
        Expr::AtLeast(number, of) => at_least(*number, parts(of)),
        Expr::Named(name, part) => {
            let of = Box::new(reason(part, view));
            Reason { holds: of.holds, asks: Asks::Selection { name: name.clone(), of } }
        }
    }
}

/// What is asked of a field's value, or of a text of the event.
fn item(field: Option<&str>, value: &Value, tree: &Tree, view: &View) -> Reason {
    let parts = |parts: &[Tree]| parts.iter().map(|it| item(field, value, it, view)).collect::<Vec<Reason>>();
    match tree {
        Tree::Any(any) => some(parts(any)),
        Tree::All(all) => every(parts(all)),
        Tree::Not(part) => not(item(field, value, part, view)),
        Tree::One(test) => {
            let holds = matcher(tree).is_some_and(|it| it.matches(&outermost(value), view));
            compared(holds, field, short(value), test)
        }
    }
}

/// A field that is absent answers no, whatever is asked.
fn absent(field: &str, tree: &Tree) -> Reason {
    let test = if let Tree::One(test) = tree { test } else { &Test::Present };
    compared(false, Some(field), serde_json::Value::Null, test)
}

/// Some one text of the event must be taken by the whole tree.
fn keywords(tree: &Tree, view: &View) -> Reason {
    let asked = matcher(tree);
    let holds = asked.as_ref().is_some_and(|it| it.matches_keyword(view));
    let mut taken = None;
    view.visit_string_values(&mut |text| {
        let takes = |it: &rsigma_eval::CompiledMatcher| it.matches(&EventValue::Str(text.into()), view);
        if holds && taken.is_none() && asked.as_ref().is_some_and(takes) {
            taken = Some(item(None, &Value::Text(text.to_owned()), tree, view));
        }
    });
    taken.filter(|it| it.holds).unwrap_or_else(|| {
        let mut words = Vec::new();
        leaves(tree, &mut words);
        let value = shortened(&words.join(", "));
        let found = serde_json::Value::Null;
        let compared = Compared { field: None, found, test: "keywords", value, cased: false };
        Reason { holds, asks: Asks::Test(compared) }
    })
}

fn leaves(tree: &Tree, into: &mut Vec<String>) {
    match tree {
        Tree::One(test) => into.push(spelled(test).1),
        Tree::Any(parts) | Tree::All(parts) => parts.iter().for_each(|it| leaves(it, into)),
        Tree::Not(part) => leaves(part, into),
    }
}

fn every(mut parts: Vec<Reason>) -> Reason {
    let holds = parts.iter().all(|it| it.holds);
    parts.retain(|it| holds || !it.holds);
    single(parts).unwrap_or_else(|parts| Reason { holds, asks: Asks::All(parts) })
}

fn some(mut parts: Vec<Reason>) -> Reason {
    let holds = parts.iter().any(|it| it.holds);
    parts.retain(|it| !holds || it.holds);
    single(parts).unwrap_or_else(|parts| Reason { holds, asks: Asks::Any(parts) })
}

fn at_least(number: u64, mut of: Vec<Reason>) -> Reason {
    let holds = of.iter().filter(|it| it.holds).count() as u64 >= number;
    of.retain(|it| !holds || it.holds);
    Reason { holds, asks: Asks::AtLeast { number, of } }
}

fn not(part: Reason) -> Reason {
    Reason { holds: !part.holds, asks: Asks::Not(Box::new(part)) }
}

fn single(mut parts: Vec<Reason>) -> Result<Reason, Vec<Reason>> {
    if parts.len() == 1 { Ok(parts.remove(0)) } else { Err(parts) }
}

fn compared(holds: bool, field: Option<&str>, found: serde_json::Value, test: &Test) -> Reason {
    let (name, value, cased) = spelled(test);
    let field = field.map(str::to_owned);
    Reason { holds, asks: Asks::Test(Compared { field, found, test: name, value: shortened(&value), cased }) }
}

/// A value for people: long texts and lists are cut.
fn short(value: &Value) -> serde_json::Value {
    match value {
        Value::Text(text) => shortened(text).into(),
        Value::List(list) => list.iter().take(MEMBERS_MAX).map(short).collect(),
        Value::Map(_) => shortened(&json(value, 2).to_string()).into(),
        other => json(other, 0),
    }
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(LETTERS_MAX) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

/// The name of a test, what it compares with, and whether case counts.
fn spelled(test: &Test) -> (&'static str, String, bool) {
    let number = |bits: u64| f64::from_bits(bits).to_string();
    match test {
        Test::Text { how, text, cased } => {
            let names = ["is", "contains", "begins", "ends"];
            (names[place(*how)], text.clone(), *cased)
        }
        Test::Field { name, how, cased } => {
            let names = ["field_is", "field_contains", "field_begins", "field_ends"];
            (names[place(*how)], name.clone(), *cased)
        }
        Test::Regex { pattern, lowered } => ("regex", pattern.clone(), !lowered),
        Test::Network(network) => ("network", network.clone(), false),
        Test::Number(order, bits) => {
            let name = match order {
                Order::Equal => "equal",
                Order::Above => "above",
                Order::AtLeast => "at_least",
                Order::Below => "below",
                Order::AtMost => "at_most",
            };
            (name, number(*bits), false)
        }
        Test::Boolean(truth) => ("boolean", truth.to_string(), false),
        Test::Filled(parts, cased) => {
            let parts = parts.iter().map(|it| match it {
                Part::Text(text) => text.clone(),
                Part::Field(name) => format!("%{name}%"),
            });
            ("is", parts.collect(), *cased)
        }
        Test::Moment(span, bits) => {
            let name = match span {
                Span::Minute => "minute",
                Span::Hour => "hour",
                Span::Day => "day",
                Span::Week => "week",
                Span::Month => "month",
                Span::Year => "year",
            };
            (name, number(*bits), false)
        }
        Test::Present => ("present", String::new(), false),
        Test::Valued => ("valued", String::new(), false),
        Test::Null => ("null", String::new(), false),
    }
}

fn place(how: How) -> usize {
    match how {
        How::Is => 0,
        How::Contains => 1,
        How::Begins => 2,
        How::Ends => 3,
    }
}
