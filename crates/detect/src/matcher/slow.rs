//! What a rule means, spelled out: an evaluator that follows the parsed rule word by word, for tests.
//!
//! Invariant: nothing here is shared with the matcher or with `rsigma`'s evaluator, and nothing is done for speed.

use evidence::{Event, Fields, Value};
use rsigma_parser::value::{SpecialChar, StringPart};
use rsigma_parser::{
    ConditionExpr, Detection, DetectionItem, Modifier, Quantifier, SigmaRule, SigmaString, SigmaValue,
};

/// Whether the rule holds of the event; nothing where this evaluator does not know what the rule says.
pub fn holds(rule: &SigmaRule, event: &Event) -> Option<bool> {
    let mut any = false;
    for it in &rule.detection.conditions {
        any |= condition(it, rule, event)?;
    }
    Some(any)
}

fn condition(it: &ConditionExpr, rule: &SigmaRule, event: &Event) -> Option<bool> {
    Some(match it {
        ConditionExpr::Identifier(name) => match rule.detection.named.get(name) {
            Some(it) => detection(it, event)?,
            None => false,
        },
        ConditionExpr::And(parts) => parts
            .iter()
            .map(|it| condition(it, rule, event))
            .collect::<Option<Vec<_>>>()?
            .iter()
            .all(|it| *it),
        ConditionExpr::Or(parts) => {
            parts.iter().map(|it| condition(it, rule, event)).collect::<Option<Vec<_>>>()?.contains(&true)
        }
        ConditionExpr::Not(part) => !condition(part, rule, event)?,
        ConditionExpr::Selector { quantifier, pattern } => {
            let named = rule.detection.named.iter().filter(|(name, _)| pattern.matches_detection_name(name));
            let answers: Vec<bool> = named.map(|(_, it)| detection(it, event)).collect::<Option<_>>()?;
            let held = answers.iter().filter(|it| **it).count();
            match quantifier {
                Quantifier::Any => held > 0,
                Quantifier::All => held == answers.len(),
                Quantifier::Count(number) => held as u64 >= *number,
            }
        }
    })
}

fn detection(it: &Detection, event: &Event) -> Option<bool> {
    Some(match it {
        Detection::AllOf(items) => {
            items.iter().map(|it| item(it, event)).collect::<Option<Vec<_>>>()?.iter().all(|it| *it)
        }
        Detection::AnyOf(parts) => {
            parts.iter().map(|it| detection(it, event)).collect::<Option<Vec<_>>>()?.contains(&true)
        }
        Detection::And(parts) => {
            parts.iter().map(|it| detection(it, event)).collect::<Option<Vec<_>>>()?.iter().all(|it| *it)
        }
        Detection::Keywords(values) => {
            let texts = all_texts(event);
            values.iter().any(|value| texts.iter().any(|text| keyword(value, text)))
        }
        Detection::ArrayMatch { .. } | Detection::Conditional { .. } => return None,
    })
}

/// A keyword stands anywhere in a text.
fn keyword(value: &SigmaValue, text: &str) -> bool {
    match value {
        SigmaValue::String(it) => compare(it, &[Modifier::Contains], text),
        _ => false,
    }
}

fn all_texts(event: &Event) -> Vec<String> {
    fn of(value: &Value, out: &mut Vec<String>) {
        match value {
            Value::Text(text) => out.push(text.clone()),
            Value::List(list) => list.iter().for_each(|it| of(it, out)),
            Value::Map(Fields(fields)) => fields.iter().for_each(|(_, it)| of(it, out)),
            _ => {}
        }
    }
    let mut out: Vec<String> = Some(event.line.clone()).into_iter().filter(|it| !it.is_empty()).collect();
    event.fields.0.iter().for_each(|(_, it)| of(it, &mut out));
    out
}

fn item(it: &DetectionItem, event: &Event) -> Option<bool> {
    let has = |modifier| it.field.modifiers.contains(&modifier);
    let Some(name) = &it.field.name else {
        let on = |text: &String| {
            let mut answers = it
                .values
                .iter()
                .map(|value| test(value, &it.field.modifiers, &Value::Text(text.clone()), event));
            match has(Modifier::All) {
                true => answers.all(|it| it == Some(true)),
                false => answers.any(|it| it == Some(true)),
            }
        };
        return Some(all_texts(event).iter().any(on));
    };
    use Modifier::{Day, Hour, Minute, Month, Week, Year};
    if [Minute, Hour, Day, Week, Month, Year].into_iter().any(has) {
        return None;
    }
    let value = event.fields.get(name);
    if has(Modifier::Exists) {
        let wanted = match it.values.first() {
            Some(SigmaValue::Bool(truth)) => *truth,
            Some(SigmaValue::String(text)) => !matches!(text.as_plain().as_deref(), Some("false" | "no")),
            _ => true,
        };
        return Some(value.is_some_and(|it| *it != Value::Null) == wanted);
    }
    let Some(value) = value else {
        // Absent counts as null, where null is all that is asked.
        return Some(it.values == [SigmaValue::Null] && !has(Modifier::Neq));
    };
    let answers: Vec<bool> = it
        .values
        .iter()
        .map(|wanted| test(wanted, &it.field.modifiers, value, event))
        .collect::<Option<_>>()?;
    let passed = if has(Modifier::All) { answers.iter().all(|it| *it) } else { answers.contains(&true) };
    Some(passed != has(Modifier::Neq))
}

/// One wanted value against what the field has.
fn test(wanted: &SigmaValue, modifiers: &[Modifier], value: &Value, event: &Event) -> Option<bool> {
    let has = |modifier| modifiers.contains(&modifier);
    if has(Modifier::FieldRef) {
        return fieldref(wanted, modifiers, value, event);
    }
    if *wanted == SigmaValue::Null {
        return Some(*value == Value::Null);
    }
    if let Value::List(list) = value {
        let answers: Vec<bool> =
            list.iter().map(|it| test(wanted, modifiers, it, event)).collect::<Option<_>>()?;
        return Some(answers.contains(&true));
    }
    let text = written(value);
    let plain = |it: &SigmaValue| match it {
        SigmaValue::String(it) => Some(it.as_plain().unwrap_or_else(|| it.original.clone())),
        SigmaValue::Integer(it) => Some(it.to_string()),
        SigmaValue::Float(it) => Some(it.to_string()),
        _ => None,
    };
    if has(Modifier::Re) {
        let flags: String =
            [(Modifier::IgnoreCase, 'i'), (Modifier::Multiline, 'm'), (Modifier::DotAll, 's')]
                .into_iter()
                .filter_map(|(it, flag)| has(it).then_some(flag))
                .collect();
        let flags = if flags.is_empty() { flags } else { format!("(?{flags})") };
        let regex = regex::Regex::new(&format!("{flags}{}", plain(wanted)?)).ok()?;
        return Some(text.is_some_and(|it| regex.is_match(&it)));
    }
    if has(Modifier::Cidr) {
        let (network, length) = plain(wanted)?.split_once('/').map(|(a, b)| (a.to_owned(), b.to_owned()))?;
        return Some(text.is_some_and(|it| inside(&it, &network, &length) == Some(true)));
    }
    for (modifier, order) in [
        (Modifier::Gt, f64::gt as fn(&f64, &f64) -> bool),
        (Modifier::Gte, f64::ge),
        (Modifier::Lt, f64::lt),
        (Modifier::Lte, f64::le),
    ] {
        if has(modifier) {
            let wanted: f64 = plain(wanted)?.parse().ok()?;
            return Some(number(value).is_some_and(|it| order(&it, &wanted)));
        }
    }
    let compares = [Modifier::Contains, Modifier::StartsWith, Modifier::EndsWith].into_iter().any(has);
    match wanted {
        SigmaValue::Null => None,
        SigmaValue::Bool(truth) => Some(match value {
            Value::Boolean(it) => it == truth,
            Value::Text(it) => match it.to_lowercase().as_str() {
                "true" | "1" | "yes" => *truth,
                "false" | "0" | "no" => !truth,
                _ => false,
            },
            _ => false,
        }),
        SigmaValue::Integer(it) if !compares => {
            Some(number(value).is_some_and(|value| (value - *it as f64).abs() < f64::EPSILON))
        }
        SigmaValue::Float(it) if !compares => {
            Some(number(value).is_some_and(|value| (value - it).abs() < f64::EPSILON))
        }
        SigmaValue::Integer(_) | SigmaValue::Float(_) => Some(text.is_some_and(|it| {
            compare(&SigmaString::from_raw(&plain(wanted).unwrap_or_default()), modifiers, &it)
        })),
        SigmaValue::String(it) => {
            let text = text.unwrap_or_default();
            if matches!(value, Value::Null | Value::Map(_)) {
                return Some(false);
            }
            let mut bytes = plain(wanted)?.into_bytes();
            let units = |it: &[u8]| String::from_utf8_lossy(it).encode_utf16().collect::<Vec<u16>>();
            if has(Modifier::Wide) {
                bytes = units(&bytes).into_iter().flat_map(u16::to_le_bytes).collect();
            }
            if has(Modifier::Utf16be) {
                bytes = units(&bytes).into_iter().flat_map(u16::to_be_bytes).collect();
            }
            if has(Modifier::Utf16) {
                let encoded = units(&bytes).into_iter().flat_map(u16::to_le_bytes);
                bytes = [0xff, 0xfe].into_iter().chain(encoded).collect();
            }
            if has(Modifier::Base64) {
                let mut encoded = base64(&bytes);
                encoded.push_str(["", "==", "="][bytes.len() % 3]);
                return Some(compare(&SigmaString::from_raw(&encoded), modifiers, &text));
            }
            if has(Modifier::Base64Offset) {
                // Whatever the bytes before and after, these characters depend on the wanted bytes alone.
                let shifted = (0..3_usize).map(|before| {
                    let padded: Vec<u8> =
                        std::iter::repeat_n(0, before).chain(bytes.iter().copied()).collect();
                    let sure = padded.len() * 8 / 6;
                    base64(&padded).chars().take(sure).skip([0, 2, 3][before]).collect::<String>()
                });
                let case = |it: &str| if has(Modifier::Cased) { it.to_owned() } else { fold(it) };
                return Some(shifted.filter(|it| !it.is_empty()).any(|it| case(&text).contains(&case(&it))));
            }
            if has(Modifier::WindAsh) {
                let variants = dashes(&plain(wanted)?);
                return Some(variants.iter().any(|it| compare(&SigmaString::from_raw(it), modifiers, &text)));
            }
            Some(compare(it, modifiers, &text))
        }
    }
}

fn fieldref(wanted: &SigmaValue, modifiers: &[Modifier], value: &Value, event: &Event) -> Option<bool> {
    let SigmaValue::String(name) = wanted else { return None };
    let Some(other) = event.fields.get(&name.as_plain()?) else { return Some(false) };
    let cased = modifiers.contains(&Modifier::Cased);
    let case = |it: String| if cased { it } else { fold(&it) };
    let compares: fn(&str, &str) -> bool = match modifiers {
        it if it.contains(&Modifier::Contains) => |a, b| a.contains(b),
        it if it.contains(&Modifier::StartsWith) => |a, b| a.starts_with(b),
        it if it.contains(&Modifier::EndsWith) => |a, b| a.ends_with(b),
        // Two numbers, lists or nulls are the same value; two texts the same text.
        _ if cased => return Some(value == other),
        _ => {
            return Some(match (written(value), written(other)) {
                (Some(a), Some(b)) => case(a) == case(b),
                _ => value == other,
            });
        }
    };
    let Some(other) = written(other) else { return Some(false) };
    let other = case(other);
    let holds = |it: &Value| written(it).is_some_and(|it| compares(&case(it), &other));
    Some(any_member(value, &holds))
}

/// Whether one of a list's members, or of the lists in it, is such; else the value itself.
fn any_member(value: &Value, is_such: &dyn Fn(&Value) -> bool) -> bool {
    match value {
        Value::List(list) => list.iter().any(|it| any_member(it, is_such)),
        one => is_such(one),
    }
}

/// A text with wildcards against another, as the modifiers say.
fn compare(wanted: &SigmaString, modifiers: &[Modifier], text: &str) -> bool {
    let has = |modifier| modifiers.contains(&modifier);
    let insensitive = !has(Modifier::Cased);
    let mut symbols = symbols(wanted, insensitive);
    if has(Modifier::Contains) || has(Modifier::EndsWith) {
        symbols.insert(0, Symbol::Any);
    }
    if has(Modifier::Contains) || has(Modifier::StartsWith) {
        symbols.push(Symbol::Any);
    }
    let text = if insensitive { fold(text) } else { text.to_owned() };
    glob(&symbols, &text.chars().collect::<Vec<_>>())
}

#[derive(Clone, Copy, PartialEq)]
enum Symbol {
    Is(char),
    One,
    Any,
}

fn symbols(it: &SigmaString, insensitive: bool) -> Vec<Symbol> {
    it.parts
        .iter()
        .flat_map(|part| match part {
            StringPart::Plain(text) => {
                let text = if insensitive { fold(text) } else { text.clone() };
                text.chars().map(Symbol::Is).collect::<Vec<_>>()
            }
            StringPart::Special(SpecialChar::WildcardMulti) => vec![Symbol::Any],
            StringPart::Special(SpecialChar::WildcardSingle) => vec![Symbol::One],
        })
        .collect()
}

fn glob(wanted: &[Symbol], text: &[char]) -> bool {
    match (wanted.split_first(), text.split_first()) {
        (None, rest) => rest.is_none(),
        (Some((Symbol::Any, after)), rest) => {
            glob(after, text) || rest.is_some_and(|(_, rest)| glob(wanted, rest))
        }
        (Some((Symbol::One, after)), Some((_, rest))) => glob(after, rest),
        (Some((Symbol::Is(it), after)), Some((first, rest))) => it == first && glob(after, rest),
        (Some(_), None) => false,
    }
}

fn fold(text: &str) -> String {
    text.to_lowercase()
}

fn written(value: &Value) -> Option<String> {
    value.text().map(std::borrow::Cow::into_owned)
}

fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Integer(it) => Some(*it as f64),
        Value::Number(it) => Some(*it),
        Value::Text(it) => it.parse().ok(),
        _ => None,
    }
}

fn inside(text: &str, network: &str, length: &str) -> Option<bool> {
    use std::net::IpAddr;
    let bits = |it: IpAddr| match it {
        IpAddr::V4(it) => (u128::from(it.to_bits()) << 96, 32),
        IpAddr::V6(it) => (it.to_bits(), 128),
    };
    let ((given, width), (network, other)) = (bits(text.parse().ok()?), bits(network.parse().ok()?));
    let length: u32 = length.parse().ok()?;
    let kept = if length == 0 { 0 } else { u128::MAX << (128 - length) };
    Some(width == other && given & kept == network & kept)
}

fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let bits: Vec<u8> = bytes.iter().flat_map(|it| (0..8).rev().map(move |at| it >> at & 1)).collect();
    bits.chunks(6)
        .map(|six| (0..6).fold(0, |sum, at| sum * 2 + six.get(at).copied().unwrap_or(0)))
        .map(|it| char::from(LETTERS[usize::from(it)]))
        .collect()
}

/// The text with each dash written in every way that command lines take.
fn dashes(text: &str) -> Vec<String> {
    let mut all = vec![String::new()];
    for character in text.chars() {
        let ways =
            if character == '-' { "-/\u{2013}\u{2014}\u{2015}".to_owned() } else { character.to_string() };
        all = all.iter().flat_map(|it| ways.chars().map(move |way| format!("{it}{way}"))).collect();
    }
    all
}
