//! The audit chain: what is done to it behind the store's back is found.

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use sea_orm::{ConnectionTrait, Database};
use serde_json::json;
use store::entity::Account;
use store::{Actor, ActorKind, Store};

use crate::change::account;
use crate::common::{Place, on_both};

on_both!(
    an_altered_line_is_found,
    a_removed_line_is_found,
    a_line_slipped_in_is_found,
    writers_beside_each_other_lose_and_repeat_no_number,
    hostile_text_and_numbers_are_kept_and_the_chain_holds,
);

async fn five_lines(place: &Place) -> Store {
    let store = place.open().await;
    for name in 0..5 {
        let mut change = store.begin(&Actor::command()).await.unwrap();
        change.add(account(&format!("nurse-{name}"))).await.unwrap();
        change.commit().await.unwrap();
    }
    assert_eq!(store.audit_check().await.unwrap(), None);
    store
}

async fn behind_its_back(place: &Place, sql: &str) {
    let connection = Database::connect(&place.url).await.unwrap();
    connection.execute_unprepared(sql).await.unwrap();
    connection.close().await.unwrap();
}

async fn fault(store: &Store) -> (i64, &'static str) {
    let fault = store.audit_check().await.unwrap().unwrap();
    (fault.seq, fault.reason)
}

async fn an_altered_line_is_found(place: &Place) {
    let columns = ["at = at + 1", "actor = 'x'", "address = 'x'", "verb = 'x'", "kind = 'x'", "record = 'x'"];
    let more = ["incident = 'x'", "after = '{}'", "before = '1'", "hash = 'x'"];
    for change in columns.iter().chain(&more) {
        let store = five_lines(place).await;
        behind_its_back(place, &format!("UPDATE audit SET {change} WHERE seq = 3")).await;
        assert_eq!(fault(&store).await, (3, "it was altered"), "{change}");
        behind_its_back(place, "DELETE FROM audit; DELETE FROM account").await;
    }
}

async fn a_removed_line_is_found(place: &Place) {
    let store = five_lines(place).await;
    behind_its_back(place, "DELETE FROM audit WHERE seq = 3").await;
    assert_eq!(fault(&store).await, (4, "a line is missing before it"));
    behind_its_back(place, "UPDATE audit SET seq = seq - 1 WHERE seq = 4").await;
    assert_eq!(fault(&store).await, (3, "it does not follow from the line before it"));
}

async fn a_line_slipped_in_is_found(place: &Place) {
    let store = five_lines(place).await;
    behind_its_back(
        place,
        "INSERT INTO audit SELECT 6, at, actor, actor_kind, address, verb, kind, record, incident, \
         before, after, hash, hash FROM audit WHERE seq = 5",
    )
    .await;
    assert_eq!(fault(&store).await, (6, "it was altered"));
    behind_its_back(place, "UPDATE audit SET seq = 7 WHERE seq = 5; UPDATE audit SET seq = 5 WHERE seq = 6")
        .await;
    assert_eq!(fault(&store).await.0, 5);
}

/// Two stores on one database stand for two processes.
async fn writers_beside_each_other_lose_and_repeat_no_number(place: &Place) {
    const EACH: usize = 40;
    let (one, two) = tokio::join!(place.open(), place.open());
    let write = |store: Store, name: &'static str| {
        tokio::spawn(async move {
            let mut numbers = Vec::new();
            for count in 0..EACH {
                let mut change = store.begin(&Actor::command()).await.unwrap();
                change.add(account(&format!("{name}-{count}"))).await.unwrap();
                numbers.push(change.commit().await.unwrap());
            }
            numbers
        })
    };
    let (first, second) = (write(one.clone(), "first"), write(two.clone(), "second"));
    let mut numbers = [first.await.unwrap(), second.await.unwrap()].concat();
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=2 * EACH as i64).collect::<Vec<_>>());
    assert_eq!(one.all::<Account>().await.unwrap().len(), 2 * EACH);
    assert_eq!(two.audit_check().await.unwrap(), None);
    assert_eq!(one.refresh().await.unwrap(), 2 * EACH as i64);
    assert_eq!(*one.follow().borrow(), 2 * EACH as i64);
}

async fn hostile_text_and_numbers_are_kept_and_the_chain_holds(place: &Place) {
    let store = place.open().await;
    let numbers = proptest::collection::vec(proptest::num::f64::NORMAL, 200);
    let numbers = sample(numbers);
    let actor = Actor { name: "nul\0".to_owned(), kind: ActorKind::Person, address: "\0".to_owned() };
    let mut change = store.begin(&actor).await.unwrap();
    for number in numbers {
        let what = json!({ "price": number, "text\"\\": "'; DROP TABLE audit; --\u{0}\u{1f512}" });
        change.tell("export", "k\0", "r\0", None, what).await.unwrap();
    }
    let kept = change.add(account("nul\0 in the middle")).await.unwrap();
    change.commit().await.unwrap();
    assert_eq!(kept.name, "nul\u{fffd} in the middle");
    assert_eq!(store.get::<Account>(&kept.id).await.unwrap(), kept);
    assert_eq!(store.find::<Account>("\0").await.unwrap(), None);
    assert_eq!(store.account_named("nul\0 in the middle").await.unwrap(), Some(kept));
    assert_eq!(store.audit_check().await.unwrap(), None);
}

/// One value of a strategy.
pub fn sample<S: Strategy>(strategy: S) -> S::Value {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    strategy.new_tree(&mut runner).unwrap().current()
}
