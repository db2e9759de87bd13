//! Rules and logs that nobody here wrote, where they are at hand.

use std::path::PathBuf;

/// The folder of samples, from `REMPART_SAMPLES` or beside the repository.
pub fn samples() -> Option<PathBuf> {
    let folder = std::env::var_os("REMPART_SAMPLES").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/samples"),
        PathBuf::from,
    );
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("skipped: no samples at {}; set REMPART_SAMPLES", folder.display());
    None
}

/// The public rules, unpacked in memory.
pub fn public_rules() -> Option<Vec<(String, Vec<u8>)>> {
    let packed = std::fs::read(samples()?.join("sigma-rules.tar.xz")).ok()?;
    let mut unpacked = std::process::Command::new("xz")
        .args(["-dc"])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .ok()?;
    let mut input = unpacked.stdin.take()?;
    let writer = std::thread::spawn(move || std::io::Write::write_all(&mut input, &packed));
    let mut archive = tar::Archive::new(unpacked.stdout.take()?);
    let mut files = Vec::new();
    for entry in archive.entries().ok()? {
        let mut entry = entry.ok()?;
        let path = entry.path().ok()?.to_string_lossy().into_owned();
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut entry, &mut bytes).ok()?;
        files.push((path, bytes));
    }
    let _ = writer.join();
    let _ = unpacked.wait();
    Some(files)
}
