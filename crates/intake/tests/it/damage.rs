//! Bytes that are not what was written: found, said with their place, and no more lost than they damaged.

use intake::Options;
use intake::Spool;

use crate::fake::Fake;
use crate::support::{counts, event, events, now, options, records, rest};

/// One long segment of eight events, as a crash leaves it; where each record starts, and the file.
fn segment() -> (Fake, String, Vec<usize>) {
    let disk = Fake::default();
    let options = Options { segment: 1 << 20, ..options() };
    let (spool, _) = Spool::open(disk.clone(), now, options).expect("opens");
    let mut starts = vec![0];
    for id in 0..8 {
        spool.append_and_wait(&[event(id)]).expect("kept");
        starts.push(spool.bytes() as usize);
    }
    let crashed = disk.repaired();
    drop(spool);
    let name = crashed.names(".seg").remove(0);
    (crashed, name, starts)
}

fn read(disk: Fake) -> (Vec<u128>, u64, Vec<intake::spool::Stretch>) {
    let (spool, opened) = crate::support::open(disk);
    let left = rest(&mut spool.reader("desk").expect("a reader"));
    let damaged = spool.counts().iter().map(|(_, counts)| counts.damaged).sum();
    (left, damaged, opened.stretches)
}

#[test]
fn cut_at_every_byte_what_stands_before_is_kept() {
    let (disk, name, starts) = segment();
    let whole = disk.file(&name);
    for length in 0..=whole.len() {
        let disk = disk.repaired();
        disk.put(&name, &whole[..length]);
        let (left, damaged, stretches) = read(disk.repaired());
        let before = starts.iter().filter(|start| **start > 0 && **start <= length).count();
        assert_eq!(left, (0..before as u128).collect::<Vec<_>>(), "cut at {length}");
        assert_eq!(damaged, 0, "an end that a crash cut off is no damage");
        let at_a_border = starts.contains(&length);
        assert_eq!(stretches.is_empty(), at_a_border, "cut at {length}: {stretches:?}");
        if let Some(stretch) = stretches.first() {
            assert_eq!((stretch.offset as usize, stretch.cut), (starts[before], true));
        }
    }
}

#[test]
fn a_flipped_bit_loses_one_record_and_is_said_with_its_place() {
    let (disk, name, starts) = segment();
    let whole = disk.file(&name);
    for place in 0..whole.len() {
        let disk = disk.repaired();
        let mut bytes = whole.clone();
        bytes[place] ^= 1 << (place % 8);
        disk.put(&name, &bytes);
        let hit = starts.iter().rposition(|start| *start <= place).expect("in a record");
        let expected: Vec<u128> = (0..8).filter(|id| *id != hit as u128).collect();
        let (left, damaged, stretches) = read(disk.repaired());
        assert_eq!(left, expected, "bit of byte {place}");
        assert_eq!(damaged, 1, "bit of byte {place}");
        let said: Vec<_> = stretches.iter().map(|it| (it.offset as usize, it.bytes as usize)).collect();
        assert_eq!(said, [(starts[hit], starts[hit + 1] - starts[hit])], "bit of byte {place}");
    }
}

#[test]
fn damage_found_while_reading_counts_once_for_its_source() {
    let disk = Fake::default();
    let (spool, _) = crate::support::open(disk.clone());
    spool.append_and_wait(&events(0..3)).expect("kept");
    drop(spool);
    let name = disk.names(".seg").remove(0);
    let mut bytes = disk.file(&name);
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    disk.put(&name, &bytes);
    for _ in 0..3 {
        let (spool, opened) = crate::support::open(disk.clone());
        assert_eq!(opened.replayed, 0, "it was ended in order");
        assert_eq!(rest(&mut spool.reader("desk").expect("a reader")), [0, 1]);
        assert_eq!(counts(&spool).damaged, 1);
    }
}

#[test]
fn an_ended_segment_that_lost_its_end_is_said() {
    let disk = Fake::default();
    let (spool, _) = crate::support::open(disk.clone());
    spool.append_and_wait(&events(0..3)).expect("kept");
    drop(spool);
    let name = disk.names(".seg").remove(0);
    let bytes = disk.file(&name);
    disk.put(&name, &bytes[..bytes.len() / 3]);
    let (_, damaged, stretches) = read(disk);
    assert_eq!(damaged, 1);
    assert_eq!(stretches.len(), 1, "{stretches:?}");
    assert!(!stretches[0].cut);
}

#[test]
fn what_is_known_of_events_is_found_again_where_its_file_is_damaged() {
    let disk = Fake::default();
    let (spool, _) = crate::support::open(disk.clone());
    for id in 0..12 {
        spool.append_and_wait(&[event(id)]).expect("kept");
    }
    let before = counts(&spool);
    drop(spool);
    for name in disk.names(".ids") {
        let disk = disk.repaired();
        let mut bytes = disk.file(&name);
        bytes[9] ^= 4;
        disk.put(&name, &bytes);
        let (spool, _) = crate::support::open(disk);
        assert_eq!(counts(&spool), before, "{name}");
        assert_eq!(spool.append_and_wait(&events(0..12)).expect("kept").new, [false; 12], "{name}");
    }
}

#[test]
fn a_damaged_cursor_reads_again_rather_than_passing_over() {
    let disk = Fake::default();
    let (spool, _) = crate::support::open(disk.clone());
    spool.append_and_wait(&events(0..2)).expect("kept");
    let mut reader = spool.reader("desk").expect("a reader");
    let batch = reader.next(1_000).expect("reads");
    reader.commit(batch.end).expect("kept");
    drop(spool);
    disk.put("desk.cursor", b"0000000000000009 0000000000000000 00000000\n");
    assert_eq!(read(disk).0, [0, 1]);
}

#[test]
fn a_sender_cannot_forge_a_record_behind_damage() {
    let (disk, name, _) = segment();
    let stolen = disk.file(&name);
    let disk = Fake::default();
    let (spool, _) = crate::support::open(disk.clone());
    let forged = intake::Event { bytes: stolen, ..event(50) };
    spool.append_and_wait(&[forged, event(51)]).expect("kept");
    let crashed = disk.repaired();
    drop(spool);
    let name = crashed.names(".seg").remove(0);
    let mut bytes = crashed.file(&name);
    bytes[20] ^= 1;
    crashed.put(&name, &bytes);
    assert_eq!(read(crashed).0, [51], "records of another segment are not taken for this one's");
}

#[test]
fn a_clock_that_goes_back_changes_neither_order_nor_counts() {
    use std::sync::atomic::{AtomicI64, Ordering};
    let seconds = std::sync::Arc::new(AtomicI64::new(2_000_000_000));
    let clock = {
        let seconds = seconds.clone();
        move || {
            let earlier = seconds.fetch_sub(3_600, Ordering::Relaxed);
            jiff::Timestamp::from_second(earlier).expect("an instant")
        }
    };
    let disk = Fake::default();
    let (spool, _) = Spool::open(disk.clone(), clock, options()).expect("opens");
    for id in 0..6 {
        spool.append_and_wait(&[event(id)]).expect("kept");
    }
    assert_eq!(spool.append_and_wait(&events(0..6)).expect("kept").new, [false; 6]);
    let told = counts(&spool);
    assert_eq!(told.last_at, Some(2_000_000_000_000), "the last event is never earlier than before");
    let crashed = disk.repaired();
    drop(spool);
    let (spool, _) = crate::support::open(crashed);
    assert_eq!(counts(&spool), told);
    let read = records(&mut spool.reader("desk").expect("a reader"));
    assert_eq!(read.iter().map(|it| it.id).collect::<Vec<_>>(), [0, 1, 2, 3, 4, 5]);
    assert!(read[0].received > read[5].received, "each keeps the instant that the clock told");
}

#[test]
fn the_bound_on_what_is_remembered_is_kept_over_restarts() {
    let disk = Fake::default();
    let options = Options { remembered: 10, ..options() };
    let open = || Spool::open(disk.clone(), now, options.clone()).expect("opens").0;
    let spool = open();
    let mut reader = spool.reader("desk").expect("a reader");
    for id in 0..40 {
        spool.append_and_wait(&[event(id)]).expect("kept");
        let batch = reader.next(1_000).expect("reads");
        reader.commit(batch.end).expect("kept");
    }
    assert!(disk.names(".ids").len() < 8, "{:?}", disk.names(".ids"));
    drop(reader);
    drop(spool);
    let spool = open();
    assert_eq!(spool.append_and_wait(&events(30..40)).expect("kept").new, [false; 10]);
    assert_eq!(spool.append_and_wait(&[event(0)]).expect("kept").new, [true], "beyond the bound it is new");
}
