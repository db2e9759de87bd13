//! Files followed over growth, rotation and restarts.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::time::Duration;

use intake::listen::{Limits, watch};

use crate::fake::Fake;
use crate::support::{Running, options, running};

fn add(file: &Path, text: &str) {
    let mut open = OpenOptions::new().create(true).append(true).open(file).expect("opens");
    open.write_all(text.as_bytes()).expect("written");
}

fn start(disk: &Fake, folder: &Path, state: &Path) -> Running {
    let running = running(disk.clone(), options(), Limits { event: 100, ..Limits::default() });
    tokio::spawn(watch::follow(running.intake.clone(), folder.to_path_buf(), state.to_path_buf()));
    running
}

async fn look() {
    tokio::time::sleep(Duration::from_millis(2_500)).await;
}

fn totals(running: &Running) -> (u64, u64) {
    let counts = running.spool.counts();
    let sum = |part: fn(&intake::Counts) -> u64| counts.iter().map(|(_, it)| part(it)).sum();
    (sum(|it| it.stored), sum(|it| it.duplicates))
}

#[tokio::test(flavor = "multi_thread")]
async fn growth_renames_copies_and_restarts_bring_each_line_once() {
    let home = tempfile::tempdir().expect("a folder");
    let (folder, state) = (home.path().join("logs"), home.path().join("places"));
    fs::create_dir(&folder).expect("made");
    let (log, other) = (folder.join("access.log"), folder.join("other.log"));
    let disk = Fake::default();
    let first = start(&disk, &folder, &state);
    add(&log, "GET /\nGET /\nGET /half");
    add(&other, "GET /\nGET /\n");
    add(&folder.join("old.log.gz"), "packed\n");
    first.until(4).await;
    add(&log, " and rest\n");
    first.until(5).await;
    assert_eq!(first.texts().iter().filter(|it| *it == "GET /").count(), 4, "identical lines are distinct");
    assert!(first.texts().contains(&"GET /half and rest".to_owned()));

    fs::rename(&log, folder.join("access.log.1")).expect("renamed");
    add(&log, "GET /new\n");
    first.until(6).await;
    // What was read is noted once it is durable: a cut in between would be another matter.
    look().await;
    fs::copy(&log, folder.join("access.log.2")).expect("copied");
    fs::write(&log, "").expect("cut");
    add(&log, "GET /newer\nGET /new\n");
    first.until(8).await;
    look().await;
    assert_eq!(totals(&first), (8, 0), "a rotation brings nothing twice: {:?}", first.texts());
    drop(first);
    tokio::time::sleep(Duration::from_millis(1_500)).await;

    add(&log, "GET /after\n");
    let second = start(&disk, &folder, &state);
    second.until(9).await;
    look().await;
    assert_eq!(totals(&second), (9, 0), "nothing is read again");
    second.stop.cancel();
    tokio::time::sleep(Duration::from_millis(1_500)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_that_is_too_long_is_counted_and_the_next_is_kept() {
    let home = tempfile::tempdir().expect("a folder");
    let (folder, state) = (home.path().join("logs"), home.path().join("places"));
    fs::create_dir(&folder).expect("made");
    add(&folder.join("a.log"), &format!("one\n{}\ntwo\n", "x".repeat(5_000_000)));
    let running = start(&Fake::default(), &folder, &state);
    running.until(2).await;
    assert_eq!(running.texts(), ["one", "two"]);
    look().await;
    assert_eq!(running.spool.counts()[0].1.shed, 1);
}
