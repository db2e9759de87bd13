//! A process under load is killed at random moments: what it acknowledged is there, each event once.
//!
//! `REMPART_KILLS` says how often (4 unless set).

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::time::Duration;

use intake::spool::Folder;
use intake::{Options, Spool};

use crate::fake::Dice;
use crate::support::{counts, events, now, rest};

const CHILD: &str = "REMPART_SPOOL_CHILD";

fn options() -> Options {
    Options { segment: 20_000, ..crate::support::options() }
}

/// In the child: writes from four threads until it is killed, and says each event once it is acknowledged.
#[test]
fn child_under_load() {
    let Some(folder) = std::env::var_os(CHILD) else { return };
    let round: u128 = std::env::var("REMPART_ROUND").expect("a round").parse().expect("a number");
    let disk = Folder::open(folder.as_ref()).expect("a folder");
    let (spool, _) = Spool::open(disk, now, options()).expect("opens");
    let out = Mutex::new(std::io::stdout());
    std::thread::scope(|scope| {
        for thread in 0..4_u128 {
            let (spool, out) = (&spool, &out);
            scope.spawn(move || {
                for turn in 0_u128.. {
                    let first = ((round * 4 + thread) << 40) + turn * 5;
                    spool.append_and_wait(&events(first..first + 5)).expect("kept");
                    let mut out = out.lock().expect("no panic");
                    writeln!(out, "kept {first}").expect("the parent listens");
                }
            });
        }
    });
}

#[test]
fn killed_under_load_nothing_acknowledged_is_lost() {
    let kills: u32 = std::env::var("REMPART_KILLS").ok().and_then(|it| it.parse().ok()).unwrap_or(4);
    let folder = tempfile::tempdir().expect("a folder");
    let mut dice = Dice(u64::from(std::process::id()));
    let (mut acknowledged, mut read) = (BTreeSet::new(), BTreeSet::new());
    for round in 0..kills {
        let mut child = Command::new(std::env::current_exe().expect("this program"))
            .args(["--exact", "kill::child_under_load", "--nocapture", "--test-threads=1"])
            .env(CHILD, folder.path())
            .env("REMPART_ROUND", round.to_string())
            .stdout(Stdio::piped())
            .spawn()
            .expect("starts");
        let mut lines = BufReader::new(child.stdout.take().expect("a pipe"));
        let mut first = String::new();
        while !first.starts_with("kept") {
            first.clear();
            assert!(lines.read_line(&mut first).expect("says") > 0, "the child ended early");
        }
        let until = Duration::from_micros(dice.roll(150_000));
        let killer = std::thread::spawn(move || {
            std::thread::sleep(until);
            child.kill().expect("is killed");
            child.wait().expect("ended");
        });
        for line in std::iter::once(Ok(first)).chain(lines.lines()) {
            // The last line may be cut off.
            let line = line.unwrap_or_default();
            if let Some(id) = line.trim_end().strip_prefix("kept ").and_then(|id| id.parse::<u128>().ok()) {
                acknowledged.extend(id..id + 5);
            }
        }
        killer.join().expect("killed");

        let disk = Folder::open(folder.path()).expect("a folder");
        let (spool, _) = Spool::open(disk, now, options()).expect("opens");
        let mut reader = spool.reader("desk").expect("a reader");
        for id in rest(&mut reader) {
            assert!(read.insert(id), "event {id} is there twice");
        }
        let end = reader.next(1).expect("nothing more").end;
        reader.commit(end).expect("kept");
        let lost: Vec<_> = acknowledged.difference(&read).collect();
        assert!(lost.is_empty(), "round {round}: {} acknowledged events are lost", lost.len());
        assert_eq!(counts(&spool).stored, read.len() as u64, "round {round}: each event counts once");
        let again = events(acknowledged.iter().copied().step_by(97));
        let receipt = spool.append_and_wait(&again).expect("kept");
        assert!(receipt.new.iter().all(|new| !new), "round {round}: an event counts twice");
    }
    assert!(acknowledged.len() > 100);
}
