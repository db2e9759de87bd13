//! Habits of the house that a program can check. Each failure says how to put it right.

mod dependencies;
mod sources;
mod walls;
mod words;

use std::path::Path;

pub(crate) use dependencies::PLATFORM;

use crate::stage::root;

/// Runs every check; says every fault at once.
pub(crate) fn tidy() -> Result<(), String> {
    let files = files(&root())?;
    let mut faults = Vec::new();
    faults.extend(sources::check(&files));
    faults.extend(walls::check()?);
    faults.extend(words::check(&files)?);
    faults.extend(dependencies::check()?);
    if faults.is_empty() { Ok(()) } else { Err(faults.join("\n")) }
}

/// A text file of the repository.
pub(crate) struct Source {
    /// Path from the root.
    pub(crate) path: String,
    /// Its text.
    pub(crate) text: String,
}

/// Every text file outside of `target` and hidden folders (but `.ci` and `.cargo`).
fn files(root: &Path) -> Result<Vec<Source>, String> {
    let mut found = Vec::new();
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))? {
            let path = entry.map_err(|error| error.to_string())?.path();
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            let hidden = name.starts_with('.') && !matches!(name.as_str(), ".ci" | ".cargo");
            if hidden || name == "target" || name == "rempart-demo" || path.is_symlink() {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
            } else if let Ok(text) = std::fs::read_to_string(&path) {
                found.push(Source { path: relative(root, &path), text });
            }
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(found)
}

fn relative(root: &Path, path: &Path) -> String {
    path.strip_prefix(root).unwrap_or(path).to_string_lossy().into_owned()
}
