//! Folders and archives: what is opened, what is left, what is refused.

use std::io::Write;
use std::path::Path;

use evidence::{Input, Limits, Options};

use crate::{rest, told};

const LINE: &[u8] = b"{\"time\":\"2026-11-21T02:10:00Z\"}\n";

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap()
}

fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut packer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in members {
        packer.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        packer.write_all(bytes).unwrap();
    }
    packer.finish().unwrap().into_inner()
}

fn tar(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut packer = tar::Builder::new(Vec::new());
    for (name, bytes) in members {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        packer.append_data(&mut header, name, *bytes).unwrap();
    }
    packer.into_inner().unwrap()
}

/// Where events were read, and the rest of the report.
fn seen(name: &str, bytes: &[u8], limits: Limits) -> String {
    let told = told(name, bytes, &Options { limits, ..Options::default() });
    let short = |line: &str| line.split(" 2026").next().unwrap_or("").to_owned();
    told.lines().map(short).collect::<Vec<_>>().join("\n")
}

#[test]
fn archives_are_read_in_one_another() {
    let double = [LINE, LINE].concat();
    let zstd = zstd::encode_all(&double[..], 1).unwrap();
    let inner = zip(&[("z.json", LINE), ("b/a.json", &gzip(LINE))]);
    let outer = gzip(&tar(&[("./in.zip", &inner), ("notes.txt", b"hello"), ("c.zst", &zstd)]));
    let expected = "a.tgz!/in.zip!/b/a.json:1\na.tgz!/in.zip!/z.json:1\na.tgz!/c.zst:1\na.tgz!/c.zst:2\n\
        skipped a.tgz!/notes.txt: not a log in a known format";
    assert_eq!(seen("a.tgz", &outer, Limits::default()), expected);
    let twice = [gzip(LINE), gzip(LINE)].concat();
    assert_eq!(seen("a.gz", &twice, Limits::default()), "a.gz:1\na.gz:2");
}

#[test]
fn bombs_are_refused_and_named() {
    let limits = Limits { depth: 2, entries: 2, unpacked: 100_000, ..Limits::default() };
    let deep = gzip(&gzip(&gzip(LINE)));
    assert_eq!(seen("a", &deep, limits), "unreadable a: archives nested too deeply");
    let wide = zip(&[("a", LINE), ("b", LINE), ("c", LINE)]);
    assert_eq!(seen("a", &wide, limits), "a!/a:1\na!/b:1\nunreadable a: more archive members than the limit");
    let big = gzip(&LINE.repeat(10_000));
    let told = seen("a", &big, limits);
    assert!((1_000..=3_125).contains(&(told.lines().count() - 1)), "{told}");
    assert!(told.ends_with("\nunreadable a: unpacks to more bytes than the limit"), "{told}");
    let mut long = tar::Header::new_gnu();
    long.set_entry_type(tar::EntryType::GNULongName);
    long.set_size(50 << 20);
    long.set_cksum();
    let long = [long.as_bytes().to_vec(), vec![b'a'; 50 << 20], tar(&[("a", LINE)])].concat();
    assert_eq!(seen("a", &gzip(&long), Limits::default()), "unreadable a: a member's headers are too long");
    let zeros = gzip(&vec![0; 1_000_000]);
    assert_eq!(seen("a", &zeros, limits), "skipped a: not a log in a known format");
}

#[test]
fn packed_files_that_end_early_give_what_they_hold() {
    let packed = gzip(&LINE.repeat(50_000));
    let told = seen("a.gz", &packed[..packed.len() / 2], Limits::default());
    assert!(told.lines().count() > 1_000);
    assert!(told.contains("unreadable a.gz: the packed data end early"), "{told}");
    let zip = zip(&[("a", LINE)]);
    assert!(seen("a.zip", &zip[..zip.len() - 10], Limits::default()).starts_with("unreadable a.zip: "));
    let tar = tar(&[("a", &LINE.repeat(100))]);
    let told = seen("a.tar", &tar[..1_000], Limits::default());
    assert!(told.contains("unreadable a.tar"), "{told}");
}

fn walked(folder: &Path) -> String {
    let mut paths = Vec::new();
    let inputs = vec![Input::Path(folder.to_owned())];
    let judge = |event: &evidence::Event, kept: &mut Vec<String>| kept.push(event.origin.path.to_string());
    let report = evidence::read(inputs, &Options::default(), judge, |path| paths.push(path));
    format!("{}\n{}", paths.join("\n"), rest(&report))
}

#[cfg(unix)]
#[test]
fn folders_are_walked_in_order_and_nothing_but_files_is_opened() {
    let outside = tempfile::tempdir().unwrap();
    std::fs::write(outside.path().join("secret.json"), LINE).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    std::fs::create_dir_all(at("b/c")).unwrap();
    for name in ["z.json", "b/c/x.json", "b/a.json", "A.json"] {
        std::fs::write(at(name), LINE).unwrap();
    }
    std::fs::write(at("empty.log"), b"").unwrap();
    std::os::unix::fs::symlink(outside.path(), at("b/out")).unwrap();
    std::os::unix::fs::symlink(at("b"), at("b/c/loop")).unwrap();
    let _socket = std::os::unix::net::UnixListener::bind(at("socket")).unwrap();
    let expected = "A.json\nb/a.json\nb/c/x.json\nz.json\n\
        skipped b/c/loop: a link: not followed\nskipped b/out: a link: not followed\n\
        skipped empty.log: empty\nskipped socket: a device, pipe or socket: not opened";
    assert_eq!(walked(folder.path()), expected);
    assert_eq!(walked(&at("b/a.json")), "a.json\n");
    assert!(walked(&at("none")).starts_with("\nunreadable none: No such file"));
}
