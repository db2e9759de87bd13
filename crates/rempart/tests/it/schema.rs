//! JSON Schema, as far as `docs/assessment.schema.json` uses it; a word it does not know fails.

use jiff::Timestamp;
use serde_json::Value;

/// Everything in `value` that is not as `schema` says, each with its place.
pub fn faults(schema: &Value, value: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    look(schema, value, "", &mut faults);
    faults
}

fn look(schema: &Value, value: &Value, at: &str, faults: &mut Vec<String>) {
    let mut hold = |held: bool, what: String| {
        if !held {
            faults.push(format!("{at}: {what}"));
        }
    };
    let mut inner: Vec<(&Value, &Value, String)> = Vec::new();
    for (word, wanted) in schema.as_object().unwrap() {
        match word.as_str() {
            "$schema" | "title" | "description" | "properties" => {}
            "type" => hold(is_one_of(wanted, value), format!("is no {wanted}: {value:.40}")),
            "const" => hold(value == wanted, format!("is not {wanted}")),
            "enum" => hold(wanted.as_array().unwrap().contains(value), format!("{value} is not of {wanted}")),
            "minimum" => {
                hold(
                    value.as_f64().is_none_or(|it| it >= wanted.as_f64().unwrap()),
                    format!("below {wanted}"),
                );
            }
            "format" => {
                assert_eq!(wanted, "date-time");
                hold(
                    value.as_str().is_none_or(|it| it.parse::<Timestamp>().is_ok()),
                    format!("{value} is no instant"),
                );
            }
            "pattern" => {
                assert_eq!(wanted, "^T[0-9]{4}(\\.[0-9]{3})?$");
                hold(value.as_str().is_none_or(technique), format!("{value} is no technique"));
            }
            "required" => {
                for name in wanted.as_array().unwrap() {
                    hold(
                        value.is_null() || value.get(name.as_str().unwrap()).is_some(),
                        format!("lacks {name}"),
                    );
                }
            }
            "additionalProperties" => {
                assert_eq!(wanted, false);
                let known = &schema["properties"];
                for name in value.as_object().into_iter().flat_map(|it| it.keys()) {
                    hold(known.get(name).is_some(), format!("{name} is not foreseen"));
                }
            }
            "items" => {
                let items = value.as_array().into_iter().flatten().enumerate();
                inner.extend(items.map(|(place, item)| (wanted, item, format!("{at}/{place}"))));
            }
            "oneOf" => {
                let fitting =
                    wanted.as_array().unwrap().iter().filter(|it| faults_of(it, value) == 0).count();
                hold(fitting == 1, format!("fits {fitting} of its shapes"));
            }
            other => panic!("{at}: the schema says {other}, which this test cannot check"),
        }
    }
    for (name, wanted) in schema["properties"].as_object().into_iter().flatten() {
        if let Some(value) = value.get(name) {
            inner.push((wanted, value, format!("{at}/{name}")));
        }
    }
    for (schema, value, at) in inner {
        look(schema, value, &at, faults);
    }
}

fn faults_of(schema: &Value, value: &Value) -> usize {
    faults(schema, value).len()
}

fn is_one_of(types: &Value, value: &Value) -> bool {
    let is = |kind: &Value| match kind.as_str().unwrap() {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        other => panic!("no type {other}"),
    };
    types.as_array().map_or_else(|| is(types), |types| types.iter().any(is))
}

fn technique(text: &str) -> bool {
    let digits = |text: &str, count: usize| text.len() == count && text.bytes().all(|it| it.is_ascii_digit());
    let Some(rest) = text.strip_prefix('T') else { return false };
    match rest.split_once('.') {
        Some((head, tail)) => digits(head, 4) && digits(tail, 3),
        None => digits(rest, 4),
    }
}
