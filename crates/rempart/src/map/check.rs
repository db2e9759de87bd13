//! `rempart map check`: every mistake at once, each with its place and its remedy.

use std::path::Path;

use hospital::Mistake;
use report::plain;
use serde_json::{Value, json};

use crate::args::Format;
use crate::exit::{BAD_INPUT, DONE, Failure};
use crate::screen;

pub(super) fn check(path: &Path, format: Format) -> Result<u8, Failure> {
    let checked = hospital::load(path).map_err(|error| {
        Failure::bad(format!("{} cannot be read: {error}; name a map folder or a map.toml", path.display()))
    })?;
    if format == Format::Json {
        let list = |mistakes: &[Mistake]| mistakes.iter().map(value).collect::<Vec<_>>();
        screen::json(&json!({ "errors": list(&checked.errors), "remarks": list(&checked.remarks) }))?;
    } else {
        let mut text = String::new();
        for mistake in &checked.errors {
            text += &(say(mistake) + "\n");
        }
        for remark in &checked.remarks {
            text += &format!("remark: {}\n", say(remark));
        }
        let (errors, remarks) = (checked.errors.len(), checked.remarks.len());
        text += &match errors {
            0 => format!(
                "The map is sound: {} nodes. Remarks: {remarks}.\n",
                checked.map.as_ref().map_or(0, |map| map.nodes.len())
            ),
            _ => format!("Mistakes: {errors}. Remarks: {remarks}.\n"),
        };
        screen::text(&text)?;
    }
    Ok(if checked.errors.is_empty() { DONE } else { BAD_INPUT })
}

/// One mistake on two lines: where and what, then what to do.
pub(super) fn say(mistake: &Mistake) -> String {
    let place = format!("{}:{}:{}", mistake.file, mistake.line, mistake.column);
    format!("{}: {} [{}]\n    {}", plain(&place), plain(&mistake.message), mistake.code, plain(&mistake.help))
}

fn value(mistake: &Mistake) -> Value {
    json!({
        "file": mistake.file, "line": mistake.line, "column": mistake.column, "code": mistake.code,
        "message": mistake.message, "help": mistake.help,
    })
}
