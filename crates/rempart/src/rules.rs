//! `rempart rules`: check, test and list rules.

use std::path::{Path, PathBuf};

use content::Content;
use detect::{Asks, Cache, Engine, Fault, Reason, RuleFacts, Rules};
use report::plain;
use serde_json::{Value, json};

use crate::args::{Format, RulesCommand};
use crate::exit::{BAD_INPUT, DONE, Failure};
use crate::screen;

pub(crate) fn run(command: RulesCommand) -> Result<u8, Failure> {
    match command {
        RulesCommand::Check { path, format } => check(&path, format),
        RulesCommand::Test { path, explain, content } => test(path.as_deref(), explain, content.as_deref()),
        RulesCommand::List { technique, rules, view, format } => {
            let content = screen::content(view.content.as_deref())?;
            list(&gather(&content, &rules, false, own_cache().as_ref())?, technique.as_deref(), format)
        }
    }
}

/// Our rules, unless left out, then those of `paths`; each path must hold a rule that loads.
pub(crate) fn gather(
    content: &Content,
    paths: &[PathBuf],
    only: bool,
    cache: Option<&Cache>,
) -> Result<Rules, Failure> {
    let mut files: Vec<(String, Vec<u8>)> = Vec::new();
    if !only {
        files.extend(content.under("rules/").map(|(path, bytes)| (path.to_owned(), bytes.to_vec())));
    }
    // Where the files of each path begin.
    let mut begin = Vec::new();
    for path in paths {
        begin.push(files.len());
        files.extend(read(path)?);
    }
    let rules = load(&files, cache);
    for (at, path) in paths.iter().enumerate() {
        let end = begin.get(at + 1).copied().unwrap_or(files.len());
        // What loads with others may still not load alone, so a path is only looked at where nothing of it is there.
        let own = &files[begin[at]..end];
        if !own.iter().any(|(path, _)| rules.facts().any(|rule| **path == *rule.path)) {
            check_alone(path, own)?;
        }
    }
    Ok(rules)
}

/// Where compiled rules are kept for this user, as the XDG says; nowhere for who has no home.
pub(crate) fn own_cache() -> Option<Cache> {
    let folder = |name| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let caches = folder("XDG_CACHE_HOME").or_else(|| Some(folder("HOME")?.join(".cache")))?;
    Some(Cache::new(caches.join("rempart")))
}

fn load(files: &[(String, Vec<u8>)], cache: Option<&Cache>) -> Rules {
    Rules::load_with(files.iter().map(|(path, bytes)| (path, bytes)), cache)
}

/// Refuses a path that holds no rule that loads.
fn check_alone(path: &Path, files: &[(String, Vec<u8>)]) -> Result<(), Failure> {
    let alone = load(files, None);
    if alone.loaded() > 0 {
        return Ok(());
    }
    let first =
        alone.refused().first().map_or_else(String::new, |it| format!(" ({}: {})", it.path, it.reason));
    Err(Failure::bad(format!(
        "no rule in {} loads{first}; name a Sigma rule or a folder of them",
        path.display()
    )))
}

/// Rule files of a path, each under its path below it, in order; links are not followed.
fn read(path: &Path) -> Result<Vec<(String, Vec<u8>)>, Failure> {
    let refuse = |path: &Path, error: std::io::Error| {
        Failure::bad(format!("{} cannot be read: {error}; name a rule or a folder of rules", path.display()))
    };
    if path.is_file() {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        return Ok(vec![(name, std::fs::read(path).map_err(|error| refuse(path, error))?)]);
    }
    let mut found = Vec::new();
    let mut folders = vec![path.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).map_err(|error| refuse(&folder, error))? {
            let entry = entry.map_err(|error| refuse(&folder, error))?;
            let kind = entry.file_type().map_err(|error| refuse(&folder, error))?;
            let file = entry.path();
            if kind.is_dir() {
                folders.push(file);
            } else if kind.is_file() && file.extension().is_some_and(|it| it == "yml" || it == "yaml") {
                let name = file.strip_prefix(path).unwrap_or(&file).to_string_lossy().into_owned();
                found.push((name, std::fs::read(&file).map_err(|error| refuse(&file, error))?));
            }
        }
    }
    found.sort();
    Ok(found)
}

fn check(path: &Path, format: Format) -> Result<u8, Failure> {
    let rules = load(&read(path)?, own_cache().as_ref());
    let noteless: Vec<&RuleFacts> =
        rules.facts().filter(|rule| rule.note.is_none() && rule.log_source.is_some()).collect();
    if format == Format::Json {
        let refused: Vec<Value> =
            rules.refused().iter().map(|it| json!({ "path": it.path, "reason": it.reason })).collect();
        screen::json(
            &json!({ "loaded": rules.loaded(), "refused": refused, "without_note": noteless.len() }),
        )?;
    } else {
        let mut text = String::new();
        for it in rules.refused() {
            text += &format!("refused: {}: {}\n", plain(&it.path), plain(&it.reason));
        }
        text += &format!(
            "Loaded: {}. Refused: {}. Without a note for hospitals: {}.\n",
            rules.loaded(),
            rules.refused().len(),
            noteless.len()
        );
        screen::text(&text)?;
    }
    let sound = rules.refused().is_empty() && rules.loaded() > 0;
    Ok(if sound { DONE } else { BAD_INPUT })
}

fn list(rules: &Rules, technique: Option<&str>, format: Format) -> Result<u8, Failure> {
    let asked = technique.map(str::to_uppercase);
    let matches = |rule: &&RuleFacts| {
        asked.as_ref().is_none_or(|asked| {
            rule.techniques.iter().any(|it| it == asked || it.starts_with(&format!("{asked}.")))
        })
    };
    let kept: Vec<&RuleFacts> = rules.facts().filter(matches).collect();
    if format == Format::Json {
        let rows: Vec<Value> = kept
            .iter()
            .map(|rule| {
                json!({
                    "id": &*rule.id, "title": &*rule.title, "level": rule.level, "techniques": &*rule.techniques,
                    "tactics": &*rule.tactics, "log_source": rule.log_source, "path": &*rule.path,
                })
            })
            .collect();
        screen::json(&rows)?;
    } else {
        let mut text = String::new();
        for rule in &kept {
            let level = format!("{:?}", rule.level).to_lowercase();
            text += &format!(
                "{level:<13} {:<22} {}  {}\n",
                rule.techniques.join(","),
                plain(&rule.title),
                plain(&rule.id)
            );
        }
        text += &format!("Rules: {}.\n", kept.len());
        screen::text(&text)?;
    }
    Ok(DONE)
}

fn test(path: Option<&Path>, explain: bool, folder: Option<&Path>) -> Result<u8, Failure> {
    let content = screen::content(folder)?;
    let files = match path {
        Some(path) => read(path)?,
        None => content.under("rules/").map(|(path, bytes)| (path.to_owned(), bytes.to_vec())).collect(),
    };
    let engine = crate::triage::engine(load(&files, own_cache().as_ref()), &content)?;
    let outcome = detect::test_examples(&engine);
    let mut text = if explain { explained(&engine) } else { String::new() };
    for failure in &outcome.failures {
        let what = match failure.fault {
            Fault::Missed => "must match and does not",
            Fault::Fired => "must not match and does",
            Fault::Unreadable => "holds no event that can be read",
        };
        text += &format!(
            "{}: example {} {what} ({})\n",
            plain(&failure.path),
            failure.example,
            plain(&failure.rule)
        );
    }
    text += &format!(
        "Rules with examples: {}. Examples: {}. Failures: {}.\n",
        outcome.rules,
        outcome.examples,
        outcome.failures.len()
    );
    screen::text(&text)?;
    Ok(if outcome.failures.is_empty() && outcome.examples > 0 { DONE } else { BAD_INPUT })
}

/// Each example with the branches of its rule's condition.
fn explained(engine: &Engine) -> String {
    let mut text = String::new();
    for example in detect::explain_examples(engine) {
        let must = if example.matching { "must match" } else { "must not match" };
        text += &format!("{}: example {} that {must}\n", plain(&example.path), example.example);
        if example.events.iter().all(Option::is_none) {
            text += "  no single event decides: the rule counts others, or a filter narrows it\n";
        }
        example.events.iter().flatten().for_each(|reason| branch(reason, 1, &mut text));
    }
    text
}

/// One branch and those below it, indented; `+` holds, `-` does not.
fn branch(reason: &Reason, depth: usize, text: &mut String) {
    let (words, parts): (String, &[Reason]) = match &reason.asks {
        Asks::All(parts) => ("all of".to_owned(), parts),
        Asks::Any(parts) => ("one of".to_owned(), parts),
        Asks::AtLeast { number, of } => (format!("at least {number} of"), of),
        Asks::Not(part) => ("not".to_owned(), std::slice::from_ref(part)),
        Asks::Selection { name, of } => (name.clone(), std::slice::from_ref(of)),
        Asks::LogSource(wanted) => (format!("an event of {wanted}"), &[]),
        Asks::Test(it) => {
            let field = it.field.as_deref().unwrap_or("some text");
            let cased = if it.cased && it.test != "regex" { ", capitals as written" } else { "" };
            (format!("{field} {} {:?}{cased}: found {}", it.test, it.value, it.found), &[])
        }
    };
    let sign = if reason.holds { '+' } else { '-' };
    *text += &format!("{}{sign} {}\n", "  ".repeat(depth), plain(&words));
    parts.iter().for_each(|part| branch(part, depth + 1, text));
}
