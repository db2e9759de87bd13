//! All tests that rules make on one field, answered in one reading of its value.
//!
//! Invariant: each test passes here exactly where `rsigma` says so: numbers and truths count as the text that they
//! are written as, a list passes where some member does, maps never do.

use std::fmt::Write as _;

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use evidence::Value;

use super::plan::{How, Order, Test};
use super::texts::{Heads, Meaning};

/// Deepest nesting looked into, as in [`crate::view`].
const DEPTH_MAX: usize = 16;

/// Tests gathered before they are compiled: each with the number that stands for it.
#[derive(Default)]
pub struct Gathered {
    tests: Vec<(How, String, bool, u32)>,
    numbers: Vec<(f64, u32)>,
    pub present: Option<u32>,
    pub valued: Option<u32>,
    pub null: Option<u32>,
}

/// Tests on one field.
#[derive(Default)]
pub struct FieldTests {
    begins: Heads,
    /// Texts backwards.
    ends: Heads,
    contains: Option<(AhoCorasick, Vec<u32>)>,
    /// Texts to be contained that no automaton would hold.
    plain: Vec<(String, u32)>,
    /// Tests where case counts.
    cased: Vec<(How, String, u32)>,
    /// In order.
    numbers: Vec<(f64, u32)>,
    texts: bool,
    present: Option<u32>,
    valued: Option<u32>,
    null: Option<u32>,
}

/// Buffers used again from one value to the next.
#[derive(Default)]
pub struct Buffers {
    lowered: String,
    number: String,
    backwards: Vec<u8>,
}

impl Gathered {
    /// Takes a test that is answered by reading the value; false where it has to be asked by itself.
    pub fn takes(&mut self, test: &Test, number: u32) -> bool {
        match test {
            Test::Text { how, text, cased } => self.tests.push((*how, text.clone(), *cased, number)),
            Test::Number(Order::Equal, bits) => self.numbers.push((f64::from_bits(*bits), number)),
            Test::Present => self.present = Some(number),
            Test::Valued => self.valued = Some(number),
            Test::Null => self.null = Some(number),
            _ => return false,
        }
        true
    }

    /// Compiles the tests.
    pub fn compile(self) -> FieldTests {
        let mut tests = FieldTests {
            present: self.present,
            valued: self.valued,
            null: self.null,
            texts: !self.tests.is_empty(),
            ..FieldTests::default()
        };
        let (mut begins, mut ends) = (Vec::new(), Vec::new());
        let (mut needles, mut meant) = (Vec::new(), Vec::new());
        for (how, text, cased, number) in self.tests {
            let (begun, whole) = (
                Meaning { begins: Some(number), whole: None },
                Meaning { begins: None, whole: Some(number) },
            );
            match how {
                _ if cased => tests.cased.push((how, text, number)),
                How::Is => begins.push((text.into_bytes(), whole)),
                How::Begins => begins.push((text.into_bytes(), begun)),
                How::Ends => ends.push((text.bytes().rev().collect(), begun)),
                How::Contains => {
                    needles.push(text);
                    meant.push(number);
                }
            }
        }
        match automaton(&needles) {
            _ if needles.is_empty() => {}
            Ok(automaton) => tests.contains = Some((automaton, meant)),
            Err(_) => tests.plain = needles.into_iter().zip(meant).collect(),
        }
        tests.begins = Heads::new(begins);
        tests.ends = Heads::new(ends);
        tests.numbers = self.numbers;
        tests.numbers.sort_by(|a, b| a.0.total_cmp(&b.0));
        tests
    }
}

/// Bytes of texts up to which the quickest automaton is made, which takes some 250 bytes of memory for each.
const QUICKEST_MAX: usize = 32 << 10;

fn automaton(needles: &[String]) -> Result<AhoCorasick, aho_corasick::BuildError> {
    let quickest = needles.iter().map(String::len).sum::<usize>() <= QUICKEST_MAX;
    AhoCorasick::builder().kind(quickest.then_some(AhoCorasickKind::DFA)).build(needles)
}

impl FieldTests {
    /// Calls `hit` with every test that the field's value passes, some more than once.
    pub fn read(&self, value: &Value, buffers: &mut Buffers, hit: &mut impl FnMut(u32)) {
        self.present.into_iter().for_each(&mut *hit);
        let among = if matches!(value, Value::Null) { self.null } else { self.valued };
        among.into_iter().for_each(&mut *hit);
        self.value(value, DEPTH_MAX, buffers, hit);
    }

    fn value(&self, value: &Value, depth: usize, buffers: &mut Buffers, hit: &mut impl FnMut(u32)) {
        match value {
            Value::Text(text) => {
                if !self.numbers.is_empty()
                    && text.bytes().next().is_some_and(|it| !it.is_ascii_alphabetic() || is_word(it))
                    && let Ok(number) = text.parse()
                {
                    self.number(number, hit);
                }
                self.text(text, buffers, hit);
            }
            Value::Integer(number) => {
                #[allow(clippy::cast_precision_loss)]
                self.number(*number as f64, hit);
                self.written(number, buffers, hit);
            }
            Value::Number(number) => {
                self.number(*number, hit);
                self.written(number, buffers, hit);
            }
            Value::Boolean(truth) => self.text(if *truth { "true" } else { "false" }, buffers, hit),
            Value::List(list) if depth > 0 => {
                for it in list {
                    self.value(it, depth - 1, buffers, hit);
                }
            }
            Value::Null | Value::List(_) | Value::Map(_) => {}
        }
    }

    fn written(&self, it: &impl std::fmt::Display, buffers: &mut Buffers, hit: &mut impl FnMut(u32)) {
        if self.texts {
            let mut written = std::mem::take(&mut buffers.number);
            written.clear();
            let _ = write!(written, "{it}");
            self.text(&written, buffers, hit);
            buffers.number = written;
        }
    }

    fn number(&self, given: f64, hit: &mut impl FnMut(u32)) {
        let from = self.numbers.partition_point(|(it, _)| *it < given - f64::EPSILON);
        for (number, test) in &self.numbers[from..] {
            if (given - number).abs() < f64::EPSILON {
                hit(*test);
            } else if *number > given {
                break;
            }
        }
    }

    /// Reads one text.
    pub fn text(&self, text: &str, buffers: &mut Buffers, hit: &mut impl FnMut(u32)) {
        for (how, wanted, test) in &self.cased {
            let passes = match how {
                How::Is => text == wanted,
                How::Contains => text.contains(wanted.as_str()),
                How::Begins => text.starts_with(wanted.as_str()),
                How::Ends => text.ends_with(wanted.as_str()),
            };
            if passes {
                hit(*test);
            }
        }
        if !self.texts {
            return;
        }
        let lowered = &mut buffers.lowered;
        lowered.clear();
        if text.is_ascii() {
            lowered.push_str(text);
            lowered.make_ascii_lowercase();
        } else {
            lowered.push_str(&text.to_lowercase());
        }
        let bytes = lowered.as_bytes();
        if !self.begins.is_empty() {
            let seen = bytes.len().min(self.begins.longest());
            self.begins.find(&bytes[..seen], bytes.len() - seen, &mut *hit);
        }
        if !self.ends.is_empty() {
            let seen = bytes.len().min(self.ends.longest());
            buffers.backwards.clear();
            buffers.backwards.extend(bytes[bytes.len() - seen..].iter().rev());
            self.ends.find(&buffers.backwards, bytes.len() - seen, &mut *hit);
        }
        if let Some((automaton, meant)) = &self.contains {
            for found in automaton.find_overlapping_iter(bytes) {
                hit(meant[found.pattern().as_usize()]);
            }
        }
        for (wanted, test) in &self.plain {
            if lowered.contains(wanted.as_str()) {
                hit(*test);
            }
        }
    }
}

/// Whether a number may begin with that letter: `inf`, `infinity`, `nan`, in any case.
fn is_word(byte: u8) -> bool {
    matches!(byte.to_ascii_lowercase(), b'i' | b'n')
}
