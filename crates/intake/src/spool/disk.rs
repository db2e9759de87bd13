//! The disk, behind a trait, so that tests can make it fail at every point.
//!
//! Invariant: nothing is taken as durable before `sync` (a file's content) or `sync_folder` (that it exists, its
//! name, that it is gone) came back.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// A folder of files. Names are plain, without folders.
pub trait Disk: Send + Sync {
    /// Every file with its length in bytes.
    fn list(&self) -> io::Result<Vec<(String, u64)>>;
    /// Up to `most` bytes of a file from `offset`; fewer at its end.
    fn read(&self, name: &str, offset: u64, most: usize) -> io::Result<Vec<u8>>;
    /// A new, empty file, to which bytes are added.
    fn create(&self, name: &str) -> io::Result<Box<dyn Appender>>;
    /// Gives a file another name, in place of any other file of that name.
    fn rename(&self, from: &str, to: &str) -> io::Result<()>;
    /// Takes a file away.
    fn remove(&self, name: &str) -> io::Result<()>;
    /// Makes creations, renames and removals durable.
    fn sync_folder(&self) -> io::Result<()>;
    /// Bytes that may still be written before the disk is full.
    fn free(&self) -> io::Result<u64>;
}

/// A file that bytes are added to.
pub trait Appender: Send {
    /// Adds all bytes; after an error some of them may be there.
    fn append(&mut self, bytes: &[u8]) -> io::Result<()>;
    /// Cuts the file back to a length.
    fn cut(&mut self, length: u64) -> io::Result<()>;
    /// Makes what was added durable.
    fn sync(&mut self) -> io::Result<()>;
}

/// A folder of the system.
pub struct Folder(PathBuf);

impl Folder {
    /// Opens a folder, made where it is missing, for its owner alone.
    pub fn open(path: &Path) -> io::Result<Folder> {
        if !path.is_dir() {
            let mut builder = std::fs::DirBuilder::new();
            builder.recursive(true);
            #[cfg(unix)]
            std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
            builder.create(path)?;
            if let Some(parent) = path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
                File::open(parent)?.sync_all()?;
            }
        }
        Ok(Folder(path.to_path_buf()))
    }
}

impl Disk for Folder {
    fn list(&self) -> io::Result<Vec<(String, u64)>> {
        let mut files = Vec::new();
        for entry in std::fs::read_dir(&self.0)? {
            let entry = entry?;
            let data = entry.metadata()?;
            if let (true, Ok(name)) = (data.is_file(), entry.file_name().into_string()) {
                files.push((name, data.len()));
            }
        }
        Ok(files)
    }

    fn read(&self, name: &str, offset: u64, most: usize) -> io::Result<Vec<u8>> {
        use std::io::{Read, Seek, SeekFrom};
        let mut file = File::open(self.0.join(name))?;
        file.seek(SeekFrom::Start(offset))?;
        let mut bytes = Vec::new();
        file.take(most as u64).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    fn create(&self, name: &str) -> io::Result<Box<dyn Appender>> {
        let mut options = OpenOptions::new();
        options.create(true).append(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(self.0.join(name))?;
        file.set_len(0)?;
        Ok(Box::new(file))
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        std::fs::rename(self.0.join(from), self.0.join(to))
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        std::fs::remove_file(self.0.join(name))
    }

    fn sync_folder(&self) -> io::Result<()> {
        File::open(&self.0)?.sync_all()
    }

    fn free(&self) -> io::Result<u64> {
        let status = rustix::fs::statvfs(&self.0)?;
        Ok(status.f_bavail.saturating_mul(status.f_frsize))
    }
}

impl Appender for File {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.write_all(bytes)
    }

    fn cut(&mut self, length: u64) -> io::Result<()> {
        self.set_len(length)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.sync_all()
    }
}

/// Puts a small file in place whole: written beside, synced, renamed.
pub(crate) fn replace(disk: &dyn Disk, name: &str, bytes: &[u8]) -> Result<(), Fault> {
    let beside = format!("{name}.new");
    let mut file = disk.create(&beside).map_err(Fault::Write)?;
    if let Err(error) = file.append(bytes) {
        // A leftover is taken away at the next start.
        let _ = disk.remove(&beside);
        return Err(Fault::Write(error));
    }
    file.sync().map_err(Fault::Broken)?;
    disk.rename(&beside, name).map_err(Fault::Write)?;
    disk.sync_folder().map_err(Fault::Broken)
}

/// What failed.
#[derive(Debug)]
pub(crate) enum Fault {
    /// Nothing was changed, and it may be tried again.
    Write(io::Error),
    /// What is on the disk is not known: nothing can be promised any more.
    Broken(io::Error),
}
