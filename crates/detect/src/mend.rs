//! Two things that `rsigma` 0.23 reads otherwise than Sigma says, put so that it reads them right.
//!
//! A wildcard in `|startswith` or `|endswith` is anchored at the wrong end there; `|base64offset` keeps a last
//! character that depends on the bytes that follow.
//!
//! Invariant: a rule that has neither is left as it is.

use rsigma_parser::value::{SpecialChar, StringPart};
use rsigma_parser::{Detection, DetectionItem, Modifier, SigmaRule, SigmaString, SigmaValue};

/// Rewrites what would be misread.
pub fn mend(rule: &mut SigmaRule) {
    rule.detection.named.values_mut().for_each(detection);
}

fn detection(it: &mut Detection) {
    match it {
        Detection::AllOf(items) => items.iter_mut().for_each(item),
        Detection::AnyOf(parts) | Detection::And(parts) => parts.iter_mut().for_each(detection),
        Detection::ArrayMatch { body, .. } => detection(body),
        Detection::Conditional { named, .. } => named.values_mut().for_each(detection),
        Detection::Keywords(_) => {}
    }
}

fn item(it: &mut DetectionItem) {
    if it.field.modifiers.contains(&Modifier::FieldRef) {
        return;
    }
    anchors(it);
    offsets(it);
}

/// `|startswith: 'a*b'` is `'a*b*'`, and no modifier. All values of the item are put so, wildcards or not.
fn anchors(it: &mut DetectionItem) {
    let wild = |it: &SigmaValue| matches!(it, SigmaValue::String(text) if text.contains_wildcards());
    let encodes = |it: &Modifier| {
        use Modifier::{Base64, Base64Offset, Expand, Utf16, Utf16be, Wide, WindAsh};
        matches!(it, Base64 | Base64Offset | Expand | Utf16 | Utf16be | Wide | WindAsh)
    };
    let Some(place) =
        it.field.modifiers.iter().position(|it| matches!(it, Modifier::StartsWith | Modifier::EndsWith))
    else {
        return;
    };
    if !it.values.iter().any(wild) || it.field.modifiers.iter().any(encodes) {
        return;
    }
    let begins = it.field.modifiers.remove(place) == Modifier::StartsWith;
    for value in &mut it.values {
        let mut text = match value {
            SigmaValue::String(text) => text.clone(),
            SigmaValue::Integer(number) => SigmaString::from_raw(&number.to_string()),
            SigmaValue::Float(number) => SigmaString::from_raw(&number.to_string()),
            SigmaValue::Bool(_) | SigmaValue::Null => continue,
        };
        let at = if begins { text.parts.len() } else { 0 };
        text.parts.insert(at, StringPart::Special(SpecialChar::WildcardMulti));
        *value = SigmaValue::String(text);
    }
}

/// `|base64offset` is three texts to be contained. Where all of several values are wanted, that cannot be put so.
fn offsets(it: &mut DetectionItem) {
    let modifiers = &it.field.modifiers;
    let known = |it: &Modifier| {
        use Modifier::{Base64Offset, Cased, Contains, Neq, Utf16, Utf16be, Wide};
        matches!(it, Base64Offset | Cased | Contains | Neq | Utf16 | Utf16be | Wide)
    };
    let encodings = [Modifier::Wide, Modifier::Utf16, Modifier::Utf16be];
    let encoding: Vec<Modifier> = encodings.into_iter().filter(|it| modifiers.contains(it)).collect();
    if !modifiers.contains(&Modifier::Base64Offset) || !modifiers.iter().all(known) || encoding.len() > 1 {
        return;
    }
    let mut texts = Vec::new();
    for value in &it.values {
        let SigmaValue::String(text) = value else { return };
        let plain = text.as_plain().unwrap_or_else(|| text.original.clone());
        let bytes = encoded(&plain, encoding.first());
        texts.extend((0..3).filter_map(|before| sure(&bytes, before)));
    }
    it.values = texts.into_iter().map(|it| SigmaValue::String(SigmaString::from_raw(&it))).collect();
    let others = it.field.modifiers.iter().filter(|it| matches!(it, Modifier::Cased | Modifier::Neq));
    it.field.modifiers = [Modifier::Contains].into_iter().chain(others.copied()).collect();
}

fn encoded(text: &str, encoding: Option<&Modifier>) -> Vec<u8> {
    let units = text.encode_utf16();
    match encoding {
        Some(Modifier::Wide) => units.flat_map(u16::to_le_bytes).collect(),
        Some(Modifier::Utf16) => [0xff, 0xfe].into_iter().chain(units.flat_map(u16::to_le_bytes)).collect(),
        Some(Modifier::Utf16be) => units.flat_map(u16::to_be_bytes).collect(),
        _ => text.as_bytes().to_vec(),
    }
}

/// The base64 digits that depend on these bytes alone, when so many others (up to two) stand before.
fn sure(bytes: &[u8], before: usize) -> Option<String> {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let (from, to) = ((before * 8).div_ceil(6), (before + bytes.len()) * 8 / 6);
    let bit = |at: usize| bytes[at / 8 - before] >> (7 - at % 8) & 1;
    let digit = |place: usize| (place * 6..place * 6 + 6).fold(0, |sum, at| sum * 2 + bit(at));
    let digits: String = (from..to).map(|it| char::from(DIGITS[usize::from(digit(it))])).collect();
    (!digits.is_empty()).then_some(digits)
}
