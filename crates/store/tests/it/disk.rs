//! A small disk in memory, taken away when dropped.

use std::path::Path;
use std::process::{Command, Stdio};

pub struct Disk(tempfile::TempDir);

impl Disk {
    /// None where the system lets us mount none.
    pub fn mount(size: &str) -> Option<Disk> {
        let folder = tempfile::tempdir().unwrap();
        let done = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={size}"), "rempart-test"])
            .arg(folder.path())
            .stderr(Stdio::null())
            .status();
        done.is_ok_and(|status| status.success()).then_some(Disk(folder))
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.0.path()).status();
    }
}
