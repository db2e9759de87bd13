//! `rempart map check`: every mistake at once, each with its place and its remedy.

use std::path::Path;

use assess::{Lang, Words};
use hospital::Mistake;
use jiff::tz::TimeZone;
use report::plain;
use serde_json::{Value, json};

use super::read;
use crate::args::Format;
use crate::exit::{BAD_INPUT, DONE, Failure};
use crate::screen;

pub(super) fn check(path: &Path, format: Format, lang: Option<Lang>) -> Result<u8, Failure> {
    let checked = read(path)?;
    // A program reads the same words whatever the machine's language.
    let lang = if format == Format::Json { Some(Lang::En) } else { lang };
    let words = screen::words(lang, None, &TimeZone::UTC)?;
    if format == Format::Json {
        let list = |list: &[Mistake]| list.iter().map(|it| value(it, &words)).collect::<Vec<_>>();
        screen::json(&json!({ "errors": list(&checked.errors), "remarks": list(&checked.remarks) }))?;
    } else {
        let mut text = String::new();
        for mistake in &checked.errors {
            text += &(say(mistake, &words) + "\n");
        }
        for remark in &checked.remarks {
            text += &words.say_with("map-check-remark", &[("mistake", say(remark, &words).into())]);
            text.push('\n');
        }
        let nodes = checked.map.as_ref().map_or(0, |map| map.nodes.len());
        let key = if checked.errors.is_empty() { "map-check-sound" } else { "map-check-wrong" };
        text += &words.say_with(
            key,
            &[
                ("nodes", nodes.into()),
                ("errors", checked.errors.len().into()),
                ("remarks", checked.remarks.len().into()),
            ],
        );
        text.push('\n');
        screen::text(&text)?;
    }
    Ok(if checked.errors.is_empty() { DONE } else { BAD_INPUT })
}

/// One mistake on two lines: where and what, then what to do.
pub(super) fn say(mistake: &Mistake, words: &Words) -> String {
    let place = format!("{}:{}:{}", mistake.file, mistake.line, mistake.column);
    let (message, help) = (words.tell(&mistake.message), words.tell(&mistake.help));
    format!("{}: {} [{}]\n    {}", plain(&place), plain(&message), mistake.code, plain(&help))
}

fn value(mistake: &Mistake, words: &Words) -> Value {
    json!({
        "file": mistake.file, "line": mistake.line, "column": mistake.column, "code": mistake.code,
        "message": words.tell(&mistake.message), "help": words.tell(&mistake.help),
    })
}
