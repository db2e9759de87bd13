//! The disk fails or the machine stops at every operation in turn: nothing acknowledged is lost, nothing counts twice.

use std::collections::BTreeSet;
use std::io::ErrorKind;

use intake::spool::{Disk, Place};
use intake::{Level, Options, Spool, SpoolError};

use crate::fake::{Dice, Fail, Fake};
use crate::support::{counts, event, events, now, open, options, rest};

/// What somebody outside knows after a run.
#[derive(Default)]
struct Known {
    acknowledged: BTreeSet<u128>,
    sent: BTreeSet<u128>,
    /// Taken by the reader, and the place was kept.
    taken: BTreeSet<u128>,
    /// Taken, but it is not known whether the place was kept.
    perhaps: BTreeSet<u128>,
}

/// Sends, resends, reads and commits until the end, whatever fails.
fn work(disk: impl Disk + 'static) -> Known {
    let mut known = Known::default();
    let Ok((spool, _)) = Spool::open(disk, now, options()) else { return known };
    let mut reader = spool.reader("desk").expect("a reader");
    for round in 0..14_u128 {
        let ids: Vec<u128> = (round * 3..round * 3 + 4).collect();
        known.sent.extend(&ids);
        if spool.append_and_wait(&events(ids.iter().copied())).is_ok() {
            known.acknowledged.extend(&ids);
        }
        if round % 3 == 2
            && let Ok(batch) = reader.next(100)
        {
            let ids: Vec<u128> = batch.records.iter().map(|record| record.id).collect();
            known.perhaps.extend(&ids);
            if reader.commit(batch.end).is_ok() {
                known.taken.append(&mut known.perhaps);
            }
        }
    }
    known
}

/// After a restart: all that was acknowledged is there once, and sending all again completes it without a double.
fn check(known: &Known, disk: Fake, torn: u64, what: &str) {
    let (spool, _) = open(disk);
    let mut reader = spool.reader("desk").expect("a reader");
    let left = rest(&mut reader);
    let distinct: BTreeSet<u128> = left.iter().copied().collect();
    assert_eq!(distinct.len(), left.len(), "{what}: an event is there twice");
    for id in &known.acknowledged {
        let there = distinct.contains(id) || known.taken.contains(id) || known.perhaps.contains(id);
        assert!(there, "{what}: acknowledged event {id} is lost");
    }
    assert!(distinct.is_disjoint(&known.taken), "{what}: an event whose place was kept is read again");
    let before = counts(&spool);
    assert_eq!(before.acknowledged, before.stored + before.duplicates, "{what}");
    assert!(before.stored >= known.acknowledged.len() as u64, "{what}: {before:?}");
    let damaged: u64 = spool.counts().iter().map(|(_, counts)| counts.damaged).sum();
    assert_eq!(damaged, torn, "{what}");

    let receipt = spool.append_and_wait(&events(known.sent.iter().copied())).expect("works again");
    for (id, new) in known.sent.iter().zip(&receipt.new) {
        assert!(!(*new && known.acknowledged.contains(id)), "{what}: event {id} counts twice");
    }
    assert_eq!(counts(&spool).stored, known.sent.len() as u64, "{what}: each event counts once");
    let mut all = rest(&mut reader);
    assert!(all.iter().all(|id| !distinct.contains(id)), "{what}: an event is read twice");
    all.extend(left);
    all.extend(known.taken.iter().chain(&known.perhaps));
    let all: BTreeSet<u128> = all.into_iter().collect();
    assert_eq!(all, known.sent, "{what}: all that was sent was read");
}

fn operations() -> u64 {
    let disk = Fake::default();
    let known = work(disk.clone());
    assert_eq!(known.acknowledged, known.sent);
    disk.operations()
}

#[test]
fn the_machine_stops_at_each_operation() {
    for at in 1..=operations() {
        for seed in 0..12 {
            let disk = Fake::failing(at, Fail::Crash);
            let known = work(disk.clone());
            let mut dice = Dice(seed);
            let disk = disk.reboot(&mut dice);
            let what = format!("stopped at operation {at}, seed {seed}");
            let torn = torn(&disk, &what);
            check(&known, disk, torn, &what);
        }
    }
}

/// Sectors that reached the disk in another order leave torn records, of which nobody was told. They may look like
/// damage, and count as such rather than being kept silent.
fn torn(disk: &Fake, what: &str) -> u64 {
    let (spool, opened) = open(disk.repaired());
    let damaged = spool.counts().iter().map(|(_, counts)| counts.damaged).sum();
    let said = opened.stretches.iter().filter(|it| !it.cut).count() as u64;
    assert_eq!(said, damaged, "{what}: each stretch is said");
    assert!(damaged <= 4, "{what}: at most the records of one write are torn");
    damaged
}

#[test]
fn each_operation_fails_with_each_error() {
    let errors = [ErrorKind::StorageFull, ErrorKind::Other, ErrorKind::PermissionDenied];
    for at in 1..=operations() {
        for error in errors {
            let what = format!("operation {at} fails with {error}");
            let disk = Fake::failing(at, Fail::Error(error));
            let known = work(disk.clone());
            assert!(disk.has_failed(), "{what}");
            check(&known, disk.repaired(), 0, &what);
            let mut dice = Dice(at);
            let what = format!("{what}, then the machine stops");
            let disk = disk.repaired().reboot(&mut dice);
            let torn = torn(&disk, &what);
            check(&known, disk, torn, &what);
        }
    }
}

#[test]
fn a_failed_sync_stops_acknowledging_for_good() {
    let disk = Fake::default();
    let (spool, _) = open(disk.clone());
    spool.append_and_wait(&[event(1)]).expect("kept");
    disk.fail_syncs();
    let failed = spool.append_and_wait(&[event(2)]).expect_err("not durable");
    assert!(matches!(failed, SpoolError::Failed(_)), "{failed:?}");
    let disk = disk.repaired();
    // The disk would work again; what it holds is not known, so nothing is promised before a restart.
    assert!(matches!(spool.append_and_wait(&[event(3)]), Err(SpoolError::Failed(_))));
    assert!(matches!(spool.append_and_wait(&[event(1)]), Err(SpoolError::Failed(_))), "not even a duplicate");
    assert!(spool.failure().is_some());
    drop(spool);
    let (spool, _) = open(disk);
    assert_eq!(spool.append_and_wait(&[event(1), event(3)]).expect("kept").new, [false, true]);
}

#[test]
fn a_full_disk_refuses_and_recovers() {
    let disk = Fake::with_capacity(6_000);
    let options = Options { keep_free: 1_500, ..options() };
    let (spool, _) = Spool::open(disk.clone(), now, options.clone()).expect("opens");
    let mut kept = 0;
    let refused = loop {
        match spool.append_and_wait(&[event(kept)]) {
            Ok(_) => kept += 1,
            Err(error) => break error,
        }
    };
    assert_eq!(refused, SpoolError::Full);
    assert_eq!(spool.level(), Level::Shed);
    assert!(kept > 10);
    let mut reader = spool.reader("desk").expect("a reader");
    assert_eq!(rest(&mut reader), (0..kept).collect::<Vec<_>>());
    let end = reader.next(1).expect("nothing more").end;
    reader.commit(end).expect("the place is kept");
    assert!(spool.append_and_wait(&[event(kept)]).is_ok(), "there is room again");
    drop(spool);
    let (spool, _) = Spool::open(disk, now, options).expect("opens");
    assert_eq!(counts(&spool).stored as u128, kept + 1);
}

#[test]
fn a_disk_that_is_full_before_its_budget_loses_nothing() {
    let disk = Fake::with_capacity(2_000);
    let (spool, _) = open(disk.clone());
    let mut kept = 0;
    while spool.append_and_wait(&[event(kept)]).is_ok() {
        kept += 1;
    }
    assert_eq!(spool.append_and_wait(&[event(kept)]), Err(SpoolError::Full), "and not failed for good");
    drop(spool);
    let (spool, opened) = open(disk);
    assert_eq!(opened.stretches, []);
    assert_eq!(rest(&mut spool.reader("desk").expect("a reader")), (0..kept).collect::<Vec<_>>());
}

#[test]
fn levels_follow_the_budget_and_shedding_is_counted() {
    let disk = Fake::default();
    let options = Options { budget: 2_000, ..options() };
    let (spool, _) = Spool::open(disk.clone(), now, options.clone()).expect("opens");
    let mut levels = vec![spool.level()];
    for id in 0.. {
        if spool.append_and_wait(&[event(id)]).is_err() {
            break;
        }
        levels.push(spool.level());
    }
    levels.dedup();
    assert_eq!(levels, [Level::Ok, Level::Slow, Level::Shed]);
    spool.shed(&crate::support::source(), 5);
    drop(spool);
    let (spool, _) = Spool::open(disk, now, options).expect("opens");
    assert_eq!(counts(&spool).shed, 5, "what was shed is told after a restart");
}

#[test]
fn segments_go_when_all_readers_have_passed_them() {
    let disk = Fake::default();
    let options = Options { readers: vec!["desk".to_owned(), "lake".to_owned()], ..options() };
    let (spool, _) = Spool::open(disk.clone(), now, options).expect("opens");
    for id in 0..30 {
        spool.append_and_wait(&[event(id)]).expect("kept");
    }
    let many = disk.names(".seg").len();
    assert!(many > 5);
    let mut desk = spool.reader("desk").expect("a reader");
    rest(&mut desk);
    let end = desk.next(1).expect("nothing more").end;
    desk.commit(end).expect("kept");
    assert_eq!(disk.names(".seg").len(), many, "the other reader needs them");
    let mut lake = spool.reader("lake").expect("a reader");
    assert_eq!(rest(&mut lake).len(), 30);
    lake.commit(end).expect("kept");
    assert_eq!(disk.names(".seg").len(), 1);
    assert!(matches!(spool.reader("nobody"), Err(SpoolError::NoReader(_))));
    assert!(end > Place::default());
}
