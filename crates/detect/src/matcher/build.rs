//! Compiles the plans of one log source's rules into one matcher.
//!
//! Each distinct test is made once for all rules. A rule is only looked at where one of its triggers passed: tests of
//! which at least one passes whenever the rule holds, the rarest such set that its logic gives.
//!
//! Invariant: a rule without triggers is looked at on every event; so is nothing else, and no rule that holds is missed.

use std::collections::HashMap;
use std::sync::OnceLock;

use rsigma_eval::CompiledMatcher;

use super::field::{FieldTests, Gathered};
use super::lower;
use super::plan::{Expr, How, Order, Test, Tree};

/// A rule's logic over numbered tests.
#[derive(Debug)]
pub enum Node {
    Test(u32),
    And(Vec<Node>),
    Or(Vec<Node>),
    Not(Box<Node>),
    AtLeast(u64, Vec<Node>),
}

/// A test that is asked by itself, when a rule needs its answer.
pub struct Asked {
    /// The field it is asked of; none for all texts of the event.
    pub field: Option<u32>,
    tree: Tree,
    matcher: OnceLock<Option<CompiledMatcher>>,
}

/// The compiled rules of one log source.
pub struct Matcher {
    /// Names of the fields that rules ask for.
    pub fields: Vec<String>,
    pub tests: Vec<FieldTests>,
    /// Tests on any text of the event.
    pub words: Option<FieldTests>,
    /// For each test, how it is asked where reading the field does not answer it.
    pub asked: Vec<Option<Asked>>,
    pub rules: Vec<(u32, Node)>,
    /// For each test, where the rules that it triggers stand in `triggered`.
    pub triggers: Vec<(u32, u32)>,
    pub triggered: Vec<u32>,
    /// Rules without triggers.
    pub always: Vec<u32>,
}

impl Asked {
    pub fn matcher(&self) -> Option<&CompiledMatcher> {
        self.matcher.get_or_init(|| lower::matcher(&self.tree)).as_ref()
    }
}

/// Tests by what they ask, and what is known of each.
#[derive(Default)]
struct Bench<'p> {
    fields: HashMap<&'p str, u32>,
    names: Vec<&'p str>,
    known: HashMap<(Option<u32>, Tree), u32>,
    gathered: Vec<Gathered>,
    words: Option<Gathered>,
    asked: Vec<Option<Asked>>,
    /// How common each test's passing is thought to be; none where its passing is not found by reading.
    cost: Vec<Option<u64>>,
}

/// Compiles plans, each with the number of its rule.
pub fn build(plans: &[(u32, Expr)]) -> Matcher {
    let mut bench = Bench::default();
    let nodes: Vec<(u32, Node)> = plans.iter().map(|(rule, plan)| (*rule, bench.expr(plan))).collect();
    let mut pairs: Vec<(u32, u32)> = Vec::new();
    let mut always = Vec::new();
    for (place, (_, node)) in (0..).zip(&nodes) {
        match bench.rarest(node) {
            Some((_, tests)) => pairs.extend(tests.into_iter().map(|test| (test, place))),
            None => always.push(place),
        }
    }
    pairs.sort_unstable();
    pairs.dedup();
    let mut triggers = vec![(0, 0); bench.asked.len()];
    for (at, (test, _)) in (0..).zip(&pairs) {
        let span: &mut (u32, u32) = &mut triggers[*test as usize];
        if span.1 == 0 {
            span.0 = at;
        }
        span.1 = at + 1;
    }
    Matcher {
        fields: bench.names.iter().map(|it| (*it).to_owned()).collect(),
        tests: bench.gathered.into_iter().map(Gathered::compile).collect(),
        words: bench.words.map(Gathered::compile),
        asked: bench.asked,
        rules: nodes,
        triggers,
        triggered: pairs.into_iter().map(|(_, rule)| rule).collect(),
        always,
    }
}

impl<'p> Bench<'p> {
    fn expr(&mut self, it: &'p Expr) -> Node {
        match it {
            Expr::Item(Some(field), tree) => {
                let field = self.field(field);
                self.tree(field, tree)
            }
            Expr::Item(None, tree) if tree.is_any() => self.words(tree),
            Expr::Item(None, tree) => {
                let whole = Node::Test(self.test(None, tree, None));
                match some_text(tree) {
                    Some(needed) => Node::And(vec![self.words(&needed), whole]),
                    None => whole,
                }
            }
            Expr::And(parts) => Node::And(parts.iter().map(|it| self.expr(it)).collect()),
            Expr::Or(parts) => Node::Or(parts.iter().map(|it| self.expr(it)).collect()),
            Expr::Not(part) => Node::Not(Box::new(self.expr(part))),
            Expr::AtLeast(number, parts) => {
                Node::AtLeast(*number, parts.iter().map(|it| self.expr(it)).collect())
            }
            Expr::Named(_, part) => self.expr(part),
        }
    }

    fn field(&mut self, name: &'p str) -> u32 {
        if let Some(known) = self.fields.get(name) {
            return *known;
        }
        let new = self.names.len() as u32;
        self.fields.insert(name, new);
        self.names.push(name);
        self.gathered.push(Gathered::default());
        new
    }

    fn tree(&mut self, field: u32, it: &Tree) -> Node {
        match it {
            Tree::One(_) => Node::Test(self.test(Some(field), it, None)),
            Tree::Any(parts) => Node::Or(parts.iter().map(|it| self.tree(field, it)).collect()),
            // A field that is absent passes nothing, not even that.
            Tree::All(parts) => {
                let present = [Node::Test(self.present(field))];
                Node::And(present.into_iter().chain(parts.iter().map(|it| self.tree(field, it))).collect())
            }
            Tree::Not(part) => {
                let part = Node::Not(Box::new(self.tree(field, part)));
                Node::And(vec![Node::Test(self.present(field)), part])
            }
        }
    }

    fn words(&mut self, it: &Tree) -> Node {
        match it {
            Tree::Any(parts) => Node::Or(parts.iter().map(|it| self.words(it)).collect()),
            one => Node::Test(self.test(None, one, Some(()))),
        }
    }

    fn present(&mut self, field: u32) -> u32 {
        self.test(Some(field), &Tree::One(Test::Present), None)
    }

    /// The number of a test. Of those on any text, only single comparisons of texts are found by reading.
    fn test(&mut self, field: Option<u32>, tree: &Tree, single: Option<()>) -> u32 {
        if let Some(known) = self.known.get(&(field, tree.clone())) {
            return *known;
        }
        let number = self.asked.len() as u32;
        self.known.insert((field, tree.clone()), number);
        let read = match (field, tree) {
            (Some(field), Tree::One(test)) => self.gathered[field as usize].takes(test, number),
            (None, Tree::One(test @ Test::Text { .. })) if single.is_some() => {
                self.words.get_or_insert_default().takes(test, number)
            }
            _ => false,
        };
        self.cost.push(match tree {
            Tree::One(test) if read => Some(cost(test)),
            _ => None,
        });
        let ask = Asked { field, tree: tree.clone(), matcher: OnceLock::new() };
        self.asked.push((!read).then_some(ask));
        if let (false, Some(field)) = (read, field) {
            // It passes only where the field is there.
            self.present(field);
        }
        number
    }

    /// The rarest set of tests of which one passes whenever the node holds.
    fn rarest(&self, node: &Node) -> Option<(u64, Vec<u32>)> {
        match node {
            Node::Test(test) => match (self.cost[*test as usize], &self.asked[*test as usize]) {
                (Some(cost), _) => Some((cost, vec![*test])),
                (None, Some(Asked { field: Some(field), .. })) => {
                    let present = self.gathered[*field as usize].present?;
                    Some((PRESENT, vec![present]))
                }
                _ => None,
            },
            Node::And(parts) => parts.iter().filter_map(|it| self.rarest(it)).min_by_key(|it| it.0),
            Node::AtLeast(0, _) => None,
            Node::Or(parts) | Node::AtLeast(_, parts) => {
                let mut all = (0, Vec::new());
                for part in parts {
                    let (cost, tests) = self.rarest(part)?;
                    all.0 += cost;
                    all.1.extend(tests);
                }
                Some(all)
            }
            Node::Not(_) => None,
        }
    }
}

/// What some one text must pass for the tree to hold of it; nothing where something is negated.
fn some_text(it: &Tree) -> Option<Tree> {
    match it {
        Tree::One(_) => Some(it.clone()),
        Tree::Any(parts) => Some(Tree::Any(parts.iter().map(some_text).collect::<Option<_>>()?)),
        Tree::All(parts) => parts.iter().find_map(some_text),
        Tree::Not(_) => None,
    }
}

/// How common it is that a field is there.
const PRESENT: u64 = 100_000;

/// How common a test's passing is thought to be, longer texts being rarer.
fn cost(test: &Test) -> u64 {
    match test {
        Test::Text { how, text, .. } => {
            let shorter = if *how == How::Contains { 1 } else { 0 };
            let bits = text.len().saturating_sub(shorter).min(12);
            1 + (8_192 >> bits)
        }
        Test::Number(Order::Equal, _) => 2_000,
        _ => PRESENT,
    }
}
