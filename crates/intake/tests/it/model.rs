//! Any order of sending, reading, ending and crashing agrees with a model of a few lines.

use std::collections::BTreeSet;

use proptest::prelude::*;

use crate::fake::{Dice, Fake};
use crate::support::{counts, event, open};

#[derive(Clone, Debug)]
enum Act {
    Send(Vec<u8>),
    Read { most: usize, commit: bool },
    Restart,
    Crash(u64),
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        4 => prop::collection::vec(0..60_u8, 0..6).prop_map(Act::Send),
        3 => (0..200_usize, any::<bool>()).prop_map(|(most, commit)| Act::Read { most, commit }),
        1 => Just(Act::Restart),
        1 => any::<u64>().prop_map(Act::Crash),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]
    #[test]
    fn any_order_of_acts_agrees_with_a_list(acts in prop::collection::vec(act(), 1..40)) {
        let mut disk = Fake::default();
        let (mut spool, _) = open(disk.clone());
        let mut reader = spool.reader("desk").expect("a reader");
        let mut log: Vec<u128> = Vec::new();
        let mut seen = BTreeSet::new();
        let mut duplicates = 0;
        let (mut at, mut committed) = (0, 0);
        for act in acts {
            match act {
                Act::Send(ids) => {
                    let ids: Vec<u128> = ids.into_iter().map(u128::from).collect();
                    let events: Vec<_> = ids.iter().map(|id| event(*id)).collect();
                    let expected: Vec<bool> = ids.iter().map(|id| seen.insert(*id)).collect();
                    prop_assert_eq!(&spool.append_and_wait(&events).expect("kept").new, &expected);
                    log.extend(ids.iter().zip(&expected).filter(|(_, new)| **new).map(|(id, _)| *id));
                    duplicates += expected.iter().filter(|new| !**new).count() as u64;
                }
                Act::Read { most, commit } => {
                    let batch = reader.next(most).expect("reads");
                    let ids: Vec<u128> = batch.records.iter().map(|it| it.id).collect();
                    prop_assert_eq!(&ids[..], &log[at..at + ids.len()]);
                    prop_assert!(!ids.is_empty() || most == 0 || at == log.len());
                    at += ids.len();
                    prop_assert!(batch.is_full || at == log.len(), "more was there");
                    if commit {
                        reader.commit(batch.end).expect("kept");
                        committed = at;
                    }
                }
                Act::Restart | Act::Crash(_) => {
                    drop(reader);
                    if let Act::Crash(seed) = act {
                        disk = disk.reboot(&mut Dice(seed));
                    }
                    drop(spool);
                    spool = open(disk.clone()).0;
                    reader = spool.reader("desk").expect("a reader");
                    at = committed;
                }
            }
            let told = counts(&spool);
            prop_assert_eq!((told.stored, told.duplicates), (log.len() as u64, duplicates));
            prop_assert_eq!(told.acknowledged, told.stored + told.duplicates);
        }
    }
}
