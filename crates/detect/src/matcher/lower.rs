//! From a rule as `rsigma` compiled it to a [plan](super::plan), and single tests back.
//!
//! Invariant: a plan asks exactly what `rsigma` would; where a rule needs what a plan cannot say (array scopes), there
//! is none and the rule stays with `rsigma`.

use std::collections::BTreeMap;

use rsigma_eval::compiler::{CompiledDetection, CompiledDetectionItem};
use rsigma_eval::matcher::{ExpandPart, GroupMode, TimePart};
use rsigma_eval::{CompiledMatcher, CompiledRule};
use rsigma_ir::IrStrOp;
use rsigma_parser::{ConditionExpr, Quantifier};

use super::plan::{Expr, How, Order, Part, Span, Test, Tree};

/// The plan of a rule, where it has one.
pub fn plan(rule: &CompiledRule) -> Option<Expr> {
    let named: BTreeMap<&str, &CompiledDetection> =
        rule.detections.iter().map(|(name, it)| (name.as_str(), it)).collect();
    let conditions: Option<Vec<Expr>> = rule.conditions.iter().map(|it| condition(it, &named)).collect();
    Some(one(conditions?, Expr::Or))
}

fn condition(it: &ConditionExpr, named: &BTreeMap<&str, &CompiledDetection>) -> Option<Expr> {
    let all =
        |parts: &[ConditionExpr]| parts.iter().map(|it| condition(it, named)).collect::<Option<Vec<Expr>>>();
    match it {
        ConditionExpr::Identifier(name) => match named.get(name.as_str()) {
            Some(it) => selection(name, it),
            None => Some(Expr::Or(Vec::new())),
        },
        ConditionExpr::And(parts) => Some(Expr::And(all(parts)?)),
        ConditionExpr::Or(parts) => Some(Expr::Or(all(parts)?)),
        ConditionExpr::Not(part) => Some(Expr::Not(Box::new(condition(part, named)?))),
        ConditionExpr::Selector { quantifier, pattern } => {
            let chosen = named.iter().filter(|(name, _)| pattern.matches_detection_name(name));
            let parts: Option<Vec<Expr>> = chosen.map(|(name, it)| selection(name, it)).collect();
            Some(match quantifier {
                Quantifier::Any => one(parts?, Expr::Or),
                Quantifier::All => one(parts?, Expr::And),
                Quantifier::Count(number) => Expr::AtLeast(*number, parts?),
            })
        }
    }
}

fn selection(name: &str, it: &CompiledDetection) -> Option<Expr> {
    Some(Expr::Named(name.to_owned(), Box::new(detection(it)?)))
}

fn detection(it: &CompiledDetection) -> Option<Expr> {
    let all = |parts: &[CompiledDetection]| parts.iter().map(detection).collect::<Option<Vec<Expr>>>();
    match it {
        CompiledDetection::AllOf(items) => {
            Some(one(items.iter().map(item).collect::<Option<Vec<Expr>>>()?, Expr::And))
        }
        CompiledDetection::And(parts) => Some(one(all(parts)?, Expr::And)),
        CompiledDetection::AnyOf(parts) => Some(one(all(parts)?, Expr::Or)),
        CompiledDetection::Keywords(matcher) => Some(Expr::Item(None, tree(matcher)?)),
        CompiledDetection::ArrayMatch { .. } | CompiledDetection::Conditional { .. } => None,
    }
}

fn item(it: &CompiledDetectionItem) -> Option<Expr> {
    let is = |test| Expr::Item(it.field.clone(), Tree::One(test));
    let not = |it| Expr::Not(Box::new(it));
    if let Some(wanted) = it.exists {
        return Some(match (&it.field, wanted) {
            (Some(_), true) => is(Test::Valued),
            (Some(_), false) => not(is(Test::Valued)),
            (None, true) => Expr::Or(Vec::new()),
            (None, false) => Expr::And(Vec::new()),
        });
    }
    if it.field.is_some() && matches!(it.matcher, CompiledMatcher::Null) {
        return Some(not(is(Test::Valued)));
    }
    Some(Expr::Item(it.field.clone(), tree(&it.matcher)?))
}

fn one<T>(mut parts: Vec<T>, several: impl Fn(Vec<T>) -> T) -> T {
    match parts.len() {
        1 => parts.swap_remove(0),
        _ => several(parts),
    }
}

fn tree(it: &CompiledMatcher) -> Option<Tree> {
    let all = |parts: &[CompiledMatcher]| parts.iter().map(tree).collect::<Option<Vec<Tree>>>();
    let text = |how, text: &str, insensitive: bool| {
        Tree::One(Test::Text { how, text: text.to_owned(), cased: !insensitive })
    };
    let number = |order, number: f64| Tree::One(Test::Number(order, number.to_bits()));
    Some(match it {
        CompiledMatcher::Exact { value, case_insensitive } => text(How::Is, value, *case_insensitive),
        CompiledMatcher::Contains { value, case_insensitive } => {
            text(How::Contains, value, *case_insensitive)
        }
        CompiledMatcher::StartsWith { value, case_insensitive } => {
            text(How::Begins, value, *case_insensitive)
        }
        CompiledMatcher::EndsWith { value, case_insensitive } => text(How::Ends, value, *case_insensitive),
        CompiledMatcher::AhoCorasickSet { needles, case_insensitive, .. } => {
            Tree::Any(needles.iter().map(|it| text(How::Contains, it, *case_insensitive)).collect())
        }
        CompiledMatcher::Regex(regex) => regex_test(regex.as_str(), false),
        CompiledMatcher::RegexSetMatch { set, mode: GroupMode::Any } => {
            Tree::Any(set.patterns().iter().map(|it| regex_test(it, false)).collect())
        }
        CompiledMatcher::RegexSetMatch { .. } => return None,
        CompiledMatcher::Cidr(network) => Tree::One(Test::Network(network.to_string())),
        CompiledMatcher::NumericEq(it) => number(Order::Equal, *it),
        CompiledMatcher::NumericGt(it) => number(Order::Above, *it),
        CompiledMatcher::NumericGte(it) => number(Order::AtLeast, *it),
        CompiledMatcher::NumericLt(it) => number(Order::Below, *it),
        CompiledMatcher::NumericLte(it) => number(Order::AtMost, *it),
        CompiledMatcher::Exists(true) => Tree::One(Test::Valued),
        CompiledMatcher::Exists(false) | CompiledMatcher::Null => Tree::One(Test::Null),
        CompiledMatcher::FieldRef { field, op, case_insensitive } => {
            let how = match op {
                IrStrOp::Exact => How::Is,
                IrStrOp::Contains => How::Contains,
                IrStrOp::StartsWith => How::Begins,
                IrStrOp::EndsWith => How::Ends,
            };
            Tree::One(Test::Field { name: field.clone(), how, cased: !case_insensitive })
        }
        CompiledMatcher::BoolEq(truth) => Tree::One(Test::Boolean(*truth)),
        CompiledMatcher::Expand { template, case_insensitive } => {
            let parts = template.iter().map(|it| match it {
                ExpandPart::Literal(text) => Part::Text(text.clone()),
                ExpandPart::Placeholder(name) => Part::Field(name.clone()),
            });
            Tree::One(Test::Filled(parts.collect(), !case_insensitive))
        }
        CompiledMatcher::TimestampPart { part, inner } => {
            let CompiledMatcher::NumericEq(number) = **inner else { return None };
            let span = match part {
                TimePart::Minute => Span::Minute,
                TimePart::Hour => Span::Hour,
                TimePart::Day => Span::Day,
                TimePart::Week => Span::Week,
                TimePart::Month => Span::Month,
                TimePart::Year => Span::Year,
            };
            Tree::One(Test::Moment(span, number.to_bits()))
        }
        CompiledMatcher::Not(part) => Tree::Not(Box::new(tree(part)?)),
        CompiledMatcher::AnyOf(parts) => Tree::Any(all(parts)?),
        CompiledMatcher::AllOf(parts) => Tree::All(all(parts)?),
        // Of a list, one member must satisfy the whole group; only where any test will do is that the same as each
        // test looking for a member of its own.
        CompiledMatcher::CaseInsensitiveGroup { children, mode: GroupMode::Any } => {
            let parts = Tree::Any(all(children)?);
            if !parts.is_any() {
                return None;
            }
            lowered(parts)
        }
        CompiledMatcher::CaseInsensitiveGroup { .. } => return None,
    })
}

fn regex_test(pattern: &str, lowered: bool) -> Tree {
    Tree::One(Test::Regex { pattern: pattern.to_owned(), lowered })
}

/// A group lowers the text once for all its tests, regular expressions too.
fn lowered(it: Tree) -> Tree {
    match it {
        Tree::One(Test::Regex { pattern, .. }) => regex_test(&pattern, true),
        Tree::Any(parts) => Tree::Any(parts.into_iter().map(lowered).collect()),
        other => other,
    }
}

/// The matcher of `rsigma` that asks the same; none where it cannot be made, which never passes.
pub fn matcher(it: &Tree) -> Option<CompiledMatcher> {
    let all = |parts: &[Tree]| parts.iter().map(matcher).collect::<Option<Vec<CompiledMatcher>>>();
    Some(match it {
        Tree::One(it) => single(it)?,
        Tree::Any(parts) => CompiledMatcher::AnyOf(all(parts)?),
        Tree::All(parts) => CompiledMatcher::AllOf(all(parts)?),
        Tree::Not(part) => CompiledMatcher::Not(Box::new(matcher(part)?)),
    })
}

fn single(it: &Test) -> Option<CompiledMatcher> {
    Some(match it {
        Test::Text { how, text, cased } => {
            let (value, case_insensitive) = (text.clone(), !cased);
            match how {
                How::Is => CompiledMatcher::Exact { value, case_insensitive },
                How::Contains => CompiledMatcher::Contains { value, case_insensitive },
                How::Begins => CompiledMatcher::StartsWith { value, case_insensitive },
                How::Ends => CompiledMatcher::EndsWith { value, case_insensitive },
            }
        }
        Test::Regex { pattern, lowered } => {
            let regex = CompiledMatcher::Regex(pattern.parse().ok()?);
            match lowered {
                false => regex,
                true => CompiledMatcher::CaseInsensitiveGroup { children: vec![regex], mode: GroupMode::Any },
            }
        }
        Test::Network(network) => CompiledMatcher::Cidr(network.parse().ok()?),
        Test::Number(order, bits) => {
            let number = f64::from_bits(*bits);
            match order {
                Order::Equal => CompiledMatcher::NumericEq(number),
                Order::Above => CompiledMatcher::NumericGt(number),
                Order::AtLeast => CompiledMatcher::NumericGte(number),
                Order::Below => CompiledMatcher::NumericLt(number),
                Order::AtMost => CompiledMatcher::NumericLte(number),
            }
        }
        Test::Boolean(truth) => CompiledMatcher::BoolEq(*truth),
        Test::Field { name, how, cased } => {
            let op = match how {
                How::Is => IrStrOp::Exact,
                How::Contains => IrStrOp::Contains,
                How::Begins => IrStrOp::StartsWith,
                How::Ends => IrStrOp::EndsWith,
            };
            CompiledMatcher::FieldRef { field: name.clone(), op, case_insensitive: !cased }
        }
        Test::Filled(parts, cased) => {
            let template = parts.iter().map(|it| match it {
                Part::Text(text) => ExpandPart::Literal(text.clone()),
                Part::Field(name) => ExpandPart::Placeholder(name.clone()),
            });
            CompiledMatcher::Expand { template: template.collect(), case_insensitive: !cased }
        }
        Test::Moment(span, bits) => {
            let part = match span {
                Span::Minute => TimePart::Minute,
                Span::Hour => TimePart::Hour,
                Span::Day => TimePart::Day,
                Span::Week => TimePart::Week,
                Span::Month => TimePart::Month,
                Span::Year => TimePart::Year,
            };
            let inner = Box::new(CompiledMatcher::NumericEq(f64::from_bits(*bits)));
            CompiledMatcher::TimestampPart { part, inner }
        }
        Test::Present => CompiledMatcher::AnyOf(vec![CompiledMatcher::Exists(true), CompiledMatcher::Null]),
        Test::Valued => CompiledMatcher::Exists(true),
        Test::Null => CompiledMatcher::Null,
    })
}
