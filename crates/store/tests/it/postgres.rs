//! Where PostgreSQL's programs are, and as whom they run.

use std::fs;
use std::os::unix::fs::{MetadataExt, chown};
use std::path::{Path, PathBuf};

/// The folder of the newest PostgreSQL's programs.
pub fn programs() -> Option<PathBuf> {
    let version = |path: &PathBuf| path.file_name()?.to_str()?.parse::<u32>().ok();
    let mut versions: Vec<PathBuf> =
        fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten().map(|it| it.path()).collect();
    versions.sort_by_key(version);
    let paths = std::env::var_os("PATH").unwrap_or_default();
    let installed = versions.into_iter().rev().map(|it| it.join("bin"));
    installed
        .chain(std::env::split_paths(&paths))
        .find(|it| it.join("initdb").exists() && it.join("postgres").exists())
}

/// PostgreSQL refuses to run as root: the user that it runs as instead, to whom the folder is given.
pub fn unprivileged(folder: &Path) -> Option<(u32, u32)> {
    if fs::metadata(folder).unwrap().uid() != 0 {
        return None;
    }
    let users = fs::read_to_string("/etc/passwd").unwrap();
    let ids = |name: &str| {
        let line = users.lines().find(|line| line.split(':').next() == Some(name))?;
        let mut fields = line.split(':').skip(2).map(|field| field.parse().ok());
        Some((fields.next()??, fields.next()??))
    };
    let (uid, gid) = ids("postgres").or_else(|| ids("nobody")).unwrap();
    chown(folder, Some(uid), Some(gid)).unwrap();
    Some((uid, gid))
}
