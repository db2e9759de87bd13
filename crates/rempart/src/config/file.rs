//! The configuration file: TOML in, each setting with its values and its line out, or every mistake at once.
//!
//! Invariant: a key that is no setting is refused; a value is taken only as the command line would take it.
//! A table's name is the beginning of its keys' names: `[tls]` with `key = …` is `tls_key = …`.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::Read;
use std::path::Path;

use clap::Arg;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{is_flag, key, refused, takes_many, unknown, wrong_value};

/// A larger file is none of ours, in bytes.
const SIZE_MAX: u64 = 1 << 20;

/// Where a setting stands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    /// From 1.
    pub(crate) line: usize,
}

/// What a configuration file says, every value sound.
#[derive(Debug, Default)]
pub(crate) struct File(BTreeMap<String, (Place, Vec<String>)>);

impl File {
    /// The values of a setting, where the file gives it.
    pub(crate) fn values(&self, key: &str) -> Option<&[String]> {
        self.0.get(key).map(|(_, values)| values.as_slice())
    }

    /// Where a setting stands, where the file gives it.
    pub(crate) fn place(&self, key: &str) -> Option<Place> {
        self.0.get(key).map(|(place, _)| *place)
    }
}

/// Reads a file; gives all its mistakes where it has some, each in two sentences.
pub(crate) fn read(path: &Path, settings: &[Arg]) -> Result<File, Vec<String>> {
    let failed = |error: std::io::Error| {
        vec![format!("{} cannot be read: {error}. Name a file that this account may read.", path.display())]
    };
    let mut text = String::new();
    let file = std::fs::File::open(path).map_err(failed)?;
    let read = file.take(SIZE_MAX + 1).read_to_string(&mut text).map_err(failed)?;
    if read as u64 > SIZE_MAX {
        return Err(vec![format!("{} is larger than 1 MiB. Name a configuration file.", path.display())]);
    }
    parse(path, &text, settings)
}

/// Reads the text of a file.
pub(crate) fn parse(path: &Path, text: &str, settings: &[Arg]) -> Result<File, Vec<String>> {
    let mut reader = Reader { path, text, settings, file: File::default(), mistakes: Vec::new() };
    let (document, errors) = DeTable::parse_recoverable(text);
    for error in &errors {
        let at = reader.at(error.span().map_or(0, |it| it.start));
        let what = error.message().trim_end_matches('.');
        reader.mistakes.push(format!("{at}: {what}. Compare with `rempart config example`."));
    }
    if errors.is_empty() {
        reader.table("", document.get_ref());
    }
    if reader.mistakes.is_empty() { Ok(reader.file) } else { Err(reader.mistakes) }
}

struct Reader<'a> {
    path: &'a Path,
    text: &'a str,
    settings: &'a [Arg],
    file: File,
    mistakes: Vec<String>,
}

impl Reader<'_> {
    fn place(&self, offset: usize) -> Place {
        let before = self.text.as_bytes().get(..offset).unwrap_or_default();
        Place { line: 1 + before.iter().filter(|byte| **byte == b'\n').count() }
    }

    fn at(&self, offset: usize) -> String {
        self.place(offset).of(self.path)
    }

    fn table(&mut self, before: &str, table: &DeTable<'_>) {
        let mut fields: Vec<_> = table.iter().collect();
        fields.sort_by_key(|(name, _)| name.span().start);
        for (name, value) in fields {
            let written = format!("{before}{}", name.get_ref());
            match value.get_ref() {
                DeValue::Table(inner) => self.table(&format!("{written}."), inner),
                _ => self.setting(&written, name.span().start, value),
            }
        }
    }

    fn setting(&mut self, written: &str, offset: usize, value: &Spanned<DeValue<'_>>) {
        let (place, at) = (self.place(offset), self.at(offset));
        let name = written.replace('.', "_");
        let Some(arg) = self.settings.iter().find(|arg| key(arg).as_deref() == Some(&name)) else {
            let keys: Vec<String> = self.settings.iter().filter_map(key).collect();
            let last = written.rsplit('.').next().unwrap_or(written);
            let near = [name.as_str(), last]
                .iter()
                .find_map(|it| hospital::nearest(&it.replace('-', "_"), keys.iter().map(String::as_str)));
            self.mistakes.push(format!("{at}: {}", unknown(written, near.as_deref())));
            return;
        };
        let wrong = match texts(arg, value.get_ref()) {
            Ok(values) => {
                let raw: Vec<OsString> = values.iter().map(OsString::from).collect();
                let reason = refused(arg, &raw);
                let twice = self.file.0.insert(name.clone(), (place, values.clone()));
                if let Some((first, _)) = twice {
                    let first = first.of(self.path);
                    self.mistakes
                        .push(format!("{at}: {name} is set twice, first at {first}. Keep one of them."));
                }
                reason.map(|reason| wrong_value(written, &values.join(", "), &reason, &name, arg))
            }
            Err(kind) => Some(wrong_value(written, kind, "that is another kind of value", &name, arg)),
        };
        self.mistakes.extend(wrong.map(|it| format!("{at}: {it}")));
    }
}

/// A value as the command line takes it, or what it is, where that is not what the setting takes.
fn texts(arg: &Arg, value: &DeValue<'_>) -> Result<Vec<String>, &'static str> {
    match value {
        DeValue::Array(items) if takes_many(arg) => {
            let texts: Result<Vec<Vec<String>>, _> =
                items.iter().map(|it| texts(arg, it.get_ref())).collect();
            Ok(texts?.concat())
        }
        DeValue::Boolean(flag) if is_flag(arg) => Ok(vec![flag.to_string()]),
        DeValue::String(text) if !is_flag(arg) => Ok(vec![text.to_string()]),
        DeValue::Array(_) => Err("a list"),
        DeValue::Boolean(_) => Err("true or false"),
        DeValue::String(_) => Err("a text"),
        DeValue::Integer(_) | DeValue::Float(_) => Err("a number"),
        DeValue::Datetime(_) => Err("a date"),
        DeValue::Table(_) => Err("a table"),
    }
}
