//! What experts edit, embedded at build time: rules, obligations, playbooks, words.
//!
//! Invariant: a file is reached by its path under `content/` (`rules/windows/…yml`), whether it is
//! embedded or lies in a folder given by the user, and files come in the order of their paths.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use include_dir::{Dir, include_dir};

static EMBEDDED: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR");

/// Content files by path, `/` between folders.
#[derive(Clone, Debug)]
pub struct Content(BTreeMap<String, Cow<'static, [u8]>>);

impl Content {
    /// What the binary was built with.
    #[must_use]
    pub fn embedded() -> Content {
        let mut files = BTreeMap::new();
        gather(&EMBEDDED, &mut files);
        Content(files)
    }

    /// What the binary was built with, each file of `folder` taking the place of its namesake.
    ///
    /// # Errors
    /// When the folder or one of its files cannot be read.
    pub fn overridden(folder: &Path) -> io::Result<Content> {
        let mut content = Content::embedded();
        let mut folders = vec![folder.to_path_buf()];
        while let Some(next) = folders.pop() {
            for entry in std::fs::read_dir(&next)? {
                let entry = entry?;
                let kind = entry.file_type()?;
                if kind.is_dir() {
                    folders.push(entry.path());
                } else if kind.is_file() {
                    let path = entry.path();
                    let parts: Vec<_> = path
                        .strip_prefix(folder)
                        .into_iter()
                        .flatten()
                        .map(|it| it.to_string_lossy())
                        .collect();
                    content.0.insert(parts.join("/"), Cow::Owned(std::fs::read(&path)?));
                }
            }
        }
        Ok(content)
    }

    /// The files under a folder (`rules/`), path and bytes, by path.
    pub fn under<'a>(&'a self, folder: &'a str) -> impl Iterator<Item = (&'a str, &'a [u8])> {
        self.0
            .range(folder.to_owned()..)
            .take_while(move |(path, _)| path.starts_with(folder))
            .map(|(path, bytes)| (path.as_str(), &**bytes))
    }

    /// One file.
    #[must_use]
    pub fn file(&self, path: &str) -> Option<&[u8]> {
        self.0.get(path).map(|bytes| &**bytes)
    }
}

fn gather(folder: &'static Dir<'static>, files: &mut BTreeMap<String, Cow<'static, [u8]>>) {
    for file in folder.files() {
        files.insert(file.path().to_string_lossy().replace('\\', "/"), Cow::Borrowed(file.contents()));
    }
    for inner in folder.dirs() {
        gather(inner, files);
    }
}
