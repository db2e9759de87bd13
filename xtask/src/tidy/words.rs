//! Words: both languages have the same keys, every key used exists, every key that exists is used.

use std::collections::BTreeSet;

use fluent_bundle::FluentResource;

use super::Source;
use crate::stage::root;

pub(super) fn check(files: &[Source]) -> Result<Vec<String>, String> {
    let (english, french) = (keys("en")?, keys("fr")?);
    let mut faults: Vec<String> = Vec::new();
    for (from, to, missing) in
        [("en", "fr", english.difference(&french)), ("fr", "en", french.difference(&english))]
    {
        faults.extend(
            missing.map(|key| {
                format!("content/words/{to}.ftl: lacks {key}, which {from}.ftl has; translate it")
            }),
        );
    }
    let code: Vec<&Source> =
        files.iter().filter(|file| file.path.ends_with(".rs") && file.path.starts_with("crates/")).collect();
    for file in &code {
        for key in used(&file.text) {
            if !english.contains(key) {
                faults.push(format!(
                    "{}: says {key}, which content/words/ lacks; add it in both languages",
                    file.path
                ));
            }
        }
    }
    for key in &english {
        let family = key.rsplit_once('-').map_or(key.as_str(), |(family, _)| family);
        let told = code.iter().any(|file| {
            file.text.contains(&format!("\"{key}\"")) || mentions_family(&file.text, key, family)
        });
        if !told {
            faults.push(format!("content/words/en.ftl: nobody says {key}; take it out of both languages"));
        }
    }
    Ok(faults)
}

/// Keys of `words/<lang>.ftl` and of every file of `words/<lang>/`.
fn keys(lang: &str) -> Result<BTreeSet<String>, String> {
    let words = root().join("content/words");
    let mut files = vec![words.join(format!("{lang}.ftl"))];
    for entry in std::fs::read_dir(words.join(lang)).into_iter().flatten() {
        files.push(entry.map_err(|error| error.to_string())?.path());
    }
    let mut keys = BTreeSet::new();
    for path in files {
        let text = std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        let parsed = FluentResource::try_new(text.clone())
            .map_err(|(_, errors)| format!("{}: {errors:?}", path.display()))?;
        drop(parsed);
        for key in text.lines().filter_map(|line| line.split_once(" =")).map(|(key, _)| key) {
            if is_key(key) && !keys.insert(key.to_owned()) {
                return Err(format!("{}: {key} is there twice; keep one", path.display()));
            }
        }
    }
    Ok(keys)
}

fn is_key(key: &str) -> bool {
    key.starts_with(|c: char| c.is_ascii_lowercase())
        && key.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c))
}

/// Keys given as a literal to `say` or `say_with`.
fn used(text: &str) -> impl Iterator<Item = &str> {
    ["say(\"", "say_with(\"", "Said::new(\""]
        .into_iter()
        .flat_map(move |call| text.split(call).skip(1))
        .filter_map(|rest| rest.split('"').next())
}

/// Keys built from a family: `format!("state-{}", …)`.
fn mentions_family(text: &str, key: &str, family: &str) -> bool {
    key.match_indices('-').any(|(dash, _)| text.contains(&format!("\"{}-{{", &key[..dash])))
        || text.contains(&format!("\"{family}-{{"))
}
