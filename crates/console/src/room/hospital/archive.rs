//! The map's files as one tar, out and in.
//!
//! Invariant: what was given out comes back the same; of what comes in, only plain files under plain names are taken,
//! each once, and nothing is ever written under a name that an archive gives.

use std::collections::BTreeMap;
use std::io::Read as _;

use assess::Said;
use hospital::MapFile;
use tar::EntryType;

use super::files::{FILES_MAX, file_name};
use crate::problem::{Problem, Result};

/// Files by name.
pub(super) type Files = BTreeMap<String, Vec<u8>>;

/// Members of an archive at most, folders among them.
const MEMBERS_MAX: usize = 2 * FILES_MAX;
/// Letters of a member's name that are said back.
const SAID: usize = 80;

/// The files as a tar, in a folder `map`. `time` is in seconds since 1970.
pub(super) fn pack(files: &[MapFile], time: u64) -> std::io::Result<Vec<u8>> {
    let mut archive = tar::Builder::new(Vec::new());
    for file in files {
        let mut head = tar::Header::new_gnu();
        head.set_size(file.bytes.len() as u64);
        head.set_mode(0o644);
        head.set_mtime(time);
        archive.append_data(&mut head, format!("map/{}", file.name), file.bytes.as_slice())?;
    }
    archive.into_inner()
}

/// Adds the files of a tar to those that came already.
pub(super) fn unpack(bytes: &[u8], files: &mut Files) -> Result<()> {
    let broken =
        |error: std::io::Error| Problem::bad(Said::new("refusal-tar-damaged").with("why", error.to_string()));
    let mut archive = tar::Archive::new(bytes);
    for (count, entry) in archive.entries().map_err(broken)?.enumerate() {
        if count >= MEMBERS_MAX {
            return Err(Problem::bad(Said::new("refusal-tar-members").with("most", MEMBERS_MAX)));
        }
        let mut entry = entry.map_err(broken)?;
        let kind = entry.header().entry_type();
        let path = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        let Some(name) = place(&path, kind)? else { continue };
        let mut text = Vec::new();
        entry.read_to_end(&mut text).map_err(broken)?;
        add(files, name, text)?;
    }
    Ok(())
}

/// Adds a file; a name that came already is refused, for nobody could say which of the two is meant.
pub(super) fn add(files: &mut Files, name: &str, bytes: Vec<u8>) -> Result<()> {
    file_name(name)?;
    if files.insert(name.to_owned(), bytes).is_some() {
        return Err(Problem::bad(Said::new("refusal-file-twice").with("name", name)));
    }
    if files.len() > FILES_MAX {
        return Err(Problem::bad(Said::new("refusal-file-many").with("most", FILES_MAX)));
    }
    Ok(())
}

/// The name of the file that a member stands for; none where it is a folder.
fn place(path: &str, kind: EntryType) -> Result<Option<&str>> {
    let said: String = path.chars().take(SAID).collect();
    let refuse = |why: Said| Err(Problem::bad(why.with("path", format!("{said:?}"))));
    if path.starts_with(['/', '\\']) || path.split('/').any(|part| part == "..") {
        return refuse(Said::new("refusal-tar-outside"));
    }
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
    match kind {
        EntryType::Directory if parts.len() <= 1 => Ok(None),
        EntryType::Regular | EntryType::Continuous => match parts.as_slice() {
            [name] | [_, name] => Ok(Some(name)),
            _ => refuse(Said::new("refusal-tar-deep")),
        },
        EntryType::Directory => refuse(Said::new("refusal-tar-folder")),
        EntryType::Symlink | EntryType::Link => refuse(Said::new("refusal-tar-link")),
        _ => refuse(Said::new("refusal-tar-special")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A tar of one member, its name written as it is, whatever the library thinks of it.
    fn tar(name: &str, kind: EntryType) -> Vec<u8> {
        let mut head = tar::Header::new_gnu();
        let field = &mut head.as_old_mut().name;
        field[..name.len()].copy_from_slice(name.as_bytes());
        head.set_entry_type(kind);
        let bytes: &[u8] = if kind == EntryType::Regular { b"id = 1\n" } else { b"" };
        head.set_size(bytes.len() as u64);
        head.set_cksum();
        let mut archive = tar::Builder::new(Vec::new());
        archive.append(&head, bytes).unwrap();
        archive.into_inner().unwrap()
    }

    fn names(bytes: &[u8]) -> std::result::Result<Vec<String>, String> {
        let mut files = Files::new();
        unpack(bytes, &mut files).map(|()| files.into_keys().collect()).map_err(|problem| problem.english())
    }

    #[test]
    fn what_was_given_out_comes_back_the_same() {
        let files =
            [("assets.csv", "id,name\r\nx,\u{e9}"), ("hospital.toml", "[hospital]\n"), ("z.toml", "")];
        let files =
            files.map(|(name, text)| MapFile { name: name.to_owned(), bytes: text.as_bytes().to_vec() });
        let mut back = Files::new();
        unpack(&pack(&files, 0).unwrap(), &mut back).unwrap();
        let pairs: Vec<_> = files.into_iter().map(|file| (file.name, file.bytes)).collect();
        assert_eq!(back.into_iter().collect::<Vec<_>>(), pairs);
    }

    #[test]
    fn only_plain_files_of_one_folder_are_taken() {
        use EntryType::{Block, Char, Directory, Fifo, GNUSparse, Link, Regular, Symlink};
        for name in ["hospital.toml", "./hospital.toml", "map/hospital.toml", "./map//hospital.toml"] {
            assert_eq!(names(&tar(name, Regular)), Ok(vec!["hospital.toml".to_owned()]), "{name}");
        }
        assert_eq!(names(&tar("map/", Directory)), Ok(vec![]));
        for (name, kind, word) in [
            ("/etc/hospital.toml", Regular, "leads out"),
            ("../hospital.toml", Regular, "leads out"),
            ("map/../../hospital.toml", Regular, "leads out"),
            ("/", Directory, "leads out"),
            ("map/..", Directory, "leads out"),
            ("a/b/hospital.toml", Regular, "too deep"),
            ("a/b", Directory, "a folder within a folder"),
            ("map/hospital.toml", Symlink, "a link"),
            ("map/hospital.toml", Link, "a link"),
            ("map/hospital.toml", Char, "no plain file"),
            ("map/hospital.toml", Block, "no plain file"),
            ("map/hospital.toml", Fifo, "no plain file"),
            ("map/hospital.toml", GNUSparse, ""),
            ("map/notes.txt", Regular, "no file of a map"),
            ("map/._hospital.toml", Regular, "no file of a map"),
            ("map/Hospital.toml", Regular, "no file of a map"),
            ("map/..\\hospital.toml", Regular, "no file of a map"),
            ("map", Regular, "no file of a map"),
        ] {
            let said = names(&tar(name, kind)).unwrap_err();
            assert!(said.contains(word), "{name} {kind:?}: {said}");
        }
    }

    #[test]
    fn members_are_bounded_and_each_comes_once() {
        let tar = |names: &[String]| {
            let mut archive = tar::Builder::new(Vec::new());
            for name in names {
                let mut head = tar::Header::new_gnu();
                head.set_size(0);
                archive.append_data(&mut head, name, &[][..]).unwrap();
            }
            archive.into_inner().unwrap()
        };
        let many = |count: usize| (0..count).map(|at| format!("map/f{at}.toml")).collect::<Vec<_>>();
        assert_eq!(names(&tar(&many(FILES_MAX))).unwrap().len(), FILES_MAX);
        assert!(names(&tar(&many(FILES_MAX + 1))).unwrap_err().contains("at most"));
        assert!(names(&tar(&["map/a.toml".into(), "a.toml".into()])).unwrap_err().contains("comes twice"));
        let folders: Vec<String> = (0..=MEMBERS_MAX).map(|at| format!("f{at}/")).collect();
        let mut archive = tar::Builder::new(Vec::new());
        for folder in &folders {
            let mut head = tar::Header::new_gnu();
            head.set_entry_type(EntryType::Directory);
            head.set_size(0);
            archive.append_data(&mut head, folder, &[][..]).unwrap();
        }
        assert!(names(&archive.into_inner().unwrap()).unwrap_err().contains("members"));
        let whole = tar(&many(2));
        for cut in [1, 100, 511, 700] {
            assert!(names(&whole[..cut]).is_err(), "cut at {cut}");
        }
    }
}
