//! Copies of a running server's store, and their way back.

use std::fs;
use std::path::Path;
use std::process::Output;

use crate::faults::caller::Serving;
use crate::{folder, rempart, run, text};

fn told(output: &Output, code: i32, words: &str) {
    let error = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{error}");
    assert!(error.contains(words), "{words} is not in: {error}");
}

fn add_user(data: &Path, name: &str) -> Output {
    let password = data.with_file_name("password");
    fs::write(&password, "a long password of a test\n").unwrap();
    run(["user", "add", name, "--role", "viewer", "--password-file", text(&password), "--data", text(data)])
}

#[test]
fn a_server_copies_itself_by_the_clock() {
    let place = folder("copies");
    let (data, phrase, copies) = (place.join("data"), place.join("phrase"), place.join("copies"));
    fs::write(&phrase, "a passphrase of a test\n").unwrap();
    fs::create_dir(&copies).unwrap();
    let with = ["--copies", text(&copies), "--copies-passphrase-file", text(&phrase)];
    let _server = Serving::start(&data, &with);
    let began = std::time::Instant::now();
    let copy = loop {
        let mut names = fs::read_dir(&copies).unwrap().map(|entry| entry.unwrap().path());
        if let Some(copy) = names.find(|it| it.extension().is_some_and(|it| it == "bundle")) {
            break copy;
        }
        assert!(began.elapsed().as_secs() < 60, "no copy was made");
        std::thread::sleep(std::time::Duration::from_millis(100));
    };
    let tried = run(["restore", text(&copy), "--check", "--passphrase-file", text(&phrase)]);
    told(&tried, 0, "The bundle is sound");
    let refused = run(["serve", "--data", text(&place.join("other")), "--copies", text(&copies)]);
    told(&refused, 2, "Set copies_recipient or copies_passphrase_file.");
}

#[test]
fn a_running_server_is_copied_and_restored() {
    let place = folder("backup");
    let (data, phrase, bundle) = (place.join("data"), place.join("phrase"), place.join("b.bundle"));
    fs::write(&phrase, "a long passphrase of a test\n").unwrap();
    let server = Serving::start(&data, &[]);
    told(&add_user(&data, "nurse-17"), 0, "");
    fs::create_dir_all(data.join("evidence/i")).unwrap();
    fs::write(data.join("evidence/i/dc.log"), "a line").unwrap();

    told(&run(["backup", text(&bundle), "--data", text(&data)]), 2, "--plain");
    assert!(!bundle.exists());
    let backup = ["backup", text(&bundle), "--data", text(&data), "--passphrase-file", text(&phrase)];
    let copied = run(backup);
    told(&copied, 0, "Copied");
    let line = String::from_utf8(copied.stdout).unwrap();
    assert!(line.len() > 66 && line.trim_end().ends_with(text(&bundle)), "{line}");
    assert!(fs::read(&bundle).unwrap().starts_with(b"age-encryption.org/v1\n-> scrypt"));
    told(&add_user(&data, "nurse-18"), 0, "");

    let open = ["--passphrase-file", text(&phrase)];
    told(&run(["restore", text(&bundle), "--check", open[0], open[1]]), 0, "2 files");
    told(&run(["restore", text(&bundle), "--check"]), 2, "REMPART_PASSPHRASE");
    let restore = ["restore", text(&bundle), "--data", text(&data), open[0], open[1]];
    told(&run(restore.iter().chain(&["--replace"])), 2, "another Rempart uses this data folder");
    drop(server);
    told(&run(restore), 2, "--replace");

    let mut damaged = fs::read(&bundle).unwrap();
    let middle = damaged.len() / 2;
    damaged[middle] ^= 4;
    let other = place.join("damaged.bundle");
    fs::write(&other, damaged).unwrap();
    let args = ["restore", text(&other), "--data", text(&data), "--replace", open[0], open[1]];
    told(&run(args), 2, "damaged");
    told(&add_user(&data, "nurse-18"), 4, "this account exists already");

    fs::remove_dir_all(data.join("evidence")).unwrap();
    told(&run(restore.iter().chain(&["--replace"])), 0, "Restored");
    assert_eq!(fs::read_to_string(data.join("evidence/i/dc.log")).unwrap(), "a line");
    let before = |it: fs::DirEntry| it.file_name().to_str().unwrap().starts_with("before-");
    assert!(fs::read_dir(&data).unwrap().any(|it| before(it.unwrap())));
    drop(Serving::start(&data, &[]));
    told(&add_user(&data, "nurse-17"), 4, "this account exists already");
    told(&add_user(&data, "nurse-18"), 0, "");
}

#[test]
fn a_passphrase_may_come_from_the_environment_and_nothing_is_made_of_nothing() {
    let place = folder("backup-environment");
    let (data, bundle) = (place.join("data"), place.join("b.bundle"));
    told(&run(["backup", text(&bundle), "--plain", "--data", text(&data)]), 2, "holds no store");
    assert!(!data.exists());
    told(&add_user(&data, "nurse-17"), 0, "");
    let with =
        |args: &[&str]| rempart().args(args).env("REMPART_PASSPHRASE", "kept elsewhere").output().unwrap();
    told(&with(&["backup", text(&bundle), "--data", text(&data)]), 0, "Copied");
    let other = place.join("other");
    told(&with(&["restore", text(&bundle), "--data", text(&other)]), 0, "Restored");
    assert_eq!(fs::read(data.join("key")).ok(), fs::read(other.join("key")).ok());
    told(&add_user(&other, "nurse-17"), 4, "this account exists already");
    let refused = run(["backup", "b", "--data", text(&data), "--recipient", "age1nobody"]);
    told(&refused, 2, "is no recipient");
}
